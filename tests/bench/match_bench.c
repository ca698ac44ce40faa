/*
 * Keys per second of each variant, and how much faster than plain C.
 * Usage: match_bench [KEYS] [ROUNDS]; the best of ROUNDS counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/rnd.h"
#include "radius/match/match.h"

enum { KEYS = 100000, ROUNDS = 5, FRAME = 121 };

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of the fastest search for a key that is not there. */
static double
fastest(const struct match_index *x, const struct handshake *h, int rounds)
{
	double best = 1e9;

	for (int i = 0; i < rounds; i++) {
		double at = cpu_seconds(), took;

		if (match_search(x, h, 0, SIZE_MAX, NULL) != MATCH_NO_KEY)
			abort();
		took = cpu_seconds() - at;
		best = took < best ? took : best;
	}
	return best;
}

static void
variants(const struct match_index *x, const struct handshake *h,
    const char *akm, int rounds)
{
	static const char *const names[] = {
	    "portable", "shani", "avx2", "avx512"};
	double n = (double)match_index_count(x), base = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		double t;

		if (!match_use(names[i]))
			continue;
		t = fastest(x, h, rounds);
		base = i == 0 ? t : base;
		printf("akm=%s variant=%s keys_per_s=%.0f ms=%.2f ratio=%.2f\n",
		    akm, names[i], n / t, t * 1e3, base / t);
	}
}

int
main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : KEYS;
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : ROUNDS;
	uint8_t *pmks = malloc(n * MATCH_PMK + 1), frame[FRAME];
	struct handshake h = {.akm = AKM_PSK,
	    .cipher_bits = 384,
	    .eapol = frame,
	    .eapol_len = FRAME,
	    .ssid = frame,
	    .ssid_len = 8,
	    .r0kh = frame,
	    .r0kh_len = 12};
	struct match_index *x;

	if (pmks == NULL)
		return 1;
	rnd_bytes(pmks, n * MATCH_PMK);
	rnd_bytes(frame, sizeof(frame));
	if (match_index_new(pmks, NULL, n, &x))
		return 1;
	variants(x, &h, "psk", rounds);
	h.akm = AKM_PSK_SHA256;
	variants(x, &h, "psk-sha256", rounds);
	h.akm = AKM_FT_PSK;
	variants(x, &h, "ft-psk", rounds);
	printf("index octets_per_key=%.1f chosen=%s\n",
	    (double)match_index_size(x) / (double)n, match_start());
	match_index_free(x);
	free(pmks);
	return 0;
}
