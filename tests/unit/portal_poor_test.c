/* F-04: pages of the portal when the memory of the request, or of the process,
 * ends somewhere: said as that, never as something else, and nothing is done.
 */
#include "tests/unit/starve.h"

#include <limits.h>

#include "portal/web/app.h"
#include "tests/unit/meagre.h"

static void poor_handle(struct app *app, struct worker *worker,
    struct request *rq, struct reply *rp);
#define app_handle poor_handle
#include "tests/unit/portal_world.h"
#undef app_handle
#include "core/service/tokens.h"
#include "portal/web/throttle.h"

static struct world w;

/* What fails is of the one request only. */
static struct {
	long room, memory; /* the how manieth piece is not there; 0: all are */
	long asked;        /* how many pieces of that memory there were */
	bool came;
} poor;
static long room;

static bool
meagre(void)
{
	if (room == 0 || --room > 0)
		return false;
	return poor.came = true;
}

static void
poor_handle(struct app *app, struct worker *worker, struct request *rq,
    struct reply *rp)
{
	room = poor.room;
	starved = false;
	starve_in = poor.memory;
	app_handle(app, worker, rq, rp);
	poor.asked = poor.memory - starve_in;
	starve_in = 0;
	room = 0;
	poor.came |= starved;
	w.arena->spent = false;
	poor.room = poor.memory = 0;
}

static char *
path_of(const char *pattern)
{
	OWN(buf) struct buf b = BUF(300);

	while (*pattern != '\0') {
		const char *to;

		if (strncmp(pattern, "{id}", 4) == 0)
			to = w.plan.id.s;
		else if (strncmp(pattern, "{token}", 7) == 0)
			to = "abcdefghijkmnpqrstuvwxyz2345678";
		else if (strncmp(pattern, "{word}", 6) == 0)
			to = "plans";
		else if (strncmp(pattern, "{own}", 5) == 0)
			to = "4711";
		else if (strncmp(pattern, "{urn}", 5) == 0)
			to = "User";
		else {
			buf_char(&b, *pattern++);
			continue;
		}
		buf_text(&b, to);
		pattern = strchr(pattern, '}') + 1;
	}
	return arena_text(w.arena, buf_str(&b));
}

static void
let_in(void)
{
	const int roles = 1 << ROLE_ADMIN | 1 << ROLE_DESK;
	struct call c = world_call(&w);
	struct rule r = {.plan = w.plan.id, .priority = 5, .roles = roles};

	strcpy(r.claim, "groups");
	strcpy(r.value, "all-of-it");
	assert_ok(rule_add(&c, &r));
}

/* The answer is the same, or an error that passes: a person is not sent to sign
 * in, or told that there is no such page, for want of memory. */
static int
assert_told(const struct ask *q, const struct got *good, long n, bool arena)
{
	struct got g;

	poor.came = false;
	*(arena ? &poor.room : &poor.memory) = n;
	w.now += THROTTLE_PERSON / 1000;
	g = world_ask(&w, *q);
	if (!poor.came)
		return -1;
	if (g.status == good->status) {
		/* a machine takes what is missing for what is not there */
		if (q->bearer != NULL && g.status == 200)
			assert_string_equal(g.body, good->body);
		return 0;
	}
	if (g.status != 500 && g.status != 503)
		fail_msg("%s: %d, not %d, without piece %ld of %s", q->path,
		    g.status, good->status, n, arena ? "room" : "memory");
	assert_lacks(&g, "Employee");
	return 1;
}

/* More of the first ones than of the rest. */
static int
sweep_by(const struct ask *q, bool arena, int part)
{
	int told = 0, one;
	struct got good = world_ask(&w, *q);

	for (long n = 1; (one = assert_told(q, &good, n, arena)) >= 0;
	     n += 1 + n / part)
		told += one;
	w.now += THROTTLE_PERSON / 1000;
	assert_int_equal(world_ask(&w, *q).status, good.status);
	return told;
}

static int
sweep(const struct ask *q, bool arena)
{
	return sweep_by(q, arena, 4);
}

static const char *
machine(const char *scopes)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct call c = world_call(&w);
	struct api_token t = {
	    .name = "machine", .issuer = "https://login.example.org"};

	strcpy(t.scopes, scopes);
	assert_ok(tokens_add(&c, &t, &text));
	return arena_text(w.arena, secret_text(&text));
}

static int
sweep_routes(bool arena)
{
	const char *all = machine("read,setup,people,guests,keys,audit");
	const char *scim = machine("scim");
	int told = 0;

	let_in();
	for (size_t i = 0; i < routes_count; i++) {
		struct ask q = {.path = path_of(routes[i].pattern)};

		if (routes[i].method != HTTP_GET)
			continue;
		if (routes[i].who == TOKEN)
			q.bearer =
			    strncmp(q.path, "/scim", 5) == 0 ? scim : all;
		else
			q.token = world_sign_in(&w, "boss", "all-of-it", NULL);
		told += sweep(&q, arena);
	}
	return told;
}

/* --- changes that machines make --- */

struct errand {
	const char *path, *body; /* %s: the password; the plan */
	const char *undo;
	int status;
	bool only_told; /* there is nothing to it but its answer */
	bool anew;      /* about another one each time */
};

static const struct errand errands[] = {
    {"/api/v1/people", "{\"name\":\"Ida\"}", NULL, 201, false, false},
    {"/api/v1/rules",
	"{\"plan\":\"%s\",\"claim\":\"groups\",\"value\":\"all\"}", NULL, 201,
	false, false},
    {"/api/v1/keys/%s/suspend", NULL, "/api/v1/keys/%s/restore", 200, false,
	false},
    {"/api/v1/keys/%s/reveal", NULL, NULL, 200, true, false},
    {"/api/v1/accounts/%s", "{\"name\":\"Ida\"}", NULL, 200, false, true},
};

static int64_t
recorded(void)
{
	struct call c = world_call(&w);
	struct audit_row *last;
	size_t n;

	assert_ok(audit_list(&c, "", NULL, 0, 1, &last, &n));
	return n ? last->seq : 0;
}

static size_t
members(const char *json)
{
	size_t n = 0;

	for (; (json = strstr(json, "\":")) != NULL; json++)
		n++;
	return n;
}

/* All that GOOD says; or 201 or 204 without a word, then true. */
static bool
assert_answer(const struct errand *x, const struct ask *q, const struct got *g,
    const struct got *good)
{
	const char *at = got_header(g, "location");

	if (g->len > 0) {
		assert_int_equal(g->status, x->status);
		assert_int_equal(members(g->body), members(good->body));
		return false;
	}
	assert_int_equal(g->status, x->status == 201 ? 201 : 204);
	if (at != NULL)
		assert_int_equal(
		    ASK(&w, .path = at, .bearer = q->bearer).status, 200);
	return true;
}

/* A server may have done what there was no memory to hear of: its COMMIT. */
static int unheard;

/* Done, and said so; or not, and not. *DONE says which; true without words. */
static bool
assert_honest(const struct errand *x, const struct ask *q,
    const struct got *good, bool *done)
{
	const int64_t before = recorded();
	const struct got g = world_ask(&w, *q);

	*done = recorded() > before;
	if (g.status >= 300 && g.status != 500 && g.status != 503)
		fail_msg("%s: %d", q->path, g.status);
	if (where_pgsql() && *done && g.status == 503)
		unheard++;
	else if (!x->only_told && *done != (g.status < 300))
		fail_msg("%s: %d, but %s", q->path, g.status,
		    *done ? "done" : "not done");
	return g.status < 300 && assert_answer(x, q, &g, good);
}

static const char *
about(const char *text, const struct uid *id)
{
	const char *at = text ? strstr(text, "%s") : NULL;

	return at ? arena_printf(w.arena, "%.*s%s%s", (int)(at - text), text,
			id->s, at + 2)
		  : text;
}

/* The last pieces are those of the answer. */
static int
sweep_errand(const struct errand *x, const struct ask *q,
    const struct ask *undo, bool arena)
{
	const struct got good = world_ask(&w, *q);
	const long near = where_pgsql() ? 20 : 50, part = near / 3;
	struct ask now = *q;
	int wordless = 0;
	long all = arena ? 60 : LONG_MAX;
	bool done = true;

	for (long n = 1;; n += 1 + (n < all - near ? (all - n) / part : 0)) {
		const struct uid id = uid_new();

		if (done && undo->path != NULL)
			assert_int_equal(world_ask(&w, *undo).status, 200);
		if (x->anew)
			now.path = about(x->path, &id);
		poor.came = false;
		*(arena ? &poor.room : &poor.memory) =
		    all == LONG_MAX ? all : n;
		wordless += assert_honest(x, &now, &good, &done);
		if (all == LONG_MAX)
			all = poor.asked;
		else if (!poor.came)
			return wordless;
		w.now += THROTTLE_PERSON / 1000;
	}
}

/* A machine that is told of an error may do it again. */
static void
sweep_errands(bool arena)
{
	const char *bearer = machine("read,setup,people,keys,reveal");
	struct person who;
	int wordless = 0;

	(void)world_sign_in(&w, "ada", "staff", &who);
	for (size_t i = 0; i < sizeof(errands) / sizeof(*errands); i++) {
		const struct errand *x = &errands[i];
		const struct key_view v = world_key(&w, &who);
		const struct ask q = {.method = HTTP_POST,
		    .path = about(x->path, &v.key.id),
		    .bearer = bearer,
		    .type = "application/json",
		    .body = about(x->body, &w.plan.id)};
		const struct ask undo = {.method = HTTP_POST,
		    .path = about(x->undo, &v.key.id),
		    .bearer = bearer};
		int n;

		unheard = 0;
		n = sweep_errand(x, &q, &undo, arena);
		assert_true(unheard <= 8 || x->only_told);

		(void)fprintf(stderr, "# %s: %d without words\n", x->path, n);
		assert_true(n == 0 || !x->only_told);
		wordless += n;
	}
	/* of the arena nothing is asked any more by then */
	assert_true(wordless > 20 || arena);
}

/* On with it elsewhere: a code is good once, and only if it was shown. */
static void
go_on_elsewhere(bool arena)
{
	const struct ask code = {.method = HTTP_POST,
	    .path = "/captive/code",
	    .body = "to=%2Fguest",
	    .origin = "https://wifi.example.org",
	    .site = "same-origin"};
	const struct ask go = {.method = HTTP_POST,
	    .path = "/c",
	    .body = "code=222222",
	    .origin = "https://wifi.example.org",
	    .site = "same-origin"};

	assert_int_equal(world_ask(&w, code).status, 200);
	assert_true(sweep_by(&code, arena, 100) > 3);
	assert_true(sweep_by(&go, arena, 100) > 3);
}

static void
sweep_all(bool arena)
{
	world_open(&w, "}\nguest { ways = {\"code\"}");
	assert_true(sweep_routes(arena) > 500);
	go_on_elsewhere(arena);
	sweep_errands(arena);
	world_close(&w);
}

TEST(page_without_room_is_an_error_that_passes)
{
	sweep_all(true);
}

TEST(page_without_memory_is_an_error_that_passes)
{
	if (!starve_in_front())
		skip();
	sweep_all(false);
}
