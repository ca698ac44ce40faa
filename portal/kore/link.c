#include "portal/kore/link.h"

#include <kore/kore.h>

#include <limits.h>
#include <sys/socket.h>

/* What stands in the way after SSL_read() or SSL_write() returned N <= 0. */
static ssize_t
blocked(struct connection *c, int n, int event)
{
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		c->evt.flags &= ~event;
		return LINK_WAIT;
	default:
		return LINK_END;
	}
}

static int
at_most(size_t len)
{
	return len > INT_MAX ? INT_MAX : (int)len;
}

/* The same after recv() or send(), on a connection without TLS. */
static ssize_t
plain(struct connection *c, ssize_t n, int event)
{
	if (n > 0)
		return n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		c->evt.flags &= ~event;
		return LINK_WAIT;
	}
	return LINK_END;
}

ssize_t
link_read(struct connection *c, void *to, size_t len)
{
	int n;

	if (!(c->evt.flags & KORE_EVENT_READ))
		return LINK_WAIT;
	if (c->ssl == NULL)
		return plain(c, recv(c->fd, to, len, 0), KORE_EVENT_READ);
	ERR_clear_error();
	n = SSL_read(c->ssl, to, at_most(len));
	return n > 0 ? n : blocked(c, n, KORE_EVENT_READ);
}

ssize_t
link_write(struct connection *c, const void *from, size_t len)
{
	int n;

	if (!(c->evt.flags & KORE_EVENT_WRITE))
		return LINK_WAIT;
	if (c->ssl == NULL)
		return plain(
		    c, send(c->fd, from, len, MSG_NOSIGNAL), KORE_EVENT_WRITE);
	ERR_clear_error();
	n = SSL_write(c->ssl, from, at_most(len));
	return n > 0 ? n : blocked(c, n, KORE_EVENT_WRITE);
}

void
link_finish(struct connection *c)
{
	ERR_clear_error();
	if (c->ssl != NULL)
		(void)SSL_shutdown(c->ssl);
	(void)shutdown(c->fd, SHUT_WR);
}

ssize_t
link_discard(struct connection *c)
{
	char nowhere[4096];
	ssize_t n;

	if (!(c->evt.flags & KORE_EVENT_READ))
		return LINK_WAIT;
	n = recv(c->fd, nowhere, sizeof(nowhere), 0);
	if (n > 0)
		return n;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		return LINK_END;
	c->evt.flags &= ~KORE_EVENT_READ;
	return LINK_WAIT;
}

struct in6_addr
link_peer(const struct connection *c)
{
	struct in6_addr out = {0};

	if (c->family == AF_INET6)
		return c->addr.ipv6.sin6_addr;
	out.s6_addr[10] = out.s6_addr[11] = 0xff;
	memcpy(&out.s6_addr[12], &c->addr.ipv4.sin_addr, 4);
	return out;
}
