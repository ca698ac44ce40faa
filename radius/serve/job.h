/*
 * job.h - a request that is answered later, by way of another thread
 *
 * A receiving thread owns a fixed number of jobs. One goes to the search or to
 * the scribe, and comes back through the receiver's own queue, which wakes it:
 * only the receiver touches its socket's memory of requests.
 */
#pragma once

#include <pthread.h>

#include "core/service/world.h"
#include "radius/makers/maker.h"
#include "radius/serve/dups.h"

enum {
	JOBS_EACH = 256,
	JOBS_ACCOUNTING = JOBS_EACH / 2, /* of a receiver that has both */
};

struct jobs;

struct job {
	struct job *next;
	struct jobs *home;
	/* the request */
	struct sockaddr_storage from;
	socklen_t from_len;
	struct dup_ref ref;
	uint8_t octets[PACKET_MAX];
	size_t len;
	/* a search */
	struct ask ask;
	struct uid network;
	uint64_t handshake; /* its hash */
	uint64_t gained;    /* before the search began */
	bool likely_only;
	bool partial; /* not all keys were looked at */
	bool found;   /* KEY is it */
	struct uid key;
	int64_t spent; /* nanoseconds of a processor */
	/* accounting */
	struct visit_report report;
	bool stored;
	bool counted; /* among `accounting` */
};

struct jobs {
	struct job *free_; /* the receiver's own */
	size_t out;        /* taken and not given back; its own, too */
	size_t used;       /* of v; the rest has not been touched yet */
	size_t accounting; /* of those that are out; its own, too */
	pthread_mutex_t lock;
	struct job *done;
	int wake; /* eventfd */
	struct job v[JOBS_EACH];
};

struct jobs *jobs_new(void); /* NULL when it cannot be had */
void jobs_free(struct jobs *j);

/* The receiver: a free one or NULL; and back. */
struct job *job_take(struct jobs *j);
void job_give(struct job *job);

/* Any thread: the work is done. */
void job_done(struct job *job);

/* The receiver: all that are done, as a list, and the wake-up cleared. */
struct job *jobs_done(struct jobs *j);
