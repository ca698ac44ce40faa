/* Letters: written with the change, sent after it, at least once. */
#include "tests/unit/service.h"
#include "tests/unit/smtp.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "core/service/courier.h"
#include "core/service/envelope.h"

static struct house h;
static struct courier courier;

static void
begin(const char *url)
{
	char why[CONF_WHY];

	house_make(&h);
	h.conf.mail.url = url;
	h.conf.mail.user = h.conf.mail.ca_file = h.conf.mail.password_file = "";
	h.conf.mail.from = "wifi@example.org";
	h.conf.mail.from_name = "Wi-Fi";
	assert_ok(
	    post_open(&h.conf, (struct post **)(uintptr_t)&courier.post, why));
}

static void
end(void)
{
	post_close((struct post *)(uintptr_t)courier.post);
	house_end(&h);
}

static struct uid
letter(const char *to, const char *once, int64_t useless)
{
	OWN(buf) struct buf b = BUF(OUTBOX_PAYLOAD_MAX);
	struct mail m = {.to = to,
	    .subject = "Hello",
	    .text = "Text\n",
	    .html = "<p>Text</p>",
	    .id = "one",
	    .language = "en",
	    .at = NOON};
	struct outbox_order o = {.kind = OUTBOX_MAIL,
	    .about = "letter.test",
	    .target = "...",
	    .once = once,
	    .useless = useless};
	struct uid id;

	assert_ok(envelope_seal(&m, &b));
	o.payload = b.p;
	o.len = b.len;
	assert_ok(outbox_put(&h.root, &o, &id));
	return id;
}

/* Rounds at NOW until nothing is due; how many rows were tried. */
static size_t
rounds(int64_t now)
{
	size_t done, all = 0;

	h.system.now = now;
	do {
		assert_ok(courier_round(
		    &h.system, &courier, OUTBOX_LETTERS, NULL, &done));
		all += done;
	} while (done);
	return all;
}

static struct outbox_item
item(const struct uid *id)
{
	struct outbox_item it;

	assert_ok(outbox_get(&h.root, id, &it));
	return it;
}

TEST(outbox_a_letter_refused_at_first_arrives_once_later)
{
	OWN(smtp) struct smtp p = {0};
	struct uid id;

	smtp_open(&p, NULL);
	begin(p.url);
	id = letter("once@example.org", NULL, 0);
	assert_int_equal(rounds(NOON), 1);
	assert_int_equal(item(&id).state, OUTBOX_WAITING);
	assert_int_equal(item(&id).tries, 1);
	assert_non_null(strstr(item(&id).answer, "451"));
	assert_int_equal(rounds(NOON + OUTBOX_WAIT_FIRST - 1), 0);
	assert_int_equal(rounds(NOON + OUTBOX_WAIT_FIRST), 1);
	smtp_got(&p, "once@example.org");
	assert_int_equal(item(&id).state, OUTBOX_DONE);
	assert_int_equal(rounds(NOON + 86400), 0);
	/* nothing further came, and nothing of it is kept */
	(void)letter("last@example.org", NULL, 0);
	assert_int_equal(rounds(NOON + 86400), 1);
	smtp_got(&p, "last@example.org");
	assert_err(outbox_retry(&h.root, &id), ERR_BAD_STATE);
	end();
}

TEST(outbox_a_letter_refused_for_good_is_dead_and_can_be_tried_again)
{
	OWN(smtp) struct smtp p = {0};
	struct outbox_item *all;
	struct call desk;
	struct uid id;
	int64_t dead;
	size_t n;

	smtp_open(&p, NULL);
	begin(p.url);
	id = letter("refuse@example.org", NULL, 0);
	assert_int_equal(rounds(NOON), 1);
	assert_int_equal(item(&id).state, OUTBOX_DEAD);
	assert_non_null(strstr(item(&id).answer, "550"));
	assert_int_equal(rounds(NOON + 86400), 0);
	assert_ok(outbox_list(&h.root, "dead", "", 10, &all, &n));
	assert_int_equal(n, 1);
	assert_ok(outbox_count(&h.root, OUTBOX_DEAD, &dead));
	assert_int_equal(dead, 1);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	assert_err(outbox_list(&desk, "dead", "", 10, &all, &n), ERR_FORBIDDEN);
	assert_err(outbox_retry(&desk, &id), ERR_FORBIDDEN);
	assert_ok(outbox_retry(&h.root, &id));
	assert_int_equal(item(&id).state, OUTBOX_WAITING);
	assert_int_equal(rounds(NOON + 86400), 1);
	assert_int_equal(item(&id).state, OUTBOX_DEAD);
	end();
}

/* Nobody is there for a day: then it is given up, not before. Pauses double
 * up to the longest. */
TEST(outbox_gives_up_after_a_day_of_trying)
{
	int64_t now = NOON, pause = OUTBOX_WAIT_FIRST;
	struct uid id;

	begin("smtp://127.0.0.1:9");
	id = letter("anna@example.org", NULL, 0);
	for (int i = 0; i < OUTBOX_TRIES; i++) {
		assert_int_equal(item(&id).state, OUTBOX_WAITING);
		assert_int_equal(rounds(now), 1);
		now = item(&id).due;
		if (i + 1 < OUTBOX_TRIES)
			assert_int_equal(now - h.system.now, pause);
		pause =
		    pause * 2 < OUTBOX_WAIT_MOST ? pause * 2 : OUTBOX_WAIT_MOST;
	}
	assert_int_equal(pause, OUTBOX_WAIT_MOST);
	assert_int_equal(item(&id).state, OUTBOX_DEAD);
	assert_true(h.system.now - NOON > 19 * 3600);
	assert_true(h.system.now - NOON < 86400);
	end();
}

TEST(outbox_sends_nothing_that_is_no_longer_of_use)
{
	OWN(smtp) struct smtp p = {0};
	struct uid late, fine;

	smtp_open(&p, NULL);
	begin(p.url);
	late = letter("late@example.org", NULL, NOON + 1800);
	assert_int_equal(rounds(NOON + 1800), 1);
	assert_int_equal(item(&late).state, OUTBOX_DEAD);
	fine = letter("fine@example.org", NULL, NOON + 1800);
	assert_int_equal(rounds(NOON + 1799), 1);
	smtp_got(&p, "fine@example.org");
	assert_int_equal(item(&fine).state, OUTBOX_DONE);
	end();
}

TEST(outbox_writes_the_same_thing_down_once)
{
	struct outbox_item *all;
	size_t n;

	begin("smtp://127.0.0.1:9");
	(void)letter("anna@example.org", "warn:1", 0);
	(void)letter("anna@example.org", "warn:1", 0);
	(void)letter("anna@example.org", "warn:2", 0);
	assert_ok(outbox_list(&h.root, "", "", 10, &all, &n));
	assert_int_equal(n, 2);
	end();
}

/* The content is in the store only sealed. */
TEST(outbox_content_is_sealed_and_belongs_to_its_row)
{
	struct uid a, b;
	char sql[300];

	begin("smtp://127.0.0.1:9");
	a = letter("canary-of-letter@example.org", NULL, 0);
	b = letter("other@example.org", NULL, 0);
	(void)snprintf(sql, sizeof(sql),
	    "UPDATE outbox SET payload = (SELECT payload FROM outbox WHERE id ="
	    " '%s') WHERE id = '%s'",
	    a.s, b.s);
	house_sql(&h, sql);
	assert_int_equal(rounds(NOON), 1);
	assert_int_equal(item(&b).state, OUTBOX_DEAD);
	assert_non_null(strstr(item(&b).answer, "cannot be opened"));
	assert_int_equal(item(&a).tries, 1);
	end();
}

enum { MANY = 60, KILLS = 25 };

/* Couriers are killed with letters in hand: each arrives, and the id tells the
 * few that arrive twice. Two are at work at any time. */
TEST(outbox_letters_survive_couriers_that_are_killed)
{
	OWN(smtp) struct smtp p = {0};
	int64_t *clock = mmap(NULL, sizeof(*clock), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool seen[MANY] = {0};
	int64_t waiting = MANY;
	int came = 0;
	char to[40];

	smtp_open(&p, NULL);
	begin(p.url);
	*clock = NOON;
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(to, sizeof(to), "n%d@example.org", i);
		(void)letter(to, NULL, 0);
	}
	for (int kill_ = 0; waiting > 0 && kill_ < 4 * KILLS; kill_++) {
		pid_t pid[2];

		*clock += OUTBOX_HOLD;
		for (int k = 0; k < 2; k++)
			if ((pid[k] = fork()) == 0) {
				struct why w;
				struct store *st = NULL;
				struct call c;
				size_t done = 1;

				if (store_service_open(
					&h.conf, h.ring, false, &st, &w))
					_exit(1);
				c = call_system(st, h.ring, h.arena, *clock);
				while (
				    courier_round(&c, &courier, OUTBOX_LETTERS,
					NULL, &done) == ERR_OK &&
				    done)
					continue;
				_exit(0);
			}
		/* the last ones are let to finish */
		if (kill_ < KILLS) {
			usleep(20000 + 3000 * (useconds_t)kill_);
			(void)kill(pid[0], SIGKILL);
			(void)kill(pid[1], SIGKILL);
		}
		(void)waitpid(pid[0], NULL, 0);
		(void)waitpid(pid[1], NULL, 0);
		assert_ok(outbox_count(&h.root, OUTBOX_WAITING, &waiting));
	}
	assert_int_equal(waiting, 0);
	close(p.in);
	while (fgets(p.line, sizeof(p.line), p.out)) {
		int n = -1;

		assert_non_null(strstr(p.line, "\"to\": \"n"));
		assert_int_equal(
		    sscanf(strstr(p.line, "\"to\": \"n") + 8, "%d", &n), 1);
		came++;
		seen[n] = true;
	}
	p.in = open("/dev/null", O_RDONLY);
	for (int i = 0; i < MANY; i++)
		if (!seen[i])
			fail_msg("letter %d was lost", i);
	print_message("%d letters, %d came\n", MANY, came);
	end();
	munmap(clock, sizeof(*clock));
}

TEST(envelope_keeps_a_letter_with_its_file)
{
	OWN(buf) struct buf b = BUF(1 << 16);
	OWN(arena) struct arena *a = arena_new(1 << 20);
	const struct mail_file f = {"wifi.pdf", "application/pdf", "%P\0F", 4};
	struct mail m = {.to = "a@b.c",
			.subject = "Ä \"x\"",
			.text = "t",
			.id = "i",
			.language = "",
			.file = &f},
		    out;
	char masked[ENVELOPE_MASK];

	assert_ok(envelope_seal(&m, &b));
	assert_ok(envelope_open(b.p, b.len, a, &out));
	assert_string_equal(out.subject, m.subject);
	assert_null(out.html);
	assert_int_equal(out.file->len, 4);
	assert_memory_equal(out.file->octets, "%P\0F", 4);
	for (size_t n = 0; n < b.len - 4; n++)
		assert_err(envelope_open(b.p, n, a, &out), ERR_CORRUPT);
	m.subject = "\xff";
	buf_clear(&b);
	assert_err(envelope_seal(&m, &b), ERR_BAD_INPUT);
	envelope_mask("anna@example.org", masked);
	assert_string_equal(masked, "a...@example.org");
	envelope_mask("+491701234711", masked);
	assert_string_equal(masked, "...4711");
	envelope_mask("", masked);
	assert_string_equal(masked, "...");
}
