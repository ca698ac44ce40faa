/*
 * ptk.h - the octets that key derivations of IEEE 802.11 run over
 *
 * Clause 12.7.1 of IEEE Std 802.11-2020. Each call writes at most PTK_MAX
 * octets and returns how many.
 */
#pragma once

#include "radius/match/match.h"

enum { PTK_MAX = 119, PTK_R0KH_MAX = 48, PTK_SSID_MAX = 32 };

/* "Pairwise key expansion", 0, addresses and nonces in order, and counter 0:
 * what HMAC-SHA1 runs over for AKM 2. */
size_t ptk_psk(const struct handshake *h, uint8_t out[static PTK_MAX]);

/* The first round of the KDF with SHA-256, AKM 6. */
size_t ptk_psk_sha256(const struct handshake *h, uint8_t out[static PTK_MAX]);

/* Round 1 or 2 of FT-R0; its octets 32 to 47 are the salt of the name. */
size_t
ptk_ft_r0(const struct handshake *h, int round, uint8_t out[static PTK_MAX]);
size_t ptk_ft_r1(const struct handshake *h, uint8_t out[static PTK_MAX]);
size_t ptk_ft(const struct handshake *h, uint8_t out[static PTK_MAX]);

/* Message 2 with its MIC zeroed, into OUT of eapol_len octets. */
void ptk_frame(const struct handshake *h, uint8_t *out);

/* AES-128-CMAC of that frame (RFC 4493); false when the library fails. */
bool ptk_cmac(const uint8_t kck[static 16], const struct handshake *h,
    uint8_t mic[static 16]);

static inline uint32_t
ptk_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}
