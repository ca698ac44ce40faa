#include "radius/radsec/pool.h"

#include <stdlib.h>
#include <string.h>

#include "radius/serve/prefix.h"

enum { PREFIX = 8, SLOT_AT = 8, SERIAL_AT = 12 };

void
pool_end(struct pool *p, size_t i)
{
	struct conn *c = p->conn[i];

	if (c->is == CONN_SHAKING)
		p->shaking--;
	if (c->is != CONN_FREE)
		conn_close(c);
	secret_wipe(c, sizeof(*c)); /* keys were in it */
	free(c);
	p->conn[i] = NULL;
	p->used--;
	while (p->top > 0 && p->conn[p->top - 1] == NULL)
		p->top--;
}

void
pool_end_all(struct pool *p)
{
	for (size_t i = p->top; i-- > 0;)
		if (p->conn[i] != NULL)
			pool_end(p, i);
}

/* An IPv6 network is one source: its host part is free to choose. */
static bool
same_source(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, IN6_IS_ADDR_V4MAPPED(a) ? sizeof(*a) : PREFIX) == 0;
}

/* How many are in their handshake, of FROM or (NULL) of all; and the oldest. */
static size_t
shaking(const struct pool *p, const struct in6_addr *from, int *oldest)
{
	size_t n = 0;

	*oldest = -1;
	for (size_t i = 0; i < p->top; i++) {
		const struct conn *c = p->conn[i];

		if (c == NULL || c->is != CONN_SHAKING ||
		    (from != NULL && !same_source(from, &c->from.sin6_addr)))
			continue;
		n++;
		if (*oldest < 0 || c->since < p->conn[*oldest]->since)
			*oldest = (int)i;
	}
	return n;
}

static void
give_way(struct pool *p, int i, unsigned *gave_way)
{
	pool_end(p, (size_t)i);
	++*gave_way;
}

int
pool_place(
    struct pool *p, const struct sockaddr_storage *from, unsigned *gave_way)
{
	struct in6_addr addr;
	size_t i = 0;
	int oldest;

	prefix_addr(from, addr.s6_addr);
	if (shaking(p, &addr, &oldest) >= POOL_SHAKING_EACH)
		give_way(p, oldest, gave_way);
	if ((p->shaking >= POOL_SHAKING || p->used == POOL_MAX) &&
	    shaking(p, NULL, &oldest) > 0)
		give_way(p, oldest, gave_way);
	if (p->used == POOL_MAX)
		return -1;
	while (p->conn[i] != NULL)
		i++;
	if ((p->conn[i] = malloc(sizeof(struct conn))) == NULL)
		return -1;
	p->conn[i]->is = CONN_FREE;
	p->used++;
	if (i >= p->top)
		p->top = i + 1;
	return (int)i;
}

void
pool_opened(struct pool *p, size_t me, unsigned *gave_way)
{
	const struct conn *mine = p->conn[me];
	int oldest = -1;
	size_t n = 0;

	p->shaking--;
	for (size_t i = 0; i < p->top; i++) {
		const struct conn *c = p->conn[i];

		if (c == NULL || c->is != CONN_OPEN || i == me ||
		    !uid_same(&c->peer.ap, &mine->peer.ap))
			continue;
		n++;
		if (oldest < 0 || c->since < p->conn[oldest]->since)
			oldest = (int)i;
	}
	if (n >= POOL_OPEN_EACH)
		give_way(p, oldest, gave_way);
}

struct sockaddr_storage
pool_name(const struct pool *p, size_t i, uint32_t request)
{
	struct sockaddr_in6 in6 = {
	    .sin6_family = AF_INET6, .sin6_flowinfo = request};
	struct sockaddr_storage out = {0};
	uint32_t slot = (uint32_t)i, serial = p->conn[i]->serial;

	in6.sin6_addr.s6_addr[0] = 1; /* 100::/64 */
	memcpy(in6.sin6_addr.s6_addr + SLOT_AT, &slot, sizeof(slot));
	memcpy(in6.sin6_addr.s6_addr + SERIAL_AT, &serial, sizeof(serial));
	memcpy(&out, &in6, sizeof(in6));
	return out;
}

struct conn *
pool_named(const struct pool *p, const struct sockaddr_storage *name)
{
	struct sockaddr_in6 in6;
	uint32_t slot, serial;

	memcpy(&in6, name, sizeof(in6));
	memcpy(&slot, in6.sin6_addr.s6_addr + SLOT_AT, sizeof(slot));
	memcpy(&serial, in6.sin6_addr.s6_addr + SERIAL_AT, sizeof(serial));
	if (slot >= POOL_MAX || p->conn[slot] == NULL ||
	    p->conn[slot]->serial != serial)
		return NULL;
	return p->conn[slot];
}
