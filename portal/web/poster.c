#include "portal/web/poster.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/service/batches.h"
#include "core/service/courier.h"
#include "core/service/forward.h"
#include "portal/web/notify.h"

enum { STACK = 512 * 1024, ARENA = 32 << 20, BAGS = 4 };

struct bag {
	struct poster *poster;
	enum err (*round)(struct bag *b, struct call *c, size_t *done);
	struct worker *worker;
	struct arena *arena;
	bool broken; /* said once */
};

struct poster {
	struct app *app;
	struct courier courier;
	struct forward *forward; /* of one thread */
	pthread_mutex_t lock;
	pthread_cond_t poked;
	uint64_t pokes;
	struct bag bag[BAGS];
};

static enum err
letters(struct bag *b, struct call *c, size_t *done)
{
	return courier_round(
	    c, &b->poster->courier, OUTBOX_LETTERS, clock_now, done);
}

static enum err
hooks(struct bag *b, struct call *c, size_t *done)
{
	return courier_round(
	    c, &b->poster->courier, OUTBOX_HOOKS, clock_now, done);
}

static enum err
guests(struct bag *b, struct call *c, size_t *done)
{
	(void)b;
	return batches_round(c, done);
}

static enum err
record(struct bag *b, struct call *c, size_t *done)
{
	return forward_round(c, b->poster->forward, done);
}

/* Until poked after SEEN pokes, or the time is up. */
static uint64_t
rest(struct poster *p, uint64_t seen)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += POSTER_LOOK_MS / 1000;
	pthread_mutex_lock(&p->lock);
	while (p->pokes == seen)
		if (pthread_cond_timedwait(&p->poked, &p->lock, &t) != 0)
			break;
	seen = p->pokes;
	pthread_mutex_unlock(&p->lock);
	return seen;
}

/* True when there may be more. A store that went away is opened again. */
static bool
round_(struct bag *b)
{
	struct poster *p = b->poster;
	size_t done = 0;
	struct call c;
	enum err e;

	if (b->worker == NULL && app_worker(p->app, &b->worker) != ERR_OK)
		return false;
	arena_reset(b->arena);
	app_use(p->app, b->worker);
	c = call_system(b->worker->store, p->app->ring, b->arena, clock_now());
	e = b->round(b, &c, &done);
	app_done(p->app, b->worker);
	if (e != ERR_OK && !b->broken)
		LOG(WARN, "poster.held-up", LOG_S("kind", err_name(e)));
	b->broken = e != ERR_OK;
	if (e == ERR_STORE || e == ERR_CORRUPT) {
		app_worker_free(p->app, b->worker);
		b->worker = NULL;
	}
	return e == ERR_OK && done > 0;
}

static void *
work(void *arg)
{
	struct bag *b = arg;
	uint64_t seen = 0;

	for (;;) {
		while (round_(b))
			continue;
		seen = rest(b->poster, seen);
	}
	return NULL;
}

static enum err
start_one(struct bag *b)
{
	pthread_attr_t attr;
	pthread_t t;
	int failed;

	if ((b->arena = arena_new(ARENA)) == NULL)
		return ERR_NO_MEMORY;
	if (pthread_attr_init(&attr) != 0)
		return ERR_NO_MEMORY;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&t, &attr, work, b);
	(void)pthread_attr_destroy(&attr);
	return failed ? ERR_NO_MEMORY : ERR_OK;
}

static struct poster *
poster_new(struct app *app)
{
	const struct conf_webhook *h = &app->conf->webhook;
	struct poster *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->app = app;
	p->courier = (struct courier){.post = app->post,
	    .gate = app->gate,
	    .write = notify_write,
	    .writer = app,
	    .hooks = {.ca_file = h->ca_file[0] ? h->ca_file : NULL,
		.loopback = h->allow_loopback,
		.private = h->allow_private,
		.deadline_ms = h->timeout * 1000,
		.body_max = WEBHOOKS_ANSWER_MAX}};
	(void)pthread_mutex_init(&p->lock, NULL);
	clock_cond(&p->poked);
	p->bag[0].round = letters;
	p->bag[1].round = hooks;
	p->bag[2].round = record;
	p->bag[3].round = guests;
	for (int i = 0; i < BAGS; i++)
		p->bag[i].poster = p;
	return p;
}

enum err
poster_start(struct app *app)
{
	struct poster *p = poster_new(app);
	char why[CONF_WHY] = "";
	sigset_t all, before;
	enum err e;

	if ((app->poster = p) == NULL)
		return ERR_NO_MEMORY;
	if ((e = forward_open(app->conf, &p->forward, why))) {
		LOG(ERROR, "poster.cannot-start", LOG_S("why", why));
		return e;
	}
	sigfillset(&all); /* signals are the event loop's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (int i = 0; i < BAGS && e == ERR_OK; i++)
		e = start_one(&p->bag[i]);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e;
}

void
poster_poke(struct poster *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->pokes++;
	pthread_cond_broadcast(&p->poked);
	pthread_mutex_unlock(&p->lock);
}
