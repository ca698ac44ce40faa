/* Moving a store: the side that is a server. */
#include <stdio.h>
#include <string.h>

#include "core/db/move_side.h"

enum { FETCH = 500 };

static enum err
failed(struct move_side *s, enum err e)
{
	if (s->why[0] == '\0')
		(void)db_say(s->why, e, "the database server: %s",
		    PQerrorMessage(s->db->pg->c));
	return e;
}

static enum err
done(struct move_side *s, const char *sql)
{
	enum err e = pgsql_do(s->db, sql);

	return e ? failed(s, e) : ERR_OK;
}

/* Our own connection does not count, nor do those of people with psql; one that
 * was just closed takes a moment to go. */
static enum err
alone(struct move_side *s)
{
	int64_t others = 1;
	enum err e = ERR_OK;

	for (int i = 0; i < 20 && others && e == ERR_OK; i++)
		e = pgsql_number(s->db,
		    "SELECT count(*) FROM pg_stat_activity, pg_sleep(0.1) WHERE"
		    " datname = current_database() AND pid <> pg_backend_pid()"
		    " AND application_name = '" PGSQL_NAME "'",
		    &others);
	if (e)
		return failed(s, e);
	if (others)
		return db_say(s->why, ERR_BUSY,
		    "%lld connections of Latchkey are open: stop it before "
		    "moving its store",
		    (long long)others);
	return ERR_OK;
}

/* Writers wait for the lock, and find out that the store has gone. */
static enum err
hold(struct move_side *s)
{
	struct db_options with = *s->place;
	char sql[300];
	enum err e;

	with.create = with.migrate = false;
	if ((e = db_open(&with, &s->db, s->why)) || (e = alone(s)))
		return e;
	(void)snprintf(sql, sizeof(sql),
	    "BEGIN; SET LOCAL statement_timeout = 0;"
	    "SET LOCAL idle_in_transaction_session_timeout = 0;"
	    "SELECT pg_advisory_xact_lock(%d)",
	    PGSQL_WRITER);
	return done(s, sql);
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
	PGresult *r;
	enum err e = ERR_OK;

	buf_printf(&sql, "COPY \"%s\"(", t->name);
	move_names(&sql, t);
	buf_text(&sql, ") FROM STDIN");
	if (sql.err)
		return sql.err;
	s->table = t;
	buf_own(&s->line);
	s->line = BUF(MOVE_LINE);
	r = PQexec(s->db->pg->c, buf_str(&sql));
	if (PQresultStatus(r) != PGRES_COPY_IN)
		e = failed(s, pgsql_err(s->db, r, "COPY"));
	PQclear(r);
	return e;
}

/* The text form of COPY: a backslash before what would end a value. */
static void
add_text(struct buf *b, const char *t, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (t[i]) {
		case '\\':
			buf_text(b, "\\\\");
			break;
		case '\n':
			buf_text(b, "\\n");
			break;
		case '\r':
			buf_text(b, "\\r");
			break;
		case '\t':
			buf_text(b, "\\t");
			break;
		default:
			buf_char(b, t[i]);
		}
}

static void
add_octets(struct buf *b, const unsigned char *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	buf_text(b, "\\\\x");
	for (size_t i = 0; i < len; i++) {
		buf_char(b, digits[p[i] >> 4]);
		buf_char(b, digits[p[i] & 15]);
	}
}

static enum err
send(struct move_side *s)
{
	enum err e = s->line.err;

	if (e == ERR_OK && s->line.len > 0 &&
	    PQputCopyData(s->db->pg->c, s->line.p, (int)s->line.len) != 1)
		e = ERR_STORE;
	buf_clear(&s->line);
	return e ? failed(s, e) : ERR_OK;
}

static enum err
add(struct move_side *s, const struct db_arg *row)
{
	for (int i = 0; i < s->table->columns; i++) {
		const struct db_arg *v = &row[i];

		if (i > 0)
			buf_char(&s->line, '\t');
		if (v->kind == DB_INT_)
			buf_printf(&s->line, "%lld", (long long)v->number);
		else if (v->kind == DB_TEXT_)
			add_text(&s->line, v->octets, v->len);
		else if (v->kind == DB_BLOB_)
			add_octets(&s->line, v->octets, v->len);
		else
			buf_text(&s->line, "\\N");
	}
	buf_char(&s->line, '\n');
	return s->line.len < MOVE_CHUNK ? ERR_OK : send(s);
}

static enum err
add_end(struct move_side *s)
{
	PGresult *r;
	enum err e = send(s);

	if (PQputCopyEnd(s->db->pg->c, e ? "given up" : NULL) != 1 && !e)
		e = failed(s, ERR_STORE);
	while ((r = PQgetResult(s->db->pg->c)) != NULL) {
		enum err one = pgsql_err(s->db, r, s->table->name);

		if (one && !e)
			e = db_say(s->why, one, "%s: %s", s->table->name,
			    PQresultErrorMessage(r));
		PQclear(r);
	}
	return e;
}

/* --- rows that go --- */

static enum err
read_begin(struct move_side *s, const struct move_table *t)
{
	OWN(buf) struct buf sql = BUF(MOVE_SQL);

	buf_text(&sql, "DECLARE moving CURSOR FOR ");
	move_select(&sql, t, " COLLATE \"C\"");
	s->table = t;
	s->row = 0;
	return sql.err ? sql.err : done(s, buf_str(&sql));
}

static void
forget(struct move_side *s)
{
	for (int i = 0; i < MOVE_COLUMNS; i++) {
		PQfreemem(s->octets[i]);
		s->octets[i] = NULL;
	}
}

static enum err
fetch(struct move_side *s)
{
	char sql[64];
	enum err e;

	PQclear(s->rows);
	s->row = 0;
	(void)snprintf(sql, sizeof(sql), "FETCH %d FROM moving", FETCH);
	s->rows = PQexec(s->db->pg->c, sql);
	e = pgsql_err(s->db, s->rows, "FETCH");
	return e ? failed(s, e) : ERR_OK;
}

static enum err
value(struct move_side *s, int at, struct db_arg *v)
{
	const char *t = PQgetvalue(s->rows, s->row, at);

	*v = (struct db_arg){.kind = s->table->column[at].kind};
	if (PQgetisnull(s->rows, s->row, at))
		v->kind = DB_NULL_;
	else if (v->kind == DB_INT_)
		v->number = strtoll(t, NULL, 10);
	else if (v->kind == DB_TEXT_) {
		v->octets = t;
		v->len = (size_t)PQgetlength(s->rows, s->row, at);
	} else {
		s->octets[at] =
		    PQunescapeBytea((const unsigned char *)t, &v->len);
		if ((v->octets = s->octets[at]) == NULL)
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

static enum err
read_one(struct move_side *s, struct db_arg *row, bool *more)
{
	enum err e;

	forget(s);
	if ((s->rows == NULL || s->row == PQntuples(s->rows)) && (e = fetch(s)))
		return e;
	if (!(*more = s->row < PQntuples(s->rows)))
		return ERR_OK;
	for (int i = 0; i < s->table->columns; i++)
		if ((e = value(s, i, &row[i])))
			return e;
	s->row++;
	return ERR_OK;
}

static void
read_end(struct move_side *s)
{
	forget(s);
	PQclear(s->rows);
	s->rows = NULL;
	if (s->db && PQtransactionStatus(s->db->pg->c) == PQTRANS_INTRANS)
		(void)pgsql_do(s->db, "CLOSE ALL");
}

/* --- the end --- */

static enum err
commit(struct move_side *s)
{
	return done(s, "COMMIT");
}

/* The tables stay, but are nobody's store. */
static enum err
aside(struct move_side *s, char where[static DB_WHY])
{
	enum err e = done(s, "ALTER TABLE schema_version RENAME TO"
			     " schema_version_moved; COMMIT");

	if (e == ERR_OK)
		(void)snprintf(where, DB_WHY,
		    "the tables of the database (schema_version is now "
		    "schema_version_moved)");
	return e;
}

static void
let_go(struct move_side *s)
{
	read_end(s);
	buf_own(&s->line);
	db_close(s->db);
	s->db = NULL;
}

static void
unmake(const struct db_options *place, const struct move_table *t, size_t n)
{
	struct move_side s = {.place = place};
	char why[DB_WHY], sql[MOVE_NAME + 48];

	s.why = why;
	why[0] = '\0';
	if (hold(&s) == ERR_OK) {
		for (size_t i = n; i-- > 0;) {
			(void)snprintf(sql, sizeof(sql),
			    "DROP TABLE IF EXISTS \"%s\" CASCADE", t[i].name);
			(void)pgsql_do(s.db, sql);
		}
		(void)pgsql_do(s.db, "DROP TABLE schema_version; COMMIT");
	}
	let_go(&s);
}

const struct move_engine move_pgsql = {
    .name = "pgsql",
    .hold = hold,
    .clear = clear,
    .add_begin = add_begin,
    .add = add,
    .add_end = add_end,
    .read_begin = read_begin,
    .read = read_one,
    .read_end = read_end,
    .commit = commit,
    .aside = aside,
    .close = let_go,
    .unmake = unmake,
};
