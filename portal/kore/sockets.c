#include "portal/kore/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"

enum { FIRST = 3 }; /* SD_LISTEN_FDS_START */

static bool
prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool
is_listener(int fd)
{
	int on = 0, type = 0;
	socklen_t len = sizeof(on);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) != 0 || !on)
		return false;
	len = sizeof(type);
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_STREAM;
}

/* Whether the Nth of the colon-separated NAMES is NAME; no names: all are
 * `https`. */
static bool
named(const char *names, int64_t n, const char *name)
{
	if (names == NULL || *names == '\0')
		return strcmp(name, "https") == 0;
	for (; n > 0; n--) {
		names += strcspn(names, ":");
		if (*names == '\0')
			return false;
		names++;
	}
	return strcspn(names, ":") == strlen(name) &&
	       strncmp(names, name, strlen(name)) == 0;
}

static void
inherit(struct sockets *out)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	int64_t who = 0, n = 0;

	if (pid == NULL || fds == NULL || !text_int(pid, 1, INT32_MAX, &who) ||
	    who != getpid() || !text_int(fds, 1, 256, &n))
		return;
	for (int64_t i = 0; i < n && out->n < SOCKETS_MAX; i++) {
		int fd = (int)(FIRST + i);
		bool bare = named(names, i, "http");

		if ((bare || named(names, i, "https")) && is_listener(fd) &&
		    prepare(fd)) {
			out->plain[out->n] = bare;
			out->fd[out->n++] = fd;
		}
	}
	out->inherited = out->n > 0;
}

static int
bind_one(const struct addrinfo *ai)
{
	const int on = 1;
	int fd = socket(
	    ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (ai->ai_family != AF_INET6 ||
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) ==
		    0) &&
	    bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 &&
	    listen(fd, SOCKETS_BACKLOG) == 0)
		return fd;
	close(fd);
	return -1;
}

static enum err
bind_address(const char *address, int64_t port, bool bare, struct sockets *out,
    char why[static CONF_WHY])
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *ai = NULL;
	char service[8];
	int fd;

	(void)snprintf(service, sizeof(service), "%d", (int)port);
	if (getaddrinfo(address, service, &hints, &ai) != 0) {
		(void)snprintf(why, CONF_WHY,
		    "portal.listen: %s is not an address", address);
		return ERR_CONFIG;
	}
	fd = bind_one(ai);
	if (fd < 0)
		(void)snprintf(why, CONF_WHY, "cannot listen on %s port %s: %s",
		    address, service, strerror(errno));
	freeaddrinfo(ai);
	if (fd < 0)
		return ERR_IO;
	out->plain[out->n] = bare;
	out->fd[out->n++] = fd;
	return ERR_OK;
}

static enum err
bind_all(const struct conf_list *list, int64_t port, bool bare,
    struct sockets *out, char why[static CONF_WHY])
{
	enum err e = ERR_OK;

	for (size_t i = 0;
	     i < list->n && out->n < SOCKETS_MAX && port != 0 && e == ERR_OK;
	     i++)
		e = bind_address(list->v[i], port, bare, out, why);
	return e;
}

enum err
sockets_open(
    const struct conf *conf, struct sockets *out, char why[static CONF_WHY])
{
	const struct conf_list *list = &conf->portal.listen;
	enum err e = ERR_OK;

	*out = (struct sockets){0};
	inherit(out);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (out->inherited)
		return ERR_OK;
	if ((e = bind_all(list, conf->portal.port, false, out, why)) == ERR_OK)
		e = bind_all(list, conf->captive.http_port, true, out, why);
	while (e != ERR_OK && out->n > 0)
		close(out->fd[--out->n]);
	return e;
}
