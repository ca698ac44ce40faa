/* Windows: netsh wlan add profile filename=wifi.xml */
#include <string.h>

#include "core/base/text.h"
#include "core/handout/profile_write.h"
#include "core/handout/xml.h"

static void
element(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "<%s>", name);
	xml_text(out, value);
	buf_printf(out, "</%s>", name);
}

static void
ssid(const struct handout *h, struct buf *out)
{
	char hex[65];

	text_to_hex(h->ssid, strlen(h->ssid), hex);
	for (char *c = hex; *c != '\0'; c++)
		if (*c >= 'a')
			*c = (char)(*c - 'a' + 'A');
	buf_text(out, "<SSIDConfig><SSID>");
	element(out, "hex", hex);
	element(out, "name", h->ssid);
	buf_text(out, "</SSID>");
	element(out, "nonBroadcast", h->hidden ? "true" : "false");
	buf_text(out, "</SSIDConfig>\n");
}

void
profile_windows(const struct handout *h, struct buf *out)
{
	buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<WLANProfile xmlns=\"http://www.microsoft.com/"
		      "networking/WLAN/profile/v1\">\n");
	element(out, "name", h->ssid);
	buf_char(out, '\n');
	ssid(h, out);
	buf_text(out, "<connectionType>ESS</connectionType>\n"
		      "<connectionMode>auto</connectionMode>\n"
		      "<MSM><security><authEncryption>"
		      "<authentication>WPA2PSK</authentication>"
		      "<encryption>AES</encryption>"
		      "<useOneX>false</useOneX></authEncryption>\n"
		      "<sharedKey>");
	element(out, "keyType", profile_raw(h) ? "networkKey" : "passPhrase");
	buf_text(out, "<protected>false</protected>");
	element(out, "keyMaterial", secret_text(h->passphrase));
	buf_text(out, "</sharedKey></security></MSM>\n</WLANProfile>\n");
}
