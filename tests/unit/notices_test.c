/* Letters about passwords: when, to whom, and when not. */
#include "tests/unit/portal_world.h"
#include "tests/unit/smtp.h"

#include "core/handout/logo.h"
#include "core/model/notice.h"
#include "core/service/courier.h"
#include "core/service/life.h"
#include "core/service/units.h"
#include "portal/web/notify.h"

#define DAY INT64_C(86400)

static struct world w;
static struct smtp post_office;
static struct person ada;

static void
begin(const char *language)
{
	const char *group = "staff";
	struct identity id = {.issuer = "https://login.example.org",
	    .subject = "ada",
	    .name = "Ada",
	    .mail = "ada@example.org",
	    .language = language,
	    .claims = "{}",
	    .groups = &group,
	    .ngroups = 1,
	    .groups_known = true};
	char more[256];
	struct call c;

	smtp_open(&post_office, NULL);
	(void)snprintf(more, sizeof(more),
	    "brand_de = \"Hafen\" colour = \"#7a1fa2\"\n}\nmail { url = "
	    "\"%s\"\n from = \"wifi@example.org\"",
	    post_office.url);
	world_open(&w, more);
	c = world_call(&w);
	assert_ok(people_sign_in(&c, &id, NULL, 0, &ada));
}

static void
finish(void)
{
	smtp_own(&post_office);
	world_close(&w);
}

static void
tick(int64_t now)
{
	struct life_done d;
	struct call c;

	w.now = now;
	c = world_call(&w);
	assert_ok(life_tick(&c, NULL, &d));
}

/* How many letters left at w.now. */
static int
sent(void)
{
	struct courier k = {
	    .post = w.app->post, .write = notify_write, .writer = w.app};
	struct outbox_item *all;
	size_t done, n;
	int left = 0;
	struct call c;

	do {
		c = world_call(&w);
		assert_ok(courier_round(&c, &k, OUTBOX_LETTERS, NULL, &done));
	} while (done);
	c = world_call(&w);
	assert_ok(outbox_list(&c, "done", "", 1000, &all, &n));
	for (size_t i = 0; i < n; i++)
		left += all[i].asked == w.now &&
			strcmp(all[i].answer, "taken") == 0;
	return left;
}

static struct wifi_key
key(int64_t not_after)
{
	struct key_order o = {.person = ada.id,
	    .plan = w.plan.id,
	    .name = "Laptop",
	    .not_after = not_after};
	struct call c = world_call(&w);
	struct key_view v;

	assert_ok(keys_issue(&c, &o, &v));
	return v.key;
}

/* Time passes in steps of an hour, as life believes no longer ones at once. */
static int
until(int64_t to)
{
	int all = 0;

	for (int64_t t = w.now + 3600; t < to; t += 3600) {
		tick(t);
		all += sent();
	}
	tick(to);
	return all + sent();
}

TEST(notices_come_seven_three_and_one_day_before_the_end)
{
	int64_t end = WORLD_NOW + 10 * DAY;
	struct wifi_key k;

	begin("en");
	tick(WORLD_NOW);
	k = key(end);
	assert_int_equal(sent(), 1);
	smtp_got(&post_office, "You have a new Wi-Fi password");
	smtp_got_more(&post_office, k.id.s);
	assert_int_equal(until(end - 7 * DAY - 1), 0);
	assert_int_equal(until(end - 7 * DAY), 1);
	/* 2027-01-25 08:00 UTC */
	smtp_got(&post_office,
	    "Your Wi-Fi password ends on 25 January 2027, 09:00 "
	    "(Europe/Berlin)");
	smtp_got_more(&post_office, "https://wifi.example.org/key/");
	smtp_got_more(&post_office, "To keep it, open this page");
	smtp_got_more(&post_office, "\"to\": \"ada@example.org\"");
	assert_int_equal(until(end - 3 * DAY - 1), 0);
	assert_int_equal(until(end - 3 * DAY), 1);
	assert_int_equal(until(end - DAY), 1);
	assert_int_equal(until(end + DAY), 0);
	finish();
}

TEST(notices_speak_the_language_of_the_reader)
{
	begin("de");
	tick(WORLD_NOW);
	(void)key(WORLD_NOW + 10 * DAY);
	assert_int_equal(sent(), 1);
	smtp_got(&post_office, "\"language\": \"de\"");
	smtp_got_more(&post_office, "Januar 2027");
	smtp_got_more(&post_office, "\\nHafen\\n\"");
	smtp_got_more(&post_office, "4px solid #7a1fa2;");
	smtp_got_more(&post_office, ">Hafen</bdi></div>");
	smtp_got_more(&post_office, "background-color:#7a1fa2;color:#ffffff");
	finish();
}

/* A picture fits beside the name; one that weighs much stays at home. */
TEST(letters_take_pictures_that_are_small_enough)
{
	static const struct {
		int w, h, wide, high;
	} all[] = {{120, 60, 88, 44}, {20, 10, 20, 10}, {2000, 100, 220, 11},
	    {100, 2000, 2, 44}, {2000, 1, 220, 1}, {1, 2000, 1, 44}};
	struct logo l = {.png = (uint8_t *)(uintptr_t) "x", .len = 1};
	struct conf conf = {.portal.colour = ""};
	struct app a = {.conf = &conf, .logo = &l};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		l.w = all[i].w;
		l.h = all[i].h;
		looks_make(&a);
		assert_int_equal(a.looks.wide, all[i].wide);
		assert_int_equal(a.looks.high, all[i].high);
	}
	l.len = LOOKS_OCTETS + 1;
	looks_make(&a);
	assert_int_equal(a.looks.high, 0);
	assert_string_equal(a.looks.accent, "0b5f54");
}

TEST(notices_wait_for_the_morning_of_the_network)
{
	int64_t end = WORLD_NOW + 10 * DAY; /* 09:00 there */
	struct call c;

	begin("en");
	c = world_call(&w);
	(void)snprintf(w.network.quiet, sizeof(w.network.quiet), "08:30-10:15");
	(void)snprintf(w.network.notices, sizeof(w.network.notices), "7");
	assert_ok(network_set(&c, &w.network));
	tick(WORLD_NOW);
	(void)key(end);
	assert_int_equal(until(end - 7 * DAY), 0);
	assert_int_equal(until(end - 7 * DAY + 75 * 60 - 1), 0);
	assert_int_equal(until(end - 7 * DAY + 75 * 60), 1);
	finish();
}

TEST(notices_that_nobody_needs_are_not_sent)
{
	int64_t end = WORLD_NOW + 10 * DAY;
	struct wifi_key moved, gone, turned;
	struct key_view v;
	struct call c;

	begin("en");
	tick(WORLD_NOW);
	moved = key(end);
	gone = key(end);
	turned = key(end);
	assert_int_equal(sent(), 3);
	assert_int_equal(until(end - 7 * DAY - 60), 0);
	tick(end - 7 * DAY);
	/* written down, but not sent yet */
	c = world_call(&w);
	assert_ok(keys_set_end(&c, &moved.id, end + 90 * DAY, moved.version));
	assert_ok(keys_revoke(&c, &gone.id, ""));
	assert_ok(keys_rotate(&c, &turned.id, DAY, &v));
	assert_int_equal(sent(), 1);
	smtp_got(&post_office, "new Wi-Fi password");
	smtp_got(&post_office, "new Wi-Fi password");
	smtp_got(&post_office, "new Wi-Fi password");
	smtp_got(&post_office, "Your Wi-Fi password has changed");
	smtp_got_more(&post_office, "The old one works until");
	/* of the four only the new one ends then */
	assert_int_equal(until(end - 2 * DAY), 1);
	smtp_got(&post_office, "Your Wi-Fi password ends on");
	smtp_got_more(&post_office, v.key.id.s);
	finish();
}

/* A password for two days gets the one letter that makes sense; "none" none. */
TEST(notices_are_as_the_network_says)
{
	int64_t end = WORLD_NOW + 2 * DAY;
	struct call c;

	begin("en");
	tick(WORLD_NOW);
	(void)key(end);
	assert_int_equal(sent(), 1);
	assert_int_equal(until(end), 1);
	c = world_call(&w);
	(void)snprintf(w.network.notices, sizeof(w.network.notices), "none");
	assert_ok(network_set(&c, &w.network));
	(void)key(end + 10 * DAY);
	assert_int_equal(until(end + 11 * DAY), 0);
	(void)snprintf(w.network.notices, sizeof(w.network.notices), "7,often");
	assert_err(network_set(&c, &w.network), ERR_BAD_INPUT);
	(void)snprintf(w.network.notices, sizeof(w.network.notices), "7");
	(void)snprintf(w.network.quiet, sizeof(w.network.quiet), "22-7");
	assert_err(network_set(&c, &w.network), ERR_BAD_INPUT);
	finish();
}

TEST(notice_rules_are_read_whole_or_not_at_all)
{
	static const char *const bad[] = {"0", "91", "7,", ",7", "7;3",
	    "made,x", "none,7", "1,2,3,4,5,6,7,8,9", "seven", "-1", "made, ",
	    "7777777777"};
	struct notice_rule r;

	assert_true(notice_rule_parse("14, 2,rotated", &r));
	assert_int_equal(r.n, 2);
	assert_int_equal(r.days[1], 2);
	assert_true(r.rotated && !r.made);
	assert_true(notice_rule_parse("", &r));
	assert_true(r.n == 3 && r.made && r.rotated);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (notice_rule_parse(bad[i], &r))
			fail_msg("%s was taken", bad[i]);
}

TEST(quiet_hours_end_in_local_time_also_where_clocks_change)
{
	static const char *const bad[] = {"22:00", "22:00-7:00", "25:00-07:00",
	    "22:60-07:00", "07:00-07:00", "00:00-24:00", "22:00-07:00 "};
	const struct zone *berlin;
	struct quiet q;

	assert_ok(zone_get("Europe/Berlin", &berlin));
	assert_true(quiet_parse("22:00-07:00", &q));
	/* 2027-03-27 22:30 there; in that night 02:00 becomes 03:00 */
	assert_int_equal(
	    quiet_end(&q, berlin, 1806183000), 1806183000 + 7 * 3600 + 1800);
	/* 21:59:59 is not quiet, 22:00 is */
	assert_int_equal(quiet_end(&q, berlin, 1806181199), 1806181199);
	assert_true(quiet_end(&q, berlin, 1806181200) > 1806181200);
	assert_true(quiet_parse("", &q));
	assert_int_equal(quiet_end(&q, berlin, 1806183000), 1806183000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (quiet_parse(bad[i], &q))
			fail_msg("%s was taken", bad[i]);
}
