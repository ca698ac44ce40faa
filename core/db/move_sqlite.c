/* Moving a store: the side that is a file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/db/move_side.h"

static enum err
failed(struct move_side *s, int code, const char *what)
{
	enum err e = sqlite_err(s->h, code, what);

	return db_say(s->why, e ? e : ERR_INTERNAL, "%s: %s: %s",
	    s->place->path, what, SAID(s->h));
}

static enum err
prepare(struct move_side *s, const char *sql)
{
	int code = sqlite3_prepare_v2(s->h, sql, -1, &s->st, NULL);

	return code == SQLITE_OK ? ERR_OK : failed(s, code, "prepare");
}

/* Runs SQL that returns nothing. */
static enum err
done(struct move_side *s, const char *sql)
{
	enum err e = sqlite_do(s->h, sql);

	return e ? db_say(s->why, e, "%s: %s", s->place->path, SAID(s->h))
		 : ERR_OK;
}

/* Whoever else has it open holds a lock that this one wants. */
static enum err
hold(struct move_side *s)
{
	enum err e =
	    sqlite_handle(s->place->path, SQLITE_OPEN_READWRITE, &s->h);

	if (e == ERR_OK) {
		sqlite3_busy_timeout(s->h, 500);
		e = done(s, "PRAGMA locking_mode=EXCLUSIVE;"
			    "PRAGMA synchronous=FULL;"
			    "BEGIN EXCLUSIVE");
	}
	if (e == ERR_BUSY)
		return db_say(s->why, e,
		    "%s is in use: stop Latchkey before moving it",
		    s->place->path);
	if (e && s->why[0] == '\0')
		return db_say(s->why, e, "%s cannot be opened", s->place->path);
	return e;
}

/* --- what there is --- */

static bool
kind_of(const char *type, enum db_kind *out)
{
	if (strcasecmp(type, "BIGINT") == 0)
		*out = DB_INT_;
	else if (strcasecmp(type, "TEXT") == 0)
		*out = DB_TEXT_;
	else if (strcasecmp(type, "BYTEA") == 0 ||
		 strcasecmp(type, "BLOB") == 0)
		*out = DB_BLOB_;
	else
		return false;
	return true;
}

/* Names of ours are plain; anything else is not moved, rather than quoted. */
static bool
name(char out[static MOVE_NAME], const unsigned char *text)
{
	const char *t = text ? (const char *)text : "";
	size_t n = strspn(t, "abcdefghijklmnopqrstuvwxyz_0123456789");

	if (n == 0 || n >= MOVE_NAME || t[n] != '\0')
		return false;
	memcpy(out, t, n + 1);
	return true;
}

static enum err
columns(struct move_side *s, struct move_table *t)
{
	int code;
	enum err e;

	if ((e = prepare(s, "SELECT name, type, pk FROM pragma_table_info(?1)"
			    " ORDER BY cid")))
		return e;
	(void)sqlite3_bind_text(s->st, 1, t->name, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(s->st)) == SQLITE_ROW) {
		struct move_column *c = &t->column[t->columns];

		if (t->columns == MOVE_COLUMNS ||
		    !name(c->name, sqlite3_column_text(s->st, 0)) ||
		    !kind_of(
			(const char *)sqlite3_column_text(s->st, 1), &c->kind))
			return db_say(s->why, ERR_UNSUPPORTED,
			    "%s has columns that cannot be moved", t->name);
		c->key = sqlite3_column_int(s->st, 2);
		t->columns++;
	}
	return code == SQLITE_DONE ? ERR_OK : failed(s, code, t->name);
}

static void
finish(struct move_side *s)
{
	sqlite3_finalize(s->st);
	s->st = NULL;
}

enum err
move_sqlite_tables(struct move_side *s, struct move_table *out, size_t *n)
{
	int code;
	enum err e;

	*n = 0;
	if ((e = prepare(s, "SELECT name FROM sqlite_master WHERE"
			    " type='table' AND name NOT LIKE 'sqlite%'"
			    " AND name<>'schema_version' ORDER BY rowid")))
		return e;
	while ((code = sqlite3_step(s->st)) == SQLITE_ROW) {
		if (*n == MOVE_TABLES ||
		    !name(out[*n].name, sqlite3_column_text(s->st, 0)))
			return db_say(s->why, ERR_UNSUPPORTED,
			    "a table that cannot be moved");
		out[(*n)++].columns = 0;
	}
	finish(s);
	if (code != SQLITE_DONE)
		return failed(s, code, "tables");
	for (size_t i = 0; i < *n; i++) {
		e = columns(s, &out[i]);
		finish(s);
		if (e)
			return e;
	}
	return ERR_OK;
}

/* --- rows that come --- */

static enum err
clear(struct move_side *s, const struct move_table *t)
{
	char sql[MOVE_NAME + 32];

	(void)snprintf(sql, sizeof(sql), "DELETE FROM \"%s\"", t->name);
	return done(s, sql);
}

static enum err
add_begin(struct move_side *s, const struct move_table *t)
{
	OWN(buf) struct buf sql = BUF(MOVE_SQL);

	buf_printf(&sql, "INSERT INTO \"%s\"(", t->name);
	move_names(&sql, t);
	buf_text(&sql, ") VALUES (");
	for (int i = 0; i < t->columns; i++)
		buf_text(&sql, i ? ",?" : "?");
	buf_text(&sql, ")");
	s->table = t;
	return sql.err ? sql.err : prepare(s, buf_str(&sql));
}

static int
bind(sqlite3_stmt *st, int at, const struct db_arg *v)
{
	switch (v->kind) {
	case DB_END_:
	case DB_NULL_:
		return sqlite3_bind_null(st, at);
	case DB_INT_:
		return sqlite3_bind_int64(st, at, v->number);
	case DB_TEXT_:
		return sqlite3_bind_text(
		    st, at, v->octets, (int)v->len, SQLITE_STATIC);
	case DB_BLOB_:
		return v->len ? sqlite3_bind_blob(st, at, v->octets,
				    (int)v->len, SQLITE_STATIC)
			      : sqlite3_bind_zeroblob(st, at, 0);
	}
	return SQLITE_MISUSE;
}

static enum err
add(struct move_side *s, const struct db_arg *row)
{
	int code = SQLITE_OK;

	for (int i = 0; i < s->table->columns && code == SQLITE_OK; i++)
		code = bind(s->st, i + 1, &row[i]);
	if (code == SQLITE_OK)
		code = sqlite3_step(s->st);
	if (code != SQLITE_DONE)
		return failed(s, code, s->table->name);
	(void)sqlite3_reset(s->st);
	return ERR_OK;
}

static enum err
add_end(struct move_side *s)
{
	finish(s);
	return ERR_OK;
}

/* --- rows that go --- */

static enum err
read_begin(struct move_side *s, const struct move_table *t)
{
	OWN(buf) struct buf sql = BUF(MOVE_SQL);

	move_select(&sql, t, "");
	s->table = t;
	return sql.err ? sql.err : prepare(s, buf_str(&sql));
}

/* A column of SQLite takes values of any type; what it should not hold is
 * named, not bent. */
static bool
value(sqlite3_stmt *st, int at, enum db_kind kind, struct db_arg *v)
{
	int type = sqlite3_column_type(st, at);

	*v = (struct db_arg){.kind = kind};
	if (type == SQLITE_NULL)
		v->kind = DB_NULL_;
	else if (kind == DB_INT_ && type == SQLITE_INTEGER)
		v->number = sqlite3_column_int64(st, at);
	else if (kind == DB_TEXT_ && type == SQLITE_TEXT) {
		v->octets = sqlite3_column_text(st, at);
		v->len = (size_t)sqlite3_column_bytes(st, at);
	} else if (kind == DB_BLOB_ && type == SQLITE_BLOB) {
		v->octets = sqlite3_column_blob(st, at);
		v->len = (size_t)sqlite3_column_bytes(st, at);
	} else
		return false;
	return true;
}

static enum err
read_one(struct move_side *s, struct db_arg *row, bool *more)
{
	int code = sqlite3_step(s->st);

	*more = code == SQLITE_ROW;
	if (code == SQLITE_DONE)
		return ERR_OK;
	if (code != SQLITE_ROW)
		return failed(s, code, s->table->name);
	for (int i = 0; i < s->table->columns; i++)
		if (!value(s->st, i, s->table->column[i].kind, &row[i]))
			return db_say(s->why, ERR_CORRUPT,
			    "%s: a value of the wrong type in column %s",
			    s->table->name, s->table->column[i].name);
	return ERR_OK;
}

/* --- the end --- */

static enum err
commit(struct move_side *s)
{
	int64_t broken;
	enum err e;

	if ((e = sqlite_number(s->h,
		 "SELECT count(*) FROM pragma_foreign_key_check", &broken)))
		return e;
	if (broken)
		return db_say(s->why, ERR_CORRUPT,
		    "%lld rows refer to what is not there", (long long)broken);
	return done(s, "COMMIT");
}

static enum err
aside(struct move_side *s, char where[static DB_WHY])
{
	enum err e;

	if ((e = done(s, "COMMIT;PRAGMA wal_checkpoint(TRUNCATE);"
			 "PRAGMA journal_mode=DELETE")))
		return e;
	(void)snprintf(where, DB_WHY, "%s.moved", s->place->path);
	if (rename(s->place->path, where) == 0)
		return ERR_OK;
	where[0] = '\0';
	return db_say(
	    s->why, ERR_STORE, "%s: %s", s->place->path, strerror(errno));
}

static void
let_go(struct move_side *s)
{
	finish(s);
	sqlite3_close_v2(s->h);
	s->h = NULL;
}

static void
unmake(const struct db_options *place,
    const struct move_table *t __attribute__((unused)),
    size_t n __attribute__((unused)))
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[4096];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s%s", place->path, ends[i]);
		(void)unlink(path);
	}
}

const struct move_engine move_sqlite = {
    .name = "sqlite",
    .hold = hold,
    .clear = clear,
    .add_begin = add_begin,
    .add = add,
    .add_end = add_end,
    .read_begin = read_begin,
    .read = read_one,
    .read_end = finish,
    .commit = commit,
    .aside = aside,
    .close = let_go,
    .unmake = unmake,
};
