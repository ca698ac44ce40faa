/*
 * Eleven: sends the handshake, takes the key as Cisco does.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"
#include "radius/makers/seen.h"

static const struct seen_row rows[] = {
    {1, SEEN_EAPOL},
    {2, SEEN_ANONCE},
    {3, SEEN_SSID},
    {4, SEEN_BSSID},
    {5, SEEN_STATION},
    {0, SEEN_END},
};

RECOGNISE(eleven_recognise)
{
	struct slice s;

	return packet_vendor(p, VENDOR_ELEVEN, ELEVEN_FIND_KEY, &s) &&
	       seen_tlv(s, rows, ask);
}

ACCEPT(eleven_accept)
{
	(void)ask;
	grant_cisco_psk(r, g);
	grant_vlan(r, g);
	grant_filter(r, g);
	grant_wispr(r, g);
	grant_session(r, g);
}
