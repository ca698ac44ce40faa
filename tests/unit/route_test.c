#include <stdio.h>

#include "portal/web/route.h"
#include "tests/unit/test.h"

#define ID "0123456789abcdefghjkmnpqrs"

static const char *
found(enum http_method m, const char *path)
{
	const struct route *r = route_find(m, path, NULL, NULL, NULL);

	return r == NULL ? NULL : r->name;
}

TEST(route_finds_by_method_and_path)
{
	OWN(arena) struct arena *a = arena_new(1 << 16);
	const char *args[HTTP_ARGS_MAX] = {0};
	int allowed;

	assert_string_equal(found(HTTP_GET, "/"), "home_page");
	assert_string_equal(found(HTTP_HEAD, "/"), "home_page");
	assert_string_equal(found(HTTP_GET, "/key/" ID), "key_page");
	assert_string_equal(found(HTTP_GET, "/key/new"), "order_thing_page");
	assert_string_equal(
	    found(HTTP_POST, "/key/" ID "/revoke"), "key_revoke");
	assert_non_null(
	    route_find(HTTP_GET, "/key/" ID "/profile/apple", a, args, NULL));
	assert_string_equal(args[0], ID);
	assert_string_equal(args[1], "apple");
	assert_null(route_find(HTTP_DELETE, "/key", NULL, NULL, &allowed));
	assert_int_equal(allowed, HTTP_POST);
	assert_null(route_find(HTTP_GET, "/nothing", NULL, NULL, &allowed));
	assert_int_equal(allowed, 0);
}

/* W-08 */
TEST(route_takes_no_path_that_is_not_written_out)
{
	static const char *const bad[] = {"//", "/.", "/..", "/../", "/%2e%2e",
	    "/key/..", "/key/%2e%2e", "/key//", "/key/" ID "/", "/key/" ID ";x",
	    "/key/" ID "%00", "/key/" ID "\\", "/Key/" ID, "/key/" ID "x",
	    "/key/" ID "/profile/", "/key/" ID "/profile/a/b",
	    "/key/" ID "/profile/../qr.png", "/key/ilou56789abcdefghjkmnpqrs",
	    "/signin/%2e", "/signin/a.b", "/signin/\xc0\xae", "/setup/a%20b",
	    "/setup/", "/static/../etc/passwd", "", "x"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (found(HTTP_GET, bad[i]) != NULL)
			fail_msg("'%s' is %s", bad[i], found(HTTP_GET, bad[i]));
}

/* O-25 */
TEST(route_returns_only_to_pages_of_ours)
{
	static const char *const evil[] = {"https://evil.example/",
	    "//evil.example", "/\\evil.example", "/%09/evil.example",
	    "///evil.example", "/key/../..//evil.example", "/..;/", "/;@evil",
	    "javascript:alert(1)", "\thttps://evil.example", "/ /evil.example",
	    "/@evil.example", "/signin", "/signin/x", "/signout",
	    "/signin/x/callback", "/healthz", "/scim/v2/Users",
	    "/signin/x/backchannel", "/key", "/key/x?y", "/?x=/", "\\\\evil",
	    "http:evil", "/\r\nlocation: x", "/%2f%2fevil", "", NULL};

	for (size_t i = 0; i < sizeof(evil) / sizeof(*evil); i++)
		if (strcmp(route_return(evil[i]), "/") != 0)
			fail_msg("returns to %s", evil[i]);
	assert_string_equal(route_return("/"), "/");
	assert_string_equal(route_return("/key/" ID), "/key/" ID);
	assert_string_equal(route_return("/terms"), "/terms");
	/* one that waits for others is a page, too */
	assert_string_equal(route_return("/admin/system"), "/admin/system");
	assert_string_equal(route_return("/api/v1/keys"), "/");
}

/* W-12: a new POST without guards does not pass here. */
TEST(every_post_is_guarded_by_a_token_or_is_of_a_machine)
{
	static const char *const machines[] = {"leave_backchannel"};

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];
		bool machine = false;

		/* no cookie opens these: see api_test.c */
		if (r->who == TOKEN) {
			assert_int_equal(
			    r->guards & 0xffff & ~(SLOW | UPLOAD), 0);
			assert_int_not_equal(r->guards >> 16, 0);
			continue;
		}
		if (r->method == HTTP_GET) {
			assert_int_equal(r->guards & (CSRF | MACHINE), 0);
			continue;
		}
		for (size_t m = 0; m < sizeof(machines) / sizeof(*machines);
		     m++)
			machine |= strcmp(machines[m], r->name) == 0;
		if (((r->guards & MACHINE) != 0) != machine)
			fail_msg("%s is not on the list of machines", r->name);
		if ((r->guards & OURS) != 0) {
			assert_int_equal(r->who, ANYONE);
			assert_true(r->guards & THROTTLE);
			continue;
		}
		if (!machine && (r->guards & CSRF) == 0)
			fail_msg("%s has no CSRF guard", r->name);
		if (machine && (r->guards & (CSRF | THROTTLE)) != THROTTLE)
			fail_msg("%s is not throttled", r->name);
	}
}

/* What anybody may see without signing in is a short list, written here. */
TEST(routes_for_anyone_are_these)
{
	static const char *const open[] = {"health_live", "health_ready",
	    "enter_page", "enter_begin", "enter_finish", "leave_backchannel",
	    "leave_page", "api_describe", "guest_home", "guest_code_page",
	    "guest_code", "guest_mail_page", "guest_mail", "guest_digits",
	    "guest_sponsor_page", "guest_sponsor", "guest_take", "captive_api",
	    "captive_page", "captive_code", "captive_go_page", "captive_go",
	    "kiosk_page", "kiosk_take", "logo_picture", "logo_colour",
	    "guest_phone_page", "guest_phone", "link_page", "link_send",
	    "link_open_page", "link_open", "terms_text"};

	for (size_t i = 0; i < routes_count; i++) {
		bool listed = false;

		for (size_t k = 0; k < sizeof(open) / sizeof(*open); k++)
			listed |= strcmp(open[k], routes[i].name) == 0;
		if ((routes[i].who == ANYONE) != listed)
			fail_msg("%s: who may see it?", routes[i].name);
	}
}

/* O-41: whatever hands out a password or makes a new one wants a fresh proof.
 * key_page and home_page ask page_is_fresh() themselves and stay useful
 * without. */
TEST(passwords_leave_only_after_a_fresh_proof)
{
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];

		if (strncmp(r->name, "take_", 5) == 0 ||
		    strncmp(r->name, "key_rotate", 10) == 0)
			if ((r->guards & FRESH) == 0)
				fail_msg("%s is not FRESH", r->name);
	}
}

TEST(routes_are_written_well)
{
	for (size_t i = 0; i < routes_count; i++) {
		assert_int_equal(routes[i].pattern[0], '/');
		assert_true(routes[i].method == HTTP_GET ||
			    routes[i].method == HTTP_POST ||
			    routes[i].who == TOKEN);
		for (size_t k = 0; k < i; k++)
			if (routes[i].method == routes[k].method &&
			    strcmp(routes[i].pattern, routes[k].pattern) == 0)
				fail_msg("%s twice", routes[i].pattern);
	}
}
