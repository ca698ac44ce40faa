/*
 * type.h - text as glyphs: in which font, in which order, how wide
 *
 * A line is brought into visual order (Unicode bidi, Arabic joined by its
 * presentation forms) and each character is given the first font that has it;
 * pictures (emoji) come as outlines, without colour, hence without the
 * characters that choose one. What no font has becomes U+25A1, a square that
 * everybody sees, and is counted. Marks are put over or under the middle of
 * their letter. Scripts whose letters take other shapes, or other places,
 * beside each other (shape.h) come as glyphs. Isolates (U+2066 to U+2069) are
 * understood, other controls are left out.
 */
#pragma once

#include "core/handout/ttf.h"

/* Script, its letters from .. to, and its font in fonts-noto-core. */
#define TYPE_SCRIPTS(X)                                                        \
	X(THAANA, 0x780, 0x7bf, "NotoSansThaana")                              \
	X(DEVANAGARI, 0x900, 0x97f, "NotoSansDevanagari")                      \
	X(BENGALI, 0x980, 0x9ff, "NotoSansBengali")                            \
	X(GURMUKHI, 0xa00, 0xa7f, "NotoSansGurmukhi")                          \
	X(GUJARATI, 0xa80, 0xaff, "NotoSansGujarati")                          \
	X(ORIYA, 0xb00, 0xb7f, "NotoSansOriya")                                \
	X(TAMIL, 0xb80, 0xbff, "NotoSansTamil")                                \
	X(TELUGU, 0xc00, 0xc7f, "NotoSansTelugu")                              \
	X(KANNADA, 0xc80, 0xcff, "NotoSansKannada")                            \
	X(MALAYALAM, 0xd00, 0xd7f, "NotoSansMalayalam")                        \
	X(SINHALA, 0xd80, 0xdff, "NotoSansSinhala")                            \
	X(THAI, 0xe00, 0xe7f, "NotoSansThai")                                  \
	X(LAO, 0xe80, 0xeff, "NotoSansLao")                                    \
	X(TIBETAN, 0xf00, 0xfff, "NotoSerifTibetan")                           \
	X(MYANMAR, 0x1000, 0x109f, "NotoSansMyanmar")                          \
	X(ETHIOPIC, 0x1200, 0x139f, "NotoSansEthiopic")                        \
	X(KHMER, 0x1780, 0x17ff, "NotoSansKhmer")

enum type_face {
	FACE_TEXT,
	FACE_BOLD,
	FACE_CODE,
	FACE_WIDE,
	FACE_EMOJI,
#define X(script, from, to, font) FACE_##script,
	TYPE_SCRIPTS(X)
#undef X
	    FACE_COUNT
};
#define FACE_SCRIPTS FACE_THAANA /* and all behind it */
enum type_style { TYPE_TEXT, TYPE_BOLD, TYPE_CODE };
enum type_way { TYPE_AUTO, TYPE_LTR, TYPE_RTL };

struct type_faces {
	struct ttf f[FACE_COUNT];
	bool there[FACE_COUNT];
	/* how those of scripts are put together, or NULL; see shape.h */
	struct hb_font_t *shaper[FACE_COUNT];
};

enum { TYPE_LINE_MAX = 1024, TYPE_MISSING = 0x25a1, TYPE_ELLIPSIS = 0x2026 };

struct type_line {
	enum err err; /* NO_MEMORY: what is here is not what was meant */
	size_t n, missing;
	int width;                 /* thousandths of the type size */
	uint32_t c[TYPE_LINE_MAX]; /* from TTF_GLYPH on: glyphs */
	uint8_t face[TYPE_LINE_MAX];
	/* from where the pen is, in thousandths: for marks on a letter, whose
	 * own width is none */
	int16_t dx[TYPE_LINE_MAX], dy[TYPE_LINE_MAX];
	bool mark[TYPE_LINE_MAX];
	int16_t advance[TYPE_LINE_MAX]; /* of glyphs, in thousandths */
	uint32_t text[TYPE_LINE_MAX];   /* all characters, in this order */
	uint16_t from[TYPE_LINE_MAX];   /* of these, the first that I shows */
	size_t ntext;
	bool bold; /* what has no bold font is made bolder */
};

/* One line from LEN octets of UTF-8, with an ellipsis behind it if CUT; see
 * OUT->err. */
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
 * the punctuation that belongs to it), or as many as fit, with their marks; at
 * least one character. A newline always ends the line.
 */
size_t type_fit(const struct type_faces *faces, enum type_style style,
    const char *t, int width);

/* The width of one character. */
int type_advance(
    const struct type_faces *faces, enum type_style style, uint32_t cp);

/* How far character I moves the pen. */
int
type_width(const struct type_faces *faces, const struct type_line *l, size_t i);

/* The characters that FROM..TO of the line show, without those that what is
 * before them has shown: *T, of which N is how many. */
size_t type_said(
    const struct type_line *l, size_t from, size_t to, const uint32_t **t);
