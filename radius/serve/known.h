/*
 * known.h - all that the responder knows, in memory
 *
 * Networks, plans, access points, keys and devices, made for being asked: a
 * reader inside the epoch takes no lock and sees records that do not change.
 * Writers hold the lock of known_lock(). Keys are not taken out of a network's
 * index when they end: the policy decides at the answer, so that a revocation
 * counts as soon as its record is replaced. Those that are over only explain a
 * refusal: the last of them are kept, the others forgotten together.
 */
#pragma once

#include <pthread.h>

#include "core/model/policy.h"
#include "core/model/zone.h"
#include "core/service/world.h"
#include "radius/makers/maker.h"
#include "radius/match/match.h"
#include "radius/serve/prefix.h"
#include "radius/serve/table.h"

enum {
	/* New keys of a network are searched apart until there are so many. */
	KNOWN_FRESH_MAX = 4096,
	KNOWN_NEAR = 64,
	/* Keys that are over and still known by name. */
	KNOWN_OVER_MAX = 4096,
	/* Indexes are made anew when they name so many that are gone, and a
	 * sixteenth of all. */
	KNOWN_GONE_MIN = 512,
};

struct known_plan {
	struct plan plan;
	bool scheduled;
	struct schedule schedule;
};

/* What an access point did last, by the second. */
enum ap_deed {
	AP_HEARD,    /* sent something authentic */
	AP_FORGED,   /* something signed with another secret */
	AP_UNSIGNED, /* something that had to be signed and was not */
	AP_STRANGE,  /* what is no packet, or names no device */
	AP_ACCEPTED, /* was told to let a device in */
	AP_REFUSED,
	AP_ACCOUNTED,
	AP_DEEDS
};

struct known_ap {
	struct access_point ap;
	struct shared shared;
	struct prefix prefix; /* when it has an address */
	struct ap_tls tls;
	const struct maker *maker;
	_Atomic bool signs; /* it has sent a right Message-Authenticator */
	_Atomic int64_t did[AP_DEEDS]; /* when; 0 never */
};

/* It did that NOW. What is there already is not written again: many threads
 * read it. */
static inline void
known_ap_did(struct known_ap *a, enum ap_deed deed, int64_t now)
{
	if (atomic_load_explicit(&a->did[deed], memory_order_relaxed) != now)
		atomic_store_explicit(&a->did[deed], now, memory_order_relaxed);
}

/* What may change about a key; replaced as a whole. Kept without what the
 * passphrase does not fill: key_data_size(), never copied by assignment. */
struct key_data {
	int64_t not_before, not_after, created;
	int vlan, devices_max; /* before the plan's; 0: none */
	enum key_state state : 8;
	bool usable : 1, used : 1;
	char person[UID_LEN + 1];
	struct uid network, plan;
	uint8_t pmk[MATCH_PMK];
	uint8_t passphrase_len;
	char passphrase[64];
};

static inline size_t
key_data_size(const struct key_data *d)
{
	return offsetof(struct key_data, passphrase) + d->passphrase_len;
}

struct known_key {
	_Atomic(struct key_data *) data; /* NULL: not known */
	_Atomic int devices;             /* bound to it */
	struct uid id;
	bool over : 1; /* among those kept though they are over */
	bool gone : 1; /* among those to be let go */
};

/* What an answer looks at comes first. */
struct known_device {
	struct known_key *key;      /* without data when it is not known */
	_Atomic uint32_t last_seen; /* seconds since 1970: until 2106 */
	_Atomic uint32_t site;      /* where, in short; 0: not known */
	uint32_t network;           /* its number */
	struct mac mac;
	bool registered : 1, blocked : 1;
	bool proven : 1; /* the key was proven here and is not stored yet */
	struct uid id;   /* none: seen here, not yet stored */
};

/* Keys to search, with their order. */
struct shelf {
	struct match_index *index;
	size_t n;
	struct known_key *key[];
};

struct known_network {
	struct network network;
	uint32_t number; /* as devices name it */
	size_t ssid_len;
	const struct zone *zone;
	struct shelf *fresh, *base; /* either may be NULL */
};

struct known_networks {
	size_t n;
	struct known_network *v[];
};

struct known_aps {
	struct prefix_set set;
	struct prefix v[];
};

struct known_keys {
	struct known_key **v;
	size_t n, max;
};

struct known {
	struct epoch *epoch;
	pthread_mutex_t lock;
	struct table plans, keys, devices, device_ids, aps_by_id;
	_Atomic(struct known_networks *) networks;
	_Atomic(struct known_aps *) aps;
	_Atomic int64_t position; /* in the feed */
	/* Moves when a key may have become right, or wrong, for anybody. */
	_Atomic uint64_t gained, lost;
	bool aps_stale;
	/* keys that are in no index yet */
	struct known_keys pending;
	/* keys without data, which an index or a device may name; how many of
	 * them the last sweep had to leave */
	struct known_keys gone;
	size_t left;
	_Atomic size_t live; /* keys with data */
	uint32_t networks_ever;
	/* a ring of those that are over, and how many ever came */
	struct uid over[KNOWN_OVER_MAX];
	size_t overs;
};

/* NULL when out of memory. */
struct known *known_new(struct epoch *epoch);

/* Room for so many at once. NO_MEMORY. */
MUST_USE enum err known_reserve(struct known *k, size_t keys, size_t devices);
void known_free(struct known *k);

static inline void
known_lock(struct known *k)
{
	(void)pthread_mutex_lock(&k->lock);
}

static inline void
known_unlock(struct known *k)
{
	(void)pthread_mutex_unlock(&k->lock);
}

/* --- writers, under the lock --- */

MUST_USE enum err known_put_network(struct known *k, const struct network *n);
MUST_USE enum err known_put_plan(struct known *k, const struct plan *p);
MUST_USE enum err known_put_ap(struct known *k, const struct world_ap *a);
/* Access points of K did what those of WAS, which are the same, did. */
void known_inherit(struct known *k, const struct known *was);
MUST_USE enum err known_put_key(struct known *k, const struct world_key *w);
MUST_USE enum err known_put_key_data(
    struct known *k, const struct uid *id, const struct key_data *d);
/* Key ID, when it is over at NOW, is one of those kept to explain; the one
 * that was so first gives way. */
void known_over(struct known *k, const struct uid *id, int64_t now);
MUST_USE enum err known_put_device(struct known *k, const struct device *d);
/* The same, where the device is known to be. */
MUST_USE enum err
known_put_device_at(struct known *k, const struct device *d, uint32_t site);
/* A device joined with KEY: known from now on, before the store has it. */
MUST_USE enum err known_bind(struct known *k, const struct uid *network,
    const struct mac *mac, const struct uid *key, int64_t now);
void known_drop(struct known *k, enum noun noun, const struct uid *id);

/* Makes what was put findable by address and by search: the access points'
 * prefixes, and the indexes of networks with new keys. Lets go of what is gone
 * when it is enough. */
MUST_USE enum err known_settle(struct known *k);

/* --- readers --- */

/* By SSID; the only network there is when LEN is 0. NULL when unknown. */
const struct known_network *
known_network(const struct known *k, const uint8_t *ssid, size_t len);
const struct known_plan *
known_plan(const struct known *k, const struct uid *id);
struct known_ap *
known_ap(const struct known *k, const struct sockaddr_storage *from);
struct known_ap *known_ap_by_id(const struct known *k, const struct uid *id);
/* The one whose access_point.tls is of KIND and TEXT. */
struct known_ap *
known_ap_by_tls(const struct known *k, enum ap_tls_kind kind, const char *text);
struct known_key *known_key(const struct known *k, const struct uid *id);
struct known_device *known_device(
    const struct known *k, const struct uid *network, const struct mac *mac);
/* The key D is bound to; NULL when it is not known. */
struct known_key *known_key_of(const struct known_device *d);
/* Fetches into the processor's caches what is known of these N devices, all
 * at once: one after the other each would be waited for. At most KNOWN_NEAR. */
void known_near(const struct known *k, const struct mac *mac, size_t n);

static inline const struct key_data *
known_key_data(const struct known_key *key)
{
	return atomic_load_explicit(&key->data, memory_order_acquire);
}

/* For metrics. */
struct known_counts {
	size_t networks, plans, aps, keys, devices;
	size_t slots; /* of all indexes */
};
struct known_counts known_counts(const struct known *k);
