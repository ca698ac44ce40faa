/* F-04: what talks to other machines, while memory is scarce. It asks as it is
 * told to, or not at all: no rule is left out, no proxy is gone to, and what
 * comes of it is whole. */
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "core/net/fetch.h"
#include "core/net/mail.h"
#include "core/net/syslog.h"
#include "tests/unit/loopback.h"
#include "tests/unit/smtp.h"
#include "tests/unit/starve.h"

/* Within a letter curl says goodbye, and waits long for what is no answer: for
 * letters memory is scarce up to here. */
static bool until_connected;

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	if (until_connected)
		starve_in = 0;
	return (int)syscall(SYS_connect, fd, to, len);
}

static bool
called(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

/* --- an answer --- */

static char web[64];

/* One caller; some call and then say nothing. */
static void *
answer(void *arg)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\n"
				   "Content-Length: 5\r\n\r\nhello";
	static const char no[] = "HTTP/1.1 400 No\r\n\r\n";
	int c = (int)(intptr_t)arg;
	char seen[2048];
	ssize_t n = read(c, seen, sizeof(seen) - 1);
	bool whole;

	seen[n > 0 ? n : 0] = '\0';
	whole = strstr(seen, "Authorization: Basic bWU6YTpi\r\n") &&
		strstr(seen, "Accept: x\r\n") && strstr(seen, "\r\n\r\nk=v");
	if (n > 0)
		(void)send(c, whole ? text : no,
		    whole ? sizeof(text) - 1 : sizeof(no) - 1, MSG_NOSIGNAL);
	close(c);
	return NULL;
}

static void *
answer_all(void *arg)
{
	int c, fd = *(int *)arg;
	pthread_t t;

	while ((c = accept(fd, NULL, NULL)) >= 0)
		if (pthread_create(&t, NULL, answer, (void *)(intptr_t)c) == 0)
			(void)pthread_detach(t);
	return NULL;
}

static enum err
asks(void)
{
	static const struct fetch_policy local = {
	    .loopback = true, .body_max = 100};
	const struct fetch_call call = {.url = web,
	    .user = "me",
	    .password = "a:b",
	    .type = "application/x-www-form-urlencoded",
	    .body = "k=v",
	    .body_len = 3,
	    .headers = {"Accept: x"}};
	OWN(fetch_reply) struct fetch_reply r = {0};
	enum err e = fetch(&call, &local, &r);

	if (e == ERR_OK) {
		assert_int_equal(r.status, 200);
		assert_string_equal(r.type, "text/x");
		assert_string_equal(buf_str(&r.body), "hello");
	}
	return e;
}

TEST(scarce_memory_sends_no_question_elsewhere)
{
	char trap[64];
	int fd = loopback_listen("http", "", web, sizeof(web));
	int proxy = loopback_listen("http", "", trap, sizeof(trap)), told;
	pthread_t t;

	assert_int_equal(setenv("http_proxy", trap, 1), 0);
	assert_int_equal(pthread_create(&t, NULL, answer_all, &fd), 0);
	told = starve_each(asks, ERR_IO);
	assert_true(!starve_in_front() || told > 20);
	assert_false(called(proxy));
	(void)unsetenv("http_proxy");
	(void)shutdown(fd, SHUT_RDWR);
	(void)pthread_join(t, NULL);
	(void)close(fd);
	(void)close(proxy);
}

/* --- a letter --- */

static struct smtp post = {0};
static struct mail_server server;
static int sent;

static enum err
sends(void)
{
	static const struct mail_file f = {
	    "wifi.pdf", "application/pdf", "%PDF-\0\1", 7};
	const struct mail m = {.to = "anna@example.org",
	    .subject = "Dein Passwort läuft ab",
	    .text = "Hallo Anna\n",
	    .html = "<p>Hallo</p>",
	    .id = "abc123",
	    .language = "de",
	    .file = &f};
	char why[MAIL_WHY];
	enum err e = mail_send(&server, &m, why);

	sent += e == ERR_OK;
	return e;
}

TEST(scarce_memory_sends_whole_letters_or_none)
{
	OWN(secret) struct secret password = SECRET_NONE;
	const char *const auth[] = {"--auth", "wifi:canary-of-mail", NULL};
	int told;

	assert_ok(secret_set(&password, "canary-of-mail", 14));
	smtp_open(&post, auth);
	server = (struct mail_server){.url = post.url,
	    .user = "wifi",
	    .password = &password,
	    .ca_file = "",
	    .from = "wifi@example.org",
	    .from_name = "Wi-Fi für alle"};
	until_connected = true;
	told = starve_each(sends, ERR_IO);
	until_connected = false;
	assert_true(!starve_in_front() || told > 20);
	for (int i = 0; i < sent; i++) {
		smtp_got(&post, "Dein Passwort läuft ab");
		smtp_got_more(&post, "Hallo Anna");
		smtp_got_more(&post, "<p>Hallo</p>");
		smtp_got_more(&post, "\"size\": 7");
		smtp_got_more(&post, "\"language\": \"de\"");
	}
	smtp_own(&post);
}

/* --- a log server --- */

static char logs[64];

static enum err
connects(void)
{
	const struct syslog_to to = {.url = logs,
	    .ca_file = "/etc/ssl/certs/ca-certificates.crt",
	    .certificate = "",
	    .private_key = ""};
	struct syslog_line *l;
	char why[SYSLOG_WHY];
	enum err e = syslog_open(&to, &l, why);

	assert_true((e == ERR_OK) == (l != NULL));
	if (e == ERR_OK)
		assert_ok(syslog_send(l, "5 hello", 7));
	syslog_close(l);
	return e;
}

TEST(scarce_memory_calls_no_other_log_server)
{
	char trap[64];
	int fd = loopback_listen("tcp", "", logs, sizeof(logs));
	int proxy = loopback_listen("http", "", trap, sizeof(trap)), told;

	assert_int_equal(setenv("http_proxy", trap, 1), 0);
	told = starve_each(connects, ERR_IO);
	assert_true(!starve_in_front() || told > 5);
	assert_false(called(proxy));
	(void)unsetenv("http_proxy");
	(void)close(fd);
	(void)close(proxy);
}
