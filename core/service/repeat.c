#include "core/service/repeat.h"

#include <stdlib.h>
#include <string.h>

#include "core/crypt/hash.h"
#include "core/crypt/seal.h"
#include "core/service/act.h"

_Static_assert(
    (int)REPEAT_HASH == (int)HASH_LEN, "a request's hash is SHA-256");

#define PLACE(c, name)                                                         \
	((const struct seal_place){.table = "idempotency",                     \
	    .row = (c)->actor.id.s,                                            \
	    .column = (name),                                                  \
	    .generation = 1})

static enum err
known(struct call *c, const char *name,
    const uint8_t request[static REPEAT_HASH], int *status, struct buf *answer)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	OWN(mem) uint8_t *plain = NULL;
	const void *was, *sealed;
	size_t n, len = 0;
	enum err e;

	if ((e = db_one(c->store->db, SQL_IDEMPOTENCY_GET,
		 DB_ARGS(DB_TEXT(c->actor.id.s), DB_TEXT(name)), &r)))
		return e;
	was = db_blob(&r, 0, &n);
	if (n != REPEAT_HASH || !secret_equal(was, request, REPEAT_HASH))
		return why_set(
		    &c->why, ERR_REUSED, "", "%s", err_words(ERR_REUSED));
	if ((*status = (int)db_int(&r, 1)) == 0)
		return why_set(&c->why, ERR_BAD_STATE, "",
		    "The first request of this Idempotency-Key is still being "
		    "answered.");
	sealed = db_blob(&r, 2, &n);
	if (n < SEAL_OVERHEAD || (plain = malloc(n)) == NULL)
		return n < SEAL_OVERHEAD ? ERR_CORRUPT : ERR_NO_MEMORY;
	if ((e = seal_open(c->ring, &PLACE(c, name), sealed, n, plain, &len)))
		return e;
	buf_add(answer, plain, len);
	secret_wipe(plain, len);
	return answer->err;
}

enum err
repeat_take(struct call *c, const char *name,
    const uint8_t request[static REPEAT_HASH], int *status, struct buf *answer)
{
	enum err e;

	*status = 0;
	e = store_run(c->store, SQL_IDEMPOTENCY_ADD,
	    DB_ARGS(DB_TEXT(c->actor.id.s), DB_TEXT(name),
		DB_BLOB(request, REPEAT_HASH), DB_BLOB("", 0), DB_INT(c->now)),
	    NULL);
	return e == ERR_EXISTS ? known(c, name, request, status, answer) : e;
}

enum err
repeat_keep(
    struct call *c, const char *name, int status, const struct buf *answer)
{
	OWN(mem) uint8_t *sealed = malloc(SEAL_LEN(answer->len));
	enum err e;

	if (sealed == NULL)
		return ERR_NO_MEMORY;
	if ((e = seal(c->ring, &PLACE(c, name), buf_str(answer), answer->len,
		 sealed)))
		return e;
	return store_run(c->store, SQL_IDEMPOTENCY_SET,
	    DB_ARGS(DB_TEXT(c->actor.id.s), DB_TEXT(name), DB_INT(status),
		DB_BLOB(sealed, SEAL_LEN(answer->len))),
	    NULL);
}

void
repeat_drop(struct call *c, const char *name)
{
	(void)!store_run(c->store, SQL_IDEMPOTENCY_DROP,
	    DB_ARGS(DB_TEXT(c->actor.id.s), DB_TEXT(name)), NULL);
}
