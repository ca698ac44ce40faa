/* What a directory sends and reads, as HTTP: groups as a whole, versions,
 * searches. */
#include "core/base/text.h"
#include "core/service/tokens.h"
#include "tests/unit/scim_world.h"

/* Where what G answered is now. */
static const char *
place(const struct got *g)
{
	const char *at = got_header(g, "location");

	assert_int_equal(g->status, 201);
	assert_non_null(at);
	return strstr(at, "/scim/v2/");
}

static const char *
id_of(const char *at)
{
	return strrchr(at, '/') + 1;
}

static const char *
user(const char *name)
{
	struct got g = send_to(HTTP_POST, SCIM("/Users"), NULL,
	    arena_printf(w.arena, "{\"userName\":\"%s\"}", name));

	return place(&g);
}

static const char *
group_of(const char *name, const char *member)
{
	return arena_printf(w.arena,
	    "{\"displayName\":\"%s\",\"members\":[{\"value\":\"%s\"}]}", name,
	    member);
}

TEST(a_group_that_is_put_has_exactly_the_members_it_says)
{
	const char *ada, *eve, *at;
	struct got g;

	begin();
	ada = id_of(user("ada"));
	eve = id_of(user("eve"));
	g = send_to(HTTP_POST, SCIM("/Groups"), NULL, group_of("Crew", ada));
	at = place(&g);
	assert_string_equal(got_header(&g, "etag"), "W/\"1\"");
	assert_has(&g, ada);
	g = send_to(HTTP_PUT, at, "W/\"1\"", group_of("Guard", eve));
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"displayName\":\"Guard\"");
	assert_has(&g, eve);
	assert_lacks(&g, ada);
	/* of another version, of nobody: nothing changes */
	g = send_to(HTTP_PUT, at, "W/\"1\"", group_of("Old", ada));
	assert_int_equal(g.status, 412);
	g = send_to(HTTP_PUT, at, NULL,
	    group_of("Ghosts", "0123456789abcdefghjkmnpqrs"));
	assert_in_range(g.status, 400, 404);
	g = send_to(HTTP_PUT, at, NULL, "{\"members\":\"all\"}");
	assert_int_equal(g.status, 400);
	g = get(at, NULL);
	assert_has(&g, "\"displayName\":\"Guard\"");
	assert_has(&g, eve);
	/* null is an empty list; who says nothing of them leaves them */
	g = send_to(HTTP_PUT, at, NULL, "{\"displayName\":\"Watch\"}");
	assert_int_equal(g.status, 200);
	assert_has(&g, eve);
	g = send_to(
	    HTTP_PUT, at, NULL, "{\"displayName\":\"Watch\",\"members\":null}");
	assert_int_equal(g.status, 200);
	assert_lacks(&g, eve);
	world_close(&w);
}

/* RFC 7644 3.14, RFC 9110 13.1.1 */
TEST(a_version_that_is_none_matches_nothing)
{
	static const char *const none[] = {"", "W/", "\"", "\"\"", "1", "W/1",
	    "\"x\"", "\"0\"", "\"-1\"", "W/\"1", "w/\"1\"", "\"1\", \"2\"",
	    "\"99999999999999999999\"",
	    "\"0000000000000000000000000000000000000001\"", "\"2\""};
	const char *at;
	struct got g;

	begin();
	at = user("ada");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		g = send_to(HTTP_DELETE, at, none[i], NULL);
		if (g.status != 412)
			fail_msg("'%s': %d", none[i], g.status);
	}
	g = send_to(HTTP_PUT, at, "\"1\"", "{\"userName\":\"ada l.\"}");
	assert_int_equal(g.status, 200);
	assert_string_equal(got_header(&g, "etag"), "W/\"2\"");
	g = ASK(&w, .path = at, .bearer = token, .seen = "W/\"2\"");
	assert_int_equal(g.status, 304);
	assert_int_equal(g.len, 0);
	g = ASK(&w, .path = at, .bearer = token, .seen = "W/\"1\"");
	assert_int_equal(g.status, 200);
	g = send_to(HTTP_DELETE, at, "*", NULL);
	assert_int_equal(g.status, 204);
	g = get(at, NULL);
	assert_int_equal(g.status, 404);
	world_close(&w);
}

TEST(a_list_starts_and_ends_where_it_is_asked_to)
{
	static const char *const odd[] = {"startIndex=x", "startIndex=1.5",
	    "count=", "count=--1", "count=99999999999", "startIndex=0x1"};
	struct got g;

	begin();
	(void)user("ada"), (void)user("bob"), (void)user("eve");
	g = get(SCIM("/Users"), "startIndex=2&count=1&attributes=userName");
	assert_has(&g, "\"totalResults\":3");
	assert_has(&g, "\"startIndex\":2,\"itemsPerPage\":1");
	assert_lacks(&g, "\"active\"");
	/* RFC 7644 3.4.2.4: below one is one, below none is none */
	g = get(SCIM("/Users"), "startIndex=-5&count=2");
	assert_has(&g, "\"startIndex\":1,\"itemsPerPage\":2");
	g = get(SCIM("/Users"), "count=-3");
	assert_has(
	    &g, "\"totalResults\":3,\"startIndex\":1,\"itemsPerPage\":0");
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		g = get(SCIM("/Users"), odd[i]);
		if (g.status != 400)
			fail_msg("%s: %d", odd[i], g.status);
	}
	world_close(&w);
}

/* RFC 7644 3.4.3 */
TEST(a_search_that_is_posted_is_the_same_as_one_in_an_address)
{
	struct got g;

	begin();
	(void)user("ada"), (void)user("bob"), (void)user("eve");
	g = send_to(HTTP_POST, SCIM("/Users/.search"), NULL,
	    "{\"filter\":\"userName sw \\\"b\\\" or userName eq \\\"eve\\\"\","
	    "\"attributes\":[\"userName\",7],\"startIndex\":2,\"count\":5}");
	assert_int_equal(g.status, 200);
	assert_has(
	    &g, "\"totalResults\":2,\"startIndex\":2,\"itemsPerPage\":1");
	assert_has(&g, "\"userName\":");
	assert_lacks(&g, "\"meta\"");
	g = send_to(HTTP_POST, SCIM("/Users/.search"), NULL,
	    "{\"excludedAttributes\":[\"meta\",\"userName\"],\"count\":-1}");
	assert_has(
	    &g, "\"totalResults\":3,\"startIndex\":1,\"itemsPerPage\":0");
	g = send_to(HTTP_POST, SCIM("/Groups/.search"), NULL,
	    "{\"filter\":\"displayName eq\"}");
	assert_int_equal(g.status, 400);
	assert_has(&g, "invalidFilter");
	world_close(&w);
}
