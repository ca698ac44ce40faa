/* Answers: signed side by side, kept for those who ask again, sent. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "radius/serve/receiver_in.h"
#include "radius/wire/sign.h"

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

void
receiver_flush(struct receiver *r)
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
		receiver_flush(r);
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

void
receiver_again(struct receiver *r, const struct arrival *a, struct slice again)
{
	uint8_t *out = receiver_room(r);

	memcpy(out, again.p, again.len);
	if (r->way != NULL)
		r->way->send(r, a, out, again.len);
	else
		post(r, a, &(struct sign_reply){.p = out, .len = again.len},
		    false);
}
