/*
 * passes.h - guests of the front desk: who comes, who goes
 *
 * A pass is a local person with one key of kind guest: the key's name is the
 * room or the host, its validity is arrival and departure. The desk sees
 * these and nothing else, and one that its rules narrow (struct person) those
 * on its plans; everything later (extend, move, check out, print)
 * is keys.h.
 */
#pragma once

#include "core/service/keys.h"
#include "core/service/people.h"

/* What the actor may hand out: the plans of rules that hold for a local person,
 * of which a narrowed front desk has its own. */
MUST_USE enum err
passes_presets(struct call *c, struct entitlement **out, size_t *n);

struct pass_order {
	const char *name, *room, *mail, *language; /* mail may be "" */
	struct uid plan;                           /* of a preset */
	int64_t arrival, departure; /* 0: now / as the plan says */
	int devices_max;            /* at once; 0: as the plan says */
};

/* The person and the key, together or not at all. */
MUST_USE enum err passes_issue(
    struct call *c, const struct pass_order *order, struct key_view *out);

enum pass_day {
	PASS_ANY,
	PASS_ARRIVES, /* validity begins between FROM and TO */
	PASS_DEPARTS, /* ends between FROM and TO */
};

struct pass_filter {
	enum pass_day day;
	int64_t from, to;
	const char *search; /* guest, room or mail; "" all */
	size_t offset, limit;
};

/* Passes in the order of the day, or newest first for PASS_ANY. */
MUST_USE enum err passes_list(struct call *c, const struct pass_filter *f,
    struct key_view **out, size_t *n, size_t *total);

/* What was done with a guest's password, newest first. */
struct audit_row; /* core/service/audit.h */
MUST_USE enum err passes_trail(struct call *c, const struct uid *key,
    size_t limit, struct audit_row **out, size_t *n);
