/* Text as glyphs, whatever is in it; and fonts that are not there. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/handout_world.h"

#include "core/base/text.h"
#include "core/crypt/psk.h"
#include "core/handout/fonts.h"
#include "core/handout/paper_bytes.h"
#include "core/handout/sheet.h"
#include "core/handout/signs.h"
#include "core/handout/type.h"

/* --- fonts that are not there: of a process of their own, which reads them
 * once --- */

static const char *hidden = "\1"; /* a part of the names of files */

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (strstr(path, hidden) != NULL)
		path = "/nowhere";
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int
apart(int (*act)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct handout plain = HANDOUT("Ana", "");

static int
prints_nothing_without_letters(void)
{
	struct sheet s = {.title = "t"};
	OWN(buf) struct buf b = BUF(SHEET_MAX);
	char why[SHEET_WHY];

	hidden = "DejaVuSans.ttf";
	return sheet_fonts(why) == ERR_CONFIG &&
	       strstr(why, "package fonts-dejavu-core") != NULL &&
	       strstr(why, "DejaVuSans.ttf cannot be read") != NULL &&
	       fonts_loaded() == NULL &&
	       sheet_pdf(&s, &plain, 1, &b) == ERR_CONFIG &&
	       sheet_svg(&s, &plain, &b) == ERR_CONFIG && b.len == 0;
}

static int
prints_squares_without_pictures(void)
{
	struct sheet s = {.title = "t"};
	struct handout h = plain;
	OWN(buf) struct buf b = BUF(SHEET_MAX);
	char why[SHEET_WHY];

	h.person = "Ana \U0001f600";
	hidden = "wqy";
	if (sheet_fonts(why) != ERR_OK || why[0] != '\0' ||
	    strcmp(fonts_lacking(), "fonts-wqy-microhei") != 0)
		return 0;
	h.person = "\u65e5\u672c";
	return sheet_pdf(&s, &h, 1, &b) == ERR_OK && s.missing >= 2;
}

static int
names_all_that_it_lacks(void)
{
	char why[SHEET_WHY];

	hidden = "t"; /* of truetype */
	if (sheet_fonts(why) != ERR_CONFIG)
		return 0;
	return strcmp(fonts_lacking(), "") == 0;
}

TEST(fonts_that_are_not_there_are_named_by_their_package)
{
	assert_true(apart(prints_nothing_without_letters));
	assert_true(apart(prints_squares_without_pictures));
	assert_true(apart(names_all_that_it_lacks));
}

/* --- a line of text --- */

static const struct type_faces *
faces(void)
{
	const struct type_faces *f = fonts_loaded();

	assert_non_null(f);
	return f;
}

static struct type_line
set(enum type_way way, const char *t)
{
	struct type_line l;

	type_set(faces(), TYPE_TEXT, way, t, strlen(t), false, &l);
	return l;
}

TEST(controls_of_text_have_no_glyph_and_no_width)
{
	static const uint32_t all[] = {0xad, 0x61c, 0x180e, 0x200b, 0x200e,
	    0x200f, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xfe00, 0xfe0f,
	    0xfeff, 0x1f3fb, 0x1f3ff, 0xe0000, 0xe0041, 0xe0fff};
	const int width = set(TYPE_AUTO, "ab").width;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		char t[16] = "a";
		struct type_line l;

		text_of(all[i], t + 1);
		t[strlen(t)] = 'b';
		l = set(TYPE_AUTO, t);
		assert_int_equal(l.n, 2);
		assert_int_equal(l.c[0], 'a');
		assert_int_equal(l.c[1], 'b');
		assert_int_equal(l.missing, 0);
		assert_int_equal(l.width, width);
		assert_int_equal(type_advance(faces(), TYPE_TEXT, all[i]), 0);
	}
}

TEST(what_moves_a_cursor_is_a_blank)
{
	static const char *const all[] = {"a\tb",
	    "a\x7f"
	    "b",
	    "a\xc2\x85"
	    "b",
	    "a\u00a0b", "a\u2028b", "a\u2029b"};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct type_line l = set(TYPE_AUTO, all[i]);

		assert_int_equal(l.n, 3);
		assert_int_equal(l.c[1], ' ');
		assert_int_equal(l.missing, 0);
	}
}

TEST(what_nobody_agreed_on_is_a_square)
{
	static const enum type_style styles[] = {
	    TYPE_TEXT, TYPE_BOLD, TYPE_CODE};

	for (size_t i = 0; i < 3; i++) {
		struct type_line l;

		type_set(faces(), styles[i], TYPE_AUTO, "\ue000x\uf8ff", 7,
		    false, &l);
		assert_int_equal(l.n, 3);
		assert_int_equal(l.missing, 2);
		assert_int_equal(l.c[0], TYPE_MISSING);
		assert_int_equal(l.c[1], 'x');
		assert_int_equal(l.c[2], TYPE_MISSING);
		assert_int_equal(type_advance(faces(), styles[i], 0xe000),
		    type_advance(faces(), styles[i], TYPE_MISSING));
	}
}

/* --- letters that depend on their neighbours --- */

/* What glyphs FROM..TO of L show is TEXT. */
static void
shows(const struct type_line *l, size_t from, size_t to, const char *text)
{
	const uint32_t *t;
	size_t n = type_said(l, from, to, &t);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(t[i], text_next(&text));
	assert_int_equal(*text, 0);
}

TEST(a_vowel_stands_before_the_consonant_it_follows)
{
	struct type_line l =
	    set(TYPE_AUTO, "a\u0939\u093f\u0928\u094d\u0926\u0940b");
	const struct ttf *f = &faces()->f[FACE_DEVANAGARI];
	size_t left = 0;

	assert_int_equal(l.missing, 0);
	assert_int_equal(l.c[0], 'a');
	assert_int_equal(l.c[l.n - 1], 'b');
	assert_int_equal(l.face[1], FACE_DEVANAGARI);
	assert_true(l.c[1] >= TTF_GLYPH);
	/* ha itself comes second, whichever form the vowel sign takes */
	assert_int_equal(l.c[2] - TTF_GLYPH, ttf_glyph(f, 0x939));
	for (size_t i = 1; i < l.n - 1; i++) {
		assert_int_not_equal(
		    l.c[i] - TTF_GLYPH, ttf_glyph(f, 0x94d)); /* joined */
		left += (size_t)type_width(faces(), &l, i);
	}
	assert_int_equal(l.width, (int)left + type_width(faces(), &l, 0) +
				      type_width(faces(), &l, l.n - 1));
	shows(&l, 0, l.n, "a\u0939\u093f\u0928\u094d\u0926\u0940b");
	shows(&l, 1, 3, "\u0939\u093f");
	shows(&l, 1, 2, "\u0939\u093f");
	shows(&l, 2, 3, ""); /* said with the one before */
	shows(&l, 2, l.n, "\u0928\u094d\u0926\u0940b");
}

TEST(what_joins_letters_is_heard_among_them_only)
{
	struct type_line l = set(TYPE_AUTO, "\u0915\u094d\u0937"),
			 apart_ = set(TYPE_AUTO, "\u0915\u094d\u200c\u0937"),
			 latin = set(TYPE_AUTO, "a\u200db");

	assert_int_equal(l.n, 1); /* ksha */
	assert_true(apart_.n > 1);
	shows(&apart_, 0, apart_.n, "\u0915\u094d\u200c\u0937");
	assert_int_equal(latin.n, 2);
	assert_int_equal(latin.ntext, 2);
}

/* As when the library has no memory: letters as they are written. */
TEST(without_shaping_letters_are_there_all_the_same)
{
	struct type_faces plain_ = *faces();
	static const char t[] = "\u0939\u093f \u0e17\u0e35\u0e48";
	struct type_line l;

	memset(plain_.shaper, 0, sizeof(plain_.shaper));
	type_set(&plain_, TYPE_TEXT, TYPE_AUTO, t, strlen(t), false, &l);
	assert_int_equal(l.missing, 0);
	assert_int_equal(l.c[0], 0x939);
	assert_int_equal(l.n, 6);
}

TEST(a_long_line_of_shaped_letters_ends_with_its_room)
{
	OWN(buf) struct buf b = BUF(1 << 16);
	struct type_line l;

	for (int i = 0; i < 2 * TYPE_LINE_MAX; i++)
		buf_text(&b, "\u0bca"); /* two glyphs and a circle each */
	l = set(TYPE_AUTO, buf_str(&b));
	assert_true(l.n > 0 && l.n <= TYPE_LINE_MAX);
	assert_int_equal(
	    ttf_glyph(&faces()->f[FACE_TAMIL], TTF_GLYPH + 65535), 0);
}

TEST(a_line_does_not_end_between_a_letter_and_its_mark)
{
	static const char t[] = "\u0e17\u0e35\u0e48\u0e17\u0e35\u0e48";
	int one = type_advance(faces(), TYPE_TEXT, 0xe17);

	for (int width = 1; width < 2 * one; width++)
		assert_int_equal(type_fit(faces(), TYPE_TEXT, t, width) % 9,
		    width < one ? 3 : 0);
	assert_int_equal(type_fit(faces(), TYPE_TEXT, t, 2 * one), 18);
}

/* --- what has no glyph, known beforehand --- */

/* The signs of T, with a blank between; PACKAGE is what would help. */
static char *
signs(const struct type_faces *f, const char *t, const char *package)
{
	static char text[8 * SIGNS_MAX];
	OWN(buf) struct buf b = BUF(sizeof(text));
	struct signs s = {.n = 0};

	signs_add(&s, f, t);
	if (package == NULL)
		assert_null(s.package);
	else {
		assert_non_null(s.package);
		assert_string_equal(s.package, package);
	}
	signs_write(&s, &b);
	assert_ok(b.err);
	text_copy(text, sizeof(text), buf_str(&b));
	return text;
}

TEST(signs_are_named_before_a_sheet_is_made_each_once)
{
	static const char *const well[] = {"", "Ana P\u00e9rez \t~",
	    "\u0391\u0443", "\u05d0\u0634\u0631\u0643\u0629",
	    "\u65e5\u672c\ud55c\u3042", "\u0939\u093f\u0928\u094d\u0926\u0940",
	    "\u0e17\u0e35\u0e48", "\u1205", "\U0001f600\ufe0f\u200d", "\u25a1"};
	const struct type_faces *f = faces();
	struct type_faces few = *f;

	for (size_t i = 0; i < sizeof(well) / sizeof(*well); i++)
		assert_string_equal(signs(f, well[i], NULL), "");
	assert_string_equal(
	    signs(f, "Ana \u1b05\u1b13\u1b05", NULL), "\u1b05 \u1b13");
	assert_string_equal(signs(f, "\ue000", NULL), "\ue000");
	few.there[FACE_WIDE] = few.there[FACE_EMOJI] = false;
	assert_string_equal(signs(&few, "\u65e5x\u1b05", "fonts-wqy-microhei"),
	    "\u65e5 \u1b05");
	assert_string_equal(
	    signs(&few, "\ud55c", "fonts-wqy-microhei"), "\ud55c");
	assert_string_equal(signs(&few, "\u1b05 \U0001f34e", "fonts-symbola"),
	    "\u1b05 \U0001f34e");
	assert_string_equal(signs(&few, "\u1b05", NULL), "\u1b05");
	few.there[FACE_TAMIL] = false;
	assert_string_equal(
	    signs(&few, "\u0b95\u0e01", "fonts-noto-core"), "\u0b95");
}

TEST(signs_are_found_at_the_end_of_a_long_text_and_limited)
{
	OWN(buf) struct buf b = BUF(1 << 16);
	struct signs s = {.n = 0};
	char t[5];

	for (int i = 0; i < 3000; i++)
		buf_text(&b, "\u0634");
	buf_text(&b, "\u1b05");
	assert_string_equal(signs(faces(), buf_str(&b), NULL), "\u1b05");
	for (uint32_t cp = 0x4a0; cp < 0x4a0 + 2 * SIGNS_MAX; cp++) {
		text_of(0x13000 + cp % 0x100, t); /* hieroglyphs */
		signs_add(&s, faces(), t);
	}
	assert_int_equal(s.n, SIGNS_MAX);
	assert_true(s.more);
	buf_clear(&b);
	signs_write(&s, &b);
	assert_true(
	    b.len > 4 && strcmp(buf_str(&b) + b.len - 4, " \u2026") == 0);
}

TEST(a_sheet_has_squares_where_signs_are_named_and_nowhere_else)
{
	static const char *const names[] = {"Ana", "\u0e2d\u0e31\u0e19",
	    "\u0905\u0928\u0940 P", "\u65e5", "\U0001f600",
	    "\u0634\u0643\u0631", "\ue123", "a\u200db", "\u1200\u1210"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		OWN(buf) struct buf b = BUF(SHEET_MAX);
		struct handout h = plain;
		struct sheet sheet = {.title = "t"};
		struct signs s = {.n = 0};

		h.person = names[i];
		signs_of_handout(&s, faces(), &h);
		assert_ok(sheet_pdf(&sheet, &h, 1, &b));
		assert_int_equal(s.n > 0, sheet.missing > 0);
	}
}

TEST(fonts_of_nothing_draw_nothing_and_count_it)
{
	static const struct type_faces none;
	struct type_line l;

	type_set(&none, TYPE_CODE, TYPE_AUTO, "abc", 3, true, &l);
	assert_int_equal(l.n, 0);
	assert_int_equal(l.width, 0);
	assert_int_equal(l.missing, 4); /* with the ellipsis */
	assert_int_equal(type_advance(&none, TYPE_TEXT, 'a'), 0);
	assert_int_equal(type_fit(&none, TYPE_TEXT, "abc", 0), 3);
}

TEST(line_that_is_cut_ends_in_an_ellipsis)
{
	struct type_line l;

	type_set(faces(), TYPE_TEXT, TYPE_AUTO, "abc  def", 5, true, &l);
	assert_int_equal(l.n, 4);
	assert_int_equal(l.c[3], TYPE_ELLIPSIS);
	type_set(faces(), TYPE_TEXT, TYPE_AUTO, "\u0634\u0631", 4, true, &l);
	assert_int_equal(l.c[0], TYPE_ELLIPSIS); /* at its end: on the left */
}

TEST(line_has_so_many_characters_and_no_more)
{
	static char t[3 * TYPE_LINE_MAX];
	struct type_line l;

	memset(t, 'i', sizeof(t) - 1);
	type_set(faces(), TYPE_TEXT, TYPE_AUTO, t, sizeof(t) - 1, true, &l);
	assert_int_equal(l.n, TYPE_LINE_MAX);
	assert_int_equal(l.c[TYPE_LINE_MAX - 1], TYPE_ELLIPSIS);
	assert_int_equal(
	    type_fit(faces(), TYPE_TEXT, t, 1 << 30), TYPE_LINE_MAX - 2);
	/* octets behind a NUL are none of it */
	type_set(faces(), TYPE_TEXT, TYPE_AUTO, "ab\0cd", 5, false, &l);
	assert_int_equal(l.n, 2);
}

TEST(isolated_words_do_not_give_a_text_its_way)
{
	assert_int_equal(type_way("\u2067\u0634\u2069 abc"), TYPE_LTR);
	assert_int_equal(type_way("\u2066abc\u2069 \u0634"), TYPE_RTL);
	assert_int_equal(
	    type_way("\u2068\u2067\u0634\u2069\u2069 a"), TYPE_LTR);
	assert_int_equal(type_way("\u2069\u0634"), TYPE_RTL); /* ends none */
	assert_int_equal(type_way("\u2067abc"), TYPE_AUTO);
}

TEST(letters_from_the_right_are_turned_and_joined)
{
	static const char *const all[] = {
	    "\u0634\u0631", "\ufb1d\ufe8d", "\U00010800\U00010801"};
	struct type_line l = set(TYPE_AUTO, all[0]);

	assert_int_equal(l.n, 2);
	assert_int_equal(l.c[0], 0xfeae); /* final form of the last one */
	assert_int_equal(l.c[1], 0xfeb7); /* initial form of the first */
	l = set(TYPE_RTL, "ab!");
	assert_int_equal(l.c[0], '!');
	assert_int_equal(l.c[1], 'a');
	l = set(TYPE_LTR, "\u0634!");
	assert_int_equal(l.c[1], '!');
	for (size_t i = 1; i < 3; i++)
		assert_int_equal(set(TYPE_AUTO, all[i]).n, 2);
}

TEST(marks_are_put_over_and_under_their_letter_and_clear_of_each_other)
{
	struct type_line l = set(TYPE_AUTO, "n\u0301\u0302");

	assert_int_equal(l.n, 3);
	assert_true(!l.mark[0] && l.mark[1] && l.mark[2]);
	assert_int_equal(l.width, set(TYPE_AUTO, "n").width);
	assert_true(l.dx[1] < 0);
	assert_true(l.dy[2] > l.dy[1]);
	l = set(TYPE_AUTO, "A\u0301");
	assert_true(l.dy[1] > 0); /* over a capital */
	l = set(TYPE_AUTO, "g\u0323\u0331");
	assert_true(l.dy[1] < 0); /* under what hangs down */
	assert_true(l.dy[2] < l.dy[1]);
	l = set(TYPE_AUTO, "\u0301n"); /* of no letter */
	assert_false(l.mark[0]);
}

/* --- how much of it fits --- */

static size_t
fits(const char *t, int width)
{
	return type_fit(faces(), TYPE_TEXT, t, width);
}

TEST(line_ends_at_a_newline_a_blank_or_a_hyphen)
{
	const int w = type_advance(faces(), TYPE_TEXT, 'm');

	assert_int_equal(fits("mm\nmm", 9 * w), 3);
	assert_int_equal(fits("\nmm", 9 * w), 1);
	assert_int_equal(fits("mm mm", 3 * w), 3);
	assert_int_equal(fits("mm ", 2 * w), 3); /* a blank may hang over */
	assert_int_equal(fits("mm-mm", 3 * w), 3);
	assert_int_equal(fits("mmmmm", 3 * w), 3);
	assert_int_equal(fits("mmmmm", 0), 1);
	assert_int_equal(fits("\u65e5\u65e5", 0), 3);
	assert_int_equal(fits("", 0), 0);
}

/* --- on a sheet --- */

static char *
picture_of(const struct handout *h, struct buf *out)
{
	struct sheet s = {.layout = SHEET_A4_20, .title = "t"};

	assert_ok(sheet_svg(&s, h, out));
	return strdup(buf_str(out));
}

TEST(name_that_does_not_fit_ends_in_an_ellipsis)
{
	OWN(buf) struct buf a = BUF(SHEET_MAX);
	OWN(buf) struct buf b = BUF(SHEET_MAX);
	OWN(mem) char *has = NULL;
	OWN(mem) char *has_not = NULL;
	struct handout h = plain;
	char name[600] = "";

	has_not = picture_of(&h, &a);
	assert_null(strstr(has_not, "&#8230;"));
	memset(name, 'W', sizeof(name) - 1);
	h.person = h.network = h.key = name;
	has = picture_of(&h, &b);
	assert_non_null(strstr(has, "&#8230;"));
}

TEST(markup_in_a_name_is_text_in_a_picture)
{
	OWN(buf) struct buf a = BUF(SHEET_MAX);
	OWN(mem) char *has = NULL;
	struct handout h = plain;

	h.ssid = h.network = "<b>&\x01";
	has = picture_of(&h, &a);
	assert_null(strstr(has, "<b>"));
	assert_non_null(strstr(has, "&#60;b&#62;&#38;"));
	assert_null(strchr(has, '\x01'));
}

static int
pages_of(enum sheet_layout layout, const char *once)
{
	struct sheet s = {
	    .layout = layout, .title = "t", .once = once, .language = "en"};
	OWN(buf) struct buf b = BUF(SHEET_MAX);
	const char *at = NULL, *end;
	int n = 0;

	assert_ok(sheet_pdf(&s, &plain, 1, &b));
	assert_int_equal(s.missing, 0);
	for (at = b.p, end = at + b.len;
	     (at = memmem(at, (size_t)(end - at), "/Type /Page", 11)) != NULL;
	     at += 11)
		n += at[11] != 's';
	return n;
}

TEST(what_is_said_once_is_a_page_of_its_own)
{
	static const enum sheet_layout all[] = {
	    SHEET_A4, SHEET_A4_10, SHEET_A6, SHEET_RECEIPT};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		int n = pages_of(all[i], NULL);

		assert_true(n > 0);
		assert_int_equal(pages_of(all[i], ""), n);
		assert_int_equal(
		    pages_of(all[i], "Internet from room 12 is slower."),
		    n + 1);
	}
}

TEST(title_and_date_of_a_document_are_what_they_can_be)
{
	static const char *const titles[] = {
	    "plain", "\u00dcber", "a\tb", "\U0001f600"};
	static const int64_t made[] = {
	    -1, 0, 1700000000, 40000000000, INT64_MAX};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		for (size_t j = 0; j < sizeof(made) / sizeof(*made); j++) {
			struct sheet s = {.layout = SHEET_RECEIPT,
			    .title = titles[i],
			    .made = made[j]};
			OWN(buf) struct buf b = BUF(SHEET_MAX);

			assert_ok(sheet_pdf(&s, &plain, 1, &b));
			assert_non_null(memmem(b.p, b.len,
			    made[j] == 1700000000 ? "D:20231114221320"
						  : "D:19700101000000",
			    16));
		}
}

TEST(picture_characters_can_be_copied_from_the_paper)
{
	static const uint32_t c[] = {0x1f600, 'a', 0x10ffff, 0xffff};
	char hex[PAPER_HEX(4)];

	paper_bytes_hex(c, 4, hex);
	assert_string_equal(hex, "FEFFD83DDE000061DBFFDFFFFFFF");
	paper_bytes_hex(c, 0, hex);
	assert_string_equal(hex, "FEFF");
}

/* --- profiles of what is odd --- */

TEST(hidden_networks_are_looked_for)
{
	struct handout h = plain;
	OWN(buf) struct buf b = BUF(20000);

	assert_ok(profile_write(PROFILE_NETWORKMANAGER, &h, &b));
	assert_ok(profile_write(PROFILE_WPA_SUPPLICANT, &h, &b));
	assert_null(strstr(buf_str(&b), "hidden"));
	assert_null(strstr(buf_str(&b), "scan_ssid"));
	h.hidden = true;
	assert_profile(PROFILE_NETWORKMANAGER, &h, "\nhidden=true\n");
	assert_profile(PROFILE_WPA_SUPPLICANT, &h, "\n\tscan_ssid=1\n");
}

TEST(odd_passwords_are_written_as_each_format_reads_them)
{
	struct secret odd = {.len = 10, .b = " a\\b\"c#d; "};
	struct handout h = plain;
	uint8_t pmk[PSK_PMK];
	char line[100], hex[2 * PSK_PMK + 1];

	h.passphrase = &odd;
	assert_profile(PROFILE_NETWORKMANAGER, &h, "psk=\\sa\\\\b\"c#d;\\s\n");
	assert_ok(psk_derive(
	    secret_text(&odd), odd.len, h.ssid, strlen(h.ssid), pmk));
	text_to_hex(pmk, sizeof(pmk), hex);
	(void)snprintf(line, sizeof(line), "\tpsk=%s\n", hex);
	assert_profile(PROFILE_WPA_SUPPLICANT, &h, line);
	assert_profile(PROFILE_WPA_SUPPLICANT, &plain,
	    "\tpsk=\"" HANDOUT_PASSPHRASE "\"\n");
}
