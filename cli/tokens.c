/* Tokens of machines. */
#include "core/service/tokens.h"

#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"

int
verb_token_add(struct cli *c, const struct verb *v)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct api_token t = {0};
	enum err e;

	for (const struct field *f = v->fields; f->name; f++) {
		const char *given =
		    f->flags & FIELD_SET ? cli_option(c, f->name) : NULL;

		if (given && (e = field_set(f, &t, given, &c->call.why)))
			return cli_fail(c, e);
	}
	if (!cli_all_used(c))
		return 2;
	if ((e = tokens_add(&c->call, &t, &text)))
		return cli_fail(c, e);
	if (c->json) {
		out_pairs(c, (const struct out_pair[]){{"id", t.id.s, 0},
				 {"name", t.name, 0}, {"scopes", t.scopes, 0},
				 {"token", secret_text(&text), 0}, {0}});
		return 0;
	}
	out_one(c, v->fields, &t);
	(void)printf("token: %s\n", secret_text(&text));
	return 0;
}

int
verb_token_list(struct cli *c, const struct verb *v)
{
	struct api_token *all = NULL;
	size_t n = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if ((e = tokens_list(&c->call, &all, &n)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	return 0;
}

/* By id, or by the name of exactly one that works. */
static enum err
named(struct cli *c, const char *text, struct uid *id)
{
	struct api_token *all = NULL;
	size_t n = 0, fits = 0;
	enum err e;

	if (uid_parse(text, id))
		return ERR_OK;
	if ((e = tokens_list(&c->call, &all, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (all[i].revoked == 0 && strcmp(all[i].name, text) == 0) {
			*id = all[i].id;
			fits++;
		}
	if (fits == 1)
		return ERR_OK;
	return why_set(&c->call.why, ERR_NOT_FOUND, "",
	    fits ? "more than one token is called %.80s: use the id"
		 : "there is no token called %.80s",
	    text);
}

int
verb_token_revoke(struct cli *c, const struct verb *v)
{
	struct uid id;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	if ((e = named(c, c->word[0], &id)) ||
	    (e = tokens_revoke(&c->call, &id)))
		return cli_fail(c, e);
	return 0;
}
