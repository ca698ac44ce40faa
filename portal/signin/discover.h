/*
 * discover.h - what a provider says of itself (OpenID Connect Discovery 1.0)
 *
 * The issuer must be exactly the configured one, and every address must be
 * https on the issuer's host or on one the configuration names (`hosts`);
 * http is for loopback and for tests.
 */
#pragma once

#include "portal/signin/turn.h"

struct metadata {
	const char *authorization, *token, *jwks;
	const char *userinfo, *end_session; /* NULL when there is none */
	bool iss_answer; /* RFC 9207 3: answers carry `iss` */
};

/* Reads a discovery document. PROVIDER, with WHY, when it cannot be trusted.
 * A pure function; the caller owns OUT, which holds what metadata needs. */
MUST_USE enum err discover_parse(const struct conf_provider *c,
    const char *text, size_t len, json_t **out, struct signin_why *why);

/* The metadata of the turn's provider: kept for an hour, asked for anew after
 * that, and used for a day when it does not answer. In the turn's arena. */
MUST_USE enum err discover(struct turn *t, struct metadata *out);
