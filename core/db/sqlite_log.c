/* The write-ahead log: how long it is, and how it gets short again. */
#include "core/db/sqlite.h"

#include <sys/stat.h>

enum { PATIENCE_MS = 100 }; /* while others may not write */

static int64_t
size(sqlite3 *h)
{
	const char *file = sqlite3_db_filename(h, "main");
	struct stat s;

	return file && stat(sqlite3_filename_wal(file), &s) == 0 ? s.st_size
								 : 0;
}

/*
 * SQLite writes back by itself, but starts again at the head of the log only
 * when nobody reads from it in that moment, and with readers that follow each
 * other there may be no such moment. So first without holding anybody up; only
 * when all of it is in the store the rest is worth a moment of the writers.
 */
static enum err
empty(sqlite3 *h)
{
	int all, done;
	int code = sqlite3_wal_checkpoint_v2(
	    h, "main", SQLITE_CHECKPOINT_PASSIVE, &all, &done);

	if (code == SQLITE_OK && all > 0 && all == done) {
		sqlite3_busy_timeout(h, PATIENCE_MS);
		code = sqlite3_wal_checkpoint_v2(
		    h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		sqlite3_busy_timeout(h, DB_BUSY_MS);
	}
	return (code & 0xff) == SQLITE_BUSY ? ERR_OK
					    : sqlite_err(h, code, "log_trim");
}

enum err
sqlite_log_trim(struct db *db, int64_t most, int64_t *octets)
{
	enum err e = ERR_OK;

	if ((*octets = size(db->h)) > most) {
		e = empty(db->h);
		*octets = size(db->h);
	}
	return e;
}
