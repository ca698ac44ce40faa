#include "radius/wire/md5.h"

#include <string.h>

#include "core/base/secret.h"

static const uint32_t start[4] = {
    0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

static inline uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

/* RFC 1321 3.4, the four rounds written out so that all of it stays in
 * registers. */
#define F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define G(x, y, z) ((y) ^ ((z) & ((x) ^ (y))))
#define H(x, y, z) ((x) ^ (y) ^ (z))
#define I(x, y, z) ((y) ^ ((x) | ~(z)))
#define STEP(f, a, b, c, d, k, s, t)                                           \
	a += f(b, c, d) + w[k] + (t);                                          \
	a = (a << (s) | a >> (32 - (s))) + (b)
#include "radius/wire/md5_rounds.h"

/* gcc 12 forgets that the loop has written all of w. */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-use-of-uninitialized-value"
#endif
static void
compress(uint32_t h[static 4], const uint8_t *p)
{
	uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3];

	for (int i = 0; i < 16; i++)
		w[i] = le32(p + 4 * i);
	MD5_ROUNDS;
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

void
md5_start(struct md5 *m)
{
	memcpy(m->h, start, sizeof(m->h));
	m->len = 0;
}

void
md5_add(struct md5 *m, const void *octets, size_t len)
{
	const uint8_t *p = octets;
	size_t have = m->len % MD5_BLOCK, room = MD5_BLOCK - have;

	m->len += len;
	if (have > 0 && len >= room) {
		memcpy(m->block + have, p, room);
		compress(m->h, m->block);
		p += room;
		len -= room;
		have = 0;
	}
	for (; len >= MD5_BLOCK; p += MD5_BLOCK, len -= MD5_BLOCK)
		compress(m->h, p);
	if (len > 0)
		memcpy(m->block + have, p, len);
}

void
md5_end(struct md5 *m, uint8_t out[static MD5_LEN])
{
	size_t have = m->len % MD5_BLOCK;

	m->block[have++] = 0x80;
	if (have > MD5_BLOCK - 8) {
		memset(m->block + have, 0, MD5_BLOCK - have);
		compress(m->h, m->block);
		have = 0;
	}
	memset(m->block + have, 0, MD5_BLOCK - 8 - have);
	put32(m->block + MD5_BLOCK - 8, (uint32_t)(m->len << 3));
	put32(m->block + MD5_BLOCK - 4, (uint32_t)(m->len >> 29));
	compress(m->h, m->block);
	for (int i = 0; i < 4; i++)
		put32(out + 4 * i, m->h[i]);
}

void
hmac_md5_prepare(struct hmac_md5_pads *pads, const void *key, size_t len)
{
	uint8_t k[MD5_BLOCK] = {0}, block[MD5_BLOCK];
	struct md5 m;

	if (len > MD5_BLOCK) {
		md5_start(&m);
		md5_add(&m, key, len);
		md5_end(&m, k);
	} else if (len > 0) {
		memcpy(k, key, len);
	}
	memcpy(pads->in, start, sizeof(pads->in));
	memcpy(pads->out, start, sizeof(pads->out));
	for (int i = 0; i < MD5_BLOCK; i++)
		block[i] = k[i] ^ 0x36;
	compress(pads->in, block);
	for (int i = 0; i < MD5_BLOCK; i++)
		block[i] = k[i] ^ 0x5c;
	compress(pads->out, block);
	secret_wipe(k, sizeof(k));
	secret_wipe(block, sizeof(block));
}

void
hmac_md5_start(struct md5 *m, const struct hmac_md5_pads *pads)
{
	memcpy(m->h, pads->in, sizeof(m->h));
	m->len = MD5_BLOCK;
}

void
hmac_md5_end(struct md5 *m, const struct hmac_md5_pads *pads,
    uint8_t out[static MD5_LEN])
{
	uint8_t inner[MD5_LEN];

	md5_end(m, inner);
	memcpy(m->h, pads->out, sizeof(m->h));
	m->len = MD5_BLOCK;
	md5_add(m, inner, MD5_LEN);
	md5_end(m, out);
}
