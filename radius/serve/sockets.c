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

enum { FIRST_FD = 3, BACKLOG = 512 };

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

	if (size > 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static enum err
add(struct sockets *s, int fd, enum socket_use use, int64_t buffer)
{
	if (s->n == SOCKETS_MAX)
		return ERR_LIMIT;
	tune(fd, use == SOCKET_TLS ? 0 : buffer);
	s->fd[s->n] = fd;
	s->use[s->n++] = use;
	return ERR_OK;
}

static int
type_of(enum socket_use use)
{
	return use == SOCKET_TLS ? SOCK_STREAM : SOCK_DGRAM;
}

static bool
is_type(int fd, int wanted)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == wanted;
}

/* `auth`, `radius-auth`, ...: what the name ends with. */
static bool
use_of(const char *name, size_t len, enum socket_use *use)
{
	static const char *const ends[] = {[SOCKET_AUTH] = "auth",
	    [SOCKET_ACCT] = "acct",
	    [SOCKET_TLS] = "tls"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(ends[i]);

		if (len >= n && strncmp(name + len - n, ends[i], n) == 0) {
			*use = (enum socket_use)i;
			return true;
		}
	}
	return false;
}

/* Those of other names are left alone. */
static enum err
inherit(
    const struct conf *conf, int64_t n, const char *names, struct sockets *out)
{
	enum err e;

	for (int64_t i = 0; i < n; i++) {
		size_t len = strcspn(names, ":");
		int fd = FIRST_FD + (int)i;
		enum socket_use use;

		if (use_of(names, len, &use) && is_type(fd, type_of(use)) &&
		    (e = add(out, fd, use, conf->radius.receive_buffer)))
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
bind_one(const char *address, int64_t port, int type)
{
	const struct addrinfo hints = {.ai_socktype = type,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	int fd, one = 1,
		share = type == SOCK_STREAM ? SO_REUSEADDR : SO_REUSEPORT;
	struct addrinfo *ai = NULL;
	char service[8];

	(void)snprintf(service, sizeof(service), "%d", (int)port);
	if (getaddrinfo(address, service, &hints, &ai) != 0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(ai->ai_family, type | SOCK_CLOEXEC, 0);
	if (fd >= 0 && ai->ai_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (fd >= 0 &&
	    (setsockopt(fd, SOL_SOCKET, share, &one, sizeof(one)) != 0 ||
		bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
		(type == SOCK_STREAM && listen(fd, BACKLOG) != 0))) {
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
    enum socket_use use, struct sockets *out, char why[static CONF_WHY])
{
	int fd = bind_one(address, port, type_of(use));

	if (fd < 0) {
		(void)snprintf(why, CONF_WHY, "%s port %d: %s", address,
		    (int)port, strerror(errno));
		return ERR_IO;
	}
	if (add(out, fd, use, conf->radius.receive_buffer) == ERR_OK)
		return ERR_OK;
	(void)close(fd);
	(void)snprintf(why, CONF_WHY, "more than %d sockets", SOCKETS_MAX);
	return ERR_CONFIG;
}

static enum err
open_datagram(const struct conf *conf, int threads, struct sockets *out,
    char why[static CONF_WHY])
{
	const struct conf_radius *r = &conf->radius;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < r->listen.n; i++) {
		const char *at = r->listen.v[i];

		for (int n = 0; e == ERR_OK && n < threads; n++)
			e = open_port(
			    conf, at, r->auth_port, SOCKET_AUTH, out, why);
		if (e == ERR_OK)
			e = open_port(
			    conf, at, r->acct_port, SOCKET_ACCT, out, why);
	}
	return e;
}

static enum err
open_tls(
    const struct conf *conf, struct sockets *out, char why[static CONF_WHY])
{
	const struct conf_radsec *t = &conf->radsec;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < t->listen.n; i++)
		e = open_port(
		    conf, t->listen.v[i], t->port, SOCKET_TLS, out, why);
	return e;
}

bool
sockets_have(const struct sockets *s, enum socket_use use)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->use[i] == use)
			return true;
	return false;
}

/* Whoever gave us sockets may not know of TLS. */
enum err
sockets_open(const struct conf *conf, int threads, struct sockets *out,
    char why[static CONF_WHY])
{
	const char *names = getenv("LISTEN_FDNAMES");
	int64_t given = inherited();
	enum err e;

	*out = (struct sockets){.n = 0};
	if (given > 0 &&
	    (e = inherit(conf, given, names == NULL ? "" : names, out))) {
		(void)snprintf(why, CONF_WHY, "too many inherited sockets");
		return e;
	}
	if (out->n == 0 && (e = open_datagram(conf, threads, out, why)))
		return e;
	return sockets_have(out, SOCKET_TLS) ? ERR_OK
					     : open_tls(conf, out, why);
}
