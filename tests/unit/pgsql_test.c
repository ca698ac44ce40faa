/* The same promises as db_test.c, kept by a real PostgreSQL server. */
#include "tests/unit/pgsql_server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/db/pgsql.h"
#include "core/db/tx.h"
#include "core/store/store.h"

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
	/* without numbers for it, it is no page */
	assert_err(db_run(db, PAGE, DB_ARGS(DB_INT(1)), NULL), ERR_STORE);
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

/* What the server says by the way is no warning. */
TEST(pgsql_page_of_another_length_waits_for_a_transaction_that_goes_on)
{
	OWN(db) struct db *db = fresh();
	OWN(tx) struct tx tx = TX_NONE;
	int64_t n;

	command("CREATE FUNCTION hello() RETURNS trigger LANGUAGE plpgsql AS "
		"'BEGIN RAISE INFO ''a cat''; RETURN NEW; END'; CREATE TRIGGER "
		"hello BEFORE INSERT ON cat EXECUTE FUNCTION hello()");
	assert_ok(tx_write(db, &tx));
	for (int i = 0; i < 5; i++)
		assert_ok(db_run(
		    db, ADD, DB_ARGS(DB_INT(i), DB_NULL, DB_NULL), NULL));
	assert_ok(tx_commit(&tx));
	assert_ok(tx_write(db, &tx));
	assert_int_equal(page(db, 3, 0, &n), 0);
	assert_int_equal(n, 3);
	assert_err(db_run(db, DIVIDE, DB_ARGS(DB_INT(0)), NULL), ERR_INTERNAL);
	assert_int_not_equal(
	    db_run(db, PAGE, DB_ARGS(DB_INT(100), DB_INT(4), DB_INT(0)), NULL),
	    ERR_OK);
	tx_own(&tx);
	assert_int_equal(page(db, 4, 0, &n), 0);
	assert_int_equal(n, 4);
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

static struct db *had;

/* All rows with their octets; or fewer, and then it is told. */
static enum err
reads(void)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int whole = 0;
	size_t n;
	enum err e;

	had->pg->next_attempt = 0;
	e = db_query(had, FACES, DB_NO_ARGS, &r);
	while (e == ERR_OK && db_next(&r)) {
		(void)db_blob(&r, 0, &n);
		whole += n == 3;
	}
	if ((e = db_end(&r)) == ERR_OK)
		assert_int_equal(whole, 9);
	return e;
}

TEST(pgsql_octets_that_there_is_no_memory_for_are_told)
{
	OWN(db) struct db *db = fresh();

	for (int i = 0; i < 9; i++)
		assert_ok(db_run(db, ADD,
		    DB_ARGS(DB_INT(i), DB_NULL, DB_BLOB("\0\1\xff", 3)), NULL));
	had = db;
	if (starve_in_front())
		assert_true(starve_each(reads, ERR_STORE) > 9);
	assert_ok(reads());
}

/* Sees what there is now. */
static enum err
looks_at_once(void)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = tx_read(had, &tx)) ||
	    (e = db_one(had, COUNT, DB_NO_ARGS, &r)) || (e = db_end(&r)))
		return e;
	return tx_commit(&tx);
}

/* A transaction whose beginning was not heard of would show for good what there
 * was then. */
TEST(pgsql_transaction_that_we_know_nothing_of_is_over)
{
	OWN(db) struct db *db = fresh(), *other = again();
	bool came = true;

	had = db;
	assert_ok(looks_at_once());
	for (int n = 1; starve_in_front() && came; n++) {
		(void)starve_at(n, looks_at_once, &came);
		db->pg->next_attempt = 0;
		assert_ok(db_run(
		    other, ADD, DB_ARGS(DB_INT(n), DB_NULL, DB_NULL), NULL));
		assert_int_equal(count(db), n);
		assert_ok(db_run(db, ADD_TOY, DB_ARGS(DB_INT(n)), NULL));
	}
}
