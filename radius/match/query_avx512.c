/*
 * AVX-512: sixteen keys at a time.
 */
#include "core/crypt/sha1_avx512.h"
#include "radius/match/query.h"

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
