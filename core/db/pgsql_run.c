/* Statements, their arguments and their rows, on PostgreSQL. */
#include "core/db/pgsql.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/text.h"

/* Arguments in libpq's form: numbers and texts as text, octets as they are. */
struct arguments {
	int n;
	char digits[DB_ARGS_MAX][24];
	const char *value[DB_ARGS_MAX];
	int len[DB_ARGS_MAX], format[DB_ARGS_MAX];
};

static enum err
collect(
    struct db *db, size_t sql, const struct db_arg *args, struct arguments *a)
{
	for (a->n = 0; args[a->n].kind != DB_END_; a->n++) {
		const struct db_arg *from = &args[a->n];
		int n = a->n;

		if (n == DB_ARGS_MAX)
			return db_misuse(db, sql, "wrong number of arguments");
		a->value[n] = from->octets;
		a->format[n] = a->len[n] = 0;
		if (from->kind == DB_NULL_)
			a->value[n] = NULL;
		if (from->kind == DB_INT_) {
			(void)snprintf(a->digits[n], sizeof(a->digits[n]),
			    "%lld", (long long)from->number);
			a->value[n] = a->digits[n];
		}
		if (from->kind == DB_BLOB_) {
			if (from->len > DB_VALUE_MAX)
				return ERR_TOO_BIG;
			if (from->octets == NULL)
				a->value[n] = "";
			a->format[n] = 1;
			a->len[n] = (int)from->len;
		}
	}
	return ERR_OK;
}

/* How many rows a statement is to give, and from where; NONE: its text does not
 * ask for it. The server makes one plan for all values of an argument, and then
 * takes an unknown LIMIT for a tenth of all rows: too many for the plan that is
 * right for a page. So the number is part of the text that it gets. */
struct bounds {
	int64_t limit, offset;
};
enum { NONE = -1 };

/* The number that stands behind WORD. */
static int64_t
bound(const char *text, const char *word, const struct db_arg *args)
{
	const char *at = strstr(text, word);
	long n = at ? strtol(at + strlen(word), NULL, 10) : 0;

	for (long i = 0; i < n; i++)
		if (args[i].kind == DB_END_)
			return NONE;
	return n > 0 && args[n - 1].kind == DB_INT_ ? args[n - 1].number : NONE;
}

#define LIMIT_IS "LIMIT $"
#define OFFSET_IS "OFFSET $"

static struct bounds
bounds_of(const char *text, const struct db_arg *args)
{
	return (struct bounds){
	    bound(text, LIMIT_IS, args), bound(text, OFFSET_IS, args)};
}

/* Of each statement there are two: the first page, which most ask for, has a
 * plan of its own. */
static size_t
place_of(size_t sql, const struct bounds *b)
{
	return sql * PGSQL_WAYS + (b->offset == 0);
}

static void
name_of(size_t place, char out[static 32])
{
	(void)snprintf(out, 32, "s%zu", place);
}

/* TEXT up to WORD and its argument, in place of which VALUE is written; returns
 * what follows. */
static const char *
write_bound(struct buf *out, const char *text, const char *word, int64_t value)
{
	const char *at = strstr(text, word);

	buf_add(out, text, (size_t)(at - text) + strlen(word) - 1);
	buf_printf(out, "%lld", (long long)value);
	return at + strlen(word) + strspn(at + strlen(word), "0123456789");
}

static void
write_text(struct buf *out, const char *text, const struct bounds *b)
{
	if (b->limit >= 0)
		text = write_bound(out, text, LIMIT_IS, b->limit);
	if (b->offset == 0)
		text = write_bound(out, text, OFFSET_IS, 0);
	buf_text(out, text);
}

/* Numbers are always of 64 bits; the server would guess 32 beside a small
 * constant, and refuse a larger one later. */
static enum err
prepare_as(struct db *db, size_t sql, const struct db_arg *args,
    const struct bounds *b)
{
	OWN(buf) struct buf text = BUF(PGSQL_TEXT);
	Oid types[DB_ARGS_MAX];
	char name[32];
	PGresult *r;
	int n = 0;
	enum err e;

	for (; args[n].kind != DB_END_ && n < DB_ARGS_MAX; n++)
		types[n] = args[n].kind == DB_INT_ ? PGSQL_INT8 : 0;
	write_text(&text, db->sql[sql].text, b);
	if (text.err)
		return text.err;
	name_of(place_of(sql, b), name);
	r = PQprepare(db->pg->c, name, buf_str(&text), n, types);
	e = pgsql_err(db, r, db->sql[sql].name);
	PQclear(r);
	return e;
}

static enum err
prepare(struct db *db, size_t sql, const struct db_arg *args,
    const struct bounds *b)
{
	struct pgsql_prepared *p = &db->pg->prepared[place_of(sql, b)];
	char words[48];
	enum err e;

	if (p->done && p->limit == b->limit)
		return ERR_OK;
	if (p->done) {
		(void)snprintf(
		    words, sizeof(words), "DEALLOCATE s%zu", place_of(sql, b));
		if ((e = pgsql_do(db, words)))
			return e;
		p->done = false;
	}
	if ((e = prepare_as(db, sql, args, b)))
		return e;
	*p = (struct pgsql_prepared){true, b->limit};
	return ERR_OK;
}

enum err
pgsql_prepare_all(struct db *db)
{
	enum err e = pgsql_ready(db);

	for (size_t i = 0; i < db->nsql && e == ERR_OK; i++) {
		PGresult *r =
		    PQprepare(db->pg->c, "", db->sql[i].text, 0, NULL);

		e = pgsql_err(db, r, db->sql[i].name);
		PQclear(r);
	}
	return e;
}

/* Only what changes rows can fail in a way that is an answer. */
static bool
guarded(struct db *db, size_t sql)
{
	const char *t = db->sql[sql].text;

	return db->in_tx && strncasecmp(t, "SELECT", 6) != 0;
}

static enum err
execute(struct db *db, size_t sql, const struct bounds *b,
    const struct arguments *a, PGresult **out)
{
	char name[32];
	bool guard = guarded(db, sql);
	enum err e;

	name_of(place_of(sql, b), name);
	if (guard && (e = pgsql_do(db, "SAVEPOINT one")))
		return e;
	*out = PQexecPrepared(
	    db->pg->c, name, a->n, a->value, a->len, a->format, 0);
	e = pgsql_err(db, *out, db->sql[sql].name);
	if (!guard || PQstatus(db->pg->c) != CONNECTION_OK)
		return e;
	if (e == ERR_OK)
		return pgsql_do(db, "RELEASE SAVEPOINT one");
	(void)pgsql_do(db, "ROLLBACK TO SAVEPOINT one; RELEASE SAVEPOINT one");
	return e;
}

enum err
pgsql_query(
    struct db *db, size_t sql, const struct db_arg *args, struct db_rows *out)
{
	struct bounds b = bounds_of(db->sql[sql].text, args);
	struct arguments a;
	struct pgsql_rows *rows;
	enum err e;

	if (db->in_tx && db->pg->lost)
		return out->err = ERR_STORE;
	if ((!db->in_tx && (e = pgsql_ready(db))) ||
	    (e = prepare(db, sql, args, &b)) ||
	    (e = collect(db, sql, args, &a)))
		return out->err = e;
	if ((rows = calloc(1, sizeof(*rows))) == NULL)
		return out->err = ERR_NO_MEMORY;
	rows->row = -1;
	out->st = rows;
	if ((e = execute(db, sql, &b, &a, &rows->r)) != ERR_OK) {
		out->err = e;
		return db_end(out);
	}
	return ERR_OK;
}

static void
forget_blobs(struct pgsql_rows *rows)
{
	while (rows->blobs > 0)
		PQfreemem(rows->blob[--rows->blobs]);
}

void
pgsql_rows_own(struct db_rows *r)
{
	struct pgsql_rows *rows = r->st;

	if (rows->lacked && r->err == ERR_OK)
		r->err = ERR_NO_MEMORY;
	forget_blobs(rows);
	PQclear(rows->r);
	free(rows);
}

bool
pgsql_next(struct db_rows *r)
{
	struct pgsql_rows *rows = r->st;
	int64_t n = 0;

	forget_blobs(rows);
	if (!rows->lacked && ++rows->row < PQntuples(rows->r))
		return true;
	/* "" for a SELECT's rows, which are not changes */
	if (strncmp(PQcmdStatus(rows->r), "SELECT", 6) != 0)
		(void)text_int(PQcmdTuples(rows->r), 0, INT64_MAX, &n);
	r->changed = n;
	db_rows_own(r);
	return false;
}

bool
pgsql_is_null(const struct db_rows *r, int column)
{
	const struct pgsql_rows *rows = r->st;

	return PQgetisnull(rows->r, rows->row, column);
}

int64_t
pgsql_column_number(const struct db_rows *r, int column)
{
	const struct pgsql_rows *rows = r->st;
	const char *t = PQgetvalue(rows->r, rows->row, column);

	if (t[0] == 't' && t[1] == '\0')
		return 1;
	return strtoll(t, NULL, 10);
}

const char *
pgsql_text(const struct db_rows *r, int column)
{
	const struct pgsql_rows *rows = r->st;

	return PQgetvalue(rows->r, rows->row, column);
}

const void *
pgsql_blob(const struct db_rows *r, int column, size_t *len)
{
	struct pgsql_rows *rows = r->st;
	const char *t = PQgetvalue(rows->r, rows->row, column);

	unsigned char *octets;

	*len = 0;
	if (rows->blobs == PGSQL_BLOBS)
		return "";
	octets = PQunescapeBytea((const unsigned char *)t, len);
	if (octets == NULL) {
		rows->lacked = true;
		*len = 0;
		return "";
	}
	rows->blob[rows->blobs++] = octets;
	return octets;
}
