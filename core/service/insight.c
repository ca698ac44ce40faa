#include "core/service/insight.h"

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/keys_own.h"

enum { DAY = 86400 };

static size_t
count(const struct db_rows *r, int at)
{
	return (size_t)db_int(r, at);
}

enum err
insight_reach(struct call *c, const struct uid *key, struct insight_reach *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct wifi_key k;
	int64_t devices;
	enum err e;

	*out = (struct insight_reach){0};
	if ((e = keys_own_get(c, key, KEYS_SEE, &k)) ||
	    (e = store_number(c->store, SQL_DEVICE_HELD,
		 DB_ARGS(DB_TEXT(k.id.s)), &devices)) ||
	    (e = db_one(c->store->db, SQL_INSIGHT_REACH,
		 DB_ARGS(DB_TEXT(k.id.s), DB_INT(c->now - INSIGHT_WEEK)), &r)))
		return e;
	*out = (struct insight_reach){.devices = (size_t)devices,
	    .seen = count(&r, 0),
	    .aps = count(&r, 1),
	    .visits = count(&r, 2),
	    .open = count(&r, 3),
	    .octets_in = db_int(&r, 4),
	    .octets_out = db_int(&r, 5),
	    .first = db_int(&r, 6),
	    .last = db_int(&r, 7)};
	return ERR_OK;
}

enum err
insight_plan(struct call *c, const struct uid *plan, struct insight_plan *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*out = (struct insight_plan){0};
	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_one(c->store->db, SQL_INSIGHT_PLAN,
		 DB_ARGS(DB_TEXT(plan->s), DB_INT(c->now)), &r)))
		return e;
	*out = (struct insight_plan){.keys = count(&r, 0),
	    .people = count(&r, 1),
	    .units = count(&r, 2),
	    .devices = count(&r, 3),
	    .open = count(&r, 4)};
	return ERR_OK;
}

enum err
insight_house(struct call *c, struct insight_house *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const int64_t idle = c->now - INT64_C(30) * DAY;
	size_t tally[KEY_IS_REVOKED + 1];
	int64_t people;
	enum err e;

	*out = (struct insight_house){0};
	if ((e = act_need(c, ACT_READ)) || (e = keys_tally(c, tally)) ||
	    (e = store_count(c->store, SQL_PERSON_COUNT, &people)) ||
	    (e = db_one(c->store->db, SQL_INSIGHT_HOUSE,
		 DB_ARGS(DB_INT(c->now), DB_INT(c->now - INSIGHT_WEEK),
		     DB_INT(idle), DB_INT(c->now + INSIGHT_WEEK),
		     DB_INT(idle / DAY)),
		 &r)))
		return e;
	*out = (struct insight_house){.devices_week = count(&r, 0),
	    .on_air = count(&r, 1),
	    .unused = count(&r, 2) + count(&r, 3),
	    .expiring_week = count(&r, 4),
	    .keys_active = tally[KEY_IS_ACTIVE],
	    .refused_disconnects = count(&r, 6)};
	if (people > db_int(&r, 5))
		out->people_active = (size_t)(people - db_int(&r, 5));
	return ERR_OK;
}

enum err
insight_start(struct call *c, struct insight_start *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*out = (struct insight_start){0};
	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_one(c->store->db, SQL_INSIGHT_START, DB_NO_ARGS, &r)))
		return e;
	*out = (struct insight_start){.network = db_int(&r, 0) != 0,
	    .plan = db_int(&r, 1) != 0,
	    .rule = db_int(&r, 2) != 0,
	    .ap = db_int(&r, 3) != 0,
	    .key = db_int(&r, 4) != 0};
	return ERR_OK;
}

enum err
insight_keys(struct call *c, struct insight_keys *out)
{
	enum err e;

	*out = (struct insight_keys){0};
	if ((e = act_need(c, ACT_READ)))
		return e;
	return keys_tally(c, out->n);
}

enum err
insight_days(struct call *c, size_t out[static INSIGHT_DAYS])
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_one(
		 c->store->db, SQL_INSIGHT_DAYS, DB_ARGS(DB_INT(c->now)), &r)))
		return e;
	for (int i = 0; i < INSIGHT_DAYS; i++)
		out[i] = count(&r, i);
	return ERR_OK;
}

enum err
insight_feed(struct call *c, int64_t position, int64_t *behind, int64_t *since)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*behind = *since = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_one(c->store->db, SQL_INSIGHT_FEED,
		 DB_ARGS(DB_INT(position)), &r)))
		return e;
	if (db_int(&r, 0) > position) {
		*behind = db_int(&r, 0) - position;
		*since = db_int(&r, 1);
	}
	return ERR_OK;
}

enum err
insight_top(struct call *c, struct insight_top **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct insight_top *t;
	void *list = NULL;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_query(c->store->db, SQL_INSIGHT_TOP,
		 DB_ARGS(DB_INT(c->now - INSIGHT_WEEK), DB_INT(INSIGHT_TOP)),
		 &r)))
		return e;
	while (db_next(&r)) {
		if ((t = row_more(c->arena, &list, n, sizeof(*t))) == NULL)
			return ERR_NO_MEMORY;
		if (!uid_parse(db_text(&r, 0), &t->key))
			return ERR_CORRUPT;
		text_copy(t->name, sizeof(t->name), db_text(&r, 1));
		t->octets = db_int(&r, 2);
	}
	*out = list;
	return db_end(&r);
}

/* The pair that ID is one of. */
static enum err
pair(struct call *c, const struct wifi_key *k, struct wifi_key *before,
    struct wifi_key *after)
{
	if (!uid_is_none(&k->replaces)) {
		*after = *k;
		return row_get(c->store, &key_rows, &k->replaces, before);
	}
	*before = *k;
	return row_one(c->store, &key_rows, SQL_KEY_SUCCESSOR,
	    DB_ARGS(DB_TEXT(k->id.s)), after);
}

enum err
insight_move(struct call *c, const struct uid *id, struct insight_move *out)
{
	struct wifi_key k, before, after;
	enum err e;

	*out = (struct insight_move){.ends = 0};
	if ((e = keys_own_get(c, id, KEYS_SEE, &k)) ||
	    (e = pair(c, &k, &before, &after)))
		return e;
	out->before = before.id;
	out->after = after.id;
	if (key_standing(&before, c->now) == KEY_IS_ACTIVE)
		out->ends = before.not_after;
	if ((e = row_list(c->store, &device_rows, SQL_DEVICE_OF_KEY,
		 DB_ARGS(DB_TEXT(before.id.s)), c->arena, &out->waiting,
		 &out->nwaiting)))
		return e;
	return row_list(c->store, &device_rows, SQL_DEVICE_OF_KEY,
	    DB_ARGS(DB_TEXT(after.id.s)), c->arena, &out->moved, &out->nmoved);
}
