#include "tests/unit/service.h"

#include "core/service/export.h"
#include "core/service/insight.h"
#include "core/service/rules.h"

static struct house h;

TEST(insight_reach_counts_devices_places_and_data_of_a_week)
{
	struct insight_reach r;
	struct insight_plan p;
	struct insight_house all;
	struct insight_top *top;
	struct visit_report v;
	struct key_view k;
	size_t n;

	house_make(&h);
	k = house_key(&h, &h.ada);
	house_join(&h, &k.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &k.key.id, "02-aa-00-00-00-02", "s2");
	v = (struct visit_report){.event = VISIT_STOP,
	    .ap = h.ap.id,
	    .key = k.key.id,
	    .network = h.net.id,
	    .nas = "ap1",
	    .session = "s1",
	    .mac = house_mac("02-aa-00-00-00-01"),
	    .at = NOON,
	    .octets_in = 5,
	    .octets_out = 7};
	assert_ok(world_visits(&h.system, &v, 1));
	assert_ok(insight_reach(&h.root, &k.key.id, &r));
	assert_int_equal(r.devices, 2);
	assert_int_equal(r.seen, 2);
	assert_int_equal(r.aps, 1);
	assert_int_equal(r.visits, 2);
	assert_int_equal(r.open, 1);
	assert_int_equal(r.octets_in + r.octets_out, 12);
	assert_ok(insight_plan(&h.root, &h.plan.id, &p));
	assert_int_equal(p.keys, 1);
	assert_int_equal(p.people, 1);
	assert_int_equal(p.devices, 2);
	assert_int_equal(p.open, 1);
	assert_ok(insight_house(&h.root, &all));
	assert_int_equal(all.devices_week, 2);
	assert_int_equal(all.on_air, 1);
	assert_int_equal(all.keys_active, 1);
	assert_ok(insight_top(&h.root, &top, &n));
	assert_int_equal(n, 1);
	assert_int_equal(top[0].octets, 12);
	h.root.now = NOON + INSIGHT_WEEK + 1;
	assert_ok(insight_reach(&h.root, &k.key.id, &r));
	assert_int_equal(r.visits, 0);
	house_end(&h);
}

TEST(insight_start_tells_what_is_missing_for_a_first_device)
{
	struct insight_start s;
	struct rule *all = NULL;
	size_t n = 0;
	struct call c;
	struct rule rule = {.priority = 1,
	    .claim = "groups",
	    .value = "desk",
	    .roles = 1 << ROLE_DESK};

	house_make(&h);
	assert_ok(insight_start(&h.root, &s));
	assert_true(s.network && s.plan && s.ap);
	assert_true(s.rule);
	assert_false(s.key);
	assert_ok(rule_list(&h.root, &all, &n));
	for (size_t i = 0; i < n; i++)
		assert_ok(rule_remove(&h.root, &all[i].id));
	assert_ok(rule_add(&h.root, &rule));
	assert_ok(insight_start(&h.root, &s));
	assert_false(s.rule); /* it gives roles, no plan */
	rule = (struct rule){.priority = 2,
	    .claim = "groups",
	    .value = "staff",
	    .plan = h.plan.id};
	assert_ok(rule_add(&h.root, &rule));
	(void)house_key(&h, &h.ada);
	assert_ok(insight_start(&h.root, &s));
	assert_true(s.rule && s.key);
	c = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	assert_int_equal(insight_start(&c, &s), ERR_FORBIDDEN);
	house_end(&h);
}

static size_t
unused(void)
{
	struct insight_house all;

	assert_ok(insight_house(&h.root, &all));
	assert_int_equal(all.keys_active, 2);
	return all.unused;
}

/* To the second, though an index holds but the day. */
TEST(insight_tells_what_nobody_used_in_thirty_days)
{
	const int64_t month = INT64_C(30) * 86400;
	struct key_view k;

	house_make(&h);
	k = house_key(&h, &h.ada);
	(void)house_key(&h, &h.ada); /* never used */
	assert_int_equal(unused(), 0);
	house_join(&h, &k.key.id, "02-aa-00-00-00-01", "s1");
	h.root.now = NOON + month;
	assert_int_equal(unused(), 0);
	h.root.now = NOON + month + 1;
	assert_int_equal(unused(), 2);
	h.root.now = NOON + month + 2 * 86400;
	assert_int_equal(unused(), 2);
	h.system.now = NOON + 10;
	house_join(&h, &k.key.id, "02-aa-00-00-00-01", "s2");
	h.root.now = NOON + month + 10;
	assert_int_equal(unused(), 1);
	h.root.now = NOON + month + 11;
	assert_int_equal(unused(), 2);
	h.system.now = NOON + 86400;
	house_join(&h, &k.key.id, "02-aa-00-00-00-01", "s3");
	assert_int_equal(unused(), 1);
	house_end(&h);
}

TEST(insight_move_shows_who_still_uses_the_old_password_and_closes_it)
{
	struct insight_move m;
	struct key_view old, fresh;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	old = house_key(&h, &h.ada);
	assert_err(insight_move(&ada, &old.key.id, &m), ERR_NOT_FOUND);
	house_join(&h, &old.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &old.key.id, "02-aa-00-00-00-02", "s2");
	assert_ok(keys_rotate(&ada, &old.key.id, 86400, &fresh));
	house_join(&h, &fresh.key.id, "02-aa-00-00-00-01", "s3");
	assert_ok(insight_move(&ada, &fresh.key.id, &m));
	assert_int_equal(m.nwaiting, 1);
	assert_int_equal(m.nmoved, 1);
	assert_int_equal(m.ends, NOON + 86400);
	assert_ok(keys_get(&ada, &old.key.id, &old));
	assert_int_equal(old.standing, KEY_IS_ACTIVE);
	house_join(&h, &fresh.key.id, "02-aa-00-00-00-02", "s4");
	assert_ok(keys_get(&ada, &old.key.id, &old));
	assert_int_equal(old.standing, KEY_IS_REVOKED);
	assert_ok(insight_move(&ada, &old.key.id, &m));
	assert_int_equal(m.nwaiting, 0);
	assert_int_equal(m.nmoved, 2);
	house_end(&h);
}

TEST(rules_try_as_explains_every_rule)
{
	struct rule r = {.priority = 20,
	    .claim = "email",
	    .value = "x@example.org",
	    .roles = 1 << ROLE_DESK};
	struct rules_verdict v;
	struct call bob;

	house_make(&h);
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	assert_ok(rule_add(&h.root, &r));
	assert_err(rules_try(&bob, "{}", "groups", &v), ERR_FORBIDDEN);
	assert_err(rules_try(&h.root, "[]", "groups", &v), ERR_BAD_INPUT);
	assert_err(rules_try(&h.root, "{\"a\":", "groups", &v), ERR_BAD_INPUT);
	assert_ok(rules_try(&h.root,
	    "{\"groups\":[\"staff\",7],\"email\":\"x@example.org\"}", "groups",
	    &v));
	assert_int_equal(v.nsteps, 2);
	assert_true(v.steps[0].holds);
	assert_false(v.steps[1].holds); /* not verified */
	assert_int_equal(v.nplans, 1);
	assert_int_equal(v.roles, 0);
	assert_ok(rules_try(&h.root,
	    "{\"email\":\"x@example.org\",\"email_verified\":true}", "groups",
	    &v));
	assert_false(v.groups_known);
	assert_int_equal(v.roles, 1 << ROLE_DESK);
	assert_int_equal(v.nplans, 0);
	assert_ok(rules_try_person(&h.root, &h.ada.id, &v));
	assert_int_equal(v.nplans, 1);
	house_end(&h);
}

TEST(export_holds_what_is_good_now_and_is_audited)
{
	OWN(buf) struct buf out = BUF(1 << 20);
	struct audit_row *row;
	struct key_view a, b;
	struct call c;
	size_t n, rows;

	house_make(&h);
	a = house_key(&h, &h.ada);
	b = house_key(&h, &h.ada);
	assert_ok(keys_suspend(&h.root, &b.key.id, ""));
	c = house_call(&h, &h.ada, 1 << ROLE_OPERATOR);
	assert_err(export_keys(&c, &h.net.id, "", EXPORT_PSK_FILE, &out, &n),
	    ERR_FORBIDDEN);
	assert_ok(
	    export_keys(&h.root, &h.net.id, "", EXPORT_PSK_FILE, &out, &n));
	assert_int_equal(n, 1);
	assert_non_null(strstr(buf_str(&out), a.key.id.s));
	assert_null(strstr(buf_str(&out), b.key.id.s));
	assert_non_null(strstr(buf_str(&out), " vlanid=20 00:00:00:00:00:00 "));
	assert_int_equal(out.len, 6 + 26 + 1 + 10 + 18 + 64 + 1);
	assert_ok(audit_list(&h.root, "key.export", NULL, 0, 9, &row, &rows));
	assert_int_equal(rows, 1);
	house_end(&h);
}

/* A file fits that ends where its room does, and one octet less of it is too
 * little; nothing is written down of one that was not given (B-8). */
TEST(export_ends_where_its_room_does)
{
	OWN(buf) struct buf out = BUF(EXPORT_MAX);
	struct audit_row *row;
	size_t n, rows, len;

	house_make(&h);
	(void)house_key(&h, &h.ada);
	assert_ok(
	    export_keys(&h.root, &h.net.id, "", EXPORT_PSK_FILE, &out, &n));
	len = out.len;
	for (int i = -1; i <= 1; i++) {
		size_t before = EXPORT_MAX - 1 - len + (size_t)(i + 1);

		buf_clear(&out);
		while (out.len < before)
			buf_char(&out, 'x');
		assert_int_equal(export_keys(&h.root, &h.net.id, "",
				     EXPORT_PSK_FILE, &out, &n),
		    i > 0 ? ERR_TOO_BIG : ERR_OK);
		assert_int_equal(out.len, i > 0 ? 0 : EXPORT_MAX + i);
	}
	assert_ok(audit_list(&h.root, "key.export", NULL, 0, 9, &row, &rows));
	assert_int_equal(rows, 3);
	house_end(&h);
}

/* N more keys, each of a person of its own. */
static void
many(size_t n, size_t *serial)
{
	struct key_import *all = calloc(n, sizeof(*all));
	struct person *who = calloc(n, sizeof(*who));

	assert_non_null(all);
	assert_non_null(who);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(
		    who[i].name, sizeof(who[i].name), "Guest %zu", ++*serial);
		all[i] = (struct key_import){
		    .owner = &who[i], .order = {.plan = h.plan.id, .name = ""}};
	}
	assert_ok(keys_import(&h.root, all, n, false));
	free(all);
	free(who);
}

TEST(export_holds_five_thousand_and_not_one_more)
{
	OWN(buf) struct buf out = BUF(EXPORT_MAX);
	size_t n, serial = 0;

	house_make(&h);
	while (serial < 4000)
		many(KEYS_IMPORT_MAX, &serial);
	many(EXPORT_KEYS_MAX - 4000 - 1, &serial);
	for (int form = EXPORT_PSK_FILE; form <= EXPORT_CSV; form++) {
		buf_clear(&out);
		assert_ok(export_keys(
		    &h.root, &h.net.id, "", (enum export_form)form, &out, &n));
		assert_int_equal(n, EXPORT_KEYS_MAX - 1);
	}
	many(1, &serial);
	buf_clear(&out);
	assert_ok(
	    export_keys(&h.root, &h.net.id, "", EXPORT_PSK_FILE, &out, &n));
	assert_int_equal(n, EXPORT_KEYS_MAX);
	many(1, &serial);
	assert_err(
	    export_keys(&h.root, &h.net.id, "", EXPORT_PSK_FILE, &out, &n),
	    ERR_LIMIT);
	assert_int_equal(out.len, 0);
	house_end(&h);
}

/* A visit of one of a few devices, some hours or days long, within nine days
 * up to NOW and an hour ahead; whose days it is on is noted. */
static void
odd_visit(int n, int64_t now, bool on[][INSIGHT_DAYS])
{
	int who = n * 7 % 9;
	int64_t last = now + 3600 - n * INT64_C(48611) % (9 * 86400);
	int64_t start = last - n * INT64_C(20011) % (2 * 86400);

	house_sql(&h, arena_printf(h.arena,
			  "INSERT INTO visit(id, session, mac, \"start\","
			  " \"last\", stop, octets_in, octets_out,"
			  " stop_cause, nas, reported) VALUES ('v%d', '%d',"
			  " '02-aa-00-00-01-%02d', %lld, %lld, 1, 0, 0, 0, '',"
			  " 0)",
			  n, n, who, (long long)start, (long long)last));
	for (int d = 0; d < INSIGHT_DAYS; d++)
		on[who][d] |=
		    last > now - (INSIGHT_DAYS - d) * INT64_C(86400) &&
		    start <= now - (INSIGHT_DAYS - 1 - d) * INT64_C(86400);
}

TEST(insight_days_are_those_that_a_visit_reaches_into)
{
	bool on[9][INSIGHT_DAYS] = {{false}};
	const int64_t now = NOON + 30 * INT64_C(86400);
	size_t days[INSIGHT_DAYS];

	house_make(&h);
	h.root.now = now;
	for (int n = 1; n <= 24; n++) {
		odd_visit(n, now, on);
		assert_ok(insight_days(&h.root, days));
		for (int d = 0; d < INSIGHT_DAYS; d++) {
			size_t want = 0;

			for (int i = 0; i < 9; i++)
				want += on[i][d];
			assert_int_equal(days[d], want);
		}
	}
	house_end(&h);
}

TEST(insight_counts_standings_days_and_how_far_a_reader_is_behind)
{
	struct insight_keys k;
	struct key_view one, two;
	size_t days[INSIGHT_DAYS];
	int64_t behind, since, newest;

	house_make(&h);
	one = house_key(&h, &h.ada);
	assert_ok(insight_keys(&h.root, &k));
	assert_int_equal(k.n[KEY_IS_ACTIVE], 1);
	assert_ok(keys_suspend(&h.root, &one.key.id, "lost"));
	assert_ok(insight_keys(&h.root, &k));
	assert_int_equal(k.n[KEY_IS_SUSPENDED], 1);
	assert_int_equal(k.n[KEY_IS_ACTIVE], 0);
	assert_ok(keys_restore(&h.root, &one.key.id));
	two = house_key(&h, &h.ada);
	assert_ok(keys_revoke(&h.root, &two.key.id, "gone"));
	h.root.now = NOON + 3 * 365 * INT64_C(86400);
	assert_ok(insight_keys(&h.root, &k));
	assert_int_equal(k.n[KEY_IS_EXPIRED], 1);
	assert_int_equal(k.n[KEY_IS_REVOKED], 1);
	/* on the air from NOON on: two devices, one of which twice */
	h.root.now = NOON + 1;
	house_join(&h, &one.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &one.key.id, "02-aa-00-00-00-02", "s2");
	house_join(&h, &one.key.id, "02-aa-00-00-00-02", "s3");
	assert_ok(insight_days(&h.root, days));
	assert_int_equal(days[INSIGHT_DAYS - 1], 2);
	assert_int_equal(days[INSIGHT_DAYS - 2], 0);
	h.root.now = NOON + 2 * 86400 + 1;
	assert_ok(insight_days(&h.root, days));
	assert_int_equal(days[INSIGHT_DAYS - 3], 2);
	assert_int_equal(days[INSIGHT_DAYS - 1], 0);
	assert_ok(insight_feed(&h.root, 0, &newest, &since));
	assert_true(newest > 3);
	assert_ok(insight_feed(&h.root, newest, &behind, &since));
	assert_int_equal(behind, 0);
	assert_int_equal(since, 0);
	assert_ok(insight_feed(&h.root, newest - 2, &behind, &since));
	assert_int_equal(behind, 2);
	assert_true(since > 0);
	house_end(&h);
}
