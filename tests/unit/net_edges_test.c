/* Addresses, URLs and letters at their bounds, and what a fetch says of what
 * could not be reached. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/un.h>

#include "core/base/buf.h"
#include "core/net/addr.h"
#include "core/net/fetch.h"
#include "core/net/mail.h"
#include "core/net/syslog.h"
#include "core/net/url.h"
#include "tests/unit/test.h"

TEST(addresses_that_are_none_of_ip_reach_nothing)
{
	const struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};

	assert_int_equal(addr_kind((const void *)&un), ADDR_NEVER);
	six.sin6_addr = in6addr_loopback;
	assert_int_equal(addr_kind((const void *)&six), ADDR_LOOPBACK);
}

TEST(mail_addresses_are_as_long_as_they_may_be)
{
	static const char *const bad[] = {"a.@b.c", "a@.b", "a@b.", "a@b..c",
	    "a@b c", "a@b_c", "a@@b", "a@b@c", "a b@c", "\"a\"@b", "a@b\n"};
	char text[400];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (mail_address_ok(bad[i]))
			fail_msg("%s was taken", bad[i]);
	for (int more = -1; more <= 1; more++) {
		(void)snprintf(text, sizeof(text), "%0*d@b.c", 64 + more, 0);
		assert_true(mail_address_ok(text) == (more <= 0));
		(void)snprintf(text, sizeof(text), "a@%0*d",
		    MAIL_ADDRESS_MAX - 2 + more, 0);
		assert_true(mail_address_ok(text) == (more <= 0));
	}
}

TEST(mail_headers_take_no_controls)
{
	static const char *const bad[] = {
	    "a\r\nBcc: b", "a\nb", "a\tb", "\x7f", "\x01", "\xc3", "a\xff"};
	OWN(buf) struct buf b = BUF(4096);

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_err(mail_header("Subject", bad[i], &b), ERR_BAD_INPUT);
	assert_int_equal(b.len, 0);
	/* what looks like an encoded word is one of ours */
	assert_ok(mail_header("Subject", "=?x?q?y?=", &b));
	assert_string_equal(buf_str(&b), "Subject: =?UTF-8?B?PT94P3E/eT89?=");
}

TEST(mail_is_not_sent_from_a_name_that_would_end_it)
{
	static const char *const bad[] = {
	    "Wi-Fi\" <x@y.z>", "a\\b", "<a", "a>", "a\xff"};
	struct mail_server s = {.url = "smtp://127.0.0.1:9",
	    .user = "",
	    .ca_file = "",
	    .from = "wifi@example.org"};
	const struct mail m = {.to = "anna@example.org",
	    .subject = "Hello",
	    .text = "t",
	    .id = "1",
	    .language = ""};
	char why[MAIL_WHY];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		s.from_name = bad[i];
		assert_err(mail_send(&s, &m, why), ERR_BAD_INPUT);
	}
	s.from_name = "Wi-Fi";
	for (int i = 0; i < 3; i++) { /* by each name of this machine */
		s.url = i == 0   ? "smtp://localhost:9"
			: i == 1 ? "smtp://[::1]:9"
				 : "smtp://127.0.0.1:9";
		assert_err(mail_send(&s, &m, why), ERR_IO);
		assert_true(why[0] != '\0');
	}
	s.from = "nobody";
	assert_err(mail_send(&s, &m, why), ERR_BAD_INPUT);
}

TEST(urls_are_as_long_as_they_may_be)
{
	static const char *const bad[] = {"http://", "http://-a/", "http://.a/",
	    "http://a..b/", "http://a_b/", "http://1.2.3/", "http://1/",
	    "http://[::1/", "http://[1.2.3.4]/", "http://[]/", "http://a:/",
	    "http://a:123456/", "http://a:0/", "http://a:1x/", "http://a;b/",
	    "http://a#b", "http://a\\b", "http://a|b", "http://a/\x7f",
	    "http://a/\x80", "http://a/ b", "http://[::1]x/"};
	char text[URL_MAX + 3];
	struct url u;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (url_parse(bad[i], &u))
			fail_msg("%s was taken", bad[i]);
		assert_string_equal(u.rest, "");
	}
	for (int more = -1; more <= 1; more++) {
		(void)snprintf(
		    text, sizeof(text), "http://a/%0*d", URL_MAX - 9 + more, 0);
		assert_true(url_parse(text, &u) == (more <= 0));
		(void)snprintf(text, sizeof(text), "http://b%0*d/",
		    URL_HOST_MAX - 1 + more, 0);
		assert_true(url_parse(text, &u) == (more <= 0));
	}
	assert_true(url_parse("http://a?b", &u));
	assert_string_equal(u.rest, "?b");
}

TEST(url_decoding_fits_or_fails)
{
	static const char *const bad[] = {
	    "%", "%2", "%2x", "%x2", "%00", "%ff"};
	char out[4];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (url_decode(bad[i], strlen(bad[i]), out, sizeof(out)))
			fail_msg("%s was taken", bad[i]);
	assert_true(url_decode("a+%62", 5, out, sizeof(out)));
	assert_string_equal(out, "a b");
	assert_false(url_decode("abcd", 4, out, sizeof(out)));
	assert_false(url_decode("", 0, out, 0));
}

/* RFC 9110 5.1, 5.5 */
TEST(fetch_headers_are_found_by_their_whole_name)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	char v[6];

	r.head = BUF(1000);
	buf_text(&r.head, "HTTP/1.1 200 OK\r\nX-A-B: 1\r\nX-A:\t two \r\n"
			  "Long: 123456\r\nEmpty:\r\n\r\n");
	assert_true(fetch_header(&r, "x-a", v, sizeof(v)));
	assert_memory_equal(v, "two", 3);
	assert_true(fetch_header(&r, "X-A-B", v, sizeof(v)));
	assert_string_equal(v, "1");
	assert_true(fetch_header(&r, "empty", v, sizeof(v)));
	assert_string_equal(v, "");
	assert_false(fetch_header(&r, "long", v, sizeof(v)));
	assert_false(fetch_header(&r, "X", v, sizeof(v)));
}

TEST(fetch_says_what_was_in_its_way)
{
	static const struct {
		const char *url, *trouble;
		enum err want;
		struct fetch_policy p;
	} all[] = {{"no address", "url", ERR_BAD_INPUT, {.loopback = true}},
	    {"http://192.0.2.1/", "url", ERR_BAD_INPUT, {0}},
	    {"https://127.0.0.1:9/", "address", ERR_FORBIDDEN, {0}},
	    {"https://10.0.0.1:9/", "address", ERR_FORBIDDEN,
		{.loopback = true}},
	    {"https://169.254.169.254/", "address", ERR_FORBIDDEN,
		{.loopback = true, .private = true}},
	    {"http://127.0.0.1:9/", "connect", ERR_IO, {.loopback = true}},
	    {"https://127.0.0.1:9/", "connect", ERR_IO,
		{.loopback = true, .ca_file = "/nowhere/at/all"}}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		OWN(fetch_reply) struct fetch_reply r = {0};
		enum err e = fetch(
		    &(struct fetch_call){.url = all[i].url}, &all[i].p, &r);

		if (e != all[i].want || strcmp(r.trouble, all[i].trouble) != 0)
			fail_msg("%s: %s: %s", all[i].url, err_name(e),
			    r.trouble ? r.trouble : "");
		assert_int_equal(r.status, 0);
	}
}

TEST(syslog_lines_end_where_they_must)
{
	static char longest[SYSLOG_LINE_MAX + 1];
	OWN(buf) struct buf b = BUF(2 * SYSLOG_LINE_MAX);
	struct syslog_message m = {.host = "a~b\x7f",
	    .app = "c",
	    .id = "d",
	    .sd = "x",
	    .text = longest};
	struct syslog_line *l;
	char why[SYSLOG_WHY];
	const struct syslog_to to = {.url = "udp://a:1",
	    .ca_file = "",
	    .certificate = "",
	    .private_key = ""};

	memset(longest, 'x', sizeof(longest) - 1);
	assert_err(syslog_frame(&m, &b), ERR_TOO_BIG);
	assert_int_equal(b.len, 0);
	m.text = "";
	assert_ok(syslog_frame(&m, &b));
	assert_non_null(strstr(buf_str(&b), " a~b_ c - d [x] "));
	assert_err(syslog_open(&to, &l, why), ERR_BAD_INPUT);
	assert_null(l);
	assert_non_null(strstr(why, "syslog.url"));
}
