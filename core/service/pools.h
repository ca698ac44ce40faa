/*
 * pools.h - VLANs of which every person or unit gets one: the personal WLAN
 *
 * A plan says which VLANs (`pool`, such as 100-199,300). The first password
 * of a holder on it leases the lowest one that is free on that network; it
 * stays theirs until their last one is purged. When none is free, somebody
 * whose passwords have all been over for POOLS_REST gives way; when there is
 * nobody, that is LIMIT, and `why` names the pool.
 */
#pragma once

#include "core/service/call.h"

enum { POOLS_REST = 3600 /* seconds in which devices are sent away */ };

struct pool {
	struct plan plan;
	int64_t size, leased; /* VLANs */
	bool closed;          /* full, and nobody would give way now */
};

/* The plans with pools, and how full they are. */
MUST_USE enum err pools_list(struct call *c, struct pool **out, size_t *n);

/* One VLAN that somebody holds. */
struct pool_lease {
	int64_t vlan, since;
	struct uid holder;
	char noun[8]; /* of the holder: person, unit */
	char name[NAME_MAX_ + 1];
	char state[12]; /* of the holder: active, suspended, ended */
	char reason[200];
	/* passwords on it: that work by themselves, and suspended ones; a VLAN
	 * without any is free again once they are purged */
	int64_t keys, suspended;
};

/* Who holds the VLANs of a plan's pool, by VLAN; whoever is suspended or has
 * ended among them. NOT_FOUND for a plan without a pool. */
MUST_USE enum err
pools_leases(struct call *c, const struct uid *plan, size_t offset,
    size_t limit, struct pool *pool, struct pool_lease **out, size_t *n);

/* For services, in their transaction: a VLAN for HOLDER unless there is one.
 * A plan without a pool is OK and leases nothing. */
MUST_USE enum err
pools_lease(struct call *c, const struct plan *p, const struct uid *holder);

/* The same for whose K is, which is on plan P. */
MUST_USE enum err
pools_lease_key(struct call *c, const struct plan *p, const struct wifi_key *k);

/* The plan's pool was WAS: holders keep their VLAN where it is in the new one,
 * others get a new one. */
MUST_USE enum err
pools_change(struct call *c, const struct plan *p, const char *was);
