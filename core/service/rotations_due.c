/* What a rotation does as time goes by. */
#include <string.h>

#include "core/base/text.h"
#include "core/model/schedule.h"
#include "core/model/zone.h"
#include "core/service/rotations_parts.h"

enum { LOOK_AGAIN = 60 }; /* seconds between looks at what has closed */

/* May it work now? Else NEXT is when it may. */
static bool
within(const struct call *c, const struct rotation *q, int64_t *next)
{
	const struct zone *z = NULL;
	struct schedule s;

	*next = c->now + LOOK_AGAIN;
	if (schedule_parse(q->hours, &s, NULL) || zone_get(q->zone, &z))
		return false; /* a damaged row is not acted on */
	if (s.always || schedule_allows(&s, c->now, zone_offset, z))
		return true;
	*next = schedule_edge(&s, c->now, zone_offset, z);
	if (*next == 0)
		*next = c->now + LOOK_AGAIN;
	return false;
}

static enum err
mark(struct call *c, const struct rotation *q, const struct uid *key,
    const struct uid *after, const char *why)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_ROTATION_KEY_SET,
		 DB_ARGS(DB_TEXT(q->id.s), DB_TEXT(key->s),
		     DB_TEXT(after ? "rotated" : "skipped"),
		     DB_TEXT(after ? after->s : NULL), DB_INT(c->now),
		     DB_TEXT(why)),
		 NULL)))
		return e;
	return act_end(c, &tx);
}

/* Renewed by us before we were killed, or by its owner meanwhile? */
static enum err
already(struct call *c, const struct rotation *q, const struct uid *key,
    struct uid *after)
{
	struct wifi_key next;
	enum err e = row_one(c->store, &key_rows, SQL_KEY_SUCCESSOR,
	    DB_ARGS(DB_TEXT(key->s)), &next);

	*after = e == ERR_OK && next.created >= q->created ? next.id : UID_NONE;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* A failure of the store ends the tick; one of this password leaves it out. */
static enum err
renew(struct call *c, const struct rotation *q, const struct uid *key)
{
	struct key_view *v = arena_get(c->arena, sizeof(*v));
	char why[sizeof(c->why.text)];
	struct uid after;
	enum err e, f;

	if (v == NULL)
		return ERR_NO_MEMORY;
	e = keys_rotate(c, key, q->overlap, v);
	if (e == ERR_OK)
		return mark(c, q, key, &v->key.id, "");
	if (e == ERR_STORE || e == ERR_BUSY || e == ERR_NO_MEMORY ||
	    e == ERR_CONFLICT)
		return e;
	text_copy(
	    why, sizeof(why), c->why.text[0] ? c->why.text : err_words(e));
	if ((f = already(c, q, key, &after)))
		return f;
	return mark(c, q, key, uid_is_none(&after) ? NULL : &after, why);
}

/* Of one that is as it was; one that was stopped meanwhile has no pace. */
static enum err
pace(struct call *c, const struct rotation *q, int64_t due)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_ROTATION_PACE,
		 DB_ARGS(DB_TEXT(q->id.s), DB_INT(due), DB_TEXT(q->state)),
		 NULL)))
		return e;
	return act_end(c, &tx);
}

/* One after the other, until somebody stops it. */
static enum err
renew_all(struct call *c, const struct rotation *q, const struct uid *key,
    size_t n, size_t *done)
{
	bool runs = true;
	enum err e;

	for (size_t i = 0; i < n; i++, ++*done)
		if ((e = store_any(c->store, SQL_ROTATION_RUNS,
			 DB_ARGS(DB_TEXT(q->id.s)), &runs)) ||
		    !runs || (e = renew(c, q, &key[i])))
			return e;
	return ERR_OK;
}

/* When the one after N more is due. One that waited long does not catch up:
 * so many an hour is a promise to those who answer the telephone. */
static int64_t
after(const struct call *c, const struct rotation *q, int64_t n)
{
	int64_t step = n * 3600 / q->per_hour;
	int64_t due = q->due + step;

	return due > c->now - LOOK_AGAIN ? due : c->now + step;
}

/* How many are due by now. */
static int64_t
slots(const struct call *c, const struct rotation *q)
{
	int64_t late = c->now - q->due < LOOK_AGAIN ? c->now - q->due : 0;
	int64_t n = 1 + late * q->per_hour / 3600;

	return n < ROTATIONS_TICK ? n : ROTATIONS_TICK;
}

static enum err
finish(struct call *c, const struct rotation *q, const char *state)
{
	OWN(tx) struct tx tx = TX_NONE;
	bool done = strcmp(state, "done") == 0;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_ROTATION_STATE,
		 DB_ARGS(DB_TEXT(q->id.s), DB_TEXT(state), DB_INT(c->now),
		     DB_INT(done ? c->now : 0), DB_TEXT(q->state)),
		 NULL)) ||
	    (done && (e = act_record(
			  c, "rotation.done", NOUN_ROTATION, &q->id, NULL))))
		return e;
	return act_end(c, &tx);
}

static enum err
advance(struct call *c, const struct rotation *q, size_t *done)
{
	struct uid *key;
	int64_t next;
	size_t n;
	enum err e;

	if (strcmp(q->state, "moving") == 0)
		return q->closed >= q->rotated
			   ? finish(c, q, "done")
			   : pace(c, q, c->now + LOOK_AGAIN);
	if (!within(c, q, &next))
		return pace(c, q, next);
	if ((e = row_ids(c->store, SQL_ROTATION_NEXT,
		 DB_ARGS(DB_TEXT(q->id.s), DB_INT(slots(c, q))), c->arena, &key,
		 &n)))
		return e;
	if (n == 0)
		return finish(c, q, "moving");
	/* first the pace: after a crash it goes on later, never faster */
	if ((e = pace(c, q, after(c, q, (int64_t)n))))
		return e;
	return renew_all(c, q, key, n, done);
}

enum err
rotations_due(struct call *c, size_t *done)
{
	struct rotation *q;
	size_t n;
	enum err e;

	*done = 0;
	if ((e = rotations_all(c, SQL_ROTATION_DUE, &q, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = advance(c, &q[i], done)))
			return e;
	return ERR_OK;
}
