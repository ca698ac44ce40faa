#include "tests/unit/handout_world.h"

#include "tests/unit/certs.h"

static struct secret pass = {.len = 10, .b = "a<b]]>&\"c "};

static struct handout
handout(const char *ssid)
{
	return (struct handout){.ssid = ssid,
	    .passphrase = &pass,
	    .network = "",
	    .brand = "",
	    .key = "",
	    .person = "",
	    .id = "0123456789abcdefghjkmnpqrs"};
}

TEST(every_kind_has_a_word_a_type_and_a_file)
{
	enum profile_kind k;

	for (int i = 0; i < 5; i++) {
		assert_true(
		    profile_parse(profile_word((enum profile_kind)i), &k));
		assert_int_equal(k, i);
		assert_non_null(strchr(profile_media_type(k), '/'));
		assert_non_null(strchr(profile_file_name(k), '.'));
	}
	assert_false(profile_parse("android", &k));
}

TEST(markup_is_text_in_xml)
{
	struct handout h = handout("<caf\xc3\xa9 & \"x\">");

	assert_profile(PROFILE_APPLE, &h,
	    "<string>&lt;caf\xc3\xa9 &amp; &quot;x&quot;&gt;</string>");
	assert_profile(PROFILE_APPLE, &h,
	    "<key>Password</key><string>a&lt;b]]&gt;&amp;&quot;c </string>");
	assert_profile(PROFILE_WINDOWS, &h,
	    "<hex>3C636166C3A920262022782"
	    "23E</hex>");
}

TEST(a_key_that_ends_takes_its_profile_along)
{
	struct handout h = handout("x");

	h.not_after = 1782302400;
	assert_profile(PROFILE_APPLE, &h, "<date>2026-06-24T12:00:00Z</date>");
}

TEST(the_same_key_keeps_its_names)
{
	struct handout h = handout("x");
	OWN(buf) struct buf a = BUF(10000);
	OWN(buf) struct buf b = BUF(10000);

	assert_ok(profile_write(PROFILE_NETWORKMANAGER, &h, &a));
	assert_ok(profile_write(PROFILE_NETWORKMANAGER, &h, &b));
	assert_string_equal(buf_str(&a), buf_str(&b));
	h.id = "1123456789abcdefghjkmnpqrs";
	buf_clear(&b);
	assert_ok(profile_write(PROFILE_NETWORKMANAGER, &h, &b));
	assert_string_not_equal(buf_str(&a), buf_str(&b));
}

TEST(a_raw_key_is_not_a_passphrase)
{
	OWN(secret) struct secret raw = SECRET_NONE;
	struct handout h = handout("x");

	assert_ok(secret_set(&raw,
	    "0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef",
	    64));
	h.passphrase = &raw;
	assert_profile(PROFILE_WPA_SUPPLICANT, &h, "psk=0123456789abcdef");
	assert_profile(PROFILE_WINDOWS, &h, "<keyType>networkKey</keyType>");
	h = handout("x");
	assert_profile(PROFILE_WPA_SUPPLICANT, &h, "\n\tpsk=");
	assert_ok(secret_set(&raw, "a#b\\c d ", 8));
	h.passphrase = &raw;
	assert_profile(PROFILE_WPA_SUPPLICANT, &h, "psk=\"a#b\\c d \"\n");
}

TEST(what_a_format_cannot_hold_is_refused)
{
	const char *bad[] = {"a\nb", "a\x7f\x01", "", "caf\xc3",
	    "a\xef\xbf\xbf", "123456789012345678901234567890123"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		for (int k = 0; k < 5; k++) {
			struct handout h = handout(bad[i]);
			OWN(buf) struct buf b = BUF(10000);

			assert_err(profile_write((enum profile_kind)k, &h, &b),
			    ERR_BAD_INPUT);
			assert_int_equal(b.len, 0);
		}
}

/* --- signed, or left as they are; the whole way is in
 * tests/portal/profile.test.mjs ----------------------------------------------
 */

static const char text[] = "<plist/>";

TEST(a_profile_is_signed_by_its_certificate)
{
	struct cert c = cert_new(NULL, NULL, 0, 3600);
	struct profile_signer s = {.cert = c.x, .key = c.key};
	OWN(buf) struct buf plain = BUF(100), out = BUF(1 << 16);

	buf_text(&plain, text);
	assert_ok(profile_sign(&s, &plain, &out));
	assert_int_equal((uint8_t)out.p[0], 0x30);
	assert_non_null(memmem(out.p, out.len, text, strlen(text)));
	cert_free(&c);
}

TEST(a_profile_stays_as_it_is_when_it_cannot_be_signed)
{
	struct cert c = cert_new(NULL, NULL, 0, 3600),
		    other = cert_new(NULL, NULL, 0, 3600);
	struct profile_signer s = {.cert = c.x, .key = other.key};
	OWN(buf) struct buf plain = BUF(100), out = BUF(1 << 16);

	buf_text(&plain, text);
	/* a key that is not the certificate's */
	assert_err(profile_sign(&s, &plain, &out), ERR_INTERNAL);
	assert_int_equal(out.len, 0);
	assert_string_equal(buf_str(&plain), text);
	/* more than there is room for */
	s.key = c.key;
	out.max = 100;
	assert_err(profile_sign(&s, &plain, &out), ERR_TOO_BIG);
	assert_string_equal(buf_str(&plain), text);
	cert_free(&c);
	cert_free(&other);
}
