#include "tests/unit/test.h"

#include "core/model/policy.h"

/* Monday 2026-11-23 00:00 UTC */
static const int64_t monday = 1795392000;

static int32_t
utc(const void *zone, int64_t when)
{
	(void)zone;
	(void)when;
	return 0;
}

/* A zone that springs forward at Monday 02:00 and falls back at 26:00. */
static int32_t
springs(const void *zone, int64_t when)
{
	(void)zone;
	return when >= monday + 2 * 3600 && when < monday + 25 * 3600 ? 3600
								      : 0;
}

TEST(a_schedule_is_read_as_people_say_it)
{
	struct schedule s;
	const int64_t hour = 3600, day = 24 * hour;

	assert_ok(schedule_parse(
	    "mon-fri 06:00-22:00; sat,sun 08:00-24:00", &s, NULL));
	assert_false(schedule_allows(&s, monday + 6 * hour - 1, utc, NULL));
	assert_true(schedule_allows(&s, monday + 6 * hour, utc, NULL));
	assert_true(schedule_allows(&s, monday + 22 * hour - 1, utc, NULL));
	assert_false(schedule_allows(&s, monday + 22 * hour, utc, NULL));
	assert_true(schedule_allows(&s, monday + 7 * day - 1, utc, NULL));
	assert_false(schedule_allows(&s, monday + 7 * day, utc, NULL));
	assert_true(schedule_allows(&s, monday - 1, utc, NULL));
}

TEST(a_window_may_run_past_midnight_and_past_sunday)
{
	struct schedule s;

	assert_ok(schedule_parse("sun 22:00-06:00", &s, NULL));
	assert_true(schedule_allows(&s, monday + 3600, utc, NULL));
	assert_false(schedule_allows(&s, monday + 6 * 3600, utc, NULL));
	assert_true(schedule_allows(&s, monday - 3600, utc, NULL));
	assert_ok(schedule_parse("fri-mon 10:00-11:00", &s, NULL));
	assert_true(schedule_allows(&s, monday + 10 * 3600, utc, NULL));
	assert_false(
	    schedule_allows(&s, monday + 24 * 3600 + 10 * 3600, utc, NULL));
}

static int looks;

static int32_t
looked_at(const void *zone, int64_t when)
{
	(void)zone, (void)when;
	looks++;
	return 0;
}

/* Every answer asks when the hours end: a week of all hours is not walked
 * through, minute by minute, to find no end. */
TEST(schedule_of_all_hours_has_none)
{
	struct schedule s;

	assert_ok(schedule_parse("mon-sun 00:00-24:00", &s, NULL));
	assert_true(schedule_allows(&s, 77, looked_at, NULL));
	assert_int_equal(schedule_edge(&s, 77, looked_at, NULL), 0);
	assert_int_equal(looks, 0);
	assert_ok(schedule_parse("mon-sun 00:01-24:00", &s, NULL));
	assert_int_equal(schedule_edge(&s, 77, looked_at, NULL), 86400);
	assert_true(looks > 0);
}

TEST(no_schedule_works_always)
{
	struct schedule s;

	assert_ok(schedule_parse("  ", &s, NULL));
	assert_true(schedule_allows(&s, -5, utc, NULL));
	assert_int_equal(schedule_edge(&s, 0, utc, NULL), 0);
}

TEST(what_is_no_schedule_is_named)
{
	struct schedule s;
	struct why w;

	for (const char **bad = (const char *[]){"mon", "mon 06:00",
		 "mon 6:00-22:00", "mon 06:00-24:01", "mon 25:00-26:00",
		 "moon 06:00-22:00", "mon 06:00-06:00", "mon-fri 06:00-22:00,",
		 "mon 24:00-06:00", "mon 06:60-07:00", "; mon 06:00-07:00",
		 NULL};
	     *bad != NULL; bad++) {
		assert_err(schedule_parse(*bad, &s, &w), ERR_BAD_INPUT);
		assert_string_equal(w.field, "schedule");
	}
}

/* W-34 */
TEST(edges_are_exact_across_daylight_saving)
{
	struct schedule s;

	assert_ok(schedule_parse("mon-sun 02:30-05:00", &s, NULL));
	/* 02:30 local never comes on that Monday: it works from 03:00 on */
	assert_int_equal(
	    schedule_edge(&s, monday, springs, NULL), monday + 2 * 3600);
	assert_int_equal(schedule_edge(&s, monday + 2 * 3600, springs, NULL),
	    monday + 4 * 3600);
}

static const struct join fine = {
    .not_before = 100, .not_after = 200, .ap_groups = "", .now = 150};

TEST(each_reason_against_is_found)
{
	static const struct {
		enum verdict want;
		struct join j;
	} rows[] = {
	    {VERDICT_OK, {.now = 1}},
	    {VERDICT_KEY_SCHEDULED, {.not_before = 100, .now = 99}},
	    {VERDICT_OK, {.not_before = 100, .now = 100}},
	    {VERDICT_OK, {.not_after = 200, .now = 199}},
	    {VERDICT_KEY_EXPIRED, {.not_after = 200, .now = 200}},
	    {VERDICT_KEY_SUSPENDED, {.key_state = KEY_SUSPENDED}},
	    {VERDICT_KEY_REVOKED, {.key_state = KEY_REVOKED, .not_after = 1}},
	    {VERDICT_PERSON_SUSPENDED, {.person_state = PERSON_SUSPENDED}},
	    {VERDICT_PERSON_ENDED, {.person_state = PERSON_ENDED}},
	    {VERDICT_WRONG_PLACE, {.ap_groups = "pool,gym", .ap_group = "gy"}},
	    {VERDICT_OK, {.ap_groups = "pool,gym", .ap_group = "gym"}},
	    {VERDICT_DEVICE_BLOCKED,
		{.device_known = true, .device_blocked = true}},
	    {VERDICT_NOT_REGISTERED, {.binding = BINDING_REGISTERED}},
	    {VERDICT_OTHER_DEVICE,
		{.binding = BINDING_FIRST_USE, .devices_bound = 1}},
	    {VERDICT_OK, {.binding = BINDING_FIRST_USE}},
	    {VERDICT_TOO_MANY_DEVICES,
		{.cap_rule = CAP_REFUSE, .devices_max = 2, .devices_bound = 2}},
	    {VERDICT_OK,
		{.cap_rule = CAP_REFUSE, .devices_max = 2, .devices_bound = 1}},
	    {VERDICT_OK, {.cap_rule = CAP_OLDEST_IDLE,
			     .devices_max = 2,
			     .devices_bound = 2}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(verdict_word(policy_decide(&rows[i].j)),
		    verdict_word(rows[i].want));
}

TEST(a_stay_ends_with_the_key_or_the_hour)
{
	struct join j = fine;
	struct schedule s;

	assert_int_equal(policy_until(&j), 200);
	assert_ok(schedule_parse("mon-sun 00:00-00:03", &s, NULL));
	j.schedule = &s;
	j.offset = utc;
	assert_int_equal(policy_until(&j), 180);
	j.not_after = 0;
	assert_int_equal(policy_until(&j), 180);
}
