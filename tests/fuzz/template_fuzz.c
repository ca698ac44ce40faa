/* A template of anybody: compiled or refused, never more. */
#include <stdlib.h>
#include <string.h>

#include "templates/compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char partial[] = "<b{{#if x}} hidden{{/if}}>{{x}}</b>";
	static const char record[] =
	    "{{record r n: int t: text}}{{shared s: text}}";
	static const char head[] = "{{page t a: text l: list r n: int}}";
	struct tpl *t = calloc(1, sizeof(*t));
	char *page = malloc(sizeof(head) + size);
	bool ok;

	if (t == NULL || page == NULL || size > 4096) {
		free(t);
		free(page);
		return 0;
	}
	memcpy(page, head, sizeof(head) - 1);
	memcpy(page + sizeof(head) - 1, data, size);
	tpl_init(t);
	ok = tpl_add(t, "_p", partial, sizeof(partial) - 1) &&
	     tpl_add(t, "_r", record, sizeof(record) - 1) &&
	     tpl_add(t, "t", page, sizeof(head) - 1 + size) && tpl_compile(t);
	/* either it says why, or it made both files */
	if (ok != (t->why[0] == '\0'))
		__builtin_trap();
	if (ok && (t->head.len == 0 || t->body.len == 0))
		__builtin_trap();
	tpl_clear(t);
	free(t);
	free(page);
	return 0;
}
