/* The address of a page, as an access point or anybody writes it. */
#include <string.h>

#include "core/base/text.h"
#include "portal/captive/hints.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(4 << 20);
	struct mac again;
	struct hints h;
	struct form f;
	char mac[MAC_TEXT];

	if (form_parse((const char *)data, size, a, &f) != ERR_OK)
		return 0;
	hints_read(&f, &h);
	if (!text_utf8_ok(h.ssid, strlen(h.ssid)))
		__builtin_trap();
	mac_text(&h.station, mac);
	if ((h.maker[0] != '\0') != mac_parse(mac, strlen(mac), &again, NULL))
		__builtin_trap();
	if (h.maker[0] == '\0' && h.ssid[0] != '\0')
		__builtin_trap();
	return 0;
}
