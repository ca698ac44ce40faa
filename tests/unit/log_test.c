#include "core/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/test.h"

enum { MANY = 2000, ROOM = 1 << 17 };

/* Standard error is FD until it is given back. */
static int
redirect(int fd)
{
	int was = dup(STDERR_FILENO);

	assert_true(was >= 0 && dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	return was;
}

static void
give_back(int was)
{
	assert_true(dup2(was, STDERR_FILENO) == STDERR_FILENO);
	(void)close(was);
}

static size_t
drain(int fd, char *to, size_t room)
{
	size_t len = 0;
	ssize_t n;

	while (len < room - 1 && (n = read(fd, to + len, room - 1 - len)) > 0)
		len += (size_t)n;
	to[len] = '\0';
	return len;
}

/* F-19: a pipe that is full, and later is read again. */
TEST(log_waits_for_no_reader_and_says_what_it_dropped)
{
	static char text[ROOM];
	long told = 0, seen = 0;
	int p[2], was;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	was = redirect(p[1]);
	for (int i = 0; i < MANY; i++)
		LOG(INFO, "test.line", LOG_I("number", i),
		    LOG_S("text", "long enough for a pipe to be full of it"));
	assert_int_equal(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	assert_true(drain(p[0], text, sizeof(text)) > 0);
	for (char *l = strstr(text, "test.line"); l != NULL;
	     l = strstr(l + 1, "test.line"))
		seen++;
	assert_true(seen > 0 && seen < MANY);
	LOG(INFO, "test.after");
	assert_true(drain(p[0], text, sizeof(text)) > 0);
	give_back(was);
	assert_int_equal(
	    sscanf(strstr(text, "log.dropped"), "log.dropped lines=%ld", &told),
	    1);
	assert_int_equal(told, MANY - seen);
	assert_non_null(strstr(text, "test.after"));
	(void)close(p[0]);
	(void)close(p[1]);
}

TEST(log_on_a_full_disk_counts_and_goes_on)
{
	static char text[ROOM];
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), p[2], was;

	assert_true(full >= 0);
	assert_int_equal(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0);
	was = redirect(full);
	for (int i = 0; i < 3; i++)
		LOG(INFO, "test.lost");
	assert_true(dup2(p[1], STDERR_FILENO) == STDERR_FILENO);
	LOG(INFO, "test.kept");
	give_back(was);
	assert_true(drain(p[0], text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "log.dropped lines=3"));
	assert_non_null(strstr(text, "test.kept"));
	assert_null(strstr(text, "test.lost"));
	(void)close(full);
	(void)close(p[0]);
	(void)close(p[1]);
}
