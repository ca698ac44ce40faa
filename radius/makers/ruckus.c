/*
 * Ruckus: Unleashed, Ruckus One and SmartZone 7 send the handshake and take
 * the PMK hidden; a device bound by address, and older SmartZone, take it in
 * clear behind a zero octet.
 */
#include <string.h>

#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"
#include "radius/makers/seen.h"

enum { PMK = 32 };

static const struct seen_row rows[] = {
    {1, SEEN_AKM},
    {3, SEEN_ANONCE},
    {4, SEEN_EAPOL},
    {0, SEEN_END},
};

/* The address of the radio stands outside of the triples. */
RECOGNISE(ruckus_recognise)
{
	struct slice s;

	if (!packet_vendor(p, VENDOR_RUCKUS, RUCKUS_DPSK_PARAMS, &s) ||
	    !seen_tlv(s, rows, ask))
		return false;
	if (packet_vendor(p, VENDOR_RUCKUS, RUCKUS_BSSID, &s) &&
	    s.len == sizeof(ask->bssid.b)) {
		memcpy(ask->bssid.b, s.p, s.len);
		ask->has_bssid = true;
	}
	return true;
}

static void
bound_key(struct reply *r, const struct grant *g)
{
	uint8_t v[1 + PMK] = {0};

	if (g->pmk == NULL)
		return;
	memcpy(v + 1, g->pmk, PMK);
	reply_vendor(r, VENDOR_RUCKUS, RUCKUS_DPSK, v, sizeof(v));
	secret_wipe(v, sizeof(v));
}

static void
rights(struct reply *r, const struct grant *g)
{
	if (g->role != NULL)
		reply_vendor_text(
		    r, VENDOR_RUCKUS, RUCKUS_USER_GROUPS, g->role);
	grant_vlan(r, g);
	if (grant_has_vlan(g))
		reply_vendor_u32(
		    r, VENDOR_RUCKUS, RUCKUS_VLAN_ID, (uint32_t)g->vlan);
	if (g->acl != NULL)
		reply_text(r, ATTR_FILTER_ID, g->acl);
	grant_wispr(r, g);
	grant_session(r, g);
}

ACCEPT(ruckus_accept)
{
	if (ask->handshake && g->pmk != NULL)
		reply_vendor_hidden(
		    r, VENDOR_MICROSOFT, MICROSOFT_MPPE_RECV_KEY, g->pmk, PMK);
	else
		bound_key(r, g);
	rights(r, g);
}

ACCEPT(ruckus_smartzone_accept)
{
	(void)ask;
	bound_key(r, g);
	rights(r, g);
}
