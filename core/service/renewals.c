#include "core/service/renewals.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/recheck.h"
#include "core/service/sealed.h"

void
renewal_own(struct renewal *r)
{
	secret_wipe(r->token.text, sizeof(r->token.text));
}

static enum err
put(struct call *c, const struct uid *person, const char *provider,
    const char *token, int64_t due)
{
	uint8_t sealed[SEAL_LEN(RENEWALS_TOKEN_MAX)];
	size_t len = strlen(token);
	enum err e;

	if (len == 0 || len > RENEWALS_TOKEN_MAX)
		return store_run(c->store, SQL_RENEWAL_DROP,
		    DB_ARGS(DB_TEXT(person->s)), NULL);
	e = seal(c->ring, &SEALED_RENEWAL(person->s), token, len, sealed);
	return e ? e
		 : store_run(c->store, SQL_RENEWAL_PUT,
		       DB_ARGS(DB_TEXT(person->s), DB_TEXT(provider),
			   DB_BLOB(sealed, SEAL_LEN(len)), DB_INT(due)),
		       NULL);
}

enum err
renewals_keep(struct call *c, const struct uid *person, const char *provider,
    const char *token, int64_t due)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = put(c, person, provider, token, due)))
		return e;
	return act_end(c, &tx);
}

static enum err
read_row(struct call *c, const struct db_rows *r, struct renewal *out)
{
	const void *sealed;
	size_t len;
	enum err e;

	if (!uid_parse(db_text(r, 0), &out->person))
		return ERR_CORRUPT;
	text_copy(out->provider, sizeof(out->provider), db_text(r, 1));
	out->version = db_int(r, 3);
	sealed = db_blob(r, 2, &len);
	if (len < SEAL_LEN(1) || len > SEAL_LEN(RENEWALS_TOKEN_MAX))
		return ERR_CORRUPT;
	e = seal_open(c->ring, &SEALED_RENEWAL(out->person.s), sealed, len,
	    out->token.text, &len);
	out->token.text[e ? 0 : len] = '\0';
	return e;
}

static enum err
one(struct call *c, enum sql sql, struct db_arg which, struct renewal *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(c->store->db, sql, DB_ARGS(which), &r);

	return e ? e : read_row(c, &r, out);
}

/* What does not open any more is forgotten; what cannot be opened now, for want
 * of memory or of the keeper, is looked at again after the lease. */
enum err
renewals_next(struct call *c, struct renewal *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e, read;

	*out = (struct renewal){.provider = ""};
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = act_begin(c, &tx)))
		return e;
	read = one(c, SQL_RENEWAL_DUE, DB_INT(c->now), out);
	if (read == ERR_NOT_FOUND || uid_is_none(&out->person))
		return read;
	e = read == ERR_CORRUPT ? store_run(c->store, SQL_RENEWAL_DROP,
				      DB_ARGS(DB_TEXT(out->person.s)), NULL)
				: store_run(c->store, SQL_RENEWAL_LEASE,
				      DB_ARGS(DB_TEXT(out->person.s),
					  DB_INT(c->now + RENEWALS_LEASE)),
				      NULL);
	if (e || (e = act_end(c, &tx)))
		return e;
	return read == ERR_CORRUPT ? ERR_NOT_FOUND : read;
}

/* Begins TX to change R. NOT_FOUND: it is not what is kept any more. VERSION is
 * that of the person. */
static enum err
still(struct call *c, const struct renewal *r, struct tx *tx, int64_t *version)
{
	OWN(renewal) struct renewal now = {.provider = ""};
	enum err e;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = act_begin(c, tx)) ||
	    (e = one(c, SQL_RENEWAL_GET, DB_TEXT(r->person.s), &now)))
		return e;
	*version = now.version;
	return strcmp(now.provider, r->provider) == 0 &&
		       strcmp(now.token.text, r->token.text) == 0
		   ? ERR_OK
		   : ERR_NOT_FOUND;
}

enum err
renewals_again(
    struct call *c, const struct renewal *r, const char *token, int64_t due)
{
	OWN(tx) struct tx tx = TX_NONE;
	int64_t version;
	enum err e;

	if ((e = still(c, r, &tx, &version)))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	if ((e = put(c, &r->person, r->provider, token, due)))
		return e;
	return act_end(c, &tx);
}

enum err
renewals_refused(struct call *c, const struct renewal *r)
{
	OWN(tx) struct tx tx = TX_NONE;
	int64_t version;
	enum err e;

	if ((e = still(c, r, &tx, &version)) || version != r->version)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	if ((e = store_run(c->store, SQL_RENEWAL_DROP,
		 DB_ARGS(DB_TEXT(r->person.s)), NULL)) ||
	    (e = recheck_now(c, &r->person)))
		return e;
	return act_end(c, &tx);
}
