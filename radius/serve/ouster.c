#include "radius/serve/ouster.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/service/disconnects.h"
#include "radius/change/disconnect.h"
#include "radius/serve/back.h"
#include "radius/serve/confine.h"
#include "radius/serve/link.h"

/* One request on its way. */
struct flight {
	struct disconnect d;
	struct shared shared;
	uint8_t packet[DISCONNECT_PACKET_MAX];
	size_t len;
	int fd;    /* connected; -1: none */
	int place; /* of its way back; -1: none. Neither: free */
	int sends, cache_seconds;
	int64_t due; /* of the next send, or of giving up; monotonic */
};

struct ouster {
	struct state *st;
	struct link link;
	struct epoch_reader *reader;
	pthread_t thread;
	int64_t pulse, looked;
	struct flight flight[OUSTER_FLIGHTS];
	struct pollfd poll[OUSTER_FLIGHTS];
};

/* --- the end of one --- */

static int64_t
backoff(int64_t tries)
{
	int64_t s = OUSTER_AGAIN_S;

	while (tries-- > 0 && s < OUSTER_AGAIN_MAX_S)
		s *= 2;
	return s < OUSTER_AGAIN_MAX_S ? s : OUSTER_AGAIN_MAX_S;
}

static void
store(struct ouster *o, const struct disconnect *d,
    enum disconnect_answer answer, int cause, int64_t again)
{
	enum err e = ERR_STORE;

	if (link_up(&o->link)) {
		e = disconnects_result(
		    link_call(&o->link), &d->id, answer, cause, again);
		link_after(&o->link, e, "radius.disconnect_result");
	}
	LOG(INFO, "radius.disconnect", LOG_S("key", d->key.s),
	    LOG_S("answer", answer == DISCONNECT_ACK       ? "ack"
			    : answer == DISCONNECT_NAK     ? "nak"
			    : answer == DISCONNECT_TIMEOUT ? "timeout"
							   : "unreachable"),
	    LOG_I("cause", cause), LOG_I("stored", e == ERR_OK));
}

static bool
is_free(const struct flight *f)
{
	return f->fd < 0 && f->place < 0;
}

static void
land(struct ouster *o, struct flight *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->place >= 0)
		back_give(o->st->back, f->place);
	f->fd = f->place = -1;
	shared_own(&f->shared);
}

/* Once more when what the access point remembers has run out: until then the
 * device may have come back by it. */
static void
answered(struct ouster *o, struct flight *f, bool ack, int cause)
{
	int64_t again = f->d.tries == 0 && f->cache_seconds > 0
			    ? clock_now() + f->cache_seconds + 1
			    : 0;

	store(o, &f->d, ack ? DISCONNECT_ACK : DISCONNECT_NAK, cause, again);
	land(o, f);
}

static void
hear(struct ouster *o, struct flight *f)
{
	uint8_t b[PACKET_MAX];
	ssize_t n = recv(f->fd, b, sizeof(b), MSG_DONTWAIT);
	int cause = 0;
	bool ack;

	/* A refusal by the network is no answer; forged ones are none. */
	if (n > 0 &&
	    disconnect_read(f->packet, b, (size_t)n, &f->shared, &ack, &cause))
		answered(o, f, ack, cause);
}

/* Not now. */
static void
give_up(struct ouster *o, struct flight *f)
{
	store(
	    o, &f->d, DISCONNECT_TIMEOUT, 0, clock_now() + backoff(f->d.tries));
	land(o, f);
}

static void
hear_back(struct ouster *o, struct flight *f, int64_t mono)
{
	struct back_answer a;
	int cause = 0;
	bool ack;

	switch (back_look(o->st->back, f->place, &a)) {
	case BACK_WAITS:
		if (mono >= f->due)
			give_up(o, f);
		break;
	case BACK_NOBODY:
		give_up(o, f);
		break;
	case BACK_HEARD:
		if (a.radius11
			? disconnect_read11(a.octets, a.len, &ack, &cause)
			: disconnect_read(f->packet, a.octets, a.len,
			      &f->shared, &ack, &cause))
			answered(o, f, ack, cause);
		else
			give_up(o, f);
	}
}

static void
send_due(struct ouster *o, struct flight *f, int64_t mono)
{
	if (mono < f->due)
		return;
	if (f->sends == DISCONNECT_SENDS) {
		give_up(o, f);
		return;
	}
	if (send(f->fd, f->packet, f->len, 0) < 0 && errno != ECONNREFUSED)
		LOG(DEBUG, "radius.disconnect_send",
		    LOG_S("why", strerror(errno)));
	f->due = mono + ((int64_t)DISCONNECT_FIRST_MS << f->sends) * 1000000;
	f->sends++;
}

/* --- the start of one --- */

static void
user_name(struct ouster *o, const struct uid *id, char out[static 64])
{
	const struct known_key *key;
	const struct key_data *d;

	out[0] = '\0';
	epoch_enter(o->reader);
	key = known_key(state_known(o->st), id);
	if (key != NULL && (d = known_key_data(key)) != NULL)
		text_copy(out, 64, d->person);
	epoch_leave(o->reader);
}

/* TO is where it goes, when that is an address; SHARED NULL: RADIUS/1.1. */
static size_t
write_packet(struct ouster *o, const struct flight *f, const struct maker *m,
    const struct in_addr *to, const struct shared *shared, uint8_t id,
    uint8_t out[static DISCONNECT_PACKET_MAX])
{
	struct in_addr nas;
	char user[64];
	struct disconnect_session s = {.station = f->d.mac,
	    .acct_session_id = f->d.session,
	    .called_station_id = f->d.called,
	    .nas_identifier = f->d.nas_id,
	    .user_name = user,
	    .nas = to};

	if (inet_pton(AF_INET, f->d.nas_ip, &nas) == 1)
		s.nas = &nas;
	text_copy(user, sizeof(user), f->d.user);
	if (user[0] == '\0')
		user_name(o, &f->d.key, user);
	return disconnect_write(
	    &m->disconnect, &s, shared, id, clock_now(), out);
}

static bool
by_address(struct ouster *o, struct flight *f, const struct world_ap *w,
    const struct maker *m)
{
	struct sockaddr_storage to;
	struct sockaddr_in in;
	socklen_t len;
	uint8_t id;

	if (!disconnect_address(w->ap.coa_address,
		m->disconnect.port > 0 ? m->disconnect.port : DISCONNECT_PORT,
		&to, &len) ||
	    shared_set(&f->shared, w->secret.b, w->secret.len))
		return false;
	memcpy(&in, &to, sizeof(in));
	rnd_bytes(&id, sizeof(id));
	f->len =
	    write_packet(o, f, m, to.ss_family == AF_INET ? &in.sin_addr : NULL,
		&f->shared, id, f->packet);
	if (f->len == 0)
		return false;
	f->sends = 0;
	f->due = 0;
	f->fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return f->fd >= 0 && connect(f->fd, (void *)&to, len) == 0;
}

/* RFC 6614 2.3: everybody's secret. */
static bool
by_connection(struct ouster *o, struct flight *f, const struct world_ap *w,
    const struct maker *m)
{
	static const char secret[] = "radsec";
	uint8_t p11[DISCONNECT_PACKET_MAX];
	size_t len11;

	if ((f->place = back_take(o->st->back)) < 0 ||
	    shared_set(&f->shared, secret, sizeof(secret) - 1))
		return false;
	f->len = write_packet(
	    o, f, m, NULL, &f->shared, (uint8_t)f->place, f->packet);
	len11 = write_packet(o, f, m, NULL, NULL, 0, p11);
	f->due = clock_mono() + (int64_t)OUSTER_BACK_S * 1000000000;
	return f->len > 0 && len11 > 0 &&
	       back_ask(o->st->back, f->place, &w->ap.id,
		   (struct slice){f->packet, f->len},
		   (struct slice){p11, len11});
}

static bool
take_off(struct ouster *o, struct flight *f, const struct world_ap *w)
{
	const struct maker *m = maker_find(w->ap.dialect);
	bool off = false;

	if (m == NULL)
		m = maker_find("generic");
	if (m == NULL)
		return false;
	f->cache_seconds = m->cache_seconds;
	if (w->ap.coa_address[0] != '\0')
		off = by_address(o, f, w, m);
	else if (w->ap.tls[0] != '\0')
		off = by_connection(o, f, w, m);
	if (!off)
		land(o, f);
	return off;
}

static bool
on_its_way(const struct ouster *o, const struct uid *id)
{
	for (size_t i = 0; i < OUSTER_FLIGHTS; i++)
		if (!is_free(&o->flight[i]) && uid_same(&o->flight[i].d.id, id))
			return true;
	return false;
}

static struct flight *
free_flight(struct ouster *o)
{
	for (size_t i = 0; i < OUSTER_FLIGHTS; i++)
		if (is_free(&o->flight[i]))
			return &o->flight[i];
	return NULL;
}

/* False when no more can be taken now. */
static bool
begin(struct ouster *o, const struct disconnect *d)
{
	struct flight *f = free_flight(o);
	struct world_ap w = {.ap = {.ma = MA_REQUIRE}};
	enum err e;

	if (f == NULL)
		return false;
	if (on_its_way(o, &d->id))
		return true;
	f->d = *d;
	if (!link_up(&o->link))
		return false;
	e = world_ap_get(link_call(&o->link), &d->ap, &w);
	if (e == ERR_CORRUPT || e == ERR_TOO_BIG)
		e = ERR_NOT_FOUND; /* it does not open, now or later */
	link_after(&o->link, e, "radius.disconnect_ap");
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !take_off(o, f, &w)))
		store(o, d, DISCONNECT_UNREACHABLE, 0, 0);
	secret_wipe(&w, sizeof(w));
	return e == ERR_OK || e == ERR_NOT_FOUND;
}

/* What is due lives in the link's memory, which each call empties: copied. */
static void
look(struct ouster *o)
{
	struct disconnect *due = NULL;
	OWN(mem) struct disconnect *list = NULL;
	size_t n = 0;
	enum err e =
	    disconnects_due(link_call(&o->link), DISCONNECTS_DUE_MAX, &due, &n);

	link_after(&o->link, e, "radius.disconnects");
	if (e || n == 0 || (list = calloc(n, sizeof(*list))) == NULL)
		return;
	memcpy(list, due, n * sizeof(*list));
	for (size_t i = 0; i < n; i++)
		if (!begin(o, &list[i]))
			return;
}

/* Looks when somebody committed, and every second. */
static void
look_when_due(struct ouster *o, int64_t mono)
{
	int64_t pulse = 0;
	enum err e;

	if (!link_up(&o->link))
		return;
	e = feed_pulse(link_call(&o->link), &pulse);
	link_after(&o->link, e, "radius.disconnects");
	if (e || (pulse == o->pulse && mono - o->looked < 1000000000))
		return;
	o->pulse = pulse;
	o->looked = mono;
	look(o);
}

/* --- the thread --- */

static void
listen_to_all(struct ouster *o)
{
	for (size_t i = 0; i < OUSTER_FLIGHTS; i++)
		o->poll[i] =
		    (struct pollfd){.fd = o->flight[i].fd, .events = POLLIN};
	if (poll(o->poll, OUSTER_FLIGHTS, OUSTER_POLL_MS) <= 0)
		return;
	for (size_t i = 0; i < OUSTER_FLIGHTS; i++)
		if (o->flight[i].fd >= 0 && o->poll[i].revents != 0)
			hear(o, &o->flight[i]);
}

static void *
work(void *arg)
{
	struct ouster *o = arg;
	bool confined = false;

	while (!atomic_load(&o->st->stop)) {
		int64_t mono = clock_mono();

		confine_self(o->st, &confined, CONFINE_STORE);
		look_when_due(o, mono);
		for (size_t i = 0; i < OUSTER_FLIGHTS; i++)
			if (o->flight[i].fd >= 0)
				send_due(o, &o->flight[i], mono);
			else if (o->flight[i].place >= 0)
				hear_back(o, &o->flight[i], mono);
		listen_to_all(o);
	}
	for (size_t i = 0; i < OUSTER_FLIGHTS; i++)
		if (!is_free(&o->flight[i]))
			land(o, &o->flight[i]);
	link_close(&o->link);
	return NULL;
}

struct ouster *
ouster_start(struct state *st)
{
	struct ouster *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->st = st;
	o->link = link_new(st);
	for (size_t i = 0; i < OUSTER_FLIGHTS; i++)
		o->flight[i].fd = o->flight[i].place = -1;
	if ((o->reader = epoch_join(st->epoch)) != NULL &&
	    pthread_create(&o->thread, NULL, work, o) == 0)
		return o;
	free(o);
	return NULL;
}

void
ouster_stop(struct ouster *o)
{
	if (o == NULL)
		return;
	(void)pthread_join(o->thread, NULL);
	free(o);
}
