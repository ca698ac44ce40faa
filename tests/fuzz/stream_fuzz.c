/* What anybody sends inside TLS: the same packets however it is cut, none past
 * what came, and every answer of RADIUS/1.1 a packet itself. The first octet
 * says how it is cut. */
#include <string.h>

#include "radius/radsec/conn.h"
#include "radius/wire/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PACKETS = 4096 };

static void
answer(const struct slice *s)
{
	static uint8_t out[PACKET_MAX];
	struct packet p, q;
	struct reply r;

	if (packet_parse(s->p, s->len, &p) != ERR_OK)
		return;
	reply_start(&r, out, sizeof(out), PACKET_ACCESS_ACCEPT, &p, NULL, 0);
	reply_proxy_states(&r, &p);
	reply_tunnel_password(&r, 0, "correct horse 42", 16);
	if (reply_end(&r) == ERR_OK &&
	    (packet_parse(out, r.len, &q) != ERR_OK || q.ma != 0 ||
		memcmp(packet_auth(&q), packet_auth(&p), 4) != 0))
		__builtin_trap();
}

/* Feeds it in pieces of CUT octets; where each packet ends goes to ENDS. */
static size_t
feed(struct conn *c, const uint8_t *data, size_t size, size_t cut, size_t *ends)
{
	size_t n = 0, at = 0, done = 0;

	c->in_len = 0;
	while (at < size) {
		enum stream_is is = STREAM_MORE;
		size_t room = sizeof(c->in) - c->in_len, used = 0;
		size_t some = size - at < cut ? size - at : cut;
		struct slice packet;

		some = some < room ? some : room;
		if (some == 0)
			__builtin_trap(); /* full, and no packet in it */
		memcpy(c->in + c->in_len, data + at, some);
		c->in_len += some;
		at += some;
		while (n < PACKETS &&
		       (is = conn_next(c, &used, &packet)) == STREAM_PACKET) {
			if (packet.p < c->in ||
			    packet.p + packet.len > c->in + c->in_len)
				__builtin_trap();
			answer(&packet);
			done += packet.len;
			ends[n++] = done;
		}
		conn_used(c, used, 1);
		if (is == STREAM_BROKEN || n == PACKETS)
			break;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static size_t whole[PACKETS], cut[PACKETS];
	static struct conn c;
	size_t n;

	if (size < 1)
		return 0;
	n = feed(&c, data + 1, size - 1, SIZE_MAX, whole);
	if (feed(&c, data + 1, size - 1, 1 + (size_t)data[0], cut) != n ||
	    memcmp(whole, cut, n * sizeof(*cut)) != 0)
		__builtin_trap();
	return 0;
}
