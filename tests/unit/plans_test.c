#include "tests/unit/service.h"

#include "core/service/follow.h"
#include "core/service/insight.h"
#include "core/service/life.h"
#include "core/service/outbox.h"
#include "core/service/passes.h"

static struct house h;

static size_t
waiting(void)
{
	struct disconnect *d;
	size_t n;

	assert_ok(disconnects_due(&h.system, 99, &d, &n));
	return n;
}

/* Ada is on the air with two devices, bob with none. */
static void
furnish(void)
{
	struct key_order o = {.name = ""};
	struct key_view ada, bob;

	house_make(&h);
	ada = house_key(&h, &h.ada);
	o.person = h.bob.id;
	o.plan = h.plan.id;
	assert_ok(keys_issue(&h.root, &o, &bob));
	house_join(&h, &ada.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &ada.key.id, "02-aa-00-00-00-02", "s2");
}

TEST(plans_change_at_the_next_join_unless_told_otherwise)
{
	struct insight_plan touched;

	furnish();
	assert_ok(insight_plan(&h.root, &h.plan.id, &touched));
	assert_int_equal(touched.keys, 2);
	assert_int_equal(touched.people, 2);
	assert_int_equal(touched.open, 2);
	h.plan.vlan = 30;
	assert_ok(plan_set(&h.root, &h.plan));
	assert_int_equal(waiting(), 0);
	house_end(&h);
}

TEST(plans_change_at_once_by_asking_everybody_to_leave)
{
	furnish();
	h.plan.vlan = 30;
	assert_ok(plan_set_now(&h.root, &h.plan));
	assert_int_equal(waiting(), 2);
	/* once more, before they left: they are not asked twice */
	h.plan.vlan = 31;
	assert_ok(plan_set_now(&h.root, &h.plan));
	assert_int_equal(waiting(), 2);
	house_end(&h);
}

TEST(plans_the_second_of_two_administrators_is_told_and_changes_nothing)
{
	struct plan mine, theirs, now;

	furnish();
	mine = theirs = h.plan;
	mine.vlan = 30;
	theirs.vlan = 40;
	theirs.devices = 1;
	assert_ok(plan_set(&h.root, &mine));
	assert_err(plan_set_now(&h.root, &theirs), ERR_CONFLICT);
	assert_int_equal(waiting(), 0);
	assert_ok(plan_get(&h.root, &h.plan.id, &now));
	assert_int_equal(now.vlan, 30);
	assert_int_equal(now.devices, h.plan.devices);
	house_end(&h);
}

TEST(plans_are_changed_by_administrators_only)
{
	struct call operator_;

	furnish();
	operator_ = house_call(&h, &h.bob, 1 << ROLE_OPERATOR);
	assert_err(plan_set_now(&operator_, &h.plan), ERR_FORBIDDEN);
	assert_int_equal(waiting(), 0);
	house_end(&h);
}

/* --- when passwords of things end --- */

#define DAY INT64_C(86400)

/* The plan of the house, with LIFETIME in days, says THINGS of things. */
static void
say(int days, enum things things)
{
	h.plan.lifetime_days = days;
	h.plan.things = things;
	assert_ok(plan_set(&h.root, &h.plan));
}

static struct key_view
thing(struct call *c, const struct uid *person)
{
	struct key_order o = {.person = *person,
	    .plan = h.plan.id,
	    .kind = KEY_THING,
	    .name = "Printer",
	    .devices_max = 1};
	struct key_view v;

	assert_ok(keys_issue(c, &o, &v));
	return v;
}

static struct key_view
now_of(const struct key_view *v)
{
	struct key_view now;

	assert_ok(keys_get(&h.root, &v->key.id, &now));
	return now;
}

static bool
opens(const struct key_view *v)
{
	struct world_key k;

	assert_ok(world_key_get(&h.system, &v->key.id, &k));
	return k.usable && key_standing(&k.key, h.system.now) == KEY_IS_ACTIVE;
}

TEST(plans_that_say_nothing_of_things_get_what_fits_and_keep_it)
{
	struct plan week, got;

	house_make(&h);
	plan_defaults(&week);
	week.network = h.net.id;
	strcpy(week.name, "Contractor");
	week.lifetime_days = 7;
	assert_ok(plan_add(&h.root, &week));
	assert_int_equal(week.things, THINGS_PLAN);
	assert_ok(plan_get(&h.root, &week.id, &got));
	assert_int_equal(got.things, THINGS_PLAN);
	got.lifetime_days = 365; /* which was said by then */
	assert_ok(plan_set(&h.root, &got));
	assert_ok(plan_get(&h.root, &week.id, &got));
	assert_int_equal(got.things, THINGS_PLAN);
	got.things = THINGS_NEVER;
	assert_ok(plan_set(&h.root, &got));
	assert_ok(plan_get(&h.root, &week.id, &got));
	assert_int_equal(got.things, THINGS_NEVER);
	house_end(&h);
}

TEST(things_are_issued_renewed_and_replaced_as_the_plan_says)
{
	struct key_view bound, v, next;
	struct key_order o = {.name = "Tablet"};
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	say(365, THINGS_PLAN);
	bound = thing(&ada, &h.ada.id);
	assert_int_equal(bound.key.not_after, NOON + 365 * DAY);
	assert_err(keys_set_end(&ada, &bound.key.id, 0, 1), ERR_BAD_INPUT);
	say(365, THINGS_NEVER);
	/* what was issued keeps its end, until its owner renews it */
	v = now_of(&bound);
	assert_int_equal(v.key.not_after, NOON + 365 * DAY);
	assert_ok(keys_rotate(&ada, &bound.key.id, 0, &next));
	assert_int_equal(next.key.not_after, NOON + 365 * DAY);
	assert_ok(keys_set_end(&ada, &next.key.id, 0, 1));
	v = thing(&ada, &h.ada.id);
	assert_int_equal(v.key.not_after, 0);
	assert_ok(keys_rotate(&ada, &v.key.id, DAY, &next));
	assert_int_equal(next.key.not_after, 0);
	assert_int_equal(next.key.kind, KEY_THING);
	/* who signs in ends as ever, also when they ask for less */
	v = house_key(&h, &h.ada);
	assert_int_equal(v.key.not_after, NOON + 365 * DAY);
	assert_err(keys_set_end(&ada, &v.key.id, 0, 1), ERR_BAD_INPUT);
	o.person = h.ada.id;
	o.kind = KEY_THING;
	o.not_after = NOON + DAY;
	assert_ok(keys_issue(&ada, &o, &v));
	assert_int_equal(v.key.not_after, NOON + DAY);
	/* and back: nothing that was issued is cut off */
	say(7, THINGS_PLAN);
	assert_int_equal(now_of(&next).key.not_after, 0);
	v = thing(&ada, &h.ada.id);
	assert_int_equal(v.key.not_after, NOON + 7 * DAY);
	house_end(&h);
}

TEST(things_without_an_end_are_left_alone_by_time)
{
	const int64_t later = NOON + 400 * DAY;
	struct outbox_item *all;
	struct key_view v, own;
	struct life_done d;
	size_t n;

	house_make(&h);
	say(365, THINGS_NEVER);
	v = thing(&h.root, &h.ada.id);
	own = house_key(&h, &h.ada);
	house_sql(&h, "DELETE FROM outbox");
	assert_ok(life_tick(&h.system, NULL, &d));
	/* the clock is believed when it stays there */
	h.system.now = later;
	assert_ok(life_tick(&h.system, NULL, &d));
	h.system.now = h.root.now = later + LIFE_DOUBT;
	assert_ok(life_tick(&h.system, NULL, &d));
	assert_int_equal(d.ended, 1);
	assert_int_equal(d.letters, 3);
	assert_ok(outbox_list(&h.root, "", "", 10, &all, &n));
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_true(uid_same(&all[i].key, &own.key.id));
	assert_false(opens(&own));
	assert_true(opens(&v));
	house_end(&h);
}

TEST(things_without_an_end_stop_with_their_owner)
{
	struct key_view a, b;

	house_make(&h);
	say(365, THINGS_NEVER);
	a = thing(&h.root, &h.ada.id);
	b = thing(&h.root, &h.bob.id);
	house_join(&h, &a.key.id, "02-aa-00-00-00-01", "s1");
	assert_true(opens(&a));
	assert_ok(
	    people_set_state(&h.root, &h.ada.id, PERSON_SUSPENDED, "on leave"));
	assert_false(opens(&a));
	assert_int_equal(waiting(), 1);
	assert_ok(people_set_state(&h.root, &h.ada.id, PERSON_ACTIVE, ""));
	assert_true(opens(&a));
	assert_ok(people_set_state(&h.root, &h.ada.id, PERSON_ENDED, "left"));
	assert_false(opens(&a));
	/* a last day that is known */
	assert_ok(people_plan_state(
	    &h.root, &h.bob.id, PERSON_ENDED, "contract", NOON + 60));
	for (int t = 0; t <= 60; t += 30) {
		struct life_done d;

		assert_true(opens(&b));
		h.system.now = NOON + t;
		assert_ok(life_tick(&h.system, NULL, &d));
	}
	assert_false(opens(&b));
	house_end(&h);
}

/* Ada signs in, and what she has follows what she is a member of now. */
static void
joins(const char *group)
{
	struct identity id = {.issuer = "https://id.example.org",
	    .subject = "ada",
	    .name = "ada",
	    .mail = "",
	    .groups = &group,
	    .ngroups = 1,
	    .groups_known = true,
	    .follow = true,
	    .claims = "{}",
	    .language = "en"};
	struct person p;

	assert_ok(people_sign_in(&h.root, &id, NULL, 0, &p));
	assert_true(uid_same(&p.id, &h.ada.id));
}

TEST(things_stop_or_get_an_end_when_the_rules_give_their_owner_less)
{
	struct rule r = {
	    .priority = 20, .claim = "groups", .value = "contractors"};
	struct plan week;
	struct key_view v;

	house_make(&h);
	say(365, THINGS_NEVER);
	plan_defaults(&week);
	week.network = h.net.id;
	strcpy(week.name, "Contractor");
	week.lifetime_days = 7;
	assert_ok(plan_add(&h.root, &week));
	r.plan = week.id;
	assert_ok(rule_add(&h.root, &r));
	v = thing(&h.root, &h.ada.id);
	joins("contractors");
	v = now_of(&v);
	assert_true(uid_same(&v.key.plan, &week.id));
	assert_int_equal(v.key.not_after, NOON + 7 * DAY);
	assert_true(opens(&v));
	joins("nobody");
	assert_string_equal(now_of(&v).key.reason, FOLLOW_REASON);
	assert_false(opens(&v));
	house_end(&h);
}

/* --- things of guests --- */

static struct call
desk(void)
{
	return house_call(&h, NULL, 1 << ROLE_DESK);
}

/* Somebody who leaves at DEPARTURE. */
static struct key_view
guest(int64_t departure)
{
	struct pass_order o = {.name = "Rui",
	    .room = "12",
	    .mail = "",
	    .language = "",
	    .departure = departure};
	struct call c = desk();
	struct key_view v;

	assert_ok(passes_issue(&c, &o, &v));
	return v;
}

static void
furnish_guests(void)
{
	house_make(&h);
	say(365, THINGS_NEVER);
	(void)house_guests(&h, &h.plan.id);
}

TEST(things_of_a_guest_end_at_the_departure_at_the_latest)
{
	const int64_t leaves = NOON + 3 * DAY;
	struct key_order o = {
	    .kind = KEY_THING, .name = "Console", .not_after = leaves + 1};
	struct key_view g, v, soon;

	furnish_guests();
	g = guest(leaves);
	v = thing(&h.root, &g.person.id);
	assert_int_equal(v.key.not_after, leaves);
	o.person = g.person.id;
	o.plan = h.plan.id;
	assert_err(keys_issue(&h.root, &o, &soon), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "not_after");
	assert_string_equal(h.root.why.text, "This guest leaves before that.");
	o.not_after = leaves - DAY;
	assert_ok(keys_issue(&h.root, &o, &soon));
	assert_int_equal(soon.key.not_after, leaves - DAY);
	assert_err(keys_set_end(&h.root, &v.key.id, 0, 1), ERR_BAD_INPUT);
	assert_err(
	    keys_set_end(&h.root, &v.key.id, leaves + 1, 1), ERR_BAD_INPUT);
	assert_ok(keys_set_end(&h.root, &v.key.id, leaves, 1));
	/* who is no guest has no departure */
	o.person = h.ada.id;
	o.not_after = leaves + DAY;
	assert_ok(keys_issue(&h.root, &o, &v));
	assert_int_equal(v.key.not_after, leaves + DAY);
	house_end(&h);
}

TEST(things_of_a_guest_follow_the_departure_and_the_check_out)
{
	const int64_t leaves = NOON + 3 * DAY;
	struct key_view g, v, soon, other, own;
	struct call c;

	furnish_guests();
	c = desk();
	g = guest(leaves);
	v = thing(&h.root, &g.person.id);
	soon = thing(&h.root, &g.person.id);
	assert_ok(keys_set_end(&h.root, &soon.key.id, NOON + DAY, 1));
	other = guest(leaves);
	other = thing(&h.root, &other.person.id);
	own = thing(&h.root, &h.ada.id);
	/* longer: what ended with the stay still does */
	assert_ok(keys_set_end(&c, &g.key.id, leaves + DAY, 1));
	assert_int_equal(now_of(&v).key.not_after, leaves + DAY);
	assert_int_equal(now_of(&soon).key.not_after, NOON + DAY);
	/* shorter: nothing stays longer */
	assert_ok(keys_set_end(&c, &g.key.id, NOON + 3600, 2));
	assert_int_equal(now_of(&v).key.not_after, NOON + 3600);
	assert_int_equal(now_of(&soon).key.not_after, NOON + 3600);
	/* without an end, and back */
	assert_ok(keys_set_end(&h.root, &g.key.id, 0, 3));
	assert_int_equal(now_of(&v).key.not_after, 0);
	assert_ok(keys_set_end(&h.root, &g.key.id, leaves, 4));
	assert_int_equal(now_of(&v).key.not_after, leaves);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	assert_ok(keys_revoke(&c, &g.key.id, "checked out"));
	assert_int_equal(now_of(&v).standing, KEY_IS_REVOKED);
	assert_string_equal(now_of(&v).key.reason, "checked out");
	assert_int_equal(waiting(), 1);
	assert_int_equal(now_of(&soon).standing, KEY_IS_REVOKED);
	/* nobody else's */
	assert_int_equal(now_of(&other).key.not_after, leaves);
	assert_true(opens(&other));
	assert_int_equal(now_of(&own).key.not_after, 0);
	assert_true(opens(&own));
	house_end(&h);
}

TEST(things_of_a_guest_that_are_used_stay_no_longer_for_that)
{
	const int64_t leaves = NOON + 12 * DAY;
	struct key_view g, v, own;

	house_make(&h);
	h.plan.lifetime = LIFETIME_ROLLING;
	say(10, THINGS_PLAN);
	(void)house_guests(&h, &h.plan.id);
	g = guest(leaves);
	v = thing(&h.root, &g.person.id);
	own = thing(&h.root, &h.ada.id);
	assert_int_equal(v.key.not_after, NOON + 10 * DAY);
	for (int day = 1; day <= 5; day++) {
		h.system.now = NOON + day * DAY;
		house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
		house_join(&h, &own.key.id, "02-aa-00-00-00-02", "s2");
	}
	assert_int_equal(now_of(&v).key.not_after, leaves);
	assert_int_equal(now_of(&own).key.not_after, NOON + 15 * DAY);
	house_end(&h);
}

TEST(things_of_a_guest_stay_while_anything_of_the_stay_does)
{
	struct key_view g, next, v;
	struct call c;

	furnish_guests();
	c = desk();
	g = guest(NOON + 3 * DAY);
	v = thing(&h.root, &g.person.id);
	assert_ok(keys_rotate(&c, &g.key.id, 3600, &next));
	assert_ok(keys_revoke(&c, &g.key.id, ""));
	assert_true(opens(&v));
	assert_int_equal(now_of(&v).key.not_after, NOON + 3 * DAY);
	/* over now, and given another day after all */
	assert_ok(keys_set_end(&c, &next.key.id, NOON, next.key.version));
	assert_false(opens(&v));
	assert_ok(keys_set_end(
	    &c, &next.key.id, NOON + 4 * DAY, now_of(&next).key.version));
	assert_true(opens(&v));
	assert_int_equal(now_of(&v).key.not_after, NOON + 4 * DAY);
	/* who has a password of their own by now is no guest any more */
	assert_ok(keys_issue(&h.root,
	    &(struct key_order){.person = g.person.id, .plan = h.plan.id}, &g));
	assert_ok(keys_set_end(&h.root, &v.key.id, 0, now_of(&v).key.version));
	assert_ok(keys_revoke(&c, &next.key.id, ""));
	assert_true(opens(&v));
	house_end(&h);
}

TEST(use_moves_the_end_of_a_rolling_key)
{
	struct key_view v;

	house_make(&h);
	h.plan.lifetime = LIFETIME_ROLLING;
	h.plan.lifetime_days = 10;
	assert_ok(plan_set(&h.root, &h.plan));
	v = house_key(&h, &h.ada);
	assert_int_equal(v.key.not_after, NOON + 10 * 86400);
	h.system.now = NOON + 5 * 86400;
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	assert_ok(keys_get(&h.root, &v.key.id, &v));
	assert_int_equal(v.key.not_after, NOON + 15 * 86400);
	house_end(&h);
}

TEST(use_moves_no_end_of_what_was_replaced)
{
	struct key_view v, next;

	house_make(&h);
	h.plan.lifetime = LIFETIME_ROLLING;
	h.plan.lifetime_days = 10;
	assert_ok(plan_set(&h.root, &h.plan));
	v = house_key(&h, &h.ada);
	assert_ok(keys_rotate(&h.root, &v.key.id, 86400, &next));
	h.system.now = NOON + 43200;
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &next.key.id, "02-aa-00-00-00-02", "s2");
	assert_ok(keys_get(&h.root, &v.key.id, &v));
	assert_int_equal(v.key.not_after, NOON + 86400);
	assert_ok(keys_get(&h.root, &next.key.id, &next));
	assert_int_equal(next.key.not_after, NOON + 43200 + 10 * 86400);
	house_end(&h);
}

/* Given at the start, or later; what the plan gives again rolls again. */
TEST(use_moves_no_end_that_was_given)
{
	struct key_order o = {.not_after = NOON + 8 * 86400};
	struct call ada;
	struct key_view v, w;

	house_make(&h);
	h.plan.lifetime = LIFETIME_ROLLING;
	h.plan.lifetime_days = 10;
	assert_ok(plan_set(&h.root, &h.plan));
	o.person = h.ada.id;
	o.plan = h.plan.id;
	assert_ok(keys_issue(&h.root, &o, &v));
	w = house_key(&h, &h.ada);
	assert_ok(
	    keys_set_end(&h.root, &w.key.id, NOON + 9 * 86400, w.key.version));
	h.system.now = h.root.now = NOON + 5 * 86400;
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &w.key.id, "02-aa-00-00-00-02", "s2");
	assert_ok(keys_get(&h.root, &v.key.id, &v));
	assert_int_equal(v.key.not_after, o.not_after);
	assert_ok(keys_get(&h.root, &w.key.id, &w));
	assert_int_equal(w.key.not_after, NOON + 9 * 86400);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	ada.now = h.root.now;
	assert_ok(
	    keys_set_end(&ada, &w.key.id, ada.now + 10 * 86400, w.key.version));
	h.system.now = h.root.now = NOON + 7 * 86400;
	house_join(&h, &w.key.id, "02-aa-00-00-00-02", "s3");
	assert_ok(keys_get(&h.root, &w.key.id, &w));
	assert_int_equal(w.key.not_after, NOON + 17 * 86400);
	house_end(&h);
}
