/* Each row of dots is looked at in four places, from left to right: how far
 * one is inside, by the winding of the outline, is ink. */
#include "core/handout/dots.h"

#include <math.h>

#include "core/handout/outline.h"

enum {
	ROWS = 4,    /* looks at a row of dots */
	WHOLE = 16,  /* ink of a dot that is all inside, at one look */
	ENOUGH = 24, /* ink that makes a dot black, of ROWS * WHOLE */
	CROSSINGS_MAX = 64
};

struct crossing {
	float x;
	int turn;
};

struct ink {
	int w, h;
	uint8_t *p;
};

/* What one look from left to right meets of a glyph. */
struct look {
	size_t n;
	struct crossing c[CROSSINGS_MAX];
};

static void
meet(struct look *l, float x, int turn)
{
	size_t at = l->n;

	if (at == CROSSINGS_MAX)
		return;
	for (; at > 0 && l->c[at - 1].x > x; at--)
		l->c[at] = l->c[at - 1];
	l->c[at] = (struct crossing){x, turn};
	l->n++;
}

/* An edge in dots, y downwards, is met by the looks between its ends. */
static void
cross(struct look *looks, int n, struct outline_edge e)
{
	int turn = e.y0 < e.y1 ? 1 : -1;
	float low = turn > 0 ? e.y0 : e.y1, high = turn > 0 ? e.y1 : e.y0;
	float slope = (e.x1 - e.x0) / (e.y1 - e.y0);
	int i = 0;

	if (!(low < (float)n))
		return;
	if (low > 0)
		i = (int)ceilf(low * ROWS - .5f);
	for (; i < n; i++) {
		float y = ((float)i + .5f) / ROWS;

		if (y >= high)
			return;
		meet(&looks[i], e.x0 + (y - e.y0) * slope, turn);
	}
}

static void
fill(struct ink *k, int row, float from, float to)
{
	uint8_t *p = k->p + (size_t)row * (size_t)k->w;
	int ink;

	from = from < 0 ? 0 : from;
	to = to > (float)k->w ? (float)k->w : to;
	if (!(from < to))
		return;
	for (int x = (int)from; (float)x < to; x++) {
		float a = from > (float)x ? from : (float)x;
		float b = to < (float)x + 1 ? to : (float)x + 1;

		ink = p[x] + (int)((b - a) * WHOLE + .5f);
		p[x] = (uint8_t)(ink < 255 ? ink : 255);
	}
}

/* One glyph with its origin at (X, BASELINE), in dots; LOOKS has room for
 * those of the whole height. */
static void
glyph(struct ink *k, struct look *looks, const struct outline *o, float x,
    float baseline, float size)
{
	int n = k->h * ROWS;

	for (int i = 0; i < n; i++)
		looks[i].n = 0;
	for (size_t i = 0; i < o->n; i++) {
		struct outline_edge e = o->e[i];

		cross(looks, n,
		    (struct outline_edge){x + e.x0 * size / 1000,
			baseline - e.y0 * size / 1000, x + e.x1 * size / 1000,
			baseline - e.y1 * size / 1000});
	}
	for (int i = 0; i < n; i++) {
		const struct look *l = &looks[i];
		int winding = 0;

		for (size_t c = 0; c + 1 < l->n; c++) {
			winding += l->c[c].turn;
			if (winding != 0)
				fill(k, i / ROWS, l->c[c].x, l->c[c + 1].x);
		}
	}
}

static enum err
draw(const struct type_faces *faces, const struct type_line *l, int size,
    float x, struct ink *k)
{
	OWN(mem)
	struct look *looks = calloc((size_t)k->h * ROWS, sizeof(*looks));
	float em = (float)size;

	if (looks == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < l->n; i++) {
		const struct ttf *f = &faces->f[l->face[i]];
		OWN(outline) struct outline o = {0};

		outline_add(&o, f, ttf_glyph(f, l->c[i]));
		if (o.err != ERR_OK)
			return o.err;
		glyph(k, looks, &o, x + l->dx[i] * em / 1000,
		    em * 1.05f - l->dy[i] * em / 1000, em);
		x += (float)type_width(faces, l, i) * em / 1000;
	}
	return ERR_OK;
}

enum err
dots_line(const struct type_faces *faces, const struct type_line *l, int size,
    bool at_right, struct dots *out)
{
	int ink = l->width * size / 1000 + 3;
	struct ink k = {.w = (ink + 7) / 8 * 8, .h = size * 3 / 2};
	OWN(mem) uint8_t *p = NULL;
	enum err e;

	if (l->err != ERR_OK)
		return l->err;
	if (k.w > DOTS_WIDE_MAX)
		k.w = DOTS_WIDE_MAX;
	if (k.h > DOTS_HIGH_MAX)
		return ERR_TOO_BIG;
	*out = (struct dots){.w = k.w, .h = k.h};
	k.p = p = calloc((size_t)k.w, (size_t)k.h);
	out->octets = calloc((size_t)k.w / 8, (size_t)k.h);
	if (p == NULL || out->octets == NULL)
		return ERR_NO_MEMORY;
	if ((e = draw(
		 faces, l, size, at_right ? (float)(k.w - ink + 1) : 1, &k)))
		return e;
	for (int i = 0; i < k.w * k.h; i++)
		if (p[i] >= ENOUGH)
			out->octets[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return ERR_OK;
}
