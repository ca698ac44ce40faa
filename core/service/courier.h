/*
 * courier.h - carries what is in the outbox
 *
 * A round takes a few rows, tries each, and writes down what came of it. Any
 * number of couriers may go their rounds, in one process or on many machines.
 */
#pragma once

#include "core/service/outbox.h"
#include "core/service/post.h"

struct courier {
	const struct post *post; /* NULL: letters stay where they are */
};

/* One round for WHICH (ACTOR_SYSTEM). DONE counts the rows tried: when it is
 * not 0 there may be more. The clock of the call is read again for each row
 * by CLOCK unless that is NULL. */
MUST_USE enum err courier_round(struct call *c, const struct courier *k,
    enum outbox_lanes which, int64_t (*clock)(void), size_t *done);
