/*
 * state.h - what the threads of the responder share
 */
#pragma once

#include <time.h>

#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "radius/serve/count.h"
#include "radius/serve/course.h"
#include "radius/serve/known.h"
#include "radius/serve/reasons.h"
#include "radius/serve/strangers.h"

enum { STATE_RECEIVERS_MAX = 64 };

struct search;
struct scribe;
struct back;
struct jobs;

struct state {
	const struct conf *conf;
	const struct ring *ring;
	struct epoch *epoch;
	_Atomic(struct known *) known; /* replaced when all is loaded anew */
	_Atomic bool stop, snapshot_used;
	_Atomic bool confined; /* strangers may be read (confine.h) */
	_Atomic bool sealed;   /* the store was made with another master key */
	int64_t started;
	_Atomic int64_t store_log;  /* octets that wait beside the store */
	_Atomic int64_t store_seen; /* when the store last answered; 0 never */
	struct reasons *reasons;
	struct strangers *strangers;
	struct search *search;
	struct scribe *scribe;
	struct back *back;
	struct counts *counts[STATE_RECEIVERS_MAX];
	struct course *courses[STATE_RECEIVERS_MAX]; /* as many */
	/* as many: search and scribe may have some for longer than a receiver
	 * waits for them */
	struct jobs *jobs[STATE_RECEIVERS_MAX];
	_Atomic size_t ncounts; /* grows while metrics are asked for */
};

/* One that knows nothing, and without threads; CONF and RING outlive it. NULL
 * when out of memory. */
struct state *state_new(const struct conf *conf, const struct ring *ring);

/* No thread is left that uses it. */
void state_free(struct state *st);

static inline struct known *
state_known(struct state *st)
{
	return atomic_load_explicit(&st->known, memory_order_acquire);
}

/* Who reads what the network sends begins when the process is confined. */
static inline void
state_wait_confined(struct state *st)
{
	const struct timespec moment = {.tv_nsec = 1000000};

	while (!atomic_load(&st->confined) && !atomic_load(&st->stop))
		(void)nanosleep(&moment, NULL);
}
