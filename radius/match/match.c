#include "radius/match/match.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/rnd.h"
#include "core/base/secret.h"
#include "radius/match/query.h"

enum { ALIGN = 64, POLL = 256, BLOCK = QUERY_STATE * QUERY_LANES };

struct match_index {
	size_t n, blocks;
	uint32_t *state; /* BLOCK words per 16 slots */
	uint8_t *pmks;
	uint16_t *live; /* a bit per slot */
};

static const struct variant {
	const char *name;
	query_psk *psk;
	query_sha256 *sha;
} variants[] = {
    {"portable", query_psk_portable, query_sha256_portable},
    {"shani", query_psk_shani, query_sha256_shani},
    {"avx2", query_psk_avx2, query_sha256_portable},
    {"avx512", query_psk_avx512, query_sha256_shani},
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

static _Atomic(const struct variant *) chosen = &variants[0];

static bool
has_sha(void)
{
	unsigned a, b = 0, c, d;

	/* CPUID leaf 7: EBX bit 29 */
	__asm__("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "0"(7), "2"(0));
	return (b >> 29 & 1) && __builtin_cpu_supports("sse4.1");
}

static bool
present(const struct variant *v)
{
	if (v->sha == query_sha256_shani && !has_sha())
		return false;
	if (v->psk == query_psk_avx2)
		return __builtin_cpu_supports("avx2");
	if (v->psk == query_psk_avx512)
		return __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512vl");
	return true;
}

void
match_index_free(struct match_index *x)
{
	if (x == NULL)
		return;
	if (x->state != NULL)
		secret_wipe(x->state, x->blocks * BLOCK * sizeof(*x->state));
	if (x->pmks != NULL)
		secret_wipe(x->pmks, x->n * MATCH_PMK);
	free(x->state);
	free(x->pmks);
	free(x->live);
	free(x);
}

static void
match_index_own(struct match_index **x)
{
	match_index_free(*x);
}

enum err
match_index_new(const uint8_t *pmks, const uint8_t *live, size_t n,
    struct match_index **out)
{
	OWN(match_index) struct match_index *x = calloc(1, sizeof(*x));
	size_t room;

	*out = NULL;
	if (x == NULL || n >= MATCH_NO_KEY)
		return ERR_NO_MEMORY;
	x->n = n;
	x->blocks = (n + QUERY_LANES - 1) / QUERY_LANES;
	room = (x->blocks > 0 ? x->blocks : 1) * BLOCK * sizeof(*x->state);
	x->state = aligned_alloc(ALIGN, room);
	x->pmks = malloc(n > 0 ? n * MATCH_PMK : 1);
	x->live = calloc(x->blocks + 1, sizeof(*x->live));
	if (x->state == NULL || x->pmks == NULL || x->live == NULL)
		return ERR_NO_MEMORY;
	memset(x->state, 0, room);
	if (n > 0)
		memcpy(x->pmks, pmks, n * MATCH_PMK);
	for (size_t i = 0; i < n; i++) {
		query_state(pmks + i * MATCH_PMK,
		    x->state + i / QUERY_LANES * BLOCK, i % QUERY_LANES);
		if (live == NULL || live[i])
			x->live[i / QUERY_LANES] |=
			    (uint16_t)(1u << i % QUERY_LANES);
	}
	*out = give(x);
	return ERR_OK;
}

size_t
match_index_size(const struct match_index *x)
{
	return sizeof(*x) + x->n * MATCH_PMK +
	       x->blocks * (BLOCK * sizeof(*x->state) + sizeof(*x->live));
}

size_t
match_index_count(const struct match_index *x)
{
	return x->n;
}

/* The live slots of block B that are in FROM..TO-1. */
static uint32_t
slots(const struct match_index *x, size_t b, size_t from, size_t to)
{
	size_t first = b * QUERY_LANES;
	uint32_t m = x->live[b];

	if (from > first)
		m &= ~0u << (from - first);
	if (to < first + QUERY_LANES)
		m &= (1u << (to - first)) - 1;
	return m;
}

/* Those of M whose PMK may be the one. */
static uint32_t
sieve(const struct match_index *x, const struct variant *v,
    const struct query *q, size_t b, uint32_t m)
{
	uint32_t hits = 0;

	if (m == 0)
		return 0;
	if (q->h->akm == AKM_PSK)
		return v->psk(q, x->state + b * BLOCK) & m;
	for (; m != 0; m &= m - 1) {
		size_t slot = b * QUERY_LANES + (size_t)__builtin_ctz(m);

		if (query_try(q, v->sha, x->pmks + slot * MATCH_PMK))
			hits |= m & -m;
	}
	return hits;
}

static uint32_t
search(const struct match_index *x, const struct variant *v,
    const struct query *q, size_t from, size_t to, const volatile int *stop)
{
	for (size_t b = from / QUERY_LANES; b * QUERY_LANES < to; b++) {
		uint32_t m;

		if (stop != NULL && b % POLL == 0 && *stop)
			break;
		m = sieve(x, v, q, b, slots(x, b, from, to));
		for (; m != 0; m &= m - 1) {
			size_t i = b * QUERY_LANES + (size_t)__builtin_ctz(m);

			if (match_verify(q->h, x->pmks + i * MATCH_PMK))
				return (uint32_t)i;
		}
	}
	return MATCH_NO_KEY;
}

uint32_t
match_search(const struct match_index *x, const struct handshake *h,
    size_t from, size_t to, const volatile int *stop)
{
	struct query q;

	if (to > x->n)
		to = x->n;
	if (from >= to)
		return MATCH_NO_KEY;
	query_of(h, &q);
	return search(x, atomic_load(&chosen), &q, from, to, stop);
}

/* --- which variant --- */

enum { CHECK_KEYS = QUERY_LANES + 1, CHECK_FRAME = 121 };

/* Every lane finds its key, by the reference's MIC. */
static bool
finds_all(
    const struct variant *v, const struct match_index *x, struct handshake *h)
{
	struct query q;

	for (size_t i = 0; i < CHECK_KEYS; i++) {
		if (!match_mic(h, x->pmks + i * MATCH_PMK, h->mic))
			return false;
		query_of(h, &q);
		if (search(x, v, &q, 0, CHECK_KEYS, NULL) != i)
			return false;
	}
	return true;
}

/* SHA-256 serves both AKM 6 and the names of fast transition. */
static bool
right(const struct variant *v)
{
	static const enum match_akm akms[] = {AKM_PSK, AKM_PSK_SHA256};
	uint8_t pmks[CHECK_KEYS * MATCH_PMK], frame[CHECK_FRAME];
	struct match_index *x;
	struct handshake h = {
	    .eapol = frame, .eapol_len = CHECK_FRAME, .cipher_bits = 384};
	bool ok = true;

	rnd_bytes(pmks, sizeof(pmks));
	rnd_bytes(frame, sizeof(frame));
	rnd_bytes(h.anonce, sizeof(h.anonce));
	rnd_bytes(h.snonce, sizeof(h.snonce));
	if (match_index_new(pmks, NULL, CHECK_KEYS, &x))
		return false;
	for (size_t i = 0; i < sizeof(akms) / sizeof(akms[0]); i++) {
		h.akm = akms[i];
		ok = ok && finds_all(v, x, &h);
	}
	match_index_free(x);
	return ok;
}

const char *
match_start(void)
{
	for (size_t i = VARIANTS; i-- > 0;) {
		if (!present(&variants[i]))
			continue;
		if (right(&variants[i])) {
			atomic_store(&chosen, &variants[i]);
			break;
		}
		LOG(ERROR, "match.variant_wrong",
		    LOG_S("name", variants[i].name));
	}
	return atomic_load(&chosen)->name;
}

bool
match_use(const char *variant)
{
	for (size_t i = 0; i < VARIANTS; i++)
		if (strcmp(variants[i].name, variant) == 0 &&
		    present(&variants[i])) {
			atomic_store(&chosen, &variants[i]);
			return true;
		}
	return false;
}
