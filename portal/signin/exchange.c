#include "portal/signin/exchange.h"

#include <string.h>
#include <strings.h>

#include "core/net/url.h"
#include "portal/signin/assertion.h"
#include "portal/signin/strict.h"

enum { FORM_MAX = 32 * 1024 };

/* RFC 6749 2.3.1: each is form-encoded before it goes into Basic. */
static const char *
encoded(struct turn *t, const char *text)
{
	OWN(buf) struct buf b = BUF(2048);

	url_escape(&b, text);
	return b.err == ERR_OK ? arena_text(t->a, buf_str(&b)) : NULL;
}

static enum err
prove(struct turn *t, const struct metadata *m, struct fetch_call *call,
    struct buf *form)
{
	const struct conf_provider *c = t->p->conf;
	const char *jwt;
	enum err e;

	if (strcmp(c->auth_method, "client_secret_basic") == 0) {
		call->user = encoded(t, c->client_id);
		call->password = encoded(t, secret_text(&t->p->secret));
		return call->user == NULL || call->password == NULL
			   ? ERR_NO_MEMORY
			   : ERR_OK;
	}
	url_field(form, "client_id", c->client_id);
	if (strcmp(c->auth_method, "client_secret_post") == 0)
		url_field(form, "client_secret", secret_text(&t->p->secret));
	if (strcmp(c->auth_method, "private_key_jwt") == 0) {
		if ((e = assertion_make(t->p->key, c->key_id, c->client_id,
			 m->token, t->now, t->a, &jwt)))
			return e;
		url_field(form, "client_assertion_type", ASSERTION_TYPE);
		url_field(form, "client_assertion", jwt);
	}
	return ERR_OK;
}

static enum err
read_answer(struct turn *t, const struct fetch_reply *r, struct exchange *out)
{
	OWN(json) json_t *j = strict_object(buf_str(&r->body), r->body.len);
	const char *error = strict_text(j, "error", 100);
	const char *type = strict_text(j, "token_type", 32);
	const char *id = strict_text(j, "id_token", TURN_TOKEN_MAX);
	const char *access = strict_text(j, "access_token", TURN_TOKEN_MAX);
	const char *more;

	if (r->status != 200)
		return turn_refuse(t->why, ERR_PROVIDER, "token",
		    "status %d %s", r->status, error == NULL ? "" : error);
	if (j == NULL || strcmp(r->type, "application/json") != 0)
		return turn_refuse(
		    t->why, ERR_PROVIDER, "token", "not JSON: %s", r->type);
	if (id == NULL || access == NULL)
		return turn_refuse(t->why, ERR_PROVIDER, "token",
		    "no %s of acceptable size",
		    id == NULL ? "id_token" : "access_token");
	if (type == NULL || strcasecmp(type, "Bearer") != 0)
		return turn_refuse(t->why, ERR_PROVIDER, "token", "token_type");
	out->id_token = arena_text(t->a, id);
	out->access_token = arena_text(t->a, access);
	more = strict_text(j, "refresh_token", TURN_TOKEN_MAX);
	out->refresh_token = more ? arena_text(t->a, more) : NULL;
	return out->id_token == NULL || out->access_token == NULL
		   ? ERR_NO_MEMORY
		   : ERR_OK;
}

/* Sends FORM with our proof. */
static enum err
ask(struct turn *t, const struct metadata *m, struct buf *form,
    struct fetch_reply *r)
{
	struct fetch_call call = {
	    .url = m->token,
	    .headers = {"Accept: application/json"},
	    .type = "application/x-www-form-urlencoded",
	};
	enum err e;

	if ((e = prove(t, m, &call, form)))
		return e;
	if (form->err != ERR_OK)
		return form->err;
	call.body = form->p;
	call.body_len = form->len;
	return turn_ask(t, "token", &call, r);
}

enum err
exchange_code(struct turn *t, const struct metadata *m, const char *code,
    const char *verifier, struct exchange *out)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	OWN(buf) struct buf form = BUF(FORM_MAX);
	const char *back = signin_redirect_uri(t->s, t->p->conf->slug, t->a);
	enum err e;

	if (back == NULL)
		return ERR_NO_MEMORY;
	url_field(&form, "grant_type", "authorization_code");
	url_field(&form, "code", code);
	url_field(&form, "redirect_uri", back);
	url_field(&form, "code_verifier", verifier);
	if ((e = ask(t, m, &form, &r)))
		return e;
	return read_answer(t, &r, out);
}

/* RFC 6749 5.2: only invalid_grant is about the person. */
enum err
exchange_refresh(struct turn *t, const struct metadata *m, const char *token,
    const char **next)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	OWN(buf) struct buf form = BUF(FORM_MAX);
	OWN(json) json_t *j = NULL;
	const char *error, *more;
	enum err e;

	*next = NULL;
	url_field(&form, "grant_type", "refresh_token");
	url_field(&form, "refresh_token", token);
	if ((e = ask(t, m, &form, &r)))
		return e;
	j = strict_object(buf_str(&r.body), r.body.len);
	error = strict_text(j, "error", 100);
	if (r.status == 400 && error && strcmp(error, "invalid_grant") == 0)
		return ERR_FORBIDDEN;
	if (r.status != 200 ||
	    strict_text(j, "access_token", TURN_TOKEN_MAX) == NULL)
		return turn_refuse(t->why, ERR_PROVIDER, "token",
		    "status %d %s", r.status, error ? error : "");
	more = strict_text(j, "refresh_token", TURN_TOKEN_MAX);
	if (more && (*next = arena_text(t->a, more)) == NULL)
		return ERR_NO_MEMORY;
	return ERR_OK;
}
