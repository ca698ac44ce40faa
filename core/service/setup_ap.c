/* Access points and their shared secrets. */
#include <string.h>

#include "core/base/text.h"
#include "core/crypt/seal.h"
#include "core/service/act.h"
#include "core/service/sealed.h"
#include "core/service/setup.h"

enum { SECRET_MIN = 16 };

static enum err
secret_ok(struct call *c, const struct secret *s)
{
	static const char *const known[] = {"testing123testing123",
	    "radiussecretradiussecret", "changemechangeme", "passwordpassword",
	    "1234567890123456", "0123456789abcdef", "secretsecretsecret"};
	bool same = true;

	if (s->len < SECRET_MIN || s->len > 128)
		return why_set(&c->why, ERR_BAD_INPUT, "secret",
		    "The shared secret needs 16 to 128 characters.");
	for (size_t i = 1; i < s->len; i++)
		same = same && s->b[i] == s->b[0];
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		same = same || strcmp(secret_text(s), known[i]) == 0;
	if (same)
		return why_set(&c->why, ERR_BAD_INPUT, "secret",
		    "This shared secret is too easy to guess. Take a random "
		    "one.");
	return ERR_OK;
}

static enum err
twice(struct call *c, enum err e)
{
	return e == ERR_EXISTS
		   ? why_set(&c->why, e, "address",
			 "There is an access point of this name, address "
			 "or certificate already.")
		   : e;
}

static enum err
record(
    struct call *c, const char *act, const struct access_point *a, bool secret)
{
	OWN(buf) struct buf d = DETAIL;

	detail_text(&d, "name", a->name);
	detail_text(&d, "address", a->address);
	if (a->tls[0] != '\0')
		detail_text(&d, "tls", a->tls);
	if (secret)
		detail_text(&d, "secret", "set");
	return act_changed(c, act, NOUN_AP, &a->id, &d);
}

enum err
ap_add(struct call *c, struct access_point *a, const struct secret *secret)
{
	OWN(tx) struct tx tx = TX_NONE;
	uint8_t sealed[SEAL_LEN(SECRET_MAX)];
	struct row_args args;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = ap_check(a, &c->why)) ||
	    (e = secret_ok(c, secret)))
		return e;
	a->id = uid_new();
	a->created = c->now;
	a->version = 1;
	if ((e = seal(c->ring, &SEALED_AP_SECRET(a->id.s, 1), secret->b,
		 secret->len, sealed)))
		return e;
	row_args(&ap_rows, a, &args);
	row_args_add(&args, DB_INT(1));
	row_args_add(&args, DB_BLOB(sealed, SEAL_LEN(secret->len)));
	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_AP_ADD, args.v, NULL)) ||
	    (e = record(c, "ap.add", a, true)))
		return twice(c, e);
	return act_end(c, &tx);
}

static enum err
set_secret(struct call *c, const struct uid *id, const struct secret *secret)
{
	uint8_t sealed[SEAL_LEN(SECRET_MAX)];
	int64_t generation;
	enum err e;

	if ((e = store_number(c->store, SQL_AP_SECRET, DB_ARGS(DB_TEXT(id->s)),
		 &generation)) ||
	    (e = seal(c->ring, &SEALED_AP_SECRET(id->s, generation + 1),
		 secret->b, secret->len, sealed)))
		return e;
	return store_run(c->store, SQL_AP_SECRET_SET,
	    DB_ARGS(DB_TEXT(id->s), DB_INT(generation + 1),
		DB_BLOB(sealed, SEAL_LEN(secret->len))),
	    NULL);
}

enum err
ap_set(struct call *c, struct access_point *a, const struct secret *secret)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct access_point was;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = ap_check(a, &c->why)) ||
	    (secret && (e = secret_ok(c, secret))) || (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &ap_rows, &a->id, &was)))
		return e;
	a->created = was.created;
	if ((e = row_set(c->store, &ap_rows, a, &a->version)) ||
	    (secret && (e = set_secret(c, &a->id, secret))) ||
	    (e = record(c, "ap.set", a, secret != NULL)))
		return twice(c, e);
	return act_end(c, &tx);
}

enum err
ap_remove(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct access_point a;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &ap_rows, id, &a)) ||
	    (e = row_remove(c->store, &ap_rows, id)) ||
	    (e = record(c, "ap.remove", &a, false)))
		return e;
	return act_end(c, &tx);
}

enum err
ap_get(struct call *c, const struct uid *id, struct access_point *out)
{
	enum err e = act_need(c, ACT_READ);

	if (e == ERR_OK)
		return row_get(c->store, &ap_rows, id, out);
	*out = (struct access_point){0};
	return e;
}

enum err
ap_find(struct call *c, const char *text, struct access_point *out)
{
	struct uid id;
	enum err e = act_need(c, ACT_READ);

	*out = (struct access_point){0};
	if (e || (uid_parse(text, &id) && ap_get(c, &id, out) == ERR_OK))
		return e;
	return row_one(
	    c->store, &ap_rows, SQL_AP_CALLED, DB_ARGS(DB_TEXT(text)), out);
}

enum err
ap_list(struct call *c, struct access_point **out, size_t *n)
{
	enum err e = act_need(c, ACT_READ);

	*out = NULL;
	*n = 0;
	return e ? e
		 : row_list(c->store, &ap_rows, SQL_AP_ALL, DB_NO_ARGS,
		       c->arena, out, n);
}

static enum err
read_secret(struct call *c, const struct uid *id, struct secret *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const void *sealed;
	size_t len;
	enum err e;

	if ((e = db_one(
		 c->store->db, SQL_AP_SECRET, DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	sealed = db_blob(&r, 1, &len);
	return seal_open_secret(
	    c->ring, &SEALED_AP_SECRET(id->s, db_int(&r, 0)), sealed, len, out);
}

enum err
ap_psk(struct call *c, const struct uid *id, struct tls_psk *out)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	OWN(buf) struct buf d = DETAIL;
	OWN(tx) struct tx tx = TX_NONE;
	struct access_point a;
	enum err e;

	*out = (struct tls_psk){.name = ""};
	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &ap_rows, id, &a)) ||
	    (e = read_secret(c, id, &secret)))
		return e;
	detail_text(&d, "name", a.name);
	if ((e = act_record(c, "ap.psk", NOUN_AP, id, &d)) ||
	    (e = act_end(c, &tx)))
		return e;
	return tls_psk_make(c->ring, id, &secret, out);
}
