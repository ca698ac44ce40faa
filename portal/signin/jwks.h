/*
 * jwks.h - the keys a provider signs with
 *
 * Only public keys worth trusting are kept: RSA of 2048..8192 bits with a sane
 * exponent, points that are on P-256, Ed25519. A set over 64 keys is refused.
 */
#pragma once

#include "portal/signin/discover.h"

enum {
	JWKS_KEYS_MAX = 64,
	JWKS_FRESH = 3600,     /* seconds until a set is asked for anew */
	JWKS_LAST = 24 * 3600, /* and how long it serves without an answer */
	JWKS_PAUSE = 30,       /* at least between two questions (O-17) */
	JWKS_KID_MAX = 1024,
};

/* Reads a JWK Set to an array of the keys that may be used, with their
 * families as in jwks_family(). PROVIDER when it is none. A pure function. */
MUST_USE enum err
jwks_parse(const char *text, size_t len, json_t **out, struct signin_why *why);

/* The kty a signature algorithm needs, or NULL when we do not have it. */
const char *jwks_family(const char *alg);

/* The one key of SET for ALG and KID (NULL: none given). NULL when there is
 * none, or no telling which. Borrowed. */
json_t *jwks_choose(const json_t *set, const char *alg, const char *kid);

/* The same from the turn's provider, asking it when there is no such key. The
 * caller owns OUT. PROVIDER when there is no key to be had. */
MUST_USE enum err jwks_key(struct turn *t, const struct metadata *m,
    const char *alg, const char *kid, json_t **out);
