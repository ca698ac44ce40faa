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
	uint16_t units, glyphs, metrics;
	int16_t ascent, descent; /* units */
	bool long_loca;
};

/* OCTETS stay the caller's and must outlive F. Of a collection, the first
 * font. CORRUPT when a table is missing or too short. */
MUST_USE enum err ttf_open(struct ttf *f, const void *octets, size_t len);

/* The glyph of a character of the basic plane, 0 when the font has none. */
uint16_t ttf_glyph(const struct ttf *f, uint32_t cp);

/* The advance width of a glyph in thousandths of the type size. */
int ttf_advance(const struct ttf *f, uint16_t glyph);

/* The box around a glyph's ink, in thousandths; false when it has none. */
struct ttf_ink {
	int left, bottom, right, top;
};

bool ttf_ink(const struct ttf *f, uint16_t glyph, struct ttf_ink *out);

/* Where a glyph's outline lies; empty when it has none. */
struct ttf_table ttf_outline(const struct ttf *f, uint16_t glyph);

/* The characters a document shows in one font. */
struct ttf_used {
	uint8_t bit[65536 / 8];
};

static inline void
ttf_use(struct ttf_used *u, uint32_t cp)
{
	if (cp < 65536)
		u->bit[cp / 8] |= (uint8_t)(1u << cp % 8);
}

static inline bool
ttf_uses(const struct ttf_used *u, uint32_t cp)
{
	return cp < 65536 && (u->bit[cp / 8] >> cp % 8 & 1) != 0;
}

/* Writes a font called NAME (ASCII, no blanks) holding the characters of U. */
MUST_USE enum err ttf_subset(const struct ttf *f, const struct ttf_used *u,
    const char *name, struct buf *out);
