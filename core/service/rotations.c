#include "core/service/rotations.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/schedule.h"
#include "core/service/act.h"
#include "core/service/rotations_parts.h"

/* --- starting ---------------------------------------------------------------
 */

static enum err
ready(struct call *c, const struct rotation_order *o, struct rotation *r)
{
	struct schedule hours;
	const char *group = o->group ? o->group : "";

	*r = (struct rotation){.id = uid_new(),
	    .per_hour = o->per_hour,
	    .overlap = o->overlap,
	    .created = c->now};
	if (uid_is_none(&o->network) && uid_is_none(&o->plan) &&
	    uid_is_none(&o->unit) && *group == '\0')
		return why_set(&c->why, ERR_BAD_INPUT, "plan",
		    "Say whose passwords: of a plan, a network, a unit or a "
		    "group.");
	if (o->per_hour < 1 || o->per_hour > ROTATIONS_RATE)
		return why_set(&c->why, ERR_BAD_INPUT, "per_hour",
		    "Between 1 and %d passwords an hour.", ROTATIONS_RATE);
	if (o->overlap < 0 || o->overlap > KEYS_OVERLAP_MAX)
		return why_set(&c->why, ERR_BAD_INPUT, "overlap",
		    "Both may work for at most 30 days.");
	if (strlen(group) > ROTATIONS_GROUP)
		return why_set(
		    &c->why, ERR_BAD_INPUT, "group", "There is no such group.");
	if (o->hours && strlen(o->hours) >= sizeof(r->hours))
		return ERR_TOO_BIG;
	text_copy(r->hours, sizeof(r->hours), o->hours ? o->hours : "");
	text_copy(r->name, sizeof(r->name), o->name ? o->name : "");
	text_copy(r->made_by, sizeof(r->made_by), c->actor.id.s);
	if (schedule_parse(r->hours, &hours, &c->why))
		return ERR_BAD_INPUT;
	return act_name(c, r->name, "name", false);
}

static enum err
zone(struct call *c, struct rotation *r)
{
	OWN(db_rows) struct db_rows rows = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(c->store->db, SQL_ROTATION_ZONE,
		 DB_ARGS(DB_TEXT(r->id.s)), &rows)))
		return e;
	text_copy(r->zone, sizeof(r->zone), db_text(&rows, 0));
	if ((e = db_end(&rows)))
		return e;
	return store_run(c->store, SQL_ROTATION_ZONE_SET,
	    DB_ARGS(DB_TEXT(r->id.s), DB_TEXT(r->zone)), NULL);
}

static enum err
take(struct call *c, const struct rotation_order *o, struct rotation *r)
{
	enum err e;

	if ((e = store_run(c->store, SQL_ROTATION_ADD,
		 DB_ARGS(DB_TEXT(r->id.s), DB_TEXT(r->name),
		     DB_INT(r->per_hour), DB_INT(r->overlap), DB_TEXT(r->hours),
		     DB_TEXT(""), DB_TEXT(r->made_by), DB_INT(c->now)),
		 NULL)) ||
	    (e = store_run(c->store, SQL_ROTATION_TAKE,
		 DB_ARGS(DB_TEXT(r->id.s), DB_INT(c->now),
		     DB_TEXT(o->network.s), DB_TEXT(o->plan.s),
		     DB_TEXT(o->unit.s), DB_TEXT(o->group ? o->group : "")),
		 &r->total)))
		return e;
	if (r->total == 0)
		return why_set(
		    &c->why, ERR_NOT_FOUND, "plan", "No Wi-Fi password fits.");
	return zone(c, r);
}

enum err
rotations_start(
    struct call *c, const struct rotation_order *o, struct rotation *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = ready(c, o, out)) ||
	    (e = act_begin(c, &tx)) || (e = take(c, o, out)))
		return e;
	detail_text(&d, "name", out->name);
	detail_int(&d, "passwords", out->total);
	detail_int(&d, "per_hour", out->per_hour);
	detail_int(&d, "overlap", out->overlap);
	detail_text(&d, "hours", out->hours);
	/* read before the end: what is done must not be told as a failure */
	if ((e = act_record(
		 c, "rotation.start", NOUN_ROTATION, &out->id, &d)) ||
	    (e = rotations_get(c, &out->id, out)))
		return e;
	return act_end(c, &tx);
}

/* --- looking --- */

static enum err
read_row(const struct db_rows *r, struct rotation *q)
{
	*q = (struct rotation){.per_hour = db_int(r, 2),
	    .overlap = db_int(r, 3),
	    .created = db_int(r, 8),
	    .due = db_int(r, 9),
	    .finished = db_int(r, 10),
	    .total = db_int(r, 11),
	    .rotated = db_int(r, 12),
	    .skipped = db_int(r, 13),
	    .closed = db_int(r, 14),
	    .waiting = db_int(r, 15),
	    .moved = db_int(r, 16)};
	text_copy(q->name, sizeof(q->name), db_text(r, 1));
	text_copy(q->hours, sizeof(q->hours), db_text(r, 4));
	text_copy(q->zone, sizeof(q->zone), db_text(r, 5));
	text_copy(q->state, sizeof(q->state), db_text(r, 6));
	text_copy(q->made_by, sizeof(q->made_by), db_text(r, 7));
	return uid_parse(db_text(r, 0), &q->id) ? ERR_OK : ERR_CORRUPT;
}

enum err
rotations_all(struct call *c, enum sql sql, struct rotation **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct rotation *q;
	void *list = NULL;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = db_query(c->store->db, sql, DB_ARGS(DB_INT(c->now)), &r)))
		return e;
	while (db_next(&r)) {
		if ((q = row_more(c->arena, &list, n, sizeof(*q))) == NULL)
			return ERR_NO_MEMORY;
		if ((e = read_row(&r, q)))
			return e;
	}
	*out = list;
	return db_end(&r);
}

enum err
rotations_list(struct call *c, struct rotation **out, size_t *n)
{
	enum err e = act_need(c, ACT_READ);

	*out = NULL;
	*n = 0;
	return e ? e : rotations_all(c, SQL_ROTATION_ALL, out, n);
}

enum err
rotations_get(struct call *c, const struct uid *id, struct rotation *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_one(c->store->db, SQL_ROTATION_GET,
		 DB_ARGS(DB_INT(c->now), DB_TEXT(id->s)), &r)) ||
	    (e = read_row(&r, out)))
		return e;
	return db_end(&r);
}

static enum err
read_key(const struct call *c, const struct db_rows *r, struct rotation_key *k)
{
	bool shut = strcmp(db_text(r, 8), "revoked") == 0;

	*k = (struct rotation_key){.at = db_int(r, 3),
	    .ends = shut || db_int(r, 7) <= c->now ? 0 : db_int(r, 7),
	    .waiting = db_int(r, 9),
	    .moved = db_int(r, 10)};
	text_copy(k->state, sizeof(k->state), db_text(r, 2));
	text_copy(k->why, sizeof(k->why), db_text(r, 4));
	text_copy(k->name, sizeof(k->name), db_text(r, 5));
	text_copy(k->whose, sizeof(k->whose), db_text(r, 6));
	(void)uid_parse(db_text(r, 1), &k->after); /* none yet */
	return uid_parse(db_text(r, 0), &k->key) ? ERR_OK : ERR_CORRUPT;
}

enum err
rotations_keys(struct call *c, const struct uid *id, size_t offset,
    size_t limit, struct rotation_key **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct rotation_key *k;
	void *list = NULL;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_query(c->store->db, SQL_ROTATION_KEYS,
		 DB_ARGS(DB_TEXT(id->s), DB_INT(limit), DB_INT(offset)), &r)))
		return e;
	while (db_next(&r)) {
		if ((k = row_more(c->arena, &list, n, sizeof(*k))) == NULL)
			return ERR_NO_MEMORY;
		if ((e = read_key(c, &r, k)))
			return e;
	}
	*out = list;
	return db_end(&r);
}

/* --- stopping, going on, ending --- */

static enum err
to_state(struct call *c, const struct uid *id, const char *from, const char *to,
    const char *act)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct rotation q;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = rotations_get(c, id, &q)))
		return e;
	if (strcmp(q.state, from) != 0)
		return why_set(
		    &c->why, ERR_BAD_STATE, "", "It is %s.", q.state);
	if ((e = store_run(c->store, SQL_ROTATION_STATE,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(to), DB_INT(c->now), DB_INT(0),
		     DB_TEXT(from)),
		 NULL)) ||
	    (e = act_record(c, act, NOUN_ROTATION, id, NULL)))
		return e;
	return act_end(c, &tx);
}

enum err
rotations_stop(struct call *c, const struct uid *id)
{
	return to_state(c, id, "running", "stopped", "rotation.stop");
}

enum err
rotations_go_on(struct call *c, const struct uid *id)
{
	return to_state(c, id, "stopped", "running", "rotation.go-on");
}

enum err
rotations_end(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct rotation q;
	int64_t left = 0;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = rotations_get(c, id, &q)))
		return e;
	if (strcmp(q.state, "running") != 0 && strcmp(q.state, "stopped") != 0)
		return why_set(
		    &c->why, ERR_BAD_STATE, "", "It is %s.", q.state);
	if ((e = store_run(c->store, SQL_ROTATION_SKIP_ALL,
		 DB_ARGS(DB_TEXT(id->s), DB_INT(c->now),
		     DB_TEXT("The rotation was ended before.")),
		 &left)) ||
	    (e = store_run(c->store, SQL_ROTATION_STATE,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT("moving"), DB_INT(c->now),
		     DB_INT(0), DB_TEXT(q.state)),
		 NULL)))
		return e;
	detail_int(&d, "left_out", left);
	if ((e = act_record(c, "rotation.end", NOUN_ROTATION, id, &d)))
		return e;
	return act_end(c, &tx);
}
