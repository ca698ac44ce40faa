/*
 * dots.h - a line of text as black and white dots, for a printer of receipts
 */
#pragma once

#include "core/handout/type.h"

enum { DOTS_WIDE_MAX = 576, DOTS_HIGH_MAX = 128 };

struct dots {
	int w, h;
	uint8_t
	    *octets; /* owned: rows of (w + 7) / 8, 1 is black, left first */
};

/* Draws L in SIZE dots (at most 80), with what the width is rounded by behind
 * it or, AT_RIGHT, before it; what is wider than DOTS_WIDE_MAX is cut off.
 * NO_MEMORY, or TOO_BIG when there is too much ink. */
MUST_USE enum err dots_line(const struct type_faces *faces,
    const struct type_line *l, int size, bool at_right, struct dots *out);

static inline void
dots_own(struct dots *d)
{
	free(d->octets);
}
