/*
 * sha1_avx512.h - SHA-1 over the sixteen lanes of AVX-512; for inclusion
 *
 * Each function of a round is one instruction; the constants are its truth
 * table.
 */
#include <immintrin.h>
#include <stdint.h>

typedef uint32_t vec __attribute__((vector_size(64)));

#define VEC vec
#define ROT(x, n) ((vec)_mm512_rol_epi32((__m512i)(x), (n)))
#define THREE(x, y, z, table)                                                  \
	((vec)_mm512_ternarylogic_epi32(                                       \
	    (__m512i)(x), (__m512i)(y), (__m512i)(z), (table)))
#define CHOOSE(x, y, z) THREE(x, y, z, 0xca)
#define PARITY(x, y, z) THREE(x, y, z, 0x96)
#define MAJORITY(x, y, z) THREE(x, y, z, 0xe8)
#define SPREAD(u) ((vec)_mm512_set1_epi32((int)(u)))
#include "core/crypt/sha1_lanes.h"
