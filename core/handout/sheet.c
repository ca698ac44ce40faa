#include "core/handout/sheet.h"

#include <string.h>

#include "core/base/log.h"
#include "core/handout/fonts.h"
#include "core/handout/sheet_draw.h"

#define A4_W (210 * SHEET_MM)
#define A4_H (297 * SHEET_MM)
#define LETTER_W 612
#define LETTER_H 792

enum { ONCE_LINES = 200 };
enum shape { LETTER, CARDS, SLIP };

static const struct layout {
	const char *word;
	enum shape shape;
	int columns, rows;
	double w, h, margin;
} layouts[] = {
    [SHEET_A4] = {"a4", LETTER, 1, 1, A4_W, A4_H, 0},
    [SHEET_A4_4] = {"a4-4", CARDS, 2, 2, A4_W, A4_H, 10 * SHEET_MM},
    [SHEET_A4_8] = {"a4-8", CARDS, 2, 4, A4_W, A4_H, 10 * SHEET_MM},
    [SHEET_A4_10] = {"a4-10", CARDS, 2, 5, A4_W, A4_H, 10 * SHEET_MM},
    [SHEET_A4_20] = {"a4-20", CARDS, 4, 5, A4_W, A4_H, 10 * SHEET_MM},
    [SHEET_LETTER] = {"letter", LETTER, 1, 1, LETTER_W, LETTER_H, 0},
    [SHEET_LETTER_4] = {"letter-4", CARDS, 2, 2, LETTER_W, LETTER_H, 27},
    [SHEET_LETTER_8] = {"letter-8", CARDS, 2, 4, LETTER_W, LETTER_H, 27},
    [SHEET_LETTER_10] = {"letter-10", CARDS, 2, 5, LETTER_W, LETTER_H, 27},
    [SHEET_LETTER_20] = {"letter-20", CARDS, 4, 5, LETTER_W, LETTER_H, 27},
    [SHEET_A6] = {"a6", CARDS, 1, 1, 105 * SHEET_MM, 148 * SHEET_MM, 0},
    [SHEET_RECEIPT] = {"receipt", SLIP, 1, 1, 80 * SHEET_MM, 0, 0},
};

enum { LAYOUTS = sizeof(layouts) / sizeof(*layouts) };

bool
sheet_parse(const char *word, enum sheet_layout *out)
{
	for (int i = 0; i < LAYOUTS; i++)
		if (strcmp(layouts[i].word, word) == 0) {
			*out = (enum sheet_layout)i;
			return true;
		}
	return false;
}

/* A short stroke in the margin on either side of where to cut, and a small
 * cross where two cuts meet. */
static void
marks(struct paper *p, const struct layout *l)
{
	double cw = (l->w - 2 * l->margin) / l->columns;
	double ch = (l->h - 2 * l->margin) / l->rows;
	double far = l->margin * 0.75, near = l->margin * 0.2;

	if (l->margin == 0)
		return;
	for (int c = 0; c <= l->columns; c++) {
		double x = l->margin + c * cw;

		paper_line(p, x, l->margin - far, x, l->margin - near, .5, .4);
		paper_line(p, x, l->h - l->margin + near, x,
		    l->h - l->margin + far, .5, .4);
	}
	for (int r = 0; r <= l->rows; r++) {
		double y = l->margin + r * ch;

		paper_line(p, l->margin - far, y, l->margin - near, y, .5, .4);
		paper_line(p, l->w - l->margin + near, y,
		    l->w - l->margin + far, y, .5, .4);
	}
	for (int c = 1; c < l->columns; c++)
		for (int r = 1; r < l->rows; r++) {
			double x = l->margin + c * cw, y = l->margin + r * ch;

			paper_line(p, x - 4, y, x + 4, y, .7, .4);
			paper_line(p, x, y - 4, x, y + 4, .7, .4);
		}
}

static struct sheet_box
cell(const struct layout *l, size_t i)
{
	double cw = (l->w - 2 * l->margin) / l->columns;
	double ch = (l->h - 2 * l->margin) / l->rows;
	size_t column = i % (size_t)l->columns, row = i / (size_t)l->columns;

	return (struct sheet_box){.x = l->margin + (double)column * cw,
	    .y = l->margin + (double)row * ch,
	    .w = cw,
	    .h = ch};
}

/* A receipt is as long as what is on it, so it is measured first. */
static enum err
slip(struct paper *p, const struct handout *h, double w)
{
	double end = 0;
	enum err e;

	paper_pause(p, true);
	e = sheet_slip(p, h, w, &end);
	paper_pause(p, false);
	paper_page(p, w, end);
	return e ? e : sheet_slip(p, h, w, &end);
}

static enum err
draw(struct paper *p, const struct layout *l, const struct handout *h, size_t n)
{
	size_t each = (size_t)l->columns * (size_t)l->rows;
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		if (l->shape != SLIP && i % each == 0) {
			paper_page(p, l->w, l->h);
			marks(p, l);
		}
		switch (l->shape) {
		case LETTER:
			e = sheet_letter(p, &h[i], cell(l, 0));
			break;
		case CARDS:
			e = sheet_card(p, &h[i], cell(l, i % each));
			break;
		case SLIP:
			e = slip(p, &h[i], l->w);
			break;
		}
	}
	return e;
}

/* What is said once for all of them, on a page of the same paper. */
static void
say_once(struct paper *p, const struct layout *l, const struct sheet *s)
{
	double edge = l->shape == LETTER ? 56 : l->shape == SLIP ? 11 : 24;
	struct flow f = {.p = p,
	    .x = edge,
	    .y = edge,
	    .w = l->w - 2 * edge,
	    .rtl = words_rtl(s->language)};
	struct flow_ink ink = {
	    .size = l->w > 400 ? 12 : 9, .least = 5, .lead = 1.45, .grey = 0.1};

	ink.lines = l->shape == SLIP
			? ONCE_LINES
			: (int)((l->h - 2 * edge) / (ink.size * ink.lead));
	paper_pause(p, true);
	flow_text(&f, ink, s->once);
	paper_pause(p, false);
	paper_page(p, l->w, l->shape == SLIP ? f.y + edge : l->h);
	f.y = edge;
	flow_text(&f, ink, s->once);
}

static enum err
draw_all(struct paper *p, const struct layout *l, const struct sheet *s,
    const struct handout *h, size_t n)
{
	enum err e = draw(p, l, h, n);

	if (e == ERR_OK && s->once != NULL && *s->once != '\0')
		say_once(p, l, s);
	return e;
}

enum err
sheet_pdf(struct sheet *s, const struct handout *h, size_t n, struct buf *out)
{
	const struct layout *l = &layouts[s->layout];
	const struct type_faces *faces = fonts_loaded();
	OWN(paper) struct paper *p = NULL;
	enum err e;

	s->missing = 0;
	if (n == 0 || n > SHEET_KEYS_MAX)
		return n == 0 ? ERR_BAD_INPUT : ERR_TOO_BIG;
	if (faces == NULL)
		return ERR_CONFIG;
	if ((p = paper_new(faces)) == NULL)
		return ERR_NO_MEMORY;
	if ((e = draw_all(p, l, s, h, n)) ||
	    (e = paper_ready(p, s->title, s->made)) ||
	    (e = draw_all(p, l, s, h, n)) ||
	    (e = paper_write(p, out, &s->missing)))
		return e;
	/* who prints sees squares; who runs the server learns how to mend it */
	if (s->missing > 0)
		LOG(WARN, "sheet.glyphs-missing",
		    LOG_I("count", (int64_t)s->missing),
		    LOG_S("language", h[0].language),
		    LOG_S("package", fonts_lacking()));
	return ERR_OK;
}

enum err
sheet_svg(struct sheet *s, const struct handout *h, struct buf *out)
{
	const struct layout *l = &layouts[s->layout];
	const struct type_faces *faces = fonts_loaded();
	OWN(paper) struct paper *p = NULL;
	enum err e = ERR_OK;

	if (faces == NULL)
		return ERR_CONFIG;
	if ((p = paper_picture(faces, out)) == NULL)
		return ERR_NO_MEMORY;
	if (l->shape != CARDS)
		e = draw(p, l, h, 1);
	else {
		paper_page(p, l->w, l->h);
		marks(p, l);
	}
	for (int i = 0; l->shape == CARDS && i < l->columns * l->rows && !e;
	     i++)
		e = sheet_card(p, h, cell(l, (size_t)i));
	return e != ERR_OK ? e : paper_shown(p);
}
