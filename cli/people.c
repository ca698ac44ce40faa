/* People. */
#include "core/service/people.h"

#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"

enum { PAGE = 500 };

int
verb_person_add(struct cli *c, const struct verb *v)
{
	struct person p = {0};
	enum err e;

	if ((e = cli_set(c, v->fields, &p, NULL)))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	if ((e = people_add(&c->call, &p)))
		return cli_fail(c, e);
	out_one(c, v->fields, &p);
	return 0;
}

int
verb_person_list(struct cli *c, const struct verb *v)
{
	struct person *all = NULL;
	size_t n = 0, total = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if ((e = people_list(&c->call, c->nwords ? c->word[0] : "", 0, PAGE,
		 &all, &n, &total)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	if (total > n)
		(void)cli_say(c, 0,
		    "%zu of %zu are shown: give a word to "
		    "search for",
		    n, total);
	return 0;
}

static int
wanted(struct cli *c, const struct verb *v, size_t words, struct person *p)
{
	enum err e;

	if (c->nwords != words)
		return cli_usage(c, v);
	e = people_find(&c->call, c->word[0], p);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

int
verb_person_show(struct cli *c, const struct verb *v)
{
	struct person p;
	const char **groups = NULL;
	size_t n = 0;
	int status = wanted(c, v, 1, &p);
	enum err e;

	if (status != 0)
		return status;
	if ((e = people_groups(&c->call, &p.id, &groups, &n)))
		return cli_fail(c, e);
	out_one(c, v->fields, &p);
	for (size_t i = 0; !c->json && i < n; i++)
		(void)printf("group: %s\n", groups[i]);
	return 0;
}

int
verb_person_state(struct cli *c, const struct verb *v)
{
	const char *reason = cli_option(c, "reason");
	const char *from = cli_option(c, "from");
	enum person_state state;
	struct person p;
	int64_t at = 0;
	int status = wanted(c, v, 2, &p);
	enum err e;

	if (status != 0)
		return status;
	if (!person_state_parse(c->word[1], &state))
		return cli_say(c, 2, "active, suspended or ended was expected");
	if (!cli_all_used(c))
		return 2;
	if (from && !field_time_parse(from, &at))
		return cli_say(c, 2,
		    "--from: a time such as 2026-12-24T10:00:00Z was expected");
	e = from ? people_plan_state(
		       &c->call, &p.id, state, reason ? reason : "", at)
		 : people_set_state(
		       &c->call, &p.id, state, reason ? reason : "");
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

int
verb_person_merge(struct cli *c, const struct verb *v)
{
	struct person from, into;
	int status = wanted(c, v, 2, &from);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if ((e = people_find(&c->call, c->word[1], &into)) ||
	    (e = people_merge(&c->call, &from.id, &into.id)))
		return cli_fail(c, e);
	return 0;
}

int
verb_person_forget(struct cli *c, const struct verb *v)
{
	const char *sure = cli_option(c, "sure");
	struct person p;
	int status = wanted(c, v, 1, &p);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if (sure == NULL || strcmp(sure, "yes") != 0)
		return cli_say(
		    c, 2, "this cannot be undone: give --sure yes as well");
	e = people_forget(&c->call, &p.id);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}
