/*
 * psk_lanes_of.h - the instruction sets that derive PMKs side by side
 *
 * KEY: the 16 words of each passphrase, padded with zeros, word by word over
 * all lanes; SALT: two padded blocks; PMK: 8 words, like KEY.
 */
#pragma once

#include "core/crypt/psk.h"

void psk_lanes_avx2(
    const uint32_t *key, const uint32_t salt[static 32], uint32_t *pmk);
void psk_lanes_avx512(
    const uint32_t *key, const uint32_t salt[static 32], uint32_t *pmk);
