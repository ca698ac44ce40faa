/*
 * squares.h - who prints is told beforehand what a sheet cannot show
 *
 * Only the texts are looked at, so a page can ask each time.
 */
#pragma once

#include "core/handout/signs.h"
#include "core/service/keys.h"
#include "portal/web/page.h"

enum { SQUARES_ROWS = 6 };

/* Begins as {0}; what a page shows of it lives as long. */
struct squares {
	struct tpl_square row[SQUARES_ROWS];
	size_t n;
	bool more;  /* than there are rows */
	int guests; /* whose sheets these are; 0: of one that is open */
	const char *package;
};

/* Adds a row when something of TEXT, which is WHAT (SAY()), has no glyph, and
 * tells that in ANY (may be NULL). */
MUST_USE enum err squares_add(struct page *p, struct squares *s,
    const char *what, const char *text, bool *any);

/* What the operator has on every sheet in LANGUAGE: the name of the house,
 * support and, with NOTE, the further text. */
MUST_USE enum err squares_house(
    struct page *p, struct squares *s, const char *language, bool note);

/* All that a sheet of V says, in the language of the page, whose name is a
 * NAMED; and what one of the DESK does, in the guest's. */
MUST_USE enum err squares_key(struct page *p, struct squares *s,
    const struct key_view *v, const char *named, bool desk);

struct tpl_squares squares_shown(const struct squares *s);

/* How many different signs of H will be squares. */
int squares_count(const struct handout *h);

/* keys_reveal() for ACT, with that in the record when ACT makes a sheet of H,
 * in which all but the passphrase is. */
MUST_USE enum err squares_reveal(struct call *c, const struct uid *id,
    const char *act, const struct handout *h, struct secret *passphrase);
