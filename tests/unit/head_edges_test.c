/* The first lines of a request, each rule by itself: what is refused, with
 * which status, and what is one octet beside it and is not. */
#include "portal/web/head.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "tests/unit/test.h"

static int
parse(struct arena *a, const char *text, size_t len, struct head *h)
{
	size_t seen = 0, end = 0;
	int status = head_scan(text, len, &seen, &end);

	if (status != 0)
		return status;
	assert_int_equal(end, len);
	return head_parse(a, text, end, h);
}

static void
expect(int status, const char *text)
{
	OWN(arena) struct arena *a = arena_new(HTTP_ARENA_MAX);
	struct head h;
	int got = parse(a, text, strlen(text), &h);

	if (got != status)
		fail_msg("%s: %d, not %d", text, got, status);
}

#define H " HTTP/1.1\r\nHost: a\r\n"

TEST(head_line_is_method_address_version)
{
	static const struct {
		int status;
		const char *text;
	} all[] = {{405, "OPTIONS /" H "\r\n"}, {405, "TRACE /" H "\r\n"},
	    {405, "CONNECT /" H "\r\n"}, {501, "BREW /" H "\r\n"},
	    {501, "get /" H "\r\n"}, {501, "a1!#$%&'*+-.^_`|~Z /" H "\r\n"},
	    {400, "G(T /" H "\r\n"}, {400, " /" H "\r\n"},
	    {400, "G\x80T /" H "\r\n"}, {0, "HEAD /" H "\r\n"},
	    {0, "PUT /" H "\r\n"}, {0, "PATCH /" H "\r\n"},
	    {0, "DELETE /" H "\r\n"}, {400, "GET\r\nHost: a\r\n\r\n"},
	    {400, "GET /\r\nHost: a\r\n\r\n"},
	    {400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
	    {0, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
	    {505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
	    {505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
	    {505, "GET / HTTP/9.9\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/1\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
	    {400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/x.1\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/1,1\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/1.x\r\nHost: a\r\n\r\n"},
	    {400, "GET / HTTP/:.1\r\nHost: a\r\n\r\n"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		expect(all[i].status, all[i].text);
}

TEST(head_addresses_are_plain)
{
	static const char *const good[] = {"/", "/a/", "/...", "/.a", "/a.",
	    "/..a", "/a%20b", "/%c3%a9", "/~a", "/a;b=c", "/?", "/?a?b", "/?//",
	    "/?/../", "/?[]^`{|}", "/?%0a", "/?%2f", "http://a/", "HTTPS://A/x",
	    "http://a/?b"};
	static const char *const bad[] = {"a", "*", "?", "//", "/a//b", "/.",
	    "/./", "/a/.", "/..", "/a/../", "/a\\b", "/a<", "/a>", "/a\"",
	    "/a#b", "/a[", "/a]", "/a^", "/a`", "/a{", "/a|", "/a}", "/\x7f",
	    "/\x80", "/\xc3\xa9", "/a\tb", "/%", "/%2", "/%2x", "/%x2", "/%1f",
	    "/%7f", "/%2f", "/%2F", "/%5c", "/%2e", "/%00", "/?%00", "/?%",
	    "/?%g0", "/?%0g", "/?a#b", "/?a\"", "/?<", "/?\\", "/?\x80",
	    "http://a", "http://a?b", "http:///", "http://b/", "http://a:80/",
	    "http://x@a/", "ftp://a/", "http:/a/", "https//a/"};
	char text[200];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		(void)snprintf(text, sizeof(text), "GET %s" H "\r\n", good[i]);
		expect(0, text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		(void)snprintf(text, sizeof(text), "GET %s" H "\r\n", bad[i]);
		expect(400, text);
	}
}

TEST(head_fields_are_names_and_values)
{
	static const struct {
		int status;
		const char *fields;
	} all[] = {{0, "A: b"}, {0, "A:b"}, {0, "A: "}, {0, "A:\tb\t"},
	    {0, "A: b\x80"}, {0, "!#$%&'*+-.^_`|~9z: b"}, {400, "A"},
	    {400, ": b"}, {400, "A : b"}, {400, " A: b"}, {400, "A: b\r\n c"},
	    {400, "A\t: b"}, {400, "\xc3\xa4: b"}, {400, "A(: b"},
	    {400, "A: b\x01"}, {400, "A: \x7f"}, {400, "A: b\x0b"},
	    {400, "Host: a"}, {400, "Host: b"}, {417, "Expect: 200-ok"},
	    {417, "Expect:"}, {0, "Expect: 100-Continue"},
	    {400, "Transfer-Encoding: identity"}, {400, "TRANSFER-ENCODING:"},
	    {0, "Content-Length: 0"}, {400, "Content-Length:"},
	    {400, "Content-Length: 00"}, {400, "Content-Length: -1"},
	    {400, "Content-Length: 0x1"}, {400, "Content-Length: 1 1"},
	    {400, "Content-Length: 1234567890123456789"},
	    {400, "Content-Length: 5"}};
	char text[200];

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		(void)snprintf(
		    text, sizeof(text), "GET /" H "%s\r\n\r\n", all[i].fields);
		expect(all[i].status, text);
	}
	expect(400, "GET / HTTP/1.1\r\n\r\n");
	expect(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n");
	expect(0, "PUT /" H "Content-Length: 123456789012345678\r\n\r\n");
	expect(0, "PATCH /" H "Content-Length: 1\r\n\r\n");
	expect(400, "DELETE /" H "Content-Length: 1\r\n\r\n");
}

TEST(head_says_whether_the_connection_goes_on)
{
	static const struct {
		const char *fields;
		bool close;
	} all[] = {{"Connection: close\r\n", true},
	    {"Connection: a,\tCLOSE , b\r\n", true},
	    {"Connection: closed\r\n", false}, {"Connection: clos\r\n", false},
	    {"Connection: \r\n", false}, {"Connection: ,, ,\r\n", false},
	    {"Connection: keep-alive\r\nConnection: close\r\n", true},
	    {"", false}};
	char text[200];
	struct head h;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		OWN(arena) struct arena *a = arena_new(HTTP_ARENA_MAX);

		(void)snprintf(
		    text, sizeof(text), "GET /" H "%s\r\n", all[i].fields);
		assert_int_equal(parse(a, text, strlen(text), &h), 0);
		if (h.close != all[i].close)
			fail_msg("%s", all[i].fields);
	}
	expect(
	    0, "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
}

TEST(head_scan_refuses_lines_that_end_otherwise)
{
	static const char *const bad[] = {"\r\n", "\n", "G\n", "G\r\r\n",
	    "GET /\rX", "GET / HTTP/1.1\nHost: a\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n"};
	size_t seen, end;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		seen = 0;
		assert_int_equal(
		    head_scan(bad[i], strlen(bad[i]), &seen, &end), 400);
	}
	seen = 0;
	assert_int_equal(head_scan("GET /\0 HTTP", 11, &seen, &end), 400);
	/* a CR that comes last is looked at again, and may turn out wrong */
	seen = 0;
	assert_int_equal(head_scan("GET / HTTP/1.1\r", 15, &seen, &end), 0);
	assert_int_equal(seen, 14);
	assert_int_equal(head_scan("GET / HTTP/1.1\rX", 16, &seen, &end), 400);
	seen = 0;
	assert_int_equal(head_scan("", 0, &seen, &end), 0);
	assert_int_equal(end, 0);
}

/* One before, at, and one after each bound. */
TEST(head_is_as_long_as_it_may_be)
{
	for (int more = -1; more <= 1; more++) {
		OWN(buf) struct buf b = BUF(2 * HTTP_HEAD_MAX);
		OWN(arena) struct arena *a = arena_new(HTTP_ARENA_MAX);
		size_t seen = 0, end, n;
		struct head h;

		buf_text(&b, "GET /" H "X: ");
		n = (size_t)(HTTP_HEAD_MAX + more) - b.len - 4;
		for (size_t i = 0; i < n; i++)
			buf_char(&b, 'x');
		/* without an end it is too long before it has one */
		assert_int_equal(
		    head_scan(buf_str(&b),
			HTTP_HEAD_MAX - 1 < b.len ? HTTP_HEAD_MAX - 1 : b.len,
			&seen, &end),
		    0);
		buf_text(&b, "\r\n\r\n");
		assert_int_equal(
		    parse(a, buf_str(&b), b.len, &h), more > 0 ? 431 : 0);
		buf_clear(&b);
		buf_text(&b, "GET /");
		for (int i = 1; i < HEAD_ADDRESS_MAX + more; i++)
			buf_char(&b, 'x');
		buf_text(&b, H "\r\n");
		assert_int_equal(
		    parse(a, buf_str(&b), b.len, &h), more > 0 ? 414 : 0);
		buf_clear(&b);
		buf_text(&b, "GET /" H);
		for (int i = 1; i < HTTP_HEADERS_MAX + more; i++)
			buf_text(&b, "X: y\r\n");
		buf_text(&b, "\r\n");
		assert_int_equal(
		    parse(a, buf_str(&b), b.len, &h), more > 0 ? 431 : 0);
	}
}

TEST(head_is_not_read_by_halves_while_memory_is_scarce)
{
	static const char text[] = "GET https://other/x" H "\r\n";
	static const char same[] = "GET https://a/x" H "\r\n";

	for (size_t room = 0;; room += 16) {
		OWN(arena) struct arena *a = arena_new(room);
		struct head h;
		int status = head_parse(a, text, sizeof(text) - 1, &h);

		if (status == 400)
			break;
		assert_int_equal(status, 503);
		assert_true(room < HTTP_ARENA_MAX);
	}
	expect(0, same);
}
