#include "radius/serve/receiver.h"

static bool
refuse(struct receiver *r, const struct arrival *a, enum count count,
    enum complaint complaint, const char *event)
{
	count_add(r->counts, count, 1);
	known_ap_did(a->ap,
	    complaint == COMPLAIN_FORGED ? AP_FORGED : AP_UNSIGNED, a->now);
	receiver_complain(r, complaint, event, a);
	return false;
}

/* RFC 3579 3.2: EAP needs it; Proxy-State without it is how CVE-2024-3596
 * begins; the rest is what the access point is held to. */
static bool
may_be_unsigned(const struct arrival *a)
{
	struct slice s;

	if (a->tls) /* who it is has been proven; EAP is none of ours */
		return !packet_get(&a->packet, ATTR_EAP_MESSAGE, &s);
	if (packet_get(&a->packet, ATTR_PROXY_STATE, &s) ||
	    packet_get(&a->packet, ATTR_EAP_MESSAGE, &s))
		return false;
	switch (a->ap->ap.ma) {
	case MA_REQUIRE:
		return false;
	case MA_AUTO:
		return !atomic_load_explicit(
		    &a->ap->signs, memory_order_relaxed);
	case MA_ALLOW:
		return true;
	}
	return false;
}

static bool
access(struct receiver *r, const struct arrival *a)
{
	if (a->packet.ma == 0)
		return may_be_unsigned(a) ||
		       refuse(r, a, COUNT_UNSIGNED, COMPLAIN_UNSIGNED,
			   "radius.unsigned");
	if (!(a->checked ? a->right : packet_signed(&a->packet, a->shared)))
		return refuse(
		    r, a, COUNT_FORGED, COMPLAIN_FORGED, "radius.forged");
	if (!a->tls &&
	    !atomic_load_explicit(&a->ap->signs, memory_order_relaxed))
		atomic_store(&a->ap->signs, true);
	return true;
}

bool
authentic(struct receiver *r, const struct arrival *a)
{
	const struct packet *p = &a->packet;
	const struct shared *s = a->shared;
	bool fine = false;

	if (s == NULL) /* RFC 9765 5.2: nothing is signed, TLS has done it */
		return true;
	if (p->code == PACKET_ACCESS_REQUEST)
		return access(r, a);
	if (p->code == PACKET_STATUS_SERVER) /* RFC 5997 3 */
		fine = packet_signed(p, s);
	else if (p->code == PACKET_ACCT_REQUEST)
		fine = packet_acct_authentic(p, s) &&
		       (p->ma == 0 || packet_signed(p, s));
	return fine ||
	       refuse(r, a, COUNT_FORGED, COMPLAIN_FORGED, "radius.forged");
}
