/*
 * tokens.h - what machines show to be let in
 *
 * A token is TOKENS_PREFIX and 256 random bits as base64url; the store keeps
 * its SHA-256. It has scopes (what it may touch) and roles (as whom), and
 * always ends. Revoking works from the next request on.
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/call.h"

#define TOKENS_PREFIX "lkt_"

enum {
	TOKENS_USUAL = 365 * 86400, /* seconds */
	TOKENS_LONGEST = 3 * 365 * 86400,
};

/* ROLE_ADMIN. Reads name, scopes, issuer, roles, expires of T (0: the usual
 * ones) and fills in the rest; TEXT is shown once and kept nowhere. */
MUST_USE enum err
tokens_add(struct call *c, struct api_token *t, struct secret *text);

/* ROLE_ADMIN; those that work first. */
MUST_USE enum err
tokens_list(struct call *c, struct api_token **out, size_t *n);

/* ROLE_ADMIN. BAD_STATE when it was revoked before. */
MUST_USE enum err tokens_revoke(struct call *c, const struct uid *id);

/* The token TEXT, for a request that brings it; makes C's actor act as it.
 * NOT_FOUND for unknown, malformed, expired and revoked ones alike. */
MUST_USE enum err
tokens_use(struct call *c, const char *text, struct api_token *out);

/* The set of 1 << enum scope in TEXT; false when a word is none. */
bool tokens_scopes(const char *text, int *set);
