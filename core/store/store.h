/*
 * store.h - the store: one connection, its statements, its transactions
 *
 * All of the product's SQL is in sql/; a file of this folder per noun runs
 * it. Nothing here asks who is calling: that is what core/service is for.
 */
#pragma once

#include "core/base/arena.h"
#include "core/base/uid.h"
#include "core/db/move.h"
#include "core/db/tx.h"

struct ring;

enum sql {
#define SQL(name, ...) SQL_##name,
#include "core/store/sql.def"
#undef SQL
	SQL_COUNT
};

enum {
	STORE_MANY = 10000, /* rows that are not counted each time */
	STORE_HOLD_MS =
	    30000,        /* how long a number of so many is taken for so */
	STORE_FIGURES = 5 /* what one statement may count */
};

/* What a statement counted. */
struct store_held {
	enum sql sql;
	int64_t value[STORE_FIGURES];
	int64_t until;       /* monotonic, in ms; 0: nothing is held */
	int64_t own, change; /* as they were before */
};
enum { STORE_HELD = 12 };

struct store {
	struct db *db;
	int64_t own;     /* transactions committed by this connection */
	struct uid self; /* of this connection, while it lasts */
	size_t left_out; /* damaged rows that the last list did without */
	size_t found; /* rows in all that the last list is of, if it says so */
	struct store_held held[STORE_HELD];
};

/* Where a store is: a file, or a database server. Texts are borrowed. */
struct store_place {
	const char *path; /* SQLite */
	const char *url;  /* PostgreSQL; NULL: the file */
	const char *password_file;
};

/* Opens the store at AT; failures as db_open(). */
MUST_USE enum err store_open(const struct store_place *at, bool create,
    bool migrate, struct store **out, char why[static DB_WHY]);
void store_close(struct store *st);

/* The options every open, check or restore of a store at AT uses. */
struct db_options store_options(const struct store_place *at);

/* Moves the store, as db_move(). */
MUST_USE enum err
store_move(const struct store_place *from, const struct store_place *to,
    struct db_moved *out, char why[static DB_WHY]);

/* The number of the newest schema this program knows. */
int store_schema(void);

/* A change: all or nothing. Commit through store_commit(). */
MUST_USE enum err store_write(struct store *st, struct tx *tx);
MUST_USE enum err store_read(struct store *st, struct tx *tx);
MUST_USE enum err store_commit(struct store *st, struct tx *tx);

/* Runs statement SQL; CHANGED as db_run(). */
MUST_USE enum err store_run(struct store *st, enum sql sql,
    const struct db_arg *args, int64_t *changed);

/* The number in the first column of the first row; NOT_FOUND without. */
MUST_USE enum err store_number(
    struct store *st, enum sql sql, const struct db_arg *args, int64_t *out);

/* The number of rows that SQL, which takes no arguments, counts. STORE_MANY and
 * more are counted anew after a change by this connection, or one that was
 * announced, or STORE_HOLD_MS: a server takes milliseconds for it. What nobody
 * announces, such as visits, may be that much behind then. */
MUST_USE enum err store_count(struct store *st, enum sql sql, int64_t *out);

/* The same of N numbers, at most STORE_FIGURES: the first is of all rows, the
 * others are of some of them, and held when those are many. ARGS say no more
 * than what time it is, and may be from when they were counted. */
MUST_USE enum err store_figures(struct store *st, enum sql sql,
    const struct db_arg *args, int64_t *out, size_t n);

/* Whether there is a row at all. */
MUST_USE enum err
store_any(struct store *st, enum sql sql, const struct db_arg *args, bool *out);

/* Small things by name: octets and counters. */
MUST_USE enum err
store_meta_set(struct store *st, const char *name, const void *p, size_t len);
MUST_USE enum err store_meta_get(
    struct store *st, const char *name, void *out, size_t room, size_t *len);
MUST_USE enum err
store_counter_get(struct store *st, const char *name, int64_t *out);
MUST_USE enum err
store_counter_set(struct store *st, const char *name, int64_t value);
/* Adds 1 and says what it is now. Holds off other writers until commit. */
MUST_USE enum err
store_counter_next(struct store *st, const char *name, int64_t *out);
