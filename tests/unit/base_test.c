#include "tests/unit/test.h"

#include "core/base/alike.h"
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mac.h"
#include "core/base/rnd.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/base/uid.h"

TEST(every_failure_has_words_and_a_status)
{
	for (int e = 1; e < ERR_COUNT; e++) {
		assert_true(err_http((enum err)e) >= 400);
		assert_true(err_http((enum err)e) < 600);
		assert_true(strlen(err_words((enum err)e)) > 10);
	}
}

TEST(a_reader_latches_past_the_end)
{
	struct reader r = reader_of("\x01\x02\x03", 3);

	assert_int_equal(reader_be16(&r), 0x0102);
	assert_int_equal(reader_be16(&r), 0);
	assert_false(reader_ok(&r));
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(reader_left(&r), 0);
}

TEST(a_buffer_refuses_to_grow_past_its_limit)
{
	OWN(buf) struct buf b = BUF(9);

	buf_text(&b, "123456789");
	assert_ok(b.err);
	buf_text(&b, "0");
	assert_err(b.err, ERR_TOO_BIG);
	assert_string_equal(buf_str(&b), "123456789");
}

TEST(an_arena_refuses_past_its_limit_and_aligns)
{
	OWN(arena) struct arena *a = arena_new(100000);
	unsigned char *p = arena_get(a, 3), *q = arena_get(a, 20000);

	assert_non_null(p);
	assert_non_null(q);
	assert_int_equal((uintptr_t)p % 16, 0);
	assert_int_equal((uintptr_t)q % 16, 0);
	assert_int_equal(q[19999], 0);
	assert_null(arena_get(a, 90000));
	assert_null(arena_array(a, SIZE_MAX, 2));
	assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
	arena_reset(a);
	assert_non_null(arena_get(a, 90000));
}

TEST(utf8_is_checked_strictly)
{
	assert_true(text_utf8_ok("gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\x91", 11));
	assert_false(text_utf8_ok("\xc0\xaf", 2));
	assert_false(text_utf8_ok("\xed\xa0\x80", 3));
	assert_false(text_utf8_ok("\xf4\x90\x80\x80", 4));
	assert_false(text_utf8_ok("\xe2\x82", 2));
	assert_false(text_utf8_ok("a\0b", 3));
}

/* W-27 */
TEST(a_name_is_trimmed_and_holds_nothing_invisible)
{
	char good[] = "  Zo\xc3\xab  ", bidi[] = "a\xe2\x80\xae"
						 "b";
	char line[] = "a\nb", empty[] = "   ",
	     zero[] = "a\xe2\x80\x8b"
		      "b";

	assert_true(text_name(good, 20));
	assert_string_equal(good, "Zo\xc3\xab");
	assert_false(text_name(bidi, 20));
	assert_false(text_name(line, 20));
	assert_false(text_name(empty, 20));
	assert_false(text_name(zero, 20));
}

static bool
alike(const char *a, const char *b)
{
	char one[64], two[64];

	alike_skeleton(a, one, sizeof(one));
	alike_skeleton(b, two, sizeof(two));
	return strcmp(one, two) == 0;
}

/* W-27 */
TEST(names_that_look_the_same_are_known)
{
	static const char *const same[][2] = {
	    {"Zo\xc3\xab", "Zoe\xcc\x88"}, /* composed or not */
	    {"Anna", "\xd0\x90nna"},       /* a Cyrillic A */
	    {"Anna", "Ann\xce\xb1"},       /* a Greek alpha */
	    {"Ida Novak", "lda  Novak"},   /* a small L */
	    {"Anna", "\xef\xbc\xa1nna"},   /* a wide A */
	    {"O\xe2\x80\x99Neil", "O'Neil"}};
	static const char *const other[][2] = {{"Anna", "Hanna"},
	    {"Conference 1", "Conference 11"},
	    {"\xe6\x9d\x8e", "\xe6\x9d\x8f"}};
	char out[8];

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_true(alike(same[i][0], same[i][1]));
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		assert_false(alike(other[i][0], other[i][1]));
	alike_skeleton("\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xff\xe2", out,
	    sizeof(out)); /* ends inside OUT, whatever it is */
	assert_true(strlen(out) < sizeof(out));
}

TEST(base64url_is_canonical)
{
	char text[8];
	unsigned char raw[8];
	size_t len;

	text_to_b64url("\xff\xfe\xfd\xfc", 4, text);
	assert_string_equal(text, "__79_A");
	assert_true(text_from_b64url(text, 6, raw, sizeof(raw), &len));
	assert_int_equal(len, 4);
	assert_memory_equal(raw, "\xff\xfe\xfd\xfc", 4);
	assert_false(text_from_b64url("__79_B", 6, raw, sizeof(raw), &len));
	assert_false(text_from_b64url("__79_A==", 8, raw, sizeof(raw), &len));
	assert_false(text_from_b64url("abcde", 5, raw, sizeof(raw), &len));
	assert_false(text_from_b64url("AAAAAAAAAAAA", 12, raw, 8, &len));
}

TEST(numbers_are_plain_decimals)
{
	int64_t v = 0;

	assert_true(text_int("4094", 1, 4094, &v));
	assert_int_equal(v, 4094);
	for (const char **bad = (const char *[]){"", "4095", " 12", "12 ", "+1",
		 "0x10", "007", "1e3", "-1", "99999999999999999999", NULL};
	     *bad != NULL; bad++)
		assert_false(text_int(*bad, 0, 4094, &v));
}

TEST(an_address_is_read_in_every_spelling)
{
	static const char *const spellings[] = {"02AA00BBcc01",
	    "02-aa-00-bb-cc-01", "02:AA:00:BB:CC:01", "02aa.00bb.cc01",
	    "02aa-00bb-cc01", "02.aa.00.bb.cc.01"};
	char text[MAC_TEXT];
	struct mac m;

	for (size_t i = 0; i < 6; i++) {
		assert_true(
		    mac_parse(spellings[i], strlen(spellings[i]), &m, NULL));
		mac_text(&m, text);
		assert_string_equal(text, "02-aa-00-bb-cc-01");
	}
	assert_true(mac_is_random(&m));
}

TEST(what_is_no_station_address_is_refused)
{
	static const char *const bad[] = {"", "02aa00bbcc0", "02aa00bbcc011",
	    "02-aa:00-bb-cc-01", "02-aa-00-bb-cc", "000000000000",
	    "01aa00bbcc01", "02aa00bbcc0g", "02-aa00bbcc01"};
	struct mac m;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(mac_parse(bad[i], strlen(bad[i]), &m, NULL));
}

TEST(uids_are_well_formed_and_differ)
{
	struct uid a = uid_new(), b = uid_new(), c;

	assert_true(uid_parse(a.s, &c));
	assert_true(uid_same(&a, &c));
	assert_false(uid_same(&a, &b));
	assert_false(uid_parse("../../../../../etc/passwd1", &c));
	assert_true(uid_is_none(&c));
}

TEST(rnd_below_is_uniform)
{
	int seen[31] = {0};
	double chi = 0;

	for (int i = 0; i < 310000; i++)
		seen[rnd_below(31)]++;
	for (int i = 0; i < 31; i++)
		chi += (seen[i] - 10000.0) * (seen[i] - 10000.0) / 10000.0;
	/* 30 degrees of freedom: 80 is exceeded once in 2 million runs */
	assert_true(chi < 80);
}

TEST(time_is_written_in_utc)
{
	char t[CLOCK_TEXT];

	clock_text(951782399, t);
	assert_string_equal(t, "2000-02-28T23:59:59Z");
	clock_text(INT64_MAX, t);
	assert_string_equal(t, "9999-12-31T23:59:59Z");
}

TEST(secrets_compare_by_content)
{
	static const char big[SECRET_MAX + 1];
	struct secret a, b;

	assert_ok(secret_set(&a, "abc", 3));
	assert_ok(secret_set(&b, "abd", 3));
	assert_false(secret_same(&a, &b));
	assert_ok(secret_set(&b, "abc", 3));
	assert_true(secret_same(&a, &b));
	assert_err(secret_set(&b, big, SECRET_MAX + 1), ERR_TOO_BIG);
	assert_int_equal(b.len, 0);
}
