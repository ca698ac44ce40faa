/*
 * search.h - threads that look for the key of an unknown device
 *
 * A search reads every key of a network; it must not hold up devices that are
 * known. So it is done by a bounded pool, and the processor time all searches
 * may use has a limit: half of one core. Past it, only the keys most likely to
 * be a newcomer's (fresh, or never used) are looked at.
 */
#pragma once

#include "radius/serve/job.h"
#include "radius/serve/state.h"

enum {
	SEARCH_QUEUE_MAX = 512,
	SEARCH_LIKELY = 512, /* keys at the front of an index */
	/* of one core */
	SEARCH_PERCENT = 40,
	SEARCH_PERCENT_LIKELY = 10,
	SEARCH_BURST_MS = 500,
};

struct search;

/* THREADS of them; NULL when they cannot be had. */
struct search *search_start(struct state *st, int threads);
void search_stop(struct search *s);

/* False when searches have used their share of the processor. */
bool search_affordable(const struct search *s, bool likely, int64_t now);

/* Hands over JOB, which comes back by job_done(). False when full. */
bool search_queue(struct search *s, struct job *job);
