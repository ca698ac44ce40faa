/*
 * The SHA instructions: one key at a time. This file alone is compiled with
 * legacy encodings: mixed with AVX registers they are a hundred times slower.
 */
#include <immintrin.h>

#include "radius/match/query.h"

struct state {
	__m128i abcd, e;
};

/* Five times four rounds of kind KIND over W[0..4]. */
#define TWENTY(kind)                                                           \
	for (int i = 0; i < 5; i++) {                                          \
		__m128i turn = _mm_sha1nexte_epu32(last, *w++);                \
		last = abcd;                                                   \
		abcd = _mm_sha1rnds4_epu32(abcd, turn, kind);                  \
	}

/* 80 rounds over W, 20 groups of four words in reverse order. */
static inline void
rounds(struct state *s, const __m128i *w)
{
	__m128i abcd = s->abcd, last = s->abcd;

	abcd = _mm_sha1rnds4_epu32(abcd, _mm_add_epi32(s->e, *w++), 0);
	for (int i = 1; i < 5; i++) {
		__m128i turn = _mm_sha1nexte_epu32(last, *w++);

		last = abcd;
		abcd = _mm_sha1rnds4_epu32(abcd, turn, 0);
	}
	TWENTY(1)
	TWENTY(2)
	TWENTY(3)
	s->e = _mm_sha1nexte_epu32(last, s->e);
	s->abcd = _mm_add_epi32(abcd, s->abcd);
}

static inline __m128i
four(const uint32_t *w)
{
	return _mm_set_epi32((int)w[0], (int)w[1], (int)w[2], (int)w[3]);
}

static inline void
shared(struct state *s, const uint32_t w[static 80])
{
	__m128i x[20];

	for (int i = 0; i < 20; i++)
		x[i] = _mm_shuffle_epi32(
		    _mm_loadu_si128((const __m128i *)(const void *)(w + 4 * i)),
		    0x1b);
	rounds(s, x);
}

static inline void
own(struct state *s, __m128i a, __m128i b, __m128i c, __m128i d)
{
	__m128i x[20] = {a, b, c, d};

	for (int i = 4; i < 20; i++)
		x[i] = _mm_sha1msg2_epu32(
		    _mm_xor_si128(
			_mm_sha1msg1_epu32(x[i - 4], x[i - 3]), x[i - 2]),
		    x[i - 1]);
	rounds(s, x);
}

static inline void
outer(const struct state *in, struct state *out)
{
	/* e sits in the highest lane, where a block's fifth word belongs */
	__m128i fifth =
	    _mm_or_si128(_mm_and_si128(in->e, _mm_set_epi32(-1, 0, 0, 0)),
		_mm_set_epi32(0, (int)0x80000000u, 0, 0));

	own(out, in->abcd, fifth, _mm_setzero_si128(),
	    _mm_set_epi32(0, 0, 0, 84 * 8));
}

static inline struct state
pad(__m128i key, int octets)
{
	static const uint32_t iv[5] = {
	    0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
	struct state s = {four(iv), _mm_set_epi32((int)iv[4], 0, 0, 0)};
	__m128i p = _mm_set1_epi32(octets);

	own(&s, _mm_xor_si128(key, p), p, p, p);
	return s;
}

static uint32_t
mic(const struct query *q, const uint32_t *state)
{
	uint32_t h[QUERY_STATE];
	struct state in, out, kin, kout;

	for (size_t i = 0; i < QUERY_STATE; i++)
		h[i] = state[i * QUERY_LANES];
	in = (struct state){four(h), _mm_set_epi32((int)h[4], 0, 0, 0)};
	out = (struct state){four(h + 5), _mm_set_epi32((int)h[9], 0, 0, 0)};
	for (size_t i = 0; i < QUERY_PRF; i++)
		shared(&in, q->prf[i].w);
	outer(&in, &out);
	kin = pad(out.abcd, 0x36363636);
	kout = pad(out.abcd, 0x5c5c5c5c);
	for (size_t i = 0; i < q->mic_blocks; i++)
		shared(&kin, q->mic[i].w);
	outer(&kin, &kout);
	return (uint32_t)_mm_extract_epi32(kout.abcd, 3);
}

uint32_t
query_psk_shani(const struct query *q,
    const uint32_t state[static QUERY_STATE * QUERY_LANES])
{
	uint32_t hits = 0;

	for (size_t lane = 0; lane < QUERY_LANES; lane++)
		if (mic(q, state + lane) == q->want)
			hits |= 1u << lane;
	return hits;
}

/* Words 4 * I to 4 * I + 3 of the schedule, from the 16 before them. */
static inline __m128i
next(const __m128i x[static 4], int i)
{
	__m128i a = x[i & 3], b = x[(i + 1) & 3], c = x[(i + 2) & 3],
		d = x[(i + 3) & 3];

	return _mm_sha256msg2_epu32(
	    _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)),
	    d);
}

void
query_sha256_shani(uint32_t h[static 8], const uint32_t w[static 16])
{
	__m128i x[4], k, abef, cdgh, was_abef, was_cdgh;

	for (int i = 0; i < 4; i++)
		x[i] =
		    _mm_loadu_si128((const __m128i *)(const void *)(w + 4 * i));
	abef = was_abef =
	    _mm_set_epi32((int)h[0], (int)h[1], (int)h[4], (int)h[5]);
	cdgh = was_cdgh =
	    _mm_set_epi32((int)h[2], (int)h[3], (int)h[6], (int)h[7]);
	for (int i = 0; i < 16; i++) {
		if (i >= 4)
			x[i & 3] = next(x, i);
		k = _mm_add_epi32(x[i & 3],
		    _mm_loadu_si128(
			(const __m128i *)(const void *)(query_sha256_k +
							4 * i)));
		cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
		abef = _mm_sha256rnds2_epu32(
		    abef, cdgh, _mm_shuffle_epi32(k, 0x0e));
	}
	abef = _mm_add_epi32(abef, was_abef);
	cdgh = _mm_add_epi32(cdgh, was_cdgh);
	h[0] = (uint32_t)_mm_extract_epi32(abef, 3);
	h[1] = (uint32_t)_mm_extract_epi32(abef, 2);
	h[4] = (uint32_t)_mm_extract_epi32(abef, 1);
	h[5] = (uint32_t)_mm_extract_epi32(abef, 0);
	h[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
	h[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
	h[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
	h[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}
