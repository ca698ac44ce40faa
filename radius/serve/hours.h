/*
 * hours.h - tells the store once a second that time has passed
 *
 * The responder always runs, whatever becomes of the portal, so expiry is in
 * its hands. One thread with its own connection to the store calls life_tick();
 * where several responders run, the store makes them take turns.
 */
#pragma once

#include "radius/serve/state.h"

struct hours;

/* NULL when it cannot be had. */
struct hours *hours_start(struct state *st);

/* Waits for its end after `stop` was set. */
void hours_stop(struct hours *h);
