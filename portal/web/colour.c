#include "portal/web/colour.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#define ENOUGH 4.6 /* of 4.5: what is written has 8 bits */

static const struct rgb white = {{1, 1, 1}}, black = {{0, 0, 0}};
/* Of app.css, in both looks: what letters in this colour stand on. */
static const struct rgb ground = {{0.953, 0.961, 0.945}},
			sheet = {{0.090, 0.129, 0.118}},
			dark_ink = {{0.024, 0.137, 0.118}},
			ours = {{0.043, 0.373, 0.329}};

bool
colour_read(const char *text, struct rgb *out)
{
	uint8_t b[3];

	if (text[0] != '#' || strlen(text) != 7 ||
	    !text_from_hex(text + 1, b, sizeof(b)))
		return false;
	for (int i = 0; i < 3; i++)
		out->v[i] = b[i] / 255.0;
	return true;
}

static double
light(const struct rgb *c)
{
	double l[3];

	for (int i = 0; i < 3; i++)
		l[i] = c->v[i] <= 0.04045 ? c->v[i] / 12.92
					  : pow((c->v[i] + 0.055) / 1.055, 2.4);
	return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
}

double
colour_contrast(const struct rgb *a, const struct rgb *b)
{
	double x = light(a), y = light(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

/* A, with PART of B in it. */
static struct rgb
mix(const struct rgb *a, const struct rgb *b, double part)
{
	struct rgb c;

	for (int i = 0; i < 3; i++)
		c.v[i] = a->v[i] * (1 - part) + b->v[i] * part;
	return c;
}

/* C, with so much of END in it that it can be read on its own TINT, which is
 * PAPER with a little of it, and so on PAPER. */
static struct rgb
readable(const struct rgb *c, const struct rgb *end, const struct rgb *paper,
    double little, struct rgb *tint)
{
	struct rgb it = *c;

	for (int i = 0; i <= 20; i++) {
		it = mix(c, end, i / 20.0);
		*tint = mix(paper, &it, little);
		if (colour_contrast(&it, tint) >= ENOUGH &&
		    colour_contrast(&it, paper) >= ENOUGH)
			break;
	}
	return it;
}

static void
say(struct buf *out, const char *name, const struct rgb *c)
{
	buf_printf(out, "--%s:#%02x%02x%02x;", name,
	    (unsigned)lround(c->v[0] * 255), (unsigned)lround(c->v[1] * 255),
	    (unsigned)lround(c->v[2] * 255));
}

void
colour_ground(const char *colour, char out[static 7])
{
	struct rgb c = ours, tint;

	(void)colour_read(colour, &c);
	c = readable(&c, &black, &white, 0, &tint);
	(void)snprintf(out, 7, "%02x%02x%02x", (unsigned)lround(c.v[0] * 255),
	    (unsigned)lround(c.v[1] * 255), (unsigned)lround(c.v[2] * 255));
}

static void
look(struct buf *out, const struct rgb *c, const struct rgb *end,
    const struct rgb *paper, double little, const struct rgb *on)
{
	struct rgb tint, accent = readable(c, end, paper, little, &tint),
			 deep = mix(&accent, end, 0.25);

	buf_text(out, ":root{");
	say(out, "accent", &accent);
	say(out, "accent-deep", &deep);
	say(out, "on-accent", on);
	say(out, "tint", &tint);
	buf_text(out, "}");
}

bool
colour_css(const char *colour, struct buf *out)
{
	struct rgb c;

	if (!colour_read(colour, &c))
		return false;
	look(out, &c, &black, &ground, 0.08, &white);
	buf_text(out, "@media (prefers-color-scheme:dark){");
	look(out, &c, &white, &sheet, 0.12, &dark_ink);
	buf_text(out, "}\n");
	return true;
}
