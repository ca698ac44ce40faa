/* What directories do to users and groups piece by piece, as HTTP; and lists by
 * what a filter looks up. */
#include "core/base/text.h"
#include "core/service/tokens.h"
#include "tests/unit/scim_world.h"

#define OPS "{\"schemas\":[],\"Operations\":"

/* Where what is made of BODY is. */
static const char *
made(const char *path, const char *body)
{
	struct got g = send_to(HTTP_POST, path, NULL, body);
	const char *at = got_header(&g, "location");

	assert_int_equal(g.status, 201);
	assert_non_null(at);
	return strstr(at, "/scim/v2/");
}

static const char *
user(const char *name)
{
	return made(SCIM("/Users"),
	    arena_printf(w.arena,
		"{\"userName\":\"%s\",\"externalId\":\"x-%s\",\"title\":\"t\"}",
		name, name));
}

static const char *
id_of(const char *at)
{
	return strrchr(at, '/') + 1;
}

TEST(a_user_is_changed_piece_by_piece_or_not_at_all)
{
	const char *at;
	struct got g;

	begin();
	at = user("ada");
	g = send_to(HTTP_PATCH, at, "W/\"1\"",
	    OPS "[{\"op\":\"Replace\",\"value\":{\"active\":\"False\","
		"\"name.givenName\":\"Ada\"}},{\"op\":\"remove\","
		"\"path\":\"title\"}]}");
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"active\":false");
	assert_has(&g, "\"givenName\":\"Ada\"");
	assert_has(&g, "\"externalId\":\"x-ada\"");
	assert_lacks(&g, "\"title\"");
	assert_string_equal(got_header(&g, "etag"), "W/\"2\"");
	/* the second of two is wrong, or the version is: neither is done */
	g = send_to(HTTP_PATCH, at, NULL,
	    OPS "[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"x\"},"
		"{\"op\":\"replace\",\"path\":\"active\",\"value\":7}]}");
	assert_int_equal(g.status, 400);
	g = send_to(HTTP_PATCH, at, "W/\"1\"",
	    OPS "[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"x\"}]}");
	assert_int_equal(g.status, 412);
	g = send_to(HTTP_PATCH, at, NULL,
	    OPS "[{\"op\":\"replace\",\"path\":\"userName\",\"value\":\"\"}]}");
	assert_int_equal(g.status, 400);
	g = get(at, NULL);
	assert_lacks(&g, "\"title\"");
	assert_has(&g, "\"userName\":\"ada\"");
	assert_string_equal(got_header(&g, "etag"), "W/\"2\"");
	g = send_to(HTTP_PATCH, SCIM("/Users/0123456789abcdefghjkmnpqrs"), NULL,
	    OPS "[{\"op\":\"remove\",\"path\":\"title\"}]}");
	assert_int_equal(g.status, 404);
	world_close(&w);
}

TEST(members_come_and_go)
{
	const char *ada, *eve, *at;
	struct got g;

	begin();
	ada = id_of(user("ada"));
	eve = id_of(user("eve"));
	at = made(SCIM("/Groups"),
	    "{\"displayName\":\"Crew\",\"externalId\":\"g-1\"}");
	g = send_to(HTTP_PATCH, at, NULL,
	    arena_printf(w.arena,
		OPS "[{\"op\":\"Add\",\"path\":\"members\",\"value\":"
		    "[{\"value\":\"%s\"},{\"value\":\"%s\"}]}]}",
		ada, eve));
	assert_int_equal(g.status, 204);
	assert_int_equal(g.len, 0);
	g = get(at, NULL);
	assert_has(&g, "\"display\":\"ada\"");
	assert_has(&g, "\"display\":\"eve\"");
	assert_has(&g, "\"externalId\":\"g-1\"");
	/* who names attributes gets them */
	g = ASK(&w, .method = HTTP_PATCH, .path = at,
	    .query = "attributes=members", .bearer = token,
	    .type = "application/scim+json",
	    .body = arena_printf(w.arena,
		OPS "[{\"op\":\"remove\",\"path\":"
		    "\"members[value eq \\\"%s\\\"]\"}]}",
		ada));
	assert_int_equal(g.status, 200);
	assert_has(&g, eve);
	assert_lacks(&g, ada);
	/* a stranger is none: nothing is done */
	g = send_to(HTTP_PATCH, at, NULL,
	    OPS "[{\"op\":\"add\",\"path\":\"members\",\"value\":"
		"[{\"value\":\"0123456789abcdefghjkmnpqrs\"}]}]}");
	assert_in_range(g.status, 400, 404);
	g = send_to(HTTP_PATCH, at, "W/\"99\"",
	    OPS "[{\"op\":\"remove\",\"path\":\"members\"}]}");
	assert_int_equal(g.status, 412);
	g = get(at, NULL);
	assert_has(&g, eve);
	/* their groups are said of people */
	g = get(SCIM("/Users"), "attributes=groups,userName");
	assert_has(&g, "\"display\":\"Crew\"");
	assert_has(&g, "\"type\":\"direct\"");
	g = send_to(HTTP_PATCH, at, NULL,
	    OPS "[{\"op\":\"remove\",\"path\":\"members\"}]}");
	assert_int_equal(g.status, 204);
	g = get(at, NULL);
	assert_lacks(&g, eve);
	g = send_to(HTTP_DELETE, at, "W/\"99\"", NULL);
	assert_int_equal(g.status, 412);
	g = send_to(HTTP_DELETE, at, NULL, NULL);
	assert_int_equal(g.status, 204);
	g = send_to(HTTP_DELETE, at, NULL, NULL);
	assert_int_equal(g.status, 404);
	world_close(&w);
}

TEST(lists_find_by_what_they_are_asked_for)
{
	const char *ada, *group;
	struct {
		const char *path, *query, *has, *lacks;
	} all[9];
	struct got g;
	size_t n = 0;

	begin();
	ada = id_of(user("ada"));
	(void)user("eve");
	group = id_of(made(SCIM("/Groups"),
	    arena_printf(w.arena,
		"{\"displayName\":\"Crew\",\"externalId\":\"g-1\","
		"\"members\":[{\"value\":\"%s\"}]}",
		ada)));
	(void)made(SCIM("/Groups"), "{\"displayName\":\"Guard\"}");
#define LIST(p, q, yes, no) all[n++] = (__typeof__(*all)){SCIM(p), q, yes, no}
	LIST("/Users", arena_printf(w.arena, "filter=id eq \"%s\"", ada),
	    "\"userName\":\"ada\"", "eve");
	LIST("/Users", "filter=externalId eq \"x-eve\" and title pr",
	    "\"userName\":\"eve\"", "ada");
	LIST("/Users", arena_printf(w.arena, "filter=groups eq \"%s\"", group),
	    "\"userName\":\"ada\"", "eve");
	LIST("/Users",
	    arena_printf(w.arena, "filter=groups.value eq \"%s\"", group),
	    "\"userName\":\"ada\"", "eve");
	LIST("/Users", "filter=meta.resourceType eq \"user\"",
	    "\"totalResults\":2", "Guard");
	LIST("/Groups", "filter=externalId eq \"g-1\"",
	    "\"displayName\":\"Crew\"", "Guard");
	LIST("/Groups", arena_printf(w.arena, "filter=members eq \"%s\"", ada),
	    "\"displayName\":\"Crew\"", "Guard");
	LIST("/Groups",
	    "filter=displayName sw \"G\"&excludedAttributes=members",
	    "\"displayName\":\"Guard\"", "\"members\"");
	LIST("/Groups", "filter=displayName eq \"nobody\"",
	    "\"totalResults\":0", "Crew");
	for (size_t i = 0; i < n; i++) {
		g = get(all[i].path, all[i].query);
		if (g.status != 200 || !strstr(g.body, all[i].has) ||
		    strstr(g.body, all[i].lacks))
			fail_msg("%s: %d %s", all[i].query, g.status, g.body);
	}
	/* far beyond the end there is nothing, and the number is a number */
	g = send_to(HTTP_POST, SCIM("/Users/.search"), NULL,
	    "{\"startIndex\":2147483648,\"count\":9223372036854775807}");
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"totalResults\":2,\"startIndex\":2147483647,");
	g = send_to(HTTP_POST, SCIM("/Users"), NULL, "{");
	assert_int_equal(g.status, 400);
	g = ASK(&w, .method = HTTP_POST, .path = SCIM("/Users"),
	    .bearer = token, .type = "text/plain", .body = "{}");
	assert_int_equal(g.status, 415);
	world_close(&w);
}
