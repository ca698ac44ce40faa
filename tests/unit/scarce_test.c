/* F-04: what is kept as JSON, while memory is scarce. It is whole or it is
 * NO_MEMORY, which passes: never damaged, for then a letter would be given up,
 * and a record would say less than it knows. */
#include "tests/unit/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/crypt/ring.h"
#include "core/crypt/seal.h"
#include "core/service/audit.h"
#include "core/service/envelope.h"
#include "core/service/json.h"
#include "core/service/message.h"
#include "tests/unit/meagre.h"
#include "tests/unit/starve.h"

static long room; /* how many more pieces the arena gives; -1: all */

static bool
meagre(void)
{
	return room == 0 || (room > 0 && --room == 0);
}

static const struct mail_file file = {
    "wifi.pdf", "application/pdf", "%P\0F", 4};
static const struct mail letter = {.to = "a@b.c",
    .subject = "Hello",
    .text = "t",
    .html = "<p>t</p>",
    .id = "i",
    .language = "de",
    .file = &file};

static struct buf sealed = BUF(1 << 16);

static enum err
seals(void)
{
	buf_clear(&sealed);
	return envelope_seal(&letter, &sealed);
}

static enum err
opens(void)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct mail m;
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	if ((e = envelope_open(sealed.p, sealed.len, a, &m)))
		return e;
	assert_string_equal(m.html, letter.html);
	assert_memory_equal(m.file->octets, "%P\0F", 4);
	return e;
}

#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct ring *ring;

static enum err
seals_a_value(void)
{
	static const struct seal_place at = {
	    .table = "t", .row = "r", .column = "c"};
	uint8_t out[SEAL_LEN(1)];

	return seal(ring, &at, "x", 1, out);
}

/* A process whose first sealing lacks allocation N, and then no more: 0 and 1,
 * it did not fail and it did; else it fails for ever. */
static int
begins_without(long n)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		bool came;
		enum err e = starve_at(n, seals_a_value, &came);

		_exit(seals_a_value() != ERR_OK ? 2 : e != ERR_OK);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What is looked for once, the first time, is looked for until it is found. */
TEST(scarce_memory_once_keeps_nothing_from_being_sealed_later)
{
	const char text[] = "latchkey-base 1 00000000 " ZERO "\n"
			    "latchkey-key 1 00000001 " ZERO "\n";
	char why[RING_WHY];
	int failed = 0;

	assert_ok(ring_parse(text, strlen(text), &ring, why));
	for (long n = 1; n <= 100; n++) {
		int how = begins_without(n);

		assert_in_range(how, 0, 1);
		failed += how;
	}
	assert_true(!starve_in_front() || failed > 1);
	ring_free(ring);
}

TEST(scarce_memory_does_not_damage_a_letter)
{
	int told;

	room = -1;
	told = starve_each(seals, ERR_NO_MEMORY);
	assert_ok(seals());
	told += starve_each(opens, ERR_NO_MEMORY);
	for (long n = 1;; n++) { /* of the request, too */
		enum err e;

		room = n;
		if ((e = opens()) == ERR_OK)
			break;
		assert_err(e, ERR_NO_MEMORY);
		told++;
	}
	room = -1;
	assert_true(!starve_in_front() || told > 20);
	buf_own(&sealed);
}

static enum err
asks(void)
{
	static const char *more[] = {"from=Wi-Fi", "flag", "x=a=b"};
	static const struct conf_sms s = {.form = "json",
	    .to = "recipient",
	    .text = "body",
	    .more = {.v = (void *)more, .n = 3}};
	OWN(buf) struct buf b = BUF(1000);
	enum err e = message_body(&s, "+491701234567", "Hi", &b);

	if (e == ERR_OK)
		assert_string_equal(buf_str(&b),
		    "{\"recipient\":\"+491701234567\",\"body\":\"Hi\","
		    "\"from\":\"Wi-Fi\",\"flag\":\"\",\"x\":\"a=b\"}");
	return e;
}

TEST(scarce_memory_does_not_cut_what_a_gateway_is_told)
{
	int told = starve_each(asks, ERR_NO_MEMORY);

	assert_true(!starve_in_front() || told > 10);
}

static enum err
exports(void)
{
	static const struct audit_line l = {.seq = 7,
	    .actor = "ada",
	    .act = "key.issue",
	    .noun = "key",
	    .id = "k",
	    .detail = "{\"name\":\"Phone\"}",
	    .hash = "00"};
	OWN(buf) struct buf b = BUF(1000);
	enum err e = audit_line_json(&l, &b);

	if (e == ERR_OK)
		assert_non_null(
		    strstr(buf_str(&b), "\"detail\":{\"name\":\"Phone\"}"));
	return e;
}

TEST(scarce_memory_leaves_no_detail_out_of_a_record)
{
	int told = starve_each(exports, ERR_NO_MEMORY);

	assert_true(!starve_in_front() || told > 10);
}

TEST(what_is_no_json_is_told_apart_from_a_lack)
{
	static const char *const bad[] = {"", "{", "{\"a\":}", "[1,]", "\xff",
	    "{\"a\":1}x", "nul", "{\"a\":\"\xc3\"}"};
	struct audit_line l = {.seq = 1,
	    .actor = "\xff",
	    .act = "",
	    .noun = "",
	    .id = "",
	    .detail = "{}"};
	OWN(buf) struct buf b = BUF(1000);
	json_t *j;
	char *text;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_err(
		    json_read(bad[i], strlen(bad[i]), 0, ERR_CORRUPT, &j),
		    ERR_CORRUPT);
	json_begin();
	assert_err(json_line(json_pack("{s:s}", "a", "\xff"), 0, &text),
	    ERR_BAD_INPUT);
	assert_err(audit_line_json(&l, &b), ERR_CORRUPT);
	l.actor = "ada";
	l.detail = "{"; /* damaged: the rest of the row is told */
	assert_ok(audit_line_json(&l, &b));
	assert_non_null(strstr(buf_str(&b), "\"detail\":null"));
}
