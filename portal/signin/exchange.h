/*
 * exchange.h - a code for tokens (OpenID Connect Core 3.1.3)
 */
#pragma once

#include "portal/signin/discover.h"

struct exchange {
	const char *id_token, *access_token;
	const char *refresh_token; /* NULL: none came */
};

/* Asks once; a code is never sent twice. In the turn's arena. */
MUST_USE enum err exchange_code(struct turn *t, const struct metadata *m,
    const char *code, const char *verifier, struct exchange *out);

/* Uses a refresh token (RFC 6749 6). FORBIDDEN: the provider says that it is
 * good no more (invalid_grant), and means the person. *NEXT is the token to
 * use then, NULL: the same. Tokens that come along are not used. */
MUST_USE enum err exchange_refresh(struct turn *t, const struct metadata *m,
    const char *token, const char **next);
