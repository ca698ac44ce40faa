/*
 * audit.h - the append-only record of who did what
 *
 * Each row holds the hash of the one before it, keyed under the ring, so that
 * change, removal, insertion and reordering show. Rows are written by the
 * services, in the transaction of the change.
 */
#pragma once

#include "core/base/buf.h"
#include "core/service/call.h"

struct audit_row {
	int64_t seq, at;
	char actor[160]; /* kind:name:id@address */
	char act[48];    /* "key.issue" */
	enum noun noun;
	struct uid id;
	char *detail; /* JSON object, never a secret; lives in the arena */
};

/* Newest first, by the time where FROM or UNTIL is given without WHAT, else by
 * number; what is none, "", NULL or 0 asks for nothing. ROLE_ADMIN or
 * ROLE_AUDITOR. SEARCH is part of who did it, of what is told of it, or of the
 * name of what it was done to. */
struct audit_filter {
	const char *act, *search;
	struct uid what;
	int64_t from, until; /* seconds: at FROM or later, before UNTIL */
	int64_t before;      /* a row's number: only those behind it */
	size_t limit;        /* at most 1000 */
};

enum { AUDIT_LOOK = 5000 }; /* rows that are searched at a time */

/* How to go on. CUT: there may be fewer rows than asked for, or none, because
 * so many were searched, back to one of AT. */
struct audit_more {
	int64_t before; /* for the filter; 0: there is no more */
	int64_t at;
	bool cut;
};
MUST_USE enum err audit_find(struct call *c, const struct audit_filter *f,
    struct audit_row **out, size_t *n, struct audit_more *more);

/* The same by ACT and WHAT alone. */
MUST_USE enum err
audit_list(struct call *c, const char *act, const struct uid *what,
    int64_t before, size_t limit, struct audit_row **out, size_t *n);

/* One row with its hash, as it goes out of the house. Texts last until the
 * next one. */
struct audit_line {
	int64_t seq, at;
	const char *actor, *act, *noun, *id, *detail;
	char hash[65]; /* as hex; of the last row it is the head */
};

/* Calls EACH for at most LIMIT rows after SEQ, oldest first, until it fails.
 * ROLE_ADMIN or ROLE_AUDITOR. */
MUST_USE enum err audit_after(struct call *c, int64_t seq, size_t limit,
    enum err (*each)(void *ctx, const struct audit_line *l), void *ctx);

/* The last row's number, and its hash as hex. */
MUST_USE enum err
audit_head(struct call *c, int64_t *seq, char head[static 65]);

enum { AUDIT_JSON_MAX = 65536 }; /* all of it escaped */

/* L as one JSON object in ASCII, without a line feed. */
MUST_USE enum err audit_line_json(const struct audit_line *l, struct buf *out);

/* An act that changes nothing else: a refused sign-in, a download. DETAIL is
 * a JSON object or NULL. Committed when it returns. */
MUST_USE enum err audit_note(struct call *c, const char *act, enum noun noun,
    const struct uid *id, const char *detail);

/* A list of NOUN leaves the house as a table, narrowed by SEARCH (may be "").
 * Staff and auditors. Committed when it returns. */
MUST_USE enum err
audit_table(struct call *c, enum noun noun, const char *search);

enum { AUDIT_TRIM = 20000 }; /* rows in one go */

/* For housekeeping, in its transaction: cuts off what is older than BEFORE.
 * Where the chain begins then is kept, and proved by a row of its own, so that
 * nobody else can cut it. */
MUST_USE enum err audit_trim(struct call *c, int64_t before);

/* Walks the chain. BAD is the first wrong sequence number, 0 when all is
 * well; HEAD (may be NULL) is the hash of the last row as hex, to be kept
 * elsewhere so that a cut tail shows: pass it as EXPECT the next time. */
MUST_USE enum err audit_verify(struct call *c, const char *expect,
    int64_t expect_seq, int64_t *bad, int64_t *last, char head[static 65]);
