/*
 * Cisco: iPSK asks by address; Easy PSK of IOS XE 17.5 sends the handshake in
 * Cisco-AVPairs whose values are octets, not text.
 */
#include <string.h>

#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"
#include "radius/makers/seen.h"

static const struct {
	const char *key;
	enum seen_part part;
} pairs[] = {
    {"cisco-anonce=", SEEN_ANONCE},
    {"cisco-8021x-data=", SEEN_EAPOL},
};

static bool
take_bssid(struct ask *a, struct slice v)
{
	if (!mac_parse((const char *)v.p, v.len, &a->bssid, NULL))
		return false;
	a->has_bssid = true;
	return true;
}

/* When S begins with KEY: the rest. */
static bool
after(struct slice s, const char *key, struct slice *rest)
{
	size_t n = strlen(key);

	if (s.len < n || memcmp(s.p, key, n) != 0)
		return false;
	*rest = (struct slice){s.p + n, s.len - n};
	return true;
}

static bool
take(struct ask *a, struct slice s)
{
	struct slice v;

	if (after(s, "cisco-bssid=", &v))
		return take_bssid(a, v);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (after(s, pairs[i].key, &v))
			return seen_take(a, pairs[i].part, v);
	return true;
}

RECOGNISE(cisco_recognise)
{
	struct ask got = *ask;
	size_t i = 0, at = 0;
	struct slice s;

	while (packet_vendor_next(p, VENDOR_CISCO, CISCO_AVPAIR, &i, &at, &s))
		if (!take(&got, s))
			return false;
	if (!got.handshake || got.eapol_len == 0)
		return false;
	*ask = got;
	return true;
}

static void
rights(struct reply *r, const struct grant *g)
{
	if (g->acl != NULL)
		reply_vendor_text(
		    r, VENDOR_AIRESPACE, AIRESPACE_ACL_NAME, g->acl);
	if (g->rate_down > 0)
		reply_vendor_u32(r, VENDOR_AIRESPACE, AIRESPACE_BANDWIDTH_DOWN,
		    grant_bits(g->rate_down) / 1000);
	if (g->rate_up > 0)
		reply_vendor_u32(r, VENDOR_AIRESPACE, AIRESPACE_BANDWIDTH_UP,
		    grant_bits(g->rate_up) / 1000);
}

ACCEPT(cisco_accept)
{
	(void)ask;
	grant_cisco_psk(r, g);
	grant_vlan(r, g);
	if (g->role != NULL)
		reply_text(r, ATTR_FILTER_ID, g->role);
	rights(r, g);
	grant_session(r, g);
}

/* 2: no key fits the handshake. */
REJECT(cisco_reject)
{
	if (ask->handshake)
		reply_vendor_text(r, VENDOR_CISCO, CISCO_AVPAIR,
		    "cisco-easy-psk-error-cause=2");
}
