#include "tests/unit/test.h"

#include <stdio.h>

#include "portal/web/multipart.h"

#define TYPE "multipart/form-data; boundary=x"
#define PART(name, value)                                                      \
	"--x\r\nContent-Disposition: form-data; name=\"" name                  \
	"\"\r\n\r\n" value "\r\n"
#define FILE_PART(name, value)                                                 \
	"--x\r\nContent-Disposition: form-data; name=\"file\"; "               \
	"filename=\"" name "\"\r\nContent-Type: text/csv\r\n\r\n" value "\r\n"

static struct arena *a;
static struct form f;
static struct multipart_file file;

static enum err
parse(const char *type, const char *body)
{
	arena_free(a);
	a = arena_new(1 << 20);
	return multipart_parse(type, body, strlen(body), a, &f, &file);
}

TEST(multipart_reads_fields_and_one_file)
{
	assert_ok(
	    parse(TYPE, PART("csrf", "abc") PART("note", "a\r\nb")
			    FILE_PART("k.csv", "x,y\r\n1,2\r\n") "--x--\r\n"));
	assert_int_equal(f.n, 3);
	assert_string_equal(form_text(&f, "csrf"), "abc");
	assert_string_equal(form_text(&f, "note"), "a\r\nb");
	assert_int_equal(file.len, 10);
	assert_memory_equal(file.octets, "x,y\r\n1,2\r\n", 10);
	assert_ok(parse(
	    "Multipart/Form-Data; boundary=\"x\"", PART("a", "") "--x--"));
	assert_string_equal(form_get(&f, "a"), "");
	assert_null(file.octets);
}

TEST(multipart_without_a_chosen_file_has_none)
{
	assert_ok(parse(TYPE, FILE_PART("", "") PART("a", "b") "--x--\r\n"));
	assert_null(file.octets);
	assert_string_equal(form_text(&f, "a"), "b");
	/* an empty file that has a name is a file */
	assert_ok(parse(TYPE, FILE_PART("e.csv", "") "--x--\r\n"));
	assert_non_null(file.octets);
	assert_int_equal(file.len, 0);
}

TEST(multipart_refuses_what_is_malformed)
{
	static const char *const bad[] = {"", "--x", "--x\r\n", "--x--\r\n",
	    PART("a", "b"), PART("a", "b") "--x", PART("a", "b") "--xx--\r\n",
	    "--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--\r\n",
	    "--x\r\n\r\nb\r\n--x--\r\n",
	    "--x\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n--x--",
	    PART("", "b") "--x--\r\n", PART("a", "\xff") "--x--\r\n",
	    FILE_PART("a", "1") FILE_PART("b", "2") "--x--\r\n",
	    " " PART("a", "b") "--x--\r\n"};
	static const char *const types[] = {"multipart/form-data",
	    "multipart/form-data; boundary=", "multipart/mixed; boundary=x",
	    "multipart/form-data; boundary=\"x",
	    "multipart/form-data; boundary=\"x y\""};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_err(parse(TYPE, bad[i]), ERR_BAD_INPUT);
		assert_int_equal(f.n, 0);
		assert_null(file.octets);
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		assert_err(
		    parse(types[i], PART("a", "b") "--x--\r\n"), ERR_BAD_INPUT);
}

/* N parts; a head of M octets. */
static enum err
parts(size_t n, size_t m)
{
	static char t[1 << 16];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		len += (size_t)snprintf(t + len, sizeof(t) - len,
		    "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n");
		if (m) {
			memset(t + len, 'h', m);
			len += m;
			memcpy(t + len, "\r\n", 2);
			len += 2;
		}
		len += (size_t)snprintf(t + len, sizeof(t) - len, "\r\nb\r\n");
	}
	(void)snprintf(t + len, sizeof(t) - len, "--x--\r\n");
	return parse(TYPE, t);
}

TEST(multipart_keeps_to_its_bounds)
{
	char type[200] = "multipart/form-data; boundary=", body[300];
	size_t n = strlen(type);

	assert_ok(parts(MULTIPART_PARTS_MAX, 0));
	assert_int_equal(f.n, MULTIPART_PARTS_MAX);
	assert_err(parts(MULTIPART_PARTS_MAX + 1, 0), ERR_TOO_BIG);
	assert_ok(parts(1, MULTIPART_HEAD_MAX - 100));
	assert_err(parts(1, MULTIPART_HEAD_MAX + 1), ERR_BAD_INPUT);
	memset(type + n, 'y', MULTIPART_BOUNDARY_MAX);
	(void)snprintf(body, sizeof(body),
	    "--%s\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"
	    "--%s--",
	    type + n, type + n);
	assert_ok(parse(type, body));
	type[n + MULTIPART_BOUNDARY_MAX] = 'y';
	assert_err(parse(type, body), ERR_BAD_INPUT);
	arena_free(a);
	a = NULL;
}
