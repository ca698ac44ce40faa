/* Vouchers by the hundred: one plan, one name, numbers from 1. A code follows
 * from the ring and the voucher's id, so a sheet can be printed again. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/service/vouchers_parts.h"

/* --- making ----------------------------------------------------------------
 */

static enum err
code_for(struct call *c, const struct uid *id, struct secret *out)
{
	char seed[UID_LEN + 16];

	(void)snprintf(seed, sizeof(seed), "batch %s", id->s);
	return vouchers_code_of(c, seed, out);
}

static enum err
add(struct call *c, struct voucher *v)
{
	OWN(secret) struct secret code = SECRET_NONE;
	uint8_t hash[HASH_LEN];
	struct row_args a;
	enum err e;

	v->id = uid_new();
	if ((e = code_for(c, &v->id, &code)) ||
	    (e = vouchers_hash(c, secret_text(&code), hash)))
		return e;
	row_args(&voucher_rows, v, &a);
	row_args_add(&a, DB_BLOB(hash, sizeof(hash)));
	return store_run(c->store, SQL_VOUCHER_ADD, a.v, NULL);
}

static enum err
add_all(struct call *c, const struct voucher_batch *b, struct voucher *v)
{
	enum err e;

	if ((e = store_run(c->store, SQL_BATCH_ADD,
		 DB_ARGS(DB_TEXT(b->id.s), DB_TEXT(b->name), DB_TEXT(b->plan.s),
		     DB_INT(b->size), DB_TEXT(b->made_by), DB_INT(b->created)),
		 NULL)))
		return e;
	for (int i = 1; i <= b->size; i++) {
		v->serial = i;
		if ((e = add(c, v)))
			return e;
	}
	return ERR_OK;
}

static enum err
ready(struct call *c, const struct voucher_order *o, int64_t size,
    struct voucher_batch *b, struct voucher *v)
{
	enum err e;

	*b = (struct voucher_batch){.id = uid_new(),
	    .plan = o->plan,
	    .size = size,
	    .left = size,
	    .created = c->now};
	*v = (struct voucher){.plan = o->plan,
	    .batch = b->id,
	    .state = VOUCHER_OPEN,
	    .arrival = o->arrival,
	    .departure = o->departure,
	    .uses_max = o->uses ? o->uses : 1,
	    .created = c->now,
	    .version = 1};
	if (size < 1 || size > VOUCHERS_BATCH)
		return why_set(&c->why, ERR_BAD_INPUT, "count",
		    "A batch has 1 to %d vouchers.", VOUCHERS_BATCH);
	text_copy(b->made_by, sizeof(b->made_by), c->actor.id.s);
	text_copy(v->made_by, sizeof(v->made_by), c->actor.id.s);
	if ((e = vouchers_fill(c, o, v)))
		return e;
	text_copy(b->name, sizeof(b->name), v->name);
	v->name[0] = '\0'; /* of a guest: there is none yet */
	return act_name(c, b->name, "name", false);
}

enum err
vouchers_batch(struct call *c, const struct voucher_order *o, int64_t size,
    struct voucher_batch *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct voucher v;
	struct plan p;
	enum err e;

	if ((e = act_need_desk(c, ACT_STAFF, &o->plan)) ||
	    (e = ready(c, o, size, out, &v)) || (e = act_begin(c, &tx)))
		return e;
	e = row_get(c->store, &plan_rows, &o->plan, &p);
	if (e == ERR_NOT_FOUND)
		return why_set(
		    &c->why, ERR_BAD_INPUT, "plan", "There is no such plan.");
	detail_text(&d, "name", out->name);
	detail_int(&d, "count", size);
	if (e || (e = add_all(c, out, &v)) ||
	    (e = act_record(c, "voucher.batch", NOUN_PASS, &out->id, &d)))
		return e;
	return act_end(c, &tx);
}

/* --- looking ---------------------------------------------------------------
 */

static enum err
read_batch(const struct db_rows *r, struct voucher_batch *b)
{
	*b = (struct voucher_batch){.size = db_int(r, 3),
	    .created = db_int(r, 5),
	    .left = db_int(r, 6),
	    .redeemed = db_int(r, 7)};
	text_copy(b->name, sizeof(b->name), db_text(r, 1));
	text_copy(b->made_by, sizeof(b->made_by), db_text(r, 4));
	return uid_parse(db_text(r, 0), &b->id) &&
		       uid_parse(db_text(r, 2), &b->plan)
		   ? ERR_OK
		   : ERR_CORRUPT;
}

enum err
vouchers_batches(struct call *c, struct voucher_batch **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct voucher_batch *b;
	void *list = NULL;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_DESK | 1 << ROLE_AUDITOR)) ||
	    (e = db_query(c->store->db, SQL_BATCH_ALL,
		 DB_ARGS(DB_INT(c->now), DB_TEXT(act_desk(c, ACT_READ))), &r)))
		return e;
	while (db_next(&r)) {
		if ((b = row_more(c->arena, &list, n, sizeof(*b))) == NULL)
			return ERR_NO_MEMORY;
		if ((e = read_batch(&r, b)))
			return e;
	}
	*out = list;
	return db_end(&r);
}

enum err
vouchers_batch_find(struct call *c, const char *text, struct voucher_batch *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct uid id;
	enum err e;

	if ((e = act_need(c, ACT_DESK | 1 << ROLE_AUDITOR)) ||
	    (e = db_query(c->store->db,
		 uid_parse(text, &id) ? SQL_BATCH_GET : SQL_BATCH_CALLED,
		 DB_ARGS(DB_INT(c->now), DB_TEXT(text)), &r)))
		return e;
	if (!db_next(&r)) {
		e = db_end(&r);
		return e ? e : ERR_NOT_FOUND;
	}
	if ((e = read_batch(&r, out)) ||
	    (e = act_need_desk(c, ACT_READ, &out->plan)))
		*out = (struct voucher_batch){.size = 0};
	return e;
}

enum err
vouchers_of_batch(
    struct call *c, const struct uid *id, struct voucher **out, size_t *n)
{
	struct voucher_batch b;
	enum err e = vouchers_batch_find(c, id->s, &b);

	*out = NULL;
	*n = 0;
	return e ? e
		 : row_list(c->store, &voucher_rows, SQL_VOUCHER_OF_BATCH,
		       DB_ARGS(DB_TEXT(id->s)), c->arena, out, n);
}

/* --- ending and printing -----------------------------------------------------
 */

enum err
vouchers_batch_end(struct call *c, const struct uid *id, int64_t *n)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct voucher_batch b;
	enum err e;

	*n = 0;
	if ((e = act_need(c, ACT_DESK)) || (e = act_begin(c, &tx)) ||
	    (e = vouchers_batch_find(c, id->s, &b)) ||
	    (e = store_run(
		 c->store, SQL_VOUCHER_BATCH_END, DB_ARGS(DB_TEXT(id->s)), n)))
		return e;
	detail_text(&d, "name", b.name);
	detail_int(&d, "count", *n);
	if ((e = act_record(c, "voucher.withdraw", NOUN_PASS, id, &d)))
		return e;
	return act_end(c, &tx);
}

static bool
open_now(const struct call *c, const struct voucher *v)
{
	return v->state == VOUCHER_OPEN && !uid_is_none(&v->batch) &&
	       (v->departure == 0 || v->departure > c->now);
}

static enum err
hand_out(struct call *c, struct voucher *v, struct secret *code)
{
	enum err e;

	v->prints++;
	v->printed_at = c->now;
	v->version++;
	if ((e = store_run(c->store, SQL_VOUCHER_PRINTED,
		 DB_ARGS(DB_TEXT(v->id.s), DB_INT(c->now)), NULL)))
		return e;
	return code_for(c, &v->id, code);
}

enum err
vouchers_codes(struct call *c, struct voucher *v, size_t n, const char *act,
    struct secret *code)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	int64_t count = 0;
	enum err e;

	for (size_t i = 0; i < n; i++)
		code[i] = SECRET_NONE;
	if ((e = act_need(c, ACT_DESK)) || (e = act_begin(c, &tx)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if (!open_now(c, &v[i]))
			continue;
		if ((e = act_need_desk(c, ACT_STAFF, &v[i].plan)) ||
		    (e = hand_out(c, &v[i], &code[i])))
			return e;
		count++;
	}
	if (count == 0)
		return why_set(&c->why, ERR_BAD_STATE, "",
		    "None of these vouchers is open.");
	detail_text(&d, "act", act);
	detail_int(&d, "count", count);
	detail_int(&d, "first", v[0].serial);
	if ((e = act_record(c, "voucher.print", NOUN_PASS, &v[0].batch, &d)))
		return e;
	return act_end(c, &tx);
}
