/*
 * secret.h - octets that must not leak
 *
 * A passphrase, PMK, token or shared secret sits in a struct secret: fixed
 * size, wiped by OWN(secret), compared in constant time, and without any
 * printf form, so that it cannot be logged by accident.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/own.h"

enum { SECRET_MAX = 256 };

struct secret {
	size_t len;
	unsigned char b[SECRET_MAX + 1]; /* always NUL-terminated after len */
};

#define SECRET_NONE ((struct secret){0})

/* Copies LEN octets. TOO_BIG when over SECRET_MAX; S is then empty. */
MUST_USE enum err secret_set(struct secret *s, const void *octets, size_t len);

/* True when A and B hold the same octets. Time depends on lengths only. */
bool secret_same(const struct secret *a, const struct secret *b);

/* The same for raw octets of one length: MICs, authenticators, hashes. */
bool secret_equal(const void *a, const void *b, size_t len);

/* The octets as a C string. Only for handing to a library or a page. */
const char *secret_text(const struct secret *s);

/* Overwrites memory in a way the compiler keeps. */
void secret_wipe(void *p, size_t len);

void secret_own(struct secret *s);
