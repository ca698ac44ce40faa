/*
 * hash.h - SHA-256 and what is made of it
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum { HASH_LEN = 32, HASH_PARTS_MAX = 16 };

/* A run of octets; several are hashed as if joined. */
struct hash_part {
	const void *octets;
	size_t len;
};

#define HASH_PARTS(...)                                                        \
	((const struct hash_part[]){__VA_ARGS__}),                             \
	    sizeof((const struct hash_part[]){__VA_ARGS__}) /                  \
		sizeof(struct hash_part)

/* FIPS 180-4. INTERNAL only when the library fails. */
MUST_USE enum err
hash_sha256(const void *octets, size_t len, uint8_t out[static HASH_LEN]);

/* RFC 2104 with SHA-256 over PARTS (N of them), joined. */
MUST_USE enum err hash_hmac(const uint8_t *key, size_t keylen,
    const struct hash_part *parts, size_t n, uint8_t out[static HASH_LEN]);

/* RFC 5869 without salt; INFO names the purpose. */
MUST_USE enum err hash_hkdf(const uint8_t *key, size_t keylen, const char *info,
    uint8_t out[static HASH_LEN]);

/*
 * A keyed fingerprint: equal octets in one SCOPE (a network's id) have equal
 * fingerprints, and nobody without KEY can tell what they are. Fingerprint
 * the PMK rather than the passphrase: a passphrase and the 64 hex digits of
 * its PMK open the same door.
 */
MUST_USE enum err
hash_fingerprint(const uint8_t key[static HASH_LEN], const char *scope,
    const void *octets, size_t len, uint8_t out[static HASH_LEN]);
