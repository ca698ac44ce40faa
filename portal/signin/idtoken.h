/*
 * idtoken.h - the claims of an ID token (OpenID Connect Core 3.1.3.7)
 *
 * Checks are made on the raw claims, after the signature.
 */
#pragma once

#include "portal/signin/turn.h"

struct idtoken_want {
	const char *issuer, *client_id, *nonce;
	const char *alg, *access_token; /* for at_hash; NULL: none */
	int64_t now, skew;
	int64_t fresh_since; /* 0: any; else signed in not before (O-41) */
};

/* PROVIDER, with the claim's name in WHY, unless all is as it must be. A pure
 * function. */
MUST_USE enum err idtoken_check(const json_t *claims,
    const struct idtoken_want *want, struct signin_why *why);

/* `iss`, and `aud` with `azp`: for us alone. */
MUST_USE enum err idtoken_for_us(const json_t *claims, const char *issuer,
    const char *client_id, struct signin_why *why);

/* `iat` (at most AGE old), `nbf`, and `exp` (which may be absent if OPTIONAL).
 */
MUST_USE enum err idtoken_times(const json_t *claims, int64_t now, int64_t skew,
    int64_t age, bool optional, struct signin_why *why);
