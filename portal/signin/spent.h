/*
 * spent.h - what may be used once only, and has been
 *
 * Remembers hashes of the last few thousand values, so that a state or a
 * logout token cannot be brought twice. Bounded: the oldest goes first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

enum { SPENT_MAX = 8192 };

struct spent;

struct spent *spent_new(void);
void spent_free(struct spent *s);

/* Marks the pair A, B as used; BAD_STATE when it was already. */
MUST_USE enum err spent_use(struct spent *s, const char *a, const char *b);

/* It came to nothing, and may be used again. */
void spent_undo(struct spent *s, const char *a, const char *b);
