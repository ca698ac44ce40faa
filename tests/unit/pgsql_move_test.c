/* A store from a file to a server and back: every value as it was, or nothing
 * at all of it. */
#include "tests/unit/pgsql_server.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/db/move.h"
#include "core/db/tx.h"

enum { BIG = 50000 }; /* octets, more than what is sent at once */

static char here[] = "/tmp/latchkey-move-XXXXXX";
static char file[64], gone[DB_WHY];

static void
sweep(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".moved"};
	char path[96];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", file, ends[i]);
		(void)unlink(path);
	}
	(void)rmdir(here);
}

static struct db_options
in_file(void)
{
	struct db_options o = options(2);

	if (file[0] == '\0') {
		assert_non_null(mkdtemp(here));
		(void)snprintf(file, sizeof(file), "%s/store.db", here);
		(void)atexit(sweep);
	}
	o.url = NULL;
	o.path = file;
	o.born = ALL;
	return o;
}

static struct db_options
on_server(void)
{
	struct db_options o = options(2);

	o.born = ALL;
	return o;
}

static struct db *
opened(struct db_options o)
{
	struct db *db;

	assert_ok(db_open(&o, &db, why));
	return db;
}

/* What texts and octets can be, and a row that is longer than a piece. */
static void
furnish(struct db *db)
{
	static const char *const names[] = {
	    "", "Mau\tTom\nFelix\r\\N \\.", "\xe5\x90\x8d\xe5\x89\x8d"};
	static char big[BIG];
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(tx_write(db, &tx));
	for (int i = 0; i < 3; i++)
		assert_ok(db_run(db, ADD,
		    DB_ARGS(DB_INT(i), DB_TEXT(names[i]),
			DB_BLOB("\0\1\xff", (size_t)i)),
		    NULL));
	memset(big, 0xa5, sizeof(big));
	assert_ok(db_run(db, ADD,
	    DB_ARGS(DB_INT(INT64_MIN), DB_TEXT(NULL), DB_BLOB(big, BIG)),
	    NULL));
	assert_ok(db_run(
	    db, ADD, DB_ARGS(DB_INT(INT64_MAX), DB_TEXT("a"), DB_NULL), NULL));
	for (int i = 0; i < 600; i++) /* more than are fetched at once */
		assert_ok(db_run(db, ADD_TOY, DB_ARGS(DB_INT(i % 3)), NULL));
	assert_ok(tx_commit(&tx));
}

static void
assert_furnished(struct db *db)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const unsigned char *face;
	size_t n;

	assert_int_equal(count(db), 5);
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(1)), &r));
	assert_string_equal(db_text(&r, 1), "Mau\tTom\nFelix\r\\N \\.");
	assert_memory_equal(db_blob(&r, 2, &n), "\0", 1);
	assert_int_equal(n, 1);
	assert_ok(db_end(&r));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(0)), &r));
	assert_false(db_is_null(&r, 1));
	assert_false(db_is_null(&r, 2));
	assert_string_equal(db_text(&r, 1), "");
	assert_ok(db_end(&r));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(INT64_MAX)), &r));
	assert_true(db_is_null(&r, 2));
	assert_ok(db_end(&r));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(INT64_MIN)), &r));
	assert_true(db_is_null(&r, 1));
	face = db_blob(&r, 2, &n);
	assert_int_equal(n, BIG);
	assert_int_equal(face[BIG - 1], 0xa5);
	assert_ok(db_end(&r));
	assert_ok(db_one(db, TOYS, DB_NO_ARGS, &r));
	assert_int_equal(db_int(&r, 0), 600);
}

static void
empty_server(void)
{
	command(
	    "SET client_min_messages = warning; DROP SCHEMA public CASCADE");
	command("CREATE SCHEMA public");
}

/* A store in a file, and nothing on the server. */
static void
begin_in_file(void)
{
	struct db_options o = in_file();
	OWN(db) struct db *db = NULL;

	sweep();
	assert_int_equal(mkdir(here, 0700), 0);
	empty_server();
	o.create = true;
	assert_ok(db_open(&o, &db, why));
	furnish(db);
}

/* A store on the server, and no file. */
static void
begin_on_server(void)
{
	OWN(db) struct db *db = NULL;

	(void)in_file();
	sweep();
	assert_int_equal(mkdir(here, 0700), 0);
	db = fresh();
	furnish(db);
}

/* The store at FROM is whole; there is none at TO. */
static void
assert_nothing_moved(struct db_options from, struct db_options to)
{
	OWN(db) struct db *db = opened(from);
	struct db *none;

	assert_furnished(db);
	assert_err(db_open(&to, &none, gone), ERR_NOT_FOUND);
}

static void
in_sqlite(const char *text)
{
	sqlite3 *h = NULL;
	char *said = NULL;

	assert_int_equal(sqlite3_open(file, &h), SQLITE_OK);
	if (sqlite3_exec(h, text, NULL, NULL, &said) != SQLITE_OK)
		fail_msg("%s: %s", text, said);
	sqlite3_close(h);
}

TEST(move_takes_every_value_there_and_back)
{
	const struct db_options a = in_file(), b = on_server();
	struct db_moved moved;
	char aside[96];
	struct db *db;

	begin_in_file();
	(void)snprintf(aside, sizeof(aside), "%s.moved", file);
	assert_ok(db_move(&a, &b, &moved, why));
	assert_string_equal(why, "");
	assert_int_equal(moved.tables, 2);
	assert_int_equal(moved.rows, 605);
	assert_string_equal(moved.aside, aside);
	assert_int_equal(access(aside, R_OK), 0);
	assert_int_not_equal(access(file, F_OK), 0);
	db = opened(b);
	assert_furnished(db);
	db_close(db);
	assert_ok(db_move(&b, &a, &moved, why));
	assert_int_equal(moved.rows, 605);
	assert_non_null(strstr(moved.aside, "schema_version_moved"));
	db = opened(a);
	assert_furnished(db);
	db_close(db);
	assert_err(db_open(&b, &db, why), ERR_NOT_FOUND);
	assert_err(db_move(&a, &a, &moved, why), ERR_UNSUPPORTED);
	assert_err(db_move(&b, &b, &moved, why), ERR_UNSUPPORTED);
}

/* --- what a file may hold, and no store of ours --- */

TEST(move_names_what_a_file_should_not_hold)
{
	static const struct {
		const char *does, *undoes, *says;
		enum err is;
	} all[] = {
	    {"UPDATE cat SET name = x'00' WHERE id = 2",
		"UPDATE cat SET name = '\xe5\x90\x8d\xe5\x89\x8d' WHERE id = 2",
		"wrong type in column name", ERR_CORRUPT},
	    {"UPDATE cat SET face = 'text' WHERE id = 0",
		"UPDATE cat SET face = x'' WHERE id = 0",
		"wrong type in column face", ERR_CORRUPT},
	    {"UPDATE toy SET cat = 'x' WHERE rowid = 5",
		"UPDATE toy SET cat = 1 WHERE rowid = 5",
		"wrong type in column cat", ERR_CORRUPT},
	    {"CREATE TABLE \"Cat Food\"(id BIGINT)", "DROP TABLE \"Cat Food\"",
		"a table that cannot be moved", ERR_UNSUPPORTED},
	    {"CREATE TABLE "
	     "a234567890123456789012345678901234567890123456789012345678901234"
	     "(id BIGINT)",
		"DROP TABLE "
		"a2345678901234567890123456789012345678901234567890123456789012"
		"3"
		"4",
		"a table that cannot be moved", ERR_UNSUPPORTED},
	    {"CREATE TABLE food(id BIGINT, kilos REAL)", "DROP TABLE food",
		"food has columns that cannot be moved", ERR_UNSUPPORTED},
	    {"CREATE TABLE food(\"of which\" BIGINT)", "DROP TABLE food",
		"food has columns that cannot be moved", ERR_UNSUPPORTED},
	    {"CREATE TABLE food(id BIGINT)", "DROP TABLE food", "food",
		ERR_INTERNAL},
	};
	const struct db_options a = in_file(), b = on_server();
	struct db_moved moved;

	begin_in_file();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		in_sqlite(all[i].does);
		assert_err(db_move(&a, &b, &moved, why), all[i].is);
		if (strstr(why, all[i].says) == NULL)
			fail_msg("%s: %s", all[i].does, why);
		in_sqlite(all[i].undoes);
		assert_nothing_moved(a, b);
	}
}

TEST(move_of_too_many_tables_or_columns_is_refused)
{
	const struct db_options a = in_file(), b = on_server();
	OWN(buf) struct buf many = BUF(1 << 16);
	struct db_moved moved;

	begin_in_file();
	buf_text(&many, "CREATE TABLE wide(c0 BIGINT");
	for (int i = 1; i < 100; i++)
		buf_printf(&many, ", c%d BIGINT", i);
	buf_text(&many, ")");
	in_sqlite(buf_str(&many));
	assert_err(db_move(&a, &b, &moved, why), ERR_UNSUPPORTED);
	assert_non_null(strstr(why, "wide has columns"));
	in_sqlite("DROP TABLE wide");
	buf_clear(&many);
	for (int i = 0; i < 130; i++)
		buf_printf(&many, "CREATE TABLE t%d(id BIGINT);", i);
	in_sqlite(buf_str(&many));
	assert_err(db_move(&a, &b, &moved, why), ERR_UNSUPPORTED);
	assert_non_null(strstr(why, "a table that cannot be moved"));
}

/* --- a new store that does not take what it is given --- */

struct bad {
	const char *step, *says; /* the last step of the new one's schema */
	enum err is;
};

static void
assert_refused(
    struct db_options from, struct db_options to, const struct bad *x)
{
	const struct db_migration with[] = {
	    {1, steps[0].sql}, {2, steps[1].sql}, {3, x->step}};
	const struct db_migration same[] = {
	    {1, steps[0].sql}, {2, steps[1].sql}, {3, ""}};
	struct db_moved moved;

	to.migrations = with;
	from.migrations = same;
	from.nmigrations = to.nmigrations = 3;
	from.migrate = true;
	db_close(opened(from));
	from.migrate = false;
	assert_err(db_move(&from, &to, &moved, why), x->is);
	if (strstr(why, x->says) == NULL)
		fail_msg("%s: %s", x->step, why);
	assert_nothing_moved(from, to);
}

#define ON_CAT(body)                                                           \
	"CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS "           \
	"'BEGIN " body " RETURN NEW; END'; CREATE TRIGGER bad BEFORE INSERT "  \
	"ON cat FOR EACH ROW EXECUTE FUNCTION bad()"

TEST(move_to_a_server_counts_when_it_reads_back_alike)
{
	static const struct bad all[] = {
	    {ON_CAT("IF NEW.id = 1 THEN NEW.name = ''x''; END IF;"),
		"cat: row 3 reads back differently in column name",
		ERR_CORRUPT},
	    {ON_CAT("IF NEW.id = 1 THEN NEW.name = NULL; END IF;"),
		"differently in column name", ERR_CORRUPT},
	    {ON_CAT("IF NEW.id = 2 THEN NEW.face = ''12''; END IF;"),
		"differently in column face", ERR_CORRUPT},
	    {ON_CAT("IF NEW.id > 2 THEN RETURN NULL; END IF;"),
		"cat: row 5 is on one side only", ERR_CORRUPT},
	    {ON_CAT("RAISE ''no cats'';"), "cat: ERROR:  no cats",
		ERR_INTERNAL},
	    {ON_CAT("PERFORM pg_terminate_backend(pg_backend_pid());"), "cat",
		ERR_STORE},
	    {"ALTER TABLE cat DROP COLUMN face", "face", ERR_INTERNAL},
	    {"DROP TABLE toy", "toy", ERR_INTERNAL},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		begin_in_file();
		assert_refused(in_file(), on_server(), &all[i]);
	}
}

TEST(move_to_a_file_counts_when_it_reads_back_alike)
{
	static const struct bad all[] = {
	    {"CREATE TRIGGER bad AFTER INSERT ON cat WHEN NEW.id = 2 BEGIN "
	     "UPDATE cat SET id = 7 WHERE id = 2; END",
		"cat: row 4 reads back differently in column id", ERR_CORRUPT},
	    {"CREATE TRIGGER bad AFTER INSERT ON cat WHEN NEW.id > 2 BEGIN "
	     "DELETE FROM cat WHERE id = NEW.id; END",
		"cat: row 5 is on one side only", ERR_CORRUPT},
	    {"CREATE TRIGGER bad BEFORE INSERT ON cat BEGIN SELECT "
	     "raise(ABORT, 'no cats'); END",
		"no cats", ERR_INTERNAL},
	    {"ALTER TABLE cat RENAME COLUMN face TO head", "head",
		ERR_INTERNAL},
	    {"CREATE TABLE food(id BIGINT)", "food", ERR_INTERNAL},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		begin_on_server();
		assert_refused(on_server(), in_file(), &all[i]);
	}
}

/* --- an old store that does not give what it has --- */

TEST(move_from_a_server_stops_at_what_cannot_be_read)
{
	const struct db_options a = on_server(), b = in_file();
	struct db_moved moved;
	struct db *none;

	begin_on_server();
	command("ALTER TABLE cat RENAME TO cats; CREATE VIEW cat AS SELECT id, "
		"CASE WHEN id < 2 OR 1 / (id - 2) > 0 THEN name END AS name, "
		"face FROM cats");
	assert_err(db_move(&a, &b, &moved, why), ERR_INTERNAL);
	assert_non_null(strstr(why, "division by zero"));
	assert_err(db_open(&b, &none, gone), ERR_NOT_FOUND);
	command("DROP VIEW cat; ALTER TABLE cats RENAME TO cat");
	assert_nothing_moved(a, b);
	/* one whose owner is not there */
	command("SET session_replication_role = replica; "
		"INSERT INTO toy(cat) VALUES (99)");
	assert_err(db_move(&a, &b, &moved, why), ERR_CORRUPT);
	assert_non_null(strstr(why, "1 rows refer to what is not there"));
	command("DELETE FROM toy WHERE cat = 99");
	assert_nothing_moved(a, b);
	assert_ok(db_move(&a, &b, &moved, why));
}

/* --- without memory --- */

static struct db_options way[2];

static enum err
moves(void)
{
	struct db_moved moved;

	return db_move(&way[0], &way[1], &moved, why);
}

/* LATCHKEY_LONG takes more of the pieces. */
static void
starve_moves(bool there)
{
	const int part = getenv("LATCHKEY_LONG") ? 20 : 1;
	bool came = true;
	int told = 0;

	(there ? begin_in_file : begin_on_server)();
	for (long n = 1; came; n += 1 + n * 2 / part) {
		enum err e = starve_at(n, moves, &came);

		if (e == ERR_OK)
			break;
		if (e == ERR_CORRUPT || e == ERR_EXISTS)
			fail_msg("%ld: %s: %s", n, err_name(e), why);
		told++;
		assert_true(why[0] != '\0');
		assert_nothing_moved(way[0], way[1]);
	}
	assert_true(told > 5);
}

TEST(move_without_memory_moves_nothing)
{
	if (!starve_in_front())
		skip();
	way[0] = in_file();
	way[1] = on_server();
	starve_moves(true);
	way[1] = in_file();
	way[0] = on_server();
	starve_moves(false);
}
