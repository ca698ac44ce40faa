/*
 * sha1_lanes.h - SHA-1 over as many lanes as a VEC has; for inclusion
 *
 * FIPS 180-4 6.1.2. Wants VEC, ROT(x, n), CHOOSE, PARITY and MAJORITY of three,
 * and SPREAD(u), which puts one word into every lane.
 */

#define SHA1_STEP(f, a, b, c, d, e, kw)                                        \
	e += ROT(a, 5) + f(b, c, d) + (kw);                                    \
	b = ROT(b, 30)
#define SHA1_FIVE(f, i, KW)                                                    \
	SHA1_STEP(f, a, b, c, d, e, KW(i));                                    \
	SHA1_STEP(f, e, a, b, c, d, KW((i) + 1));                              \
	SHA1_STEP(f, d, e, a, b, c, KW((i) + 2));                              \
	SHA1_STEP(f, c, d, e, a, b, KW((i) + 3));                              \
	SHA1_STEP(f, b, c, d, e, a, KW((i) + 4))
#define SHA1_TWENTY(f, i, KW)                                                  \
	SHA1_FIVE(f, i, KW);                                                   \
	SHA1_FIVE(f, (i) + 5, KW);                                             \
	SHA1_FIVE(f, (i) + 10, KW);                                            \
	SHA1_FIVE(f, (i) + 15, KW)
#define SHA1_ADD(h)                                                            \
	(h)[0] += a;                                                           \
	(h)[1] += b;                                                           \
	(h)[2] += c;                                                           \
	(h)[3] += d;                                                           \
	(h)[4] += e

/* One block whose schedule, constants added, is the same for every lane. */
static __attribute__((noinline, unused)) void
sha1_shared(VEC h[static 5], const uint32_t kw[static 80])
{
	VEC a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

#define SHA1_KW(i) SPREAD(kw[i])
	SHA1_TWENTY(CHOOSE, 0, SHA1_KW);
	SHA1_TWENTY(PARITY, 20, SHA1_KW);
	SHA1_TWENTY(MAJORITY, 40, SHA1_KW);
	SHA1_TWENTY(PARITY, 60, SHA1_KW);
#undef SHA1_KW
	SHA1_ADD(h);
}

/* One block of each lane's own; W is used up. */
static __attribute__((noinline, unused)) void
sha1_own(VEC h[static 5], VEC w[static 16])
{
	VEC a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

#define SHA1_W(i)                                                              \
	((i) < 16 ? w[(i)&15]                                                  \
		  : (w[(i)&15] = ROT(w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^  \
					 w[((i) + 2) & 15] ^ w[(i)&15],        \
			 1)))
#define SHA1_KW(i)                                                             \
	(SHA1_W(i) + SPREAD((i) < 20   ? 0x5a827999u                           \
			    : (i) < 40 ? 0x6ed9eba1u                           \
			    : (i) < 60 ? 0x8f1bbcdcu                           \
				       : 0xca62c1d6u))
	SHA1_TWENTY(CHOOSE, 0, SHA1_KW);
	SHA1_TWENTY(PARITY, 20, SHA1_KW);
	SHA1_TWENTY(MAJORITY, 40, SHA1_KW);
	SHA1_TWENTY(PARITY, 60, SHA1_KW);
#undef SHA1_KW
#undef SHA1_W
	SHA1_ADD(h);
}

static inline void
sha1_iv(VEC h[static 5])
{
	h[0] = SPREAD(0x67452301u);
	h[1] = SPREAD(0xefcdab89u);
	h[2] = SPREAD(0x98badcfeu);
	h[3] = SPREAD(0x10325476u);
	h[4] = SPREAD(0xc3d2e1f0u);
}

/* H becomes the HMAC: the digest so far, behind the outer pad's state OUT
 * (RFC 2104 2; a block of 20 octets, 84 octets in all). */
static inline void
sha1_outer(const VEC digest[static 5], VEC out[static 5])
{
	VEC w[16];

	for (int i = 0; i < 5; i++)
		w[i] = digest[i];
	w[5] = SPREAD(0x80000000u);
	for (int i = 6; i < 15; i++)
		w[i] = SPREAD(0u);
	w[15] = SPREAD(84u * 8);
	sha1_own(out, w);
}
