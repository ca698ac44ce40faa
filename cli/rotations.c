/* Many passwords renewed, so many an hour. */
#include "core/service/rotations.h"

#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/text.h"
#include "core/service/setup.h"
#include "core/service/units.h"

enum { PAGE = 5000, DAY = 86400 };

#define F(type, member, kind)                                                  \
	{                                                                      \
#member, kind, FIELD_SHORT, offsetof(struct type, member),     \
		    sizeof(((struct type *)0)->member), NULL, ""               \
	}
static const struct field rotation_fields[] = {F(rotation, id, FIELD_ID),
    F(rotation, name, FIELD_TEXT), F(rotation, state, FIELD_TEXT),
    F(rotation, total, FIELD_LONG), F(rotation, rotated, FIELD_LONG),
    F(rotation, skipped, FIELD_LONG), F(rotation, closed, FIELD_LONG),
    F(rotation, waiting, FIELD_LONG), F(rotation, moved, FIELD_LONG),
    F(rotation, per_hour, FIELD_LONG), F(rotation, hours, FIELD_TEXT),
    F(rotation, overlap, FIELD_LONG), F(rotation, created, FIELD_TIME),
    F(rotation, due, FIELD_TIME), F(rotation, finished, FIELD_TIME), {0}};
static const struct field key_rows_[] = {F(rotation_key, key, FIELD_ID),
    F(rotation_key, after, FIELD_ID), F(rotation_key, name, FIELD_TEXT),
    F(rotation_key, whose, FIELD_TEXT), F(rotation_key, state, FIELD_TEXT),
    F(rotation_key, waiting, FIELD_LONG), F(rotation_key, moved, FIELD_LONG),
    F(rotation_key, ends, FIELD_TIME), F(rotation_key, why, FIELD_TEXT), {0}};
#undef F

/* Whose passwords, by the names of things. */
static enum err
whose(struct cli *c, struct rotation_order *o)
{
	const char *plan = cli_option(c, "plan");
	const char *network = cli_option(c, "network");
	const char *unit = cli_option(c, "unit");
	struct network n;
	struct plan p;
	struct unit u;

	if (plan && plan_find(&c->call, plan, &p))
		return why_set(&c->call.why, ERR_BAD_INPUT, "plan",
		    "there is no plan called %.60s", plan);
	if (network && network_find(&c->call, network, &n))
		return why_set(&c->call.why, ERR_BAD_INPUT, "network",
		    "there is no network called %.60s", network);
	if (unit && units_find(&c->call, unit, &u))
		return why_set(&c->call.why, ERR_BAD_INPUT, "unit",
		    "there is no unit called %.60s", unit);
	if (plan)
		o->plan = p.id;
	if (network)
		o->network = n.id;
	if (unit)
		o->unit = u.id;
	o->group = cli_option(c, "group");
	return ERR_OK;
}

int
verb_rotation_start(struct cli *c, const struct verb *v)
{
	const char *rate = cli_option(c, "per_hour");
	const char *overlap = cli_option(c, "overlap");
	struct rotation_order o = {.name = cli_option(c, "name"),
	    .hours = cli_option(c, "hours"),
	    .overlap = DAY};
	struct rotation r;
	enum err e;

	(void)v;
	if (rate == NULL || !text_int(rate, 1, ROTATIONS_RATE, &o.per_hour))
		return cli_say(c, 2,
		    "--per-hour: a number from 1 to %d was expected",
		    ROTATIONS_RATE);
	if (overlap && !cli_span(overlap, &o.overlap))
		return cli_say(
		    c, 2, "--overlap: a time such as 0, 30m, 24h was expected");
	if ((e = whose(c, &o)))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	if ((e = rotations_start(&c->call, &o, &r)))
		return cli_fail(c, e);
	out_one(c, rotation_fields, &r);
	return 0;
}

int
verb_rotation_list(struct cli *c, const struct verb *v)
{
	struct rotation *all = NULL;
	size_t n = 0;
	enum err e;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if ((e = rotations_list(&c->call, &all, &n)))
		return cli_fail(c, e);
	out_list(c, rotation_fields, all, n, sizeof(*all));
	return 0;
}

static int
wanted(struct cli *c, const struct verb *v, struct uid *id)
{
	if (c->nwords != 1)
		return cli_usage(c, v);
	if (!uid_parse(c->word[0], id))
		return cli_say(c, 2,
		    "the id of a rotation was expected: see `latchkey rotation "
		    "list`");
	return cli_all_used(c) ? 0 : 2;
}

static int
failed(struct cli *c, enum err e)
{
	if (e == ERR_NOT_FOUND && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "there is no such rotation");
	return cli_fail(c, e);
}

int
verb_rotation_show(struct cli *c, const struct verb *v)
{
	struct rotation r;
	struct uid id;
	int status = wanted(c, v, &id);
	enum err e;

	if (status != 0)
		return status;
	if ((e = rotations_get(&c->call, &id, &r)))
		return failed(c, e);
	out_one(c, rotation_fields, &r);
	return 0;
}

int
verb_rotation_keys(struct cli *c, const struct verb *v)
{
	struct rotation_key *k = NULL;
	struct rotation r;
	struct uid id;
	size_t n = 0;
	int status = wanted(c, v, &id);
	enum err e;

	if (status != 0)
		return status;
	if ((e = rotations_get(&c->call, &id, &r)) ||
	    (e = rotations_keys(&c->call, &id, 0, PAGE, &k, &n)))
		return failed(c, e);
	out_list(c, key_rows_, k, n, sizeof(*k));
	return 0;
}

static int
act(struct cli *c, const struct verb *v,
    enum err (*run)(struct call *c, const struct uid *id))
{
	struct uid id;
	int status = wanted(c, v, &id);
	enum err e;

	if (status != 0)
		return status;
	e = run(&c->call, &id);
	return e == ERR_OK ? 0 : failed(c, e);
}

int
verb_rotation_stop(struct cli *c, const struct verb *v)
{
	return act(c, v, rotations_stop);
}

int
verb_rotation_continue(struct cli *c, const struct verb *v)
{
	return act(c, v, rotations_go_on);
}

int
verb_rotation_end(struct cli *c, const struct verb *v)
{
	return act(c, v, rotations_end);
}
