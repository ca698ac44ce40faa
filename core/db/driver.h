/*
 * driver.h - what an engine must be able to do
 *
 * db.h and tx.h are answered by db.c and tx.c, which call the driver of the
 * connection. Nothing above this folder knows which engine it is.
 */
#pragma once

#include "core/db/db.h"

struct sqlite3;
struct sqlite3_stmt;
struct sqlite_statement;
struct pgsql;

enum { DB_FIXED_MAX = 5 };

enum tx_kind { TX_WRITE, TX_READ };

/* As their namesakes in db.h and tx.h. */
struct db_driver {
	enum err (*open)(
	    const struct db_options *o, struct db *db, char why[static DB_WHY]);
	void (*close)(struct db *db);
	enum err (*prepare_all)(struct db *db);
	enum err (*query)(struct db *db, size_t sql, const struct db_arg *args,
	    struct db_rows *out);
	bool (*next)(struct db_rows *r);
	void (*rows_own)(struct db_rows *r);
	bool (*is_null)(const struct db_rows *r, int column);
	int64_t (*number)(const struct db_rows *r, int column);
	const char *(*text)(const struct db_rows *r, int column);
	const void *(*blob)(const struct db_rows *r, int column, size_t *len);
	enum err (*version_counter)(struct db *db, int64_t *out);
	int64_t (*heard)(const struct db *db); /* NULL: it always answers */
	enum err (*backup)(
	    struct db *db, const char *file, char why[static DB_WHY]);
	enum err (*restore)(const char *file, const struct db_options *o,
	    char why[static DB_WHY]);
	enum err (*check)(struct db *db, bool quick, char why[static DB_WHY]);
	/* NULL: there is no log of its own */
	enum err (*log_trim)(struct db *db, int64_t most, int64_t *octets);
	/* NULL: never */
	bool (*stale)(const struct db *db);
	enum err (*begin)(struct db *db, enum tx_kind kind);
	enum err (*commit)(struct db *db);
	void (*rollback)(struct db *db);
};

extern const struct db_driver sqlite_driver, pgsql_driver;

struct db {
	const struct db_driver *driver;
	const struct sql_text *sql;
	size_t nsql;
	bool in_tx;
	int schema;
	int64_t read_since; /* monotonic, in ms; 0: it does not read */
	/* SQLite's */
	struct sqlite3 *h;
	bool poor; /* it was opened where nothing could be written */
	struct sqlite_statement *st;
	struct sqlite3_stmt *fixed[DB_FIXED_MAX];
	/* PostgreSQL's */
	struct pgsql *pg;
};

/* Writes one sentence to WHY and returns E. */
enum err db_say(char why[static DB_WHY], enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Logs a mistake of ours in using statement SQL; INTERNAL. */
enum err db_misuse(struct db *db, size_t sql, const char *reason);
