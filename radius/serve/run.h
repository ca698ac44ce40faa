/*
 * run.h - the responder from start to end
 */
#pragma once

#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "radius/serve/sockets.h"
#include "radius/serve/state.h"

/* Receiving threads for each address. */
int run_threads(const struct conf *conf);

/* One more part of it, from a folder that this one does not know. `stop` comes
 * after `state.stop` was set, and whether `start` was called or not. */
struct run_part {
	enum err (*start)(void *ctx, struct state *st);
	void (*stop)(void *ctx);
	void *ctx;
};

/* Answers until a signal (TERM, INT) ends it. The sockets are closed then.
 * All signals must be blocked in the caller. PART may be NULL. */
MUST_USE enum err run(const struct conf *conf, const struct ring *ring,
    struct sockets *s, const struct run_part *part);
