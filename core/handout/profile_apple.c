/* iOS, iPadOS, macOS: a property list with one Wi-Fi payload. */
#include <time.h>

#include "core/handout/profile_write.h"

#include "core/handout/xml.h"
#include <stdio.h>

static void
pair(struct buf *out, const char *key, const char *value)
{
	if (*value == '\0')
		return;
	buf_printf(out, "<key>%s</key><string>", key);
	xml_text(out, value);
	buf_text(out, "</string>\n");
}

static void
truth(struct buf *out, const char *key, bool value)
{
	buf_printf(out, "<key>%s</key><%s/>\n", key, value ? "true" : "false");
}

/* Type, identity and name: what every payload has. */
static void
payload(const struct handout *h, struct buf *out, const char *type,
    const char *part)
{
	char uuid[PROFILE_UUID + 1], name[200];

	profile_uuid(h, part, uuid);
	(void)snprintf(name, sizeof(name), "latchkey.%s.%s", uuid, part);
	pair(out, "PayloadType", type);
	buf_text(out, "<key>PayloadVersion</key><integer>1</integer>\n");
	pair(out, "PayloadIdentifier", name);
	pair(out, "PayloadUUID", uuid);
	pair(out, "PayloadDisplayName", profile_title(h));
}

static void
wifi(const struct handout *h, struct buf *out)
{
	buf_text(out, "<dict>\n");
	payload(h, out, "com.apple.wifi.managed", "wifi");
	pair(out, "SSID_STR", h->ssid);
	truth(out, "HIDDEN_NETWORK", h->hidden);
	truth(out, "AutoJoin", true);
	/* since iOS 16 and macOS 13: WPA2 or WPA3 */
	pair(out, "EncryptionType", "WPA2");
	pair(out, "Password", secret_text(h->passphrase));
	/* a key does not depend on the address of the device */
	truth(out, "DisableAssociationMACRandomization", false);
	truth(out, "IsHotspot", false);
	pair(out, "ProxyType", "None");
	buf_text(out, "</dict>\n");
}

/* The device forgets the network when the key ends. */
static void
removal(int64_t at, struct buf *out)
{
	time_t t = (time_t)at;
	struct tm u;
	char date[40];

	if (at <= 0 || gmtime_r(&t, &u) == NULL || u.tm_year > 8099 ||
	    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &u) == 0)
		return;
	buf_printf(out, "<key>RemovalDate</key><date>%s</date>\n", date);
}

void
profile_apple(const struct handout *h, struct buf *out)
{
	buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
		      "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
		      "<plist version=\"1.0\">\n<dict>\n");
	payload(h, out, "Configuration", "profile");
	pair(out, "PayloadOrganization", h->brand);
	removal(h->not_after, out);
	truth(out, "PayloadRemovalDisallowed", false);
	buf_text(out, "<key>PayloadContent</key>\n<array>\n");
	wifi(h, out);
	buf_text(out, "</array>\n</dict>\n</plist>\n");
}
