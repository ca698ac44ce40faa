#include "portal/web/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/say.h"
#include "core/handout/logo.h"
#include "core/handout/sheet.h"
#include "core/service/message.h"
#include "core/service/open.h"
#include "core/service/post.h"
#include "portal/web/asset.h"
#include "portal/web/client.h"
#include "portal/web/guard.h"
#include "portal/web/hook.h"
#include "portal/web/lang.h"
#include "portal/web/measure.h"
#include "portal/web/page.h"
#include "portal/web/plain.h"
#include "portal/web/problem.h"
#include "portal/web/route.h"
#include "portal/web/throttle.h"
#include "portal/web/view.h"

static void
app_own(struct app **app)
{
	app_close(*app);
}

/* The origin is what stands before the path of public_url. */
static void
origin(struct app *a)
{
	const char *url = a->conf->portal.public_url;

	if (strncmp(url, "https://", 8) != 0)
		return;
	(void)snprintf(a->host, sizeof(a->host), "%.*s",
	    (int)strcspn(url + 8, "/"), url + 8);
	(void)snprintf(a->origin, sizeof(a->origin), "https://%.*s",
	    (int)(sizeof(a->origin) - 9), a->host);
}

enum err
app_open(const struct conf *conf, struct ring *ring, struct app **out)
{
	OWN(app) struct app *a = calloc(1, sizeof(*a));
	char why[CONF_WHY] = "", fonts[LOGO_WHY] = "";
	enum err e;

	*out = NULL;
	if (a == NULL) {
		ring_free(ring);
		return ERR_NO_MEMORY;
	}
	a->ring = ring;
	if ((a->throttle = throttle_new()) == NULL ||
	    (a->measure = measure_new(conf)) == NULL)
		return ERR_NO_MEMORY;
	a->conf = conf;
	(void)pthread_rwlock_init(&a->stores, NULL);
	(void)pthread_mutex_init(&a->all, NULL);
	a->limits.idle = conf->portal.session_idle;
	a->limits.absolute = conf->portal.session_absolute;
	a->lang = lang_find(conf->portal.default_language);
	if (a->lang < 0)
		a->lang = 0;
	origin(a);
	if ((e = post_open(conf, &a->post, why)) ||
	    (e = gate_open(conf, &a->gate, why)) || (e = hook_open(a, why))) {
		LOG(ERROR, "portal.cannot-start", LOG_S("why", why));
		return e;
	}
	if ((e = accord_open(conf, &a->accord, fonts))) {
		LOG(ERROR, "portal.cannot-start", LOG_S("why", fonts));
		return e;
	}
	if (*conf->portal.logo != '\0' &&
	    (e = logo_load(conf->portal.logo, &a->logo, fonts))) {
		LOG(ERROR, "portal.cannot-start", LOG_S("why", fonts));
		return e;
	}
	looks_make(a);
	if ((e = sheet_fonts(fonts))) {
		LOG(ERROR, "portal.cannot-start", LOG_S("why", fonts));
		return e;
	}
	*out = give(a);
	return ERR_OK;
}

void
app_close(struct app *a)
{
	if (a == NULL)
		return;
	hook_close(a);
	post_close(a->post);
	gate_close(a->gate);
	ring_free(a->ring);
	logo_free(a->logo);
	accord_close(&a->accord);
	throttle_free(a->throttle);
	measure_free(a->measure);
	free(a);
}

enum lane
app_lane(const struct app *app, enum http_method method, const char *path)
{
	const struct route *r = route_find(method, path, NULL, NULL, NULL);

	(void)app;
	/* a page for "not found" knows who is signed in: that is the store */
	if (r == NULL)
		return strncmp(path, "/static/", 8) == 0 ? LANE_NOW : LANE_FAST;
	if ((r->guards & AT_ONCE) != 0)
		return LANE_NOW;
	return (r->guards & SLOW) != 0 ? LANE_SLOW : LANE_FAST;
}

size_t
app_body_max(const struct app *app, enum http_method method, const char *path)
{
	const struct route *r = route_find(method, path, NULL, NULL, NULL);

	(void)app;
	if (r == NULL || !(method & (HTTP_POST | HTTP_PUT | HTTP_PATCH)))
		return r == NULL ? HTTP_BODY_MAX : 0;
	return (r->guards & UPLOAD) != 0 ? HTTP_UPLOAD_MAX : HTTP_BODY_MAX;
}

/* --- one request --- */

static bool
has(const struct reply *rp, const char *name)
{
	for (size_t i = 0; i < rp->nheaders; i++)
		if (strcmp(rp->headers[i].name, name) == 0)
			return true;
	return false;
}

/* On every reply, whatever it is (W-14, W-15). */
static void
headers(struct page *p)
{
	static const char *const always[][2] = {
	    {"content-security-policy",
		"default-src 'none'; style-src 'self'; script-src 'self'; "
		"img-src 'self' data:; connect-src 'self'; form-action 'self'; "
		"frame-ancestors 'none'; base-uri 'none'"},
	    {"x-content-type-options", "nosniff"},
	    {"x-frame-options", "DENY"},
	    {"strict-transport-security", "max-age=31536000"},
	    /* not no-referrer: browsers would then send `Origin: null` */
	    {"referrer-policy", "same-origin"},
	    {"permissions-policy",
		"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	    {"cross-origin-opener-policy", "same-origin"},
	    {"cross-origin-resource-policy", "same-origin"},
	    {"cache-control", "no-store"},
	};
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!has(p->rp, always[i][0]))
			reply_header(p->rp, always[i][0], always[i][1]);
}

static void
prepare(struct page *p)
{
	p->call.arena = p->arena;
	p->call.now = p->rq->now;
	p->call.ring = p->app->ring;
	p->call.store = p->worker == NULL ? NULL : p->worker->store;
	p->call.actor.kind = ACTOR_GUEST;
	client_text(
	    client_address(p), p->call.actor.from, sizeof(p->call.actor.from));
	view_make(p);
}

/* 404 or 405: the path is there, but not for this method. */
static void
nowhere(struct page *p, int allowed)
{
	static const struct {
		int method;
		const char *name;
	} all[] = {{HTTP_GET, "GET, HEAD"}, {HTTP_POST, "POST"},
	    {HTTP_PUT, "PUT"}, {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"}};
	OWN(buf) struct buf b = BUF(100);

	if (allowed == 0) {
		page_fail(p, ERR_NOT_FOUND);
		return;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((allowed & all[i].method) != 0)
			buf_printf(&b, "%s%s", b.len ? ", " : "", all[i].name);
	reply_header(p->rp, "allow", buf_str(&b));
	page_fail(p, ERR_BAD_METHOD);
}

static enum err
answer(struct page *p)
{
	bool done = false;
	enum err e;

	if ((p->route->guards & AT_ONCE) == 0 && p->worker == NULL)
		return ERR_BUSY;
	if ((e = guard_check(p, &done)) || done)
		return e;
	return p->route->handler(p);
}

static void
dispatch(struct page *p)
{
	int allowed = 0;
	enum err e;

	p->route = route_find(
	    p->rq->method, p->rq->path, p->arena, p->rq->args, &allowed);
	e = form_parse(p->rq->query, strlen(p->rq->query), p->arena, &p->query);
	prepare(p);
	if (e != ERR_OK) {
		page_fail(p, e);
		return;
	}
	/* whoever asks by another host is shown a page, too, with its style */
	if (asset_reply(p->rq, p->rp))
		return;
	if ((p->route == NULL || (p->route->guards & ANY_HOST) == 0) &&
	    !guard_host(p)) {
		page_refuse(p, 421, SAY("This address is not served here."));
		return;
	}
	if (p->worker != NULL && !problem_wanted(p) &&
	    (p->route == NULL || (p->route->guards & AT_ONCE) == 0)) {
		if ((e = guard_session(p))) {
			page_fail(p, e);
			return;
		}
		view_person(p);
		view_remember(p);
	}
	if (p->route == NULL)
		nowhere(p, allowed);
	else if ((e = answer(p)))
		page_fail(p, e);
}

/* A text that memory did not suffice for is missing in what was rendered: in a
 * form it would be saved so, and a path whose parts it did not suffice for
 * looks like none. What was changed stays changed, and is said. */
static bool
is_partial(const struct page *p)
{
	return arena_spent(p->arena) && p->rp->status < 500 &&
	       (p->route == NULL || p->rq->method == HTTP_GET ||
		   p->rq->method == HTTP_HEAD);
}

void
app_handle(
    struct app *app, struct worker *w, struct request *rq, struct reply *rp)
{
	struct page *p = arena_get(rq->arena, sizeof(*p));
	int64_t from = clock_mono();

	if (rp->body.max == 0)
		rp->body.max = HTTP_REPLY_MAX;
	if (p == NULL) {
		app_refuse(app, 503, rp);
		return;
	}
	*p = (struct page){
	    .app = app, .worker = w, .rq = rq, .rp = rp, .arena = rq->arena};
	app_use(app, w);
	dispatch(p);
	app_done(app, w);
	if (is_partial(p)) {
		p->rp->nheaders = 0;
		page_fail(p, ERR_NO_MEMORY);
	}
	headers(p);
	measure_request(
	    app->measure, rq->path, rp->status, clock_mono() - from);
	LOG(INFO, "http", LOG_I("status", rp->status),
	    LOG_S("page", p->route != NULL ? p->route->name : "-"),
	    LOG_S("from", p->call.actor.from),
	    LOG_I("us", (clock_mono() - from) / 1000));
}

void
app_plain(struct app *app, const char *host, const struct request *rq,
    struct reply *rp)
{
	char from[64];

	plain_reply(app, host, rq, rp);
	client_text(&rq->peer, from, sizeof(from));
	LOG(INFO, "http", LOG_I("status", rp->status), LOG_S("page", "plain"),
	    LOG_S("from", from));
}

static const char *
refusal(int status)
{
	switch (status) {
	case 408:
		return SAY("The request took too long to arrive.");
	case 413:
		return SAY("This is too large.");
	case 414:
	case 431:
		return SAY("The request is too long.");
	case 421:
		return SAY("This address is not served here.");
	case 501:
		return SAY("This is not supported.");
	case 503:
		return err_words(ERR_BUSY);
	}
	return SAY("This request cannot be read.");
}

void
app_refuse(struct app *app, int status, struct reply *rp)
{
	struct request rq = {
	    .arena = rp->arena, .method = HTTP_GET, .path = "/", .query = ""};
	struct page p = {.app = app, .rq = &rq, .rp = rp, .arena = rp->arena};

	if (rp->body.max == 0)
		rp->body.max = HTTP_REPLY_MAX;
	view_make(&p);
	page_refuse(&p, status, refusal(status));
	headers(&p);
	measure_request(app->measure, "/", status, 0);
}
