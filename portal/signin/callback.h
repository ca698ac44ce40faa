/*
 * callback.h - what the browser brings back (OpenID Connect Core 3.1.2.5)
 */
#pragma once

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"

enum {
	CALLBACK_QUERY_MAX = 8192,
	CALLBACK_CODE_MAX = 4096,
	CALLBACK_PAIRS_MAX = 64,
};

/* NULL: not there. */
struct callback {
	const char *code, *state, *iss, *error, *error_description;
};

/*
 * BAD_INPUT when QUERY is malformed, too long, has one of the parameters that
 * mean something twice (RFC 6749 3.1), or brings tokens, which a code flow
 * never does. What else is in it, in whatever order, does not matter. A pure
 * function.
 */
MUST_USE enum err
callback_parse(const char *query, struct arena *a, struct callback *out);
