#include "radius/serve/dups.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "radius/serve/prefix.h"
#include "radius/serve/table.h"

enum state { FREE, PENDING, ANSWERED };

struct name {
	uint8_t addr[16];
	uint32_t scope, flow; /* of IPv6; a connection and its request */
	uint16_t port;
	uint8_t id, code;
};

_Static_assert(sizeof(struct name) == 28, "hashed whole: no padding");

struct entry {
	struct name name;
	uint8_t auth[PACKET_AUTH];
	uint64_t mark, at; /* at: of the answer, in the stream of octets */
	int64_t seen;
	uint32_t turn;
	uint16_t len;
	uint8_t state;
};

struct dups {
	struct entry entry[DUPS_ENTRIES];
	uint64_t written; /* octets of answers ever kept */
	uint8_t ring[DUPS_MEMORY];
};

struct dups *
dups_new(void)
{
	return calloc(1, sizeof(struct dups));
}

void
dups_free(struct dups *d)
{
	free(d);
}

static struct name
name_of(const struct sockaddr_storage *from, const struct packet *p)
{
	struct name n = {.id = p->id, .code = p->code};
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	prefix_addr(from, n.addr);
	if (from->ss_family == AF_INET) {
		memcpy(&in, from, sizeof(in));
		n.port = in.sin_port;
	} else {
		memcpy(&in6, from, sizeof(in6));
		n.port = in6.sin6_port;
		n.scope = in6.sin6_scope_id;
		n.flow = in6.sin6_flowinfo;
	}
	return n;
}

/* An answer whose octets were overwritten since is gone. */
static bool
kept(const struct dups *d, const struct entry *e)
{
	return d->written - e->at <= DUPS_MEMORY - PACKET_MAX;
}

/* The entry of this name, or the one to give way: a free or old one. */
static struct entry *
place(struct dups *d, const struct name *n, int64_t now, bool *same)
{
	size_t set = table_hash(n, sizeof(*n)) % (DUPS_ENTRIES / DUPS_WAYS);
	struct entry *v = d->entry + set * DUPS_WAYS, *old = v;

	*same = false;
	for (size_t i = 0; i < DUPS_WAYS; i++) {
		if (v[i].state != FREE &&
		    memcmp(&v[i].name, n, sizeof(*n)) == 0) {
			*same = now - v[i].seen <
				(int64_t)DUPS_SECONDS * 1000000000;
			return &v[i];
		}
		if (v[i].state == FREE || v[i].seen < old->seen)
			old = &v[i];
		if (old->state == FREE)
			old->seen = INT64_MIN;
	}
	return old;
}

enum dup_is
dups_see(struct dups *d, const struct sockaddr_storage *from,
    const struct packet *p, uint64_t mark, int64_t now, struct dup_ref *ref,
    struct slice *out)
{
	struct name n = name_of(from, p);
	bool same;
	struct entry *e = place(d, &n, now, &same);

	if (same && memcmp(e->auth, packet_auth(p), PACKET_AUTH) == 0) {
		if (e->state == PENDING)
			return DUP_PENDING;
		if (e->mark == mark && kept(d, e)) {
			*out = (struct slice){
			    d->ring + e->at % DUPS_MEMORY, e->len};
			return DUP_ANSWERED;
		}
	}
	*e = (struct entry){
	    .name = n, .seen = now, .turn = e->turn + 1, .state = PENDING};
	memcpy(e->auth, packet_auth(p), PACKET_AUTH);
	*ref =
	    (struct dup_ref){.at = (uint32_t)(e - d->entry), .turn = e->turn};
	return DUP_NEW;
}

bool
dups_answer(
    struct dups *d, struct dup_ref ref, uint64_t mark, struct slice answer)
{
	struct entry *e = &d->entry[ref.at];
	size_t at = d->written % DUPS_MEMORY;

	if (e->turn != ref.turn || e->state != PENDING)
		return false;
	if (at + answer.len > DUPS_MEMORY) { /* never across the end */
		d->written += DUPS_MEMORY - at;
		at = 0;
	}
	memcpy(d->ring + at, answer.p, answer.len);
	e->at = d->written;
	e->len = (uint16_t)answer.len;
	e->mark = mark;
	e->state = ANSWERED;
	d->written += answer.len;
	return true;
}

void
dups_forget(struct dups *d, struct dup_ref ref)
{
	struct entry *e = &d->entry[ref.at];

	if (e->turn == ref.turn)
		e->state = FREE;
}
