/*
 * ouster.h - gets devices off the air whose key has ended
 *
 * One thread with its own connection to the store: takes the disconnects that
 * are due, asks the access points, all at once, and stores what they said. An
 * access point that keeps answers for a while is asked again when it has
 * forgotten them. One that comes by TLS and has no address for this is asked by
 * its own connection.
 */
#pragma once

#include "radius/serve/state.h"

enum {
	OUSTER_FLIGHTS = 256, /* asked and not answered, at once */
	OUSTER_POLL_MS = 50,  /* between looks at the store */
	OUSTER_BACK_S = 15,   /* for an answer by TLS, which loses nothing */
	OUSTER_AGAIN_S = 30,  /* after no answer; doubles */
	OUSTER_AGAIN_MAX_S = 3600,
};

struct ouster;

/* NULL when it cannot be had. */
struct ouster *ouster_start(struct state *st);

/* Waits for its end after `stop` was set. */
void ouster_stop(struct ouster *o);
