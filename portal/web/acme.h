/*
 * acme.h - a certificate by ACME (RFC 8555 8.3): what an authority asks for
 *
 * A client of its own (certbot, dehydrated, ...) talks to the authority and
 * leaves a file below portal.acme_webroot; the authority asks for it by HTTP.
 * Only what such a file must hold is ever sent: the token that was asked for, a
 * dot, and the hash of the client's account key. So nothing else that is in
 * that directory can leave it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

enum {
	ACME_TOKEN_MAX = 128, /* those of today have 43 */
	ACME_HASH = 43,       /* SHA-256 in base64url (RFC 7638) */
	ACME_SAYS_MAX = ACME_TOKEN_MAX + 1 + ACME_HASH
};

/* The token that PATH asks for, or NULL if it asks for none: base64url, so
 * without dots and slashes. A pure function. */
const char *acme_token(const char *path);

/* Whether PATH is where such files are, if maybe none that could be there. */
bool acme_path(const char *path);

/* The length of what is to be said of TOKEN; 0 if the LEN octets of TEXT are
 * anything else. One line end after it is not part of it. A pure function. */
size_t acme_says(const char *token, const char *text, size_t len);

/*
 * Reads it from the file of TOKEN (acme_token()) below WEBROOT into OUT, *LEN
 * octets. No link is followed below WEBROOT, nothing but a regular file is
 * read, and nothing is waited for. NOT_FOUND if there is no such file, CONFIG
 * if WEBROOT is no directory or may not be entered, IO if the file cannot be
 * read, BAD_INPUT if it is no regular file or holds anything else.
 */
MUST_USE enum err acme_read(const char *webroot, const char *token,
    char out[static ACME_SAYS_MAX], size_t *len);
