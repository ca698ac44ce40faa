/*
 * entitle.h - which rules hold for a person
 *
 * For the files of this folder only. A rule names a claim and a value; it
 * holds when the claim has exactly that value or holds it in a list. After an
 * overage marker group membership is unknown: no rule on groups holds then,
 * not even the one for anybody (O-34).
 */
#pragma once

#include "core/service/people.h"

/* What rules look at. */
struct facts {
	const char *issuer, *subject, *mail;
	bool mail_verified;
	const char *const *groups;
	size_t ngroups;
	bool groups_known;
	const char *claims; /* JSON object or "" */
};

MUST_USE enum err
entitle_holds(const struct rule *r, const struct facts *f, bool *holds);

/* What somebody may do, besides being a person. */
struct entitled {
	int roles;               /* of all rules that hold, together */
	int granted;             /* and those given for good */
	char desk[DESK_MAX + 1]; /* as in struct person: of a front desk for
				  * the guests of more than DESK_PLANS plans,
				  * the first */
};

/* What the rules give whom F describes; nothing is granted. */
MUST_USE enum err
entitle_by_rules(struct call *c, const struct facts *f, struct entitled *out);

/* What the rules and grants give P, as what is stored says. */
MUST_USE enum err
entitle_roles(struct call *c, const struct person *p, struct entitled *out);

/* The plans of the rules that hold, in their order, each once. */
MUST_USE enum err entitle_plans(
    struct call *c, const struct facts *f, struct entitlement **out, size_t *n);

/* What is stored of PERSON, in the arena. */
MUST_USE enum err
entitle_facts(struct call *c, const struct person *p, struct facts *out);
