/* One key on a page: the code and the password first, then who, then how. */
#include <stdio.h>
#include <string.h>

#include "core/handout/sheet_draw.h"

enum { MARGIN = 56, PAD = 20, TABLE_LABEL = 92, FOOT = 104 };

struct letter {
	struct paper *p;
	const struct handout *h;
	struct sheet_box page;
	bool rtl;
	enum type_way way;
};

static struct flow
column(const struct letter *l, double x, double y, double w)
{
	return (struct flow){.p = l->p, .x = x, .y = y, .w = w, .rtl = l->rtl};
}

static void
head(const struct letter *l, struct flow *f)
{
	const struct handout *h = l->h;
	bool named = *h->network != '\0' && strcmp(h->network, h->ssid) != 0;

	if (h->logo != NULL)
		f->y -= 16;
	sheet_logo(f, h, 36, 6);
	if (*h->brand != '\0') {
		flow_text(f,
		    (struct flow_ink){.style = TYPE_BOLD,
			.size = 13,
			.least = 9,
			.grey = 0.2,
			.lead = 1.3,
			.lines = 1},
		    h->brand);
		f->y += 7;
		paper_line(l->p, f->x, f->y, f->x + f->w, f->y, 0.75, 0.6);
	}
	f->y += 24;
	flow_text(f,
	    (struct flow_ink){.style = TYPE_BOLD,
		.way = l->way,
		.size = 28,
		.least = 16,
		.lead = 1.25,
		.lines = 1},
	    words_text(h->language, WORD_TITLE));
	flow_text(f,
	    (struct flow_ink){
		.size = 13, .least = 9, .grey = 0.35, .lead = 1.5, .lines = 1},
	    named ? h->network : "");
	f->y += 16;
}

/* What has to be typed, beside the code. */
static void
typed(const struct letter *l, struct flow *f)
{
	const struct handout *h = l->h;

	sheet_label(f, h, WORD_NETWORK, 9.5);
	flow_text(f,
	    (struct flow_ink){.style = TYPE_BOLD,
		.size = 20,
		.least = 11,
		.lead = 1.25,
		.lines = 2},
	    h->ssid);
	f->y += 11;
	sheet_label(f, h, WORD_PASSWORD, 9.5);
	sheet_passphrase(f, h, 18, 11);
	if (sheet_spaced(h)) {
		f->y += 2;
		flow_text(f,
		    (struct flow_ink){.way = l->way,
			.size = 8.5,
			.least = 7,
			.grey = 0.35,
			.lead = 1.35,
			.lines = 2},
		    words_text(h->language, WORD_SPACES));
	}
	if (*h->valid == '\0')
		return;
	f->y += 11;
	sheet_label(f, h, WORD_VALID, 9.5);
	flow_text(f,
	    (struct flow_ink){
		.size = 11.5, .least = 8, .lead = 1.3, .lines = 2},
	    h->valid);
}

static enum err
panel(const struct letter *l, struct flow *f)
{
	double side = sheet_side(l->p, l->h, 60 * SHEET_MM, 90 * SHEET_MM);
	double left = f->x + PAD, wide = f->w - side - 3 * PAD, tall, x;
	struct flow text = column(l, 0, 0, wide);
	struct flow scan = {.p = l->p, .w = side, .align = FLOW_CENTRE};
	enum err e;

	paper_pause(l->p, true);
	typed(l, &text);
	paper_pause(l->p, false);
	tall = (text.y > side + 16 ? text.y : side + 16) + 1.6 * PAD;
	paper_box(l->p, f->x, f->y, f->w, tall, 9, 0.95);
	x = l->rtl ? f->x + f->w - PAD - side : left;
	scan.x = x;
	scan.y = f->y + (tall - side - 16) / 2;
	if ((e = sheet_code(l->p, l->h, x, scan.y, side)))
		return e;
	scan.y += side + 4;
	sheet_label(&scan, l->h, WORD_SCAN, 10);
	text.x = l->rtl ? left : left + side + PAD;
	text.y = f->y + (tall - text.y) / 2;
	typed(l, &text);
	f->y += tall + 14;
	return ERR_OK;
}

static void
row(const struct letter *l, struct flow *f, enum word w, const char *value)
{
	struct flow label = *f, text = *f;

	if (*value == '\0')
		return;
	label.w = TABLE_LABEL;
	label.x = l->rtl ? f->x + f->w - TABLE_LABEL : f->x;
	label.y += 1.2;
	text.w = f->w - TABLE_LABEL;
	text.x = l->rtl ? f->x : f->x + TABLE_LABEL;
	sheet_label(&label, l->h, w, 10);
	flow_text(&text,
	    (struct flow_ink){
		.size = 11.5, .least = 8, .lead = 1.4, .lines = 2},
	    value);
	f->y = (text.y > label.y ? text.y : label.y) + 4;
	paper_line(l->p, f->x, f->y, f->x + f->w, f->y, 0.86, 0.5);
	f->y += 5;
}

static void
step(const struct letter *l, struct flow *f, int *n, enum word w)
{
	struct flow number = *f, text = *f;
	char digit[12];

	if (f->y > l->page.h - FOOT - 34)
		return;

	(void)snprintf(digit, sizeof(digit), "%d", ++*n);
	number.x = l->rtl ? f->x + f->w - 12 : f->x;
	number.w = 12;
	text.w = f->w - 20;
	text.x = l->rtl ? f->x : f->x + 20;
	flow_text(&number,
	    (struct flow_ink){.style = TYPE_BOLD,
		.size = 11,
		.least = 11,
		.grey = 0.35,
		.lead = 1.4,
		.lines = 1},
	    digit);
	flow_text(&text,
	    (struct flow_ink){.way = l->way,
		.size = 11,
		.least = 8,
		.grey = 0.1,
		.lead = 1.4,
		.lines = 3},
	    words_text(l->h->language, w));
	f->y = text.y + 4;
}

static void
steps(const struct letter *l, struct flow *f)
{
	int n = 0;

	f->y += 16;
	flow_text(f,
	    (struct flow_ink){.style = TYPE_BOLD,
		.way = l->way,
		.size = 14,
		.least = 9,
		.lead = 1.5,
		.lines = 1},
	    words_text(l->h->language, WORD_HOW));
	f->y += 4;
	step(l, f, &n, WORD_STEP_SCAN);
	step(l, f, &n, l->h->hidden ? WORD_STEP_HIDDEN : WORD_STEP_TYPE);
	step(l, f, &n, WORD_STEP_DONE);
}

static void
help(const struct handout *h, struct buf *out)
{
	const char *part[] = {h->support, h->support_mail};

	for (size_t i = 0; i < 2; i++) {
		if (*part[i] == '\0')
			continue;
		if (out->len > 0)
			buf_text(out, " · ");
		buf_printf(out, "\u2068%s\u2069", part[i]);
	}
}

static void
foot(const struct letter *l, struct flow *f)
{
	const struct handout *h = l->h;
	OWN(buf) struct buf b = BUF(1 << 16);
	struct flow_ink ink = {
	    .size = 9.5, .least = 7, .grey = 0.3, .lead = 1.45, .lines = 1};

	help(h, &b);
	paper_fail(l->p, b.err);
	paper_line(l->p, f->x, f->y, f->x + f->w, f->y, 0.75, 0.6);
	f->y += 8;
	ink.way = l->way;
	flow_text(f, ink, words_text(h->language, WORD_OWN));
	sheet_fact(f, h, WORD_HELP, buf_str(&b), ink);
	sheet_fact(f, h, WORD_MANAGE, h->url, ink);
}

enum err
sheet_letter(struct paper *p, const struct handout *h, struct sheet_box page)
{
	bool rtl = words_rtl(h->language);
	struct letter l = {.p = p,
	    .h = h,
	    .page = page,
	    .rtl = rtl,
	    .way = rtl ? TYPE_RTL : TYPE_LTR};
	struct flow f = column(&l, MARGIN, 50, page.w - 2 * MARGIN);
	struct flow end = column(&l, MARGIN, page.h - FOOT, f.w);
	enum err e;

	head(&l, &f);
	if ((e = panel(&l, &f)))
		return e;
	row(&l, &f, WORD_PERSON, h->person);
	row(&l, &f, WORD_KEY, h->key);
	row(&l, &f, WORD_PLAN, h->plan);
	steps(&l, &f);
	f.y += 8;
	if (*h->note != '\0' && end.y - f.y > 16)
		flow_text(&f,
		    (struct flow_ink){.size = 11,
			.least = 8,
			.grey = 0.1,
			.lead = 1.4,
			.lines = (int)((end.y - f.y) / (11 * 1.4))},
		    h->note);
	foot(&l, &end);
	return ERR_OK;
}
