#include "core/handout/outline.h"

#include "core/handout/ttf_octets.h"

enum {
	STEPS = 5, /* lines for a curve */
	/* flags of a point: OpenType glyf */
	ON_CURVE = 0x1,
	SHORT_X = 0x2,
	SHORT_Y = 0x4,
	REPEAT = 0x8,
	SAME_X = 0x10, /* or positive, when short */
	SAME_Y = 0x20
};

struct point {
	float x, y;
	bool on;
};

/* X = a x + c y + e, Y = b x + d y + f */
struct matrix {
	float a, b, c, d, e, f;
};

static int
signed_word(struct reader *in)
{
	return (int16_t)reader_be16(in);
}

static void
line(struct outline *o, struct point a, struct point b)
{
	struct outline_edge *more;

	if (o->err != ERR_OK || a.y == b.y)
		return;
	if (o->n == OUTLINE_EDGES_MAX) {
		o->err = ERR_TOO_BIG;
		return;
	}
	if (o->n == o->cap) {
		o->cap = o->cap > 0 ? 2 * o->cap : 256;
		more = realloc(o->e, o->cap * sizeof(*more));
		if (more == NULL) {
			o->err = ERR_NO_MEMORY;
			o->cap = o->n;
			return;
		}
		o->e = more;
	}
	o->e[o->n++] = (struct outline_edge){a.x, a.y, b.x, b.y};
}

static void
curve(struct outline *o, struct point a, struct point c, struct point b)
{
	struct point from = a, to;

	for (int i = 1; i <= STEPS; i++, from = to) {
		float t = (float)i / STEPS, u = 1 - t;

		to = (struct point){
		    .x = u * u * a.x + 2 * u * t * c.x + t * t * b.x,
		    .y = u * u * a.y + 2 * u * t * c.y + t * t * b.y,
		};
		line(o, from, to);
	}
}

static struct point
middle(struct point a, struct point b)
{
	return (struct point){(a.x + b.x) / 2, (a.y + b.y) / 2, true};
}

/* One closed contour; between two points off the curve there is one on it. */
static void
contour(struct outline *o, const struct point *p, size_t n)
{
	struct point start = p[0].on       ? p[0]
			     : p[n - 1].on ? p[n - 1]
					   : middle(p[0], p[n - 1]);
	struct point at = start, off = {0};
	bool bent = false;

	for (size_t i = 0; i < n; i++) {
		if (p[i].on) {
			if (bent)
				curve(o, at, off, p[i]);
			else
				line(o, at, p[i]);
			at = p[i];
		} else if (bent) {
			curve(o, at, off, middle(off, p[i]));
			at = middle(off, p[i]);
		}
		bent = !p[i].on;
		if (bent)
			off = p[i];
	}
	if (bent)
		curve(o, at, off, start);
	else
		line(o, at, start);
}

static void
read_flags(struct reader *in, uint8_t *flags, size_t n)
{
	for (size_t i = 0; i < n && reader_ok(in);) {
		uint8_t f = reader_u8(in);
		size_t times = 1 + (f & REPEAT ? reader_u8(in) : 0);

		while (times-- > 0 && i < n)
			flags[i++] = f;
	}
}

static int
step(struct reader *in, bool is_short, bool same)
{
	int v;

	if (is_short) {
		v = reader_u8(in);
		return same ? v : -v;
	}
	return same ? 0 : signed_word(in);
}

static void
read_points(struct reader *in, const uint8_t *flags, struct point *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		v += step(in, flags[i] & SHORT_X, flags[i] & SAME_X);
		p[i].x = (float)v;
		p[i].on = flags[i] & ON_CURVE;
	}
	v = 0;
	for (size_t i = 0; i < n; i++) {
		v += step(in, flags[i] & SHORT_Y, flags[i] & SAME_Y);
		p[i].y = (float)v;
	}
}

static void
place(struct point *p, size_t n, const struct matrix *m)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (struct point){m->a * p[i].x + m->c * p[i].y + m->e,
		    m->b * p[i].x + m->d * p[i].y + m->f, p[i].on};
}

/* T: the whole glyph, whose contours end at the points numbered from its
 * tenth octet on. */
static void
simple(struct outline *o, struct ttf_table t, const struct matrix *m)
{
	size_t contours = be16(t.p), ends = 10 + 2 * contours, n, from = 0;
	struct reader in = reader_of(t.p, t.len);
	OWN(mem) struct point *p = NULL;
	OWN(mem) uint8_t *flags = NULL;

	if (contours == 0 || ends + 2 > t.len)
		return;
	n = be16(t.p + ends - 2) + 1u;
	/* the ends of the contours, and instructions */
	if (reader_take(&in, ends) == NULL ||
	    reader_take(&in, reader_be16(&in)) == NULL)
		return;
	p = calloc(n, sizeof(*p));
	flags = calloc(n, 1);
	if (p == NULL || flags == NULL) {
		o->err = ERR_NO_MEMORY;
		return;
	}
	read_flags(&in, flags, n);
	read_points(&in, flags, p, n);
	if (!reader_ok(&in))
		return;
	place(p, n, m);
	for (size_t i = 0; i < contours; i++) {
		size_t end = be16(t.p + 10 + 2 * i) + 1u;

		if (end <= from || end > n)
			return;
		contour(o, p + from, end - from);
		from = end;
	}
}

static float
scale(struct reader *in)
{
	return (float)signed_word(in) / 16384;
}

/* The matrix of a component, within that of what it is part of. */
static struct matrix
component(struct reader *in, uint32_t flags, const struct matrix *m)
{
	bool words = flags & TTF_ARGS_ARE_WORDS;
	float x = (float)(words ? signed_word(in) : (int8_t)reader_u8(in));
	float y = (float)(words ? signed_word(in) : (int8_t)reader_u8(in));
	struct matrix k = {.a = 1, .d = 1};

	if (flags & TTF_A_SCALE)
		k.a = k.d = scale(in);
	else if (flags & (TTF_X_AND_Y_SCALE | TTF_TWO_BY_TWO)) {
		k.a = scale(in);
		if (flags & TTF_TWO_BY_TWO) {
			k.b = scale(in);
			k.c = scale(in);
		}
		k.d = scale(in);
	}
	if (!(flags &
		TTF_ARGS_ARE_XY)) /* two points that meet: in no font here */
		x = y = 0;
	return (struct matrix){
	    .a = m->a * k.a + m->c * k.b,
	    .b = m->b * k.a + m->d * k.b,
	    .c = m->a * k.c + m->c * k.d,
	    .d = m->b * k.c + m->d * k.d,
	    .e = m->a * x + m->c * y + m->e,
	    .f = m->b * x + m->d * y + m->f,
	};
}

static void
glyph_at(struct outline *o, const struct ttf *f, uint16_t glyph,
    const struct matrix *m, int depth)
{
	struct ttf_table t = ttf_outline(f, glyph);
	struct reader in;
	uint32_t flags = TTF_MORE;

	if (t.len < 12 || depth > OUTLINE_DEPTH_MAX)
		return;
	if ((int16_t)be16(t.p) >= 0) {
		simple(o, t, m);
		return;
	}
	in = reader_of(t.p + 10, t.len - 10);
	while ((flags & TTF_MORE) && reader_ok(&in) && o->err == ERR_OK &&
	       o->parts++ < OUTLINE_PARTS_MAX) {
		struct matrix part;
		uint16_t g;

		flags = reader_be16(&in);
		g = reader_be16(&in);
		part = component(&in, flags, m);
		if (reader_ok(&in))
			glyph_at(o, f, g, &part, depth + 1);
	}
}

void
outline_add(struct outline *o, const struct ttf *f, uint16_t glyph)
{
	float k = 1000.0f / f->units;
	struct matrix m = {.a = k, .d = k};

	glyph_at(o, f, glyph, &m, 0);
}
