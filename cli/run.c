/* `latchkey run`: sockets first, then the two programs. */
#include <arpa/inet.h>
#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/supervise.h"
#include "cli/verbs.h"
#include "core/base/log.h"

enum { BACKLOG = 512, PATH_ROOM = 4096 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t
address(const char *text, int64_t port, union address *out)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons((uint16_t)port);
		return sizeof(out->v4);
	}
	if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons((uint16_t)port);
		return sizeof(out->v6);
	}
	return 0;
}

static int
bound(int type, const union address *a, socklen_t len, int64_t buffer)
{
	int fd = socket(a->any.sa_family, type | SOCK_CLOEXEC, 0), on = 1;
	int room = (int)buffer;

	if (fd < 0)
		return -1;
	if (a->any.sa_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (type == SOCK_STREAM)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else if (setsockopt(
		     fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, &a->any, len) != 0 ||
	    (type == SOCK_STREAM && listen(fd, BACKLOG) != 0)) {
		int saved = errno;

		(void)close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* One socket per address of LIST, added to CHILD under NAME. */
static int
open_all(struct cli *c, struct child *child, const struct conf_list *list,
    int64_t port, int type, const char *name)
{
	int64_t buffer = c->conf->radius.receive_buffer;

	for (size_t i = 0; i < list->n; i++) {
		union address a;
		socklen_t len = address(list->v[i], port, &a);
		int fd;

		if (len == 0)
			return cli_say(c, CLI_CONFIG,
			    "%s: listen: %s is no address", name, list->v[i]);
		if ((fd = bound(type, &a, len, buffer)) < 0)
			return cli_say(c, 1,
			    "%s port %lld of %s cannot be taken: %s%s", name,
			    (long long)port, list->v[i], strerror(errno),
			    errno == EADDRINUSE
				? "; end the other program, or set another "
				  "port in the configuration"
				: "");
		if (child->nsockets == SUPERVISE_SOCKETS_MAX)
			return cli_say(
			    c, CLI_CONFIG, "%s: too many addresses", name);
		child->socket[child->nsockets++] =
		    (struct supervised_socket){fd, name};
	}
	return 0;
}

/* Beside this program, or where Debian puts daemons. */
static bool
find_program(const char *name, char out[static PATH_ROOM])
{
	char self[PATH_ROOM];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		if ((size_t)snprintf(out, PATH_ROOM, "%s/%s", dirname(self),
			name) < PATH_ROOM &&
		    access(out, X_OK) == 0)
			return true;
	}
	(void)snprintf(out, PATH_ROOM, "/usr/sbin/%s", name);
	return access(out, X_OK) == 0;
}

int
verb_run(struct cli *c, const struct verb *v)
{
	char portal[PATH_ROOM], radius[PATH_ROOM];
	struct child child[] = {{.program = portal, .conf_path = c->conf_path},
	    {.program = radius, .conf_path = c->conf_path}};
	const struct conf *f = c->conf;
	enum log_level level = LOG_INFO_;
	int status;

	(void)v;
	if (!cli_all_used(c))
		return 2;
	(void)log_level_parse(f->log.level, &level);
	log_start("latchkey", strcmp(f->log.form, "json") == 0, level);
	if (!find_program("latchkey-portal", portal))
		return cli_say(c, 1, "latchkey-portal is not installed");
	if (!find_program("latchkey-radius", radius))
		return cli_say(c, 1, "latchkey-radius is not installed");
	if ((status = open_all(c, &child[0], &f->portal.listen, f->portal.port,
		 SOCK_STREAM, "https")) ||
	    (f->captive.http_port != 0 &&
		(status = open_all(c, &child[0], &f->portal.listen,
		     f->captive.http_port, SOCK_STREAM, "http"))) ||
	    (status = open_all(c, &child[1], &f->radius.listen,
		 f->radius.auth_port, SOCK_DGRAM, "auth")) ||
	    (status = open_all(c, &child[1], &f->radius.listen,
		 f->radius.acct_port, SOCK_DGRAM, "acct")) ||
	    (status = open_all(c, &child[1], &f->radsec.listen, f->radsec.port,
		 SOCK_STREAM, "tls")))
		return status;
	return supervise(child, 2);
}
