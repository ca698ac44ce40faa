#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "radius/serve/known_in.h"

void
known_data_free(void *p)
{
	if (p == NULL)
		return;
	secret_wipe(p, key_data_size(p));
	free(p);
}

static struct known_key *
key_new(struct known *k, const struct uid *id)
{
	struct known_key *key = calloc(1, sizeof(*key));
	void *old;

	if (key == NULL)
		return NULL;
	key->id = *id;
	if (table_put(&k->keys, key, id, &old)) {
		free(key);
		return NULL;
	}
	return key;
}

/* Does NEW take anything away that OLD had, or give anything? */
static void
note(struct known *k, const struct key_data *old, const struct key_data *new)
{
	bool was = old != NULL && old->usable, is = new->usable;

	if (is)
		atomic_fetch_add(&k->gained, 1);
	if (was)
		atomic_fetch_add(&k->lost, 1);
}

enum err
known_put_key_data(
    struct known *k, const struct uid *id, const struct key_data *data)
{
	struct known_key *key = known_key(k, id);
	struct key_data *d = malloc(key_data_size(data)), *old;
	enum err e = ERR_OK;

	if (d == NULL)
		return ERR_NO_MEMORY;
	memcpy(d, data, key_data_size(data));
	if (key == NULL && (key = key_new(k, id)) == NULL) {
		known_data_free(d);
		return ERR_NO_MEMORY;
	}
	old = atomic_exchange(&key->data, d);
	k->live += old == NULL;
	note(k, old, d);
	if (old == NULL || !secret_equal(old->pmk, d->pmk, sizeof(d->pmk)) ||
	    !uid_same(&old->network, &d->network))
		e = known_keys_add(&k->pending, key);
	epoch_retire(k->epoch, old, known_data_free);
	return e;
}

enum err
known_put_key(struct known *k, const struct world_key *w)
{
	struct key_data d = {
	    .network = w->key.network,
	    .plan = w->key.plan,
	    .not_before = w->key.not_before,
	    .not_after = w->key.not_after,
	    .created = w->key.created,
	    .state = w->key.state,
	    .vlan = w->vlan,
	    .devices_max = w->key.devices_max,
	    .usable = w->usable,
	    .used = w->key.first_used != 0,
	};
	enum err e;

	if (w->pmk.len != sizeof(d.pmk) ||
	    w->passphrase.len > sizeof(d.passphrase))
		return ERR_CORRUPT;
	text_copy(d.person, sizeof(d.person), w->person);
	memcpy(d.pmk, w->pmk.b, sizeof(d.pmk));
	memcpy(d.passphrase, w->passphrase.b, w->passphrase.len);
	d.passphrase_len = (uint8_t)w->passphrase.len;
	e = known_put_key_data(k, &w->key.id, &d);
	secret_wipe(&d, sizeof(d));
	return e;
}

/* --- devices ---------------------------------------------------------------
 */

/* The record of a key, which need not be known yet. */
static struct known_key *
key_record(struct known *k, const struct uid *id)
{
	struct known_key *key = known_key(k, id);

	if (key == NULL && (key = key_new(k, id)) != NULL)
		known_gone(k, key);
	return key;
}

/* D with its key and network, or NULL. */
static struct known_device *
device_new(struct known *k, const struct known_network *n,
    const struct mac *mac, const struct uid *key)
{
	struct known_device *d = calloc(1, sizeof(*d));

	if (d == NULL || (d->key = key_record(k, key)) == NULL) {
		free(d);
		return NULL;
	}
	d->network = n->number;
	d->mac = *mac;
	return d;
}

static struct known_device *
device_at(const struct known *k, uint32_t network, const struct mac *mac)
{
	struct known_device_name w = {.network = network, .mac = *mac};

	return table_get(&k->devices, known_mac_hash(mac), &w);
}

/* D is taken, or gone. */
static enum err
device_put(struct known *k, struct known_device *d)
{
	struct known_device_name name = {.network = d->network, .mac = d->mac};
	void *old, *same;
	enum err e;

	if ((e = table_put(&k->devices, d, &name, &old))) {
		free(d);
		return e;
	}
	if (old != NULL) {
		struct known_device *o = old;

		atomic_fetch_sub(&o->key->devices, 1);
		if (o->last_seen > d->last_seen)
			d->last_seen = o->last_seen;
		if (d->site == 0)
			d->site = o->site;
		if (!uid_is_none(&o->id))
			(void)table_take(
			    &k->device_ids, known_uid_hash(&o->id), &o->id);
		epoch_retire(k->epoch, old, free);
	}
	atomic_fetch_add(&d->key->devices, 1);
	if (uid_is_none(&d->id) ||
	    (e = table_put(&k->device_ids, d, &d->id, &same)) == ERR_OK)
		return ERR_OK;
	/* readers may have it already */
	(void)table_take(&k->devices, known_mac_hash(&d->mac), &name);
	atomic_fetch_sub(&d->key->devices, 1);
	epoch_retire(k->epoch, d, free);
	return e;
}

/* A row may be from before the device proved another key here: what is written
 * last arrives last, but asking does not wait for it. */
static void
keep_proven(const struct known_device *was, struct known_device *d)
{
	if (was == NULL || !was->proven || was->key == d->key ||
	    was->last_seen < d->last_seen)
		return;
	d->key = was->key;
	d->last_seen = was->last_seen;
	d->proven = true;
}

enum err
known_put_device(struct known *k, const struct device *device)
{
	return known_put_device_at(k, device, 0);
}

enum err
known_put_device_at(struct known *k, const struct device *device, uint32_t site)
{
	const struct known_network *n = known_network_id(k, &device->network);
	struct known_device *d, *was;
	enum err e;

	if (n == NULL)
		return ERR_OK; /* gone meanwhile, and its devices with it */
	if ((d = device_new(k, n, &device->mac, &device->key)) == NULL)
		return ERR_NO_MEMORY;
	d->id = device->id;
	d->registered = device->origin != DEVICE_LEARNT;
	d->blocked = device->blocked;
	d->site = site;
	d->last_seen = (uint32_t)device->last_seen;
	keep_proven(device_at(k, d->network, &d->mac), d);
	was = table_get(&k->device_ids, known_uid_hash(&d->id), &d->id);
	if (was != NULL &&
	    (!mac_same(&was->mac, &d->mac) || was->network != d->network))
		known_drop(k, NOUN_DEVICE, &d->id);
	e = device_put(k, d);
	if (device->blocked)
		atomic_fetch_add(&k->lost, 1);
	return e;
}

void
known_drop_device(struct known *k, struct known_device *d)
{
	struct known_device_name name = {.network = d->network, .mac = d->mac};

	if (!uid_is_none(&d->id))
		(void)table_take(
		    &k->device_ids, known_uid_hash(&d->id), &d->id);
	if (table_take(&k->devices, known_mac_hash(&d->mac), &name) != NULL) {
		atomic_fetch_sub(&d->key->devices, 1);
		epoch_retire(k->epoch, d, free);
	}
	atomic_fetch_add(&k->lost, 1);
}

void
known_drop(struct known *k, enum noun noun, const struct uid *id)
{
	struct known_device *d;
	struct known_key *key;
	void *gone = NULL;

	if (noun == NOUN_DEVICE) {
		d = table_get(&k->device_ids, known_uid_hash(id), id);
		if (d != NULL)
			known_drop_device(k, d);
	} else if (noun == NOUN_KEY) {
		if ((key = known_key(k, id)) != NULL)
			known_forget(k, key);
	} else if (noun == NOUN_NETWORK)
		known_drop_network(k, id);
	else if (noun == NOUN_PLAN) {
		gone = table_take(&k->plans, known_uid_hash(id), id);
		epoch_retire(k->epoch, gone, free);
		atomic_fetch_add(&k->lost, 1);
	} else if (noun == NOUN_AP) {
		gone = table_take(&k->aps_by_id, known_uid_hash(id), id);
		if (gone == NULL || known_settle_aps(k))
			return; /* rather leaks than frees what is in use */
		epoch_retire(k->epoch, gone, known_ap_free);
	}
}

enum err
known_bind(struct known *k, const struct uid *network, const struct mac *mac,
    const struct uid *key, int64_t now)
{
	const struct known_network *n = known_network_id(k, network);
	struct known_device *d, *was;

	if (n == NULL)
		return ERR_NOT_FOUND;
	if ((d = device_new(k, n, mac, key)) == NULL)
		return ERR_NO_MEMORY;
	d->last_seen = (uint32_t)now;
	d->proven = true;
	if ((was = device_at(k, d->network, mac)) != NULL) {
		d->id = was->id;
		d->registered = was->registered;
		d->blocked = was->blocked;
	}
	return device_put(k, d);
}
