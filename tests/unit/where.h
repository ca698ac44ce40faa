/*
 * where.h - where tests keep their stores
 *
 * In a file; or, with LATCHKEY_TEST_PGSQL=URL, in a schema of its own on that
 * server, so that the same tests hold both engines to the same promises.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include <libpq-fe.h>
#include <sqlite3.h>

#include "tests/unit/test.h"

/* One store: URL is "" when it is the file at PATH. */
struct where {
	char path[96], url[300], schema[32];
};

static inline const char *
where_server(void)
{
	const char *url = getenv("LATCHKEY_TEST_PGSQL");

	return url ? url : "";
}

static inline bool
where_pgsql(void)
{
	return where_server()[0] != '\0';
}

static inline void
where_ask(const char *url, const char *sql)
{
	PGconn *c = PQconnectdb(url);
	PGresult *r = PQexec(c, sql);
	ExecStatusType s = PQresultStatus(r);

	if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	PQclear(r);
	PQfinish(c);
}

/* Runs SQL on the store, behind everybody's back. */
static inline void
where_sql(const struct where *w, const char *sql)
{
	sqlite3 *db = NULL;

	if (w->url[0]) {
		where_ask(w->url, sql);
		return;
	}
	assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* The number that SQL asks for. */
static inline int64_t
where_number(const struct where *w, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (w->url[0]) {
		PGconn *c = PQconnectdb(w->url);
		PGresult *r = PQexec(c, sql);

		if (PQntuples(r) == 1)
			n = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
		PQclear(r);
		PQfinish(c);
	} else if (sqlite3_open(w->path, &db) == SQLITE_OK &&
		   sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
		   sqlite3_step(st) == SQLITE_ROW) {
		n = sqlite3_column_int64(st, 0);
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
	if (n < 0)
		fail_msg("no number: %s", sql);
	return n;
}

/* A place for a new store: in the directory DIR, or on the server. */
static inline void
where_new(struct where *w, const char *dir)
{
	static int n;
	char sql[64];

	*w = (struct where){.url = ""};
	(void)snprintf(w->path, sizeof(w->path), "%s/store.db", dir);
	if (!where_pgsql())
		return;
	(void)snprintf(
	    w->schema, sizeof(w->schema), "t%d_%d", (int)getpid(), ++n);
	(void)snprintf(w->url, sizeof(w->url), "%s&options=-csearch_path%%3D%s",
	    where_server(), w->schema);
	(void)snprintf(sql, sizeof(sql), "CREATE SCHEMA %s", w->schema);
	where_ask(where_server(), sql);
}

static inline void
where_end(const struct where *w)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char text[128];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(text, sizeof(text), "%s%s", w->path, ends[i]);
		(void)unlink(text);
	}
	(void)snprintf(text, sizeof(text),
	    "SET client_min_messages = warning; DROP SCHEMA %s CASCADE",
	    w->schema);
	if (w->url[0])
		where_ask(where_server(), text);
}

/* From now on no row can be added to TABLE. */
static inline void
where_break(const struct where *w, const char *table)
{
	char sql[300];

	(void)snprintf(sql, sizeof(sql),
	    w->url[0]
		? "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql "
		  "AS 'BEGIN RAISE ''no''; END'; CREATE TRIGGER broken "
		  "BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION broken()"
		: "CREATE TRIGGER broken BEFORE INSERT ON %s BEGIN "
		  "SELECT raise(ABORT, 'no'); END",
	    table);
	where_sql(w, sql);
}

static inline void
where_mend(const struct where *w)
{
	where_sql(w, w->url[0] ? "SET client_min_messages = warning; "
				 "DROP FUNCTION broken CASCADE"
			       : "DROP TRIGGER broken");
}
