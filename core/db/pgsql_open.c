/* Opening a store on a PostgreSQL server; numbered steps of its schema. */
#include "core/db/pgsql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/base/secret.h"

enum { SQL_MAX = 1 << 20 };

#define NO_FILE "/dev/null/none"
#define NEEDS_TLS                                                              \
	"store.url: a server on another machine needs sslmode=verify-full "    \
	"(and sslrootcert=FILE)"

static bool
local(const char *host)
{
	return host == NULL || host[0] == '\0' || host[0] == '/' ||
	       strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	       strncmp(host, "127.", 4) == 0;
}

/* Several hosts are joined by commas; one that is far makes all of it far. */
static bool
all_local(const char *hosts)
{
	char one[256];

	while (hosts && *hosts) {
		size_t n = strcspn(hosts, ",");

		(void)snprintf(one, sizeof(one), "%.*s", (int)n, hosts);
		if (!local(one))
			return false;
		hosts += n + (hosts[n] == ',');
	}
	return true;
}

static const char *
given(const PQconninfoOption *o, const char *key)
{
	for (; o->keyword; o++)
		if (strcmp(o->keyword, key) == 0)
			return o->val;
	return NULL;
}

/* Passwords and what the database holds do not cross a network in clear. */
static enum err
check_tls(const PQconninfoOption *o, char why[static DB_WHY])
{
	const char *mode = given(o, "sslmode");

	if ((all_local(given(o, "host")) && all_local(given(o, "hostaddr"))) ||
	    (mode && (strcmp(mode, "verify-full") == 0 ||
			 strcmp(mode, "verify-ca") == 0)))
		return ERR_OK;
	return db_say(why, ERR_CONFIG, NEEDS_TLS);
}

/* One line of a file; "" when none is named. */
static enum err
read_password(const char *file, struct secret *out, char why[static DB_WHY])
{
	char text[SECRET_MAX + 2];
	ssize_t n;
	int fd;

	if (file == NULL || file[0] == '\0')
		return ERR_OK;
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return db_say(why, ERR_CONFIG, "%s cannot be read: %s", file,
		    strerror(errno));
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (n <= 0 || secret_set(out, text, strlen(text)) != ERR_OK ||
	    out->len == 0) {
		secret_wipe(text, sizeof(text));
		return db_say(
		    why, ERR_CONFIG, "%s holds no password in one line", file);
	}
	secret_wipe(text, sizeof(text));
	return ERR_OK;
}

static void
options_own(PQconninfoOption **o)
{
	PQconninfoFree(*o);
}

/* The servers are kept apart, as each is tried on its own. */
static enum err
keep_hosts(struct pgsql *pg, const PQconninfoOption *url)
{
	const struct {
		const char *key;
		char **to;
	} all[] = {{"host", &pg->host}, {"hostaddr", &pg->hostaddr},
	    {"port", &pg->port}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const char *value = given(url, all[i].key);

		if (value && value[0] && (*all[i].to = strdup(value)) == NULL)
			return ERR_NO_MEMORY;
	}
	if ((pg->host && pg->hostaddr &&
		pgsql_hosts(pg->host) != pgsql_hosts(pg->hostaddr)) ||
	    (pg->host && pg->port && pgsql_hosts(pg->port) > 1 &&
		pgsql_hosts(pg->host) != pgsql_hosts(pg->port)))
		return ERR_CONFIG;
	return ERR_OK;
}

bool
pgsql_names_server(const char *key)
{
	return strcmp(key, "host") == 0 || strcmp(key, "hostaddr") == 0 ||
	       strcmp(key, "port") == 0;
}

/* Only a server that takes writes will do: after a failover the next attempt
 * finds the new primary among the hosts of the url. */
static enum err
connect_to(struct db *db, const struct db_options *o, char why[static DB_WHY])
{
	OWN(options) PQconninfoOption *url = NULL;
	OWN(secret) struct secret password = SECRET_NONE;
	struct pgsql_wish w = {0};
	char *trouble = NULL, said[DB_WHY];
	enum err e;

	url = PQconninfoParse(o->url, &trouble);
	PQfreemem(trouble);
	if (url == NULL)
		return db_say(why, ERR_CONFIG,
		    "store.url is not a PostgreSQL connection URL");
	if (given(url, "service"))
		return db_say(why, ERR_CONFIG,
		    "store.url: write the servers out, not a service");
	if ((e = check_tls(url, why)) ||
	    (e = read_password(o->password_file, &password, why)))
		return e;
	if ((e = keep_hosts(db->pg, url)) == ERR_NO_MEMORY)
		return db_say(why, e, "out of memory");
	if (e)
		return db_say(why, e,
		    "store.url: hosts, addresses and ports are not as many of "
		    "each");
	pgsql_wish_for(&w, "connect_timeout", "3");
	pgsql_wish_for(&w, "tcp_user_timeout", "5000");
	pgsql_wish_for(&w, "keepalives_idle", "5");
	pgsql_wish_for(&w, "keepalives_interval", "2");
	pgsql_wish_for(&w, "keepalives_count", "2");
	pgsql_wish_for(&w, "target_session_attrs", "read-write");
	/* TLS it is, as the url says and nobody's home directory: what Kerberos
	 * and defaults would look for is out of a confined program's reach */
	pgsql_wish_for(&w, "gssencmode", "disable");
	pgsql_wish_for(&w, "sslcert", NO_FILE);
	pgsql_wish_for(&w, "passfile", NO_FILE);
	pgsql_wish_for(&w, "application_name", PGSQL_NAME);
	for (const PQconninfoOption *i = url; i->keyword; i++)
		if (i->val && !pgsql_names_server(i->keyword))
			pgsql_wish_for(&w, i->keyword, i->val);
	if (password.len > 0)
		pgsql_wish_for(&w, "password", secret_text(&password));
	if ((e = pgsql_dial(db->pg, &w, said)))
		return db_say(why, e,
		    "the database server cannot be used: %.*s", DB_WHY - 48,
		    said);
	/* the environment has a say, too */
	if (!local(PQhostaddr(db->pg->c)) && !PQsslInUse(db->pg->c))
		return db_say(why, ERR_CONFIG, NEEDS_TLS);
	return ERR_OK;
}

enum err
pgsql_open(const struct db_options *o, struct db *db, char why[static DB_WHY])
{
	enum err e;

	db->pg = calloc(1, sizeof(*db->pg));
	if (db->pg == NULL ||
	    (db->pg->prepared = calloc((o->nsql + 1) * PGSQL_WAYS,
		 sizeof(*db->pg->prepared))) == NULL)
		return db_say(why, ERR_NO_MEMORY, "out of memory");
	if ((e = connect_to(db, o, why)))
		return e;
	if ((e = pgsql_session(db)))
		return db_say(why, e, "%s", PQerrorMessage(db->pg->c));
	return pgsql_migrate(db, o, why);
}

void
pgsql_close(struct db *db)
{
	if (db->pg == NULL)
		return;
	PQfinish(db->pg->c);
	free(db->pg->host);
	free(db->pg->hostaddr);
	free(db->pg->port);
	free(db->pg->prepared);
	free(db->pg);
}

/* --- schema --- */

static enum err
version(struct db *db, int64_t *out)
{
	int64_t there;
	enum err e = pgsql_number(db,
	    "SELECT count(*) FROM pg_catalog.pg_tables WHERE "
	    "schemaname = current_schema() AND tablename = 'schema_version'",
	    &there);

	*out = 0;
	if (e || !there)
		return e;
	return pgsql_number(db, "SELECT max(n) FROM schema_version", out);
}

/* The schema is written once, with SQLite's word for octets. */
static void
translate(const char *sql, struct buf *out)
{
	const char *at;

	for (; (at = strstr(sql, " BLOB")) != NULL; sql = at + 5) {
		buf_add(out, sql, (size_t)(at - sql));
		buf_text(out, " BYTEA");
	}
	buf_text(out, sql);
}

static enum err
step(struct db *db, const struct db_migration *m)
{
	OWN(buf) struct buf sql = BUF(SQL_MAX);
	int64_t now;
	enum err e;

	buf_printf(&sql,
	    "BEGIN; SET LOCAL statement_timeout = 0;"
	    "SELECT pg_advisory_xact_lock(%d)",
	    PGSQL_WRITER);
	if ((e = pgsql_do(db, buf_str(&sql))))
		return e;
	if ((e = version(db, &now)) == ERR_OK && now < m->n) {
		buf_clear(&sql);
		translate(m->sql, &sql);
		buf_printf(&sql,
		    ";CREATE TABLE IF NOT EXISTS schema_version(n BIGINT "
		    "PRIMARY KEY, program TEXT NOT NULL);"
		    "INSERT INTO schema_version(n, program) VALUES (%d, '%s')",
		    m->n, LATCHKEY_VERSION);
		e = sql.err ? sql.err : pgsql_do(db, buf_str(&sql));
		LOG(INFO, "db.migration", LOG_I("step", m->n),
		    LOG_S("kind", err_name(e)));
	}
	if (e == ERR_OK)
		return pgsql_do(db, "COMMIT");
	(void)pgsql_do(db, "ROLLBACK");
	return e;
}

static enum err
expected(struct db *db, const struct db_options *o, int newest,
    char why[static DB_WHY])
{
	if (o->create && db->schema > 0)
		return db_say(why, ERR_EXISTS,
		    "the database holds a Latchkey store already; it is left "
		    "as it is");
	if (!o->create && db->schema == 0)
		return db_say(why, ERR_NOT_FOUND,
		    "the database holds no Latchkey store: make it with "
		    "`latchkey init`, or `latchkey db move`");
	if (db->schema > newest)
		return db_say(why, ERR_UNSUPPORTED,
		    "the store was made by a newer Latchkey (schema %d, this "
		    "one knows %d): install that version",
		    db->schema, newest);
	if (db->schema < newest && !o->create && !o->migrate)
		return db_say(why, ERR_BAD_STATE,
		    "the store was made by an older Latchkey (schema %d, this "
		    "one needs %d): make a backup, then run `latchkey migrate`",
		    db->schema, newest);
	return ERR_OK;
}

enum err
pgsql_migrate(
    struct db *db, const struct db_options *o, char why[static DB_WHY])
{
	int newest = o->nmigrations ? o->migrations[o->nmigrations - 1].n : 0;
	int64_t now;
	enum err e = version(db, &now);

	if (e)
		return db_say(why, e, "%s", PQerrorMessage(db->pg->c));
	db->schema = (int)now;
	if ((e = expected(db, o, newest, why)))
		return e;
	for (size_t i = 0; i < o->nmigrations; i++) {
		if (o->migrations[i].n <= db->schema)
			continue;
		if ((e = step(db, &o->migrations[i])))
			return db_say(why, e,
			    "step %d of the schema failed; nothing of it "
			    "remains",
			    o->migrations[i].n);
		db->schema = o->migrations[i].n;
	}
	return ERR_OK;
}
