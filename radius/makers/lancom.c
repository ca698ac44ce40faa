/*
 * LANCOM: LEPS-MAC asks by address and takes the key in clear.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(lancom_accept)
{
	(void)ask;
	reply_vendor(r, VENDOR_LANCOM, LANCOM_WPA_PASSPHRASE, g->passphrase->b,
	    g->passphrase->len);
	grant_vlan(r, g);
	grant_filter(r, g);
	if (g->rate_down > 0)
		reply_vendor_u32(r, VENDOR_LANCOM, LANCOM_TX_RATE,
		    grant_bits(g->rate_down) / 1000);
	if (g->rate_up > 0)
		reply_vendor_u32(r, VENDOR_LANCOM, LANCOM_RX_RATE,
		    grant_bits(g->rate_up) / 1000);
	grant_session(r, g);
}
