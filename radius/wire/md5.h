/*
 * md5.h - MD5 and HMAC-MD5, with the key's part done in advance
 *
 * RADIUS rests on MD5 (RFC 2865 3, RFC 3579 3.2); nothing else here may. The
 * code is our own because each answer needs five short hashes, and the set-up
 * of a library call costs several times the hash itself.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { MD5_LEN = 16, MD5_BLOCK = 64 };

struct md5 {
	uint32_t h[4];
	uint64_t len; /* octets so far */
	uint8_t block[MD5_BLOCK];
};

/* The states after the inner and the outer pad of one key (RFC 2104 2). */
struct hmac_md5_pads {
	uint32_t in[4], out[4];
};

void md5_start(struct md5 *m);
void md5_add(struct md5 *m, const void *octets, size_t len);
void md5_end(struct md5 *m, uint8_t out[static MD5_LEN]);

void hmac_md5_prepare(struct hmac_md5_pads *pads, const void *key, size_t len);
void hmac_md5_start(struct md5 *m, const struct hmac_md5_pads *pads);
void hmac_md5_end(struct md5 *m, const struct hmac_md5_pads *pads,
    uint8_t out[static MD5_LEN]);
