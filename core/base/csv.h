/*
 * csv.h - tables as text, RFC 4180 and what spreadsheets make of it
 *
 * Separated by comma, semicolon or tab, whichever the first line has most of;
 * with or without a byte order mark; any line ending; quoted values may hold
 * all of them. Reading is bounded in columns, in octets of a row and of a
 * value, and pure: a row lives in the struct csv until the next one is read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

enum {
	CSV_COLUMNS_MAX = 40,
	CSV_VALUE_MAX = 1024, /* octets of one value */
	CSV_ROW_MAX = 8192,   /* octets of a row's values */
};

struct csv {
	const char *at, *end;
	char comma;
	size_t line;      /* where the row that was read begins, from 1 */
	size_t next_line; /* where the next one does */
	const char *value[CSV_COLUMNS_MAX];
	size_t n;
	const char *wrong; /* what BAD_INPUT and TOO_BIG were about */
	char room[CSV_ROW_MAX];
	size_t used;
};

/* TEXT is borrowed. BAD_INPUT: it is no UTF-8, or has a NUL in it. */
MUST_USE enum err csv_open(struct csv *c, const char *text, size_t len);

/* The next row that is not blank. NOT_FOUND at the end; BAD_INPUT or TOO_BIG,
 * with `wrong` and `line`, ends it. */
MUST_USE enum err csv_next(struct csv *c);

/* Wipes what was read. */
void csv_own(struct csv *c);

/* Writes VALUE quoted, then AFTER (',' or '\n'). What a spreadsheet would take
 * for a formula gets an apostrophe in front. */
void csv_put(struct buf *out, const char *value, char after);
