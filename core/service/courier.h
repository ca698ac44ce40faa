/*
 * courier.h - carries what is in the outbox
 *
 * A round takes a few rows, tries each, and writes down what came of it. Any
 * number of couriers may go their rounds, in one process or on many machines.
 */
#pragma once

#include "core/service/message.h"
#include "core/service/notices.h"
#include "core/service/post.h"
#include "core/service/webhooks.h"

struct courier {
	const struct post *post; /* NULL: there is no mail server */
	const struct gate *gate; /* NULL: no text messages */
	/* Writes the letter about N, its texts in the arena of C: pages and
	 * their languages are the portal's. */
	enum err (*write)(void *writer, struct call *c, const struct notice *n,
	    struct mail *out);
	void *writer;
	struct fetch_policy hooks; /* where webhooks may be */
};

/* One round for WHICH (ACTOR_SYSTEM). DONE counts the rows tried: when it is
 * not 0 there may be more. The clock of the call is read again for each row
 * by CLOCK unless that is NULL. */
MUST_USE enum err courier_round(struct call *c, const struct courier *k,
    enum outbox_lanes which, int64_t (*clock)(void), size_t *done);
