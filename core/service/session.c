#include "core/service/session.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/crypt/token.h"
#include "core/service/act.h"
#include "core/service/sealed.h"

enum { ID_TOKEN_MAX = 16384, REFRESH = 60 };

static bool
person_may_sign_in(const struct person *p)
{
	return p->state != PERSON_ENDED;
}

/* What a session is opened with. */
struct opening {
	const char *provider, *sid, *id_token;
	int64_t auth_at;
};

static enum err
insert(struct call *c, const struct uid *id, const struct uid *person,
    const struct opening *o, const struct secret *token)
{
	uint8_t sealed[SEAL_LEN(ID_TOKEN_MAX)], hash[TOKEN_HASH];
	size_t len = strlen(o->id_token);
	enum err e;

	if (len > ID_TOKEN_MAX)
		len = 0; /* only a hint: sign-out works without it */
	if ((e = token_hash(secret_text(token), hash)) ||
	    (len && (e = seal(c->ring, &SEALED_ID_TOKEN(id->s), o->id_token,
			 len, sealed))))
		return e;
	return store_run(c->store, SQL_SESSION_ADD,
	    DB_ARGS(DB_TEXT(id->s), DB_BLOB(hash, sizeof(hash)),
		DB_TEXT(person->s), DB_TEXT(o->provider), DB_TEXT(o->sid),
		DB_BLOB(sealed, len ? SEAL_LEN(len) : 0),
		DB_TEXT(c->actor.from), DB_INT(c->now), DB_INT(o->auth_at)),
	    NULL);
}

/* Inside a transaction. */
static enum err
open_for(struct call *c, const struct person *who, const struct opening *o,
    struct secret *token)
{
	OWN(buf) struct buf d = DETAIL;
	struct uid id = uid_new();
	enum err e;

	if (!person_may_sign_in(who))
		return ERR_FORBIDDEN;
	token_new(token);
	detail_text(&d, "person", who->id.s);
	detail_text(&d, "provider", o->provider);
	if ((e = insert(c, &id, &who->id, o, token)))
		return e;
	return act_record(c, "session.open", NOUN_SESSION, &id, &d);
}

enum err
session_open(struct call *c, const struct uid *person, const char *provider,
    const char *provider_sid, const char *id_token, int64_t auth_at,
    struct secret *token)
{
	OWN(tx) struct tx tx = TX_NONE;
	const struct opening o = {provider, provider_sid, id_token, auth_at};
	struct person p;
	enum err e;

	*token = SECRET_NONE;
	if (strlen(provider) > 63 || strlen(provider_sid) > 255)
		return ERR_BAD_INPUT;
	if ((e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &person_rows, person, &p)) ||
	    (e = open_for(c, &p, &o, token)) || (e = act_end(c, &tx)))
		secret_own(token);
	return e;
}

enum err
session_open_by_link(
    struct call *c, const struct person *who, struct secret *token)
{
	const struct opening o = {"", "", "", c->now};

	return open_for(c, who, &o, token);
}

static enum err
look_up(
    struct call *c, const uint8_t hash[static TOKEN_HASH], struct session *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int at = 6;
	enum err e;

	if ((e = db_one(c->store->db, SQL_SESSION_FIND,
		 DB_ARGS(DB_BLOB(hash, TOKEN_HASH)), &r)) ||
	    (e = row_read(&person_rows, &r, &at, &out->who)))
		return e;
	if (!uid_parse(db_text(&r, 0), &out->id))
		return ERR_CORRUPT;
	out->person = out->who.id;
	text_copy(out->provider, sizeof(out->provider), db_text(&r, 1));
	if (out->provider[0] == '\0') /* by mail: only what is one's own */
		out->who.roles &= 1 << ROLE_PERSON;
	text_copy(out->provider_sid, sizeof(out->provider_sid), db_text(&r, 2));
	out->created = db_int(&r, 3);
	out->last_used = db_int(&r, 4);
	out->auth_at = db_int(&r, 5);
	return ERR_OK;
}

/* A clock that was set back must not make a session last. */
static bool
alive(const struct session *s, const struct session_limits *l, int64_t now)
{
	return now < s->created + l->absolute && now < s->last_used + l->idle &&
	       now > s->created - l->absolute && person_may_sign_in(&s->who);
}

enum err
session_find(struct call *c, const char *token,
    const struct session_limits *limits, struct session *out)
{
	uint8_t hash[TOKEN_HASH];
	enum err e;

	*out = (struct session){0};
	if ((e = token_sought(token, hash)))
		return e;
	if ((e = look_up(c, hash, out)) == ERR_OK &&
	    !alive(out, limits, c->now))
		e = ERR_NOT_FOUND;
	if (e) {
		*out = (struct session){0};
		return e;
	}
	if (c->now - out->last_used < REFRESH)
		return ERR_OK;
	/* a store that cannot write must not sign people out */
	if (store_run(c->store, SQL_SESSION_USED,
		DB_ARGS(DB_TEXT(out->id.s), DB_INT(c->now)), NULL) == ERR_OK)
		out->last_used = c->now;
	return ERR_OK;
}

static enum err
read_id_token(struct call *c, const struct uid *id, char **out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const void *sealed;
	size_t len;
	enum err e;

	if ((e = db_one(
		 c->store->db, SQL_SESSION_TOKEN, DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	sealed = db_blob(&r, 0, &len);
	if ((*out = arena_get(c->arena, len + 1)) == NULL)
		return ERR_NO_MEMORY;
	if (len && seal_open(c->ring, &SEALED_ID_TOKEN(id->s), sealed, len,
		       *out, &len) != ERR_OK)
		(*out)[0] = '\0';
	else
		(*out)[len] = '\0';
	return ERR_OK;
}

enum err
session_close(struct call *c, const struct uid *session, char **id_token)
{
	OWN(tx) struct tx tx = TX_NONE;
	char *hint = NULL;
	enum err e;

	if (id_token)
		*id_token = NULL;
	if ((e = act_begin(c, &tx)) || (e = read_id_token(c, session, &hint)) ||
	    (e = store_run(c->store, SQL_SESSION_END,
		 DB_ARGS(DB_TEXT(session->s)), NULL)) ||
	    (e = act_record(c, "session.close", NOUN_SESSION, session, NULL)) ||
	    (e = act_end(c, &tx)))
		return e;
	if (id_token)
		*id_token = hint;
	return ERR_OK;
}

static enum err
close_many(struct call *c, enum sql sql, const struct db_arg *args,
    const char *act, const struct uid *id, const char *why, size_t *ended)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	int64_t n;
	enum err e;

	*ended = 0;
	if ((e = act_begin(c, &tx)) || (e = store_run(c->store, sql, args, &n)))
		return e;
	if (n == 0)
		return ERR_OK;
	detail_int(&d, "ended", n);
	detail_text(&d, "of", why);
	if ((e = act_record(c, act, id ? NOUN_PERSON : NOUN_SESSION, id, &d)) ||
	    (e = act_end(c, &tx)))
		return e;
	*ended = (size_t)n;
	return ERR_OK;
}

enum err
session_close_person(struct call *c, const struct uid *person, size_t *ended)
{
	*ended = 0;
	if (!act_is(c, person) && act_need(c, ACT_STAFF) != ERR_OK)
		return ERR_NOT_FOUND;
	return close_many(c, SQL_SESSION_END_PERSON,
	    DB_ARGS(DB_TEXT(person->s)), "session.close-all", person, "",
	    ended);
}

enum err
session_close_provider(struct call *c, const char *issuer, const char *subject,
    const char *sid, size_t *ended)
{
	*ended = 0;
	if (issuer[0] == '\0' || (subject[0] == '\0' && sid[0] == '\0'))
		return ERR_BAD_INPUT;
	return close_many(c, SQL_SESSION_END_PROVIDER,
	    DB_ARGS(DB_TEXT(issuer), DB_TEXT(subject), DB_TEXT(sid)),
	    "session.close-provider", NULL, issuer, ended);
}

void
session_csrf(
    const struct ring *ring, const struct uid *session, char out[static 44])
{
	uint8_t mac[HASH_LEN] = {0};

	out[0] = '\0';
	if (hash_hmac(ring_key(ring, RING_CSRF), RING_KEY,
		HASH_PARTS({session->s, UID_LEN}), mac) == ERR_OK)
		text_to_b64url(mac, sizeof(mac), out);
}
