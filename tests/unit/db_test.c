#include "tests/unit/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/db/tx.h"

enum {
	ADD,
	GET,
	ALL,
	SWAPPED,
	COUNT,
	ADD_TOY,
	REMOVE,
	RAISE,
	TOYS,
	FILL,
	STATEMENTS
};

static const struct sql_text sql[STATEMENTS] = {
    [ADD] = {"add", "INSERT INTO cat(id,name,face) VALUES($1,$2,$3)"},
    [GET] = {"get", "SELECT id,name,face FROM cat WHERE id=$1"},
    [ALL] = {"all", "SELECT id FROM cat ORDER BY id"},
    [SWAPPED] = {"swapped", "SELECT $2, $1, $2"},
    [COUNT] = {"count", "SELECT count(*) FROM cat"},
    [ADD_TOY] = {"add_toy", "INSERT INTO toy(cat) VALUES($1)"},
    [REMOVE] = {"remove", "DELETE FROM cat WHERE id=$1"},
    [RAISE] = {"raise", "UPDATE cat SET id=id+100 RETURNING id"},
    [TOYS] = {"toys", "SELECT count(*) FROM toy"},
    [FILL] = {"fill",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE "
	"i<$1) INSERT INTO cat(id,name,face) SELECT i, 'c' || i, "
	"zeroblob(100) FROM n"},
};

static const struct db_migration steps[] = {
    {1, "CREATE TABLE cat(id BIGINT PRIMARY KEY, name TEXT UNIQUE, face "
	"BYTEA)"},
    {2, "CREATE TABLE toy(cat BIGINT REFERENCES cat(id)); CREATE INDEX "
	"toy_cat ON toy(cat)"},
    {3, "CREATE TABLE bird(id BIGINT)"},
};

static char dir[] = "/tmp/latchkey-db-XXXXXX";
static char path[64], other[64], why[DB_WHY];

static void
sweep(void)
{
	char cmd[96];
	static const char *const tails[] = {"", "-wal", "-shm",
	    ".before-restore", ".before-restore-wal", ".restoring"};

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		(void)snprintf(cmd, sizeof(cmd), "%s%s", path, tails[i]);
		(void)unlink(cmd);
	}
	(void)unlink(other);
	(void)rmdir(dir);
}

static struct db_options
options(size_t nsteps)
{
	if (path[0] == '\0') {
		assert_non_null(mkdtemp(dir));
		(void)snprintf(path, sizeof(path), "%s/store.db", dir);
		(void)snprintf(other, sizeof(other), "%s/copy.db", dir);
		atexit(sweep);
	}
	return (struct db_options){.path = path,
	    .sql = sql,
	    .nsql = STATEMENTS,
	    .migrations = steps,
	    .nmigrations = nsteps};
}

static struct db *
fresh(void)
{
	struct db_options o = options(2);
	struct db *db;

	sweep();
	(void)mkdir(dir, 0700);
	o.create = true;
	assert_ok(db_open(&o, &db, why));
	assert_string_equal(why, "");
	return db;
}

static struct db *
again(void)
{
	struct db_options o = options(2);
	struct db *db;

	assert_ok(db_open(&o, &db, why));
	return db;
}

static int64_t
number(struct db *db, size_t what)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_ok(db_one(db, what, DB_NO_ARGS, &r));
	return db_int(&r, 0);
}

static enum err
add(struct db *db, int id, const char *name)
{
	return db_run(db, ADD,
	    DB_ARGS(DB_INT(id), DB_TEXT(name), DB_BLOB("\0\1\2", 3)), NULL);
}

static void
scribble(const char *file, long at, const void *octets, size_t len)
{
	FILE *f = fopen(file, "r+");

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

TEST(db_every_statement_is_prepared)
{
	OWN(db) struct db *db = fresh();

	assert_ok(db_prepare_all(db));
	assert_int_equal(db_schema(db), 2);
}

TEST(db_values_come_back_as_they_went_in)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int64_t changed = 0;
	size_t len;

	assert_ok(db_run(db, ADD,
	    DB_ARGS(
		DB_INT(INT64_MIN), DB_TEXT("Zo\xc3\xab"), DB_BLOB("a\0b", 3)),
	    &changed));
	assert_int_equal(changed, 1);
	assert_ok(db_run(
	    db, ADD, DB_ARGS(DB_INT(2), DB_TEXT(NULL), DB_BLOB("", 0)), NULL));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(INT64_MIN)), &r));
	assert_true(db_int(&r, 0) == INT64_MIN);
	assert_string_equal(db_text(&r, 1), "Zo\xc3\xab");
	assert_memory_equal(db_blob(&r, 2, &len), "a\0b", 3);
	assert_int_equal(len, 3);
	assert_ok(db_end(&r));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(2)), &r));
	assert_true(db_is_null(&r, 1));
	assert_string_equal(db_text(&r, 1), "");
	assert_false(db_is_null(&r, 2));
	assert_non_null(db_blob(&r, 2, &len));
	assert_int_equal(len, 0);
}

TEST(db_parameters_mean_their_number)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_ok(db_one(db, SWAPPED, DB_ARGS(DB_INT(1), DB_INT(2)), &r));
	assert_int_equal(db_int(&r, 0), 2);
	assert_int_equal(db_int(&r, 1), 1);
	assert_int_equal(db_int(&r, 2), 2);
}

TEST(db_wrong_number_of_arguments_is_refused)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_err(db_query(db, SWAPPED, DB_ARGS(DB_INT(1)), &r), ERR_INTERNAL);
	assert_err(db_query(db, ALL, DB_ARGS(DB_INT(1)), &r), ERR_INTERNAL);
	assert_err(db_query(db, STATEMENTS, DB_NO_ARGS, &r), ERR_INTERNAL);
	assert_ok(db_one(db, SWAPPED, DB_ARGS(DB_INT(1), DB_INT(2)), &r));
}

TEST(db_a_statement_may_run_inside_itself)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int pairs = 0;

	for (int i = 0; i < 3; i++)
		assert_ok(add(db, i, i == 0 ? "a" : i == 1 ? "b" : "c"));
	assert_ok(db_query(db, ALL, DB_NO_ARGS, &r));
	while (db_next(&r)) {
		OWN(db_rows) struct db_rows in = DB_ROWS_NONE;

		assert_ok(db_query(db, ALL, DB_NO_ARGS, &in));
		while (db_next(&in))
			pairs++;
		assert_ok(db_end(&in));
	}
	assert_ok(db_end(&r));
	assert_int_equal(pairs, 9);
}

TEST(db_taken_names_exist_and_held_rows_conflict)
{
	OWN(db) struct db *db = fresh();
	int64_t changed = 7;

	assert_ok(add(db, 1, "tom"));
	assert_err(add(db, 1, "tim"), ERR_EXISTS);
	assert_err(add(db, 2, "tom"), ERR_EXISTS);
	assert_ok(db_run(db, ADD_TOY, DB_ARGS(DB_INT(1)), NULL));
	assert_err(db_run(db, ADD_TOY, DB_ARGS(DB_INT(9)), NULL), ERR_CONFLICT);
	assert_err(db_run(db, REMOVE, DB_ARGS(DB_INT(1)), NULL), ERR_CONFLICT);
	assert_ok(db_run(db, REMOVE, DB_ARGS(DB_INT(5)), &changed));
	assert_int_equal(changed, 0);
	assert_int_equal(number(db, COUNT), 1);
}

TEST(db_nothing_is_not_found)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_err(db_one(db, GET, DB_ARGS(DB_INT(1)), &r), ERR_NOT_FOUND);
	assert_int_equal(db_int(&r, 0), 0);
	assert_string_equal(db_text(&r, 1), "");
}

TEST(db_returning_rows_are_seen_and_kept)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_ok(add(db, 1, "a"));
	assert_ok(db_one(db, RAISE, DB_NO_ARGS, &r));
	assert_int_equal(db_int(&r, 0), 101);
	assert_ok(db_end(&r));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(101)), &r));
}

TEST(tx_rolls_back_unless_committed)
{
	OWN(db) struct db *db = fresh();

	{
		OWN(tx) struct tx tx = TX_NONE;

		assert_ok(tx_write(db, &tx));
		assert_ok(add(db, 1, "a"));
	}
	assert_int_equal(number(db, COUNT), 0);
	{
		OWN(tx) struct tx tx = TX_NONE;

		assert_ok(tx_write(db, &tx));
		assert_ok(add(db, 1, "a"));
		assert_ok(tx_commit(&tx));
		assert_err(tx_commit(&tx), ERR_INTERNAL);
	}
	assert_int_equal(number(db, COUNT), 1);
}

TEST(tx_is_not_nested)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	OWN(tx) struct tx inner = TX_NONE;

	assert_ok(tx_write(db, &tx));
	assert_err(tx_write(db, &inner), ERR_INTERNAL);
	assert_ok(add(db, 1, "a"));
	assert_ok(tx_commit(&tx));
	assert_int_equal(number(db, COUNT), 1);
}

TEST(tx_read_is_one_picture)
{
	OWN(db) struct db *a = fresh();
	OWN(db) struct db *b = again();
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(tx_read(a, &tx));
	assert_int_equal(number(a, COUNT), 0);
	assert_ok(add(b, 1, "a"));
	assert_int_equal(number(a, COUNT), 0);
	assert_ok(tx_commit(&tx));
	assert_int_equal(number(a, COUNT), 1);
}

TEST(tx_that_read_before_another_wrote_is_busy_at_once)
{
	OWN(db) struct db *a = fresh();
	OWN(db) struct db *b = again();
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(tx_read(a, &tx));
	assert_int_equal(number(a, COUNT), 0);
	assert_ok(add(b, 1, "a"));
	assert_err(add(a, 2, "b"), ERR_BUSY);
}

TEST(tx_waits_for_the_other_writer_and_then_says_busy)
{
	OWN(db) struct db *a = fresh();
	OWN(db) struct db *b = again();
	OWN(tx) struct tx one = TX_NONE;
	OWN(tx) struct tx two = TX_NONE;
	int64_t t = clock_mono();

	assert_ok(tx_write(a, &one));
	assert_err(tx_write(b, &two), ERR_BUSY);
	assert_true(clock_mono() - t > (DB_BUSY_MS - 500) * INT64_C(1000000));
	assert_ok(tx_commit(&one));
	assert_ok(tx_write(b, &two));
}

TEST(db_counter_moves_when_another_commits)
{
	OWN(db) struct db *a = fresh();
	OWN(db) struct db *b = again();
	int64_t v1, v2, v3;

	assert_ok(db_version_counter(a, &v1));
	assert_ok(db_version_counter(a, &v2));
	assert_true(v1 == v2);
	assert_ok(add(b, 1, "a"));
	assert_ok(db_version_counter(a, &v3));
	assert_true(v3 != v2);
	assert_int_equal(number(a, COUNT), 1);
}

TEST(db_create_leaves_what_is_there)
{
	struct db_options o = options(2);
	OWN(db) struct db *db = fresh();
	OWN(db) struct db *two = NULL;

	assert_ok(add(db, 1, "a"));
	o.create = true;
	assert_err(db_open(&o, &two, why), ERR_EXISTS);
	assert_non_null(strstr(why, "exists already"));
	assert_int_equal(number(db, COUNT), 1);
}

TEST(db_missing_file_names_the_remedy)
{
	struct db_options o = options(2);
	OWN(db) struct db *db = NULL;

	o.path = "/nonexistent/store.db";
	assert_err(db_open(&o, &db, why), ERR_NOT_FOUND);
	assert_non_null(strstr(why, "latchkey init"));
}

/* F-18 */
TEST(db_pending_migration_waits_for_permission)
{
	struct db_options o = options(3);
	OWN(db) struct db *db = fresh();

	db_close(give(db));
	assert_err(db_open(&o, &db, why), ERR_BAD_STATE);
	o.migrate = true;
	assert_ok(db_open(&o, &db, why));
	assert_int_equal(db_schema(db), 3);
	db_close(give(db));
	o.nmigrations = 2;
	assert_err(db_open(&o, &db, why), ERR_UNSUPPORTED);
	assert_non_null(strstr(why, "newer"));
}

/* F-18 */
TEST(db_failed_migration_leaves_nothing)
{
	static const struct db_migration bad[] = {{1, "SELECT 1"},
	    {2, "SELECT 1"}, {3, "CREATE TABLE half(id BIGINT); nonsense"}};
	static const struct db_migration good[] = {{1, "SELECT 1"},
	    {2, "SELECT 1"}, {3, "CREATE TABLE half(id BIGINT)"}};
	struct db_options o = options(3);
	OWN(db) struct db *db = fresh();

	db_close(give(db));
	o.migrate = true;
	o.migrations = bad;
	assert_err(db_open(&o, &db, why), ERR_INTERNAL);
	assert_non_null(strstr(why, "step 3"));
	o.migrations = good;
	assert_ok(db_open(&o, &db, why));
}

TEST(db_migration_that_breaks_references_is_refused)
{
	static const struct db_migration bad[] = {
	    {1, ""}, {2, ""}, {3, "DELETE FROM cat"}};
	struct db_options o = options(3);
	OWN(db) struct db *db = fresh();

	assert_ok(add(db, 1, "a"));
	assert_ok(db_run(db, ADD_TOY, DB_ARGS(DB_INT(1)), NULL));
	db_close(give(db));
	o.migrate = true;
	o.migrations = bad;
	assert_err(db_open(&o, &db, why), ERR_CORRUPT);
	db = again();
	assert_int_equal(number(db, COUNT), 1);
}

/* F-06 */
TEST(db_foreign_and_damaged_files_are_refused_with_the_remedy)
{
	struct db_options o = options(2);
	OWN(db) struct db *db = fresh();
	static const char text[] = "this is a shopping list, not a database";

	db_close(give(db));
	scribble(path, 0, text, sizeof(text));
	assert_err(db_open(&o, &db, why), ERR_CORRUPT);
	assert_non_null(strstr(why, "latchkey restore"));
	db = fresh();
	db_close(give(db));
	scribble(path, 68, "\0\0\0\1", 4);
	assert_err(db_open(&o, &db, why), ERR_CORRUPT);
	assert_non_null(strstr(why, "not a Latchkey store"));
	assert_null(strchr(why, '\n'));
	assert_int_equal(truncate(path, 0), 0);
	assert_err(db_open(&o, &db, why), ERR_CORRUPT);
}

TEST(db_check_finds_a_zeroed_page)
{
	OWN(db) struct db *db = fresh();
	static const char zero[4096];
	struct stat s;

	assert_ok(db_run(db, FILL, DB_ARGS(DB_INT(2000)), NULL));
	assert_ok(db_check(db, false, why));
	db_close(give(db));
	assert_int_equal(stat(path, &s), 0);
	assert_true(s.st_size > 40 * 4096);
	scribble(path, 20 * 4096, zero, sizeof(zero));
	db = again();
	assert_err(db_check(db, true, why), ERR_CORRUPT);
	assert_true(why[0] != '\0');
}

TEST(db_backup_is_whole_private_and_never_overwrites)
{
	OWN(db) struct db *db = fresh();
	OWN(db) struct db *copy = NULL;
	struct db_options o = options(2);
	struct stat s;

	assert_ok(db_run(db, FILL, DB_ARGS(DB_INT(500)), NULL));
	assert_ok(db_backup(db, other, why));
	assert_int_equal(stat(other, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	assert_err(db_backup(db, other, why), ERR_EXISTS);
	o.path = other;
	assert_ok(db_open(&o, &copy, why));
	assert_int_equal(number(copy, COUNT), 500);
	assert_err(db_backup(db, "/nonexistent/x", why), ERR_STORE);
}

TEST(db_restore_puts_the_backup_in_place)
{
	OWN(db) struct db *db = fresh();
	struct db_options o = options(2);
	char kept[80];

	assert_ok(add(db, 1, "a"));
	assert_ok(db_backup(db, other, why));
	assert_ok(add(db, 2, "b"));
	assert_err(db_restore(other, &o, why), ERR_BUSY);
	assert_non_null(strstr(why, "stop Latchkey"));
	assert_int_equal(number(db, COUNT), 2);
	db_close(give(db));
	assert_ok(db_restore(other, &o, why));
	db = again();
	assert_int_equal(number(db, COUNT), 1);
	(void)snprintf(kept, sizeof(kept), "%s.before-restore", path);
	db_close(give(db));
	o.path = kept;
	assert_ok(db_open(&o, &db, why));
	assert_int_equal(number(db, COUNT), 2);
}

TEST(db_restore_over_rubble_and_refuses_rubble)
{
	OWN(db) struct db *db = fresh();
	struct db_options o = options(2);

	assert_ok(add(db, 1, "a"));
	assert_ok(db_backup(db, other, why));
	db_close(give(db));
	scribble(path, 0, "rubble", 6);
	assert_ok(db_restore(other, &o, why));
	db = again();
	assert_int_equal(number(db, COUNT), 1);
	db_close(give(db));
	scribble(other, 0, "rubble", 6);
	assert_err(db_restore(other, &o, why), ERR_CORRUPT);
	db = again();
	assert_int_equal(number(db, COUNT), 1);
	assert_err(db_restore("/nonexistent", &o, why), ERR_NOT_FOUND);
}

/* Many writers, one at a time, none lost. */
static void *
writer(void *arg)
{
	struct db_options o = options(2);
	char said[sizeof(why)];
	struct db *db;

	assert_ok(db_open(&o, &db, said));

	for (int i = 0; i < 100; i++) {
		OWN(tx) struct tx tx = TX_NONE;

		assert_ok(tx_write(db, &tx));
		assert_ok(db_run(db, ADD,
		    DB_ARGS(DB_INT(*(int *)arg + i), DB_NULL, DB_NULL), NULL));
		assert_ok(tx_commit(&tx));
	}
	db_close(db);
	return NULL;
}

TEST(db_threads_have_a_connection_each)
{
	OWN(db) struct db *db = fresh();
	pthread_t t[4];
	int base[4];

	for (int i = 0; i < 4; i++) {
		base[i] = i * 1000;
		assert_int_equal(
		    pthread_create(&t[i], NULL, writer, &base[i]), 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(number(db, COUNT), 400);
}

TEST(db_value_over_the_limit_is_too_big)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	static char big[DB_VALUE_MAX];

	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 1, "a"));
	assert_err(
	    db_run(db, ADD,
		DB_ARGS(DB_INT(2), DB_NULL, DB_BLOB(big, sizeof(big) + 1)),
		NULL),
	    ERR_TOO_BIG);
	tx_own(&tx);
	assert_int_equal(number(db, COUNT), 0);
}

/* F-05: a disk that takes no more: the change does not happen, and writing
 * goes on once there is room. */
TEST(db_full_disk_fails_the_whole_transaction)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	struct rlimit was, small = {.rlim_cur = 64 * 1024};
	enum err e;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small.rlim_max = was.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 9999, "a"));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	e = db_run(db, FILL, DB_ARGS(DB_INT(5000)), NULL);
	if (e == ERR_OK)
		e = tx_commit(&tx);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_err(e, ERR_STORE);
	tx_own(&tx);
	assert_int_equal(number(db, COUNT), 0);
	assert_ok(add(db, 1, "a"));
}
