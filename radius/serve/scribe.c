#include "radius/serve/scribe.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "radius/serve/confine.h"
#include "radius/serve/link.h"

struct scribe {
	struct state *st;
	struct link link;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	bool stop;
	/* a ring of devices */
	struct seen_device device[SCRIBE_DEVICES_MAX];
	size_t first, devices;
	/* refusals, how many in this minute, and which that is */
	struct refused_device refused[SCRIBE_REFUSED_MAX];
	size_t refusals;
	int64_t minute, told;
	/* a list of accounting messages, oldest first */
	struct job *visit, **last;
	size_t visits;
	/* a batch of each, outside the lock */
	struct seen_device batch[SCRIBE_BATCH];
	struct visit_report report[SCRIBE_BATCH];
	struct refused_device told_of[SCRIBE_REFUSED_MAX];
};

bool
scribe_device(struct scribe *k, const struct seen_device *seen)
{
	bool room;

	(void)pthread_mutex_lock(&k->lock);
	if ((room = k->devices < SCRIBE_DEVICES_MAX)) {
		k->device[(k->first + k->devices) % SCRIBE_DEVICES_MAX] = *seen;
		k->devices++;
		(void)pthread_cond_signal(&k->more);
	}
	(void)pthread_mutex_unlock(&k->lock);
	return room;
}

void
scribe_refused(struct scribe *k, const struct refused_device *seen)
{
	(void)pthread_mutex_lock(&k->lock);
	if (seen->at / 60 != k->minute) {
		k->minute = seen->at / 60;
		k->told = 0;
	}
	if (k->refusals < SCRIBE_REFUSED_MAX &&
	    k->told < SCRIBE_REFUSED_MINUTE) {
		k->told++;
		k->refused[k->refusals++] = *seen;
		(void)pthread_cond_signal(&k->more);
	}
	(void)pthread_mutex_unlock(&k->lock);
}

bool
scribe_visit(struct scribe *k, struct job *job)
{
	bool room;

	(void)pthread_mutex_lock(&k->lock);
	if ((room = k->visits < SCRIBE_VISITS_MAX && !k->stop)) {
		job->next = NULL;
		*k->last = job;
		k->last = &job->next;
		k->visits++;
		(void)pthread_cond_signal(&k->more);
	}
	(void)pthread_mutex_unlock(&k->lock);
	return room;
}

/* Devices of the ring's front into the batch; they leave the ring only when
 * they are written. */
static size_t
peek_devices(struct scribe *k)
{
	size_t n = k->devices < SCRIBE_BATCH ? k->devices : SCRIBE_BATCH;

	for (size_t i = 0; i < n; i++)
		k->batch[i] = k->device[(k->first + i) % SCRIBE_DEVICES_MAX];
	return n;
}

static size_t
take_refusals(struct scribe *k)
{
	size_t n = k->refusals;

	memcpy(k->told_of, k->refused, n * sizeof(*k->refused));
	k->refusals = 0;
	return n;
}

static struct job *
take_visits(struct scribe *k, size_t *n)
{
	struct job *list = k->visit, **end = &list;

	for (*n = 0; *end != NULL && *n < SCRIBE_BATCH; ++*n) {
		k->report[*n] = (*end)->report;
		end = &(*end)->next;
	}
	k->visit = *end;
	*end = NULL;
	if (k->visit == NULL)
		k->last = &k->visit;
	k->visits -= *n;
	return list;
}

static void
write_devices(struct scribe *k, size_t n)
{
	enum err e;

	if (n == 0 || !link_up(&k->link))
		return;
	e = world_seen(link_call(&k->link), k->batch, n);
	link_after(&k->link, e, "radius.devices");
	/* What the store refuses for good is not tried for ever. */
	if (e == ERR_STORE || e == ERR_BUSY || e == ERR_IO)
		return;
	(void)pthread_mutex_lock(&k->lock);
	k->first = (k->first + n) % SCRIBE_DEVICES_MAX;
	k->devices -= n;
	if (k->devices == 0)
		k->first = 0; /* no more memory than is needed at once */
	(void)pthread_mutex_unlock(&k->lock);
}

/* What cannot be told now is not told. */
static void
write_refusals(struct scribe *k, size_t n)
{
	if (n == 0 || !link_up(&k->link))
		return;
	link_after(&k->link, world_refused(link_call(&k->link), k->told_of, n),
	    "radius.refused");
}

static void
write_visits(struct scribe *k, struct job *list, size_t n)
{
	enum err e = ERR_STORE;

	if (n == 0)
		return;
	if (link_up(&k->link)) {
		e = world_visits(link_call(&k->link), k->report, n);
		link_after(&k->link, e, "radius.visits");
	}
	while (list != NULL) {
		struct job *job = list;

		list = job->next;
		job->stored = e == ERR_OK;
		job_done(job);
	}
}

/* Waits for work; when the store is away, no more than a moment. */
static void
wait(struct scribe *k)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 1;
	while (!k->stop && k->visit == NULL && k->refusals == 0 &&
	       (k->devices == 0 || !link_due(&k->link)))
		if (pthread_cond_timedwait(&k->more, &k->lock, &until) != 0)
			break;
}

/* At the end, all that is left is written, unless the store is away. */
static bool
over(struct scribe *k)
{
	bool empty;

	(void)pthread_mutex_lock(&k->lock);
	empty = k->visits == 0 && (k->devices == 0 || !link_due(&k->link));
	empty = empty && k->stop;
	(void)pthread_mutex_unlock(&k->lock);
	return empty;
}

static void *
work(void *arg)
{
	struct scribe *k = arg;
	bool confined = false;

	while (!over(k)) {
		struct job *list;
		size_t nd, nv, nr;

		confine_self(k->st, &confined, CONFINE_STORE);
		link_fresh(&k->link);
		(void)pthread_mutex_lock(&k->lock);
		wait(k);
		nd = peek_devices(k);
		list = take_visits(k, &nv);
		nr = take_refusals(k);
		(void)pthread_mutex_unlock(&k->lock);
		/* whose a visit is may be known by its device only */
		write_devices(k, nd);
		write_visits(k, list, nv);
		write_refusals(k, nr);
	}
	link_close(&k->link);
	return NULL;
}

struct scribe *
scribe_start(struct state *st)
{
	struct scribe *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->st = st;
	k->last = &k->visit;
	k->link = link_new(st);
	(void)pthread_mutex_init(&k->lock, NULL);
	clock_cond(&k->more);
	if (pthread_create(&k->thread, NULL, work, k) == 0)
		return k;
	free(k);
	return NULL;
}

void
scribe_stop(struct scribe *k)
{
	if (k == NULL)
		return;
	(void)pthread_mutex_lock(&k->lock);
	k->stop = true;
	(void)pthread_cond_signal(&k->more);
	(void)pthread_mutex_unlock(&k->lock);
	(void)pthread_join(k->thread, NULL);
	free(k);
}
