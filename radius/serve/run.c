#include "radius/serve/run.h"

#include <signal.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "core/base/log.h"
#include "radius/serve/confine.h"
#include "radius/serve/control.h"
#include "radius/serve/feed.h"
#include "radius/serve/hours.h"
#include "radius/serve/metrics.h"
#include "radius/serve/ouster.h"
#include "radius/serve/receiver.h"
#include "radius/serve/scribe.h"
#include "radius/serve/search.h"

enum { FIRST_LOAD_MS = 3000 };

#define RESPONDER "latchkey-radius" /* 15 octets are shown */

static int
threads(int64_t asked)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (asked > 0)
		return (int)asked;
	return cores < 1 ? 1 : cores > 16 ? 16 : (int)cores;
}

int
run_threads(const struct conf *conf)
{
	return threads(conf->radius.threads);
}

/* Threads that begin now are shown by this name (top(1), `H`): they have the
 * one of who begins them, and may not name themselves once confined. */
static void
named(const char *name)
{
	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
}

/* Every part but the receivers; false when one cannot be had. */
static bool
parts_start(struct state *st, struct feed **feed)
{
	named("feed");
	if ((*feed = feed_start(st)) == NULL)
		return false;
	named("scribe");
	st->scribe = scribe_start(st);
	named("search");
	st->search = search_start(st, threads(st->conf->radius.search_threads));
	return st->scribe != NULL && st->search != NULL;
}

/* Packets wait in the sockets until there is something to answer from: a
 * snapshot, or the store. Not for long, as both may be missing. */
static void
wait_for_knowledge(struct state *st)
{
	const struct timespec moment = {.tv_nsec = 10000000};

	for (int i = 0; i < FIRST_LOAD_MS / 10; i++) {
		if (atomic_load(&st->snapshot_used) ||
		    atomic_load(&st->store_seen) != 0 ||
		    atomic_load(&st->sealed))
			return;
		(void)nanosleep(&moment, NULL);
	}
}

/* With another master key nothing can be read, now or later. */
static bool
knows_nothing(struct state *st)
{
	return atomic_load(&st->sealed) && !atomic_load(&st->snapshot_used) &&
	       atomic_load(&st->store_seen) == 0;
}

static enum err
receivers_start(struct state *st, struct sockets *s, struct receiver **receiver)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->use[i] == SOCKET_TLS)
			continue;
		receiver[i] =
		    receiver_start(st, s->fd[i], s->use[i] == SOCKET_ACCT);
		if (receiver[i] == NULL)
			return ERR_NO_MEMORY;
		s->fd[i] = -1; /* the receiver's now */
	}
	return ERR_OK;
}

/* Those that answer no packets; the responder goes on without any of them. */
struct others {
	struct control *control;
	struct ouster *ouster;
	struct hours *hours;
	struct metrics *metrics;
};

static void
others_start(struct state *st, struct others *o)
{
	named("control");
	o->control = control_start(st);
	named("disconnects");
	o->ouster = ouster_start(st);
	named("hours");
	o->hours = hours_start(st);
	named("metrics");
	o->metrics = metrics_start(st);
	named(RESPONDER);
}

static void
others_stop(struct others *o)
{
	metrics_stop(o->metrics);
	ouster_stop(o->ouster);
	hours_stop(o->hours);
	control_stop(o->control);
}

static void
wait_for_end(void)
{
	sigset_t ends;
	int signal = 0;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	while (sigwait(&ends, &signal) != 0)
		;
	LOG(INFO, "radius.end", LOG_I("signal", signal));
}

/* All that answers runs, and the process is confined. */
static enum err
start(struct state *st, struct sockets *s, const struct run_part *part,
    struct receiver **receiver, struct feed **feed, struct others *others)
{
	enum err e;

	if (!parts_start(st, feed))
		return ERR_NO_MEMORY;
	wait_for_knowledge(st);
	named("packets");
	if (knows_nothing(st))
		return ERR_SEALED;
	if ((e = receivers_start(st, s, receiver)))
		return e;
	named("radsec");
	if (part != NULL && (e = part->start(part->ctx, st)))
		return e;
	others_start(st, others);
	if (confine_responder())
		return ERR_OK;
	LOG(ERROR, "radius.not_confined",
	    LOG_S("why",
		"the kernel refuses the filter of system calls (seccomp)"));
	return ERR_IO;
}

enum err
run(const struct conf *conf, const struct ring *ring, struct sockets *s,
    const struct run_part *part)
{
	struct state *st = state_new(conf, ring);
	struct receiver *receiver[SOCKETS_MAX] = {NULL};
	struct others others = {0};
	struct feed *feed = NULL;
	const char *variant = match_start();
	bool confined = false;
	enum err e;

	if (st == NULL)
		return ERR_NO_MEMORY;
	e = start(st, s, part, receiver, &feed, &others);
	if (e == ERR_OK) {
		atomic_store(&st->confined, true);
		confine_self(st, &confined, CONFINE_STORE);
		LOG(INFO, "radius.ready", LOG_I("sockets", s->n),
		    LOG_S("match", variant));
		wait_for_end();
	}
	atomic_store(&st->stop, true);
	/* first those who wait for an answer, then those who make it */
	if (part != NULL)
		part->stop(part->ctx);
	for (size_t i = 0; i < s->n; i++)
		receiver_stop(receiver[i]);
	scribe_stop(st->scribe);
	search_stop(st->search);
	others_stop(&others);
	feed_stop(feed);
	state_free(st);
	return e;
}
