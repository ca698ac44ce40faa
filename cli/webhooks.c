/* Machines that are told what happens. */
#include "core/service/webhooks.h"

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/text.h"

enum { LATEST = 50 };

static int
print_secret(struct cli *c, const struct webhook *h, const struct secret *text)
{
	out_pairs(c,
	    (const struct out_pair[]){{"id", h->id.s, 0}, {"name", h->name, 0},
		{"secret", secret_text(text), 0}, {0}});
	return 0;
}

int
verb_webhook_add(struct cli *c, const struct verb *v)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct webhook h = {.state = WEBHOOK_ACTIVE};
	enum err e;

	if ((e = cli_set(c, v->fields, &h, NULL)))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	if ((e = webhooks_add(&c->call, &h, &text)))
		return cli_fail(c, e);
	return print_secret(c, &h, &text);
}

int
verb_webhook_list(struct cli *c, const struct verb *v)
{
	struct webhook *all = NULL;
	size_t n = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if ((e = webhooks_list(&c->call, &all, &n)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	return 0;
}

/* The webhook of the first word. */
static enum err
named(struct cli *c, struct webhook *h)
{
	enum err e = webhooks_find(&c->call, c->word[0], h);

	return e == ERR_NOT_FOUND
		   ? why_set(&c->call.why, e, "",
			 "there is no webhook called %.80s", c->word[0])
		   : e;
}

int
verb_webhook_show(struct cli *c, const struct verb *v)
{
	struct webhook h;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	if ((e = named(c, &h)))
		return cli_fail(c, e);
	out_one(c, v->fields, &h);
	return 0;
}

int
verb_webhook_set(struct cli *c, const struct verb *v)
{
	struct webhook h;
	enum err e;

	if (c->nwords != 1)
		return cli_usage(c, v);
	if ((e = named(c, &h)) || (e = cli_set(c, v->fields, &h, NULL)))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	if ((e = webhooks_set(&c->call, &h)))
		return cli_fail(c, e);
	out_one(c, v->fields, &h);
	return 0;
}

int
verb_webhook_remove(struct cli *c, const struct verb *v)
{
	struct webhook h;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	if ((e = named(c, &h)) || (e = webhooks_remove(&c->call, &h.id)))
		return cli_fail(c, e);
	return 0;
}

int
verb_webhook_secret(struct cli *c, const struct verb *v)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct webhook h;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	if ((e = named(c, &h)) || (e = webhooks_secret(&c->call, &h.id, &text)))
		return cli_fail(c, e);
	return print_secret(c, &h, &text);
}

int
verb_webhook_test(struct cli *c, const struct verb *v)
{
	struct webhook h;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	if ((e = named(c, &h)) || (e = webhooks_test(&c->call, &h.id)))
		return cli_fail(c, e);
	return 0;
}

int
verb_webhook_log(struct cli *c, const struct verb *v)
{
	const char *state = cli_option(c, "state");
	const char *most = cli_option(c, "limit");
	struct outbox_item *all = NULL;
	enum outbox_state s;
	int64_t limit = LATEST;
	struct webhook h;
	size_t n = 0;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	if (state && !outbox_state_parse(state, &s))
		return cli_say(c, 2, "--state: waiting, done or dead");
	if (most && !text_int(most, 1, OUTBOX_LIST_MAX, &limit))
		return cli_say(c, 2,
		    "--limit: a number from 1 to %d was expected",
		    OUTBOX_LIST_MAX);
	if ((e = named(c, &h)) ||
	    (e = outbox_of_hook(
		 &c->call, &h.id, state ? state : "", (size_t)limit, &all, &n)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	return 0;
}
