/*
 * AVX-512: sixteen keys at a time; each function of a round is one
 * instruction (the constants are its truth table).
 */
#include <immintrin.h>

#include "radius/match/query.h"

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

#include "radius/match/query_lanes.h"

uint32_t
query_psk_avx512(const struct query *q,
    const uint32_t state[static QUERY_STATE * QUERY_LANES])
{
	vec in[5], out[5], mic;

	for (size_t i = 0; i < 5; i++) {
		__builtin_memcpy(&in[i], state + i * QUERY_LANES, sizeof(vec));
		__builtin_memcpy(
		    &out[i], state + (i + 5) * QUERY_LANES, sizeof(vec));
	}
	mic = sha1_mic(q, in, out);
	return _mm512_cmpeq_epi32_mask(
	    (__m512i)mic, _mm512_set1_epi32((int)q->want));
}
