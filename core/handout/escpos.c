#include "core/handout/escpos.h"

#include <string.h>

#include "core/base/text.h"
#include "core/handout/dots.h"
#include "core/handout/escpos_page.h"
#include "core/handout/fonts.h"
#include "core/handout/qr.h"
#include "core/handout/words.h"

enum {
	DOTS = 576,
	NARROW = 48, /* characters of 12 dots on a line */
	LINE_MAX = 4000,
	QR_DOTS = 400
};

struct receipt {
	struct buf *out;
	const struct type_faces *faces; /* NULL: what is no text stays away */
	uint8_t page;
	bool centred, rtl;
	size_t missing;
};

/* ESC @: reset; ESC t: code page 1252 to begin with. */
static void
begin(struct receipt *r)
{
	r->page = 16;
	buf_add(r->out, "\x1b@\x1bt\x10", 5);
}

/* ESC a: 0 left, 1 centred, 2 right */
static void
align_to(struct receipt *r, int side)
{
	char c[3] = {0x1b, 'a', (char)side};

	buf_add(r->out, c, sizeof(c));
}

static void
centre(struct receipt *r, bool on)
{
	r->centred = on;
	align_to(r, on);
}

/* GS v 0: rows of dots, eight to an octet, 1 is black. */
static void
head(struct receipt *r, int wide, int high)
{
	char h[8] = {0x1d, 'v', '0', 0, (char)(wide & 255), (char)(wide >> 8),
	    (char)(high & 255), (char)(high >> 8)};

	buf_add(r->out, h, sizeof(h));
}

/* GS !: times wide and high; ESC E: bold. */
static void
size_of(struct receipt *r, unsigned wide, unsigned high)
{
	char c[6] = {0x1d, '!', (char)((wide - 1) << 4 | (high - 1)), 0x1b, 'E',
	    (char)(wide > 1 || high > 1)};

	buf_add(r->out, c, sizeof(c));
}

static void
put(struct receipt *r, uint32_t cp)
{
	uint8_t page = r->page, octet = '?';

	if (cp < 0x20 || cp == 0xa0)
		cp = ' ';
	if (!escpos_page_find(cp, &page, &octet))
		r->missing++;
	if (page != r->page) {
		char c[3] = {0x1b, 't', (char)page};

		buf_add(r->out, c, sizeof(c));
		r->page = page;
	}
	buf_char(r->out, (char)octet);
}

/* Says where a text of its own direction begins or ends; is not printed. */
static bool
isolate(uint32_t cp)
{
	return cp >= 0x2066 && cp <= 0x2069;
}

/* How many octets of T fill a line of COLUMNS, up to a blank, which may hang
 * over, or a hyphen. */
static size_t
fit(const char *t, size_t columns)
{
	const char *at = t, *next = t, *good = NULL;
	size_t n = 0;

	for (uint32_t cp; (cp = text_next(&next)) != 0 && cp != '\n';) {
		n += !isolate(cp);
		if (n > columns && cp != ' ')
			return (size_t)((good != NULL ? good : at) - t);
		if (cp == ' ' || cp == '-')
			good = next;
		at = next;
	}
	return (size_t)(next - t);
}

/* The end of a line without the blanks that hang over: a printer whose line is
 * full would begin another for them. */
static const char *
trimmed(const char *t, const char *end)
{
	while (end > t && (end[-1] == ' ' || end[-1] == '\n'))
		end--;
	return end;
}

/* Whether the printer has all characters of T, or may leave them out. */
static bool
spelt(const char *t)
{
	uint8_t page = 16, octet;

	for (uint32_t cp; (cp = text_next(&t)) != 0;)
		if (cp >= 0x20 && cp != 0xa0 && !isolate(cp) &&
		    !escpos_page_find(cp, &page, &octet))
			return false;
	return true;
}

static void
drawn_line(struct receipt *r, const struct type_line *l, int size)
{
	OWN(dots) struct dots d = {0};
	enum err e = dots_line(r->faces, l, size, r->rtl && !r->centred, &d);

	r->missing += l->missing;
	if (e != ERR_OK) {
		r->out->err = r->out->err ? r->out->err : e;
		return;
	}
	head(r, d.w / 8, d.h);
	buf_add(r->out, d.octets, (size_t)d.w / 8 * (size_t)d.h);
}

/* As pictures, as high as the printer's own letters would be. */
static void
drawn(struct receipt *r, const char *t, size_t columns)
{
	int size = 24 * NARROW / (int)columns;
	enum type_style style = columns < NARROW ? TYPE_BOLD : TYPE_TEXT;
	enum type_way way = type_way(t);
	struct type_line line;

	if (r->rtl && !r->centred)
		align_to(r, 2);
	while (*t != '\0' && r->out->err == ERR_OK) {
		size_t n =
		    type_fit(r->faces, style, t, (DOTS - 8) * 1000 / size);

		type_set(r->faces, style, way, t, n, false, &line);
		drawn_line(r, &line, size);
		t += n;
	}
	align_to(r, r->centred);
}

static void
text(struct receipt *r, const char *t, size_t columns)
{
	if (r->faces != NULL && !spelt(t)) {
		drawn(r, t, columns);
		return;
	}
	while (*t != '\0') {
		const char *next = t + fit(t, columns);

		for (const char *end = trimmed(t, next); t < end;) {
			uint32_t cp = text_next(&t);

			if (!isolate(cp))
				put(r, cp);
		}
		buf_char(r->out, '\n');
		t = next;
	}
}

/* What was written into B; where that failed, the receipt does. */
static void
written(struct receipt *r, const struct buf *b, size_t columns)
{
	if (r->out->err == ERR_OK)
		r->out->err = b->err;
	text(r, buf_str(b), columns);
}

static void
fact(struct receipt *r, const struct handout *h, enum word w, const char *t)
{
	OWN(buf) struct buf b = BUF(1 << 16);

	if (*t == '\0')
		return;
	/* isolated, so that an address keeps its own direction */
	buf_printf(&b, "%s: \u2068%s\u2069", words_text(h->language, w), t);
	written(r, &b, NARROW);
}

static void
picture(struct receipt *r, const struct qr *q)
{
	int side = q->n + 2 * QR_QUIET,
	    k = QR_DOTS / side > 0 ? QR_DOTS / side : 1;
	int wide = (side * k + 7) / 8, high = side * k;

	head(r, wide, high);
	for (int y = 0; y < high; y++) {
		char row[DOTS / 8] = {0};
		int m = y / k - QR_QUIET;

		for (int x = 0; m >= 0 && m < q->n && x < q->n * k; x++)
			if (q->dark[m * q->n + x / k]) {
				int at = x + QR_QUIET * k;

				row[at / 8] |= (char)(0x80 >> at % 8);
			}
		buf_add(r->out, row, (size_t)wide);
	}
}

static enum err
code(struct receipt *r, const struct handout *h)
{
	OWN(buf) struct buf b = BUF(LINE_MAX);
	struct qr q;
	enum err e;

	if ((e = wifi_string(h, &b)) || (e = qr_make(buf_str(&b), &q)))
		return e;
	picture(r, &q);
	secret_wipe(&q, sizeof(q));
	return ERR_OK;
}

static void
top(struct receipt *r, const struct handout *h)
{
	OWN(buf) struct buf b = BUF(LINE_MAX);

	wifi_grouped(secret_text(h->passphrase), &b);
	centre(r, true);
	text(r, h->brand, NARROW);
	text(r, words_text(h->language, WORD_TITLE), NARROW);
	buf_char(r->out, '\n');
	size_of(r, 2, 2);
	text(r, h->ssid, NARROW / 2);
	size_of(r, b.len <= NARROW / 2 ? 2 : 1, 2);
	written(r, &b, b.len <= NARROW / 2 ? NARROW / 2 : NARROW);
	size_of(r, 1, 1);
	if (strpbrk(secret_text(h->passphrase), "- ") == NULL)
		text(r, words_text(h->language, WORD_SPACES), NARROW);
}

static void
bottom(struct receipt *r, const struct handout *h)
{
	centre(r, false);
	fact(r, h, WORD_PERSON, h->person);
	fact(r, h, WORD_KEY, h->key);
	fact(r, h, WORD_PLAN, h->plan);
	fact(r, h, WORD_VALID, h->valid);
	text(r, h->note, NARROW);
	text(r, words_text(h->language, WORD_OWN), NARROW);
	fact(r, h, WORD_HELP,
	    *h->support_mail != '\0' ? h->support_mail : h->support);
	/* GS V 66: feed to the knife and cut, leaving one point */
	buf_add(r->out, "\n\x1dVB\x20", 5);
}

/* These printers have no letters of the languages that run right to left or
 * use Chinese characters. Without fonts to draw them with, their own words
 * would be a row of question marks. */
static const char *
spoken(const char *language, const struct type_faces *faces)
{
	static const char *const none[] = {"ar", "he", "ja", "zh"};

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (strncmp(language, none[i], 2) == 0 &&
		    (faces == NULL || (i >= 2 && !faces->there[FACE_WIDE])))
			return "en";
	return language;
}

enum err
escpos_receipt(const struct handout *h, struct buf *out, size_t *missing)
{
	struct receipt r = {.out = out, .faces = fonts_loaded()};
	struct handout mine = *h;
	enum err e;

	mine.language = spoken(h->language, r.faces);
	r.rtl = words_rtl(mine.language);
	*missing = 0;
	if (!wifi_ssid_ok(h->ssid) || !wifi_passphrase_ok(h->passphrase))
		return ERR_BAD_INPUT;
	begin(&r);
	top(&r, &mine);
	if ((e = code(&r, &mine)))
		return e;
	bottom(&r, &mine);
	*missing = r.missing;
	return out->err;
}
