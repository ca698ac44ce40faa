/*
 * tls_psk.h - the key an access point and we share for TLS (RFC 9813)
 *
 * Made from its shared secret and our key ring, so that it is stored nowhere,
 * is not the shared secret, and changes together with it. So does its name: a
 * peer that has not heard of the change is told apart from a forger.
 */
#pragma once

#include "core/base/secret.h"
#include "core/base/uid.h"
#include "core/crypt/seal.h"

enum {
	TLS_PSK_LEN = 32,
	TLS_PSK_NAME = UID_LEN + 1 + 16 + 1, /* ID.16 hex digits, and the NUL */
};

struct tls_psk {
	char name[TLS_PSK_NAME]; /* the PSK identity */
	uint8_t key[TLS_PSK_LEN];
};

MUST_USE enum err tls_psk_make(const struct ring *r, const struct uid *ap,
    const struct secret *secret, struct tls_psk *out);

/* The access point a name of LEN octets is about; false when malformed. */
bool tls_psk_of(const char *name, size_t len, struct uid *ap);

static inline void
tls_psk_own(struct tls_psk *p)
{
	secret_wipe(p, sizeof(*p));
}
