/* Keys that are over: kept for a while to explain refusals, then let go. */
#include <stdlib.h>
#include <string.h>

#include "radius/serve/known_in.h"

enum err
known_keys_add(struct known_keys *v, struct known_key *key)
{
	size_t max = v->max == 0 ? 256 : v->max * 2;
	struct known_key **more;

	if (v->n == v->max) {
		if ((more = realloc(v->v, max * sizeof(more[0]))) == NULL)
			return ERR_NO_MEMORY;
		v->v = more;
		v->max = max;
	}
	v->v[v->n++] = key;
	return ERR_OK;
}

void
known_keys_free(struct known_keys *v)
{
	free(v->v);
	*v = (struct known_keys){.n = 0};
}

/* Without room for it the record stays: without data it is never right. */
void
known_forget(struct known *k, struct known_key *key)
{
	epoch_retire(
	    k->epoch, atomic_exchange(&key->data, NULL), known_data_free);
	if (known_keys_add(&k->gone, key) == ERR_OK)
		(void)table_take(&k->keys, known_uid_hash(&key->id), &key->id);
	atomic_fetch_add(&k->lost, 1);
}

static bool
is_over(const struct known_key *key, int64_t now)
{
	const struct key_data *d = known_key_data(key);

	return d != NULL && (d->state == KEY_REVOKED ||
				(d->not_after != 0 && d->not_after <= now));
}

/* One that was given more time since is not over. */
static void
give_way(struct known *k, const struct uid *id, int64_t now)
{
	struct known_key *key = known_key(k, id);

	if (key == NULL)
		return;
	if (is_over(key, now))
		known_forget(k, key);
	else
		key->over = false;
}

void
known_over(struct known *k, const struct uid *id, int64_t now)
{
	struct known_key *key = known_key(k, id);
	struct uid *place;

	if (key == NULL || key->over || !is_over(key, now))
		return;
	place = &k->over[k->overs++ % KNOWN_OVER_MAX];
	if (!uid_is_none(place))
		give_way(k, place, now);
	*place = *id;
	key->over = true;
}

/* A device of a key that is gone goes, too; it comes back with the key. */
static void
sweep_device(struct known *k, struct known_device *d)
{
	struct known_key *holder = d->holder, *now = known_key(k, &d->key);

	if (holder != NULL ? known_key_data(holder) != NULL : now != NULL)
		return;
	if (now == NULL && !d->blocked) {
		known_drop_device(k, d);
		return;
	}
	d->holder = now;
	known_count_on(d, 1);
}

enum err
known_sweep(struct known *k)
{
	struct known_device *d;
	enum err e;

	if (k->gone.n < KNOWN_GONE_MIN + k->keys.count / 16)
		return ERR_OK;
	for (size_t i = 0; (d = table_next(&k->devices, &i)) != NULL;)
		sweep_device(k, d);
	for (size_t i = 0; k->networks != NULL && i < k->networks->n; i++)
		if ((e = known_reindex(k, k->networks->v[i])))
			return e;
	for (size_t i = 0; i < k->gone.n; i++)
		epoch_retire(k->epoch, k->gone.v[i], free);
	known_keys_free(&k->gone);
	return ERR_OK;
}
