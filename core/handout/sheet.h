/*
 * sheet.h - printable PDF: one letter, cards to cut, receipts
 */
#pragma once

#include "core/handout/wifi.h"

#define SHEETS(X)                                                              \
	X(SHEET_A4, "a4") /* one key on a page, a letter */                    \
	X(SHEET_A4_4, "a4-4")                                                  \
	X(SHEET_A4_8, "a4-8")                                                  \
	X(SHEET_A4_10, "a4-10")                                                \
	X(SHEET_A4_20, "a4-20")                                                \
	X(SHEET_LETTER, "letter")                                              \
	X(SHEET_LETTER_4, "letter-4")                                          \
	X(SHEET_LETTER_8, "letter-8")                                          \
	X(SHEET_LETTER_10, "letter-10")                                        \
	X(SHEET_LETTER_20, "letter-20")                                        \
	X(SHEET_A6, "a6")                                                      \
	X(SHEET_RECEIPT, "receipt") /* 80 mm */

enum sheet_layout {
#define SHEET_ITEM_(name, word) name,
	SHEETS(SHEET_ITEM_)
#undef SHEET_ITEM_
};

bool sheet_parse(const char *word, enum sheet_layout *out);

enum { SHEET_KEYS_MAX = 5000, SHEET_MAX = 32 << 20 };

struct sheet {
	enum sheet_layout layout;
	const char *title; /* of the document */
	int64_t made;      /* creation date; same input, same octets */
	const char *once;  /* a text for one more page at the end; NULL none */
	const char *language; /* of that */
	size_t missing; /* out: characters no font had (shown as U+25A1) */
};

/* Writes a PDF of the N handouts to OUT. Fonts are those of the system
 * (opened once per process by sheet_fonts()). */
MUST_USE enum err
sheet_pdf(struct sheet *s, const struct handout *h, size_t n, struct buf *out);

/* The first page as an SVG picture, with H once in every place on it. */
MUST_USE enum err
sheet_svg(struct sheet *s, const struct handout *h, struct buf *out);

/* Reads the fonts into memory; called once before privileges are gone and the
 * root is changed. CONFIG names the missing package in WHY. */
enum { SHEET_WHY = 200 };
MUST_USE enum err sheet_fonts(char why[static SHEET_WHY]);
