/* The operator's picture. */
#include "tests/unit/handout_world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/handout/logo.h"
#include "core/handout/sheet.h"

enum { ROOM = 4096 };

static size_t
seed(const char *name, uint8_t out[static ROOM])
{
	char path[100];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "tests/fuzz/seeds/logo/%s", name);
	assert_non_null(f = fopen(path, "r"));
	n = fread(out, 1, ROOM, f);
	assert_int_equal(fclose(f), 0);
	return n;
}

TEST(logos_are_read_with_what_is_transparent_as_white)
{
	OWN(logo) struct logo *l = NULL;
	uint8_t b[ROOM];
	size_t n = seed("alpha", b);

	assert_ok(logo_read(b, n, &l));
	assert_int_equal(l->w, 2);
	assert_int_equal(l->h, 2);
	assert_memory_equal(l->rgb, "\xff\x00\x00\xff\xff\xff", 6);
	assert_int_equal(l->len, n);
}

TEST(logos_that_are_none_are_refused)
{
	struct logo *l;
	uint8_t b[ROOM];
	size_t n = seed("cut", b);
	char why[LOGO_WHY] = "";

	assert_err(logo_read(b, n, &l), ERR_BAD_INPUT);
	assert_null(l);
	assert_err(logo_read("", 0, &l), ERR_BAD_INPUT);
	assert_err(logo_read("GIF89a", 6, &l), ERR_BAD_INPUT);
	assert_err(logo_read(b, LOGO_FILE_MAX + 1, &l), ERR_TOO_BIG);
	/* a header that promises too much is not believed */
	n = seed("alpha", b);
	b[18] = 0x7f;
	assert_true(logo_read(b, n, &l) != ERR_OK);
	assert_null(l);
	assert_err(logo_load("/nowhere/logo.png", &l, why), ERR_CONFIG);
	assert_non_null(strstr(why, "/nowhere/logo.png"));
	assert_err(logo_load("tests/fuzz/seeds/logo/cut", &l, why), ERR_CONFIG);
	assert_non_null(strstr(why, "expected a PNG"));
}

TEST(logos_are_on_every_sheet_once_and_do_not_change_others)
{
	static const enum sheet_layout all[] = {SHEET_A4, SHEET_A4_8,
	    SHEET_A4_20, SHEET_LETTER_10, SHEET_A6, SHEET_RECEIPT};
	OWN(logo) struct logo *l = NULL;
	struct handout h = HANDOUT("Ana", "");
	char why[SHEET_WHY] = "";
	uint8_t b[ROOM];

	assert_ok(sheet_fonts(why));
	assert_ok(logo_read(b, seed("alpha", b), &l));
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		OWN(buf) struct buf pdf = BUF(SHEET_MAX);
		OWN(buf) struct buf svg = BUF(SHEET_MAX);
		struct sheet sheet = {.layout = all[i], .title = "Wi-Fi"};
		bool small = all[i] == SHEET_A4_20;

		h.logo = l;
		assert_ok(sheet_pdf(&sheet, &h, 1, &pdf));
		assert_int_equal(
		    memmem(pdf.p, pdf.len, "/Subtype /Image", 15) != NULL,
		    !small);
		assert_ok(sheet_svg(&sheet, &h, &svg));
		assert_int_equal(strstr(buf_str(&svg),
				     "data:image/png;base64,iVBOR") != NULL,
		    !small);
		h.logo = NULL;
		buf_clear(&pdf);
		assert_ok(sheet_pdf(&sheet, &h, 1, &pdf));
		assert_null(memmem(pdf.p, pdf.len, "/Subtype /Image", 15));
	}
}
