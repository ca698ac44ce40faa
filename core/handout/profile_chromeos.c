/* ChromeOS: an Open Network Configuration, loaded at chrome://network. */
#include <jansson.h>
#include <string.h>

#include "core/base/text.h"
#include "core/handout/profile_write.h"

static inline void
json_own(json_t **j)
{
	json_decref(*j);
}

static int
dump(const char *t, size_t len, void *out)
{
	buf_add(out, t, len);
	return 0;
}

void
profile_chromeos(const struct handout *h, struct buf *out)
{
	char uuid[PROFILE_UUID + 1], guid[PROFILE_UUID + 3], hex[65];
	OWN(json) json_t *j = NULL;

	profile_uuid(h, "chromeos", uuid);
	guid[0] = '{';
	memcpy(guid + 1, uuid, PROFILE_UUID);
	memcpy(guid + 1 + PROFILE_UUID, "}", 2);
	text_to_hex(h->ssid, strlen(h->ssid), hex);
	j = json_pack("{s:s, s:[{s:s, s:s, s:s, s:{s:s, s:s, s:b, s:s, s:s, "
		      "s:b}}], s:[]}",
	    "Type", "UnencryptedConfiguration", "NetworkConfigurations", "GUID",
	    guid, "Name", profile_title(h), "Type", "WiFi", "WiFi", "SSID",
	    h->ssid, "HexSSID", hex, "HiddenSSID", h->hidden, "Security",
	    "WPA-PSK", "Passphrase", secret_text(h->passphrase), "AutoConnect",
	    1, "Certificates");
	if (j == NULL || json_dump_callback(j, dump, out, JSON_INDENT(1)) != 0)
		out->err = out->err ? out->err : ERR_NO_MEMORY;
	buf_char(out, '\n');
}
