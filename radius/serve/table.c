#include "radius/serve/table.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/rnd.h"

struct table_cells {
	size_t mask;
	_Atomic(void *) v[];
};

enum { LEAST = 64 };

/* Marks a cell whose record was taken: a search goes on past it. */
static char dead;

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

/* The cell of WANTED, or the first free one when there is none. */
static size_t
find(const struct table *t, const struct table_cells *c, uint64_t hash,
    const void *wanted, void **found)
{
	for (size_t i = hash & c->mask;; i = (i + 1) & c->mask) {
		void *r = atomic_load_explicit(&c->v[i], memory_order_acquire);

		*found = NULL;
		if (r == NULL)
			return i;
		if (r != &dead && t->same(r, wanted)) {
			*found = r;
			return i;
		}
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

	if (c != NULL)
		__builtin_prefetch(&c->v[hash & c->mask]);
}

const void *
table_first(const struct table *t, uint64_t hash)
{
	const struct table_cells *c =
	    atomic_load_explicit(&t->cells, memory_order_acquire);
	const void *r;

	if (c == NULL)
		return NULL;
	r = atomic_load_explicit(&c->v[hash & c->mask], memory_order_acquire);
	return r == &dead ? NULL : r;
}

static struct table_cells *
cells_new(size_t count)
{
	size_t n = LEAST;
	struct table_cells *c;

	while (n < count * 2)
		n *= 2;
	c = calloc(1, sizeof(*c) + n * sizeof(c->v[0]));
	if (c != NULL)
		c->mask = n - 1;
	return c;
}

static void
copy(const struct table *t, struct table_cells *to, void *r)
{
	size_t i = t->hash(r) & to->mask;

	while (atomic_load_explicit(&to->v[i], memory_order_relaxed) != NULL)
		i = (i + 1) & to->mask;
	atomic_store_explicit(&to->v[i], r, memory_order_relaxed);
}

static enum err
grow(struct table *t, size_t count)
{
	struct table_cells *old = t->cells, *c = cells_new(count);

	if (c == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; old != NULL && i <= old->mask; i++) {
		void *r = old->v[i];

		if (r != NULL && r != &dead)
			copy(t, c, r);
	}
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
	struct table_cells *c;
	size_t i;
	enum err e;

	*old = NULL;
	if ((e = room(t)))
		return e;
	c = t->cells;
	i = find(t, c, t->hash(record), wanted, old);
	atomic_store_explicit(&c->v[i], record, memory_order_release);
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
	atomic_store_explicit(&c->v[i], &dead, memory_order_release);
	t->count--;
	return found;
}

void *
table_next(const struct table *t, size_t *i)
{
	const struct table_cells *c =
	    atomic_load_explicit(&t->cells, memory_order_acquire);

	while (c != NULL && *i <= c->mask) {
		void *r =
		    atomic_load_explicit(&c->v[(*i)++], memory_order_acquire);

		if (r != NULL && r != &dead)
			return r;
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
