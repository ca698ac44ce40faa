/*
 * signin.h - OpenID Connect, from "Sign in" to a proven identity
 *
 * Authorization code flow with PKCE S256, state, nonce and the `iss` answer
 * (OIDC Core 3.1, RFC 7636, RFC 9207). Every check of OIDC Core 3.1.3.7 is made
 * here, on the raw claims. Calls may wait for the provider: they belong in the
 * slow lane. No page and no store is known here.
 */
#pragma once

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/conf/conf.h"
#include "core/crypt/seal.h"

enum {
	SIGNIN_REASON = 64,
	SIGNIN_PENDING = 600, /* seconds a started sign-in may take */
	SIGNIN_GROUPS_MAX = 200,
};

/* Providers with their cached metadata and keys; shared by all threads. */
struct signin;

/* CONF and RING outlive it. No network yet. CONFIG with WHY for a provider
 * that can never work (a key file that is no key, say). */
MUST_USE enum err signin_open(const struct conf *conf, const struct ring *ring,
    struct signin **out, char why[static CONF_WHY]);
void signin_close(struct signin *s);

/* Why something was refused, for the audit: a word such as "nonce" or "alg",
 * and up to 200 characters of detail without secrets, escaped by the reader. */
struct signin_why {
	char reason[SIGNIN_REASON];
	char detail[256];
	/* set by the caller: clock_mono() when the request came, as it may have
	 * waited for its turn; 0: now */
	int64_t since;
};

/* A started sign-in: where to send the browser, and what it must bring back in
 * a cookie (sealed; holds state, nonce, verifier, slug, return target, time).
 * The cookie's name ends in a few characters of the state, so that several may
 * be pending (at most 4, O-20). */
struct signin_begun {
	const char *location;
	const char *cookie_name, *cookie_value;
};

/* FRESH asks for a new proof (prompt=login, max_age=0; O-41). RETURN_TO is a
 * path of ours, already checked. NOT_FOUND: no such provider. PROVIDER_DOWN,
 * PROVIDER: discovery failed or cannot be trusted. */
MUST_USE enum err signin_begin(struct signin *s, const char *slug,
    const char *return_to, bool fresh, int64_t now, struct arena *a,
    struct signin_begun *out, struct signin_why *why);

/* The redirect URI registered for a provider: public_url + fixed path. */
const char *
signin_redirect_uri(struct signin *s, const char *slug, struct arena *a);

struct signin_identity {
	const char *issuer, *subject, *name, *mail, *language;
	bool mail_verified;
	const char **groups;
	size_t ngroups;
	bool groups_known;  /* false: an overage marker (O-34) */
	const char *claims; /* all claims, JSON */
	const char *sid;    /* "" when none */
	const char *id_token;
	const char *refresh_token; /* NULL: the provider gave none */
	int64_t auth_at;
	const char *return_to;
};

/* The cookie a callback's `state` belongs to, by name; NULL when QUERY has no
 * single well-formed state. */
const char *signin_cookie_of(const char *query, struct arena *a);

/* The callback: QUERY as received and the value of that cookie (NULL when it
 * did not come). BAD_INPUT: state, duplicate parameters (no request leaves the
 * host, O-18, O-23). FORBIDDEN: the person or provider said no (`error=`).
 * PROVIDER: an answer that cannot be trusted. PROVIDER_DOWN: none in time.
 * Each state is redeemed at most once in this process (O-26). */
MUST_USE enum err signin_finish(struct signin *s, const char *slug,
    const char *query, const char *cookie, int64_t now, struct arena *a,
    struct signin_identity *out, struct signin_why *why);

/* Asks provider SLUG, by a refresh token it gave, whether the person is still
 * there. FORBIDDEN: no. Without an answer that can be trusted (PROVIDER,
 * PROVIDER_DOWN) nothing is known. *NEXT is the token for the next time, NULL:
 * the same. */
MUST_USE enum err
signin_renew(struct signin *s, const char *slug, const char *refresh_token,
    int64_t now, struct arena *a, const char **next, struct signin_why *why);

/* RP-initiated logout: the URL to send the browser to, or NULL when the
 * provider has no end_session_endpoint (or does not answer). */
const char *signin_logout_url(struct signin *s, const char *slug,
    const char *id_token, const char *return_url, struct arena *a);

/* Back-Channel Logout 1.0: checks LOGOUT_TOKEN of provider SLUG (O-30).
 * BAD_INPUT when anything is wrong. SUBJECT or SID may be "". */
struct signin_logout {
	const char *issuer, *subject, *sid, *jti;
};
MUST_USE enum err signin_backchannel(struct signin *s, const char *slug,
    const char *logout_token, int64_t now, struct arena *a,
    struct signin_logout *out, struct signin_why *why);

/* Nothing could be done about it: the provider may bring the token again. */
void signin_backchannel_undo(struct signin *s, const struct signin_logout *l);
