#include "radius/match/query.h"

#include <string.h>

#include "core/base/secret.h"
#include "radius/match/ptk.h"

static inline uint32_t
rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

/* P ends with the padding of a message of LEN octets behind one block; the
 * blocks. P has room for them. */
static size_t
pad(uint8_t *p, size_t len)
{
	size_t blocks = (len + 9 + 63) / 64;
	uint64_t bits = (len + 64) * 8;

	p[len] = 0x80;
	memset(p + len + 1, 0, blocks * 64 - len - 1);
	for (int i = 0; i < 8; i++)
		p[blocks * 64 - 1 - i] = (uint8_t)(bits >> 8 * i);
	return blocks;
}

static void
expand(const uint8_t *p, struct query_block *b)
{
	static const uint32_t k[4] = {
	    0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};

	for (int i = 0; i < 80; i++) {
		uint32_t *w = b->w;

		w[i] = i < 16
			   ? ptk_be32(p + 4 * i)
			   : rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16],
				 1);
		b->kw[i] = w[i] + k[i / 20];
	}
}

static void
psk_blocks(struct query *q)
{
	const struct handshake *h = q->h;
	uint8_t frame[QUERY_MIC * 64], text[QUERY_PRF * 64];
	size_t len = ptk_psk(h, text);

	(void)pad(text, len);
	for (size_t i = 0; i < QUERY_PRF; i++)
		expand(text + 64 * i, &q->prf[i]);
	ptk_frame(h, frame);
	q->mic_blocks = pad(frame, h->eapol_len);
	for (size_t i = 0; i < q->mic_blocks; i++)
		expand(frame + 64 * i, &q->mic[i]);
}

void
query_of(const struct handshake *h, struct query *q)
{
	uint8_t text[QUERY_KDF * 64];

	q->h = h;
	q->want = ptk_be32(h->mic);
	if (h->akm == AKM_PSK) {
		psk_blocks(q);
		return;
	}
	q->kdf_blocks =
	    pad(text, h->akm == AKM_FT_PSK ? ptk_ft_r0(h, 2, text)
					   : ptk_psk_sha256(h, text));
	for (size_t i = 0; i < q->kdf_blocks; i++)
		for (size_t k = 0; k < 16; k++)
			q->kdf[i][k] = ptk_be32(text + 64 * i + 4 * k);
}

/* HMAC-SHA256 keyed by PMK over the derivation's text, as words. */
static void
derive(const struct query *q, query_sha256 *sha, const uint8_t *pmk,
    uint32_t out[static 8])
{
	uint32_t in[8], w[16];

	memcpy(in, query_sha256_iv, sizeof(in));
	memcpy(out, query_sha256_iv, sizeof(in));
	for (int i = 0; i < 16; i++)
		w[i] = (i < 8 ? ptk_be32(pmk + 4 * i) : 0) ^ 0x36363636;
	sha(in, w);
	for (int i = 0; i < 16; i++)
		w[i] ^= 0x36363636 ^ 0x5c5c5c5c;
	sha(out, w);
	for (size_t i = 0; i < q->kdf_blocks; i++)
		sha(in, q->kdf[i]);
	memset(w, 0, sizeof(w));
	memcpy(w, in, sizeof(in));
	w[8] = 0x80000000;
	w[15] = (64 + 32) * 8;
	sha(out, w);
}

static void
put(const uint32_t *w, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < 4 * n; i++)
		out[i] = (uint8_t)(w[i / 4] >> (24 - 8 * (i % 4)));
}

/* SHA-256 of at most 55 octets: 16 of them. */
static void
name_of(query_sha256 *sha, uint8_t block[static 64], size_t len,
    uint8_t out[static 16])
{
	uint32_t h[8], w[16];

	memcpy(h, query_sha256_iv, sizeof(h));
	memset(block + len, 0, 64 - len);
	block[len] = 0x80;
	block[63] = (uint8_t)(len * 8);
	block[62] = (uint8_t)(len * 8 >> 8);
	for (int i = 0; i < 16; i++)
		w[i] = ptk_be32(block + 4 * i);
	sha(h, w);
	put(h, 4, out);
}

/* The name of PMK-R1 in message 2 is a hash of the key: no MIC needed to sort
 * out the wrong ones (IEEE Std 802.11-2020 12.7.1.6.4). */
static bool
try_ft(const struct query *q, query_sha256 *sha, const uint8_t *pmk)
{
	uint8_t block[64] = "FT-R0N", name[16];
	uint32_t r0[8];

	derive(q, sha, pmk, r0);
	put(r0, 4, block + 6); /* octets 32 to 47 of the derivation */
	name_of(sha, block, 6 + 16, name);
	memcpy(block, "FT-R1N", 6);
	memcpy(block + 6, name, 16);
	memcpy(block + 22, q->h->r1kh, 6);
	memcpy(block + 28, q->h->spa, 6);
	name_of(sha, block, 34, name);
	return secret_equal(name, q->h->pmkr1name, 16);
}

bool
query_try(const struct query *q, query_sha256 *sha, const uint8_t *pmk)
{
	uint8_t kck[16], mic[16];
	uint32_t ptk[8];
	bool same;

	if (q->h->akm == AKM_FT_PSK)
		return try_ft(q, sha, pmk);
	derive(q, sha, pmk, ptk);
	put(ptk, 4, kck);
	same = ptk_cmac(kck, q->h, mic) &&
	       secret_equal(mic, q->h->mic, sizeof(mic));
	secret_wipe(kck, sizeof(kck));
	return same;
}
