/* A form or a query of anybody. */
#include <string.h>

#include "core/base/text.h"
#include "portal/web/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(4 << 20);
	struct form f;

	if (form_parse((const char *)data, size, a, &f) != ERR_OK) {
		if (f.n != 0)
			__builtin_trap();
		return 0;
	}
	if (f.n > FORM_FIELDS_MAX)
		__builtin_trap();
	for (size_t i = 0; i < f.n; i++) {
		const char *v = f.fields[i].value;

		if (!text_utf8_ok(v, strlen(v)) ||
		    strlen(f.fields[i].name) > FORM_NAME_MAX)
			__builtin_trap();
		(void)form_get(&f, f.fields[i].name);
	}
	return 0;
}
