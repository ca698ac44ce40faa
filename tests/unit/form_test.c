#include <stdio.h>

#include "core/conf/table.h"
#include "core/service/follow.h"
#include "core/service/recheck.h"
#include "core/service/scim.h"
#include "portal/web/cookie.h"
#include "portal/web/form.h"
#include "portal/web/http.h"
#include "portal/web/lang.h"
#include "portal/web/throttle.h"
#include "portal/web/tpl.h"
#include "tests/unit/test.h"

static enum err
parse(struct arena *a, const char *text, struct form *f)
{
	return form_parse(text, strlen(text), a, f);
}

TEST(form_reads_fields)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct form f;

	assert_ok(parse(a, "name=My+TV&note=%C3%A9%0A%26&empty=&bare", &f));
	assert_int_equal(f.n, 4);
	assert_string_equal(form_get(&f, "name"), "My TV");
	assert_string_equal(form_get(&f, "note"), "\xc3\xa9\n&");
	assert_string_equal(form_get(&f, "empty"), "");
	assert_string_equal(form_get(&f, "bare"), "");
	assert_null(form_get(&f, "other"));
	assert_string_equal(form_text(&f, "other"), "");
	assert_ok(parse(a, "", &f));
	assert_int_equal(f.n, 0);
	assert_ok(parse(a, "a=b=c", &f));
	assert_string_equal(form_get(&f, "a"), "b=c");
}

TEST(form_shows_a_day_again_and_nothing_else)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct form f;

	assert_ok(parse(a,
	    "day=2026-12-24&word=soon&none=2026-02-30&long=2026-12-24T10:00:00Z"
	    "&twice=2026-12-24&twice=2026-12-25",
	    &f));
	assert_string_equal(form_day(&f, "day"), "2026-12-24");
	assert_string_equal(form_day(&f, "word"), "");
	assert_string_equal(form_day(&f, "none"), "");
	assert_string_equal(form_day(&f, "long"), "");
	assert_string_equal(form_day(&f, "twice"), "");
	assert_string_equal(form_day(&f, "other"), "");
}

TEST(form_says_an_id_or_none_but_no_nonsense)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct uid id = uid_new(), got;
	char text[80];
	struct form f;

	(void)snprintf(text, sizeof(text), "is=%s&empty=&bad=x", id.s);
	assert_ok(parse(a, text, &f));
	assert_true(form_id(&f, "is", &got));
	assert_string_equal(got.s, id.s);
	assert_false(form_id(&f, "bad", &got));
	assert_true(uid_is_none(&got));
	assert_true(form_id(&f, "empty", &got));
	assert_true(form_id(&f, "other", &got));
	assert_true(uid_is_none(&got));
}

TEST(form_says_a_number_or_none_but_no_nonsense)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct form f;

	assert_ok(parse(a, "is=12&empty=&none=0&more=13&bad=1x", &f));
	assert_int_equal(form_number(&f, "is", 12), 12);
	assert_int_equal(form_number(&f, "empty", 12), 0);
	assert_int_equal(form_number(&f, "other", 12), 0);
	assert_int_equal(form_number(&f, "none", 12), -1);
	assert_int_equal(form_number(&f, "more", 12), -1);
	assert_int_equal(form_number(&f, "bad", 12), -1);
}

TEST(form_refuses_what_is_malformed)
{
	static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "a=%00",
	    "a=%ff", "a=%c0%80", "%00=a", "=x", "&", "a=1&&b=2", "a=1&"};
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct form f;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (parse(a, bad[i], &f) != ERR_BAD_INPUT || f.n != 0)
			fail_msg("accepted: %s", bad[i]);
}

TEST(form_field_sent_twice_counts_as_absent)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct form f;

	assert_ok(parse(a, "csrf=a&x=1&csrf=b", &f));
	assert_null(form_get(&f, "csrf"));
	assert_string_equal(form_get(&f, "x"), "1");
}

/* W-10 */
TEST(form_has_a_limit_of_fields)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	char text[3 * (FORM_FIELDS_MAX + 2)];
	struct form f;
	size_t n = 0;

	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		n += (size_t)sprintf(text + n, "%sa=", i == 0 ? "" : "&");
	assert_ok(form_parse(text, n, a, &f));
	memcpy(text + n, "&b=", 4);
	assert_err(parse(a, text, &f), ERR_TOO_BIG);
}

TEST(cookie_is_found_exactly)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	static const char name[] = "__Host-k";
	static const struct {
		const char *header, *want;
	} rows[] = {
	    {"__Host-k=abc", "abc"},
	    {"a=b; __Host-k=abc; c=d", "abc"},
	    {"a=b;__Host-k=abc", "abc"},
	    {"__Host-k=a=b==", "a=b=="},
	    {"__Host-k=", ""},
	    {"__host-k=evil; __Host-k=abc", "abc"},
	    {"__HOST-K=evil", NULL},
	    {"__Host-k=one; __Host-k=two", NULL},
	    {"__Host-k=one; x=1; __Host-k=one", NULL},
	    {"__Host-kk=abc", NULL},
	    {"x__Host-k=abc", NULL},
	    {"x=__Host-k=abc", NULL},
	    {"__Host-k=\"abc\"", NULL},
	    {"__Host-k=a b", NULL},
	    {"__Host-k", NULL},
	    {"", NULL},
	    {NULL, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *v = cookie_get(rows[i].header, name, a);

		if (rows[i].want == NULL)
			assert_null(v);
		else
			assert_string_equal(v, rows[i].want);
	}
}

TEST(cookie_is_found_among_fifty_and_never_when_huge)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	static char header[16384];
	size_t n = 0;

	for (int i = 0; i < 50; i++)
		n += (size_t)sprintf(header + n, "c%d=%d; ", i, i);
	n += (size_t)sprintf(header + n, "k=abc; ");
	for (int i = 50; i < 100; i++)
		n += (size_t)sprintf(header + n, "c%d=%d; ", i, i);
	assert_string_equal(cookie_get(header, "k", a), "abc");
	assert_string_equal(cookie_get(header, "c7", a), "7");
	memcpy(header, "k=", 2);
	memset(header + 2, 'x', 8192);
	header[8194] = '\0';
	assert_null(cookie_get(header, "k", a));
}

/* W-19 */
TEST(cookie_is_set_with_every_protection)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct reply rp = {.arena = a};

	cookie_set(&rp, "__Host-k", "v", 0);
	assert_string_equal(rp.headers[0].value,
	    "__Host-k=v; Path=/; Secure; HttpOnly; SameSite=Lax");
	cookie_set(&rp, "__Host-k", "", -1);
	assert_non_null(strstr(rp.headers[1].value, "Max-Age=0;"));
	cookie_set(&rp, "__Host-k", "x\r\nset-cookie: y", 0);
	assert_int_equal(rp.nheaders, 2);
}

static struct in6_addr
v4(uint32_t host)
{
	struct in6_addr a = {0};

	a.s6_addr[10] = a.s6_addr[11] = 0xff;
	for (int i = 0; i < 4; i++)
		a.s6_addr[12 + i] = (uint8_t)(host >> (24 - 8 * i));
	return a;
}

enum {
	AT_ONCE_ADDRESS = THROTTLE_DEPTH / THROTTLE_ADDRESS,
	AT_ONCE_PERSON = THROTTLE_DEPTH / THROTTLE_PERSON
};

TEST(throttle_slows_one_place_and_no_other)
{
	struct throttle *t = throttle_new();
	struct in6_addr me = v4(0xc0000201), you = v4(0xc0000202);
	int64_t now = 1000000;

	assert_non_null(t);
	for (int i = 0; i < AT_ONCE_ADDRESS; i++)
		assert_int_equal(throttle_wait(t, NULL, &me, now), 0);
	assert_int_equal(throttle_wait(t, NULL, &me, now), 1);
	assert_int_equal(throttle_wait(t, NULL, &you, now), 0);
	now++;
	for (int i = 0; i < 1000 / THROTTLE_ADDRESS; i++)
		assert_int_equal(throttle_wait(t, NULL, &me, now), 0);
	assert_int_equal(throttle_wait(t, NULL, &me, now), 1);
	now += THROTTLE_DEPTH / 1000;
	for (int i = 0; i < AT_ONCE_ADDRESS; i++)
		assert_int_equal(throttle_wait(t, NULL, &me, now), 0);
	assert_true(throttle_wait(t, NULL, &me, now) > 0);
	throttle_free(t);
}

TEST(throttle_counts_a_person_wherever_they_are)
{
	struct throttle *t = throttle_new();
	struct uid anna = uid_new(), tom = uid_new();
	struct in6_addr here = v4(1);

	for (int i = 0; i < AT_ONCE_PERSON; i++) {
		struct in6_addr a = v4(100 + (uint32_t)i);

		assert_int_equal(throttle_wait(t, &anna, &a, 5000), 0);
	}
	assert_int_equal(
	    throttle_wait(t, &anna, &here, 5000), THROTTLE_PERSON / 1000);
	assert_int_equal(throttle_wait(t, &tom, &here, 5000), 0);
	assert_int_equal(throttle_wait(t, NULL, &here, 5000), 0);
	throttle_free(t);
}

TEST(throttle_counts_a_v6_network_as_one_place)
{
	struct throttle *t = throttle_new();
	struct in6_addr a = {.s6_addr = {0x20, 0x01, 0x0d, 0xb8}};

	for (int i = 0; i < AT_ONCE_ADDRESS; i++) {
		a.s6_addr[15] = (uint8_t)i;
		assert_int_equal(throttle_wait(t, NULL, &a, 5000), 0);
	}
	a.s6_addr[14] = 9;
	assert_true(throttle_wait(t, NULL, &a, 5000) > 0);
	a.s6_addr[7] = 1;
	assert_int_equal(throttle_wait(t, NULL, &a, 5000), 0);
	throttle_free(t);
}

TEST(throttle_under_a_flood_still_lets_others_in)
{
	struct throttle *t = throttle_new();
	int slowed = 0;

	for (uint32_t i = 0; i < 20 * THROTTLE_PLACES; i++) {
		struct in6_addr a = v4(i);

		slowed += throttle_wait(t, NULL, &a, 7000) != 0;
	}
	assert_int_equal(slowed, 0);
	throttle_free(t);
}

TEST(language_is_what_the_browser_asks_for_and_we_have)
{
	assert_int_equal(lang_accept(NULL, 0), 0);
	assert_int_equal(lang_accept("", 0), 0);
	assert_int_equal(lang_accept("xx,yy;q=0.3", 0), 0);
	assert_int_equal(lang_accept("en-GB,en;q=0.9", 0), lang_find("en"));
	assert_int_equal(lang_find("zz"), -1);
	assert_int_equal(lang_find(""), -1);
	assert_string_equal(langs[lang_find("pt-BR")].code, "pt");
	assert_string_equal(langs[lang_find("en-XA")].code, "en-XA");
	assert_int_equal(lang_accept(",,,;;;q=,=", 0), 0);
}

static const char *
accepted(const char *header)
{
	return langs[lang_accept(header, 0)].code;
}

TEST(the_language_with_the_highest_weight_wins)
{
	assert_string_equal(accepted("de"), "de");
	assert_string_equal(accepted("DE-ch"), "de");
	assert_string_equal(accepted("xx, fr;q=0.4, ja;q=0.41"), "ja");
	assert_string_equal(accepted("fr;q=0.5,de;q=0.5"), "fr");
	assert_string_equal(accepted("pl ; q=0.2 ,\tcs\t;\tQ=0.9"), "cs");
	assert_string_equal(accepted("zh-Hans-CN,en;q=0.1"), "zh");
	assert_string_equal(accepted("sv;level=1;q=0.3, nl;q=0.2"), "sv");
	assert_string_equal(accepted("ar;q=1.000,he;q=0.999"), "ar");
	/* what Java wrote for Hebrew */
	assert_string_equal(accepted("iw-IL,en;q=0.5"), "he");
}

TEST(a_weight_that_is_none_does_not_count)
{
	assert_string_equal(accepted("de;q=0,en;q=0.1"), "en");
	assert_string_equal(accepted("de;q=0.0000"), "en");
	assert_string_equal(accepted("de;q=1.5,fr;q=0.1"), "fr");
	assert_string_equal(accepted("de;q=nan,fr;q=0.1"), "fr");
	assert_string_equal(accepted("de;q=1e0,fr;q=0.1"), "fr");
	assert_string_equal(accepted("de;q=-1,fr;q=0.1"), "fr");
	assert_string_equal(accepted("de;q=,fr;q=0.1"), "fr");
	assert_string_equal(accepted("de_DE,fr;q=0.1"), "de");
	assert_string_equal(accepted("german-language,fr;q=0.1"), "fr");
	assert_string_equal(accepted("en-XA,fr;q=0.1"), "en");
	assert_string_equal(accepted("*"), "en");
}

TEST(sixteen_languages_are_offered)
{
	static const char all[] = "en ar cs de es fr he it ja nl pl pt sv tr "
				  "uk zh ";
	char got[80] = "";

	for (int i = 0; i < langs_count; i++) {
		bool rtl = strcmp(langs[i].code, "ar") == 0 ||
			   strcmp(langs[i].code, "he") == 0;

		strcat(strcat(got, langs[i].code), " ");
		assert_string_equal(langs[i].dir, rtl ? "rtl" : "ltr");
	}
	assert_string_equal(got, all);
	/* the same in the file of settings, and on sheets */
	assert_int_equal(conf_nlanguages, langs_count);
	for (int i = 0; i < conf_nlanguages; i++)
		assert_in_range(
		    lang_find(conf_languages[i]), 0, langs_count - 1);
}

/* The form of N, as the language's own sentences show it. */
static int
form(const char *code, uint64_t n)
{
	return langs[lang_find(code)].plural(n);
}

TEST(numbers_take_the_form_their_language_gives_them)
{
	assert_int_equal(form("de", 0), 1);
	assert_int_equal(form("fr", 0), 0);
	assert_int_equal(form("fr", 2), 1);
	assert_int_equal(form("ja", 1), 0);
	assert_int_equal(form("zh", 5), 0);
	for (uint64_t n = 0; n < 200; n++) {
		bool teen = n % 100 >= 11 && n % 100 <= 14;
		bool few = n % 10 >= 2 && n % 10 <= 4 && !teen;

		assert_int_equal(form("pl", n), n == 1 ? 0 : few ? 1 : 2);
		assert_int_equal(form("uk", n), n % 10 == 1 && !teen ? 0
						: few                ? 1
								     : 2);
		assert_int_equal(form("cs", n), n == 1             ? 0
						: n >= 2 && n <= 4 ? 1
								   : 2);
		assert_int_equal(form("he", n), n == 1 ? 0 : n == 2 ? 1 : 2);
	}
	assert_int_equal(form("ar", 0), 0);
	assert_int_equal(form("ar", 2), 2);
	assert_int_equal(form("ar", 103), 3);
	assert_int_equal(form("ar", 111), 4);
	assert_int_equal(form("ar", 102), 5);
}

static const char *
worded(const char *code, const char *text)
{
	static char out[600];
	OWN(buf) struct buf b = BUF(600);

	tpl_words(&b, lang_find(code), text);
	snprintf(out, sizeof(out), "%s", buf_str(&b));
	return out;
}

/* Stored in English, for who reads it may change; people's own words stay. */
TEST(why_something_ended_is_said_in_the_language_of_its_reader)
{
	static const char *const ours[] = {SCIM_REASON, FOLLOW_REASON,
	    RECHECK_REASON, "Checked out.", "Withdrawn by the host.",
	    "Replaced by a new one.", "All devices use the new one.",
	    "It answered 410 Gone."};

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		assert_string_not_equal(worded("de", ours[i]), ours[i]);
	assert_string_equal(worded("de", "Merged with Ada Novak"),
	    "Zusammengelegt mit Ada Novak");
	assert_string_equal(
	    worded("de", "Lost on the train."), "Lost on the train.");
}

TEST(a_sentence_of_c_is_translated_with_what_stands_in_it)
{
	assert_string_equal(
	    worded("en", "There is no such plan."), "There is no such plan.");
	assert_string_equal(worded("de", "This is too long: at most 20 "
					 "characters."),
	    "Das ist zu lang: höchstens 20 Zeichen.");
	/* a sentence in a sentence, but not a name that looks like a word */
	assert_string_equal(worded("de", "Line 3: There is no such plan."),
	    "Zeile 3: Diese Zugangsart gibt es nicht.");
	/* and so on, but not for ever: names may be made of these words */
	assert_string_equal(worded("de", "Line 1: Line 2: Line 3: Line 4: "
					 "Line 5: Line 6: Line 7."),
	    "Zeile 1: Zeile 2: Zeile 3: Zeile 4: Zeile 5: Line 6: Line 7.");
	assert_string_equal(worded("de", "The plan Monday does not last that "
					 "long."),
	    "Die Zugangsart Monday reicht nicht so lange.");
	/* of two that fit, the one that says more */
	assert_string_equal(worded("de", "limit: expected 1 to 50"),
	    "limit: erwartet wurde 1 bis 50");
	assert_string_equal(worded("de", "a & b"), "a &amp; b");
}
