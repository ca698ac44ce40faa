#include <stdio.h>

#include "tests/unit/handout_world.h"

#include "core/handout/dots.h"
#include "core/handout/fonts.h"
#include "core/handout/outline.h"
#include "core/handout/sheet.h"
#include "core/handout/ttf.h"
#include "core/handout/words.h"

static const struct handout plain = HANDOUT("Ana P\xc3\xa9rez", "");

static size_t
missing(enum sheet_layout l, const struct handout *h)
{
	struct sheet s = {.layout = l, .title = "t", .made = 1700000000};
	OWN(buf) struct buf b = BUF(SHEET_MAX);

	assert_ok(sheet_pdf(&s, h, 1, &b));
	assert_memory_equal(b.p, "%PDF-1.", 7);
	assert_memory_equal(b.p + b.len - 6, "%%EOF\n", 6);
	return s.missing;
}

TEST(every_layout_has_a_word_and_prints)
{
#define SHEET_ITEM(name, word) {name, word},
	static const struct {
		enum sheet_layout layout;
		const char *word;
	} all[] = {SHEETS(SHEET_ITEM)};
#undef SHEET_ITEM
	enum sheet_layout l;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		assert_true(sheet_parse(all[i].word, &l));
		assert_int_equal(l, all[i].layout);
		assert_int_equal(missing(l, &plain), 0);
	}
	assert_false(sheet_parse("a5", &l));
}

TEST(what_no_font_has_is_counted)
{
	struct handout h = plain;

	/* private use; Balinese */
	h.person = "Ana \xee\x84\xa3 \xe1\xac\x93";
	assert_int_equal(missing(SHEET_A4, &h), 2);
	assert_int_equal(missing(SHEET_A4_10, &h), 2);
}

TEST(characters_beyond_the_basic_plane_have_codes_of_their_own)
{
	OWN(mem) struct ttf_used *u = calloc(1, sizeof(*u));

	assert_non_null(u);
	assert_true(ttf_use(u, 0x1f600));
	assert_true(ttf_use(u, 0x1f4f6));
	assert_true(ttf_use(u, 0x1f600));
	assert_true(ttf_use(u, 'x'));
	assert_int_equal(ttf_code(u, 0x1f600), TTF_HIGH_CODE);
	assert_int_equal(ttf_code(u, 0x1f4f6), TTF_HIGH_CODE + 1);
	assert_int_equal(ttf_code(u, 'x'), 'x');
	assert_true(ttf_uses(u, TTF_HIGH_CODE + 1));
	assert_false(ttf_uses(u, TTF_NO_ROOM));
	for (uint32_t i = 2; i < TTF_HIGH_MAX; i++)
		assert_true(ttf_use(u, 0x20000 + i));
	assert_false(ttf_use(u, 0x20000 + TTF_HIGH_MAX));
	assert_int_equal(ttf_code(u, 0x20000 + TTF_HIGH_MAX), TTF_NO_ROOM);
	assert_true(ttf_uses(u, TTF_NO_ROOM));
}

TEST(a_text_has_the_way_of_its_first_letter)
{
	assert_int_equal(type_way("24 Abc \u0634"), TYPE_LTR);
	assert_int_equal(type_way("24 \u0634 Abc"), TYPE_RTL);
	assert_int_equal(type_way("2027, 11:00"), TYPE_AUTO);
	assert_int_equal(type_way(""), TYPE_AUTO);
}

static size_t
fits(const char *t, int width)
{
	char why[SHEET_WHY];

	assert_ok(sheet_fonts(why));
	return type_fit(fonts_loaded(), TYPE_TEXT, t, width);
}

TEST(punctuation_stays_with_its_character)
{
	int w = fonts_loaded() == NULL
		    ? 0
		    : type_advance(fonts_loaded(), TYPE_TEXT, 0x65e5);

	/* three characters would fit: a stop may not begin the next line, an
	 * opening bracket not end this one */
	assert_int_equal(fits("\u65e5\u672c\u8a9e\u3002", 3 * w), 6);
	assert_int_equal(fits("\u65e5\u672c\uff08\u8a9e", 3 * w), 6);
	assert_int_equal(fits("\u65e5\u672c\u8a9e\u8a9e", 3 * w), 9);
}

TEST(the_same_input_gives_the_same_octets)
{
	struct sheet s = {.title = "t", .made = 1700000000};
	OWN(buf) struct buf a = BUF(SHEET_MAX);
	OWN(buf) struct buf b = BUF(SHEET_MAX);

	assert_ok(sheet_pdf(&s, &plain, 1, &a));
	assert_ok(sheet_pdf(&s, &plain, 1, &b));
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
}

TEST(what_cannot_be_printed_is_refused)
{
	struct sheet s = {.title = "t"};
	struct handout h = plain;
	OWN(buf) struct buf b = BUF(SHEET_MAX);

	assert_err(sheet_pdf(&s, &plain, 0, &b), ERR_BAD_INPUT);
	assert_err(sheet_pdf(&s, &plain, SHEET_KEYS_MAX + 1, &b), ERR_TOO_BIG);
	h.ssid = "";
	assert_err(sheet_pdf(&s, &h, 1, &b), ERR_BAD_INPUT);
	b.max = 100;
	assert_err(sheet_pdf(&s, &plain, 1, &b), ERR_TOO_BIG);
}

#ifndef SANITIZED /* a second each, and ten there */
/* One before the most, the most, and one more (B-8). */
TEST(a_sheet_has_as_many_keys_as_it_may)
{
	struct handout *all = calloc(SHEET_KEYS_MAX + 1, sizeof(*all));

	assert_non_null(all);
	for (size_t i = 0; i <= SHEET_KEYS_MAX; i++)
		all[i] = plain;
	for (int i = -1; i <= 1; i++) {
		struct sheet s = {.layout = SHEET_A4_20, .title = "t"};
		OWN(buf) struct buf b = BUF(SHEET_MAX);

		assert_err(sheet_pdf(&s, all, (size_t)(SHEET_KEYS_MAX + i), &b),
		    i > 0 ? ERR_TOO_BIG : ERR_OK);
	}
	free(all);
}
#endif

/* A sheet fits that ends where its room does (B-8). */
TEST(a_sheet_ends_where_its_room_does)
{
	struct sheet s = {.title = "t", .made = 1700000000};
	OWN(buf) struct buf b = BUF(SHEET_MAX);
	size_t len, before = SHEET_MAX - 100000;

	while (b.len < before)
		buf_char(&b, 'x');
	assert_ok(sheet_pdf(&s, &plain, 1, &b));
	len = b.len - before;
	for (int i = -1; i <= 1; i++) {
		before = SHEET_MAX - 1 - len + (size_t)(i + 1);
		buf_clear(&b);
		while (b.len < before)
			buf_char(&b, 'x');
		assert_int_equal(
		    sheet_pdf(&s, &plain, 1, &b), i > 0 ? ERR_TOO_BIG : ERR_OK);
	}
}

TEST(every_language_has_every_word)
{
#define LANGUAGE(tag, rtl) #tag,
	static const char *const tags[] = {
#include "core/base/languages.def"
	};
#undef LANGUAGE
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		for (enum word w = 0; w < WORD_COUNT; w++) {
			const char *t = words_text(tags[i], w);

			assert_true(strlen(t) > 1);
			if (i > 0 && w == WORD_TITLE)
				assert_string_not_equal(t, words_text("en", w));
		}
	assert_string_equal(words_text("DE-at", WORD_PASSWORD), "Passwort");
	assert_string_equal(words_text("xx", WORD_PASSWORD), "Password");
	assert_string_equal(words_text("", WORD_PASSWORD), "Password");
}

static int
black(const struct dots *d, int x0, int x1)
{
	int n = 0;

	for (int y = 0; y < d->h; y++)
		for (int x = x0; x < x1; x++)
			n += d->octets[y * d->w / 8 + x / 8] >> (7 - x % 8) & 1;
	return n;
}

TEST(a_line_of_text_becomes_dots)
{
	const struct type_faces *faces = fonts_loaded();
	struct type_line l;
	OWN(dots) struct dots d = {0};

	assert_non_null(faces);
	/* a full block is black all over, and a blank is not */
	type_set(faces, TYPE_TEXT, TYPE_LTR, "\u2588 \u2588", 7, false, &l);
	assert_ok(dots_line(faces, &l, 24, false, &d));
	assert_int_equal(d.w % 8, 0);
	assert_int_equal(d.h, 36);
	assert_in_range(black(&d, 3, 15), 12 * 24, 12 * 36);
	assert_int_equal(black(&d, 20, 24), 0);
	assert_int_equal(black(&d, 0, 1), 0);
}

TEST(what_is_rounded_up_is_white_on_the_other_side)
{
	const struct type_faces *faces = fonts_loaded();
	OWN(dots) struct dots left = {0};
	OWN(dots) struct dots right = {0};
	struct type_line l;

	type_set(faces, TYPE_TEXT, TYPE_LTR, "iii", 3, false, &l);
	assert_ok(dots_line(faces, &l, 24, false, &left));
	assert_ok(dots_line(faces, &l, 24, true, &right));
	assert_int_equal(left.w, right.w);
	assert_true(left.w > l.width * 24 / 1000 + 3);
	assert_int_equal(black(&left, left.w - 2, left.w), 0);
	assert_true(black(&left, 0, 6) > 0);
	assert_int_equal(black(&left, 0, left.w), black(&right, 0, right.w));
	assert_err(dots_line(faces, &l, 200, false, &left), ERR_TOO_BIG);
}

/* Outlines may name glyphs that the font has not: they are of nothing, and not
 * looked for behind the table of those that it has. */
TEST(a_glyph_that_a_font_lacks_is_of_nothing)
{
	FILE *f = fopen("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "r");
	OWN(mem) uint8_t *p = malloc(1 << 20);
	OWN(outline) struct outline o = {0};
	struct ttf t;
	struct ttf_ink ink;
	uint16_t g;

	assert_non_null(f);
	assert_ok(ttf_open(&t, p, fread(p, 1, 1 << 20, f)));
	fclose(f);
	g = ttf_glyph(&t, 'g');
	assert_true(ttf_outline(&t, g).len > 0 && ttf_ink(&t, g, &ink));
	t.glyphs = g; /* the last is the one before */
	assert_int_equal(ttf_outline(&t, g).len, 0);
	assert_false(ttf_ink(&t, g, &ink));
	outline_add(&o, &t, g);
	assert_int_equal(o.parts, 0);
}

/* The font with octets changed where its outlines are: what can be read is
 * drawn, and nothing is read that is not there. */
TEST(a_damaged_font_draws_less)
{
	FILE *f = fopen("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "r");
	OWN(mem) uint8_t *p = malloc(1 << 20);
	struct ttf t;
	size_t len;

	assert_non_null(f);
	len = fread(p, 1, 1 << 20, f);
	fclose(f);
	p = realloc(p, len); /* what lies behind is nobody's */
	assert_non_null(p);
	for (uint32_t round = 0, x = 1; round < 3; round++) {
		assert_ok(ttf_open(&t, p, len));
		for (uint32_t g = 0; g < t.glyphs; g++) {
			OWN(outline) struct outline o = {0};

			outline_add(&o, &t, (uint16_t)g);
			assert_true(o.err == ERR_OK || o.err == ERR_TOO_BIG);
		}
		for (size_t i = 0; i < t.glyf.len / 50; i++) {
			x = x * 1664525 + 1013904223;
			p[(size_t)(t.glyf.p - p) + (x >> 4) % t.glyf.len] =
			    (uint8_t)(x >> 24);
		}
	}
}
