/* The guests of a batch, made a handful at a time. */
#include <stdlib.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/batches_parts.h"
#include "core/service/keys_own.h"
#include "core/service/passes_parts.h"

/* A handful of rows on their way. */
struct hand {
	struct uid id, plan, owner;
	struct call call; /* as the owner */
	struct entitlement with;
	struct batch_row *row;
	size_t n;
	struct passes_ready ready[BATCHES_CHUNK];
	struct keys_make_one one[BATCHES_CHUNK], *some[BATCHES_CHUNK];
	size_t nsome;
};

static void
hand_own(struct hand **h)
{
	if (*h != NULL)
		secret_wipe(*h, sizeof(**h));
	free(*h);
}

static enum err
finish(
    struct call *c, const struct hand *h, enum batch_state s, const char *why)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "state", batches_states[s]);
	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_MANY_END,
		 DB_ARGS(DB_TEXT(batches_states[s]), DB_INT(c->now),
		     DB_TEXT(why), DB_TEXT(h->id.s)),
		 NULL)) ||
	    (e = act_record(c, "batch.end", NOUN_PASS, &h->id, &d)))
		return e;
	return act_end(c, &tx);
}

/* The oldest that runs; NOT_FOUND without. */
static enum err
pick(struct call *c, struct hand *h)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(c->store->db, SQL_MANY_NEXT, DB_NO_ARGS, &r)))
		return e;
	if (!uid_parse(db_text(&r, 0), &h->id))
		return ERR_CORRUPT;
	(void)uid_parse(db_text(&r, 1), &h->plan);
	(void)uid_parse(db_text(&r, 2), &h->owner);
	return db_end(&r);
}

/* The owner as they are now: who may no longer, makes no more. */
static enum err
as_owner(struct call *c, struct hand *h)
{
	struct actor *a = &h->call.actor;
	struct person p;
	enum err e;

	h->call = *c;
	if (uid_is_none(&h->owner)) /* from a shell */
		return ERR_OK;
	if ((e = row_get(c->store, &person_rows, &h->owner, &p)))
		return e == ERR_NOT_FOUND ? ERR_FORBIDDEN : e;
	*a = (struct actor){.kind = ACTOR_PERSON, .id = p.id, .roles = p.roles};
	text_copy(a->name, sizeof(a->name), p.name);
	text_copy(a->desk, sizeof(a->desk), p.desk);
	return p.state == PERSON_ACTIVE
		   ? act_need_desk(&h->call, ACT_STAFF, &h->plan)
		   : ERR_FORBIDDEN;
}

static void
ready(struct hand *h, size_t i, const char **wrong)
{
	const struct batch_row *r = &h->row[i];
	struct pass_order o = {.name = r->name,
	    .room = r->room,
	    .mail = r->mail,
	    .language = r->language,
	    .arrival = r->arrival,
	    .devices_max = r->devices_max,
	    .departure = r->departure};
	enum err e;

	h->call.why = (struct why){{0}, {0}};
	e = passes_ready(&h->call, &o, &h->with, &h->ready[i]);
	if (e != ERR_OK) {
		*wrong = arena_text(h->call.arena,
		    h->call.why.text[0] ? h->call.why.text : err_words(e));
		return;
	}
	h->one[i].plan = &h->with.plan;
	h->some[h->nsome++] = &h->one[i];
}

static enum err
put_one(struct hand *h, size_t i, const char *wrong)
{
	struct call *c = &h->call;
	int64_t changed = 0;
	enum err e;

	if (wrong != NULL)
		return store_run(c->store, SQL_MANY_ROW_WRONG,
		    DB_ARGS(DB_TEXT(wrong), DB_TEXT(h->id.s),
			DB_INT(h->row[i].place)),
		    NULL);
	if (h->one[i].err != ERR_OK)
		return ERR_OK; /* next time, with another passphrase */
	if ((e = passes_store(c, &h->ready[i], &h->one[i].make)) ||
	    (e = store_run(c->store, SQL_MANY_ROW_MADE,
		 DB_ARGS(DB_TEXT(h->ready[i].key.id.s), DB_TEXT(h->id.s),
		     DB_INT(h->row[i].place)),
		 &changed)))
		return e;
	return changed == 1 ? ERR_OK : ERR_CONFLICT;
}

/* All that can be made, in one transaction; CONFLICT: another portal was
 * faster, or the batch was stopped. */
static enum err
put(struct hand *h, const char *const *wrong)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct call *c = &h->call;
	bool runs = false;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = store_any(c->store, SQL_MANY_RUNS,
					    DB_ARGS(DB_TEXT(h->id.s)), &runs)))
		return e;
	if (!runs)
		return ERR_CONFLICT;
	for (size_t i = 0; i < h->n; i++)
		if ((e = put_one(h, i, wrong[i])))
			return e;
	return act_end(c, &tx);
}

static enum err
make(struct hand *h)
{
	const char *wrong[BATCHES_CHUNK] = {NULL};
	enum err e;

	for (size_t i = 0; i < h->n; i++)
		ready(h, i, &wrong[i]);
	if ((e = keys_make_many(
		 &h->call, &h->with.network, h->some, h->nsome)) == ERR_OK)
		e = put(h, wrong);
	/* a passphrase was taken in between, or others were faster: again */
	return e == ERR_CONFLICT || e == ERR_EXISTS ? ERR_OK : e;
}

static enum err
stop(struct call *c, const struct hand *h, const char *why)
{
	return finish(c, h, BATCH_STOPPED, why);
}

enum err
batches_round(struct call *c, size_t *done)
{
	OWN(hand) struct hand *h = calloc(1, sizeof(*h));
	enum err e;

	*done = 0;
	if (h == NULL)
		return ERR_NO_MEMORY;
	if ((e = pick(c, h)))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	*done = 1;
	e = as_owner(c, h);
	if (e == ERR_FORBIDDEN)
		return stop(
		    c, h, SAY("Whoever ordered it may no longer make guests."));
	if (e != ERR_OK)
		return e;
	e = passes_preset(&h->call, &h->plan, &h->with);
	if (e == ERR_BAD_INPUT)
		return stop(
		    c, h, SAY("Its plan is no longer given to guests."));
	if (e || (e = batches_rows(
		      c, &h->id, "waiting", BATCHES_CHUNK, &h->row, &h->n)))
		return e;
	return h->n == 0 ? finish(c, h, BATCH_DONE, "") : make(h);
}
