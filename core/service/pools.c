#include "core/service/pools.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"

/* One bit per VLAN. */
struct vlans {
	uint8_t bit[(VLAN_MAX + 8) / 8];
	size_t n;
};

static bool
has(const struct vlans *v, int64_t vlan)
{
	return vlan >= VLAN_MIN && vlan <= VLAN_MAX &&
	       v->bit[vlan / 8] & 1 << vlan % 8;
}

/* What is no VLAN is left out. */
static void
put(struct vlans *v, int64_t vlan)
{
	if (vlan < VLAN_MIN || vlan > VLAN_MAX)
		return;
	v->n += !has(v, vlan);
	v->bit[vlan / 8] |= (uint8_t)(1 << vlan % 8);
}

static bool
number(const char *t, size_t len, int64_t *out)
{
	char text[8];

	if (len == 0 || len >= sizeof(text))
		return false;
	memcpy(text, t, len);
	text[len] = '\0';
	return text_int(text, VLAN_MIN, VLAN_MAX, out);
}

/* 100-199,300 */
static bool
parse(const char *t, struct vlans *out)
{
	*out = (struct vlans){.n = 0};
	for (;;) {
		size_t len = strcspn(t, ","), first = strcspn(t, "-,");
		int64_t from, to;

		if (!number(t, first, &from))
			return false;
		to = from;
		if (first < len &&
		    (!number(t + first + 1, len - first - 1, &to) || to < from))
			return false;
		for (int64_t v = from; v <= to; v++)
			put(out, v);
		if (t[len] == '\0')
			return true;
		t += len + 1;
	}
}

/* The VLANs that SQL lists. */
static enum err
listed(
    struct call *c, enum sql sql, const struct db_arg *args, struct vlans *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_query(c->store->db, sql, args, &r);

	*out = (struct vlans){.n = 0};
	if (e)
		return e;
	while (db_next(&r))
		put(out, db_int(&r, 0));
	return db_end(&r);
}

/* The VLAN of somebody whose passwords are over, and whose devices are gone. */
static enum err
spent(struct call *c, const struct plan *p, int64_t *vlan)
{
	return store_number(c->store, SQL_LEASE_SPENT,
	    DB_ARGS(DB_TEXT(p->network.s), DB_TEXT(p->pool),
		DB_INT(c->now - POOLS_REST)),
	    vlan);
}

/* Nothing is free. */
static enum err
take_over(struct call *c, const struct plan *p, const struct uid *holder)
{
	int64_t vlan;
	enum err e = spent(c, p, &vlan);

	if (e == ERR_NOT_FOUND)
		return why_set(&c->why, ERR_LIMIT, "pool",
		    "Every VLAN of the pool %.80s is taken.", p->pool);
	return e ? e
		 : store_run(c->store, SQL_LEASE_PASS,
		       DB_ARGS(DB_TEXT(p->network.s), DB_INT(vlan),
			   DB_TEXT(holder->s), DB_INT(c->now)),
		       NULL);
}

enum err
pools_lease(struct call *c, const struct plan *p, const struct uid *holder)
{
	struct vlans all, used;
	int64_t vlan;
	enum err e;

	if (p->pool[0] == '\0')
		return ERR_OK;
	e = store_number(c->store, SQL_LEASE_OF,
	    DB_ARGS(
		DB_TEXT(p->network.s), DB_TEXT(p->pool), DB_TEXT(holder->s)),
	    &vlan);
	if (e != ERR_NOT_FOUND)
		return e;
	if (!parse(p->pool, &all))
		return ERR_CORRUPT;
	if ((e = listed(
		 c, SQL_LEASE_ALL, DB_ARGS(DB_TEXT(p->network.s)), &used)))
		return e;
	for (vlan = VLAN_MIN; vlan <= VLAN_MAX; vlan++)
		if (has(&all, vlan) && !has(&used, vlan))
			return store_run(c->store, SQL_LEASE_ADD,
			    DB_ARGS(DB_TEXT(p->network.s), DB_INT(vlan),
				DB_TEXT(p->pool), DB_TEXT(holder->s),
				DB_INT(c->now)),
			    NULL);
	return take_over(c, p, holder);
}

enum err
pools_lease_key(struct call *c, const struct plan *p, const struct wifi_key *k)
{
	return pools_lease(c, p, uid_is_none(&k->unit) ? &k->person : &k->unit);
}

/* Unless another plan goes on with the old pool, its leases come along. */
static enum err
move(struct call *c, const struct plan *p, const char *was)
{
	struct vlans all, old;
	int64_t others;
	enum err e;

	if ((e = store_number(c->store, SQL_LEASE_PLANS,
		 DB_ARGS(DB_TEXT(p->network.s), DB_TEXT(was), DB_TEXT(p->id.s)),
		 &others)) ||
	    others || !parse(p->pool, &all))
		return e;
	if ((e = listed(c, SQL_LEASE_IN,
		 DB_ARGS(DB_TEXT(p->network.s), DB_TEXT(was)), &old)))
		return e;
	for (int v = VLAN_MIN; v <= VLAN_MAX; v++)
		if (has(&old, v) && has(&all, v) &&
		    (e = store_run(c->store, SQL_LEASE_MOVE,
			 DB_ARGS(DB_TEXT(p->network.s), DB_INT(v), DB_TEXT(was),
			     DB_TEXT(p->pool)),
			 NULL)))
			return e;
	return ERR_OK;
}

static enum err
announce_keys(struct call *c, const struct plan *p)
{
	struct uid *key;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, SQL_KEY_IDS_OF_PLAN,
		 DB_ARGS(DB_TEXT(p->id.s)), c->arena, &key, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = act_announce(c, NOUN_KEY, &key[i])))
			return e;
	return ERR_OK;
}

enum err
pools_change(struct call *c, const struct plan *p, const char *was)
{
	struct uid *holder;
	size_t n;
	enum err e;

	if (p->pool[0] == '\0')
		return ERR_OK;
	if ((was[0] && (e = move(c, p, was))) ||
	    (e = row_ids(c->store, SQL_LEASE_HOLDERS, DB_ARGS(DB_TEXT(p->id.s)),
		 c->arena, &holder, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = pools_lease(c, p, &holder[i])))
			return e;
	return announce_keys(c, p);
}

/* How full the pool of P is. */
static enum err
fill(struct call *c, const struct plan *p, struct pool *out)
{
	struct vlans v;
	int64_t vlan;
	enum err e;

	*out = (struct pool){
	    .plan = *p, .size = parse(p->pool, &v) ? (int64_t)v.n : 0};
	if ((e = store_number(c->store, SQL_LEASE_COUNT,
		 DB_ARGS(DB_TEXT(p->network.s), DB_TEXT(p->pool)),
		 &out->leased)) ||
	    out->leased < out->size)
		return e;
	e = spent(c, p, &vlan);
	out->closed = e == ERR_NOT_FOUND;
	return out->closed ? ERR_OK : e;
}

enum err
pools_list(struct call *c, struct pool **out, size_t *n)
{
	void *list = NULL;
	struct plan *p;
	struct pool *pool;
	size_t plans;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = row_list(c->store, &plan_rows, SQL_PLAN_ALL, DB_NO_ARGS,
		 c->arena, &p, &plans)))
		return e;
	for (size_t i = 0; i < plans; i++) {
		if (p[i].pool[0] == '\0')
			continue;
		if ((pool = row_more(c->arena, &list, n, sizeof(*pool))) ==
		    NULL)
			return ERR_NO_MEMORY;
		if ((e = fill(c, &p[i], pool)))
			return e;
	}
	*out = list;
	return ERR_OK;
}

/* Columns of LEASE_VIEW. */
static void
read_lease(const struct db_rows *r, struct pool_lease *l)
{
	*l = (struct pool_lease){.vlan = db_int(r, 0),
	    .since = db_int(r, 1),
	    .keys = db_int(r, 7),
	    .suspended = db_int(r, 8)};
	(void)uid_parse(db_text(r, 2), &l->holder);
	text_copy(l->name, sizeof(l->name), db_text(r, 3));
	text_copy(l->noun, sizeof(l->noun), db_text(r, 4));
	text_copy(l->state, sizeof(l->state), db_text(r, 5));
	text_copy(l->reason, sizeof(l->reason), db_text(r, 6));
}

enum err
pools_leases(struct call *c, const struct uid *plan, size_t offset,
    size_t limit, struct pool *pool, struct pool_lease **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL;
	struct pool_lease *l;
	struct plan p;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = row_get(c->store, &plan_rows, plan, &p)))
		return e;
	if (p.pool[0] == '\0')
		return ERR_NOT_FOUND;
	if ((e = fill(c, &p, pool)) ||
	    (e = db_query(c->store->db, SQL_LEASE_VIEW,
		 DB_ARGS(DB_TEXT(p.network.s), DB_TEXT(p.pool), DB_INT(limit),
		     DB_INT(offset), DB_INT(c->now)),
		 &r)))
		return e;
	while (db_next(&r)) {
		if ((l = row_more(c->arena, &list, n, sizeof(*l))) == NULL)
			return ERR_NO_MEMORY;
		read_lease(&r, l);
	}
	*out = list;
	return db_end(&r);
}
