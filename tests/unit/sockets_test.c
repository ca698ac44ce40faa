/* The responder's sockets: opened by itself, or given by whoever started it. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"
#include "radius/serve/sockets.h"

enum { FIRST = 3, GIVEN = 6 };

static const char *const here[] = {"127.0.0.1"}, *const both[] = {
						     "127.0.0.1", "::1"};

static int
any(int family, int type)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(family, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (void *)&in, sizeof(in)), 0);
	return fd;
}

static int
port_of(int fd)
{
	struct sockaddr_storage s = {0};
	struct sockaddr_in in;
	socklen_t len = sizeof(s);

	assert_int_equal(getsockname(fd, (void *)&s, &len), 0);
	memcpy(&in, &s, sizeof(in));
	return ntohs(in.sin_port);
}

/* A port that is free for datagrams and streams. */
static int
free_port(int type)
{
	int fd = any(AF_INET, type), port = port_of(fd);

	(void)close(fd);
	return port;
}

static struct conf
conf_of(const char *const *listen, size_t n)
{
	return (struct conf){.radius = {.listen = {listen, n},
				 .auth_port = free_port(SOCK_DGRAM),
				 .acct_port = free_port(SOCK_DGRAM),
				 .receive_buffer = 1 << 16},
	    .radsec = {.port = free_port(SOCK_STREAM)}};
}

static void
ready(const struct sockets *s, size_t i, enum socket_use use)
{
	assert_int_equal(s->use[i], use);
	assert_int_not_equal(fcntl(s->fd[i], F_GETFL) & O_NONBLOCK, 0);
	assert_int_not_equal(fcntl(s->fd[i], F_GETFD) & FD_CLOEXEC, 0);
}

TEST(sockets_are_opened_for_every_address_and_thread)
{
	struct conf c = conf_of(here, 1);
	struct sockets s;
	char why[CONF_WHY] = "";

	assert_ok(sockets_open(&c, 3, &s, why));
	assert_int_equal(s.n, 4);
	for (size_t i = 0; i < 3; i++) {
		ready(&s, i, SOCKET_AUTH);
		assert_int_equal(port_of(s.fd[i]), c.radius.auth_port);
	}
	ready(&s, 3, SOCKET_ACCT);
	assert_int_equal(port_of(s.fd[3]), c.radius.acct_port);
	assert_false(sockets_have(&s, SOCKET_TLS));
	s.fd[1] = (close(s.fd[1]), -1); /* a receiver took it */
	sockets_close(&s);
	assert_int_equal(s.n, 0);
	c.radsec.listen = (struct conf_list){here, 1};
	assert_ok(sockets_open(&c, 1, &s, why));
	assert_int_equal(s.n, 3);
	ready(&s, 2, SOCKET_TLS);
	assert_true(sockets_have(&s, SOCKET_TLS));
	sockets_close(&s);
}

TEST(sockets_of_both_families_share_a_port)
{
	struct conf c = conf_of(both, 2);
	struct sockets s;
	char why[CONF_WHY] = "";
	enum err e = sockets_open(&c, 1, &s, why);

	if (e != ERR_OK && strstr(why, "::1") != NULL) {
		sockets_close(&s);
		return; /* a machine without IPv6 */
	}
	assert_ok(e);
	assert_int_equal(s.n, 4);
	assert_int_equal(port_of(s.fd[0]), port_of(s.fd[2]));
	sockets_close(&s);
}

TEST(sockets_that_cannot_be_had_are_named)
{
	static const char *const nowhere[] = {"192.0.2.1"}, *const no[] = {
								"the hall"};
	const char *many[CONF_LIST_MAX];
	struct conf c = conf_of(nowhere, 1);
	struct sockets s;
	char why[CONF_WHY], port[20];
	int fd;

	assert_err(sockets_open(&c, 1, &s, why), ERR_IO);
	assert_non_null(strstr(why, "192.0.2.1 port"));
	sockets_close(&s);
	c = conf_of(no, 1);
	assert_err(sockets_open(&c, 1, &s, why), ERR_IO);
	assert_non_null(strstr(why, "the hall"));
	sockets_close(&s);
	/* somebody else is there: a stream's port is not shared */
	c = conf_of(here, 1);
	c.radsec.listen = (struct conf_list){here, 1};
	fd = any(AF_INET, SOCK_STREAM);
	assert_int_equal(listen(fd, 1), 0);
	c.radsec.port = port_of(fd);
	assert_err(sockets_open(&c, 1, &s, why), ERR_IO);
	(void)snprintf(port, sizeof(port), "port %d", port_of(fd));
	assert_non_null(strstr(why, port));
	sockets_close(&s);
	(void)close(fd);
	/* more than there is room for */
	for (size_t i = 0; i < CONF_LIST_MAX; i++)
		many[i] = "127.0.0.1";
	c = conf_of(many, CONF_LIST_MAX);
	assert_err(sockets_open(&c, 2, &s, why), ERR_CONFIG);
	assert_non_null(strstr(why, "more than"));
	assert_int_equal(s.n, SOCKETS_MAX);
	sockets_close(&s);
}

/* --- given ------------------------------------------------------------------
 */

static int kept[GIVEN];

/* Puts N sockets where sd_listen_fds(3) has them; what was there is kept. */
static void
given(const int *type, int n, const char *names, const char *pid)
{
	char count[12];

	for (int i = 0; i < GIVEN; i++) {
		int fd;

		kept[i] = fcntl(FIRST + i, F_DUPFD_CLOEXEC, 100);
		if (i >= n)
			continue;
		fd = any(AF_INET, type[i]);
		if (fd != FIRST + i) {
			assert_int_equal(dup2(fd, FIRST + i), FIRST + i);
			(void)close(fd);
		}
	}
	(void)snprintf(count, sizeof(count), "%d", n);
	(void)setenv("LISTEN_FDS", count, 1);
	if (names != NULL)
		(void)setenv("LISTEN_FDNAMES", names, 1);
	if (pid != NULL)
		(void)setenv("LISTEN_PID", pid, 1);
}

static void
taken_back(void)
{
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	(void)unsetenv("LISTEN_PID");
	for (int i = 0; i < GIVEN; i++) {
		(void)close(FIRST + i);
		if (kept[i] >= 0) {
			(void)dup2(kept[i], FIRST + i);
			(void)close(kept[i]);
		}
	}
}

/* By their names, when they are of the kind the name says. */
TEST(sockets_that_are_given_are_known_by_name_and_kind)
{
	static const int types[] = {
	    SOCK_DGRAM, SOCK_DGRAM, SOCK_STREAM, SOCK_STREAM, SOCK_DGRAM};
	struct conf c = conf_of(here, 1);
	struct sockets s;
	char why[CONF_WHY], me[20];

	(void)snprintf(me, sizeof(me), "%d", (int)getpid());
	given(types, 5, "radius-auth:acct:latchkey-tls:auth:other", me);
	assert_ok(sockets_open(&c, 4, &s, why));
	assert_int_equal(s.n, 3); /* one is no datagram's, one not ours */
	for (int i = 0; i < 3; i++)
		assert_int_equal(s.fd[i], FIRST + i);
	ready(&s, 0, SOCKET_AUTH);
	ready(&s, 1, SOCKET_ACCT);
	ready(&s, 2, SOCKET_TLS);
	sockets_close(&s);
	taken_back();
}

TEST(sockets_of_tls_are_opened_when_those_given_are_of_before)
{
	static const int types[] = {SOCK_DGRAM, SOCK_DGRAM};
	struct conf c = conf_of(here, 1);
	struct sockets s;
	char why[CONF_WHY];

	c.radsec.listen = (struct conf_list){here, 1};
	given(types, 2, "auth:acct", NULL);
	assert_ok(sockets_open(&c, 4, &s, why));
	assert_int_equal(s.n, 3);
	assert_int_equal(s.fd[1], FIRST + 1);
	ready(&s, 2, SOCKET_TLS);
	assert_int_equal(port_of(s.fd[2]), c.radsec.port);
	sockets_close(&s);
	taken_back();
}

/* Given to another process, or nothing of use: it opens its own. */
TEST(sockets_of_somebody_else_are_left_alone)
{
	static const int types[] = {SOCK_DGRAM};
	static const struct {
		const char *names, *pid, *count;
	} all[] = {{"auth", "1", "1"}, {"auth", "me", "1"},
	    {"auth", NULL, "-1"}, {"auth", NULL, "one"},
	    {"auth", NULL, "100000"}, {"web", NULL, "1"}, {NULL, NULL, "1"},
	    {"auth", NULL, "0"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct conf c = conf_of(here, 1);
		struct sockets s;
		char why[CONF_WHY];

		given(types, 1, all[i].names, all[i].pid);
		(void)setenv("LISTEN_FDS", all[i].count, 1);
		assert_ok(sockets_open(&c, 1, &s, why));
		assert_int_equal(s.n, 2);
		assert_int_equal(port_of(s.fd[0]), c.radius.auth_port);
		sockets_close(&s);
		taken_back();
	}
}
