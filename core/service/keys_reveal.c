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

enum err
keys_reveal(struct call *c, const struct uid *id, const char *act,
    struct secret *passphrase)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct wifi_key k;
	enum err e;

	*passphrase = SECRET_NONE;
	detail_text(&d, "by", act);
	if ((e = known_act(act)) || (e = act_begin(c, &tx)) ||
	    (e = keys_own_get(c, id, KEYS_REVEAL, &k)) ||
	    (e = unseal(c, id, passphrase)) ||
	    (e = act_record(c, "key.reveal", NOUN_KEY, id, &d)) ||
	    (e = act_end(c, &tx)))
		secret_own(passphrase);
	return e;
}
