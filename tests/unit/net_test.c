#include "core/base/own.h"
#include "core/net/addr.h"
#include "core/net/url.h"
#include "tests/unit/test.h"

TEST(addresses_are_what_they_reach)
{
	static const struct {
		const char *ip;
		enum addr_kind kind;
	} t[] = {
	    {"8.8.8.8", ADDR_PUBLIC},
	    {"127.0.0.1", ADDR_LOOPBACK},
	    {"127.255.255.255", ADDR_LOOPBACK},
	    {"128.0.0.1", ADDR_PUBLIC},
	    {"10.1.2.3", ADDR_PRIVATE},
	    {"172.15.255.255", ADDR_PUBLIC},
	    {"172.16.0.1", ADDR_PRIVATE},
	    {"172.31.255.255", ADDR_PRIVATE},
	    {"172.32.0.0", ADDR_PUBLIC},
	    {"192.168.0.1", ADDR_PRIVATE},
	    {"100.64.0.1", ADDR_PRIVATE},
	    {"100.128.0.1", ADDR_PUBLIC},
	    {"169.254.169.254", ADDR_NEVER},
	    {"0.0.0.0", ADDR_NEVER},
	    {"224.0.0.1", ADDR_NEVER},
	    {"255.255.255.255", ADDR_NEVER},
	    {"::1", ADDR_LOOPBACK},
	    {"::", ADDR_NEVER},
	    {"::ffff:127.0.0.1", ADDR_LOOPBACK},
	    {"::ffff:10.0.0.1", ADDR_PRIVATE},
	    {"::ffff:8.8.8.8", ADDR_PUBLIC},
	    {"64:ff9b::7f00:1", ADDR_LOOPBACK},
	    {"64:ff9b::808:808", ADDR_PUBLIC},
	    {"2002:7f00:1::", ADDR_LOOPBACK},
	    {"2002:808:808::1", ADDR_PUBLIC},
	    {"fe80::1", ADDR_NEVER},
	    {"febf::1", ADDR_NEVER},
	    {"fd00::1", ADDR_PRIVATE},
	    {"ff02::1", ADDR_NEVER},
	    {"2001:db8::1", ADDR_NEVER},
	    {"2606:4700::1111", ADDR_PUBLIC},
	    {"not an address", ADDR_NEVER},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (addr_kind_text(t[i].ip) != t[i].kind)
			fail_msg("%s is %d", t[i].ip, addr_kind_text(t[i].ip));
}

TEST(url_takes_the_usual_forms)
{
	struct url u;

	assert_true(url_parse("https://Login.Example.ORG/a?b=c", &u));
	assert_string_equal(u.host, "login.example.org");
	assert_int_equal(u.port, 443);
	assert_string_equal(u.rest, "/a?b=c");
	assert_true(url_parse("http://127.0.0.1:8080", &u));
	assert_false(u.tls);
	assert_int_equal(u.port, 8080);
	assert_true(url_parse("https://[::1]:1/", &u));
	assert_string_equal(u.host, "::1");
}

TEST(url_refuses_what_parsers_disagree_on)
{
	static const char *const bad[] = {"", "https://", "ftp://a/", "//a/",
	    "HTTPS://a/", "https:///a", "https://a@b/", "https://a:b@c/",
	    "https://a b/", "https://a\tb/", "https://a\\b/", "https://a#f",
	    "https://a:0/", "https://a:65536/", "https://a:/", "https://a:1x/",
	    "https://.a/", "https://a..b/", "https://127.1/",
	    "https://2130706433/", "https://0177.0.0.1/", "https://[::1/",
	    "https://[x]/", "https://a\xc3\xa9/", "https://a%2f/", "file:///x",
	    "https://[::1]x/", "https://a\"/", "https://a?<"};
	struct url u;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (url_parse(bad[i], &u))
			fail_msg("accepted %s", bad[i]);
}

TEST(url_fields_are_escaped)
{
	OWN(buf) struct buf b = BUF(200);

	url_field(&b, "a", "x y&z=\xc3\xa9");
	url_field(&b, "b", "1");
	assert_string_equal(buf_str(&b), "a=x%20y%26z%3D%C3%A9&b=1");
}

static bool
decodes(const char *t, const char *want)
{
	char out[16];

	return url_decode(t, strlen(t), out, sizeof(out)) &&
	       strcmp(out, want) == 0;
}

TEST(url_decodes_strictly)
{
	char small[4];

	assert_true(decodes("a+b%20c", "a b c"));
	assert_true(decodes("%C3%a9", "\xc3\xa9"));
	assert_true(decodes("", ""));
	assert_false(decodes("%", ""));
	assert_false(decodes("%4", ""));
	assert_false(decodes("%zz", ""));
	assert_false(decodes("%00", ""));
	assert_false(decodes("%ff", ""));
	assert_true(url_decode("abc", 3, small, sizeof(small)));
	assert_false(url_decode("abcd", 4, small, sizeof(small)));
}
