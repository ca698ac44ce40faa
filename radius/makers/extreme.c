/*
 * Extreme Networks: asks by address; VLAN in its own attribute as well.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(extreme_accept)
{
	(void)ask;
	grant_passphrase(r, g);
	grant_vlan(r, g);
	if (grant_has_vlan(g))
		reply_vendor_u32(
		    r, VENDOR_EXTREME, EXTREME_USER_VLAN, (uint32_t)g->vlan);
	grant_filter(r, g);
	grant_session(r, g);
}
