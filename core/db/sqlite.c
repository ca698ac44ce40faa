#include "core/db/sqlite.h"

#include <stdio.h>
#include <string.h>

#include "core/base/log.h"

static enum err
constraint(int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return ERR_EXISTS;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return ERR_CONFLICT;
	default:
		return ERR_INTERNAL;
	}
}

static enum err
meaning(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return ERR_BUSY;
	case SQLITE_CONSTRAINT:
		return constraint(code);
	case SQLITE_FULL:
	case SQLITE_READONLY:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return code == SQLITE_IOERR_NOMEM ? ERR_NO_MEMORY : ERR_STORE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	case SQLITE_NOMEM:
		return ERR_NO_MEMORY;
	case SQLITE_TOOBIG:
		return ERR_TOO_BIG;
	default:
		return ERR_INTERNAL;
	}
}

const char *
sqlite_said(sqlite3 *h, char room[static SQLITE_SAID])
{
	int code = h ? sqlite3_errcode(h) & 0xff : SQLITE_OK;
	int os = code == SQLITE_IOERR || code == SQLITE_CANTOPEN
		     ? sqlite3_system_errno(h)
		     : 0;

	(void)snprintf(room, SQLITE_SAID, "%s%s%s",
	    h ? sqlite3_errmsg(h) : "no handle", os ? ": " : "",
	    os ? strerror(os) : "");
	return room;
}

enum err
sqlite_err(sqlite3 *h, int code, const char *name)
{
	const char *file = h ? sqlite3_db_filename(h, "main") : NULL;
	enum err e = meaning(code);

	if (e != ERR_OK && e != ERR_EXISTS && e != ERR_CONFLICT)
		LOG(ERROR, "db.failed", LOG_S("statement", name),
		    LOG_S("kind", err_name(e)), LOG_I("code", code),
		    LOG_S("reason", SAID(h)), LOG_S("file", file ? file : ""));
	return e;
}

/*
 * secure_delete overwrites what is deleted; trusted_schema and defensive mode
 * keep a doctored file from running code; nothing spills to temporary files.
 */
enum err
sqlite_handle(const char *path, int flags, sqlite3 **out)
{
	static const char set_up[] = "PRAGMA trusted_schema=OFF;"
				     "PRAGMA cell_size_check=ON;"
				     "PRAGMA secure_delete=ON;"
				     "PRAGMA temp_store=MEMORY;"
				     "PRAGMA mmap_size=0";
	sqlite3 *h = NULL;
	int code = sqlite3_open_v2(path, &h,
	    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	enum err e;

	*out = h;
	if (code != SQLITE_OK)
		return sqlite_err(h, code, "open");
	sqlite3_busy_timeout(h, DB_BUSY_MS);
	sqlite3_limit(h, SQLITE_LIMIT_LENGTH, DB_VALUE_MAX);
	sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if ((e = sqlite_do(h, set_up)) != ERR_OK)
		return e;
	return ERR_OK;
}

enum err
sqlite_do(sqlite3 *h, const char *sql)
{
	int code = sqlite3_exec(h, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? ERR_OK : sqlite_err(h, code, sql);
}

enum err
sqlite_number(sqlite3 *h, const char *sql, int64_t *out)
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(h, sql, -1, &st, NULL);

	*out = 0;
	if (code == SQLITE_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return sqlite_err(h, code, sql);
}

/* One of the transaction statements. */
static enum err
fixed_run(struct db *db, enum sqlite_fixed what)
{
	static const char *const text[FIXED_COUNT] = {
	    [FIXED_WRITE] = "BEGIN IMMEDIATE",
	    [FIXED_READ] = "BEGIN",
	    [FIXED_COMMIT] = "COMMIT",
	    [FIXED_ROLLBACK] = "ROLLBACK",
	    [FIXED_COUNTER] = "PRAGMA data_version",
	};
	sqlite3_stmt **st = &db->fixed[what];
	int code = SQLITE_OK;
	enum err e;

	if (*st == NULL)
		code = sqlite3_prepare_v3(
		    db->h, text[what], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(*st);
	e = sqlite_err(db->h, code, text[what]);
	if (what != FIXED_COUNTER || e != ERR_OK)
		sqlite3_reset(*st);
	return e;
}

static enum err
version_counter(struct db *db, int64_t *out)
{
	enum err e = fixed_run(db, FIXED_COUNTER);

	if (e != ERR_OK)
		return e;
	*out = sqlite3_column_int64(db->fixed[FIXED_COUNTER], 0);
	sqlite3_reset(db->fixed[FIXED_COUNTER]);
	return ERR_OK;
}

static enum err
begin(struct db *db, enum tx_kind kind)
{
	return fixed_run(db, kind == TX_WRITE ? FIXED_WRITE : FIXED_READ);
}

/* A failure such as a full disk can end a transaction by itself. */
static enum err
commit(struct db *db)
{
	if (sqlite3_get_autocommit(db->h))
		return ERR_STORE;
	return fixed_run(db, FIXED_COMMIT);
}

static void
rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->h))
		(void)fixed_run(db, FIXED_ROLLBACK);
}

const struct db_driver sqlite_driver = {
    .open = sqlite_open,
    .close = sqlite_close,
    .prepare_all = sqlite_prepare_all,
    .query = sqlite_query,
    .next = sqlite_next,
    .rows_own = sqlite_rows_own,
    .is_null = sqlite_is_null,
    .number = sqlite_column_number,
    .text = sqlite_text,
    .blob = sqlite_blob,
    .version_counter = version_counter,
    .backup = sqlite_backup,
    .restore = sqlite_restore,
    .check = sqlite_check,
    .log_trim = sqlite_log_trim,
    .stale = sqlite_stale,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
};
