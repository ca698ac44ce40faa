#include "core/service/audit.h"

#include <stdio.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/chain.h"

/* DETAIL is an object; act_record() wants its members. */
enum err
audit_note(struct call *c, const char *act, enum noun noun,
    const struct uid *id, const char *detail)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf members = DETAIL;
	size_t len = detail ? strlen(detail) : 0;
	enum err e;

	if (len && (len < 2 || detail[0] != '{' || detail[len - 1] != '}' ||
		       !text_utf8_ok(detail, len)))
		return ERR_INTERNAL;
	if (len > 2)
		buf_add(&members, detail + 1, len - 2);
	if ((e = act_begin(c, &tx)) ||
	    (e = act_record(c, act, noun, id, &members)))
		return e;
	return act_end(c, &tx);
}

enum err
audit_table(struct call *c, enum noun noun, const char *search)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if (*search != '\0')
		detail_text(&d, "search", search);
	if ((e = act_need(c, ACT_READ)) || (e = act_begin(c, &tx)) ||
	    (e = act_record(c, "store.table", noun, &UID_NONE, &d)))
		return e;
	return act_end(c, &tx);
}

/* --- the old end --- */

/* What the row says that proves a cut after SEQ. */
static void
cut_detail(struct buf *d, int64_t seq, const uint8_t hash[static HASH_LEN])
{
	char hex[65];

	text_to_hex(hash, HASH_LEN, hex);
	detail_int(d, "upto", seq);
	detail_text(d, "hash", hex);
}

enum err
audit_trim(struct call *c, int64_t before)
{
	OWN(buf) struct buf d = DETAIL;
	uint8_t hash[HASH_LEN];
	int64_t stays, oldest;
	enum err e;

	if ((e = store_number(
		 c->store, SQL_AUDIT_STAYS, DB_ARGS(DB_INT(before)), &stays)) ||
	    (e = store_number(c->store, SQL_AUDIT_OLDEST, DB_NO_ARGS, &oldest)))
		return e;
	if (oldest == 0 || stays <= oldest)
		return ERR_OK;
	if (stays > oldest + AUDIT_TRIM)
		stays = oldest + AUDIT_TRIM;
	if ((e = chain_at(c->store, stays - 1, hash)) ||
	    (e = store_run(c->store, SQL_CHAIN_START,
		 DB_ARGS(DB_INT(stays - 1), DB_BLOB(hash, HASH_LEN)), NULL)) ||
	    (e = store_run(
		 c->store, SQL_AUDIT_CUT, DB_ARGS(DB_INT(stays - 1)), NULL)))
		return e;
	cut_detail(&d, stays - 1, hash);
	return act_record(c, "audit.trim", NOUN_STORE, NULL, &d);
}

/* --- verification ------------------------------------------------------------
 */

struct walk {
	const struct ring *ring;
	const char *expect;
	int64_t expect_seq, start, last, bad;
	char cut[200]; /* what a row must say when START is not 0 */
	bool proved;
	uint8_t hash[HASH_LEN];
};

static enum err
step(struct walk *w, const struct db_rows *r)
{
	struct chain_row row = {.seq = db_int(r, 0),
	    .at = db_int(r, 1),
	    .actor = db_text(r, 2),
	    .act = db_text(r, 3),
	    .noun = db_text(r, 4),
	    .id = db_text(r, 5),
	    .detail = db_text(r, 6)};
	uint8_t want[HASH_LEN];
	char hex[65];
	size_t len;
	const void *have = db_blob(r, 7, &len);
	enum err e;

	if ((e = chain_hash(w->ring, w->hash, &row, want)))
		return e;
	text_to_hex(want, HASH_LEN, hex);
	if (row.seq != w->last + 1 || len != HASH_LEN ||
	    !secret_equal(have, want, HASH_LEN) ||
	    (row.seq == w->expect_seq && w->expect &&
		strcmp(hex, w->expect) != 0)) {
		w->bad = w->last + 1;
		return ERR_OK;
	}
	w->last = row.seq;
	w->proved |= strcmp(row.act, "audit.trim") == 0 &&
		     strcmp(row.detail, w->cut) == 0;
	memcpy(w->hash, want, HASH_LEN);
	return ERR_OK;
}

/* All rows were well: is it all of them? */
static enum err
tail(struct call *c, struct walk *w)
{
	uint8_t hash[HASH_LEN];
	int64_t seq;
	enum err e = chain_head(c->store, &seq, hash);

	if (e && e != ERR_CORRUPT)
		return e;
	if (w->start != 0 && !w->proved)
		w->bad = w->start + 1;
	else if (e || seq != w->last ||
		 !secret_equal(hash, w->hash, HASH_LEN) ||
		 (w->expect && w->expect_seq > w->last))
		w->bad = w->last + 1;
	return ERR_OK;
}

static enum err
begin(struct call *c, struct walk *w)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e = chain_start(c->store, &w->start, w->hash);

	w->last = w->start;
	cut_detail(&d, w->start, w->hash);
	(void)snprintf(w->cut, sizeof(w->cut), "{%s}", buf_str(&d));
	return e ? e : d.err;
}

static enum err
walk(struct call *c, struct walk *w)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = begin(c, w);

	if (e || (e = db_query(c->store->db, SQL_AUDIT_ALL, DB_NO_ARGS, &r)))
		return e;
	while (w->bad == 0 && db_next(&r))
		if ((e = step(w, &r)))
			return e;
	if ((e = db_end(&r)))
		return e;
	return w->bad ? ERR_OK : tail(c, w);
}

enum err
audit_verify(struct call *c, const char *expect, int64_t expect_seq,
    int64_t *bad, int64_t *last, char head[static 65])
{
	OWN(tx) struct tx tx = TX_NONE;
	struct walk w = {
	    .ring = c->ring, .expect = expect, .expect_seq = expect_seq};
	enum err e;

	head[0] = '\0';
	*bad = *last = 0;
	if ((e = act_need(c, 1 << ROLE_AUDITOR | ACT_ADMIN)) ||
	    (e = store_read(c->store, &tx)) || (e = walk(c, &w)))
		return e;
	*bad = w.bad;
	*last = w.last;
	text_to_hex(w.hash, HASH_LEN, head);
	return ERR_OK;
}
