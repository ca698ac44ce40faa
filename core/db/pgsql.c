#include "core/db/pgsql.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"

/* Appendix A of PostgreSQL's manual; a prefix stands for its class. */
static enum err
meaning(const char *state)
{
	static const struct {
		const char *prefix;
		enum err e;
	} means[] = {
	    {"23505", ERR_EXISTS},
	    {"23503", ERR_CONFLICT},
	    {"40", ERR_BUSY},    /* serialization, deadlock */
	    {"55P03", ERR_BUSY}, /* lock_timeout */
	    {"53200", ERR_NO_MEMORY},
	    {"53", ERR_STORE},    /* disk full, too many connections */
	    {"25006", ERR_STORE}, /* read-only: a standby */
	    {"08", ERR_STORE},
	    {"57", ERR_STORE},
	    {"58", ERR_STORE},
	    {"XX001", ERR_CORRUPT},
	    {"XX002", ERR_CORRUPT},
	    {"54", ERR_TOO_BIG},
	};

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++)
		if (strncmp(state, means[i].prefix, strlen(means[i].prefix)) ==
		    0)
			return means[i].e;
	return ERR_INTERNAL;
}

/* What was asked may be done, and its answer is what there was no memory for: a
 * transaction is begun, or a statement known, and we do not know it. */
static bool
in_doubt(const char *state)
{
	return state == NULL || strcmp(state, "42P05") == 0 ||
	       strcmp(state, "26000") == 0;
}

enum err
pgsql_err(struct db *db, const PGresult *r, const char *name)
{
	ExecStatusType status = PQresultStatus(r);
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *text =
	    r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	enum err e;

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
		db->pg->heard = clock_now();
		return ERR_OK;
	}
	e = state ? meaning(state) : ERR_STORE;
	if (in_doubt(state))
		db->pg->settled = false;
	if (PQstatus(db->pg->c) == CONNECTION_BAD) {
		db->pg->lost = db->in_tx;
		e = ERR_STORE;
	}
	if (e != ERR_EXISTS && e != ERR_CONFLICT)
		LOG(ERROR, "db.failed", LOG_S("statement", name),
		    LOG_S("kind", err_name(e)),
		    LOG_S("code", state ? state : "none"),
		    LOG_S("reason", text ? text : "the connection is gone"));
	return e;
}

enum err
pgsql_do(struct db *db, const char *sql)
{
	PGresult *r = PQexec(db->pg->c, sql);
	enum err e = pgsql_err(db, r, sql);

	PQclear(r);
	return e;
}

enum err
pgsql_number(struct db *db, const char *sql, int64_t *out)
{
	PGresult *r = PQexec(db->pg->c, sql);
	enum err e = pgsql_err(db, r, sql);

	*out = 0;
	if (e == ERR_OK && PQntuples(r) > 0)
		*out = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	return e;
}

/* What the server says beside its answers. A COMMIT that stopped waiting for
 * its replica succeeds with a warning, and could be lost with the primary. */
static void
notice(void *arg, const PGresult *r)
{
	struct pgsql *pg = arg;
	const char *severity =
	    PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (severity == NULL || strcmp(severity, "WARNING") != 0)
		return;
	pg->warned = true;
	LOG(WARN, "db.warning", LOG_S("reason", text ? text : ""));
}

/* What is looked for is in memory, or on no disk that has to move a head: pages
 * of an index are not dearer than those of a table, unless somebody who knows
 * this server said so. */
#define BY_INDEX                                                               \
	"SELECT set_config(name, '1.1', false) FROM pg_settings"               \
	" WHERE name = 'random_page_cost' AND source = 'default';"

enum err
pgsql_session(struct db *db)
{
	char sql[700];
	enum err e;

	(void)PQsetNoticeReceiver(db->pg->c, notice, db->pg);
	if (PQtransactionStatus(db->pg->c) != PQTRANS_IDLE)
		(void)pgsql_do(db, "ROLLBACK");
	(void)snprintf(sql, sizeof(sql),
	    "DEALLOCATE ALL; SET synchronous_commit = on; SET lock_timeout = "
	    "%d;"
	    "SET statement_timeout = %d; SET client_encoding = 'UTF8';"
	    "SET idle_in_transaction_session_timeout = %d;"
	    "SET tcp_user_timeout = %d;" BY_INDEX
	    "SET client_min_messages = warning; LISTEN " PGSQL_CHANNEL,
	    PGSQL_LOCK_MS, PGSQL_STATEMENT_MS, PGSQL_IDLE_MS, DB_BUSY_MS);
	e = pgsql_do(db, sql);
	db->pg->settled = e == ERR_OK;
	return e;
}

/* When to try again. Many connections are lost at once, and shall not all come
 * back in the same moment. */
static int64_t
next_attempt(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return clock_mono_ms() + PGSQL_AGAIN_MS / 2 +
	       t.tv_nsec / 1000 % (PGSQL_AGAIN_MS / 2);
}

static enum err
dial_again(struct pgsql *pg)
{
	char why[DB_WHY];
	enum err e;

	if (clock_mono_ms() < pg->next_attempt)
		return ERR_STORE;
	pg->next_attempt = next_attempt();
	if ((e = pgsql_redial(pg, why)) == ERR_OK)
		return ERR_OK;
	LOG(WARN, "db.lost", LOG_S("reason", why));
	return e == ERR_NO_MEMORY ? e : ERR_STORE;
}

enum err
pgsql_ready(struct db *db)
{
	struct pgsql *pg = db->pg;
	bool there = PQstatus(pg->c) == CONNECTION_OK;
	enum err e;

	if (there && (pg->settled || db->in_tx))
		return ERR_OK;
	if (!there && (e = dial_again(pg)))
		return e;
	memset(pg->prepared, 0, db->nsql * PGSQL_WAYS * sizeof(*pg->prepared));
	if ((e = pgsql_session(db)) == ERR_OK)
		LOG(INFO, "db.connected", LOG_S("host", PQhost(pg->c)));
	pg->counter++;
	return e;
}

/* Between notifications it moves once a second, so that one that was lost with
 * a connection costs no more than that. */
static enum err
version_counter(struct db *db, int64_t *out)
{
	struct pgsql *pg = db->pg;
	int64_t now = clock_mono_ms() / 1000;
	PGnotify *n;
	enum err e;

	if ((e = pgsql_ready(db)))
		return e;
	if (!PQconsumeInput(pg->c))
		return ERR_STORE;
	while ((n = PQnotifies(pg->c)) != NULL) {
		if (n->be_pid != PQbackendPID(pg->c))
			pg->counter++;
		pg->heard = clock_now();
		PQfreemem(n);
	}
	if (now >= pg->pulse_at + PGSQL_PULSE_S) {
		pg->pulse_at = now;
		pg->counter++;
	}
	*out = pg->counter;
	return ERR_OK;
}

static int64_t
heard(const struct db *db)
{
	return db->pg->heard;
}

static enum err
begin(struct db *db, enum tx_kind kind)
{
	char sql[160];
	enum err e;

	if ((e = pgsql_ready(db)))
		return e;
	db->pg->lost = false;
	db->pg->writing = kind == TX_WRITE;
	if (kind == TX_READ)
		return pgsql_do(
		    db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	(void)snprintf(sql, sizeof(sql),
	    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
	    "SELECT pg_advisory_xact_lock(%d)",
	    PGSQL_WRITER);
	if ((e = pgsql_do(db, sql)) != ERR_OK)
		(void)pgsql_do(db, "ROLLBACK");
	return e;
}

static enum err
commit(struct db *db)
{
	struct pgsql *pg = db->pg;
	PGresult *r;
	enum err e;

	if (pg->lost || PQtransactionStatus(pg->c) != PQTRANS_INTRANS)
		return ERR_STORE;
	pg->warned = false;
	r = PQexec(
	    pg->c, pg->writing ? "NOTIFY " PGSQL_CHANNEL "; COMMIT" : "COMMIT");
	e = pgsql_err(db, r, "COMMIT");
	/* a transaction that had failed says ROLLBACK to a COMMIT */
	if (e == ERR_OK &&
	    (strcmp(PQcmdStatus(r), "COMMIT") != 0 || pg->warned))
		e = ERR_STORE;
	PQclear(r);
	return e;
}

static void
rollback(struct db *db)
{
	PGTransactionStatusType s = PQtransactionStatus(db->pg->c);

	if (s == PQTRANS_INTRANS || s == PQTRANS_INERROR)
		(void)pgsql_do(db, "ROLLBACK");
	db->pg->lost = false;
}

static enum err
no_copies(struct db *db __attribute__((unused)),
    const char *file __attribute__((unused)), char why[static DB_WHY])
{
	return db_say(why, ERR_UNSUPPORTED,
	    "the store is in PostgreSQL: use pg_dump, or base backups with "
	    "archived WAL");
}

static enum err
no_restore(const char *file __attribute__((unused)),
    const struct db_options *o __attribute__((unused)), char why[static DB_WHY])
{
	return no_copies(NULL, NULL, why);
}

/* PostgreSQL checks its own pages; what can be asked is whether it answers and
 * has all our tables. */
static enum err
check(
    struct db *db, bool quick __attribute__((unused)), char why[static DB_WHY])
{
	int64_t n;
	enum err e;

	if ((e = pgsql_ready(db)) ||
	    (e = pgsql_number(db, "SELECT max(n) FROM schema_version", &n)))
		return db_say(why, e, "the server does not answer");
	return ERR_OK;
}

const struct db_driver pgsql_driver = {
    .open = pgsql_open,
    .close = pgsql_close,
    .prepare_all = pgsql_prepare_all,
    .query = pgsql_query,
    .next = pgsql_next,
    .rows_own = pgsql_rows_own,
    .is_null = pgsql_is_null,
    .number = pgsql_column_number,
    .text = pgsql_text,
    .blob = pgsql_blob,
    .version_counter = version_counter,
    .heard = heard,
    .backup = no_copies,
    .restore = no_restore,
    .check = check,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
};
