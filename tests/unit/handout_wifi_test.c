#include "tests/unit/test.h"

#include "core/handout/qr.h"
#include "core/handout/wifi.h"

static struct handout
handout(const char *ssid, const char *passphrase, struct secret *s)
{
	assert_ok(secret_set(s, passphrase, strlen(passphrase)));
	return (struct handout){.ssid = ssid, .passphrase = s};
}

static void
says(const char *ssid, const char *passphrase, bool hidden, const char *want)
{
	OWN(secret) struct secret s = SECRET_NONE;
	OWN(buf) struct buf b = BUF(1000);
	struct handout h = handout(ssid, passphrase, &s);

	h.hidden = hidden;
	assert_ok(wifi_string(&h, &b));
	assert_string_equal(buf_str(&b), want);
}

TEST(a_plain_network_is_said_plainly)
{
	says("Residence", "k7mq-4xwp-9ctz-h2vn", false,
	    "WIFI:T:WPA;S:Residence;P:k7mq-4xwp-9ctz-h2vn;;");
	says("Residence", "k7mq-4xwp-9ctz-h2vn", true,
	    "WIFI:T:WPA;S:Residence;P:k7mq-4xwp-9ctz-h2vn;H:true;;");
}

TEST(what_would_be_syntax_is_escaped)
{
	says("a\\b;c,d:e\"f", "p;\\\":,pass", false,
	    "WIFI:T:WPA;S:a\\\\b\\;c\\,d\\:e\\\"f;P:p\\;\\\\\\\"\\:\\,pass;;");
	says(" caf\xc3\xa9 \xf0\x9f\x93\xb6", "' $%`!{}[]", false,
	    "WIFI:T:WPA;S: caf\xc3\xa9 \xf0\x9f\x93\xb6;P:' $%`!{}[];;");
}

TEST(what_is_no_network_or_no_passphrase_is_refused)
{
	static const char long64[] =
	    "g123456789012345678901234567890123456789012345678901234567890123";
	static const char *const bad[][2] = {{"", "12345678"},
	    {"123456789012345678901234567890123", "12345678"},
	    {"caf\xc3", "12345678"}, {"x", "1234567"}, {"x", "pass\tword"},
	    {"x", "caf\xc3\xa9-caf\xc3\xa9"}, {"x", long64}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		OWN(secret) struct secret s = SECRET_NONE;
		OWN(buf) struct buf b = BUF(1000);
		struct handout h = handout(bad[i][0], bad[i][1], &s);

		assert_err(wifi_string(&h, &b), ERR_BAD_INPUT);
		assert_string_equal(buf_str(&b), "");
	}
}

TEST(the_longest_of_both_fits)
{
	OWN(secret) struct secret s = SECRET_NONE;
	OWN(buf) struct buf b = BUF(1000);
	struct handout h = handout("12345678901234567890123456789012",
	    "123456789012345678901234567890123456789012345678901234567890123",
	    &s);
	static struct qr q;

	assert_ok(wifi_string(&h, &b));
	assert_ok(qr_make(buf_str(&b), &q));
	assert_true(q.n > 21 && q.n <= QR_MODULES_MAX);
}

static void
grouped(const char *passphrase, const char *want)
{
	OWN(buf) struct buf b = BUF(200);

	wifi_grouped(passphrase, &b);
	assert_string_equal(buf_str(&b), want);
}

TEST(a_passphrase_is_read_in_groups)
{
	grouped("abcdefghij", "abcd efgh ij");
	grouped("abcdefgh", "abcd efgh");
	grouped("k7mq-4xwp-9ctz-h2vn", "k7mq-4xwp-9ctz-h2vn");
	grouped("two words here", "two words here");
	grouped("", "");
}

TEST(a_code_has_three_finders_and_a_quiet_zone)
{
	static struct qr q;
	OWN(buf) struct buf svg = BUF(100000);

	assert_ok(qr_make("WIFI:T:WPA;S:x;P:12345678;;", &q));
	assert_int_equal(qr_run(&q, 0, 0), 7);
	assert_int_equal(qr_run(&q, q.n - 7, 0), 7);
	assert_int_equal(qr_run(&q, 0, q.n - 1), 7);
	assert_ok(qr_svg(&q, "A \"code\" <for> & you\n", &svg));
	assert_non_null(strstr(buf_str(&svg),
	    "aria-label=\"A &quot;code&quot; &lt;for&gt; &amp; you \""));
	assert_non_null(strstr(buf_str(&svg), "M4 4h7v1h-7z"));
}

TEST(a_code_that_cannot_be_is_refused)
{
	static char big[3000];
	static struct qr q;
	OWN(buf) struct buf b = BUF(10000);

	memset(big, 'x', sizeof(big) - 1);
	assert_err(qr_make(big, &q), ERR_TOO_BIG);
	assert_err(qr_make("", &q), ERR_BAD_INPUT);
	assert_err(qr_svg(&q, "", &b), ERR_BAD_INPUT);
	assert_err(qr_png(&q, 4, &b), ERR_BAD_INPUT);
}

TEST(a_picture_takes_one_to_forty_pixels_a_module)
{
	static struct qr q;
	OWN(buf) struct buf b = BUF(1 << 20);

	assert_ok(qr_make("WIFI:T:WPA;S:x;P:12345678;;", &q));
	assert_err(qr_png(&q, 0, &b), ERR_BAD_INPUT);
	assert_err(qr_png(&q, 41, &b), ERR_BAD_INPUT);
	assert_ok(qr_png(&q, 40, &b));
	assert_memory_equal(b.p, "\x89PNG\r\n\x1a\n", 8);
	b.max = 100;
	buf_clear(&b);
	assert_err(qr_png(&q, 40, &b), ERR_TOO_BIG);
}
