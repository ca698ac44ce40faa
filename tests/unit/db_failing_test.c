/* A store in a file, when calls fail, when files are in the way, and when
 * statements are not what they should be. */
#include "tests/unit/failing.h"

#include <limits.h>
#include <pwd.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "core/db/driver.h"
#include "core/db/tx.h"

enum { ADD, COUNT, OVERFLOW, STATEMENTS };

static const struct sql_text sql[STATEMENTS] = {
    [ADD] = {"add", "INSERT INTO cat(id,name) VALUES($1,$2)"},
    [COUNT] = {"count", "SELECT count(*) FROM cat"},
    /* fails where its row is to come from */
    [OVERFLOW] = {"overflow", "UPDATE cat SET id = abs(id) RETURNING id"},
};

static const struct db_migration steps[] = {
    {1, "CREATE TABLE cat(id BIGINT PRIMARY KEY, name TEXT NOT NULL)"},
    {2, "CREATE INDEX cat_name ON cat(name)"},
};

static char dir[64], path[96], copy[96], why[DB_WHY];
static const char *const tails[] = {"store.db", "store.db-wal", "store.db-shm",
    "store.db.restoring", "store.db.before-restore",
    "store.db.before-restore-wal", "copy.db", "other.db", "other.db-wal",
    "other.db-shm"};
enum { TAILS = sizeof(tails) / sizeof(*tails) };

static const char *
beside(const char *name)
{
	static char at[160];

	(void)snprintf(at, sizeof(at), "%s/%s", dir, name);
	return at;
}

static struct db_options
options(void)
{
	return (struct db_options){.path = path,
	    .sql = sql,
	    .nsql = STATEMENTS,
	    .born = COUNT,
	    .migrations = steps,
	    .nmigrations = 2};
}

static void
folder(void)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/latchkey-dbf-XXXXXX");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/store.db", dir);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", dir);
}

static struct db *
fresh(void)
{
	struct db_options o = options();
	struct db *db = NULL;

	folder();
	o.create = true;
	assert_ok(db_open(&o, &db, why));
	return db;
}

static struct db *
again(void)
{
	struct db_options o = options();
	struct db *db = NULL;

	assert_ok(db_open(&o, &db, why));
	return db;
}

static void
swept(void)
{
	for (size_t i = 0; i < TAILS; i++)
		(void)unlink(beside(tails[i]));
	assert_int_equal(rmdir(dir), 0);
}

static enum err
add(struct db *db, int id)
{
	return db_run(db, ADD, DB_ARGS(DB_INT(id), DB_TEXT("Mau")), NULL);
}

static int64_t
count(struct db *db)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_ok(db_one(db, COUNT, DB_NO_ARGS, &r));
	return db_int(&r, 0);
}

static void
put(const char *at, const char *text)
{
	int fd = open(at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

/* --- what is in the way --- */

TEST(db_says_why_a_place_will_not_do)
{
	struct db_options o = options();
	struct db *db = NULL;
	int stale = ENOENT;

	folder();
	errno = stale; /* of something else, before */
	o.path = dir;
	assert_err(db_open(&o, &db, why), ERR_STORE);
	assert_non_null(strstr(why, "not a plain file"));
	put(path, "text");
	o.path = beside("store.db/inner.db");
	assert_err(db_open(&o, &db, why), ERR_STORE);
	assert_non_null(strstr(why, "Not a directory"));
	o.create = true;
	assert_err(db_open(&o, &db, why), ERR_STORE);
	assert_non_null(strstr(why, "cannot be made"));
	o.path = path; /* somebody's text */
	assert_err(db_open(&o, &db, why), ERR_EXISTS);
	o.path = dir;
	assert_err(db_open(&o, &db, why), ERR_EXISTS);
	assert_null(db);
	swept();
}

TEST(db_that_could_not_be_made_is_not_left)
{
	static const struct db_migration bad[] = {
	    {1, "CREATE TABLE cat(id BIGINT)"}, {2, "nonsense"}};
	struct db_options o = options();
	struct db *db = NULL;

	folder();
	o.create = true;
	o.migrations = bad;
	assert_err(db_open(&o, &db, why), ERR_INTERNAL);
	assert_non_null(strstr(why, "step 2"));
	assert_int_equal(access(path, F_OK), -1);
	put(path, ""); /* what was cut short before will do */
	o.migrations = steps;
	assert_ok(db_open(&o, &db, why));
	db_close(db);
	swept();
}

TEST(db_statements_that_cannot_be_are_named_and_refused)
{
	static const char *const bad[] = {"SELECT ?", "SELECT :a", "SELECT $x",
	    "SELECT $0", "SELECT $41", "SELECT $2", "", "-- nothing",
	    "SELECT 1; SELECT 2", "SELEKT 1"};
	struct db *db = fresh();

	db_close(db);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct sql_text one = {"bad", bad[i]};
		struct db_options o = options();

		o.sql = &one;
		o.nsql = 1;
		assert_ok(db_open(&o, &db, why));
		if (db_prepare_all(db) != ERR_INTERNAL)
			fail_msg("%s was taken", bad[i]);
		assert_err(db_run(db, 0, DB_NO_ARGS, NULL), ERR_INTERNAL);
		db_close(db);
	}
	swept();
}

TEST(db_values_that_a_column_cannot_have_are_refused)
{
	OWN(db) struct db *db = fresh();
	struct db_arg many[DB_ARGS_MAX + 2];

	assert_err(db_run(db, ADD, DB_ARGS(DB_INT(1), DB_TEXT(NULL)), NULL),
	    ERR_INTERNAL);
	for (size_t i = 0; i <= DB_ARGS_MAX; i++)
		many[i] = DB_INT(1);
	many[DB_ARGS_MAX + 1] = (struct db_arg){.kind = DB_END_};
	assert_err(db_run(db, ADD, many, NULL), ERR_INTERNAL);
	assert_int_equal(count(db), 0);
	swept();
}

TEST(db_row_that_fails_is_neither_there_nor_missing)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int64_t changed = 7;

	assert_ok(
	    db_run(db, ADD, DB_ARGS(DB_INT(INT64_MIN), DB_TEXT("Mau")), NULL));
	assert_err(db_one(db, OVERFLOW, DB_NO_ARGS, &r), ERR_INTERNAL);
	assert_err(db_run(db, OVERFLOW, DB_NO_ARGS, &changed), ERR_INTERNAL);
	assert_int_equal(changed, 0);
	assert_int_equal(count(db), 1);
	swept();
}

/* --- a transaction that the engine gave up --- */

TEST(tx_that_the_engine_gave_up_takes_nothing_more)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 1));
	assert_int_equal(
	    sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_err(add(db, 2), ERR_STORE); /* not outside of it, either */
	assert_err(tx_commit(&tx), ERR_STORE);
	assert_int_equal(count(db), 0);
	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 3));
	assert_ok(tx_commit(&tx));
	assert_int_equal(count(db), 1);
	swept();
}

/* Readers that stay keep the log of the store from getting short: that is
 * worth a line. And within a transaction it is left alone. */
TEST(tx_that_reads_for_long_is_told)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	char said[400] = "";
	int64_t octets = 7;
	int p[2], was;

	assert_ok(tx_read(db, &tx));
	assert_int_equal(count(db), 0);
	assert_err(db_log_trim(db, 0, &octets), ERR_BAD_STATE);
	assert_int_equal(octets, 0);
	db->read_since -= DB_READ_LONG * 1000;
	assert_int_equal(pipe2(p, O_NONBLOCK | O_CLOEXEC), 0);
	assert_true((was = dup(STDERR_FILENO)) >= 0);
	assert_true(dup2(p[1], STDERR_FILENO) >= 0);
	tx_own(&tx);
	assert_true(dup2(was, STDERR_FILENO) >= 0);
	assert_true(read(p[0], said, sizeof(said) - 1) > 0);
	assert_non_null(strstr(said, "db.long_read seconds=30"));
	(void)close(was);
	(void)close(p[0]);
	(void)close(p[1]);
	swept();
}

/* --- copies --- */

TEST(db_backup_is_made_of_a_name_alone)
{
	OWN(db) struct db *db = fresh();
	char was[PATH_MAX];

	assert_ok(add(db, 1));
	assert_non_null(getcwd(was, sizeof(was)));
	assert_int_equal(chdir(dir), 0);
	assert_ok(db_backup(db, "copy.db", why));
	assert_int_equal(chdir(was), 0);
	assert_int_equal(access(copy, R_OK), 0);
	swept();
}

TEST(db_restore_refuses_what_it_cannot_use)
{
	OWN(db) struct db *db = fresh();
	struct db_options o = options(), far = o;
	char deep[4200];

	assert_ok(add(db, 1));
	assert_ok(db_backup(db, copy, why));
	db_close(give(db));
	memset(deep, 'x', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	far.path = deep;
	assert_err(db_restore(copy, &far, why), ERR_STORE);
	assert_non_null(strstr(why, "too long"));
	assert_err(db_restore(dir, &o, why), ERR_STORE);
	o.nmigrations = 1; /* the copy is newer than we are */
	assert_err(db_restore(copy, &o, why), ERR_UNSUPPORTED);
	assert_int_equal(access(beside("store.db.restoring"), F_OK), -1);
	far.path = "/nonexistent/store.db";
	assert_err(db_restore(copy, &far, why), ERR_STORE);
	assert_non_null(strstr(why, "cannot be made"));
	db = again();
	assert_int_equal(count(db), 1);
	swept();
}

/* A machine that is new: nobody had a store there. */
TEST(db_restore_needs_nothing_to_be_there)
{
	const mode_t mask = umask(0027);
	OWN(db) struct db *db = fresh();
	struct db_options o = options();
	struct stat st;

	assert_ok(add(db, 1));
	assert_ok(db_backup(db, copy, why));
	db_close(give(db));
	assert_int_equal(unlink(path), 0);
	assert_ok(db_restore(copy, &o, why));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(access(beside("store.db.before-restore"), F_OK), -1);
	(void)umask(mask);
	db = again();
	assert_int_equal(count(db), 1);
	swept();
}

/* What had not reached the file when it broke is kept with it. */
TEST(db_restore_keeps_the_log_of_what_it_replaces)
{
	OWN(db) struct db *db = fresh();
	struct db_options o = options();

	assert_ok(add(db, 1));
	assert_ok(db_backup(db, copy, why));
	db_close(give(db));
	put(path, "rubble, and no database at all");
	put(beside("store.db-wal"), "its log");
	assert_ok(db_restore(copy, &o, why));
	assert_int_equal(
	    access(beside("store.db.before-restore-wal"), F_OK), 0);
	assert_int_equal(access(beside("store.db-wal"), F_OK), -1);
	db = again();
	assert_int_equal(count(db), 1);
	swept();
}

/* --- calls that fail --- */

static enum err
opens(void)
{
	struct db_options o = options();
	struct db *db = NULL;
	enum err e = db_open(&o, &db, why);

	assert_true((db != NULL) == (e == ERR_OK));
	if (e == ERR_OK)
		e = db_prepare_all(db);
	db_close(db);
	return e;
}

static enum err
makes(void)
{
	struct db_options o = options();
	struct db *db = NULL;
	enum err e;

	o.path = beside("other.db");
	o.create = true;
	e = db_open(&o, &db, why);
	db_close(db);
	(void)failing_pause();
	for (size_t i = 7; i < TAILS; i++)
		(void)unlink(beside(tails[i]));
	return e;
}

/* A backup that failed is not there. */
static enum err
backs_up(void)
{
	long n;
	struct db *db;
	enum err e;

	n = failing_pause();
	(void)unlink(copy);
	db = again();
	failing_resume(n);
	e = db_backup(db, copy, why);
	(void)failing_pause();
	assert_int_equal(access(copy, F_OK), e ? -1 : 0);
	db_close(db);
	return e;
}

/* There is a whole store afterwards: the new one or the old. */
static enum err
restores(void)
{
	struct db_options o = options();
	long n;
	struct db *db;
	int64_t had;
	enum err e;

	n = failing_pause();
	db = again();
	assert_ok(add(db, (int)count(db) + 1));
	had = count(db);
	db_close(db);
	failing_resume(n);
	e = db_restore(copy, &o, why);
	(void)failing_pause();
	db = again();
	if (e == ERR_OK)
		assert_int_equal(count(db), 1);
	else
		assert_true(count(db) == had || count(db) == 1);
	assert_ok(db_check(db, false, why));
	db_close(db);
	assert_int_equal(access(beside("store.db.restoring"), F_OK), -1);
	return e;
}

static enum err
checks(void)
{
	struct db_options o = options();
	struct db *db = NULL;
	enum err e = db_open(&o, &db, why);

	if (e == ERR_OK)
		e = db_check(db, true, why);
	db_close(db);
	return e;
}

TEST(db_survives_every_call_failing_once)
{
	static const enum failing all[] = {
	    FAILING_SYNC, FAILING_LINK, FAILING_RENAME, FAILING_MODE};
	int told = 0;

	if (!starve_in_front())
		return;
	{
		OWN(db) struct db *db = fresh();

		assert_ok(add(db, 1));
		assert_ok(db_backup(db, copy, why));
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		told += failing_sweep(all[i], restores, 1);
		told += failing_sweep(all[i], backs_up, 1);
	}
	assert_true(told >= 5);
	swept();
}

TEST(db_survives_allocations_that_fail)
{
	static const struct {
		enum err (*act)(void);
		long step; /* larger for what waits for the disk */
	} all[] = {{opens, 7}, {checks, 7}, {makes, 67}, {backs_up, 31},
	    {restores, 67}};

	if (!starve_in_front())
		return;
	{
		OWN(db) struct db *db = fresh();

		assert_ok(add(db, 1));
		assert_ok(db_backup(db, copy, why));
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_true(
		    failing_sweep(FAILING_ALLOC, all[i].act, all[i].step) > 2);
	swept();
}

/* --- rows that are none --- */

TEST(db_values_of_no_row_are_none)
{
	struct db_rows none = DB_ROWS_NONE;
	OWN(db) struct db *db = fresh();
	struct db_rows r = DB_ROWS_NONE;
	size_t len = 7;

	assert_false(db_next(&none));
	assert_true(db_is_null(&none, 0));
	assert_int_equal(db_int(&none, 0), 0);
	assert_string_equal(db_text(&none, 0), "");
	(void)db_blob(&none, 0, &len);
	assert_int_equal(len, 0);
	assert_ok(db_end(&none));
	assert_err(db_query(db, STATEMENTS, DB_NO_ARGS, &r), ERR_INTERNAL);
	assert_false(db_next(&r));
	assert_true(db_is_null(&r, 0));
	assert_err(db_end(&r), ERR_INTERNAL);
	db_close(give(db));
	swept();
}

/* --- a disk that can only be read, for a while --- */

#define CHECK(yes)                                                             \
	do                                                                     \
		if (!(yes))                                                    \
			return __LINE__ % 250 + 1;                             \
	while (0)

static int
reads_and_then_writes(void)
{
	struct db_options o = options();
	struct db *first = NULL, *second = NULL;

	CHECK(chmod(path, 0444) == 0);
	CHECK(db_open(&o, &first, why) == ERR_OK);
	CHECK(count(first) == 1 && !db_stale(first));
	CHECK(add(first, 2) == ERR_STORE);
	CHECK(count(first) == 1);
	CHECK(chmod(path, 0600) == 0);
	CHECK(db_stale(first));
	/* beside one that is, another one is as well */
	CHECK(db_open(&o, &second, why) == ERR_OK && db_stale(second));
	db_close(first);
	db_close(second);
	CHECK(db_open(&o, &first, why) == ERR_OK && !db_stale(first));
	CHECK(add(first, 2) == ERR_OK && count(first) == 2);
	db_close(first);
	return 0;
}

TEST(db_that_could_only_be_read_knows_when_it_can_be_written)
{
	const struct passwd *nobody = getpwnam("nobody");
	OWN(db) struct db *db = fresh();
	const bool root = geteuid() == 0;
	int status = -1;
	pid_t pid;

	assert_ok(add(db, 1));
	if (root) {
		assert_non_null(nobody);
		assert_int_equal(chown(dir, nobody->pw_uid, (gid_t)-1), 0);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(
			    chown(beside(tails[i]), nobody->pw_uid, (gid_t)-1),
			    0);
	}
	if ((pid = fork()) == 0) {
		if (root && setuid(nobody->pw_uid) != 0)
			_exit(1);
		_exit(reads_and_then_writes());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("line %d (of 250): %s", WEXITSTATUS(status) - 1, why);
	assert_int_equal(count(db), 2);
	db_close(give(db));
	swept();
}
