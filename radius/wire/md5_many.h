/*
 * md5_many.h - MD5 of several messages at a time
 *
 * A batch of packets is checked and signed side by side in the lanes of the
 * processor's vectors, where there are any; one after the other otherwise. The
 * variant is chosen at the first call and checked against md5.h then.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "radius/wire/md5.h"

enum {
	/* Octets that must be writable behind each message, for its padding. */
	MD5_MANY_ROOM = MD5_BLOCK + 8,
	MD5_LANES = 16,
};

/* One message: LEN octets at P, behind BEFORE octets (whole blocks) that made
 * the state H. The padding is written behind it; H is the sum afterwards. */
struct md5_message {
	uint8_t *p;
	size_t len, before;
	uint32_t h[4];
};

/* The state with nothing before. */
void md5_message_start(struct md5_message *m, uint8_t *p, size_t len);

void md5_many(struct md5_message *m, size_t n);

/* The sum as octets. */
void md5_message_sum(const struct md5_message *m, uint8_t out[static MD5_LEN]);

/* "avx512", "avx2" or "portable". */
const char *md5_many_variant(void);

/* --- the variants: BLOCKS[i] whole blocks at P[i], for MD5_LANES lanes; lanes
 * of no blocks are left alone ------------------------------------------------
 */
struct md5_lanes {
	uint32_t h[4][MD5_LANES];
	const uint8_t *p[MD5_LANES];
	uint32_t blocks[MD5_LANES];
};
void md5_lanes_avx2(struct md5_lanes *l);
void md5_lanes_avx512(struct md5_lanes *l);
