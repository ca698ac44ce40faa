/* Units and their members; the pools of VLANs. */
#include "core/service/units.h"

#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/service/people.h"
#include "core/service/pools.h"
#include "core/service/setup.h"

static enum err
named(struct cli *c, const char *text, struct unit *out)
{
	enum err e = units_find(&c->call, text, out);

	return e == ERR_NOT_FOUND ? why_set(&c->call.why, e, "",
					"there is no unit called %.80s", text)
				  : e;
}

static int
wanted(struct cli *c, const struct verb *v, size_t words, struct unit *u)
{
	enum err e;

	if (c->nwords != words)
		return cli_usage(c, v);
	e = named(c, c->word[0], u);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

/* The unit it is part of. */
static enum err
parent(struct cli *c, const struct field *f, const char *text, struct uid *id)
{
	struct unit above;
	enum err e = named(c, text, &above);

	(void)f;
	if (e == ERR_OK)
		*id = above.id;
	return e;
}

int
verb_unit_add(struct cli *c, const struct verb *v)
{
	struct unit u = {.vlan = 0};
	enum err e;

	if ((e = cli_set(c, v->fields, &u, parent)))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	if ((e = units_add(&c->call, &u)))
		return cli_fail(c, e);
	out_one(c, v->fields, &u);
	return 0;
}

int
verb_unit_list(struct cli *c, const struct verb *v)
{
	struct unit *all = NULL;
	size_t n = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if ((e = units_list(&c->call, &all, &n)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	return 0;
}

int
verb_unit_show(struct cli *c, const struct verb *v)
{
	struct unit u;
	int status = wanted(c, v, 1, &u);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	out_one(c, v->fields, &u);
	return 0;
}

int
verb_unit_set(struct cli *c, const struct verb *v)
{
	struct unit u;
	int status = wanted(c, v, 1, &u);
	enum err e;

	if (status != 0)
		return status;
	if ((e = cli_set(c, v->fields, &u, parent)))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	if ((e = units_set(&c->call, &u)))
		return cli_fail(c, e);
	out_one(c, v->fields, &u);
	return 0;
}

int
verb_unit_remove(struct cli *c, const struct verb *v)
{
	struct unit u;
	int status = wanted(c, v, 1, &u);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	e = units_remove(&c->call, &u.id);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

int
verb_unit_state(struct cli *c, const struct verb *v)
{
	const char *reason = cli_option(c, "reason");
	enum person_state state;
	struct unit u;
	int status = wanted(c, v, 2, &u);
	enum err e;

	if (status != 0)
		return status;
	if (!person_state_parse(c->word[1], &state))
		return cli_say(c, 2, "active, suspended or ended was expected");
	if (!cli_all_used(c))
		return 2;
	e = units_set_state(&c->call, &u.id, state, reason ? reason : "");
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

/* --- members ----------------------------------------------------------------
 */

int
verb_unit_members(struct cli *c, const struct verb *v)
{
	static const struct field fields[] = {
	    {"id", FIELD_ID, FIELD_SHORT,
		offsetof(struct unit_member, person.id), sizeof(struct uid),
		NULL, ""},
	    {"name", FIELD_TEXT, FIELD_SHORT,
		offsetof(struct unit_member, person.name), NAME_MAX_ + 1, NULL,
		""},
	    {"mail", FIELD_TEXT, FIELD_SHORT,
		offsetof(struct unit_member, person.mail), MAIL_MAX + 1, NULL,
		""},
	    {"manager", FIELD_BOOL, FIELD_SHORT,
		offsetof(struct unit_member, manager), sizeof(bool), NULL, ""},
	    {"since", FIELD_TIME, FIELD_SHORT,
		offsetof(struct unit_member, since), sizeof(int64_t), NULL, ""},
	    {0}};
	struct unit_member *m = NULL;
	struct unit u;
	size_t n = 0;
	int status = wanted(c, v, 1, &u);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if ((e = units_members(&c->call, &u.id, &m, &n)))
		return cli_fail(c, e);
	out_list(c, fields, m, n, sizeof(*m));
	return 0;
}

int
verb_unit_member(struct cli *c, const struct verb *v)
{
	const char *manager = cli_option(c, "manager");
	struct person p;
	struct unit u;
	int status = wanted(c, v, 2, &u);
	enum err e;

	if (status != 0)
		return status;
	if (manager && strcmp(manager, "yes") != 0 &&
	    strcmp(manager, "no") != 0)
		return cli_say(c, 2, "--manager: yes or no was expected");
	if (!cli_all_used(c))
		return 2;
	if ((e = people_find(&c->call, c->word[1], &p)) ||
	    (e = units_member_set(&c->call, &u.id, &p.id,
		 manager && strcmp(manager, "yes") == 0)))
		return cli_fail(c, e);
	return 0;
}

int
verb_unit_leave(struct cli *c, const struct verb *v)
{
	struct person p;
	struct unit u;
	int status = wanted(c, v, 2, &u);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if ((e = people_find(&c->call, c->word[1], &p)) ||
	    (e = units_member_remove(&c->call, &u.id, &p.id)))
		return cli_fail(c, e);
	return 0;
}

/* --- pools
 * --------------------------------------------------------------------- */

int
verb_pool_list(struct cli *c, const struct verb *v)
{
	static const struct field fields[] = {
	    {"plan", FIELD_TEXT, FIELD_SHORT, offsetof(struct pool, plan.name),
		NAME_MAX_ + 1, NULL, ""},
	    {"pool", FIELD_TEXT, FIELD_SHORT, offsetof(struct pool, plan.pool),
		NAME_MAX_ + 1, NULL, ""},
	    {"size", FIELD_LONG, FIELD_SHORT, offsetof(struct pool, size),
		sizeof(int64_t), NULL, ""},
	    {"leased", FIELD_LONG, FIELD_SHORT, offsetof(struct pool, leased),
		sizeof(int64_t), NULL, ""},
	    {0}};
	struct pool *all = NULL;
	size_t n = 0;
	enum err e;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	if ((e = pools_list(&c->call, &all, &n)))
		return cli_fail(c, e);
	out_list(c, fields, all, n, sizeof(*all));
	return 0;
}

int
verb_pool_leases(struct cli *c, const struct verb *v)
{
#define F(member, kind)                                                        \
	{                                                                      \
#member, kind, FIELD_SHORT,                                    \
		    offsetof(struct pool_lease, member),                       \
		    sizeof(((struct pool_lease *)0)->member), NULL, ""         \
	}
	static const struct field fields[] = {F(vlan, FIELD_LONG),
	    F(holder, FIELD_ID), F(noun, FIELD_TEXT), F(name, FIELD_TEXT),
	    F(state, FIELD_TEXT), F(reason, FIELD_TEXT), F(keys, FIELD_LONG),
	    F(suspended, FIELD_LONG), F(since, FIELD_TIME), {0}};
#undef F
	struct pool_lease *all = NULL;
	struct pool pool;
	struct plan p;
	size_t n = 0;
	enum err e;

	if (cli_words(c, v, 1) != 0)
		return 2;
	if ((e = plan_find(&c->call, c->word[0], &p)) ||
	    (e = pools_leases(&c->call, &p.id, 0, VLAN_MAX, &pool, &all, &n)))
		return cli_fail(c, e);
	out_list(c, fields, all, n, sizeof(*all));
	return 0;
}
