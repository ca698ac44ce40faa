/*
 * scribe.h - writes behind what was seen on the air
 *
 * One thread with its own connection to the store. Devices are written in
 * batches; accounting messages are committed many at a time, and each is
 * answered only after its commit (group commit). While the store cannot be
 * reached devices wait, and accounting is not answered: the access point asks
 * again.
 */
#pragma once

#include "radius/serve/job.h"
#include "radius/serve/state.h"

enum {
	SCRIBE_DEVICES_MAX = 8192, /* waiting */
	SCRIBE_VISITS_MAX = 4096,
	SCRIBE_BATCH = 256,
	SCRIBE_REFUSED_MAX = 64,    /* waiting */
	SCRIBE_REFUSED_MINUTE = 20, /* told of; a flood is no news */
	/* A device that is often on is written down so often. */
	SCRIBE_SEEN_SECONDS = 300,
};

struct scribe *scribe_start(struct state *st);
void scribe_stop(struct scribe *k); /* writes what waits, once */

/* Never waits; false when too many wait already. */
bool scribe_device(struct scribe *k, const struct seen_device *seen);

/* For webhooks that want to know. Never waits; too many are left out. */
void scribe_refused(struct scribe *k, const struct refused_device *seen);

/* Hands over JOB with its report; it comes back by job_done(). False when too
 * many wait. */
bool scribe_visit(struct scribe *k, struct job *job);
