/*
 * metrics.h - /metrics for Prometheus, on loopback only
 *
 * One request per connection, one at a time; anything but GET /metrics is not
 * found. Off unless radius.metrics_listen names an address.
 */
#pragma once

#include "radius/serve/state.h"

enum { METRICS_REQUEST_MAX = 2048, METRICS_PATIENCE_S = 2 };

struct metrics;

/* NULL when it is off or, with a line in the log, cannot be had. */
struct metrics *metrics_start(struct state *st);

/* Waits for its end after `stop` was set. NULL is fine. */
void metrics_stop(struct metrics *m);
