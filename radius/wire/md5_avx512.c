/*
 * AVX-512: sixteen messages at a time.
 */
#include <immintrin.h>

#include "radius/wire/md5_many.h"

typedef uint32_t vec __attribute__((vector_size(64)));

/* The third argument is the truth table of the three inputs. */
#define TERNARY(x, y, z, table)                                                \
	((vec)_mm512_ternarylogic_epi32(                                       \
	    (__m512i)(x), (__m512i)(y), (__m512i)(z), (table)))
#define VEC vec
#define LANES 16
#define ROT(x, n) ((vec)_mm512_rol_epi32((__m512i)(x), (n)))
#define CHOOSE(x, y, z) TERNARY(x, y, z, 0xca)
#define PARITY(x, y, z) TERNARY(x, y, z, 0x96)
#define ODD(x, y, z) TERNARY(x, y, z, 0x39)
#define SPREAD(u) ((vec)_mm512_set1_epi32((int)(u)))
#define EACH(f, d)                                                             \
	f(0, d), f(1, d), f(2, d), f(3, d), f(4, d), f(5, d), f(6, d),         \
	    f(7, d), f(8, d), f(9, d), f(10, d), f(11, d), f(12, d), f(13, d), \
	    f(14, d), f(15, d)
#define TURN(w)                                                                \
	do {                                                                   \
		EXCHANGE(w, 1);                                                \
		EXCHANGE(w, 2);                                                \
		EXCHANGE(w, 4);                                                \
		EXCHANGE(w, 8);                                                \
	} while (0)
#include "radius/wire/md5_lanes.h"

void
md5_lanes_avx512(struct md5_lanes *l)
{
	md5_group(l, 0);
}
