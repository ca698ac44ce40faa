/* A small font made from a large one. */
#include <string.h>

#include "core/handout/ttf.h"
#include "core/handout/ttf_octets.h"

enum { GLYPHS_MAX = 65535, SUBSET_MAX = 16 << 20 };

/* The glyphs that are kept: new number -> old number, and back. */
struct kept {
	size_t n;
	uint16_t old[GLYPHS_MAX];
	uint16_t fresh[GLYPHS_MAX + 1]; /* 0: not kept (glyph 0 always is) */
};

static inline void
kept_own(struct kept **k)
{
	free(*k);
}

static void
keep(struct kept *k, const struct ttf *f, uint16_t glyph)
{
	if (glyph == 0 || glyph >= f->glyphs || k->fresh[glyph] != 0)
		return;
	k->fresh[glyph] = (uint16_t)k->n;
	k->old[k->n++] = glyph;
}

static bool
composite(struct ttf_table o)
{
	return o.len >= 10 && (int16_t)be16(o.p) < 0;
}

/* The octets of the component at AT, 0 when they are cut short. */
static size_t
component(struct ttf_table o, size_t at)
{
	uint16_t flags;
	size_t n = 4;

	if (at + 4 > o.len)
		return 0;
	flags = be16(o.p + at);
	n += flags & TTF_ARGS_ARE_WORDS ? 4 : 2;
	n += flags & TTF_A_SCALE         ? 2
	     : flags & TTF_X_AND_Y_SCALE ? 4
	     : flags & TTF_TWO_BY_TWO    ? 8
					 : 0;
	return at + n <= o.len ? n : 0;
}

/* Keeps what the glyphs are made of; the list grows while it is walked. */
static void
keep_components(struct kept *k, const struct ttf *f)
{
	for (size_t i = 0; i < k->n; i++) {
		struct ttf_table o = ttf_outline(f, k->old[i]);
		size_t at = 10, n;

		if (!composite(o))
			continue;
		do {
			if ((n = component(o, at)) == 0)
				break;
			keep(k, f, be16(o.p + at + 2));
			at += n;
		} while (be16(o.p + at - n) & TTF_MORE);
	}
}

static bool
note(struct ttf_used *u, uint32_t code)
{
	u->bit[code / 8] |= (uint8_t)(1u << code % 8);
	return true;
}

bool
ttf_use(struct ttf_used *u, uint32_t cp)
{
	if (cp < 65536)
		return note(u, cp);
	for (uint32_t i = 0; i < u->nhigh; i++)
		if (u->high[i] == cp)
			return true;
	if (u->nhigh == TTF_HIGH_MAX)
		return !note(u, TTF_NO_ROOM);
	u->high[u->nhigh] = cp;
	return note(u, TTF_HIGH_CODE + u->nhigh++);
}

uint32_t
ttf_code(const struct ttf_used *u, uint32_t cp)
{
	if (cp < 65536)
		return cp;
	for (uint32_t i = 0; i < u->nhigh; i++)
		if (u->high[i] == cp)
			return TTF_HIGH_CODE + i;
	return TTF_NO_ROOM;
}

/* The glyph that CODE stands for in the document. */
static uint16_t
coded(const struct ttf *f, const struct ttf_used *u, uint32_t code)
{
	if (code >= TTF_HIGH_CODE && code < TTF_HIGH_CODE + u->nhigh)
		return ttf_glyph(f, u->high[code - TTF_HIGH_CODE]);
	return ttf_glyph(f, code);
}

static void
keep_characters(struct kept *k, const struct ttf *f, const struct ttf_used *u)
{
	k->n = 1;
	for (size_t i = 0; i < sizeof(u->bit); i++)
		for (uint32_t cp = (uint32_t)i * 8; u->bit[i] && cp < i * 8 + 8;
		     cp++)
			if (ttf_uses(u, cp))
				keep(k, f, coded(f, u, cp));
	keep_components(k, f);
}

/* A composite with the new numbers of its parts and without instructions. */
static void
put_composite(const struct kept *k, struct ttf_table o, struct buf *out)
{
	size_t at = 10, n;
	uint16_t flags;

	buf_add(out, o.p, 10);
	do {
		if ((n = component(o, at)) == 0) {
			out->err = out->err ? out->err : ERR_CORRUPT;
			return;
		}
		flags = be16(o.p + at);
		put16(out, flags & ~(uint32_t)TTF_INSTRUCTIONS);
		put16(out, k->fresh[be16(o.p + at + 2)]);
		buf_add(out, o.p + at + 4, n - 4);
		at += n;
	} while (flags & TTF_MORE);
}

/* A simple outline without its instructions. */
static void
put_simple(struct ttf_table o, struct buf *out)
{
	size_t ends = 10 + 2u * be16(o.p), skip;

	if (ends + 2 > o.len) {
		out->err = out->err ? out->err : ERR_CORRUPT;
		return;
	}
	skip = be16(o.p + ends);
	if (skip > o.len - ends - 2) {
		out->err = out->err ? out->err : ERR_CORRUPT;
		return;
	}
	buf_add(out, o.p, ends);
	put16(out, 0);
	buf_add(out, o.p + ends + 2 + skip, o.len - ends - 2 - skip);
}

static void
align(struct buf *b)
{
	while (b->len % 4 != 0 && b->err == ERR_OK)
		buf_char(b, '\0');
}

static void
put_glyphs(const struct kept *k, const struct ttf *f, struct buf *glyf,
    struct buf *loca)
{
	for (size_t i = 0; i < k->n; i++) {
		struct ttf_table o = ttf_outline(f, k->old[i]);

		put32(loca, (uint32_t)glyf->len);
		if (composite(o))
			put_composite(k, o, glyf);
		else if (o.len > 0 && be16(o.p) > 0)
			put_simple(o, glyf);
		align(glyf);
	}
	put32(loca, (uint32_t)glyf->len);
}

/* A width of nothing becomes a thousandth: libharu does not show a text that
 * has no width, and the marks on letters are such. */
static void
put_metrics(const struct kept *k, const struct ttf *f, struct buf *hmtx)
{
	for (size_t i = 0; i < k->n; i++) {
		size_t g = k->old[i], last = f->metrics - 1u;
		uint32_t w = be16(f->hmtx.p + 4 * (g < last ? g : last));
		const uint8_t *bearing =
		    g < f->metrics
			? f->hmtx.p + 4 * g + 2
			: f->hmtx.p + 4u * f->metrics + 2 * (g - f->metrics);

		put16(hmtx, w > 0 ? w : f->units / 1000u + 1);
		buf_add(hmtx, bearing, 2);
	}
}

/* The next stretch of used characters from *FROM that may share a segment:
 * holes of up to 32 are cheaper than segments. */
static bool
stretch(const struct ttf_used *u, uint32_t *from, uint32_t *to)
{
	uint32_t cp = *from;

	while (cp < 0xffff && !ttf_uses(u, cp))
		cp += cp % 8 == 0 && u->bit[cp / 8] == 0 ? 8 : 1;
	if (cp >= 0xffff)
		return false;
	*from = *to = cp;
	for (cp++; cp < 0xffff && cp <= *to + 32; cp++)
		if (ttf_uses(u, cp))
			*to = cp;
	return true;
}

struct segments {
	struct buf end, start, range, ids;
	size_t n;
};

static inline void
segments_own(struct segments *s)
{
	buf_own(&s->end);
	buf_own(&s->start);
	buf_own(&s->range);
	buf_own(&s->ids);
}

static enum err
put_segments(const struct kept *k, const struct ttf *f,
    const struct ttf_used *u, struct segments *s)
{
	size_t total = 0, i = 0;

	for (uint32_t a = 0, b; stretch(u, &a, &b); a = b + 1)
		total++;
	for (uint32_t a = 0, b; stretch(u, &a, &b); a = b + 1, i++) {
		put16(&s->end, b);
		put16(&s->start, a);
		/* from this entry to the identifiers behind the last one */
		put16(&s->range, (uint32_t)(2 * (total + 1 - i) + s->ids.len));
		for (uint32_t cp = a; cp <= b; cp++)
			put16(&s->ids,
			    ttf_uses(u, cp) ? k->fresh[coded(f, u, cp)] : 0);
	}
	put16(&s->end, 0xffff);
	put16(&s->start, 0xffff);
	put16(&s->range, 0);
	s->n = total + 1;
	if (16 + 8 * s->n + s->ids.len > 0xffff)
		return ERR_TOO_BIG;
	return s->end.err ? s->end.err : s->ids.err;
}

static enum err
put_cmap(const struct kept *k, const struct ttf *f, const struct ttf_used *u,
    struct buf *out)
{
	OWN(segments)
	struct segments s = {.end = BUF(1 << 17),
	    .start = BUF(1 << 17),
	    .range = BUF(1 << 17),
	    .ids = BUF(1 << 18)};
	enum err e;

	if ((e = put_segments(k, f, u, &s)))
		return e;
	put32(out, 1); /* version 0, one table: Windows, Unicode */
	put32(out, 3u << 16 | 1);
	put32(out, 12);
	put16(out, 4);
	put16(out, (uint32_t)(16 + 8 * s.n + s.ids.len));
	put16(out, 0);
	put16(out, (uint32_t)(2 * s.n));
	put32(out, 0); /* search hints that nobody may rely on */
	put16(out, 0);
	buf_add(out, s.end.p, s.end.len);
	put16(out, 0);
	buf_add(out, s.start.p, s.start.len);
	for (size_t i = 0; i + 1 < s.n; i++)
		put16(out, 0);
	put16(out, 1);
	buf_add(out, s.range.p, s.range.len);
	if (s.ids.len > 0)
		buf_add(out, s.ids.p, s.ids.len);
	return out->err;
}

/* Family and style, for Windows in English: what a reader of fonts asks. */
static void
put_name(const char *name, struct buf *out)
{
	static const char style[] = "Regular";
	size_t n = strlen(name), m = sizeof(style) - 1;

	put16(out, 0);
	put16(out, 3);
	put16(out, 6 + 3 * 12);
	for (uint32_t id = 1; id <= 6; id += id == 1 ? 1 : 4) {
		put32(out, 3u << 16 | 1);
		put16(out, 0x409);
		put16(out, id);
		put16(out, (uint32_t)(2 * (id == 2 ? m : n)));
		put16(out, (uint32_t)(id == 2 ? 2 * n : 0));
	}
	for (size_t i = 0; i < n; i++)
		put16(out, (uint8_t)name[i]);
	for (size_t i = 0; i < m; i++)
		put16(out, (uint8_t)style[i]);
}

static void
put_copy(struct buf *out, struct ttf_table t, size_t at, uint32_t value)
{
	uint8_t v[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	buf_add(out, t.p, at);
	buf_add(out, v, 2);
	buf_add(out, t.p + at + 2, t.len - at - 2);
}

enum { PIECES = 13 };

struct pieces {
	struct buf b[PIECES];
};

static inline void
pieces_own(struct pieces *p)
{
	for (size_t i = 0; i < PIECES; i++)
		buf_own(&p->b[i]);
}

/* Sorted, as the directory wants them. */
static const char piece_tag[PIECES][5] = {"OS/2", "cmap", "cvt ", "fpgm",
    "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post", "prep"};

static enum err
fill(struct pieces *p, const struct kept *k, const struct ttf *f,
    const struct ttf_used *u, const char *name)
{
	/* programs that do nothing: some readers want the tables to be there */
	static const uint8_t fpgm[] = {0xb0, 0, 0x2c, 0x2d};
	static const uint8_t prep[] = {0xb8, 1, 0xff, 0x85};
	struct buf *b = p->b;
	enum err e;

	buf_add(&b[0], f->os2.p, f->os2.len);
	if ((e = put_cmap(k, f, u, &b[1])))
		return e;
	put32(&b[2], 0);
	buf_add(&b[3], fpgm, sizeof(fpgm));
	put_glyphs(k, f, &b[4], &b[8]);
	put_copy(&b[5], f->head, 50, 1);
	put_copy(&b[6], f->hhea, 34, (uint32_t)k->n);
	put_metrics(k, f, &b[7]);
	put_copy(&b[9], f->maxp, 4, (uint32_t)k->n);
	put_name(name, &b[10]);
	put32(&b[11], 0x30000); /* no names of glyphs */
	for (int i = 0; i < 7; i++)
		put32(&b[11], 0);
	buf_add(&b[12], prep, sizeof(prep));
	for (size_t i = 0; i < PIECES; i++)
		if (b[i].err)
			return b[i].err;
	return ERR_OK;
}

static uint32_t
sum(struct buf *b)
{
	uint32_t s = 0;

	align(b);
	for (size_t i = 0; i + 4 <= b->len; i += 4)
		s += be32((const uint8_t *)b->p + i);
	return s;
}

static enum err
assemble(struct pieces *p, struct buf *out)
{
	uint32_t at = 12 + 16 * PIECES;

	put32(out, 0x10000);
	put16(out, PIECES);
	put16(out, 128); /* 8 * 16, log2 8, (13 - 8) * 16 */
	put16(out, 3);
	put16(out, 80);
	for (size_t i = 0; i < PIECES; i++) {
		uint32_t len = (uint32_t)p->b[i].len;

		buf_add(out, piece_tag[i], 4);
		put32(out, sum(&p->b[i]));
		put32(out, at);
		put32(out, len);
		at += (uint32_t)p->b[i].len;
	}
	for (size_t i = 0; i < PIECES; i++)
		buf_add(out, p->b[i].p, p->b[i].len);
	return out->err;
}

enum err
ttf_subset(const struct ttf *f, const struct ttf_used *u, const char *name,
    struct buf *out)
{
	OWN(kept) struct kept *k = calloc(1, sizeof(*k));
	OWN(pieces) struct pieces p = {0};
	enum err e;

	if (k == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < PIECES; i++)
		p.b[i] = BUF(SUBSET_MAX);
	keep_characters(k, f, u);
	if ((e = fill(&p, k, f, u, name)))
		return e;
	return assemble(&p, out);
}
