/*
 * Juniper Mist: asks by address, wants the key as Cisco does and the role in
 * Filter-Id.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(mist_accept)
{
	(void)ask;
	grant_cisco_psk(r, g);
	grant_vlan(r, g);
	grant_filter(r, g);
	grant_session(r, g);
}
