#include "core/service/outbox.h"

#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/keys_own.h"
#include "core/service/sealed.h"
#include "core/service/turn.h"

/* --- writing --- */

static enum err
insert(struct call *c, const struct outbox_order *o, const struct uid *id,
    const uint8_t *sealed, int64_t place)
{
	const struct uid none = UID_NONE;
	const char *lane = o->lane ? o->lane : "";

	return store_run(c->store, SQL_OUTBOX_ADD,
	    DB_ARGS(DB_TEXT(id->s), DB_TEXT(outbox_kind_text(o->kind)),
		DB_TEXT(o->once), ROW_ID(o->key ? o->key : &none),
		ROW_ID(o->person ? o->person : &none),
		DB_BLOB(sealed, SEAL_LEN(o->len)), DB_INT(c->now),
		DB_INT(o->due > c->now ? o->due : c->now), DB_INT(place),
		DB_TEXT(lane), DB_INT(o->urgent), DB_TEXT(o->about),
		DB_TEXT(o->target ? o->target : ""), DB_INT(o->useless),
		ROW_ID(o->hook ? o->hook : &none)),
	    NULL);
}

enum err
outbox_add(struct call *c, const struct outbox_order *o, struct uid *id)
{
	OWN(mem) uint8_t *sealed = NULL;
	int64_t place;
	enum err e;

	*id = uid_new();
	if (o->len > OUTBOX_PAYLOAD_MAX)
		return ERR_TOO_BIG;
	if ((sealed = malloc(SEAL_LEN(o->len))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = seal(
		 c->ring, &SEALED_OUTBOX(id->s), o->payload, o->len, sealed)) ||
	    (e = store_counter_next(c->store, "outbox", &place)))
		return e;
	return insert(c, o, id, sealed, place);
}

enum err
outbox_put(struct call *c, const struct outbox_order *o, struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = outbox_add(c, o, id)))
		return e;
	return act_end(c, &tx);
}

/* --- reading --- */

/* Columns of OUTBOX_ROW. */
static enum err
read_row(const struct db_rows *r, struct outbox_item *it)
{
	*it = (struct outbox_item){.created = db_int(r, 6),
	    .due = db_int(r, 7),
	    .tries = (int)db_int(r, 8),
	    .asked = db_int(r, 9),
	    .cause = (int)db_int(r, 11),
	    .finished = db_int(r, 13),
	    .useless = db_int(r, 14)};
	text_copy(it->about, sizeof(it->about), db_text(r, 2));
	text_copy(it->target, sizeof(it->target), db_text(r, 3));
	text_copy(it->answer, sizeof(it->answer), db_text(r, 10));
	(void)uid_parse(db_text(r, 4), &it->key);
	(void)uid_parse(db_text(r, 5), &it->person);
	(void)uid_parse(db_text(r, 15), &it->hook);
	return uid_parse(db_text(r, 0), &it->id) &&
		       outbox_kind_parse(db_text(r, 1), &it->kind) &&
		       outbox_state_parse(db_text(r, 12), &it->state)
		   ? ERR_OK
		   : ERR_CORRUPT;
}

static enum err
list_of(struct call *c, enum sql sql, const struct db_arg *args,
    struct outbox_item **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL;
	struct outbox_item *it;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_query(c->store->db, sql, args, &r)))
		return e;
	while (db_next(&r))
		if ((it = row_more(c->arena, &list, n, sizeof(*it))) == NULL)
			return ERR_NO_MEMORY;
		else if ((e = read_row(&r, it)))
			return e;
	*out = list;
	return db_end(&r);
}

enum err
outbox_list(struct call *c, const char *state, const char *kind, size_t limit,
    struct outbox_item **out, size_t *n)
{
	if (limit > OUTBOX_LIST_MAX)
		limit = OUTBOX_LIST_MAX;
	return list_of(c, SQL_OUTBOX_LIST,
	    DB_ARGS(DB_TEXT(state), DB_TEXT(kind), DB_INT(limit)), out, n);
}

enum err
outbox_of_key(struct call *c, const struct uid *key, size_t limit,
    struct outbox_item **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct wifi_key k;
	enum err e;

	*n = 0;
	if ((*out = arena_array(c->arena, limit + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = keys_own_get(c, key, KEYS_SEE, &k)) ||
	    (e = db_query(c->store->db, SQL_OUTBOX_OF_KEY,
		 DB_ARGS(DB_TEXT(key->s), DB_INT(limit)), &r)))
		return e;
	while (*n < limit && db_next(&r))
		if (read_row(&r, &(*out)[*n]) == ERR_OK)
			++*n;
	return db_end(&r);
}

enum err
outbox_of_hook(struct call *c, const struct uid *hook, const char *state,
    size_t limit, struct outbox_item **out, size_t *n)
{
	if (limit > OUTBOX_LIST_MAX)
		limit = OUTBOX_LIST_MAX;
	return list_of(c, SQL_OUTBOX_OF_HOOK,
	    DB_ARGS(DB_TEXT(hook->s), DB_TEXT(state), DB_INT(limit)), out, n);
}

enum err
outbox_get(struct call *c, const struct uid *id, struct outbox_item *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*out = (struct outbox_item){0};
	if ((e = act_need(c, ACT_READ)) ||
	    (e = db_one(
		 c->store->db, SQL_OUTBOX_GET, DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	return read_row(&r, out);
}

enum err
outbox_count(struct call *c, enum outbox_state state, int64_t *out)
{
	enum err e = act_need(c, ACT_READ);

	return e ? e
		 : store_number(c->store, SQL_OUTBOX_COUNT,
		       DB_ARGS(DB_TEXT(outbox_state_text(state))), out);
}

/* --- taking --- */

static enum err
opened(struct call *c, const struct db_rows *r, struct outbox_job *j)
{
	size_t len = 0;
	const uint8_t *sealed = db_blob(r, 16, &len);
	uint8_t *plain;

	if (len < SEAL_OVERHEAD)
		return ERR_CORRUPT;
	if ((plain = arena_get(c->arena, len)) == NULL)
		return ERR_NO_MEMORY;
	j->payload = plain;
	return seal_open(
	    c->ring, &SEALED_OUTBOX(j->item.id.s), sealed, len, plain, &j->len);
}

static enum err
hold(struct call *c, const struct uid *id, struct outbox_job *j)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(c->store->db, SQL_OUTBOX_HOLD,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(c->store->self.s),
		     DB_INT(c->now + OUTBOX_HOLD)),
		 &r)) ||
	    (e = read_row(&r, &j->item)) || (e = opened(c, &r, j)))
		return e;
	return db_end(&r);
}

/* State and time of a row that was tried, or cannot be. */
static enum err
put_down(struct call *c, const struct outbox_item *it, enum outbox_state state,
    int64_t due, const struct outbox_fate *f)
{
	bool done = state == OUTBOX_DONE;

	return store_run(c->store, SQL_OUTBOX_RESULT,
	    DB_ARGS(DB_TEXT(it->id.s), DB_INT(c->now),
		DB_INT(done ? c->now : 0), DB_TEXT(f->answer), DB_INT(f->cause),
		DB_INT(due), DB_TEXT(outbox_state_text(state)),
		DB_INT(state == OUTBOX_WAITING ? 0 : c->now),
		/* a letter that arrived is nobody else's business; the body
		 * of a webhook is kept for the log */
		DB_INT(done && it->kind != OUTBOX_WEBHOOK), DB_BLOB("", 0),
		DB_TEXT(c->store->self.s)),
	    NULL);
}

enum err
outbox_claim(struct call *c, enum outbox_lanes which, size_t limit,
    struct outbox_job **out, size_t *n)
{
	const enum sql due = which == OUTBOX_HOOKS ? SQL_OUTBOX_DUE_HOOKS
						   : SQL_OUTBOX_DUE_LETTERS;
	OWN(tx) struct tx tx = TX_NONE;
	struct uid *id;
	size_t found = 0;
	enum err e;

	*out = NULL;
	*n = 0;
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = act_begin(c, &tx)) ||
	    (e = row_ids(c->store, due,
		 DB_ARGS(DB_INT(c->now),
		     DB_INT(c->now + OUTBOX_HOLD + TURN_SKEW),
		     DB_INT(
			 limit < OUTBOX_CLAIM_MAX ? limit : OUTBOX_CLAIM_MAX)),
		 c->arena, &id, &found)))
		return e;
	if (found == 0)
		return ERR_OK;
	if ((*out = arena_array(c->arena, found, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < found; i++) {
		struct outbox_job *j = &(*out)[*n];

		e = hold(c, &id[i], j);
		if (e == ERR_CORRUPT)
			e = put_down(c, &j->item, OUTBOX_DEAD, c->now,
			    &(struct outbox_fate){
				.answer = "its content cannot be opened"});
		else if (e == ERR_OK)
			++*n;
		if (e)
			return e;
	}
	return act_end(c, &tx);
}

/* Seconds until the next try after TRIES of them. */
static int64_t
backoff(int tries)
{
	int64_t wait = OUTBOX_WAIT_FIRST;

	while (--tries > 0 && wait < OUTBOX_WAIT_MOST)
		wait *= 2;
	return wait < OUTBOX_WAIT_MOST ? wait : OUTBOX_WAIT_MOST;
}

enum err
outbox_result(
    struct call *c, const struct outbox_item *it, const struct outbox_fate *f)
{
	OWN(tx) struct tx tx = TX_NONE;
	int64_t due = f->again ? f->again : c->now + backoff(it->tries + 1);
	enum outbox_state state = OUTBOX_DONE;
	enum err e;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if (f->outcome != OUTBOX_ARRIVED)
		state =
		    f->outcome == OUTBOX_NEVER || it->tries + 1 >= OUTBOX_TRIES
			? OUTBOX_DEAD
			: OUTBOX_WAITING;
	if (state == OUTBOX_DEAD)
		LOG(WARN, "outbox.dead", LOG_S("id", it->id.s),
		    LOG_S("about", it->about), LOG_S("why", f->answer));
	if ((e = act_begin(c, &tx)) || (e = put_down(c, it, state, due, f)))
		return e;
	return act_end(c, &tx);
}

enum err
outbox_retry(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct outbox_item it;
	int64_t changed = 0;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = outbox_get(c, id, &it)) ||
	    (e = store_run(c->store, SQL_OUTBOX_RETRY,
		 DB_ARGS(DB_TEXT(id->s), DB_INT(c->now)), &changed)))
		return e;
	if (!changed)
		return why_set(
		    &c->why, ERR_BAD_STATE, "", "This one has arrived.");
	if ((e = act_record(c, "outbox.retry", NOUN_OUTBOX, id, NULL)))
		return e;
	return act_end(c, &tx);
}
