/*
 * N-03, F-01: whoever is at a change of many parts is killed outright, at any
 * moment of it. What is left is all of it or nothing, or whole pieces where it
 * is made in pieces; begun again it comes to the same end as if nothing had
 * been. Short by default; LATCHKEY_LONG=1 is ten thousand times.
 */
#include "tests/unit/service.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "core/base/rnd.h"
#include "core/crypt/token.h"
#include "core/service/batches.h"
#include "core/service/imports.h"
#include "core/service/links.h"
#include "core/service/outbox.h"
#include "core/service/rotations.h"
#include "core/service/units.h"
#include "core/service/vouchers.h"

/* Something to count: BEFORE the change, and AFTER it. */
struct fact {
	const char *what, *sql;
	int64_t before, after;
};

struct op {
	const char *name;
	int share; /* of a hundred kills */
	void (*set)(void);
	enum err (*run)(struct call *c); /* from wherever it is to the end */
	const struct fact *facts; /* all of them as before, or all as after */
	const char *const *never; /* made in pieces: these are 0 all the time */
};

static struct house h;
static struct person cleo, dora;
static struct uid keys[8];

enum { SHORT = 100, LONG = 10000 };

/* --- the house --------------------------------------------------------------
 */

static void
shut(void)
{
	store_service_close(h.store);
	h.store = NULL;
}

/* Once nobody else can write: a server may still be at the last words of
 * whoever was killed. */
static void
open_again(void)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct why w;

	arena_free(h.arena);
	assert_non_null(h.arena = arena_new(64 << 20));
	assert_ok(store_service_open(&h.conf, h.ring, false, &h.store, &w));
	h.root.store = h.system.store = h.store;
	h.root.arena = h.system.arena = h.arena;
	assert_ok(tx_write(h.store->db, &tx));
}

static void
copy(const char *from, const char *to)
{
	char room[65536];
	int in = open(from, O_RDONLY), out;
	ssize_t n;

	out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, room, sizeof(room))) > 0)
		assert_int_equal(write(out, room, (size_t)n), n);
	close(in);
	close(out);
}

/* The store as SET made it: a copy, where it is a file. */
static char first[128];

static void
rewind_store(const struct op *o)
{
	char text[128];

	if (where_pgsql()) {
		open_again();
		house_end(&h);
		house_make(&h);
		o->set();
		shut();
		return;
	}
	(void)snprintf(text, sizeof(text), "%s-wal", h.at.path);
	(void)unlink(text);
	(void)snprintf(text, sizeof(text), "%s-shm", h.at.path);
	(void)unlink(text);
	copy(first, h.at.path);
}

static int64_t
count(const char *sql)
{
	return where_number(&h.at, sql);
}

/* --- what is changed --------------------------------------------------------
 */

static struct uid
key_of(const struct person *p, const char *name, enum key_kind kind)
{
	struct key_order o = {.person = p->id,
	    .network = h.net.id,
	    .plan = h.plan.id,
	    .kind = kind,
	    .name = name};
	struct key_view v;

	assert_ok(keys_issue(&h.root, &o, &v));
	return v.key.id;
}

/* Cleo with two passwords, one in use, a unit and a session; Dora with one. */
static void
set_people(void)
{
	OWN(secret) struct secret token = SECRET_NONE;
	struct unit u = {.name = "Flat 1"};

	assert_ok(plan_get(&h.root, &h.plan.id, &h.plan));
	h.plan.vlan = 0;
	text_copy(h.plan.pool, sizeof(h.plan.pool), "200-210");
	assert_ok(plan_set(&h.root, &h.plan));
	cleo = house_person(&h, "cleo", "staff");
	dora = house_person(&h, "dora", "staff");
	keys[0] = key_of(&cleo, "mine", KEY_PERSONAL);
	keys[1] = key_of(&cleo, "television", KEY_THING);
	keys[2] = key_of(&dora, "hers", KEY_PERSONAL);
	house_join(&h, &keys[0], "02-00-00-00-00-01", "s1");
	assert_ok(units_add(&h.root, &u));
	assert_ok(units_member_set(&h.root, &u.id, &cleo.id, true));
	assert_ok(
	    session_open(&h.root, &cleo.id, "campus", "", "", NOON, &token));
}

#define OF(name) "(SELECT id FROM person WHERE subject = '" name "')"
#define ASKED "SELECT count(*) FROM outbox WHERE kind = 'disconnect'"
#define ACTS "SELECT count(*) FROM audit WHERE act = "

static enum err
merge(struct call *c)
{
	enum err e = people_merge(c, &cleo.id, &dora.id);

	return e == ERR_BAD_STATE ? ERR_OK : e; /* it is done */
}

static const struct fact merged[] = {
    {"passwords of hers",
	"SELECT count(*) FROM wifi_key WHERE person = " OF("cleo"), 2, 0},
    {"passwords of the other",
	"SELECT count(*) FROM wifi_key WHERE person = " OF("dora"), 1, 3},
    {"she is there",
	"SELECT count(*) FROM person WHERE subject = 'cleo' AND"
	" state = 'active'",
	1, 0},
    {"her session", "SELECT count(*) FROM session", 1, 0},
    {"her unit", "SELECT count(*) FROM unit_member WHERE person = " OF("cleo"),
	1, 0},
    {"the other's unit",
	"SELECT count(*) FROM unit_member WHERE person = " OF("dora"), 0, 1},
    {"her VLAN", "SELECT count(*) FROM lease WHERE holder = " OF("cleo"), 1, 0},
    {"devices that join again", ASKED, 0, 1},
    {"written down", ACTS "'person.merge'", 0, 1}, {NULL, NULL, 0, 0}};

static enum err
forget(struct call *c)
{
	if (count(ACTS "'person.forget'") > 0)
		return ERR_OK;
	return people_forget(c, &cleo.id);
}

static const struct fact forgotten[] = {
    {"her name",
	"SELECT count(*) FROM person WHERE name = 'cleo' AND subject"
	" = 'cleo'",
	1, 0},
    {"passwords that work",
	"SELECT count(*) FROM wifi_key WHERE state ="
	" 'active'",
	3, 1},
    {"their names",
	"SELECT count(*) FROM wifi_key WHERE name IN ('mine',"
	" 'television')",
	2, 0},
    {"her session", "SELECT count(*) FROM session", 1, 0},
    {"her unit", "SELECT count(*) FROM unit_member", 1, 0},
    {"her device", "SELECT count(*) FROM device", 1, 0},
    {"devices that leave", ASKED, 0, 1},
    {"written down", ACTS "'person.forget'", 0, 1}, {NULL, NULL, 0, 0}};

enum { PEOPLE = 6 };

static void
set_plan(void)
{
	char name[24], mac[24];

	for (int i = 0; i < PEOPLE; i++) {
		struct person p;

		(void)snprintf(name, sizeof(name), "p%d", i);
		(void)snprintf(mac, sizeof(mac), "02-00-00-00-00-%02d", i);
		p = house_person(&h, name, "staff");
		keys[i] = house_key(&h, &p).key.id;
		house_join(&h, &keys[i], mac, name);
	}
}

static enum err
edit(struct call *c)
{
	struct plan p;
	enum err e = plan_get(c, &h.plan.id, &p);

	if (e || p.vlan == 77)
		return e;
	p.vlan = 77;
	return plan_set_now(c, &p);
}

static const struct fact edited[] = {
    {"the plan", "SELECT count(*) FROM plan WHERE vlan = 77", 0, 1},
    {"devices that join again", ASKED, 0, PEOPLE},
    {"written down", ACTS "'plan.set'", 0, 1}, {NULL, NULL, 0, 0}};

enum { VOUCHERS = 120 };

static enum err
vouchers(struct call *c)
{
	struct voucher_order o = {.plan = h.plan.id, .name = "Fair"};
	struct voucher_batch b;

	if (count("SELECT count(*) FROM voucher_batch") > 0)
		return ERR_OK;
	return vouchers_batch(c, &o, VOUCHERS, &b);
}

static void
set_guests(void)
{
	(void)house_guests(&h, &h.plan.id);
}

static const struct fact printed[] = {
    {"the batch", "SELECT count(*) FROM voucher_batch", 0, 1},
    {"vouchers", "SELECT count(*) FROM voucher", 0, VOUCHERS},
    {"written down", ACTS "'voucher.batch'", 0, 1}, {NULL, NULL, 0, 0}};

/* --- a link by mail --- */

static char link_sent[TOKEN_LEN + 1];

static enum err
letter(void *ctx, const char *to, const char *token, struct outbox_order *o)
{
	(void)ctx, (void)to;
	text_copy(link_sent, sizeof(link_sent), token);
	*o = (struct outbox_order){.kind = OUTBOX_MAIL,
	    .about = "letter.link",
	    .payload = "letter",
	    .len = 6};
	return ERR_OK;
}

static void
set_link(void)
{
	struct link_ask a = {
	    .mail = "cleo@example.net", .total = 9, .letter = letter};

	cleo = (struct person){.name = "Cleo", .mail = "cleo@example.net"};
	assert_ok(people_add(&h.root, &cleo));
	assert_ok(links_ask(&h.root, &a));
}

static enum err
come_in(struct call *c)
{
	OWN(secret) struct secret session = SECRET_NONE;
	struct person p;

	if (count("SELECT count(*) FROM session") > 0)
		return ERR_OK;
	return links_take(c, link_sent, &cleo.id, &p, &session);
}

/* Whoever is not in yet has the link still. */
static const struct fact came_in[] = {
    {"links that work",
	"SELECT count(*) FROM guest_proof WHERE kind = 'link' AND used = 0", 1,
	0},
    {"sessions", "SELECT count(*) FROM session", 0, 1},
    {"who came in", ACTS "'person.sign-in'", 2, 3},
    {"written down", ACTS "'session.open'", 0, 1}, {NULL, NULL, 0, 0}};

/* --- in pieces --------------------------------------------------------------
 */

enum { GUESTS = BATCHES_CHUNK + 20 };

static enum err
order(struct call *c)
{
	struct batch_order *o = arena_array(c->arena, GUESTS, sizeof(*o));
	struct batch b;

	if (o == NULL)
		return ERR_NO_MEMORY;
	for (int i = 0; i < GUESTS; i++)
		o[i] = (struct batch_order){
		    .pass = {.name = arena_printf(c->arena, "Guest %d", i),
			.room = "1",
			.mail = "",
			.language = "de",
			.departure = NOON + 86400}};
	return batches_make(c, "Conference", &h.plan.id, o, GUESTS, &b);
}

static enum err
guests(struct call *c)
{
	struct call machine = *c;
	struct batch *all;
	size_t n, done = 1;
	enum err e = batches_list(c, 9, &all, &n);

	machine.actor.kind = ACTOR_SYSTEM;
	if (e || (n == 0 && (e = order(c))))
		return e;
	while (e == ERR_OK && done > 0)
		e = batches_round(&machine, &done);
	return e;
}

static const struct fact made[] = {
    {"orders", "SELECT count(*) FROM batch WHERE state = 'done'", 0, 1},
    {"rows that are made",
	"SELECT count(*) FROM batch_row WHERE state ="
	" 'made'",
	0, GUESTS},
    {"guests", "SELECT count(*) FROM wifi_key WHERE kind = 'guest'", 0, GUESTS},
    {NULL, NULL, 0, 0}};

static const char *const never_guests[] = {
    "SELECT count(*) FROM (SELECT count(*) AS n FROM batch_row) t"
    " WHERE n NOT IN (0, 120)",
    "SELECT count(*) FROM (SELECT count(*) AS n FROM batch_row WHERE state ="
    " 'made') t WHERE n NOT IN (0, 100, 120)",
    "SELECT count(*) FROM (SELECT count(*) AS n FROM batch) t WHERE n > 1",
    "SELECT count(*) FROM batch_row WHERE state = 'made' AND (key IS NULL OR"
    " name <> '')",
    "SELECT count(*) FROM batch_row WHERE state <> 'made' AND key IS NOT NULL",
    "SELECT count(*) FROM wifi_key k WHERE kind = 'guest' AND NOT EXISTS"
    " (SELECT 1 FROM batch_row r WHERE r.key = k.id)",
    NULL};

enum { ROWS = IMPORTS_BATCH + 20 };
_Static_assert(GUESTS == 120 && ROWS == 1020, "as the statements say");

static char *table;

static void
set_table(void)
{
	OWN(buf) struct buf b = BUF(1 << 20);
	uint8_t pmk[32];
	char hex[65];

	buf_text(&b, "person,person_name,name,passphrase\n");
	for (int i = 0; i < ROWS; i++) {
		rnd_bytes(pmk, sizeof(pmk));
		text_to_hex(pmk, sizeof(pmk), hex);
		buf_printf(&b, "flat-%d,Flat %d,,%s\n", i, i, hex);
	}
	free(table);
	assert_non_null(table = strdup(buf_str(&b)));
}

static enum err
import(struct call *c)
{
	OWN(imports) struct imports s;
	struct import_row *rows;
	size_t n = 1;
	enum err e = imports_open(c, &s, IMPORT_KEYS, table, strlen(table));

	s.plan = h.plan.id;
	while (e == ERR_OK && n > 0)
		e = imports_next(c, &s, &rows, &n);
	return e;
}

static const struct fact imported[] = {
    {"people", "SELECT count(*) FROM person WHERE issuer = 'local'", 0, ROWS},
    {"passwords", "SELECT count(*) FROM wifi_key", 0, ROWS},
    {NULL, NULL, 0, 0}};

static const char *const never_table[] = {
    "SELECT count(*) FROM (SELECT count(*) AS n FROM wifi_key) t"
    " WHERE n NOT IN (0, 1000, 1020)",
    "SELECT count(*) FROM person p WHERE issuer = 'local' AND NOT EXISTS"
    " (SELECT 1 FROM wifi_key k WHERE k.person = p.id)",
    NULL};

/* Two at a time, so that kills fall between waves, too. */
static enum err
rotate(struct call *c)
{
	struct call machine = *c;
	struct rotation_order o = {.name = "After the leak",
	    .plan = h.plan.id,
	    .per_hour = 120,
	    .overlap = 86400};
	struct rotation *all, q;
	size_t n;
	enum err e = rotations_list(c, &all, &n);

	machine.actor.kind = ACTOR_SYSTEM;
	if (e || (n == 0 && (e = rotations_start(c, &o, &q))))
		return e;
	for (int i = 0; i < 20 && e == ERR_OK; i++) {
		machine.now += 59;
		e = rotations_due(&machine, &n);
	}
	return e;
}

static const struct fact rotated[] = {
    {"renewed", "SELECT count(*) FROM rotation_key WHERE state = 'rotated'", 0,
	PEOPLE},
    {"new passwords",
	"SELECT count(*) FROM wifi_key WHERE replaces IS NOT"
	" NULL",
	0, PEOPLE},
    {"written down", ACTS "'key.rotate'", 0, PEOPLE},
    {"the rotation", "SELECT count(*) FROM rotation WHERE state = 'moving'", 0,
	1},
    {NULL, NULL, 0, 0}};

static const char *const never_rotated[] = {
    /* renewed twice; more than the one at hand not counted yet */
    "SELECT count(*) FROM (SELECT replaces FROM wifi_key WHERE replaces IS NOT"
    " NULL GROUP BY replaces HAVING count(*) > 1) t",
    "SELECT count(*) FROM (SELECT count(*) AS n FROM rotation_key r"
    " JOIN wifi_key s ON s.replaces = r.key WHERE r.state = 'waiting') t"
    " WHERE n > 1",
    "SELECT count(*) FROM rotation_key r WHERE r.state = 'rotated' AND NOT"
    " EXISTS (SELECT 1 FROM wifi_key s WHERE s.id = r.after AND s.replaces ="
    " r.key)",
    "SELECT count(*) FROM rotation_key WHERE state = 'skipped'",
    /* an old one ends when, and only when, there is a new one */
    "SELECT count(*) FROM wifi_key k JOIN wifi_key s ON s.replaces = k.id"
    " WHERE k.not_after > s.created + 86400",
    "SELECT count(*) FROM (SELECT (SELECT count(*) FROM audit WHERE act ="
    " 'key.rotate') - (SELECT count(*) FROM wifi_key WHERE replaces IS NOT"
    " NULL) AS n) t WHERE n <> 0",
    NULL};

/* --- one that is not whole: the control -------------------------------------
 */

static enum err
one_by_one(struct call *c)
{
	enum err e = ERR_OK;

	for (int i = 0; i < PEOPLE && (e == ERR_OK || e == ERR_BAD_STATE); i++)
		e = keys_suspend(c, &keys[i], "moved");
	return e == ERR_BAD_STATE ? ERR_OK : e;
}

static const struct fact suspended[] = {
    {"passwords", "SELECT count(*) FROM wifi_key WHERE state = 'suspended'", 0,
	PEOPLE},
    {NULL, NULL, 0, 0}};

static const struct op control = {
    "many changes", 30, set_plan, one_by_one, suspended, NULL};

/* --- killing ----------------------------------------------------------------
 */

/* At any time, of anything: every change with its row of the feed, and none
 * that is not there. */
static const char *const never[] = {
    "SELECT count(*) FROM wifi_key k WHERE NOT EXISTS (SELECT 1 FROM change c"
    " WHERE c.id = k.id)",
    "SELECT count(*) FROM wifi_key k WHERE NOT EXISTS (SELECT 1 FROM audit a"
    " WHERE a.id = k.id OR (a.act = 'key.rotate' AND a.id = k.replaces))",
    "SELECT count(*) FROM audit a WHERE a.act IN ('key.issue', 'key.import')"
    " AND NOT EXISTS (SELECT 1 FROM wifi_key k"
    " WHERE k.id = a.id)",
    "SELECT count(*) FROM (SELECT (SELECT coalesce(max(seq), 0) FROM change) -"
    " (SELECT value FROM counter WHERE name = 'change') AS n) t"
    " WHERE n <> 0",
    NULL};

static int
ones(const struct op *o, const char *const *sql)
{
	int wrong = 0;

	for (size_t i = 0; sql && sql[i]; i++)
		if (count(sql[i]) != 0) {
			print_message("%s: not 0: %s\n", o->name, sql[i]);
			wrong++;
		}
	return wrong;
}

/* How many facts are as before the change, and as after it, of how many. */
struct seen {
	int before, after, of;
};

/* What is wrong after a kill. */
static int
look(const struct op *o, struct seen *s)
{
	int wrong = ones(o, never) + ones(o, o->never);
	int64_t bad = 0, last;
	char head[65];

	*s = (struct seen){0};
	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &last, head));
	wrong += bad != 0;
	for (const struct fact *f = o->facts; f->what; f++, s->of++) {
		int64_t n = count(f->sql);

		s->before += n == f->before;
		s->after += n == f->after;
		if (o->never == NULL && n != f->before && n != f->after) {
			print_message("%s: %s: %d\n", o->name, f->what, (int)n);
			wrong++;
		}
	}
	return wrong +
	       (o->never == NULL && s->before != s->of && s->after != s->of);
}

static int64_t
ticks(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* In a process of its own: says when it begins, does it, and says when. */
static _Noreturn void
child(const struct op *o, int tell)
{
	struct why w;
	struct call c = h.root;
	int64_t from, to;
	enum err e;

	if (store_service_open(&h.conf, h.ring, false, &c.store, &w))
		_exit(100);
	from = ticks();
	if (write(tell, &from, sizeof(from)) != sizeof(from))
		_exit(100);
	e = o->run(&c);
	to = ticks();
	_exit(write(tell, &to, sizeof(to)) == sizeof(to) ? (int)e : 100);
}

/* Does it there, killed AFTER microseconds (less than 0: not); true when it
 * was. TOOK, when it was not: how long. */
static bool
in_a_child(const struct op *o, int64_t after, int64_t *took)
{
	int status = 0, end[2];
	int64_t from = 0, to = 0;
	pid_t pid;

	assert_int_equal(pipe(end), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child(o, end[1]);
	close(end[1]);
	assert_int_equal(read(end[0], &from, sizeof(from)), sizeof(from));
	if (after >= 0) {
		usleep((useconds_t)after);
		(void)kill(pid, SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status)) {
		assert_ok((enum err)WEXITSTATUS(status));
		assert_int_equal(read(end[0], &to, sizeof(to)), sizeof(to));
	}
	*took = to - from;
	close(end[0]);
	return WIFSIGNALED(status);
}

static int64_t
how_long(const struct op *o)
{
	int64_t least = INT64_MAX, took;

	for (int i = 0; i < 3; i++) {
		assert_false(in_a_child(o, -1, &took));
		if (took < least)
			least = took;
		rewind_store(o);
	}
	return least;
}

/* Whoever is killed loses nothing that a disk would have to keep: files in
 * memory do, and are quicker. */
static void
begin(const struct op *o)
{
	if (access("/dev/shm", W_OK) == 0)
		(void)setenv("LATCHKEY_SCRATCH", "/dev/shm", 0);
	house_make(&h);
	o->set();
	shut();
	(void)snprintf(first, sizeof(first), "%s/copy.db", h.dir);
	if (!where_pgsql())
		copy(h.at.path, first);
}

static int kills_in_all;

/* CYCLES of it; says how many of them left something half done. */
static int
kills(const struct op *o, int cycles, bool finish)
{
	int killed = 0, none = 0, all = 0, wrong = 0;
	struct seen s;
	uint32_t some;
	int64_t span, took;

	begin(o);
	span = how_long(o);
	for (int i = 0; i < cycles; i++) {
		rewind_store(o);
		rnd_bytes(&some, sizeof(some));
		killed += in_a_child(o, some % (span + span / 2), &took);
		open_again();
		wrong += look(o, &s) != 0;
		none += s.before == s.of;
		all += s.after == s.of;
		if (finish) {
			assert_ok(o->run(&h.root));
			wrong += look(o, &s) != 0 || s.after != s.of;
		}
		shut();
	}
	open_again();
	house_end(&h);
	print_message("%s: %d times, %d killed within %d us; nothing of it "
		      "done %d, all %d, some %d\n",
	    o->name, cycles, killed, (int)span, none, all, cycles - none - all);
	kills_in_all += killed;
	return wrong;
}

static const struct op ops[] = {
    {"merge", 20, set_people, merge, merged, NULL},
    {"forget", 20, set_people, forget, forgotten, NULL},
    {"edit of a plan", 20, set_plan, edit, edited, NULL},
    {"link", 20, set_link, come_in, came_in, NULL},
    {"vouchers", 10, set_guests, vouchers, printed, NULL},
    {"guests", 10, set_guests, guests, made, never_guests},
    {"import", 6, set_table, import, imported, never_table},
    {"rotation", 14, set_plan, rotate, rotated, never_rotated},
};

TEST(kill_leaves_nothing_half_done)
{
	int cycles = getenv("LATCHKEY_LONG") ? LONG : SHORT;

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		int n = where_pgsql() ? 2 : cycles * ops[i].share / 100;

		assert_int_equal(kills(&ops[i], n, true), 0);
	}
	assert_true(kills_in_all > 0);
}

/* The same look finds changes that are not one. */
TEST(kill_control_finds_what_is_half_done)
{
	if (where_pgsql())
		skip();
	for (int i = 0; i < 20; i++)
		if (kills(&control, control.share, false) > 0)
			return;
	fail_msg("nothing half done was seen");
}
