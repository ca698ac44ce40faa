/*
 * measure.h - what the portal has done, in numbers for Prometheus
 *
 * Labels are bounded: an area of the portal (api, scim, admin, ...), a status,
 * never a person, an address or a path. What is in the store is counted at
 * most every MEASURE_HOUSE_S seconds, however often somebody asks. Served at
 * portal.metrics_listen, away from what users reach.
 */
#pragma once

#include "portal/web/page.h"

enum { MEASURE_HOUSE_S = 15 };

struct measure;

/* Listens, while that is still allowed; NULL when out of memory, or when the
 * address cannot be had (with a line in the log). */
struct measure *measure_new(const struct conf *conf);
void measure_free(struct measure *m);

/* One request to PATH was answered with STATUS after NS nanoseconds. Safe to
 * call from threads. NULL is fine. */
void
measure_request(struct measure *m, const char *path, int status, int64_t ns);

/* Serves from a thread that lasts as long as the process. */
void measure_start(struct app *app);
