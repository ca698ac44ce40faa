#include "radius/serve/table.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/rnd.h"

/* A search reads the tags, an octet a cell, and looks at a record only where
 * that of its hash stands: others are in memory that nobody has near. */
struct table_cells {
	size_t mask;
	_Atomic uint8_t *tag;
	_Atomic(void *) v[];
};

enum { LEAST = 64 };

/* Of cells: never used; its record was taken, a search goes on past it; the
 * rest are of records. */
enum { TAG_FREE, TAG_DEAD, TAG_FIRST };

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide w = (wide)a * b;

	return (uint64_t)w ^ (uint64_t)(w >> 64);
}

static uint64_t seed[2];

__attribute__((constructor)) static void
draw_seed(void)
{
	rnd_bytes(seed, sizeof(seed));
	seed[0] |= 1;
	seed[1] |= 1;
}

uint64_t
table_hash(const void *octets, size_t len)
{
	const uint8_t *p = octets;
	uint64_t h = seed[0] ^ len, w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = mix(h ^ w ^ seed[1], 0x9e3779b97f4a7c15);
	}
	w = 0;
	memcpy(&w, p, len);
	return mix(h ^ w ^ seed[1], seed[0] ^ 0xa0761d6478bd642f);
}

static uint8_t
tag_of(uint64_t hash)
{
	return (uint8_t)(TAG_FIRST + (hash >> 40) % (256 - TAG_FIRST));
}

static uint8_t
tag_at(const struct table_cells *c, size_t i)
{
	return atomic_load_explicit(&c->tag[i], memory_order_acquire);
}

static void *
record_at(const struct table_cells *c, size_t i)
{
	return atomic_load_explicit(&c->v[i], memory_order_acquire);
}

/* The cell of WANTED, or the first free one when there is none. */
static size_t
find(const struct table *t, const struct table_cells *c, uint64_t hash,
    const void *wanted, void **found)
{
	uint8_t mine = tag_of(hash), tag;

	for (size_t i = hash & c->mask;; i = (i + 1) & c->mask) {
		*found = NULL;
		if ((tag = tag_at(c, i)) == TAG_FREE)
			return i;
		if (tag != mine)
			continue;
		*found = record_at(c, i);
		if (t->same(*found, wanted))
			return i;
	}
}

void *
table_get(const struct table *t, uint64_t hash, const void *wanted)
{
	const struct table_cells *c =
	    atomic_load_explicit(&t->cells, memory_order_acquire);
	void *found = NULL;

	if (c != NULL)
		(void)find(t, c, hash, wanted, &found);
	return found;
}

void
table_near(const struct table *t, uint64_t hash)
{
	const struct table_cells *c =
	    atomic_load_explicit(&t->cells, memory_order_acquire);

	if (c == NULL)
		return;
	__builtin_prefetch(&c->tag[hash & c->mask]);
	__builtin_prefetch(&c->v[hash & c->mask]);
}

const void *
table_guess(const struct table *t, uint64_t hash)
{
	const struct table_cells *c =
	    atomic_load_explicit(&t->cells, memory_order_acquire);
	uint8_t mine = tag_of(hash), tag;

	if (c == NULL)
		return NULL;
	for (size_t i = hash & c->mask;; i = (i + 1) & c->mask) {
		if ((tag = tag_at(c, i)) == TAG_FREE)
			return NULL;
		if (tag == mine)
			return record_at(c, i);
	}
}

static struct table_cells *
cells_new(size_t count)
{
	size_t n = LEAST;
	struct table_cells *c;

	while (n < count * 2)
		n *= 2;
	c = calloc(1, sizeof(*c) + n * (sizeof(c->v[0]) + 1));
	if (c == NULL)
		return NULL;
	c->mask = n - 1;
	c->tag = (_Atomic uint8_t *)(c->v + n);
	return c;
}

/* The record first: who sees the tag finds it. */
static void
fill(struct table_cells *c, size_t i, uint64_t hash, void *r)
{
	atomic_store_explicit(&c->v[i], r, memory_order_release);
	atomic_store_explicit(&c->tag[i], tag_of(hash), memory_order_release);
}

static void
copy(const struct table *t, struct table_cells *to, void *r)
{
	uint64_t hash = t->hash(r);
	size_t i = hash & to->mask;

	while (tag_at(to, i) != TAG_FREE)
		i = (i + 1) & to->mask;
	fill(to, i, hash, r);
}

static enum err
grow(struct table *t, size_t count)
{
	struct table_cells *old = t->cells, *c = cells_new(count);

	if (c == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; old != NULL && i <= old->mask; i++)
		if (tag_at(old, i) >= TAG_FIRST)
			copy(t, c, record_at(old, i));
	t->used = t->count;
	atomic_store_explicit(&t->cells, c, memory_order_release);
	epoch_retire(t->epoch, old, free);
	return ERR_OK;
}

/* At most three quarters are in use, so that a search ends soon. */
static enum err
room(struct table *t)
{
	const struct table_cells *c = t->cells;

	if (c != NULL && (t->used + 1) * 4 <= (c->mask + 1) * 3)
		return ERR_OK;
	return grow(t, t->count + 1);
}

enum err
table_reserve(struct table *t, size_t count)
{
	const struct table_cells *c = t->cells;

	if (c != NULL && count * 4 <= (c->mask + 1) * 3)
		return ERR_OK;
	return grow(t, count > t->count ? count : t->count);
}

enum err
table_put(struct table *t, void *record, const void *wanted, void **old)
{
	uint64_t hash = t->hash(record);
	enum err e;
	size_t i;

	*old = NULL;
	if ((e = room(t)))
		return e;
	i = find(t, t->cells, hash, wanted, old);
	fill(t->cells, i, hash, record);
	if (*old == NULL) {
		t->count++;
		t->used++;
	}
	return ERR_OK;
}

void *
table_take(struct table *t, uint64_t hash, const void *wanted)
{
	struct table_cells *c = t->cells;
	void *found = NULL;
	size_t i;

	if (c == NULL)
		return NULL;
	i = find(t, c, hash, wanted, &found);
	if (found == NULL)
		return NULL;
	atomic_store_explicit(&c->tag[i], TAG_DEAD, memory_order_release);
	t->count--;
	return found;
}

void *
table_next(const struct table *t, size_t *i)
{
	const struct table_cells *c =
	    atomic_load_explicit(&t->cells, memory_order_acquire);

	while (c != NULL && *i <= c->mask) {
		size_t at = (*i)++;

		if (tag_at(c, at) >= TAG_FIRST)
			return record_at(c, at);
	}
	return NULL;
}

void
table_free(struct table *t, void (*free_)(void *))
{
	void *r;

	for (size_t i = 0; free_ != NULL && (r = table_next(t, &i)) != NULL;)
		free_(r);
	free(t->cells);
	t->cells = NULL;
	t->count = t->used = 0;
}
