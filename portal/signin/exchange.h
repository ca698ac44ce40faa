/*
 * exchange.h - a code for tokens (OpenID Connect Core 3.1.3)
 */
#pragma once

#include "portal/signin/discover.h"

struct exchange {
	const char *id_token, *access_token;
};

/* Asks once; a code is never sent twice. In the turn's arena. */
MUST_USE enum err exchange_code(struct turn *t, const struct metadata *m,
    const char *code, const char *verifier, struct exchange *out);
