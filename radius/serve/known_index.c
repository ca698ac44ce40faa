#include <string.h>

#include "radius/serve/known_in.h"

void
known_shelf_free(void *p)
{
	struct shelf *s = p;

	if (s == NULL)
		return;
	match_index_free(s->index);
	free(s);
}

/* Keys that were never used come first, then the newest: a first join follows
 * an issue by minutes, as a rule. Dead ones are last: they only explain. */
static int
order(const void *a, const void *b)
{
	const struct known_key *const *x = a, *const *y = b;
	const struct key_data *p = (*x)->data, *q = (*y)->data;

	if (p->usable != q->usable)
		return p->usable ? -1 : 1;
	if (p->used != q->used)
		return p->used ? 1 : -1;
	return p->created == q->created ? 0 : p->created > q->created ? -1 : 1;
}

/* The shelf of N keys, which are in S already; NULL when out of memory. */
static struct shelf *
shelf_index(struct shelf *s)
{
	uint8_t *pmks = malloc(s->n * MATCH_PMK + 1);
	enum err e;

	if (pmks == NULL) {
		known_shelf_free(s);
		return NULL;
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct key_data *d = s->key[i]->data;

		memcpy(pmks + i * MATCH_PMK, d->pmk, MATCH_PMK);
	}
	e = match_index_new(pmks, NULL, s->n, &s->index);
	secret_wipe(pmks, s->n * MATCH_PMK);
	free(pmks);
	if (e) {
		known_shelf_free(s);
		return NULL;
	}
	return s;
}

static struct shelf *
shelf_room(size_t n)
{
	struct shelf *s = calloc(1, sizeof(*s) + n * sizeof(s->key[0]));

	return s;
}

static bool
belongs(const struct known_key *key, const struct known_network *n)
{
	const struct key_data *d = key->data;

	return d != NULL && uid_same(&d->network, &n->network.id);
}

/* All keys of the network, in order. */
static struct shelf *
shelf_all(const struct known *k, const struct known_network *n)
{
	struct shelf *s = shelf_room(k->keys.count);
	struct known_key *key;

	if (s == NULL)
		return NULL;
	for (size_t i = 0; (key = table_next(&k->keys, &i)) != NULL;)
		if (belongs(key, n))
			s->key[s->n++] = key;
	qsort(s->key, s->n, sizeof(s->key[0]), order);
	return shelf_index(s);
}

/* The fresh ones so far, with those pending in front. */
static struct shelf *
shelf_fresh(const struct known *k, const struct known_network *n)
{
	size_t had = n->fresh == NULL ? 0 : n->fresh->n;
	struct shelf *s = shelf_room(had + k->pending.n);

	if (s == NULL)
		return NULL;
	for (size_t i = k->pending.n; i-- > 0;)
		if (belongs(k->pending.v[i], n))
			s->key[s->n++] = k->pending.v[i];
	for (size_t i = 0; i < had; i++)
		if (belongs(n->fresh->key[i], n))
			s->key[s->n++] = n->fresh->key[i];
	return shelf_index(s);
}

static size_t
pending_of(const struct known *k, const struct known_network *n)
{
	size_t count = 0;

	for (size_t i = 0; i < k->pending.n; i++)
		count += belongs(k->pending.v[i], n);
	return count;
}

/* ALL keys of the network anew, or the fresh ones. */
static enum err
shelve(struct known *k, struct known_network *n, bool all)
{
	struct shelf *fresh = n->fresh, *base = n->base, *new;
	enum err e;

	new = all ? shelf_all(k, n) : shelf_fresh(k, n);
	if (new == NULL)
		return ERR_NO_MEMORY;
	e = known_shelve(k, n, all ? NULL : new, all ? new : base);
	if (e) {
		known_shelf_free(new);
		return e;
	}
	epoch_retire(k->epoch, fresh, known_shelf_free);
	if (all)
		epoch_retire(k->epoch, base, known_shelf_free);
	return ERR_OK;
}

static enum err
settle(struct known *k, struct known_network *n)
{
	size_t add = pending_of(k, n);

	if (add == 0)
		return ERR_OK;
	return shelve(
	    k, n, add + (n->fresh == NULL ? 0 : n->fresh->n) > KNOWN_FRESH_MAX);
}

static bool
names_gone(const struct shelf *s)
{
	for (size_t i = 0; s != NULL && i < s->n; i++)
		if (known_key_data(s->key[i]) == NULL)
			return true;
	return false;
}

enum err
known_reindex(struct known *k, struct known_network *n)
{
	return names_gone(n->fresh) || names_gone(n->base) ? shelve(k, n, true)
							   : ERR_OK;
}

enum err
known_settle(struct known *k)
{
	enum err e = ERR_OK;

	if (k->aps_stale && (e = known_settle_aps(k)))
		return e;
	if (k->pending.n == 0)
		return known_sweep(k);
	for (size_t i = 0; k->networks != NULL && i < k->networks->n; i++)
		if ((e = settle(k, k->networks->v[i])))
			return e;
	known_keys_free(&k->pending);
	atomic_fetch_add(&k->gained, 1);
	return known_sweep(k);
}
