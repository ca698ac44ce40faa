/*
 * pgsql_server.h - a PostgreSQL server of a test's own, with cats and toys
 */
#pragma once

#include "tests/unit/starve.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/db/db.h"

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
	TOYS,
	FACES,
	SETTINGS,
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
    [FACES] = {"faces", "SELECT face FROM cat ORDER BY id"},
    [SETTINGS] = {"settings",
	"SELECT count(*) FROM pg_settings WHERE source = 'session' AND name IN "
	"('lock_timeout', 'statement_timeout', 'synchronous_commit')"},
    [TOYS] = {"toys", "SELECT count(*) FROM toy"},
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

static inline void
stop_server(void)
{
	char cmd[160];

	(void)snprintf(cmd, sizeof(cmd),
	    "tests/lib/postgres stop %s; rm -rf %s", dir, dir);
	assert_int_equal(system(cmd), 0);
}

static inline const char *
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

static inline void
command(const char *text)
{
	PGconn *c = PQconnectdb(server());
	PGresult *r = PQexec(c, text);

	assert_true(PQresultStatus(r) == PGRES_COMMAND_OK ||
		    PQresultStatus(r) == PGRES_TUPLES_OK);
	PQclear(r);
	PQfinish(c);
}

static inline struct db_options
options(size_t nsteps)
{
	return (struct db_options){.url = server(),
	    .sql = sql,
	    .nsql = STATEMENTS,
	    .migrations = steps,
	    .nmigrations = nsteps};
}

static inline struct db *
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

static inline struct db *
again(void)
{
	struct db_options o = options(2);
	struct db *db = NULL;

	assert_ok(db_open(&o, &db, why));
	return db;
}

static inline enum err
add(struct db *db, int64_t id, const char *name)
{
	return db_run(db, ADD,
	    DB_ARGS(DB_INT(id), DB_TEXT(name), DB_BLOB("\0\1\xff", 3)), NULL);
}

static inline int64_t
count(struct db *db)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;

	assert_ok(db_one(db, COUNT, DB_NO_ARGS, &r));
	return db_int(&r, 0);
}
