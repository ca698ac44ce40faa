/*
 * outline.h - the outline of a glyph as straight lines
 */
#pragma once

#include "core/handout/ttf.h"

/* From (x0, y0) to (x1, y1); thousandths of the type size, y upwards. */
struct outline_edge {
	float x0, y0, x1, y1;
};

enum {
	OUTLINE_EDGES_MAX = 20000,
	OUTLINE_PARTS_MAX = 100, /* of a composite glyph, all in all */
	OUTLINE_DEPTH_MAX = 6
};

struct outline {
	struct outline_edge *e; /* owned */
	size_t n, cap, parts;
	enum err err;
};

/* Adds the outline of GLYPH, its curves as a few lines each. A damaged one is
 * left out as far as it cannot be read; NO_MEMORY and TOO_BIG are in o->err. */
void outline_add(struct outline *o, const struct ttf *f, uint16_t glyph);

static inline void
outline_own(struct outline *o)
{
	free(o->e);
}
