/*
 * follow.h - passwords follow what the rules say of their owner
 *
 * For the files of this folder only, in their transaction, around a change of
 * what a person is a member of:
 *
 *	OWN(follow) struct follow f = FOLLOW_NONE;
 *
 *	if ((e = follow_begin(c, &person, &f)) || (e = change(c)) ||
 *	    (e = follow_end(c, &f)))
 *		return e;
 *
 * A password on the best plan that its owner had on its network moves to the
 * best one they have now. One on a plan they have no longer moves there, too,
 * or is suspended until they have a plan again. Passwords that were given
 * beside the rules, and those of guests and units, stay as they are.
 */
#pragma once

#include "core/base/say.h"
#include "core/service/call.h"

/* The reason of keys that wait for a plan. */
#define FOLLOW_REASON SAY("Your account is no longer entitled to this.")

struct follow_plan {
	struct uid network, plan;
};

struct follow {
	struct uid person;
	struct follow_plan *had;
	size_t n;
};

#define FOLLOW_NONE ((struct follow){0})

/* Remembers what PERSON is entitled to before the change. */
MUST_USE enum err
follow_begin(struct call *c, const struct uid *person, struct follow *f);

/* Moves, suspends and restores the person's passwords after it. */
MUST_USE enum err follow_end(struct call *c, struct follow *f);

static inline void
follow_own(struct follow *f)
{
	free(f->had);
	*f = FOLLOW_NONE;
}
