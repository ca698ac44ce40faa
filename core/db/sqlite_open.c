/* Opening, creating and closing a store. */
#include "core/db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESTORE "put a backup in its place with `latchkey restore FILE`"

/* Does PATH hold nothing, or a database of SQLite? ours() says whose it is. */
static bool
may_be_empty(const char *path)
{
	static const char magic[16] = "SQLite format 3";
	char head[sizeof(magic)];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat s;
	bool ok = fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode);

	ok = ok &&
	     (s.st_size == 0 || (read(fd, head, sizeof(head)) == sizeof(head) &&
				    memcmp(head, magic, sizeof(head)) == 0));
	if (fd >= 0)
		close(fd);
	return ok;
}

#define LEFT "%s exists already; it is left as it is"

/* A new file of nobody else's making; one without tables will do, as making
 * the store may have been cut short. */
static enum err
make_file(const char *path, char why[static DB_WHY])
{
	int fd = open(
	    path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660);

	if (fd >= 0) {
		close(fd);
		return ERR_OK;
	}
	if (errno != EEXIST)
		return db_say(why, ERR_STORE, "%s cannot be made: %s", path,
		    strerror(errno));
	return may_be_empty(path) ? ERR_OK
				  : db_say(why, ERR_EXISTS, LEFT, path);
}

static enum err
find_file(const char *path, char why[static DB_WHY])
{
	struct stat s;

	if (stat(path, &s) == 0)
		return S_ISREG(s.st_mode)
			   ? ERR_OK
			   : db_say(why, ERR_STORE,
				 "%s cannot be opened: not a plain file", path);
	if (errno == ENOENT)
		return db_say(why, ERR_NOT_FOUND,
		    "%s does not exist: make it with `latchkey init`, "
		    "or " RESTORE,
		    path);
	return db_say(
	    why, ERR_STORE, "%s cannot be opened: %s", path, strerror(errno));
}

/* Before anything is written to it: is this file ours? */
static enum err
ours(sqlite3 *h, const struct db_options *o, char why[static DB_WHY])
{
	int64_t id, tables;
	enum err e;

	if ((e = sqlite_number(h, "PRAGMA application_id", &id)) ||
	    (e = sqlite_number(
		 h, "SELECT count(*) FROM sqlite_master", &tables))) {
		if (e == ERR_CORRUPT)
			return db_say(why, e, "%s is damaged (%s): " RESTORE,
			    o->path, SAID(h));
		return db_say(
		    why, e, "%s cannot be read: %s", o->path, SAID(h));
	}
	if (o->create && (id || tables))
		return db_say(why, ERR_EXISTS, LEFT, o->path);
	if (id == SQLITE_APPLICATION || o->create)
		return ERR_OK;
	return db_say(why, ERR_CORRUPT,
	    "%s is not a Latchkey store: name another file, or " RESTORE,
	    o->path);
}

static enum err
durable(sqlite3 *h, const struct db_options *o, char why[static DB_WHY])
{
	sqlite3_stmt *st = NULL;
	int code =
	    sqlite3_prepare_v2(h, "PRAGMA journal_mode=WAL", -1, &st, NULL);
	const unsigned char *mode;
	bool wal = false;
	enum err e;

	if (code == SQLITE_OK && (code = sqlite3_step(st)) == SQLITE_ROW) {
		mode = sqlite3_column_text(st, 0);
		wal = mode && strcmp((const char *)mode, "wal") == 0;
	}
	sqlite3_finalize(st);
	if ((e = sqlite_err(h, code, "journal_mode")) ||
	    (e = sqlite_do(h, "PRAGMA synchronous=FULL;"
			      "PRAGMA journal_size_limit=67108864;"
			      "PRAGMA wal_autocheckpoint=1000")))
		return db_say(
		    why, e, "%s cannot be written: %s", o->path, SAID(h));
	if (!wal)
		return db_say(why, ERR_STORE,
		    "%s cannot keep a write-ahead log where it is", o->path);
	return ERR_OK;
}

/* Connections of a process share what they know of the write-ahead log: as long
 * as one that can only be read is open, those opened beside it cannot write. */
static _Atomic int poor;

static void
note_poor(struct db *db)
{
	db->poor =
	    sqlite3_db_readonly(db->h, "main") == 1 || atomic_load(&poor) > 0;
	if (db->poor)
		atomic_fetch_add(&poor, 1);
}

bool
sqlite_stale(const struct db *db)
{
	const char *path = sqlite3_db_filename(db->h, "main");

	return db->poor && path != NULL && access(path, W_OK) == 0;
}

static enum err
set_up(struct db *db, const struct db_options *o, char why[static DB_WHY])
{
	enum err e;

	if ((e = sqlite_handle(o->path, SQLITE_OPEN_READWRITE, &db->h)))
		return db_say(why, e, "%s cannot be opened: %s", o->path,
		    db->h ? SAID(db->h) : "out of memory");
	if ((e = ours(db->h, o, why)) || (e = durable(db->h, o, why)) ||
	    (e = sqlite_migrate(db, o, why)))
		return e;
	if ((e = sqlite_do(db->h, "PRAGMA foreign_keys=ON")))
		return db_say(why, e, "%s", SAID(db->h));
	return ERR_OK;
}

/* Nothing of a file that was made and is not to be: SQLite leaves a log beside
 * it when it cannot map its index. */
static void
unmake(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[PATH_MAX];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (snprintf(name, sizeof(name), "%s%s", path, ends[i]) <
		    (int)sizeof(name))
			(void)unlink(name);
}

enum err
sqlite_open(const struct db_options *o, struct db *db, char why[static DB_WHY])
{
	enum err e;

	if ((db->st = calloc(o->nsql + 1, sizeof(*db->st))) == NULL)
		return db_say(why, ERR_NO_MEMORY, "out of memory");
	if ((e = o->create ? make_file(o->path, why) : find_file(o->path, why)))
		return e;
	if ((e = set_up(db, o, why)) && o->create && e != ERR_EXISTS)
		unmake(o->path);
	if (e == ERR_OK)
		note_poor(db);
	return e;
}

void
sqlite_close(struct db *db)
{
	for (size_t i = 0; db->st && i < db->nsql; i++)
		sqlite3_finalize(db->st[i].st);
	for (size_t i = 0; i < FIXED_COUNT; i++)
		sqlite3_finalize(db->fixed[i]);
	sqlite3_close_v2(db->h);
	if (db->poor)
		atomic_fetch_sub(&poor, 1);
	free(db->st);
}
