/*
 * authorize.h - the address that starts a sign-in (OpenID Connect Core 3.1.2.1,
 * PKCE: RFC 7636)
 */
#pragma once

#include "portal/signin/discover.h"
#include "portal/signin/pending.h"

/* OUT, in the arena of the turn, has state, nonce and challenge of P. */
MUST_USE enum err authorize_url(struct turn *t, const struct metadata *m,
    const struct pending *p, const char **out);
