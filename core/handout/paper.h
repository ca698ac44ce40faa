/*
 * paper.h - a PDF, written twice over
 *
 * What is to be printed is said twice with the same calls: the first time the
 * paper only learns which characters it needs, the second time it draws, with
 * fonts that hold just those. Points, from the upper left corner.
 */
#pragma once

#include "core/handout/qr.h"
#include "core/handout/type.h"

struct paper;

/* NULL when out of memory. FACES outlives the paper. */
struct paper *paper_new(const struct type_faces *faces);

/* A picture of the first page instead of a PDF, in one round: SVG goes to OUT,
 * which outlives the paper. */
struct paper *paper_picture(const struct type_faces *faces, struct buf *out);

/* Ends the picture. */
MUST_USE enum err paper_shown(struct paper *p);

/* Ends the first round. */
MUST_USE enum err paper_ready(struct paper *p, const char *title, int64_t made);

/* False during the first round. */
bool paper_drawing(const struct paper *p);

/* What is drawn lacks something: paper_ready(), paper_write() or paper_shown()
 * returns E, of several the first. */
void paper_fail(struct paper *p, enum err e);

/* Without effect on the paper while OFF: to find out how long something is. */
void paper_pause(struct paper *p, bool off);

const struct type_faces *paper_faces(const struct paper *p);

void paper_page(struct paper *p, double width, double height);
void paper_text(struct paper *p, double x, double baseline, double size,
    double grey, const struct type_line *line);
void paper_line(struct paper *p, double x1, double y1, double x2, double y2,
    double grey, double thick);
/* A filled box with corners of radius R. */
void paper_box(struct paper *p, double x, double y, double w, double h,
    double r, double grey);
/* A code with its quiet zone, SIDE wide in all. */
void paper_code(
    struct paper *p, double x, double y, double side, const struct qr *q);

/* A picture W wide and H high, the same one on the whole paper. */
struct logo;
void paper_logo(struct paper *p, double x, double y, double w, double h,
    const struct logo *l);

/* Writes the PDF; the number of characters no font had goes to *MISSING. */
MUST_USE enum err
paper_write(struct paper *p, struct buf *out, size_t *missing);

void paper_free(struct paper *p);

static inline void
paper_own(struct paper **p)
{
	paper_free(*p);
}
