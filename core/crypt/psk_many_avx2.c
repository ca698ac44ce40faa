/*
 * AVX2: eight passphrases at a time.
 */
#include <immintrin.h>

#include "core/crypt/psk_lanes_of.h"

typedef uint32_t vec __attribute__((vector_size(32)));

#define VEC vec
#define ROT(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define SPREAD(u) ((vec)_mm256_set1_epi32((int)(u)))
#include "core/crypt/sha1_lanes.h"

#include "core/crypt/psk_lanes.h"

void
psk_lanes_avx2(
    const uint32_t *key, const uint32_t salt[static 32], uint32_t *pmk)
{
	psk_lanes(key, salt, pmk);
}
