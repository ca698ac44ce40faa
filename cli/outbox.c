/* What waits to be sent, and what could not be. */
#include "core/service/outbox.h"

#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/text.h"

enum { LATEST = 50 };

int
verb_outbox_list(struct cli *c, const struct verb *v)
{
	const char *state = cli_option(c, "state");
	const char *kind = cli_option(c, "kind");
	const char *most = cli_option(c, "limit");
	struct outbox_item *all = NULL;
	enum outbox_state s;
	enum outbox_kind k;
	int64_t limit = LATEST;
	size_t n = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if (state && !outbox_state_parse(state, &s))
		return cli_say(c, 2, "--state: waiting, done or dead");
	if (kind && !outbox_kind_parse(kind, &k))
		return cli_say(c, 2, "--kind: mail, sms or webhook");
	if (most && !text_int(most, 1, OUTBOX_LIST_MAX, &limit))
		return cli_say(c, 2,
		    "--limit: a number from 1 to %d was expected",
		    OUTBOX_LIST_MAX);
	if ((e = outbox_list(&c->call, state ? state : "", kind ? kind : "",
		 (size_t)limit, &all, &n)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	return 0;
}

static int
retry_dead(struct cli *c)
{
	struct outbox_item *all = NULL;
	size_t n = 0;
	enum err e;

	if ((e = outbox_list(&c->call, "dead", "", OUTBOX_LIST_MAX, &all, &n)))
		return cli_fail(c, e);
	for (size_t i = 0; i < n; i++)
		if ((e = outbox_retry(&c->call, &all[i].id)))
			return cli_fail(c, e);
	out_pairs(c, (const struct out_pair[]){
			 {"tried again", NULL, (int64_t)n}, {NULL, NULL, 0}});
	return 0;
}

int
verb_outbox_retry(struct cli *c, const struct verb *v)
{
	struct uid id;
	enum err e;

	if (cli_words(c, v, 1))
		return 2;
	if (strcmp(c->word[0], "dead") == 0)
		return retry_dead(c);
	if (!uid_parse(c->word[0], &id))
		return cli_say(
		    c, 1, "there is nothing called %.40s", c->word[0]);
	if ((e = outbox_retry(&c->call, &id)))
		return cli_fail(c, e);
	return 0;
}
