#include "core/db/move.h"

#include <string.h>

#include "core/base/log.h"
#include "core/db/move_side.h"

struct move {
	struct move_side from, to;
	struct move_table table[MOVE_TABLES];
	size_t tables;
	bool made; /* the new store; what goes wrong from now on unmakes it */
	struct db_moved *out;
	char *why;
};

void
move_names(struct buf *out, const struct move_table *t)
{
	for (int i = 0; i < t->columns; i++)
		buf_printf(out, "%s\"%s\"", i ? "," : "", t->column[i].name);
}

void
move_select(struct buf *out, const struct move_table *t, const char *text_order)
{
	const char *comma = " ORDER BY ";

	buf_text(out, "SELECT ");
	move_names(out, t);
	buf_printf(out, " FROM \"%s\"", t->name);
	for (int part = 1; part <= t->columns; part++)
		for (int i = 0; i < t->columns; i++) {
			const struct move_column *c = &t->column[i];

			if (c->key != part)
				continue;
			buf_printf(out, "%s\"%s\"%s", comma, c->name,
			    c->kind == DB_TEXT_ ? text_order : "");
			comma = ",";
		}
}

static const struct move_engine *
engine_of(const struct db_options *o)
{
	return o->url ? &move_pgsql : &move_sqlite;
}

/* --- places --- */

/* A store with no rows of its own: what a move or an `init` that was cut short
 * leaves behind. */
static bool
empty(const struct db_options *o)
{
	struct db_options with = *o;
	OWN(db) struct db *db = NULL;
	char text[DB_WHY];

	with.create = false;
	with.migrate = true;
	return db_open(&with, &db, text) == ERR_OK && db_unborn(db, o);
}

static enum err
make(const struct db_options *to, char why[static DB_WHY])
{
	struct db_options with = *to;
	struct db *db = NULL;
	enum err e;

	with.create = true;
	e = db_open(&with, &db, why);
	db_close(db);
	if (e == ERR_EXISTS && empty(to)) {
		why[0] = '\0';
		e = ERR_OK;
	}
	return e;
}

/* It is there, of this schema, and can be opened. */
static enum err
look(const struct db_options *from, char why[static DB_WHY])
{
	struct db_options with = *from;
	struct db *db = NULL;
	enum err e;

	with.create = with.migrate = false;
	e = db_open(&with, &db, why);
	db_close(db);
	return e;
}

/* --- rows --- */

static enum err
copy(struct move *m, const struct move_table *t)
{
	struct db_arg row[MOVE_COLUMNS];
	bool more = true;
	enum err e;

	if ((e = m->from.engine->read_begin(&m->from, t)) == ERR_OK &&
	    (e = m->to.engine->add_begin(&m->to, t)) == ERR_OK) {
		while ((e = m->from.engine->read(&m->from, row, &more)) ==
			   ERR_OK &&
		       more) {
			if ((e = m->to.engine->add(&m->to, row)))
				break;
			m->out->rows++;
		}
		if (e == ERR_OK)
			e = m->to.engine->add_end(&m->to);
	}
	m->from.engine->read_end(&m->from);
	return e;
}

static bool
same(const struct db_arg *a, const struct db_arg *b)
{
	if (a->kind != b->kind || a->len != b->len)
		return false;
	if (a->kind == DB_INT_)
		return a->number == b->number;
	return a->len == 0 || memcmp(a->octets, b->octets, a->len) == 0;
}

static enum err
compare_rows(struct move *m, const struct move_table *t)
{
	struct db_arg a[MOVE_COLUMNS], b[MOVE_COLUMNS];
	bool more_a = true, more_b = true;
	enum err e;

	for (int64_t n = 1; more_a; n++) {
		if ((e = m->from.engine->read(&m->from, a, &more_a)) ||
		    (e = m->to.engine->read(&m->to, b, &more_b)))
			return e;
		if (more_a != more_b)
			return db_say(m->why, ERR_CORRUPT,
			    "%s: row %lld is on one side only", t->name,
			    (long long)n);
		for (int i = 0; more_a && i < t->columns; i++)
			if (!same(&a[i], &b[i]))
				return db_say(m->why, ERR_CORRUPT,
				    "%s: row %lld reads back differently in "
				    "column %s",
				    t->name, (long long)n, t->column[i].name);
	}
	return ERR_OK;
}

static enum err
compare(struct move *m, const struct move_table *t)
{
	enum err e;

	if ((e = m->from.engine->read_begin(&m->from, t)) == ERR_OK &&
	    (e = m->to.engine->read_begin(&m->to, t)) == ERR_OK)
		e = compare_rows(m, t);
	m->from.engine->read_end(&m->from);
	m->to.engine->read_end(&m->to);
	return e;
}

/* Steps of the schema put rows into some tables; the source has them, too. */
static enum err
all_rows(struct move *m)
{
	enum err e = ERR_OK;

	for (size_t i = m->tables; i-- > 0 && e == ERR_OK;)
		e = m->to.engine->clear(&m->to, &m->table[i]);
	for (size_t i = 0; i < m->tables && e == ERR_OK; i++)
		e = copy(m, &m->table[i]);
	for (size_t i = 0; i < m->tables && e == ERR_OK; i++)
		e = compare(m, &m->table[i]);
	return e;
}

/* The old one first: whoever has it open is told before anything is made. */
static enum err
both(struct move *m)
{
	struct move_side *file = m->from.place->url ? &m->to : &m->from;
	enum err e;

	if ((e = look(m->from.place, m->why)) ||
	    (e = m->from.engine->hold(&m->from)) ||
	    (file == &m->from &&
		(e = move_sqlite_tables(file, m->table, &m->tables))) ||
	    (e = make(m->to.place, m->why)))
		return e;
	m->made = true;
	if ((e = m->to.engine->hold(&m->to)))
		return e;
	return file == &m->to ? move_sqlite_tables(file, m->table, &m->tables)
			      : ERR_OK;
}

/* Once the new one is on disk the old one must not be found again: a failure
 * between is told, and no failure of the move, as both are whole then. */
static enum err
run(struct move *m)
{
	enum err e;

	if ((e = both(m)) || (e = all_rows(m)) ||
	    (e = m->to.engine->commit(&m->to)))
		return e;
	m->out->tables = (int64_t)m->tables;
	if (m->from.engine->aside(&m->from, m->out->aside))
		LOG(WARN, "db.move",
		    LOG_S("reason", "the old store is still in its place"),
		    LOG_S("why", m->why));
	return ERR_OK;
}

static enum err
say_unsaid(struct move *m, enum err e)
{
	if (e && m->why[0] == '\0')
		return db_say(m->why, e, "the store could not be moved");
	return e;
}

enum err
db_move(const struct db_options *from, const struct db_options *to,
    struct db_moved *out, char why[static DB_WHY])
{
	OWN(mem) struct move *m = calloc(1, sizeof(*m));
	enum err e;

	*out = (struct db_moved){0};
	why[0] = '\0';
	if (m == NULL)
		return db_say(why, ERR_NO_MEMORY, "out of memory");
	if ((from->url != NULL) == (to->url != NULL))
		return db_say(why, ERR_UNSUPPORTED,
		    "a store is moved between a file and a server");
	m->from = (struct move_side){
	    .engine = engine_of(from), .place = from, .why = why};
	m->to = (struct move_side){
	    .engine = engine_of(to), .place = to, .why = why};
	m->out = out;
	m->why = why;
	e = say_unsaid(m, run(m));
	m->from.engine->close(&m->from);
	m->to.engine->close(&m->to);
	if (e && m->made)
		engine_of(to)->unmake(to, m->table, m->tables);
	return e;
}
