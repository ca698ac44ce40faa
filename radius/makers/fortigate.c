/*
 * Fortinet FortiGate: MPSK asks by address; the role is a user group.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(fortigate_accept)
{
	(void)ask;
	grant_passphrase(r, g);
	grant_vlan(r, g);
	if (g->role != NULL)
		reply_vendor_text(
		    r, VENDOR_FORTINET, FORTINET_GROUP_NAME, g->role);
	if (g->acl != NULL)
		reply_text(r, ATTR_FILTER_ID, g->acl);
	grant_session(r, g);
}
