#include "radius/match/ptk.h"

#include <string.h>

#include <openssl/evp.h>

enum { MIC_AT = 81, MIC_LEN = 16 };

static size_t
put(uint8_t *out, size_t at, const void *octets, size_t len)
{
	if (len > 0)
		memcpy(out + at, octets, len);
	return at + len;
}

static size_t
put_le16(uint8_t *out, size_t at, uint16_t v)
{
	out[at] = (uint8_t)v;
	out[at + 1] = (uint8_t)(v >> 8);
	return at + 2;
}

/* Both, the smaller first. */
static size_t
put_sorted(
    uint8_t *out, size_t at, const uint8_t *a, const uint8_t *b, size_t n)
{
	bool swap = memcmp(a, b, n) > 0;

	at = put(out, at, swap ? b : a, n);
	return put(out, at, swap ? a : b, n);
}

static size_t
put_peers(const struct handshake *h, uint8_t *out, size_t at)
{
	at = put_sorted(out, at, h->aa, h->spa, 6);
	return put_sorted(out, at, h->anonce, h->snonce, MATCH_NONCE);
}

static const char label[] = "Pairwise key expansion";

size_t
ptk_psk(const struct handshake *h, uint8_t out[static PTK_MAX])
{
	size_t at = put(out, 0, label, sizeof(label)); /* with its NUL */

	at = put_peers(h, out, at);
	out[at++] = 0;
	return at;
}

size_t
ptk_psk_sha256(const struct handshake *h, uint8_t out[static PTK_MAX])
{
	size_t at = put_le16(out, 0, 1);

	at = put(out, at, label, sizeof(label) - 1);
	at = put_peers(h, out, at);
	return put_le16(out, at, h->cipher_bits);
}

size_t
ptk_ft_r0(const struct handshake *h, int round, uint8_t out[static PTK_MAX])
{
	size_t at = put_le16(out, 0, (uint16_t)round);

	at = put(out, at, "FT-R0", 5);
	out[at++] = (uint8_t)h->ssid_len;
	at = put(out, at, h->ssid, h->ssid_len);
	at = put(out, at, h->mdid, 2);
	out[at++] = (uint8_t)h->r0kh_len;
	at = put(out, at, h->r0kh, h->r0kh_len);
	at = put(out, at, h->spa, 6);
	return put_le16(out, at, 384);
}

size_t
ptk_ft_r1(const struct handshake *h, uint8_t out[static PTK_MAX])
{
	size_t at = put_le16(out, 0, 1);

	at = put(out, at, "FT-R1", 5);
	at = put(out, at, h->r1kh, 6);
	at = put(out, at, h->spa, 6);
	return put_le16(out, at, 256);
}

size_t
ptk_ft(const struct handshake *h, uint8_t out[static PTK_MAX])
{
	size_t at = put_le16(out, 0, 1);

	at = put(out, at, "FT-PTK", 6);
	at = put(out, at, h->snonce, MATCH_NONCE);
	at = put(out, at, h->anonce, MATCH_NONCE);
	at = put(out, at, h->aa, 6);
	at = put(out, at, h->spa, 6);
	return put_le16(out, at, h->cipher_bits);
}

void
ptk_frame(const struct handshake *h, uint8_t *out)
{
	memcpy(out, h->eapol, h->eapol_len);
	memset(out + MIC_AT, 0, MIC_LEN);
}

bool
ptk_cmac(const uint8_t kck[static 16], const struct handshake *h,
    uint8_t mic[static 16])
{
	uint8_t frame[MATCH_EAPOL_MAX];
	size_t len = 0;

	ptk_frame(h, frame);
	return EVP_Q_mac(NULL, "CMAC", NULL, "AES-128-CBC", NULL, kck, 16,
		   frame, h->eapol_len, mic, 16, &len) != NULL &&
	       len == 16;
}
