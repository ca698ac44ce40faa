#include "radius/radsec/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "radius/radsec/backward.h"
#include "radius/radsec/peer.h"
#include "radius/serve/confine.h"
#include "radius/serve/receiver.h"

enum {
	POLL_MS = 200,
	DRAIN_POLL_MS = 20,
	ACCEPTS = 16,    /* connections taken in one turn */
	HANDSHAKES = 16, /* steps of a handshake in one turn: they cost most */
	FILES = POOL_MAX + 512,
};

static const int64_t second = 1000000000;

struct server {
	const struct sockets *sockets;
	struct state *st;
	struct tls *tls;
	struct receiver *r;
	struct receiver_way way;
	struct shared shared; /* RFC 6614 2.3: everybody's */
	struct arrival arrival;
	struct pool pool;
	struct pollfd fd[SOCKETS_MAX + 1 + POOL_MAX];
	size_t slot[POOL_MAX]; /* of what is polled, in order */
	size_t listening, polled, turn;
	int64_t swept;
	struct {
		int64_t last;
		uint64_t unsaid;
	} refusal;
	pthread_t thread;
	bool running;
};

/* --- words for the log ------------------------------------------------------
 */

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
	    now - s->refusal.last < COMPLAINT_SECONDS * second) {
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

/* --- how packets come and go ------------------------------------------------
 */

static struct known_ap *
way_who(struct receiver *r, struct arrival *a)
{
	struct server *s = r->way->ctx;
	const struct conn *c = pool_named(&s->pool, a->from);

	if (c == NULL || c->is != CONN_OPEN || !peer_still(a->known, &c->peer))
		return NULL;
	a->tls = true;
	a->shared = c->peer.radius11 ? NULL : &s->shared;
	return known_ap_by_id(a->known, &c->peer.ap);
}

static void
way_send(struct receiver *r, const struct arrival *a, const uint8_t *octets,
    size_t len)
{
	struct server *s = r->way->ctx;
	struct conn *c = pool_named(&s->pool, a->from);

	if (c != NULL && !conn_answer(c, octets, len, a->mono))
		c->full = true;
}

static void
way_over(struct receiver *r, const struct arrival *a)
{
	struct server *s = r->way->ctx;
	struct conn *c = pool_named(&s->pool, a->from);

	if (c != NULL && c->waiting > 0)
		c->waiting--;
}

static struct sockaddr_storage
way_source(struct receiver *r, const struct arrival *a)
{
	struct server *s = r->way->ctx;
	const struct conn *c = pool_named(&s->pool, a->from);
	struct sockaddr_storage out = {.ss_family = AF_INET6};

	if (c != NULL)
		memcpy(&out, &c->from, sizeof(c->from));
	return out;
}

/* --- connections ------------------------------------------------------------
 */

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

static void
take_from(struct server *s, int listening)
{
	for (int n = 0; n < ACCEPTS; n++) {
		struct sockaddr_storage from = {0};
		socklen_t len = sizeof(from);
		int fd = accept4(listening, (void *)&from, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

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

static void
serve(struct server *s, size_t i, short events, int *handshakes)
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

static void
say(struct server *s)
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

/* Those whose time is over, and those who are no longer who they were. */
static void
sweep(struct server *s, bool changed)
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

/* --- turns ------------------------------------------------------------------
 */

/* Where the loop begins moves on, so that nobody is always the last. */
static void
serve_all(struct server *s)
{
	const struct pollfd *fd = s->fd + s->listening + 1;
	int handshakes = HANDSHAKES;

	s->turn++;
	for (size_t n = 0; n < s->polled; n++) {
		size_t at = (n + s->turn) % s->polled;

		serve(s, s->slot[at], fd[at].revents, &handshakes);
	}
}

static void
turn(struct server *s)
{
	struct arrival *a = &s->arrival;
	bool changed;

	receiver_moment(s->r, a);
	serve_all(s);
	for (size_t i = 0; i < s->listening; i++)
		if (s->fd[i].revents != 0)
			take_from(s, s->fd[i].fd);
	receiver_finish(s->r, a);
	backward_send(&s->pool, a->known, s->st->back, a->mono);
	say(s);
	changed = tls_again(s->tls, a->mono);
	if (changed || a->mono - s->swept >= second) {
		s->swept = a->mono;
		sweep(s, changed);
	}
}

/* Returns how long to wait. */
static int
ask_poll(struct server *s)
{
	int wait = POLL_MS;

	s->fd[s->listening] =
	    (struct pollfd){.fd = s->r->jobs->wake, .events = POLLIN};
	s->polled = 0;
	for (size_t i = 0; i < s->pool.top; i++) {
		const struct conn *c = s->pool.conn[i];

		if (c == NULL)
			continue;
		if (conn_ready(c))
			wait = 0;
		s->slot[s->polled] = i;
		s->fd[s->listening + 1 + s->polled++] =
		    (struct pollfd){.fd = c->fd, .events = conn_events(c)};
	}
	return wait;
}

/* At the end: no more is read, what was handed on is answered. */
static void
drain(struct server *s)
{
	while (receiver_drains(s->r, clock_mono())) {
		struct pollfd p = {.fd = s->r->jobs->wake, .events = POLLIN};

		(void)poll(&p, 1, DRAIN_POLL_MS);
		epoch_enter(s->r->reader);
		receiver_moment(s->r, &s->arrival);
		receiver_finish(s->r, &s->arrival);
		say(s);
		epoch_leave(s->r->reader);
	}
}

static void *
work(void *arg)
{
	struct server *s = arg;
	bool confined = false;

	state_wait_confined(s->st);
	confine_self(s->st, &confined, CONFINE_STREAMS);
	while (!atomic_load(&s->st->stop)) {
		int wait = ask_poll(s);
		size_t n = s->listening + 1 + s->polled;

		if (poll(s->fd, n, wait) < 0 && errno != EINTR)
			LOG(ERROR, "radsec.poll", LOG_I("errno", errno));
		epoch_enter(s->r->reader);
		turn(s);
		epoch_leave(s->r->reader);
	}
	drain(s);
	return NULL;
}

/* --- begin and end ----------------------------------------------------------
 */

/* Each connection is a file. */
static void
more_files(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur >= FILES)
		return;
	l.rlim_cur = l.rlim_max < FILES ? l.rlim_max : FILES;
	(void)setrlimit(RLIMIT_NOFILE, &l);
}

enum err
server_new(const struct conf *conf, const struct sockets *sockets,
    struct server **out, char why[static CONF_WHY])
{
	static const char secret[] = "radsec";
	struct server *s;
	enum err e;

	*out = NULL;
	if (!sockets_have(sockets, SOCKET_TLS))
		return ERR_OK;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return ERR_NO_MEMORY;
	s->sockets = sockets;
	more_files();
	if ((e = shared_set(&s->shared, secret, sizeof(secret) - 1)) ||
	    (e = tls_new(conf, &s->tls, why))) {
		free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

static enum err
start(void *ctx, struct state *st)
{
	struct server *s = ctx;

	if (s == NULL)
		return ERR_OK;
	s->st = st;
	s->way = (struct receiver_way){.who = way_who,
	    .send = way_send,
	    .over = way_over,
	    .source = way_source,
	    .ctx = s};
	if ((s->r = receiver_new(st, &s->way)) == NULL)
		return ERR_NO_MEMORY;
	tls_ask(s->tls, st);
	for (size_t i = 0; i < s->sockets->n; i++)
		if (s->sockets->use[i] == SOCKET_TLS)
			s->fd[s->listening++] = (struct pollfd){
			    .fd = s->sockets->fd[i], .events = POLLIN};
	s->running = pthread_create(&s->thread, NULL, work, s) == 0;
	if (s->running)
		back_serve(st->back, s->r->jobs->wake);
	return s->running ? ERR_OK : ERR_NO_MEMORY;
}

static void
stop(void *ctx)
{
	struct server *s = ctx;

	if (s == NULL)
		return;
	if (s->running) {
		back_serve(s->st->back, -1);
		(void)pthread_join(s->thread, NULL);
	}
	s->running = false;
	pool_end_all(&s->pool);
	if (s->r != NULL)
		receiver_free(s->r);
	s->r = NULL;
}

struct run_part
server_part(struct server *s)
{
	return (struct run_part){.start = start, .stop = stop, .ctx = s};
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	tls_free(s->tls);
	shared_own(&s->shared);
	free(s);
}
