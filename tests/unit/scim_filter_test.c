#include "tests/unit/test.h"

#include "core/base/buf.h"
#include "portal/scim/filter.h"

static struct arena *arena;
static struct why why;

static const char *const ada =
    "{\"id\":\"01abc\",\"externalId\":\"Ada-1\",\"userName\":\"Ada@Example."
    "org\","
    "\"active\":true,\"age\":36,\"name\":{\"familyName\":\"O'Malley\"},"
    "\"emails\":[{\"type\":\"work\",\"value\":\"ada@example.org\"},"
    "{\"type\":\"home\",\"value\":\"ada@home.example\",\"primary\":\"True\"}],"
    "\"roles\":[],\"meta\":{\"lastModified\":\"2026-05-13T04:42:34Z\"},"
    "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":"
    "{\"department\":\"Physics\"}}";

static struct filter *
parsed(const char *text)
{
	struct filter *f;
	enum err e = filter_parse(text, arena, &f, &why);

	if (e != ERR_OK)
		fail_msg("%s: %s", text, why.text);
	return f;
}

static bool
finds(const char *text)
{
	json_t *j = json_loads(ada, 0, NULL);
	bool is;

	assert_non_null(j);
	is = filter_match(parsed(text), j);
	json_decref(j);
	return is;
}

static void
begin(void)
{
	arena = arena_new(4 << 20);
	assert_non_null(arena);
}

TEST(filter_finds_what_directories_ask_for)
{
	static const char *const yes[] = {
	    "userName eq \"ada@example.org\"", /* Okta */
	    "externalId eq \"Ada-1\"",         /* Entra ID */
	    "emails[type eq \"work\"].value eq \"ada@example.org\"",
	    "id eq \"01abc\" and active eq true", "active eq \"True\"",
	    "UserName EQ \"ADA@EXAMPLE.ORG\"",
	    "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"ADA\"",
	    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"
	    "department eq \"physics\"",
	    "emails.value ew \"home.example\"", "emails co \"@home\"",
	    "emails[type eq \"home\" and value co \"home\"]",
	    "emails[primary eq true]", "name.familyName co \"O'Malley\"",
	    "meta.lastModified gt \"2011-05-13T04:42:34Z\"", "title eq null",
	    "not (title pr)", "age ge 36 and age lt 37.5",
	    "userName ne \"bob\"", "title pr or userName pr and active eq true",
	    "(title pr or userName pr) and not(active eq false)",
	    "roles eq null"};

	begin();
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!finds(yes[i]))
			fail_msg("not found: %s", yes[i]);
	arena_free(arena);
}

TEST(filter_does_not_find_more)
{
	static const char *const no[] = {"externalId eq \"ada-1\"", /* exact */
	    "id eq \"01ABC\"", "userName eq \"ada\"",
	    "emails[type eq \"work\" and value co \"home\"]",
	    "emails[type eq \"home\"].value eq \"ada@example.org\"",
	    "active eq false", "title pr", "age gt 36",
	    "userName eq \"x\" or title pr and active eq true", "roles pr",
	    "nothing eq \"\"", "userName eq true",
	    "userName eq \"' OR 1=1 --\"", "userName co \"%\""};

	begin();
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (finds(no[i]))
			fail_msg("found: %s", no[i]);
	arena_free(arena);
}

/* W-32 */
TEST(filter_that_is_none_says_where)
{
	static const char *const bad[] = {"", " ", "userName", "userName eq",
	    "userName eq ada", "userName xx \"a\"", "userName eq \"a",
	    "userName eq \"a\" and", "(userName pr", "userName pr)",
	    "emails[type eq \"a\"", "emails[]", "emails[type eq \"a\"].",
	    "emails[type eq \"a\"].value", "not title pr", "1x pr",
	    "userName eq [1]", "userName eq {\"a\":1}", "a.b.c pr", "urn:x: pr",
	    "userName eq \"\\u0000\"", "userName  eqq \"a\"",
	    "userName eq \"a\"; DROP TABLE person"};
	OWN(buf) struct buf deep = BUF(100000), wide = BUF(100000);
	struct filter *f;

	begin();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (filter_parse(bad[i], arena, &f, &why) != ERR_BAD_INPUT)
			fail_msg("taken: %s", bad[i]);
		assert_null(f);
		assert_string_equal(why.field, "filter");
		assert_non_null(strstr(why.text, "character"));
	}
	for (int i = 0; i < 1000; i++)
		buf_text(&deep, "(");
	buf_text(&deep, "a pr");
	assert_int_equal(
	    filter_parse(buf_str(&deep), arena, &f, &why), ERR_BAD_INPUT);
	buf_text(&wide, "a pr");
	for (int i = 0; i < 500; i++)
		buf_text(&wide, " or a pr");
	assert_int_equal(
	    filter_parse(buf_str(&wide), arena, &f, &why), ERR_BAD_INPUT);
	for (int i = 0; i < 500; i++)
		buf_text(&wide, " or a pr");
	assert_int_equal(
	    filter_parse(buf_str(&wide), arena, &f, &why), ERR_BAD_INPUT);
	arena_free(arena);
}

TEST(filter_says_what_it_must_be_equal_to)
{
	begin();
	assert_string_equal(
	    filter_wants(parsed("active eq true and USERNAME eq \"a\""),
		"userName", NULL),
	    "a");
	assert_string_equal(
	    filter_wants(parsed("id eq \"g\" and members.value eq \"u\""),
		"members", "value"),
	    "u");
	assert_null(filter_wants(
	    parsed("userName eq \"a\" or title pr"), "userName", NULL));
	assert_null(
	    filter_wants(parsed("not (userName eq \"a\")"), "userName", NULL));
	assert_null(
	    filter_wants(parsed("userName ne \"a\""), "userName", NULL));
	arena_free(arena);
}

TEST(path_of_a_change_is_read)
{
	static const char *const bad[] = {"", " ", "members[", "members[]",
	    "members[value eq \"1\"]x", "members[value eq \"1\"].a.b",
	    "a.b[c pr]", "../../people", "members[value eq \"1\"] or 1", "a b",
	    "urn:", "'; --"};
	struct filter_path p;

	begin();
	assert_ok(filter_path_parse(
	    "emails[type eq \"work\"].value", arena, &p, &why));
	assert_string_equal(p.attr.name, "emails");
	assert_string_equal(p.attr.sub, "value");
	assert_int_equal(p.filter->op, FILTER_EQ);
	assert_ok(filter_path_parse("name.givenName", arena, &p, &why));
	assert_string_equal(p.attr.sub, "givenName");
	assert_ok(filter_path_parse(
	    ATTR_ENTERPRISE ":manager.displayName", arena, &p, &why));
	assert_string_equal(p.attr.urn, ATTR_ENTERPRISE);
	assert_string_equal(p.attr.name, "manager");
	assert_ok(filter_path_parse(ATTR_ENTERPRISE, arena, &p, &why));
	assert_string_equal(p.attr.urn, ATTR_ENTERPRISE);
	assert_string_equal(p.attr.name, "");
	assert_ok(filter_path_parse(
	    "URN:ietf:params:scim:schemas:core:2.0:group:members[value eq "
	    "\"1\"]",
	    arena, &p, &why));
	assert_null(p.attr.urn);
	assert_string_equal(p.attr.name, "members");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (filter_path_parse(bad[i], arena, &p, &why) != ERR_BAD_INPUT)
			fail_msg("taken: %s", bad[i]);
		assert_string_equal(why.field, "path");
	}
	arena_free(arena);
}
