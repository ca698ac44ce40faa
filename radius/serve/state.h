/*
 * state.h - what the threads of the responder share
 */
#pragma once

#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "radius/serve/count.h"
#include "radius/serve/known.h"
#include "radius/serve/reasons.h"

enum { STATE_RECEIVERS_MAX = 64 };

struct search;
struct scribe;

struct state {
	const struct conf *conf;
	const struct ring *ring;
	struct epoch *epoch;
	_Atomic(struct known *) known; /* replaced when all is loaded anew */
	_Atomic bool stop, snapshot_used;
	_Atomic bool sealed; /* the store was made with another master key */
	_Atomic int64_t store_seen; /* when the store last answered; 0 never */
	struct reasons *reasons;
	struct search *search;
	struct scribe *scribe;
	struct counts *counts[STATE_RECEIVERS_MAX];
	size_t ncounts;
};

static inline struct known *
state_known(struct state *st)
{
	return atomic_load_explicit(&st->known, memory_order_acquire);
}
