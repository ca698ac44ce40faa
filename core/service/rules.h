/*
 * rules.h - "try as": what the rules would make of somebody, and why
 */
#pragma once

#include "core/service/people.h"

struct rules_step {
	struct rule rule;
	bool holds;
};

struct rules_verdict {
	struct rules_step *steps; /* every rule, in order */
	size_t nsteps;
	struct entitlement *plans; /* best first */
	size_t nplans;
	int roles;
	char desk[DESK_MAX + 1]; /* whose guests, as in struct person */
	bool groups_known; /* false: membership unknown, groups give nothing */
};

/* A pasted set of claims: a JSON object as an ID token has it (`iss`, `sub`,
 * `email`, `email_verified`, GROUPS_CLAIM). Changes nothing. Staff and
 * auditors. */
MUST_USE enum err rules_try(struct call *c, const char *claims,
    const char *groups_claim, struct rules_verdict *out);

/* The same for somebody as they last signed in. */
MUST_USE enum err rules_try_person(
    struct call *c, const struct uid *person, struct rules_verdict *out);
