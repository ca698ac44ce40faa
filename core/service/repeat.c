#include "core/service/repeat.h"

#include <stdlib.h>
#include <string.h>

#include "core/crypt/hash.h"
#include "core/crypt/seal.h"
#include "core/model/bounds.h"
#include "core/service/act.h"

_Static_assert(
    (int)REPEAT_HASH == (int)HASH_LEN, "a request's hash is SHA-256");

/* The status of what was done but not answered yet. */
enum { DONE = 1 };

#define PLACE(o)                                                               \
	((const struct seal_place){.table = "idempotency",                     \
	    .row = (o)->token.s,                                               \
	    .column = (o)->name,                                               \
	    .generation = 1})

static enum err
answered(struct call *c, const struct once *o, const void *sealed, size_t n,
    struct buf *answer)
{
	OWN(mem) uint8_t *plain = NULL;
	size_t len = 0;
	enum err e;

	if (n < SEAL_OVERHEAD || (plain = malloc(n)) == NULL)
		return n < SEAL_OVERHEAD ? ERR_CORRUPT : ERR_NO_MEMORY;
	if ((e = seal_open(c->ring, &PLACE(o), sealed, n, plain, &len)))
		return e;
	buf_add(answer, plain, len);
	secret_wipe(plain, len);
	return answer->err;
}

/* From one who took it at WAS and has done nothing since. A clock that was far
 * ahead must not hold a name for years. */
static enum err
take_over(struct call *c, const struct once *o, int64_t was)
{
	int64_t changed = 0;
	enum err e = ERR_OK;

	if (was <= o->taken - REPEAT_HELD || was > o->taken + REPEAT_HELD)
		e = store_run(c->store, SQL_IDEMPOTENCY_AGAIN,
		    DB_ARGS(DB_TEXT(o->token.s), DB_TEXT(o->name), DB_INT(was),
			DB_INT(o->taken)),
		    &changed);
	if (e || changed)
		return e;
	return why_set(&c->why, ERR_BAD_STATE, "",
	    "The first request of this Idempotency-Key is still being "
	    "answered.");
}

static enum err
known(struct call *c, const struct once *o,
    const uint8_t request[static REPEAT_HASH], int *status, struct buf *answer)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const void *was, *sealed;
	int64_t taken;
	size_t n;
	enum err e;

	if ((e = db_one(c->store->db, SQL_IDEMPOTENCY_GET,
		 DB_ARGS(DB_TEXT(o->token.s), DB_TEXT(o->name)), &r)))
		return e;
	was = db_blob(&r, 0, &n);
	if (n != REPEAT_HASH || !secret_equal(was, request, REPEAT_HASH))
		return why_set(
		    &c->why, ERR_REUSED, "", "%s", err_words(ERR_REUSED));
	*status = (int)db_int(&r, 1);
	taken = db_int(&r, 3);
	if (*status > DONE) {
		sealed = db_blob(&r, 2, &n);
		return answered(c, o, sealed, n, answer);
	}
	if (*status == DONE)
		return why_set(&c->why, ERR_EXISTS, "",
		    "This request was carried out, but its answer was lost. "
		    "Look for what it made.");
	return (e = db_end(&r)) ? e : take_over(c, o, taken);
}

enum err
repeat_take(struct call *c, struct once *o,
    const uint8_t request[static REPEAT_HASH], int *status, struct buf *answer)
{
	enum err e;

	*status = 0;
	o->token = c->actor.id;
	o->taken = c->now;
	e = store_run(c->store, SQL_IDEMPOTENCY_ADD,
	    DB_ARGS(DB_TEXT(o->token.s), DB_TEXT(o->name),
		DB_BLOB(request, REPEAT_HASH), DB_BLOB("", 0),
		DB_INT(o->taken)),
	    NULL);
	if (e == ERR_EXISTS)
		e = known(c, o, request, status, answer);
	if (e == ERR_OK && *status == 0)
		c->once = o;
	return e;
}

enum err
repeat_done(struct call *c)
{
	const struct once *o = c->once;
	int64_t changed = 0;
	enum err e = store_run(c->store, SQL_IDEMPOTENCY_DONE,
	    DB_ARGS(DB_TEXT(o->token.s), DB_TEXT(o->name), DB_INT(o->taken),
		DB_INT(DONE)),
	    &changed);

	if (e || changed)
		return e;
	return why_set(&c->why, ERR_BUSY, "",
	    "This request was sent again in the meantime.");
}

enum err
repeat_keep(struct call *c, int status, const struct buf *answer)
{
	OWN(mem) uint8_t *sealed = NULL;
	const struct once *o = c->once;
	enum err e;

	c->once = NULL;
	if (answer->len > API_ANSWER_MAX)
		return ERR_TOO_BIG; /* and stays marked as done */
	if ((sealed = malloc(SEAL_LEN(answer->len))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = seal(
		 c->ring, &PLACE(o), buf_str(answer), answer->len, sealed)))
		return e;
	return store_run(c->store, SQL_IDEMPOTENCY_SET,
	    DB_ARGS(DB_TEXT(o->token.s), DB_TEXT(o->name), DB_INT(o->taken),
		DB_INT(status), DB_BLOB(sealed, SEAL_LEN(answer->len))),
	    NULL);
}

void
repeat_drop(struct call *c)
{
	const struct once *o = c->once;

	c->once = NULL;
	(void)!store_run(c->store, SQL_IDEMPOTENCY_DROP,
	    DB_ARGS(DB_TEXT(o->token.s), DB_TEXT(o->name), DB_INT(o->taken)),
	    NULL);
}
