/*
 * pool.h - threads that may block, and a way back to the event loop
 *
 * The event loop never waits. A request goes to one of two lanes, each with
 * its own threads and a bounded queue, so that a slow sign-in service cannot
 * hold up pages. Answered jobs are collected by the loop when `wake` becomes
 * readable.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "portal/web/app.h"

enum { POOL_QUEUE_MAX = 256 };

struct conn;

/* One request on its way. The pool touches only the first three members. */
struct job {
	struct job *next;
	struct request rq;
	struct reply rp;
	struct arena *arena;
	struct conn *conn; /* the loop's; NULL: the client is gone */
	atomic_bool unwanted;
};

struct pool;

/* Starts the threads of both lanes and waits until each has its worker.
 * Fails with what app_worker() said. */
MUST_USE enum err
pool_start(struct app *app, int64_t fast, int64_t slow, struct pool **out);

/* A descriptor that is readable when pool_done() has something. */
int pool_wake(const struct pool *p);

/* Queues J; false when the lane is full. */
bool pool_submit(struct pool *p, enum lane lane, struct job *j);

/* The list of jobs answered since the last call. */
struct job *pool_done(struct pool *p);
