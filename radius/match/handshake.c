#include <string.h>

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "radius/match/match.h"

enum {
	EAPOL_KEY = 3,
	DESCRIPTOR_RSN = 2,
	DESCRIPTOR_WPA1 = 254,
	BODY_AT = 4,
	FT_R0KH_MAX = 48,
	/* key information (IEEE Std 802.11-2020 Figure 12-33) */
	INFO_VERSION = 0x0007,
	INFO_PAIRWISE = 0x0008,
	INFO_INSTALL = 0x0040,
	INFO_ACK = 0x0080,
	INFO_MIC = 0x0100,
	INFO_REST = 0x3c00, /* error, request, encrypted, SMK */
	VERSION_SHA1 = 2,
	VERSION_CMAC = 3,
	/* elements */
	ELEMENT_RSN = 48,
	ELEMENT_MOBILITY = 54,
	ELEMENT_FT = 55,
	FT_FIXED = 2 + 16 + 32 + 32,
	FT_R1KH = 1,
	FT_R0KH = 3,
	SUITE = 0x000fac00,
	NAME_LEN = 16,
};

const char *
handshake_trouble_text(enum handshake_trouble t)
{
	switch (t) {
	case HANDSHAKE_FINE:
		return "fine";
	case HANDSHAKE_SHORT:
		return "the frame is cut short";
	case HANDSHAKE_LONG:
		return "the frame is longer than any real one";
	case HANDSHAKE_NOT_KEY:
		return "not an EAPOL-Key frame";
	case HANDSHAKE_NOT_MESSAGE2:
		return "not message 2 of a handshake";
	case HANDSHAKE_ZERO_NONCE:
		return "a nonce is zero";
	case HANDSHAKE_WPA1:
		return "WPA1, which is not supported: use WPA2";
	case HANDSHAKE_AKM:
		return "a key management that sends no provable handshake";
	case HANDSHAKE_FT:
		return "fast transition elements are missing or malformed";
	}
	return "unknown";
}

/* Both octets, little-endian, as elements have them. */
static uint16_t
le16(struct reader *r)
{
	uint16_t lo = reader_u8(r);

	return (uint16_t)(lo | reader_u8(r) << 8);
}

/* What we need of the RSN element. */
struct rsn {
	uint32_t cipher, akm;
	const uint8_t *name; /* the first PMKID, or NULL */
};

/* COUNT suites: the first of them. */
static uint32_t
suites(struct reader *r)
{
	uint16_t n = le16(r);
	uint32_t first = n > 0 ? reader_be32(r) : 0;

	if (n > 1)
		(void)reader_take(r, 4 * (size_t)(n - 1));
	return first;
}

/* IEEE Std 802.11-2020 9.4.2.24; it may end behind any field. */
static void
read_rsn(const uint8_t *p, size_t len, struct rsn *out)
{
	struct reader r = reader_of(p, len);

	(void)le16(&r); /* version */
	(void)reader_be32(&r);
	out->cipher = suites(&r);
	out->akm = suites(&r);
	(void)le16(&r); /* capabilities */
	if (le16(&r) > 0)
		out->name = reader_take(&r, NAME_LEN);
}

static bool
read_ft(const uint8_t *p, size_t len, struct handshake *h)
{
	struct reader r = reader_of(p, len);
	bool r1 = false;

	(void)reader_take(&r, FT_FIXED);
	while (reader_ok(&r) && reader_left(&r) > 0) {
		uint8_t type = reader_u8(&r), n = reader_u8(&r);
		const uint8_t *v = reader_take(&r, n);

		if (v == NULL)
			return false;
		if (type == FT_R1KH && n == sizeof(h->r1kh)) {
			memcpy(h->r1kh, v, n);
			r1 = true;
		}
		if (type == FT_R0KH && n >= 1 && n <= FT_R0KH_MAX) {
			h->r0kh = v;
			h->r0kh_len = n;
		}
	}
	return reader_ok(&r) && r1 && h->r0kh_len > 0;
}

/* Walks the key data. FT is left false when its elements are not whole. */
static void
read_elements(const uint8_t *p, size_t len, struct handshake *h,
    struct rsn *rsn, bool *ft)
{
	struct reader r = reader_of(p, len);
	bool mobility = false, keys = false;

	while (reader_left(&r) >= 2) {
		uint8_t type = reader_u8(&r), n = reader_u8(&r);
		const uint8_t *v = reader_take(&r, n);

		if (v == NULL)
			break;
		if (type == ELEMENT_RSN && rsn->akm == 0)
			read_rsn(v, n, rsn);
		if (type == ELEMENT_MOBILITY && n >= 3) {
			memcpy(h->mdid, v, sizeof(h->mdid));
			mobility = true;
		}
		if (type == ELEMENT_FT)
			keys = read_ft(v, n, h);
	}
	*ft = mobility && keys && rsn->name != NULL;
	if (*ft)
		memcpy(h->pmkr1name, rsn->name, NAME_LEN);
}

/* Every nonce of a live station differs from zero. */
static bool
zero(const uint8_t nonce[MATCH_NONCE])
{
	uint8_t all = 0;

	for (size_t i = 0; i < MATCH_NONCE; i++)
		all |= nonce[i];
	return all == 0;
}

/* The key management, and whether its version of the MIC fits. */
static enum handshake_trouble
choose_akm(
    uint32_t said, uint16_t version, const struct rsn *rsn, struct handshake *h)
{
	uint32_t akm = said != 0 ? said : rsn->akm;

	if (akm == 0 && version == VERSION_SHA1)
		akm = SUITE | AKM_PSK;
	switch (akm) {
	case SUITE | AKM_PSK:
		h->akm = AKM_PSK;
		return version == VERSION_SHA1 ? HANDSHAKE_FINE : HANDSHAKE_AKM;
	case SUITE | AKM_PSK_SHA256:
		h->akm = AKM_PSK_SHA256;
		break;
	case SUITE | AKM_FT_PSK:
		h->akm = AKM_FT_PSK;
		break;
	default:
		return HANDSHAKE_AKM;
	}
	return version == VERSION_CMAC ? HANDSHAKE_FINE : HANDSHAKE_AKM;
}

/* TKIP and the 256-bit ciphers have longer temporal keys. */
static uint16_t
bits(uint32_t cipher)
{
	bool longer = cipher == (SUITE | 2) || cipher == (SUITE | 9) ||
		      cipher == (SUITE | 10);

	return longer ? 512 : 384;
}

static enum handshake_trouble
read_body(uint32_t akm, struct handshake *h)
{
	struct reader r = reader_of(h->eapol + BODY_AT, h->eapol_len - BODY_AT);
	uint8_t descriptor = reader_u8(&r);
	uint16_t info = reader_be16(&r), n;
	struct rsn rsn = {0};
	const uint8_t *v;
	enum handshake_trouble t;
	bool ft;

	if (descriptor == DESCRIPTOR_WPA1)
		return HANDSHAKE_WPA1;
	if (descriptor != DESCRIPTOR_RSN)
		return HANDSHAKE_NOT_KEY;
	if ((info & (INFO_PAIRWISE | INFO_MIC)) != (INFO_PAIRWISE | INFO_MIC) ||
	    (info & (INFO_ACK | INFO_INSTALL | INFO_REST)))
		return HANDSHAKE_NOT_MESSAGE2;
	(void)reader_take(&r, 2 + 8); /* key length, replay counter */
	if ((v = reader_take(&r, MATCH_NONCE)) != NULL)
		memcpy(h->snonce, v, MATCH_NONCE);
	(void)reader_take(&r, 16 + 8 + 8);
	if ((v = reader_take(&r, sizeof(h->mic))) != NULL)
		memcpy(h->mic, v, sizeof(h->mic));
	n = reader_be16(&r);
	if ((v = reader_take(&r, n)) == NULL || !reader_ok(&r))
		return HANDSHAKE_SHORT;
	if (zero(h->snonce) || zero(h->anonce))
		return HANDSHAKE_ZERO_NONCE;
	read_elements(v, n, h, &rsn, &ft);
	if ((t = choose_akm(akm, info & INFO_VERSION, &rsn, h)))
		return t;
	h->cipher_bits = bits(rsn.cipher);
	return h->akm == AKM_FT_PSK && !ft ? HANDSHAKE_FT : HANDSHAKE_FINE;
}

enum handshake_trouble
handshake_read(uint32_t akm, const uint8_t aa[6], const uint8_t spa[6],
    const void *ssid, size_t ssid_len, const uint8_t anonce[MATCH_NONCE],
    const uint8_t *eapol, size_t len, struct handshake *out)
{
	size_t frame;

	memset(out, 0, sizeof(*out));
	if (len < MATCH_EAPOL_MIN)
		return HANDSHAKE_SHORT;
	frame = BODY_AT + ((size_t)eapol[2] << 8 | eapol[3]);
	if (eapol[1] != EAPOL_KEY)
		return HANDSHAKE_NOT_KEY;
	if (frame > len || frame < MATCH_EAPOL_MIN)
		return HANDSHAKE_SHORT;
	if (frame > MATCH_EAPOL_MAX || ssid_len > 32)
		return HANDSHAKE_LONG;
	memcpy(out->aa, aa, sizeof(out->aa));
	memcpy(out->spa, spa, sizeof(out->spa));
	memcpy(out->anonce, anonce, sizeof(out->anonce));
	out->ssid = ssid;
	out->ssid_len = ssid_len;
	out->eapol = eapol;
	out->eapol_len = frame;
	return read_body(akm, out);
}
