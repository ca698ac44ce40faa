/*
 * rules.h - what the keeper does for a portal, and how often
 *
 * Passwords are opened at a bounded rate, so that a portal that was taken over
 * gives away few before somebody notices. What only the responder needs (shared
 * secrets of access points) is not opened for a portal at all.
 */
#pragma once

#include "core/crypt/keeper_wire.h"

/* A bucket of openings: full at first, refilled evenly. */
struct allowance {
	int64_t most;       /* at once */
	int64_t per_minute; /* refilled */
	int64_t level;      /* in 1/60000 of an opening */
	int64_t at;         /* milliseconds of any steady clock */
	char last[64];      /* the row that was opened last */
};

/* A full one: MOST openings at once, PER_MINUTE new ones. */
struct allowance allowance_make(int64_t most, int64_t per_minute, int64_t now);

/* Takes one opening; false when there is none at NOW. */
bool allowance_take(struct allowance *b, int64_t now);

/* OK, FORBIDDEN for what is no business of a portal, THROTTLED when the budget
 * is used up. *TOLD: it goes into the log. */
MUST_USE enum err rules_allow(const struct keeper_question *q,
    struct allowance *b, int64_t now, bool *told);
