/*
 * TP-Link Omada: a key bound to an address goes back hidden. For an unbound
 * one it asks twice (the first time an empty Accept will do), then sends the
 * handshake and takes the PMK in clear.
 */
#include <string.h>

#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"
#include "radius/makers/seen.h"

enum { PMK = 32, FOUND_PMK = 1 };

static const struct seen_row rows[] = {
    {1, SEEN_EAPOL},
    {2, SEEN_ANONCE},
    {3, SEEN_SSID},
    {6, SEEN_BSSID},
    {4, SEEN_OTHER_BSSID},
    {5, SEEN_STATION},
    {0, SEEN_END},
};

RECOGNISE(omada_recognise)
{
	struct slice s;

	return packet_vendor(p, VENDOR_TPLINK, TPLINK_FIND_KEY, &s) &&
	       seen_tlv(s, rows, ask);
}

static void
found(struct reply *r, const struct grant *g)
{
	uint8_t v[2 + PMK] = {FOUND_PMK, 2 + PMK};

	if (g->pmk == NULL)
		return;
	memcpy(v + 2, g->pmk, PMK);
	reply_vendor(r, VENDOR_TPLINK, TPLINK_FOUND_KEY, v, sizeof(v));
	secret_wipe(v, sizeof(v));
}

static void
rate(struct reply *r, const struct grant *g)
{
	if (g->rate_down > 0)
		reply_vendor_u32(r, VENDOR_TPLINK, TPLINK_RATE_XMIT,
		    grant_bits(g->rate_down) / 1000);
	if (g->rate_up > 0)
		reply_vendor_u32(r, VENDOR_TPLINK, TPLINK_RATE_RECV,
		    grant_bits(g->rate_up) / 1000);
}

ACCEPT(omada_accept)
{
	grant_passphrase(r, g);
	if (ask->handshake)
		found(r, g);
	grant_vlan(r, g);
	rate(r, g);
	grant_session(r, g);
}
