/*
 * app.h - the portal without its server
 *
 * portal/kore calls these four functions and nothing else of the portal.
 */
#pragma once

#include "core/base/err.h"
#include "portal/web/http.h"

struct conf;
struct ring;
struct app;    /* shared by all threads, immutable after app_open() */
struct worker; /* one per pool thread: store connection, scratch */

/* Which pool a request runs in. */
enum lane {
	LANE_NOW,  /* static files and refusals: answered in the event loop,
		      touches neither store nor network */
	LANE_FAST, /* pages: store only */
	LANE_SLOW, /* talks to an identity provider, makes many pages of PDF */
};

/* Opens what all threads share. Called in the worker process after fork and
 * before privileges are gone; CONF outlives the app. RING, which need not hold
 * the master key, is the app's from then on, also on failure. */
MUST_USE enum err
app_open(const struct conf *conf, struct ring *ring, struct app **out);
void app_close(struct app *app);

/* Called in each pool thread as it starts; privileges are gone by then. */
MUST_USE enum err app_worker(struct app *app, struct worker **out);
void app_worker_free(struct app *app, struct worker *w);

/* W (NULL: nothing is done) is used between these two. Its store, when it was
 * opened while the disk could only be read, is opened anew once that is over;
 * so are those of all other threads, at a moment when none of them is used. */
void app_use(struct app *app, struct worker *w);
void app_done(struct app *app, struct worker *w);

/* Decides from method and path alone. */
enum lane
app_lane(const struct app *app, enum http_method method, const char *path);

/* The largest body this route takes, in octets. */
size_t
app_body_max(const struct app *app, enum http_method method, const char *path);

/* Answers. Never fails: whatever goes wrong becomes a reply. W is NULL in
 * LANE_NOW. */
void app_handle(
    struct app *app, struct worker *w, struct request *rq, struct reply *rp);

/* Answers what came without TLS (plain.h); HOST is the Host header. */
void app_plain(struct app *app, const char *host, const struct request *rq,
    struct reply *rp);

/* The reply for something refused before it became a request: STATUS with the
 * security headers and a short page. */
void app_refuse(struct app *app, int status, struct reply *rp);
