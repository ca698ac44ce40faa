/*
 * F-02, F-03: the power goes, and calls of the disk fail, at any moment. Short
 * by default; LATCHKEY_LONG=1 looks at a hundred thousand images, and
 * LATCHKEY_POWER_IMAGES says how many.
 */
#include "tests/unit/service.h"

#include <errno.h>

#include "core/base/rnd.h"
#include "core/db/driver.h"
#include "tests/unit/power.h"

enum { FACTS = 1200, IMPORT = 5, OPS = 60, IMAGES = 300, LONG = 100000 };

/* What was acknowledged, and when. */
struct fact {
	size_t acked; /* the events there had been */
	struct uid key;
	bool revoked; /* else: exists */
};

static struct house h;
static struct fact fact[FACTS];
static size_t facts;
static struct uid import[OPS][IMPORT];
static size_t imports;

static void
learn(const struct uid *key, bool revoked)
{
	assert_true(facts < FACTS);
	fact[facts++] = (struct fact){
	    .acked = power_now(), .key = *key, .revoked = revoked};
}

static void
import_some(void)
{
	static struct key_import all[IMPORT];
	static struct secret given[IMPORT];
	static struct person owner[IMPORT];

	for (size_t i = 0; i < IMPORT; i++) {
		uint8_t pmk[32];

		rnd_bytes(pmk, sizeof(pmk));
		text_to_hex(pmk, sizeof(pmk), (char *)given[i].b);
		given[i].len = 2 * sizeof(pmk);
		owner[i] = (struct person){.name = "Somebody"};
		all[i] = (struct key_import){.owner = &owner[i],
		    .order = {.network = h.net.id,
			.plan = h.plan.id,
			.kind = KEY_PERSONAL,
			.name = "",
			.given = &given[i]}};
	}
	if (keys_import(&h.root, all, IMPORT, false))
		fail_msg("%s: %s", h.root.why.field, h.root.why.text);
	for (size_t i = 0; i < IMPORT; i++) {
		import[imports][i] = all[i].key;
		learn(&all[i].key, false);
	}
	imports++;
}

/* A key for somebody new. */
static enum err
issue(struct key_view *v)
{
	OWN(arena) struct arena *mine = arena_new(1 << 20);
	struct person p = {.name = "Somebody"};
	struct call c = h.root;
	struct key_order o = {.network = h.net.id,
	    .plan = h.plan.id,
	    .kind = KEY_PERSONAL,
	    .name = ""};
	enum err e;

	c.arena = mine;
	if ((e = people_add(&c, &p)))
		return e;
	o.person = p.id;
	return keys_issue(&c, &o, v);
}

static void
one(int i)
{
	static struct uid last;
	struct key_view v;

	if (i % 4 == 3) {
		import_some();
	} else if (i % 4 == 2) {
		assert_ok(keys_revoke(&h.root, &last, "lost"));
		learn(&last, true);
	} else if (i % 4 == 1) {
		assert_ok(keys_rotate(&h.root, &last, 3600, &v));
		last = v.key.id;
		learn(&last, false);
	} else {
		assert_ok(issue(&v));
		last = v.key.id;
		learn(&last, false);
	}
}

/* --- one image --------------------------------------------------------------
 */

static char dir[64];
static char why[200];

static int64_t
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* Every change is whole: with its row of the audit, and of the feed. */
static bool
whole(sqlite3 *db)
{
	static const char *const none[] = {
	    "SELECT count(*) FROM wifi_key k WHERE k.id NOT IN (SELECT id FROM"
	    " audit) AND NOT EXISTS (SELECT 1 FROM audit a WHERE"
	    " instr(a.detail, k.id) > 0)",
	    "SELECT count(*) FROM wifi_key WHERE id NOT IN (SELECT id FROM"
	    " change)",
	    "SELECT count(*) FROM audit a WHERE a.act IN ('key.issue',"
	    " 'key.import', 'key.rotate') AND a.id <> '' AND NOT EXISTS"
	    " (SELECT 1 FROM wifi_key k WHERE k.id = a.id)",
	    "SELECT (SELECT coalesce(max(seq), 0) FROM change) -"
	    " (SELECT value FROM counter WHERE name = 'change')",
	};

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (number(db, none[i]) != 0) {
			(void)snprintf(why, sizeof(why), "half: %s", none[i]);
			return false;
		}
	return true;
}

static bool
is(sqlite3 *db, const struct uid *key, const char *and)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT count(*) FROM wifi_key WHERE id = '%s'%s", key->s, and);
	return number(db, sql) == 1;
}

static bool
knows(sqlite3 *db, size_t at)
{
	for (size_t i = 0; i < facts && fact[i].acked <= at; i++)
		if (!is(db, &fact[i].key,
			fact[i].revoked ? " AND state = 'revoked'" : "")) {
			(void)snprintf(why, sizeof(why),
			    "lost: %s of %s, acknowledged at %zu of %zu",
			    fact[i].revoked ? "end" : "issue", fact[i].key.s,
			    fact[i].acked, at);
			return false;
		}
	for (size_t i = 0; i < imports; i++) {
		int n = 0;

		for (int k = 0; k < IMPORT; k++)
			n += is(db, &import[i][k], "");
		if (n != 0 && n != IMPORT) {
			(void)snprintf(why, sizeof(why), "half an import");
			return false;
		}
	}
	return true;
}

/* Opens it as any program would, and looks at everything. */
static bool
holds(size_t at, uint64_t seed, bool *opened)
{
	OWN(arena) struct arena *a = arena_new(1 << 24);
	char path[96], text[DB_WHY];
	struct conf conf = h.conf;
	struct store *st = NULL;
	int64_t bad = 0, last;
	char head[65];
	struct why w;
	struct call c;
	bool ok;

	power_image(at, seed, dir);
	(void)snprintf(path, sizeof(path), "%s/store.db", dir);
	conf.store.path = path;
	*opened = store_service_open(&conf, h.ring, false, &st, &w) == ERR_OK;
	if (!*opened) {
		(void)snprintf(why, sizeof(why), "not opened: %.150s", w.text);
		return false;
	}
	c = call_system(st, h.ring, a, NOON);
	ok = db_check(st->db, false, text) == ERR_OK;
	if (!ok)
		(void)snprintf(why, sizeof(why), "damaged: %.150s", text);
	if (ok && (audit_verify(&c, NULL, 0, &bad, &last, head) || bad)) {
		(void)snprintf(
		    why, sizeof(why), "audit: row %lld", (long long)bad);
		ok = false;
	}
	ok = ok && whole(st->db->h) && knows(st->db->h, at);
	store_service_close(st);
	return ok;
}

/* --- the power ---------------------------------------------------------------
 */

static size_t
wanted(void)
{
	const char *n = getenv("LATCHKEY_POWER_IMAGES");

	if (n)
		return strtoul(n, NULL, 10);
	return getenv("LATCHKEY_LONG") ? LONG : IMAGES;
}

/* A day of work with the log's fsyncs as SETTING has them, written down. */
static void
work(const char *setting)
{
	facts = imports = 0;
	power_start();
	house_make(&h);
	assert_ok(db_version_counter(h.store->db, &(int64_t){0}));
	assert_int_equal(sqlite3_exec(h.store->db->h, setting, 0, 0, 0), 0);
	assert_int_equal(
	    sqlite3_exec(h.store->db->h,
		"PRAGMA wal_checkpoint(TRUNCATE);"
		"PRAGMA wal_autocheckpoint=60", /* several on the way */
		0, 0, 0),
	    0);
	power_record(h.at.path);
	for (int i = 0; i < OPS; i++)
		one(i);
	(void)strcpy(dir, "/dev/shm/latchkey-power-XXXXXX");
	assert_non_null(mkdtemp(dir));
}

static void
rest(void)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[96];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(
		    name, sizeof(name), "%s/store.db%s", dir, ends[i]);
		(void)unlink(name);
	}
	(void)rmdir(dir);
	power_stop();
	house_end(&h);
}

TEST(power_loss_costs_nothing_that_was_acknowledged)
{
	size_t n = wanted(), events;
	uint64_t s = 20261128;
	bool opened;

	if (where_pgsql())
		return;
	work("PRAGMA synchronous=FULL");
	events = power_now();
	for (size_t i = 0; i < n; i++) {
		size_t at = draw(&s) % (events + 1);

		if (!holds(at, i + 1, &opened))
			fail_msg("image %zu, after %zu of %zu: %s", i, at,
			    events, why);
	}
	printf(
	    "# %zu images, %zu events, %zu acknowledged\n", n, events, facts);
	rest();
}

/* The control: what does not wait for the disk is found out by the same. */
TEST(power_loss_is_found_out_with_a_weaker_setting)
{
	size_t events, bad = 0;
	uint64_t s = 20261128;
	bool opened;

	if (where_pgsql())
		return;
	work("PRAGMA synchronous=NORMAL");
	events = power_now();
	for (size_t i = 0; i < 100; i++)
		bad += !holds(draw(&s) % (events + 1), i + 1, &opened);
	printf("# of 100 images %zu have lost something: %s\n", bad, why);
	assert_true(bad > 10);
	rest();
}

/* --- calls that fail --- */

static int64_t
keys_there(void)
{
	return number(h.store->db->h, "SELECT count(*) FROM wifi_key");
}

/* A key while one call fails; afterwards everything works again. */
static void
issue_despite(bool (*happened)(void))
{
	struct key_view v;
	int64_t before = keys_there();
	enum err e = issue(&v);

	if (e != ERR_OK) {
		assert_true(happened());
		assert_err(e, ERR_STORE);
		assert_int_equal(keys_there(), before);
		assert_ok(issue(&v));
	}
	assert_int_equal(keys_there(), before + 1);
	assert_true(whole(h.store->db->h));
}

TEST(power_every_write_and_fsync_failing_once_is_told_and_undone)
{
	static const struct {
		enum power_call call;
		int code;
	} all[] = {{POWER_WRITE, SQLITE_IOERR_WRITE},
	    {POWER_WRITE, SQLITE_FULL}, {POWER_WRITE, SQLITE_READONLY},
	    {POWER_SYNC, SQLITE_IOERR_FSYNC},
	    {POWER_TRUNCATE, SQLITE_IOERR_TRUNCATE},
	    {POWER_OPEN, SQLITE_CANTOPEN}};
	int failed = 0;

	if (where_pgsql())
		return;
	power_start();
	house_make(&h);
	assert_int_equal(sqlite3_exec(h.store->db->h,
			     "PRAGMA wal_autocheckpoint=40", 0, 0, 0),
	    0);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		int missed = 0;

		for (int n = 1; missed < 3 && n < 200; n++) {
			power_fail(all[i].call, n, all[i].code);
			issue_despite(power_failed);
			missed = power_failed() ? 0 : missed + 1;
			failed += power_failed();
		}
		power_fail(POWER_WRITE, 0, 0);
	}
	printf("# %d calls failed\n", failed);
	assert_true(failed > 60);
	house_end(&h);
}

/* The same below SQLite: errors of the system, and writes that are short. */
static int fail_in, fail_with;
static bool fail_did;

static ssize_t
bad_pwrite(int fd, const void *p, size_t n, off_t at)
{
	if (fail_in == 0 || --fail_in > 0)
		return pwrite(fd, p, n, at);
	fail_did = true;
	if (fail_with == 0)
		return pwrite(fd, p, n / 2, at); /* short */
	errno = fail_with;
	return -1;
}

static bool
did(void)
{
	return fail_did;
}

TEST(power_errors_of_the_system_are_told_and_undone)
{
	static const int with[] = {EIO, ENOSPC, EROFS, EDQUOT, EINTR, 0};
	int told = 0;

	if (where_pgsql())
		return;
	power_start();
	house_make(&h);
	assert_int_equal(power.real->xSetSystemCall(power.real, "pwrite64",
			     (sqlite3_syscall_ptr)(void (*)(void))bad_pwrite),
	    SQLITE_OK);
	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++) {
		int missed = 0;

		for (int n = 1; missed < 3 && n < 200; n++) {
			fail_in = n;
			fail_with = with[i];
			fail_did = false;
			issue_despite(did);
			missed = fail_did ? 0 : missed + 1;
			told += fail_did;
			fail_in = 0;
		}
	}
	printf("# %d writes failed\n", told);
	assert_true(told > 60);
	assert_int_equal(
	    power.real->xSetSystemCall(power.real, "pwrite64", NULL),
	    SQLITE_OK);
	house_end(&h);
}
