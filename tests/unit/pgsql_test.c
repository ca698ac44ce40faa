/* The same promises as db_test.c, kept by a real PostgreSQL server. */
#include "tests/unit/starve.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/db/tx.h"
#include "core/store/store.h"

enum {
	ADD,
	GET,
	ALL,
	SWAPPED,
	COUNT,
	ADD_TOY,
	RAISE,
	WIDE,
	WIDER,
	NOTHING,
	DIVIDE,
	UNREADABLE,
	PAGE,
	PLANS,
	STATEMENTS
};

static const struct sql_text sql[STATEMENTS] = {
    [ADD] = {"add", "INSERT INTO cat(id,name,face) VALUES($1,$2,$3)"},
    [GET] = {"get", "SELECT id,name,face,name IS NULL FROM cat WHERE id=$1"},
    [ALL] = {"all", "SELECT id FROM cat ORDER BY id"},
    [SWAPPED] = {"swapped", "SELECT $2, $1, $2"},
    [COUNT] = {"count", "SELECT count(*) FROM cat"},
    [ADD_TOY] = {"add_toy", "INSERT INTO toy(cat) VALUES($1)"},
    [RAISE] = {"raise", "UPDATE cat SET id=id+100 RETURNING id"},
    [WIDE] = {"wide", "SELECT face, face FROM cat ORDER BY id LIMIT 1"},
    [WIDER] = {"wider", "SELECT face,face,face,face,face,face,face,face,face "
			"FROM cat LIMIT 1"},
    [NOTHING] = {"nothing", "SELECT nothing FROM nowhere"},
    [DIVIDE] = {"divide", "SELECT 1 / $1"},
    [UNREADABLE] = {"unreadable", "INSERT INTO cat(id,name) VALUES($1,NULL) "
				  "RETURNING 1 / (id - id)"},
    [PAGE] = {"page", "SELECT id FROM cat WHERE id<$1 ORDER BY id LIMIT $2 "
		      "OFFSET $3"},
    [PLANS] = {"plans", "SELECT count(*), min(generic_plans) FROM "
			"pg_prepared_statements WHERE statement LIKE "
			"'SELECT id FROM cat WHERE%'"},
};

static const struct db_migration steps[] = {
    {1, "CREATE TABLE cat(id BIGINT PRIMARY KEY, name TEXT UNIQUE, face "
	"BLOB)"},
    {2, "CREATE TABLE toy(cat BIGINT REFERENCES cat(id)); CREATE INDEX "
	"toy_cat ON toy(cat)"},
    {3, "CREATE TABLE bird(id BIGINT)"},
};

static char dir[] = "/tmp/latchkey-pg-XXXXXX";
static char url[256], why[DB_WHY];

static void
stop_server(void)
{
	char cmd[160];

	(void)snprintf(cmd, sizeof(cmd),
	    "tests/lib/postgres stop %s; rm -rf %s", dir, dir);
	assert_int_equal(system(cmd), 0);
}

static const char *
server(void)
{
	char cmd[128];
	FILE *f;

	if (url[0])
		return url;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(cmd, sizeof(cmd), "tests/lib/postgres start %s", dir);
	f = popen(cmd, "r");
	assert_non_null(f);
	assert_non_null(fgets(url, sizeof(url), f));
	assert_int_equal(pclose(f), 0);
	url[strcspn(url, "\n")] = '\0';
	(void)atexit(stop_server);
	return url;
}

static void
command(const char *text)
{
	PGconn *c = PQconnectdb(server());
	PGresult *r = PQexec(c, text);

	assert_true(PQresultStatus(r) == PGRES_COMMAND_OK ||
		    PQresultStatus(r) == PGRES_TUPLES_OK);
	PQclear(r);
	PQfinish(c);
}

static struct db_options
options(size_t nsteps)
{
	return (struct db_options){.url = server(),
	    .sql = sql,
	    .nsql = STATEMENTS,
	    .migrations = steps,
	    .nmigrations = nsteps};
}

static struct db *
fresh(void)
{
	struct db_options o = options(2);
	struct db *db = NULL;

	command(
	    "SET client_min_messages = warning; DROP SCHEMA public CASCADE");
	command("CREATE SCHEMA public");
	o.create = true;
	assert_ok(db_open(&o, &db, why));
	return db;
}

static struct db *
again(void)
{
	struct db_options o = options(2);
	struct db *db = NULL;

	assert_ok(db_open(&o, &db, why));
	return db;
}

static enum err
add(struct db *db, int64_t id, const char *name)
{
	return db_run(db, ADD,
	    DB_ARGS(DB_INT(id), DB_TEXT(name), DB_BLOB("\0\1\xff", 3)), NULL);
}

static int64_t
count(struct db *db)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_ok(db_one(db, COUNT, DB_NO_ARGS, &r));
	return db_int(&r, 0);
}

TEST(pgsql_keeps_numbers_texts_octets_and_nulls)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	size_t n, m;
	const void *a, *b;

	assert_ok(add(db, INT64_MIN, "Mau"));
	assert_ok(db_run(db, ADD,
	    DB_ARGS(DB_INT(7), DB_TEXT(NULL), DB_BLOB(NULL, 0)), NULL));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(INT64_MIN)), &r));
	assert_true(db_int(&r, 0) == INT64_MIN);
	assert_string_equal(db_text(&r, 1), "Mau");
	assert_memory_equal(db_blob(&r, 2, &n), "\0\1\xff", 3);
	assert_int_equal(n, 3);
	assert_int_equal(db_int(&r, 3), 0);
	assert_ok(db_end(&r));
	assert_ok(db_one(db, GET, DB_ARGS(DB_INT(7)), &r));
	assert_true(db_is_null(&r, 1));
	assert_string_equal(db_text(&r, 1), "");
	assert_int_equal(db_int(&r, 3), 1);
	(void)db_blob(&r, 2, &n);
	assert_int_equal(n, 0);
	assert_false(db_is_null(&r, 2));
	assert_ok(db_end(&r));
	assert_err(db_one(db, GET, DB_ARGS(DB_INT(8)), &r), ERR_NOT_FOUND);
	assert_ok(db_one(db, WIDE, DB_NO_ARGS, &r));
	a = db_blob(&r, 0, &n);
	b = db_blob(&r, 1, &m);
	assert_memory_equal(a, b, 3); /* both live until the next row */
}

TEST(pgsql_numbers_parameters_as_written)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_ok(db_one(db, SWAPPED, DB_ARGS(DB_TEXT("a"), DB_TEXT("b")), &r));
	assert_string_equal(db_text(&r, 0), "b");
	assert_string_equal(db_text(&r, 1), "a");
}

TEST(pgsql_runs_a_statement_inside_its_own_rows)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int64_t seen = 0;

	for (int i = 0; i < 5; i++)
		assert_ok(db_run(
		    db, ADD, DB_ARGS(DB_INT(i), DB_TEXT(NULL), DB_NULL), NULL));
	assert_ok(db_query(db, ALL, DB_NO_ARGS, &r));
	for (; db_next(&r); seen++)
		assert_int_equal(count(db), 5);
	assert_ok(db_end(&r));
	assert_int_equal(seen, 5);
	assert_ok(db_run(db, RAISE, DB_NO_ARGS, &seen));
	assert_int_equal(seen, 5);
}

static int64_t
page(struct db *db, int64_t limit, int64_t offset, int64_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int64_t first = -1;

	assert_ok(db_query(
	    db, PAGE, DB_ARGS(DB_INT(100), DB_INT(limit), DB_INT(offset)), &r));
	for (*n = 0; db_next(&r); ++*n)
		if (*n == 0)
			first = db_int(&r, 0);
	assert_ok(db_end(&r));
	return first;
}

/* The server knows how long a page is: it plans once, not each time. */
TEST(pgsql_pages_are_as_long_as_asked_and_planned_once)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int64_t n;

	for (int i = 0; i < 9; i++)
		assert_ok(db_run(
		    db, ADD, DB_ARGS(DB_INT(i), DB_TEXT(NULL), DB_NULL), NULL));
	assert_int_equal(page(db, 3, 0, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(page(db, 4, 0, &n), 0);
	assert_int_equal(n, 4);
	assert_int_equal(page(db, 4, 6, &n), 6);
	assert_int_equal(n, 3);
	assert_int_equal(page(db, 0, 0, &n), -1);
	assert_int_equal(page(db, INT64_MAX, 1, &n), 1);
	assert_int_equal(n, 8);
	for (int i = 0; i < 9; i++) {
		assert_int_equal(page(db, 4, 0, &n), 0);
		assert_int_equal(page(db, 4, 4, &n), 4);
	}
	assert_ok(db_one(db, PLANS, DB_NO_ARGS, &r));
	assert_int_equal(db_int(&r, 0), 2); /* the first page, and others */
	assert_true(db_int(&r, 1) > 0);
	assert_ok(db_end(&r));
}

TEST(pgsql_failing_statement_leaves_its_transaction_alive)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 1, "Mau"));
	assert_err(add(db, 2, "Mau"), ERR_EXISTS);
	assert_err(db_run(db, ADD_TOY, DB_ARGS(DB_INT(9)), NULL), ERR_CONFLICT);
	assert_ok(add(db, 3, "Tom"));
	assert_ok(tx_commit(&tx));
	assert_int_equal(count(db), 2);
}

TEST(pgsql_rolls_back_what_was_not_committed)
{
	OWN(db) struct db *db = fresh();

	{
		OWN(tx) struct tx tx = TX_NONE;

		assert_ok(tx_write(db, &tx));
		assert_ok(add(db, 1, "Mau"));
	}
	assert_int_equal(count(db), 0);
}

TEST(pgsql_read_transaction_is_one_picture_and_cannot_write)
{
	OWN(db) struct db *db = fresh(), *other = again();
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(tx_read(db, &tx));
	assert_int_equal(count(db), 0);
	assert_ok(add(other, 1, "Mau"));
	assert_int_equal(count(db), 0);
	assert_err(add(db, 2, "Tom"), ERR_STORE);
	tx_own(&tx);
	assert_int_equal(count(db), 1);
}

TEST(pgsql_counter_moves_when_another_commits)
{
	OWN(db) struct db *db = fresh(), *other = again();
	int64_t before, after = 0;
	int waited;

	assert_ok(db_version_counter(db, &before));
	{
		OWN(tx) struct tx tx = TX_NONE;

		assert_ok(tx_write(other, &tx));
		assert_ok(add(other, 1, "Mau"));
		assert_ok(tx_commit(&tx));
	}
	for (waited = 0; waited < 500; waited++) {
		assert_ok(db_version_counter(db, &after));
		if (after != before)
			break;
		usleep(1000);
	}
	assert_true(after > before);
}

TEST(pgsql_writers_take_turns)
{
	OWN(db) struct db *db = fresh(), *other = again();
	OWN(tx) struct tx tx = TX_NONE, second = TX_NONE;

	command("ALTER DATABASE latchkey SET lock_timeout = 200");
	assert_ok(tx_write(db, &tx));
	PGconn *c = PQconnectdb(server());
	PGresult *r =
	    PQexec(c, "BEGIN; SELECT pg_advisory_xact_lock(1282689913)");

	assert_int_equal(PQresultStatus(r), PGRES_FATAL_ERROR);
	PQclear(r);
	PQfinish(c);
	command("ALTER DATABASE latchkey RESET lock_timeout");
	assert_ok(tx_commit(&tx));
	assert_ok(tx_write(other, &second));
	tx_own(&second);
}

/* One that is cut off, or stopped, with the lock in hand keeps nobody waiting
 * for longer than their patience. */
TEST(pgsql_writer_who_does_not_go_on_loses_its_turn)
{
	OWN(db) struct db *db = fresh(), *other = again();
	OWN(tx) struct tx tx = TX_NONE, second = TX_NONE;

	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 1, "Mau"));
	assert_ok(tx_write(other, &second)); /* waits */
	assert_ok(add(other, 1, "Tom"));
	assert_ok(tx_commit(&second));
	assert_err(tx_commit(&tx), ERR_STORE);
	assert_int_equal(count(other), 1);
}

/* A lost connection fails what was under way, whole, and heals by itself. */
TEST(pgsql_comes_back_after_its_server_hung_up)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	enum err e = ERR_STORE;

	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 1, "Mau"));
	command("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
		"application_name='latchkey' AND pid<>pg_backend_pid()");
	assert_err(add(db, 2, "Tom"), ERR_STORE);
	assert_err(tx_commit(&tx), ERR_STORE);
	for (int i = 0; i < 100 && e != ERR_OK; i++) {
		OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

		e = db_one(db, COUNT, DB_NO_ARGS, &r);
		if (e == ERR_OK)
			assert_int_equal(db_int(&r, 0), 0);
		usleep(20000);
	}
	assert_ok(e);
	assert_ok(add(db, 1, "Mau"));
}

/* A server that takes connections and never says a word. */
static int
silent_server(const char *place)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(
	    at.sun_path, sizeof(at.sun_path), "%s/.s.PGSQL.5432", place);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 50), 0);
	return fd;
}

/* A machine that is gone does not answer at all, and is named first. */
TEST(pgsql_asks_all_servers_at_once)
{
	struct db_options o = options(2);
	OWN(db) struct db *db = fresh();
	char quiet[] = "/tmp/latchkey-pg-quiet-XXXXXX", both[200], path[64];
	int64_t from = clock_mono();
	enum err e = ERR_STORE;
	int fd;

	assert_non_null(mkdtemp(quiet));
	fd = silent_server(quiet);
	(void)snprintf(both, sizeof(both),
	    "postgresql:///latchkey?host=%s,%s&user=postgres"
	    "&connect_timeout=60",
	    quiet, dir);
	o.url = both;
	db_close(db);
	assert_ok(db_open(&o, &db, why));
	assert_ok(add(db, 1, "Mau"));
	command("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
		"application_name='latchkey' AND pid<>pg_backend_pid()");
	for (int i = 0; i < 100 && e != ERR_OK; i++, usleep(20000))
		e = add(db, 2 + i, "Tom");
	assert_ok(e);
	/* one at a time it would have been a minute, twice */
	assert_true(clock_mono() - from < INT64_C(50) * 1000000000);
	(void)close(fd);
	(void)snprintf(path, sizeof(path), "%s/.s.PGSQL.5432", quiet);
	(void)unlink(path);
	(void)rmdir(quiet);
}

/* What is wrong with a url is said before anybody is asked. */
TEST(pgsql_refuses_urls_that_do_not_fit)
{
	static const struct {
		const char *url, *says;
	} all[] = {
	    {"postgresql:///latchkey?host=localhost,127.0.0.1&port=1,2,3",
		"as many"},
	    {"postgresql:///"
	     "latchkey?host=localhost&hostaddr=127.0.0.1,127.0.0.2",
		"as many"},
	    {"postgresql:///latchkey?service=there", "service"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct db_options o = options(2);
		OWN(db) struct db *db = NULL;

		o.url = all[i].url;
		assert_err(db_open(&o, &db, why), ERR_CONFIG);
		if (strstr(why, all[i].says) == NULL)
			fail_msg("%s: %s", all[i].url, why);
	}
}

/* Nobody at any of a name's addresses: each says so. */
TEST(pgsql_asks_a_name_at_all_its_addresses)
{
	struct db_options o = options(2);
	OWN(db) struct db *db = NULL;

	o.url = "postgresql:///latchkey?host=localhost&port=1";
	assert_err(db_open(&o, &db, why), ERR_STORE);
	assert_non_null(strstr(why, "127.0.0.1"));
}

static void *
gives_up_waiting(void *arg)
{
	usleep(300000);
	command("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE "
		"wait_event = 'SyncRep'");
	return arg;
}

/* A primary that stopped waiting for its replica says COMMIT all the same. */
TEST(pgsql_commit_that_its_replica_did_not_get_is_no_success)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	pthread_t other;

	command("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	command("SELECT pg_reload_conf()");
	usleep(200000);
	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 1, "Mau"));
	assert_int_equal(
	    pthread_create(&other, NULL, gives_up_waiting, NULL), 0);
	assert_err(tx_commit(&tx), ERR_STORE);
	assert_int_equal(pthread_join(other, NULL), 0);
	command("ALTER SYSTEM RESET synchronous_standby_names");
	command("SELECT pg_reload_conf()");
}

TEST(pgsql_refuses_what_is_missing_there_older_or_newer)
{
	struct db_options o = options(3);
	struct db *db = fresh();

	db_close(db);
	assert_err(db_open(&o, &db, why), ERR_BAD_STATE);
	o.migrate = true;
	assert_ok(db_open(&o, &db, why));
	assert_int_equal(db_schema(db), 3);
	db_close(db);
	o = options(2);
	assert_err(db_open(&o, &db, why), ERR_UNSUPPORTED);
	o.create = true;
	assert_err(db_open(&o, &db, why), ERR_EXISTS);
	command(
	    "SET client_min_messages = warning; DROP SCHEMA public CASCADE");
	command("CREATE SCHEMA public");
	o.create = false;
	assert_err(db_open(&o, &db, why), ERR_NOT_FOUND);
	assert_null(db);
}

TEST(pgsql_wants_tls_to_another_machine)
{
	struct db_options o = options(2);
	struct db *db;

	o.url = "postgresql://db.example.org/latchkey?sslmode=require";
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	assert_non_null(strstr(why, "verify-full"));
	o.url = "postgresql://127.0.0.1,db.example.org/latchkey";
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	o.url = "postgresql://localhost/latchkey?hostaddr=192.0.2.7";
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	o.url = "postgresql://127.0.0.1,localhost/latchkey?hostaddr=127.0.0.1";
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	o.url = "postgresql://127.0.0.1:9,127.0.0.1:9/latchkey";
	assert_err(db_open(&o, &db, why), ERR_STORE);
	assert_non_null(strstr(why, "refused"));
	o.url = "postgresql://127.0.0.1:9/latchkey";
	assert_err(db_open(&o, &db, why), ERR_STORE);
	o.url = "postgresql://[broken";
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
}

/* One text serves both engines: all of the product's schema and statements. */
TEST(pgsql_takes_the_whole_schema_and_every_statement)
{
	struct db_options o =
	    store_options(&(struct store_place){.url = server()});
	struct db *db;

	command(
	    "SET client_min_messages = warning; DROP SCHEMA public CASCADE");
	command("CREATE SCHEMA public");
	o.create = true;
	assert_ok(db_open(&o, &db, why));
	assert_int_equal(db_schema(db), store_schema());
	assert_ok(db_prepare_all(db));
	db_close(db);
}

/* --- what fails --- */

TEST(pgsql_statements_that_cannot_be_are_refused)
{
	OWN(db) struct db *db = fresh();
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	static char big[DB_VALUE_MAX + 1];
	struct db_arg many[DB_ARGS_MAX + 2];

	assert_err(db_prepare_all(db), ERR_INTERNAL);
	assert_err(db_run(db, NOTHING, DB_NO_ARGS, NULL), ERR_INTERNAL);
	assert_err(db_run(db, DIVIDE, DB_ARGS(DB_INT(0)), NULL), ERR_INTERNAL);
	assert_err(
	    db_run(db, ADD,
		DB_ARGS(DB_INT(2), DB_NULL, DB_BLOB(big, sizeof(big))), NULL),
	    ERR_TOO_BIG);
	for (size_t i = 0; i <= DB_ARGS_MAX; i++)
		many[i] = DB_INT(1);
	many[DB_ARGS_MAX + 1] = (struct db_arg){.kind = DB_END_};
	assert_int_not_equal(db_run(db, GET, many, NULL), ERR_OK);
	assert_int_equal(count(db), 0);
	assert_ok(add(db, 1, "Mau"));
	assert_ok(db_one(db, WIDER, DB_NO_ARGS, &r));
	for (int i = 0; i < 9; i++) {
		size_t n = 7;

		(void)db_blob(&r, i, &n);
		assert_int_equal(n, i < 8 ? 3 : 0); /* no room for more */
	}
}

TEST(pgsql_commits_nothing_of_a_transaction_that_failed)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(tx_write(db, &tx));
	assert_ok(add(db, 1, "Mau"));
	/* a SELECT has no savepoint: its failure is the transaction's */
	assert_err(db_run(db, DIVIDE, DB_ARGS(DB_INT(0)), NULL), ERR_INTERNAL);
	assert_err(tx_commit(&tx), ERR_STORE);
	assert_int_equal(count(db), 0);
	assert_ok(tx_write(db, &tx));
	assert_err(
	    db_run(db, UNREADABLE, DB_ARGS(DB_INT(4)), NULL), ERR_INTERNAL);
	assert_ok(tx_commit(&tx));
	assert_int_equal(count(db), 0);
}

/* The one who waits for the writer's lock and is sent away has no
 * transaction. */
static _Atomic bool sent_away;

static void *
cancels_who_waits(void *arg __attribute__((unused)))
{
	for (int i = 0; i < 200; i++) {
		command("SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
			"WHERE wait_event_type = 'Lock' AND "
			"wait_event = 'advisory'");
		usleep(10000);
		if (atomic_load(&sent_away))
			break;
	}
	return NULL;
}

TEST(pgsql_writer_who_is_sent_away_has_begun_nothing)
{
	OWN(db) struct db *db = fresh(), *other = again();
	OWN(tx) struct tx tx = TX_NONE, second = TX_NONE;
	pthread_t t;

	assert_ok(tx_write(db, &tx));
	assert_int_equal(pthread_create(&t, NULL, cancels_who_waits, NULL), 0);
	assert_err(tx_write(other, &second), ERR_STORE);
	atomic_store(&sent_away, true);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_ok(add(other, 1, "Mau")); /* at once, outside of any */
	assert_ok(tx_commit(&tx));
	assert_int_equal(count(db), 1);
}

TEST(pgsql_failed_migration_leaves_nothing)
{
	static const struct db_migration bad[] = {
	    {1, ""}, {2, ""}, {3, "CREATE TABLE half(id BIGINT); nonsense"}};
	struct db_options o = options(3);
	struct db *db = fresh();

	db_close(db);
	o.migrate = true;
	o.migrations = bad;
	assert_err(db_open(&o, &db, why), ERR_INTERNAL);
	assert_non_null(strstr(why, "step 3"));
	o.migrations = steps;
	assert_ok(db_open(&o, &db, why));
	assert_int_equal(db_schema(db), 3);
	db_close(db);
}

TEST(pgsql_copies_are_other_tools_work)
{
	OWN(db) struct db *db = fresh();
	struct db_options o = options(2);

	assert_err(db_backup(db, "/tmp/x", why), ERR_UNSUPPORTED);
	assert_non_null(strstr(why, "pg_dump"));
	assert_err(db_restore("/tmp/x", &o, why), ERR_UNSUPPORTED);
	assert_ok(db_check(db, true, why));
	command("DROP TABLE schema_version");
	assert_err(db_check(db, true, why), ERR_INTERNAL);
	assert_non_null(strstr(why, "does not answer"));
}

TEST(pgsql_password_file_has_one_line)
{
	struct db_options o = options(2);
	char path[] = "/tmp/latchkey-pg-pass-XXXXXX", big[400];
	struct db *db = fresh();
	int fd = mkstemp(path);

	db_close(db);
	o.password_file = path;
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	assert_non_null(strstr(why, "no password in one line"));
	assert_int_equal(pwrite(fd, "\nabc", 4, 0), 4);
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	memset(big, 'x', sizeof(big));
	assert_int_equal(pwrite(fd, big, sizeof(big), 0), sizeof(big));
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	assert_int_equal(ftruncate(fd, 20), 0);
	assert_ok(db_open(&o, &db, why)); /* which this server ignores */
	db_close(db);
	o.password_file = "";
	assert_ok(db_open(&o, &db, why));
	db_close(db);
	o.password_file = "/nonexistent/secret";
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	assert_non_null(strstr(why, "cannot be read"));
	o.password_file = "/tmp";
	assert_err(db_open(&o, &db, why), ERR_CONFIG);
	(void)close(fd);
	(void)unlink(path);
}

/* Nobody is there for a while: errors, not waits, and then all is well. */
TEST(pgsql_server_that_is_gone_is_an_error_until_it_is_back)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	char at[100], hidden[100];
	enum err e = ERR_OK;
	int64_t n;

	(void)snprintf(at, sizeof(at), "%s/.s.PGSQL.5432", dir);
	(void)snprintf(hidden, sizeof(hidden), "%s/hidden", dir);
	command("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
		"application_name='latchkey' AND pid<>pg_backend_pid()");
	assert_int_equal(rename(at, hidden), 0);
	assert_err(add(db, 1, "Mau"), ERR_STORE);
	for (int i = 0; i < 30; i++, usleep(20000)) {
		assert_err(db_version_counter(db, &n), ERR_STORE);
		assert_err(tx_write(db, &tx), ERR_STORE);
		assert_err(tx_read(db, &tx), ERR_STORE);
		assert_err(db_check(db, true, why), ERR_STORE);
	}
	assert_int_equal(rename(hidden, at), 0);
	for (int i = 0; i < 200; i++, usleep(20000))
		if ((e = add(db, 1, "Mau")) == ERR_OK)
			break;
	assert_ok(e);
	assert_int_equal(count(db), 1);
}

/* What servers say is told together, as far as there is room. */
TEST(pgsql_long_lists_of_servers_are_cut)
{
	struct db_options o = options(2);
	struct db *db = NULL;
	char list[3000] = "postgresql:///latchkey?host=";

	for (int i = 0; i < 70; i++)
		(void)snprintf(list + strlen(list), sizeof(list) - strlen(list),
		    "%s/nonexistent/number/%d", i ? "," : "", i);
	o.url = list;
	assert_err(db_open(&o, &db, why), ERR_STORE);
	assert_non_null(strstr(why, "/nonexistent/number/0"));
	assert_true(strlen(why) < DB_WHY);
	o.url = "postgresql:///latchkey?hostaddr=127.0.0.1&port=1"
		"&connect_timeout=9999";
	assert_err(db_open(&o, &db, why), ERR_STORE);
	o.url = "postgresql:///latchkey?host=::1&port=1";
	assert_err(db_open(&o, &db, why), ERR_STORE);
	o.url = "postgresql:///latchkey?host=@nobody-here";
	assert_int_not_equal(db_open(&o, &db, why), ERR_OK);
	assert_null(db);
}

static enum err
looks(void)
{
	struct db_options o = options(2);
	OWN(db) struct db *db = NULL;
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int64_t n;
	enum err e;

	if ((e = db_open(&o, &db, why)) ||
	    (e = db_one(db, GET, DB_ARGS(DB_INT(1)), &r)))
		return e;
	assert_string_equal(db_text(&r, 1), "Mau");
	return (e = db_end(&r)) ? e : db_version_counter(db, &n);
}

TEST(pgsql_without_memory_is_an_error_and_nothing_else)
{
	OWN(db) struct db *db = fresh();
	int64_t octets = 5;
	bool came = true;
	int told = 0;

	assert_ok(add(db, 1, "Mau"));
	assert_false(db_stale(db)); /* of files only, as is a log */
	assert_ok(db_log_trim(db, 0, &octets));
	for (long n = 1; starve_in_front() && came; n += n < 40 ? 1 : 7) {
		enum err e = starve_at(n, looks, &came);

		/* libpq does not say why it cannot read a url */
		if (e != ERR_OK && e != ERR_NO_MEMORY && e != ERR_STORE &&
		    strstr(why, "is not a PostgreSQL connection URL") == NULL)
			fail_msg("%ld: %s: %s", n, err_name(e), why);
		told += e != ERR_OK;
	}
	assert_true(told > 1 || !starve_in_front());
	assert_ok(looks());
}
