/*
 * type.h - text as glyphs: in which font, in which order, how wide
 *
 * A line is brought into visual order (Unicode bidi, Arabic joined by its
 * presentation forms) and each character is given the first font that has it;
 * pictures (emoji) come as outlines, without colour, hence without the
 * characters that choose one. What no font has becomes U+25A1, a square that
 * everybody sees, and is counted. Marks are put over or under the middle of
 * their letter. Isolates (U+2066 to U+2069) are understood, other controls are
 * left out.
 */
#pragma once

#include "core/handout/ttf.h"

enum type_face {
	FACE_TEXT,
	FACE_BOLD,
	FACE_CODE,
	FACE_WIDE,
	FACE_EMOJI,
	FACE_COUNT
};
enum type_style { TYPE_TEXT, TYPE_BOLD, TYPE_CODE };
enum type_way { TYPE_AUTO, TYPE_LTR, TYPE_RTL };

struct type_faces {
	struct ttf f[FACE_COUNT];
	bool there[FACE_COUNT];
};

enum { TYPE_LINE_MAX = 1024, TYPE_MISSING = 0x25a1, TYPE_ELLIPSIS = 0x2026 };

struct type_line {
	size_t n, missing;
	int width; /* thousandths of the type size */
	uint32_t c[TYPE_LINE_MAX];
	uint8_t face[TYPE_LINE_MAX];
	/* from where the pen is, in thousandths: for marks on a letter, whose
	 * own width is none */
	int16_t dx[TYPE_LINE_MAX], dy[TYPE_LINE_MAX];
	bool mark[TYPE_LINE_MAX];
	bool bold; /* what has no bold font is made bolder */
};

/* One line from LEN octets of UTF-8, with an ellipsis behind it if CUT. */
void type_set(const struct type_faces *faces, enum type_style style,
    enum type_way way, const char *t, size_t len, bool cut,
    struct type_line *out);

/* Calls EACH for every character of T, joined as it would be on a sheet, that
 * no font has. */
typedef void type_lost_fn(void *of, uint32_t cp);
void type_lost(const struct type_faces *faces, const char *t,
    type_lost_fn *each, void *of);

/* The way of a whole text, by its first letter that has one and is in no
 * isolate (Unicode bidi P2, P3); TYPE_AUTO when none has. */
enum type_way type_way(const char *t);

/*
 * How many octets of T go on a line WIDTH thousandths wide: all, or up to a
 * blank, a hyphen, a character in Chinese or Japanese (but not between it and
 * the punctuation that belongs to it), or as many as fit; at least one
 * character. A newline always ends the line.
 */
size_t type_fit(const struct type_faces *faces, enum type_style style,
    const char *t, int width);

/* The width of one character. */
int type_advance(
    const struct type_faces *faces, enum type_style style, uint32_t cp);

/* How far character I moves the pen. */
int
type_width(const struct type_faces *faces, const struct type_line *l, size_t i);
