/*
 * state.h - what a form remembers for those who have no session
 *
 * A text of ours, signed for one PURPOSE until a time, as a hidden field: it
 * works without cookies, storage and script (G-10). It is not secret.
 */
#pragma once

#include <stdint.h>

#include "core/base/arena.h"
#include "core/crypt/seal.h"

enum { STATE_TEXT = 200 };

/* NULL when out of memory or TEXT is longer than STATE_TEXT. */
const char *state_sign(const struct ring *ring, const char *purpose,
    const char *text, int64_t until, struct arena *a);

/* The text; NULL when it is not ours, for another purpose, or over. */
const char *state_read(const struct ring *ring, const char *purpose,
    const char *state, int64_t now, struct arena *a);
