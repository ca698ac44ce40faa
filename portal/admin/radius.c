#include "portal/admin/radius.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static void
fd_own(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static enum err
reach(const struct conf *conf, int fd)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = RADIUS_PATIENCE_MS / 1000,
	    .tv_usec = RADIUS_PATIENCE_MS % 1000 * 1000};
	const char *path = conf->radius.snapshot;
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path) : 0;

	if ((size_t)snprintf(to.sun_path, sizeof(to.sun_path),
		"%.*s/radius.sock", dir, path) >= sizeof(to.sun_path))
		return ERR_IO;
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ? ERR_OK
								    : ERR_IO;
}

enum err
radius_ask(const struct conf *conf, const char *question, struct buf *out)
{
	OWN(fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char piece[8192], line[160];
	ssize_t n;
	int len = snprintf(line, sizeof(line), "%s\n", question);

	if (fd < 0 || len < 0 || (size_t)len >= sizeof(line) ||
	    reach(conf, fd) != ERR_OK ||
	    send(fd, line, (size_t)len, MSG_NOSIGNAL) != len)
		return ERR_IO;
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_add(out, piece, (size_t)n);
	if (n == 0 && out->err == ERR_OK)
		return ERR_OK;
	buf_clear(out);
	return ERR_IO;
}

json_t *
radius_ask_json(
    const struct conf *conf, const char *question, const char *member)
{
	OWN(buf) struct buf answer = BUF(RADIUS_ANSWER_MAX);
	json_t *o = NULL;

	if (radius_ask(conf, question, &answer) == ERR_OK)
		o = json_loadb(buf_str(&answer), answer.len, 0, NULL);
	if (json_object_get(o, member) != NULL)
		return o;
	json_decref(o);
	return NULL;
}
