#include "core/handout/sheet_draw.h"

#include "core/handout/logo.h"

#include <string.h>

enum { LINE_MAX = 2000 };

/* What the square says: how to join, or where a voucher is redeemed. */
static enum err
said(const struct handout *h, struct buf *b)
{
	if (h->link == NULL)
		return wifi_string(h, b);
	buf_text(b, h->link);
	return b->err;
}

int
sheet_modules(struct paper *p, const struct handout *h)
{
	OWN(buf) struct buf b = BUF(LINE_MAX);
	enum err e = said(h, &b);
	int n = e ? 0 : qr_modules(b.len);

	if (e == ERR_NO_MEMORY)
		paper_fail(p, e);
	return n == 0 ? 0 : n + 2 * QR_QUIET;
}

double
sheet_side(
    struct paper *p, const struct handout *h, double nominal, double most)
{
	double least = sheet_modules(p, h) * 0.5 * SHEET_MM;

	if (least > nominal)
		nominal = least;
	return nominal < most ? nominal : most;
}

enum err
sheet_code(
    struct paper *p, const struct handout *h, double x, double y, double side)
{
	OWN(buf) struct buf b = BUF(LINE_MAX);
	struct qr q;
	enum err e;

	if ((e = said(h, &b)))
		return e;
	if (!paper_drawing(p))
		return ERR_OK;
	if ((e = qr_make(buf_str(&b), &q)))
		return e;
	paper_code(p, x, y, side, &q);
	secret_wipe(&q, sizeof(q));
	return ERR_OK;
}

void
sheet_passphrase(
    struct flow *f, const struct handout *h, double size, double least)
{
	OWN(buf) struct buf b = BUF(LINE_MAX);

	wifi_grouped(secret_text(h->passphrase), &b);
	flow_buf(f,
	    (struct flow_ink){.style = TYPE_CODE,
		.way = TYPE_LTR,
		.size = size,
		.least = least,
		.lead = 1.3,
		.lines = 4},
	    &b);
}

static enum type_way
way(const struct handout *h)
{
	return words_rtl(h->language) ? TYPE_RTL : TYPE_LTR;
}

void
sheet_label(struct flow *f, const struct handout *h, enum word w, double size)
{
	flow_text(f,
	    (struct flow_ink){.way = way(h),
		.size = size,
		.least = size / 2,
		.grey = 0.38,
		.lead = 1.45,
		.lines = 1},
	    words_text(h->language, w));
}

void
sheet_fact(struct flow *f, const struct handout *h, enum word w,
    const char *value, struct flow_ink ink)
{
	OWN(buf) struct buf b = BUF(1 << 16);

	if (*value == '\0')
		return;
	/* isolated, so that an address keeps its own direction */
	buf_printf(&b, "%s: \u2068%s\u2069", words_text(h->language, w), value);
	ink.way = way(h);
	flow_buf(f, ink, &b);
}

bool
sheet_spaced(const struct handout *h)
{
	return strpbrk(secret_text(h->passphrase), "- ") == NULL;
}

void
sheet_logo(struct flow *f, const struct handout *h, double height, double gap)
{
	const struct logo *l = h->logo;
	double w, x = f->x;

	if (l == NULL)
		return;
	w = height * l->w / l->h;
	if (w > f->w * 0.6) {
		w = f->w * 0.6;
		height = w * l->h / l->w;
	}
	if (f->align == FLOW_CENTRE)
		x += (f->w - w) / 2;
	else if (f->rtl)
		x += f->w - w;
	paper_logo(f->p, x, f->y, w, height, l);
	f->y += height + gap;
}
