#include "core/service/quotas.h"

#include <string.h>

#include "core/base/log.h"
#include "core/model/quota.h"
#include "core/model/zone.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/keys_own.h"
#include "core/service/pools.h"

struct state {
	struct uid home;
	int64_t until, from, used;
};

static enum err
load(struct call *c, const struct uid *key, struct state *s)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*s = (struct state){.home = UID_NONE};
	if ((e = db_one(
		 c->store->db, SQL_QUOTA_GET, DB_ARGS(DB_TEXT(key->s)), &r)))
		return e;
	(void)uid_parse(db_text(&r, 0), &s->home); /* none: on its own plan */
	s->until = db_int(&r, 1);
	s->from = db_int(&r, 2);
	s->used = db_int(&r, 3);
	return db_end(&r);
}

static enum err
period(struct call *c, const struct plan *p, int64_t *from, int64_t *until)
{
	const struct zone *z = NULL;
	struct network n;
	enum err e;

	if ((e = row_get(c->store, &network_rows, &p->network, &n)))
		return e;
	if (zone_get(n.time_zone, &z))
		z = NULL; /* a zone that is gone counts in UTC */
	return quota_period(p->quota_period, z, c->now, from, until);
}

/* The plan that KEY is on when nothing is used up. */
static enum err
own_plan(struct call *c, const struct uid *key, const struct state *s,
    struct plan *out)
{
	if (!uid_is_none(&s->home))
		return row_get(c->store, &plan_rows, &s->home, out);
	return row_one(
	    c->store, &plan_rows, SQL_KEY_PLAN, DB_ARGS(DB_TEXT(key->s)), out);
}

/* From one plan to the other, for everybody to know. */
static enum err
change(struct call *c, const struct wifi_key *k, const struct uid *plan,
    const struct uid *home, int64_t until, const char *act)
{
	OWN(buf) struct buf d = DETAIL;
	struct plan p;
	enum err e;

	detail_text(&d, "plan", plan->s);
	detail_int(&d, "until", until);
	if ((e = row_get(c->store, &plan_rows, plan, &p)))
		return e;
	e = pools_lease_key(c, &p, k);
	if (e == ERR_LIMIT) { /* rather its own VLAN than somebody's */
		LOG(WARN, "quota.pool-full", LOG_S("pool", p.pool));
		return ERR_OK;
	}
	if (e ||
	    (e = store_run(c->store, SQL_QUOTA_PLAN,
		 DB_ARGS(DB_TEXT(k->id.s), DB_TEXT(plan->s), ROW_ID(home),
		     DB_INT(until)),
		 NULL)) ||
	    (e = disconnects_queue_key(c, &k->id)))
		return e;
	return act_changed(c, act, NOUN_KEY, &k->id, &d);
}

static enum err
used_up(struct call *c, const struct uid *key, const struct plan *own,
    int64_t until)
{
	struct wifi_key k;
	struct plan then;
	enum err e;

	if ((e = row_get(c->store, &key_rows, key, &k)) ||
	    (e = row_get(c->store, &plan_rows, &own->quota_plan, &then)))
		return e;
	if (!uid_same(&then.network, &k.network)) {
		LOG(WARN, "quota.plan-elsewhere", LOG_S("plan", own->id.s));
		return ERR_OK;
	}
	return change(c, &k, &then.id, &own->id, until, "key.quota");
}

enum err
quotas_count(struct call *c, const struct uid *key, int64_t octets)
{
	struct state s;
	struct plan own;
	int64_t from, until;
	enum err e;

	if (octets <= 0 || uid_is_none(key))
		return ERR_OK;
	if ((e = load(c, key, &s)))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	if ((e = own_plan(c, key, &s, &own)))
		return e;
	if (own.quota == 0 || uid_is_none(&own.quota_plan))
		return ERR_OK;
	if ((e = period(c, &own, &from, &until)))
		return e == ERR_BAD_INPUT ? ERR_OK : e;
	s.used = s.from == from ? s.used : 0;
	s.used = octets > INT64_MAX - s.used ? INT64_MAX : s.used + octets;
	if ((e = store_run(c->store, SQL_QUOTA_USED,
		 DB_ARGS(DB_TEXT(key->s), DB_INT(from), DB_INT(s.used)), NULL)))
		return e;
	if (s.used < own.quota || !uid_is_none(&s.home))
		return ERR_OK;
	return used_up(c, key, &own, until);
}

enum err
quotas_back(struct call *c, const struct wifi_key *k)
{
	struct state s;
	enum err e = load(c, &k->id, &s);

	if (e || uid_is_none(&s.home))
		return e;
	return change(c, k, &s.home, &UID_NONE, 0, "key.quota-over");
}

enum err
quotas_lift(struct call *c, const struct uid *person)
{
	struct uid *key;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, SQL_QUOTA_SPENT_OF,
		 DB_ARGS(DB_TEXT(person->s)), c->arena, &key, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = store_run(c->store, SQL_QUOTA_LIFT,
			 DB_ARGS(DB_TEXT(key[i].s)), NULL)) ||
		    (e = act_announce(c, NOUN_KEY, &key[i])))
			return e;
	return ERR_OK;
}

enum err
quotas_inherit(struct call *c, const struct uid *old, const struct uid *new_)
{
	return store_run(c->store, SQL_QUOTA_INHERIT,
	    DB_ARGS(DB_TEXT(new_->s), DB_TEXT(old->s)), NULL);
}

enum err
quotas_use(struct call *c, const struct uid *key, struct quota_use *out)
{
	struct wifi_key k;
	struct state s;
	struct plan own;
	enum err e;

	*out = (struct quota_use){.home = UID_NONE};
	if ((e = keys_own_get(c, key, KEYS_SEE, &k)) ||
	    (e = load(c, key, &s)) || (e = own_plan(c, key, &s, &own)))
		return e;
	if (own.quota == 0)
		return ERR_OK;
	if ((e = period(c, &own, &out->from, &out->until)))
		return e;
	out->quota = own.quota;
	out->used = s.from == out->from ? s.used : 0;
	out->home = s.home;
	return ERR_OK;
}
