#include "core/service/tokens.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/crypt/token.h"
#include "core/service/act.h"

enum { PREFIX = sizeof(TOKENS_PREFIX) - 1, FRESH = 60 };

bool
tokens_scopes(const char *text, int *set)
{
	char word[16];
	enum scope s;

	for (*set = 0; *text != '\0';) {
		size_t n = strcspn(text, ", ");

		if (n >= sizeof(word))
			return false;
		text_copy(word, n + 1, text);
		if (n > 0 && !scope_parse(word, &s))
			return false;
		if (n > 0)
			*set |= 1 << s;
		text += n + (text[n] != '\0');
	}
	return true;
}

static void
scopes_text(int set, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (int s = 0; s <= SCOPE_SCIM; s++)
		if (set & 1 << s)
			at += (size_t)snprintf(out + at, size - at, "%s%s",
			    at ? "," : "", scope_text((enum scope)s));
}

/* The least that the services ask for what the scopes are about. */
static int
roles_of(int scopes)
{
	const int staff = 1 << SCOPE_PEOPLE | 1 << SCOPE_KEYS |
			  1 << SCOPE_REVEAL | 1 << SCOPE_SCIM;
	int roles = 0;

	if (scopes & (1 << SCOPE_SETUP | 1 << SCOPE_EXPORT))
		roles |= 1 << ROLE_ADMIN;
	if (scopes & staff)
		roles |= 1 << ROLE_OPERATOR;
	if (scopes & 1 << SCOPE_GUESTS)
		roles |= 1 << ROLE_DESK;
	if (scopes & (1 << SCOPE_READ | 1 << SCOPE_AUDIT))
		roles |= 1 << ROLE_AUDITOR;
	return roles;
}

static enum err
check(struct call *c, struct api_token *t)
{
	int scopes;
	enum err e;

	if ((e = act_name(c, t->name, "name", false)))
		return e;
	if (!tokens_scopes(t->scopes, &scopes) || scopes == 0)
		return why_set(&c->why, ERR_BAD_INPUT, "scopes",
		    "Give scopes: read, setup, people, keys, reveal, guests, "
		    "audit, export, scim.");
	scopes_text(scopes, t->scopes, sizeof(t->scopes));
	if ((scopes & 1 << SCOPE_SCIM) &&
	    (t->issuer[0] == '\0' || strcmp(t->issuer, "local") == 0))
		return why_set(&c->why, ERR_BAD_INPUT, "issuer",
		    "A token for SCIM needs the issuer whose people it "
		    "brings.");
	if (t->roles == 0)
		t->roles = roles_of(scopes);
	if (t->expires == 0)
		t->expires = c->now + TOKENS_USUAL;
	if (t->expires <= c->now || t->expires > c->now + TOKENS_LONGEST)
		return why_set(&c->why, ERR_BAD_INPUT, "expires",
		    "Give an end that is to come, within three years.");
	return ERR_OK;
}

static enum err
insert(struct call *c, const struct api_token *t, const struct secret *text)
{
	uint8_t hash[TOKEN_HASH];
	enum err e = token_hash(secret_text(text) + PREFIX, hash);

	if (e)
		return e;
	return store_run(c->store, SQL_TOKEN_ADD,
	    DB_ARGS(DB_TEXT(t->id.s), DB_TEXT(t->name), DB_TEXT(t->scopes),
		DB_TEXT(t->issuer), DB_INT(t->roles), DB_TEXT(t->made_by),
		DB_INT(t->created), DB_INT(t->expires),
		DB_BLOB(hash, sizeof(hash))),
	    NULL);
}

enum err
tokens_add(struct call *c, struct api_token *t, struct secret *text)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(secret) struct secret bare = SECRET_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	*text = SECRET_NONE;
	if ((e = act_need(c, ACT_ADMIN)) || (e = check(c, t)))
		return e;
	t->id = uid_new();
	text_copy(t->made_by, sizeof(t->made_by), c->actor.name);
	t->created = c->now;
	t->last_used = t->revoked = 0;
	t->version = 1;
	token_new(&bare);
	memcpy(text->b, TOKENS_PREFIX, PREFIX);
	memcpy(text->b + PREFIX, bare.b, bare.len + 1);
	text->len = PREFIX + bare.len;
	detail_text(&d, "name", t->name);
	detail_text(&d, "scopes", t->scopes);
	detail_int(&d, "roles", t->roles);
	detail_int(&d, "expires", t->expires);
	if ((e = act_begin(c, &tx)) || (e = insert(c, t, text)) ||
	    (e = act_record(c, "token.add", NOUN_TOKEN, &t->id, &d)) ||
	    (e = act_end(c, &tx)))
		secret_own(text);
	return e;
}

static enum err
read_row(const struct db_rows *r, struct api_token *t)
{
	*t = (struct api_token){0};
	if (!uid_parse(db_text(r, 0), &t->id))
		return ERR_CORRUPT;
	text_copy(t->name, sizeof(t->name), db_text(r, 1));
	text_copy(t->scopes, sizeof(t->scopes), db_text(r, 2));
	text_copy(t->issuer, sizeof(t->issuer), db_text(r, 3));
	t->roles = (int)db_int(r, 4);
	text_copy(t->made_by, sizeof(t->made_by), db_text(r, 5));
	t->created = db_int(r, 6);
	t->expires = db_int(r, 7);
	t->last_used = db_int(r, 8);
	t->revoked = db_int(r, 9);
	t->version = db_int(r, 10);
	return ERR_OK;
}

enum err
tokens_list(struct call *c, struct api_token **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL;
	struct api_token *t;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_ADMIN)) ||
	    (e = db_query(c->store->db, SQL_TOKEN_ALL, DB_NO_ARGS, &r)))
		return e;
	while (db_next(&r))
		if ((t = row_more(c->arena, &list, n, sizeof(*t))) == NULL)
			return ERR_NO_MEMORY;
		else if ((e = read_row(&r, t)))
			return e;
	*out = list;
	return db_end(&r);
}

static enum err
one(struct call *c, enum sql sql, struct db_arg key, struct api_token *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(c->store->db, sql, DB_ARGS(key), &r);

	return e ? e : read_row(&r, out);
}

static enum err
get(struct call *c, const struct uid *id, struct api_token *out)
{
	enum err e = act_need(c, ACT_ADMIN);

	*out = (struct api_token){0};
	return e ? e : one(c, SQL_TOKEN_GET, DB_TEXT(id->s), out);
}

enum err
tokens_revoke(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct api_token t;
	int64_t changed;
	enum err e;

	if ((e = get(c, id, &t)))
		return e;
	detail_text(&d, "name", t.name);
	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_TOKEN_REVOKE,
		 DB_ARGS(DB_TEXT(id->s), DB_INT(c->now)), &changed)))
		return e;
	if (!changed)
		return why_set(&c->why, ERR_BAD_STATE, "",
		    "This token was revoked before.");
	if ((e = act_record(c, "token.revoke", NOUN_TOKEN, id, &d)))
		return e;
	return act_end(c, &tx);
}

static void
act_as(struct call *c, const struct api_token *t)
{
	c->actor.kind = ACTOR_TOKEN;
	c->actor.id = t->id;
	c->actor.roles = t->roles;
	c->actor.auth_at = 0;
	text_copy(c->actor.name, sizeof(c->actor.name), t->name);
}

enum err
tokens_use(struct call *c, const char *text, struct api_token *out)
{
	uint8_t hash[TOKEN_HASH];
	enum err e;

	*out = (struct api_token){0};
	if (text == NULL || strncmp(text, TOKENS_PREFIX, PREFIX) != 0)
		return ERR_NOT_FOUND;
	if ((e = token_sought(text + PREFIX, hash)))
		return e;
	e = one(c, SQL_TOKEN_FIND, DB_BLOB(hash, sizeof(hash)), out);
	if (e == ERR_OK && (out->revoked != 0 || c->now >= out->expires ||
			       c->now < out->created - FRESH))
		e = ERR_NOT_FOUND;
	if (e) {
		*out = (struct api_token){0};
		return e;
	}
	act_as(c, out);
	/* a store that cannot write still reads */
	if (c->now - out->last_used >= FRESH &&
	    store_run(c->store, SQL_TOKEN_USED,
		DB_ARGS(DB_TEXT(out->id.s), DB_INT(c->now)), NULL) == ERR_OK)
		out->last_used = c->now;
	return ERR_OK;
}
