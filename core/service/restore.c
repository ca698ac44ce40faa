/*
 * Putting a backup in place, and keeping dead what died since it was made.
 *
 * The copy is prepared beside the store: checked, its seal verified, the
 * present store's revocations written into it. Only then it takes the place.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/conf/conf.h"
#include "core/service/act.h"
#include "core/service/open.h"
#include "core/service/open_parts.h"

enum { ARENA = 512 << 20, PATH_ROOM = 4096 };

/* What the present store knows that the backup may not. */
struct carry {
	struct wifi_key *keys;
	struct person *people;
	struct uid *purged, *blocked;
	size_t nkeys, npeople, npurged, nblocked;
	int64_t position;
};

static enum err
gather(struct store *st, struct arena *a, struct carry *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = store_read(st, &tx)) ||
	    (e = store_counter_get(st, "change", &out->position)) ||
	    (e = row_list(st, &key_rows, SQL_CARRY_KEYS, DB_NO_ARGS, a,
		 &out->keys, &out->nkeys)) ||
	    (e = row_list(st, &person_rows, SQL_CARRY_PEOPLE, DB_NO_ARGS, a,
		 &out->people, &out->npeople)) ||
	    (e = row_ids(st, SQL_CARRY_BLOCKED, DB_NO_ARGS, a, &out->blocked,
		 &out->nblocked)))
		return e;
	return row_ids(
	    st, SQL_CARRY_PURGED, DB_NO_ARGS, a, &out->purged, &out->npurged);
}

/* A present store that cannot be read has nothing to say. */
static void
gather_present(const struct store_place *at, struct arena *a, struct carry *out)
{
	struct store *st = NULL;
	char why[DB_WHY];
	enum err e = store_open(at, false, true, &st, why);

	*out = (struct carry){.position = 0};
	if (e == ERR_OK)
		e = gather(st, a, out);
	if (e)
		*out = (struct carry){.position = 0};
	if (e && e != ERR_NOT_FOUND)
		LOG(WARN, "store.restore",
		    LOG_S("reason", "the present store cannot be read: "
				    "its revocations are not carried over"));
	store_close(st);
}

static enum err
carry_keys(struct store *st, const struct carry *c, size_t *carried)
{
	int64_t n;
	enum err e;

	for (size_t i = 0; i < c->nkeys; i++) {
		const struct wifi_key *k = &c->keys[i];

		if ((e = store_run(st, SQL_CARRY_KEY,
			 DB_ARGS(DB_TEXT(k->id.s),
			     DB_TEXT(key_state_text(k->state)),
			     DB_TEXT(k->reason), DB_INT(k->not_after),
			     DB_INT(clock_now())),
			 &n)))
			return e;
		*carried += (size_t)n;
	}
	for (size_t i = 0; i < c->npurged; i++) {
		if ((e = store_run(st, SQL_KEY_REMOVE,
			 DB_ARGS(DB_TEXT(c->purged[i].s)), &n)))
			return e;
		*carried += (size_t)n;
	}
	return ERR_OK;
}

static enum err
carry_people(struct store *st, const struct carry *c, size_t *carried)
{
	int64_t n;
	enum err e;

	for (size_t i = 0; i < c->npeople; i++) {
		const struct person *p = &c->people[i];

		if ((e = store_run(st, SQL_CARRY_PERSON,
			 DB_ARGS(DB_TEXT(p->id.s),
			     DB_TEXT(person_state_text(p->state)),
			     DB_TEXT(p->state_reason), DB_INT(p->state_since)),
			 &n)))
			return e;
		*carried += (size_t)n;
	}
	for (size_t i = 0; i < c->nblocked; i++) {
		if ((e = store_run(st, SQL_CARRY_DEVICE,
			 DB_ARGS(DB_TEXT(c->blocked[i].s)), &n)))
			return e;
		*carried += (size_t)n;
	}
	return ERR_OK;
}

/* Followers of the feed must not take this for the store they know; browsers
 * sign in again. */
static enum err
start_over(struct store *st, const struct carry *c)
{
	int64_t position;
	enum err e;

	if ((e = store_counter_get(st, "change", &position)))
		return e;
	if (position < c->position)
		position = c->position;
	if ((e = store_run(
		 st, SQL_CHANGE_TRIM, DB_ARGS(DB_INT(position)), NULL)) ||
	    (e = store_counter_set(st, "change", position + 1)) ||
	    (e = store_run(st, SQL_SESSION_ALL_END, DB_NO_ARGS, NULL)))
		return e;
	return store_run(st, SQL_SETUP_CLEAR, DB_ARGS(DB_INT(INT64_MAX)), NULL);
}

static enum err
amend(struct store *st, const struct ring *ring, struct arena *a,
    const struct carry *with, size_t *carried)
{
	struct call c = call_system(st, ring, a, clock_now());
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if ((e = act_begin(&c, &tx)) || (e = carry_keys(st, with, carried)) ||
	    (e = carry_people(st, with, carried)) || (e = start_over(st, with)))
		return e;
	detail_int(&d, "carried", (int64_t)*carried);
	if ((e = act_record(&c, "store.restore", NOUN_STORE, NULL, &d)))
		return e;
	return act_end(&c, &tx);
}

/* The copy at AT is brought up to date and made ours. */
static enum err
prepare(const struct store_place *at, const char *file, const struct ring *ring,
    struct arena *a, const struct carry *with, size_t *carried, struct why *why)
{
	struct db_options o = store_options(at);
	struct store *st = NULL;
	char text[DB_WHY];
	enum err e;

	if ((e = db_restore(file, &o, text)) ||
	    (e = store_open(at, false, true, &st, text)))
		return open_say(why, e, text);
	if ((e = open_check_seal(st, ring, why)) == ERR_OK &&
	    (e = amend(st, ring, a, with, carried)))
		(void)open_say(why, e, "the copy cannot be brought up to date");
	store_close(st);
	return e;
}

static void
sweep(const char *beside)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char name[PATH_ROOM + 8];

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", beside, tails[i]);
		(void)unlink(name);
	}
}

enum err
store_service_restore(const struct conf *conf, const struct ring *ring,
    const char *file, size_t *carried, struct why *why)
{
	OWN(arena) struct arena *a = arena_new(ARENA);
	struct store_place at = open_place(conf), beside = {0};
	struct db_options o = store_options(&at);
	char name[PATH_ROOM], text[DB_WHY];
	struct carry with;
	enum err e;

	*carried = 0;
	*why = (struct why){{0}, {0}};
	if (at.url)
		return open_say(why, ERR_UNSUPPORTED,
		    "a store in PostgreSQL is restored with its own tools");
	if (a == NULL || (size_t)snprintf(name, sizeof(name), "%s.prepared",
			     at.path) >= sizeof(name))
		return ERR_NO_MEMORY;
	beside.path = name;
	sweep(name);
	gather_present(&at, a, &with);
	e = prepare(&beside, file, ring, a, &with, carried, why);
	if (e == ERR_OK && (e = db_restore(name, &o, text)))
		(void)open_say(why, e, text);
	sweep(name);
	if (e)
		*carried = 0;
	return e;
}
