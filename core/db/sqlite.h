/*
 * sqlite.h - what the files of the SQLite driver share
 */
#pragma once

#include <sqlite3.h>

#include "core/db/driver.h"

/* "LtKy", at offset 68 of the file: whose it is. */
enum { SQLITE_APPLICATION = 0x4c744b79 };

struct sqlite_statement {
	sqlite3_stmt *st;
	bool busy;
	int params;                      /* $n with the highest n */
	unsigned char slot[DB_ARGS_MAX]; /* of $1 ..., 0: not used */
};

enum { SQLITE_SAID = 256 };

enum sqlite_fixed {
	FIXED_WRITE,
	FIXED_READ,
	FIXED_COMMIT,
	FIXED_ROLLBACK,
	FIXED_COUNTER,
	FIXED_COUNT
};

_Static_assert(
    (int)FIXED_COUNT <= (int)DB_FIXED_MAX, "room for fixed statements");

/* What CODE (extended) means to a caller; logs with NAME what is a failure. */
enum err sqlite_err(sqlite3 *h, int code, const char *name);

/* What the last failure of H was, in words, with what the system said of it,
 * which SQLite keeps to itself: "disk I/O error: No space left on device". */
const char *sqlite_said(sqlite3 *h, char room[static SQLITE_SAID]);
#define SAID(h) sqlite_said(h, (char[SQLITE_SAID]){""})

/* Opens PATH with the pragmas that need no look at the file. */
enum err sqlite_handle(const char *path, int flags, sqlite3 **out);

/* Runs fixed SQL that returns nothing. */
enum err sqlite_do(sqlite3 *h, const char *sql);

/* The first column of the first row of fixed SQL; 0 without a row. */
enum err sqlite_number(sqlite3 *h, const char *sql, int64_t *out);

/* Applies what is pending, or says that something is. */
enum err sqlite_migrate(
    struct db *db, const struct db_options *o, char why[static DB_WHY]);

/* The driver's functions that live in files of their own. */
enum err
sqlite_open(const struct db_options *o, struct db *db, char why[static DB_WHY]);
void sqlite_close(struct db *db);
bool sqlite_stale(const struct db *db);
enum err
sqlite_backup(struct db *db, const char *file, char why[static DB_WHY]);
enum err sqlite_restore(
    const char *file, const struct db_options *o, char why[static DB_WHY]);
enum err sqlite_check(struct db *db, bool quick, char why[static DB_WHY]);
enum err sqlite_log_trim(struct db *db, int64_t most, int64_t *octets);
enum err sqlite_prepare_all(struct db *db);
enum err sqlite_query(
    struct db *db, size_t sql, const struct db_arg *args, struct db_rows *out);
bool sqlite_next(struct db_rows *r);
void sqlite_rows_own(struct db_rows *r);
bool sqlite_is_null(const struct db_rows *r, int column);
int64_t sqlite_column_number(const struct db_rows *r, int column);
const char *sqlite_text(const struct db_rows *r, int column);
const void *sqlite_blob(const struct db_rows *r, int column, size_t *len);
