/*
 * reseal.h - the master key's successor seals what the old one sealed
 *
 * Done while everything runs, in this order: a new key joins the ring's file
 * (ring_add()); reseal_begin() writes its id into the store, after which nobody
 * whose ring does not have it can write (they read the file again, and
 * only fail if they cannot); reseal_step() is called until nothing is left;
 * reseal_end() makes sure of it; the old keys leave the file (ring_drop_old()).
 * Any of it may be cut short and is gone on with by doing all of it again.
 */
#pragma once

#include "core/service/call.h"

enum {
	RESEAL_BATCH = 200, /* rows in one transaction */
	RESEAL_WAIT_S = 30, /* until nobody can still hold an old value */
};

/* What is sealed with keys other than the newest, and what does not open with
 * any key of the ring (it is left as it is). */
struct reseal_state {
	int64_t done, left, broken;
	char after[400]; /* where the next step goes on */
	int table;
};

/* From now on the newest key of the call's ring is the one to seal with. */
MUST_USE enum err reseal_begin(struct call *c);

/* Seals some rows again; *MORE when there may be others. */
MUST_USE enum err
reseal_step(struct call *c, struct reseal_state *s, bool *more);

/* Counts what is left. Nothing: the store's check is sealed again and the end
 * recorded; else BAD_STATE. */
MUST_USE enum err reseal_end(struct call *c, struct reseal_state *s);

/* For services, inside a transaction that writes: is the call's ring the one
 * that the store is sealed with by now? SEALED when not even its file is. */
MUST_USE enum err reseal_fence(struct call *c);
