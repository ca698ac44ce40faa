#include "core/service/json.h"

#include <stdlib.h>

/* jansson does not always say that it was memory that it lacked, nor that it
 * lacked any: what it writes then is without the name of a member. */
static _Thread_local bool lacked;

static void *
get(size_t n)
{
	void *p = malloc(n);

	lacked |= p == NULL;
	return p;
}

__attribute__((constructor)) static void
look_on(void)
{
	json_set_alloc_funcs(get, free);
}

enum err
json_read(
    const char *text, size_t len, size_t flags, enum err bad, json_t **out)
{
	lacked = false;
	*out = json_loadb(text, len, flags, NULL);
	if (!lacked)
		return *out ? ERR_OK : bad;
	json_own(out);
	*out = NULL;
	return ERR_NO_MEMORY;
}

void
json_begin(void)
{
	lacked = false;
}

bool
json_lacked(void)
{
	return lacked;
}

enum err
json_line(json_t *j, size_t flags, char **out)
{
	*out = j ? json_dumps(j, JSON_COMPACT | flags) : NULL;
	json_decref(j);
	if (!lacked)
		return *out ? ERR_OK : ERR_BAD_INPUT;
	free(*out);
	*out = NULL;
	return ERR_NO_MEMORY;
}
