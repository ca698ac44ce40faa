#include "core/handout/paper.h"

#include <hpdf.h>
#include <hpdf_doc.h>
#include <hpdf_fontdef.h>
#include <hpdf_pages.h>
#include <string.h>
#include <time.h>

#include "core/handout/logo.h"
#include "core/handout/paper_bytes.h"
#include "core/handout/paper_svg.h"

enum {
	FONT_MAX = 16 << 20,
	TEXT_MAX = TYPE_LINE_MAX * 3 + 1,
	STREAM_STEP = 4096
};

struct paper {
	const struct type_faces *faces;
	struct ttf_used used[FACE_COUNT];
	bool drawing, paused;
	bool bytes[FACE_COUNT]; /* one octet a character is enough */
	size_t missing;
	enum err err;
	double height;   /* of the page */
	struct buf *svg; /* of a picture, or NULL */
	int pages;       /* of a picture */
	HPDF_Doc doc;
	HPDF_Page page;
	HPDF_Font font[FACE_COUNT];
	HPDF_Image logo; /* once it was drawn */
	bool logo_known;
};
_Static_assert(FACE_COUNT <= 26, "a capital for each");

struct paper *
paper_new(const struct type_faces *faces)
{
	struct paper *p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->faces = faces;
	return p;
}

struct paper *
paper_picture(const struct type_faces *faces, struct buf *out)
{
	struct paper *p = paper_new(faces);

	if (p != NULL) {
		p->svg = out;
		p->drawing = true;
	}
	return p;
}

enum err
paper_shown(struct paper *p)
{
	if (p->pages > 0)
		paper_svg_end(p->svg);
	return p->err != ERR_OK ? p->err : p->svg->err;
}

bool
paper_drawing(const struct paper *p)
{
	return p->drawing && !p->paused && p->pages < 2;
}

void
paper_fail(struct paper *p, enum err e)
{
	if (p->err == ERR_OK)
		p->err = e;
}

void
paper_pause(struct paper *p, bool off)
{
	p->paused = off;
}

const struct type_faces *
paper_faces(const struct paper *p)
{
	return p->faces;
}

/* Only for memory and for our own mistakes: HPDF calls after a failed one do
 * nothing, so it is enough to ask at the end. */
static enum err
trouble(struct paper *p)
{
	HPDF_STATUS s = HPDF_GetError(p->doc);

	if (p->err == ERR_OK && s != HPDF_OK)
		p->err =
		    s == HPDF_FAILD_TO_ALLOC_MEM ? ERR_NO_MEMORY : ERR_INTERNAL;
	return p->err;
}

/* Hands a font to the library from memory: no file is there any more. */
static const char *
load(struct paper *p, const struct buf *ttf)
{
	HPDF_Stream s = HPDF_MemStream_New(p->doc->mmgr, STREAM_STEP);
	HPDF_FontDef def;
	HPDF_TTFontDefAttr a;

	if (s == NULL ||
	    HPDF_Stream_Write(
		s, (const HPDF_BYTE *)ttf->p, (HPDF_UINT)ttf->len) != HPDF_OK ||
	    (def = HPDF_TTFontDef_Load(p->doc->mmgr, s, HPDF_TRUE)) == NULL)
		return NULL;
	/* Every glyph in it is wanted: the library follows composites one
	 * level deep only and would drop the rest. */
	a = def->attr;
	memset(a->glyph_tbl.flgs, 1, a->num_glyphs);
	if (HPDF_Doc_RegisterFontDef(p->doc, def) != HPDF_OK)
		return NULL;
	return def->base_font;
}

static enum err
font(struct paper *p, size_t i)
{
	static const char *const names[FACE_COUNT] = {"LatchkeyText",
	    "LatchkeyBold", "LatchkeyCode", "LatchkeyWide", "LatchkeyEmoji",
#define X(script, from, to, font) font,
	    TYPE_SCRIPTS(X)
#undef X
	};
	OWN(buf) struct buf ttf = BUF(FONT_MAX);
	const char *name;
	char tag[7] = "LATKEA"; /* ISO 32000-1 9.6.4: six capitals */
	enum err e;

	/* the library measures these two */
	(void)ttf_use(&p->used[i], 'H');
	(void)ttf_use(&p->used[i], 'x');
	if ((e = ttf_subset(&p->faces->f[i], &p->used[i], names[i], &ttf)))
		return e;
	if ((name = load(p, &ttf)) == NULL)
		return trouble(p) ? p->err : ERR_INTERNAL;
	tag[5] = (char)('A' + i);
	HPDF_TTFontDef_SetTagName(HPDF_Doc_FindFontDef(p->doc, name), tag);
	p->font[i] = HPDF_GetFont(
	    p->doc, name, p->bytes[i] ? "WinAnsiEncoding" : "UTF-8");
	return trouble(p);
}

static bool
any(const struct ttf_used *u)
{
	for (size_t i = 0; i < sizeof(u->bit); i++)
		if (u->bit[i] != 0)
			return true;
	return false;
}

static void
about(struct paper *p, const char *title, int64_t made)
{
	time_t t = (time_t)made;
	struct tm u;
	HPDF_Date d;

	if (gmtime_r(&t, &u) == NULL || u.tm_year < 70 || u.tm_year > 1099)
		u = (struct tm){.tm_year = 70, .tm_mday = 1};
	d = (HPDF_Date){.year = u.tm_year + 1900,
	    .month = u.tm_mon + 1,
	    .day = u.tm_mday,
	    .hour = u.tm_hour,
	    .minutes = u.tm_min,
	    .seconds = u.tm_sec < 60 ? u.tm_sec : 59,
	    .ind = 'Z'};
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, title);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_PRODUCER, "Latchkey");
	HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_CREATION_DATE, d);
}

/* True when something needs more than single octets. The library's tables
 * for that cost more than all the rest of a short document. */
static bool
wide(struct paper *p, const char *title)
{
	bool w = false;

	for (size_t i = 0; i < FACE_COUNT; i++) {
		p->bytes[i] = paper_bytes_enough(&p->used[i]);
		w |= !p->bytes[i];
	}
	for (; *title != '\0'; title++)
		w |= *title < 0x20 || *title > 0x7e;
	return w;
}

enum err
paper_ready(struct paper *p, const char *title, int64_t made)
{
	if ((p->doc = HPDF_New(NULL, NULL)) == NULL)
		return p->err = ERR_NO_MEMORY;
	if (wide(p, title)) {
		HPDF_UseUTFEncodings(p->doc);
		HPDF_SetCurrentEncoder(p->doc, "UTF-8");
	}
	HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	about(p, title, made);
	for (size_t i = 0; i < FACE_COUNT && p->err == ERR_OK; i++)
		if (any(&p->used[i]))
			p->err = font(p, i);
	p->drawing = true;
	return p->err ? p->err : trouble(p);
}

void
paper_page(struct paper *p, double width, double height)
{
	p->height = height;
	if (!paper_drawing(p))
		return;
	if (p->svg != NULL) {
		if (p->pages++ == 0)
			paper_svg_page(p->svg, width, height);
		return;
	}
	if ((p->page = HPDF_AddPage(p->doc)) == NULL) {
		p->err = ERR_NO_MEMORY;
		p->drawing = false; /* on nothing */
		return;
	}
	HPDF_Page_SetWidth(p->page, (HPDF_REAL)width);
	HPDF_Page_SetHeight(p->page, (HPDF_REAL)height);
}

static void
raw(struct paper *p, const char *text)
{
	HPDF_PageAttr a = p->page->attr;

	(void)HPDF_Stream_WriteStr(a->stream, text);
}

/* Begins to say what a run with glyphs, or with characters beyond the basic
 * plane, means: it is shown by codes of our own, and somebody may search for it
 * or copy it. */
static bool
meaning(struct paper *p, const struct type_line *l, size_t from, size_t to)
{
	char hex[PAPER_HEX(TYPE_LINE_MAX)];
	const uint32_t *t;
	size_t high = from, n;

	while (high < to && l->c[high] < 0x10000)
		high++;
	if (high == to)
		return false; /* the octets themselves say it */
	n = type_said(l, from, to, &t);
	paper_bytes_hex(t, n, hex);
	raw(p, "/Span<</ActualText<");
	raw(p, hex);
	raw(p, ">>>BDC\n");
	return true;
}

/* The characters FROM..TO of a line, all of one font. */
static void
run(struct paper *p, const struct type_line *l, size_t from, size_t to,
    double x, double y, double size)
{
	enum type_face f = l->face[from];
	bool heavier =
	    l->bold && (f == FACE_TEXT || f == FACE_WIDE || f >= FACE_SCRIPTS);
	char t[TEXT_MAX];

	paper_bytes(&p->used[f], l->c + from, to - from, p->bytes[f], t);
	HPDF_Page_SetTextRenderingMode(
	    p->page, heavier ? HPDF_FILL_THEN_STROKE : HPDF_FILL);
	HPDF_Page_SetFontAndSize(p->page, p->font[f], (HPDF_REAL)size);
	HPDF_Page_TextOut(p->page, (HPDF_REAL)(x + l->dx[from] * size / 1000),
	    (HPDF_REAL)(y + l->dy[from] * size / 1000), t);
}

/* True when a run ends behind I: another font, or what has a place of its own.
 */
static bool
ends(const struct type_line *l, size_t i)
{
	return i + 1 == l->n || l->face[i + 1] != l->face[i] || l->mark[i] ||
	       l->mark[i + 1] || l->c[i] >= TTF_GLYPH;
}

/* The end of the glyphs that mean something together, or TO. */
static size_t
word(const struct type_line *l, size_t from, size_t to)
{
	if (l->c[from] < TTF_GLYPH)
		return to;
	while (
	    to < l->n && l->c[to] >= TTF_GLYPH && l->face[to] == l->face[from])
		to++;
	return to;
}

static void
runs(
    struct paper *p, const struct type_line *l, double x, double y, double size)
{
	size_t from = 0, end = 0;
	bool said = false;
	int w = 0;

	for (size_t i = 0; i < l->n; i++) {
		w += type_width(p->faces, l, i);
		if (!ends(l, i))
			continue;
		if (from >= end) {
			end = word(l, from, i + 1);
			said = meaning(p, l, from, end);
		}
		run(p, l, from, i + 1, x, y, size);
		if (said && i + 1 == end)
			raw(p, "EMC\n");
		x += w * size / 1000;
		from = i + 1;
		w = 0;
	}
}

static void
learn(struct paper *p, const struct type_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		p->missing += !ttf_use(&p->used[l->face[i]], l->c[i]);
	p->missing += l->missing;
}

void
paper_text(struct paper *p, double x, double baseline, double size, double grey,
    const struct type_line *l)
{
	paper_fail(p, l->err);
	if (p->paused || l->n == 0)
		return;
	if (!p->drawing) {
		learn(p, l);
		return;
	}
	if (p->svg != NULL) {
		if (paper_drawing(p))
			paper_svg_text(
			    p->svg, p->faces, x, baseline, size, grey, l);
		return;
	}
	HPDF_Page_SetGrayFill(p->page, (HPDF_REAL)grey);
	HPDF_Page_SetGrayStroke(p->page, (HPDF_REAL)grey);
	HPDF_Page_SetLineWidth(p->page, (HPDF_REAL)(size * 0.028));
	HPDF_Page_BeginText(p->page);
	runs(p, l, x, p->height - baseline, size);
	HPDF_Page_EndText(p->page);
}

void
paper_line(struct paper *p, double x1, double y1, double x2, double y2,
    double grey, double thick)
{
	if (!paper_drawing(p))
		return;
	if (p->svg != NULL) {
		paper_svg_line(p->svg, x1, y1, x2, y2, grey, thick);
		return;
	}
	HPDF_Page_SetGrayStroke(p->page, (HPDF_REAL)grey);
	HPDF_Page_SetLineWidth(p->page, (HPDF_REAL)thick);
	HPDF_Page_MoveTo(p->page, (HPDF_REAL)x1, (HPDF_REAL)(p->height - y1));
	HPDF_Page_LineTo(p->page, (HPDF_REAL)x2, (HPDF_REAL)(p->height - y2));
	HPDF_Page_Stroke(p->page);
}

/* A quarter of a circle from (x, y) to (x + dx, y + dy), its control points at
 * 0.5523 of the way; FLAT says which leg comes first. */
static void
corner(HPDF_Page page, double x, double y, double dx, double dy, bool flat)
{
	double k = 0.5523;
	double ax = flat ? x + dx * k : x, ay = flat ? y : y + dy * k;
	double bx = flat ? x + dx : x + dx - dx * k;
	double by = flat ? y + dy - dy * k : y + dy;

	HPDF_Page_CurveTo(page, (HPDF_REAL)ax, (HPDF_REAL)ay, (HPDF_REAL)bx,
	    (HPDF_REAL)by, (HPDF_REAL)(x + dx), (HPDF_REAL)(y + dy));
}

void
paper_box(struct paper *p, double x, double y, double w, double h, double r,
    double grey)
{
	double bottom = p->height - y - h, top = p->height - y;
	HPDF_Page g = p->page;

	if (!paper_drawing(p))
		return;
	if (p->svg != NULL) {
		paper_svg_box(p->svg, x, y, w, h, r, grey);
		return;
	}
	HPDF_Page_SetGrayFill(g, (HPDF_REAL)grey);
	HPDF_Page_MoveTo(g, (HPDF_REAL)(x + r), (HPDF_REAL)bottom);
	HPDF_Page_LineTo(g, (HPDF_REAL)(x + w - r), (HPDF_REAL)bottom);
	corner(g, x + w - r, bottom, r, r, true);
	HPDF_Page_LineTo(g, (HPDF_REAL)(x + w), (HPDF_REAL)(top - r));
	corner(g, x + w, top - r, -r, r, false);
	HPDF_Page_LineTo(g, (HPDF_REAL)(x + r), (HPDF_REAL)top);
	corner(g, x + r, top, -r, -r, true);
	HPDF_Page_LineTo(g, (HPDF_REAL)x, (HPDF_REAL)(bottom + r));
	corner(g, x, bottom + r, r, -r, false);
	HPDF_Page_Fill(g);
}

/* In modules: whole numbers are short, and one path has no seams. */
void
paper_code(struct paper *p, double x, double y, double side, const struct qr *q)
{
	double m = side / (q->n + 2 * QR_QUIET);

	paper_box(p, x, y, side, side, 0, 1);
	if (!paper_drawing(p))
		return;
	if (p->svg != NULL) {
		paper_svg_code(p->svg, x, y, side, q);
		return;
	}
	HPDF_Page_GSave(p->page);
	HPDF_Page_Concat(p->page, (HPDF_REAL)m, 0, 0, (HPDF_REAL)m,
	    (HPDF_REAL)(x + m * QR_QUIET),
	    (HPDF_REAL)(p->height - y - side + m * QR_QUIET));
	HPDF_Page_SetGrayFill(p->page, 0);
	for (int r = 0; r < q->n; r++)
		for (int c = 0, w; c < q->n; c += w + 1)
			if ((w = qr_run(q, c, r)) > 0)
				HPDF_Page_Rectangle(p->page, (HPDF_REAL)c,
				    (HPDF_REAL)(q->n - r - 1), (HPDF_REAL)w, 1);
	HPDF_Page_Fill(p->page);
	HPDF_Page_GRestore(p->page);
}

void
paper_logo(struct paper *p, double x, double y, double w, double h,
    const struct logo *l)
{
	if (!paper_drawing(p))
		return;
	if (p->svg != NULL) {
		paper_svg_logo(p->svg, x, y, w, h, l, p->logo_known);
		p->logo_known = true;
		return;
	}
	if (p->logo == NULL)
		p->logo = HPDF_LoadRawImageFromMem(p->doc, l->rgb,
		    (HPDF_UINT)l->w, (HPDF_UINT)l->h, HPDF_CS_DEVICE_RGB, 8);
	if (p->logo != NULL)
		HPDF_Page_DrawImage(p->page, p->logo, (HPDF_REAL)x,
		    (HPDF_REAL)(p->height - y - h), (HPDF_REAL)w, (HPDF_REAL)h);
}

enum err
paper_write(struct paper *p, struct buf *out, size_t *missing)
{
	HPDF_BYTE chunk[16384];

	*missing = p->missing;
	if (trouble(p) || HPDF_SaveToStream(p->doc) != HPDF_OK)
		return trouble(p);
	HPDF_ResetStream(p->doc);
	for (HPDF_UINT32 n; out->err == ERR_OK; buf_add(out, chunk, n)) {
		n = sizeof(chunk);
		(void)HPDF_ReadFromStream(p->doc, chunk, &n);
		if (n == 0)
			break;
	}
	memset(chunk, 0, sizeof(chunk));
	return out->err;
}

void
paper_free(struct paper *p)
{
	if (p != NULL && p->doc != NULL)
		HPDF_Free(p->doc);
	free(p);
}
