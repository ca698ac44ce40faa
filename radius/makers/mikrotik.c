/*
 * MikroTik: both generations of its software take the same key, in clear. The
 * older shapes traffic per device, the newer leaves that to queues.
 */
#include <inttypes.h>
#include <stdio.h>

#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

enum { VLAN_8021Q = 0 };

static void
key_and_vlan(struct reply *r, const struct grant *g)
{
	reply_vendor(r, VENDOR_MIKROTIK, MIKROTIK_WIRELESS_PSK,
	    g->passphrase->b, g->passphrase->len);
	if (!grant_has_vlan(g))
		return;
	reply_vendor_u32(
	    r, VENDOR_MIKROTIK, MIKROTIK_VLAN_ID, (uint32_t)g->vlan);
	reply_vendor_u32(r, VENDOR_MIKROTIK, MIKROTIK_VLAN_ID_TYPE, VLAN_8021Q);
}

/* "rx/tx" as the router sees it: from the device, then towards it. */
static void
rate(struct reply *r, const struct grant *g)
{
	char text[64];

	if (g->rate_up <= 0 && g->rate_down <= 0)
		return;
	(void)snprintf(text, sizeof(text), "%" PRId64 "k/%" PRId64 "k",
	    g->rate_up, g->rate_down);
	reply_vendor_text(r, VENDOR_MIKROTIK, MIKROTIK_RATE_LIMIT, text);
}

ACCEPT(mikrotik_accept)
{
	(void)ask;
	key_and_vlan(r, g);
	rate(r, g);
	grant_session(r, g);
}

ACCEPT(mikrotik_wifi_accept)
{
	(void)ask;
	key_and_vlan(r, g);
	grant_session(r, g);
}
