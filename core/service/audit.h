/*
 * audit.h - the append-only record of who did what
 *
 * Each row holds the hash of the one before it, keyed under the ring, so that
 * change, removal, insertion and reordering show. Rows are written by the
 * services, in the transaction of the change.
 */
#pragma once

#include "core/service/call.h"

struct audit_row {
	int64_t seq, at;
	char actor[160]; /* kind:name:id@address */
	char act[48];    /* "key.issue" */
	enum noun noun;
	struct uid id;
	char *detail; /* JSON object, never a secret; lives in the arena */
};

/* Newest first. ACT and WHAT filter when not NULL. ROLE_ADMIN or
 * ROLE_AUDITOR. */
MUST_USE enum err
audit_list(struct call *c, const char *act, const struct uid *what,
    int64_t before, size_t limit, struct audit_row **out, size_t *n);

/* An act that changes nothing else: a refused sign-in, a download. DETAIL is
 * a JSON object or NULL. Committed when it returns. */
MUST_USE enum err audit_note(struct call *c, const char *act, enum noun noun,
    const struct uid *id, const char *detail);

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
