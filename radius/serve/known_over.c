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

/* Without room for it the record stays. */
void
known_gone(struct known *k, struct known_key *key)
{
	if (!key->gone && known_keys_add(&k->gone, key) == ERR_OK)
		key->gone = true;
}

void
known_forget(struct known *k, struct known_key *key)
{
	struct key_data *d = atomic_exchange(&key->data, NULL);

	k->live -= d != NULL;
	epoch_retire(k->epoch, d, known_data_free);
	known_gone(k, key);
	atomic_fetch_add(&k->lost, 1);
}

static bool
is_over(const struct known_key *key, int64_t now)
{
	const struct key_data *d = known_key_data(key);

	return d != NULL && (d->state == KEY_REVOKED ||
				(d->not_after != 0 && d->not_after <= now));
}

/* One that was given more time since stays, and one that is put again later
 * takes a place of its own. */
static void
give_way(struct known *k, const struct uid *id, int64_t now)
{
	struct known_key *key = known_key(k, id);

	if (key == NULL)
		return;
	key->over = false;
	if (is_over(key, now))
		known_forget(k, key);
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

/* Devices of keys without data go, too; they come back with the key. */
static void
sweep_devices(struct known *k)
{
	struct known_device *d;

	for (size_t i = 0; (d = table_next(&k->devices, &i)) != NULL;)
		if (known_key_of(d) == NULL && !d->blocked)
			known_drop_device(k, d);
}

/* Nothing names them any more; what a blocked device names is left. */
static void
sweep_keys(struct known *k)
{
	struct known_keys gone = k->gone;

	k->gone.n = 0;
	for (size_t i = 0; i < gone.n; i++) {
		struct known_key *key = gone.v[i];

		if (known_key_data(key) != NULL)
			key->gone = false;
		else if (key->devices > 0)
			k->gone.v[k->gone.n++] = key;
		else if (table_take(&k->keys, known_uid_hash(&key->id),
			     &key->id) != NULL)
			epoch_retire(k->epoch, key, free);
	}
	k->left = k->gone.n;
}

enum err
known_sweep(struct known *k)
{
	enum err e;

	if (k->gone.n < k->left + KNOWN_GONE_MIN + k->live / 16)
		return ERR_OK;
	sweep_devices(k);
	for (size_t i = 0; k->networks != NULL && i < k->networks->n; i++)
		if ((e = known_reindex(k, k->networks->v[i])))
			return e;
	sweep_keys(k);
	return ERR_OK;
}
