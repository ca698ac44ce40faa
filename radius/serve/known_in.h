/*
 * known_in.h - what the files of known.h share
 */
#pragma once

#include "radius/serve/known.h"

/* A device is the same by network and address. */
struct known_device_name {
	uint32_t network;
	struct mac mac;
};

static inline uint64_t
known_uid_hash(const struct uid *id)
{
	return table_hash(id->s, UID_LEN);
}

/* By the address alone, so that it can be looked for before the network is
 * known; one device is on few networks. */
uint64_t known_mac_hash(const struct mac *mac);
struct known_network *
known_network_id(const struct known *k, const struct uid *id);

/* Gives the network OLD these shelves. */
MUST_USE enum err known_shelve(struct known *k, struct known_network *old,
    struct shelf *fresh, struct shelf *base);
MUST_USE enum err known_settle_aps(struct known *k);
/* Rebuilds the index of a network that names keys that are gone. */
MUST_USE enum err known_reindex(struct known *k, struct known_network *n);
/* Adds KEY to the list V. NO_MEMORY. */
MUST_USE enum err known_keys_add(struct known_keys *v, struct known_key *key);
void known_keys_free(struct known_keys *v);
/* KEY has no data, and is let go by known_sweep() unless it gets some. */
void known_gone(struct known *k, struct known_key *key);
/* Takes the data of KEY. */
void known_forget(struct known *k, struct known_key *key);
void known_drop_device(struct known *k, struct known_device *d);
/* Lets go of forgotten keys when there are enough: out of the indexes, with
 * their devices. What is blocked stays. NO_MEMORY: later, then. */
MUST_USE enum err known_sweep(struct known *k);
void known_drop_network(struct known *k, const struct uid *id);
void known_ap_free(void *p);
void known_data_free(void *p);
void known_shelf_free(void *p);
