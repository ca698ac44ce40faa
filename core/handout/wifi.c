#include "core/handout/wifi.h"

#include <string.h>

#include "core/base/text.h"

enum {
	SSID_MAX = 32, /* octets, IEEE 802.11 9.4.2.2 */
	PASS_MIN = 8,
	PASS_MAX = 63, /* printable ASCII; 64 hex digits are a raw PMK */
	GROUP = 4
};

bool
wifi_ssid_ok(const char *ssid)
{
	size_t len = strnlen(ssid, SSID_MAX + 1);

	return len > 0 && len <= SSID_MAX && text_utf8_ok(ssid, len);
}

bool
wifi_passphrase_ok(const struct secret *s)
{
	if (s->len == PASS_MAX + 1) {
		for (size_t i = 0; i < s->len; i++)
			if (text_hex_digit((char)s->b[i]) < 0)
				return false;
		return true;
	}
	for (size_t i = 0; i < s->len; i++)
		if (s->b[i] < 0x20 || s->b[i] > 0x7e)
			return false;
	return s->len >= PASS_MIN && s->len <= PASS_MAX;
}

/* Backslash before what the reader of a WIFI: string would take for syntax. */
static void
escaped(struct buf *out, const char *t)
{
	for (; *t != '\0'; t++) {
		if (strchr("\\;,:\"", *t) != NULL)
			buf_char(out, '\\');
		buf_char(out, *t);
	}
}

enum err
wifi_string(const struct handout *h, struct buf *out)
{
	if (!wifi_ssid_ok(h->ssid) || !wifi_passphrase_ok(h->passphrase))
		return ERR_BAD_INPUT;
	buf_text(out, "WIFI:T:WPA;S:");
	escaped(out, h->ssid);
	buf_text(out, ";P:");
	escaped(out, secret_text(h->passphrase));
	buf_text(out, h->hidden ? ";H:true;;" : ";;");
	return out->err;
}

void
wifi_grouped(const char *passphrase, struct buf *out)
{
	bool whole = strpbrk(passphrase, "- ") != NULL;

	for (size_t i = 0; passphrase[i] != '\0'; i++) {
		if (!whole && i > 0 && i % GROUP == 0)
			buf_char(out, ' ');
		buf_char(out, passphrase[i]);
	}
}
