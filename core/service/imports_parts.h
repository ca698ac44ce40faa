/*
 * imports_parts.h - one batch of a table
 *
 * For the files imports*.c only.
 */
#pragma once

#include "core/service/imports.h"

enum imports_column {
	COLUMN_PERSON,
	COLUMN_PERSON_NAME,
	COLUMN_MAIL,
	COLUMN_LANGUAGE,
	COLUMN_UNIT,
	COLUMN_NETWORK,
	COLUMN_PLAN,
	COLUMN_KIND,
	COLUMN_NAME,
	COLUMN_PASSPHRASE,
	COLUMN_NOT_BEFORE,
	COLUMN_NOT_AFTER,
};
_Static_assert(COLUMN_NOT_AFTER + 1 == IMPORTS_COLUMNS, "a value per column");

struct imports_line {
	size_t number;
	bool surplus; /* values without a column */
	const char *value[IMPORTS_COLUMNS];
};

/* Each of them notes in R what became of L, row by row; returns the first
 * failure. */
MUST_USE enum err imports_keys(struct call *c, struct imports *s,
    const struct imports_line *l, struct import_row *r, size_t n);
MUST_USE enum err imports_people(struct call *c, struct imports *s,
    const struct imports_line *l, struct import_row *r, size_t n);

/* Who is called TEXT: an id, a subject or a mail address. NOT_FOUND without
 * one; BAD_INPUT when there are several. */
MUST_USE enum err imports_owner(
    struct call *c, struct imports *s, const char *text, struct uid *out);

/* The first row that is wrong, as the call's answer. */
MUST_USE enum err
imports_verdict(struct call *c, const struct import_row *r, size_t n);

/* BAD_INPUT, by WORDS, of the column FIELD. */
static inline enum err
imports_wrong(struct call *c, const char *field, const char *words)
{
	return why_set(&c->why, ERR_BAD_INPUT, field, "%s", words);
}
