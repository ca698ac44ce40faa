/* The picture of a code as PNG: one bit for each pixel, 1 is white. */
#include <png.h>
#include <string.h>

#include "core/handout/qr.h"

enum { PIXELS_MAX = 40, SIDE_MAX = (QR_MODULES_MAX + 2 * QR_QUIET) * 40 };

static void
keep(png_structp png, png_bytep octets, png_size_t len)
{
	buf_add(png_get_io_ptr(png), octets, len);
}

static void
flush(png_structp png)
{
	(void)png;
}

/* One row of pixels; Y counts modules, the quiet zone included. */
static void
row_of(const struct qr *q, int y, int pixels, unsigned char *row)
{
	memset(row, 0xff, SIDE_MAX / 8);
	y -= QR_QUIET;
	if (y < 0 || y >= q->n)
		return;
	for (int x = 0; x < q->n; x++)
		for (int i = 0; q->dark[y * q->n + x] && i < pixels; i++) {
			int at = (x + QR_QUIET) * pixels + i;

			row[at / 8] &= (unsigned char)~(0x80 >> at % 8);
		}
}

static void
rows(png_structp png, const struct qr *q, int pixels)
{
	unsigned char row[SIDE_MAX / 8];

	for (int y = 0; y < q->n + 2 * QR_QUIET; y++) {
		row_of(q, y, pixels, row);
		for (int i = 0; i < pixels; i++)
			png_write_row(png, row);
	}
}

/* Separate, so that longjmp() crosses no variable of its caller. */
static enum err
write_png(png_structp png, png_infop info, const struct qr *q, int pixels)
{
	png_uint_32 side = (png_uint_32)((q->n + 2 * QR_QUIET) * pixels);

	if (setjmp(png_jmpbuf(png)))
		return ERR_NO_MEMORY;
	png_set_IHDR(png, info, side, side, 1, PNG_COLOR_TYPE_GRAY,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	rows(png, q, pixels);
	png_write_end(png, NULL);
	return ERR_OK;
}

enum err
qr_png(const struct qr *q, int pixels, struct buf *out)
{
	png_structp png;
	png_infop info;
	enum err e = ERR_NO_MEMORY;

	if (q->n == 0 || pixels < 1 || pixels > PIXELS_MAX)
		return ERR_BAD_INPUT;
	png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	if (png == NULL)
		return ERR_NO_MEMORY;
	if ((info = png_create_info_struct(png)) != NULL) {
		png_set_write_fn(png, out, keep, flush);
		e = write_png(png, info, q, pixels);
	}
	png_destroy_write_struct(&png, &info);
	return e ? e : out->err;
}
