/*
 * seal.h - the master key, and values that only it can open
 *
 * The master key file is a ring: one line `latchkey-base 1 ID KEY`, then
 * lines `latchkey-key 1 ID KEY` with the newest last (ID: 8 hex digits, KEY: 32
 * octets as base64url). The newest key seals, all of them open. The base never
 * rotates: it keys what must stay comparable for good (fingerprints, audit).
 * No key is used as it is: one is derived per purpose (RFC 5869).
 *
 * A sealed value is bound to its place, so that a value moved to another
 * row, column or generation does not open.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/own.h"
#include "core/base/secret.h"

enum {
	RING_KEY = 32,
	RING_ID_TEXT = 9, /* 8 hex digits and the NUL */
	RING_KEYS_MAX = 16,
	RING_FILE_MAX = 4096,
	RING_WHY = 400,
	/* version, key id, nonce; the tag comes after the value */
	SEAL_HEAD = 1 + 4 + 12,
	SEAL_OVERHEAD = SEAL_HEAD + 16,
	SEAL_CHECK_LEN = SEAL_OVERHEAD + 16,
};

/* With random 96-bit nonces one key seals at most 2^32 values (NIST SP
 * 800-38D 8.3); this program stops at half of that. */
#define SEAL_USES_MAX (INT64_C(1) << 31)

/* Shared by threads. What it holds changes only by ring_refresh(). */
struct ring;

/* What a derived key is for. */
enum ring_purpose {
	RING_FINGERPRINT, /* of the base: uniqueness of keys per network */
	RING_AUDIT,       /* of the base: the audit chain */
	RING_CODE,        /* of the base: codes a person types */
	RING_TLS_PSK,     /* of the base: keys of access points over TLS */
	RING_CSRF,        /* of the newest key */
	RING_COOKIE,      /* of the newest key: state across a redirect */
	RING_PURPOSES
};

/*
 * Reads the key ring at PATH. SEALED, with the reason and the remedy in WHY,
 * when the file is missing, unreadable, not a plain file, readable by others
 * than its owner and group, writable by its group, not owned by root or the
 * caller, or malformed. Never makes one. A credential of the file's name that
 * systemd passes ($CREDENTIALS_DIRECTORY) is read where the file cannot be.
 */
MUST_USE enum err
ring_load(const char *path, struct ring **out, char why[static RING_WHY]);

/* A ring from the text of such a file (what ring_load() does after reading);
 * a pure function. SEALED when malformed. */
MUST_USE enum err ring_parse(
    const char *text, size_t len, struct ring **out, char why[static RING_WHY]);

/* Makes the file at PATH with a fresh base and key, mode 0600, on disk when
 * this returns. EXISTS when there is anything at PATH. */
MUST_USE enum err ring_create(const char *path, char why[static RING_WHY]);

/* Adds a fresh key, which seals from the next ring_load() on. The file is
 * replaced in one step and keeps owner and mode. LIMIT at RING_KEYS_MAX. */
MUST_USE enum err ring_add(const char *path, char why[static RING_WHY]);

/* Removes every key but the newest, once nothing is sealed with them. */
MUST_USE enum err
ring_drop_old(const char *path, size_t *dropped, char why[static RING_WHY]);

/*
 * Reads the file of R again if it was replaced; true when R has another newest
 * key from now on. Every thread that uses R goes on with the new one. A file
 * that cannot be read, or has another base, changes nothing and is logged once.
 */
bool ring_refresh(const struct ring *r);

/* The file is not looked at any more: ring_refresh() finds nothing new. */
void ring_forget_file(const struct ring *r);

/* Wipes and frees. NULL is fine. */
void ring_free(struct ring *r);

static inline void
ring_own(struct ring **r)
{
	ring_free(*r);
}

/* The derived key for PURPOSE; the caller wipes it (or borrows: it stays
 * valid as long as the ring). */
const uint8_t *ring_key(const struct ring *r, enum ring_purpose purpose);

size_t ring_keys(const struct ring *r);

/* The id of the key that seals, as 8 hex digits. */
const char *ring_newest(const struct ring *r);

/* Is there a key called ID? */
bool ring_has(const struct ring *r, const char *id);

/* For tests: as if this process had sealed USES times more with the newest
 * key. It counts its own seals only, towards SEAL_USES_MAX. */
void ring_uses_add(const struct ring *r, int64_t uses);

/* Where a sealed value lives. */
struct seal_place {
	const char *table, *row, *column;
	int64_t generation;
};

/* Octets of a sealed value of LEN octets. */
#define SEAL_LEN(len) ((len) + SEAL_OVERHEAD)

/*
 * Seals LEN octets with AES-256-GCM into OUT, which has room for
 * SEAL_LEN(LEN). SEALED when the newest key is used up (SEAL_USES_MAX): the
 * ring needs a new one. TOO_BIG over 1 GiB.
 */
MUST_USE enum err seal(const struct ring *r, const struct seal_place *at,
    const void *plain, size_t len, uint8_t *out);

/* Both work in place, with a ring of this process: what is at SEAL_HEAD of the
 * sealed octets may be the plain ones. */

/* Opens N octets into OUT, which has room for N - SEAL_OVERHEAD, and puts how
 * many those are in *LEN. CORRUPT when anything is not as it was sealed, the
 * place included, or the key is not in the ring; OUT is then wiped. */
MUST_USE enum err seal_open(const struct ring *r, const struct seal_place *at,
    const uint8_t *sealed, size_t n, void *out, size_t *len);

/* The same into a secret; TOO_BIG when it does not fit one. */
MUST_USE enum err
seal_open_secret(const struct ring *r, const struct seal_place *at,
    const uint8_t *sealed, size_t n, struct secret *out);

/* The id of the key that sealed, as 8 hex digits; false when malformed. */
bool
seal_key_id_of(const uint8_t *sealed, size_t n, char id[static RING_ID_TEXT]);

/* A value kept in the store from its first day, to tell a wrong master key
 * from a damaged row. */
MUST_USE enum err
seal_check_make(const struct ring *r, uint8_t out[static SEAL_CHECK_LEN]);

/* SEALED when this ring is not the one, CORRUPT when it is no check value. */
MUST_USE enum err
seal_check_verify(const struct ring *r, const uint8_t *check, size_t n);
