/*
 * query.h - what a search needs of a handshake, worked out once
 *
 * Of the nine SHA-1 blocks a WPA2 key costs, five hold the same octets
 * whatever the key: their schedules are expanded here, not once per key.
 */
#pragma once

#include "radius/match/match.h"

enum {
	QUERY_PRF = 2,  /* blocks of the key expansion's text */
	QUERY_MIC = 16, /* blocks of the longest frame */
	QUERY_KDF = 2,  /* blocks of a SHA-256 derivation's text */
	QUERY_LANES = 16,
	QUERY_STATE = 10, /* words of both pads' states */
};

/* The 80 words of a block, and the same with the constants added. */
struct query_block {
	uint32_t w[80], kw[80];
};

struct query {
	const struct handshake *h;
	uint32_t want; /* first word of the MIC */
	size_t mic_blocks, kdf_blocks;
	struct query_block prf[QUERY_PRF], mic[QUERY_MIC];
	uint32_t kdf[QUERY_KDF][16];
};

/* All that does not depend on the key, once for a search. */
void query_of(const struct handshake *h, struct query *q);

/* A search of 16 keys at once: STATE holds word by word what 16 PMKs leave
 * behind the inner pad (5) and the outer (5). A bit per key whose MIC may be
 * the wanted one. */
typedef uint32_t query_psk(const struct query *q,
    const uint32_t state[static QUERY_STATE * QUERY_LANES]);
query_psk query_psk_portable, query_psk_shani, query_psk_avx2, query_psk_avx512;

/* One block of SHA-256 (FIPS 180-4 6.2.2); W in the order of the machine. */
typedef void query_sha256(uint32_t h[static 8], const uint32_t w[static 16]);
query_sha256 query_sha256_portable, query_sha256_shani;

extern const uint32_t query_sha256_k[64], query_sha256_iv[8];

/* The states behind the pads of a PMK in column LANE of a block of STATE. */
void query_state(const uint8_t *pmk,
    uint32_t state[static QUERY_STATE * QUERY_LANES], size_t lane);

/* AKM 6 and 4: true when PMK may be the one. */
bool query_try(const struct query *q, query_sha256 *sha, const uint8_t *pmk);
