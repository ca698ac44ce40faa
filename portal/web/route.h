/*
 * route.h - which handler answers which path, for whom, behind which guards
 *
 * routes.def is the one table: routing, guards, lanes and the tests of all
 * three come from it. A pattern is literal but for {id} (the id of a noun),
 * {word} (a-z 0-9 _ -, at most 64), {token} (base64url, at most 86), {urn}
 * (at most 200) and {own} (A-Z a-z 0-9 . _ ~ : @ + -, at most 64); what stood
 * there is in request->args, in order.
 */
#pragma once

#include "portal/web/http.h"
#include "portal/web/page.h"

enum who {
	ANYONE,
	PERSON, /* signed in */
	DESK,
	OPERATOR,
	AUDITOR,
	ADMIN,
	TOKEN, /* a machine with a token; its scope is in the guards */
};

enum guard {
	CSRF = 1,       /* the token of the session, and our own origin */
	THROTTLE = 2,   /* bounded tries per address */
	FRESH = 4,      /* signed in not long ago (O-41) */
	SLOW = 8,       /* waits for others: the slow lane */
	UPLOAD = 16,    /* a large body */
	AT_ONCE = 32,   /* needs neither store nor session */
	NO_TERMS = 64,  /* also before the terms are accepted */
	MACHINE = 128,  /* a POST of another server: no cookie, no token */
	ANY_HOST = 256, /* whatever Host says */
	OURS = 512,     /* a POST without a session: our own origin */
};

/* The scopes that let a token through, beside the guards. */
#define ROUTE_SCOPE(scope) (1 << ((scope) + 16))

struct route {
	enum http_method method;
	const char *pattern;
	page_handler *handler;
	const char *name;
	enum who who;
	int guards;
};

extern const struct route routes[];
extern const size_t routes_count;

/* The route of METHOD (HEAD is GET) and PATH; ARGS in A (may both be NULL).
 * NULL when there is none; ALLOWED then holds the methods this path has. */
const struct route *route_find(enum http_method method, const char *path,
    struct arena *a, const char **args, int *allowed);

/* PATH when it is a page of ours one may be sent to after signing in,
 * otherwise "/" (O-25). */
const char *route_return(const char *path);

/* All handlers. */
#define ROUTE(method, pattern, handler, who, guards)                           \
	enum err handler(struct page *p);
#include "portal/web/routes.def"
#undef ROUTE
