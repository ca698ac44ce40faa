#include "core/service/handover.h"

#include <ctype.h>
#include <string.h>

#include "core/base/rnd.h"
#include "core/crypt/hash.h"
#include "core/crypt/seal.h"
#include "core/model/mint.h"
#include "core/service/act.h"

static enum err
hash_of(struct call *c, const char *typed, uint8_t out[static HASH_LEN])
{
	char code[HANDOVER_CODE];
	size_t n = 0;

	for (; *typed; typed++) {
		char ch = (char)tolower((unsigned char)*typed);

		if (ch == '-' || ch == ' ')
			continue;
		if (n == sizeof(code) || strchr(MINT_ALPHABET, ch) == NULL)
			return ERR_NOT_FOUND;
		code[n++] = ch;
	}
	if (n != sizeof(code))
		return ERR_NOT_FOUND;
	return hash_hmac(ring_key(c->ring, RING_CODE), RING_KEY,
	    HASH_PARTS({"handover", 8}, {code, sizeof(code)}), out);
}

enum err
handover_make(struct call *c, const char *target, struct secret *code)
{
	OWN(tx) struct tx tx = TX_NONE;
	char text[HANDOVER_CODE + 1] = "";
	uint8_t hash[HASH_LEN];
	enum err e;

	*code = SECRET_NONE;
	if (strlen(target) > HANDOVER_TARGET)
		return ERR_TOO_BIG;
	for (int i = 0; i < HANDOVER_CODE; i++)
		text[i] = MINT_ALPHABET[rnd_below(sizeof(MINT_ALPHABET) - 1)];
	if ((e = hash_of(c, text, hash)) || (e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_HANDOVER_PURGE,
		 DB_ARGS(DB_INT(c->now)), NULL)) ||
	    (e = store_run(c->store, SQL_HANDOVER_ADD,
		 DB_ARGS(DB_BLOB(hash, HASH_LEN), DB_TEXT(target),
		     DB_INT(c->now + HANDOVER_SECONDS)),
		 NULL)) ||
	    (e = act_end(c, &tx)))
		return e;
	return secret_set(code, text, HANDOVER_CODE);
}

enum err
handover_take(struct call *c, const char *code, const char **target)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	uint8_t hash[HASH_LEN];
	enum err e;

	*target = NULL;
	if ((e = hash_of(c, code, hash)) || (e = act_begin(c, &tx)) ||
	    (e = db_one(c->store->db, SQL_HANDOVER_TAKE,
		 DB_ARGS(DB_BLOB(hash, HASH_LEN), DB_INT(c->now)), &r)))
		return e;
	if ((*target = arena_text(c->arena, db_text(&r, 0))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = db_end(&r)))
		return e;
	return act_end(c, &tx);
}
