/*
 * AVX2: eight keys at a time.
 */
#include "core/crypt/sha1_avx2.h"
#include "radius/match/query.h"

#include "radius/match/query_lanes.h"

static uint32_t
half(const struct query *q, const uint32_t *state)
{
	vec in[5], out[5], mic;

	for (size_t i = 0; i < 5; i++) {
		__builtin_memcpy(&in[i], state + i * QUERY_LANES, sizeof(vec));
		__builtin_memcpy(
		    &out[i], state + (i + 5) * QUERY_LANES, sizeof(vec));
	}
	mic = sha1_mic(q, in, out);
	return (uint32_t)_mm256_movemask_ps((__m256)_mm256_cmpeq_epi32(
	    (__m256i)mic, _mm256_set1_epi32((int)q->want)));
}

uint32_t
query_psk_avx2(const struct query *q,
    const uint32_t state[static QUERY_STATE * QUERY_LANES])
{
	return half(q, state) | half(q, state + 8) << 8;
}
