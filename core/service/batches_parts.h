/*
 * batches_parts.h - what ordering a batch and making it share
 */
#pragma once

#include "core/service/batches.h"

/* enum batch_state, as stored. */
extern const char *const batches_states[];

/* Rows of batch ID in STATE ("waiting", "wrong"), LIMIT at most. */
MUST_USE enum err batches_rows(struct call *c, const struct uid *id,
    const char *state, size_t limit, struct batch_row **out, size_t *n);
