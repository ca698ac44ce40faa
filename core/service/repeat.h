/*
 * repeat.h - a request that comes twice is done once
 *
 * A machine names a POST (Idempotency-Key); the answer is kept, sealed, for a
 * day and given again to the same request of the same token.
 */
#pragma once

#include "core/base/buf.h"
#include "core/service/call.h"

enum {
	REPEAT_HASH = 32,
	REPEAT_KEEP = 86400,
	/* Whoever has not committed anything for this long may have died; a
	 * name is then anybody's. */
	REPEAT_HELD = 60
};

/* A name that was taken, and when. */
struct once {
	struct uid token;
	const char *name;
	int64_t taken;
};

/* Takes O->name for the actor's request with hash REQUEST; the rest of O is
 * filled in. OK with *STATUS 0: go on, and finish with repeat_keep() or
 * repeat_drop(); until then C->once is O, and whatever act_end() commits is
 * marked as done in the same transaction. OK with another status: this was
 * answered before, with ANSWER. REUSED when it was another request, BAD_STATE
 * while the first one is still being answered, EXISTS when it was done by one
 * who died before the answer was kept. */
MUST_USE enum err repeat_take(struct call *c, struct once *o,
    const uint8_t request[static REPEAT_HASH], int *status, struct buf *answer);

/* Inside a transaction that writes: it is done if this commits. BUSY when
 * somebody else has taken the name since. For act_end(). */
MUST_USE enum err repeat_done(struct call *c);

/* TOO_BIG: it has more than API_ANSWER_MAX octets; the request is known as done
 * and its answer as lost. */
MUST_USE enum err
repeat_keep(struct call *c, int status, const struct buf *answer);

/* It failed; the name is free again, unless something of it was done. */
void repeat_drop(struct call *c);
