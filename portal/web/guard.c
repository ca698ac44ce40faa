#include "portal/web/guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "core/service/tokens.h"
#include "portal/web/again.h"
#include "portal/web/client.h"
#include "portal/web/cookie.h"
#include "portal/web/route.h"
#include "portal/web/throttle.h"
#include "portal/web/vhost.h"

enum err
guard_session(struct page *p)
{
	const char *token =
	    cookie_get(request_header(p->rq, "cookie"), GUARD_COOKIE, p->arena);
	struct actor *a = &p->call.actor;
	enum err e;

	if (token == NULL)
		return ERR_OK;
	e = session_find(&p->call, token, &p->app->limits, &p->session);
	if (e == ERR_NOT_FOUND) {
		p->was_signed_in = true;
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	p->signed_in = true;
	a->kind = ACTOR_PERSON;
	a->id = p->session.person;
	a->roles = p->session.who.roles;
	text_copy(a->desk, sizeof(a->desk), p->session.who.desk);
	a->auth_at = p->session.auth_at;
	text_copy(a->name, sizeof(a->name), p->session.who.name);
	session_csrf(p->app->ring, &p->session.id, p->csrf);
	return ERR_OK;
}

static bool
same_host(const char *host, const char *ours)
{
	return strcasecmp(host, ours) == 0;
}

bool
guard_host(const struct page *p)
{
	const char *host = request_header(p->rq, "host");

	return host != NULL && vhost_ours(p->app->conf, host);
}

/* A request that changes something must come from a page of ours (W-12). */
static bool
own_origin(const struct page *p)
{
	const char *site = request_header(p->rq, "sec-fetch-site");
	const char *origin = request_header(p->rq, "origin");
	const struct conf_list *more = &p->app->conf->portal.hosts;

	if (site != NULL && strcmp(site, "same-origin") != 0)
		return false;
	if (origin == NULL)
		return true;
	if (strncmp(origin, "https://", 8) != 0)
		return false;
	if (strcasecmp(origin, p->app->origin) == 0)
		return true;
	for (size_t i = 0; i < more->n; i++)
		if (same_host(origin + 8, more->v[i]))
			return true;
	return false;
}

static bool
token_ok(const struct page *p)
{
	const char *sent = form_get(&p->form, "csrf");

	return p->signed_in && sent != NULL &&
	       strlen(sent) == strlen(p->csrf) &&
	       secret_equal(sent, p->csrf, strlen(p->csrf));
}

static bool
is_form(const struct request *rq)
{
	static const char want[] = "application/x-www-form-urlencoded";
	const char *type = request_header(rq, "content-type");

	return type != NULL && strncasecmp(type, want, sizeof(want) - 1) == 0;
}

static bool
is_multipart(const struct request *rq)
{
	const char *type = request_header(rq, "content-type");

	return type != NULL &&
	       strncasecmp(type, "multipart/form-data", 19) == 0;
}

/* What cannot be read has no token in it. */
static enum err
read_upload(struct page *p)
{
	enum err e = multipart_parse(request_header(p->rq, "content-type"),
	    p->rq->body, p->rq->body_len, p->arena, &p->form, &p->file);

	return e == ERR_BAD_INPUT ? ERR_NO_CSRF : e;
}

static enum err
read_form(struct page *p)
{
	if (p->rq->method != HTTP_POST)
		return ERR_OK;
	if (p->route->guards & UPLOAD && is_multipart(p->rq))
		return read_upload(p);
	if (!is_form(p->rq))
		return ERR_NO_CSRF;
	return form_parse(p->rq->body, p->rq->body_len, p->arena, &p->form);
}

int
guard_roles(enum who who)
{
	const int admin = 1 << ROLE_ADMIN, operator= 1 << ROLE_OPERATOR;

	switch (who) {
	case ANYONE:
	case PERSON:
		return 0;
	case DESK:
		return admin | operator| 1 << ROLE_DESK;
	case OPERATOR:
		return admin | operator;
	case AUDITOR:
		return admin | operator| 1 << ROLE_AUDITOR;
	case ADMIN:
	case TOKEN:
		return admin;
	}
	return admin;
}

static enum err
throttled(struct page *p)
{
	int wait;

	if ((p->route->guards & THROTTLE) == 0)
		return ERR_OK;
	wait = throttle_wait(p->app->throttle,
	    p->signed_in ? &p->session.person : NULL, client_address(p),
	    p->rq->now);
	if (wait == 0)
		return ERR_OK;
	reply_headerf(p->rp, "retry-after", "%d", wait);
	return ERR_THROTTLED;
}

/* Terms are accepted once, before anything else. */
static bool
terms_missing(const struct page *p)
{
	return p->signed_in && p->route->who != ANYONE &&
	       (p->route->guards & NO_TERMS) == 0 &&
	       accord_due(&p->app->accord, &p->session.who);
}

/* A form of ours that cannot be taken any more; E without anything typed. */
static enum err
too_late(struct page *p, enum again why, enum err e, bool *done)
{
	*done = again_page(p, why);
	return *done ? ERR_OK : e;
}

static enum err
known(struct page *p, bool *done)
{
	int roles = guard_roles(p->route->who);

	if (p->route->who == ANYONE)
		return ERR_OK;
	if (!p->signed_in && p->rq->method != HTTP_POST) {
		*done = true;
		return page_sign_in(p);
	}
	if (!p->signed_in)
		return too_late(p, AGAIN_SIGN_IN, ERR_UNKNOWN_CALLER, done);
	if (roles != 0 && (p->call.actor.roles & roles) == 0)
		return ERR_NOT_FOUND;
	return ERR_OK;
}

/* RFC 6750 2.1, and no other place: no query, no form, no cookie (W-31). */
static const char *
bearer(const struct page *p)
{
	const char *h = request_header(p->rq, "authorization");

	if (h == NULL || strncasecmp(h, "bearer ", 7) != 0)
		return NULL;
	return h + 7 + strspn(h + 7, " ");
}

static enum err
machine(struct page *p)
{
	int have = 0, wait;
	enum err e = tokens_use(&p->call, bearer(p), &p->token);

	if (e == ERR_NOT_FOUND) {
		reply_header(p->rp, "www-authenticate",
		    "Bearer realm=\"latchkey\", error=\"invalid_token\"");
		return ERR_UNKNOWN_CALLER;
	}
	if (e)
		return e;
	if ((wait = throttle_token(
		 p->app->throttle, &p->token.id, p->rq->now)) != 0) {
		reply_headerf(p->rp, "retry-after", "%d", wait);
		return ERR_THROTTLED;
	}
	if (tokens_scopes(p->token.scopes, &have) &&
	    ((have << 16) & p->route->guards) != 0)
		return ERR_OK;
	reply_header(p->rp, "www-authenticate",
	    "Bearer realm=\"latchkey\", error=\"insufficient_scope\"");
	return why_set(&p->call.why, ERR_FORBIDDEN, "",
	    "This token has none of the scopes that this needs.");
}

enum err
guard_check(struct page *p, bool *done)
{
	int guards = p->route->guards;
	enum err e;

	if (p->route->who == TOKEN)
		return machine(p);
	if ((e = throttled(p)))
		return e;
	if ((guards & (CSRF | OURS)) != 0 && !own_origin(p))
		return ERR_NO_CSRF;
	if ((e = read_form(p)) || (e = known(p, done)) || *done)
		return e;
	if ((guards & CSRF) != 0 && !token_ok(p))
		return too_late(p, AGAIN_RELOAD, ERR_NO_CSRF, done);
	if (terms_missing(p)) {
		*done = true;
		return page_go(p, "/terms");
	}
	if ((guards & FRESH) != 0 && !page_is_fresh(p)) {
		bool post = p->rq->method == HTTP_POST;

		*done = true;
		if (post && again_page(p, AGAIN_PROVE))
			return ERR_OK;
		return page_prove(p, post ? again_from(p) : p->rq->path);
	}
	return ERR_OK;
}
