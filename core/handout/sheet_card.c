/* A card to cut out, and the same things on a receipt. */
#include <math.h>
#include <string.h>

#include "core/handout/sheet_draw.h"

/* Where small becomes too small to read: then the ellipsis has to do. */
#define LEAST_UNIT 0.62

static enum type_way
way(const struct handout *h)
{
	return words_rtl(h->language) ? TYPE_RTL : TYPE_LTR;
}

static struct flow_ink
small(double size, double grey, int lines)
{
	return (struct flow_ink){.size = size,
	    .least = size * 0.75,
	    .grey = grey,
	    .lead = 1.35,
	    .lines = lines};
}

static struct flow_ink
strong(double size, double least, int lines)
{
	return (struct flow_ink){.style = TYPE_BOLD,
	    .size = size,
	    .least = least,
	    .lead = 1.25,
	    .lines = lines};
}

static void
spaces(struct flow *f, const struct handout *h, double size, double grey)
{
	struct flow_ink ink = small(size, grey, 2);

	ink.way = way(h);
	if (sheet_spaced(h))
		flow_text(f, ink, words_text(h->language, WORD_SPACES));
}

/* Who it is for and what it is called. */
static void
whose(struct flow *f, const struct handout *h, struct flow_ink ink)
{
	OWN(buf) struct buf b = BUF(1 << 16);

	buf_text(&b, h->person);
	if (b.len > 0 && *h->key != '\0')
		buf_text(&b, " · ");
	buf_text(&b, h->key);
	flow_buf(f, ink, &b);
}

/* Beside the code; UNIT is 1, or less where there is much to say. */
static void
beside(struct flow *f, const struct handout *h, double unit)
{
	sheet_logo(f, h, 15 * unit, 3 * unit);
	if (*h->brand != '\0') {
		flow_text(f, small(7.5 * unit, 0.38, 2), h->brand);
		f->y += 2 * unit;
	}
	flow_text(f, strong(13.5 * unit, 8 * unit, 2), h->ssid);
	f->y += 4 * unit;
	sheet_label(f, h, h->link ? WORD_CODE : WORD_PASSWORD, 7 * unit);
	sheet_passphrase(f, h, 11.5 * unit, 7.5 * unit);
	spaces(f, h, 6 * unit, 0.35);
	f->y += 4 * unit;
	sheet_fact(f, h, WORD_VALID, h->valid, small(7.5 * unit, 0.15, 2));
	whose(f, h, small(7.5 * unit, 0.15, 2));
	flow_text(f, small(7 * unit, 0.38, 2),
	    *h->support_mail != '\0' ? h->support_mail : h->support);
}

static enum err
wide(struct paper *p, const struct handout *h, struct sheet_box b)
{
	bool rtl = words_rtl(h->language);
	double pad = 11, most = b.h - 2 * pad, unit = 1;
	double side =
	    sheet_side(p, h, 34 * SHEET_MM, most < b.w / 2 ? most : b.w / 2);
	struct flow f = {.p = p, .w = b.w - side - 2.4 * pad, .rtl = rtl};

	paper_pause(p, true);
	for (;; unit *= 0.94) {
		f.y = 0;
		beside(&f, h, unit);
		if (f.y <= b.h - 12 || unit < LEAST_UNIT)
			break;
	}
	paper_pause(p, false);
	f.x = rtl ? b.x + pad : b.x + side + 1.4 * pad;
	f.y = b.y + (b.h - f.y) / 2;
	beside(&f, h, unit);
	return sheet_code(p, h,
	    rtl ? b.x + b.w - pad * 0.6 - side : b.x + pad * 0.6,
	    b.y + (b.h - side) / 2, side);
}

/* Printers and scanners have 200, 300 or 600 dots to an inch: what is a
 * multiple of this begins and ends between dots on all of them. */
#define DOTS (72.0 / 100)

/* Many codes close together, read at once: their modules are as wide as each
 * other where that leaves them 0.5 mm and fits into MOST. */
static double
even(struct paper *p, const struct handout *h, double side, double most)
{
	int n = sheet_modules(p, h);
	double m;

	if (n == 0)
		return side;
	m = floor(side / n / DOTS + 0.5) * DOTS;
	if (m * n > most)
		m -= DOTS;
	return m < 0.5 * SHEET_MM ? side : m * n;
}

/* Above and below the code; UNIT grows with the card, ROOMY ones say more. */
static enum err
stacked(struct flow *f, const struct handout *h, double side, double unit,
    bool roomy)
{
	enum err e;

	if (roomy)
		sheet_logo(f, h, 12 * unit, 2 * unit);
	flow_text(f, small(6.2 * unit, 0.38, roomy ? 2 : 1), h->brand);
	f->y += unit;
	e = sheet_code(f->p, h, floor((f->x + (f->w - side) / 2) / DOTS) * DOTS,
	    floor(f->y / DOTS) * DOTS, side);
	f->y += side + 1.5 * unit;
	flow_text(f, strong(9 * unit, 5.5 * unit, 2), h->ssid);
	f->y += 1.5 * unit;
	if (h->link)
		sheet_label(f, h, WORD_CODE, 5 * unit);
	sheet_passphrase(f, h, 8 * unit, 6 * unit);
	if (roomy) {
		spaces(f, h, 4.2 * unit, 0.35);
		f->y += 4 * unit;
	}
	f->y += unit;
	sheet_fact(f, h, WORD_VALID, h->valid, small(5.5 * unit, 0.15, 2));
	whose(f, h, small(5.5 * unit, 0.15, 2));
	if (roomy) {
		f->y += 2 * unit;
		flow_text(f, small(4.4 * unit, 0.15, 4), h->note);
		flow_text(f, small(4.4 * unit, 0.38, 2),
		    *h->support_mail != '\0' ? h->support_mail : h->support);
	}
	return e;
}

static enum err
tall(struct paper *p, const struct handout *h, struct sheet_box b)
{
	double unit = b.w / 134 < b.h / 157 ? b.w / 134 : b.h / 157, u = unit;
	double side =
	    even(p, h, sheet_side(p, h, 80 * unit, b.w - 10), b.w - 10);
	struct flow f = {.p = p,
	    .x = b.x + 6 * unit,
	    .w = b.w - 12 * unit,
	    .rtl = words_rtl(h->language),
	    .align = FLOW_CENTRE};
	enum err e;

	paper_pause(p, true);
	for (;; u *= 0.94) {
		f.y = 0;
		e = stacked(&f, h, side, u, unit > 1.5);
		if (e || f.y <= b.h - 6 * unit || u < LEAST_UNIT * unit)
			break;
	}
	paper_pause(p, false);
	f.y = b.y + (b.h - f.y) / 2;
	return e ? e : stacked(&f, h, side, u, unit > 1.5);
}

enum err
sheet_card(struct paper *p, const struct handout *h, struct sheet_box box)
{
	return box.w > box.h ? wide(p, h, box) : tall(p, h, box);
}

static void
rule(struct flow *f)
{
	f->y += 7;
	paper_line(f->p, f->x, f->y, f->x + f->w, f->y, 0, 0.6);
	f->y += 7;
}

static void
slip_foot(struct flow *f, const struct handout *h)
{
	struct flow_ink ink = small(8.5, 0, 3);

	ink.way = way(h);
	rule(f);
	sheet_fact(f, h, WORD_PERSON, h->person, ink);
	sheet_fact(f, h, WORD_KEY, h->key, ink);
	sheet_fact(f, h, WORD_PLAN, h->plan, ink);
	sheet_fact(f, h, WORD_VALID, h->valid, ink);
	f->y += 5;
	flow_text(f, small(8.5, 0, 12), h->note);
	flow_text(f, ink, words_text(h->language, WORD_OWN));
	sheet_fact(f, h, WORD_HELP,
	    *h->support_mail != '\0' ? h->support_mail : h->support, ink);
}

/* Black only: a thermal printer knows no grey. */
enum err
sheet_slip(struct paper *p, const struct handout *h, double width, double *end)
{
	double edge = 4 * SHEET_MM;
	struct flow f = {.p = p,
	    .x = edge,
	    .y = edge,
	    .w = width - 2 * edge,
	    .rtl = words_rtl(h->language),
	    .align = FLOW_CENTRE};
	double side = sheet_side(p, h, 48 * SHEET_MM, f.w);
	struct flow_ink title = strong(12.5, 8, 2);
	enum err e;

	title.way = way(h);
	sheet_logo(&f, h, 34, 5);
	flow_text(&f, strong(11, 8, 2), h->brand);
	rule(&f);
	flow_text(&f, title, words_text(h->language, WORD_TITLE));
	f.y += 6;
	flow_text(&f, strong(17, 9, 2), h->ssid);
	f.y += 3;
	sheet_passphrase(&f, h, 15, 9);
	spaces(&f, h, 8, 0);
	f.y += 4;
	e = sheet_code(p, h, f.x + (f.w - side) / 2, f.y, side);
	f.y += side;
	f.align = FLOW_START;
	slip_foot(&f, h);
	*end = f.y + edge + 12;
	return e;
}
