/*
 * move_side.h - what moving a store asks of an engine
 *
 * Each side is held for itself alone from its start to its end, in one
 * transaction. Rows come and go as one db_arg per column; texts have their
 * length. For the files of this folder only.
 */
#pragma once

#include "core/base/buf.h"
#include "core/db/pgsql.h"
#include "core/db/sqlite.h"

enum {
	MOVE_TABLES = 128,
	MOVE_COLUMNS = DB_ARGS_MAX,
	MOVE_NAME = 64,
	MOVE_SQL = 8192,
	MOVE_CHUNK = 1 << 16, /* octets sent to a server at once */
	MOVE_LINE = 3 * DB_VALUE_MAX
};

struct move_column {
	char name[MOVE_NAME];
	enum db_kind kind;
	int key; /* which part of the primary key, from 1; 0: none */
};

struct move_table {
	char name[MOVE_NAME];
	struct move_column column[MOVE_COLUMNS];
	int columns;
};

struct move_side {
	const struct move_engine *engine;
	const struct db_options *place;
	const struct move_table *table; /* of the rows under way */
	char *why;                      /* DB_WHY octets */
	/* SQLite */
	sqlite3 *h;
	sqlite3_stmt *st;
	/* PostgreSQL */
	struct db *db;
	PGresult *rows;
	int row;
	unsigned char *octets[MOVE_COLUMNS];
	struct buf line;
};

struct move_engine {
	const char *name;
	/* Takes it for this move alone, and begins. */
	enum err (*hold)(struct move_side *s);
	/* Removes all rows of T. */
	enum err (*clear)(struct move_side *s, const struct move_table *t);
	enum err (*add_begin)(struct move_side *s, const struct move_table *t);
	enum err (*add)(struct move_side *s, const struct db_arg *row);
	enum err (*add_end)(struct move_side *s);
	/* All rows of T by their primary key, in the order of octets. */
	enum err (*read_begin)(struct move_side *s, const struct move_table *t);
	enum err (*read)(struct move_side *s, struct db_arg *row, bool *more);
	void (*read_end)(struct move_side *s);
	enum err (*commit)(struct move_side *s);
	/* Nobody finds the store there from now on; says where it is, and
	 * nothing when it could not be put aside. */
	enum err (*aside)(struct move_side *s, char where[static DB_WHY]);
	/* Lets go; what was not committed is gone. */
	void (*close)(struct move_side *s);
	/* Nothing of a store that was made at PLACE remains. */
	void (*unmake)(const struct db_options *place,
	    const struct move_table *t, size_t n);
};

extern const struct move_engine move_sqlite, move_pgsql;

/* The tables of a schema, in the order in which they were made. */
enum err
move_sqlite_tables(struct move_side *s, struct move_table *out, size_t *n);

/* `SELECT every column FROM table ORDER BY key`; TEXT_ORDER follows texts. */
void move_select(
    struct buf *out, const struct move_table *t, const char *text_order);

/* `"a","b",...` */
void move_names(struct buf *out, const struct move_table *t);
