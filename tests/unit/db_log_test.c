/* The write-ahead log of a file gets short again, and nobody who reads loses
 * what they read; a server has none of ours. And what a move does not take. */
#include "tests/unit/service.h"

#include <sys/stat.h>

static struct house h;

static int64_t
wal(void)
{
	struct stat s;
	char name[128];

	(void)snprintf(name, sizeof(name), "%s-wal", h.at.path);
	return stat(name, &s) == 0 ? (int64_t)s.st_size : 0;
}

static int64_t
keys(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM wifi_key",
			     -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return n;
}

TEST(log_gets_short_when_nobody_reads_what_is_in_it)
{
	sqlite3 *reader = NULL;
	int64_t octets = -1, full;

	house_make(&h);
	if (where_pgsql()) {
		assert_ok(db_log_trim(h.store->db, 0, &octets));
		assert_int_equal(octets, 0);
		house_end(&h);
		return;
	}
	(void)house_key(&h, &h.ada);
	assert_int_equal(sqlite3_open(h.at.path, &reader), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(reader, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(keys(reader), 1);
	(void)house_key(&h, &h.ada);
	full = wal();
	assert_true(full > 0);
	/* as long as it may be: nothing is done */
	assert_ok(db_log_trim(h.store->db, full, &octets));
	assert_int_equal(octets, full);
	/* somebody reads from it: it stays, and so does what they see */
	assert_ok(db_log_trim(h.store->db, 0, &octets));
	assert_int_equal(octets, wal());
	assert_true(octets > 0);
	assert_int_equal(keys(reader), 1);
	assert_int_equal(
	    sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_ok(store_service_log(&h.system, &octets)); /* is short enough */
	assert_ok(db_log_trim(h.store->db, 0, &octets));
	assert_int_equal(octets, 0);
	assert_int_equal(wal(), 0);
	assert_int_equal(keys(reader), 2);
	(void)sqlite3_close(reader);
	assert_err(store_service_log(&h.root, &octets), ERR_FORBIDDEN);
	house_end(&h);
}

/* --- a move --- */

static struct where file;

static struct conf
moving(void)
{
	struct conf c = h.conf;

	c.store.engine = "sqlite";
	c.store.path = file.path;
	c.store.url = h.at.url;
	return c;
}

/* Moves what SQL has done to the file to the server; WHAT is in the reason. */
static void
refused(const char *sql, enum err want, const char *what)
{
	struct conf c = moving();
	struct store_moved out;
	struct store *st;
	struct why why;
	enum err e;

	where_sql(&file, sql);
	e = store_service_move(&c, h.ring, "pgsql", &out, &why);
	if (e != want || strstr(why.text, what) == NULL)
		fail_msg("%s: %s: %s", sql, err_name(e), why.text);
	assert_ok(store_service_open(&c, h.ring, false, &st, &why));
	store_service_close(st); /* is as it was */
}

TEST(move_names_what_cannot_be_moved)
{
	struct store_moved out;
	struct conf c;
	struct why why;

	if (!where_pgsql()) /* there is no server to move to */
		return;
	house_make(&h);
	store_service_close(h.store);
	h.store = NULL;
	where_ask(h.at.url, "DROP TABLE IF EXISTS schema_version CASCADE");
	where_end(&h.at);
	where_new(&h.at, h.dir);
	file = (struct where){.url = ""};
	(void)snprintf(file.path, sizeof(file.path), "%s/from.db", h.dir);
	c = moving();
	assert_ok(store_service_create(&c, h.ring, &why));
	refused("CREATE TABLE odd (a REAL)", ERR_UNSUPPORTED, "odd");
	refused("DROP TABLE odd; CREATE TABLE odd (\"A b\" TEXT)",
	    ERR_UNSUPPORTED, "odd");
	refused("DROP TABLE odd; CREATE TABLE \"o'dd\" (a TEXT)",
	    ERR_UNSUPPORTED, "table");
	refused("DROP TABLE \"o'dd\"; INSERT INTO counter (name, value)"
		" VALUES ('odd', 'text')",
	    ERR_CORRUPT, "counter");
	where_sql(&file, "DELETE FROM counter WHERE name = 'odd'");
	assert_err(
	    store_service_move(&c, h.ring, "mysql", &out, &why), ERR_BAD_INPUT);
	assert_err(
	    store_service_move(&c, h.ring, "sqlite", &out, &why), ERR_EXISTS);
	assert_ok(store_service_move(&c, h.ring, "pgsql", &out, &why));
	assert_true(out.rows > 0);
	assert_non_null(strstr(out.aside, "from.db.moved"));
	(void)unlink(out.aside);
	where_end(&file);
	house_end(&h);
}
