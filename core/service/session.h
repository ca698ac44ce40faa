/*
 * session.h - browser sessions of the portal
 *
 * The cookie holds a 256-bit token; the store holds its SHA-256.
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/call.h"

struct session {
	struct uid id; /* for lists and the audit; not the token */
	struct uid person;
	struct person who;      /* as of now: state and roles are fresh */
	char provider[64];      /* configuration name; "": by a link (links.h),
				 * and then of no role but person */
	char provider_sid[256]; /* OIDC sid, for back-channel logout */
	int64_t created, last_used, auth_at;
};

struct session_limits {
	int64_t idle, absolute; /* seconds */
};

/* Always a fresh token (O-27). ID_TOKEN, sealed at rest, is the hint for
 * RP-initiated logout; "" when none. */
MUST_USE enum err session_open(struct call *c, const struct uid *person,
    const char *provider, const char *provider_sid, const char *id_token,
    int64_t auth_at, struct secret *token);

/* The same for a link (links.h), inside the transaction that uses it up. */
MUST_USE enum err session_open_by_link(
    struct call *c, const struct person *who, struct secret *token);

/* NOT_FOUND for an unknown, malformed, idle or expired token, all alike.
 * Refreshes last_used at most once a minute. */
MUST_USE enum err session_find(struct call *c, const char *token,
    const struct session_limits *limits, struct session *out);

/* Ends one session; ID_TOKEN (of SECRET_MAX at most, else empty) may be NULL.
 * NOT_FOUND when it has ended by now: who makes another in its place from it
 * must not, who only leaves it may go on. */
MUST_USE enum err
session_close(struct call *c, const struct uid *session, char **id_token);

/* Ends all sessions of a person, or of (issuer, sid) at the provider. */
MUST_USE enum err
session_close_person(struct call *c, const struct uid *person, size_t *ended);
MUST_USE enum err session_close_provider(struct call *c, const char *issuer,
    const char *subject, const char *sid, size_t *ended);

/* The CSRF token of a session: HMAC of the session under the ring's key, so
 * nothing more is stored. Both are base64url. */
void session_csrf(
    const struct ring *ring, const struct uid *session, char out[static 44]);
