/*
 * psk_many.h - many PMKs at once, for imports
 *
 * psk_derive() is the reference; here 16 (AVX-512) or 8 (AVX2) passphrases go
 * through the 16384 SHA-1 blocks of a PMK side by side. What this processor
 * has is found out, and checked against the reference, at the first call.
 */
#pragma once

#include "core/crypt/psk.h"

struct psk_many {
	const char *passphrase;
	size_t len;
	uint8_t pmk[PSK_PMK]; /* result */
};

/* Derives all N for one SSID. BAD_INPUT when any is not allowed; no result
 * counts then. */
MUST_USE enum err
psk_many(struct psk_many *keys, size_t n, const void *ssid, size_t ssid_len);

/* "avx512", "avx2" or "reference". */
const char *psk_many_variant(void);
