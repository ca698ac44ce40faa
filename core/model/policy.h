/*
 * policy.h - may this key join here, now, with this device?
 *
 * The one place that decides. Issuing, the responder and every page ask it, so
 * what is shown is what the air does.
 */
#pragma once

#include "core/model/noun.h"
#include "core/model/schedule.h"

enum verdict {
#define VERDICT(name, word, text) VERDICT_##name,
#include "core/model/verdict.def"
#undef VERDICT
};

const char *verdict_word(enum verdict v);
const char *verdict_text(enum verdict v);

/* All that counts; plain values, so that the responder can keep them compact.
 * Zero members mean "does not restrict". */
struct join {
	/* the key */
	enum key_state key_state;
	int64_t not_before, not_after;
	enum person_state person_state;
	/* its plan */
	const struct schedule *schedule; /* NULL: always */
	schedule_offset *offset;
	const void *zone;
	const char *ap_groups; /* comma list of the plan; "" everywhere */
	enum binding binding;
	enum cap_rule cap_rule;
	int devices_max; /* 0: unlimited */
	/* where and who */
	const char *ap_group;
	bool device_known; /* this device is bound to this key */
	bool device_registered;
	bool device_blocked;
	int devices_bound; /* devices bound to the key, this one not counted */
	int64_t now;
};

/* The first reason against, or VERDICT_OK. */
enum verdict policy_decide(const struct join *j);

/* The part that needs no device and no place: what a page shows of a key. */
enum verdict policy_key(const struct join *j);

/* Until when an accepted device may stay: the earliest of the key's end and
 * the schedule's edge; 0 when nothing ends it. For Session-Timeout. */
int64_t policy_until(const struct join *j);

/* True when GROUP is in the comma list; an empty list holds every group. */
bool policy_in_groups(const char *list, const char *group);
