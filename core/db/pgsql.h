/*
 * pgsql.h - what the files of the PostgreSQL driver share
 *
 * One connection, used by one thread. Writers take turns by an advisory lock,
 * so that they see what SQLite's single writer sees: the audit chain and the
 * change feed stay in order. A failing INSERT, UPDATE or DELETE is undone by a
 * savepoint and does not end its transaction, as on SQLite.
 */
#pragma once

#include <libpq-fe.h>

#include "core/db/driver.h"

enum {
	/* pg_advisory_xact_lock() of writers and of migrations */
	PGSQL_WRITER = 0x4c744b79,
	PGSQL_PULSE_S = 1,    /* the counter moves at least this often */
	PGSQL_AGAIN_MS = 250, /* between attempts to connect anew, at most */
	PGSQL_STATEMENT_MS = 30000,
	/* Whoever is cut off with the writer's lock in hand loses it. Sessions
	 * of a machine that is cut off may each get it in turn, and the
	 * patience of the others outlasts three of them. */
	PGSQL_IDLE_MS = 3000,
	PGSQL_LOCK_MS = 10000,
	PGSQL_WISHES = 64,
	PGSQL_WAYS = 2,        /* a statement: its first page, and others */
	PGSQL_TEXT = 64 << 10, /* octets of a statement */
	PGSQL_BLOBS = 8,       /* octet columns of one row */
	PGSQL_INT8 = 20        /* the server's number of BIGINT */
};

#define PGSQL_CHANNEL "latchkey"
#define PGSQL_NAME                                                             \
	"latchkey" /* of our connections, for whoever counts them              \
		    */

/* What a connection is made of; what comes later wins. */
struct pgsql_wish {
	const char *key[PGSQL_WISHES], *value[PGSQL_WISHES];
	int n;
};

/* A statement that the server knows; LIMIT is part of its text, -1: none is. */
struct pgsql_prepared {
	bool done;
	int64_t limit;
};

struct pgsql {
	PGconn *c;
	char *host, *hostaddr, *port; /* of all servers, by commas, or NULL */
	struct pgsql_prepared *prepared; /* PGSQL_WAYS of each statement */
	bool settled; /* the session is as we think; else it is set up anew */
	bool lost;    /* the connection went away inside a transaction */
	int64_t counter;
	int64_t pulse_at;     /* monotonic seconds */
	int64_t heard;        /* when it last answered, seconds since 1970 */
	int64_t next_attempt; /* monotonic milliseconds */
	bool writing;         /* the transaction announces itself */
	bool warned;          /* by the server */
};

/* One result with its decoded octets. */
struct pgsql_rows {
	PGresult *r;
	int row;
	unsigned char *blob[PGSQL_BLOBS]; /* decoded, of this row */
	int blobs;
	bool lacked; /* memory for one of them */
};

/* What R means to a caller; logs with NAME what is a failure. */
enum err pgsql_err(struct db *db, const PGresult *r, const char *name);

/* Runs fixed SQL (several statements are fine) that returns nothing. */
enum err pgsql_do(struct db *db, const char *sql);

/* The first column of the first row of fixed SQL; 0 without a row. */
enum err pgsql_number(struct db *db, const char *sql, int64_t *out);

/* Every session, and each that is in doubt: outside of transactions, without
 * prepared statements, durable commits whatever the server's default, bounded
 * waits, and news of what others commit. */
enum err pgsql_session(struct db *db);

/* How many a list joined by commas names. */
int pgsql_hosts(const char *list);

/* Whether the option KEY of a url is of one server, and not of all. */
bool pgsql_names_server(const char *key);

/* Adds an option; KEY and VALUE stay the caller's. */
void pgsql_wish_for(struct pgsql_wish *w, const char *key, const char *value);

/* Asks every server of PG (which W does not name) at once; the first that takes
 * writes is PG->c, in place of the one before. STORE with what they said in
 * WHY, which may not have room for all; PG is as it was. */
MUST_USE enum err pgsql_dial(
    struct pgsql *pg, const struct pgsql_wish *w, char why[static DB_WHY]);

/* The same with the wishes of the connection before. */
MUST_USE enum err pgsql_redial(struct pgsql *pg, char why[static DB_WHY]);

/* Connects, or connects anew when the connection is gone. */
enum err pgsql_ready(struct db *db);

/* Applies what is pending, or says that something is. */
enum err pgsql_migrate(
    struct db *db, const struct db_options *o, char why[static DB_WHY]);

enum err
pgsql_open(const struct db_options *o, struct db *db, char why[static DB_WHY]);
void pgsql_close(struct db *db);
enum err pgsql_prepare_all(struct db *db);
enum err pgsql_query(
    struct db *db, size_t sql, const struct db_arg *args, struct db_rows *out);
bool pgsql_next(struct db_rows *r);
void pgsql_rows_own(struct db_rows *r);
bool pgsql_is_null(const struct db_rows *r, int column);
int64_t pgsql_column_number(const struct db_rows *r, int column);
const char *pgsql_text(const struct db_rows *r, int column);
const void *pgsql_blob(const struct db_rows *r, int column, size_t *len);
