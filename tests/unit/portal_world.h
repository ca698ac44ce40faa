/*
 * portal_world.h - a portal with a store of its own, driven without a server
 *
 * One network, one plan for the group "staff", and whoever signs in. Static
 * functions: each test program has its own copy.
 */
#pragma once

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/rnd.h"
#include "core/service/audit.h"
#include "core/service/keys.h"
#include "core/service/open.h"
#include "core/service/people.h"
#include "core/service/session.h"
#include "core/service/setup.h"
#include "core/service/world.h"
#include "portal/web/app.h"
#include "portal/web/page.h"
#include "portal/web/route.h"
#include "tests/unit/test.h"
#include "tests/unit/where.h"

#define UNUSED __attribute__((unused))

enum { WORLD_NOW = 1800000000 };

struct world {
	char dir[64], conf_text[2048];
	struct where at;
	struct conf *conf;
	struct app *app;
	struct worker *worker;
	struct arena *arena;
	struct network network;
	struct plan plan;
	int64_t now;
};

/* What came back. */
struct got {
	int status;
	char *body;
	struct reply *rp;
	size_t len; /* of the body */
};

static struct call
world_call(struct world *w)
{
	return call_system(w->worker->store, w->app->ring, w->arena, w->now);
}

static void
world_seed(struct world *w)
{
	struct call c = world_call(w);
	struct rule rule = {.priority = 10};

	w->network = (struct network){.security = SECURITY_WPA2};
	strcpy(w->network.ssid, "Harbour");
	strcpy(w->network.name, "Harbour");
	strcpy(w->network.time_zone, "Europe/Berlin");
	assert_ok(network_add(&c, &w->network));
	w->plan = (struct plan){.network = w->network.id,
	    .devices = 5,
	    .vlan = 120,
	    .self_service = true,
	    .rate_down = 50000,
	    .lifetime = LIFETIME_DAYS,
	    .lifetime_days = 365};
	strcpy(w->plan.name, "Employee");
	assert_ok(plan_add(&c, &w->plan));
	rule.plan = w->plan.id;
	strcpy(rule.claim, "groups");
	strcpy(rule.value, "staff");
	assert_ok(rule_add(&c, &rule));
}

/* MORE: further lines for the portal section. */
static void
world_open(struct world *w, const char *more)
{
	OWN(ring) struct ring *ring = NULL;
	struct ring *whole;
	char why[CONF_WHY] = "", key[128];
	struct why reason = {0};

	*w = (struct world){.now = WORLD_NOW};
	strcpy(w->dir, "/tmp/latchkey-portal-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	where_new(&w->at, w->dir);
	snprintf(key, sizeof(key), "%s/master.key", w->dir);
	assert_ok(ring_create(key, why));
	snprintf(w->conf_text, sizeof(w->conf_text),
	    "portal {\n public_url = \"https://wifi.example.org\"\n"
	    " brand = \"Harbour\"\n support = \"Room 101\"\n %s\n}\n"
	    "store { engine = \"%s\"\n path = \"%s\"\n url = \"%s\" }\n"
	    "keys { master_key = \"%s\" }\n",
	    more, w->at.url[0] ? "pgsql" : "sqlite", w->at.path, w->at.url,
	    key);
	if (conf_parse("test.conf", w->conf_text, strlen(w->conf_text),
		&w->conf, why) != ERR_OK)
		fail_msg("%s", why);
	assert_ok(ring_load(key, &ring, why));
	assert_ok(store_service_create(w->conf, ring, &reason));
	assert_non_null(w->arena = arena_new(64 << 20));
	assert_ok(ring_load(key, &whole, why));
	assert_ok(app_open(w->conf, whole, &w->app));
	assert_ok(app_worker(w->app, &w->worker));
	world_seed(w);
}

static void
world_close(struct world *w)
{
	char key[128];

	app_worker_free(w->app, w->worker);
	app_close(w->app);
	conf_free(w->conf);
	arena_free(w->arena);
	where_end(&w->at);
	snprintf(key, sizeof(key), "%s/master.key", w->dir);
	unlink(key);
	rmdir(w->dir);
}

/* Signs NAME in as a member of GROUP; the value of the session cookie. */
UNUSED static char *
world_sign_in(
    struct world *w, const char *name, const char *group, struct person *who)
{
	OWN(secret) struct secret token = SECRET_NONE;
	struct call c = world_call(w);
	struct person p;
	struct identity id = {.issuer = "https://login.example.org",
	    .subject = name,
	    .name = name,
	    .mail = "",
	    .language = "",
	    .claims = "{}",
	    .groups = &group,
	    .ngroups = group[0] != '\0',
	    .groups_known = true};

	assert_ok(people_sign_in(&c, &id, NULL, 0, &p));
	assert_ok(session_open(&c, &p.id, "campus", "", "", w->now, &token));
	if (who != NULL)
		*who = p;
	return arena_text(w->arena, secret_text(&token));
}

struct ask {
	enum http_method method; /* 0: GET */
	const char *path, *query, *body, *cookie, *token;
	const char *host, *origin, *site, *type, *agent, *accept, *seen;
	const char *bearer, *match, *once; /* of machines */
	const char *peer, *app;            /* IPv4 address; X-Requested-With */
};

static void
ask_header(
    struct http_header_line *h, size_t *n, const char *name, const char *value)
{
	if (value != NULL)
		h[(*n)++] = (struct http_header_line){name, value};
}

UNUSED static struct got
world_ask(struct world *w, struct ask q)
{
	struct http_header_line *h = arena_array(w->arena, 16, sizeof(*h));
	struct request *rq = arena_get(w->arena, sizeof(*rq));
	struct reply *rp = arena_get(w->arena, sizeof(*rp));
	const char *cookie = q.cookie;
	size_t n = 0;
	struct got g;

	if (q.token != NULL)
		cookie = arena_printf(
		    w->arena, "x=1; __Host-latchkey=%s; y=2", q.token);
	ask_header(h, &n, "host", q.host != NULL ? q.host : "wifi.example.org");
	ask_header(h, &n, "cookie", cookie);
	ask_header(h, &n, "origin", q.origin);
	ask_header(h, &n, "sec-fetch-site", q.site);
	ask_header(h, &n, "user-agent", q.agent);
	ask_header(h, &n, "accept-encoding", q.accept);
	ask_header(h, &n, "if-none-match", q.seen);
	if (q.bearer != NULL)
		ask_header(h, &n, "authorization",
		    arena_printf(w->arena, "Bearer %s", q.bearer));
	ask_header(h, &n, "if-match", q.match);
	ask_header(h, &n, "x-requested-with", q.app);
	ask_header(h, &n, "idempotency-key", q.once);
	if (q.body != NULL)
		ask_header(h, &n, "content-type",
		    q.type != NULL ? q.type
				   : "application/x-www-form-urlencoded");
	*rq = (struct request){.arena = w->arena,
	    .method = q.method != 0 ? q.method : HTTP_GET,
	    .path = q.path,
	    .query = q.query != NULL ? q.query : "",
	    .headers = h,
	    .nheaders = n,
	    .body = q.body != NULL ? q.body : "",
	    .body_len = q.body != NULL ? strlen(q.body) : 0,
	    .now = w->now};
	rq->peer.s6_addr[10] = rq->peer.s6_addr[11] = 0xff;
	/* another address each time: throttling has tests of its own */
	if (q.peer == NULL)
		rnd_bytes(&rq->peer.s6_addr[12], 4);
	else
		assert_int_equal(
		    inet_pton(AF_INET, q.peer, &rq->peer.s6_addr[12]), 1);
	rp->arena = w->arena;
	app_handle(w->app, w->worker, rq, rp);
	g = (struct got){rp->status, arena_text(w->arena, buf_str(&rp->body)),
	    rp, rp->body.len};
	buf_own(&rp->body);
	return g;
}

#define ASK(w, ...) world_ask((w), (struct ask){__VA_ARGS__})

static const char *
got_header(const struct got *g, const char *name)
{
	for (size_t i = 0; i < g->rp->nheaders; i++)
		if (strcmp(g->rp->headers[i].name, name) == 0)
			return g->rp->headers[i].value;
	return NULL;
}

/* The CSRF token of the session, as its pages carry it. */
UNUSED static char *
world_csrf(struct world *w, const char *token)
{
	struct call c = world_call(w);
	struct session s;
	char csrf[44];

	assert_ok(session_find(&c, token, &w->app->limits, &s));
	session_csrf(w->app->ring, &s.id, csrf);
	return arena_text(w->arena, csrf);
}

/* A key of PERSON, by the service. */
UNUSED static struct key_view
world_key(struct world *w, const struct person *p)
{
	struct call c = world_call(w);
	struct key_order order = {.person = p->id,
	    .network = w->network.id,
	    .plan = w->plan.id,
	    .kind = KEY_PERSONAL,
	    .name = ""};
	struct key_view v;

	assert_ok(keys_issue(&c, &order, &v));
	return v;
}

UNUSED static void
assert_has(const struct got *g, const char *text)
{
	if (strstr(g->body, text) == NULL)
		fail_msg("no '%s' in:\n%s", text, g->body);
}

UNUSED static void
assert_lacks(const struct got *g, const char *text)
{
	if (strstr(g->body, text) != NULL)
		fail_msg("'%s' in:\n%s", text, g->body);
}

UNUSED static void
assert_goes(const struct got *g, const char *to)
{
	assert_int_equal(g->status, 303);
	assert_string_equal(got_header(g, "location"), to);
}

/* How many rows of the audit have the act. */
UNUSED static size_t
world_audit(struct world *w, const char *act)
{
	struct call c = world_call(w);
	struct audit_row *rows;
	size_t n;

	assert_ok(audit_list(&c, act, NULL, 0, 1000, &rows, &n));
	return n;
}
