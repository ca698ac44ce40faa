/*
 * sqlite.h - what the files of the SQLite driver share
 */
#pragma once

#include <sqlite3.h>

#include "core/db/db.h"

/* "LtKy", at offset 68 of the file: whose it is. */
enum { SQLITE_APPLICATION = 0x4c744b79 };

struct sqlite_statement {
	sqlite3_stmt *st;
	bool busy;
	int params;                      /* $n with the highest n */
	unsigned char slot[DB_ARGS_MAX]; /* of $1 ..., 0: not used */
};

enum sqlite_fixed {
	FIXED_WRITE,
	FIXED_READ,
	FIXED_COMMIT,
	FIXED_ROLLBACK,
	FIXED_COUNTER,
	FIXED_COUNT
};

struct db {
	sqlite3 *h;
	const struct sql_text *sql;
	size_t nsql;
	struct sqlite_statement *st;
	sqlite3_stmt *fixed[FIXED_COUNT];
	bool in_tx;
	int schema;
};

/* What CODE (extended) means to a caller; logs with NAME what is a failure. */
enum err sqlite_err(sqlite3 *h, int code, const char *name);

/* Writes one sentence to WHY and returns E. */
enum err sqlite_say(char why[static DB_WHY], enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Opens PATH with the pragmas that need no look at the file. */
enum err sqlite_handle(const char *path, int flags, sqlite3 **out);

/* Runs fixed SQL that returns nothing. */
enum err sqlite_do(sqlite3 *h, const char *sql);

/* The first column of the first row of fixed SQL; 0 without a row. */
enum err sqlite_number(sqlite3 *h, const char *sql, int64_t *out);

/* One of the transaction statements. */
enum err sqlite_fixed_run(struct db *db, enum sqlite_fixed what);

/* Applies what is pending, or says that something is. */
enum err sqlite_migrate(
    struct db *db, const struct db_options *o, char why[static DB_WHY]);
