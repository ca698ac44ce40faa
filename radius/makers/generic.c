/*
 * An access point nobody described: the standard attributes, which most
 * understand and the others ignore.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(generic_accept)
{
	(void)ask;
	grant_passphrase(r, g);
	grant_vlan(r, g);
	grant_filter(r, g);
	grant_wispr(r, g);
	grant_session(r, g);
}
