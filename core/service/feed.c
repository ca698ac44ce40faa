/* Following what changed. */
#include <string.h>

#include "core/service/act.h"
#include "core/service/chain.h"
#include "core/service/world.h"

enum { READ_MAX = 4096 };

enum err
feed_pulse(struct call *c, int64_t *pulse)
{
	int64_t others;
	enum err e = db_version_counter(c->store->db, &others);

	/* the engine counts the others' commits, the store its own */
	*pulse = e ? 0 : others + c->store->own;
	return e;
}

/* Everything after SEQ has to be there, and SEQ has to be of this store: one
 * that was restored from a backup starts followers over. */
static enum err
kept(struct call *c, int64_t seq)
{
	int64_t first, last;
	enum err e;

	if ((e = store_counter_get(c->store, "change", &last)) ||
	    (e = store_number(c->store, SQL_CHANGE_FIRST, DB_NO_ARGS, &first)))
		return e;
	if (seq < 0 || seq > last || (seq < last && first > seq + 1) ||
	    (seq < last && first == 0))
		return ERR_NOT_FOUND;
	return ERR_OK;
}

static enum err
read_all(
    struct call *c, int64_t seq, size_t limit, struct change **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL;
	struct change *ch;
	enum err e;

	if ((e = db_query(c->store->db, SQL_CHANGE_AFTER,
		 DB_ARGS(
		     DB_INT(seq), DB_INT(limit < READ_MAX ? limit : READ_MAX)),
		 &r)))
		return e;
	while (db_next(&r)) {
		if ((ch = row_more(c->arena, &list, n, sizeof(*ch))) == NULL)
			return ERR_NO_MEMORY;
		ch->seq = db_int(&r, 0);
		if (!noun_parse(db_text(&r, 1), &ch->noun) ||
		    !uid_parse(db_text(&r, 2), &ch->id))
			return ERR_CORRUPT;
	}
	*out = list;
	return db_end(&r);
}

enum err
feed_read(
    struct call *c, int64_t seq, size_t limit, struct change **out, size_t *n)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = store_read(c->store, &tx)) || (e = kept(c, seq)))
		return e;
	return read_all(c, seq, limit, out, n);
}

enum err
world_mark(struct call *c, struct world_mark *out)
{
	return chain_head(c->store, &out->audit, out->hash);
}

enum err
world_same(struct call *c, const struct world_mark *mark, bool *same)
{
	uint8_t hash[HASH_LEN];
	enum err e;

	*same = false;
	if (mark->audit == 0)
		return ERR_OK;
	if ((e = chain_at(c->store, mark->audit, hash)))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	*same = secret_equal(hash, mark->hash, HASH_LEN);
	return ERR_OK;
}
