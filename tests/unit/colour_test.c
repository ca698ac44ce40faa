/* The operator's colour: whatever it is, it can be read. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "portal/web/colour.h"

/* The colour that NAME has in the LOOK (0 light, 1 dark) of CSS. */
static struct rgb
its(const char *css, int look, const char *name)
{
	struct rgb c = {{0}};
	char want[40], text[8] = "";

	if (look == 1)
		assert_non_null(css = strstr(css, "@media"));
	(void)snprintf(want, sizeof(want), "--%s:", name);
	assert_non_null(css = strstr(css, want));
	(void)snprintf(text, sizeof(text), "%.7s", css + strlen(want));
	assert_true(colour_read(text, &c));
	return c;
}

TEST(colour_of_any_kind_can_be_read_in_both_looks)
{
	static const char *const paper[] = {"#f3f5f1", "#17211e"};
	char colour[8];

	for (int i = 0; i < 512; i++) {
		OWN(buf) struct buf css = BUF(1024);

		(void)snprintf(colour, sizeof(colour), "#%02x%02x%02x",
		    (unsigned)(i % 8 * 36), (unsigned)(i / 8 % 8 * 36),
		    (unsigned)(i / 64 * 36));
		assert_true(colour_css(colour, &css));
		for (int look = 0; look < 2; look++) {
			struct rgb a = its(buf_str(&css), look, "accent"),
				   on = its(buf_str(&css), look, "on-accent"),
				   tint = its(buf_str(&css), look, "tint"),
				   on_what;

			assert_true(colour_read(paper[look], &on_what));
			if (colour_contrast(&a, &on_what) < 4.5 ||
			    colour_contrast(&a, &tint) < 4.5 ||
			    colour_contrast(&a, &on) < 4.5)
				fail_msg("%s: %s", colour, buf_str(&css));
		}
	}
}

/* White letters on it, in a letter, where there is no style sheet. */
TEST(colour_of_any_kind_takes_white_letters)
{
	const struct rgb white = {{1, 1, 1}};
	char colour[8], made[8] = "#";
	struct rgb c;

	for (int i = 0; i < 512; i++) {
		(void)snprintf(colour, sizeof(colour), "#%02x%02x%02x",
		    (unsigned)(i % 8 * 36), (unsigned)(i / 8 % 8 * 36),
		    (unsigned)(i / 64 * 36));
		colour_ground(colour, made + 1);
		assert_true(colour_read(made, &c));
		assert_true(colour_contrast(&c, &white) >= 4.5);
	}
	colour_ground("", made + 1);
	assert_string_equal(made, "#0b5f54");
	colour_ground("#7a1fa2", made + 1);
	assert_string_equal(made, "#7a1fa2");
}

TEST(colour_that_can_be_read_stays_as_it_is)
{
	OWN(buf) struct buf css = BUF(1024);

	assert_true(colour_css("#0b5f54", &css));
	assert_non_null(strstr(buf_str(&css), ":root{--accent:#0b5f54;"));
}

TEST(colour_is_six_digits)
{
	static const char *const none[] = {"", "#", "0b5f54", "#0b5f5",
	    "#0b5f545", "#0b5f5g", "red", "#-10000"};
	OWN(buf) struct buf css = BUF(1024);
	struct rgb a, b;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_false(colour_css(none[i], &css));
	assert_int_equal(css.len, 0);
	assert_true(colour_read("#000000", &a) && colour_read("#FFFFFF", &b));
	assert_true(colour_contrast(&a, &b) > 20.9);
	assert_true(colour_contrast(&a, &a) < 1.01);
}
