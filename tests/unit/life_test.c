#include "tests/unit/service.h"

#include "core/service/life.h"

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
