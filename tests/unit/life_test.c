#include "tests/unit/service.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "core/service/devices.h"
#include "core/service/life.h"
#include "core/service/repeat.h"
#include "core/service/tokens.h"

static struct house h;

static struct life_done
tick(int64_t now)
{
	struct life_done d;

	h.system.now = now;
	assert_ok(life_tick(&h.system, NULL, &d));
	return d;
}

/* How often the feed names NOUN ID after SEQ. */
static int
named(int64_t seq, enum noun noun, const struct uid *id)
{
	struct change *ch;
	size_t n;
	int hits = 0;

	assert_ok(feed_read(&h.system, seq, 1000, &ch, &n));
	for (size_t i = 0; i < n; i++)
		hits += ch[i].noun == noun && uid_same(&ch[i].id, id);
	return hits;
}

static int64_t
position(void)
{
	static const struct world_visitor nothing;
	int64_t at;

	assert_ok(world_load(&h.system, &nothing, &at));
	return at;
}

static struct key_view
ending(int64_t from, int64_t to)
{
	struct key_order o = {
	    .person = h.ada.id, .not_before = from, .not_after = to};
	struct key_view v;

	assert_ok(keys_issue(&h.root, &o, &v));
	return v;
}

/* G-09 */
TEST(life_announces_start_and_end_to_the_second_and_once)
{
	struct disconnect *d;
	struct key_view v;
	int64_t seq;
	size_t n;

	house_make(&h);
	v = ending(NOON + 100, NOON + 200);
	(void)tick(NOON + 1);
	seq = position();
	assert_int_equal(tick(NOON + 99).started, 0);
	assert_int_equal(tick(NOON + 100).started, 1);
	assert_int_equal(tick(NOON + 101).started, 0);
	assert_int_equal(named(seq, NOUN_KEY, &v.key.id), 1);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	assert_int_equal(tick(NOON + 199).ended, 0);
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 0);
	assert_int_equal(tick(NOON + 200).ended, 1);
	assert_int_equal(tick(NOON + 201).ended, 0);
	assert_int_equal(named(seq, NOUN_KEY, &v.key.id), 2);
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 1);
	house_end(&h);
}

/* F-07 */
TEST(life_a_clock_that_jumps_cuts_nobody_off)
{
	struct disconnect *d;
	struct life_done done;
	struct key_view v;
	size_t n;

	house_make(&h);
	v = ending(0, NOON + 86400);
	(void)tick(NOON + 1);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	done = tick(NOON + 400 * 86400);
	assert_true(done.doubt);
	assert_int_equal(done.ended, 0);
	/* and back: nothing happened */
	assert_int_equal(tick(NOON + 3).ended, 0);
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 0);
	/* steady for five minutes, it counts */
	done = tick(NOON + 86400 + 10);
	assert_true(done.doubt);
	assert_true(tick(NOON + 86400 + 309).doubt);
	done = tick(NOON + 86400 + 310);
	assert_false(done.doubt);
	assert_int_equal(done.ended, 1);
	house_end(&h);
}

TEST(life_ends_the_hours_of_a_plan_in_the_time_zone_of_its_network)
{
	/* 2026-03-29: Berlin goes from 02:00 to 03:00 at 01:00 UTC */
	const int64_t gap = INT64_C(1774746000);
	struct disconnect *d;
	struct key_view v;
	size_t n;

	house_make(&h);
	text_copy(h.net.time_zone, sizeof(h.net.time_zone), "Europe/Berlin");
	assert_ok(network_set(&h.root, &h.net));
	text_copy(
	    h.plan.schedule, sizeof(h.plan.schedule), "mon-sun 06:00-03:30");
	assert_ok(plan_set(&h.root, &h.plan));
	v = house_key(&h, &h.ada);
	(void)tick(gap - 10);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	/* 03:30 is half an hour after the gap */
	assert_int_equal(tick(gap + 1799).plans, 0);
	assert_int_equal(tick(gap + 1800).plans, 1);
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 1);
	/* 06:00 is 04:00 UTC now: an opening drops nobody */
	for (int64_t at = gap + 3600; at < gap + 3 * 3600; at += 1800)
		assert_int_equal(tick(at).plans, 0);
	assert_int_equal(tick(gap + 3 * 3600 - 1).plans, 0);
	assert_int_equal(tick(gap + 3 * 3600).plans, 1);
	house_end(&h);
}

static int64_t
devices(void)
{
	return where_number(&h.at, "SELECT count(*) FROM device");
}

TEST(life_closes_stale_visits_and_purges_by_age)
{
	struct life_policy p = life_usual;
	struct life_done done;
	struct key_view v, out;
	struct visit *visit;
	size_t n;

	house_make(&h);
	v = ending(0, NOON + 60);
	(void)tick(NOON + 1);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	p.stale = 600;
	p.ended = 1200;
	h.system.now = NOON + 1 + 601;
	assert_ok(life_tick(&h.system, &p, &done));
	assert_int_equal(done.stale, 1);
	assert_ok(visits_of_key(&h.root, &v.key.id, 9, &visit, &n));
	assert_int_equal(visit[0].stop, NOON + 1);
	assert_ok(keys_get(&h.root, &v.key.id, &out));
	h.system.now = NOON + 60 + 1200;
	assert_ok(life_tick(&h.system, &p, &done));
	assert_int_equal(done.purged, 0);
	h.system.now = NOON + 60 + 1260;
	assert_ok(life_tick(&h.system, &p, &done));
	assert_int_equal(done.purged, 1);
	assert_err(keys_get(&h.root, &v.key.id, &out), ERR_NOT_FOUND);
	/* its device goes with the visits */
	assert_int_equal(devices(), 1);
	p.visits = h.system.now - NOON - 1;
	h.system.now += 60;
	assert_ok(life_tick(&h.system, &p, &done));
	assert_int_equal(devices(), 0);
	house_end(&h);
}

/* Answers of a second more than a day, of a day, and of a second less (B-8). */
TEST(life_forgets_answers_that_were_kept_for_a_day)
{
	const uint8_t hash[REPEAT_HASH] = {7};
	OWN(buf) struct buf answer = BUF(64);
	struct api_token t = {.name = "billing", .scopes = "people"};
	OWN(secret) struct secret text = SECRET_NONE;
	static const char *const names[] = {"older", "of a day", "younger"};
	int status;

	house_make(&h);
	assert_ok(tokens_add(&h.root, &t, &text));
	h.root.actor.id = t.id;
	for (int i = 0; i < 3; i++) {
		struct once o = {.name = names[i]};

		h.root.now = NOON + i - 1;
		assert_ok(repeat_take(&h.root, &o, hash, &status, &answer));
		assert_ok(repeat_keep(&h.root, 201, &answer));
	}
	(void)tick(NOON + REPEAT_KEEP - 60);
	(void)tick(NOON + REPEAT_KEEP);
	assert_int_equal(
	    where_number(&h.at, "SELECT count(*) FROM idempotency"), 2);
	assert_int_equal(
	    where_number(
		&h.at, "SELECT count(*) FROM idempotency WHERE name = 'older'"),
	    0);
	house_end(&h);
}

TEST(life_keeps_blocked_devices)
{
	struct life_policy p = life_usual;
	struct life_done done;
	struct key_view v;
	struct device *d;
	size_t n;

	house_make(&h);
	v = ending(0, NOON + 60);
	(void)tick(NOON + 1);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	assert_ok(devices_of_key(&h.root, &v.key.id, &d, &n));
	assert_int_equal(n, 1);
	assert_ok(device_set_blocked(&h.root, &d[0].id, true));
	p.ended = p.visits = 120;
	for (int64_t at = 60; at <= 600; at += 60) {
		h.system.now = NOON + at;
		assert_ok(life_tick(&h.system, &p, &done));
	}
	assert_err(keys_get(&h.root, &v.key.id, &v), ERR_NOT_FOUND);
	assert_int_equal(devices(), 1);
	house_end(&h);
}

TEST(life_suspends_on_the_day_that_was_planned)
{
	struct person p;

	house_make(&h);
	assert_err(people_plan_state(
		       &h.root, &h.ada.id, PERSON_SUSPENDED, "rent", NOON),
	    ERR_BAD_INPUT);
	assert_ok(people_plan_state(
	    &h.root, &h.ada.id, PERSON_SUSPENDED, "rent", NOON + 500));
	(void)tick(NOON + 1);
	assert_int_equal(tick(NOON + 499).people, 0);
	assert_int_equal(tick(NOON + 500).people, 1);
	assert_int_equal(tick(NOON + 501).people, 0);
	assert_ok(people_get(&h.root, &h.ada.id, &p));
	assert_int_equal(p.state, PERSON_SUSPENDED);
	assert_string_equal(p.state_reason, "rent");
	house_end(&h);
}

/* --- several at once --- */

/* All of it is shorter than what clocks may differ by (turn.h): a caller that
 * waits for the writer's place here falls behind faster than any real one. */
enum { KEYS = 60, STEP = 3, END = KEYS * STEP + 60 };

/* Ticks until END as another process would, with a store of its own. The time
 * is shared; one without the turn waits a little. */
static void
keep_house(_Atomic int64_t *clock, int64_t end)
{
	const struct timespec moment = {.tv_nsec = 5000000};
	struct life_done d;
	struct store *st = NULL;
	struct arena *a = arena_new(64 << 20);
	struct call c;
	struct why why;

	if (a == NULL ||
	    store_service_open(&h.conf, h.ring, false, &st, &why) != ERR_OK)
		_exit(1);
	for (int64_t at; (at = atomic_fetch_add(clock, 3)) < end;) {
		arena_reset(a);
		c = call_system(st, h.ring, a, at);
		if (life_tick(&c, NULL, &d) != ERR_OK)
			_exit(2);
		if (d.elsewhere)
			(void)nanosleep(&moment, NULL);
	}
	store_service_close(st);
	arena_free(a);
	_exit(0);
}

TEST(life_two_processes_do_everything_once)
{
	_Atomic int64_t *clock = mmap(NULL, sizeof(*clock),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct audit_row *rows;
	pid_t child[2];
	size_t n;
	int status;

	house_make(&h);
	h.root.now = NOON;
	for (int i = 1; i <= KEYS; i++) {
		char name[16];
		struct key_order o = {.not_after = NOON + i * STEP};
		struct key_view v;

		(void)snprintf(name, sizeof(name), "person%d", i);
		o.person = house_person(&h, name, "staff").id;
		assert_ok(keys_issue(&h.root, &o, &v));
	}
	(void)tick(NOON);
	assert_ptr_not_equal(clock, MAP_FAILED);
	*clock = NOON + 1;
	for (int i = 0; i < 2; i++)
		if ((child[i] = fork()) == 0)
			keep_house(clock, NOON + (i ? END : END / 2));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	/* who had the turn is gone; after a while it is free again */
	assert_false(tick(NOON + END + 60).elsewhere);
	assert_ok(audit_list(
	    &h.root, "key.expire", NULL, INT64_MAX, 1000, &rows, &n));
	assert_int_equal(n, KEYS);
	house_end(&h);
}

static int64_t
after_noon(void)
{
	return NOON + 1000;
}

TEST(life_reads_the_clock_once_nobody_else_can_write)
{
	struct life_policy p = life_usual;
	struct audit_row *rows;
	struct life_done d;
	size_t n;

	house_make(&h);
	(void)ending(0, NOON + 10);
	(void)tick(NOON + 1);
	assert_int_equal(tick(NOON + 10).ended, 1);
	(void)tick(NOON + 1000);
	/* begun at NOON + 5, then frozen until now */
	p.clock = after_noon;
	h.system.now = NOON + 5;
	assert_ok(life_tick(&h.system, &p, &d));
	assert_int_equal(h.system.now, NOON + 1000);
	assert_int_equal(tick(NOON + 1001).ended, 0);
	assert_ok(audit_list(
	    &h.root, "key.expire", NULL, INT64_MAX, 1000, &rows, &n));
	assert_int_equal(n, 1);
	house_end(&h);
}

TEST(life_a_machine_whose_clock_is_behind_sets_nothing_back)
{
	struct store *other = NULL;
	struct audit_row *rows;
	struct life_done d;
	struct call late;
	struct why why;
	size_t n;

	house_make(&h);
	(void)ending(0, NOON + 10);
	(void)tick(NOON + 1);
	assert_int_equal(tick(NOON + 10).ended, 1);
	assert_ok(store_service_open(&h.conf, h.ring, false, &other, &why));
	late = call_system(other, h.ring, h.arena, NOON + 8);
	/* the turn is somebody else's, then nobody's */
	assert_ok(life_tick(&late, NULL, &d));
	assert_true(d.elsewhere);
	house_sql(&h, "UPDATE turn SET until = 0");
	assert_ok(life_tick(&late, NULL, &d));
	assert_false(d.elsewhere);
	late.now = NOON + 12;
	assert_ok(life_tick(&late, NULL, &d));
	assert_int_equal(d.ended, 0);
	assert_true(tick(NOON + 13).elsewhere);
	/* one that held it till the year 3000 holds it no longer */
	house_sql(&h, "UPDATE turn SET until = 32503680000, holder = 'x'");
	assert_false(tick(NOON + 14).elsewhere);
	assert_ok(audit_list(
	    &h.root, "key.expire", NULL, INT64_MAX, 1000, &rows, &n));
	assert_int_equal(n, 1);
	store_service_close(other);
	house_end(&h);
}
