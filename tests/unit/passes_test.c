#include "tests/unit/service.h"

#include "core/service/pools.h"

static struct house h;
static struct plan visitors;

static struct call
open_desk(void)
{
	house_make(&h);
	(void)house_visitors(&h, &visitors);
	return house_call(&h, &h.bob, 1 << ROLE_DESK | 1 << ROLE_PERSON);
}

static struct key_view
stay(struct call *desk, const char *name, const char *room, int64_t from,
    int64_t to)
{
	return house_stay(desk, &visitors, name, room, from, to);
}

static size_t
found(struct call *c, enum pass_day day, const char *search)
{
	struct pass_filter f = {.day = day,
	    .from = NOON - 43200,
	    .to = NOON + 43200,
	    .search = search};
	struct key_view *v;
	size_t n, total;

	assert_ok(passes_list(c, &f, &v, &n, &total));
	assert_int_equal(n, total);
	return n;
}

TEST(passes_are_a_guest_and_a_working_key)
{
	struct call desk = open_desk();
	struct key_view v =
	    stay(&desk, " Ana P\xc3\xa9rez ", "Room 12", 0, NOON + 3 * 86400);
	OWN(secret) struct secret s = SECRET_NONE;

	assert_string_equal(v.person.name, "Ana P\xc3\xa9rez");
	assert_string_equal(v.person.issuer, "local");
	assert_string_equal(v.person.language, "de");
	assert_string_equal(v.key.name, "Room 12");
	assert_int_equal(v.key.kind, KEY_GUEST);
	assert_int_equal(v.key.not_after, NOON + 3 * 86400);
	assert_int_equal(v.standing, KEY_IS_ACTIVE);
	assert_ok(keys_reveal(&desk, &v.key.id, "print", &s));
	assert_true(s.len >= 8);
	house_end(&h);
}

TEST(passes_without_departure_end_as_the_plan_says)
{
	struct call desk = open_desk();
	struct key_view v = stay(&desk, "Ana", "", 0, 0);

	assert_int_equal(v.key.not_after, NOON + 43200);
	assert_string_equal(v.key.name, "Guest");
	house_end(&h);
}

TEST(passes_of_the_day_come_and_go)
{
	struct call desk = open_desk();
	struct key_view v;

	(void)stay(&desk, "Here", "Room 1", 0, NOON + 5 * 86400);
	(void)stay(&desk, "Soon", "Room 2", NOON + 3600, NOON + 9 * 86400);
	(void)stay(&desk, "Later", "Room 3", NOON + 86400, NOON + 9 * 86400);
	v = stay(&desk, "Leaves", "Room 4", 0, NOON + 43200);
	assert_int_equal(found(&desk, PASS_ARRIVES, ""), 3);
	assert_int_equal(found(&desk, PASS_DEPARTS, ""), 1);
	assert_int_equal(found(&desk, PASS_ANY, ""), 4);
	assert_int_equal(found(&desk, PASS_ANY, "ROOM 3"), 1);
	assert_int_equal(found(&desk, PASS_ANY, "leav"), 1);
	assert_int_equal(found(&desk, PASS_ANY, "%"), 0);
	assert_ok(keys_revoke(&desk, &v.key.id, "Checked out."));
	assert_int_equal(found(&desk, PASS_DEPARTS, ""), 0);
	house_end(&h);
}

TEST(passes_are_extended_moved_and_ended_by_the_desk)
{
	struct call desk = open_desk();
	struct key_view v = stay(&desk, "Ana", "Room 1", 0, NOON + 86400), got;

	assert_ok(
	    keys_set_end(&desk, &v.key.id, NOON + 4 * 86400, v.key.version));
	assert_ok(keys_rename(&desk, &v.key.id, "Room 7", v.key.version + 1));
	assert_ok(keys_get(&desk, &v.key.id, &got));
	assert_int_equal(got.key.not_after, NOON + 4 * 86400);
	assert_string_equal(got.key.name, "Room 7");
	assert_ok(keys_revoke(&desk, &v.key.id, ""));
	assert_ok(keys_get(&desk, &v.key.id, &got));
	assert_int_equal(got.standing, KEY_IS_REVOKED);
	house_end(&h);
}

TEST(passes_show_nothing_but_guests)
{
	struct call desk = open_desk();
	struct key_view own = house_key(&h, &h.ada), got;
	OWN(secret) struct secret s = SECRET_NONE;

	assert_int_equal(found(&desk, PASS_ANY, ""), 0);
	assert_err(keys_get(&desk, &own.key.id, &got), ERR_NOT_FOUND);
	assert_err(keys_reveal(&desk, &own.key.id, "print", &s), ERR_NOT_FOUND);
	assert_err(keys_revoke(&desk, &own.key.id, ""), ERR_NOT_FOUND);
	house_end(&h);
}

TEST(passes_refuse_what_makes_no_sense_and_leave_nothing_behind)
{
	struct call desk = open_desk();
	struct call bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	struct pass_order good = {.name = "Ana",
			      .room = "1",
			      .mail = "",
			      .language = "en",
			      .plan = visitors.id},
			  o;
	struct key_view v;
	struct person *people;
	size_t n, before, after;

	assert_ok(people_list(&h.root, "", 0, 100, &people, &n, &before));
	o = good;
	assert_err(passes_issue(&bob, &o, &v), ERR_FORBIDDEN);
	o.name = " \t";
	assert_err(passes_issue(&desk, &o, &v), ERR_BAD_INPUT);
	assert_string_equal(desk.why.field, "name");
	o = good;
	o.mail = "nobody";
	assert_err(passes_issue(&desk, &o, &v), ERR_BAD_INPUT);
	assert_string_equal(desk.why.field, "mail");
	o = good;
	o.departure = NOON - 1;
	assert_err(passes_issue(&desk, &o, &v), ERR_BAD_INPUT);
	o = good;
	o.arrival = NOON + 86400;
	o.departure = NOON + 3600;
	assert_err(passes_issue(&desk, &o, &v), ERR_BAD_INPUT);
	o = good;
	o.plan = h.plan.id; /* a plan that is not for guests */
	assert_err(passes_issue(&desk, &o, &v), ERR_BAD_INPUT);
	assert_string_equal(desk.why.field, "plan");
	o = good;
	o.devices_max = DEVICES_MAX + 1;
	assert_err(passes_issue(&desk, &o, &v), ERR_BAD_INPUT);
	assert_string_equal(desk.why.field, "devices_max");
	assert_ok(people_list(&h.root, "", 0, 100, &people, &n, &after));
	assert_int_equal(before, after);
	house_end(&h);
}

/* --- plans with a VLAN for each --- */

static int64_t
vlan_of(const struct uid *person)
{
	struct pool_lease *l;
	struct pool pool;
	size_t n;

	assert_ok(pools_leases(&h.root, &visitors.id, 0, 10, &pool, &l, &n));
	for (size_t i = 0; i < n; i++)
		if (uid_same(&l[i].holder, person))
			return l[i].vlan;
	return 0;
}

static enum err
one_more(struct call *desk, struct key_view *out)
{
	struct pass_order o = {.name = "Eve",
	    .room = "3",
	    .mail = "",
	    .language = "",
	    .plan = visitors.id,
	    .departure = NOON + 9 * 86400};

	return passes_issue(desk, &o, out);
}

/* One of before the plan had a pool in that way has one when it is extended. */
TEST(passes_that_are_extended_have_a_vlan_from_then_on)
{
	struct call desk = open_desk();
	struct key_view v;

	text_copy(visitors.pool, sizeof(visitors.pool), "300-301");
	visitors.vlan = 0;
	assert_ok(plan_set(&h.root, &visitors));
	v = stay(&desk, "Ana", "1", 0, NOON + 86400);
	house_sql(&h, "DELETE FROM lease");
	assert_ok(keys_set_end(&desk, &v.key.id, NOON + 43200, v.key.version));
	assert_int_equal(vlan_of(&v.person.id), 0);
	assert_ok(keys_get(&desk, &v.key.id, &v));
	assert_ok(
	    keys_set_end(&desk, &v.key.id, NOON + 2 * 86400, v.key.version));
	assert_int_equal(vlan_of(&v.person.id), 300);
	house_end(&h);
}

/* What the list of pools says of the visitors' one, which is the only one. */
static bool
closed(void)
{
	struct pool *p;
	size_t n;

	assert_ok(pools_list(&h.root, &p, &n));
	assert_int_equal(n, 1);
	return p[0].closed;
}

TEST(passes_have_a_vlan_each_where_the_plan_says_so)
{
	struct call desk = open_desk();
	struct key_view a, b, v;

	text_copy(visitors.pool, sizeof(visitors.pool), "300-301");
	visitors.vlan = 0;
	assert_ok(plan_set(&h.root, &visitors));
	a = stay(&desk, "Ana", "1", 0, NOON + 86400);
	assert_false(closed());
	b = stay(&desk, "Bea", "2", 0, NOON + 9 * 86400);
	assert_int_equal(vlan_of(&a.person.id), 300);
	assert_int_equal(vlan_of(&b.person.id), 301);
	assert_true(closed());
	assert_err(one_more(&desk, &v), ERR_LIMIT);
	assert_non_null(strstr(desk.why.text, "300-301"));
	/* who left gives way, when the devices have been sent away */
	desk.now = h.root.now = NOON + 86400 + POOLS_REST - 1;
	assert_err(one_more(&desk, &v), ERR_LIMIT);
	assert_true(closed());
	desk.now = ++h.root.now;
	assert_false(closed());
	assert_ok(one_more(&desk, &v));
	assert_int_equal(vlan_of(&v.person.id), 300);
	assert_int_equal(vlan_of(&a.person.id), 0);
	/* and does not come back to what is another's */
	assert_err(
	    keys_set_end(&desk, &a.key.id, NOON + 9 * 86400, a.key.version),
	    ERR_LIMIT);
	assert_ok(keys_revoke(&desk, &b.key.id, "checked out"));
	assert_err(one_more(&desk, &v), ERR_LIMIT);
	desk.now = h.root.now += POOLS_REST;
	assert_ok(
	    keys_set_end(&desk, &a.key.id, NOON + 9 * 86400, a.key.version));
	assert_int_equal(vlan_of(&a.person.id), 301);
	house_end(&h);
}
