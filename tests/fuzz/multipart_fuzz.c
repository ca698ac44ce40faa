/* A form with a file, of anybody: the first line is its content-type. */
#include <string.h>

#include "core/base/text.h"
#include "portal/web/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(4 << 20);
	const char *text = (const char *)data, *body;
	const char *end = memchr(data, '\n', size);
	struct multipart_file file;
	struct form f;
	char *type;

	if (end == NULL || size > (1 << 20))
		return 0;
	type = arena_copy(a, text, (size_t)(end - text));
	body = end + 1;
	size -= (size_t)(body - text);
	if (multipart_parse(type, body, size, a, &f, &file) != ERR_OK) {
		if (f.n != 0 || file.octets != NULL)
			__builtin_trap();
		return 0;
	}
	if (f.n > MULTIPART_PARTS_MAX)
		__builtin_trap();
	if (file.octets != NULL &&
	    (file.octets < body || file.octets + file.len > body + size))
		__builtin_trap();
	for (size_t i = 0; i < f.n; i++)
		if (!text_utf8_ok(
			f.fields[i].value, strlen(f.fields[i].value)) ||
		    strlen(f.fields[i].name) > FORM_NAME_MAX)
			__builtin_trap();
	return 0;
}
