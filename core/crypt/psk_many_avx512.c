/*
 * AVX-512: sixteen passphrases at a time.
 */
#include "core/crypt/psk_lanes_of.h"
#include "core/crypt/sha1_avx512.h"

#include "core/crypt/psk_lanes.h"

void
psk_lanes_avx512(
    const uint32_t *key, const uint32_t salt[static 32], uint32_t *pmk)
{
	psk_lanes(key, salt, pmk);
}
