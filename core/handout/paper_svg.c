#include "core/handout/paper_svg.h"

#include <stdlib.h>

#include "core/base/text.h"
#include "core/handout/logo.h"

static int
shade(double grey)
{
	return (int)(grey * 255 + .5);
}

void
paper_svg_page(struct buf *out, double width, double height)
{
	buf_printf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.1f\""
	    " height=\"%.1f\" viewBox=\"0 0 %.1f %.1f\">"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>",
	    width, height, width, height);
}

static void
escaped(struct buf *out, uint32_t c)
{
	if (c >= 0x80 || c == '<' || c == '>' || c == '&')
		buf_printf(out, "&#%u;", c);
	else if (c >= ' ')
		buf_char(out, (char)c);
}

/* What FROM..TO shows, WIDTH thousandths wide. */
static void
run(struct buf *out, const struct type_line *l, size_t from, size_t to,
    int width, double x, double y, double size, double grey)
{
	bool mono = l->face[from] == FACE_CODE;
	bool heavy = l->face[from] == FACE_BOLD || l->bold;
	const uint32_t *t = l->c + from;
	size_t n = to - from;

	buf_printf(out,
	    "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%.2f\""
	    " font-family=\"%s\" fill=\"rgb(%d,%d,%d)\" direction=\"ltr\""
	    " unicode-bidi=\"bidi-override\" xml:space=\"preserve\"",
	    x + l->dx[from] * size / 1000, y - l->dy[from] * size / 1000, size,
	    mono ? "DejaVu Sans Mono,monospace" : "DejaVu Sans,sans-serif",
	    shade(grey), shade(grey), shade(grey));
	if (heavy)
		buf_text(out, " font-weight=\"bold\"");
	if (width > 0 && !l->mark[from])
		buf_printf(out,
		    " textLength=\"%.2f\" lengthAdjust=\"spacingAndGlyphs\"",
		    width * size / 1000);
	buf_char(out, '>');
	if (l->c[from] >= TTF_GLYPH) { /* browsers shape it, too */
		n = type_said(l, from, to, &t);
	}
	for (size_t i = 0; i < n; i++)
		escaped(out, t[i]);
	buf_text(out, "</text>");
}

void
paper_svg_text(struct buf *out, const struct type_faces *faces, double x,
    double baseline, double size, double grey, const struct type_line *l)
{
	size_t from = 0;
	int w = 0;

	for (size_t i = 0; i < l->n; i++) {
		w += type_width(faces, l, i);
		if (i + 1 < l->n && l->face[i + 1] == l->face[i] &&
		    !l->mark[i] && !l->mark[i + 1])
			continue;
		run(out, l, from, i + 1, w, x, baseline, size, grey);
		x += w * size / 1000;
		from = i + 1;
		w = 0;
	}
}

void
paper_svg_line(struct buf *out, double x1, double y1, double x2, double y2,
    double grey, double thick)
{
	int g = shade(grey);

	buf_printf(out,
	    "<path d=\"M%.2f %.2fL%.2f %.2f\" stroke=\"rgb(%d,%d,%d)\""
	    " stroke-width=\"%.2f\"/>",
	    x1, y1, x2, y2, g, g, g, thick);
}

void
paper_svg_box(struct buf *out, double x, double y, double w, double h, double r,
    double grey)
{
	int g = shade(grey);

	buf_printf(out,
	    "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\""
	    " rx=\"%.2f\" fill=\"rgb(%d,%d,%d)\"/>",
	    x, y, w, h, r, g, g, g);
}

void
paper_svg_code(
    struct buf *out, double x, double y, double side, const struct qr *q)
{
	double m = side / (q->n + 2 * QR_QUIET);

	buf_printf(out,
	    "<path transform=\"translate(%.3f %.3f) scale(%.4f)\" d=\"",
	    x + m * QR_QUIET, y + m * QR_QUIET, m);
	for (int r = 0; r < q->n; r++)
		for (int c = 0, w; c < q->n; c += w + 1)
			if ((w = qr_run(q, c, r)) > 0)
				buf_printf(out, "M%d %dh%dv1h-%dz", c, r, w, w);
	buf_text(out, "\"/>");
}

/* RFC 4648 4, which text.h has with other letters and no end. */
static void
base64(struct buf *out, const uint8_t *p, size_t len)
{
	OWN(mem) char *t = malloc(TEXT_B64_LEN(len) + 1);

	if (t == NULL) {
		out->err = ERR_NO_MEMORY;
		return;
	}
	text_to_b64url(p, len, t);
	for (char *c = t; *c != '\0'; c++)
		*c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
	buf_text(out, t);
	buf_text(out, len % 3 == 1 ? "==" : len % 3 == 2 ? "=" : "");
}

void
paper_svg_logo(struct buf *out, double x, double y, double w, double h,
    const struct logo *l, bool known)
{
	if (!known) {
		buf_printf(out, "<defs><image id=\"l\" width=\"1\" height=\"1\""
				" preserveAspectRatio=\"none\""
				" href=\"data:image/png;base64,");
		base64(out, l->png, l->len);
		buf_text(out, "\"/></defs>");
	}
	buf_printf(out,
	    "<use href=\"#l\" transform=\"translate(%.2f %.2f)"
	    " scale(%.2f %.2f)\"/>",
	    x, y, w, h);
}

void
paper_svg_end(struct buf *out)
{
	buf_text(out, "</svg>");
}
