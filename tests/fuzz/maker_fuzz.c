/* A datagram of anybody: what it asks, and what every maker answers. */
#include <string.h>

#include "radius/makers/maker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
answer(const struct maker *m, const struct packet *p, const struct ask *ask,
    const struct grant *g, const struct shared *s)
{
	uint8_t out[REPLY_MAX];
	struct packet q;
	struct reply r;

	reply_start(&r, out, sizeof(out), PACKET_ACCESS_ACCEPT, p, s, 7);
	m->accept(&r, ask, g);
	if (reply_end(&r) != ERR_OK || packet_parse(out, r.len, &q) != ERR_OK)
		__builtin_trap();
	reply_start(&r, out, sizeof(out), PACKET_ACCESS_REJECT, p, s, 7);
	if (m->reject != NULL)
		m->reject(&r, ask);
	if (reply_end(&r) != ERR_OK || packet_parse(out, r.len, &q) != ERR_OK)
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t pmk[32] = {1, 2, 3};
	static struct shared s;
	static struct secret key;
	struct grant g = {.passphrase = &key,
	    .pmk = pmk,
	    .vlan = 4094,
	    .role = "role",
	    .acl = "acl",
	    .rate_down = INT64_MAX,
	    .rate_up = 1,
	    .session_timeout = 60,
	    .reauthenticate = true,
	    .user_name = "name",
	    .cui = "cui",
	    .class_ = "class"};
	struct packet p;
	struct ask ask;

	if (s.secret.len == 0 && (shared_set(&s, "testing123", 10) ||
				     secret_set(&key, "correct horse", 13)))
		__builtin_trap();
	if (packet_parse(data, size, &p) != ERR_OK)
		return 0;
	if ((maker_ask(&p, &ask) == ERR_OK) != ask.has_station ||
	    ask.ssid_len > sizeof(ask.ssid) || ask.eapol_len > ASK_EAPOL_MAX ||
	    ask.handshake != (ask.form != NULL) ||
	    ask.handshake != (ask.eapol_len > 0))
		__builtin_trap();
	for (const struct maker *m = makers; m->word != NULL; m++)
		answer(m, &p, &ask, &g, &s);
	return 0;
}
