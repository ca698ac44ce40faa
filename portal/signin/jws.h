/*
 * jws.h - signed tokens in compact form (RFC 7515, RFC 8725)
 *
 * The algorithm comes from the configuration and fixes the family of the key;
 * `jku`, `jwk`, `x5u` and `x5c` of a header are not looked at, `crit` refuses.
 */
#pragma once

#include "portal/signin/jwks.h"

struct jws {
	const char *text;       /* as received */
	size_t len, signed_len; /* all; header and payload with their dot */
	const char *alg, *kid, *typ; /* kid, typ: NULL when absent */
	json_t *header, *claims;
};

void jws_own(struct jws *j);

/* Takes a token apart; its claims prove nothing yet. PROVIDER with WHY when it
 * is not three proper parts with an algorithm of ALGS. A pure function. */
MUST_USE enum err jws_parse(const char *text, const struct conf_list *algs,
    struct jws *out, struct signin_why *why);

/* True when KEY, chosen for its algorithm, made the signature. What was not
 * taken apart is signed by nobody. */
bool jws_verify(const struct jws *j, const json_t *key);

/* Both, with a key of the turn's provider. */
MUST_USE enum err jws_open(struct turn *t, const struct metadata *m,
    const char *text, struct jws *out);
