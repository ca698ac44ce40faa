#include "core/service/chain.h"

#include <string.h>

#include "core/crypt/seal.h"

#define CHAIN "audit"

enum err
chain_make(struct store *st)
{
	static const uint8_t zero[HASH_LEN];

	return store_run(st, SQL_CHAIN_MAKE,
	    DB_ARGS(DB_TEXT(CHAIN), DB_BLOB(zero, sizeof(zero))), NULL);
}

static void
be(uint8_t *out, uint64_t v, size_t n)
{
	while (n-- > 0) {
		out[n] = (uint8_t)v;
		v >>= 8;
	}
}

enum err
chain_hash(const struct ring *ring, const uint8_t prev[static HASH_LEN],
    const struct chain_row *row, uint8_t out[static HASH_LEN])
{
	const char *const texts[] = {
	    row->actor, row->act, row->noun, row->id, row->detail};
	enum { TEXTS = sizeof(texts) / sizeof(*texts) };
	struct hash_part parts[2 + 2 * TEXTS];
	uint8_t numbers[16], lens[TEXTS][4];
	size_t n = 0;

	be(numbers, (uint64_t)row->seq, 8);
	be(numbers + 8, (uint64_t)row->at, 8);
	parts[n++] = (struct hash_part){prev, HASH_LEN};
	parts[n++] = (struct hash_part){numbers, sizeof(numbers)};
	for (size_t i = 0; i < TEXTS; i++) {
		size_t len = strlen(texts[i]);

		be(lens[i], len, sizeof(lens[i]));
		parts[n++] = (struct hash_part){lens[i], sizeof(lens[i])};
		parts[n++] = (struct hash_part){texts[i], len};
	}
	return hash_hmac(ring_key(ring, RING_AUDIT), RING_KEY, parts, n, out);
}

static enum err
take_hash(const struct db_rows *r, int at, uint8_t hash[static HASH_LEN])
{
	size_t len;
	const void *p = db_blob(r, at, &len);

	if (len != HASH_LEN)
		return ERR_CORRUPT;
	memcpy(hash, p, HASH_LEN);
	return ERR_OK;
}

static enum err
next(struct store *st, int64_t *seq, uint8_t prev[static HASH_LEN])
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(st->db, SQL_CHAIN_NEXT, DB_ARGS(DB_TEXT(CHAIN)), &r)) ||
	    (e = take_hash(&r, 1, prev)))
		return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
	*seq = db_int(&r, 0);
	while (db_next(&r))
		continue;
	return db_end(&r);
}

enum err
chain_add(struct store *st, const struct ring *ring, struct chain_row *row)
{
	uint8_t prev[HASH_LEN], hash[HASH_LEN];
	enum err e;

	if ((e = next(st, &row->seq, prev)) ||
	    (e = chain_hash(ring, prev, row, hash)) ||
	    (e = store_run(st, SQL_AUDIT_ADD,
		 DB_ARGS(DB_INT(row->seq), DB_INT(row->at), DB_TEXT(row->actor),
		     DB_TEXT(row->act), DB_TEXT(row->noun), DB_TEXT(row->id),
		     DB_TEXT(row->detail), DB_BLOB(hash, HASH_LEN)),
		 NULL)))
		return e == ERR_EXISTS ? ERR_CORRUPT : e;
	return store_run(st, SQL_CHAIN_SET,
	    DB_ARGS(DB_TEXT(CHAIN), DB_BLOB(hash, HASH_LEN)), NULL);
}

enum err
chain_head(struct store *st, int64_t *seq, uint8_t hash[static HASH_LEN])
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(st->db, SQL_CHAIN_GET, DB_ARGS(DB_TEXT(CHAIN)), &r)) ||
	    (e = take_hash(&r, 1, hash)))
		return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
	*seq = db_int(&r, 0);
	return ERR_OK;
}

enum err
chain_start(struct store *st, int64_t *seq, uint8_t hash[static HASH_LEN])
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e =
	    db_one(st->db, SQL_CHAIN_GET, DB_ARGS(DB_TEXT(CHAIN ".start")), &r);

	*seq = 0;
	memset(hash, 0, HASH_LEN);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	*seq = db_int(&r, 0);
	return take_hash(&r, 1, hash);
}

enum err
chain_at(struct store *st, int64_t seq, uint8_t hash[static HASH_LEN])
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(st->db, SQL_AUDIT_HASH, DB_ARGS(DB_INT(seq)), &r)))
		return e;
	return take_hash(&r, 1, hash);
}
