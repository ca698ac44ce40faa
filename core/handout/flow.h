/*
 * flow.h - text from top to bottom in a column
 */
#pragma once

#include "core/handout/paper.h"

enum flow_align { FLOW_START, FLOW_CENTRE };

struct flow {
	struct paper *p;
	double x, y, w; /* the column; y moves down */
	bool rtl;       /* starts at the right edge */
	enum flow_align align;
};

/* How a text is set: at SIZE, or smaller, down to LEAST, until it takes at
 * most LINES; what does not fit even then ends in an ellipsis. */
struct flow_ink {
	enum type_style style;
	enum type_way way;
	double size, least, grey;
	double lead; /* from line to line, in sizes */
	int lines;
};

/* Sets T, which may be "", and moves down. */
void flow_text(struct flow *f, struct flow_ink ink, const char *t);

/* The same of what was written into B; where that failed, the paper does. */
void flow_buf(struct flow *f, struct flow_ink ink, const struct buf *b);
