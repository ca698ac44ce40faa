#include "radius/serve/dups.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "radius/serve/prefix.h"
#include "radius/serve/table.h"

enum state { FREE, PENDING, ANSWERED };

enum { NAME = sizeof(struct dup_name) - offsetof(struct dup_name, addr) };

_Static_assert(NAME == 32, "no padding");

/* What is looked at for every packet, in one line of the caches. */
struct set {
	_Alignas(64) int64_t seen[DUPS_WAYS];
	uint32_t tag[DUPS_WAYS]; /* of the hash of its name */
	uint16_t turn[DUPS_WAYS];
	uint8_t state[DUPS_WAYS];
};

_Static_assert(sizeof(struct set) == 64, "one line");

struct entry {
	struct dup_name name;
	uint8_t auth[PACKET_AUTH];
	uint64_t mark, at; /* at: of the answer, in the stream of octets */
	uint16_t len;
};

struct dups {
	struct set set[DUPS_ENTRIES / DUPS_WAYS];
	struct entry entry[DUPS_ENTRIES];
	uint64_t written; /* octets of answers ever kept */
	uint8_t ring[DUPS_MEMORY];
};

struct dups *
dups_new(void)
{
	struct dups *d = aligned_alloc(64, sizeof(*d));

	/* The rest is read where this says that it was written. */
	if (d != NULL) {
		memset(d->set, 0, sizeof(d->set));
		d->written = 0;
	}
	return d;
}

void
dups_free(struct dups *d)
{
	free(d);
}

struct dup_name
dups_name(const struct sockaddr_storage *from, const struct packet *p)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	struct dup_name n;

	memset(&n, 0, sizeof(n));
	n.id = p->id;
	n.code = p->code;
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
	n.hash = table_hash(n.addr, NAME);
	return n;
}

/* An answer whose octets were overwritten since is gone. */
static bool
kept(const struct dups *d, const struct entry *e)
{
	return d->written - e->at <= DUPS_MEMORY - PACKET_MAX;
}

static size_t
set_of(uint64_t hash)
{
	return hash % (DUPS_ENTRIES / DUPS_WAYS);
}

static bool
same_name(const struct dup_name *a, const struct dup_name *b)
{
	return memcmp(a->addr, b->addr, NAME) == 0;
}

/* The entry of this name, or the one to give way: a free or old one. */
static size_t
place(const struct dups *d, const struct dup_name *n, int64_t now, bool *same)
{
	size_t at = set_of(n->hash), old = 0;
	const struct set *s = &d->set[at];
	int64_t oldest = INT64_MAX;

	*same = false;
	for (size_t i = 0; i < DUPS_WAYS; i++) {
		int64_t seen = s->state[i] == FREE ? INT64_MIN : s->seen[i];

		if (s->state[i] != FREE && s->tag[i] == n->hash >> 32 &&
		    same_name(&d->entry[at * DUPS_WAYS + i].name, n)) {
			*same = now - seen < (int64_t)DUPS_SECONDS * 1000000000;
			return at * DUPS_WAYS + i;
		}
		if (seen < oldest) {
			oldest = seen;
			old = i;
		}
	}
	return at * DUPS_WAYS + old;
}

void
dups_near(const struct dups *d, const struct dup_name *n)
{
	__builtin_prefetch(&d->set[set_of(n->hash)], 1);
}

void
dups_nearer(const struct dups *d, const struct dup_name *n)
{
	bool same;
	const struct entry *e = &d->entry[place(d, n, 0, &same)];

	__builtin_prefetch(e, 1);
	__builtin_prefetch((const char *)(e + 1) - 1, 1);
}

enum dup_is
dups_see(struct dups *d, const struct dup_name *n, const struct packet *p,
    uint64_t mark, int64_t now, struct dup_ref *ref, struct slice *out)
{
	bool same;
	size_t at = place(d, n, now, &same), way = at % DUPS_WAYS;
	struct set *s = &d->set[at / DUPS_WAYS];
	struct entry *e = &d->entry[at];

	if (same && memcmp(e->auth, packet_auth(p), PACKET_AUTH) == 0) {
		if (s->state[way] == PENDING)
			return DUP_PENDING;
		if (e->mark == mark && kept(d, e)) {
			*out = (struct slice){
			    d->ring + e->at % DUPS_MEMORY, e->len};
			return DUP_ANSWERED;
		}
	}
	e->name = *n;
	memcpy(e->auth, packet_auth(p), PACKET_AUTH);
	s->tag[way] = (uint32_t)(n->hash >> 32);
	s->seen[way] = now;
	s->state[way] = PENDING;
	*ref = (struct dup_ref){.at = (uint32_t)at, .turn = ++s->turn[way]};
	return DUP_NEW;
}

/* Does REF still have its place? */
static bool
holds(const struct dups *d, struct dup_ref ref)
{
	return d->set[ref.at / DUPS_WAYS].turn[ref.at % DUPS_WAYS] == ref.turn;
}

bool
dups_answer(
    struct dups *d, struct dup_ref ref, uint64_t mark, struct slice answer)
{
	struct entry *e = &d->entry[ref.at];
	uint8_t *state = &d->set[ref.at / DUPS_WAYS].state[ref.at % DUPS_WAYS];
	size_t at = d->written % DUPS_MEMORY;

	if (!holds(d, ref) || *state != PENDING)
		return false;
	if (at + answer.len > DUPS_MEMORY) { /* never across the end */
		d->written += DUPS_MEMORY - at;
		at = 0;
	}
	memcpy(d->ring + at, answer.p, answer.len);
	e->at = d->written;
	e->len = (uint16_t)answer.len;
	e->mark = mark;
	*state = ANSWERED;
	d->written += answer.len;
	return true;
}

void
dups_forget(struct dups *d, struct dup_ref ref)
{
	if (holds(d, ref))
		d->set[ref.at / DUPS_WAYS].state[ref.at % DUPS_WAYS] = FREE;
}
