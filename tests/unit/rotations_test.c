#include "tests/unit/meanwhile.h"
#include "tests/unit/service.h"

#include "core/service/insight.h"
#include "core/service/life.h"
#include "core/service/rotations.h"
#include "core/service/units.h"

static struct house h;

static size_t
tick(int64_t now)
{
	struct life_done d;

	arena_free(h.arena);
	h.arena = arena_new(64 << 20);
	assert_non_null(h.arena);
	h.root.arena = h.system.arena = h.arena;
	h.system.now = h.root.now = now;
	assert_ok(life_tick(&h.system, NULL, &d));
	return d.rotated;
}

static struct uid keys[12];

static void
begin(size_t n)
{
	char name[16];

	house_make(&h);
	(void)tick(NOON);
	for (size_t i = 0; i < n; i++) {
		struct person p;

		(void)snprintf(name, sizeof(name), "p%zu", i);
		p = house_person(&h, name, "staff");
		keys[i] = house_key(&h, &p).key.id;
	}
}

static struct rotation
start(int64_t per_hour, const char *hours)
{
	struct rotation_order o = {.name = "After the leak",
	    .plan = h.plan.id,
	    .per_hour = per_hour,
	    .overlap = 86400,
	    .hours = hours};
	struct rotation r;

	assert_ok(rotations_start(&h.root, &o, &r));
	return r;
}

static struct rotation
now_at(const struct uid *id)
{
	struct rotation r;

	assert_ok(rotations_get(&h.root, id, &r));
	return r;
}

static enum err
renew(struct call *c, void *done)
{
	return rotations_due(c, done);
}

TEST(rotations_that_are_stopped_while_they_begin_renew_nothing)
{
	struct meanwhile m;
	struct rotation r;
	size_t done = 0;

	begin(3);
	r = start(ROTATIONS_RATE, "");
	h.system.now = NOON + 30;
	meanwhile_begin(&m, &h, &h.system, renew, &done);
	assert_ok(store_run(h.store, SQL_ROTATION_STATE,
	    DB_ARGS(DB_TEXT(r.id.s), DB_TEXT("stopped"), DB_INT(NOON),
		DB_INT(0), DB_TEXT("running")),
	    NULL));
	meanwhile_end(&m);
	assert_ok(m.err);
	assert_int_equal(done, 0);
	r = now_at(&r.id);
	assert_int_equal(r.rotated, 0);
	assert_int_equal(r.skipped, 0);
	house_end(&h);
}

TEST(rotations_renew_so_many_an_hour_and_close_themselves)
{
	struct rotation r;
	size_t first = 0, done = 0;

	begin(10);
	r = start(4, "");
	assert_int_equal(r.total, 10);
	assert_string_equal(r.state, "running");
	for (int64_t t = NOON + 1; t <= NOON + 3600; t += 30) {
		size_t n = tick(t);

		assert_true(n <= 1); /* never a burst */
		first += n;
	}
	assert_in_range(first, 4, 5);
	for (int64_t t = NOON + 3630; t <= NOON + 4 * 3600; t += 30)
		done += tick(t);
	assert_int_equal(first + done, 10);
	r = now_at(&r.id);
	assert_string_equal(r.state, "moving");
	assert_int_equal(r.rotated, 10);
	assert_int_equal(r.closed, 0);
	/* a day after the last one all of the old ones have ended */
	for (int64_t t = NOON + 4 * 3600; t <= NOON + 4 * 3600 + 86400 + 120;
	     t += 1800)
		(void)tick(t);
	r = now_at(&r.id);
	assert_string_equal(r.state, "done");
	assert_int_equal(r.closed, 10);
	assert_true(r.finished > 0);
	house_end(&h);
}

TEST(rotations_keep_to_their_hours_and_never_catch_up_in_a_burst)
{
	struct rotation r;

	begin(6);
	/* NOON is a Wednesday; the network is in UTC */
	r = start(60, "thu 08:00-09:00");
	for (int64_t t = NOON + 1; t < NOON + 20 * 3600; t += 600)
		assert_int_equal(tick(t), 0);
	assert_int_equal(tick(NOON + 20 * 3600 - 1), 0);
	assert_int_equal(tick(NOON + 20 * 3600), 1);
	assert_int_equal(tick(NOON + 20 * 3600 + 1), 0);
	assert_int_equal(tick(NOON + 20 * 3600 + 60), 1);
	assert_ok(rotations_stop(&h.root, &r.id));
	assert_err(rotations_stop(&h.root, &r.id), ERR_BAD_STATE);
	for (int64_t t = 120; t < 1800; t += 60)
		assert_int_equal(tick(NOON + 20 * 3600 + t), 0);
	h.root.now = NOON + 20 * 3600 + 1800;
	assert_ok(rotations_go_on(&h.root, &r.id));
	assert_int_equal(tick(NOON + 20 * 3600 + 1800), 1);
	assert_int_equal(tick(NOON + 20 * 3600 + 1801), 0);
	/* ended: what waits is left out, what was renewed closes */
	assert_ok(rotations_end(&h.root, &r.id));
	r = now_at(&r.id);
	assert_int_equal(r.rotated, 3);
	assert_int_equal(r.skipped, 3);
	assert_string_equal(r.state, "moving");
	assert_err(rotations_go_on(&h.root, &r.id), ERR_BAD_STATE);
	house_end(&h);
}

TEST(rotations_tell_of_each_device_and_close_when_all_have_moved)
{
	struct seen_device s;
	struct rotation_key *k;
	struct rotation r;
	size_t n;

	begin(1);
	h.system.now = NOON;
	s = (struct seen_device){.key = keys[0],
	    .network = h.net.id,
	    .mac = {.b = {2, 0, 0, 0, 0, 1}},
	    .at = NOON};
	assert_ok(world_seen(&h.system, &s, 1));
	s.mac.b[5] = 2;
	assert_ok(world_seen(&h.system, &s, 1));
	r = start(3600, "");
	assert_int_equal(r.waiting, 2);
	assert_int_equal(tick(NOON + 1), 1);
	assert_ok(rotations_keys(&h.root, &r.id, 0, 10, &k, &n));
	assert_int_equal(n, 1);
	assert_string_equal(k[0].state, "rotated");
	assert_int_equal(k[0].waiting, 2);
	assert_true(k[0].ends > NOON);
	s.key = k[0].after;
	s.at = NOON + 2;
	assert_ok(world_seen(&h.system, &s, 1));
	r = now_at(&r.id);
	assert_int_equal(r.waiting, 1);
	assert_int_equal(r.moved, 1);
	assert_int_equal(r.closed, 0);
	s.mac.b[5] = 1;
	assert_ok(world_seen(&h.system, &s, 1));
	r = now_at(&r.id);
	assert_int_equal(r.closed, 1);
	(void)tick(NOON + 10);
	(void)tick(NOON + 120);
	assert_string_equal(now_at(&r.id).state, "done");
	house_end(&h);
}

TEST(rotations_leave_out_what_cannot_be_renewed_and_say_why)
{
	struct rotation_key *k;
	struct key_view v;
	struct rotation r;
	size_t n;
	int suspended = 0, rotated = 0;

	begin(3);
	r = start(36000, "");
	assert_ok(keys_suspend(&h.root, &keys[0], "lost"));
	assert_ok(keys_rotate(&h.root, &keys[1], 3600, &v)); /* by its owner */
	for (int t = 1; t < 5; t++)
		(void)tick(NOON + t);
	assert_ok(rotations_keys(&h.root, &r.id, 0, 10, &k, &n));
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(k[i].state, "skipped") == 0)
			suspended += strcmp(k[i].why, "lost") == 0;
		else
			rotated += !uid_is_none(&k[i].after);
	}
	assert_int_equal(suspended, 1);
	assert_int_equal(rotated, 2);
	house_end(&h);
}

TEST(rotations_refuse_what_makes_no_sense)
{
	struct rotation_order o = {.name = "x", .per_hour = 1};
	struct call bob;
	struct rotation r;

	begin(1);
	bob = house_call(&h, &h.bob, 1 << ROLE_DESK);
	assert_err(rotations_start(&h.root, &o, &r), ERR_BAD_INPUT);
	o.group = "nobody";
	assert_err(rotations_start(&h.root, &o, &r), ERR_NOT_FOUND);
	o.group = "staff";
	assert_err(rotations_start(&bob, &o, &r), ERR_FORBIDDEN);
	o.per_hour = 0;
	assert_err(rotations_start(&h.root, &o, &r), ERR_BAD_INPUT);
	o.per_hour = ROTATIONS_RATE + 1;
	assert_err(rotations_start(&h.root, &o, &r), ERR_BAD_INPUT);
	o.per_hour = ROTATIONS_RATE;
	o.overlap = KEYS_OVERLAP_MAX + 1;
	assert_err(rotations_start(&h.root, &o, &r), ERR_BAD_INPUT);
	o.overlap = KEYS_OVERLAP_MAX;
	o.hours = "someday";
	assert_err(rotations_start(&h.root, &o, &r), ERR_BAD_INPUT);
	o.hours = "";
	o.name = "";
	assert_err(rotations_start(&h.root, &o, &r), ERR_BAD_INPUT);
	o.name = "x";
	assert_ok(rotations_start(&h.root, &o, &r));
	assert_int_equal(r.total, 1);
	house_end(&h);
}
