#include "portal/web/head.h"

#include "core/conf/conf.h"
#include "portal/web/vhost.h"
#include "tests/unit/test.h"

static int
parse(struct arena *a, const char *text, struct head *h)
{
	size_t seen = 0, end;
	int status = head_scan(text, strlen(text), &seen, &end);

	if (status == 0)
		assert_int_equal(end, strlen(text));
	return status != 0 ? status : head_parse(a, text, end, h);
}

static void
expect(int status, const char *text)
{
	OWN(arena) struct arena *a = arena_new(HTTP_ARENA_MAX);
	struct head h;

	if (parse(a, text, &h) != status)
		fail_msg("%s: %d", text, parse(a, text, &h));
}

TEST(head_reads_what_browsers_send)
{
	OWN(arena) struct arena *a = arena_new(HTTP_ARENA_MAX);
	struct head h;

	assert_int_equal(parse(a,
			     "POST /a/%7Eb?x=1&y=|[] HTTP/1.1\r\n"
			     "Host: wifi.example\r\nContent-Length: 12\r\n"
			     "X-Empty:\r\nX-Tab:\t a\tb \t\r\nX-8: \xc3\xa9\r\n"
			     "Connection: Keep-Alive, Close\r\n\r\n",
			     &h),
	    0);
	assert_int_equal(h.method, HTTP_POST);
	assert_string_equal(h.path, "/a/%7Eb");
	assert_string_equal(h.query, "x=1&y=|[]");
	assert_string_equal(h.host, "wifi.example");
	assert_int_equal(h.body_len, 12);
	assert_int_equal(h.nheaders, 6);
	assert_string_equal(h.headers[2].value, "");
	assert_string_equal(h.headers[3].name, "x-tab");
	assert_string_equal(h.headers[3].value, "a\tb");
	assert_true(h.close);
}

TEST(head_scan_remembers_where_it_was)
{
	const char *text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
	size_t seen = 0, end = 0;

	for (size_t len = 0; len < strlen(text) - 4; len++) {
		assert_int_equal(head_scan(text, len, &seen, &end), 0);
		assert_int_equal(end, 0);
		assert_true(seen <= len);
	}
	assert_int_equal(head_scan(text, strlen(text), &seen, &end), 0);
	assert_int_equal(end, strlen(text) - 4);
}

#define H " HTTP/1.1\r\nHost: a\r\n"

TEST(head_refuses_lengths_that_two_could_read_differently)
{
	expect(0, "POST /" H "Content-Length: 0\r\n\r\n");
	expect(0, "GET /" H "Content-Length: 0\r\n\r\n");
	expect(400, "GET /" H "Content-Length: 1\r\n\r\n");
	expect(400, "POST /" H "Content-Length: 01\r\n\r\n");
	expect(400, "POST /" H "Content-Length: +1\r\n\r\n");
	expect(400, "POST /" H "Content-Length: 1, 1\r\n\r\n");
	expect(
	    400, "POST /" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\n");
	expect(400, "POST /" H "Content-Length: 9999999999999999999\r\n\r\n");
	expect(400, "POST /" H "Transfer-Encoding: chunked\r\n\r\n");
}

TEST(head_knows_addresses_by_one_name_only)
{
	expect(0, "GET /a%20b/" H "\r\n");
	expect(400, "GET //" H "\r\n");
	expect(400, "GET /a/../b" H "\r\n");
	expect(400, "GET /a/.." H "\r\n");
	expect(400, "GET /%2e%2e/b" H "\r\n");
	expect(400, "GET /a%2Fb" H "\r\n");
	expect(400, "GET /a%00" H "\r\n");
	expect(400, "GET /a%" H "\r\n");
	expect(400, "GET /?a%0" H "\r\n");
	expect(0, "GET /..." H "\r\n");
	expect(0, "GET https://a/x" H "\r\n");
	expect(400, "GET https://b/x" H "\r\n");
}

TEST(vhost_answers_to_its_own_names_only)
{
	static const char *const more[] = {"second.example"};
	struct conf c = {.portal.public_url = "https://wifi.example:8443/x",
	    .portal.port = 443,
	    .portal.hosts = {more, 1}};

	assert_true(vhost_ours(&c, "WIFI.example"));
	assert_true(vhost_ours(&c, "wifi.example:8443"));
	assert_true(vhost_ours(&c, "wifi.example:443"));
	assert_true(vhost_ours(&c, "second.example"));
	assert_false(vhost_ours(&c, "wifi.example:80"));
	assert_false(vhost_ours(&c, "wifi.example:"));
	assert_false(vhost_ours(&c, "wifi.example.evil"));
	assert_false(vhost_ours(&c, "evil@wifi.example"));
	assert_false(vhost_ours(&c, "localhost"));
	assert_false(vhost_ours(&c, ""));
}

TEST(vhost_without_any_name_is_the_machine_itself)
{
	struct conf c = {.portal.public_url = "", .portal.port = 443};

	assert_true(vhost_ours(&c, "localhost"));
	assert_true(vhost_ours(&c, "[::1]:443"));
	assert_false(vhost_ours(&c, "[::1"));
	assert_false(vhost_ours(&c, "wifi.example"));
}
