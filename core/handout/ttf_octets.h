/*
 * ttf_octets.h - the numbers of a font file: big-endian, in place
 *
 * For octets whose length has been checked.
 */
#pragma once

#include "core/base/buf.h"

/* Flags of a component, of which a glyph may be composed: OpenType glyf. */
enum {
	TTF_ARGS_ARE_WORDS = 0x1,
	TTF_ARGS_ARE_XY = 0x2,
	TTF_A_SCALE = 0x8,
	TTF_MORE = 0x20,
	TTF_X_AND_Y_SCALE = 0x40,
	TTF_TWO_BY_TWO = 0x80,
	TTF_INSTRUCTIONS = 0x100
};

static inline uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static inline void
put16(struct buf *b, uint32_t v)
{
	uint8_t o[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	buf_add(b, o, sizeof(o));
}

static inline void
put32(struct buf *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v);
}
