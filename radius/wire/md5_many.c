#include "radius/wire/md5_many.h"

#include <endian.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static const uint32_t iv[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

static struct {
	void (*run)(struct md5_lanes *l);
	const char *word;
} variant = {NULL, "portable"};
static pthread_once_t chosen = PTHREAD_ONCE_INIT;

void
md5_message_start(struct md5_message *m, uint8_t *p, size_t len)
{
	m->p = p;
	m->len = len;
	m->before = 0;
	memcpy(m->h, iv, sizeof(m->h));
}

static void
put32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

void
md5_message_sum(const struct md5_message *m, uint8_t out[static MD5_LEN])
{
	for (int i = 0; i < 4; i++)
		put32(out + 4 * i, m->h[i]);
}

/* RFC 1321 3.1 and 3.2; returns how many blocks there are now. */
static size_t
pad(struct md5_message *m)
{
	size_t blocks = (m->len + 8) / MD5_BLOCK + 1;
	uint64_t bits = (uint64_t)(m->before + m->len) * 8;
	uint8_t *end = m->p + blocks * MD5_BLOCK;

	m->p[m->len] = 0x80;
	memset(m->p + m->len + 1, 0, blocks * MD5_BLOCK - 8 - m->len - 1);
	put32(end - 8, (uint32_t)bits);
	put32(end - 4, (uint32_t)(bits >> 32));
	return blocks;
}

static void
one(struct md5_message *m)
{
	uint8_t out[MD5_LEN];
	struct md5 x = {.len = m->before};

	memcpy(x.h, m->h, sizeof(x.h));
	md5_add(&x, m->p, m->len);
	md5_end(&x, out);
	memcpy(m->h, x.h, sizeof(x.h));
}

static void
side_by_side(struct md5_message *m, size_t n, void (*run)(struct md5_lanes *l))
{
	static const uint8_t nothing[MD5_BLOCK];
	struct md5_lanes l;

	for (size_t i = 0; i < MD5_LANES; i++) {
		l.blocks[i] = i < n ? (uint32_t)pad(&m[i]) : 0;
		l.p[i] = i < n ? m[i].p : nothing;
		for (int k = 0; k < 4; k++)
			l.h[k][i] = i < n ? m[i].h[k] : 0;
	}
	run(&l);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 4; k++)
			m[i].h[k] = l.h[k][i];
}

/* Messages of every length around the block, as md5.h sums them? */
static bool
right(void (*run)(struct md5_lanes *l))
{
	static uint8_t octets[MD5_LANES][320];
	struct md5_message m[MD5_LANES];
	struct md5_message want;
	bool same = true;

	for (size_t first = 0; first < 224; first += MD5_LANES) {
		for (size_t i = 0; i < MD5_LANES; i++) {
			memset(octets[i], (int)(first + i + 1), first + i);
			md5_message_start(&m[i], octets[i], first + i);
		}
		side_by_side(m, MD5_LANES, run);
		for (size_t i = 0; i < MD5_LANES; i++) {
			md5_message_start(&want, octets[i], first + i);
			one(&want);
			same =
			    same && memcmp(want.h, m[i].h, sizeof(want.h)) == 0;
		}
	}
	return same;
}

static void
choose(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f") && right(md5_lanes_avx512)) {
		variant.run = md5_lanes_avx512;
		variant.word = "avx512";
	} else if (__builtin_cpu_supports("avx2") && right(md5_lanes_avx2)) {
		variant.run = md5_lanes_avx2;
		variant.word = "avx2";
	}
#endif
}

const char *
md5_many_variant(void)
{
	(void)pthread_once(&chosen, choose);
	return variant.word;
}

/* Two or three messages are not worth the turning of words. */
enum { FEW = 3 };

void
md5_many(struct md5_message *m, size_t n)
{
	(void)pthread_once(&chosen, choose);
	while (variant.run != NULL && n > FEW) {
		size_t some = n < MD5_LANES ? n : MD5_LANES;

		side_by_side(m, some, variant.run);
		m += some;
		n -= some;
	}
	for (size_t i = 0; i < n; i++)
		one(&m[i]);
}
