/*
 * outbox.h - letters and messages: written with the change, sent after it
 *
 * Whatever goes out is first a row, in the transaction of what it is about;
 * its content is sealed. Couriers (courier.h), perhaps on several machines,
 * take rows for OUTBOX_HOLD seconds each and say what came of them. One that
 * dies with a row in hand loses it when the time is up, and another sends it
 * again: everything arrives at least once, and carries an id that tells.
 */
#pragma once

#include "core/base/buf.h"
#include "core/service/call.h"

enum {
	OUTBOX_PAYLOAD_MAX = 4 << 20, /* octets of one letter with its file */
	OUTBOX_HOLD = 45,             /* seconds; longer than any try takes */
	OUTBOX_TRIES = 28,            /* then it is dead: a day */
	OUTBOX_WAIT_FIRST = 15,       /* seconds; doubles up to the next */
	OUTBOX_WAIT_MOST = 3600,
	OUTBOX_CLAIM_MAX = 16,
	OUTBOX_LIST_MAX = 1000,
};

/* What to send. Texts are borrowed; NULL and 0 are "none". */
struct outbox_order {
	enum outbox_kind kind;
	const char *about, *target;
	const char *once; /* what makes it one of a kind: idempotency */
	const char *lane; /* one after the other, in the order of writing */
	const struct uid *key, *person, *hook;
	int64_t due;     /* not before */
	int64_t useless; /* not from then on */
	bool urgent;     /* somebody waits for it */
	const void *payload;
	size_t len;
};

/* Inside a transaction: writes it down. When there is one of that ONCE
 * already nothing happens. */
MUST_USE enum err
outbox_add(struct call *c, const struct outbox_order *o, struct uid *id);

/* The same in a transaction of its own. */
MUST_USE enum err
outbox_put(struct call *c, const struct outbox_order *o, struct uid *id);

/* --- for couriers (ACTOR_SYSTEM) */

struct outbox_job {
	struct outbox_item item;
	const uint8_t *payload; /* in the arena of the call */
	size_t len;
};

enum outbox_lanes { OUTBOX_LETTERS, OUTBOX_HOOKS };

/* Takes what is due, at most LIMIT, urgent first. A row whose content does not
 * open is given up on the way. */
MUST_USE enum err outbox_claim(struct call *c, enum outbox_lanes which,
    size_t limit, struct outbox_job **out, size_t *n);

enum outbox_outcome {
	OUTBOX_ARRIVED,
	OUTBOX_LATER, /* try again */
	OUTBOX_NEVER, /* give it up */
};

/* What came of a try. */
struct outbox_fate {
	enum outbox_outcome outcome;
	int cause; /* the status of an HTTP answer, or 0 */
	int64_t
	    again; /* OUTBOX_LATER: not before; 0: twice as long each time */
	char answer[160]; /* a sentence without secrets */
};

/* Writes it down. Nothing happens when the row was taken away meanwhile. */
MUST_USE enum err outbox_result(
    struct call *c, const struct outbox_item *it, const struct outbox_fate *f);

/* --- for people */

/* Newest first; STATE and KIND "" for all. Staff and auditors. */
MUST_USE enum err outbox_list(struct call *c, const char *state,
    const char *kind, size_t limit, struct outbox_item **out, size_t *n);
MUST_USE enum err
outbox_get(struct call *c, const struct uid *id, struct outbox_item *out);

/* Letters about a key, for those who may see it. */
MUST_USE enum err outbox_of_key(struct call *c, const struct uid *key,
    size_t limit, struct outbox_item **out, size_t *n);

/* What a webhook was or is to be told. */
MUST_USE enum err outbox_of_hook(struct call *c, const struct uid *hook,
    const char *state, size_t limit, struct outbox_item **out, size_t *n);

/* Tries it once more, now. BAD_STATE for a letter that arrived; a webhook is
 * told again, with the same id. Administrators. */
MUST_USE enum err outbox_retry(struct call *c, const struct uid *id);

/* How many there are in STATE. */
MUST_USE enum err
outbox_count(struct call *c, enum outbox_state state, int64_t *out);
