#include "radius/serve/metrics.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/log.h"
#include "radius/change/disconnect.h"
#include "radius/serve/control.h"

enum { POLL_MS = 200, BACKLOG = 8 };

struct metrics {
	struct state *st;
	struct epoch_reader *reader;
	int fd;
	pthread_t thread;
};

/* As much of the request as comes, up to its empty line. */
static bool
asks_for_metrics(int fd)
{
	static const char want[] = "GET /metrics HTTP/1.";
	char b[METRICS_REQUEST_MAX + 1];
	size_t n = 0;

	while (n < METRICS_REQUEST_MAX) {
		ssize_t got = recv(fd, b + n, METRICS_REQUEST_MAX - n, 0);

		if (got <= 0)
			return false;
		n += (size_t)got;
		b[n] = '\0';
		if (strstr(b, "\r\n\r\n") != NULL)
			return strncmp(b, want, sizeof(want) - 1) == 0;
	}
	return false;
}

static void
send_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

static void
serve(struct metrics *m, int fd)
{
	static const char missing[] = "HTTP/1.1 404 Not Found\r\n"
				      "Content-Length: 0\r\n"
				      "Connection: close\r\n\r\n";
	const struct timeval t = {.tv_sec = METRICS_PATIENCE_S};
	OWN(buf) struct buf body = BUF(CONTROL_ANSWER_MAX);
	OWN(buf) struct buf head = BUF(512);
	enum err e;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	if (!asks_for_metrics(fd)) {
		send_all(fd, missing, sizeof(missing) - 1);
		return;
	}
	epoch_enter(m->reader);
	e = control_answer(m->st, "metrics", &body);
	epoch_leave(m->reader);
	if (e)
		return;
	buf_printf(&head,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n",
	    body.len);
	send_all(fd, buf_str(&head), head.len);
	send_all(fd, buf_str(&body), body.len);
}

static void *
work(void *arg)
{
	struct metrics *m = arg;

	while (!atomic_load(&m->st->stop)) {
		struct pollfd p = {.fd = m->fd, .events = POLLIN};
		int fd;

		if (poll(&p, 1, POLL_MS) <= 0)
			continue;
		if ((fd = accept4(m->fd, NULL, NULL, SOCK_CLOEXEC)) < 0)
			continue;
		serve(m, fd);
		(void)close(fd);
	}
	return NULL;
}

static bool
loopback(const struct sockaddr_storage *s)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	memcpy(&in, s, sizeof(in));
	memcpy(&in6, s, sizeof(in6));
	return s->ss_family == AF_INET
		   ? ntohl(in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET
		   : IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

static int
listen_at(const char *where)
{
	struct sockaddr_storage at;
	socklen_t len;
	int fd, one = 1;

	errno = EINVAL;
	if (!disconnect_address(where, 0, &at, &len) || !loopback(&at))
		return -1;
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const void *)&at, len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

struct metrics *
metrics_start(struct state *st)
{
	const char *where = st->conf->radius.metrics_listen;
	struct metrics *m;

	if (where[0] == '\0' || (m = calloc(1, sizeof(*m))) == NULL)
		return NULL;
	m->st = st;
	m->fd = listen_at(where);
	if (m->fd >= 0 && (m->reader = epoch_join(st->epoch)) != NULL &&
	    pthread_create(&m->thread, NULL, work, m) == 0)
		return m;
	LOG(WARN, "radius.no_metrics", LOG_S("listen", where),
	    LOG_S("why", strerror(errno)));
	if (m->fd >= 0)
		(void)close(m->fd);
	free(m);
	return NULL;
}

void
metrics_stop(struct metrics *m)
{
	if (m == NULL)
		return;
	(void)pthread_join(m->thread, NULL);
	(void)close(m->fd);
	free(m);
}
