/* A Cookie header of anybody, an Accept-Language too. */
#include <string.h>

#include "portal/web/cookie.h"
#include "portal/web/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	char *text = arena_copy(a, (const char *)data, size);
	const char *v;
	int lang;

	if (text == NULL)
		return 0;
	v = cookie_get(text, "__Host-latchkey", a);
	if (v != NULL &&
	    (strlen(v) > COOKIE_VALUE_MAX || strpbrk(v, "\",;\\ \r\n\t") ||
		strstr(text, v) == NULL))
		__builtin_trap();
	lang = lang_accept(text, 0);
	if (lang < 0 || lang >= langs_count)
		__builtin_trap();
	return 0;
}
