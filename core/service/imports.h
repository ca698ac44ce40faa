/*
 * imports.h - tables of passwords or people, from elsewhere
 *
 *	OWN(imports) struct imports s;
 *
 *	imports_open(c, &s, IMPORT_KEYS, text, len);
 *	while (imports_next(c, &s, rows, &n) == ERR_OK && n > 0)
 *		...
 *
 * The first row of the table names its columns, in any order. A thousand rows
 * are one transaction, people and passwords: all of them or none. A table may
 * come again: a person of the same subject is brought in line, a password that
 * its owner has already is left as it is, but for its end. So what failed
 * half-way is mended by running it once more.
 */
#pragma once

#include "core/base/csv.h"
#include "core/service/keys.h"

enum import_kind { IMPORT_KEYS, IMPORT_PEOPLE };

enum {
	IMPORTS_ROWS = 50000,    /* of one table, at most */
	IMPORTS_TEXT = 16 << 20, /* octets of one table */
	IMPORTS_COLUMNS = 12,    /* that we know */
	IMPORTS_BATCH = KEYS_IMPORT_MAX,
};

/* What became of a row; texts live in the arena of the call. */
struct import_row {
	size_t line;
	const char *who;  /* as the table names the owner */
	const char *name; /* of the password or person */
	const char *did;  /* "new", "changed", "same"; "" when wrong */
	enum err err;
	struct why why;
	struct uid person, key;
	bool minted; /* its passphrase is ours */
};

struct imports {
	enum import_kind kind;
	bool trial;      /* look at everything, store nothing */
	struct uid plan; /* of rows that name none */
	size_t rows;     /* so far */
	struct csv csv;
	int column[CSV_COLUMNS_MAX]; /* which of ours, or less than 0 */
	struct imports_owner *owners;
	size_t nowners;
	bool stale; /* people were added since OWNERS were read */
};
void imports_own(struct imports *s);

/* A table with the names of all columns and one example. */
const char *imports_template(enum import_kind kind);

/* Reads the names of the columns; BAD_INPUT when one is not known. Then set
 * `trial` and `plan`. Staff only. */
MUST_USE enum err imports_open(struct call *c, struct imports *s,
    enum import_kind kind, const char *text, size_t len);

/* Takes the next rows; none are left when N is 0. When rows of them are wrong,
 * none of this batch was stored, each wrong one says so, and the first failure
 * is returned; a trial may go on after that. OUT is NULL when the table itself
 * cannot be read on. */
MUST_USE enum err imports_next(
    struct call *c, struct imports *s, struct import_row **out, size_t *n);

/* Rows as a table that spreadsheets read; HEAD writes the names first. */
void imports_result(
    const struct import_row *rows, size_t n, bool head, struct buf *out);
