#include "core/net/scrape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/net/addr.h"

enum { POLL_MS = 200, BACKLOG = 8, STACK = 512 * 1024 };

struct scrape {
	int fd;
	void (*turn)(void *arg);
	void (*fill)(void *arg, struct buf *out);
	void *arg;
	_Atomic bool stop;
	pthread_t thread;
};

/* --- where --- */

static bool
address(const char *where, struct sockaddr_in6 *six, struct sockaddr_in *four)
{
	const char *colon = strrchr(where, ':');
	char host[64];
	size_t n = colon ? (size_t)(colon - where) : sizeof(host);
	int64_t port;

	if (n >= sizeof(host) || !text_int(colon + 1, 1, 65535, &port))
		return false;
	text_copy(host, n + 1, where);
	*four = (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	*six = (struct sockaddr_in6){
	    .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1)
		return true;
	four->sin_family = 0;
	if (n < 3 || host[0] != '[' || host[n - 1] != ']')
		return false;
	host[n - 1] = '\0';
	return inet_pton(AF_INET6, host + 1, &six->sin6_addr) == 1;
}

int
scrape_listen(const char *where)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;
	const struct sockaddr *at;
	socklen_t len;
	int fd, one = 1;

	errno = EINVAL;
	if (!address(where, &six, &four))
		return -1;
	at = four.sin_family ? (const void *)&four : (const void *)&six;
	len = four.sin_family ? sizeof(four) : sizeof(six);
	if (addr_kind(at) != ADDR_LOOPBACK)
		return -1;
	fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, at, len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* --- one request ------------------------------------------------------------
 */

/* As much of the request as comes, up to its empty line. */
static bool
asks_for_metrics(int fd)
{
	static const char want[] = "GET /metrics HTTP/1.";
	char b[SCRAPE_REQUEST_MAX + 1];
	size_t n = 0;

	while (n < SCRAPE_REQUEST_MAX) {
		ssize_t got = recv(fd, b + n, SCRAPE_REQUEST_MAX - n, 0);

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
serve(struct scrape *s, int fd)
{
	static const char missing[] = "HTTP/1.1 404 Not Found\r\n"
				      "Content-Length: 0\r\n"
				      "Connection: close\r\n\r\n";
	const struct timeval t = {.tv_sec = SCRAPE_PATIENCE_S};
	OWN(buf) struct buf body = BUF(SCRAPE_ANSWER_MAX), head = BUF(512);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	if (!asks_for_metrics(fd)) {
		send_all(fd, missing, sizeof(missing) - 1);
		return;
	}
	s->fill(s->arg, &body);
	if (body.err)
		return;
	buf_printf(&head,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; "
	    "charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
	    body.len);
	send_all(fd, buf_str(&head), head.len);
	send_all(fd, buf_str(&body), body.len);
}

static void *
work(void *arg)
{
	struct scrape *s = arg;

	while (!atomic_load(&s->stop)) {
		struct pollfd p = {.fd = s->fd, .events = POLLIN};
		int fd;

		if (s->turn != NULL)
			s->turn(s->arg);
		/* accept4() is not among the calls a sandboxed portal may
		 * make; nobody here starts programs anyway */
		if (poll(&p, 1, POLL_MS) <= 0)
			continue;
		if ((fd = accept(s->fd, NULL, NULL)) < 0) {
			(void)poll(
			    NULL, 0, POLL_MS); /* none left: not at once */
			continue;
		}
		serve(s, fd);
		(void)close(fd);
	}
	return NULL;
}

/* No signal is for this thread. */
static bool
start(struct scrape *s)
{
	pthread_attr_t attr;
	sigset_t all, before;
	bool made;

	if (pthread_attr_init(&attr) != 0)
		return false;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	made = pthread_create(&s->thread, &attr, work, s) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	return made;
}

struct scrape *
scrape_start(int fd, void (*turn)(void *arg),
    void (*fill)(void *arg, struct buf *out), void *arg)
{
	struct scrape *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		*s = (struct scrape){
		    .fd = fd, .turn = turn, .fill = fill, .arg = arg};
		if (start(s))
			return s;
	}
	(void)close(fd);
	free(s);
	return NULL;
}

void
scrape_stop(struct scrape *s)
{
	if (s == NULL)
		return;
	atomic_store(&s->stop, true);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->fd);
	free(s);
}
