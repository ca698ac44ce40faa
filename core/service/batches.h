/*
 * batches.h - many guests of the desk at once, made in the background
 *
 * A batch is stored whole before anything is made of it: rows that are wrong
 * say so at once, the others wait. Couriers of the portal make a hundred at a
 * time, each hundred in one transaction, in the name of whoever ordered it and
 * only as long as they may. A program that ends in between goes on where it
 * was: a row is made once. What a row said of a guest is gone from it when the
 * guest is there; batches that ended a month ago are removed.
 */
#pragma once

#include "core/service/passes.h"

enum {
	BATCHES_ROWS = 5000,
	BATCHES_CHUNK = 100,
	BATCHES_KEPT = 30, /* days after it ended */
};

enum batch_state { BATCH_RUNNING, BATCH_DONE, BATCH_STOPPED };

struct batch {
	struct uid id, plan;
	char title[NAME_MAX_ + 1];
	char owner[NAME_MAX_ + 1]; /* who ordered it */
	enum batch_state state;
	int64_t total, made, wrong;
	int64_t created, ended;
	char why[200]; /* of one that was stopped */
};

/* A row on its way in: WRONG, when not NULL, is why it cannot be made. */
struct batch_order {
	struct pass_order pass; /* its plan does not count */
	const char *wrong;
};

/* A row that is stored; texts live in the arena of the call. */
struct batch_row {
	int64_t place; /* from 1 */
	const char *name, *room, *mail, *language, *wrong;
	int64_t arrival, departure;
	int devices_max;
};

/* Needs the desk. TOO_BIG with more than BATCHES_ROWS. */
MUST_USE enum err
batches_make(struct call *c, const char *title, const struct uid *plan,
    const struct batch_order *rows, size_t n, struct batch *out);

MUST_USE enum err
batches_get(struct call *c, const struct uid *id, struct batch *out);

/* The newest first. */
MUST_USE enum err
batches_list(struct call *c, size_t limit, struct batch **out, size_t *n);

/* Rows that were not made because they are wrong. */
MUST_USE enum err batches_wrong(struct call *c, const struct uid *id,
    size_t limit, struct batch_row **out, size_t *n);

/* The guests of a batch, in its order. */
MUST_USE enum err batches_keys(struct call *c, const struct uid *id,
    size_t offset, size_t limit, struct key_view **out, size_t *n);

/* Calls EACH for the name and the room of those that were not ended, in their
 * order, until it fails; the texts do not last. */
MUST_USE enum err batches_names(struct call *c, const struct uid *id,
    enum err (*each)(void *of, const char *name, const char *room), void *of);

/* What is not made yet never will be. */
MUST_USE enum err batches_stop(struct call *c, const struct uid *id);

/* Makes the next rows of the oldest batch that runs. The program's own. DONE
 * is 0 when there is nothing to do. */
MUST_USE enum err batches_round(struct call *c, size_t *done);
