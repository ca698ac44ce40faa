/* A telephone number as anybody types it. */
#include <stdint.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/model/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	char *text = arena_copy(a, (const char *)data, size);
	char out[PHONE_ROOM];

	if (text == NULL)
		return 0;
	if (!phone_read(text, size & 1 ? "+49" : "", out)) {
		if (out[0] != '\0')
			__builtin_trap();
	} else if (out[0] != '+' ||
		   strspn(out + 1, "0123456789") != strlen(out) - 1 ||
		   strlen(out) < PHONE_MIN + 1 || strlen(out) > PHONE_MAX + 1)
		__builtin_trap();
	return 0;
}
