/* Handouts without memory, without room, and of fonts that are damaged. */
#include "tests/unit/failing.h"
#include "tests/unit/handout_world.h"

#include "core/handout/escpos.h"
#include "core/handout/logo.h"
#include "core/handout/qr.h"
#include "core/handout/sheet.h"
#include "core/handout/ttf.h"
#include "core/handout/wifi.h"

/* Greek and Arabic are drawn by fonts of their own on a receipt; Devanagari is
 * put together, too. */
static const struct handout all =
    HANDOUT("Ana \xce\xa9 \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 \xe5\x90\x8d",
	"Breakfast \xe0\xa4\xb9\xe0\xa4\xbf from 7");

static uint8_t png[8192];
static size_t png_len;

static void
logo_there(void)
{
	int fd = open("tests/fuzz/seeds/logo/alpha", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, png, sizeof(png));
	assert_true(n > 0);
	png_len = (size_t)n;
	assert_int_equal(close(fd), 0);
}

/* --- one thing each --- */

static enum err
reads_a_logo(void)
{
	OWN(logo) struct logo *logo = NULL;

	return logo_read(png, png_len, &logo);
}

/* What is not told is as it was: nothing is printed in another order, or in
 * letters that were not put together. */
static void
as_before(struct buf *before, const struct buf *b)
{
	if (before->len == 0)
		buf_add(before, b->p, b->len);
	assert_int_equal(b->len, before->len);
	assert_memory_equal(b->p, before->p, b->len);
}

static enum err
shows(void)
{
	static struct buf before = BUF(SHEET_MAX);
	struct sheet s = {.layout = SHEET_A4, .title = "t", .made = 1700000000};
	OWN(buf) struct buf b = BUF(SHEET_MAX);
	enum err e = sheet_svg(&s, &all, &b);

	if (e == ERR_OK) {
		assert_non_null(strstr(buf_str(&b), "</svg>"));
		assert_non_null(strstr(buf_str(&b), "&#2361;&#2367;"));
		as_before(&before, &b);
	}
	return e;
}

static enum err
receipt(void)
{
	static struct buf before = BUF(1 << 20);
	OWN(buf) struct buf b = BUF(1 << 20);
	size_t missing;
	enum err e = escpos_receipt(&all, &b, &missing);

	if (e == ERR_OK)
		as_before(&before, &b);
	return e;
}

static enum err
picture(void)
{
	OWN(buf) struct buf text = BUF(1000);
	OWN(buf) struct buf b = BUF(1 << 20);
	struct qr q;
	enum err e;

	if ((e = wifi_string(&all, &text)) || (e = qr_make(buf_str(&text), &q)))
		return e;
	return qr_png(&q, 4, &b);
}

static enum err
profiles(void)
{
	enum err e = ERR_OK;

	for (int i = 0; e == ERR_OK && i < 4; i++) {
		OWN(buf) struct buf b = BUF(20000);

		e = profile_write((enum profile_kind)i, &all, &b);
	}
	return e;
}

/* Not the PDF: libharu itself reads through what it did not get. */
TEST(handouts_survive_allocations_that_fail)
{
	static const struct {
		const char *name;
		enum err (*act)(void);
		long step;
	} deeds[] = {{"logo", reads_a_logo, 1},
	    {"picture of a sheet", shows, 1}, {"receipt", receipt, 1},
	    {"QR code", picture, 1}, {"profiles", profiles, 5}};
	char why[SHEET_WHY];

	logo_there();
	assert_ok(sheet_fonts(why));
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		assert_ok(deeds[i].act()); /* what is kept for good */
		if (starve_in_front() && failing_sweep(FAILING_ALLOC,
					     deeds[i].act, deeds[i].step) < 2)
			fail_msg("%s told nothing", deeds[i].name);
	}
}

TEST(handouts_end_with_the_room_there_is)
{
	for (size_t room = 0; room < 6000; room += 500) {
		struct sheet s = {
		    .layout = SHEET_A4, .title = "t", .made = 1700000000};
		OWN(buf) struct buf b = {.max = room};
		OWN(buf) struct buf svg = {.max = room};
		OWN(buf) struct buf r = {.max = room / 10};
		OWN(buf) struct buf p = {.max = room / 20};
		size_t missing;

		assert_err(sheet_pdf(&s, &all, 1, &b), ERR_TOO_BIG);
		assert_err(sheet_svg(&s, &all, &svg), ERR_TOO_BIG);
		assert_err(escpos_receipt(&all, &r, &missing), ERR_TOO_BIG);
		assert_err(
		    profile_write(PROFILE_CHROMEOS, &all, &p), ERR_TOO_BIG);
	}
}

TEST(handouts_of_what_is_no_password_are_refused)
{
	struct secret bad = {.len = 7, .b = "sevench"};
	OWN(buf) struct buf b = BUF(1 << 20);
	struct handout h = all, far = all;
	char ssid[40];
	size_t missing;

	memset(ssid, 'x', 33);
	ssid[33] = '\0';
	h.passphrase = &bad;
	far.ssid = ssid;
	assert_err(escpos_receipt(&h, &b, &missing), ERR_BAD_INPUT);
	assert_err(escpos_receipt(&far, &b, &missing), ERR_BAD_INPUT);
	assert_err(profile_write(PROFILE_APPLE, &h, &b), ERR_BAD_INPUT);
	assert_err(profile_write(PROFILE_APPLE, &far, &b), ERR_BAD_INPUT);
	assert_int_equal(b.len, 0);
}

/* --- damaged fonts --- */

static uint8_t *font, *damaged;
static size_t font_len;

static void
font_there(void)
{
	static const char path[] =
	    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat s;
	ssize_t n = 0;

	assert_true(fd >= 0 && fstat(fd, &s) == 0);
	font = malloc((size_t)s.st_size);
	damaged = malloc((size_t)s.st_size);
	assert_true(font != NULL && damaged != NULL);
	while (
	    font_len < (size_t)s.st_size &&
	    (n = read(fd, font + font_len, (size_t)s.st_size - font_len)) > 0)
		font_len += (size_t)n;
	assert_int_equal(close(fd), 0);
}

/* A damaged one is refused, or gives something that ends. */
static bool
is_used(size_t len)
{
	struct ttf f;
	struct ttf_used *u = calloc(1, sizeof(*u));
	OWN(buf) struct buf out = BUF(8 << 20);
	bool ok = ttf_open(&f, damaged, len) == ERR_OK;

	assert_non_null(u);
	if (ok) {
		for (uint32_t cp = 'A'; cp < 'F'; cp++) {
			struct ttf_ink ink;

			assert_true(ttf_use(u, cp));
			(void)ttf_advance(&f, ttf_glyph(&f, cp));
			(void)ttf_ink(&f, ttf_glyph(&f, cp), &ink);
		}
		(void)ttf_glyph(&f, 0x1d538);
		if (ttf_subset(&f, u, "X", &out) != ERR_OK)
			ok = false;
	}
	free(u);
	return ok;
}

TEST(fonts_that_are_cut_or_damaged_are_not_read_beyond)
{
	int used = 0, refused = 0;
	size_t tables;

	font_there();
	memcpy(damaged, font, font_len);
	assert_true(is_used(font_len));
	for (size_t len = 0; len < 400; len += 3)
		assert_false(is_used(len));
	/* each octet of the list of tables */
	tables = (size_t)font[4] << 8 | font[5];
	for (size_t at = 4; at < 12 + 16 * tables; at++) {
		damaged[at] ^= 0x80;
		used += is_used(font_len);
		damaged[at] = font[at];
	}
	/* the first octets of each table */
	for (size_t t = 0; t < tables; t++) {
		const uint8_t *e = font + 12 + 16 * t;
		size_t from = (size_t)e[8] << 24 | (size_t)e[9] << 16 |
			      (size_t)e[10] << 8 | e[11];

		for (size_t at = from; at < from + 110 && at < font_len; at++) {
			damaged[at] = 0xff;
			refused += !is_used(font_len);
			damaged[at] = 0;
			refused += !is_used(font_len);
			damaged[at] = font[at];
		}
	}
	assert_true(used > 50 && refused > 5);
	assert_true(is_used(font_len));
	free(font);
	free(damaged);
}
