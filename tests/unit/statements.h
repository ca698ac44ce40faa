/*
 * statements.h - an engine whose statements fail, one at a time
 *
 * F-03, F-04, S-14: every statement of what services do fails once (of the rows
 * it gives, the first ones and then some), and so does what takes memory, of
 * the request or not. That is told for what it is, and nothing of the rest is
 * done: with SQLite, by the number of all rows. Nor is it when a value that is
 * read is damaged. A deed prepares what it needs and TRYs one call; sweep_all()
 * does that over and over, each time with the next failing. For one file of a
 * test program.
 */
#pragma once

#include "tests/unit/service.h"

#include "core/base/rnd.h"
#include "core/db/driver.h"
#include "core/service/units.h"
#include "core/service/webhooks.h"
#include "tests/unit/meagre.h"
#include "tests/unit/starve.h"

/* --- an engine whose statements fail --- */

enum point {
	AT_QUERY,
	AT_NEXT,
	AT_BEGIN,
	AT_COMMIT,
	AT_ROOM, /* of the request */
	AT_ALLOC,
	AT_VALUE, /* is read, and is not what it was */
	POINTS
};

static const struct db_driver *engine;
static struct db_driver weak;
static enum point point;
static long fail_in, fail_at; /* 0: none */
static bool failed;
static int wrong; /* failures that were told as something else */

enum { ENOUGH = 400 }; /* failures of one kind of one deed */

static bool
fails(enum point here)
{
	if (fail_in == 0 || point != here || --fail_in > 0)
		return false;
	return failed = true;
}

static bool
meagre(void)
{
	return fails(AT_ROOM);
}

/* The engine has the memory that it needs: others starve it. */
#define FED(type, call)                                                        \
	long in = starve_in;                                                   \
	type was;                                                              \
	starve_in = 0;                                                         \
	was = call;                                                            \
	starve_in = in;                                                        \
	return was

static enum err
weak_query(
    struct db *db, size_t sql, const struct db_arg *args, struct db_rows *out)
{
	if (fails(AT_QUERY))
		return out->err = ERR_STORE;
	FED(enum err, engine->query(db, sql, args, out));
}

static bool
weak_next(struct db_rows *r)
{
	if (fails(AT_NEXT)) {
		r->err = ERR_STORE;
		db_rows_own(r);
		return false;
	}
	FED(bool, engine->next(r));
}

static enum err
weak_begin(struct db *db, enum tx_kind kind)
{
	if (fails(AT_BEGIN))
		return ERR_STORE;
	FED(enum err, engine->begin(db, kind));
}

static enum err
weak_commit(struct db *db)
{
	if (fails(AT_COMMIT))
		return ERR_STORE;
	FED(enum err, engine->commit(db));
}

static void
weak_rollback(struct db *db)
{
	long in = starve_in;

	starve_in = 0;
	engine->rollback(db);
	starve_in = in;
}

static const char *
weak_text(const struct db_rows *r, int column)
{
	return fails(AT_VALUE) ? "?" : engine->text(r, column);
}

static int64_t
weak_number(const struct db_rows *r, int column)
{
	return fails(AT_VALUE) ? -7 : engine->number(r, column);
}

static const void *
weak_blob(const struct db_rows *r, int column, size_t *len)
{
	const void *p = engine->blob(r, column, len);

	if (fails(AT_VALUE) && *len > 0)
		--*len;
	return p;
}

/* --- what is there --- */

static struct house h;
static struct call root, ada, bob, desk, guest, machine, hotel;
static struct plan local;
static struct webhook hook;
static struct unit flat;
static char counts[4000];

static void
weaken(void)
{
	engine = h.store->db->driver;
	weak = *engine;
	weak.query = weak_query;
	weak.next = weak_next;
	weak.begin = weak_begin;
	weak.commit = weak_commit;
	weak.rollback = weak_rollback;
	weak.text = weak_text;
	weak.number = weak_number;
	weak.blob = weak_blob;
	h.store->db->driver = &weak;
}

/* All rows of all tables, in one number. */
static void
prepare_counts(void)
{
	sqlite3_stmt *st = NULL;
	size_t len = 0;

	counts[0] = '\0';
	if (where_pgsql())
		return;
	assert_int_equal(sqlite3_exec(h.store->db->h, "PRAGMA synchronous=OFF",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	len = (size_t)snprintf(
	    counts, sizeof(counts), "SELECT (SELECT sum(value) FROM counter)");
	assert_int_equal(
	    sqlite3_prepare_v2(h.store->db->h,
		"SELECT name FROM sqlite_master WHERE type='table'", -1, &st,
		NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		len += (size_t)snprintf(counts + len, sizeof(counts) - len,
		    "+(SELECT count(*) FROM %s)", sqlite3_column_text(st, 0));
	assert_true(len < sizeof(counts) - 1);
	(void)sqlite3_finalize(st);
}

static int64_t
rows_there(void)
{
	sqlite3_stmt *st = NULL;
	int64_t n = 0;

	if (counts[0] == '\0')
		return 0;
	assert_int_equal(
	    sqlite3_prepare_v2(h.store->db->h, counts, -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return n;
}

static void
begin(void)
{
	OWN(secret) struct secret s = SECRET_NONE;

	house_make(&h);
	weaken();
	prepare_counts();
	(void)house_visitors(&h, &local);
	hook = (struct webhook){.name = "billing",
	    .state = WEBHOOK_ACTIVE,
	    .url = "https://hooks.example.org/in",
	    .events = "*"};
	assert_ok(webhooks_add(&h.root, &hook, &s));
	flat = (struct unit){.name = "Flat 1", .vlan = 300};
	assert_ok(units_add(&h.root, &flat));
	assert_ok(units_member_set(&h.root, &flat.id, &h.ada.id, true));
	house_sql(&h, "UPDATE person SET mail = subject || '@example.org'");
	root = h.root;
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	guest = machine = hotel = h.root;
	guest.actor = (struct actor){.kind = ACTOR_GUEST, .from = "192.0.2.9"};
	machine.actor = (struct actor){.kind = ACTOR_TOKEN,
	    .name = "directory",
	    .roles = 1 << ROLE_OPERATOR};
	hotel.actor = (struct actor){
	    .kind = ACTOR_TOKEN, .name = "hotel", .roles = 1 << ROLE_DESK};
}

/* --- the sweep --- */

static int64_t before;
static const char *doing;
static sqlite3 *saved;

/* From here on it may fail ... */
static void
armed(void)
{
	before = rows_there();
	starved = false;
	if (point == AT_ALLOC)
		starve_in = fail_at;
	else
		fail_in = fail_at;
}

/* ... to here; and is then undone, unless it takes several transactions. */
static enum err
over(enum err e, bool whole)
{
	fail_in = starve_in = 0;
	failed |= starved;
	assert_false(h.store->db->in_tx);
	if (e != ERR_OK && whole && rows_there() != before) {
		print_error("%s: failure %ld at %d left %ld rows\n", doing,
		    fail_at, point, (long)(rows_there() - before));
		wrong++;
	}
	return e;
}

#define TRY(call) (armed(), over((call), true))
#define TRY_PARTS(call) (armed(), over((call), false))

struct deed {
	const char *name;
	enum err (*act)(void);
};

/* Copies all of FROM to TO. */
static inline void
keep(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");

	assert_non_null(b);
	assert_int_equal(sqlite3_backup_step(b, -1), SQLITE_DONE);
	assert_int_equal(sqlite3_backup_finish(b), SQLITE_OK);
}

static inline bool
rightly_told(enum err e)
{
	switch (point) {
	case AT_ROOM:
		return e == ERR_NO_MEMORY;
	case AT_ALLOC: /* libraries may do without, or not say why they fail */
		return e == ERR_OK || e == ERR_NO_MEMORY || e == ERR_INTERNAL;
	case AT_VALUE: /* it may be of no concern, or mean something else */
		return e != ERR_STORE && e != ERR_INTERNAL;
	default:
		return e == ERR_STORE;
	}
}

/* Rows, and what is beside the engine, are many: not each of them. */
static inline long
step(void)
{
	switch (point) {
	case AT_NEXT:
	case AT_ALLOC:
		return 1 + fail_at / 3;
	case AT_VALUE:
		return 1 + fail_at / 2;
	default:
		return 1;
	}
}

static inline int
sweep(const struct deed *d)
{
	bool back = point == AT_VALUE && !where_pgsql();
	int told = 0;

	doing = d->name;
	if (back)
		keep(saved, h.store->db->h);
	for (fail_at = 1;; fail_at += step()) {
		enum err e;

		failed = false;
		arena_reset(h.arena);
		e = d->act();
		if (back) /* what was read wrongly may be written */
			keep(h.store->db->h, saved);
		if (!failed && e == ERR_OK)
			return told;
		if (!rightly_told(e)) {
			print_error("%s: failure %ld at %d was told as %s\n",
			    d->name, fail_at, point, err_name(e));
			wrong++;
		}
		if (!failed)
			fail_msg("%s: %s", d->name, err_name(e));
		if (++told > ENOUGH)
			fail_msg("%s: more than %d", d->name, ENOUGH);
	}
}

static inline void
sweep_all(const struct deed *all, size_t n)
{
	int told = 0;

	wrong = 0;
	begin();
	assert_int_equal(sqlite3_open(":memory:", &saved), SQLITE_OK);
	for (size_t i = 0; i < n; i++)
		for (point = AT_QUERY; point < POINTS; point++)
			told += sweep(&all[i]);
	fail_at = 0;
	(void)sqlite3_close(saved);
	assert_int_equal(wrong, 0);
	print_message("# %d failures of %zu deeds\n", told, n);
	assert_true(told > (int)n * 4);
	house_end(&h);
}

static inline const char *
fresh_name(const char *what)
{
	static int n;

	return arena_printf(h.arena, "%s %d", what, ++n);
}

/* Of somebody new, who has mail. */
static inline struct key_view
key(void)
{
	struct person p = {.name = ""};
	struct key_order o = {
	    .network = h.net.id, .plan = h.plan.id, .name = "Phone"};
	OWN(secret) struct secret given = SECRET_NONE;
	uint8_t pmk[32];
	struct key_view v;

	rnd_bytes(pmk, sizeof(pmk));
	text_to_hex(pmk, sizeof(pmk), (char *)given.b);
	given.len = 2 * sizeof(pmk);
	o.given = &given;
	text_copy(p.name, sizeof(p.name), fresh_name("Somebody"));
	(void)snprintf(
	    p.mail, sizeof(p.mail), "s%d@example.org", (int)rnd_below(1 << 30));
	assert_ok(people_add(&root, &p));
	o.person = p.id;
	assert_ok(keys_issue(&root, &o, &v));
	return v;
}
