/*
 * maker_harness WORD pmk|mac - answers Access-Requests as that maker wants it
 *
 * On a free port of the loopback, which it prints; "pmk" answers as if there
 * had been a handshake. Ends when its standard input does.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "radius/makers/maker.h"
#include "tests/harness/port.h"

static void
answer(int fd, const struct maker *m, bool handshake)
{
	static const uint8_t pmk[32] = "0123456789abcdef0123456789abcde";
	uint8_t in[PACKET_MAX], out[REPLY_MAX];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	struct secret key = SECRET_NONE;
	struct grant g = {.passphrase = &key,
	    .pmk = pmk,
	    .vlan = 20,
	    .role = "staff",
	    .rate_down = 20000,
	    .rate_up = 5000,
	    .session_timeout = 3600};
	struct shared s;
	struct packet p;
	struct reply r;
	struct ask ask;
	ssize_t n =
	    recvfrom(fd, in, sizeof(in), 0, (struct sockaddr *)&from, &len);

	if (n < 0 || shared_set(&s, "testing123", 10) ||
	    secret_set(&key, "correct horse 42", 16) ||
	    packet_parse(in, (size_t)n, &p) || maker_ask(&p, &ask))
		return;
	ask.handshake = handshake;
	reply_start(&r, out, sizeof(out), PACKET_ACCESS_ACCEPT, &p, &s, 1);
	m->accept(&r, &ask, &g);
	if (reply_end(&r) == ERR_OK)
		(void)!sendto(fd, out, r.len, 0, (struct sockaddr *)&from, len);
}

int
main(int argc, char **argv)
{
	const struct maker *m = argc == 3 ? maker_find(argv[1]) : NULL;
	struct pollfd p[2] = {{.events = POLLIN}, {.events = POLLIN}};

	if (m == NULL || (p[1].fd = port_open()) < 0)
		return 1;
	for (;;) {
		if (poll(p, 2, -1) < 0 || p[0].revents != 0)
			return 0;
		if (p[1].revents != 0)
			answer(p[1].fd, m, strcmp(argv[2], "pmk") == 0);
	}
}
