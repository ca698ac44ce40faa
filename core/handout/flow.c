#include "core/handout/flow.h"

#include <string.h>

/* The lines T takes, at most MOST + 1. */
static int
lines(const struct flow *f, enum type_style style, double size, int most,
    const char *t)
{
	int n = 0, width = (int)(f->w * 1000 / size);

	for (; *t != '\0' && n <= most; n++)
		t += type_fit(paper_faces(f->p), style, t, width);
	return n;
}

/* A little less than SIZE if that saves a line: the last one of a password is
 * often but a syllable, which looks like something else. */
static double
whole(const struct flow *f, struct flow_ink ink, const char *t, double size)
{
	int n = lines(f, ink.style, size, ink.lines, t);

	for (double s = size; n > 1 && s >= ink.least && s >= 0.85 * size;
	     s -= 0.25)
		if (lines(f, ink.style, s, ink.lines, t) < n)
			return s;
	return size;
}

/* The size flow_text() sets T at. */
static double
size_of(const struct flow *f, struct flow_ink ink, const char *t)
{
	double size = ink.size;

	while (size - 0.5 >= ink.least &&
	       lines(f, ink.style, size, ink.lines, t) > ink.lines)
		size -= 0.5;
	return ink.style == TYPE_CODE ? whole(f, ink, t, size) : size;
}

static double
start(const struct flow *f, double width)
{
	if (f->align == FLOW_CENTRE)
		return f->x + (f->w - width) / 2;
	return f->rtl ? f->x + f->w - width : f->x;
}

/* The octets of T that leave room for an ellipsis behind them. */
static size_t
cut(const struct flow *f, enum type_style style, double size, const char *t)
{
	const struct type_faces *faces = paper_faces(f->p);
	int room = (int)(f->w * 1000 / size) -
		   type_advance(faces, style, TYPE_ELLIPSIS);

	return type_fit(faces, style, t, room);
}

void
flow_text(struct flow *f, struct flow_ink ink, const char *t)
{
	const struct type_faces *faces = paper_faces(f->p);
	double size = size_of(f, ink, t);
	int width = (int)(f->w * 1000 / size);
	struct type_line line;

	/* the second line of an Arabic text may be but numbers */
	if (ink.way == TYPE_AUTO)
		ink.way = type_way(t);
	for (int i = 0; i < ink.lines && *t != '\0'; i++) {
		size_t n = type_fit(faces, ink.style, t, width);
		bool over = i + 1 == ink.lines && t[n] != '\0';

		if (over)
			n = cut(f, ink.style, size, t);
		type_set(faces, ink.style, ink.way, t, n, over, &line);
		paper_text(f->p, start(f, line.width * size / 1000),
		    f->y + size * (ink.lead + 0.72) / 2, size, ink.grey, &line);
		f->y += size * ink.lead;
		t += n;
	}
}

void
flow_buf(struct flow *f, struct flow_ink ink, const struct buf *b)
{
	paper_fail(f->p, b->err);
	flow_text(f, ink, buf_str(b));
}
