/*
 * sheet_draw.h - the shapes a key is printed in
 */
#pragma once

#include "core/handout/flow.h"
#include "core/handout/wifi.h"
#include "core/handout/words.h"

#define SHEET_MM (72 / 25.4)

struct sheet_box {
	double x, y, w, h;
};

/* One key on a page, with how to join. */
MUST_USE enum err
sheet_letter(struct paper *p, const struct handout *h, struct sheet_box page);

/* A card to cut out: beside the code if it is wide, below it if it is tall. */
MUST_USE enum err
sheet_card(struct paper *p, const struct handout *h, struct sheet_box box);

/* A receipt WIDTH wide; *END is where it ends. */
MUST_USE enum err
sheet_slip(struct paper *p, const struct handout *h, double width, double *end);

/* How many modules the code has on a side, its quiet zone included; 0: what it
 * would say does not fit. */
int sheet_modules(struct paper *p, const struct handout *h);

/* How large the code must be: NOMINAL, or more where its modules would be
 * smaller than half a millimetre, but not more than MOST. */
double sheet_side(
    struct paper *p, const struct handout *h, double nominal, double most);

/* Draws it; BAD_INPUT when H has no SSID or passphrase. */
MUST_USE enum err sheet_code(
    struct paper *p, const struct handout *h, double x, double y, double side);

/* The passphrase, in lines as it is read. */
void sheet_passphrase(
    struct flow *f, const struct handout *h, double size, double least);

/* The operator's picture, at most HEIGHT high, where the column begins; moves
 * down by it and GAP. Nothing without one. */
void
sheet_logo(struct flow *f, const struct handout *h, double height, double gap);

/* A small grey label in H's language. */
void
sheet_label(struct flow *f, const struct handout *h, enum word w, double size);

/* "Label: value", nothing if there is no value. */
void sheet_fact(struct flow *f, const struct handout *h, enum word w,
    const char *value, struct flow_ink ink);

/* True when the passphrase is printed with spaces that are not part of it. */
bool sheet_spaced(const struct handout *h);
