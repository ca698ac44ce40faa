#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/text.h"
#include "core/crypt/psk.h"
#include "core/model/mint.h"
#include "core/model/noun.h"
#include "core/model/schedule.h"
#include "core/model/words.h"
#include "core/model/zone.h"
#include "core/model/zone_rule.h"

/* --- mint --- */

TEST(mint_never_goes_below_sixty_bits)
{
	for (int style = STYLE_GROUPS; style <= STYLE_WORDS; style++)
		for (int n = -1; n <= 14; n++) {
			struct mint_plan p = {
			    .style = (enum style)style, .count = n};
			bool words_ = style == STYLE_WORDS;
			int least = words_ ? MINT_WORDS_MIN : MINT_GROUPS_MIN;
			int most = words_ ? MINT_WORDS_MAX : MINT_GROUPS_MAX;
			bool ok = n == 0 || (n >= least && n <= most);
			struct secret s;

			assert_err(mint_passphrase(&p, &s),
			    ok ? ERR_OK : ERR_BAD_INPUT);
			assert_int_equal(mint_bits(&p) >= MINT_BITS_MIN, ok);
			assert_int_equal(s.len > 0, ok);
			assert_int_equal(
			    ok, s.len && psk_allowed(secret_text(&s), s.len));
		}
}

TEST(mint_groups_look_as_promised)
{
	struct mint_plan p = {.style = STYLE_GROUPS};
	struct secret s;

	assert_ok(mint_passphrase(&p, &s));
	assert_int_equal(s.len, 19);
	for (size_t i = 0; i < s.len; i++)
		if (i % 5 == 4)
			assert_int_equal(s.b[i], '-');
		else
			assert_non_null(strchr(MINT_ALPHABET, s.b[i]));
}

/* S-12 */
TEST(mint_letters_are_uniform_at_every_position)
{
	enum { ROUNDS = 31000 };
	static int seen[16][31];
	struct mint_plan p = {.style = STYLE_GROUPS};
	struct secret s;

	for (int i = 0; i < ROUNDS; i++) {
		assert_ok(mint_passphrase(&p, &s));
		for (int k = 0; k < 16; k++) {
			const char *at =
			    strchr(MINT_ALPHABET, s.b[k / 4 * 5 + k % 4]);

			seen[k][at - strchr(MINT_ALPHABET, 'a')]++;
		}
	}
	for (int k = 0; k < 16; k++) {
		double chi = 0;

		for (int a = 0; a < 31; a++)
			chi +=
			    (seen[k][a] - 1000.) * (seen[k][a] - 1000.) / 1000.;
		assert_true(chi < 85); /* 30 degrees: one in 10^6 */
	}
}

TEST(words_are_short_plain_and_in_order)
{
	assert_int_equal(words_count, 7772);
	for (size_t i = 0; i < words_count; i++) {
		size_t n = strlen(words[i]);

		assert_true(n >= 3 && n <= WORDS_LEN_MAX);
		assert_int_equal(
		    strspn(words[i], "abcdefghijklmnopqrstuvwxyz"), n);
		assert_true(i == 0 || strcmp(words[i - 1], words[i]) < 0);
	}
}

/* --- zones --- */

TEST(zones_agree_with_the_c_library)
{
	static const char *const names[] = {"Europe/Berlin", "America/New_York",
	    "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns",
	    "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran", "Europe/Dublin",
	    "America/Santiago", "Asia/Beirut", "Antarctica/Troll", "UTC"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct zone *z;

		assert_ok(zone_get(names[i], &z));
		setenv("TZ", names[i], 1);
		tzset();
		for (int64_t t = -3000000000; t < 6000000000; t += 1234567) {
			time_t when = (time_t)t;
			struct tm tm;

			localtime_r(&when, &tm);
			if (zone_offset(z, t) != tm.tm_gmtoff)
				fail_msg("%s at %lld: %d, not %ld", names[i],
				    (long long)t, zone_offset(z, t),
				    tm.tm_gmtoff);
		}
	}
	unsetenv("TZ");
	tzset();
}

TEST(a_zone_is_read_once_and_names_are_checked)
{
	const struct zone *a, *b;

	assert_ok(zone_get("Europe/Berlin", &a));
	assert_ok(zone_get("Europe/Berlin", &b));
	assert_ptr_equal(a, b);
	assert_ok(zone_get("", &a));
	assert_int_equal(zone_offset(a, 0), 0);
	assert_int_equal(zone_offset(NULL, 0), 0);
	for (const char **bad = (const char *[]){"../../../etc/passwd",
		 "/etc/passwd", "Europe/Berlin ", "Europe.Berlin", NULL};
	     *bad != NULL; bad++)
		assert_err(zone_get(*bad, &a), ERR_BAD_INPUT);
	assert_err(zone_get("Europe", &a), ERR_NOT_FOUND);
	assert_err(zone_get("Europe/Nowhere", &a), ERR_NOT_FOUND);
	assert_err(zone_get("tzdata_zi", &a), ERR_NOT_FOUND);
	assert_err(zone_get("zone1970_tab", &a), ERR_NOT_FOUND);
}

/* tzdata.zi, the whole database as text, has a line `Z NAME ...` for each zone
 * and `L TARGET NAME` for each further name. */
TEST(every_zone_of_the_system_is_read)
{
	FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
	char line[256], name[3][ZONE_NAME_MAX + 1];
	const struct zone *z;
	int n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if ((*line != 'Z' && *line != 'L') ||
		    sscanf(line, "%63s %63s %63s", name[0], name[1], name[2]) !=
			3)
			continue;
		if (zone_get(name[*line == 'L' ? 2 : 1], &z) == ERR_OK)
			n++; /* a few names of the text have no file */
		else
			assert_err(zone_get(name[*line == 'L' ? 2 : 1], &z),
			    ERR_NOT_FOUND);
	}
	assert_int_equal(fclose(f), 0);
	assert_true(n > 400);
}

TEST(every_cut_of_a_zone_file_is_refused)
{
	static uint8_t b[ZONE_FILE_MAX];
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
	OWN(zone) struct zone *z = NULL;
	size_t n;

	assert_non_null(f);
	n = fread(b, 1, sizeof(b), f);
	fclose(f);
	assert_ok(zone_parse(b, n, &z));
	for (size_t i = 0; i < n; i++) {
		struct zone *cut = NULL;

		assert_err(zone_parse(b, i, &cut), ERR_CORRUPT);
		assert_null(cut);
	}
	for (size_t i = 0; i < n; i++) { /* any octet: read or refused */
		struct zone *other = NULL;

		b[i] ^= 0xff;
		if (zone_parse(b, n, &other) == ERR_OK)
			(void)zone_day_end(other, 1795608000);
		zone_free(other);
		b[i] ^= 0xff;
	}
}

TEST(rules_are_read_exactly)
{
	struct zone_rule r;

	for (const char **good = (const char *[]){"UTC0", "<+0330>-3:30",
		 "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
		 "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "AAA3BBB,J60/0,300/167",
		 NULL};
	     *good != NULL; good++)
		assert_true(zone_rule_parse(*good, &r));
	for (const char **bad = (const char *[]){"", "A1", "UTC", "<+03-3",
		 "UTC0 ", "CET-1CEST", "CET-1CEST,M3.5.0",
		 "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		 "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0/168,M10.5.0",
		 "CET-1CEST,J0,J365", "CET-1CEST,0,366", "UTC999", NULL};
	     *bad != NULL; bad++)
		assert_false(zone_rule_parse(*bad, &r));
}

static int64_t
at(const char *text)
{
	struct tm tm = {0};

	assert_non_null(strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm));
	return timegm(&tm);
}

TEST(a_day_ends_at_local_midnight_whatever_the_clock_does)
{
	static const char *const days[][3] = {
	    {"Europe/Berlin", "2026-11-25T12:00:00Z", "2026-11-25T23:00:00Z"},
	    {"Europe/Berlin", "2026-11-25T22:59:59Z", "2026-11-25T23:00:00Z"},
	    {"Europe/Berlin", "2026-11-25T23:00:00Z", "2026-11-26T23:00:00Z"},
	    /* 23 and 25 hours */
	    {"Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
	    {"Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
	    /* no midnight: clocks go from 00:00 to 01:00 */
	    {"Asia/Beirut", "2021-03-27T12:00:00Z", "2021-03-27T22:00:00Z"},
	    /* no such day: Samoa left out 30 December 2011 */
	    {"Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z"},
	    {"", "2026-11-25T12:00:00Z", "2026-11-26T00:00:00Z"},
	};

	for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++) {
		const struct zone *z;

		assert_ok(zone_get(days[i][0], &z));
		assert_int_equal(
		    zone_day_end(z, at(days[i][1])), at(days[i][2]));
	}
}

TEST(a_schedule_follows_daylight_saving)
{
	const struct zone *z;
	struct schedule s;

	assert_ok(zone_get("Europe/Berlin", &z));
	assert_ok(schedule_parse("mon-sun 06:00-22:00", &s, NULL));
	assert_true(
	    schedule_allows(&s, at("2026-03-28T05:00:00Z"), zone_offset, z));
	assert_false(
	    schedule_allows(&s, at("2026-03-29T03:59:59Z"), zone_offset, z));
	assert_true(
	    schedule_allows(&s, at("2026-03-29T04:00:00Z"), zone_offset, z));
	assert_int_equal(
	    schedule_edge(&s, at("2026-03-28T21:30:00Z"), zone_offset, z),
	    at("2026-03-29T04:00:00Z"));
}

/* --- plans and keys --- */

TEST(a_key_ends_as_its_plan_says)
{
	int64_t now = at("2026-11-25T12:00:00Z"), soon = now + 3600;
	struct plan p = {.lifetime = LIFETIME_NONE, .lifetime_days = 30};

	assert_int_equal(plan_end(&p, "Europe/Berlin", now, 0), 0);
	assert_int_equal(plan_end(&p, "Europe/Berlin", now, soon), soon);
	p.lifetime = LIFETIME_DAYS;
	assert_int_equal(plan_end(&p, "", now, 0), now + 30 * 86400);
	assert_int_equal(plan_end(&p, "", now, soon), soon);
	assert_int_equal(
	    plan_end(&p, "", now, now + 31 * 86400), now + 30 * 86400);
	p.lifetime = LIFETIME_ROLLING;
	assert_int_equal(plan_end(&p, "", now, 0), now + 30 * 86400);
	p.lifetime = LIFETIME_DATE;
	p.lifetime_at = now + 5;
	assert_int_equal(plan_end(&p, "", now, 0), now + 5);
	p.lifetime = LIFETIME_END_OF_DAY;
	assert_int_equal(
	    plan_end(&p, "Europe/Berlin", now, 0), at("2026-11-25T23:00:00Z"));
	assert_int_equal(
	    plan_end(&p, "Nowhere", now, 0), at("2026-11-26T00:00:00Z"));
	p.lifetime = LIFETIME_DEPARTURE;
	assert_int_equal(
	    plan_end(&p, "Europe/Berlin", now, now + 90000), now + 90000);
	assert_int_equal(
	    plan_end(&p, "Europe/Berlin", now, 0), at("2026-11-25T23:00:00Z"));
}

static enum things
settled(enum lifetime lifetime, int days)
{
	struct plan p;

	plan_defaults(&p);
	p.lifetime = lifetime;
	p.lifetime_days = days;
	plan_settle(&p);
	return p.things;
}

TEST(a_plan_that_says_nothing_of_things_keeps_them_when_it_is_for_long)
{
	struct plan p = {.things = THINGS_PLAN, .lifetime = LIFETIME_NONE};

	assert_int_equal(settled(LIFETIME_NONE, 0), THINGS_NEVER);
	assert_int_equal(settled(LIFETIME_DAYS, 365), THINGS_NEVER);
	assert_int_equal(settled(LIFETIME_DAYS, 90), THINGS_NEVER);
	assert_int_equal(settled(LIFETIME_DAYS, 89), THINGS_PLAN);
	assert_int_equal(settled(LIFETIME_DAYS, 7), THINGS_PLAN);
	assert_int_equal(settled(LIFETIME_ROLLING, 90), THINGS_NEVER);
	assert_int_equal(settled(LIFETIME_ROLLING, 30), THINGS_PLAN);
	/* days of a lifetime that counts none say nothing */
	assert_int_equal(settled(LIFETIME_DATE, 365), THINGS_PLAN);
	assert_int_equal(settled(LIFETIME_END_OF_DAY, 365), THINGS_PLAN);
	assert_int_equal(settled(LIFETIME_DEPARTURE, 365), THINGS_PLAN);
	plan_settle(&p); /* what is said stays */
	assert_int_equal(p.things, THINGS_PLAN);
	p = (struct plan){.things = THINGS_NEVER,
	    .lifetime = LIFETIME_DAYS,
	    .lifetime_days = 7};
	plan_settle(&p);
	assert_int_equal(p.things, THINGS_NEVER);
}

TEST(a_thing_ends_as_its_plan_says_of_things)
{
	int64_t now = at("2026-11-25T12:00:00Z"), month = now + 30 * 86400;
	struct plan p = {.lifetime = LIFETIME_DAYS, .lifetime_days = 30};

	assert_int_equal(key_end(&p, KEY_THING, "", now, 0), month);
	p.things = THINGS_NEVER;
	assert_int_equal(key_end(&p, KEY_THING, "", now, 0), 0);
	assert_int_equal(key_end(&p, KEY_THING, "", now, now + 60), now + 60);
	assert_int_equal(key_end(&p, KEY_PERSONAL, "", now, 0), month);
	assert_int_equal(key_end(&p, KEY_GUEST, "", now, 0), month);
	assert_int_equal(key_end(&p, KEY_UNIT, "", now, 0), month);
}

TEST(a_key_is_renewed_when_that_gives_it_more_time)
{
	int64_t now = at("2026-11-25T12:00:00Z"), month = now + 30 * 86400, to;
	struct plan p = {.lifetime = LIFETIME_DAYS, .lifetime_days = 30};
	struct wifi_key k = {.kind = KEY_THING, .not_after = now + 86400};

	assert_true(key_renewable(&k, &p, "", now, &to));
	assert_int_equal(to, month);
	k.not_after = month - 3600;
	assert_false(key_renewable(&k, &p, "", now, &to));
	p.things = THINGS_NEVER;
	assert_true(key_renewable(&k, &p, "", now, &to));
	assert_int_equal(to, 0);
	p.lifetime = LIFETIME_DEPARTURE;
	assert_true(key_renewable(&k, &p, "", now, &to));
	k.kind = KEY_PERSONAL;
	assert_false(key_renewable(&k, &p, "", now, &to));
	k = (struct wifi_key){.kind = KEY_THING}; /* it has no end already */
	assert_false(key_renewable(&k, &p, "", now, &to));
}

TEST(a_key_stands_as_its_state_and_times_say)
{
	struct wifi_key k = {
	    .state = KEY_ACTIVE, .not_before = 100, .not_after = 200};

	assert_int_equal(key_standing(&k, 99), KEY_IS_SCHEDULED);
	assert_int_equal(key_standing(&k, 100), KEY_IS_ACTIVE);
	assert_int_equal(key_standing(&k, 199), KEY_IS_ACTIVE);
	assert_int_equal(key_standing(&k, 200), KEY_IS_EXPIRED);
	k.state = KEY_SUSPENDED;
	assert_int_equal(key_standing(&k, 150), KEY_IS_SUSPENDED);
	k.state = KEY_REVOKED;
	assert_int_equal(key_standing(&k, 300), KEY_IS_REVOKED);
	k = (struct wifi_key){.state = KEY_ACTIVE};
	assert_int_equal(key_standing(&k, INT64_MAX), KEY_IS_ACTIVE);
}

/* --- what may be stored --- */

#define REFUSES(check, noun, start, member, value, blame)                      \
	do {                                                                   \
		struct noun refused_ = start;                                  \
		struct why w_ = {{0}, {0}};                                    \
                                                                               \
		set(refused_.member, sizeof(refused_.member), value);          \
		assert_err(check(&refused_, &w_), ERR_BAD_INPUT);              \
		assert_string_equal(w_.field, blame);                          \
		assert_true(strlen(w_.text) > 10);                             \
	} while (0)

static void
set(char *to, size_t size, const char *value)
{
	memset(to, 0, size);
	memcpy(to, value, strlen(value) < size ? strlen(value) : size);
}

static struct network
good_network(void)
{
	struct network n;

	network_defaults(&n);
	set(n.ssid, sizeof(n.ssid), "Caf\xc3\xa9 ; \"1\"");
	set(n.time_zone, sizeof(n.time_zone), "Europe/Berlin");
	return n;
}

TEST(networks_are_checked)
{
	struct network n = good_network();
	struct why w;

	assert_ok(network_check(&n, &w));
	set(n.ssid, sizeof(n.ssid), "12345678901234567890123456789012");
	assert_ok(network_check(&n, &w));
	REFUSES(network_check, network, good_network(), ssid, "", "ssid");
	REFUSES(network_check, network, good_network(), ssid,
	    "123456789012345678901234567890123", "ssid");
	REFUSES(network_check, network, good_network(), ssid, "a\nb", "ssid");
	REFUSES(network_check, network, good_network(), ssid, "\xff", "ssid");
	REFUSES(network_check, network, good_network(), name, " x", "name");
	REFUSES(network_check, network, good_network(), time_zone, "Mars/Base",
	    "time_zone");
}

static struct plan
good_plan(void)
{
	struct plan p;

	plan_defaults(&p);
	set(p.name, sizeof(p.name), "Staff");
	p.network = uid_new();
	return p;
}

static void
plan_number(
    int *at_member, struct plan *p, int least, int most, const char *blame)
{
	int was = *at_member;
	const int tried[] = {least - 1, least, most, most + 1};

	for (int i = 0; i < 4; i++) {
		int v = tried[i];
		struct why w = {{0}, {0}};
		bool ok = v >= least && v <= most;

		*at_member = v;
		assert_err(plan_check(p, &w), ok ? ERR_OK : ERR_BAD_INPUT);
		if (!ok)
			assert_string_equal(w.field, blame);
	}
	*at_member = was;
}

TEST(plans_are_checked)
{
	struct plan p = good_plan();
	struct why w;

	assert_ok(plan_check(&p, &w));
	plan_number(&p.vlan, &p, 0, VLAN_MAX, "vlan");
	plan_number(&p.devices, &p, 0, DEVICES_MAX, "devices");
	plan_number(&p.lifetime_days, &p, 1, 3650, "lifetime_days");
	REFUSES(plan_check, plan, good_plan(), name, "", "name");
	REFUSES(plan_check, plan, good_plan(), pool, "100-", "pool");
	REFUSES(plan_check, plan, good_plan(), pool, "0-5", "pool");
	REFUSES(plan_check, plan, good_plan(), pool, "200-100", "pool");
	REFUSES(plan_check, plan, good_plan(), pool, "1,,2", "pool");
	REFUSES(plan_check, plan, good_plan(), pool, "4095", "pool");
	REFUSES(plan_check, plan, good_plan(), role, "\xc3\xa9", "role");
	REFUSES(plan_check, plan, good_plan(), acl, "a\tb", "acl");
	REFUSES(plan_check, plan, good_plan(), schedule, "monday", "schedule");
	REFUSES(plan_check, plan, good_plan(), ap_groups, "a,", "ap_groups");
	REFUSES(plan_check, plan, good_plan(), ap_groups, "a, b", "ap_groups");
	REFUSES(plan_check, plan, good_plan(), quota_period, "year",
	    "quota_period");
	set(p.pool, sizeof(p.pool), "100-199,4094");
	assert_ok(plan_check(&p, &w));
	p.vlan = 5;
	assert_err(plan_check(&p, &w), ERR_BAD_INPUT);
	p = good_plan();
	p.network = UID_NONE;
	assert_err(plan_check(&p, &w), ERR_BAD_INPUT);
	p = good_plan();
	p.style_count = 3;
	assert_err(plan_check(&p, &w), ERR_BAD_INPUT);
	assert_string_equal(w.field, "style_count");
	p = good_plan();
	p.lifetime = LIFETIME_DATE;
	assert_err(plan_check(&p, &w), ERR_BAD_INPUT);
	assert_string_equal(w.field, "lifetime_at");
	p = good_plan();
	p.quota = 1;
	assert_err(plan_check(&p, &w), ERR_BAD_INPUT);
}

static struct rule
good_rule(void)
{
	struct rule r;

	rule_defaults(&r);
	set(r.value, sizeof(r.value), "staff");
	r.plan = uid_new();
	return r;
}

TEST(rules_are_checked)
{
	struct rule r = good_rule();
	struct why w;

	assert_ok(rule_check(&r, &w));
	REFUSES(rule_check, rule, good_rule(), claim, "", "claim");
	REFUSES(rule_check, rule, good_rule(), value, "", "value");
	REFUSES(rule_check, rule, good_rule(), value, "a\x01", "value");
	r.plan = UID_NONE;
	assert_err(rule_check(&r, &w), ERR_BAD_INPUT);
	r.roles = 1 << ROLE_ADMIN;
	assert_ok(rule_check(&r, &w));
	r.roles = 1 << (ROLE_ADMIN + 1);
	assert_err(rule_check(&r, &w), ERR_BAD_INPUT);
	r = good_rule();
	r.priority = -1;
	assert_err(rule_check(&r, &w), ERR_BAD_INPUT);
}

static struct access_point
good_ap(void)
{
	struct access_point a;

	ap_defaults(&a);
	set(a.name, sizeof(a.name), "Hall");
	set(a.address, sizeof(a.address), "192.0.2.0/24");
	return a;
}

TEST(access_points_are_checked)
{
	static const char *const good[] = {"192.0.2.7", "192.0.2.7/32",
	    "0.0.0.0/0", "2001:db8::/64", "2001:db8::1", "::1/128"};
	static const char *const bad[] = {"", "192.0.2.7/24", "192.0.2.0/33",
	    "192.0.2", "2001:db8::1/64", "host", "192.0.2.0/", "192.0.2.0/-1",
	    "::/129"};
	static const char *const coa[] = {"192.0.2.7", ":3799", "192.0.2.7:0",
	    "192.0.2.7:65536", "2001:db8::1:3799", "[2001:db8::1]3799", "[x]:1",
	    "a b:1"};
	struct why w;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct access_point a = good_ap();

		set(a.address, sizeof(a.address), good[i]);
		assert_ok(ap_check(&a, &w));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		REFUSES(ap_check, access_point, good_ap(), address, bad[i],
		    "address");
	for (size_t i = 0; i < sizeof(coa) / sizeof(*coa); i++)
		REFUSES(ap_check, access_point, good_ap(), coa_address, coa[i],
		    "coa_address");
	REFUSES(ap_check, access_point, good_ap(), name, "", "name");
	REFUSES(ap_check, access_point, good_ap(), dialect, "", "dialect");
	REFUSES(ap_check, access_point, good_ap(), dialect, "A", "dialect");
	REFUSES(ap_check, access_point, good_ap(), dialect, "rukus", "dialect");
	REFUSES(ap_check, access_point, good_ap(), group, "a,b", "group");
}
