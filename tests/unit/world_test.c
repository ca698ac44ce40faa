#include "tests/unit/service.h"

#include <pthread.h>

static struct house h;

/* --- loading and the feed --- */

struct seen {
	int networks, plans, aps, keys, usable, devices;
};

static enum err
on_network(void *ctx, const struct network *n)
{
	((struct seen *)ctx)->networks += n->ssid[0] != '\0';
	return ERR_OK;
}

static enum err
on_plan(void *ctx, const struct plan *p)
{
	((struct seen *)ctx)->plans += p->vlan == 20;
	return ERR_OK;
}

static enum err
on_ap(void *ctx, const struct world_ap *a)
{
	((struct seen *)ctx)->aps += a->secret.len == 19;
	return ERR_OK;
}

static enum err
on_key(void *ctx, const struct world_key *k)
{
	((struct seen *)ctx)->keys += k->pmk.len == 32;
	((struct seen *)ctx)->usable += k->usable;
	return ERR_OK;
}

static enum err
on_device(void *ctx, const struct device *d)
{
	((struct seen *)ctx)->devices += d->mac.b[0] == 2;
	return ERR_OK;
}

static struct seen
load(int64_t *position)
{
	struct seen s = {0};
	struct world_visitor v = {.ctx = &s,
	    .network = on_network,
	    .plan = on_plan,
	    .ap = on_ap,
	    .key = on_key,
	    .device = on_device};

	assert_ok(world_load(&h.system, &v, position));
	return s;
}

TEST(world_is_one_picture_with_secrets_for_the_system_only)
{
	static const struct world_visitor nothing;
	struct world_key k;
	struct key_view v;
	struct seen s;
	struct call c;
	int64_t at;

	house_make(&h);
	v = house_key(&h, &h.ada);
	(void)house_key(&h, &h.ada);
	assert_ok(keys_revoke(&h.root, &v.key.id, ""));
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	s = load(&at);
	assert_int_equal(s.networks, 1);
	assert_int_equal(s.plans, 1);
	assert_int_equal(s.aps, 1);
	assert_int_equal(s.keys, 2);
	assert_int_equal(s.usable, 1);
	assert_int_equal(s.devices, 1);
	c = house_call(&h, &h.ada, 1 << ROLE_ADMIN);
	assert_err(world_load(&c, &nothing, &at), ERR_FORBIDDEN);
	assert_err(world_key_get(&c, &v.key.id, &k), ERR_FORBIDDEN);
	house_end(&h);
}

/* S-02 */
/* What is told of many at once, and of each: the same. */
struct agreed {
	size_t keys, devices; /* announced */
	size_t seen, usable, vlans;
};

static enum err
on_many(void *ctx, size_t keys, size_t devices)
{
	struct agreed *a = ctx;

	assert_int_equal(a->seen, 0);
	a->keys = keys;
	a->devices = devices;
	return ERR_OK;
}

static enum err
on_either(void *ctx, const struct world_key *k)
{
	struct agreed *a = ctx;
	struct world_key one;

	assert_ok(world_key_get(&h.system, &k->key.id, &one));
	assert_int_equal(one.usable, k->usable);
	assert_int_equal(one.vlan, k->vlan);
	assert_string_equal(one.person, k->person);
	a->seen++;
	a->usable += k->usable;
	a->vlans += k->vlan != 0;
	return ERR_OK;
}

/* Of people and units that are active or not, alone and both at once. */
TEST(world_of_all_keys_says_of_each_what_it_says_of_one)
{
	struct agreed a = {0};
	const struct world_visitor v = {
	    .ctx = &a, .many = on_many, .key = on_either};
	struct key_view key;
	int64_t at;

	house_make(&h);
	for (int i = 0; i < 6; i++)
		assert_ok(keys_issue(&h.root,
		    &(struct key_order){.person = i % 2 ? h.ada.id : h.bob.id,
			.network = h.net.id,
			.plan = h.plan.id,
			.name = ""},
		    &key));
	house_join(&h, &key.key.id, "02-aa-00-00-00-01", "s1");
	house_sql(&h, "INSERT INTO unit(id, name, vlan, state, state_reason,"
		      " created, version) SELECT '7n0000000000000000000000' ||"
		      " n, 'Flat ' || n, 40 + n, CASE WHEN n = 11 THEN 'active'"
		      " ELSE 'suspended' END, '', 0, 1 FROM (SELECT 11 AS n"
		      " UNION SELECT 12) v");
	house_sql(&h, "UPDATE person SET state = 'suspended' WHERE id ="
		      " (SELECT min(person) FROM wifi_key)");
	/* of each two: one of a unit as well, the other of a unit only */
	house_sql(&h, "UPDATE wifi_key SET unit = '7n000000000000000000000012'"
		      " WHERE id IN (SELECT min(id) FROM wifi_key"
		      " GROUP BY person)");
	house_sql(&h, "UPDATE wifi_key SET unit ="
		      " '7n00000000000000000000001' || (CASE WHEN person ="
		      " (SELECT min(person) FROM wifi_key) THEN 1 ELSE 2 END),"
		      " person = NULL WHERE id IN (SELECT max(id)"
		      " FROM wifi_key GROUP BY person)");
	assert_ok(world_load(&h.system, &v, &at));
	assert_int_equal(a.keys, 6);
	assert_int_equal(a.devices, 1);
	assert_int_equal(a.seen, 6);
	/* two of a person who is active, one of a unit that is */
	assert_int_equal(a.usable, 3);
	assert_int_equal(a.vlans, 4);
	house_end(&h);
}

TEST(world_a_moved_sealed_value_is_not_served)
{
	struct key_view a, b;
	struct world_key k;
	struct seen s;
	char sql[256];
	int64_t at;

	house_make(&h);
	a = house_key(&h, &h.ada);
	b = house_key(&h, &h.ada);
	(void)snprintf(sql, sizeof(sql),
	    "UPDATE wifi_key SET pmk=(SELECT pmk FROM wifi_key WHERE id='%s')"
	    " WHERE id='%s'",
	    a.key.id.s, b.key.id.s);
	house_sql(&h, sql);
	s = load(&at);
	assert_int_equal(s.keys, 1);
	assert_err(world_key_get(&h.system, &b.key.id, &k), ERR_CORRUPT);
	assert_int_equal(k.passphrase.len, 0);
	assert_ok(world_key_get(&h.system, &a.key.id, &k));
	house_end(&h);
}

TEST(world_feed_names_every_change_in_order_and_moves_its_pulse)
{
	int64_t at, before, after;
	struct change *ch;
	struct key_view v;
	size_t n;

	house_make(&h);
	(void)load(&at);
	assert_ok(feed_pulse(&h.system, &before));
	v = house_key(&h, &h.ada);
	assert_ok(feed_pulse(&h.system, &after));
	assert_true(after != before);
	assert_ok(keys_revoke(&h.root, &v.key.id, ""));
	assert_ok(feed_read(&h.system, at, 10, &ch, &n));
	assert_int_equal(n, 2);
	assert_int_equal(ch[0].seq, at + 1);
	assert_int_equal(ch[0].noun, NOUN_KEY);
	assert_true(uid_same(&ch[1].id, &v.key.id));
	assert_ok(feed_read(&h.system, at + 2, 10, &ch, &n));
	assert_int_equal(n, 0);
	house_end(&h);
}

TEST(world_feed_that_is_too_old_or_of_another_store_starts_over)
{
	struct change *ch;
	char sql[96];
	int64_t at;
	size_t n;

	house_make(&h);
	(void)load(&at);
	assert_err(feed_read(&h.system, at + 1, 9, &ch, &n), ERR_NOT_FOUND);
	(void)snprintf(sql, sizeof(sql), "DELETE FROM change WHERE seq <= 3");
	house_sql(&h, sql);
	assert_err(feed_read(&h.system, 2, 9, &ch, &n), ERR_NOT_FOUND);
	assert_ok(feed_read(&h.system, 3, 99, &ch, &n));
	assert_int_equal(n, at - 3);
	house_end(&h);
}

TEST(world_mark_is_of_this_store_and_its_past_only)
{
	struct world_mark none = {.audit = 0}, was, now, other;
	struct person p = {.name = "Later"};
	bool same = true;

	house_make(&h);
	assert_ok(world_same(&h.system, &none, &same));
	assert_false(same);
	assert_ok(world_mark(&h.system, &was));
	assert_ok(people_add(&h.root, &p));
	assert_ok(world_mark(&h.system, &now));
	assert_int_equal(now.audit, was.audit + 1);
	assert_ok(world_same(&h.system, &was, &same));
	assert_true(same);
	assert_ok(world_same(&h.system, &now, &same));
	assert_true(same);
	other = now;
	other.hash[31] ^= 1;
	assert_ok(world_same(&h.system, &other, &same));
	assert_false(same);
	other = now;
	other.audit++; /* from its future */
	assert_ok(world_same(&h.system, &other, &same));
	assert_false(same);
	house_end(&h);
}

TEST(world_pulse_moves_for_another_connection)
{
	struct store *st;
	struct person p;
	struct why why;
	struct call c;
	int64_t before, after;

	house_make(&h);
	assert_ok(store_service_open(&h.conf, h.ring, false, &st, &why));
	c = h.system;
	c.store = st;
	assert_ok(feed_pulse(&c, &before));
	p = (struct person){.name = "Zoe"};
	assert_ok(people_add(&h.root, &p));
	after = before;
	for (int ms = 0; ms < 250 && after == before; ms++, usleep(1000))
		assert_ok(feed_pulse(&c, &after));
	assert_true(after != before);
	before = after;
	assert_ok(feed_pulse(&c, &after));
	if (!where_pgsql()) /* which looks once a second for good measure */
		assert_int_equal(after, before);
	store_service_close(st);
	house_end(&h);
}

/* --- what was seen --- */

TEST(world_seen_binds_rebinds_and_gives_way_at_the_cap)
{
	struct key_view a, b;
	struct device *d;
	size_t n;

	house_make(&h);
	h.plan.devices = 2;
	assert_ok(plan_set(&h.root, &h.plan));
	a = house_key(&h, &h.ada);
	b = house_key(&h, &h.ada);
	house_join(&h, &a.key.id, "02-aa-00-00-00-01", "s1");
	h.system.now = NOON + 10;
	house_join(&h, &a.key.id, "02-aa-00-00-00-02", "s2");
	h.system.now = NOON + 20;
	house_join(&h, &a.key.id, "02-aa-00-00-00-03", "s3");
	assert_ok(devices_of_key(&h.root, &a.key.id, &d, &n));
	assert_int_equal(n, 2);
	assert_int_equal(d[0].mac.b[5], 3);
	assert_int_equal(d[1].mac.b[5], 2);
	/* the same device with another key belongs to that */
	house_join(&h, &b.key.id, "02-aa-00-00-00-03", "s4");
	assert_ok(devices_of_key(&h.root, &a.key.id, &d, &n));
	assert_int_equal(n, 1);
	assert_ok(devices_of_key(&h.root, &b.key.id, &d, &n));
	assert_int_equal(n, 1);
	assert_ok(keys_get(&h.root, &b.key.id, &b));
	assert_int_equal(b.key.first_used, NOON + 20);
	assert_true(b.in_use);
	house_end(&h);
}

TEST(world_seen_gives_way_at_the_number_of_the_password_itself)
{
	struct key_order o = {.name = "Printer", .devices_max = 1};
	struct key_view v;
	struct device *d;
	struct call ada;
	size_t n;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	o.person = h.ada.id;
	o.network = h.net.id;
	o.plan = h.plan.id;
	o.kind = KEY_THING;
	o.devices_max = h.plan.devices + 1; /* the plan is its bound */
	assert_err(keys_issue(&ada, &o, &v), ERR_BAD_INPUT);
	o.devices_max = 1;
	assert_ok(keys_issue(&ada, &o, &v));
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	h.system.now = NOON + 10;
	house_join(&h, &v.key.id, "02-aa-00-00-00-02", "s2");
	assert_ok(devices_of_key(&h.root, &v.key.id, &d, &n));
	assert_int_equal(n, 1);
	assert_int_equal(d[0].mac.b[5], 2);
	house_end(&h);
}

TEST(devices_are_registered_once_renamed_blocked_and_removed)
{
	struct device d, other;
	struct key_view a, b;
	struct call ada, bob;
	struct device *list;
	const bool yes = true;
	size_t n;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	a = house_key(&h, &h.ada);
	assert_ok(keys_issue(&h.root,
	    &(struct key_order){.person = h.bob.id, .plan = h.plan.id}, &b));
	assert_ok(device_register(
	    &ada, &a.key.id, "02:AA:00:00:00:01", " Telly ", &d));
	assert_string_equal(d.name, "Telly");
	assert_err(
	    device_register(&ada, &a.key.id, "02aa00000001", "Telly", &other),
	    ERR_EXISTS);
	assert_err(
	    device_register(&bob, &b.key.id, "02aa00000001", "Mine", &other),
	    ERR_BAD_INPUT);
	assert_err(device_register(&bob, &b.key.id, "garbage", "x", &other),
	    ERR_BAD_INPUT);
	assert_err(device_register(&bob, &a.key.id, "02aa00000002", "x", &d),
	    ERR_NOT_FOUND);
	assert_ok(device_register(&ada, &a.key.id, "02aa00000002", "", &d));
	assert_err(device_rename(&bob, &d.id, "x"), ERR_NOT_FOUND);
	assert_ok(device_rename(&ada, &d.id, "Radio"));
	assert_err(device_set_blocked(&ada, &d.id, true), ERR_FORBIDDEN);
	assert_ok(device_set_blocked(&h.root, &d.id, true));
	assert_err(device_remove(&ada, &d.id), ERR_FORBIDDEN);
	assert_err(device_change(&h.root, &d.id, "Horn", &yes), ERR_BAD_STATE);
	assert_ok(devices_of_key(&h.root, &a.key.id, &list, &n));
	for (size_t i = 0; i < n; i++)
		assert_string_not_equal(list[i].name, "Horn");
	assert_ok(device_set_blocked(&h.root, &d.id, false));
	assert_ok(device_change(&h.root, &d.id, "Horn", &yes));
	assert_ok(device_set_blocked(&h.root, &d.id, false));
	assert_ok(device_remove(&ada, &d.id));
	assert_err(device_remove(&ada, &d.id), ERR_NOT_FOUND);
	house_end(&h);
}

TEST(devices_registered_stop_at_the_cap)
{
	struct key_view v;
	struct device d;
	char mac[16];

	house_make(&h);
	v = house_key(&h, &h.ada);
	for (int i = 0; i < 5; i++) {
		(void)snprintf(mac, sizeof(mac), "02aa0000000%d", i);
		assert_ok(device_register(&h.root, &v.key.id, mac, "", &d));
	}
	assert_err(device_register(&h.root, &v.key.id, "02aa00000009", "", &d),
	    ERR_LIMIT);
	house_end(&h);
}

/* --- accounting --- */

static struct visit_report
report(enum visit_event event, int64_t at, int64_t octets)
{
	return (struct visit_report){.event = event,
	    .ap = h.ap.id,
	    .network = h.net.id,
	    .nas = "ap1",
	    .session = "s1",
	    .mac = house_mac("02-aa-00-00-00-01"),
	    .at = NOON - 1000 + at,
	    .octets_in = octets,
	    .octets_out = 2 * octets,
	    .stop_cause = event == VISIT_STOP ? 1 : 0};
}

static struct visit
the_visit(const struct uid *key)
{
	struct visit *v;
	size_t n;

	assert_ok(visits_of_key(&h.root, key, 10, &v, &n));
	assert_int_equal(n, 1);
	return v[0];
}

static void
permute(struct visit_report *r, size_t k, size_t n, const struct visit *want,
    const struct uid *key)
{
	if (k == n) {
		struct visit v;

		house_sql(&h, "DELETE FROM visit; DELETE FROM restart;"
			      "UPDATE device SET octets_in=0, octets_out=0");
		for (size_t i = 0; i < n; i++) {
			assert_ok(world_visits(&h.system, &r[i], 1));
			assert_ok(world_visits(&h.system, &r[i], 1));
		}
		v = the_visit(key);
		v.id = want->id;
		assert_memory_equal(&v, want, sizeof(v));
		arena_reset(h.arena);
		return;
	}
	for (size_t i = k; i < n; i++) {
		struct visit_report t = r[k];

		r[k] = r[i];
		r[i] = t;
		permute(r, k + 1, n, want, key);
		t = r[k];
		r[k] = r[i];
		r[i] = t;
	}
}

TEST(visits_are_the_same_in_every_order_and_repeated)
{
	struct visit_report r[5];
	struct visit want = {0};
	struct key_view v;
	struct device *d;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "other");
	house_sql(&h, "DELETE FROM visit");
	r[0] = report(VISIT_START, 10, 0);
	r[1] = report(VISIT_INTERIM, 20, 500);
	r[2] = report(VISIT_INTERIM, 30, 9000);
	r[3] = report(VISIT_STOP, 40, 10000);
	r[4] = report(VISIT_AP_ON, 5, 0);
	want.ap = h.ap.id;
	want.key = v.key.id;
	want.mac = r[0].mac;
	(void)snprintf(want.session, sizeof(want.session), "s1");
	want.start = NOON - 990;
	want.last = want.stop = NOON - 960;
	want.octets_in = 10000;
	want.octets_out = 20000;
	want.stop_cause = 1;
	permute(r, 0, 5, &want, &v.key.id);
	assert_ok(devices_of_key(&h.root, &v.key.id, &d, &n));
	assert_int_equal(d[0].octets_in, 10000);
	/* without its Stop, a restart later ends it */
	r[3] = report(VISIT_AP_ON, 35, 0);
	want.last = NOON - 970;
	want.stop = NOON - 965;
	want.stop_cause = 11;
	want.octets_in = 9000;
	want.octets_out = 18000;
	permute(r, 0, 4, &want, &v.key.id);
	house_end(&h);
}

/* A device may join in the second in which its access point has come up: taken
 * for one from before, it would not be sent away when its password ends. */
TEST(visits_in_the_second_of_a_restart_go_by_what_was_heard_first)
{
	struct visit_report on, start;
	struct key_view v;

	house_make(&h);
	on = report(VISIT_AP_ON, 10, 0);
	start = report(VISIT_START, 10, 0);
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "other");
	for (int started = 0; started < 2; started++) {
		house_sql(&h, "DELETE FROM visit; DELETE FROM restart");
		assert_ok(world_visits(&h.system, started ? &start : &on, 1));
		assert_ok(world_visits(&h.system, started ? &on : &start, 1));
		for (int again = 0; again < 2; again++) {
			assert_int_equal(the_visit(&v.key.id).stop,
			    started ? NOON - 990 : 0);
			assert_ok(world_visits(&h.system, &start, 1));
		}
	}
	house_end(&h);
}

TEST(visits_of_unknown_access_points_and_keys_are_dropped_quietly)
{
	struct visit_report r;
	struct uid nobody = uid_new();
	struct key_view v;
	struct visit *list;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	r = report(VISIT_START, 1, 0);
	r.ap = nobody;
	r.key = v.key.id;
	assert_ok(world_visits(&h.system, &r, 1));
	r = report(VISIT_START, 1, 0);
	r.key = nobody;
	assert_ok(world_visits(&h.system, &r, 1));
	assert_ok(visits_of_key(&h.root, &v.key.id, 9, &list, &n));
	assert_int_equal(n, 0);
	house_end(&h);
}

/* What is written together is of many devices: one whose row cannot be read
 * costs the others nothing. */
TEST(visits_of_a_damaged_device_do_not_stop_those_of_others)
{
	struct seen_device s[2] = {{.at = NOON}, {.at = NOON}};
	struct visit_report r[2];
	struct key_view bad, good;
	struct device *d;
	size_t n;

	house_make(&h);
	bad = house_key(&h, &h.ada);
	good = house_key(&h, &h.ada);
	house_join(&h, &bad.key.id, "02aa00000001", "s0");
	house_sql(&h, "UPDATE device SET origin = 'found'");
	r[0] = r[1] = report(VISIT_START, 1, 0);
	r[1].mac = s[1].mac = house_mac("02aa00000002");
	r[1].key = s[1].key = good.key.id;
	s[0].mac = r[0].mac;
	s[0].key = bad.key.id;
	s[0].network = s[1].network = h.net.id;
	s[0].ap = s[1].ap = h.ap.id;
	assert_ok(world_visits(&h.system, r, 2));
	assert_int_equal(the_visit(&good.key.id).mac.b[5], 2);
	assert_ok(world_seen(&h.system, s, 2));
	assert_ok(devices_of_key(&h.root, &good.key.id, &d, &n));
	assert_int_equal(n, 1);
	house_end(&h);
}

TEST(visits_from_the_future_count_as_now)
{
	struct visit_report r;
	struct key_view v;

	house_make(&h);
	v = house_key(&h, &h.ada);
	r = report(VISIT_START, 0, 0);
	r.key = v.key.id;
	r.at = NOON + 1000000;
	assert_ok(world_visits(&h.system, &r, 1));
	assert_int_equal(the_visit(&v.key.id).start, NOON);
	house_end(&h);
}

/* RFC 5176 3: what the access point called them is what it will look for. */
TEST(visits_link_by_user_name_and_lend_their_names_to_a_disconnect)
{
	struct disconnect *d;
	struct visit_report r;
	struct key_view v;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	r = report(VISIT_START, 0, 0);
	snprintf(r.user, sizeof(r.user), "%s", h.ada.id.s);
	snprintf(r.nas_id, sizeof(r.nas_id), "f09fc2000010");
	snprintf(r.nas_ip, sizeof(r.nas_ip), "192.0.2.7");
	snprintf(r.called, sizeof(r.called), "02-00-00-00-00-10:Hall 1");
	assert_ok(world_visits(&h.system, &r, 1));
	assert_int_equal(the_visit(&v.key.id).stop, 0);
	assert_ok(keys_revoke(&h.root, &v.key.id, "test"));
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 1);
	assert_string_equal(d[0].user, h.ada.id.s);
	assert_string_equal(d[0].nas_id, "f09fc2000010");
	assert_string_equal(d[0].nas_ip, "192.0.2.7");
	assert_string_equal(d[0].called, "02-00-00-00-00-10:Hall 1");
	house_end(&h);
}

TEST(visits_of_a_person_with_two_keys_are_not_guessed)
{
	struct visit_report r;
	struct visit *list;
	struct key_view v;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	(void)house_key(&h, &h.ada);
	r = report(VISIT_START, 0, 0);
	snprintf(r.user, sizeof(r.user), "%s", h.ada.id.s);
	assert_ok(world_visits(&h.system, &r, 1));
	assert_ok(visits_of_key(&h.root, &v.key.id, 9, &list, &n));
	assert_int_equal(n, 0);
	house_end(&h);
}

/* The third device of two is let in, and the one longest idle has to go. */
TEST(devices_longest_idle_is_taken_off_the_air)
{
	struct disconnect *d;
	struct key_view v;
	size_t n;

	house_make(&h);
	h.plan.devices = 2;
	assert_ok(plan_set(&h.root, &h.plan));
	v = house_key(&h, &h.ada);
	for (int i = 1; i <= 3; i++) {
		char mac[MAC_TEXT], session[8];

		snprintf(mac, sizeof(mac), "02-aa-00-00-00-0%d", i);
		snprintf(session, sizeof(session), "s%d", i);
		h.system.now = NOON + i;
		house_join(&h, &v.key.id, mac, session);
	}
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 1);
	assert_int_equal(d[0].mac.b[5], 1);
	house_end(&h);
}

/* --- two connections --- */

struct racer {
	pthread_t thread;
	int issued, refused;
};

static void *
race(void *arg)
{
	OWN(arena) struct arena *a = arena_new(16 << 20);
	struct racer *me = arg;
	struct key_order o = {.person = h.ada.id, .kind = KEY_THING};
	struct store *st;
	struct key_view v;
	struct why why;
	struct call c;

	if (store_service_open(&h.conf, h.ring, false, &st, &why) != ERR_OK)
		return NULL;
	c = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	c.store = st;
	c.arena = a;
	for (int i = 0; i < KEYS_PER_PERSON; i++) {
		enum err e = keys_issue(&c, &o, &v);

		me->issued += e == ERR_OK;
		me->refused += e == ERR_LIMIT;
	}
	store_service_close(st);
	return NULL;
}

TEST(world_two_writers_together_keep_the_limit_and_the_chain)
{
	struct racer r[3] = {0};
	int64_t bad, last;
	char head[65];
	int issued = 0, refused = 0;

	house_make(&h);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(r[i].thread, NULL), 0);
		issued += r[i].issued;
		refused += r[i].refused;
	}
	assert_int_equal(issued, KEYS_PER_PERSON);
	assert_int_equal(refused, 2 * KEYS_PER_PERSON);
	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &last, head));
	assert_int_equal(bad, 0);
	house_end(&h);
}
