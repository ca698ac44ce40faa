#include "radius/serve/receiver.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "radius/serve/confine.h"
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

struct sockaddr_storage
receiver_source(struct receiver *r, const struct arrival *a)
{
	return r->way == NULL ? *a->from : r->way->source(r, a);
}

static void
source_text(
    struct receiver *r, const struct arrival *a, char out[static STRANGER_TEXT])
{
	struct sockaddr_storage from = receiver_source(r, a);

	if (getnameinfo((const void *)&from,
		from.ss_family == AF_INET ? sizeof(struct sockaddr_in)
					  : sizeof(struct sockaddr_in6),
		out, STRANGER_TEXT, NULL, 0, NI_NUMERICHOST) != 0)
		text_copy(out, STRANGER_TEXT, "?");
}

/* One a second, so that a flood costs nothing. */
static void
note_stranger(struct receiver *r, const struct arrival *a)
{
	char host[STRANGER_TEXT];

	if (r->stranger_at == a->now)
		return;
	r->stranger_at = a->now;
	source_text(r, a, host);
	strangers_add(r->st->strangers, host, a->now);
}

void
receiver_complain(struct receiver *r, enum complaint what, const char *event,
    const struct arrival *a)
{
	char host[STRANGER_TEXT];

	if (r->complaint[what].last != 0 &&
	    a->mono - r->complaint[what].last <
		(int64_t)COMPLAINT_SECONDS * 1000000000) {
		r->complaint[what].unsaid++;
		return;
	}
	source_text(r, a, host);
	LOG(WARN, event, LOG_S("from", host),
	    LOG_S("ap", a->ap == NULL ? "" : a->ap->ap.name),
	    LOG_I("since_last", r->complaint[what].unsaid));
	r->complaint[what].last = a->mono;
	r->complaint[what].unsaid = 0;
}

uint16_t
receiver_salt(struct receiver *r)
{
	r->salt = (uint16_t)(r->salt + 16);
	return r->salt | 0x8000;
}

static void
sign_posted(struct receiver *r)
{
	struct sign_reply v[RECEIVER_BATCH];

	for (size_t i = 0; i < r->outs; i++)
		v[i] = r->posted[i].reply;
	sign_replies(v, r->outs);
}

/* False when another request has taken its place meanwhile. */
static bool
keep(struct receiver *r, size_t i)
{
	const struct posted *o = &r->posted[i];

	return !o->keep || dups_answer(r->dups, o->ref, o->mark,
			       (struct slice){r->out[i], o->reply.len});
}

static void
send_all(struct receiver *r, struct mmsghdr *msg, size_t n)
{
	size_t at = 0;

	while (at < n) {
		int sent = sendmmsg(r->fd, msg + at, (unsigned)(n - at), 0);

		if (sent > 0) {
			at += (size_t)sent;
		} else if (errno != EINTR) {
			count_add(r->counts, COUNT_SEND_FAILED, 1);
			at++; /* this one cannot be sent; the rest may */
		}
	}
}

static void
flush(struct receiver *r)
{
	struct mmsghdr msg[RECEIVER_BATCH];
	struct iovec iov[RECEIVER_BATCH];
	size_t n = 0;

	sign_posted(r);
	for (size_t i = 0; i < r->outs; i++) {
		struct posted *o = &r->posted[i];

		if (!keep(r, i))
			continue;
		iov[n] = (struct iovec){r->out[i], o->reply.len};
		msg[n] = (struct mmsghdr){.msg_hdr = {.msg_name = &o->to,
					      .msg_namelen = o->to_len,
					      .msg_iov = &iov[n],
					      .msg_iovlen = 1}};
		n++;
	}
	send_all(r, msg, n);
	r->outs = 0;
}

uint8_t *
receiver_room(struct receiver *r)
{
	if (r->outs == RECEIVER_BATCH)
		flush(r);
	return r->out[r->outs];
}

static void
post(struct receiver *r, const struct arrival *a,
    const struct sign_reply *reply, bool keep_it)
{
	struct posted *o = &r->posted[r->outs++];

	o->reply = *reply;
	o->keep = keep_it;
	o->ref = a->ref;
	o->mark = a->mark;
	o->to_len = a->from_len;
	memcpy(&o->to, a->from, a->from_len);
}

/* By a way of its own, an answer goes at once. */
static void
send_now(
    struct receiver *r, const struct arrival *a, const struct sign_reply *reply)
{
	sign_replies(reply, 1);
	if (dups_answer(
		r->dups, a->ref, a->mark, (struct slice){reply->p, reply->len}))
		r->way->send(r, a, reply->p, reply->len);
}

void
receiver_answer(
    struct receiver *r, const struct arrival *a, const struct sign_reply *reply)
{
	if (r->way != NULL)
		send_now(r, a, reply);
	else
		post(r, a, reply, true);
}

/* What was said before, again. */
static void
repeat(struct receiver *r, const struct arrival *a, struct slice again)
{
	uint8_t *out = receiver_room(r);

	memcpy(out, again.p, again.len);
	if (r->way != NULL)
		r->way->send(r, a, out, again.len);
	else
		post(r, a, &(struct sign_reply){.p = out, .len = again.len},
		    false);
}

void
receiver_drop(struct receiver *r, const struct arrival *a, enum count why)
{
	count_add(r->counts, why, 1);
	dups_forget(r->dups, a->ref);
}

/* RFC 5997 3: 2 on the authentication port, 5 on the accounting port. */
static void
status(struct receiver *r, const struct arrival *a)
{
	uint8_t *out = receiver_room(r);
	struct sign_reply whole;
	struct reply reply;

	reply_start(&reply, out, REPLY_MAX,
	    r->accounting ? PACKET_ACCT_RESPONSE : PACKET_ACCESS_ACCEPT,
	    &a->packet, a->shared, receiver_salt(r));
	reply_proxy_states(&reply, &a->packet);
	if (reply_close(&reply, &whole)) {
		receiver_drop(r, a, COUNT_TOO_BIG);
		return;
	}
	count_add(r->counts, COUNT_STATUS, 1);
	receiver_answer(r, a, &whole);
}

static bool
expected(const struct receiver *r, const struct packet *p)
{
	if (p->code == PACKET_STATUS_SERVER)
		return true;
	if (r->way != NULL) /* RFC 6614 2.1: one port for all */
		return p->code == PACKET_ACCESS_REQUEST ||
		       p->code == PACKET_ACCT_REQUEST;
	return p->code ==
	       (r->accounting ? PACKET_ACCT_REQUEST : PACKET_ACCESS_REQUEST);
}

static void
fresh(struct receiver *r, struct arrival *a)
{
	if (a->packet.code == PACKET_STATUS_SERVER)
		status(r, a);
	else if (a->packet.code == PACKET_ACCT_REQUEST)
		acct_request(r, a);
	else
		auth_request(r, a);
}

static struct known_ap *
who(struct receiver *r, struct arrival *a)
{
	struct known_ap *ap;

	if (r->way != NULL)
		return r->way->who(r, a);
	ap = known_ap(a->known, a->from);
	a->shared = ap == NULL ? NULL : &ap->shared;
	return ap;
}

/* Who asks, is it a packet, may it come here? */
static bool
look(struct receiver *r, struct arrival *a, const uint8_t *octets, size_t len)
{
	a->waits = a->checked = a->near = false;
	if ((a->ap = who(r, a)) == NULL) {
		count_add(r->counts, COUNT_UNKNOWN_SOURCE, 1);
		note_stranger(r, a);
		receiver_complain(
		    r, COMPLAIN_SOURCE, "radius.unknown_source", a);
		return false;
	}
	if (packet_parse(octets, len, &a->packet)) {
		count_add(r->counts, COUNT_MALFORMED, 1);
		known_ap_did(a->ap, AP_STRANGE, a->now);
		return false;
	}
	a->name = dups_name(a->from, &a->packet);
	return true;
}

/* Is it new? Those who asked before are answered as before. */
static void
take(struct receiver *r, struct arrival *a)
{
	struct slice again;

	known_ap_did(a->ap, AP_HEARD, a->now);
	switch (dups_see(
	    r->dups, &a->name, &a->packet, a->mark, a->mono, &a->ref, &again)) {
	case DUP_PENDING:
		count_add(r->counts, COUNT_DUPLICATES_PENDING, 1);
		break;
	case DUP_ANSWERED:
		count_add(r->counts, COUNT_DUPLICATES, 1);
		repeat(r, a, again);
		break;
	case DUP_NEW:
		fresh(r, a);
	}
}

bool
receiver_take(
    struct receiver *r, struct arrival *a, const uint8_t *octets, size_t len)
{
	if (!look(r, a, octets, len))
		return false;
	if (!expected(r, &a->packet)) {
		count_add(r->counts, COUNT_UNEXPECTED, 1);
		return true;
	}
	if (!authentic(r, a))
		return false;
	take(r, a);
	return true;
}

void
receiver_moment(struct receiver *r, struct arrival *a)
{
	a->known = state_known(r->st);
	a->now = clock_now();
	a->mono = clock_mono();
	a->mark = atomic_load(&a->known->lost);
}

void
receiver_finish(struct receiver *r, struct arrival *a)
{
	struct job *list = jobs_done(r->jobs);

	while (list != NULL) {
		struct job *job = list;

		list = job->next;
		a->from = &job->from;
		a->from_len = job->from_len;
		a->ref = job->ref;
		a->ap = who(r, a);
		if (packet_parse(job->octets, job->len, &a->packet) ||
		    a->ap == NULL)
			dups_forget(r->dups, job->ref);
		else if (a->packet.code == PACKET_ACCT_REQUEST)
			acct_done(r, a, job);
		else
			auth_done(r, a, job);
		if (r->way != NULL)
			r->way->over(r, a);
		job_give(job);
	}
}

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
	in->fine[i] = look(r, a, in->octets[i], in->msg[i].msg_len);
	if (in->fine[i] && !expected(r, &a->packet)) {
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
			take(r, &in->a[i]);
	return n;
}

bool
receiver_drains(struct receiver *r, int64_t mono)
{
	if (r->drain_until == 0)
		r->drain_until = mono + (int64_t)DRAIN_MS * 1000000;
	return r->jobs->out > 0 && mono < r->drain_until;
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
		flush(r);
		epoch_leave(r->reader);
	}
}

static void *
work(void *arg)
{
	struct receiver *r = arg;
	struct inbox *in = calloc(1, sizeof(*in));
	struct arrival *a = calloc(1, sizeof(*a));
	bool confined = false;

	if (in != NULL)
		inbox_ready(in);
	state_wait_confined(r->st);
	confine_self(r->st, &confined, CONFINE_PACKETS);
	while (in != NULL && a != NULL && !atomic_load(&r->st->stop)) {
		struct pollfd p[2] = {{.fd = r->fd, .events = POLLIN},
		    {.fd = r->jobs->wake, .events = POLLIN}};
		int n;

		epoch_enter(r->reader);
		receiver_moment(r, a);
		n = receive(r, in, a);
		receiver_finish(r, a);
		flush(r);
		epoch_leave(r->reader);
		if (n < RECEIVER_BATCH)
			(void)poll(p, 2, POLL_MS);
	}
	if (a != NULL)
		drain(r, a);
	free(in);
	free(a);
	return NULL;
}

static bool
parts(struct receiver *r)
{
	struct state *st = r->st;

	r->counts = aligned_alloc(64, sizeof(*r->counts));
	r->course = calloc(1, sizeof(*r->course));
	r->dups = dups_new();
	r->jobs = jobs_new();
	r->reader = epoch_join(st->epoch);
	if (r->counts == NULL || r->course == NULL || r->dups == NULL ||
	    r->jobs == NULL || r->reader == NULL ||
	    st->ncounts == STATE_RECEIVERS_MAX)
		return false;
	*r->counts = (struct counts){0};
	st->counts[st->ncounts] = r->counts;
	st->courses[st->ncounts] = r->course;
	st->ncounts++; /* who counts up sees it filled */
	return true;
}

struct receiver *
receiver_new(struct state *st, const struct receiver_way *way)
{
	struct receiver *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->st = st;
	r->way = way;
	r->fd = -1;
	rnd_bytes(&r->salt, sizeof(r->salt));
	rnd_bytes(r->hash_key, sizeof(r->hash_key));
	r->salt &= 0xfff0;
	r->device.rule =
	    (struct budget_rule){BUDGET_DEVICE_BURST, BUDGET_DEVICE_HOUR};
	r->ap.rule = (struct budget_rule){BUDGET_AP_BURST, BUDGET_AP_HOUR};
	r->unknown.rule =
	    (struct budget_rule){BUDGET_UNKNOWN_BURST, BUDGET_UNKNOWN_HOUR};
	if (parts(r))
		return r;
	free(r->counts); /* nobody else has them yet */
	free(r->course);
	receiver_free(r);
	return NULL;
}

void
receiver_free(struct receiver *r)
{
	if (r->fd >= 0)
		(void)close(r->fd);
	dups_free(r->dups);
	jobs_free(r->jobs);
	free(r);
}

struct receiver *
receiver_start(struct state *st, int fd, bool accounting)
{
	struct receiver *r = receiver_new(st, NULL);

	if (r == NULL)
		return NULL;
	r->fd = fd;
	r->accounting = accounting;
	if (pthread_create(&r->thread, NULL, work, r) == 0)
		return r;
	receiver_free(r);
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
