/* What is known, for the threads that answer. */
#include <string.h>

#include "radius/serve/known_in.h"

const struct known_network *
known_network(const struct known *k, const uint8_t *ssid, size_t len)
{
	const struct known_networks *all =
	    atomic_load_explicit(&k->networks, memory_order_acquire);

	if (all == NULL)
		return NULL;
	if (len == 0)
		return all->n == 1 ? all->v[0] : NULL;
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i]->ssid_len == len &&
		    memcmp(all->v[i]->network.ssid, ssid, len) == 0)
			return all->v[i];
	return NULL;
}

const struct known_plan *
known_plan(const struct known *k, const struct uid *id)
{
	return table_get(&k->plans, known_uid_hash(id), id);
}

struct known_ap *
known_ap(const struct known *k, const struct sockaddr_storage *from)
{
	const struct known_aps *aps =
	    atomic_load_explicit(&k->aps, memory_order_acquire);
	uint8_t addr[16];

	if (aps == NULL)
		return NULL;
	prefix_addr(from, addr);
	return prefix_find(&aps->set, addr);
}

struct known_ap *
known_ap_by_id(const struct known *k, const struct uid *id)
{
	return table_get(&k->aps_by_id, known_uid_hash(id), id);
}

/* Once a connection, so all are looked at; of several the lowest id. */
struct known_ap *
known_ap_by_tls(const struct known *k, enum ap_tls_kind kind, const char *text)
{
	struct known_ap *a, *best = NULL;

	for (size_t i = 0; (a = table_next(&k->aps_by_id, &i)) != NULL;)
		if (a->tls.kind == kind && strcmp(a->tls.text, text) == 0 &&
		    (best == NULL || strcmp(a->ap.id.s, best->ap.id.s) < 0))
			best = a;
	return best;
}

struct known_key *
known_key(const struct known *k, const struct uid *id)
{
	return table_get(&k->keys, known_uid_hash(id), id);
}

struct known_device *
known_device(
    const struct known *k, const struct uid *network, const struct mac *mac)
{
	const struct known_network *n = known_network_id(k, network);
	struct known_device_name w = {.mac = *mac};

	if (n == NULL)
		return NULL;
	w.network = n->number;
	return table_get(&k->devices, known_mac_hash(mac), &w);
}

struct known_key *
known_key_of(const struct known_device *d)
{
	return known_key_data(d->key) != NULL ? d->key : NULL;
}

enum { CACHE_LINE = 64, KEY_DATA_NEAR = 3 * CACHE_LINE };

static void
fetch(const void *p, size_t len)
{
	for (size_t at = 0; at < len; at += CACHE_LINE)
		__builtin_prefetch((const char *)p + at);
}

void
known_near(const struct known *k, const struct mac *mac, size_t n)
{
	const struct known_device *d[KNOWN_NEAR];
	uint64_t hash[KNOWN_NEAR];

	for (size_t i = 0; i < n; i++) {
		hash[i] = known_mac_hash(&mac[i]);
		table_near(&k->devices, hash[i]);
	}
	for (size_t i = 0; i < n; i++)
		if ((d[i] = table_guess(&k->devices, hash[i])) != NULL)
			fetch(d[i], sizeof(*d[i]));
	for (size_t i = 0; i < n; i++)
		if (d[i] != NULL)
			fetch(d[i]->key, sizeof(*d[i]->key));
	for (size_t i = 0; i < n; i++)
		if (d[i] != NULL)
			fetch(known_key_data(d[i]->key), KEY_DATA_NEAR);
}

static size_t
slots(const struct known_networks *all)
{
	size_t n = 0;

	for (size_t i = 0; all != NULL && i < all->n; i++) {
		n += all->v[i]->base == NULL ? 0 : all->v[i]->base->n;
		n += all->v[i]->fresh == NULL ? 0 : all->v[i]->fresh->n;
	}
	return n;
}

struct known_counts
known_counts(const struct known *k)
{
	const struct known_networks *all =
	    atomic_load_explicit(&k->networks, memory_order_acquire);

	return (struct known_counts){
	    .networks = all == NULL ? 0 : all->n,
	    .plans = k->plans.count,
	    .aps = k->aps_by_id.count,
	    .keys = k->live,
	    .devices = k->devices.count,
	    .slots = slots(all),
	};
}
