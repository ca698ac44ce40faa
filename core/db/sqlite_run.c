/* Statements, their arguments and their rows. */
#include "core/db/sqlite.h"

#include <string.h>

#include "core/base/text.h"

/* SQLite numbers $n by first appearance; we mean what is written. */
static enum err
number_slots(struct db *db, size_t sql, struct sqlite_statement *s)
{
	int n = sqlite3_bind_parameter_count(s->st);

	for (int i = 1; i <= n; i++) {
		const char *name = sqlite3_bind_parameter_name(s->st, i);
		int64_t k;

		if (!name || name[0] != '$' ||
		    !text_int(name + 1, 1, DB_ARGS_MAX, &k))
			return db_misuse(
			    db, sql, "a parameter is not $1, $2 ...");
		s->slot[k - 1] = (unsigned char)i;
		if (k > s->params)
			s->params = (int)k;
	}
	for (int k = 0; k < s->params; k++)
		if (s->slot[k] == 0)
			return db_misuse(
			    db, sql, "a parameter number is missing");
	return ERR_OK;
}

static enum err
prepare(struct db *db, size_t sql, struct sqlite_statement *s)
{
	const char *tail = NULL;
	int code = sqlite3_prepare_v3(db->h, db->sql[sql].text, -1,
	    SQLITE_PREPARE_PERSISTENT, &s->st, &tail);
	enum err e = sqlite_err(db->h, code, db->sql[sql].name);

	if (e == ERR_OK && s->st == NULL)
		e = db_misuse(db, sql, "no statement");
	if (e == ERR_OK && tail[strspn(tail, " \t\n;")] != '\0')
		e = db_misuse(db, sql, "more than one statement");
	if (e == ERR_OK)
		e = number_slots(db, sql, s);
	if (e != ERR_OK) {
		sqlite3_finalize(s->st);
		*s = (struct sqlite_statement){0};
	}
	return e;
}

enum err
sqlite_prepare_all(struct db *db)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < db->nsql && e == ERR_OK; i++)
		if (db->st[i].st == NULL)
			e = prepare(db, i, &db->st[i]);
	return e;
}

static int
bind_one(sqlite3_stmt *st, int slot, const struct db_arg *a)
{
	switch (a->kind) {
	case DB_INT_:
		return sqlite3_bind_int64(st, slot, a->number);
	case DB_TEXT_:
		return sqlite3_bind_text(
		    st, slot, a->octets, -1, SQLITE_TRANSIENT);
	case DB_BLOB_:
		if (a->len == 0)
			return sqlite3_bind_zeroblob(st, slot, 0);
		return sqlite3_bind_blob64(
		    st, slot, a->octets, a->len, SQLITE_TRANSIENT);
	case DB_NULL_:
	case DB_END_:
		break;
	}
	return sqlite3_bind_null(st, slot);
}

static enum err
bind(struct db *db, size_t sql, const struct sqlite_statement *s,
    const struct db_arg *args)
{
	int n = 0, code = SQLITE_OK;

	while (n <= DB_ARGS_MAX && args[n].kind != DB_END_)
		n++;
	if (n != s->params)
		return db_misuse(db, sql, "wrong number of arguments");
	for (int k = 0; k < n && code == SQLITE_OK; k++)
		code = bind_one(s->st, s->slot[k], &args[k]);
	return sqlite_err(db->h, code, db->sql[sql].name);
}

enum err
sqlite_query(
    struct db *db, size_t sql, const struct db_arg *args, struct db_rows *out)
{
	struct sqlite_statement spare = {0}, *s;
	enum err e;

	/* the engine gave the transaction up: nothing more belongs to it */
	if (db->in_tx && sqlite3_get_autocommit(db->h))
		return out->err = ERR_STORE;
	s = db->st[sql].busy ? &spare : &db->st[sql];
	if (s->st == NULL && (e = prepare(db, sql, s)))
		return out->err = e;
	out->st = s->st;
	out->spare = s == &spare;
	out->changed = sqlite3_total_changes64(db->h);
	s->busy = true;
	if ((e = bind(db, sql, s, args))) {
		out->err = e;
		return db_end(out);
	}
	return ERR_OK;
}

void
sqlite_rows_own(struct db_rows *r)
{
	sqlite3_stmt *st = r->st;

	if (r->spare) {
		sqlite3_finalize(st);
		return;
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	r->db->st[r->sql].busy = false;
}

bool
sqlite_next(struct db_rows *r)
{
	int code;

	if ((code = sqlite3_step(r->st)) == SQLITE_ROW)
		return true;
	/* a trigger's or cascade's changes are not the statement's own */
	if (sqlite3_total_changes64(r->db->h) != r->changed)
		r->changed = sqlite3_changes64(r->db->h);
	else
		r->changed = 0;
	if (code != SQLITE_DONE)
		r->err = sqlite_err(r->db->h, code, r->db->sql[r->sql].name);
	db_rows_own(r);
	return false;
}

bool
sqlite_is_null(const struct db_rows *r, int column)
{
	return sqlite3_column_type(r->st, column) == SQLITE_NULL;
}

int64_t
sqlite_column_number(const struct db_rows *r, int column)
{
	return sqlite3_column_int64(r->st, column);
}

const char *
sqlite_text(const struct db_rows *r, int column)
{
	const void *t = sqlite3_column_text(r->st, column);

	return t ? t : "";
}

const void *
sqlite_blob(const struct db_rows *r, int column, size_t *len)
{
	const void *p = sqlite3_column_blob(r->st, column);

	*len = p ? (size_t)sqlite3_column_bytes(r->st, column) : 0;
	return p ? p : "";
}
