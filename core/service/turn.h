/*
 * turn.h - several may keep house; one at a time does
 *
 * A row of the store names who has the turn, and until when. It is taken and
 * kept under the writer's lock, in the transaction of the work itself, so that
 * one who was held up for longer than TURN_SECONDS finds out before it changes
 * anything. For the files of this folder only.
 */
#pragma once

#include "core/service/act.h"

enum {
	TURN_SECONDS = 30,
	TURN_SKEW = 300, /* clocks of machines may differ by this */
};

/* Inside a transaction that writes: takes or keeps the turn called NAME for
 * this connection. MINE says whether it is ours. */
MUST_USE enum err turn_take(struct call *c, const char *name, bool *mine);
