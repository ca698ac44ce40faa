#include "radius/radsec/server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "radius/radsec/backward.h"
#include "radius/radsec/server_in.h"
#include "radius/serve/confine.h"

enum {
	POLL_MS = 200,
	DRAIN_POLL_MS = 20,
	HANDSHAKES = 16, /* steps of a handshake in one turn: they cost most */
	FILES = POOL_MAX + 512,
};

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

		server_serve(s, s->slot[at], fd[at].revents, &handshakes);
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
			server_take(s, s->fd[i].fd);
	receiver_finish(s->r, a);
	backward_send(&s->pool, a->known, s->st->back, a->mono);
	server_say(s);
	changed = tls_again(s->tls, a->mono);
	if (changed || a->mono - s->swept >= SERVER_SECOND) {
		s->swept = a->mono;
		server_sweep(s, changed);
	}
}

/* Those whom nobody can take would be told of at once, again and again. */
int
server_ask(struct server *s)
{
	bool full = s->arrival.mono < s->full_until;
	int wait = POLL_MS;

	for (size_t i = 0; i < s->listening; i++)
		s->fd[i].events = full ? 0 : POLLIN;
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
		server_say(s);
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
		int wait = server_ask(s);
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
