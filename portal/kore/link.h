/*
 * link.h - octets in and out of a connection of Kore's, by TLS
 */
#pragma once

#include <netinet/in.h>
#include <sys/types.h>

struct connection;

enum {
	LINK_WAIT = -1, /* nothing moves now; the event loop will say when */
	LINK_END = 0,   /* the other side is done, or broken */
};

/* How many octets moved, at least one; or LINK_WAIT or LINK_END. */
ssize_t link_read(struct connection *c, void *to, size_t len);
ssize_t link_write(struct connection *c, const void *from, size_t len);

/* Says goodbye: nothing is written any more. */
void link_finish(struct connection *c);

/* After link_finish(): reads for nothing. */
ssize_t link_discard(struct connection *c);

/* The other end's address, v4 as v4-mapped. */
struct in6_addr link_peer(const struct connection *c);
