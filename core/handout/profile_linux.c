/* Linux: a keyfile of NetworkManager, a block for wpa_supplicant. */
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

/* A quoted string there ends at the last quote and knows no escapes; an SSID
 * in hex has none. */
void
profile_wpa_supplicant(const struct handout *h, struct buf *out)
{
	const char *quote = profile_raw(h) ? "" : "\"";
	char hex[65];

	text_to_hex(h->ssid, strlen(h->ssid), hex);
	buf_printf(out, "network={\n\tssid=%s\n\tpsk=%s", hex, quote);
	buf_text(out, secret_text(h->passphrase));
	buf_printf(out, "%s\n\tkey_mgmt=WPA-PSK WPA-PSK-SHA256\n", quote);
	if (h->hidden)
		buf_text(out, "\tscan_ssid=1\n");
	buf_text(out, "}\n");
}
