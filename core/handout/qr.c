#include "core/handout/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "core/handout/xml.h"

static inline void
code_own(QRcode **c)
{
	QRcode_free(*c);
}

enum err
qr_make(const char *text, struct qr *out)
{
	OWN(code) QRcode *c = NULL;

	out->n = 0;
	if (*text == '\0')
		return ERR_BAD_INPUT;
	c = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (c == NULL)
		return errno == ERANGE ? ERR_TOO_BIG : ERR_NO_MEMORY;
	out->n = c->width;
	for (int i = 0; i < c->width * c->width; i++)
		out->dark[i] = c->data[i] & 1;
	return ERR_OK;
}

int
qr_modules(size_t len)
{
	/* octets at level M by version, ISO/IEC 18004 table 7 */
	static const uint16_t room[40] = {14, 26, 42, 62, 84, 106, 122, 152,
	    180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711,
	    779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628,
	    1722, 1809, 1911, 1989, 2099, 2213, 2331};

	for (int v = 0; v < 40; v++)
		if (len <= room[v])
			return 21 + 4 * v;
	return 0;
}

int
qr_run(const struct qr *q, int x, int y)
{
	int from = x;

	while (x < q->n && q->dark[y * q->n + x])
		x++;
	return x - from;
}

/* Every run of dark modules of a row as one closed rectangle. */
static void
svg_path(const struct qr *q, struct buf *out)
{
	for (int y = 0; y < q->n; y++)
		for (int x = 0, w; x < q->n; x += w + 1)
			if ((w = qr_run(q, x, y)) > 0)
				buf_printf(out, "M%d %dh%dv1h-%dz",
				    x + QR_QUIET, y + QR_QUIET, w, w);
}

enum err
qr_svg(const struct qr *q, const char *label, struct buf *out)
{
	int side = q->n + 2 * QR_QUIET;

	if (q->n == 0)
		return ERR_BAD_INPUT;
	buf_printf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" "
	    "viewBox=\"0 0 %d %d\" role=\"img\" "
	    "shape-rendering=\"crispEdges\" aria-label=\"",
	    side, side);
	xml_text(out, label);
	buf_printf(out,
	    "\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
	    "<path fill=\"#000\" d=\"",
	    side, side);
	svg_path(q, out);
	buf_text(out, "\"/></svg>");
	return out->err;
}
