/* Linux: a keyfile of NetworkManager, a block for wpa_supplicant. */
#include <openssl/evp.h>
#include <string.h>

#include "core/base/text.h"
#include "core/handout/profile_write.h"

/* Keyfile values lose blanks at their ends and read backslash sequences;
 * `\s` is a blank that stays. */
static void
value(struct buf *out, const char *key, const char *t)
{
	buf_printf(out, "%s=", key);
	for (; *t != '\0'; t++)
		if (*t == ' ')
			buf_text(out, "\\s");
		else if (*t == '\\')
			buf_text(out, "\\\\");
		else
			buf_char(out, *t);
	buf_char(out, '\n');
}

/* As a list of octets, which holds any SSID. */
static void
octets(struct buf *out, const char *t)
{
	buf_text(out, "ssid=");
	for (; *t != '\0'; t++)
		buf_printf(out, "%u;", (unsigned char)*t);
	buf_char(out, '\n');
}

void
profile_networkmanager(const struct handout *h, struct buf *out)
{
	char uuid[PROFILE_UUID + 1];

	profile_uuid(h, "networkmanager", uuid);
	buf_text(out, "[connection]\n");
	value(out, "id", profile_title(h));
	value(out, "uuid", uuid);
	buf_text(out, "type=wifi\n\n[wifi]\nmode=infrastructure\n");
	octets(out, h->ssid);
	if (h->hidden)
		buf_text(out, "hidden=true\n");
	buf_text(out, "\n[wifi-security]\nkey-mgmt=wpa-psk\n");
	value(out, "psk", secret_text(h->passphrase));
	buf_text(out, "\n[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=auto\n");
}

/* The key that the passphrase stands for (IEEE 802.11 J.4.1), which needs no
 * quotes. */
static void
raw_psk(const struct handout *h, struct buf *out)
{
	uint8_t pmk[32];
	char hex[65];

	if (PKCS5_PBKDF2_HMAC_SHA1(secret_text(h->passphrase),
		(int)h->passphrase->len, (const uint8_t *)h->ssid,
		(int)strlen(h->ssid), 4096, sizeof(pmk), pmk) != 1) {
		out->err = out->err ? out->err : ERR_NO_MEMORY;
		return;
	}
	text_to_hex(pmk, sizeof(pmk), hex);
	buf_text(out, hex);
	secret_wipe(pmk, sizeof(pmk));
	secret_wipe(hex, sizeof(hex));
}

/* A quoted string knows no escapes, and one with a quote inside may be cut at
 * a number sign; an SSID in hex has neither. */
void
profile_wpa_supplicant(const struct handout *h, struct buf *out)
{
	const char *pass = secret_text(h->passphrase);
	char hex[65];

	text_to_hex(h->ssid, strlen(h->ssid), hex);
	buf_printf(out, "network={\n\tssid=%s\n\tpsk=", hex);
	if (profile_raw(h))
		buf_text(out, pass);
	else if (strchr(pass, '"') != NULL)
		raw_psk(h, out);
	else {
		buf_char(out, '"');
		buf_text(out, pass);
		buf_char(out, '"');
	}
	buf_text(out, "\n\tkey_mgmt=WPA-PSK WPA-PSK-SHA256\n");
	if (h->hidden)
		buf_text(out, "\tscan_ssid=1\n");
	buf_text(out, "}\n");
}
