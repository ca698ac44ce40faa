/*
 * meanwhile.h - what changes while somebody waits for the writer's place
 *
 * A call looks, makes something ready, and then waits, as H has the place.
 * What is changed through H->store until meanwhile_end() is what it could not
 * see when it looked:
 *
 *	meanwhile_begin(&m, &h, &ada, act, &arg);
 *	assert_ok(row_set(h.store, ...));
 *	meanwhile_end(&m);
 *
 * Should the other be too slow to look before, then it sees the change: a
 * claim has to hold in either order.
 */
#pragma once

#include <pthread.h>
#include <time.h>

#include "tests/unit/service.h"

struct meanwhile {
	struct house *h;
	struct tx tx;
	struct call call; /* whose turn it is next */
	enum err (*act)(struct call *c, void *arg);
	void *arg;
	enum err err; /* what came of it */
	pthread_t thread;
};

static inline void *
meanwhile_run(void *arg)
{
	struct meanwhile *m = arg;

	m->err = m->act(&m->call, m->arg);
	return NULL;
}

/* C says who acts; ACT is given a store and an arena of its own. */
static inline void
meanwhile_begin(struct meanwhile *m, struct house *h, const struct call *c,
    enum err (*act)(struct call *c, void *arg), void *arg)
{
	const struct timespec rest = {.tv_nsec = 300000000L};
	struct why why;

	*m = (struct meanwhile){.h = h, .call = *c, .act = act, .arg = arg};
	assert_ok(
	    store_service_open(&h->conf, h->ring, false, &m->call.store, &why));
	assert_non_null(m->call.arena = arena_new(16 << 20));
	assert_ok(store_write(h->store, &m->tx));
	assert_int_equal(pthread_create(&m->thread, NULL, meanwhile_run, m), 0);
	(void)nanosleep(&rest, NULL);
}

static inline void
meanwhile_end(struct meanwhile *m)
{
	assert_ok(store_commit(m->h->store, &m->tx));
	assert_int_equal(pthread_join(m->thread, NULL), 0);
	store_service_close(m->call.store);
	arena_free(m->call.arena);
}
