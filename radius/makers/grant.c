#include "radius/makers/grant.h"

#include <string.h>

#include "core/base/text.h"

enum {
	PMK = 32,
	TUNNEL_VLAN = 13,
	MEDIUM_802 = 6,
	VLAN_DIGITS = 4,
	VLAN_LAST = 4094, /* IEEE 802.1Q 9.6 */
	RADIUS_REQUEST = 1,
	AVPAIR_MAX = 80,
};

void
grant_passphrase(struct reply *r, const struct grant *g)
{
	reply_tunnel_password(r, 0, g->passphrase->b, g->passphrase->len);
}

void
grant_pmk_digits(struct reply *r, const struct grant *g)
{
	char digits[2 * PMK + 1];

	if (g->pmk == NULL) {
		grant_passphrase(r, g);
		return;
	}
	text_to_hex(g->pmk, PMK, digits);
	reply_tunnel_password(r, 0, digits, 2 * PMK);
	secret_wipe(digits, sizeof(digits));
}

/* 64 characters are the digits of a PMK: a passphrase has at most 63. */
void
grant_cisco_psk(struct reply *r, const struct grant *g)
{
	static const char key[] = "psk=";
	char pair[AVPAIR_MAX];
	size_t len = g->passphrase->len, at = sizeof(key) - 1;

	reply_vendor_text(r, VENDOR_CISCO, CISCO_AVPAIR,
	    len == 2 * (size_t)PMK ? "psk-mode=hex" : "psk-mode=ascii");
	if (len > sizeof(pair) - at) {
		r->bad = true;
		return;
	}
	memcpy(pair, key, at);
	memcpy(pair + at, g->passphrase->b, len);
	reply_vendor(r, VENDOR_CISCO, CISCO_AVPAIR, pair, at + len);
	secret_wipe(pair, sizeof(pair));
}

bool
grant_has_vlan(const struct grant *g)
{
	return g->vlan >= 1 && g->vlan <= VLAN_LAST;
}

/* RFC 3580 3.31: the VLAN's number as text. */
void
grant_vlan(struct reply *r, const struct grant *g)
{
	char id[VLAN_DIGITS];
	size_t at = sizeof(id);

	if (!grant_has_vlan(g))
		return;
	for (int left = g->vlan; left > 0 && at > 0; left /= 10)
		id[--at] = (char)('0' + left % 10);
	reply_tagged_u32(r, ATTR_TUNNEL_TYPE, 0, TUNNEL_VLAN);
	reply_tagged_u32(r, ATTR_TUNNEL_MEDIUM_TYPE, 0, MEDIUM_802);
	reply_octets(r, ATTR_TUNNEL_PRIVATE_GROUP_ID, id + at, sizeof(id) - at);
}

void
grant_filter(struct reply *r, const struct grant *g)
{
	const char *name = g->role != NULL ? g->role : g->acl;

	if (name != NULL)
		reply_text(r, ATTR_FILTER_ID, name);
}

uint32_t
grant_bits(int64_t kbit)
{
	return kbit > UINT32_MAX / 1000 ? UINT32_MAX : (uint32_t)kbit * 1000;
}

void
grant_wispr(struct reply *r, const struct grant *g)
{
	if (g->rate_down > 0)
		reply_vendor_u32(r, VENDOR_WISPR, WISPR_BANDWIDTH_MAX_DOWN,
		    grant_bits(g->rate_down));
	if (g->rate_up > 0)
		reply_vendor_u32(r, VENDOR_WISPR, WISPR_BANDWIDTH_MAX_UP,
		    grant_bits(g->rate_up));
}

void
grant_session(struct reply *r, const struct grant *g)
{
	int64_t t = g->session_timeout;

	if (g->user_name != NULL)
		reply_text(r, ATTR_USER_NAME, g->user_name);
	if (g->cui != NULL)
		reply_text(r, ATTR_CUI, g->cui);
	if (g->class_ != NULL)
		reply_text(r, ATTR_CLASS, g->class_);
	if (t <= 0)
		return;
	reply_u32(
	    r, ATTR_SESSION_TIMEOUT, t > UINT32_MAX ? UINT32_MAX : (uint32_t)t);
	if (g->reauthenticate)
		reply_u32(r, ATTR_TERMINATION_ACTION, RADIUS_REQUEST);
}
