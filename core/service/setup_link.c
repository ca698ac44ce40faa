/* The first administrator. */
#include <string.h>

#include "core/crypt/token.h"
#include "core/service/act.h"
#include "core/service/setup.h"

enum err
setup_link(struct call *c, int64_t seconds, struct secret *token)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	uint8_t hash[TOKEN_HASH];
	enum err e;

	*token = SECRET_NONE;
	if (c->actor.kind != ACTOR_CLI && c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	token_new(token);
	detail_int(&d, "seconds", seconds);
	if ((e = token_hash(secret_text(token), hash)) ||
	    (e = act_begin(c, &tx)) ||
	    (e = store_run(
		 c->store, SQL_SETUP_CLEAR, DB_ARGS(DB_INT(c->now)), NULL)) ||
	    (e = store_run(c->store, SQL_SETUP_ADD,
		 DB_ARGS(DB_BLOB(hash, sizeof(hash)), DB_INT(c->now),
		     DB_INT(c->now + seconds)),
		 NULL)) ||
	    (e = act_record(c, "setup.link", NOUN_STORE, NULL, &d)) ||
	    (e = act_end(c, &tx)))
		secret_own(token);
	return e;
}

static enum err
promote(struct call *c, const struct uid *person)
{
	int granted = 1 << ROLE_ADMIN | 1 << ROLE_PERSON;
	struct person p;
	enum err e;

	if ((e = row_get(c->store, &person_rows, person, &p)))
		return e;
	if (p.state != PERSON_ACTIVE)
		return ERR_SUSPENDED;
	if (strcmp(p.issuer, "local") == 0) /* who can come by mail only */
		return ERR_FORBIDDEN;
	p.roles |= granted;
	if ((e = store_run(c->store, SQL_PERSON_GRANT,
		 DB_ARGS(DB_TEXT(person->s), DB_INT(granted)), NULL)) ||
	    (e = row_set(c->store, &person_rows, &p, &p.version)))
		return e;
	return act_changed(c, "setup.redeem", NOUN_PERSON, person, NULL);
}

enum err
setup_redeem(struct call *c, const char *token, const struct uid *person)
{
	OWN(tx) struct tx tx = TX_NONE;
	uint8_t hash[TOKEN_HASH];
	int64_t taken;
	enum err e;

	if (!act_is(c, person) && act_need(c, ACT_ADMIN) != ERR_OK)
		return ERR_FORBIDDEN;
	if (token_hash(token, hash) != ERR_OK)
		return ERR_NOT_FOUND;
	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_SETUP_TAKE,
		 DB_ARGS(DB_BLOB(hash, sizeof(hash)), DB_INT(c->now)), &taken)))
		return e;
	if (taken != 1)
		return ERR_NOT_FOUND;
	if ((e = promote(c, person)))
		return e;
	return act_end(c, &tx);
}
