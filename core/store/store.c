#include "core/store/store.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/store/columns.h"

static const struct sql_text statements[SQL_COUNT] = {
#define SQL(name, ...) {#name, __VA_ARGS__},
#include "core/store/sql.def"
#undef SQL
};

static const struct db_migration migrations[] = {
#define MIGRATION(n, ...) {n, __VA_ARGS__},
#include "core/store/migrations.def"
#undef MIGRATION
};

enum { MIGRATIONS = sizeof(migrations) / sizeof(*migrations) };

struct db_options
store_options(const struct store_place *at)
{
	return (struct db_options){.path = at->path,
	    .url = at->url,
	    .password_file = at->password_file,
	    .sql = statements,
	    .nsql = SQL_COUNT,
	    .born = SQL_META_ANY,
	    .migrations = migrations,
	    .nmigrations = MIGRATIONS};
}

enum err
store_move(const struct store_place *from, const struct store_place *to,
    struct db_moved *out, char why[static DB_WHY])
{
	const struct db_options a = store_options(from), b = store_options(to);

	return db_move(&a, &b, out, why);
}

int
store_schema(void)
{
	return migrations[MIGRATIONS - 1].n;
}

enum err
store_open(const struct store_place *at, bool create, bool migrate,
    struct store **out, char why[static DB_WHY])
{
	struct db_options o = store_options(at);
	OWN(mem) struct store *st = calloc(1, sizeof(*st));
	enum err e;

	*out = NULL;
	why[0] = '\0';
	o.create = create;
	o.migrate = migrate;
	if (st == NULL)
		return ERR_NO_MEMORY;
	if ((e = db_open(&o, &st->db, why)))
		return e;
	st->self = uid_new();
	*out = give(st);
	return ERR_OK;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	db_close(st->db);
	free(st);
}

enum err
store_write(struct store *st, struct tx *tx)
{
	return tx_write(st->db, tx);
}

enum err
store_read(struct store *st, struct tx *tx)
{
	return tx_read(st->db, tx);
}

enum err
store_commit(struct store *st, struct tx *tx)
{
	enum err e = tx_commit(tx);

	if (e == ERR_OK)
		st->own++;
	return e;
}

enum err
store_run(
    struct store *st, enum sql sql, const struct db_arg *args, int64_t *changed)
{
	return db_run(st->db, sql, args, changed);
}

enum err
store_number(
    struct store *st, enum sql sql, const struct db_arg *args, int64_t *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(st->db, sql, args, &r);

	*out = e ? 0 : db_int(&r, 0);
	return e;
}

/* The place of SQL among what is held; NULL: there is none left. */
static struct store_held *
held_of(struct store *st, enum sql sql)
{
	for (size_t i = 0; i < STORE_HELD; i++) {
		struct store_held *h = &st->held[i];

		if (h->until == 0 || h->sql == sql)
			return h;
	}
	return NULL;
}

static enum err
figures_read(struct store *st, enum sql sql, const struct db_arg *args,
    int64_t *out, size_t n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(st->db, sql, args, &r);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		out[i] = db_int(&r, (int)i);
	return e;
}

/* The position of the feed is read before the rows are counted: what comes
 * between is counted twice, and not missed. */
enum err
store_figures(struct store *st, enum sql sql, const struct db_arg *args,
    int64_t *out, size_t n)
{
	struct store_held *h = held_of(st, sql);
	int64_t now = clock_mono_ms(), change = -1;
	enum err e;

	memset(out, 0, n * sizeof(*out));
	if (h && h->until != 0 &&
	    (e = store_counter_get(st, "change", &change)))
		return e;
	if (h && h->until > now && h->own == st->own && h->change == change) {
		memcpy(out, h->value, n * sizeof(*out));
		return ERR_OK;
	}
	if ((e = figures_read(st, sql, args, out, n)))
		return e;
	if (h && out[0] >= STORE_MANY) {
		*h = (struct store_held){.sql = sql,
		    .until = now + STORE_HOLD_MS,
		    .own = st->own,
		    .change = change};
		memcpy(h->value, out, n * sizeof(*out));
	} else if (h && h->until != 0) {
		h->until = 1;
	}
	return ERR_OK;
}

enum err
store_count(struct store *st, enum sql sql, int64_t *out)
{
	return store_figures(st, sql, DB_NO_ARGS, out, 1);
}

enum err
store_any(struct store *st, enum sql sql, const struct db_arg *args, bool *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(st->db, sql, args, &r);

	*out = e == ERR_OK;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err
store_meta_set(struct store *st, const char *name, const void *p, size_t len)
{
	return store_run(
	    st, SQL_META_SET, DB_ARGS(DB_TEXT(name), DB_BLOB(p, len)), NULL);
}

enum err
store_meta_get(
    struct store *st, const char *name, void *out, size_t room, size_t *len)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const void *p;
	enum err e = db_one(st->db, SQL_META_GET, DB_ARGS(DB_TEXT(name)), &r);

	*len = 0;
	if (e)
		return e;
	p = db_blob(&r, 0, len);
	if (*len > room)
		return ERR_CORRUPT;
	memcpy(out, p, *len);
	return ERR_OK;
}

enum err
store_counter_get(struct store *st, const char *name, int64_t *out)
{
	return store_number(st, SQL_COUNTER_GET, DB_ARGS(DB_TEXT(name)), out);
}

enum err
store_counter_set(struct store *st, const char *name, int64_t value)
{
	return store_run(
	    st, SQL_COUNTER_SET, DB_ARGS(DB_TEXT(name), DB_INT(value)), NULL);
}

/* To its end, as the change counts only then. */
enum err
store_counter_next(struct store *st, const char *name, int64_t *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e =
	    db_one(st->db, SQL_COUNTER_NEXT, DB_ARGS(DB_TEXT(name)), &r);

	if (e)
		return e;
	*out = db_int(&r, 0);
	while (db_next(&r))
		continue;
	return db_end(&r);
}
