/* F-04: pages of a request that runs out of memory of its own, at any of the
 * places where it takes some: whole, or an error, and nothing else. */
#include "tests/unit/portal_world.h"

#include "core/service/devices.h"
#include "core/service/tokens.h"
#include "core/service/units.h"
#include "portal/web/throttle.h"

/* The arena, saying after each thing it gives how much that was. */
static void *given(void *p, int c, size_t n);
#define memset(p, c, n) given((p), (c), (n))
#include "core/base/arena.c"
#undef memset

enum { STOPS = 20000, ROOM = 64 << 20 };

static bool noting;
static size_t stop[STOPS], stops, sum;

static void *
given(void *p, int c, size_t n)
{
	sum += n;
	if (noting && stops < STOPS)
		stop[stops++] = sum - 1;
	return memset(p, c, n);
}

static struct world w;
static const char *cookie, *bearer, *directory;
static struct key_view key;
static struct uid person, device, unit_;

static struct got
page_in(size_t room, const char *path)
{
	OWN(arena) struct arena *a = arena_new(room);
	struct http_header_line h[2] = {{"host", "wifi.example.org"}};
	struct reply *rp = arena_get(w.arena, sizeof(*rp));
	struct request rq = {.arena = a,
	    .method = HTTP_GET,
	    .path = path,
	    .query = "",
	    .headers = h,
	    .nheaders = 2,
	    .body = "",
	    .now = w.now};
	struct got g;

	h[1] = strncmp(path, "/scim/", 6) == 0
		   ? (struct http_header_line){"authorization", directory}
	       : strncmp(path, "/api/", 5) == 0
		   ? (struct http_header_line){"authorization", bearer}
		   : (struct http_header_line){"cookie", cookie};
	rq.peer.s6_addr[10] = rq.peer.s6_addr[11] = 0xff;
	rnd_bytes(&rq.peer.s6_addr[12], 4);
	rp->arena = a;
	sum = stops = 0;
	app_handle(w.app, w.worker, &rq, rp);
	g = (struct got){.status = rp->status, .rp = rp, .len = rp->body.len};
	buf_own(&rp->body);
	return g;
}

/* PATH with so much memory; whoever asked too often may again. */
static struct got
page_again(size_t room, const char *path)
{
	struct got g = page_in(room, path);

	if (g.status == 429) {
		throttle_free(w.app->throttle);
		assert_non_null(w.app->throttle = throttle_new());
		g = page_in(room, path);
	}
	return g;
}

static void
starve(const char *path)
{
	struct got full, g;
	size_t *at, n;

	noting = true;
	full = page_again(ROOM, path);
	noting = false;
	n = stops;
	assert_in_range(n, 1, STOPS - 1);
	assert_non_null(at = arena_array(w.arena, n, sizeof(*at)));
	memcpy(at, stop, n * sizeof(*at));
	for (size_t i = 0; i < n; i++) {
		g = page_again(at[i], path);
		if (g.status < 500 &&
		    (g.status != full.status || g.len != full.len))
			fail_msg("%s with %zu octets: %d (%zu), not %d (%zu)",
			    path, at[i], g.status, g.len, full.status,
			    full.len);
	}
}

static const char *
token(const char *scopes, const char *issuer)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct call c = world_call(&w);
	struct api_token t = {.name = "t"};

	(void)snprintf(t.scopes, sizeof(t.scopes), "%s", scopes);
	(void)snprintf(t.issuer, sizeof(t.issuer), "%s", issuer);
	assert_ok(tokens_add(&c, &t, &text));
	return arena_printf(w.arena, "Bearer %s", secret_text(&text));
}

static void
furnish(void)
{
	struct person boss;
	struct call c;
	struct device d;
	struct unit u = {.name = "Lab"};
	struct rule r = {.priority = 5,
	    .claim = "groups",
	    .value = "bosses",
	    .roles = 1 << ROLE_ADMIN | 1 << ROLE_OPERATOR | 1 << ROLE_DESK};

	world_open(&w, "");
	c = world_call(&w);
	r.plan = w.plan.id;
	assert_ok(rule_add(&c, &r));
	cookie = arena_printf(w.arena, "__Host-latchkey=%s",
	    world_sign_in(&w, "boss", "bosses", &boss));
	person = boss.id;
	key = world_key(&w, &boss);
	assert_ok(device_register(
	    &c, &key.key.id, "02-aa-00-00-00-01", "Printer", &d));
	device = d.id;
	assert_ok(units_add(&c, &u));
	unit_ = u.id;
	bearer = token("read,setup,audit,people,keys", "");
	directory = token("scim", "https://id.example.org");
}

/* What stands for GROUP of PATTERN. */
static const char *
value_of(const char *pattern, const char *group)
{
	if (strncmp(group, "{word}", 6) == 0)
		return strstr(pattern, "import") ? "keys" : "plans";
	if (strncmp(group, "{id}", 4) != 0)
		return "0123456789abcdefghijklmnopqrstuvwxyz0123456";
	if (strstr(pattern, "/people/"))
		return person.s;
	if (strstr(pattern, "/device"))
		return strncmp(pattern, "/key/", 5) ? device.s : key.key.id.s;
	if (strstr(pattern, "unit"))
		return unit_.s;
	return strstr(pattern, "{word}") ? w.plan.id.s : key.key.id.s;
}

static const char *
path_of(const char *pattern)
{
	OWN(buf) struct buf b = BUF(400);

	for (const char *p = pattern; *p != '\0'; p++)
		if (*p != '{')
			buf_char(&b, *p);
		else {
			buf_text(&b, value_of(pattern, p));
			p = strchr(p, '}');
		}
	return arena_text(w.arena, buf_str(&b));
}

TEST(every_page_is_whole_or_an_error_when_memory_runs_out)
{
	furnish();
	for (size_t i = 0; i < routes_count; i++)
		if (routes[i].method == HTTP_GET)
			starve(path_of(routes[i].pattern));
	world_close(&w);
}
