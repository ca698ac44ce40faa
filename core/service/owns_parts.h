/*
 * owns_parts.h - what stays and accounts share
 *
 * For owns.c and owns_accounts.c only.
 */
#pragma once

#include "core/service/act.h"
#include "core/service/owns.h"

struct owned {
	struct uid person, unit; /* one of them */
	bool held;               /* suspended by this number */
};

/* NOT_FOUND when nobody has the number. KIND is "stay" or "account". */
MUST_USE enum err owns_find(
    struct call *c, const char *kind, const struct own *o, struct owned *out);

/* Gives the number to X, in a transaction of the caller; WAS is who has it
 * (none: nobody). CONFLICT when that is not so any more. */
MUST_USE enum err owns_put(struct call *c, const char *kind,
    const struct own *o, const struct owned *x, const struct uid *was);
