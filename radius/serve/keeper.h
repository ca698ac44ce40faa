/*
 * keeper.h - writes behind what was seen on the air
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
	KEEPER_DEVICES_MAX = 8192, /* waiting */
	KEEPER_VISITS_MAX = 4096,
	KEEPER_BATCH = 256,
	KEEPER_REFUSED_MAX = 64,    /* waiting */
	KEEPER_REFUSED_MINUTE = 20, /* told of; a flood is no news */
	/* A device that is often on is written down so often. */
	KEEPER_SEEN_SECONDS = 300,
};

struct keeper *keeper_start(struct state *st);
void keeper_stop(struct keeper *k); /* writes what waits, once */

/* Never waits; false when too many wait already. */
bool keeper_device(struct keeper *k, const struct seen_device *seen);

/* For webhooks that want to know. Never waits; too many are left out. */
void keeper_refused(struct keeper *k, const struct refused_device *seen);

/* Hands over JOB with its report; it comes back by job_done(). False when too
 * many wait. */
bool keeper_visit(struct keeper *k, struct job *job);
