#include "radius/wire/hide.h"

#include <string.h>

static void
mix(uint8_t *out, const uint8_t *in, const uint8_t key[static MD5_LEN])
{
	for (int i = 0; i < MD5_LEN; i++)
		out[i] = in[i] ^ key[i];
}

size_t
hide_lay(
    uint16_t salt, const void *octets, size_t len, uint8_t out[static HIDE_OUT])
{
	uint8_t *c = out + HIDE_SALT;
	size_t padded = (1 + len + MD5_LEN - 1) / MD5_LEN * MD5_LEN;

	out[0] = (uint8_t)(salt >> 8 | 0x80); /* RFC 2868 3.5: the top bit */
	out[1] = (uint8_t)salt;
	memset(c + padded - MD5_LEN, 0, MD5_LEN);
	c[0] = (uint8_t)len;
	memcpy(c + 1, octets, len);
	return HIDE_SALT + padded;
}

/* What the key stream of the block at AT (of the ciphertext) is the sum of,
 * behind the secret; returns how many octets. */
static size_t
seed(const struct hide *v, size_t at, uint8_t *out)
{
	if (at > 0) {
		memcpy(out, v->p + HIDE_SALT + at - MD5_LEN, MD5_LEN);
		return MD5_LEN;
	}
	memcpy(out, v->request_auth, PACKET_AUTH);
	memcpy(out + PACKET_AUTH, v->p, HIDE_SALT);
	return PACKET_AUTH + HIDE_SALT;
}

/* The block at AT of all that have one; returns how many do. */
static size_t
hide_block(const struct hide *v, size_t n, size_t at)
{
	enum { SUMMED = SECRET_MAX + PACKET_AUTH + HIDE_SALT };
	uint8_t octets[SIGN_MAX][SUMMED + MD5_MANY_ROOM], key[MD5_LEN];
	struct md5_message m[SIGN_MAX];
	size_t which[SIGN_MAX], k = 0;

	for (size_t i = 0; i < n; i++) {
		const struct secret *s = &v[i].shared->secret;

		if (v[i].len <= HIDE_SALT + at)
			continue;
		memcpy(octets[k], s->b, s->len);
		md5_message_start(&m[k], octets[k],
		    s->len + seed(&v[i], at, octets[k] + s->len));
		which[k++] = i;
	}
	md5_many(m, k);
	for (size_t i = 0; i < k; i++) {
		uint8_t *c = v[which[i]].p + HIDE_SALT + at;

		md5_message_sum(&m[i], key);
		mix(c, c, key);
	}
	secret_wipe(octets, k * sizeof(octets[0]));
	secret_wipe(key, sizeof(key));
	return k;
}

void
hide_all(const struct hide *v, size_t n)
{
	for (size_t at = 0; hide_block(v, n, at) > 0; at += MD5_LEN)
		;
}

size_t
hide_salted(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], uint16_t salt,
    const void *octets, size_t len, uint8_t out[static HIDE_OUT])
{
	struct hide v = {.shared = s,
	    .request_auth = request_auth,
	    .p = out,
	    .len = hide_lay(salt, octets, len, out)};

	hide_all(&v, 1);
	return v.len;
}
