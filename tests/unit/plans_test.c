#include "tests/unit/service.h"

#include "core/service/insight.h"

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
