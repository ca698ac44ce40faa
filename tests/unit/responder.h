/*
 * responder.h - a responder with a store (service.h), for tests of what its
 * threads do: packets are said to it and its answers kept, without a socket
 *
 * SETUP: `static struct responder p; responder_make(&p);` and
 * responder_end(&p). Its clock is p.now.
 */
#pragma once

#include "tests/unit/service.h"

#include <arpa/inet.h>
#include <poll.h>

#include "radius/match/match.h"
#include "radius/serve/back.h"
#include "radius/serve/receiver.h"
#include "radius/serve/scribe.h"
#include "radius/serve/search.h"

struct responder {
	struct house h;
	char snapshot[96];
	struct state *st;
	struct receiver *r;
	struct receiver_way way;
	struct arrival a;
	struct sockaddr_storage from;
	bool tls, v11; /* what `who` says */
	int64_t now;
	size_t answers, over;
	uint8_t last[PACKET_MAX];
	size_t last_len;
};

static inline struct known_ap *
responder_who(struct receiver *r, struct arrival *a)
{
	struct responder *p = r->way->ctx;
	struct known_ap *ap = known_ap(a->known, a->from);

	a->tls = p->tls;
	a->shared = ap == NULL || p->v11 ? NULL : &ap->shared;
	return ap;
}

static inline void
responder_keep(struct receiver *r, const struct arrival *a,
    const uint8_t *octets, size_t len)
{
	struct responder *p = r->way->ctx;

	(void)a;
	p->answers++;
	memcpy(p->last, octets, len);
	p->last_len = len;
}

static inline void
responder_over(struct receiver *r, const struct arrival *a)
{
	struct responder *p = r->way->ctx;

	(void)a;
	p->over++;
}

static inline struct sockaddr_storage
responder_from(struct receiver *r, const struct arrival *a)
{
	(void)r;
	return *a->from;
}

static inline void
responder_at(struct responder *p, const char *ip, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = port};

	assert_int_equal(inet_pton(AF_INET, ip, &in.sin_addr), 1);
	memset(&p->from, 0, sizeof(p->from));
	memcpy(&p->from, &in, sizeof(in));
}

static inline enum err
responder_network(void *k, const struct network *n)
{
	return known_put_network(k, n);
}

static inline enum err
responder_plan(void *k, const struct plan *p)
{
	return known_put_plan(k, p);
}

static inline enum err
responder_ap(void *k, const struct world_ap *a)
{
	return known_put_ap(k, a);
}

static inline enum err
responder_key(void *k, const struct world_key *w)
{
	return known_put_key(k, w);
}

static inline enum err
responder_device(void *k, const struct device *d)
{
	return known_put_device(k, d);
}

/* All that the store has, as the feed brings it. */
static inline void
responder_learn(struct responder *p)
{
	struct known *k = state_known(p->st);
	const struct world_visitor v = {.ctx = k,
	    .network = responder_network,
	    .plan = responder_plan,
	    .ap = responder_ap,
	    .key = responder_key,
	    .device = responder_device};
	int64_t at;

	assert_ok(world_load(&p->h.system, &v, &at));
	assert_ok(known_settle(k));
	k->position = at;
}

/* Its state, with nothing known and no threads. */
static inline struct state *
responder_state(const struct house *h)
{
	struct state *st = state_new(&h->conf, h->ring);

	if (st == NULL)
		exit(2);
	st->known = known_new(st->epoch);
	assert_non_null(st->known);
	return st;
}

static inline void
responder_make(struct responder *p)
{
	memset(p, 0, sizeof(*p));
	house_make(&p->h);
	(void)snprintf(
	    p->snapshot, sizeof(p->snapshot), "%s/snapshot", p->h.dir);
	p->h.conf.radius.snapshot = p->snapshot;
	p->h.conf.radius.metrics_listen = "";
	p->h.conf.radius.feed_poll = 5;
	(void)match_start();
	p->st = responder_state(&p->h);
	assert_non_null(p->st->scribe = scribe_start(p->st));
	assert_non_null(p->st->search = search_start(p->st, 1));
	p->way = (struct receiver_way){.who = responder_who,
	    .send = responder_keep,
	    .over = responder_over,
	    .source = responder_from,
	    .ctx = p};
	assert_non_null(p->r = receiver_new(p->st, &p->way));
	p->now = NOON + 60;
	responder_at(p, "192.0.2.9", 7);
	responder_learn(p);
}

static inline void
responder_end(struct responder *p)
{
	atomic_store(&p->st->stop, true);
	scribe_stop(p->st->scribe);
	search_stop(p->st->search);
	receiver_free(p->r);
	state_free(p->st);
	(void)unlink(p->snapshot);
	house_end(&p->h);
}

static inline uint64_t
responder_count(const struct responder *p, enum count what)
{
	return atomic_load(&p->r->counts->v[what]);
}

/* What receiver_take() says of the packet. */
static inline bool
responder_hears(struct responder *p, const uint8_t *octets, size_t len)
{
	bool fine;

	epoch_enter(p->r->reader);
	receiver_moment(p->r, &p->a);
	p->a.now = p->now;
	p->a.from = &p->from;
	p->a.from_len = sizeof(struct sockaddr_in);
	fine = receiver_take(p->r, &p->a, octets, len);
	epoch_leave(p->r->reader);
	return fine;
}

/* Waits until what was handed on is back, and answers it. */
static inline void
responder_rest(struct responder *p)
{
	while (p->r->jobs->out > 0) {
		struct pollfd fd = {.fd = p->r->jobs->wake, .events = POLLIN};

		assert_int_equal(poll(&fd, 1, 30000), 1);
		epoch_enter(p->r->reader);
		receiver_moment(p->r, &p->a);
		p->a.now = p->now;
		receiver_finish(p->r, &p->a);
		epoch_leave(p->r->reader);
	}
}

/* --- packets ----------------------------------------------------------------
 */

struct question {
	uint8_t b[PACKET_MAX];
	size_t n, ma; /* where its Message-Authenticator's value is */
};

static inline void
question_add(struct question *q, uint8_t type, const void *v, size_t len)
{
	assert_true(len <= 253 && q->n + len + 2 <= sizeof(q->b));
	q->b[q->n] = type;
	q->b[q->n + 1] = (uint8_t)(len + 2);
	if (len > 0)
		memcpy(q->b + q->n + 2, v, len);
	q->n += len + 2;
}

static inline void
question_text(struct question *q, uint8_t type, const char *text)
{
	question_add(q, type, text, strlen(text));
}

static inline void
question_int(struct question *q, uint8_t type, uint32_t v)
{
	const uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	question_add(q, type, b, sizeof(b));
}

/* Begins one of CODE; SIGNED leaves room for its Message-Authenticator. */
static inline void
question_begin(struct question *q, uint8_t code, bool is_signed)
{
	static const uint8_t zero[16];
	static uint8_t id;

	*q = (struct question){.b = {code, id++}, .n = PACKET_HEADER};
	if (code == PACKET_ACCESS_REQUEST || code == PACKET_STATUS_SERVER)
		rnd_bytes(q->b + 4, PACKET_AUTH);
	if (is_signed) {
		q->ma = q->n + 2;
		question_add(q, ATTR_MESSAGE_AUTHENTICATOR, zero, 16);
	}
}

/* Its length, its signature and, of what has one, its authenticator. */
static inline void
question_end(struct question *q, const char *secret)
{
	struct shared s;
	struct md5 m;

	q->b[2] = (uint8_t)(q->n >> 8);
	q->b[3] = (uint8_t)q->n;
	assert_ok(shared_set(&s, secret, strlen(secret)));
	if (q->ma != 0) {
		hmac_md5_start(&m, &s.pads);
		md5_add(&m, q->b, q->n);
		hmac_md5_end(&m, &s.pads, q->b + q->ma);
	}
	if (q->b[0] != PACKET_ACCESS_REQUEST &&
	    q->b[0] != PACKET_STATUS_SERVER) {
		md5_start(&m);
		md5_add(&m, q->b, q->n);
		md5_add(&m, secret, strlen(secret));
		md5_end(&m, q->b + 4);
	}
}

#define HOUSE_SECRET "k3Jx-90pq-Zz7w-Lm2a"

/* A device asks, as it does without a handshake. */
static inline void
question_of(struct question *q, const char *station, bool is_signed)
{
	question_begin(q, PACKET_ACCESS_REQUEST, is_signed);
	question_text(q, ATTR_USER_NAME, station);
	question_text(q, ATTR_CALLING_STATION_ID, station);
	question_text(q, ATTR_CALLED_STATION_ID, "02-00-00-00-00-10:Example");
}

/* Adds a handshake of a key, in Meraki's words, that is new each time. */
static inline void
question_prove(struct question *q, const char *station, const uint8_t pmk[32])
{
	uint8_t frame[99] = {2, 3, 0, 95, 2, 0x01, 0x0a},
		b[200] = {0, 0, VENDOR_MERAKI >> 8, VENDOR_MERAKI & 0xff,
		    MERAKI_DPSK, 2 + 34 + 101, 1, 34};
	const uint8_t aa[6] = {2, 0, 0, 0, 0, 0x10};
	struct mac m = house_mac(station);
	struct handshake h;

	rnd_bytes(b + 8, 32);
	rnd_bytes(frame + 17, 32);
	assert_int_equal(handshake_read(0, aa, m.b, "Example", 7, b + 8, frame,
			     sizeof(frame), &h),
	    HANDSHAKE_FINE);
	assert_true(match_mic(&h, pmk, frame + 81));
	b[40] = 2;
	b[41] = 101;
	memcpy(b + 42, frame, sizeof(frame));
	question_add(q, ATTR_VENDOR_SPECIFIC, b, 42 + sizeof(frame));
}

/* The code of the answer to Q; 0: none. */
static inline int
responder_says(struct responder *p, const struct question *q)
{
	size_t before = p->answers;

	(void)responder_hears(p, q->b, q->n);
	responder_rest(p);
	return p->answers == before ? 0 : p->last[0];
}

/* The code of the answer to a device, which proves the key of PMK unless that
 * is NULL. */
static inline int
responder_asked(struct responder *p, struct question *q, const char *station,
    const uint8_t *pmk)
{
	question_of(q, station, true);
	if (pmk != NULL)
		question_prove(q, station, pmk);
	question_end(q, HOUSE_SECRET);
	return responder_says(p, q);
}

/* A key of somebody new. */
static inline struct key_view
responder_issue_for(struct responder *p, const uint8_t *pmk, int devices)
{
	OWN(secret) struct secret given = SECRET_NONE;
	struct person who = {.name = "Somebody"};
	struct key_order o = {.network = p->h.net.id,
	    .plan = p->h.plan.id,
	    .kind = KEY_PERSONAL,
	    .name = "",
	    .devices_max = devices,
	    .given = &given};
	struct key_view v;

	text_to_hex(pmk, 32, (char *)given.b);
	given.len = 64;
	assert_ok(people_add(&p->h.root, &who));
	o.person = who.id;
	assert_ok(keys_issue(&p->h.root, &o, &v));
	return v;
}

static inline struct key_view
responder_issue(struct responder *p, const uint8_t *pmk)
{
	return responder_issue_for(p, pmk, 0);
}
