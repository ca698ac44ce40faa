#include "core/handout/shape.h"

#include <fribidi/fribidi.h>
#include <harfbuzz/hb.h>

static const struct {
	uint32_t from, to;
} letters[] = {
#define X(script, first, last, font) {first, last},
    TYPE_SCRIPTS(X)
#undef X
};

/* The face of the script that CP is of; FACE_COUNT: none of these. */
static enum type_face
script(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (cp >= letters[i].from && cp <= letters[i].to)
			return (enum type_face)(FACE_SCRIPTS + i);
	return FACE_COUNT;
}

bool
shape_face(
    struct type_faces *faces, enum type_face face, const void *p, size_t len)
{
	hb_blob_t *blob = hb_blob_create(
	    p, (unsigned)len, HB_MEMORY_MODE_READONLY, NULL, NULL);
	hb_face_t *f = hb_face_create(blob, 0);
	hb_font_t *font = hb_font_create(f);

	hb_font_set_scale(font, 1000, 1000);
	hb_font_make_immutable(font);
	hb_face_destroy(f);
	hb_blob_destroy(blob);
	/* without memory the library has an empty one of each */
	if (hb_face_get_glyph_count(hb_font_get_face(font)) == 0) {
		hb_font_destroy(font);
		return false;
	}
	faces->shaper[face] = font;
	return true;
}

bool
shape_mark(uint32_t cp)
{
	return cp >= 0x300 && fribidi_get_bidi_type(cp) == FRIBIDI_TYPE_NSM;
}

bool
shape_joins(uint32_t cp)
{
	return cp == 0x200c || cp == 0x200d;
}

bool
shape_wants(uint32_t cp)
{
	return script(cp) != FACE_COUNT;
}

enum type_face
shape_script(const struct type_faces *faces, uint32_t cp)
{
	enum type_face face = script(cp);

	return face != FACE_COUNT && faces->there[face] &&
		       ttf_glyph(&faces->f[face], cp) != 0
		   ? face
		   : FACE_COUNT;
}

enum type_face
shape_of(const struct type_faces *faces, uint32_t cp)
{
	enum type_face face = shape_script(faces, cp);

	return face != FACE_COUNT && faces->shaper[face] ? face : FACE_COUNT;
}

static int16_t
small(int v)
{
	return (int16_t)(v > INT16_MAX   ? INT16_MAX
			 : v < INT16_MIN ? INT16_MIN
					 : v);
}

static enum err
take(hb_buffer_t *b, struct shape_glyph *out, size_t most, size_t *n)
{
	unsigned count = 0;
	const hb_glyph_info_t *g = hb_buffer_get_glyph_infos(b, &count);
	const hb_glyph_position_t *p = hb_buffer_get_glyph_positions(b, &count);

	if (count > most)
		return ERR_TOO_BIG;
	for (unsigned i = 0; i < count; i++)
		out[i] = (struct shape_glyph){.glyph = (uint16_t)g[i].codepoint,
		    .from = (uint16_t)g[i].cluster,
		    .advance = small(p[i].x_advance),
		    .dx = small(p[i].x_offset),
		    .dy = small(p[i].y_offset)};
	*n = count;
	return ERR_OK;
}

enum err
shape_run(const struct type_faces *faces, enum type_face face,
    const uint32_t *c, size_t n, struct shape_glyph *out, size_t most,
    size_t *glyphs)
{
	hb_buffer_t *b = hb_buffer_create();
	enum err e = ERR_NO_MEMORY;

	*glyphs = 0;
	hb_buffer_set_language(b, hb_language_from_string("und", -1));
	hb_buffer_add_codepoints(b, c, (int)n, 0, (int)n);
	hb_buffer_guess_segment_properties(b);
	hb_buffer_set_direction(b, HB_DIRECTION_LTR);
	if (hb_buffer_allocation_successful(b) &&
	    hb_shape_full(faces->shaper[face], b, NULL, 0, NULL) &&
	    hb_buffer_allocation_successful(b))
		e = take(b, out, most, glyphs);
	hb_buffer_destroy(b);
	return e;
}
