/*
 * pool.h - the connections there are, and who gives way when there are many
 *
 * Whoever has proven nothing yet gives way first, the oldest before others, and
 * a source that fills the place gives way to itself. An access point that
 * connects again and again loses its oldest connections: it has restarted.
 */
#pragma once

#include "radius/radsec/conn.h"

enum {
	POOL_MAX = 4096,
	POOL_SHAKING = 256,     /* in their handshake, all together */
	POOL_SHAKING_EACH = 32, /* of one address (of IPv6: one /64) */
	POOL_OPEN_EACH = 8,     /* of one access point */
};

struct pool {
	struct conn *conn[POOL_MAX]; /* NULL: free */
	size_t top;                  /* none at or above */
	size_t used, shaking;
	uint32_t serial;
};

/* Room for one more from FROM, whose handshake begins: a place in `conn` and
 * fresh memory in it, or -1. Closes those that give way, and adds how many. */
int pool_place(
    struct pool *p, const struct sockaddr_storage *from, unsigned *gave_way);

/* Closes it, wipes it, frees its place. */
void pool_end(struct pool *p, size_t i);
void pool_end_all(struct pool *p);

/* The handshake of number I has ended well. */
void pool_opened(struct pool *p, size_t me, unsigned *gave_way);

/* The name of number I, as an address of the discard prefix (RFC 6666); the
 * one that has a name, or NULL when it is gone. REQUEST tells requests apart
 * that nothing in them does. */
struct sockaddr_storage
pool_name(const struct pool *p, size_t i, uint32_t request);
struct conn *
pool_named(const struct pool *p, const struct sockaddr_storage *name);
