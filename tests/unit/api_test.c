#include "core/service/people.h"
#include "core/service/repeat.h"
#include "core/service/tokens.h"
#include "portal/api/api.h"
#include "tests/unit/portal_world.h"

#define API "/api/v1"
#define JSON .type = "application/json"

static const char *
token(struct world *w, const char *scopes, struct uid *id)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct call c = world_call(w);
	struct api_token t = {0};

	strcpy(t.name, "billing");
	strcpy(t.scopes, scopes);
	assert_ok(tokens_add(&c, &t, &text));
	if (id != NULL)
		*id = t.id;
	return arena_text(w->arena, secret_text(&text));
}

static json_t *
parsed(const struct got *g)
{
	json_t *j = json_loads(g->body, 0, NULL);

	if (j == NULL)
		fail_msg("no JSON: %s", g->body);
	return j;
}

static const char *
path_of(struct world *w, const char *pattern)
{
	OWN(buf) struct buf b = BUF(400);

	for (const char *p = pattern; *p != '\0'; p++)
		if (*p != '{')
			buf_char(&b, *p);
		else {
			buf_text(&b, "0123456789abcdefghjkmnpqrs");
			p = strchr(p, '}');
		}
	return arena_text(w->arena, buf_str(&b));
}

/* The rights matrix: every scope against every call. */
TEST(api_lets_a_token_do_what_its_scopes_say)
{
	struct world w;
	struct got g;

	world_open(&w, "");
	for (int s = 0; s <= SCOPE_AUDIT; s++) {
		const char *t = token(&w, scope_text((enum scope)s), NULL);

		for (size_t i = 0; i < api_rows_count; i++) {
			const struct api_row *r = &api_rows[i];
			bool may = (r->scopes & ROUTE_SCOPE(s)) != 0;

			g = ASK(&w, .method = r->method,
			    .path = path_of(&w, r->pattern), .bearer = t,
			    .match = "\"1\"");
			if (may == (g.status == 403) || g.status == 401 ||
			    g.status >= 500)
				fail_msg("%s with %s: %d %s", r->pattern,
				    scope_text((enum scope)s), g.status,
				    g.body);
		}
	}
	world_close(&w);
}

/* W-31, W-33 */
TEST(api_knows_a_machine_by_its_bearer_token_only)
{
	struct world w;
	struct got g;
	struct uid id;
	struct call c;
	const char *t, *cookie;

	world_open(&w, "");
	t = token(&w, "read", &id);
	cookie = world_sign_in(&w, "anna", "staff", NULL);
	g = ASK(&w, .path = API "/networks", .bearer = t);
	assert_int_equal(g.status, 200);
	assert_null(got_header(&g, "access-control-allow-origin"));
	assert_string_equal(got_header(&g, "cache-control"), "no-store");
	g = ASK(&w, .path = API "/networks", .token = cookie);
	assert_int_equal(g.status, 401);
	assert_string_equal(
	    got_header(&g, "content-type"), "application/problem+json");
	assert_non_null(strstr(got_header(&g, "www-authenticate"), "Bearer"));
	g = ASK(&w, .path = API "/networks",
	    .query = arena_printf(w.arena, "access_token=%s", t));
	assert_int_equal(g.status, 401);
	g = ASK(&w, .path = API "/networks", .bearer = cookie);
	assert_int_equal(g.status, 401);
	g = ASK(&w, .path = "/admin", .bearer = t);
	assert_int_equal(g.status, 303);
	c = world_call(&w);
	assert_ok(tokens_revoke(&c, &id));
	g = ASK(&w, .path = API "/networks", .bearer = t);
	assert_int_equal(g.status, 401);
	g = ASK(&w, .path = API "/nothing", .bearer = t);
	assert_int_equal(g.status, 404);
	assert_has(&g, "\"code\":\"not_found\"");
	world_close(&w);
}

TEST(api_changes_only_the_version_that_was_read)
{
	struct world w;
	struct got g;
	const char *t, *path, *etag;
	json_t *j;

	world_open(&w, "");
	t = token(&w, "read,setup", NULL);
	g = ASK(&w, .method = HTTP_POST, .path = API "/networks", .bearer = t,
	    JSON, .body = "{\"ssid\":\"Quay\",\"hidden\":true}");
	assert_int_equal(g.status, 201);
	etag = got_header(&g, "etag");
	assert_string_equal(etag, "\"1\"");
	j = parsed(&g);
	assert_true(json_is_true(json_object_get(j, "hidden")));
	path = arena_printf(w.arena, API "/networks/%s",
	    json_string_value(json_object_get(j, "id")));
	json_decref(j);
	g = ASK(&w, .method = HTTP_PATCH, .path = path, .bearer = t, JSON,
	    .body = "{\"name\":\"The quay\"}");
	assert_int_equal(g.status, 428);
	g = ASK(&w, .method = HTTP_PATCH, .path = path, .bearer = t, JSON,
	    .match = etag, .body = "{\"name\":\"The quay\"}");
	assert_int_equal(g.status, 200);
	assert_string_equal(got_header(&g, "etag"), "\"2\"");
	assert_has(&g, "\"ssid\":\"Quay\"");
	assert_has(&g, "\"hidden\":true");
	g = ASK(&w, .method = HTTP_PUT, .path = path, .bearer = t, JSON,
	    .match = etag, .body = "{\"ssid\":\"Quay\"}");
	assert_int_equal(g.status, 412);
	g = ASK(&w, .method = HTTP_PUT, .path = path, .bearer = t, JSON,
	    .match = "\"2\"", .body = "{\"ssid\":\"Quay\"}");
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"hidden\":false");
	g = ASK(&w, .method = HTTP_DELETE, .path = path, .bearer = t,
	    .match = "\"2\"");
	assert_int_equal(g.status, 412);
	g = ASK(&w, .method = HTTP_DELETE, .path = path, .bearer = t,
	    .match = "\"3\"");
	assert_int_equal(g.status, 204);
	assert_string_equal(g.body, "");
	g = ASK(&w, .path = path, .bearer = t);
	assert_int_equal(g.status, 404);
	world_close(&w);
}

/* Strict JSON, and W-34 */
TEST(api_reads_bodies_strictly_and_names_the_member)
{
	static const struct {
		const char *body, *field;
	} bad[] = {{"", "ssid"}, {"[]", NULL}, {"{\"ssid\":\"a\"", NULL},
	    {"{\"ssid\":\"a\",\"ssid\":\"b\"}", NULL},
	    {"{\"ssid\":\"a\\u0000b\"}", NULL}, {"{\"ssid\":\"\xff\"}", NULL},
	    {"{\"ssid\":1}", "ssid"}, {"{\"ssid\":{}}", "ssid"},
	    {"{\"ssid\":\"a\",\"id\":\"x\"}", "id"},
	    {"{\"ssid\":\"a\",\"extra\":1}", "extra"},
	    {"{\"ssid\":\"a\",\"hidden\":\"yes\"}", "hidden"},
	    {"{\"ssid\":\"a\",\"security\":\"wep\"}", "security"},
	    {"{\"ssid\":\"123456789012345678901234567890123\"}", "ssid"},
	    {"{\"x\":[[[[[[[[[[1]]]]]]]]]]}", NULL}};
	static const char *const numbers[] = {"-1", "4095", "1e9", "1.0",
	    "\" 12\"", "\"0x10\"", "99999999999999999999", "true", "null"};
	struct world w;
	struct got g;
	const char *t;

	world_open(&w, "");
	t = token(&w, "setup", NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		g = ASK(&w, .method = HTTP_POST, .path = API "/networks",
		    .bearer = t, JSON, .body = bad[i].body);
		if (g.status != 400)
			fail_msg("%s: %d %s", bad[i].body, g.status, g.body);
		if (bad[i].field != NULL)
			assert_has(&g, arena_printf(w.arena, "\"field\":\"%s\"",
					   bad[i].field));
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		g = ASK(&w, .method = HTTP_POST, .path = API "/plans",
		    .bearer = t, JSON,
		    .body = arena_printf(w.arena,
			"{\"name\":\"p\",\"network\":\"%s\",\"vlan\":%s}",
			w.network.id.s, numbers[i]));
		if (g.status != 400)
			fail_msg("%s: %d %s", numbers[i], g.status, g.body);
	}
	g = ASK(&w, .method = HTTP_POST, .path = API "/networks", .bearer = t,
	    .type = "application/x-www-form-urlencoded", .body = "ssid=a");
	assert_int_equal(g.status, 415);
	world_close(&w);
}

/* One PATCH of the plan at PATH; its answer. */
static struct got
patch(struct world *w, const char *t, const char *path, const char *body)
{
	struct got g = ASK(w, .path = path, .bearer = t);

	return ASK(w, .method = HTTP_PATCH, .path = path, .bearer = t, JSON,
	    .match = got_header(&g, "etag"), .body = body);
}

/* What an answer shows as null is emptied by null. */
TEST(api_empties_what_is_set_to_null)
{
	struct world w;
	struct got g;
	const char *t, *path, *then;
	json_t *j;

	world_open(&w, "");
	t = token(&w, "read,setup", NULL);
	path = arena_printf(w.arena, API "/plans/%s", w.plan.id.s);
	g = ASK(&w, .method = HTTP_POST, .path = API "/plans", .bearer = t,
	    JSON,
	    .body = arena_printf(w.arena,
		"{\"name\":\"Slow\",\"network\":\"%s\"}", w.network.id.s));
	assert_int_equal(g.status, 201);
	j = parsed(&g);
	then = arena_text(w.arena, json_string_value(json_object_get(j, "id")));
	json_decref(j);
	assert_has(&g, "\"things\":\"never\""); /* it is for a year */
	g = ASK(&w, .method = HTTP_POST, .path = API "/plans", .bearer = t,
	    JSON,
	    .body = arena_printf(w.arena,
		"{\"name\":\"Week\",\"network\":\"%s\","
		"\"lifetime_days\":7}",
		w.network.id.s));
	assert_int_equal(g.status, 201);
	assert_has(&g, "\"things\":\"plan\"");
	g = patch(&w, t, path, "{\"things\":\"never\"}");
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"things\":\"never\"");
	g = patch(&w, t, path, "{\"things\":\"sometimes\"}");
	assert_int_equal(g.status, 400);
	assert_has(&g, "\"field\":\"things\"");
	g = patch(&w, t, path,
	    arena_printf(w.arena,
		"{\"quota\":1000,\"quota_period\":\"day\",\"quota_plan\":"
		"\"%s\",\"lifetime\":\"date\",\"lifetime_at\":"
		"\"2030-01-02T03:04:05Z\",\"role\":\"staff\"}",
		then));
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"lifetime_at\":\"2030-01-02T03:04:05Z\"");
	g = patch(&w, t, path, "{\"quota_plan\":null}");
	assert_int_equal(g.status, 400); /* the quota needs one */
	assert_has(&g, "\"field\":\"quota_plan\"");
	g = patch(&w, t, path,
	    "{\"quota\":0,\"quota_plan\":null,\"lifetime\":\"days\","
	    "\"lifetime_at\":null,\"role\":null}");
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"quota_plan\":null");
	assert_has(&g, "\"lifetime_at\":null");
	assert_has(&g, "\"role\":\"\"");
	g = patch(&w, t, path, "{\"name\":null}");
	assert_int_equal(g.status, 400);
	assert_has(&g, "\"field\":\"name\"");
	world_close(&w);
}

TEST(api_reads_roles_as_a_list_of_names)
{
	static const char *const bad[] = {
	    "\"operator\"", "[7]", "[\"king\"]", "null"};
	struct world w;
	struct got g;
	const char *t;

	world_open(&w, "");
	t = token(&w, "read,setup", NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		g = ASK(&w, .method = HTTP_POST, .path = API "/rules",
		    .bearer = t, JSON,
		    .body = arena_printf(
			w.arena, "{\"value\":\"x\",\"roles\":%s}", bad[i]));
		if (g.status != 400 || !strstr(g.body, "\"roles\""))
			fail_msg("%s: %d %s", bad[i], g.status, g.body);
	}
	g = ASK(&w, .method = HTTP_POST, .path = API "/rules", .bearer = t,
	    JSON,
	    .body = "{\"value\":\"desk\",\"roles\":[\"desk\","
		    "\"sponsor\"]}");
	assert_int_equal(g.status, 201);
	assert_has(&g, "\"roles\":[\"");
	assert_has(&g, "\"sponsor\"");
	world_close(&w);
}

TEST(api_does_a_repeated_request_once)
{
	struct world w;
	struct person anna;
	struct got g, again;
	const char *t, *other, *body;

	world_open(&w, "");
	(void)world_sign_in(&w, "anna", "staff", &anna);
	t = token(&w, "keys", NULL);
	other = token(&w, "keys", NULL);
	body = arena_printf(w.arena, "{\"person\":\"%s\"}", anna.id.s);
	g = ASK(&w, .method = HTTP_POST, .path = API "/keys", .bearer = t, JSON,
	    .body = body, .once = "order-7");
	assert_int_equal(g.status, 201);
	again = ASK(&w, .method = HTTP_POST, .path = API "/keys", .bearer = t,
	    JSON, .body = body, .once = "order-7");
	assert_int_equal(again.status, 201);
	assert_string_equal(again.body, g.body);
	assert_string_equal(got_header(&again, "idempotent-replayed"), "true");
	assert_int_equal(world_audit(&w, "key.issue"), 1);
	again = ASK(&w, .method = HTTP_POST, .path = API "/keys", .bearer = t,
	    JSON, .body = "{}", .once = "order-7");
	assert_int_equal(again.status, 422);
	/* another machine's names are its own */
	again = ASK(&w, .method = HTTP_POST, .path = API "/keys",
	    .bearer = other, JSON, .body = body, .once = "order-7");
	assert_int_equal(again.status, 201);
	assert_string_not_equal(again.body, g.body);
	/* what failed may be tried again */
	again = ASK(&w, .method = HTTP_POST, .path = API "/keys", .bearer = t,
	    JSON, .body = "{\"person\":\"x\"}", .once = "order-8");
	assert_int_equal(again.status, 400);
	again = ASK(&w, .method = HTTP_POST, .path = API "/keys", .bearer = t,
	    JSON, .body = body, .once = "order-8");
	assert_int_equal(again.status, 201);
	world_close(&w);
}

/* The marker is written with the change; what was never marked is free again
 * after a minute, and its late owner can do nothing any more. */
TEST(api_forgets_who_died_before_doing_it_and_not_what_was_done)
{
	static const uint8_t hash[REPEAT_HASH];
	OWN(buf) struct buf answer = BUF(100);
	struct once first = {.name = "n"}, second = {.name = "n"};
	struct world w;
	struct person p = {.language = "en"};
	struct call c, late;
	struct uid id;
	int status;

	world_open(&w, "");
	(void)token(&w, "people", &id);
	c = world_call(&w);
	c.actor = (struct actor){
	    .kind = ACTOR_TOKEN, .id = id, .roles = 1 << ROLE_OPERATOR};
	late = c;
	strcpy(p.name, "Anna");
	assert_ok(repeat_take(&late, &first, hash, &status, &answer));
	assert_int_equal(status, 0);
	c.now += REPEAT_HELD - 1;
	assert_err(
	    repeat_take(&c, &second, hash, &status, &answer), ERR_BAD_STATE);
	assert_null(c.once);
	c.now++;
	assert_ok(repeat_take(&c, &second, hash, &status, &answer));
	assert_int_equal(status, 0);
	/* the first one wakes up */
	assert_err(people_add(&late, &p), ERR_BUSY);
	repeat_drop(&late);
	assert_ok(people_add(&c, &p));
	/* what fails after that is done all the same */
	repeat_drop(&c);
	/* ... and the second dies here: done, not answered */
	late.once = c.once = NULL;
	for (int i = 0; i < 2; i++, c.now += 2 * REPEAT_HELD)
		assert_err(repeat_take(&c, &first, hash, &status, &answer),
		    ERR_EXISTS);
	assert_int_equal(world_audit(&w, "person.add"), 1);
	world_close(&w);
}

TEST(api_turns_pages_and_slows_down_who_asks_too_often)
{
	struct world w;
	struct person p;
	struct got g;
	const char *t;
	char name[8];
	int n;

	world_open(&w, "");
	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		(void)world_sign_in(&w, name, "staff", &p);
	}
	t = token(&w, "read", NULL);
	g = ASK(&w, .path = API "/people", .query = "limit=2&offset=2",
	    .bearer = t);
	assert_has(&g, "\"total\":5");
	assert_non_null(
	    strstr(got_header(&g, "link"), "limit=2&offset=4>; rel=\"next\""));
	assert_non_null(
	    strstr(got_header(&g, "link"), "limit=2&offset=0>; rel=\"prev\""));
	g = ASK(&w, .path = API "/people", .query = "limit=2&offset=4",
	    .bearer = t);
	assert_null(strstr(got_header(&g, "link"), "next"));
	/* what was looked for is looked for on the next page, too */
	g = ASK(&w, .path = API "/people",
	    .query = "search=p+%26%3B&offset=1&limit=1", .bearer = t);
	assert_non_null(strstr(got_header(&g, "link"), "search=p%20%26%3B&"));
	g = ASK(&w, .path = API "/people", .query = "limit=0", .bearer = t);
	assert_int_equal(g.status, 400);
	for (n = 0; n < 700; n++) {
		g = ASK(&w, .path = API "/rules", .bearer = t);
		if (g.status != 200)
			break;
	}
	assert_in_range(n, 590, 600);
	assert_int_equal(g.status, 429);
	assert_non_null(got_header(&g, "retry-after"));
	t = token(&w, "read", NULL);
	g = ASK(&w, .path = API "/rules", .bearer = t);
	assert_int_equal(g.status, 200);
	world_close(&w);
}

/* The life of a password, by a machine. */
TEST(api_issues_reveals_rotates_and_revokes)
{
	struct world w;
	struct person anna;
	struct got g;
	const char *t, *key, *body;
	json_t *j;

	world_open(&w, "");
	(void)world_sign_in(&w, "anna", "staff", &anna);
	t = token(&w, "keys,read,reveal", NULL);
	body = arena_printf(w.arena, "{\"person\":\"%s\"}", anna.id.s);
	g = ASK(&w, .method = HTTP_POST, .path = API "/keys", .bearer = t, JSON,
	    .body = body);
	assert_int_equal(g.status, 201);
	assert_lacks(&g, "passphrase");
	j = parsed(&g);
	key = arena_printf(w.arena, API "/keys/%s",
	    json_string_value(json_object_get(j, "id")));
	json_decref(j);
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "%s/reveal", key), .bearer = t);
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"passphrase\":\"");
	assert_int_equal(world_audit(&w, "key.reveal"), 1);
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "%s/suspend", key), .bearer = t, JSON,
	    .body = "{\"reason\":\"unpaid\"}");
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"standing\":\"suspended\"");
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "%s/restore", key), .bearer = t);
	assert_int_equal(g.status, 200);
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "%s/rotate", key), .bearer = t, JSON,
	    .body = "{\"overlap\":3600}");
	assert_int_equal(g.status, 201);
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "%s/revoke", key), .bearer = t);
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"standing\":\"revoked\"");
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "%s/restore", key), .bearer = t);
	assert_int_equal(g.status, 409);
	world_close(&w);
}

/* As many as a page has, one less and one more, where none was chosen (B-8). */
TEST(api_pages_have_a_hundred_when_it_is_not_said)
{
	struct world w;
	struct call c;
	const char *t;

	world_open(&w, "");
	t = token(&w, "read", NULL);
	c = world_call(&w);
	for (int i = 1; i <= API_PAGE + 1; i++) {
		struct person p = {.language = ""};
		struct got g;
		int n = 0;

		(void)snprintf(p.name, sizeof(p.name), "p%d", i);
		assert_ok(people_add(&c, &p));
		if (i < API_PAGE - 1)
			continue;
		g = ASK(&w, .path = API "/people", .bearer = t);
		for (const char *at = g.body; (at = strstr(at, "\"id\":"));
		     at++)
			n++;
		assert_int_equal(n, i < API_PAGE ? i : API_PAGE);
	}
	world_close(&w);
}

/* An answer of N octets is kept, and given again? */
static bool
answer_kept(struct call *c, size_t n)
{
	OWN(buf) struct buf answer = BUF(API_ANSWER_MAX + 1);
	OWN(buf) struct buf again = BUF(API_ANSWER_MAX + 1);
	const uint8_t hash[REPEAT_HASH] = {7};
	char name[24];
	struct once o = {.name = name};
	struct person p = {.name = "Ida"};
	int status;
	enum err e;

	(void)snprintf(name, sizeof(name), "answer-%zu", n);
	for (size_t i = 0; i < n; i++)
		buf_char(&answer, 'x');
	assert_ok(repeat_take(c, &o, hash, &status, &again));
	assert_int_equal(status, 0);
	assert_ok(people_add(c, &p));
	e = repeat_keep(c, 201, &answer);
	if (e) {
		assert_int_equal(e, ERR_TOO_BIG);
		assert_err(
		    repeat_take(c, &o, hash, &status, &again), ERR_EXISTS);
		return false;
	}
	assert_ok(repeat_take(c, &o, hash, &status, &again));
	return status == 201 && again.len == n;
}

/* What is longer than an answer may be to be kept is done once, too (B-8). */
TEST(api_keeps_answers_up_to_their_bound)
{
	struct world w;
	struct call c;

	world_open(&w, "");
	c = world_call(&w);
	(void)token(&w, "people", &c.actor.id);
	assert_true(answer_kept(&c, API_ANSWER_MAX - 1));
	assert_true(answer_kept(&c, API_ANSWER_MAX));
	assert_false(answer_kept(&c, API_ANSWER_MAX + 1));
	world_close(&w);
}

/* One before the limit, at it, and one after it (B-8). */
TEST(api_limits_hold_at_the_border)
{
	struct world w;
	const char *t, *people;

	world_open(&w, "");
	t = token(&w, "read", NULL);
	people = token(&w, "people", NULL);
	for (int i = -1; i <= 1; i++) {
		char name[API_NAME_MAX + 2];
		struct got g = ASK(&w, .path = API "/people", .bearer = t,
		    .query =
			arena_printf(w.arena, "limit=%d", API_PAGE_MAX + i));

		assert_int_equal(g.status, i > 0 ? 400 : 200);
		memset(name, 'x', sizeof(name));
		name[API_NAME_MAX + i] = '\0';
		g = ASK(&w, .method = HTTP_POST, .path = API "/people",
		    .bearer = people, JSON, .body = "{\"name\":\"Ida\"}",
		    .once = name);
		assert_int_equal(g.status, i > 0 ? 400 : 201);
	}
	world_close(&w);
}
