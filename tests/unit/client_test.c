/* W-18: where a request comes from, and who may say so. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "portal/web/app.h"
#include "portal/web/client.h"

static const char *const proxies[] = {
    "127.0.0.1", "10.0.0.0/8", "172.16.0.0/12", "2001:db8:1::/48", "nonsense"};

/* The address, as text, of a request from PEER whose header is FORWARDED. */
static const char *
from(const char *peer, const char *forwarded)
{
	static char out[INET6_ADDRSTRLEN];
	struct conf conf = {.portal.trusted_proxies = {
				proxies, sizeof(proxies) / sizeof(*proxies)}};
	struct app app = {.conf = &conf};
	struct http_header_line h = {"x-forwarded-for", forwarded};
	struct request rq = {.headers = &h, .nheaders = forwarded != NULL};
	struct page p = {.app = &app, .rq = &rq, .arena = arena_new(1 << 16)};

	if (inet_pton(AF_INET6, peer, &rq.peer) != 1) {
		rq.peer.s6_addr[10] = rq.peer.s6_addr[11] = 0xff;
		assert_int_equal(
		    inet_pton(AF_INET, peer, &rq.peer.s6_addr[12]), 1);
	}
	client_text(client_address(&p), out, sizeof(out));
	arena_free(p.arena);
	return out;
}

TEST(only_a_proxy_of_ours_says_who_asks)
{
	assert_string_equal(from("192.0.2.9", NULL), "192.0.2.9");
	assert_string_equal(from("192.0.2.9", "203.0.113.7"), "192.0.2.9");
	assert_string_equal(from("127.0.0.2", "203.0.113.7"), "127.0.0.2");
	assert_string_equal(from("2001:db8:2::1", "::1"), "2001:db8:2::1");
	assert_string_equal(from("127.0.0.1", NULL), "127.0.0.1");
	assert_string_equal(from("127.0.0.1", "203.0.113.7"), "203.0.113.7");
	assert_string_equal(from("10.9.8.7", "2001:DB8:2::1"), "2001:db8:2::1");
	assert_string_equal(
	    from("2001:db8:1:2::3", "203.0.113.7"), "203.0.113.7");
	/* a network ends where its bits do */
	assert_string_equal(from("172.31.0.1", "203.0.113.7"), "203.0.113.7");
	assert_string_equal(from("172.32.0.1", "203.0.113.7"), "172.32.0.1");
}

TEST(what_a_client_wrote_itself_is_not_believed)
{
	/* the last that is no proxy is the one a proxy saw */
	assert_string_equal(
	    from("127.0.0.1", "6.6.6.6, 203.0.113.7"), "203.0.113.7");
	assert_string_equal(
	    from("127.0.0.1", "6.6.6.6,203.0.113.7 ,\t10.1.2.3"),
	    "203.0.113.7");
	assert_string_equal(
	    from("127.0.0.1", "10.1.2.3, 203.0.113.7, 172.16.0.1"),
	    "203.0.113.7");
	/* inside, everybody is a proxy's address */
	assert_string_equal(from("127.0.0.1", "10.1.1.1"), "10.1.1.1");
}

TEST(a_header_that_is_no_list_of_addresses_ends_where_it_stops_being_one)
{
	static const char *const bad[] = {"", " ", ",", "unknown", "_hidden",
	    "203.0.113.7, ", "203.0.113.7:4711", "[2001:db8:2::1]",
	    "203.0.113.7;", "203.0.113", "0xcb007107"};
	char many[1024] = "203.0.113.7";

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (strcmp(from("127.0.0.1", bad[i]), "127.0.0.1") != 0)
			fail_msg("'%s' is believed", bad[i]);
	assert_string_equal(
	    from("127.0.0.1", "203.0.113.7, x, 10.0.0.1"), "10.0.0.1");
	for (int i = 0; i < 40; i++)
		strcat(many, ", 10.0.0.1");
	assert_string_equal(from("127.0.0.1", many), "10.0.0.1");
}
