#include "radius/radsec/backward.h"

#include "radius/radsec/peer.h"

static struct conn *
newest(struct pool *p, const struct known *k, const struct uid *ap)
{
	struct conn *best = NULL;

	for (size_t i = 0; i < p->top; i++) {
		struct conn *c = p->conn[i];

		if (c != NULL && c->is == CONN_OPEN && !c->full &&
		    uid_same(&c->peer.ap, ap) && peer_still(k, &c->peer) &&
		    (best == NULL || c->since >= best->since))
			best = c;
	}
	return best;
}

void
backward_send(
    struct pool *p, const struct known *k, struct back *b, int64_t mono)
{
	uint8_t octets[BACK_PACKET_MAX];
	struct uid ap;
	int place;

	while ((place = back_next(b, &ap)) >= 0) {
		struct conn *c = newest(p, k, &ap);
		size_t len;

		if (c == NULL) {
			back_nobody(b, place);
			continue;
		}
		len = back_sent(b, place, c->serial, c->peer.radius11, octets);
		c->full = !conn_answer(c, octets, len, mono);
	}
}

bool
backward_heard(struct back *b, const struct conn *c, struct slice packet)
{
	return (packet.p[0] == PACKET_DISCONNECT_ACK ||
		   packet.p[0] == PACKET_DISCONNECT_NAK) &&
	       back_heard(b, c->serial, c->peer.radius11, packet);
}
