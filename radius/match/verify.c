/*
 * The reference: the text of the standard, by the library's one-shot calls.
 */
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/base/secret.h"
#include "radius/match/ptk.h"

enum { SHA256_LEN = 32, KCK_LEN = 16 };

/* A key of 32 octets over TEXT. */
static bool
hmac(const EVP_MD *md, const uint8_t *key, int keylen, const uint8_t *text,
    size_t len, uint8_t out[static EVP_MAX_MD_SIZE])
{
	return HMAC(md, key, keylen, text, len, out, NULL) != NULL;
}

static bool
mic_psk(const struct handshake *h, const uint8_t *pmk, uint8_t *mic)
{
	uint8_t text[PTK_MAX], frame[MATCH_EAPOL_MAX], kck[EVP_MAX_MD_SIZE],
	    sum[EVP_MAX_MD_SIZE];
	bool ok = hmac(EVP_sha1(), pmk, MATCH_PMK, text, ptk_psk(h, text), kck);

	ptk_frame(h, frame);
	ok = ok && hmac(EVP_sha1(), kck, KCK_LEN, frame, h->eapol_len, sum);
	memcpy(mic, sum, 16);
	secret_wipe(kck, sizeof(kck));
	return ok;
}

static bool
kck_ft(const struct handshake *h, const uint8_t *pmk, uint8_t *kck)
{
	uint8_t text[PTK_MAX], r0[EVP_MAX_MD_SIZE], r1[EVP_MAX_MD_SIZE];
	const EVP_MD *md = EVP_sha256();
	bool ok = hmac(md, pmk, MATCH_PMK, text, ptk_ft_r0(h, 1, text), r0) &&
		  hmac(md, r0, SHA256_LEN, text, ptk_ft_r1(h, text), r1) &&
		  hmac(md, r1, SHA256_LEN, text, ptk_ft(h, text), kck);

	secret_wipe(r0, sizeof(r0));
	secret_wipe(r1, sizeof(r1));
	return ok;
}

static bool
kck_sha256(const struct handshake *h, const uint8_t *pmk, uint8_t *kck)
{
	uint8_t text[PTK_MAX];

	if (h->akm == AKM_FT_PSK)
		return kck_ft(h, pmk, kck);
	return hmac(
	    EVP_sha256(), pmk, MATCH_PMK, text, ptk_psk_sha256(h, text), kck);
}

bool
match_mic(const struct handshake *h, const uint8_t pmk[MATCH_PMK],
    uint8_t mic[static 16])
{
	uint8_t kck[EVP_MAX_MD_SIZE];
	bool ok;

	if (h->akm == AKM_PSK)
		return mic_psk(h, pmk, mic);
	ok = kck_sha256(h, pmk, kck) && ptk_cmac(kck, h, mic);
	secret_wipe(kck, sizeof(kck));
	return ok;
}

bool
match_verify(const struct handshake *h, const uint8_t pmk[MATCH_PMK])
{
	uint8_t mic[16];

	return match_mic(h, pmk, mic) && secret_equal(mic, h->mic, sizeof(mic));
}
