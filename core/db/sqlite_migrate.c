/* Numbered steps of the schema, each all or nothing. */
#include "core/db/sqlite.h"

#include <stdio.h>

#include "core/base/log.h"

static enum err
version(sqlite3 *h, int64_t *out)
{
	int64_t there;
	enum err e = sqlite_number(h,
	    "SELECT count(*) FROM sqlite_master WHERE type='table' AND "
	    "name='schema_version'",
	    &there);

	*out = 0;
	if (e || !there)
		return e;
	return sqlite_number(h, "SELECT max(n) FROM schema_version", out);
}

/* Whose file it is goes in with the first step. */
static enum err
mark(sqlite3 *h, int n)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql),
	    "CREATE TABLE IF NOT EXISTS schema_version(n BIGINT PRIMARY KEY,"
	    " program TEXT NOT NULL);"
	    "INSERT INTO schema_version(n, program) VALUES (%d, '%s');"
	    "PRAGMA application_id=%d",
	    n, LATCHKEY_VERSION, SQLITE_APPLICATION);
	return sqlite_do(h, sql);
}

/* Foreign keys are off while a step rebuilds tables; so they are checked. */
static enum err
intact(sqlite3 *h)
{
	int64_t broken;
	enum err e = sqlite_number(
	    h, "SELECT count(*) FROM pragma_foreign_key_check", &broken);

	if (e == ERR_OK && broken) {
		LOG(ERROR, "db.migration", LOG_I("broken_references", broken));
		e = ERR_CORRUPT;
	}
	return e;
}

/* Somebody else may have done it between our look and our turn. */
static enum err
step(sqlite3 *h, const struct db_migration *m)
{
	int64_t now;
	enum err e = sqlite_do(h, "BEGIN IMMEDIATE");

	if (e)
		return e;
	if ((e = version(h, &now)) == ERR_OK && now < m->n) {
		if ((e = sqlite_do(h, m->sql)) || (e = mark(h, m->n)) ||
		    (e = intact(h)))
			LOG(ERROR, "db.migration", LOG_I("step", m->n),
			    LOG_S("kind", err_name(e)));
		else
			LOG(INFO, "db.migration", LOG_I("step", m->n));
	}
	if (e == ERR_OK)
		e = sqlite_do(h, "COMMIT");
	if (e != ERR_OK && !sqlite3_get_autocommit(h))
		(void)sqlite_do(h, "ROLLBACK");
	return e;
}

static enum err
apply(struct db *db, const struct db_options *o, char why[static DB_WHY])
{
	enum err e;

	for (size_t i = 0; i < o->nmigrations; i++) {
		if (o->migrations[i].n <= db->schema)
			continue;
		if ((e = step(db->h, &o->migrations[i]))) {
			return db_say(why, e,
			    "%s: step %d of the schema failed (%s); nothing of "
			    "it remains",
			    o->path, o->migrations[i].n, SAID(db->h));
		}
		db->schema = o->migrations[i].n;
	}
	return ERR_OK;
}

enum err
sqlite_migrate(
    struct db *db, const struct db_options *o, char why[static DB_WHY])
{
	int newest = o->nmigrations ? o->migrations[o->nmigrations - 1].n : 0;
	int64_t now;
	enum err e = version(db->h, &now);

	if (e) {
		(void)snprintf(why, DB_WHY, "%s: %s", o->path, SAID(db->h));
		return e;
	}
	db->schema = (int)now;
	if (now > newest) {
		return db_say(why, ERR_UNSUPPORTED,
		    "%s was made by a newer Latchkey (schema %d, this one "
		    "knows %d): install that version",
		    o->path, db->schema, newest);
	}
	if (now == newest && !o->create)
		return ERR_OK;
	if (!o->create && !o->migrate) {
		return db_say(why, ERR_BAD_STATE,
		    "%s was made by an older Latchkey (schema %d, this one "
		    "needs %d): run `latchkey backup`, then `latchkey migrate`",
		    o->path, db->schema, newest);
	}
	return apply(db, o, why);
}
