/* The stores of the portal's threads. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/service/open.h"
#include "portal/web/app.h"
#include "portal/web/page.h"

static enum err
open_one(struct app *app, struct worker *w)
{
	struct why why = {0};
	enum err e =
	    store_service_open(app->conf, app->ring, false, &w->store, &why);

	if (e != ERR_OK) {
		w->store = NULL;
		LOG(ERROR, "portal.no-store", LOG_S("why", why.text));
	}
	return e;
}

enum err
app_worker(struct app *app, struct worker **out)
{
	struct worker *w = calloc(1, sizeof(*w));
	enum err e;

	*out = NULL;
	if (w == NULL)
		return ERR_NO_MEMORY;
	if ((e = open_one(app, w)) != ERR_OK) {
		free(w);
		return e;
	}
	(void)pthread_mutex_lock(&app->all);
	w->next = app->workers;
	app->workers = w;
	(void)pthread_mutex_unlock(&app->all);
	*out = w;
	return ERR_OK;
}

void
app_worker_free(struct app *app, struct worker *w)
{
	struct worker **at = &app->workers;

	if (w == NULL)
		return;
	(void)pthread_mutex_lock(&app->all);
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	(void)pthread_mutex_unlock(&app->all);
	store_service_close(w->store);
	free(w);
}

/* All are closed before one is opened (db.h). What cannot be opened now, with
 * the disk just back, will be by the next process. */
static void
open_anew(struct app *app)
{
	(void)pthread_mutex_lock(&app->all);
	for (struct worker *w = app->workers; w != NULL; w = w->next)
		store_service_close(w->store);
	for (struct worker *w = app->workers; w != NULL; w = w->next)
		if (open_one(app, w) != ERR_OK)
			_exit(EXIT_FAILURE);
	(void)pthread_mutex_unlock(&app->all);
	LOG(INFO, "portal.store-back");
}

void
app_use(struct app *app, struct worker *w)
{
	if (w == NULL)
		return;
	(void)pthread_rwlock_rdlock(&app->stores);
	if (!store_service_stale(w->store))
		return;
	(void)pthread_rwlock_unlock(&app->stores);
	/* who is refused here is not alone: whoever comes next tries again */
	if (pthread_rwlock_trywrlock(&app->stores) == 0) {
		if (store_service_stale(w->store))
			open_anew(app);
		(void)pthread_rwlock_unlock(&app->stores);
	}
	(void)pthread_rwlock_rdlock(&app->stores);
}

void
app_done(struct app *app, struct worker *w)
{
	if (w != NULL)
		(void)pthread_rwlock_unlock(&app->stores);
}
