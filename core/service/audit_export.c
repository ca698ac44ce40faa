/* The record of acts on its way out of the house. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/audit.h"
#include "core/service/chain.h"
#include "core/service/json.h"

static enum err
need(const struct call *c)
{
	return act_need(c, 1 << ROLE_AUDITOR | ACT_ADMIN);
}

enum err
audit_after(struct call *c, int64_t seq, size_t limit,
    enum err (*each)(void *ctx, const struct audit_line *l), void *ctx)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = need(c)) || (e = db_query(c->store->db, SQL_AUDIT_AFTER,
				  DB_ARGS(DB_INT(seq), DB_INT(limit)), &r)))
		return e;
	while (db_next(&r)) {
		struct audit_line l = {.seq = db_int(&r, 0),
		    .at = db_int(&r, 1),
		    .actor = db_text(&r, 2),
		    .act = db_text(&r, 3),
		    .noun = db_text(&r, 4),
		    .id = db_text(&r, 5),
		    .detail = db_text(&r, 6)};
		size_t len;
		const void *hash = db_blob(&r, 7, &len);

		if (len == HASH_LEN)
			text_to_hex(hash, len, l.hash);
		if ((e = each(ctx, &l)))
			return e;
	}
	return db_end(&r);
}

enum err
audit_head(struct call *c, int64_t *seq, char head[static 65])
{
	uint8_t hash[HASH_LEN];
	enum err e;

	*seq = 0;
	head[0] = '\0';
	if ((e = need(c)) || (e = chain_head(c->store, seq, hash)))
		return e;
	text_to_hex(hash, HASH_LEN, head);
	return ERR_OK;
}

enum err
audit_line_json(const struct audit_line *l, struct buf *out)
{
	json_t *detail, *j;
	char when[CLOCK_TEXT], *text;
	enum err e;

	e = json_read(l->detail, strlen(l->detail), 0, ERR_CORRUPT, &detail);
	if (e == ERR_NO_MEMORY)
		return e;
	json_begin();
	clock_text(l->at, when);
	j = json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:o,s:s}", "seq",
	    (json_int_t)l->seq, "at", when, "actor", l->actor, "act", l->act,
	    "noun", l->noun, "id", l->id, "detail",
	    detail ? detail : json_null(), "hash", l->hash);
	if ((e = json_line(j, JSON_ENSURE_ASCII, &text)))
		return e == ERR_BAD_INPUT ? ERR_CORRUPT : e;
	buf_text(out, text);
	free(text);
	return out->err;
}
