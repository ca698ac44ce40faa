/* Messages for a log server: how they look, and that none is lost. */
#include "tests/unit/service.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "core/net/syslog.h"
#include "core/service/forward.h"

TEST(syslog_frames_look_as_rfc_5424_and_6587_say)
{
	static const struct syslog_pair pairs[] = {
	    {"seq", "7"}, {"actor", "a \"b\" c\\d [e]\n"}, {NULL, NULL}};
	OWN(buf) struct buf b = BUF(SYSLOG_LINE_MAX);
	const struct syslog_message m = {.priority = 109,
	    .at = NOON,
	    .host = "wifi.example.org",
	    .app = "latchkey",
	    .id = "key.issue",
	    .sd = "latchkey@32473",
	    .pairs = pairs,
	    .text = "{}"};

	assert_ok(syslog_frame(&m, &b));
	assert_string_equal(buf_str(&b),
	    "120 <109>1 2026-11-25T12:00:00Z wifi.example.org latchkey - "
	    "key.issue [latchkey@32473 seq=\"7\" actor=\"a \\\"b\\\" c\\\\d "
	    "[e\\] \"] {}");
	assert_int_equal(b.len, strlen("120 ") + 120);
}

TEST(syslog_names_are_cut_to_what_may_stand_there)
{
	OWN(buf) struct buf b = BUF(SYSLOG_LINE_MAX);
	char longest[400];
	struct syslog_message m = {.priority = 0,
	    .at = 0,
	    .host = "",
	    .app = "a b\xc3\xa4",
	    .text = ""};

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	m.id = longest;
	assert_ok(syslog_frame(&m, &b));
	assert_string_equal(buf_str(&b),
	    "71 <0>1 1970-01-01T00:00:00Z - a_b__ - "
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx - ");
}

TEST(syslog_values_are_cut_between_characters)
{
	OWN(buf) struct buf b = BUF(SYSLOG_LINE_MAX);
	char longest[1101], want[1024];
	const struct syslog_pair pairs[] = {{"a", longest}, {NULL, NULL}};
	const struct syslog_message m = {.host = "",
	    .app = "",
	    .id = "",
	    .sd = "x",
	    .pairs = pairs,
	    .text = ""};

	memset(longest, 'a', 1023);
	for (size_t i = 1023; i < 1100; i += 7)
		memcpy(longest + i, "\xe2\x82\xac\xe2\x82\xac.", 7);
	longest[1100] = '\0';
	memset(want, 'a', 1023);
	want[1023] = '\0';
	assert_ok(syslog_frame(&m, &b));
	assert_non_null(strstr(buf_str(&b), want));
	assert_string_equal(strstr(buf_str(&b), want) + 1023, "\"] ");
}

TEST(syslog_urls_are_ours_or_refused)
{
	static const char *const bad[] = {"", "log.example.org", "udp://a:1",
	    "tls://", "tls://a:0", "tls://a:70000", "tls://a/x", "tls://u@a",
	    "https://a"};

	assert_ok(syslog_url_ok("tls://log.example.org"));
	assert_ok(syslog_url_ok("tls://log.example.org:6514"));
	assert_ok(syslog_url_ok("tcp://[::1]:514"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (syslog_url_ok(bad[i]) == ERR_OK)
			fail_msg("%s was taken", bad[i]);
}

/* --- the record, told to a server that comes and goes --- */

static struct house h;
static struct forward *f;
static char url[64];

static int
listener(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	(void)snprintf(
	    url, sizeof(url), "tcp://127.0.0.1:%d", ntohs(a.sin_port));
	return fd;
}

static size_t
round_(int64_t now)
{
	size_t done;

	h.system.now = now;
	assert_ok(forward_round(&h.system, f, &done));
	return done;
}

/* What has arrived at FD, in TEXT. */
static void
heard(int fd, char *text, size_t size)
{
	ssize_t n;
	size_t len = 0;

	while ((n = recv(fd, text + len, size - 1 - len, MSG_DONTWAIT)) > 0)
		len += (size_t)n;
	text[len] = '\0';
}

static int
count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

TEST(forward_tells_every_row_in_order_and_goes_on_where_it_was)
{
	static char text[1 << 20];
	char why[CONF_WHY], expect[80], head[65];
	int64_t seq, at;
	int fd, on, port;

	house_make(&h);
	fd = listener(0);
	assert_int_equal(sscanf(url, "tcp://127.0.0.1:%d", &port), 1);
	h.conf.syslog = (struct conf_syslog){.url = url,
	    .ca_file = "",
	    .certificate = "",
	    .private_key = "",
	    .host = "here",
	    .head = 3600};
	assert_ok(forward_open(&h.conf, &f, why));
	assert_ok(audit_head(&h.root, &seq, head));
	assert_int_equal(round_(NOON), seq);
	on = accept(fd, NULL, NULL);
	heard(on, text, sizeof(text));
	for (at = 1; at <= seq; at++) {
		(void)snprintf(expect, sizeof(expect),
		    "[latchkey@32473 seq=\"%d\"", (int)at);
		assert_int_equal(count(text, expect), at == seq ? 2 : 1);
	}
	(void)snprintf(expect, sizeof(expect), "head=\"%s\"", head);
	assert_int_equal(count(text, expect), 1);
	/* nothing new is nothing told, but for the head, in an hour */
	assert_int_equal(round_(NOON + 3599), 0);
	heard(on, text, sizeof(text));
	assert_string_equal(text, "");
	assert_int_equal(round_(NOON + 3600), 0);
	heard(on, text, sizeof(text));
	assert_int_equal(count(text, "audit.head"), 1);
	/* it goes away, and what happens meanwhile is told when it is back */
	close(on);
	close(fd);
	(void)house_key(&h, &h.ada);
	assert_int_equal(round_(NOON + 3700), 1);
	assert_ok(store_counter_get(h.store, "syslog", &at));
	assert_int_equal(at, seq);
	fd = listener(port);
	assert_int_equal(round_(NOON + 3700 + FORWARD_PAUSE - 1), 0);
	assert_int_equal(round_(NOON + 3700 + FORWARD_PAUSE), 1);
	on = accept(fd, NULL, NULL);
	heard(on, text, sizeof(text));
	assert_int_equal(count(text, "act=\"key.issue\""), 1);
	/* nor is it left alone until a clock that was set back comes round */
	close(on);
	close(fd);
	(void)house_key(&h, &h.ada);
	assert_int_equal(round_(NOON + 4000), 1);
	fd = listener(port);
	assert_int_equal(round_(NOON + 4000 - 3600), 1);
	on = accept(fd, NULL, NULL);
	heard(on, text, sizeof(text));
	assert_int_equal(count(text, "act=\"key.issue\""), 1);
	close(on);
	close(fd);
	forward_close(f);
	house_end(&h);
}

TEST(log_servers_that_are_set_wrongly_are_told)
{
	struct conf conf = {.syslog.url = ""};
	char why[CONF_WHY];
	struct forward *fw;

	assert_ok(forward_open(&conf, &fw, why));
	assert_null(fw);
	conf.syslog.url = "https://log.example.org";
	assert_err(forward_open(&conf, &fw, why), ERR_CONFIG);
	assert_non_null(strstr(why, "syslog.url"));
	forward_close(NULL);
}
