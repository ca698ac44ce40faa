#include "radius/serve/hours.h"

#include <stdlib.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/service/life.h"
#include "radius/serve/confine.h"
#include "radius/serve/link.h"

enum { EVERY_MS = 1000, LOOK_MS = 50 };

struct hours {
	struct state *st;
	struct link link;
	pthread_t thread;
	bool pinned; /* the log of the store is too long, which was said */
};

/* Somebody who reads without end keeps the log of the store from being
 * emptied: it grows until the disk is full. */
static void
look_at_log(struct hours *h)
{
	int64_t n;
	enum err e;

	if (!link_up(&h->link))
		return;
	if ((e = store_service_log(link_call(&h->link), &n))) {
		link_after(&h->link, e, "radius.store_log");
		return;
	}
	atomic_store(&h->st->store_log, n);
	if (n > STORE_LOG_MAX && !h->pinned)
		LOG(WARN, "radius.store_log_long", LOG_I("octets", n),
		    LOG_S("why", "it cannot be written back: does a program "
				 "read from the store without end?"));
	if (n <= STORE_LOG_MAX && h->pinned)
		LOG(INFO, "radius.store_log_short", LOG_I("octets", n));
	h->pinned = n > STORE_LOG_MAX;
}

static void
tick(struct hours *h)
{
	const struct conf *conf = h->st->conf;
	struct recheck again[CONF_PROVIDERS_MAX];
	struct life_policy policy = life_usual;
	struct life_done d;
	enum err e;

	policy.clock = clock_now;
	policy.visits = conf->retention.visits;
	policy.audit = conf->retention.audit;
	policy.ended = conf->retention.ended;
	policy.unused_guest = conf->retention.unused_guest;
	policy.outbox = conf->retention.outbox;
	policy.recheck = again;
	for (; policy.nrecheck < conf->nprovider &&
	       policy.nrecheck < CONF_PROVIDERS_MAX;
	     policy.nrecheck++)
		again[policy.nrecheck] = (struct recheck){
		    .issuer = conf->provider[policy.nrecheck].issuer,
		    .absent = conf->provider[policy.nrecheck].absent_after};
	if (!link_up(&h->link))
		return;
	e = life_tick(link_call(&h->link), &policy, &d);
	link_after(&h->link, e, "radius.life");
	if (e == ERR_OK &&
	    d.started + d.ended + d.plans + d.people + d.stale + d.purged > 0)
		LOG(INFO, "radius.life", LOG_I("started", d.started),
		    LOG_I("ended", d.ended), LOG_I("plans", d.plans),
		    LOG_I("people", d.people), LOG_I("stale", d.stale),
		    LOG_I("purged", d.purged));
}

/* On the second, so that what ends at a second ends then. */
static int64_t
next_second(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return clock_mono() + (int64_t)EVERY_MS * 1000000 - t.tv_nsec;
}

static void *
work(void *arg)
{
	const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
	struct hours *h = arg;
	int64_t due = 0;
	bool confined = false;

	while (!atomic_load(&h->st->stop)) {
		confine_self(h->st, &confined, CONFINE_STORE);
		if (clock_mono() >= due) {
			tick(h);
			look_at_log(h);
			due = next_second();
		}
		(void)nanosleep(&look, NULL);
	}
	link_close(&h->link);
	return NULL;
}

struct hours *
hours_start(struct state *st)
{
	struct hours *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->st = st;
	h->link = link_new(st);
	if (pthread_create(&h->thread, NULL, work, h) == 0)
		return h;
	free(h);
	return NULL;
}

void
hours_stop(struct hours *h)
{
	if (h == NULL)
		return;
	(void)pthread_join(h->thread, NULL);
	free(h);
}
