/*
 * pools.h - VLANs of which every person or unit gets one: the personal WLAN
 *
 * A plan says which VLANs (`pool`, such as 100-199,300). The first password
 * of a holder on it leases the lowest one that is free on that network; it
 * stays theirs until their last one is purged. When none is free that is
 * LIMIT, and `why` names the pool.
 */
#pragma once

#include "core/service/call.h"

struct pool {
	struct plan plan;
	int64_t size, leased; /* VLANs */
};

/* The plans with pools, and how full they are. */
MUST_USE enum err pools_list(struct call *c, struct pool **out, size_t *n);

/* For services, in their transaction: a VLAN for HOLDER unless there is one.
 * A plan without a pool is OK and leases nothing. */
MUST_USE enum err
pools_lease(struct call *c, const struct plan *p, const struct uid *holder);

/* The plan's pool was WAS: holders keep their VLAN where it is in the new one,
 * others get a new one. */
MUST_USE enum err
pools_change(struct call *c, const struct plan *p, const char *was);
