/* Who gets past what: every route, by the table. */
#include "assets.h"
#include "core/model/bounds.h"
#include "core/service/rules.h"
#include "core/service/scim.h"
#include "portal/web/throttle.h"
#include "tests/unit/portal_world.h"

/* The pattern with its holes filled: an id that is nobody's, a word. */
static char *
path_of(struct world *w, const char *pattern)
{
	OWN(buf) struct buf b = BUF(400);

	for (const char *p = pattern; *p != '\0'; p++) {
		if (*p != '{') {
			buf_char(&b, *p);
			continue;
		}
		if (strncmp(p, "{id}", 4) == 0)
			buf_text(&b, "0123456789abcdefghjkmnpqrs");
		else
			buf_text(&b, "apple");
		p = strchr(p, '}');
	}
	return arena_text(w->arena, buf_str(&b));
}

static const char csp[] =
    "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'";

static void
assert_protected(const struct got *g, const char *what)
{
	static const char *const wanted[][2] = {
	    {"content-security-policy", csp},
	    {"x-content-type-options", "nosniff"},
	    {"x-frame-options", "DENY"},
	    {"strict-transport-security", NULL},
	    {"referrer-policy", NULL},
	    {"permissions-policy", NULL},
	    {"cache-control", NULL},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		const char *v = got_header(g, wanted[i][0]);

		if (v == NULL)
			fail_msg("%s: no %s", what, wanted[i][0]);
		if (wanted[i][1] != NULL)
			assert_string_equal(v, wanted[i][1]);
	}
	for (size_t i = 0; i < g->rp->nheaders; i++)
		if (strncmp(g->rp->headers[i].name, "access-control", 14) == 0)
			fail_msg("%s: %s", what, g->rp->headers[i].name);
}

/* W-14, W-15, W-33 */
TEST(every_reply_has_the_security_headers)
{
	struct world w;
	const char *token;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", NULL);
	for (size_t i = 0; i < routes_count; i++) {
		char *path = path_of(&w, routes[i].pattern);

		for (int signed_in = 0; signed_in < 2; signed_in++) {
			g = ASK(&w, .method = routes[i].method, .path = path,
			    .token = signed_in ? token : NULL,
			    .body =
				routes[i].method == HTTP_POST ? "a=b" : NULL);
			assert_protected(&g, path);
			assert_string_equal(
			    got_header(&g, "cache-control"), "no-store");
			assert_null(got_header(&g, "etag"));
		}
	}
	g = ASK(&w, .path = "/nothing/here");
	assert_int_equal(g.status, 404);
	assert_protected(&g, "404");
	g = ASK(&w, .path = "/signout");
	assert_int_equal(g.status, 405);
	assert_string_equal(got_header(&g, "allow"), "POST");
	assert_protected(&g, "405");
	world_close(&w);
}

/* O-40: nothing of a page of somebody's is in a reply to nobody. */
TEST(nobody_sees_only_what_is_for_anyone)
{
	struct world w;

	world_open(&w, "");
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];
		char *path = path_of(&w, r->pattern);
		struct got g;

		if (r->who == ANYONE)
			continue;
		g = ASK(&w, .method = r->method, .path = path,
		    .body = r->method == HTTP_POST ? "a=b" : NULL);
		if (r->who == TOKEN) {
			assert_int_equal(g.status, 401);
		} else if (r->method == HTTP_GET) {
			assert_int_equal(g.status, 303);
			assert_string_equal(g.body, "");
			assert_memory_equal(
			    got_header(&g, "location"), "/signin", 7);
		} else if (g.status != 401 && g.status != 403) {
			fail_msg("%s: %d", path, g.status);
		}
	}
	world_close(&w);
}

/* W-12: what a page of another site can send, or somebody with a token that
 * is not of this session. */
TEST(no_route_changes_anything_without_its_token_and_our_origin)
{
	struct world w;
	const char *token, *mine, *other;
	struct store_health before, after;
	struct call c;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", NULL);
	mine = world_csrf(&w, token);
	other = world_csrf(&w, world_sign_in(&w, "tom", "staff", NULL));
	c = world_call(&w);
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];
		char *path = path_of(&w, r->pattern);
		char *good = arena_printf(w.arena, "csrf=%s&name=x", mine);
		struct ask tries[] = {
		    {.body = "name=x"},
		    {.body = "csrf="},
		    {.body = arena_printf(w.arena, "csrf=%s", other)},
		    {.body = arena_printf(w.arena, "csrf=%.42s", mine)},
		    {.body = arena_printf(
			 w.arena, "csrf=%s&csrf=%s", mine, mine)},
		    {.body = good, .type = "text/plain"},
		    {.body = good, .type = "application/json"},
		    {.body = good, .type = "multipart/form-data"},
		    {.body = good, .origin = "null"},
		    {.body = good, .origin = "https://evil.example"},
		    {.body = good, .origin = "http://wifi.example.org"},
		    {.body = good, .origin = "https://wifi.example.org:81"},
		    {.body = good, .site = "cross-site"},
		    {.body = good, .site = "same-site"},
		    {.body = good, .site = "none"},
		};

		if (r->method == HTTP_GET || r->who == TOKEN ||
		    (r->guards & (MACHINE | OURS)) != 0)
			continue;
		assert_ok(store_service_health(&c, &before));
		for (size_t k = 0; k < sizeof(tries) / sizeof(*tries); k++) {
			struct got g;

			tries[k].method = r->method;
			tries[k].path = path;
			tries[k].token = token;
			w.now += THROTTLE_PERSON / 1000;
			g = world_ask(&w, tries[k]);
			/* 404: for a role anna has not */
			if (g.status != 403 &&
			    !(r->who != PERSON && g.status == 404))
				fail_msg("%s try %zu: %d", path, k, g.status);
		}
		assert_ok(store_service_health(&c, &after));
		assert_int_equal(before.feed_position, after.feed_position);
		assert_int_equal(before.audit_rows, after.audit_rows);
	}
	world_close(&w);
}

/* W-05 */
TEST(only_our_own_host_is_answered)
{
	static const char *const foreign[] = {"evil.example",
	    "wifi.example.org.evil.example", "wifi.example.org:444",
	    "wifi.example.org@evil", "", "10.0.0.1"};
	struct world w;
	struct got g;

	world_open(&w, "hosts = { \"wifi.local:8443\" }");
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		g = ASK(&w, .path = "/signin", .host = foreign[i]);
		assert_int_equal(g.status, 421);
		assert_protected(&g, "421");
		/* the way on is to where it is served */
		assert_has(&g, "href=\"https://wifi.example.org/\"");
		/* and that page has its style */
		g = ASK(&w, .path = ASSET_app_css, .host = foreign[i]);
		assert_int_equal(g.status, 200);
	}
	g = ASK(&w, .path = "/signin", .host = "WIFI.example.org");
	assert_int_equal(g.status, 200);
	g = ASK(&w, .path = "/signin", .host = "wifi.local:8443");
	assert_int_equal(g.status, 200);
	g = ASK(&w, .path = "/healthz", .host = "10.0.0.1");
	assert_int_equal(g.status, 200);
	g = ASK(&w, .path = "/readyz", .host = "10.0.0.1");
	assert_int_equal(g.status, 200);
	world_close(&w);
}

/* W-06, O-28 */
TEST(a_session_is_one_exact_cookie)
{
	struct world w;
	const char *token;
	char *cookie;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", NULL);
	g = ASK(&w, .path = "/", .token = token);
	assert_int_equal(g.status, 200);
	cookie = arena_printf(
	    w.arena, "__Host-latchkey=%s; __Host-latchkey=%s", token, token);
	g = ASK(&w, .path = "/", .cookie = cookie);
	assert_goes(&g, "/signin");
	cookie = arena_printf(w.arena, "__host-latchkey=%s", token);
	g = ASK(&w, .path = "/", .cookie = cookie);
	assert_goes(&g, "/signin");
	g = ASK(
	    &w, .path = "/", .token = arena_printf(w.arena, "%.42s", token));
	assert_goes(&g, "/signin");
	g = ASK(&w, .path = "/", .token = arena_printf(w.arena, "%sx", token));
	assert_goes(&g, "/signin");
	w.now += 3600; /* idle for longer than 30 minutes */
	g = ASK(&w, .path = "/", .token = token);
	assert_goes(&g, "/signin");
	world_close(&w);
}

/* W-18: one address, and the others not. */
TEST(too_many_tries_are_told_to_wait)
{
	struct world w;
	struct arena *a;
	int refused = 0;

	world_open(&w, "");
	a = w.arena;
	for (int i = 0; i < 200; i++) {
		struct http_header_line h = {"host", "wifi.example.org"};
		struct request rq = {.arena = a,
		    .method = HTTP_GET,
		    .path = "/signin/campus",
		    .query = "",
		    .headers = &h,
		    .nheaders = 1,
		    .body = "",
		    .now = w.now};
		struct reply rp = {.arena = a};
		struct got g;

		app_handle(w.app, w.worker, &rq, &rp);
		g.rp = &rp;
		if (rp.status == 429) {
			assert_non_null(got_header(&g, "retry-after"));
			refused++;
		}
		buf_own(&rp.body);
	}
	assert_int_equal(refused, 200 - THROTTLE_DEPTH / THROTTLE_ADDRESS);
	world_close(&w);
}

/* --- the last of a bucket, the one after it, and what time gives (B-8) --- */

static const struct uid bucket_one = {"0123456789abcdefghjkmnpqrs"};
static const struct uid bucket_other = {"1123456789abcdefghjkmnpqrs"};

static int
of_a_token(struct throttle *t, bool other, int64_t now)
{
	return throttle_token(t, other ? &bucket_other : &bucket_one, now);
}

static int
of_a_person(struct throttle *t, bool other, int64_t now)
{
	const struct in6_addr from = {.s6_addr = {[10] = 0xff, [11] = 0xff, 1}};

	return throttle_wait(
	    t, other ? &bucket_other : &bucket_one, &from, now);
}

static int
of_an_address(struct throttle *t, bool other, int64_t now)
{
	const struct in6_addr from = {
	    .s6_addr = {[10] = 0xff, [11] = 0xff, 10, [15] = other}};

	return throttle_wait(t, NULL, &from, now);
}

static int
taken_at(int (*ask)(struct throttle *, bool, int64_t), struct throttle *t,
    int64_t now)
{
	int n;

	for (n = 0; n <= THROTTLE_DEPTH && ask(t, false, now) == 0; n++)
		;
	return n;
}

TEST(buckets_hold_as_many_tries_as_they_say)
{
	static const struct {
		int cost;
		int (*ask)(struct throttle *, bool, int64_t);
	} all[] = {{THROTTLE_TOKEN, of_a_token}, {THROTTLE_PERSON, of_a_person},
	    {THROTTLE_ADDRESS, of_an_address}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct throttle *t = throttle_new();
		int64_t now = WORLD_NOW, more = (all[i].cost + 999) / 1000;

		assert_non_null(t);
		assert_int_equal(
		    taken_at(all[i].ask, t, now), THROTTLE_DEPTH / all[i].cost);
		assert_int_equal(all[i].ask(t, false, now), more);
		assert_int_equal(all[i].ask(t, true, now), 0);
		if (more > 1)
			assert_int_equal(
			    all[i].ask(t, false, now + more - 1), 1);
		assert_int_equal(taken_at(all[i].ask, t, now + more),
		    more * 1000 / all[i].cost);
		throttle_free(t);
	}
}

TEST(assets_are_kept_for_good_and_nothing_else_can_be_named)
{
	static const char *const bad[] = {"/static/", "/static/app.css",
	    "/static/app.0000000000000000.css", "/static/../x",
	    "/static/%2e%2e/x"};
	struct world w;
	const char *etag;
	struct got g;
	size_t plain;

	world_open(&w, "");
	g = ASK(&w, .path = ASSET_app_css);
	assert_int_equal(g.status, 200);
	assert_has(&g, "--accent");
	assert_protected(&g, "asset");
	assert_string_equal(got_header(&g, "cache-control"),
	    "public, max-age=31536000, immutable");
	etag = got_header(&g, "etag");
	plain = strlen(g.body);
	g = ASK(&w, .path = ASSET_app_css, .accept = "br, gzip");
	assert_string_equal(got_header(&g, "content-encoding"), "gzip");
	assert_in_range(g.len, 100, plain - 1);
	g = ASK(&w, .path = ASSET_app_css, .accept = "gzip;q=0");
	assert_null(got_header(&g, "content-encoding"));
	g = ASK(&w, .path = ASSET_app_css, .seen = etag);
	assert_int_equal(g.status, 304);
	assert_string_equal(g.body, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		g = ASK(&w, .path = bad[i]);
		assert_int_equal(g.status, 404);
	}
	world_close(&w);
}

/* W-20, W-30 */
TEST(refusals_say_nothing_about_the_inside)
{
	struct world w;
	struct got g;

	world_open(&w, "");
	g = ASK(&w, .path = "/<script>alert(1)</script>");
	assert_int_equal(g.status, 404);
	assert_lacks(&g, "alert(1)");
	assert_lacks(&g, LATCHKEY_VERSION);
	g = ASK(&w, .path = "/signin", .query = "return=%zz");
	assert_int_equal(g.status, 400);
	assert_lacks(&g, "%zz");
	g = ASK(&w, .path = "/signin", .query = "return=https://evil.example");
	assert_int_equal(g.status, 200);
	/* no link goes there; the languages' links come back to this page */
	assert_lacks(&g, "\"https://evil.example");
	assert_lacks(&g, "/signin/campus?return=https");
	g = ASK(&w, .path = "/", .query = "wrong=<b>&done=<b>",
	    .token = world_sign_in(&w, "anna", "staff", NULL));
	assert_lacks(&g, "<b>&");
	world_close(&w);
}

#define DIRECTORY "https://login.example.org"

/* A directory (SCIM) gives and takes a role while somebody is signed in. */
TEST(a_role_counts_from_the_next_request_on_and_so_does_its_loss)
{
	struct rule r = {.priority = 1,
	    .claim = "groups",
	    .value = "reception",
	    .roles = 1 << ROLE_DESK};
	struct scim_user u = {.external = "anna",
	    .user_name = "anna@example.org",
	    .name = "Anna",
	    .active = true,
	    .attributes = "{}"};
	struct scim_group g = {.name = "reception"};
	struct world w;
	struct call c;
	struct uid id;
	const char *anna;

	world_open(&w, "");
	c = world_call(&w);
	c.actor.kind = ACTOR_TOKEN;
	c.actor.roles = 1 << ROLE_OPERATOR | 1 << ROLE_ADMIN;
	assert_ok(rule_add(&c, &r));
	anna = world_sign_in(&w, "anna", "staff", NULL);
	assert_int_equal(ASK(&w, .path = "/desk", .token = anna).status, 404);
	assert_ok(scim_users_add(&c, DIRECTORY, &u));
	assert_ok(scim_groups_add(&c, DIRECTORY, &g, &u.id, 1));
	assert_int_equal(ASK(&w, .path = "/desk", .token = anna).status, 200);
	assert_ok(scim_groups_set(&c, DIRECTORY, &g, &u.id, 0));
	assert_int_equal(ASK(&w, .path = "/desk", .token = anna).status, 404);
	assert_int_equal(ASK(&w, .path = "/", .token = anna).status, 200);
	assert_int_equal(world_audit(&w, "person.roles"), 2);
	/* who is switched off is nobody */
	id = u.id;
	assert_ok(scim_users_get(&c, DIRECTORY, &id, &u));
	u.active = false;
	assert_ok(scim_users_set(&c, DIRECTORY, &u));
	assert_int_equal(ASK(&w, .path = "/", .token = anna).status, 303);
	world_close(&w);
}
