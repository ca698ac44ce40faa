#include "radius/wire/hide.h"

#include <string.h>

/* One block of key stream: MD5(secret, A, B). */
static void
stream(const struct shared *s, const uint8_t *a, size_t alen, const uint8_t *b,
    size_t blen, uint8_t out[static MD5_LEN])
{
	struct md5 m;

	md5_start(&m);
	md5_add(&m, s->secret.b, s->secret.len);
	md5_add(&m, a, alen);
	md5_add(&m, b, blen);
	md5_end(&m, out);
}

static void
mix(uint8_t *out, const uint8_t *in, const uint8_t key[static MD5_LEN])
{
	for (int i = 0; i < MD5_LEN; i++)
		out[i] = in[i] ^ key[i];
}

size_t
hide_salted(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], uint16_t salt,
    const void *octets, size_t len, uint8_t out[static HIDE_OUT])
{
	uint8_t key[MD5_LEN], *c = out + HIDE_SALT;
	size_t padded = (1 + len + MD5_LEN - 1) / MD5_LEN * MD5_LEN;

	out[0] = (uint8_t)(salt >> 8 | 0x80); /* RFC 2868 3.5: the top bit */
	out[1] = (uint8_t)salt;
	memset(c, 0, padded);
	c[0] = (uint8_t)len;
	memcpy(c + 1, octets, len);
	stream(s, request_auth, PACKET_AUTH, out, HIDE_SALT, key);
	for (size_t at = 0; at < padded; at += MD5_LEN) {
		mix(c + at, c + at, key);
		if (at + MD5_LEN < padded)
			stream(s, c + at, MD5_LEN, NULL, 0, key);
	}
	return HIDE_SALT + padded;
}

enum err
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
	stream(s, request_auth, PACKET_AUTH, in, HIDE_SALT, key);
	for (size_t at = 0; at < n; at += MD5_LEN) {
		mix(plain + at, c + at, key);
		stream(s, c + at, MD5_LEN, NULL, 0, key);
	}
	if (plain[0] > n - 1)
		return ERR_BAD_INPUT;
	*len = plain[0];
	memcpy(out, plain + 1, *len);
	secret_wipe(plain, sizeof(plain));
	return ERR_OK;
}

enum err
unhide_password(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], const uint8_t *in,
    size_t inlen, uint8_t *out, size_t *len)
{
	uint8_t key[MD5_LEN];
	size_t n = inlen;

	if (inlen < MD5_LEN || inlen > HIDE_PASSWORD_MAX ||
	    inlen % MD5_LEN != 0)
		return ERR_BAD_INPUT;
	stream(s, request_auth, PACKET_AUTH, NULL, 0, key);
	for (size_t at = 0; at < inlen; at += MD5_LEN) {
		mix(out + at, in + at, key);
		stream(s, in + at, MD5_LEN, NULL, 0, key);
	}
	while (n > 0 && out[n - 1] == 0)
		n--;
	*len = n;
	return ERR_OK;
}
