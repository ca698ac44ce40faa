#include "core/service/open.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "core/service/act.h"
#include "core/service/chain.h"
#include "core/service/keys_own.h"
#include "core/service/open_parts.h"

#define CHECK "seal_check"

enum err
open_say(struct why *why, enum err e, const char *text)
{
	return why_set(why, e, "store", "%.150s", text);
}

enum err
open_seal_check(struct store *st, const struct ring *ring)
{
	uint8_t check[SEAL_CHECK_LEN];
	enum err e = seal_check_make(ring, check);

	return e ? e : store_meta_set(st, CHECK, check, sizeof(check));
}

enum err
open_check_seal(struct store *st, const struct ring *ring, struct why *why)
{
	uint8_t check[SEAL_CHECK_LEN];
	size_t len;
	enum err e = store_meta_get(st, CHECK, check, sizeof(check), &len);

	if (e == ERR_OK)
		e = seal_check_verify(ring, check, len);
	if (e == ERR_SEALED)
		return open_say(why, e,
		    "the master key is not the one this store was made with: "
		    "put the right one in its place");
	return e == ERR_NOT_FOUND
		   ? open_say(why, ERR_CORRUPT,
			 "the store has no seal check: restore a backup")
		   : e;
}

struct store_place
open_place(const struct conf *conf)
{
	struct store_place at = {.path = conf->store.path};

	if (strcmp(conf->store.engine, "pgsql") == 0) {
		at.url = conf->store.url;
		at.password_file = conf->store.password_file;
	}
	return at;
}

enum err
store_service_open(const struct conf *conf, const struct ring *ring,
    bool migrate, struct store **out, struct why *why)
{
	struct store_place at = open_place(conf);
	struct store *st = NULL;
	char text[DB_WHY];
	enum err e;

	*out = NULL;
	*why = (struct why){{0}, {0}};
	if ((e = store_open(&at, false, migrate, &st, text)))
		return open_say(why, e, text);
	if ((e = open_check_seal(st, ring, why))) {
		store_close(st);
		return e;
	}
	*out = st;
	return ERR_OK;
}

void
store_service_close(struct store *st)
{
	store_close(st);
}

bool
store_service_stale(const struct store *st)
{
	return db_stale(st->db);
}

int64_t
store_service_heard(const struct store *st)
{
	return db_heard(st->db);
}

static enum err
first_rows(struct store *st, const struct ring *ring)
{
	OWN(arena) struct arena *a = arena_new(1 << 16);
	OWN(tx) struct tx tx = TX_NONE;
	struct call c = call_system(st, ring, a, clock_now());
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	if ((e = act_begin(&c, &tx)) || (e = open_seal_check(st, ring)) ||
	    (e = chain_make(st)) ||
	    (e = act_record(&c, "store.create", NOUN_STORE, NULL, NULL)))
		return e;
	return act_end(&c, &tx);
}

/* A store whose making was cut short is made to its end. */
static enum err
half_made(const struct store_place *at, struct store **out)
{
	const struct db_options o = store_options(at);
	struct store *st = NULL;
	char text[DB_WHY];

	if (store_open(at, false, true, &st, text) || !db_unborn(st->db, &o)) {
		store_close(st);
		return ERR_EXISTS;
	}
	*out = st;
	return ERR_OK;
}

enum err
store_service_create(
    const struct conf *conf, const struct ring *ring, struct why *why)
{
	struct store_place at = open_place(conf);
	struct store *st = NULL;
	char text[DB_WHY];
	enum err e;

	*why = (struct why){{0}, {0}};
	if ((e = store_open(&at, true, true, &st, text)) == ERR_EXISTS)
		e = half_made(&at, &st);
	if (e)
		return open_say(why, e, text);
	if ((e = first_rows(st, ring)))
		(void)open_say(why, e, "the first rows cannot be written");
	store_close(st);
	if (e && at.url == NULL)
		(void)unlink(conf->store.path);
	return e;
}

static enum err
noted(struct call *c, const char *act, const char *file)
{
	OWN(buf) struct buf d = DETAIL;
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	detail_text(&d, "file", file);
	if ((e = act_begin(c, &tx)) ||
	    (e = act_record(c, act, NOUN_STORE, NULL, &d)))
		return e;
	return act_end(c, &tx);
}

enum err
store_service_backup(struct call *c, const char *file, struct why *why)
{
	char text[DB_WHY];
	enum err e;

	*why = (struct why){{0}, {0}};
	if ((e = act_need(c, ACT_ADMIN)))
		return e;
	/* before the first octet leaves; and that all did */
	if ((e = noted(c, "store.backup_begin", file)))
		return e;
	if ((e = db_backup(c->store->db, file, text)))
		return open_say(why, e, text);
	if ((e = noted(c, "store.backup", file)))
		(void)unlink(file); /* it was not there before */
	return e;
}

static enum err
counts(struct call *c, struct store_health *h)
{
	const struct {
		enum sql sql;
		int64_t *out;
	} all[] = {{SQL_PERSON_COUNT, &h->people},
	    {SQL_DEVICE_COUNT, &h->devices}, {SQL_AP_COUNT, &h->aps},
	    {SQL_AUDIT_COUNT, &h->audit_rows}};
	size_t tally[KEY_IS_REVOKED + 1];
	enum err e;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((e = store_number(
			 c->store, all[i].sql, DB_NO_ARGS, all[i].out)))
			return e;
	if ((e = keys_tally(c, tally)))
		return e;
	for (int i = 0; i <= KEY_IS_REVOKED; i++)
		h->keys_total += (int64_t)tally[i];
	h->keys_active = (int64_t)tally[KEY_IS_ACTIVE];
	return store_counter_get(c->store, "change", &h->feed_position);
}

enum err
store_service_sound(struct call *c, int64_t *schema, bool *sound)
{
	char text[DB_WHY];
	enum err e;

	*schema = 0;
	*sound = false;
	if ((e = act_need(c, ACT_READ)))
		return e;
	*schema = db_schema(c->store->db);
	e = db_check(c->store->db, true, text);
	*sound = e == ERR_OK;
	if (e)
		(void)open_say(&c->why, e, text);
	return e == ERR_CORRUPT ? ERR_OK : e;
}

enum err
store_service_health(struct call *c, struct store_health *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	*out = (struct store_health){0};
	if ((e = act_need(c, ACT_READ)) || (e = store_read(c->store, &tx)) ||
	    (e = counts(c, out)))
		return e;
	tx_own(&tx);
	return store_service_sound(c, &out->schema, &out->sound);
}

enum err
store_service_log(struct call *c, int64_t *octets)
{
	*octets = 0;
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	return db_log_trim(c->store->db, STORE_LOG_MAX, octets);
}
