#include "radius/radsec/conn.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "radius/serve/prefix.h"

static void
tune(int fd)
{
	int one = 1, idle = 60, interval = 20, tries = 3;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	(void)setsockopt(
	    fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof(tries));
}

static void
remember_source(struct conn *c, const struct sockaddr_storage *from)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	c->from = (struct sockaddr_in6){.sin6_family = AF_INET6};
	prefix_addr(from, c->from.sin6_addr.s6_addr);
	if (from->ss_family == AF_INET) {
		memcpy(&in, from, sizeof(in));
		c->from.sin6_port = in.sin_port;
	} else {
		memcpy(&in6, from, sizeof(in6));
		c->from.sin6_port = in6.sin6_port;
	}
}

bool
conn_open(struct conn *c, struct tls *t, int fd,
    const struct sockaddr_storage *from, uint32_t serial, int64_t mono)
{
	if ((c->ssl = tls_accept(t, fd, &c->psk)) == NULL) {
		(void)close(fd);
		return false;
	}
	tune(fd);
	remember_source(c, from);
	c->fd = fd;
	c->is = CONN_SHAKING;
	c->serial = serial;
	c->since = c->heard = c->moved = mono;
	c->requests = 0;
	c->part = 0;
	c->waiting = 0;
	c->wants_write = c->full = false;
	c->in_len = c->out_at = c->out_len = c->out_most = 0;
	c->out = NULL;
	return true;
}

void
conn_close(struct conn *c)
{
	if (c->ssl != NULL && SSL_is_init_finished(c->ssl)) {
		ERR_clear_error();
		(void)SSL_shutdown(c->ssl);
	}
	SSL_free(c->ssl);
	(void)close(c->fd);
	if (c->out != NULL)
		secret_wipe(c->out, c->out_most);
	free(c->out);
	c->out = NULL;
	c->ssl = NULL;
	c->fd = -1;
	c->is = CONN_FREE;
}

bool
conn_hungry(const struct conn *c)
{
	return c->waiting < CONN_WAITING &&
	       c->out_len - c->out_at < CONN_OUT_FULL;
}

short
conn_events(const struct conn *c)
{
	bool writes = c->wants_write || c->out_len > c->out_at;
	bool reads = c->is == CONN_SHAKING ||
		     (conn_hungry(c) && c->in_len < sizeof(c->in));

	return (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
}

bool
conn_ready(const struct conn *c)
{
	size_t whole;

	return c->is == CONN_OPEN && conn_hungry(c) &&
	       (SSL_pending(c->ssl) > 0 ||
		   stream_next(c->in, c->in_len, &whole) != STREAM_MORE);
}

/* What the library's answer N means. */
static enum conn_went
went(struct conn *c, int n)
{
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_NONE:
		return CONN_DONE;
	case SSL_ERROR_WANT_READ:
		return CONN_WAIT;
	case SSL_ERROR_WANT_WRITE:
		c->wants_write = true;
		return CONN_WAIT;
	default:
		return CONN_GONE;
	}
}

enum conn_went
conn_shake(struct conn *c)
{
	c->wants_write = false;
	ERR_clear_error();
	return went(c, SSL_accept(c->ssl));
}

enum conn_went
conn_read(struct conn *c, int64_t mono)
{
	while (c->in_len < sizeof(c->in)) {
		int n;

		c->wants_write = false;
		ERR_clear_error();
		n = SSL_read(c->ssl, c->in + c->in_len,
		    (int)(sizeof(c->in) - c->in_len));
		if (n <= 0)
			return went(c, n);
		if (c->in_len == 0)
			c->part = mono;
		c->in_len += (size_t)n;
		c->heard = mono;
	}
	return CONN_DONE;
}

enum stream_is
conn_next(struct conn *c, size_t *at, struct slice *out)
{
	size_t whole;
	enum stream_is is = stream_next(c->in + *at, c->in_len - *at, &whole);

	*out = (struct slice){c->in + *at, whole};
	if (is == STREAM_PACKET)
		*at += whole;
	return is;
}

void
conn_used(struct conn *c, size_t n, int64_t mono)
{
	if (n == 0)
		return;
	c->in_len -= n;
	memmove(c->in, c->in + n, c->in_len);
	c->part = c->in_len > 0 ? mono : 0;
}

bool
conn_answer(struct conn *c, const uint8_t *octets, size_t len, int64_t mono)
{
	if (CONN_OUT - c->out_len < len && c->out_at > 0) {
		c->out_len -= c->out_at;
		memmove(c->out, c->out + c->out_at, c->out_len);
		c->out_at = 0;
	}
	if (CONN_OUT - c->out_len < len ||
	    (c->out == NULL && (c->out = malloc(CONN_OUT)) == NULL))
		return false;
	if (c->out_len == c->out_at)
		c->moved = mono;
	memcpy(c->out + c->out_len, octets, len);
	c->out_len += len;
	if (c->out_len > c->out_most)
		c->out_most = c->out_len;
	return true;
}

enum conn_went
conn_write(struct conn *c, int64_t mono)
{
	while (c->out_at < c->out_len) {
		int n;

		c->wants_write = false;
		ERR_clear_error();
		n = SSL_write(
		    c->ssl, c->out + c->out_at, (int)(c->out_len - c->out_at));
		if (n <= 0)
			return went(c, n);
		c->out_at += (size_t)n;
		c->moved = mono;
	}
	c->out_at = c->out_len = 0;
	return CONN_DONE;
}

static bool
past(int64_t from, int64_t seconds, int64_t mono)
{
	return mono - from > seconds * 1000000000;
}

bool
conn_late(const struct conn *c, int64_t mono)
{
	if (c->is == CONN_SHAKING)
		return past(c->since, CONN_SHAKE_SECONDS, mono);
	return past(c->heard, CONN_SILENT_SECONDS, mono) ||
	       (c->out_len > c->out_at &&
		   past(c->moved, CONN_STALL_SECONDS, mono)) ||
	       (c->part != 0 && conn_hungry(c) &&
		   past(c->part, CONN_PARTIAL_SECONDS, mono));
}
