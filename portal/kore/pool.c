#include "portal/kore/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/log.h"

enum { STACK = 512 * 1024, LANES = 2 };

struct queue {
	struct job *first, **last;
	size_t n;
	pthread_cond_t more;
};

struct pool {
	struct app *app;
	pthread_mutex_t lock;
	struct queue lane[LANES]; /* fast, slow */
	struct job *done;
	int wake;
	/* at the start only */
	pthread_cond_t started;
	int64_t waiting;
	enum err failed;
};

struct seat {
	struct pool *pool;
	struct queue *queue;
};

static struct job *
take(struct pool *p, struct queue *q)
{
	struct job *j;

	pthread_mutex_lock(&p->lock);
	while ((j = q->first) == NULL)
		pthread_cond_wait(&q->more, &p->lock);
	if ((q->first = j->next) == NULL)
		q->last = &q->first;
	q->n--;
	pthread_mutex_unlock(&p->lock);
	return j;
}

static void
put_back(struct pool *p, struct job *j)
{
	const uint64_t one = 1;
	bool first;

	pthread_mutex_lock(&p->lock);
	first = p->done == NULL;
	j->next = p->done;
	p->done = j;
	pthread_mutex_unlock(&p->lock);
	if (!first)
		return;
	while (write(p->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static struct worker *
sit_down(struct pool *p)
{
	struct worker *w = NULL;
	enum err e = app_worker(p->app, &w);

	pthread_mutex_lock(&p->lock);
	if (e != ERR_OK)
		p->failed = e;
	p->waiting--;
	pthread_cond_signal(&p->started);
	pthread_mutex_unlock(&p->lock);
	return e == ERR_OK ? w : NULL;
}

static void *
serve(void *arg)
{
	struct seat seat = *(struct seat *)arg;
	struct worker *w;
	struct job *j;

	free(arg);
	if ((w = sit_down(seat.pool)) == NULL)
		return NULL;
	for (;;) {
		j = take(seat.pool, seat.queue);
		if (!atomic_load(&j->unwanted))
			app_handle(seat.pool->app, w, &j->rq, &j->rp);
		put_back(seat.pool, j);
	}
	return NULL;
}

static enum err
start_one(struct pool *p, struct queue *q, const pthread_attr_t *attr)
{
	struct seat *seat = malloc(sizeof(*seat));
	pthread_t t;

	if (seat == NULL)
		return ERR_NO_MEMORY;
	*seat = (struct seat){.pool = p, .queue = q};
	if (pthread_create(&t, attr, serve, seat) != 0) {
		free(seat);
		return ERR_NO_MEMORY;
	}
	p->waiting++;
	return ERR_OK;
}

static enum err
all_seated(struct pool *p)
{
	while (p->waiting > 0)
		pthread_cond_wait(&p->started, &p->lock);
	return p->failed;
}

/* The first one alone: when it finds no store, one line says so. */
static enum err
start_all(struct pool *p, const int64_t threads[LANES])
{
	pthread_attr_t attr;
	enum err e = ERR_OK;

	if (pthread_attr_init(&attr) != 0)
		return ERR_NO_MEMORY;
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&p->lock);
	for (int lane = 0; lane < LANES; lane++)
		for (int64_t i = 0; i < threads[lane] && e == ERR_OK; i++) {
			e = start_one(p, &p->lane[lane], &attr);
			if (e == ERR_OK && lane == 0 && i == 0)
				e = all_seated(p);
		}
	if (e == ERR_OK)
		e = all_seated(p);
	pthread_mutex_unlock(&p->lock);
	pthread_attr_destroy(&attr);
	return e;
}

enum err
pool_start(struct app *app, int64_t fast, int64_t slow, struct pool **out)
{
	const int64_t threads[LANES] = {fast, slow};
	struct pool *p = calloc(1, sizeof(*p));
	sigset_t all, before;
	enum err e;

	*out = p; /* for as long as the process: threads refer to it */
	if (p == NULL)
		return ERR_NO_MEMORY;
	p->app = app;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->started, NULL);
	for (int i = 0; i < LANES; i++) {
		p->lane[i].last = &p->lane[i].first;
		pthread_cond_init(&p->lane[i].more, NULL);
	}
	if ((p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		return ERR_IO;
	sigfillset(&all); /* signals are the event loop's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	e = start_all(p, threads);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e;
}

int
pool_wake(const struct pool *p)
{
	return p->wake;
}

bool
pool_submit(struct pool *p, enum lane lane, struct job *j)
{
	struct queue *q = &p->lane[lane == LANE_SLOW];
	bool room;

	j->next = NULL;
	pthread_mutex_lock(&p->lock);
	room = q->n < POOL_QUEUE_MAX;
	if (room) {
		*q->last = j;
		q->last = &j->next;
		q->n++;
		pthread_cond_signal(&q->more);
	}
	pthread_mutex_unlock(&p->lock);
	return room;
}

struct job *
pool_done(struct pool *p)
{
	struct job *list;
	uint64_t n;

	while (read(p->wake, &n, sizeof(n)) < 0 && errno == EINTR)
		;
	pthread_mutex_lock(&p->lock);
	list = p->done;
	p->done = NULL;
	pthread_mutex_unlock(&p->lock);
	return list;
}
