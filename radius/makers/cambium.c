/*
 * Cambium: asks by address, takes the standard attributes.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(cambium_accept)
{
	(void)ask;
	grant_passphrase(r, g);
	grant_vlan(r, g);
	grant_filter(r, g);
	grant_wispr(r, g);
	grant_session(r, g);
}
