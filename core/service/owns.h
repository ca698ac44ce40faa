/*
 * owns.h - what other systems call our guests and customers
 *
 * A hotel's system knows reservations, a billing system customers, each by
 * numbers of its own. They may use these: a number is opaque, compared
 * exactly, and belongs to a realm (the issuer of the token; "" where it has
 * none), so that two systems may have the same ones. Every act is one call
 * that may be repeated: the second time there is nothing to do.
 *
 * A stay is a guest (passes.h) with whatever passwords they have by now. An
 * account is a person, or a unit that staff has tied to the number; a
 * suspension by its number is lifted by its number, and only such a one.
 */
#pragma once

#include "core/service/passes.h"

enum { OWNS_MAX = 64 /* octets of a number */ };

struct own {
	const char *realm, *number;
};

/* Who is behind a number. */
struct own_account {
	enum noun noun; /* PERSON or UNIT */
	struct uid id;
	char name[NAME_MAX_ + 1];
	enum person_state state;
	char reason[200];
};

/* --- stays: the rights of passes.h ------------------------------------------
 */

/* The newest password of the stay. */
MUST_USE enum err
owns_stay(struct call *c, const struct own *o, struct key_view *out);

/* A guest comes. Who is here already is moved to the room and the departure
 * that are given ("" and 0: as they are); who has left comes again. */
MUST_USE enum err owns_check_in(struct call *c, const struct own *o,
    const struct pass_order *order, struct key_view *out);

/* To another room; to another departure. */
MUST_USE enum err owns_move(struct call *c, const struct own *o,
    const char *room, struct key_view *out);
MUST_USE enum err owns_extend(struct call *c, const struct own *o,
    int64_t departure, struct key_view *out);

/* All passwords of the stay end at once. */
MUST_USE enum err owns_check_out(struct call *c, const struct own *o,
    const char *reason, struct key_view *out);

/* --- accounts: ROLE_OPERATOR ------------------------------------------------
 */

MUST_USE enum err
owns_account(struct call *c, const struct own *o, struct own_account *out);

/* A local person with this number: made when there is none. */
MUST_USE enum err owns_open(struct call *c, const struct own *o,
    const struct person *p, struct own_account *out);

/* ID is a person or a unit; the number is theirs from now on. */
MUST_USE enum err owns_tie(struct call *c, const struct own *o,
    const struct uid *id, struct own_account *out);

/* Their passwords stop for now. */
MUST_USE enum err owns_suspend(struct call *c, const struct own *o,
    const char *reason, struct own_account *out);
/* BAD_STATE: it was somebody else who suspended them. */
MUST_USE enum err
owns_restore(struct call *c, const struct own *o, struct own_account *out);
/* Ended for good; owns_open() gives the number to somebody new. */
MUST_USE enum err owns_end(struct call *c, const struct own *o,
    const char *reason, struct own_account *out);
