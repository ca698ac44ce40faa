/* A datagram of anybody: parse, walk, verify, join, answer. */
#include "radius/wire/packet.h"
#include "radius/wire/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct shared s;
	uint8_t out[PACKET_MAX];
	struct packet p, q;
	struct reply r;
	struct slice a;
	size_t n, at = 0;

	if (s.secret.len == 0 && shared_set(&s, "testing123", 10) != ERR_OK)
		__builtin_trap();
	if (packet_parse(data, size, &p) != ERR_OK)
		return 0;
	(void)packet_signed(&p, &s);
	(void)packet_acct_authentic(&p, &s);
	for (size_t i = 0;
	     packet_vendor_next(&p, VENDOR_CISCO, CISCO_AVPAIR, &i, &at, &a);)
		if (a.p < data || a.p + a.len > data + p.len)
			__builtin_trap();
	n = packet_extended(&p, VENDOR_HOSTAP, HOSTAP_EAPOL, out, 600);
	if (n > 600)
		__builtin_trap();
	reply_start(&r, out, REPLY_MAX, PACKET_ACCESS_REJECT, &p, &s, 0);
	reply_proxy_states(&r, &p);
	if (reply_end(&r) == ERR_OK && packet_parse(out, r.len, &q) != ERR_OK)
		__builtin_trap();
	return 0;
}
