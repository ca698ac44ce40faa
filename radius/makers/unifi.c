/*
 * Ubiquiti UniFi: hostapd at heart. Builds with password entries take each
 * key with the name accounting will show.
 */
#include <string.h>

#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"
#include "radius/wire/hide.h"

enum { ENTRY_PASSWORD = 2, ENTRY_KEY_ID = 3, KEY_ID_MAX = 31, ENTRY_MAX = 240 };

ACCEPT(unifi_accept)
{
	(void)ask;
	grant_passphrase(r, g);
	grant_vlan(r, g);
	grant_wispr(r, g);
	grant_session(r, g);
}

/* One salted triple at OUT; its octets, 0 when it does not fit. */
static size_t
triple(struct reply *r, uint8_t type, const void *v, size_t len, uint8_t *out)
{
	uint8_t hid[HIDE_OUT];
	size_t n;

	if (len > PACKET_AUTH * 6)
		return 0;
	n = reply_hide(r, v, len, hid);
	out[0] = type;
	out[1] = (uint8_t)(n + 2);
	memcpy(out + 2, hid, n);
	return n + 2;
}

ACCEPT(unifi_keys_accept)
{
	uint8_t entry[ENTRY_MAX];
	size_t n = triple(
	    r, ENTRY_PASSWORD, g->passphrase->b, g->passphrase->len, entry);

	(void)ask;
	if (n == 0) {
		r->bad = true;
		return;
	}
	if (g->user_name != NULL)
		n += triple(r, ENTRY_KEY_ID, g->user_name,
		    strnlen(g->user_name, KEY_ID_MAX), entry + n);
	reply_vendor(r, VENDOR_UBNT, UBNT_PASSWORD_ENTRY, entry, n);
	grant_vlan(r, g);
	grant_wispr(r, g);
	grant_session(r, g);
}
