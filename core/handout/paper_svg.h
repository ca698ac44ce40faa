/*
 * paper_svg.h - what a paper draws, as SVG for a page
 *
 * For paper.c only. Letters are in the order they are seen in and as wide as
 * on paper, whatever fonts the reader has.
 */
#pragma once

#include "core/handout/paper.h"

void paper_svg_page(struct buf *out, double width, double height);
void paper_svg_text(struct buf *out, const struct type_faces *faces, double x,
    double baseline, double size, double grey, const struct type_line *l);
void paper_svg_line(struct buf *out, double x1, double y1, double x2, double y2,
    double grey, double thick);
void paper_svg_box(struct buf *out, double x, double y, double w, double h,
    double r, double grey);
void paper_svg_code(
    struct buf *out, double x, double y, double side, const struct qr *q);
/* KNOWN: it is in the picture already. */
void paper_svg_logo(struct buf *out, double x, double y, double w, double h,
    const struct logo *l, bool known);
void paper_svg_end(struct buf *out);
