/*
 * sha1_avx2.h - SHA-1 over the eight lanes of AVX2; for inclusion
 */
#include <immintrin.h>
#include <stdint.h>

typedef uint32_t vec __attribute__((vector_size(32)));

#define VEC vec
#define ROT(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define SPREAD(u) ((vec)_mm256_set1_epi32((int)(u)))
#include "core/crypt/sha1_lanes.h"
