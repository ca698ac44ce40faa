/* One connection of the server: taken, proven, heard, ended. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/log.h"
#include "radius/radsec/backward.h"
#include "radius/radsec/server_in.h"

enum {
	ACCEPTS = 16,  /* connections taken in one turn */
	FULL_PART = 5, /* of a second: no more are tried */
};

static void
host_of(const struct conn *c, char out[static NI_MAXHOST])
{
	char text[INET6_ADDRSTRLEN] = "?";
	bool v4 = IN6_IS_ADDR_V4MAPPED(&c->from.sin6_addr);

	(void)inet_ntop(v4 ? AF_INET : AF_INET6,
	    c->from.sin6_addr.s6_addr + (v4 ? 12 : 0), text, sizeof(text));
	(void)snprintf(out, NI_MAXHOST, "%s", text);
}

static void
end(struct server *s, size_t i, enum count how)
{
	count_add(s->r->counts, how, 1);
	pool_end(&s->pool, i);
}

/* Anybody can be refused: at most a line every COMPLAINT_SECONDS. */
static void
refuse(struct server *s, size_t i, const char *why)
{
	int64_t now = s->arrival.mono;
	char host[NI_MAXHOST];

	if (s->refusal.last != 0 &&
	    now - s->refusal.last < COMPLAINT_SECONDS * SERVER_SECOND) {
		s->refusal.unsaid++;
	} else {
		host_of(s->pool.conn[i], host);
		LOG(WARN, "radsec.refused", LOG_S("from", host),
		    LOG_S("why", why), LOG_I("since_last", s->refusal.unsaid));
		s->refusal.last = now;
		s->refusal.unsaid = 0;
	}
	end(s, i, COUNT_TLS_REFUSED);
}

static void
welcome(struct server *s, size_t i)
{
	const struct conn *c = s->pool.conn[i];
	const struct known_ap *ap =
	    known_ap_by_id(s->arrival.known, &c->peer.ap);
	char host[NI_MAXHOST];
	unsigned gone = 0;

	host_of(c, host);
	LOG(INFO, "radsec.opened", LOG_S("from", host),
	    LOG_S("ap", ap == NULL ? "" : ap->ap.name),
	    LOG_S("tls", SSL_get_version(c->ssl)),
	    LOG_S("radius", c->peer.radius11 ? "1.1" : "1.0"));
	count_add(s->r->counts, COUNT_TLS_OPENED, 1);
	pool_opened(&s->pool, i, &gone);
	count_add(s->r->counts, COUNT_TLS_LIMITED, gone);
}

static void
take_one(struct server *s, int fd, const struct sockaddr_storage *from)
{
	unsigned gone = 0;
	int i = pool_place(&s->pool, from, &gone);

	if (i < 0) {
		(void)close(fd);
		gone++;
	} else if (!conn_open(s->pool.conn[i], s->tls, fd, from,
		       ++s->pool.serial ? s->pool.serial : ++s->pool.serial,
		       s->arrival.mono)) {
		pool_end(&s->pool, (size_t)i);
	} else {
		s->pool.shaking++;
	}
	count_add(s->r->counts, COUNT_TLS_LIMITED, gone);
}

void
server_take(struct server *s, int listening)
{
	for (int n = 0; n < ACCEPTS; n++) {
		struct sockaddr_storage from = {0};
		socklen_t len = sizeof(from);
		int fd = accept4(listening, (void *)&from, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
				  errno == ENOMEM || errno == ENOBUFS))
			s->full_until =
			    s->arrival.mono + SERVER_SECOND / FULL_PART;
		if (fd < 0)
			return;
		take_one(s, fd, &from);
	}
}

static void
shake(struct server *s, size_t i)
{
	struct conn *c = s->pool.conn[i];
	const char *why = "";

	switch (conn_shake(c)) {
	case CONN_WAIT:
		return;
	case CONN_GONE:
		refuse(s, i, tls_trouble(c->ssl));
		return;
	case CONN_DONE:
		if (!tls_who(c->ssl, &c->peer, &why)) {
			refuse(s, i, why);
			return;
		}
		c->is = CONN_OPEN;
		welcome(s, i);
	}
}

/* What makes two requests of RADIUS/1.1 differ is not said in them for good: a
 * token may come again once it is answered (RFC 9765 4.2). None is repeated on
 * one connection, so each is new. */
static bool
take_packet(struct server *s, size_t i, struct slice packet)
{
	struct conn *c = s->pool.conn[i];
	uint32_t request = c->peer.radius11 ? ++c->requests : 0;
	struct sockaddr_storage name = pool_name(&s->pool, i, request);
	struct arrival *a = &s->arrival;
	bool fine;

	if (backward_heard(s->st->back, c, packet))
		return true;
	a->from = &name;
	a->from_len = sizeof(struct sockaddr_in6);
	fine = receiver_take(s->r, a, packet.p, packet.len);
	if (fine && a->waits)
		c->waiting++;
	return fine;
}

/* False when what came ends the connection (RFC 6613 2.6.4). */
static bool
take_packets(struct server *s, size_t i)
{
	struct conn *c = s->pool.conn[i];
	enum stream_is is = STREAM_MORE;
	struct slice packet;
	bool fine = true;
	size_t at = 0;

	for (int n = 0; fine && n < CONN_PACKETS && conn_hungry(c); n++) {
		if ((is = conn_next(c, &at, &packet)) != STREAM_PACKET)
			break;
		fine = take_packet(s, i, packet);
	}
	conn_used(c, at, s->arrival.mono);
	return fine && is != STREAM_BROKEN;
}

static void
hear(struct server *s, size_t i)
{
	struct conn *c = s->pool.conn[i];
	bool gone = conn_read(c, s->arrival.mono) == CONN_GONE;

	if (!take_packets(s, i)) {
		char host[NI_MAXHOST];

		host_of(c, host);
		LOG(WARN, "radsec.broken", LOG_S("from", host));
		end(s, i, COUNT_TLS_BROKEN);
	} else if (gone) {
		(void)conn_write(c, s->arrival.mono);
		pool_end(&s->pool, i);
	}
}

void
server_serve(struct server *s, size_t i, short events, int *handshakes)
{
	const struct conn *c = s->pool.conn[i];

	if (c == NULL)
		return;
	if (c->is == CONN_SHAKING) {
		if (events != 0 && (*handshakes)-- > 0)
			shake(s, i);
		return;
	}
	if ((events & (POLLERR | POLLHUP)) && !conn_hungry(c))
		pool_end(&s->pool, i);
	else if (events != 0 || conn_ready(c))
		hear(s, i);
}

void
server_say(struct server *s)
{
	for (size_t i = 0; i < s->pool.top; i++) {
		struct conn *c = s->pool.conn[i];

		if (c == NULL || c->is != CONN_OPEN)
			continue;
		if (c->full)
			end(s, i, COUNT_TLS_LIMITED);
		else if (c->out_len > c->out_at &&
			 conn_write(c, s->arrival.mono) == CONN_GONE)
			pool_end(&s->pool, i);
	}
}

void
server_sweep(struct server *s, bool changed)
{
	for (size_t i = 0; i < s->pool.top; i++) {
		const struct conn *c = s->pool.conn[i];

		if (c == NULL)
			continue;
		if (conn_late(c, s->arrival.mono))
			end(s, i, COUNT_TLS_LIMITED);
		else if (c->is == CONN_OPEN
			     ? (changed && c->peer.by_chain) ||
				   !peer_still(s->arrival.known, &c->peer)
			     : changed)
			pool_end(&s->pool, i);
	}
}
