#include "tests/unit/test.h"

#include "core/base/csv.h"

static struct csv c;

static enum err
open_text(const char *t)
{
	return csv_open(&c, t, strlen(t));
}

TEST(csv_reads_quotes_separators_and_any_line_ending)
{
	assert_ok(open_text("\xef\xbb\xbf"
			    "a,b,c\r\n1,\"x,\"\"y\"\"\nz\",\r\r\n\n,,end"));
	assert_ok(csv_next(&c));
	assert_int_equal(c.n, 3);
	assert_string_equal(c.value[0], "a");
	assert_ok(csv_next(&c));
	assert_int_equal(c.line, 2);
	assert_int_equal(c.n, 3);
	assert_string_equal(c.value[1], "x,\"y\"\nz");
	assert_string_equal(c.value[2], "");
	assert_ok(csv_next(&c));
	assert_int_equal(c.line, 6);
	assert_string_equal(c.value[2], "end");
	assert_err(csv_next(&c), ERR_NOT_FOUND);
	assert_err(csv_next(&c), ERR_NOT_FOUND);
	csv_own(&c);
}

TEST(csv_sees_semicolons_and_tabs)
{
	assert_ok(open_text("a;b;c,d\n1;2;3"));
	assert_ok(csv_next(&c));
	assert_int_equal(c.n, 3);
	assert_string_equal(c.value[2], "c,d");
	assert_ok(open_text("a\tb\n"));
	assert_ok(csv_next(&c));
	assert_int_equal(c.n, 2);
}

/* W-24: this, its bounds below, and that a wrong row keeps all out */
TEST(csv_refuses_what_is_no_table)
{
	assert_err(csv_open(&c, "a\0b", 3), ERR_BAD_INPUT);
	assert_err(csv_open(&c,
		       "\xff\xfe"
		       "a\0,\0b\0",
		       8),
	    ERR_BAD_INPUT);
	assert_err(open_text("a,b\nx\xc3,"), ERR_BAD_INPUT);
	assert_ok(open_text("a,b\n1,\"never closed"));
	assert_ok(csv_next(&c));
	assert_err(csv_next(&c), ERR_BAD_INPUT);
	assert_int_equal(c.line, 2);
	assert_err(csv_next(&c), ERR_NOT_FOUND);
	assert_ok(open_text("\"a\"b,c"));
	assert_err(csv_next(&c), ERR_BAD_INPUT);
}

/* N octets of X and an end of line. */
static enum err
read_long(size_t n, char x)
{
	static char t[CSV_ROW_MAX * 2];

	memset(t, x, n);
	t[n] = '\n';
	assert_ok(csv_open(&c, t, n + 1));
	return csv_next(&c);
}

TEST(csv_holds_its_bounds_to_the_octet)
{
	assert_ok(read_long(CSV_VALUE_MAX, 'x'));
	assert_int_equal(strlen(c.value[0]), CSV_VALUE_MAX);
	assert_err(read_long(CSV_VALUE_MAX + 1, 'x'), ERR_TOO_BIG);
	assert_ok(read_long(CSV_COLUMNS_MAX - 1, ','));
	assert_int_equal(c.n, CSV_COLUMNS_MAX);
	assert_err(read_long(CSV_COLUMNS_MAX, ','), ERR_TOO_BIG);
}

TEST(csv_bounds_a_row)
{
	static char t[CSV_ROW_MAX + 64];
	size_t n = 0;

	/* eight values and their ends fill it to the last octet but one */
	for (int i = 0; i < 8; i++) {
		memset(t + n, 'x', CSV_ROW_MAX / 8 - 1);
		n += CSV_ROW_MAX / 8 - 1;
		t[n++] = i < 7 ? ',' : '\n';
	}
	assert_ok(csv_open(&c, t, n));
	assert_ok(csv_next(&c));
	assert_int_equal(c.n, 8);
	t[n - 1] = 'x';
	assert_ok(csv_open(&c, t, n));
	assert_err(csv_next(&c), ERR_TOO_BIG);
}

/* W-23 */
TEST(csv_writes_no_formula)
{
	OWN(buf) struct buf b = BUF(1000);

	csv_put(&b, "=1+1", ',');
	csv_put(&b, "@x", ',');
	csv_put(&b, "\tx", ',');
	csv_put(&b, "say \"hi\"", ',');
	csv_put(&b, "", '\n');
	assert_string_equal(buf_str(&b),
	    "\"'=1+1\",\"'@x\",\"'\tx\",\"say \"\"hi\"\"\",\"\"\r\n");
}
