/* The thread of a datagram socket: packets come and answers go in batches. */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "core/base/clock.h"
#include "radius/serve/confine.h"
#include "radius/serve/receiver_in.h"
#include "radius/wire/sign.h"

enum { POLL_MS = 200, DRAIN_POLL_MS = 20 };

/* What recvmmsg() fills. */
struct inbox {
	uint8_t octets[RECEIVER_BATCH][RECEIVER_APART(PACKET_MAX + SIGN_ROOM)];
	struct sockaddr_storage from[RECEIVER_BATCH];
	struct iovec iov[RECEIVER_BATCH];
	struct mmsghdr msg[RECEIVER_BATCH];
	struct arrival a[RECEIVER_BATCH];
	bool fine[RECEIVER_BATCH];
};

static void
inbox_ready(struct inbox *in)
{
	for (size_t i = 0; i < RECEIVER_BATCH; i++) {
		in->iov[i] = (struct iovec){in->octets[i], PACKET_MAX + 1};
		in->msg[i].msg_hdr = (struct msghdr){.msg_name = &in->from[i],
		    .msg_namelen = sizeof(in->from[i]),
		    .msg_iov = &in->iov[i],
		    .msg_iovlen = 1};
	}
}

static void
look_at(struct receiver *r, struct inbox *in, int i, const struct arrival *now)
{
	struct arrival *a = &in->a[i];

	a->known = now->known;
	a->now = now->now;
	a->mono = now->mono;
	a->mark = now->mark;
	a->ap = NULL;
	a->from = &in->from[i];
	a->from_len = in->msg[i].msg_hdr.msg_namelen;
	in->msg[i].msg_hdr.msg_namelen = sizeof(in->from[i]);
	in->fine[i] = receiver_look(r, a, in->octets[i], in->msg[i].msg_len);
	if (in->fine[i] && !receiver_expects(r, &a->packet)) {
		count_add(r->counts, COUNT_UNEXPECTED, 1);
		in->fine[i] = false;
	}
}

/* What the answers will need is fetched while others are looked at. */
static void
bring_near(const struct receiver *r, struct inbox *in, int n)
{
	struct mac mac[RECEIVER_BATCH];
	size_t macs = 0;

	for (int i = 0; i < n; i++) {
		struct arrival *a = &in->a[i];

		if (!in->fine[i])
			continue;
		dups_near(r->dups, &a->name);
		a->near = maker_station(&a->packet, &a->station);
		if (a->near)
			mac[macs++] = a->station;
	}
	if (macs > 1)
		known_near(in->a[0].known, mac, macs);
	for (int i = 0; i < n; i++)
		if (in->fine[i])
			dups_nearer(r->dups, &in->a[i].name);
}

/* All signatures of the batch, side by side. */
static void
check(struct inbox *in, int n)
{
	struct sign_check v[RECEIVER_BATCH];
	int which[RECEIVER_BATCH], k = 0;

	for (int i = 0; i < n; i++) {
		struct arrival *a = &in->a[i];
		const struct packet *p = &a->packet;

		a->checked = in->fine[i] && p->ma != 0 &&
			     p->code == PACKET_ACCESS_REQUEST;
		if (!a->checked)
			continue;
		v[k] = (struct sign_check){.p = in->octets[i],
		    .len = p->len,
		    .ma = p->ma,
		    .shared = a->shared};
		which[k++] = i;
	}
	sign_check(v, (size_t)k);
	for (int i = 0; i < k; i++)
		in->a[which[i]].right = v[i].right;
}

static int
receive(struct receiver *r, struct inbox *in, const struct arrival *now)
{
	int n = recvmmsg(r->fd, in->msg, RECEIVER_BATCH, MSG_DONTWAIT, NULL);

	for (int i = 0; i < n; i++)
		look_at(r, in, i, now);
	if (n > 1 && !r->accounting)
		bring_near(r, in, n);
	check(in, n);
	for (int i = 0; i < n; i++)
		if (in->fine[i] && authentic(r, &in->a[i]))
			receiver_see(r, &in->a[i]);
	return n;
}

static void
drain(struct receiver *r, struct arrival *a)
{
	while (receiver_drains(r, clock_mono())) {
		struct pollfd p = {.fd = r->jobs->wake, .events = POLLIN};

		(void)poll(&p, 1, DRAIN_POLL_MS);
		epoch_enter(r->reader);
		receiver_moment(r, a);
		receiver_finish(r, a);
		receiver_flush(r);
		epoch_leave(r->reader);
	}
}

/* What the thread of a receiver works with; there before it starts, so that
 * no receiver runs that could not receive. */
struct seat {
	struct receiver *r;
	struct inbox in;
	struct arrival a;
};

static void *
work(void *arg)
{
	struct seat *s = arg;
	struct receiver *r = s->r;
	bool confined = false;

	state_wait_confined(r->st);
	confine_self(r->st, &confined, CONFINE_PACKETS);
	while (!atomic_load(&r->st->stop)) {
		struct pollfd p[2] = {{.fd = r->fd, .events = POLLIN},
		    {.fd = r->jobs->wake, .events = POLLIN}};
		int n;

		epoch_enter(r->reader);
		receiver_moment(r, &s->a);
		n = receive(r, &s->in, &s->a);
		receiver_finish(r, &s->a);
		receiver_flush(r);
		epoch_leave(r->reader);
		if (n < RECEIVER_BATCH)
			(void)poll(p, 2, POLL_MS);
	}
	drain(r, &s->a);
	free(s);
	return NULL;
}

struct receiver *
receiver_start(struct state *st, int fd, bool accounting)
{
	struct seat *s = calloc(1, sizeof(*s));
	struct receiver *r = s != NULL ? receiver_new(st, NULL) : NULL;

	if (r == NULL) {
		free(s);
		return NULL;
	}
	r->fd = fd;
	r->accounting = accounting;
	s->r = r;
	inbox_ready(&s->in);
	if (pthread_create(&r->thread, NULL, work, s) == 0)
		return r;
	receiver_free(r);
	free(s);
	return NULL;
}

void
receiver_stop(struct receiver *r)
{
	if (r == NULL)
		return;
	(void)pthread_join(r->thread, NULL);
	receiver_free(r);
}
