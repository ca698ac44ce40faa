#include "core/db/db.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/db/driver.h"

enum err
db_say(char why[static DB_WHY], enum err e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, DB_WHY, fmt, ap);
	va_end(ap);
	return e;
}

enum err
db_misuse(struct db *db, size_t sql, const char *reason)
{
	LOG(ERROR, "db.misuse",
	    LOG_S("statement", sql < db->nsql ? db->sql[sql].name : "?"),
	    LOG_S("reason", reason));
	return ERR_INTERNAL;
}

static const struct db_driver *
driver_of(const struct db_options *o)
{
	return o->url ? &pgsql_driver : &sqlite_driver;
}

enum err
db_open(const struct db_options *o, struct db **out, char why[static DB_WHY])
{
	OWN(db) struct db *db = calloc(1, sizeof(*db));
	enum err e;

	*out = NULL;
	why[0] = '\0';
	if (db == NULL)
		return db_say(why, ERR_NO_MEMORY, "out of memory");
	db->driver = driver_of(o);
	db->sql = o->sql;
	db->nsql = o->nsql;
	if ((e = db->driver->open(o, db, why)))
		return e;
	*out = give(db);
	return ERR_OK;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	db->driver->close(db);
	free(db);
}

bool
db_unborn(struct db *db, const struct db_options *o)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	return db_one(db, o->born, DB_NO_ARGS, &r) == ERR_NOT_FOUND;
}

int
db_schema(const struct db *db)
{
	return db->schema;
}

enum err
db_prepare_all(struct db *db)
{
	return db->driver->prepare_all(db);
}

enum err
db_query(
    struct db *db, size_t sql, const struct db_arg *args, struct db_rows *out)
{
	*out = (struct db_rows){.db = db, .sql = sql};
	if (sql >= db->nsql)
		return out->err = db_misuse(db, sql, "no such statement");
	return db->driver->query(db, sql, args, out);
}

bool
db_next(struct db_rows *r)
{
	if (r->err != ERR_OK || r->st == NULL)
		return false;
	return r->db->driver->next(r);
}

void
db_rows_own(struct db_rows *r)
{
	if (r->st != NULL)
		r->db->driver->rows_own(r);
	r->st = NULL;
}

enum err
db_end(struct db_rows *r)
{
	db_rows_own(r);
	return r->err;
}

enum err
db_one(struct db *db, size_t sql, const struct db_arg *args, struct db_rows *r)
{
	enum err e = db_query(db, sql, args, r);

	if (e)
		return e;
	if (db_next(r))
		return ERR_OK;
	return r->err ? r->err : ERR_NOT_FOUND;
}

enum err
db_run(struct db *db, size_t sql, const struct db_arg *args, int64_t *changed)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_query(db, sql, args, &r);

	if (changed)
		*changed = 0;
	if (e)
		return e;
	while (db_next(&r))
		continue;
	if (changed && r.err == ERR_OK)
		*changed = r.changed;
	return db_end(&r);
}

bool
db_is_null(const struct db_rows *r, int column)
{
	return r->st == NULL || r->db->driver->is_null(r, column);
}

int64_t
db_int(const struct db_rows *r, int column)
{
	return r->st ? r->db->driver->number(r, column) : 0;
}

const char *
db_text(const struct db_rows *r, int column)
{
	return r->st ? r->db->driver->text(r, column) : "";
}

const void *
db_blob(const struct db_rows *r, int column, size_t *len)
{
	*len = 0;
	return r->st ? r->db->driver->blob(r, column, len) : "";
}

enum err
db_version_counter(struct db *db, int64_t *out)
{
	return db->driver->version_counter(db, out);
}

int64_t
db_heard(const struct db *db)
{
	return db->driver->heard ? db->driver->heard(db) : clock_now();
}

enum err
db_backup(struct db *db, const char *file, char why[static DB_WHY])
{
	why[0] = '\0';
	return db->driver->backup(db, file, why);
}

enum err
db_restore(
    const char *file, const struct db_options *o, char why[static DB_WHY])
{
	why[0] = '\0';
	return driver_of(o)->restore(file, o, why);
}

enum err
db_check(struct db *db, bool quick, char why[static DB_WHY])
{
	why[0] = '\0';
	return db->driver->check(db, quick, why);
}

bool
db_stale(const struct db *db)
{
	return db->driver->stale != NULL && db->driver->stale(db);
}

enum err
db_log_trim(struct db *db, int64_t most, int64_t *octets)
{
	*octets = 0;
	if (db->driver->log_trim == NULL)
		return ERR_OK;
	return db->in_tx ? ERR_BAD_STATE
			 : db->driver->log_trim(db, most, octets);
}
