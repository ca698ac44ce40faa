/*
 * db.h - a connection to the store's engine, and its statements
 *
 * One connection belongs to one thread. All statements are known when it is
 * opened: a table of names and texts, used by index, each prepared once.
 * Parameters are written $1, $2 ... and mean their number on every engine.
 *
 *	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
 *
 *	if ((e = db_query(db, SQL_KEYS_OF, DB_ARGS(DB_TEXT(person)), &r)))
 *		return e;
 *	while (db_next(&r))
 *		use(db_text(&r, 0), db_int(&r, 1));
 *	return db_end(&r);
 *
 * Failures mean the same on every engine: BUSY (somebody else wrote for too
 * long), EXISTS (a unique index said no), CONFLICT (a foreign key did), STORE
 * (full, read-only or failing disk), CORRUPT (damaged or foreign file). Each
 * is logged here, once, with the statement's name and never with values;
 * EXISTS and CONFLICT are answers and are not logged.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/own.h"

enum {
	DB_ARGS_MAX = 40,
	DB_WHY = 512,           /* octets of an explanation */
	DB_BUSY_MS = 5000,      /* patience with another writer */
	DB_VALUE_MAX = 1 << 24, /* octets of one text or blob */
	DB_READ_LONG = 30       /* seconds of reading that are worth a line */
};

struct db;

/* One statement. The table is borrowed and outlives the connection. */
struct sql_text {
	const char *name; /* for logs */
	const char *text;
};

/* One step of the schema: SQL may hold several statements. Steps are numbered
 * 1, 2, 3 ... without gaps and never change once released. */
struct db_migration {
	int n;
	const char *sql;
};

struct db_options {
	const char *path; /* of the file (SQLite) */
	const char *url;  /* of the server (PostgreSQL), then PATH is unused */
	const char *password_file; /* of the server; NULL: none */
	const struct sql_text *sql;
	size_t nsql;
	const struct db_migration *migrations;
	size_t nmigrations;
	size_t born;  /* a statement that has a row in every store in use */
	bool create;  /* make a new store; EXISTS when the file is not empty */
	bool migrate; /* apply pending migrations; implied by create */
};

/*
 * Opens the store. WHY gets one sentence that says what is wrong and which
 * command helps; "" on success. NOT_FOUND: no such file. CORRUPT: damaged, or
 * not one of ours. UNSUPPORTED: made by a newer version. BAD_STATE: migrations
 * are pending and were not allowed.
 */
MUST_USE enum err
db_open(const struct db_options *o, struct db **out, char why[static DB_WHY]);

/* Finishes everything still open and closes. NULL is fine. */
void db_close(struct db *db);

static inline void
db_own(struct db **db)
{
	db_close(*db);
}

/* Arguments, in the order of $1, $2 ... DB_TEXT(NULL) is null; DB_BLOB(p, 0)
 * is an empty blob. They are copied before the call returns. */
enum db_kind { DB_END_, DB_NULL_, DB_INT_, DB_TEXT_, DB_BLOB_ };

struct db_arg {
	enum db_kind kind;
	int64_t number;
	const void *octets;
	size_t len;
};

#define DB_INT(x) ((struct db_arg){.kind = DB_INT_, .number = (int64_t)(x)})
#define DB_TEXT(s) ((struct db_arg){.kind = DB_TEXT_, .octets = (s)})
#define DB_BLOB(p, n)                                                          \
	((struct db_arg){.kind = DB_BLOB_, .octets = (p), .len = (n)})
#define DB_NULL ((struct db_arg){.kind = DB_NULL_})
#define DB_ARGS(...)                                                           \
	((const struct db_arg[]){__VA_ARGS__ __VA_OPT__(, ){.kind = DB_END_}})
#define DB_NO_ARGS DB_ARGS()

/* Runs statement SQL to its end and forgets its rows. CHANGED, when not NULL,
 * gets the number of rows inserted, updated or deleted. */
MUST_USE enum err
db_run(struct db *db, size_t sql, const struct db_arg *args, int64_t *changed);

/* Rows of a running statement. Values stay valid until the next db_next(). */
struct db_rows {
	struct db *db;
	void *st;
	size_t sql;
	bool spare;      /* a second copy, as the first is in use */
	int64_t changed; /* rows changed, once it has ended */
	enum err err;
};

#define DB_ROWS_NONE ((struct db_rows){0})

/* Starts statement SQL; rows come from db_next(). */
MUST_USE enum err db_query(
    struct db *db, size_t sql, const struct db_arg *args, struct db_rows *out);

/* Starts statement SQL and moves to its first row. NOT_FOUND without one. */
MUST_USE enum err
db_one(struct db *db, size_t sql, const struct db_arg *args, struct db_rows *r);

/* Moves to the next row; false at the end or after a failure (db_end()). */
bool db_next(struct db_rows *r);

/* Ends the statement early or late; says whether anything failed. */
MUST_USE enum err db_end(struct db_rows *r);

void db_rows_own(struct db_rows *r);

/* Columns count from 0. A null reads as 0, "" and no octets. Text that is not
 * a plain C string (a NUL inside) is cut at the NUL. Octets without memory for
 * them are none, and then no row follows and db_end() is NO_MEMORY. */
bool db_is_null(const struct db_rows *r, int column);
int64_t db_int(const struct db_rows *r, int column);
const char *db_text(const struct db_rows *r, int column);
const void *db_blob(const struct db_rows *r, int column, size_t *len);

/* Prepares every statement of the table, which is otherwise done at first use:
 * a test that all of them are well-formed. INTERNAL, logged by name. */
MUST_USE enum err db_prepare_all(struct db *db);

/* Has the store a schema, and nothing else yet? That is what making one leaves
 * behind when it is cut short. */
bool db_unborn(struct db *db, const struct db_options *o);

/* The number of the schema in the file. */
int db_schema(const struct db *db);

/* A number that moves whenever *another* connection committed. Cheap; ask
 * outside of a transaction. */
MUST_USE enum err db_version_counter(struct db *db, int64_t *out);

/* When the store itself last answered, in seconds since 1970. That is now for
 * a file; of a server, db_version_counter() may only have heard nothing. */
int64_t db_heard(const struct db *db);

/* A consistent copy to FILE while others read and write. FILE must not exist
 * (EXISTS) and is readable by its owner only; on disk when this returns. */
MUST_USE enum err
db_backup(struct db *db, const char *file, char why[static DB_WHY]);

/* Puts a copy of FILE in place of the store at PATH, all or nothing. FILE is
 * checked first as db_open() with O would. BUSY while any process has the
 * store open. What was there is kept as PATH.before-restore. */
MUST_USE enum err db_restore(
    const char *file, const struct db_options *o, char why[static DB_WHY]);

/* The size of the log beside the file, in octets: SQLite's WAL, 0 for a server.
 * One above MOST is written back to the store first, and emptied unless
 * somebody still reads what was there before. Outside of a transaction. */
MUST_USE enum err db_log_trim(struct db *db, int64_t most, int64_t *octets);

/* It was opened while the disk could only be read, and now it can be written:
 * closed and opened anew it can write, too, once all connections of this
 * process that were opened then are closed. */
bool db_stale(const struct db *db);

/* Reads every page and index (QUICK skips index order). CORRUPT names the
 * first damage in WHY. */
MUST_USE enum err db_check(struct db *db, bool quick, char why[static DB_WHY]);
