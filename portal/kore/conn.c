#include "portal/kore/conn.h"

#include <kore/kore.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "portal/kore/link.h"
#include "portal/kore/sign.h"
#include "portal/kore/wire.h"
#include "portal/web/head.h"
#include "portal/web/vhost.h"

enum { IN_LEAST = 2048, PER_SECOND = 16 * 1024 };

enum state {
	HEAD,   /* reading a head, or waiting for one */
	BODY,   /* reading a body */
	WORK,   /* a thread of the pool has the request */
	SEND,   /* writing the answer */
	LINGER, /* hung up; reading what was still on its way, to no avail */
};

enum next { GO_ON, WAIT, GONE };

struct conn {
	TAILQ_ENTRY(conn) list;
	struct connection *c;
	enum state state;
	int64_t deadline; /* 0: none */
	unsigned served;
	bool close, bare;
	char *in; /* octets of the client not used yet */
	size_t in_len, in_cap, seen;
	struct job *job;
	size_t body_got, held;
	struct buf out; /* first part of the answer */
	size_t out_sent, body_sent;
};

TAILQ_HEAD(conns, conn);

/* Kore's callbacks carry no pointer of ours, so this is the one place where a
 * worker keeps what it works with. Touched by the event loop alone. */
static struct {
	const struct conf *conf;
	struct app *app;
	struct pool *pool;
	struct conns all; /* oldest first */
	size_t bodies;
	int64_t drain; /* when to stop waiting; 0: not asked to stop */
} here;

static void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	buf_own(&j->rp.body);
	arena_free(j->arena);
	free(j);
}

static struct job *
job_new(struct conn *k)
{
	struct job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	if ((j->arena = arena_new(HTTP_ARENA_MAX)) == NULL) {
		free(j);
		return NULL;
	}
	j->conn = k;
	return j;
}

/* A job for the next request; the connection's last one, wiped, if any. */
static bool
job_ready(struct conn *k)
{
	if (k->job == NULL && (k->job = job_new(k)) == NULL)
		return false;
	arena_reset(k->job->arena);
	k->job->rq = (struct request){.arena = k->job->arena};
	k->job->rp = (struct reply){
	    .status = 500, .arena = k->job->arena, .body = BUF(HTTP_REPLY_MAX)};
	return true;
}

static void
release_body(struct conn *k)
{
	here.bodies -= k->held;
	k->held = 0;
}

/* Kore's callback when the connection ends, whoever ended it. */
static void
on_gone(struct connection *c)
{
	struct conn *k = c->hdlr_extra;

	c->hdlr_extra = NULL;
	if (k == NULL)
		return;
	TAILQ_REMOVE(&here.all, k, list);
	release_body(k);
	if (k->state == WORK) {
		k->job->conn = NULL; /* freed when its thread is done */
		atomic_store(&k->job->unwanted, true);
	} else {
		job_free(k->job);
	}
	buf_own(&k->out);
	free(k->in);
	free(k);
}

static enum next
hang_up(struct conn *k)
{
	kore_connection_disconnect(k->c);
	return GONE;
}

static enum next
start_send(struct conn *k)
{
	struct reply *rp = &k->job->rp;

	if (rp->sign)
		sign_reply(rp);
	k->close = k->close || here.drain != 0;
	k->out = BUF(WIRE_HEAD_MAX);
	k->out_sent = 0;
	k->body_sent = wire_reply(&k->out, rp, k->bare, k->close, clock_now());
	if (k->out.err != ERR_OK || rp->body.err != ERR_OK) {
		LOG(ERROR, "portal.reply-lost",
		    LOG_S("reason",
			err_name(k->out.err ? k->out.err : rp->body.err)));
		return hang_up(k);
	}
	k->state = SEND;
	k->deadline = clock_mono_ms() + CONN_SEND_MS +
		      (int64_t)(rp->body.len / PER_SECOND) * 1000;
	return GO_ON;
}

static enum next
refuse(struct conn *k, int status)
{
	LOG(DEBUG, "portal.refused", LOG_I("status", status));
	if (!job_ready(k))
		return hang_up(k);
	k->close = true;
	app_refuse(here.app, status, &k->job->rp);
	return start_send(k);
}

static enum next
dispatch(struct conn *k)
{
	struct job *j = k->job;
	enum lane lane = app_lane(here.app, j->rq.method, j->rq.path);

	if (lane == LANE_NOW) {
		app_handle(here.app, NULL, &j->rq, &j->rp);
		return start_send(k);
	}
	k->state = WORK;
	k->deadline = 0;
	atomic_store(&j->unwanted, false);
	if (pool_submit(here.pool, lane, j))
		return WAIT;
	LOG(WARN, "portal.full",
	    LOG_S("lane", lane == LANE_SLOW ? "slow" : "fast"));
	return refuse(k, 503);
}

static void
use_up(struct conn *k, size_t len)
{
	k->in_len -= len;
	memmove(k->in, k->in + len, k->in_len);
	k->seen = 0;
}

/* Moves octets read ahead into the body. */
static void
take_body(struct conn *k)
{
	struct request *rq = &k->job->rq;
	size_t want = rq->body_len - k->body_got;
	size_t n = k->in_len < want ? k->in_len : want;

	memcpy((char *)(uintptr_t)rq->body + k->body_got, k->in, n);
	k->body_got += n;
	use_up(k, n);
}

static enum next
start_body(struct conn *k, const struct head *h)
{
	struct request *rq = &k->job->rq;
	char *body;

	if (h->body_len > app_body_max(here.app, rq->method, rq->path))
		return refuse(k, 413);
	if (h->body_len > CONN_BODIES_MAX - here.bodies ||
	    (body = arena_get(rq->arena, h->body_len + 1)) == NULL)
		return refuse(k, 503);
	k->held = h->body_len;
	here.bodies += k->held;
	rq->body = body;
	rq->body_len = h->body_len;
	k->body_got = 0;
	take_body(k);
	if (k->body_got == rq->body_len)
		return dispatch(k);
	if (h->wants_go && k->body_got == 0)
		(void)link_write(k->c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	k->state = BODY;
	k->deadline = clock_mono_ms() + CONN_BODY_MS;
	return GO_ON;
}

/* Without TLS: answered here and now, and hung up on. */
static enum next
answer_plain(struct conn *k, const struct head *h)
{
	k->close = true;
	app_plain(here.app, h->host, &k->job->rq, &k->job->rp);
	return start_send(k);
}

static enum next
got_head(struct conn *k, size_t len)
{
	struct request *rq;
	struct head h;
	int status;

	if (!job_ready(k))
		return hang_up(k);
	rq = &k->job->rq;
	status = head_parse(rq->arena, k->in, len, &h);
	k->bare = h.method == HTTP_HEAD;
	if (status == 0 && k->c->ssl != NULL && !vhost_ours(here.conf, h.host))
		status = 421;
	if (status != 0)
		return refuse(k, status);
	use_up(k, len);
	rq->method = h.method;
	rq->path = h.path;
	rq->query = h.query;
	rq->headers = h.headers;
	rq->nheaders = h.nheaders;
	rq->peer = link_peer(k->c);
	rq->now = clock_now();
	rq->since = clock_mono();
	k->close = h.close;
	if (k->c->ssl == NULL)
		return answer_plain(k, &h);
	return start_body(k, &h);
}

static bool
make_room(struct conn *k)
{
	size_t cap = k->in_cap == 0 ? IN_LEAST : k->in_cap * 2;
	char *in;

	if (k->in_len < k->in_cap)
		return true;
	if (cap > HTTP_HEAD_MAX || (in = realloc(k->in, cap)) == NULL)
		return false;
	k->in = in;
	k->in_cap = cap;
	return true;
}

static enum next
step_head(struct conn *k)
{
	size_t end;
	ssize_t n;
	int status = head_scan(k->in, k->in_len, &k->seen, &end);

	if (status != 0)
		return refuse(k, status);
	if (end > 0)
		return got_head(k, end);
	if (!make_room(k))
		return refuse(k, 503);
	n = link_read(k->c, k->in + k->in_len, k->in_cap - k->in_len);
	if (n == LINK_WAIT)
		return WAIT;
	if (n == LINK_END)
		return hang_up(k);
	if (k->in_len == 0)
		k->deadline = clock_mono_ms() + CONN_HEADER_MS;
	k->in_len += (size_t)n;
	return GO_ON;
}

static enum next
step_body(struct conn *k)
{
	struct request *rq = &k->job->rq;
	ssize_t n = link_read(k->c, (char *)(uintptr_t)rq->body + k->body_got,
	    rq->body_len - k->body_got);

	if (n == LINK_WAIT)
		return WAIT;
	if (n == LINK_END)
		return hang_up(k);
	k->body_got += (size_t)n;
	return k->body_got == rq->body_len ? dispatch(k) : GO_ON;
}

static enum next
sent(struct conn *k)
{
	buf_own(&k->out);
	buf_own(&k->job->rp.body);
	k->job->rp.body = BUF(0);
	arena_reset(k->job->arena);
	release_body(k);
	k->served++;
	if (k->close) {
		link_finish(k->c);
		k->state = LINGER;
		k->deadline = clock_mono_ms() + CONN_LINGER_MS;
		return GO_ON;
	}
	k->state = HEAD;
	k->bare = false;
	k->deadline =
	    clock_mono_ms() + (k->in_len > 0 ? CONN_HEADER_MS : CONN_IDLE_MS);
	return GO_ON;
}

static enum next
step_send(struct conn *k)
{
	const struct buf *body = &k->job->rp.body;
	bool first = k->out_sent < k->out.len;
	const char *p = first ? k->out.p + k->out_sent : body->p + k->body_sent;
	size_t left =
	    first ? k->out.len - k->out_sent : body->len - k->body_sent;
	ssize_t n;

	if (left == 0)
		return sent(k);
	n = link_write(k->c, p, left);
	if (n == LINK_WAIT)
		return WAIT;
	if (n == LINK_END)
		return hang_up(k);
	if (first)
		k->out_sent += (size_t)n;
	else
		k->body_sent += (size_t)n;
	return GO_ON;
}

static enum next
step_linger(struct conn *k)
{
	switch (link_discard(k->c)) {
	case LINK_WAIT:
		return WAIT;
	case LINK_END:
		return hang_up(k);
	default:
		return GO_ON;
	}
}

static enum next
step(struct conn *k)
{
	switch (k->state) {
	case HEAD:
		return step_head(k);
	case BODY:
		return step_body(k);
	case WORK:
		return WAIT;
	case SEND:
		return step_send(k);
	case LINGER:
		return step_linger(k);
	}
	return WAIT;
}

static void
run(struct conn *k)
{
	while (step(k) == GO_ON)
		;
}

/* Kore's callback for events. ERROR may just be a client that has said all it
 * will say (a half-closed connection), so reading and writing decide. */
static void
on_event(void *arg, int error)
{
	struct connection *c = arg;

	if (c->state == CONN_STATE_DISCONNECTING || c->hdlr_extra == NULL)
		return;
	if (error)
		c->evt.flags |= KORE_EVENT_READ | KORE_EVENT_WRITE;
	run(c->hdlr_extra);
}

void
conn_open(struct connection *c)
{
	struct conn *k = calloc(1, sizeof(*k));

	c->evt.handle = on_event;
	c->disconnect = on_gone;
	if (k == NULL) {
		kore_connection_disconnect(c);
		return;
	}
	c->hdlr_extra = k;
	k->c = c;
	k->deadline = clock_mono_ms() + CONN_HEADER_MS;
	TAILQ_INSERT_TAIL(&here.all, k, list);
	c->evt.flags |= KORE_EVENT_READ | KORE_EVENT_WRITE;
	run(k);
}

void
conn_start(const struct conf *conf, struct app *app, struct pool *pool)
{
	here.conf = conf;
	here.app = app;
	here.pool = pool;
	TAILQ_INIT(&here.all);
}

void
conn_answered(struct job *jobs)
{
	struct job *next;

	for (struct job *j = jobs; j != NULL; j = next) {
		next = j->next;
		if (j->conn == NULL)
			job_free(j);
		else if (start_send(j->conn) == GO_ON)
			run(j->conn);
	}
}

static void
too_late(struct conn *k)
{
	if (k->state == BODY || (k->state == HEAD && k->in_len > 0)) {
		if (refuse(k, 408) == GO_ON)
			run(k);
		return;
	}
	(void)hang_up(k);
}

void
conn_sweep(void)
{
	const int64_t now = clock_mono_ms();
	struct conn *k, *next;

	for (k = TAILQ_FIRST(&here.all); k != NULL; k = next) {
		next = TAILQ_NEXT(k, list);
		if (k->deadline != 0 && now >= k->deadline)
			too_late(k);
	}
}

bool
conn_drained(void)
{
	const int64_t now = clock_mono_ms();
	struct conn *k, *next;
	bool busy = false;

	if (here.drain == 0)
		here.drain = now + CONN_DRAIN_MS;
	for (k = TAILQ_FIRST(&here.all); k != NULL; k = next) {
		next = TAILQ_NEXT(k, list);
		if (k->state == HEAD && k->in_len == 0)
			(void)hang_up(k);
		else if (k->state != LINGER)
			busy = true;
	}
	return !busy || now >= here.drain;
}

/* 0: has shown nothing yet. -1: must not be ended. */
static int
rank(const struct connection *c)
{
	const struct conn *k = c->hdlr_extra;

	if (c->state == CONN_STATE_TLS_SHAKE)
		return 0;
	if (c->proto == CONN_PROTO_MSG || k == NULL || k->state == WORK)
		return -1;
	if (k->state == HEAD)
		return k->served == 0 ? 0 : 1;
	return 2;
}

void
conn_evict(size_t most)
{
	struct connection *c, *next;
	size_t ended = 0;

	for (int r = 0; r <= 2 && ended == 0; r++)
		for (c = TAILQ_FIRST(&connections); c != NULL && ended < most;
		     c = next) {
			next = TAILQ_NEXT(c, list);
			if (rank(c) != r)
				continue;
			kore_connection_disconnect(c);
			ended++;
		}
	LOG(WARN, "portal.connections-full", LOG_I("ended", ended));
}
