/*
 * insight.h - what is going on, in numbers
 */
#pragma once

#include "core/service/call.h"

enum { INSIGHT_WEEK = 7 * 86400, INSIGHT_TOP = 20 };

/* How far a leaked password reached in the last 7 days. */
struct insight_reach {
	size_t devices; /* bound to it now */
	size_t seen;    /* different addresses of its visits */
	size_t aps, visits, open;
	int64_t octets_in, octets_out, first, last;
};
MUST_USE enum err
insight_reach(struct call *c, const struct uid *key, struct insight_reach *out);

/* What a change of the plan would touch. */
struct insight_plan {
	size_t keys, people, units, devices, open; /* open: visits on the air */
};
MUST_USE enum err
insight_plan(struct call *c, const struct uid *plan, struct insight_plan *out);

/* The whole house. */
struct insight_house {
	size_t devices_week; /* different ones seen in 7 days */
	size_t on_air;
	size_t unused;        /* active keys that nobody used in 30 days */
	size_t expiring_week; /* end within 7 days */
	size_t keys_active, people_active, refused_disconnects;
};
MUST_USE enum err insight_house(struct call *c, struct insight_house *out);

/* What there is of all that a first device needs to join: a rule that gives a
 * plan, a key in whatever state. */
struct insight_start {
	bool network, plan, rule, ap, key;
};
MUST_USE enum err insight_start(struct call *c, struct insight_start *out);

/* How many keys have each standing. */
struct insight_keys {
	size_t n[KEY_IS_REVOKED + 1];
};
MUST_USE enum err insight_keys(struct call *c, struct insight_keys *out);

/* How many different devices were on the air in each of the last seven days
 * of 24 hours, the oldest first. */
enum { INSIGHT_DAYS = 7 };
MUST_USE enum err insight_days(struct call *c, size_t out[static INSIGHT_DAYS]);

/* How far a reader of the change feed that has come to POSITION is behind:
 * so many changes, the oldest of which was made at SINCE (0: none is). */
MUST_USE enum err
insight_feed(struct call *c, int64_t position, int64_t *behind, int64_t *since);

/* The keys with the most data in the last 7 days. */
struct insight_top {
	struct uid key;
	char name[NAME_MAX_ + 1];
	int64_t octets;
};
MUST_USE enum err
insight_top(struct call *c, struct insight_top **out, size_t *n);

/* A rotation under way: who still uses the old password. ID is the old or the
 * new key; NOT_FOUND when there is none. */
struct insight_move {
	struct uid before, after;
	int64_t ends; /* when the old one ends; 0 it has */
	struct device *waiting, *moved;
	size_t nwaiting, nmoved;
};
MUST_USE enum err
insight_move(struct call *c, const struct uid *id, struct insight_move *out);
