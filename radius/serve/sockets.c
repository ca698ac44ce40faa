#include "radius/serve/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"

enum { FIRST_FD = 3 };

void
sockets_close(struct sockets *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->fd[i] >= 0)
			(void)close(s->fd[i]);
	s->n = 0;
}

/* The least the system takes is asked of it, too, when we may not exceed. */
static void
tune(int fd, int64_t buffer)
{
	int size = buffer > INT32_MAX ? INT32_MAX : (int)buffer;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static enum err
add(struct sockets *s, int fd, bool accounting, int64_t buffer)
{
	if (s->n == SOCKETS_MAX)
		return ERR_LIMIT;
	tune(fd, buffer);
	s->fd[s->n] = fd;
	s->accounting[s->n++] = accounting;
	return ERR_OK;
}

static bool
is_datagram(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_DGRAM;
}

/* Names: `auth`, `radius-auth`, ...; those of others are left alone. */
static enum err
inherit(
    const struct conf *conf, int64_t n, const char *names, struct sockets *out)
{
	enum err e;

	for (int64_t i = 0; i < n; i++) {
		size_t len = strcspn(names, ":");
		int fd = FIRST_FD + (int)i;
		bool auth =
		    len >= 4 && strncmp(names + len - 4, "auth", 4) == 0;
		bool acct =
		    len >= 4 && strncmp(names + len - 4, "acct", 4) == 0;

		if ((auth || acct) && is_datagram(fd) &&
		    (e = add(out, fd, acct, conf->radius.receive_buffer)))
			return e;
		names += len + (names[len] == ':');
	}
	return ERR_OK;
}

/* Those of our own process only (sd_listen_fds(3)). */
static int64_t
inherited(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int64_t p = 0, n = 0;

	if (fds == NULL || !text_int(fds, 0, SOCKETS_MAX, &n))
		return 0;
	if (pid != NULL &&
	    (!text_int(pid, 1, INT32_MAX, &p) || p != (int64_t)getpid()))
		return 0;
	return n;
}

static int
bind_one(const char *address, int64_t port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	struct addrinfo *ai = NULL;
	char service[8];
	int fd, one = 1;

	(void)snprintf(service, sizeof(service), "%d", (int)port);
	if (getaddrinfo(address, service, &hints, &ai) != 0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && ai->ai_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (fd >= 0 &&
	    (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) != 0 ||
		bind(fd, ai->ai_addr, ai->ai_addrlen) != 0)) {
		int was = errno;

		(void)close(fd);
		errno = was;
		fd = -1;
	}
	freeaddrinfo(ai);
	return fd;
}

static enum err
open_port(const struct conf *conf, const char *address, int64_t port,
    bool accounting, struct sockets *out, char why[static CONF_WHY])
{
	int fd = bind_one(address, port);

	if (fd < 0) {
		(void)snprintf(why, CONF_WHY, "%s port %d: %s", address,
		    (int)port, strerror(errno));
		return ERR_IO;
	}
	if (add(out, fd, accounting, conf->radius.receive_buffer) == ERR_OK)
		return ERR_OK;
	(void)close(fd);
	(void)snprintf(why, CONF_WHY, "more than %d sockets", SOCKETS_MAX);
	return ERR_CONFIG;
}

enum err
sockets_open(const struct conf *conf, int threads, struct sockets *out,
    char why[static CONF_WHY])
{
	const struct conf_radius *r = &conf->radius;
	const char *names = getenv("LISTEN_FDNAMES");
	int64_t given = inherited();
	enum err e;

	*out = (struct sockets){.n = 0};
	if (given > 0 &&
	    (e = inherit(conf, given, names == NULL ? "" : names, out))) {
		(void)snprintf(why, CONF_WHY, "too many inherited sockets");
		return e;
	}
	if (out->n > 0)
		return ERR_OK;
	for (size_t i = 0; i < r->listen.n; i++) {
		for (int t = 0; t < threads; t++)
			if ((e = open_port(conf, r->listen.v[i], r->auth_port,
				 false, out, why)))
				return e;
		if ((e = open_port(
			 conf, r->listen.v[i], r->acct_port, true, out, why)))
			return e;
	}
	return ERR_OK;
}
