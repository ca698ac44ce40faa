#include <string.h>

#include "core/base/log.h"
#include "radius/serve/known_in.h"

uint64_t
known_mac_hash(const struct mac *mac)
{
	return table_hash(mac->b, sizeof(mac->b));
}

#define BY_ID(thing, member)                                                   \
	static uint64_t thing##_hash(const void *r)                            \
	{                                                                      \
		return known_uid_hash(&((const struct thing *)r)->member);     \
	}                                                                      \
	static bool thing##_same(const void *r, const void *wanted)            \
	{                                                                      \
		return uid_same(&((const struct thing *)r)->member, wanted);   \
	}
BY_ID(known_plan, plan.id)
BY_ID(known_ap, ap.id)
BY_ID(known_key, id)
BY_ID(known_device, id)

static uint64_t
device_hash(const void *r)
{
	const struct known_device *d = r;

	return known_mac_hash(&d->mac);
}

static bool
device_same(const void *r, const void *wanted)
{
	const struct known_device *d = r;
	const struct known_device_name *w = wanted;

	return d->network == w->network && mac_same(&d->mac, &w->mac);
}

void
known_ap_free(void *p)
{
	struct known_ap *a = p;

	shared_own(&a->shared);
	free(a);
}

static void
key_free(void *p)
{
	struct known_key *key = p;

	known_data_free(key->data);
	free(key);
}

struct known *
known_new(struct epoch *epoch)
{
	struct known *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->epoch = epoch;
	(void)pthread_mutex_init(&k->lock, NULL);
	k->plans = (struct table){
	    .epoch = epoch, .hash = known_plan_hash, .same = known_plan_same};
	k->aps_by_id = (struct table){
	    .epoch = epoch, .hash = known_ap_hash, .same = known_ap_same};
	k->keys = (struct table){
	    .epoch = epoch, .hash = known_key_hash, .same = known_key_same};
	k->devices = (struct table){
	    .epoch = epoch, .hash = device_hash, .same = device_same};
	k->device_ids = (struct table){.epoch = epoch,
	    .hash = known_device_hash,
	    .same = known_device_same};
	return k;
}

enum err
known_reserve(struct known *k, size_t keys, size_t devices)
{
	enum err e;

	if ((e = table_reserve(&k->keys, keys)) ||
	    (e = table_reserve(&k->devices, devices)))
		return e;
	return table_reserve(&k->device_ids, devices);
}

static void
network_free(void *p)
{
	struct known_network *n = p;

	known_shelf_free(n->base);
	known_shelf_free(n->fresh);
	free(n);
}

void
known_free(struct known *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; k->networks != NULL && i < k->networks->n; i++)
		network_free(k->networks->v[i]);
	free(k->networks);
	free(k->aps);
	known_keys_free(&k->pending);
	known_keys_free(&k->gone);
	table_free(&k->plans, free);
	table_free(&k->aps_by_id, known_ap_free);
	table_free(&k->keys, key_free);
	table_free(&k->device_ids, NULL);
	table_free(&k->devices, free);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

/* --- networks: few, so the list is copied ----------------------------------
 */

struct known_network *
known_network_id(const struct known *k, const struct uid *id)
{
	const struct known_networks *all =
	    atomic_load_explicit(&k->networks, memory_order_acquire);

	for (size_t i = 0; all != NULL && i < all->n; i++)
		if (uid_same(&all->v[i]->network.id, id))
			return all->v[i];
	return NULL;
}

/* Publishes the list with NEW (or nothing) in the place of OLD (or at the
 * end). NEW is put once, which gcc's analyser wants to see. */
static enum err
publish(struct known *k, struct known_network *old, struct known_network *new)
{
	struct known_networks *was = k->networks, *now;
	size_t n = was == NULL ? 0 : was->n, at = 0;
	bool put = new == NULL;

	now = calloc(1, sizeof(*now) + (n + 1) * sizeof(now->v[0]));
	if (now == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		if (was->v[i] != old) {
			now->v[at++] = was->v[i];
		} else if (!put) {
			now->v[at++] = new;
			put = true;
		}
	}
	if (!put)
		now->v[at++] = new;
	now->n = at;
	atomic_store_explicit(&k->networks, now, memory_order_release);
	epoch_retire(k->epoch, was, free);
	return ERR_OK;
}

/* A copy in which shelves may be changed; they go on with the copy. */
enum err
known_shelve(struct known *k, struct known_network *old, struct shelf *fresh,
    struct shelf *base)
{
	struct known_network *n = malloc(sizeof(*n));
	enum err e;

	if (n == NULL)
		return ERR_NO_MEMORY;
	*n = *old;
	n->fresh = fresh;
	n->base = base;
	if ((e = publish(k, old, n))) {
		free(n);
		return e;
	}
	epoch_retire(k->epoch, old, free);
	return ERR_OK;
}

enum err
known_put_network(struct known *k, const struct network *network)
{
	struct known_network *old = known_network_id(k, &network->id), *n;
	enum err e;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return ERR_NO_MEMORY;
	n->network = *network;
	n->ssid_len = strlen(network->ssid);
	if (zone_get(network->time_zone, &n->zone))
		LOG(WARN, "radius.zone", LOG_S("network", network->name),
		    LOG_S("zone", network->time_zone));
	n->number = old != NULL ? old->number : ++k->networks_ever;
	if (old != NULL) {
		n->fresh = old->fresh;
		n->base = old->base;
	}
	if ((e = publish(k, old, n))) {
		free(n);
		return e;
	}
	epoch_retire(k->epoch, old, free);
	atomic_fetch_add(&k->gained, 1);
	if (old != NULL) /* its time zone may be another */
		atomic_fetch_add(&k->lost, 1);
	return ERR_OK;
}

void
known_drop_network(struct known *k, const struct uid *id)
{
	struct known_network *old = known_network_id(k, id);

	if (old == NULL || publish(k, old, NULL))
		return;
	epoch_retire(k->epoch, old, network_free);
	atomic_fetch_add(&k->lost, 1);
}

/* --- plans and access points ------------------------------------------------
 */

enum err
known_put_plan(struct known *k, const struct plan *plan)
{
	struct known_plan *p = calloc(1, sizeof(*p));
	struct why why = {0};
	void *old;
	enum err e;

	if (p == NULL)
		return ERR_NO_MEMORY;
	p->plan = *plan;
	p->scheduled = plan->schedule[0] != '\0';
	if (p->scheduled && schedule_parse(plan->schedule, &p->schedule, &why))
		LOG(ERROR, "radius.schedule", LOG_S("plan", plan->name));
	if ((e = table_put(&k->plans, p, &plan->id, &old))) {
		free(p);
		return e;
	}
	epoch_retire(k->epoch, old, free);
	atomic_fetch_add(&k->gained, 1);
	atomic_fetch_add(&k->lost, 1);
	return ERR_OK;
}

static bool
ap_fill(struct known_ap *a, const struct world_ap *w)
{
	a->ap = w->ap;
	a->maker = maker_find(w->ap.dialect);
	if (a->maker == NULL)
		a->maker = maker_find("generic");
	return a->maker != NULL && ap_tls(w->ap.tls, &a->tls) &&
	       (w->ap.address[0] == '\0' ||
		   prefix_parse(w->ap.address, &a->prefix) == ERR_OK) &&
	       shared_set(&a->shared, w->secret.b, w->secret.len) == ERR_OK;
}

/* What is known of it stays, unless it is set up in another way. */
static void
ap_inherit(struct known_ap *a, const struct known_ap *was)
{
	const struct secret *x = &a->shared.secret, *y = &was->shared.secret;

	if (was->ap.ma == a->ap.ma)
		a->signs = was->signs;
	if (x->len != y->len || !secret_equal(x->b, y->b, x->len) ||
	    strcmp(a->ap.address, was->ap.address) != 0 ||
	    strcmp(a->ap.tls, was->ap.tls) != 0)
		return;
	for (int i = 0; i < AP_DEEDS; i++)
		a->did[i] = was->did[i];
}

void
known_inherit(struct known *k, const struct known *was)
{
	struct known_ap *a, *old;

	for (size_t i = 0; (a = table_next(&k->aps_by_id, &i)) != NULL;)
		if ((old = known_ap_by_id(was, &a->ap.id)) != NULL)
			ap_inherit(a, old);
}

enum err
known_put_ap(struct known *k, const struct world_ap *w)
{
	struct known_ap *a = calloc(1, sizeof(*a)), *was;
	void *old;
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	if (!ap_fill(a, w)) {
		LOG(ERROR, "radius.ap", LOG_S("ap", w->ap.name),
		    LOG_S("address", w->ap.address));
		known_ap_free(a);
		known_drop(k, NOUN_AP, &w->ap.id);
		return ERR_OK; /* one bad row stops nobody else */
	}
	a->prefix.value = a;
	/* before others see it: a mark made meanwhile may be lost, not set back
	 */
	if ((was = known_ap_by_id(k, &w->ap.id)) != NULL)
		ap_inherit(a, was);
	if ((e = table_put(&k->aps_by_id, a, &w->ap.id, &old))) {
		known_ap_free(a);
		return e;
	}
	k->aps_stale = true;
	if (old != NULL) {
		/* out of sight first */
		if ((e = known_settle_aps(k)))
			return e;
		epoch_retire(k->epoch, old, known_ap_free);
		atomic_fetch_add(&k->lost, 1); /* of its group */
	}
	return ERR_OK;
}

enum err
known_settle_aps(struct known *k)
{
	size_t n = 0, max = k->aps_by_id.count;
	struct known_aps *was = k->aps, *now;
	struct known_ap *a;

	now = calloc(1, sizeof(*now) + max * sizeof(now->v[0]));
	if (now == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; (a = table_next(&k->aps_by_id, &i)) != NULL;)
		if (n < max && a->ap.address[0] != '\0')
			now->v[n++] = a->prefix;
	prefix_set(&now->set, now->v, n);
	atomic_store_explicit(&k->aps, now, memory_order_release);
	epoch_retire(k->epoch, was, free);
	k->aps_stale = false;
	return ERR_OK;
}
