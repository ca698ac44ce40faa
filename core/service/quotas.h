/*
 * quotas.h - data per period, and the plan that follows when it is used up
 *
 * Accounting counts what the devices of a password send and receive. At the
 * plan's quota the password is on the other plan until the period ends: the
 * row says so, so that page, API and responder agree, and whoever is on the
 * air joins again. Its own plan is kept beside it.
 */
#pragma once

#include "core/service/call.h"

struct quota_use {
	int64_t quota, used; /* octets; quota 0: there is none */
	int64_t from, until; /* the period */
	struct uid home;     /* the plan to come back to; none: it is on it */
};

/* For those who may see the password. */
MUST_USE enum err
quotas_use(struct call *c, const struct uid *key, struct quota_use *out);

/* For services, in their transaction. OCTETS more with KEY. */
MUST_USE enum err
quotas_count(struct call *c, const struct uid *key, int64_t octets);

/* The period of K is over: back to its plan. */
MUST_USE enum err quotas_back(struct call *c, const struct wifi_key *k);

/* All keys of PERSON are on their own plans, as if nothing was used up: what
 * decides about plans looks at these. The next report counts on. */
MUST_USE enum err quotas_lift(struct call *c, const struct uid *person);

/* NEW takes over from OLD what was used. */
MUST_USE enum err
quotas_inherit(struct call *c, const struct uid *old, const struct uid *new_);
