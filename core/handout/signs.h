/*
 * signs.h - what of a text a sheet cannot show
 *
 * A sheet is drawn with the fonts of the machine (fonts.h); a sign that none of
 * them has is a square on it (type.h). Here that is known beforehand, so that
 * who prints can be told, and what would help.
 */
#pragma once

#include "core/base/buf.h"
#include "core/handout/type.h"
#include "core/handout/wifi.h"

enum { SIGNS_MAX = 40 };

struct signs {
	size_t n; /* different ones */
	uint32_t sign[SIGNS_MAX];
	bool more;           /* than there is room for */
	const char *package; /* of Debian, has the first that a font not there
			      * has; NULL: none that is ever asked */
};

/* Adds what of T has no glyph in FACES, each sign once. S begins as {0}. */
void signs_add(struct signs *s, const struct type_faces *faces, const char *t);

/* Adds those of all texts of H: person, password's name, network, and so on. */
void signs_of_handout(
    struct signs *s, const struct type_faces *faces, const struct handout *h);

/* Writes them, a blank between, and an ellipsis when there are more. */
void signs_write(const struct signs *s, struct buf *out);
