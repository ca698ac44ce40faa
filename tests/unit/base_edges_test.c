/* Where the small helpers end: the last octet, the last row, no memory. */
#include "tests/unit/starve.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/confine.h"
#include "core/base/csv.h"
#include "core/base/log.h"
#include "core/base/mac.h"
#include "core/base/rnd.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/base/uid.h"

/* --- text --- */

TEST(text_of_every_invisible_kind_is_no_name)
{
	static const uint32_t hidden[] = {0x7f, 0x9f, 0xad, 0x61c, 0x180e,
	    0x200b, 0x200f, 0x2028, 0x202e, 0x2060, 0x206f, 0xfeff, 0xfff9,
	    0xfffb, 0xe0001, 0xe0fff};
	static const uint32_t shown[] = {0xa0, 0xae, 0x61b, 0x61d, 0x180d,
	    0x180f, 0x200a, 0x2010, 0x2027, 0x202f, 0x205f, 0x2070, 0xfefe,
	    0xff00, 0xfff8, 0xfffc, 0xdffff, 0xe1000};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden) +
				   sizeof(shown) / sizeof(*shown);
	     i++) {
		bool want = i >= sizeof(hidden) / sizeof(*hidden);
		uint32_t cp = want ? shown[i - sizeof(hidden) / sizeof(*hidden)]
				   : hidden[i];
		char t[8] = "x";
		char *p = t + 1;

		if (cp < 0x80)
			*p++ = (char)cp;
		else if (cp < 0x800) {
			*p++ = (char)(0xc0 | cp >> 6);
			*p++ = (char)(0x80 | (cp & 63));
		} else if (cp < 0x10000) {
			*p++ = (char)(0xe0 | cp >> 12);
			*p++ = (char)(0x80 | (cp >> 6 & 63));
			*p++ = (char)(0x80 | (cp & 63));
		} else {
			*p++ = (char)(0xf0 | cp >> 18);
			*p++ = (char)(0x80 | (cp >> 12 & 63));
			*p++ = (char)(0x80 | (cp >> 6 & 63));
			*p++ = (char)(0x80 | (cp & 63));
		}
		*p = '\0';
		if (text_name(t, 20) != want)
			fail_msg("U+%04X", cp);
	}
}

TEST(text_names_have_a_length_and_are_utf8)
{
	char five[] = "abcde", bad[] = "a\xff", over[] = "\xe0\x80\x80";

	assert_true(text_name(five, 5));
	assert_false(text_name(five, 4));
	assert_false(text_name(bad, 20));
	assert_false(text_name(over, 20));
}

TEST(text_is_cut_between_characters)
{
	char out[8] = "before", none[1] = "x";

	text_copy(out, sizeof(out), "abcdef\xc3\xab"); /* an e too many */
	assert_string_equal(out, "abcdef");
	text_copy(out, 3, "\xe2\x82\xac"); /* not even one */
	assert_string_equal(out, "");
	text_copy(none, 0, "abc");
	assert_int_equal(none[0], 'x');
}

TEST(text_reads_on_after_what_is_malformed)
{
	const char *t = "a\xff"
			"b";

	assert_int_equal(text_next(&t), 'a');
	assert_int_equal(text_next(&t), 0xfffd);
	assert_int_equal(text_next(&t), 'b');
	assert_int_equal(text_next(&t), 0);
}

TEST(text_of_digits_is_whole_or_refused)
{
	uint8_t b[2];
	int64_t v;

	assert_true(text_from_hex("0Aff", b, 2));
	assert_int_equal(b[0], 0x0a);
	assert_int_equal(b[1], 0xff);
	assert_false(text_from_hex("0aff0", b, 2));
	assert_false(text_from_hex("0af", b, 2));
	assert_false(text_from_hex("0gff", b, 2));
	assert_false(text_from_hex("g0ff", b, 2));
	assert_true(text_int("9223372036854775807", 0, INT64_MAX, &v));
	assert_int_equal(v, INT64_MAX);
	assert_false(text_int("9223372036854775808", 0, INT64_MAX, &v));
	assert_false(text_int("5", 6, 9, &v));
}

TEST(base64url_refuses_every_octet_that_is_no_digit)
{
	char text[] = "AAAA";
	uint8_t raw[3];
	size_t len;
	int good = 0;

	for (int c = 1; c < 256; c++) {
		text[2] = (char)c;
		good += text_from_b64url(text, 4, raw, sizeof(raw), &len);
	}
	assert_int_equal(good, 64);
}

/* --- buffers and arenas --- */

TEST(a_buffer_tells_its_first_failure)
{
	OWN(buf) struct buf b = BUF(1000);

	assert_string_equal(buf_str(&b), "");
	buf_add(&b, NULL, 0);
	assert_ok(b.err);
	if (starve_in_front()) {
		buf_clear(&b);
		starve_in = 1;
		buf_printf(&b, "%400d", 7);
		starve_in = 0;
		assert_err(b.err, ERR_NO_MEMORY);
		buf_text(&b, "more");
		assert_err(b.err, ERR_NO_MEMORY);
		buf_clear(&b);
	}
	for (int i = 0; i < 9; i++)
		buf_printf(&b, "%100d", i);
	assert_ok(b.err);
	assert_int_equal(b.len, 900);
	assert_int_equal(strlen(buf_str(&b)), 900);
	buf_printf(&b, "%101d", 1);
	assert_err(b.err, ERR_TOO_BIG);
	assert_int_equal(b.len, 900);
}

TEST(a_reader_of_nothing_has_nothing)
{
	struct reader r = reader_of(NULL, 0);

	assert_int_equal(reader_left(&r), 0);
	assert_true(reader_ok(&r));
	assert_int_equal(reader_be32(&r), 0);
	assert_false(reader_ok(&r));
	r = reader_of("\0\0\0\0\0\0\0\x07\x01", 9);
	assert_int_equal(reader_be64(&r), 7);
	assert_int_equal(reader_left(&r), 1);
}

TEST(an_arena_has_bounds_and_may_get_no_memory)
{
	OWN(arena) struct arena *a = arena_new(20000);

	assert_non_null(arena_get(a, 0));
	assert_null(arena_copy(a, "x", SIZE_MAX));
	assert_null(arena_get(a, 19984 + 1));
	assert_null(arena_printf(a, "%30000d", 1));
	assert_string_equal(arena_text(a, "text"), "text");
	assert_null(arena_copy(a, "x", 19990));
	if (!starve_in_front())
		return;
	for (long n = 1; n <= 2; n++) {
		starve_in = n;
		assert_null(arena_new(100));
		starve_in = 0;
	}
	starve_in = 1;
	assert_null(arena_get(a, 9000));
	starve_in = 0;
	assert_non_null(arena_get(a, 9000));
}

/* --- tables --- */

static enum err
csv_of(struct csv *c, const char *text)
{
	enum err e = csv_open(c, text, strlen(text));

	return e ? e : csv_next(c);
}

TEST(csv_has_bounds_of_values_columns_and_rows)
{
	static struct csv c;
	static char text[4 * CSV_ROW_MAX];
	char *p = text;

	memset(text, 'x', CSV_VALUE_MAX);
	assert_ok(csv_of(&c, text));
	assert_int_equal(strlen(c.value[0]), CSV_VALUE_MAX);
	text[CSV_VALUE_MAX] = 'x';
	assert_err(csv_of(&c, text), ERR_TOO_BIG);
	text[0] = '"';
	text[CSV_VALUE_MAX + 1] = 'x';
	text[CSV_VALUE_MAX + 2] = '"';
	assert_err(csv_of(&c, text), ERR_TOO_BIG);
	assert_non_null(c.wrong);
	/* each value is allowed, all of them are not */
	for (int i = 0; i < 9; i++, *p++ = ',') {
		memset(p, 'y', CSV_VALUE_MAX);
		p += CSV_VALUE_MAX;
	}
	*p = '\0';
	assert_err(csv_of(&c, text), ERR_TOO_BIG);
	assert_err(csv_next(&c), ERR_NOT_FOUND); /* and no more is read */
	memset(text, ',', CSV_COLUMNS_MAX);
	text[CSV_COLUMNS_MAX - 1] = '\0';
	assert_ok(csv_of(&c, text));
	assert_int_equal(c.n, CSV_COLUMNS_MAX);
	text[CSV_COLUMNS_MAX - 1] = ',';
	text[CSV_COLUMNS_MAX] = '\0';
	assert_err(csv_of(&c, text), ERR_TOO_BIG);
}

TEST(csv_row_of_exactly_the_room_is_the_last_that_fits)
{
	static struct csv c;
	static char text[2 * CSV_ROW_MAX];

	/* values and their ends: 8 of 1023 + 1 fill the room */
	for (int more = 0; more < 2; more++) {
		char *p = text;

		for (int i = 0; i < 8; i++) {
			memset(p, 'z', 1023);
			p += 1023;
			*p++ = i < 7 || more ? ',' : '\0';
		}
		*p = '\0';
		assert_err(csv_of(&c, text), more ? ERR_TOO_BIG : ERR_OK);
		assert_int_equal(c.n, more ? 0 : 8);
	}
}

TEST(csv_quotes_are_closed_and_stand_alone)
{
	static struct csv c;

	assert_ok(csv_of(&c, "\"a\"\"b\",\"c\nd\"\r\ne"));
	assert_string_equal(c.value[0], "a\"b");
	assert_string_equal(c.value[1], "c\nd");
	assert_ok(csv_next(&c));
	assert_int_equal(c.line, 3);
	assert_ok(csv_of(&c, "\"a\""));
	assert_err(csv_of(&c, "\"a"), ERR_BAD_INPUT);
	assert_err(csv_of(&c, "\"a\"b"), ERR_BAD_INPUT);
	assert_err(csv_of(&c, ""), ERR_NOT_FOUND);
	assert_ok(csv_of(&c, "a,"));
	assert_int_equal(c.n, 2);
	assert_string_equal(c.value[1], "");
}

/* --- the log --- */

/* What LOG() writes while F is run. */
static const char *
logged(void (*f)(void))
{
	static char text[1 << 14];
	int p[2], was = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0);
	assert_true(dup2(p[1], STDERR_FILENO) == STDERR_FILENO);
	f();
	assert_true(dup2(was, STDERR_FILENO) == STDERR_FILENO);
	n = read(p[0], text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	(void)close(p[0]);
	(void)close(p[1]);
	(void)close(was);
	return text;
}

static void
strange_values(void)
{
	LOG(INFO, "test.values", LOG_S("empty", ""), LOG_S("quote", "a\"b\\"),
	    LOG_S("line", "a\nb\x7f"), LOG_S("raw", "a\xff"),
	    LOG_S("name", "Zo\xc3\xab"), LOG_I("n", -5));
}

TEST(log_values_are_quoted_in_both_forms)
{
	const char *t = logged(strange_values);

	assert_non_null(strstr(t,
	    " empty=\"\" quote=\"a\\\"b\\\\\" line=\"a\\u000ab\\u007f\""
	    " raw=\"a\\u00ff\" name=\"Zo\xc3\xab\" n=-5\n"));
	log_start("test", true, LOG_INFO_);
	t = logged(strange_values);
	log_start("latchkey", false, LOG_INFO_);
	assert_non_null(strstr(t, "\"program\":\"test\",\"level\":\"info\","
				  "\"event\":\"test.values\",\"empty\":\"\""));
	assert_non_null(strstr(t, "\"line\":\"a\\u000ab\\u007f\""));
	assert_non_null(strstr(t, ",\"n\":-5}\n"));
}

static void
long_values(void)
{
	static char big[LOG_VALUE_MAX + 100];

	memset(big, 'v', sizeof(big) - 1);
	LOG(ERROR, "test.long", LOG_S("a", big), LOG_S("b", big),
	    LOG_S("c", big), LOG_S("d", big), LOG_S("e", big), LOG_S("f", big));
}

TEST(log_line_ends_where_its_room_does)
{
	size_t n = strlen(logged(long_values));

	assert_true(n > LOG_VALUE_MAX && n <= 4096);
}

static void
two_levels(void)
{
	LOG(INFO, "test.info");
	LOG(WARN, "test.warn");
}

TEST(log_below_its_level_is_not_written)
{
	enum log_level l = LOG_INFO_;
	const char *t;

	log_start("latchkey", false, LOG_WARN_);
	t = logged(two_levels);
	log_start("latchkey", false, LOG_INFO_);
	assert_null(strstr(t, "test.info"));
	assert_non_null(strstr(t, "test.warn"));
	assert_true(log_level_parse("error", &l));
	assert_int_equal(l, LOG_ERROR_);
	assert_false(log_level_parse("loud", &l));
	assert_int_equal(l, LOG_ERROR_);
}

/* --- and the rest --- */

TEST(errors_out_of_range_are_internal)
{
	const enum err e = ERR_COUNT;

	assert_string_equal(err_name(e), "INTERNAL");
	assert_int_equal(err_http(e), 500);
	assert_string_equal(err_words(e), err_words(ERR_INTERNAL));
}

TEST(time_before_the_year_0_is_its_first_second)
{
	char t[CLOCK_TEXT];

	clock_text(INT64_MIN, t);
	assert_non_null(strstr(t, "-01-01T00:00:00Z"));
}

TEST(identifiers_that_are_none_are_refused)
{
	struct uid u;

	assert_false(uid_parse(NULL, &u));
	assert_false(uid_parse("0123", &u));
	assert_false(uid_parse("8123456789abcdefghjkmnpqrs", &u));
	assert_false(uid_parse("0123456789abcdefghjkmnpqri", &u));
	assert_true(uid_parse("7123456789abcdefghjkmnpqrs", &u));
	assert_int_equal(rnd_below(0), 0);
	assert_int_equal(rnd_below(1), 0);
}

TEST(secrets_of_nothing_are_empty)
{
	struct secret s;

	assert_ok(secret_set(&s, NULL, 0));
	assert_string_equal(secret_text(&s), "");
}

#ifndef SANITIZED
/* A process confines itself, and its thread to a list of its OWN or without
 * seccomp(2), then makes CALL: the signal that ended it, or -status. */
static int
ended_by(bool own, long call)
{
	static const struct confine_rule process[] = {CONFINE_SECCOMP,
	    CONFINE_ALLOW(getppid), CONFINE_ALLOW(exit_group),
	    CONFINE_ALLOW(brk), CONFINE_ALLOW(mmap), CONFINE_ALLOW(munmap)};
	static const struct confine_rule thread[] = {CONFINE_ALLOW(exit_group)};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (!confine_calls(process, 6) ||
		    !(own ? confine_thread(thread, 1)
			  : confine_thread_seccomp()))
			_exit(3);
		(void)syscall(call, 1, 0, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

TEST(confine_gives_a_thread_a_list_of_its_own)
{
	if (!starve_in_front()) /* valgrind, which makes calls of its own */
		return;
	assert_int_equal(ended_by(true, SYS_exit_group), -1);
	assert_int_equal(ended_by(true, SYS_getppid), SIGSYS);
	assert_int_equal(ended_by(true, SYS_seccomp), SIGSYS);
	assert_int_equal(ended_by(false, SYS_getppid), 0);
	assert_int_equal(ended_by(false, SYS_seccomp), SIGSYS);
	assert_int_equal(ended_by(false, SYS_socket), SIGSYS);
}
#endif

/* A filter that cannot be made is told, and none is loaded. */
TEST(confine_refuses_calls_that_there_are_not)
{
	const struct confine_rule none = {.call = -1};

	assert_false(confine_calls(&none, 1));
	assert_false(confine_thread(&none, 1));
	assert_true(getpid() > 0);
	if (!starve_in_front())
		return;
	starve_in = 1;
	assert_false(confine_calls(&none, 0));
	starve_in = 0;
}
