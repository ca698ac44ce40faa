/*
 * colour.h - the operator's colour, as the pages can use it
 *
 * One colour is set; what letters, buttons and tinted grounds need is made from
 * it, in the light and in the dark look, darker or lighter until it can be read
 * (WCAG 2.2, 1.4.3: 4.5 to 1).
 */
#pragma once

#include <stdbool.h>

#include "core/base/buf.h"

/* A style sheet that comes after app.css. COLOUR is "#rrggbb"; false, and
 * nothing, for anything else. */
bool colour_css(const char *colour, struct buf *out);

/* A ground for white letters in COLOUR, or ours: six hexadecimal digits. */
void colour_ground(const char *colour, char out[static 7]);

/* How far two of them are apart in light: 1 to 21 (WCAG 2.2, contrast ratio).
 */
struct rgb {
	double v[3]; /* red, green, blue: 0 to 1 */
};
bool colour_read(const char *text, struct rgb *out);
double colour_contrast(const struct rgb *a, const struct rgb *b);
