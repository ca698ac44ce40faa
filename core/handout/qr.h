/*
 * qr.h - QR codes: level M, quiet zone of 4 modules, black on white
 */
#pragma once

#include "core/base/buf.h"

enum { QR_QUIET = 4, QR_MODULES_MAX = 177 };

struct qr {
	int n; /* modules per side, without the quiet zone */
	unsigned char dark[QR_MODULES_MAX * QR_MODULES_MAX]; /* row by row */
};

/* TOO_BIG when TEXT does not fit. */
MUST_USE enum err qr_make(const char *text, struct qr *out);

/* The modules per side a text of LEN octets needs, 0 when it does not fit:
 * known without making the code. */
int qr_modules(size_t len);

/* How many dark modules follow from (X, Y) to the right. */
int qr_run(const struct qr *q, int x, int y);

/* An <svg> element for a page: its own white ground, one path, fill set on the
 * path so that page CSS does not reach it. LABEL is its accessible name. */
MUST_USE enum err
qr_svg(const struct qr *q, const char *label, struct buf *out);

/* A PNG with PIXELS per module (1..40). */
MUST_USE enum err qr_png(const struct qr *q, int pixels, struct buf *out);
