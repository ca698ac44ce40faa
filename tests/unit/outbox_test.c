/* Letters: written with the change, sent after it, at least once. */
#include "tests/unit/loopback.h"
#include "tests/unit/service.h"
#include "tests/unit/smtp.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

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
	h.conf.mail.from_name = CONF_SAID_ALL("Wi-Fi");
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

/* Whoever writes has a name in the reader's language. */
TEST(outbox_letters_come_from_a_name_in_their_language)
{
	static const char *const in[16] = {"Harbour Wi-Fi"};
	OWN(smtp) struct smtp p = {0};

	smtp_open(&p, NULL);
	begin(p.url);
	h.conf.mail.from_name = (struct conf_said){"WLAN", in};
	(void)letter("anna@example.org", NULL, 0);
	assert_int_equal(rounds(NOON), 1);
	smtp_got(&p, "Harbour Wi-Fi <wifi@example.org>");
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

/* Carries what is due at NOW, in a process of its own. */
static pid_t
carrier(int64_t now)
{
	struct why w;
	struct store *st = NULL;
	struct call c;
	size_t done = 1;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (store_service_open(&h.conf, h.ring, false, &st, &w))
		_exit(1);
	c = call_system(st, h.ring, h.arena, now);
	while (courier_round(&c, &courier, OUTBOX_LETTERS, NULL, &done) ==
		   ERR_OK &&
	       done)
		continue;
	_exit(0);
}

/* Two couriers are at work at any time and killed with letters in hand, again
 * and again; the last ones are let to finish. */
static void
carry_and_kill(void)
{
	int64_t waiting = MANY, now = NOON;

	for (int round = 0; waiting > 0 && round < 4 * KILLS; round++) {
		pid_t pid[2];

		now += OUTBOX_HOLD;
		for (int k = 0; k < 2; k++)
			assert_true((pid[k] = carrier(now)) > 0);
		if (round < KILLS) {
			usleep(20000 + 3000 * (useconds_t)round);
			(void)kill(pid[0], SIGKILL);
			(void)kill(pid[1], SIGKILL);
		}
		(void)waitpid(pid[0], NULL, 0);
		(void)waitpid(pid[1], NULL, 0);
		assert_ok(outbox_count(&h.root, OUTBOX_WAITING, &waiting));
	}
	assert_int_equal(waiting, 0);
}

/* Each letter arrives, and the id tells the few that arrive twice. */
TEST(outbox_letters_survive_couriers_that_are_killed)
{
	OWN(smtp) struct smtp p = {0};
	bool seen[MANY] = {0};
	int came = 0;
	char to[40];

	smtp_open(&p, NULL);
	begin(p.url);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(to, sizeof(to), "n%d@example.org", i);
		(void)letter(to, NULL, 0);
	}
	carry_and_kill();
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
}

/* --- text messages --- */

enum { CAME = 10 * MANY };

/* Takes text messages, and keeps of each the number and its key. */
struct gateway {
	int fd, n, to[CAME];
	char key[CAME][40], url[64];
	pthread_t thread;
};

/* What one who may be killed in the middle of it asks on FD. */
static void
take_message(struct gateway *g, int fd)
{
	static const char yes[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
				  "Connection: close\r\n\r\n";
	char at[2048] = "", *body = NULL, *key, *to;
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, at + len, sizeof(at) - 1 - len)) > 0) {
		at[len += (size_t)n] = '\0';
		body = strstr(at, "\r\n\r\n");
		if (body && strchr(body, '}'))
			break;
	}
	key = strstr(at, "Idempotency-Key: ");
	to = body ? strstr(body, "\"to\":\"+4917") : NULL;
	if (n <= 0 || key == NULL || to == NULL || g->n == CAME)
		return;
	(void)sscanf(key + 17, "%39[a-z0-9]", g->key[g->n]);
	(void)sscanf(to + 11, "%d", &g->to[g->n]);
	g->n++;
	usleep(2000); /* so that some are killed before they know */
	(void)!send(fd, yes, sizeof(yes) - 1, MSG_NOSIGNAL);
}

static void *
gateway_run(void *arg)
{
	struct gateway *g = arg;
	int fd;

	while ((fd = accept(g->fd, NULL, NULL)) >= 0) {
		take_message(g, fd);
		close(fd);
	}
	return NULL;
}

static void
gateway_open(struct gateway *g)
{
	g->fd = loopback_listen("http", "/send", g->url, sizeof(g->url));
	assert_int_equal(pthread_create(&g->thread, NULL, gateway_run, g), 0);
}

static void
message(int n)
{
	OWN(buf) struct buf b = BUF(1000);
	struct outbox_order o = {
	    .kind = OUTBOX_SMS, .about = "letter.code", .target = "..."};
	struct uid id;
	char to[24];

	(void)snprintf(to, sizeof(to), "+4917%08d", n);
	assert_ok(message_seal(to, "Your code is 123456.", &b));
	o.payload = b.p;
	o.len = b.len;
	assert_ok(outbox_put(&h.root, &o, &id));
}

/* Each number was asked for under one key, and no key for two. */
static void
keys_are_of_one_message(const struct gateway *g)
{
	const char *of[MANY] = {0};

	for (int i = 0; i < g->n; i++) {
		assert_in_range(g->to[i], 0, MANY - 1);
		assert_int_equal(strlen(g->key[i]), UID_LEN);
		if (of[g->to[i]])
			assert_string_equal(of[g->to[i]], g->key[i]);
		of[g->to[i]] = g->key[i];
	}
	for (int i = 0; i < MANY; i++) {
		if (of[i] == NULL)
			fail_msg("message %d was lost", i);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(of[i], of[k]);
	}
}

/* N-03: each arrives; a gateway that knows Idempotency-Key sends each once. */
TEST(outbox_messages_survive_couriers_that_are_killed)
{
	static struct gateway g;
	char why[CONF_WHY];

	gateway_open(&g);
	begin("smtp://127.0.0.1:9");
	h.conf.sms = (struct conf_sms){.url = g.url,
	    .form = "json",
	    .to = "to",
	    .text = "text",
	    .user = "",
	    .secret_file = "",
	    .ca_file = "",
	    .allow_loopback = true};
	assert_ok(
	    gate_open(&h.conf, (struct gate **)(uintptr_t)&courier.gate, why));
	for (int i = 0; i < MANY; i++)
		message(i);
	carry_and_kill();
	(void)shutdown(g.fd, SHUT_RDWR);
	(void)pthread_join(g.thread, NULL);
	close(g.fd);
	keys_are_of_one_message(&g);
	print_message("%d messages, %d came\n", MANY, g.n);
	gate_close((struct gate *)(uintptr_t)courier.gate);
	courier.gate = NULL;
	end();
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
