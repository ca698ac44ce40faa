#include "tests/unit/service.h"

#include "core/model/quota.h"
#include "core/model/zone.h"
#include "core/service/life.h"
#include "core/service/quotas.h"

static struct house h;
static struct plan slow;
static struct key_view key;

static struct life_done
tick(int64_t now)
{
	struct life_done d;

	h.system.now = h.root.now = now;
	assert_ok(life_tick(&h.system, NULL, &d));
	return d;
}

/* What the device's session has moved so far. */
static void
report(enum visit_event event, int64_t octets)
{
	struct visit_report r = {.event = event,
	    .ap = h.ap.id,
	    .key = key.key.id,
	    .network = h.net.id,
	    .nas = "hall",
	    .session = "s1",
	    .mac = {.b = {2, 0, 0, 0, 0, 7}},
	    .at = h.system.now,
	    .octets_in = octets / 2,
	    .octets_out = octets - octets / 2};

	assert_ok(world_visits(&h.system, &r, 1));
}

/* On the screen and to the responder alike. */
static const char *
plan_now(void)
{
	struct key_view v;
	struct world_key w;

	assert_ok(keys_get(&h.root, &key.key.id, &v));
	assert_ok(world_key_get(&h.system, &key.key.id, &w));
	assert_true(uid_same(&v.plan.id, &w.key.plan));
	return uid_same(&v.plan.id, &slow.id) ? "slow" : "own";
}

static void
begin(void)
{
	house_make(&h);
	slow = (struct plan){
	    .network = h.net.id, .name = "Slow", .vlan = 21, .rate_down = 512};
	assert_ok(plan_add(&h.root, &slow));
	h.plan.quota = 1000;
	text_copy(h.plan.quota_period, sizeof(h.plan.quota_period), "day");
	assert_err(plan_set(&h.root, &h.plan), ERR_BAD_INPUT); /* then what? */
	h.plan.quota_plan = slow.id;
	assert_ok(plan_set(&h.root, &h.plan));
	key = house_key(&h, &h.ada);
	(void)tick(NOON);
}

TEST(quotas_switch_the_plan_and_back_when_the_period_begins)
{
	struct disconnect *d;
	struct quota_use u;
	size_t n;

	begin();
	report(VISIT_START, 0);
	report(VISIT_INTERIM, 999);
	assert_string_equal(plan_now(), "own");
	report(VISIT_INTERIM, 999); /* the same again counts once */
	report(VISIT_INTERIM, 500); /* late and out of order */
	assert_string_equal(plan_now(), "own");
	assert_ok(quotas_use(&h.root, &key.key.id, &u));
	assert_int_equal(u.used, 999);
	assert_int_equal(u.until, NOON + 43200);
	report(VISIT_INTERIM, 1000);
	assert_string_equal(plan_now(), "slow");
	/* whoever is on the air joins again */
	assert_ok(disconnects_of_key(&h.root, &key.key.id, 9, &d, &n));
	assert_int_equal(n, 1);
	report(VISIT_INTERIM, 5000);
	assert_string_equal(plan_now(), "slow");
	for (int64_t t = NOON + 3000; t < NOON + 43200; t += 3000)
		(void)tick(t);
	assert_int_equal(tick(NOON + 43199).quotas, 0);
	assert_string_equal(plan_now(), "slow");
	assert_int_equal(tick(NOON + 43200).quotas, 1);
	assert_string_equal(plan_now(), "own");
	assert_ok(quotas_use(&h.root, &key.key.id, &u));
	assert_int_equal(u.used, 0);
	report(VISIT_INTERIM, 5999);
	assert_string_equal(plan_now(), "own");
	report(VISIT_STOP, 6000);
	assert_string_equal(plan_now(), "slow");
	/* its own plan is still needed */
	assert_err(plan_remove(&h.root, &h.plan.id), ERR_CONFLICT);
	house_end(&h);
}

TEST(quotas_are_not_escaped_by_a_new_password)
{
	struct key_view next;

	begin();
	report(VISIT_START, 0);
	report(VISIT_INTERIM, 700);
	assert_ok(keys_rotate(&h.root, &key.key.id, 3600, &next));
	key = next;
	{
		struct quota_use u;

		assert_ok(quotas_use(&h.root, &key.key.id, &u));
		assert_int_equal(u.used, 700);
	}
	report(VISIT_INTERIM, 1000); /* 300 more */
	assert_string_equal(plan_now(), "slow");
	assert_ok(keys_rotate(&h.root, &key.key.id, 3600, &next));
	key = next;
	assert_string_equal(plan_now(), "slow");
	for (int64_t t = NOON + 3000; t <= NOON + 43200; t += 3000)
		(void)tick(t);
	(void)tick(NOON + 43200);
	assert_string_equal(plan_now(), "own");
	house_end(&h);
}

/* Every period begins where the one before ended, holds its moment, and is as
 * long as a day, week or month may be: also where midnight is skipped. */
TEST(quotas_have_periods_without_gaps_in_every_zone)
{
	static const char *const zones[] = {"UTC", "Europe/Berlin",
	    "America/Santiago", "Asia/Beirut", "Pacific/Apia",
	    "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo"};
	static const struct {
		const char *word;
		int64_t least, most;
	} words[] = {{"day", 22 * 3600, 26 * 3600},
	    {"week", 6 * 86400, 170 * 3600}, {"month", 27 * 86400, 32 * 86400}};

	for (size_t k = 0; k < 8; k++)
		for (size_t w = 0; w < 3; w++) {
			int64_t from, until, t = INT64_C(1293000000);
			const struct zone *z;

			assert_ok(zone_get(zones[k], &z));
			assert_ok(
			    quota_period(words[w].word, z, t, &from, &until));
			for (int i = 0; i < 1100; i++) {
				int64_t f, u;

				assert_ok(quota_period(
				    words[w].word, z, until, &f, &u));
				assert_int_equal(f, until);
				assert_in_range(
				    u - f, words[w].least, words[w].most);
				assert_ok(quota_period(
				    words[w].word, z, u - 1, &from, &until));
				assert_int_equal(from, f);
				assert_int_equal(until, u);
			}
		}
}

/* From 1969 to 9999. */
TEST(quotas_have_periods_at_the_ends_of_time)
{
	static const int64_t at[] = {-86400 * 300, -1, 0, 1, 951868800,
	    INT64_C(4102444800), INT64_C(253402300799)};
	int64_t from, until;

	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		for (int w = 0; w < 3; w++) {
			assert_ok(quota_period(w == 0   ? "day"
					       : w == 1 ? "week"
							: "month",
			    NULL, at[i], &from, &until));
			assert_true(from <= at[i] && at[i] < until);
		}
	assert_err(quota_period("year", NULL, 0, &from, &until), ERR_BAD_INPUT);
}

TEST(quotas_that_lead_nowhere_leave_the_plan_as_it_is)
{
	struct network other = {.ssid = "Guests", .time_zone = "UTC"};
	struct quota_use use;
	struct plan own;
	struct key_view v, after;

	house_make(&h);
	v = house_key(&h, &h.ada);
	assert_ok(quotas_count(&h.system, &UID_NONE, 5));
	assert_ok(quotas_count(&h.system, &v.key.id, 0));
	assert_ok(quotas_count(&h.system, &v.key.id, -5));
	assert_ok(quotas_use(&h.root, &v.key.id, &use));
	assert_int_equal(use.quota, 0);
	slow = h.plan;
	slow.id = UID_NONE;
	text_copy(slow.name, sizeof(slow.name), "Slow");
	assert_ok(plan_add(&h.root, &slow));
	assert_ok(plan_get(&h.root, &h.plan.id, &own));
	own.quota = 1000;
	text_copy(own.quota_period, sizeof(own.quota_period), "day");
	own.quota_plan = slow.id;
	assert_ok(plan_set(&h.root, &own));
	assert_ok(quotas_count(&h.system, &v.key.id, 999));
	assert_ok(quotas_use(&h.root, &v.key.id, &use));
	assert_int_equal(use.used, 999);
	assert_true(uid_is_none(&use.home));
	/* the other plan was moved to another network behind everybody's back
	 */
	assert_ok(network_add(&h.root, &other));
	house_sql(&h, arena_printf(h.arena,
			  "UPDATE plan SET network = '%s' WHERE id = '%s'",
			  other.id.s, slow.id.s));
	assert_ok(quotas_count(&h.system, &v.key.id, 1));
	assert_ok(keys_get(&h.root, &v.key.id, &after));
	assert_string_equal(after.key.plan.s, h.plan.id.s);
	house_sql(&h, arena_printf(h.arena,
			  "UPDATE plan SET network = '%s' WHERE id = '%s'",
			  h.net.id.s, slow.id.s));
	/* a zone that is gone counts in UTC; and numbers do not run over */
	house_sql(&h, "UPDATE network SET time_zone = 'No/Where'");
	assert_ok(quotas_count(&h.system, &v.key.id, INT64_MAX));
	assert_ok(quotas_use(&h.root, &v.key.id, &use));
	assert_int_equal(use.used, INT64_MAX);
	assert_ok(keys_get(&h.root, &v.key.id, &after));
	assert_string_equal(after.key.plan.s, slow.id.s);
	assert_string_equal(use.home.s, h.plan.id.s);
	assert_ok(quotas_lift(&h.system, &h.ada.id));
	assert_ok(keys_get(&h.root, &v.key.id, &after));
	assert_string_equal(after.key.plan.s, h.plan.id.s);
	house_end(&h);
}
