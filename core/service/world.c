#include "core/service/world.h"

#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/sealed.h"

static enum err
machine(const struct call *c)
{
	return c->actor.kind == ACTOR_SYSTEM || c->actor.kind == ACTOR_CLI
		   ? ERR_OK
		   : ERR_FORBIDDEN;
}

static void
quarantined(const char *noun, const struct uid *id)
{
	LOG(ERROR, "store.quarantined", LOG_S("noun", noun), LOG_S("id", id->s),
	    LOG_S("reason", "a sealed value does not open"));
}

/* --- keys --- */

/* Columns of KEY_ALL and KEY_SEALED: all but what is sealed, which is at *AT.
 */
static enum err
read_facts(const struct db_rows *r, struct world_key *out, int *at)
{
	enum person_state owner;
	enum err e;

	*at = 0;
	if ((e = row_read(&key_rows, r, at, &out->key)))
		return e;
	if (!person_state_parse(db_text(r, *at + 3), &owner))
		return ERR_CORRUPT;
	out->vlan = (int)db_int(r, *at + 4);
	out->usable = out->key.state == KEY_ACTIVE && owner == PERSON_ACTIVE;
	text_copy(out->person, sizeof(out->person),
	    uid_is_none(&out->key.person) ? out->key.unit.s
					  : out->key.person.s);
	return ERR_OK;
}

static enum err
open_secrets(
    struct call *c, const struct db_rows *r, int at, struct world_key *out)
{
	int64_t generation = db_int(r, at);
	size_t phrase_len, pmk_len;
	const void *phrase = db_blob(r, at + 1, &phrase_len);
	const void *pmk = db_blob(r, at + 2, &pmk_len);
	enum err e;

	if ((e = seal_open_secret(c->ring,
		 &SEALED_PASSPHRASE(out->key.id.s, generation), phrase,
		 phrase_len, &out->passphrase)) ||
	    (e = seal_open_secret(c->ring,
		 &SEALED_PMK(out->key.id.s, generation), pmk, pmk_len,
		 &out->pmk))) {
		quarantined("key", &out->key.id);
		return e;
	}
	return out->pmk.len == 32 ? ERR_OK : ERR_CORRUPT;
}

static enum err
read_key(struct call *c, const struct db_rows *r, struct world_key *out)
{
	int at;
	enum err e = read_facts(r, out, &at);

	return e ? e : open_secrets(c, r, at, out);
}

static void
world_key_own(struct world_key *k)
{
	secret_wipe(k, sizeof(*k));
}

static enum err
load_keys(struct call *c, const struct world_visitor *v)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	OWN(world_key) struct world_key k;
	int at;
	enum err e;

	if ((e = db_query(c->store->db, SQL_KEY_ALL, DB_NO_ARGS, &r)))
		return e;
	while (db_next(&r)) {
		k = (struct world_key){0};
		if ((e = read_facts(&r, &k, &at)) == ERR_OK) {
			if (v->want && !v->want(v->ctx, &k))
				continue;
			e = open_secrets(c, &r, at, &k);
		}
		if (e == ERR_CORRUPT || e == ERR_TOO_BIG)
			continue;
		if (e || (e = v->key(v->ctx, &k)))
			return e;
	}
	return db_end(&r);
}

enum err
world_key_get(struct call *c, const struct uid *id, struct world_key *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = machine(c)) ||
	    (e = db_one(
		 c->store->db, SQL_KEY_SEALED, DB_ARGS(DB_TEXT(id->s)), &r)) ||
	    (e = read_key(c, &r, out)))
		world_key_own(out);
	return e;
}

enum err
world_keys_of(
    struct call *c, const struct uid *person, struct uid **out, size_t *n)
{
	enum err e = machine(c);

	*out = NULL;
	*n = 0;
	return e ? e
		 : row_ids(c->store, SQL_KEY_IDS_OF,
		       DB_ARGS(DB_TEXT(person->s)), c->arena, out, n);
}

/* --- access points --- */

static void
world_ap_own(struct world_ap *a)
{
	secret_wipe(a, sizeof(*a));
}

/* Columns of AP_SEALED and AP_SEALED_ALL. */
static enum err
read_ap(struct call *c, const struct db_rows *r, struct world_ap *out)
{
	const void *sealed;
	size_t len;
	int at = 0;
	enum err e;

	if ((e = row_read(&ap_rows, r, &at, &out->ap)))
		return e;
	sealed = db_blob(r, at + 1, &len);
	if ((e = seal_open_secret(c->ring,
		 &SEALED_AP_SECRET(out->ap.id.s, db_int(r, at)), sealed, len,
		 &out->secret)))
		quarantined("ap", &out->ap.id);
	return e;
}

static enum err
load_aps(struct call *c, const struct world_visitor *v)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	OWN(world_ap) struct world_ap a;
	enum err e;

	if ((e = db_query(c->store->db, SQL_AP_SEALED_ALL, DB_NO_ARGS, &r)))
		return e;
	while (db_next(&r)) {
		a = (struct world_ap){0};
		e = read_ap(c, &r, &a);
		if (e == ERR_CORRUPT || e == ERR_TOO_BIG)
			continue;
		if (e || (e = v->ap(v->ctx, &a)))
			return e;
	}
	return db_end(&r);
}

enum err
world_ap_get(struct call *c, const struct uid *id, struct world_ap *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = machine(c)) ||
	    (e = db_one(
		 c->store->db, SQL_AP_SEALED, DB_ARGS(DB_TEXT(id->s)), &r)) ||
	    (e = read_ap(c, &r, out)))
		world_ap_own(out);
	return e;
}

/* --- plain nouns --- */

static enum err
load_plain(struct call *c, const struct row_kind *k, void *room,
    enum err (*visit)(void *ctx, const void *noun), void *ctx)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int at;
	enum err e;

	if ((e = db_query(c->store->db, k->all, DB_NO_ARGS, &r)))
		return e;
	while (db_next(&r)) {
		at = 0;
		if (row_read(k, &r, &at, room) == ERR_OK &&
		    (e = visit(ctx, room)))
			return e;
	}
	return db_end(&r);
}

/* The visitor's functions differ in type. */
static enum err
visit_network(void *ctx, const void *noun)
{
	const struct world_visitor *v = ctx;

	return v->network(v->ctx, noun);
}

static enum err
visit_plan(void *ctx, const void *noun)
{
	const struct world_visitor *v = ctx;

	return v->plan(v->ctx, noun);
}

static enum err
visit_device(void *ctx, const void *noun)
{
	const struct world_visitor *v = ctx;

	return v->device(v->ctx, noun);
}

static enum err
count(struct call *c, const struct world_visitor *v)
{
	int64_t keys, devices;
	enum err e;

	if ((e = store_number(c->store, SQL_KEY_COUNT, DB_NO_ARGS, &keys)) ||
	    (e = store_number(
		 c->store, SQL_DEVICE_COUNT, DB_NO_ARGS, &devices)))
		return e;
	return v->many(v->ctx, (size_t)keys, (size_t)devices);
}

enum err
world_load(struct call *c, const struct world_visitor *v, int64_t *position)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct world_visitor copy = *v;
	union {
		struct network network;
		struct plan plan;
		struct device device;
	} room;
	enum err e;

	*position = 0;
	if ((e = machine(c)) || (e = store_read(c->store, &tx)) ||
	    (e = store_counter_get(c->store, "change", position)))
		return e;
	if ((v->many && (e = count(c, v))) ||
	    (v->network && (e = load_plain(c, &network_rows, &room,
				visit_network, &copy))) ||
	    (v->plan &&
		(e = load_plain(c, &plan_rows, &room, visit_plan, &copy))) ||
	    (v->ap && (e = load_aps(c, v))) ||
	    (v->key && (e = load_keys(c, v))))
		return e;
	if (v->device &&
	    (e = load_plain(c, &device_rows, &room, visit_device, &copy)))
		return e;
	return ERR_OK;
}

enum err
world_network(struct call *c, const struct uid *id, struct network *out)
{
	return row_get(c->store, &network_rows, id, out);
}

enum err
world_plan(struct call *c, const struct uid *id, struct plan *out)
{
	return row_get(c->store, &plan_rows, id, out);
}

enum err
world_device(struct call *c, const struct uid *id, struct device *out)
{
	enum err e = machine(c);

	return e ? e : row_get(c->store, &device_rows, id, out);
}

enum err
world_devices_of(
    struct call *c, const struct uid *key, struct device **out, size_t *n)
{
	enum err e = machine(c);

	*out = NULL;
	*n = 0;
	return e ? e
		 : row_list(c->store, &device_rows, SQL_DEVICE_OF_KEY,
		       DB_ARGS(DB_TEXT(key->s)), c->arena, out, n);
}
