/* The listener for Prometheus: on loopback only, and for one question only. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/net/scrape.h"
#include "tests/unit/test.h"

static size_t filling; /* octets; 0: it fails */

static void
fill(void *arg, struct buf *out)
{
	(void)arg;
	if (filling == 0)
		out->err = ERR_TOO_BIG;
	for (size_t i = 0; i < filling; i++)
		buf_char(out, 'x');
}

static int
dial(int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	int c;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	c = socket(at.ss_family, SOCK_STREAM, 0);
	assert_int_equal(connect(c, (struct sockaddr *)&at, len), 0);
	return c;
}

/* All that comes back for QUESTION, in TEXT; its octets. */
static size_t
answer(int fd, const char *question, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int c = dial(fd);

	assert_int_equal(send(c, question, strlen(question), MSG_NOSIGNAL),
	    (ssize_t)strlen(question));
	(void)shutdown(c, SHUT_WR);
	while ((n = recv(c, text + len, size - 1 - len, 0)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(c);
	return len;
}

/* A port that nobody has, on HOST. */
static int
somewhere(const char *host)
{
	char where[80];

	for (int port = 20000 + getpid() % 20000; port < 60000; port += 7) {
		int fd;

		(void)snprintf(where, sizeof(where), "%s:%d", host, port);
		if ((fd = scrape_listen(where)) >= 0)
			return fd;
		assert_int_equal(errno, EADDRINUSE);
	}
	return -1;
}

TEST(scrape_listens_on_loopback_only)
{
	static const char *const bad[] = {"", ":", "127.0.0.1",
	    "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+1",
	    "127.0.0.1:9x", "0.0.0.0:9811", "192.0.2.1:9811", "10.0.0.1:9811",
	    "[::]:9811", "[2001:db8::1]:9811", "::1:9811", "[::1:9811",
	    "::1]:9811", "[]:9811", "[x]:9811", "localhost:9811", "127.1:9811",
	    "[::ffff:192.0.2.1]:9811",
	    "127.0.0.1127.0.0.1127.0.0.1127.0.0.1127.0.0.1127.0.0.1127.0.0.1:"
	    "9811"};
	int fd;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		errno = 0;
		if (scrape_listen(bad[i]) >= 0)
			fail_msg("%s was taken", bad[i]);
		if (errno != EINVAL)
			fail_msg("%s: errno %d", bad[i], errno);
	}
	assert_true((fd = somewhere("127.0.0.1")) >= 0);
	close(fd);
}

TEST(scrape_answers_one_question)
{
	static const char *const others[] = {"", "\r\n\r\n",
	    "GET / HTTP/1.1\r\n\r\n", "POST /metrics HTTP/1.1\r\n\r\n",
	    "GET /metrics HTTP/2\r\n\r\n", "GET /metrics HTTP/1.1\r\n",
	    "GET /metricsx HTTP/1.1\r\n\r\n", "get /metrics HTTP/1.1\r\n\r\n"};
	static char text[2 << 20], longest[SCRAPE_REQUEST_MAX + 100];
	int fd = somewhere("127.0.0.1");
	struct scrape *s = scrape_start(fd, NULL, fill, NULL);

	assert_non_null(s);
	filling = 700000; /* more than a socket holds at once */
	assert_true(answer(fd, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", text,
			sizeof(text)) > filling);
	assert_memory_equal(text, "HTTP/1.1 200 OK\r\n", 17);
	assert_non_null(strstr(text, "Content-Length: 700000\r\n"));
	assert_int_equal(
	    strlen(strstr(text, "\r\n\r\n")), filling + strlen("\r\n\r\n"));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		(void)answer(fd, others[i], text, sizeof(text));
		assert_memory_equal(text, "HTTP/1.1 404 ", 13);
		assert_null(strchr(text, 'x'));
	}
	memset(longest, 'a', sizeof(longest) - 1);
	memcpy(longest, "GET /metrics HTTP/1.1\r\nX: ", 26);
	assert_int_equal(strlen(longest), sizeof(longest) - 1);
	(void)answer(fd, longest, text, sizeof(text));
	assert_null(strstr(text, " 200 "));
	filling = 0; /* nothing, rather than half of it */
	assert_int_equal(
	    answer(fd, "GET /metrics HTTP/1.1\r\n\r\n", text, sizeof(text)), 0);
	filling = 5;
	assert_true(answer(fd, "GET /metrics HTTP/1.0\r\n\r\n", text,
			sizeof(text)) > 5);
	scrape_stop(s);
	scrape_stop(NULL);
}

TEST(scrape_serves_the_next_one_when_one_goes_away)
{
	const struct linger now = {.l_onoff = 1};
	char text[500];
	int fd = somewhere("[::1]"), c;
	struct scrape *s;

	if (fd < 0) /* there is no IPv6 */
		skip();
	s = scrape_start(fd, NULL, fill, NULL);
	filling = 20;
	c = dial(fd);
	(void)setsockopt(c, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	assert_int_equal(send(c, "GET /metrics HTTP/1.1\r\n\r\n", 25, 0), 25);
	close(c); /* reset */
	assert_true(answer(fd, "GET /metrics HTTP/1.1\r\n\r\n", text,
			sizeof(text)) > 20);
	scrape_stop(s);
}

/* Under valgrind, whose own limit it is: it takes a connection that is one too
 * many, and closes it. */
static bool
limits_are_played(void)
{
	const char *before = getenv("LD_PRELOAD");

	return before != NULL && strstr(before, "vgpreload") != NULL;
}

/* No descriptor is left for a caller who waits: that is no reason to spin. */
TEST(scrape_waits_when_there_are_no_descriptors)
{
	const struct timespec second = {.tv_sec = 1};
	struct timespec was, is;
	struct rlimit some, none;
	char text[500];
	int fd = somewhere("127.0.0.1"), c;
	struct scrape *s = scrape_start(fd, NULL, fill, NULL);

	filling = 20;
	c = dial(fd);
	close(c);
	assert_true(answer(fd, "GET /metrics HTTP/1.1\r\n\r\n", text,
			sizeof(text)) > 20);
	c = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &some), 0);
	none = some;
	none.rlim_cur = 1; /* poll() needs one */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	{
		struct sockaddr_storage at;
		socklen_t len = sizeof(at);

		assert_int_equal(
		    getsockname(fd, (struct sockaddr *)&at, &len), 0);
		assert_int_equal(connect(c, (struct sockaddr *)&at, len), 0);
	}
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &was);
	(void)nanosleep(&second, NULL);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &is);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &some), 0);
	assert_true(
	    (is.tv_sec - was.tv_sec) * 1000000000 + is.tv_nsec - was.tv_nsec <
	    100000000);
	if (!limits_are_played()) {
		assert_int_equal(
		    send(c, "GET /metrics HTTP/1.1\r\n\r\n", 25, 0), 25);
		assert_true(recv(c, text, sizeof(text), MSG_WAITALL) > 20);
	}
	close(c);
	scrape_stop(s);
}
