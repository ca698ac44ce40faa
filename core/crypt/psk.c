#include "core/crypt/psk.h"

#include <openssl/evp.h>

#include "core/base/text.h"

bool
psk_is_hex(const char *text, size_t len)
{
	if (len != PSK_HEX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text_hex_digit(text[i]) < 0)
			return false;
	return true;
}

bool
psk_allowed(const char *text, size_t len)
{
	if (psk_is_hex(text, len))
		return true;
	if (len < PSK_MIN || len > PSK_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return true;
}

static void
from_hex(const char *text, uint8_t pmk[static PSK_PMK])
{
	for (int i = 0; i < PSK_PMK; i++)
		pmk[i] = (uint8_t)(text_hex_digit(text[2 * i]) << 4 |
				   text_hex_digit(text[2 * i + 1]));
}

enum err
psk_derive(const char *passphrase, size_t len, const void *ssid,
    size_t ssid_len, uint8_t pmk[static PSK_PMK])
{
	if (!psk_allowed(passphrase, len) || ssid_len == 0 ||
	    ssid_len > PSK_SSID_MAX)
		return ERR_BAD_INPUT;
	if (len == PSK_HEX) {
		from_hex(passphrase, pmk);
		return ERR_OK;
	}
	if (PKCS5_PBKDF2_HMAC_SHA1(passphrase, (int)len, ssid, (int)ssid_len,
		PSK_ROUNDS, PSK_PMK, pmk) != 1)
		return ERR_INTERNAL;
	return ERR_OK;
}
