/*
 * Cisco Meraki: iPSK asks by address, Easy PSK sends the handshake. Filter-Id
 * names a group policy.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"
#include "radius/makers/seen.h"

static const struct seen_row rows[] = {
    {1, SEEN_ANONCE},
    {2, SEEN_EAPOL},
    {3, SEEN_BSSID},
    {4, SEEN_OTHER_BSSID},
    {5, SEEN_SSID},
    {0, SEEN_END},
};

RECOGNISE(meraki_recognise)
{
	struct slice s;

	return packet_vendor(p, VENDOR_MERAKI, MERAKI_DPSK, &s) &&
	       seen_tlv(s, rows, ask);
}

ACCEPT(meraki_accept)
{
	(void)ask;
	grant_passphrase(r, g);
	grant_vlan(r, g);
	grant_filter(r, g);
	grant_session(r, g);
}
