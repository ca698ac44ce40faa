#include "core/handout/ttf.h"

#include <string.h>

#include "core/handout/ttf_octets.h"

enum { TABLES_MAX = 64, COLLECTION = 0x74746366 };

static struct ttf_table *
slot(struct ttf *f, const uint8_t *tag)
{
	struct {
		const char *tag;
		struct ttf_table *t;
	} known[] = {{"head", &f->head}, {"hhea", &f->hhea}, {"hmtx", &f->hmtx},
	    {"maxp", &f->maxp}, {"loca", &f->loca}, {"glyf", &f->glyf},
	    {"OS/2", &f->os2}, {"cmap", &f->cmap}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (memcmp(tag, known[i].tag, 4) == 0)
			return known[i].t;
	return NULL;
}

/* Where the table directory begins; a collection names its fonts first. */
static uint32_t
directory(const uint8_t *p, size_t len)
{
	if (len >= 16 && be32(p) == COLLECTION)
		return be32(p + 12);
	return 0;
}

static enum err
tables(struct ttf *f, const uint8_t *p, size_t len)
{
	size_t at = directory(p, len), n;

	if (at > len || len - at < 12)
		return ERR_CORRUPT;
	n = be16(p + at + 4);
	if (n > TABLES_MAX || (len - at - 12) / 16 < n)
		return ERR_CORRUPT;
	for (const uint8_t *e = p + at + 12; n > 0; n--, e += 16) {
		struct ttf_table *t = slot(f, e);
		size_t from = be32(e + 8), size = be32(e + 12);

		if (t == NULL)
			continue;
		if (from > len || size > len - from)
			return ERR_CORRUPT;
		*t = (struct ttf_table){.p = p + from, .len = size};
	}
	return ERR_OK;
}

/* The Unicode table of all planes: platform 3, encoding 10, format 12; empty
 * when the font has none. Groups of three numbers: first and last character,
 * glyph of the first. */
static struct ttf_table
format12(struct ttf_table c)
{
	size_t n = c.len >= 4 ? be16(c.p + 2) : 0;

	for (size_t i = 0; i < n && 12 + 8 * i <= c.len; i++) {
		const uint8_t *e = c.p + 4 + 8 * i;
		size_t at = be32(e + 4), groups;

		if (be16(e) != 3 || be16(e + 2) != 10 || at > c.len ||
		    c.len - at < 16 || be16(c.p + at) != 12)
			continue;
		groups = be32(c.p + at + 12);
		if (groups <= (c.len - at - 16) / 12)
			return (struct ttf_table){c.p + at + 16, 12 * groups};
	}
	return (struct ttf_table){0};
}

/* The Unicode table of the basic plane: platform 3 or 0, format 4. */
static struct ttf_table
format4(struct ttf_table c)
{
	size_t n = c.len >= 4 ? be16(c.p + 2) : 0;

	for (size_t i = 0; i < n && 12 + 8 * i <= c.len; i++) {
		const uint8_t *e = c.p + 4 + 8 * i;
		size_t at = be32(e + 4), len;

		if ((be16(e) != 3 || be16(e + 2) != 1) && be16(e) != 0)
			continue;
		if (at > c.len || c.len - at < 16 || be16(c.p + at) != 4)
			continue;
		len = be16(c.p + at + 2);
		if (len < 16 || len > c.len - at)
			len = c.len - at;
		if (16 + 4 * (size_t)be16(c.p + at + 6) <= len)
			return (struct ttf_table){.p = c.p + at, .len = len};
	}
	return (struct ttf_table){0};
}

static bool
sizes_ok(const struct ttf *f)
{
	return f->units > 0 && f->glyphs > 0 && f->metrics > 0 &&
	       f->metrics <= f->glyphs &&
	       f->hmtx.len >= 4u * f->metrics + 2u * (f->glyphs - f->metrics) &&
	       f->loca.len >= (f->long_loca ? 4u : 2u) * (f->glyphs + 1u);
}

enum err
ttf_open(struct ttf *f, const void *octets, size_t len)
{
	enum err e;

	*f = (struct ttf){0};
	if ((e = tables(f, octets, len)))
		return e;
	f->high = format12(f->cmap);
	f->cmap = format4(f->cmap);
	if (f->head.len < 54 || f->hhea.len < 36 || f->maxp.len < 32 ||
	    f->os2.len < 78 || f->glyf.p == NULL || f->cmap.p == NULL)
		return ERR_CORRUPT;
	f->units = be16(f->head.p + 18);
	f->long_loca = be16(f->head.p + 50) != 0;
	f->glyphs = be16(f->maxp.p + 4);
	f->metrics = be16(f->hhea.p + 34);
	f->ascent = (int16_t)be16(f->hhea.p + 4);
	f->descent = (int16_t)be16(f->hhea.p + 6);
	return sizes_ok(f) ? ERR_OK : ERR_CORRUPT;
}

/* Finds the segment of CP by halving: their ends ascend. */
static size_t
segment(const uint8_t *ends, size_t n, uint32_t cp)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (be16(ends + 2 * mid) < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint16_t
high_glyph(const struct ttf *f, uint32_t cp)
{
	size_t lo = 0, hi = f->high.len / 12;
	const uint8_t *g;
	uint64_t glyph;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (be32(f->high.p + 12 * mid + 4) < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	g = f->high.p + 12 * lo;
	if (lo == f->high.len / 12 || be32(g) > cp)
		return 0;
	glyph = (uint64_t)be32(g + 8) + (cp - be32(g));
	return glyph < f->glyphs ? (uint16_t)glyph : 0;
}

uint16_t
ttf_glyph(const struct ttf *f, uint32_t cp)
{
	const uint8_t *c = f->cmap.p;
	size_t n = be16(c + 6) / 2u, i, at;
	uint32_t start, delta, range;
	uint16_t g;

	if (cp >= TTF_GLYPH)
		return cp - TTF_GLYPH < f->glyphs ? (uint16_t)(cp - TTF_GLYPH)
						  : 0;
	if (cp > 0xffff)
		return high_glyph(f, cp);
	if ((i = segment(c + 14, n, cp)) == n)
		return 0;
	start = be16(c + 16 + 2 * n + 2 * i);
	delta = be16(c + 16 + 4 * n + 2 * i);
	range = be16(c + 16 + 6 * n + 2 * i);
	if (start > cp)
		return 0;
	if (range == 0)
		g = (uint16_t)(cp + delta);
	else {
		at = 16 + 6 * n + 2 * i + range + 2 * (cp - start);
		if (at + 2 > f->cmap.len)
			return 0;
		g = be16(c + at);
		g = g == 0 ? 0 : (uint16_t)(g + delta);
	}
	return g < f->glyphs ? g : 0;
}

int
ttf_advance(const struct ttf *f, uint16_t glyph)
{
	uint16_t at = glyph < f->metrics ? glyph : (uint16_t)(f->metrics - 1);

	return be16(f->hmtx.p + 4u * at) * 1000 / f->units;
}

struct ttf_table
ttf_outline(const struct ttf *f, uint16_t glyph)
{
	size_t from, to;

	if (glyph >= f->glyphs)
		return (struct ttf_table){0};
	if (f->long_loca) {
		from = be32(f->loca.p + 4u * glyph);
		to = be32(f->loca.p + 4u * glyph + 4);
	} else {
		from = 2u * be16(f->loca.p + 2u * glyph);
		to = 2u * be16(f->loca.p + 2u * glyph + 2);
	}
	if (from >= to || to > f->glyf.len || to - from < 10)
		return (struct ttf_table){0};
	return (struct ttf_table){.p = f->glyf.p + from, .len = to - from};
}

bool
ttf_ink(const struct ttf *f, uint16_t glyph, struct ttf_ink *out)
{
	struct ttf_table o = ttf_outline(f, glyph);
	int v[4];

	if (o.len == 0)
		return false;
	for (size_t i = 0; i < 4; i++)
		v[i] = (int16_t)be16(o.p + 2 + 2 * i) * 1000 / f->units;
	*out = (struct ttf_ink){v[0], v[1], v[2], v[3]};
	return true;
}
