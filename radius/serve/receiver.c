/* One packet: who sent it, was it here before, who answers it. */
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "radius/serve/receiver_in.h"

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

void
receiver_drop(struct receiver *r, const struct arrival *a, enum count why)
{
	count_add(r->counts, why, 1);
	dups_forget(r->dups, a->ref);
}

struct job *
receiver_job(struct receiver *r, const struct arrival *a)
{
	bool accounts = a->packet.code == PACKET_ACCT_REQUEST;
	bool full = r->way != NULL && accounts &&
		    r->jobs->accounting == JOBS_ACCOUNTING;
	struct job *job = full ? NULL : job_take(r->jobs);

	if (job == NULL) {
		receiver_drop(r, a, COUNT_QUEUE_FULL);
		return NULL;
	}
	job->counted = accounts;
	r->jobs->accounting += accounts;
	job->from = *a->from;
	job->from_len = a->from_len;
	job->ref = a->ref;
	job->len = a->packet.len;
	memcpy(job->octets, a->packet.p, a->packet.len);
	return job;
}

void
receiver_hand(
    struct receiver *r, struct arrival *a, struct job *job, bool taken)
{
	a->waits = taken;
	if (taken)
		return;
	job_give(job);
	receiver_drop(r, a, COUNT_QUEUE_FULL);
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

bool
receiver_expects(const struct receiver *r, const struct packet *p)
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

bool
receiver_look(
    struct receiver *r, struct arrival *a, const uint8_t *octets, size_t len)
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

void
receiver_see(struct receiver *r, struct arrival *a)
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
		receiver_again(r, a, again);
		break;
	case DUP_NEW:
		fresh(r, a);
	}
}

bool
receiver_take(
    struct receiver *r, struct arrival *a, const uint8_t *octets, size_t len)
{
	if (!receiver_look(r, a, octets, len))
		return false;
	if (!receiver_expects(r, &a->packet)) {
		count_add(r->counts, COUNT_UNEXPECTED, 1);
		return true;
	}
	if (!authentic(r, a))
		return false;
	receiver_see(r, a);
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

bool
receiver_drains(struct receiver *r, int64_t mono)
{
	if (r->drain_until == 0)
		r->drain_until = mono + (int64_t)DRAIN_MS * 1000000;
	return r->jobs->out > 0 && mono < r->drain_until;
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
	st->jobs[st->ncounts] = r->jobs;
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
	jobs_free(r->jobs);
	receiver_free(r);
	return NULL;
}

void
receiver_free(struct receiver *r)
{
	if (r->fd >= 0)
		(void)close(r->fd);
	dups_free(r->dups);
	free(r);
}
