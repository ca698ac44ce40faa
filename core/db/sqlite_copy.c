/* Copies of a whole store: backup, restore, check. */
#include "core/db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static void
handle_own(sqlite3 **h)
{
	sqlite3_close_v2(*h);
}

static void
fd_own(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* Puts FILE and its name on disk. */
static enum err
settle(const char *file)
{
	char dir[PATH_ROOM];
	const char *slash = strrchr(file, '/');
	OWN(fd) int f = open(file, O_RDONLY | O_CLOEXEC);
	OWN(fd) int d = -1;

	if (!slash)
		(void)snprintf(dir, sizeof(dir), ".");
	else
		(void)snprintf(
		    dir, sizeof(dir), "%.*s/", (int)(slash - file), file);
	d = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f < 0 || d < 0 || fsync(f) != 0 || fsync(d) != 0)
		return ERR_STORE;
	return ERR_OK;
}

/* In one go: readers and writers go on meanwhile, thanks to the WAL. */
static enum err
copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int code = SQLITE_BUSY;

	if (b == NULL)
		return sqlite_err(to, sqlite3_extended_errcode(to), "backup");
	for (int i = 0; i < 50; i++) {
		code = sqlite3_backup_step(b, -1);
		if (code != SQLITE_BUSY && code != SQLITE_LOCKED)
			break;
		sqlite3_sleep(100);
	}
	(void)sqlite3_backup_finish(b);
	if (code != SQLITE_DONE)
		return sqlite_err(to, code, "backup");
	/* one file that needs nothing beside it */
	return sqlite_do(to, "PRAGMA journal_mode=DELETE");
}

static enum err
copy_to(sqlite3 *from, const char *file, char why[static DB_WHY])
{
	OWN(handle) sqlite3 *to = NULL;
	enum err e;

	if ((e = sqlite_handle(file, SQLITE_OPEN_READWRITE, &to)) ||
	    (e = copy_pages(from, to)))
		return db_say(
		    why, e, "%s cannot be written: %s", file, SAID(to));
	return ERR_OK;
}

static enum err
new_file(const char *file, mode_t mode, char why[static DB_WHY])
{
	OWN(fd)
	int fd = open(
	    file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd >= 0)
		return ERR_OK;
	if (errno == EEXIST)
		return db_say(why, ERR_EXISTS, "%s exists already", file);
	return db_say(
	    why, ERR_STORE, "%s cannot be made: %s", file, strerror(errno));
}

enum err
sqlite_backup(struct db *db, const char *file, char why[static DB_WHY])
{
	enum err e;

	if ((e = new_file(file, 0600, why)))
		return e;
	if ((e = copy_to(db->h, file, why)) == ERR_OK && (e = settle(file)))
		(void)db_say(why, e, "%s cannot be put on disk: %s", file,
		    strerror(errno));
	if (e != ERR_OK)
		(void)unlink(file);
	return e;
}

enum err
sqlite_check(struct db *db, bool quick, char why[static DB_WHY])
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(db->h,
	    quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)", -1,
	    &st, NULL);
	const unsigned char *said = NULL;
	enum err e;

	if (code == SQLITE_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
		said = sqlite3_column_text(st, 0);
	e = sqlite_err(db->h, code, "check");
	if (e != ERR_OK)
		(void)db_say(why, e, "%s", SAID(db->h));
	else if (!said || strcmp((const char *)said, "ok") != 0)
		e = db_say(why, ERR_CORRUPT, "%s",
		    said ? (const char *)said : "no answer");
	sqlite3_finalize(st);
	return e;
}

/* --- restore --- */

struct names {
	char fresh[PATH_ROOM], kept[PATH_ROOM], keptwal[PATH_ROOM],
	    wal[PATH_ROOM], shm[PATH_ROOM];
};

static enum err
name_all(const char *path, struct names *n, char why[static DB_WHY])
{
	if (strlen(path) > PATH_ROOM - 32)
		return db_say(why, ERR_STORE, "the path is too long");
	(void)snprintf(n->fresh, PATH_ROOM, "%s.restoring", path);
	(void)snprintf(n->kept, PATH_ROOM, "%s.before-restore", path);
	(void)snprintf(n->keptwal, PATH_ROOM, "%s.before-restore-wal", path);
	(void)snprintf(n->wal, PATH_ROOM, "%s-wal", path);
	(void)snprintf(n->shm, PATH_ROOM, "%s-shm", path);
	return ERR_OK;
}

/* The copy is brought up to date and checked before it counts. */
static enum err
check_fresh(
    const char *fresh, const struct db_options *o, char why[static DB_WHY])
{
	struct db_options with = *o;
	OWN(db) struct db *db = NULL;
	enum err e;

	with.path = fresh;
	with.create = false;
	with.migrate = true;
	if ((e = db_open(&with, &db, why)) || (e = db_check(db, false, why)))
		return e;
	if ((e = sqlite_do(db->h, "PRAGMA wal_checkpoint(TRUNCATE)")) ||
	    (e = sqlite_do(db->h, "PRAGMA journal_mode=DELETE")))
		return db_say(
		    why, e, "%s cannot be written: %s", fresh, SAID(db->h));
	return ERR_OK;
}

static enum err
make_fresh(const char *file, const struct db_options *o, const char *fresh,
    char why[static DB_WHY])
{
	OWN(handle) sqlite3 *from = NULL;
	enum err e;

	if (access(file, R_OK) != 0)
		return db_say(why, ERR_NOT_FOUND, "%s cannot be read: %s", file,
		    strerror(errno));
	(void)unlink(fresh);
	if ((e = new_file(fresh, 0600, why)))
		return e;
	if ((e = sqlite_handle(file, SQLITE_OPEN_READONLY, &from)))
		return db_say(why, e, "%s: %s", file, SAID(from));
	if ((e = copy_to(from, fresh, why)))
		return e == ERR_CORRUPT
			   ? db_say(why, e, "%s is damaged or no backup", file)
			   : e;
	return check_fresh(fresh, o, why);
}

/* The store there is now, for us alone. One that does not open at all is
 * nobody's; LOCKED then stays NULL. */
static enum err
lock_present(const char *path, sqlite3 **locked, char why[static DB_WHY])
{
	enum err e;

	if (access(path, F_OK) != 0)
		return ERR_OK;
	e = sqlite_handle(path, SQLITE_OPEN_READWRITE, locked);
	if (e == ERR_OK)
		sqlite3_busy_timeout(*locked, 500);
	if (e == ERR_OK)
		e = sqlite_do(*locked, "PRAGMA locking_mode=EXCLUSIVE;"
				       "BEGIN EXCLUSIVE;COMMIT;"
				       "PRAGMA wal_checkpoint(TRUNCATE)");
	if (e == ERR_BUSY)
		return db_say(why, e,
		    "%s is in use: stop Latchkey before restoring", path);
	return ERR_OK;
}

/* Owner and mode stay what they were. */
static enum err
dress(const char *fresh, const char *path)
{
	struct stat s;
	mode_t mask;

	if (stat(path, &s) == 0) {
		if (chown(fresh, s.st_uid, s.st_gid) != 0 && geteuid() == 0)
			return ERR_STORE;
		return chmod(fresh, s.st_mode & 0777) ? ERR_STORE : ERR_OK;
	}
	mask = umask(0077);
	(void)umask(mask);
	return chmod(fresh, 0660 & ~mask) ? ERR_STORE : ERR_OK;
}

/* What was set aside is in its place again; errno stays what it was. */
static enum err
put_back(const struct names *n)
{
	int was = errno;

	(void)rename(n->keptwal, n->wal);
	(void)unlink(n->kept);
	errno = was;
	return ERR_STORE;
}

/* An old write-ahead log must never meet the new file. */
static enum err
swap(const struct names *n, const char *path)
{
	enum err e;

	if ((e = dress(n->fresh, path)) || (e = settle(n->fresh)))
		return e;
	(void)unlink(n->kept);
	(void)unlink(n->keptwal);
	if (access(path, F_OK) == 0 && link(path, n->kept) != 0)
		return ERR_STORE;
	if (access(n->wal, F_OK) == 0 && rename(n->wal, n->keptwal) != 0)
		return put_back(n);
	(void)unlink(n->shm);
	if (rename(n->fresh, path) != 0)
		return put_back(n);
	return ERR_OK;
}

enum err
sqlite_restore(
    const char *file, const struct db_options *o, char why[static DB_WHY])
{
	OWN(handle) sqlite3 *present = NULL;
	struct names n;
	enum err e;

	if ((e = name_all(o->path, &n, why)))
		return e;
	if ((e = make_fresh(file, o, n.fresh, why)) == ERR_OK &&
	    (e = lock_present(o->path, &present, why)) == ERR_OK &&
	    (e = swap(&n, o->path)))
		(void)db_say(why, e, "%s cannot be put in place: %s", o->path,
		    strerror(errno));
	if (e != ERR_OK)
		(void)unlink(n.fresh);
	else if ((e = settle(o->path)))
		(void)db_say(why, e,
		    "%s is in place, but the disk may not have it yet: %s",
		    o->path, strerror(errno));
	return e;
}
