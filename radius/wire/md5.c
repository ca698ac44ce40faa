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
#define ROUND4(f, k0, k1, k2, k3, s0, s1, s2, s3, t0, t1, t2, t3)              \
	STEP(f, a, b, c, d, k0, s0, t0);                                       \
	STEP(f, d, a, b, c, k1, s1, t1);                                       \
	STEP(f, c, d, a, b, k2, s2, t2);                                       \
	STEP(f, b, c, d, a, k3, s3, t3)
#define R1(k, ...) ROUND4(F, k, k + 1, k + 2, k + 3, 7, 12, 17, 22, __VA_ARGS__)
#define R2(k0, k1, k2, k3, ...)                                                \
	ROUND4(G, k0, k1, k2, k3, 5, 9, 14, 20, __VA_ARGS__)
#define R3(k0, k1, k2, k3, ...)                                                \
	ROUND4(H, k0, k1, k2, k3, 4, 11, 16, 23, __VA_ARGS__)
#define R4(k0, k1, k2, k3, ...)                                                \
	ROUND4(I, k0, k1, k2, k3, 6, 10, 15, 21, __VA_ARGS__)

static void
compress(uint32_t h[static 4], const uint8_t *p)
{
	uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3];

	for (int i = 0; i < 16; i++)
		w[i] = le32(p + 4 * i);
	R1(0, 0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee);
	R1(4, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501);
	R1(8, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be);
	R1(12, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821);
	R2(1, 6, 11, 0, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa);
	R2(5, 10, 15, 4, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8);
	R2(9, 14, 3, 8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed);
	R2(13, 2, 7, 12, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a);
	R3(5, 8, 11, 14, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c);
	R3(1, 4, 7, 10, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70);
	R3(13, 0, 3, 6, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05);
	R3(9, 12, 15, 2, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665);
	R4(0, 7, 14, 5, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039);
	R4(12, 3, 10, 1, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1);
	R4(8, 15, 6, 13, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1);
	R4(4, 11, 2, 9, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391);
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
}

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
