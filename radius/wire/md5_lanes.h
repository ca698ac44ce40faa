/*
 * md5_lanes.h - MD5 over the lanes of a vector
 *
 * For inclusion into the file of one instruction set, which says what VEC (of
 * LANES words), ROT, CHOOSE (x ? y : z), PARITY, ODD (y ^ (x | ~z)) and SPREAD
 * are, EACH (f(k, d) for every lane k) and TURN (EXCHANGE for every power of
 * two below LANES). RFC 1321 3.4.
 */

#define STEP(f, a, b, c, d, k, s, t)                                           \
	a += f(b, c, d) + w[k] + SPREAD(t);                                    \
	a = ROT(a, s) + (b)
#define F(x, y, z) CHOOSE(x, y, z)
#define G(x, y, z) CHOOSE(z, x, y)
#define H(x, y, z) PARITY(x, y, z)
#define I(x, y, z) ODD(x, y, z)
#include "radius/wire/md5_rounds.h"

/* One block of each lane, whose words are W, on the state V; where GOING is
 * all ones, not 0. */
static inline void
md5_block(VEC v[static 4], const VEC w[static 16], VEC going)
{
	VEC a = v[0], b = v[1], c = v[2], d = v[3];

	MD5_ROUNDS;
	v[0] += a & going;
	v[1] += b & going;
	v[2] += c & going;
	v[3] += d & going;
}

/* Rows and columns change places: of each pair of rows that are D apart, the
 * upper right and the lower left squares of D words are exchanged. Word K of
 * the upper row is then UPPER(K, D) of both rows in one. */
#define UPPER(k, d) ((k) & (d) ? LANES + (k) - (d) : (k))
#define LOWER(k, d) ((k) & (d) ? LANES + (k) : (k) + (d))
#define EXCHANGE(w, d)                                                         \
	do {                                                                   \
		_Pragma("GCC unroll 16") for (size_t i = 0; i < LANES; i++)    \
		{                                                              \
			if (i & (d))                                           \
				continue;                                      \
			VEC x = (w)[i], y = (w)[i + (d)];                      \
			(w)[i] =                                               \
			    __builtin_shufflevector(x, y, EACH(UPPER, d));     \
			(w)[i + (d)] =                                         \
			    __builtin_shufflevector(x, y, EACH(LOWER, d));     \
		}                                                              \
	} while (0)

/* The words of block B of lanes FROM.., turned so that each vector holds one
 * word of all; a lane that has ended reads its first block again. */
static inline void
md5_words(const struct md5_lanes *l, size_t from, size_t b, VEC w[static 16])
{
	for (size_t i = 0; i < LANES; i++) {
		const uint8_t *p = l->p[from + i];

		if (b < l->blocks[from + i])
			p += 64 * b;
		for (size_t k = 0; k < 16 / LANES; k++)
			__builtin_memcpy(&w[k * LANES + i], p + k * sizeof(VEC),
			    sizeof(VEC));
	}
	for (size_t k = 0; k < 16; k += LANES)
		TURN(w + k);
}

/* LANES lanes from number FROM on. */
static inline void
md5_group(struct md5_lanes *l, size_t from)
{
	VEC v[4], w[16], blocks;
	uint32_t most = 0;

	for (size_t i = 0; i < LANES; i++)
		if (l->blocks[from + i] > most)
			most = l->blocks[from + i];
	__builtin_memcpy(&blocks, l->blocks + from, sizeof(VEC));
	for (size_t k = 0; k < 4; k++)
		__builtin_memcpy(&v[k], l->h[k] + from, sizeof(VEC));
	for (uint32_t b = 0; b < most; b++) {
		md5_words(l, from, b, w);
		md5_block(v, w, (VEC)(blocks > SPREAD(b)));
	}
	for (size_t k = 0; k < 4; k++)
		__builtin_memcpy(l->h[k] + from, &v[k], sizeof(VEC));
}
