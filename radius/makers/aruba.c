/*
 * HPE Aruba Networking: MPSK asks by address. The key is hidden and has a name.
 */
#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"

ACCEPT(aruba_accept)
{
	(void)ask;
	reply_vendor_hidden(r, VENDOR_ARUBA, ARUBA_MPSK_PASSPHRASE,
	    g->passphrase->b, g->passphrase->len);
	if (g->user_name != NULL)
		reply_vendor_text(
		    r, VENDOR_ARUBA, ARUBA_MPSK_KEY_NAME, g->user_name);
	if (g->role != NULL)
		reply_vendor_text(r, VENDOR_ARUBA, ARUBA_USER_ROLE, g->role);
	if (grant_has_vlan(g))
		reply_vendor_u32(
		    r, VENDOR_ARUBA, ARUBA_USER_VLAN, (uint32_t)g->vlan);
	if (g->acl != NULL)
		reply_text(r, ATTR_FILTER_ID, g->acl);
	grant_wispr(r, g);
	grant_session(r, g);
}
