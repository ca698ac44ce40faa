/* Networks, plans, rules, access points: through their tables of members. */
#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/text.h"
#include "core/service/setup.h"

/* A member that names another noun may do so by name. */
static enum err
by_name(struct cli *c, const struct field *f, const char *text, struct uid *id)
{
	struct network n;
	struct plan p;
	enum err e;

	if (strcmp(f->name, "network") == 0) {
		if ((e = network_find(&c->call, text, &n)))
			return why_set(&c->call.why, ERR_BAD_INPUT, "network",
			    "there is no network called %.60s", text);
		*id = n.id;
		return ERR_OK;
	}
	if ((e = plan_find(&c->call, text, &p)))
		return why_set(&c->call.why, ERR_BAD_INPUT, f->name,
		    "there is no plan called %.60s", text);
	*id = p.id;
	return ERR_OK;
}

static enum err
required(struct cli *c, const struct field *fields)
{
	char name[CLI_NAME];

	for (const struct field *f = fields; f->name; f++)
		if ((f->flags & FIELD_REQUIRED) && !cli_option(c, f->name) &&
		    strcmp(f->name, "name") != 0)
			return why_set(&c->call.why, ERR_BAD_INPUT, f->name,
			    "--%s must be given: %s",
			    cli_dashed(f->name, name, sizeof(name)), f->help);
	return ERR_OK;
}

static int
one_word(struct cli *c, const struct verb *v)
{
	if (c->nwords == 1)
		return 0;
	return cli_usage(c, v);
}

static enum err
rule_find(struct call *c, const char *text, struct rule *out)
{
	struct rule *all = NULL;
	size_t n = 0;
	enum err e = rule_list(c, &all, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		if (strcmp(all[i].id.s, text) == 0) {
			*out = all[i];
			return ERR_OK;
		}
	return e != ERR_OK ? e : ERR_NOT_FOUND;
}

static void
missing(struct cli *c, const struct verb *v, enum err e)
{
	if (e == ERR_NOT_FOUND)
		(void)why_set(&c->call.why, e, "",
		    "there is no %s called %.80s", v->noun, c->word[0]);
}

/* The five verbs of a noun. SAVE calls noun_add() or noun_set(). */
#define VERBS(noun, type, ADD, SET)                                            \
	int verb_##noun##_add(struct cli *c, const struct verb *v)             \
	{                                                                      \
		struct type n = {0};                                           \
		enum err e;                                                    \
                                                                               \
		noun##_defaults(&n);                                           \
		if ((e = required(c, v->fields)) ||                            \
		    (e = cli_set(c, v->fields, &n, by_name)) || (e = (ADD)))   \
			return cli_fail(c, e);                                 \
		out_one(c, v->fields, &n);                                     \
		return 0;                                                      \
	}                                                                      \
	int verb_##noun##_list(struct cli *c, const struct verb *v)            \
	{                                                                      \
		struct type *all = NULL;                                       \
		size_t n = 0;                                                  \
		enum err e;                                                    \
                                                                               \
		if (!cli_all_used(c))                                          \
			return 2;                                              \
		if ((e = noun##_list(&c->call, &all, &n)))                     \
			return cli_fail(c, e);                                 \
		out_list(c, v->fields, all, n, sizeof(*all));                  \
		return 0;                                                      \
	}                                                                      \
	static int noun##_known(                                               \
	    struct cli *c, const struct verb *v, struct type *n)               \
	{                                                                      \
		int status = one_word(c, v);                                   \
		enum err e;                                                    \
                                                                               \
		if (status != 0)                                               \
			return status;                                         \
		if ((e = noun##_find(&c->call, c->word[0], n)) == ERR_OK)      \
			return 0;                                              \
		missing(c, v, e);                                              \
		return cli_fail(c, e);                                         \
	}                                                                      \
	int verb_##noun##_show(struct cli *c, const struct verb *v)            \
	{                                                                      \
		struct type n;                                                 \
		int status = noun##_known(c, v, &n);                           \
                                                                               \
		if (status == 0 && !cli_all_used(c))                           \
			status = 2;                                            \
		if (status == 0)                                               \
			out_one(c, v->fields, &n);                             \
		return status;                                                 \
	}                                                                      \
	int verb_##noun##_set(struct cli *c, const struct verb *v)             \
	{                                                                      \
		struct type n;                                                 \
		int status = noun##_known(c, v, &n);                           \
		enum err e;                                                    \
                                                                               \
		if (status != 0)                                               \
			return status;                                         \
		if ((e = cli_set(c, v->fields, &n, by_name)) || (e = (SET)))   \
			return cli_fail(c, e);                                 \
		out_one(c, v->fields, &n);                                     \
		return 0;                                                      \
	}                                                                      \
	int verb_##noun##_remove(struct cli *c, const struct verb *v)          \
	{                                                                      \
		struct type n;                                                 \
		int status = noun##_known(c, v, &n);                           \
		enum err e;                                                    \
                                                                               \
		if (status == 0 && !cli_all_used(c))                           \
			status = 2;                                            \
		if (status != 0)                                               \
			return status;                                         \
		e = noun##_remove(&c->call, &n.id);                            \
		return e == ERR_OK ? 0 : cli_fail(c, e);                       \
	}

/* Refuses what was given and means nothing, before anything is changed. */
static enum err
checked(struct cli *c, enum err (*save)(struct cli *c, void *noun), void *noun)
{
	for (size_t i = 0; i < c->noptions; i++)
		if (!c->option[i].used)
			return why_set(&c->call.why, ERR_BAD_INPUT, "",
			    "there is no option --%.60s here",
			    c->option[i].name);
	return save(c, noun);
}

#define SAVES(noun, VERB)                                                      \
	static enum err noun##_##VERB##_(struct cli *c, void *n)               \
	{                                                                      \
		return noun##_##VERB(&c->call, n);                             \
	}

SAVES(network, add)
SAVES(network, set)
SAVES(plan, add)
SAVES(rule, add)
SAVES(rule, set)

/* --effect now: whoever is on the air comes again at once. */
static enum err
plan_set_(struct cli *c, void *n)
{
	const char *effect = cli_option(c, "effect");

	if (effect && strcmp(effect, "now") == 0)
		return plan_set_now(&c->call, n);
	if (effect && strcmp(effect, "join") != 0)
		return why_set(&c->call.why, ERR_BAD_INPUT, "effect",
		    "now (everybody on the air joins anew) or join (at the "
		    "next one) was expected");
	return plan_set(&c->call, n);
}

static enum err
ap_add_(struct cli *c, void *n)
{
	OWN(secret) struct secret s = SECRET_NONE;
	const char *file = cli_option(c, "secret_file");
	enum err e;

	if (file == NULL)
		return why_set(&c->call.why, ERR_BAD_INPUT, "secret_file",
		    "--secret-file must be given: a file with one line, - for "
		    "standard input");
	if ((e = cli_secret(c, file, &s)))
		return e;
	return ap_add(&c->call, n, &s);
}

static enum err
ap_set_(struct cli *c, void *n)
{
	OWN(secret) struct secret s = SECRET_NONE;
	const char *file = cli_option(c, "secret_file");
	enum err e;

	if (file && (e = cli_secret(c, file, &s)))
		return e;
	return ap_set(&c->call, n, file ? &s : NULL);
}

VERBS(network, network, checked(c, network_add_, &n),
    checked(c, network_set_, &n))
VERBS(plan, plan, checked(c, plan_add_, &n),
    (cli_option(c, "effect"), checked(c, plan_set_, &n)))
VERBS(rule, rule, checked(c, rule_add_, &n), checked(c, rule_set_, &n))
VERBS(ap, access_point, (cli_option(c, "secret_file"), checked(c, ap_add_, &n)),
    (cli_option(c, "secret_file"), checked(c, ap_set_, &n)))

int
verb_ap_psk(struct cli *c, const struct verb *v)
{
	OWN(tls_psk) struct tls_psk psk = {.name = ""};
	char hex[TLS_PSK_LEN * 2 + 1];
	struct access_point a;
	int status = ap_known(c, v, &a);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if ((e = ap_psk(&c->call, &a.id, &psk)))
		return cli_fail(c, e);
	text_to_hex(psk.key, sizeof(psk.key), hex);
	out_pairs(c, (const struct out_pair[]){{"identity", psk.name, 0},
			 {"key", hex, 0}, {NULL, NULL, 0}});
	secret_wipe(hex, sizeof(hex));
	return 0;
}
