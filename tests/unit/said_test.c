#include <string.h>

#include "core/base/text.h"
#include "portal/admin/editor.h"
#include "portal/self/hours.h"
#include "portal/web/label.h"
#include "portal/web/lang.h"
#include "portal/web/said.h"
#include "tests/unit/test.h"

TEST(dates_have_the_order_and_the_words_of_their_language)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct tm tm = {.tm_mday = 3,
	    .tm_mon = 4,
	    .tm_year = 126,
	    .tm_hour = 9,
	    .tm_min = 5};
	static const struct {
		const char *code, *day, *moment;
	} all[] = {{"en", "3 May 2026", "3 May 2026, 09:05 (UTC)"},
	    {"de", "3. Mai 2026", "3. Mai 2026, 09:05 (UTC)"},
	    {"fr", "3 mai 2026", "3 mai 2026 à 09:05 (UTC)"},
	    {"es", "3 de mayo de 2026", "3 de mayo de 2026, 09:05 (UTC)"},
	    {"pl", "3 maja 2026", "3 maja 2026, 09:05 (UTC)"},
	    {"he", "3 במאי 2026", "3 במאי 2026, 09:05 (UTC)"},
	    {"ja", "2026 年 5 月 3 日", "2026 年 5 月 3 日 09:05 (UTC)"},
	    {"zh", "2026年5月3日", "2026年5月3日 09:05 (UTC)"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		int lang = lang_find(all[i].code);

		assert_string_equal(
		    said_date(a, lang, &tm, true, NULL), all[i].day);
		assert_string_equal(
		    said_date(a, lang, &tm, false, "UTC"), all[i].moment);
	}
	tm.tm_year = 10000 - 1900;
	assert_string_equal(said_date(a, 0, &tm, true, NULL), "");
}

TEST(amounts_have_the_mark_and_the_units_of_their_language)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	int de = lang_find("de"), fr = lang_find("fr"), uk = lang_find("uk");

	assert_string_equal(said_amount(a, 0, 0), "");
	assert_string_equal(said_amount(a, 0, 999), "999 B");
	assert_string_equal(said_amount(a, 0, 1500), "1.5 kB");
	assert_string_equal(said_amount(a, de, 1500), "1,5 kB");
	assert_string_equal(said_amount(a, fr, 2340000), "2,3 Mo");
	assert_string_equal(said_amount(a, uk, 15600000000), "16 ГБ");
	assert_string_equal(said_amount(a, 0, 9960000), "10 MB");
	assert_string_equal(said_amount(a, 0, 999600000), "1.0 GB");
	assert_string_equal(said_amount(a, 0, INT64_MAX), "9223372 TB");
}

TEST(hours_are_said_with_the_days_of_their_language)
{
	static const char *const all[][3] = {
	    {"en", "mon-fri 06:00-22:00; sat,sun 08:00-24:00",
		"Monday–Friday 06:00–22:00 · Saturday, Sunday 08:00–24:00"},
	    {"en", "Tue  09:00-17:30", "Tuesday 09:00–17:30"},
	    {"de", "mon,THU 06:00-22:00", "Montag, Donnerstag 06:00–22:00"},
	    {"en", "", ""}};
	struct page p = {.arena = arena_new(1 << 20)};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		p.view.lang = lang_find(all[i][0]);
		assert_string_equal(hours_words(&p, all[i][1]), all[i][2]);
	}
	arena_free(p.arena);
}

TEST(states_and_sheets_are_said)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	int de = lang_find("de");

	assert_string_equal(said_standing(0, KEY_IS_ACTIVE), "Works");
	assert_string_equal(said_standing(de, KEY_IS_EXPIRED), "Abgelaufen");
	assert_string_equal(said_layout(a, 0, "A4", 8), "A4, 8 cards");
	assert_string_equal(said_layout(a, de, "A4", 0), "A4, ein Brief");
	assert_string_equal(said_layout(a, de, "A6", 1), "A6, eine Karte");
}

/* A member that is added to a form has to be said there, too. */
TEST(every_member_of_a_form_is_named_and_explained)
{
	static const char *const words[] = {
	    "networks", "plans", "rules", "access-points", "units"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const struct editor *e = editor_find(words[i]);

		assert_non_null(e);
		for (const struct field *f = e->fields; f->name; f++) {
			bool said = false;

			if (!(f->flags & FIELD_SET))
				continue;
			if (label_of(0, f->name) == NULL)
				fail_msg("label.c does not name %s", f->name);
			for (int h = 0; editor_helps[h] != NULL; h++)
				said |= strcmp(editor_helps[h], f->help) == 0;
			if (!said)
				fail_msg("labels.c does not have: %s", f->help);
		}
	}
}
