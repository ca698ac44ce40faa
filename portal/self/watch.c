/* Asks providers, every so often, whether people are still there. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/service/renewals.h"
#include "portal/signin/signin.h"
#include "portal/web/hook.h"
#include "portal/web/page.h"

enum { STACK = 512 * 1024, ARENA = 1 << 20, LOOK_S = 1 };

struct watch {
	struct app *app;
	struct worker *worker;
	struct arena *arena;
};

/* The provider says yes with a token, or the person is gone; without an answer
 * nothing is known, and the lease lets somebody ask again. */
static enum err
answered(struct call *c, const struct renewal *r, const struct conf_provider *q,
    enum err said, const char *next)
{
	if (said == ERR_FORBIDDEN) {
		LOG(INFO, "signin.gone", LOG_S("provider", r->provider));
		return renewals_refused(c, r);
	}
	if (said != ERR_OK)
		return ERR_OK;
	return renewals_again(
	    c, r, next ? next : r->token.text, c->now + q->session_check);
}

static enum err
ask(struct watch *w, struct call *c, const struct renewal *r)
{
	const struct conf_provider *q =
	    conf_provider(w->app->conf, r->provider);
	struct signin_why why = {0};
	const char *next = NULL;
	enum err said;

	if (q == NULL || q->session_check == 0)
		return renewals_again(c, r, "", 0);
	said = signin_renew(w->app->signin, q->slug, r->token.text, c->now,
	    w->arena, &next, &why);
	if (said != ERR_OK && said != ERR_FORBIDDEN)
		LOG(WARN, "signin.not-asked", LOG_S("provider", r->provider),
		    LOG_S("reason", why.reason), LOG_S("detail", why.detail));
	c->now = clock_now();
	return answered(c, r, q, said, next);
}

/* True when there may be more. */
static bool
look(struct watch *w)
{
	OWN(renewal) struct renewal r = {.provider = ""};
	struct call c;
	enum err e;

	if (w->worker == NULL && app_worker(w->app, &w->worker) != ERR_OK)
		return false;
	arena_reset(w->arena);
	app_use(w->app, w->worker);
	c = call_system(w->worker->store, w->app->ring, w->arena, clock_now());
	if ((e = renewals_next(&c, &r)) == ERR_OK)
		e = ask(w, &c, &r);
	app_done(w->app, w->worker);
	if (e == ERR_STORE || e == ERR_CORRUPT) {
		app_worker_free(w->app, w->worker);
		w->worker = NULL;
	}
	return e == ERR_OK;
}

static void *
work(void *arg)
{
	const struct timespec rest = {.tv_sec = LOOK_S};

	for (;;) {
		while (look(arg))
			continue;
		(void)nanosleep(&rest, NULL);
	}
	return NULL;
}

static bool
wanted(const struct app *app)
{
	for (size_t i = 0; i < app->conf->nprovider; i++)
		if (app->conf->provider[i].session_check > 0)
			return app->signin != NULL;
	return false;
}

enum err
hook_start(struct app *app)
{
	struct watch *w;
	pthread_attr_t attr;
	pthread_t t;
	int failed;

	if (!wanted(app))
		return ERR_OK;
	w = calloc(1, sizeof(*w));
	if (w == NULL || (w->arena = arena_new(ARENA)) == NULL ||
	    pthread_attr_init(&attr) != 0) {
		free(w);
		return ERR_NO_MEMORY;
	}
	w->app = app;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&t, &attr, work, w);
	(void)pthread_attr_destroy(&attr);
	return failed ? ERR_NO_MEMORY : ERR_OK;
}
