/*
 * Huawei: PPSK asks by address and takes the key in clear.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(huawei_accept)
{
	(void)ask;
	reply_vendor(r, VENDOR_HUAWEI, HUAWEI_DPSK_INFO, g->passphrase->b,
	    g->passphrase->len);
	grant_vlan(r, g);
	grant_filter(r, g);
	if (g->rate_up > 0)
		reply_vendor_u32(r, VENDOR_HUAWEI, HUAWEI_INPUT_AVERAGE,
		    grant_bits(g->rate_up));
	if (g->rate_down > 0)
		reply_vendor_u32(r, VENDOR_HUAWEI, HUAWEI_OUTPUT_AVERAGE,
		    grant_bits(g->rate_down));
	grant_session(r, g);
}
