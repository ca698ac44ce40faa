#include "core/service/reseal.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/open_parts.h"
#include "core/service/sealed.h"

#define RING "ring" /* in the store: the id of the key that seals */

enum { COLUMNS = 2 };

/*
 * Every sealed column of the store. LIST gives, for rows after $1 whose octets
 * do not name key $2, at most $3 of: what orders them, row, column (when the
 * place has another than the one here), generation, octets of each column. SET
 * takes row, column and the octets.
 */
static const struct sealed_table {
	const char *table, *column[COLUMNS];
	enum sql list, set;
} all[] = {
    {"access_point", {"secret"}, SQL_RESEAL_AP, SQL_RESEAL_AP_SET},
    {"wifi_key", {"passphrase", "pmk"}, SQL_RESEAL_KEY, SQL_RESEAL_KEY_SET},
    {"session", {"id_token"}, SQL_RESEAL_SESSION, SQL_RESEAL_SESSION_SET},
    {"outbox", {"payload"}, SQL_RESEAL_OUTBOX, SQL_RESEAL_OUTBOX_SET},
    {"webhook", {"secret"}, SQL_RESEAL_WEBHOOK, SQL_RESEAL_WEBHOOK_SET},
    {"renewal", {"token"}, SQL_RESEAL_RENEWAL, SQL_RESEAL_RENEWAL_SET},
    {"idempotency", {NULL}, SQL_RESEAL_ANSWER, SQL_RESEAL_ANSWER_SET},
};

enum { TABLES = sizeof(all) / sizeof(*all) };

/* The four octets that name a key in what it sealed (seal.c). */
static void
id_octets(const char *id, uint8_t out[static 4])
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(text_hex_digit(id[2 * i]) << 4 |
				   text_hex_digit(id[2 * i + 1]));
}

enum err
reseal_fence(struct call *c)
{
	char id[RING_ID_TEXT] = "";
	size_t len;
	enum err e = store_meta_get(c->store, RING, id, sizeof(id) - 1, &len);

	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	/* a ring that has it seals with it, or with a newer one yet */
	if (e || ring_has(c->ring, id))
		return e;
	(void)ring_refresh(c->ring);
	if (ring_has(c->ring, id))
		return ERR_OK;
	LOG(ERROR, "ring.old", LOG_S("needed", id),
	    LOG_S("newest", ring_newest(c->ring)));
	return why_set(&c->why, ERR_SEALED, "",
	    "The master key was replaced: this program needs the new one.");
}

static enum err
set_newest(struct call *c)
{
	return store_meta_set(
	    c->store, RING, ring_newest(c->ring), RING_ID_TEXT - 1);
}

enum err
reseal_begin(struct call *c)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	char id[RING_ID_TEXT] = "";
	size_t len;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = store_write(c->store, &tx)))
		return e;
	e = store_meta_get(c->store, RING, id, sizeof(id) - 1, &len);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	if (strcmp(id, ring_newest(c->ring)) == 0)
		return ERR_OK; /* going on */
	detail_text(&d, "key", ring_newest(c->ring));
	if ((e = set_newest(c)) ||
	    (e = act_record(c, "store.reseal", NOUN_STORE, NULL, &d)))
		return e;
	return act_end(c, &tx);
}

/* --- one row --- */

/* What is SEALED, sealed with the newest key to OUT; not when it does not open.
 */
static enum err
again(struct call *c, const struct seal_place *at, const uint8_t *sealed,
    size_t n, uint8_t *out, bool *opens)
{
	OWN(mem) uint8_t *plain = malloc(n + 1);
	size_t len = 0;
	enum err e;

	*opens = n == 0;
	if (n == 0)
		return ERR_OK;
	if (plain == NULL)
		return ERR_NO_MEMORY;
	e = n < SEAL_OVERHEAD ? ERR_CORRUPT
			      : seal_open(c->ring, at, sealed, n, plain, &len);
	*opens = e == ERR_OK;
	if (e == ERR_OK)
		e = seal(c->ring, at, plain, len, out);
	secret_wipe(plain, len);
	return e == ERR_CORRUPT ? ERR_OK : e;
}

struct values {
	uint8_t *out[COLUMNS];
};

static void
values_own(struct values *v)
{
	for (int i = 0; i < COLUMNS; i++)
		free(v->out[i]);
}

/* Column I of row R of the list, which comes after the four of its place. */
static enum err
column(struct call *c, const struct sealed_table *t, const struct db_rows *r,
    int i, struct values *v, struct db_arg *arg, bool *opens)
{
	const struct seal_place place = {.table = t->table,
	    .row = db_text(r, 1),
	    .column = t->column[i] ? t->column[i] : db_text(r, 2),
	    .generation = db_int(r, 3)};
	size_t n;
	const uint8_t *was = db_blob(r, 4 + i, &n);

	if ((v->out[i] = malloc(n + 1)) == NULL)
		return ERR_NO_MEMORY;
	*arg = DB_BLOB(v->out[i], n);
	return again(c, &place, was, n, v->out[i], opens);
}

static enum err
one(struct call *c, const struct sealed_table *t, const struct db_rows *r,
    struct reseal_state *s)
{
	OWN(values) struct values v = {{NULL}};
	struct db_arg args[3 + COLUMNS] = {
	    DB_TEXT(db_text(r, 1)), DB_TEXT(db_text(r, 2))};
	bool opens = true;
	int i;
	enum err e;

	for (i = 0; i < COLUMNS && (i == 0 || t->column[i]) && opens; i++)
		if ((e = column(c, t, r, i, &v, &args[2 + i], &opens)))
			return e;
	if (!opens) {
		s->broken++;
		return ERR_OK;
	}
	args[2 + i] = (struct db_arg){.kind = DB_END_};
	s->done++;
	return store_run(c->store, t->set, args, NULL);
}

static enum err
list(struct call *c, const struct sealed_table *t, struct reseal_state *s,
    int *seen)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	uint8_t id[4];
	enum err e;

	*seen = 0;
	id_octets(ring_newest(c->ring), id);
	if ((e = db_query(c->store->db, t->list,
		 DB_ARGS(DB_TEXT(s->after), DB_BLOB(id, sizeof(id)),
		     DB_INT(RESEAL_BATCH)),
		 &r)))
		return e;
	for (; db_next(&r); ++*seen) {
		text_copy(s->after, sizeof(s->after), db_text(&r, 0));
		if ((e = one(c, t, &r, s)))
			return e;
	}
	return db_end(&r);
}

enum err
reseal_step(struct call *c, struct reseal_state *s, bool *more)
{
	OWN(tx) struct tx tx = TX_NONE;
	int seen;
	enum err e;

	*more = s->table < TABLES;
	if (!*more)
		return ERR_OK;
	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = list(c, &all[s->table], s, &seen)))
		return e;
	if (seen < RESEAL_BATCH) {
		s->table++;
		s->after[0] = '\0';
	}
	return act_end(c, &tx);
}

/* No further than it takes to know that there is more than what is broken. */
static enum err
count(struct call *c, int64_t broken, int64_t *left)
{
	uint8_t id[4];
	enum err e;

	*left = 0;
	id_octets(ring_newest(c->ring), id);
	for (int i = 0; i < TABLES; i++) {
		OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

		if ((e = db_query(c->store->db, all[i].list,
			 DB_ARGS(DB_TEXT(""), DB_BLOB(id, sizeof(id)),
			     DB_INT(broken + 1)),
			 &r)))
			return e;
		while (db_next(&r))
			++*left;
		if ((e = db_end(&r)))
			return e;
	}
	return ERR_OK;
}

enum err
reseal_end(struct call *c, struct reseal_state *s)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = count(c, s->broken, &s->left)))
		return e;
	if (s->left > s->broken)
		return ERR_BAD_STATE;
	detail_int(&d, "sealed", s->done);
	detail_int(&d, "broken", s->broken);
	if ((e = open_seal_check(c->store, c->ring)) ||
	    (e = act_record(c, "store.resealed", NOUN_STORE, NULL, &d)))
		return e;
	return act_end(c, &tx);
}
