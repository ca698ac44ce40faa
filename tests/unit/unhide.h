/*
 * unhide.h - what RADIUS hides, in the clear again
 *
 * An access point does this with what we send; the responder itself reads
 * nothing that is hidden.
 */
#pragma once

#include <string.h>

#include "radius/wire/hide.h"

enum { UNHIDE_PASSWORD_MAX = 128 };

/* One block of key stream: MD5(secret, A, B). */
static inline void
unhide_stream(const struct shared *s, const uint8_t *a, size_t alen,
    const uint8_t *b, size_t blen, uint8_t out[static MD5_LEN])
{
	struct md5 m;

	md5_start(&m);
	md5_add(&m, s->secret.b, s->secret.len);
	md5_add(&m, a, alen);
	md5_add(&m, b, blen);
	md5_end(&m, out);
}

static inline void
unhide_mix(uint8_t *out, const uint8_t *in, const uint8_t key[static MD5_LEN])
{
	for (int i = 0; i < MD5_LEN; i++)
		out[i] = in[i] ^ key[i];
}

/* RFC 2868 3.5. BAD_INPUT when the length inside does not fit. OUT has room
 * for HIDE_MAX. */
static inline enum err
unhide_salted(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], const uint8_t *in,
    size_t inlen, uint8_t *out, size_t *len)
{
	uint8_t key[MD5_LEN], plain[HIDE_OUT];
	const uint8_t *c = in + HIDE_SALT;
	size_t n = inlen - HIDE_SALT;

	if (inlen < HIDE_SALT + MD5_LEN || inlen > HIDE_OUT ||
	    n % MD5_LEN != 0 || !(in[0] & 0x80))
		return ERR_BAD_INPUT;
	unhide_stream(s, request_auth, PACKET_AUTH, in, HIDE_SALT, key);
	for (size_t at = 0; at < n; at += MD5_LEN) {
		unhide_mix(plain + at, c + at, key);
		unhide_stream(s, c + at, MD5_LEN, NULL, 0, key);
	}
	if (plain[0] > n - 1)
		return ERR_BAD_INPUT;
	*len = plain[0];
	memcpy(out, plain + 1, *len);
	secret_wipe(plain, sizeof(plain));
	return ERR_OK;
}

/* RFC 2865 5.2. LEN octets of ciphertext (16..128, a multiple of 16); trailing
 * NULs are cut. OUT has room for UNHIDE_PASSWORD_MAX. */
static inline enum err
unhide_password(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], const uint8_t *in,
    size_t inlen, uint8_t *out, size_t *len)
{
	uint8_t key[MD5_LEN];
	size_t n = inlen;

	if (inlen < MD5_LEN || inlen > UNHIDE_PASSWORD_MAX ||
	    inlen % MD5_LEN != 0)
		return ERR_BAD_INPUT;
	unhide_stream(s, request_auth, PACKET_AUTH, NULL, 0, key);
	for (size_t at = 0; at < inlen; at += MD5_LEN) {
		unhide_mix(out + at, in + at, key);
		unhide_stream(s, in + at, MD5_LEN, NULL, 0, key);
	}
	while (n > 0 && out[n - 1] == 0)
		n--;
	*len = n;
	return ERR_OK;
}
