/* Issuing. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/entitle.h"
#include "core/service/keys.h"
#include "core/service/keys_make.h"
#include "core/service/keys_own.h"
#include "core/service/keys_ready.h"
#include "core/service/keys_stay.h"
#include "core/service/notices.h"
#include "core/service/pools.h"

enum { ISSUE_TRIES = 4 };
#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

static enum err
person_ready(struct call *c, const struct uid *id, struct person *out)
{
	enum err e;

	if ((e = row_get(c->store, &person_rows, id, out)))
		return e;
	if (out->state == PERSON_ACTIVE)
		return ERR_OK;
	return why_set(&c->why, ERR_SUSPENDED, "", "%s", out->state_reason);
}

static enum err
unit_ready(struct call *c, const struct uid *id)
{
	struct unit u;
	enum err e;

	if ((e = row_get(c->store, &unit_rows, id, &u)))
		return e;
	if (u.state == PERSON_ACTIVE)
		return ERR_OK;
	return why_set(&c->why, ERR_SUSPENDED, "", "%s", u.state_reason);
}

enum err
keys_owner_ready(struct call *c, const struct uid *person,
    const struct uid *unit, struct person *out)
{
	enum err e;

	*out = (struct person){.groups_known = false};
	if (uid_is_none(unit))
		return person_ready(c, person, out);
	if (c->actor.kind == ACTOR_PERSON &&
	    (e = row_get(c->store, &person_rows, &c->actor.id, out)) &&
	    e != ERR_NOT_FOUND)
		return e;
	return unit_ready(c, unit);
}

static enum err
may_issue(struct call *c, const struct key_order *o)
{
	if (act_need(c, ACT_STAFF) == ERR_OK)
		return ERR_OK;
	if (o->given != NULL)
		return ERR_FORBIDDEN;
	if (o->kind == KEY_GUEST && call_may(c, ROLE_DESK))
		return act_need_desk(c, 0, &o->plan);
	if (!uid_is_none(&o->unit))
		return keys_own(c,
		    &(struct wifi_key){.unit = o->unit, .kind = KEY_UNIT},
		    KEYS_CHANGE);
	return act_is(c, &o->person) ? ERR_OK : ERR_NOT_FOUND;
}

static bool
wanted(const struct key_order *o, const struct entitlement *t)
{
	return (uid_is_none(&o->plan) || uid_same(&o->plan, &t->plan.id)) &&
	       (uid_is_none(&o->network) ||
		   uid_same(&o->network, &t->network.id));
}

/* Staff may give any plan by name; for others the rules decide. */
static enum err
choose(struct call *c, const struct key_order *o, const struct person *p,
    struct plan *plan, struct network *network)
{
	struct entitlement *list;
	struct facts f;
	size_t n;
	enum err e;

	if (!uid_is_none(&o->plan) &&
	    (act_need(c, ACT_STAFF) == ERR_OK ||
		(o->kind == KEY_GUEST &&
		    act_need_desk(c, 0, &o->plan) == ERR_OK))) {
		if ((e = row_get(c->store, &plan_rows, &o->plan, plan)))
			return e == ERR_NOT_FOUND
				   ? why_set(&c->why, ERR_BAD_INPUT, "plan",
					 "There is no such plan.")
				   : e;
		return row_get(
		    c->store, &network_rows, &plan->network, network);
	}
	if ((e = entitle_facts(c, p, &f)) ||
	    (e = entitle_plans(c, &f, &list, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (wanted(o, &list[i])) {
			*plan = list[i].plan;
			*network = list[i].network;
			return ERR_OK;
		}
	return ERR_NOT_ENTITLED;
}

/* When it starts and ends: what was asked for, inside what the plan gives. */
static enum err
validity(struct call *c, const struct key_order *o, const struct plan *p,
    const struct network *n, struct wifi_key *k)
{
	int64_t from = o->not_before > c->now ? o->not_before : c->now;
	bool staff = act_need(c, ACT_DESK) == ERR_OK;
	int64_t until = o->not_after;
	enum err e;

	if (o->not_before < 0 || o->not_after < 0 ||
	    o->not_before > LAST_SECOND || o->not_after > LAST_SECOND)
		return why_set(&c->why, ERR_BAD_INPUT, "not_after",
		    "Give a date between 1970 and 9999.");
	k->not_before = o->not_before > c->now ? o->not_before : 0;
	if (until != 0 && (e = keys_stay_allows(c, k, until)))
		return e;
	if (until == 0 && k->kind == KEY_THING &&
	    (e = keys_stay_end(c, &k->person, &until)))
		return e;
	k->not_after = key_end(p, k->kind, n->time_zone, from, until);
	if (staff && o->not_after)
		k->not_after = o->not_after;
	k->end_given = o->not_after != 0;
	if (k->not_after != 0 && k->not_after <= from)
		return why_set(&c->why, ERR_BAD_INPUT, "not_after",
		    "It would end before it starts.");
	return ERR_OK;
}

/* How many devices at once: staff may give more than the plan does. */
static enum err
devices(struct call *c, const struct key_order *o, const struct plan *p,
    struct wifi_key *k)
{
	bool staff = act_need(c, ACT_DESK) == ERR_OK;
	int most = staff || p->devices == 0 ? DEVICES_MAX : p->devices;

	k->devices_max = o->devices_max;
	return keys_own_devices(c, o->devices_max, most);
}

const char *
keys_ready_name(enum key_kind kind)
{
	static const char *const usual[] = {[KEY_PERSONAL] = "My devices",
	    [KEY_THING] = "Another device",
	    [KEY_UNIT] = "Shared",
	    [KEY_GUEST] = "Guest"};

	return usual[kind];
}

static enum err
named(struct call *c, const struct key_order *o, struct wifi_key *k)
{
	const char *name =
	    o->name && o->name[0] ? o->name : keys_ready_name(k->kind);

	if (strlen(name) > NAME_MAX_)
		return why_set(&c->why, ERR_BAD_INPUT, "name",
		    "Give a name of at most %d characters.", NAME_MAX_);
	text_copy(k->name, sizeof(k->name), name);
	return act_name(c, k->name, "name", false);
}

static enum err
below_limit(struct call *c, const struct wifi_key *k)
{
	bool unit = !uid_is_none(&k->unit);
	int64_t held;
	enum err e;

	if ((e = store_number(c->store, unit ? SQL_UNIT_KEY_HELD : SQL_KEY_HELD,
		 DB_ARGS(
		     DB_TEXT(unit ? k->unit.s : k->person.s), DB_INT(c->now)),
		 &held)))
		return e;
	return held < KEYS_PER_PERSON
		   ? ERR_OK
		   : why_set(&c->why, ERR_LIMIT, "",
			 "There are %d Wi-Fi passwords already. Remove one "
			 "first.",
			 KEYS_PER_PERSON);
}

/* What was looked at outside the transaction may have changed since. */
enum err
keys_ready_store(struct call *c, const struct keys_ready *r,
    const struct keys_make *m, const char *act)
{
	const struct wifi_key *k = &r->key;
	bool unit = !uid_is_none(&k->unit);
	OWN(buf) struct buf d = DETAIL;
	struct person o;
	struct plan p2;
	enum err e;

	detail_text(&d, "name", k->name);
	detail_text(&d, "plan", r->plan.name);
	detail_text(
	    &d, unit ? "unit" : "person", unit ? k->unit.s : k->person.s);
	if ((e = keys_owner_ready(c, &k->person, &k->unit, &o)) ||
	    (e = row_get(c->store, &plan_rows, &k->plan, &p2)))
		return e;
	if (p2.version != r->plan.version)
		return ERR_CONFLICT;
	if ((e = below_limit(c, k)) ||
	    (e = keys_stay_allows(c, k, k->not_after)) ||
	    (e = pools_lease_key(c, &r->plan, k)) ||
	    (e = keys_make_store(c, k, m)))
		return e;
	if ((e = act_changed(c, act, NOUN_KEY, &k->id, &d)))
		return e;
	/* thousands that were brought along are no news to their owners */
	return strcmp(act, "key.issue") == 0 ? notices_key(c, k, NOTICE_MADE)
					     : ERR_OK;
}

static enum err
insert(struct call *c, const struct keys_ready *r, const struct keys_make *m)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = keys_ready_store(c, r, m, "key.issue")))
		return e;
	return act_end(c, &tx);
}

static enum err
issue(struct call *c, const struct key_order *o, const struct keys_ready *r)
{
	OWN(keys_make) struct keys_make m = {0};
	enum err e = ERR_EXISTS;

	/* EXISTS: somebody stored the same between our look and our turn */
	for (int i = 0; e == ERR_EXISTS && i < ISSUE_TRIES; i++) {
		e = o->given ? keys_make_given(c, &r->network, o->given, &m)
			     : keys_make_minted(c, &r->network, &r->plan, &m);
		if (e == ERR_OK)
			e = insert(c, r, &m);
		if (e == ERR_EXISTS && o->given)
			e = keys_make_refused(c);
	}
	return e == ERR_EXISTS ? ERR_BUSY : e;
}

enum err
keys_ready(struct call *c, const struct key_order *o,
    const struct person *owner, struct keys_ready *out)
{
	struct wifi_key *k = &out->key;
	bool unit = !uid_is_none(&o->unit);
	enum err e;

	*out = (struct keys_ready){.key = {.id = uid_new(),
				       .person = unit ? UID_NONE : o->person,
				       .unit = o->unit,
				       .kind = unit ? KEY_UNIT : o->kind,
				       .state = KEY_ACTIVE,
				       .created = c->now,
				       .version = 1}};
	c->why = (struct why){{0}, {0}};
	if ((e = may_issue(c, o)))
		return e;
	if (owner != NULL)
		out->person = *owner;
	else if ((e = keys_owner_ready(c, &o->person, &o->unit, &out->person)))
		return e;
	if ((e = choose(c, o, &out->person, &out->plan, &out->network)) ||
	    (e = validity(c, o, &out->plan, &out->network, k)) ||
	    (e = devices(c, o, &out->plan, k)) || (e = named(c, o, k)) ||
	    (owner == NULL && (e = below_limit(c, k))))
		return e;
	k->network = out->network.id;
	k->plan = out->plan.id;
	return ERR_OK;
}

enum err
keys_issue(struct call *c, const struct key_order *o, struct key_view *out)
{
	struct keys_ready r;
	enum err e;

	*out = (struct key_view){0};
	if ((e = keys_ready(c, o, NULL, &r)) || (e = issue(c, o, &r)))
		return e;
	if (!uid_is_none(&r.key.unit))
		r.person = (struct person){.groups_known = false};
	*out = (struct key_view){.key = r.key,
	    .network = r.network,
	    .plan = r.plan,
	    .person = r.person,
	    .standing = key_standing(&r.key, c->now)};
	return ERR_OK;
}
