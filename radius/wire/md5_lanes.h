/*
 * md5_lanes.h - MD5 over the lanes of a vector
 *
 * For inclusion into the file of one instruction set, which says what VEC (of
 * LANES words), ROT, CHOOSE (x ? y : z), PARITY, ODD (y ^ (x | ~z)) and SPREAD
 * are. RFC 1321 3.4.
 */

#define STEP(f, a, b, c, d, k, s, t)                                           \
	a += f(b, c, d) + w[k] + SPREAD(t);                                    \
	a = ROT(a, s) + (b)
#define F(x, y, z) CHOOSE(x, y, z)
#define G(x, y, z) CHOOSE(z, x, y)
#define H(x, y, z) PARITY(x, y, z)
#define I(x, y, z) ODD(x, y, z)
#include "radius/wire/md5_rounds.h"

/* One block of each lane, whose words are W, on the state V. */
static inline void
md5_block(VEC v[static 4], const VEC w[static 16])
{
	VEC a = v[0], b = v[1], c = v[2], d = v[3];

	MD5_ROUNDS;
	v[0] += a;
	v[1] += b;
	v[2] += c;
	v[3] += d;
}

/* The words of block B of lanes FROM.., turned so that each vector holds one
 * word of all; a lane that has ended reads its first block again. */
static inline void
md5_words(const struct md5_lanes *l, size_t from, size_t b, VEC w[static 16])
{
	uint32_t t[16][LANES];

	for (size_t i = 0; i < LANES; i++) {
		const uint8_t *p = l->p[from + i];
		uint32_t one[16];

		if (b < l->blocks[from + i])
			p += 64 * b;
		__builtin_memcpy(one, p, sizeof(one));
		for (size_t k = 0; k < 16; k++)
			t[k][i] = one[k];
	}
	for (size_t k = 0; k < 16; k++)
		__builtin_memcpy(&w[k], t[k], sizeof(VEC));
}

/* LANES lanes from number FROM on. */
static inline void
md5_group(struct md5_lanes *l, size_t from)
{
	VEC v[4], w[16];
	size_t most = 0;

	for (size_t i = 0; i < LANES; i++)
		if (l->blocks[from + i] > most)
			most = l->blocks[from + i];
	for (size_t k = 0; k < 4; k++)
		__builtin_memcpy(&v[k], l->h[k] + from, sizeof(VEC));
	for (size_t b = 0; b < most; b++) {
		md5_words(l, from, b, w);
		md5_block(v, w);
		for (size_t i = 0; i < LANES; i++)
			for (size_t k = 0; k < 4; k++)
				if (b + 1 == l->blocks[from + i])
					l->h[k][from + i] = v[k][i];
	}
}
