/*
 * feed.h - follows the store
 *
 * One thread loads everything, then looks at the change feed every few
 * milliseconds and asks again for what it names. Without the store it waits;
 * with a snapshot it knows what there was. It also writes the snapshot.
 */
#pragma once

#include "radius/serve/state.h"

enum {
	FEED_BATCH = 256,
	FEED_SNAPSHOT_SECONDS = 10, /* at most so often */
};

struct feed;

/* Loads the snapshot, then starts the thread; NULL when it cannot. */
struct feed *feed_start(struct state *st);

/* Waits for its end after `stop` was set; the snapshot is written. */
void feed_stop(struct feed *f);
