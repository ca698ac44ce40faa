/*
 * pending.h - a sign-in that has been started, kept in the browser
 *
 * State, nonce, verifier, time and return target, sealed in a cookie that is
 * bound to the provider. Nothing of it is kept here, so that starting a
 * million sign-ins costs nothing (O-20).
 */
#pragma once

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/crypt/seal.h"
#include "core/crypt/token.h"

#define PENDING_COOKIE "__Host-signin-"

enum {
	PENDING_TEXT = TOKEN_LEN, /* 256 bits as base64url */
	PENDING_RETURN_MAX = 160, /* so that four cookies stay below 2 KiB */
	PENDING_COOKIE_MAX = 512,
	PENDING_HINT = 8,
};

struct pending {
	char state[PENDING_TEXT + 1], nonce[PENDING_TEXT + 1];
	char verifier[PENDING_TEXT + 1];
	int64_t at;
	bool fresh;
	const char *return_to;
};

void pending_own(struct pending *p);

/* Fresh random values; a RETURN_TO over PENDING_RETURN_MAX becomes "/". */
void pending_new(
    struct pending *out, const char *return_to, bool fresh, int64_t now);

/* The name of the cookie for STATE; NULL when that is no state of ours. */
const char *pending_name(const char *state, struct arena *a);

/* For the cookie: sealed for the provider SLUG, in A. */
MUST_USE enum err pending_seal(const struct ring *r, const char *slug,
    const struct pending *p, struct arena *a, const char **value);

/* BAD_INPUT for anything that pending_seal() did not make for SLUG. */
MUST_USE enum err pending_open(const struct ring *r, const char *slug,
    const char *value, struct arena *a, struct pending *out);

/* True when its time has not run out. */
bool pending_current(const struct pending *p, int64_t now, int64_t seconds);
