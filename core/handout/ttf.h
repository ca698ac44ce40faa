/*
 * ttf.h - a TrueType font in memory, and a small one made from it
 *
 * Reads just what printing needs: which glyph a character has, how wide it
 * is, and its outline. A subset holds the glyphs of one document and all their
 * components, however deep, without hinting; it is what the PDF embeds.
 */
#pragma once

#include "core/base/buf.h"

struct ttf_table {
	const uint8_t *p;
	size_t len;
};

struct ttf {
	struct ttf_table head, hhea, hmtx, maxp, loca, glyf, os2, cmap;
	struct ttf_table high; /* characters beyond the basic plane */
	uint16_t units, glyphs, metrics;
	int16_t ascent, descent; /* units */
	bool long_loca;
};

/* OCTETS stay the caller's and must outlive F. Of a collection, the first
 * font. CORRUPT when a table is missing or too short. */
MUST_USE enum err ttf_open(struct ttf *f, const void *octets, size_t len);

/* From here on: no character, but the glyph with the number that is left. */
enum { TTF_GLYPH = 0x110000 };

/* The glyph of a character, 0 when the font has none. */
uint16_t ttf_glyph(const struct ttf *f, uint32_t cp);

/* The advance width of a glyph in thousandths of the type size. */
int ttf_advance(const struct ttf *f, uint16_t glyph);

/* The box around a glyph's ink, in thousandths; false when it has none. */
struct ttf_ink {
	int left, bottom, right, top;
};

bool ttf_ink(const struct ttf *f, uint16_t glyph, struct ttf_ink *out);

/* Where a glyph's outline lies; empty when it has none, or there is no such. */
struct ttf_table ttf_outline(const struct ttf *f, uint16_t glyph);

enum {
	TTF_HIGH_CODE = 0xe000, /* private use, of which nothing is shown */
	TTF_HIGH_MAX = 1000,
	TTF_NO_ROOM = 0x25a1
};

/*
 * The characters a document shows in one font, as codes of 16 bits, since a
 * PDF by libharu knows no longer ones: a character of the basic plane is its
 * own code, the I-th one beyond it has TTF_HIGH_CODE + I.
 */
struct ttf_used {
	uint8_t bit[65536 / 8]; /* by code */
	uint32_t high[TTF_HIGH_MAX];
	uint32_t nhigh;
};

/* False when there is no room for one more beyond the basic plane: its code
 * is then that of a square, TTF_NO_ROOM. */
bool ttf_use(struct ttf_used *u, uint32_t cp);

/* The code of a character that was handed to ttf_use(). */
uint32_t ttf_code(const struct ttf_used *u, uint32_t cp);

static inline bool
ttf_uses(const struct ttf_used *u, uint32_t code)
{
	return code < 65536 && (u->bit[code / 8] >> code % 8 & 1) != 0;
}

/* Writes a font called NAME (ASCII, no blanks) holding the characters of U. */
MUST_USE enum err ttf_subset(const struct ttf *f, const struct ttf_used *u,
    const char *name, struct buf *out);
