/*
 * shape.h - scripts in which letters depend on their neighbours
 *
 * In the scripts of India and its neighbours vowels stand before or around the
 * consonant behind which they are written, and consonants become one; in Thai
 * and Lao marks stand on each other. HarfBuzz knows, from what fonts say. All
 * of them run from left to right. (Thaana does not; its marks are put as
 * others.)
 */
#pragma once

#include "core/handout/type.h"

struct shape_glyph {
	uint16_t glyph, from;    /* FROM: the first character of its cluster */
	int16_t advance, dx, dy; /* thousandths of the type size */
};

/* Lets FACE of FACES, whose font is the LEN octets at P, shape what it has.
 * They stay the caller's and must outlive FACES. False without memory. */
bool shape_face(
    struct type_faces *faces, enum type_face face, const void *p, size_t len);

/* Whether CP is a mark on the letter before it, without a width of its own. */
bool shape_mark(uint32_t cp);

/* Whether CP joins or parts letters in these scripts (U+200C, U+200D). */
bool shape_joins(uint32_t cp);

/* Whether CP may be told by a joiner behind it how it is shown. */
bool shape_wants(uint32_t cp);

/* The face of a script that has CP, or FACE_COUNT. */
enum type_face shape_script(const struct type_faces *faces, uint32_t cp);

/* The same if it shapes; FACE_COUNT: CP stands by itself. */
enum type_face shape_of(const struct type_faces *faces, uint32_t cp);

/* The N characters at C, all of FACE, as *GLYPHS glyphs from left to right.
 * TOO_BIG when they are more than MOST. */
MUST_USE enum err shape_run(const struct type_faces *faces, enum type_face face,
    const uint32_t *c, size_t n, struct shape_glyph *out, size_t most,
    size_t *glyphs);
