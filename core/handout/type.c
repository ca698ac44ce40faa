#include "core/handout/type.h"

#include <fribidi/fribidi.h>
#include <string.h>

#include "core/base/text.h"
#include "core/handout/shape.h"

/* Characters without an appearance of their own: they steer what we decide
 * ourselves (direction, joining, breaking, colour of an emoji). */
static bool
silent(uint32_t cp)
{
	return cp == 0xad || cp == 0x61c || cp == 0x180e ||
	       (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) ||
	       (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff ||
	       (cp >= 0x1f3fb && cp <= 0x1f3ff) ||
	       (cp >= 0xe0000 && cp <= 0xe0fff);
}

/* What the bidi algorithm may be told: its isolates and marks cannot change
 * the order inside a word. */
static bool
steers(uint32_t cp)
{
	return cp == 0x200e || cp == 0x200f || cp == 0x61c ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

static uint32_t
shown(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa1) || cp == 0x2028 ||
	    cp == 0x2029)
		return ' ';
	return cp;
}

static bool
has(const struct type_faces *faces, enum type_face f, uint32_t cp)
{
	return faces->there[f] && ttf_glyph(&faces->f[f], cp) != 0;
}

/* The first font of the style that has the character; FACE_COUNT: none. The
 * pictures of a name come from one font; what a private-use character looks
 * like, nobody has agreed on. */
static enum type_face
face_of(const struct type_faces *faces, enum type_style style, uint32_t cp)
{
	enum { PLAIN = FACE_SCRIPTS };
	static const enum type_face order[3][PLAIN] = {
	    [TYPE_TEXT] = {FACE_TEXT, FACE_WIDE, FACE_EMOJI, FACE_COUNT},
	    [TYPE_BOLD] = {FACE_BOLD, FACE_TEXT, FACE_WIDE, FACE_EMOJI,
		FACE_COUNT},
	    [TYPE_CODE] = {FACE_CODE, FACE_BOLD, FACE_TEXT, FACE_WIDE,
		FACE_EMOJI},
	};

	if (cp >= 0xe000 && cp <= 0xf8ff)
		return FACE_COUNT;
	if (cp >= 0x1f000 && has(faces, FACE_EMOJI, cp))
		return FACE_EMOJI;
	for (size_t i = 0; i < PLAIN && order[style][i] != FACE_COUNT; i++)
		if (has(faces, order[style][i], cp))
			return order[style][i];
	return shape_script(faces, cp);
}

/* Where mark I goes: the middle of it over or under the middle of its letter,
 * clear of the ink that is there, which it adds to. */
static void
put_mark(const struct type_faces *faces, struct type_line *l, size_t i,
    struct ttf_ink *base, int advance)
{
	const struct ttf *f = &faces->f[l->face[i]];
	struct ttf_ink m;
	int gap = 50, dy = 0;

	if (!ttf_ink(f, ttf_glyph(f, l->c[i]), &m))
		return;
	if (m.bottom > 300 && m.bottom < base->top + gap)
		dy = base->top + gap - m.bottom;
	else if (m.top < 150 && m.top > base->bottom - gap)
		dy = base->bottom - gap - m.top;
	l->dx[i] = (int16_t)((base->left + base->right - m.left - m.right) / 2 -
			     advance);
	l->dy[i] = (int16_t)dy;
	if (m.top + dy > base->top)
		base->top = m.top + dy;
	if (m.bottom + dy < base->bottom)
		base->bottom = m.bottom + dy;
}

static void
put_marks(const struct type_faces *faces, struct type_line *l)
{
	struct ttf_ink base = {0};
	int advance = 0;
	bool any = false;

	for (size_t i = 0; i < l->n; i++)
		any |= l->mark[i];
	for (size_t i = 0; any && i < l->n; i++) {
		const struct ttf *f = &faces->f[l->face[i]];

		if (i > 0 && l->mark[i]) {
			put_mark(faces, l, i, &base, advance);
			continue;
		}
		advance = type_width(faces, l, i);
		if (!ttf_ink(f, ttf_glyph(f, l->c[i]), &base))
			base = (struct ttf_ink){.right = advance};
	}
}

int
type_width(const struct type_faces *faces, const struct type_line *l, size_t i)
{
	const struct ttf *f = &faces->f[l->face[i]];

	if (l->c[i] >= TTF_GLYPH)
		return l->advance[i];
	return l->mark[i] ? 0 : ttf_advance(f, ttf_glyph(f, l->c[i]));
}

size_t
type_said(const struct type_line *l, size_t from, size_t to, const uint32_t **t)
{
	size_t first = l->from[from], end = l->ntext;

	*t = l->text + first;
	if (from > 0 && l->from[from - 1] == first) { /* said before */
		while (from < to && l->from[from] == first)
			from++;
		if (from == to)
			return 0;
		*t = l->text + (first = l->from[from]);
	}
	for (size_t i = to; i < l->n && end == l->ntext; i++)
		if (l->from[i] != l->from[to - 1])
			end = l->from[i];
	return end - first;
}

/* Character AT of the text, by itself. */
static void
add(const struct type_faces *faces, enum type_style style, size_t at,
    struct type_line *out)
{
	uint32_t cp = out->text[at];
	enum type_face f = face_of(faces, style, cp);
	size_t i = out->n;

	if (silent(cp) || i == TYPE_LINE_MAX) /* also what ligatures leave */
		return;
	if (f == FACE_COUNT) {
		out->missing++;
		cp = TYPE_MISSING;
		if ((f = face_of(faces, style, cp)) == FACE_COUNT)
			return;
	}
	out->c[i] = cp;
	out->face[i] = (uint8_t)f;
	out->dx[i] = out->dy[i] = 0;
	out->mark[i] = i > 0 && shape_mark(cp);
	out->from[i] = (uint16_t)at;
	out->n++;
	out->width += type_width(faces, out, i);
}

/* How many from AT on are shaped by FACE together. */
static size_t
together(const struct type_faces *faces, const struct type_line *l, size_t at,
    enum type_face face)
{
	size_t i = at + 1;

	while (i < l->ntext &&
	       (shape_joins(l->text[i]) || shape_of(faces, l->text[i]) == face))
		i++;
	return i - at;
}

static void
add_glyph(enum type_face face, size_t at, const struct shape_glyph *g,
    struct type_line *out)
{
	size_t i = out->n++;

	out->c[i] = TTF_GLYPH + g->glyph;
	out->face[i] = (uint8_t)face;
	out->dx[i] = g->dx;
	out->dy[i] = g->dy;
	out->advance[i] = g->advance;
	out->mark[i] = false;
	out->from[i] = (uint16_t)(at + g->from);
	out->width += g->advance;
}

/* Those from AT on that belong together, as glyphs or, where there is no room
 * for these, as they are written; how many characters that were. */
static size_t
add_some(const struct type_faces *faces, enum type_style style, size_t at,
    struct type_line *out)
{
	enum type_face face = shape_of(faces, out->text[at]);
	size_t chars = face == FACE_COUNT ? 1 : together(faces, out, at, face);
	struct shape_glyph g[TYPE_LINE_MAX];
	size_t n = 0;
	enum err e = ERR_TOO_BIG;

	if (face != FACE_COUNT)
		e = shape_run(faces, face, out->text + at, chars, g,
		    TYPE_LINE_MAX - out->n, &n);
	if (e == ERR_NO_MEMORY)
		out->err = e;
	for (size_t i = 0; i < n; i++)
		add_glyph(face, at, &g[i], out);
	for (size_t i = 0; e == ERR_TOO_BIG && i < chars; i++)
		add(faces, style, at + i, out);
	return chars;
}

/* Decodes into CPS, moving *T; true when some character may run right to
 * left. */
static bool
decode(const char **t, const char *end, uint32_t *cps, size_t *n)
{
	bool rtl = false;

	*n = 0;
	while (*t < end && *n < TYPE_LINE_MAX - 1) {
		uint32_t cp = text_next(t);

		if (cp == 0)
			break;
		if (silent(cp) && !steers(cp) &&
		    (!shape_joins(cp) || *n == 0 || !shape_wants(cps[*n - 1])))
			continue;
		cps[(*n)++] = shown(cp);
		rtl |= (cp >= 0x590 && cp < 0x900) ||
		       (cp >= 0xfb1d && cp < 0xff00) || cp >= 0x10800;
	}
	return rtl;
}

/* Reorders and joins; false when the library has no memory. */
static bool
visual(uint32_t *cps, size_t n, enum type_way way)
{
	static const FriBidiParType base[] = {[TYPE_AUTO] = FRIBIDI_PAR_ON,
	    [TYPE_LTR] = FRIBIDI_PAR_LTR,
	    [TYPE_RTL] = FRIBIDI_PAR_RTL};
	FriBidiParType dir = base[way];
	uint32_t out[TYPE_LINE_MAX];

	if (!fribidi_log2vis(
		cps, (FriBidiStrIndex)n, &dir, out, NULL, NULL, NULL))
		return false;
	memcpy(cps, out, n * sizeof(*cps));
	return true;
}

void
type_set(const struct type_faces *faces, enum type_style style,
    enum type_way way, const char *t, size_t len, bool cut,
    struct type_line *out)
{
	uint32_t *cps = out->text;
	bool rtl;
	size_t n;

	out->err = ERR_OK;
	out->n = out->missing = 0;
	out->width = 0;
	out->bold = style != TYPE_TEXT;
	rtl = decode(&t, t + len, cps, &n);
	while (n > 0 && cps[n - 1] == ' ')
		n--;
	if (cut && n < TYPE_LINE_MAX)
		cps[n++] = TYPE_ELLIPSIS;
	if (n > 0 && (rtl || way == TYPE_RTL) && !visual(cps, n, way))
		out->err = ERR_NO_MEMORY;
	out->ntext = n;
	for (size_t i = 0; i < n;)
		i += add_some(faces, style, i, out);
	put_marks(faces, out);
}

void
type_lost(
    const struct type_faces *faces, const char *t, type_lost_fn *each, void *of)
{
	const char *end = t + strlen(t);
	uint32_t cps[TYPE_LINE_MAX];
	size_t n;

	while (t < end) {
		if (decode(&t, end, cps, &n) && n > 0)
			(void)visual(cps, n, TYPE_AUTO);
		for (size_t i = 0; i < n; i++)
			if (!silent(cps[i]) &&
			    face_of(faces, TYPE_TEXT, cps[i]) == FACE_COUNT)
				each(of, cps[i]);
	}
}

enum type_way
type_way(const char *t)
{
	int isolates = 0;

	for (uint32_t cp; (cp = text_next(&t)) != 0;) {
		FriBidiCharType type = fribidi_get_bidi_type(cp);

		if (FRIBIDI_IS_ISOLATE(type))
			isolates +=
			    type != FRIBIDI_TYPE_PDI ? 1 : -(isolates > 0);
		else if (isolates == 0 && FRIBIDI_IS_STRONG(type))
			return FRIBIDI_IS_RTL(type) ? TYPE_RTL : TYPE_LTR;
	}
	return TYPE_AUTO;
}

int
type_advance(const struct type_faces *faces, enum type_style style, uint32_t cp)
{
	enum type_face f;

	if (silent(cp) || shape_mark(cp))
		return 0;
	cp = shown(cp);
	if ((f = face_of(faces, style, cp)) == FACE_COUNT &&
	    (f = face_of(faces, style, cp = TYPE_MISSING)) == FACE_COUNT)
		return 0;
	return ttf_advance(&faces->f[f], ttf_glyph(&faces->f[f], cp));
}
