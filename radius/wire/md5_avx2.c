/*
 * AVX2: eight messages at a time.
 */
#include <immintrin.h>

#include "radius/wire/md5_many.h"

typedef uint32_t vec __attribute__((vector_size(32)));

#define VEC vec
#define LANES 8
#define ROT(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define ODD(x, y, z) ((y) ^ ((x) | ~(z)))
#define SPREAD(u) ((vec)_mm256_set1_epi32((int)(u)))
#define EACH(f, d)                                                             \
	f(0, d), f(1, d), f(2, d), f(3, d), f(4, d), f(5, d), f(6, d), f(7, d)
#define TURN(w)                                                                \
	do {                                                                   \
		EXCHANGE(w, 1);                                                \
		EXCHANGE(w, 2);                                                \
		EXCHANGE(w, 4);                                                \
	} while (0)
#include "radius/wire/md5_lanes.h"

void
md5_lanes_avx2(struct md5_lanes *l)
{
	for (size_t from = 0; from < MD5_LANES; from += LANES)
		md5_group(l, from);
}
