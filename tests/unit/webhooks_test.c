/* Webhooks: signed, in order, again and again, and never inside unasked. */
#include "tests/unit/service.h"

#include <pthread.h>

#include "core/service/courier.h"
#include "core/service/events.h"
#include "core/service/vouchers.h"
#include "tests/unit/loopback.h"

enum { SEEN = 64 };

/* Takes requests; answers the next one with the next of STATUS. */
struct ear {
	int fd, n, status[SEEN];
	char seen[SEEN][4096], url[64];
	const char *more; /* header lines of answers */
	size_t body;      /* octets of answers */
	pthread_t thread;
};

static void
answer(struct ear *s, int fd)
{
	char *at = s->seen[s->n], head[160];
	size_t len = 0;
	ssize_t n;
	const char *body = NULL, *length;

	while ((n = read(fd, at + len, sizeof(s->seen[0]) - 1 - len)) > 0) {
		len += (size_t)n;
		at[len] = '\0';
		body = strstr(at, "\r\n\r\n");
		length = strstr(at, "Content-Length: ");
		if (body && length &&
		    strlen(body + 4) >= strtoul(length + 16, NULL, 10))
			break;
	}
	n = snprintf(head, sizeof(head),
	    "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\nConnection: "
	    "close\r\n\r\n",
	    s->status[s->n] ? s->status[s->n] : 200, s->more ? s->more : "",
	    s->body);
	s->n++;
	(void)!send(fd, head, (size_t)n, MSG_NOSIGNAL);
	for (size_t i = 0; i < s->body; i++)
		(void)!send(fd, "x", 1, MSG_NOSIGNAL);
}

static void *
listen_(void *arg)
{
	struct ear *s = arg;
	int fd;

	while (s->n < SEEN && (fd = accept(s->fd, NULL, NULL)) >= 0) {
		answer(s, fd);
		close(fd);
	}
	return NULL;
}

static void
ear_open(struct ear *s)
{
	s->fd = loopback_listen("http", "/in", s->url, sizeof(s->url));
	assert_int_equal(pthread_create(&s->thread, NULL, listen_, s), 0);
}

static void
ear_close(struct ear *s)
{
	(void)shutdown(s->fd, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	close(s->fd);
}

static struct house h;
static struct ear ear;
static struct courier courier;
static struct webhook hook;
static char secret[128];

static void
begin(const char *events)
{
	OWN(secret) struct secret s = SECRET_NONE;

	ear = (struct ear){.n = 0};
	ear_open(&ear);
	house_make(&h);
	courier = (struct courier){.hooks = {.loopback = true}};
	hook = (struct webhook){.name = "billing", .state = WEBHOOK_ACTIVE};
	text_copy(hook.url, sizeof(hook.url), ear.url);
	text_copy(hook.events, sizeof(hook.events), events);
	assert_ok(webhooks_add(&h.root, &hook, &s));
	text_copy(secret, sizeof(secret), secret_text(&s));
}

static void
end(void)
{
	ear_close(&ear);
	house_end(&h);
}

static size_t
rounds(int64_t now)
{
	size_t done, all = 0;

	h.system.now = now;
	do {
		assert_ok(courier_round(
		    &h.system, &courier, OUTBOX_HOOKS, NULL, &done));
		all += done;
	} while (done);
	return all;
}

static bool
heard(int n, const char *what)
{
	return n < ear.n && strstr(ear.seen[n], what) != NULL;
}

/* The newest of the log. */
static struct outbox_item
latest(void)
{
	struct outbox_item *all;
	size_t n;

	assert_ok(outbox_of_hook(&h.root, &hook.id, "", 10, &all, &n));
	assert_true(n > 0);
	return all[0];
}

/* The worked example of the specification. */
TEST(webhooks_are_signed_as_standard_webhooks_has_it)
{
	static const uint8_t key[] = {0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29,
	    0x8a, 0xab, 0x4f, 0x08, 0xd4, 0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48,
	    0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0};
	static const char body[] = "{\"test\": 2432232314}";
	char out[WEBHOOKS_SIGNATURE];

	assert_ok(
	    webhooks_sign(key, sizeof(key), "msg_p5jXN8AQM9LWM0D4loKWxJek",
		1614265330, body, strlen(body), out));
	assert_string_equal(
	    out, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(webhooks_are_told_of_acts_they_asked_for)
{
	struct key_view v;

	begin("key.*,device.first_seen");
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s2");
	assert_ok(people_set_state(&h.root, &h.bob.id, PERSON_SUSPENDED, ""));
	assert_int_equal(rounds(NOON), 2);
	assert_true(heard(0, "POST /in HTTP/1.1"));
	assert_true(heard(0, "webhook-id: msg_"));
	assert_true(heard(0, "webhook-timestamp: 1795608000"));
	assert_true(heard(0, "webhook-signature: v1,"));
	assert_true(heard(0, "{\"type\":\"key.issue\",\"timestamp\":"
			     "\"2026-11-25T12:00:00Z\",\"data\":"));
	assert_true(heard(0, v.key.id.s));
	assert_true(heard(1, "\"type\":\"device.first_seen\""));
	assert_true(heard(1, "\"mac\":\"02-aa-00-00-00-01\""));
	assert_int_equal(latest().state, OUTBOX_DONE);
	assert_int_equal(latest().cause, 200);
	end();
}

/* Of its answer, as much is read as is said (B-8). */
TEST(webhooks_answers_are_read_up_to_their_bound)
{
	begin("key.issue");
	courier.hooks.body_max = WEBHOOKS_ANSWER_MAX;
	for (int i = -1; i <= 1; i++) {
		ear.body = (size_t)(WEBHOOKS_ANSWER_MAX + i);
		(void)house_key(&h, &h.ada);
		assert_int_equal(rounds(NOON), 1);
		assert_int_equal(
		    latest().state, i <= 0 ? OUTBOX_DONE : OUTBOX_WAITING);
	}
	assert_non_null(strstr(latest().answer, "too long"));
	end();
}

/* What fails holds up what is about the same thing, and nothing else; the id
 * stays, the time is that of the try. */
TEST(webhooks_keep_the_order_of_each_key)
{
	struct key_view a, b;
	const char *id;
	char msg[48];

	begin("key.*");
	ear.status[0] = 500;
	a = house_key(&h, &h.ada);
	assert_ok(keys_suspend(&h.root, &a.key.id, ""));
	assert_ok(keys_restore(&h.root, &a.key.id));
	b = house_key(&h, &h.ada);
	assert_int_equal(rounds(NOON), 2);
	assert_true(heard(0, a.key.id.s) && heard(0, "key.issue"));
	assert_true(heard(1, b.key.id.s));
	assert_int_equal(rounds(NOON + OUTBOX_WAIT_FIRST - 1), 0);
	assert_int_equal(rounds(NOON + OUTBOX_WAIT_FIRST), 3);
	assert_true(heard(2, "key.issue") && heard(2, a.key.id.s));
	assert_true(heard(3, "key.suspend") && heard(4, "key.restore"));
	assert_non_null(id = strstr(ear.seen[0], "msg_"));
	text_copy(msg, sizeof(msg), id);
	msg[strcspn(msg, "\r")] = '\0';
	assert_true(heard(2, msg));
	assert_true(heard(2, "webhook-timestamp: 1795608015"));
	end();
}

TEST(webhooks_are_told_again_from_the_log)
{
	struct outbox_item it;

	begin("key.issue");
	(void)house_key(&h, &h.ada);
	assert_int_equal(rounds(NOON), 1);
	it = latest();
	assert_true(heard(0, "key.issue"));
	assert_ok(outbox_retry(&h.root, &it.id));
	assert_int_equal(rounds(NOON + 5), 1);
	assert_true(heard(1, it.id.s));
	end();
}

TEST(webhooks_that_are_gone_are_left_alone)
{
	begin("key.issue");
	ear.status[0] = 410;
	(void)house_key(&h, &h.ada);
	(void)house_key(&h, &h.ada);
	(void)rounds(NOON);
	assert_int_equal(ear.n, 1);
	assert_ok(webhooks_get(&h.root, &hook.id, &hook));
	assert_int_equal(hook.state, WEBHOOK_PAUSED);
	(void)house_key(&h, &h.ada);
	assert_int_equal(rounds(NOON + 86400), 0);
	/* what waited is told when it is back; what happened meanwhile not */
	hook.state = WEBHOOK_ACTIVE;
	assert_ok(webhooks_set(&h.root, &hook));
	assert_int_equal(rounds(NOON + 86400), 1);
	end();
}

TEST(webhooks_say_when_to_come_again)
{
	begin("key.issue");
	ear.status[0] = 429;
	ear.more = "Retry-After: 600\r\n";
	(void)house_key(&h, &h.ada);
	assert_int_equal(rounds(NOON), 1);
	assert_int_equal(latest().due, NOON + 600);
	ear.status[1] = 302;
	ear.more = "Location: http://127.0.0.1:1/\r\n";
	assert_int_equal(rounds(NOON + 600), 1);
	assert_int_equal(latest().cause, 302);
	assert_non_null(strstr(latest().answer, "redirects"));
	end();
}

/* W-29: also where a name, at the moment of the connection, leads inside. */
TEST(webhooks_do_not_reach_inside_unless_allowed)
{
	static const char *const inside[] = {"https://127.0.0.1/",
	    "https://[::1]/", "https://10.1.2.3/", "https://192.168.0.1/",
	    "https://169.254.169.254/latest/meta-data/", "https://localhost/",
	    "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/",
	    "https://[fd00::1]/", "https://100.64.0.1/", "http://127.0.0.1:1/",
	    "http://localhost:1/"};
	static const char *const never[] = {"", "ftp://example.org/",
	    "http://example.org/", "https://user:word@example.org/",
	    "https://2130706433/", "https://example.org/#x",
	    "file:///etc/passwd", "https://ex ample.org/"};

	begin("key.issue");
	courier.hooks = (struct fetch_policy){.loopback = false};
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
		text_copy(hook.url, sizeof(hook.url), inside[i]);
		assert_ok(webhooks_set(&h.root, &hook));
		assert_ok(webhooks_test(&h.root, &hook.id));
		assert_int_equal(rounds(NOON + (int64_t)i), 1);
		if (latest().state != OUTBOX_DEAD ||
		    !strstr(latest().answer, "address"))
			fail_msg("%s: %s", inside[i], latest().answer);
	}
	assert_int_equal(ear.n, 0);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		text_copy(hook.url, sizeof(hook.url), never[i]);
		assert_err(webhooks_set(&h.root, &hook), ERR_BAD_INPUT);
	}
	end();
}

/* Ten of a batch: one word when one is left, one when none is. */
TEST(webhooks_hear_of_vouchers_that_run_low)
{
	struct voucher_order o = {.name = "Fair", .departure = NOON + 86400};
	struct secret code[10];
	struct voucher_batch b;
	struct voucher *v;
	struct key_view key;
	struct call guest;
	bool resumed;
	size_t n;

	begin("voucher.low");
	guest = h.root;
	guest.actor = (struct actor){.kind = ACTOR_GUEST, .from = "192.0.2.9"};
	o.plan = h.plan.id;
	assert_ok(vouchers_batch(&h.root, &o, 10, &b));
	assert_ok(vouchers_of_batch(&h.root, &b.id, &v, &n));
	assert_ok(vouchers_codes(&h.root, v, n, "print", code));
	for (size_t i = 0; i < n; i++) {
		assert_ok(vouchers_redeem(
		    &guest, secret_text(&code[i]), "G", "", &key, &resumed));
		assert_int_equal(rounds(NOON), i >= 8);
	}
	assert_true(heard(0, "\"left\":1,\"size\":10"));
	assert_true(heard(1, "\"left\":0,\"size\":10"));
	end();
}

TEST(webhooks_hear_once_an_hour_of_a_device_that_was_refused)
{
	struct refused_device d[2] = {{.network = "Example",
					  .ap = "hall",
					  .why = "no_key",
					  .text = "No password fits.",
					  .at = NOON},
	    {.network = "caf\xe9\"", .why = "no_key", .text = "", .at = NOON}};
	struct call c;

	begin("device.refused");
	d[0].mac = d[1].mac = house_mac("02-aa-00-00-00-01");
	c = h.root;
	assert_err(world_refused(&c, d, 1), ERR_FORBIDDEN);
	assert_ok(world_refused(&h.system, d, 2));
	assert_ok(world_refused(&h.system, d, 2));
	assert_int_equal(rounds(NOON), 2);
	assert_true(heard(0, "\"mac\":\"02-aa-00-00-00-01\""));
	assert_true(heard(0, "\"why\":\"no_key\""));
	assert_true(heard(1, "\"network\":\"caf?\\\"\""));
	d[0].at += 3600;
	assert_ok(world_refused(&h.system, d, 1));
	assert_int_equal(rounds(NOON), 1);
	end();
}

TEST(webhooks_are_the_business_of_administrators)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct webhook *all, other;
	struct call c;
	size_t n;

	begin("*");
	c = house_call(&h, &h.bob, 1 << ROLE_OPERATOR | 1 << ROLE_AUDITOR);
	assert_err(webhooks_list(&c, &all, &n), ERR_FORBIDDEN);
	assert_err(webhooks_remove(&c, &hook.id), ERR_FORBIDDEN);
	assert_err(webhooks_secret(&c, &hook.id, &s), ERR_FORBIDDEN);
	other = (struct webhook){.name = "x"};
	assert_err(webhooks_add(&c, &other, &s), ERR_FORBIDDEN);
	other = hook;
	assert_err(webhooks_add(&h.root, &other, &s), ERR_EXISTS);
	assert_int_equal(s.len, 0);
	assert_ok(webhooks_secret(&h.root, &hook.id, &s));
	assert_true(strcmp(secret, secret_text(&s)) != 0);
	assert_int_equal(s.len, strlen(WEBHOOKS_PREFIX) + 44);
	/* secrets and what the log says of them */
	assert_true(rounds(NOON) > 0);
	for (int i = 0; i < ear.n; i++)
		assert_null(strstr(ear.seen[i], WEBHOOKS_PREFIX));
	assert_ok(webhooks_remove(&h.root, &hook.id));
	assert_err(webhooks_get(&h.root, &hook.id, &other), ERR_NOT_FOUND);
	assert_int_equal(rounds(NOON + 86400), 0);
	end();
}

TEST(events_are_chosen_by_word_or_by_what_they_begin_with)
{
	static const char *const bad[] = {
	    "", ",", "key.*,", "*key", "key*", "K", "key .x", "key.*.x", "**"};

	assert_true(events_wants("*", "key.issue"));
	assert_true(events_wants("key.*, person.state", "person.state"));
	assert_true(events_wants("key.*", "key.revoke"));
	assert_false(events_wants("key.*", "keys.revoke"));
	assert_false(events_wants("key.issue", "key.issued"));
	assert_false(events_wants("key.issued", "key.issue"));
	assert_true(events_ok("key.*, person.state,device.first_seen"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (events_ok(bad[i]))
			fail_msg("%s was taken", bad[i]);
}
