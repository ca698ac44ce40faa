#include "radius/serve/epoch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

struct epoch_reader {
	_Alignas(64) _Atomic uint64_t seen; /* 0: outside */
	const _Atomic uint64_t *now;
};

struct gone {
	struct gone *next;
	void *p;
	void (*free_)(void *);
	uint64_t at;
};

struct epoch {
	struct epoch_reader reader[EPOCH_READERS];
	_Alignas(64) _Atomic uint64_t now;
	pthread_mutex_t lock;
	int readers;
	struct gone *first, **last; /* oldest first */
};

struct epoch *
epoch_new(void)
{
	struct epoch *e = aligned_alloc(64, sizeof(*e));

	if (e == NULL)
		return NULL;
	*e = (struct epoch){.now = 1};
	if (pthread_mutex_init(&e->lock, NULL) != 0) {
		free(e);
		return NULL;
	}
	e->last = &e->first;
	return e;
}

static void
free_until(struct epoch *e, uint64_t oldest)
{
	while (e->first != NULL && e->first->at <= oldest) {
		struct gone *g = e->first;

		e->first = g->next;
		g->free_(g->p);
		free(g);
	}
	if (e->first == NULL)
		e->last = &e->first;
}

void
epoch_free(struct epoch *e)
{
	if (e == NULL)
		return;
	free_until(e, UINT64_MAX);
	(void)pthread_mutex_destroy(&e->lock);
	free(e);
}

struct epoch_reader *
epoch_join(struct epoch *e)
{
	struct epoch_reader *r = NULL;

	(void)pthread_mutex_lock(&e->lock);
	if (e->readers < EPOCH_READERS) {
		r = &e->reader[e->readers++];
		r->now = &e->now;
	}
	(void)pthread_mutex_unlock(&e->lock);
	return r;
}

/* Sequentially consistent: what is read inside is read after the mark is
 * seen by whoever retires. */
void
epoch_enter(struct epoch_reader *r)
{
	atomic_store(&r->seen, atomic_load(r->now));
	atomic_thread_fence(memory_order_seq_cst);
}

void
epoch_leave(struct epoch_reader *r)
{
	atomic_store_explicit(&r->seen, 0, memory_order_release);
}

/* The oldest epoch a reader may be in. */
static uint64_t
oldest(struct epoch *e)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < e->readers; i++) {
		uint64_t seen = atomic_load(&e->reader[i].seen);

		if (seen != 0 && seen < least)
			least = seen;
	}
	return least;
}

void
epoch_retire(struct epoch *e, void *p, void (*free_)(void *))
{
	struct gone *g;

	if (p == NULL)
		return;
	if ((g = malloc(sizeof(*g))) == NULL)
		return; /* leaks rather than frees what is in use */
	(void)pthread_mutex_lock(&e->lock);
	*g = (struct gone){.p = p, .free_ = free_};
	g->at = atomic_fetch_add(&e->now, 1) + 1;
	*e->last = g;
	e->last = &g->next;
	free_until(e, oldest(e));
	(void)pthread_mutex_unlock(&e->lock);
}
