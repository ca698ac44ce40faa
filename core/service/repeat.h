/*
 * repeat.h - a request that comes twice is done once
 *
 * A machine names a POST (Idempotency-Key); the answer is kept, sealed, for a
 * day and given again to the same request of the same token.
 */
#pragma once

#include "core/base/buf.h"
#include "core/service/call.h"

enum { REPEAT_HASH = 32, REPEAT_KEEP = 86400 };

/* Takes NAME for the actor's request with hash REQUEST. OK with *STATUS 0: go
 * on, and finish with repeat_keep() or repeat_drop(). OK with another status:
 * this was answered before, with ANSWER. REUSED when it was another request,
 * BAD_STATE while the first one is still being answered. */
MUST_USE enum err repeat_take(struct call *c, const char *name,
    const uint8_t request[static REPEAT_HASH], int *status, struct buf *answer);

MUST_USE enum err repeat_keep(
    struct call *c, const char *name, int status, const struct buf *answer);

/* It was not done; the name is free again. */
void repeat_drop(struct call *c, const char *name);
