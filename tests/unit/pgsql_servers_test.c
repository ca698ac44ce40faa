/* The way to PostgreSQL's servers: finding one, losing it, copying it. */
#include "tests/unit/pgsql_server.h"

#include <limits.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/db/pgsql.h"
#include "core/db/tx.h"

/* What a server last said is not new because nothing else was heard. */
TEST(pgsql_was_heard_when_it_answered)
{
	OWN(db) struct db *db = fresh();
	int64_t n, before = clock_now();

	assert_int_equal(count(db), 0);
	assert_ok(db_version_counter(db, &n));
	assert_true(db_heard(db) >= before);
	db->pg->heard = 7;
	assert_ok(db_version_counter(db, &n));
	assert_int_equal(db_heard(db), 7);
	assert_int_equal(count(db), 0);
	assert_true(db_heard(db) >= before);
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
	assert_err(add(db, 3, "Tim"), ERR_STORE); /* of no new one, either */
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

static struct db *had;

static enum err
asks(void)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(had, COUNT, DB_NO_ARGS, &r);

	return e ? e : db_end(&r);
}

static void
cut_off(void)
{
	command("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
		"application_name='latchkey' AND pid<>pg_backend_pid()");
	while (asks() == ERR_OK)
		usleep(1000);
	had->pg->next_attempt = 0;
}

/* With its settings (commits that are on disk, bounded waits), or not at all;
 * nor with a statement that it knows without our knowing. */
TEST(pgsql_session_is_not_used_before_it_is_set_up)
{
	OWN(db) struct db *db = fresh();
	bool came = true;
	int told = 0;
	long all;

	had = db;
	cut_off();
	starve_in = LONG_MAX;
	assert_ok(asks());
	all = LONG_MAX - starve_in;
	starve_in = 0;
	/* the last of them are those of the session */
	for (long n = all > 40 ? all - 40 : 1; starve_in_front() && came; n++) {
		OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
		enum err e;

		cut_off();
		told += starve_at(n, asks, &came) != ERR_OK;
		for (int i = 0; i < 200 && (e = asks()) != ERR_OK; i++)
			usleep(5000);
		assert_ok(e);
		assert_ok(db_one(db, SETTINGS, DB_NO_ARGS, &r));
		assert_int_equal(db_int(&r, 0), 3);
	}
	assert_true(told > 5 || !starve_in_front());
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
	/* who is certain whom they speak with may ask; nobody is there */
	for (int i = 0; i < 2; i++) {
		o.url =
		    i ? "postgresql://x:1/?host=127.0.0.2&sslmode=verify-ca"
		      : "postgresql://x:1/?host=127.0.0.2&sslmode=verify-full";
		assert_err(db_open(&o, &db, why), ERR_STORE);
	}
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
