/* Showing a passphrase: first the record, then the secret. */
#include <string.h>

#include "core/service/act.h"
#include "core/service/keys.h"
#include "core/service/keys_own.h"
#include "core/service/sealed.h"

static enum err
known_act(const char *act)
{
	static const char *const acts[] = {
	    "screen", "print", "qr", "profile", "mail", "export", "api"};

	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		if (strcmp(act, acts[i]) == 0)
			return ERR_OK;
	return ERR_INTERNAL;
}

static enum err
unseal(struct call *c, const struct uid *id, struct secret *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const void *sealed;
	size_t len;
	enum err e;

	if ((e = db_one(c->store->db, SQL_KEY_PASSPHRASE,
		 DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	sealed = db_blob(&r, 1, &len);
	return seal_open_secret(c->ring,
	    &SEALED_PASSPHRASE(id->s, db_int(&r, 0)), sealed, len, out);
}

static enum err
one(struct call *c, const struct uid *id, const char *act, int squares,
    struct secret *out)
{
	OWN(buf) struct buf d = DETAIL;
	struct wifi_key k;
	enum err e;

	detail_text(&d, "by", act);
	if (squares > 0)
		detail_int(&d, "squares", squares);
	if ((e = keys_own_get(c, id, KEYS_REVEAL, &k)) ||
	    (e = unseal(c, id, out)))
		return e;
	return act_record(c, "key.reveal", NOUN_KEY, id, &d);
}

enum err
keys_reveal_many(struct call *c, const struct uid *const *ids, size_t n,
    const char *act, const int *squares, struct secret *passphrases)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	for (size_t i = 0; i < n; i++)
		passphrases[i] = SECRET_NONE;
	if ((e = known_act(act)) == ERR_OK)
		e = act_begin(c, &tx);
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = one(c, ids[i], act, squares != NULL ? squares[i] : 0,
		    &passphrases[i]);
	if (e == ERR_OK)
		e = act_end(c, &tx);
	for (size_t i = 0; i < n && e != ERR_OK; i++)
		secret_own(&passphrases[i]);
	return e;
}

enum err
keys_reveal(struct call *c, const struct uid *id, const char *act,
    struct secret *passphrase)
{
	return keys_reveal_many(c, &id, 1, act, NULL, passphrase);
}
