#include "portal/signin/callback.h"

#include <string.h>

#include "core/net/url.h"

/* What means something. WHERE is NO for what must not come at all. */
enum { NO = -1 };
static const struct {
	const char *name;
	long where;
	size_t max;
} known[] = {
    {"code", offsetof(struct callback, code), CALLBACK_CODE_MAX},
    {"state", offsetof(struct callback, state), 128},
    {"iss", offsetof(struct callback, iss), URL_MAX},
    {"error", offsetof(struct callback, error), 128},
    {"error_description", offsetof(struct callback, error_description),
	CALLBACK_QUERY_MAX},
    {"id_token", NO, 0},
    {"access_token", NO, 0},
    {"logout_token", NO, 0},
    {"response", NO, 0},
};

static enum err
put(struct callback *out, size_t i, const char *v, size_t len, struct arena *a)
{
	const char **slot;
	char *text;

	if (known[i].where == NO)
		return ERR_BAD_INPUT;
	slot = (const char **)(void *)((char *)out + known[i].where);
	if (*slot != NULL)
		return ERR_BAD_INPUT;
	if ((text = arena_get(a, len + 1)) == NULL)
		return ERR_NO_MEMORY;
	if (!url_decode(v, len, text, len + 1) || strlen(text) > known[i].max)
		return ERR_BAD_INPUT;
	*slot = text;
	return ERR_OK;
}

static enum err
pair(struct callback *out, const char *t, size_t len, struct arena *a)
{
	const char *eq = memchr(t, '=', len);
	size_t n = eq == NULL ? len : (size_t)(eq - t);
	char name[64];

	if (!url_decode(t, n, name, sizeof(name)))
		return n < sizeof(name) ? ERR_BAD_INPUT : ERR_OK;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0)
			return eq == NULL ? ERR_BAD_INPUT
					  : put(out, i, eq + 1, len - n - 1, a);
	return ERR_OK;
}

enum err
callback_parse(const char *query, struct arena *a, struct callback *out)
{
	size_t pairs = 0;
	enum err e;

	*out = (struct callback){0};
	if (strlen(query) > CALLBACK_QUERY_MAX)
		return ERR_BAD_INPUT;
	while (*query != '\0') {
		size_t len = strcspn(query, "&");

		if (++pairs > CALLBACK_PAIRS_MAX)
			return ERR_BAD_INPUT;
		if (len > 0 && (e = pair(out, query, len, a)))
			return e;
		query += len + (query[len] == '&');
	}
	return ERR_OK;
}
