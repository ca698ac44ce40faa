/*
 * Plain C: one key after another, and SHA-256.
 */
#include <string.h>

#include "radius/match/ptk.h"
#include "radius/match/query.h"

#define VEC uint32_t
#define ROT(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define SPREAD(u) (u)
#include "core/crypt/sha1_lanes.h"

#include "radius/match/query_lanes.h"

uint32_t
query_psk_portable(const struct query *q,
    const uint32_t state[static QUERY_STATE * QUERY_LANES])
{
	uint32_t in[5], out[5], hits = 0;

	for (size_t lane = 0; lane < QUERY_LANES; lane++) {
		for (size_t i = 0; i < 5; i++) {
			in[i] = state[i * QUERY_LANES + lane];
			out[i] = state[(i + 5) * QUERY_LANES + lane];
		}
		if (sha1_mic(q, in, out) == q->want)
			hits |= 1u << lane;
	}
	return hits;
}

void
query_state(const uint8_t *pmk,
    uint32_t state[static QUERY_STATE * QUERY_LANES], size_t lane)
{
	for (size_t half = 0; half < 2; half++) {
		uint32_t pad = half == 0 ? 0x36363636 : 0x5c5c5c5c, w[16], h[5];

		for (size_t i = 0; i < 16; i++)
			w[i] = (i < 8 ? ptk_be32(pmk + 4 * i) : 0) ^ pad;
		sha1_iv(h);
		sha1_own(h, w);
		for (size_t i = 0; i < 5; i++)
			state[(5 * half + i) * QUERY_LANES + lane] = h[i];
	}
}

const uint32_t query_sha256_iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
    0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

const uint32_t query_sha256_k[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf,
    0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
    0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
    0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
    0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t
right(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void
expand(uint32_t x[static 64])
{
	for (int i = 16; i < 64; i++) {
		uint32_t a = x[i - 15], b = x[i - 2];

		x[i] = x[i - 16] + x[i - 7] +
		       (right(a, 7) ^ right(a, 18) ^ a >> 3) +
		       (right(b, 17) ^ right(b, 19) ^ b >> 10);
	}
}

#define STEP(a, b, c, d, e, f, g, h, i)                                        \
	h += (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + CHOOSE(e, f, g) +   \
	     query_sha256_k[i] + x[i];                                         \
	d += h;                                                                \
	h += (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + MAJORITY(a, b, c)

void
query_sha256_portable(uint32_t s[static 8], const uint32_t w[static 16])
{
	uint32_t x[64], a = s[0], b = s[1], c = s[2], d = s[3], e = s[4],
			f = s[5], g = s[6], h = s[7];

	memcpy(x, w, 16 * sizeof(*w));
	expand(x);
	for (int i = 0; i < 64; i += 8) {
		STEP(a, b, c, d, e, f, g, h, i);
		STEP(h, a, b, c, d, e, f, g, i + 1);
		STEP(g, h, a, b, c, d, e, f, i + 2);
		STEP(f, g, h, a, b, c, d, e, i + 3);
		STEP(e, f, g, h, a, b, c, d, i + 4);
		STEP(d, e, f, g, h, a, b, c, i + 5);
		STEP(c, d, e, f, g, h, a, b, i + 6);
		STEP(b, c, d, e, f, g, h, a, i + 7);
	}
	s[0] += a;
	s[1] += b;
	s[2] += c;
	s[3] += d;
	s[4] += e;
	s[5] += f;
	s[6] += g;
	s[7] += h;
}
