/*
 * metrics.h - /metrics of the responder for Prometheus
 *
 * Off unless radius.metrics_listen names an address of loopback.
 */
#pragma once

#include "radius/serve/state.h"

struct metrics;

/* NULL when it is off or, with a line in the log, cannot be had. */
struct metrics *metrics_start(struct state *st);

/* NULL is fine. */
void metrics_stop(struct metrics *m);
