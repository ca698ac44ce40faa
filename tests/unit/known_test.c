/* What the responder knows, as it comes and goes: rows that are odd, late or
 * gone, and the order keys are searched in. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "core/base/text.h"
#include "radius/serve/known_in.h"

static struct epoch *epoch;
static struct known *k;
static struct network hall, yard;
static struct plan plan;

static void
make(void)
{
	epoch = epoch_new();
	k = known_new(epoch);
	hall = (struct network){
	    .id = uid_new(), .ssid = "Hall", .time_zone = "UTC"};
	yard = (struct network){
	    .id = uid_new(), .ssid = "Yard", .time_zone = "UTC"};
	plan = (struct plan){.id = uid_new(), .network = hall.id};
	(void)match_start();
	assert_ok(known_put_network(k, &hall));
	assert_ok(known_put_plan(k, &plan));
}

static void
end(void)
{
	known_free(k);
	epoch_free(epoch);
}

static struct uid
key(const struct network *n, uint8_t number, int64_t created, bool used,
    bool usable)
{
	struct key_data d = {.network = n->id,
	    .plan = plan.id,
	    .created = created,
	    .used = used,
	    .usable = usable,
	    .pmk = {number}};
	struct uid id = uid_new();

	assert_ok(known_put_key_data(k, &id, &d));
	return id;
}

static struct device
device(const struct network *n, const struct uid *its_key, uint8_t number)
{
	return (struct device){.id = uid_new(),
	    .network = n->id,
	    .key = *its_key,
	    .mac = {{2, 0, 0, 0, 0, number}}};
}

static struct world_ap
point(const char *name, const char *address, const char *tls)
{
	struct world_ap w = {.ap = {.id = uid_new()}};

	text_copy(w.ap.name, sizeof(w.ap.name), name);
	text_copy(w.ap.address, sizeof(w.ap.address), address);
	text_copy(w.ap.tls, sizeof(w.ap.tls), tls);
	text_copy(w.ap.dialect, sizeof(w.ap.dialect), "generic");
	assert_ok(secret_set(&w.secret, "a-secret-of-16-characters", 25));
	return w;
}

static const char *
at(const char *ip)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_storage s = {0};
	const struct known_ap *a;

	assert_int_equal(inet_pton(AF_INET, ip, &in.sin_addr), 1);
	memcpy(&s, &in, sizeof(in));
	a = known_ap(k, &s);
	return a == NULL ? "" : a->ap.name;
}

/* --- networks and plans --- */

TEST(known_a_request_that_names_no_network_is_for_the_only_one)
{
	struct known *empty;

	make();
	empty = known_new(epoch);
	assert_null(known_network(empty, NULL, 0));
	assert_null(known_network(empty, (const uint8_t *)"Hall", 4));
	assert_int_equal(known_counts(empty).networks, 0);
	known_free(empty);
	known_free(NULL);
	assert_non_null(known_network(k, NULL, 0));
	assert_ok(known_put_network(k, &yard));
	assert_null(known_network(k, NULL, 0));
	assert_non_null(known_network(k, (const uint8_t *)"Yard", 4));
	assert_null(known_network(k, (const uint8_t *)"Yarn", 4));
	assert_null(known_network(k, (const uint8_t *)"Yar", 3));
	known_drop(k, NOUN_NETWORK, &hall.id);
	assert_null(known_network(k, (const uint8_t *)"Hall", 4));
	assert_non_null(known_network(k, NULL, 0));
	known_drop(k, NOUN_NETWORK, &hall.id); /* once more is nothing */
	assert_int_equal(known_counts(k).networks, 1);
	end();
}

TEST(known_a_network_that_is_renamed_keeps_keys_and_devices)
{
	struct uid id;
	struct device d;

	make();
	id = key(&hall, 1, 5, false, true);
	assert_ok(known_settle(k));
	d = device(&hall, &id, 1);
	assert_ok(known_put_device(k, &d));
	text_copy(hall.ssid, sizeof(hall.ssid), "Foyer");
	text_copy(hall.time_zone, sizeof(hall.time_zone), "No/Such");
	assert_ok(known_put_network(k, &hall)); /* its zone is not known */
	assert_null(known_network(k, (const uint8_t *)"Hall", 4));
	assert_int_equal(
	    known_network(k, (const uint8_t *)"Foyer", 5)->base == NULL &&
		known_network(k, (const uint8_t *)"Foyer", 5)->fresh == NULL,
	    false);
	assert_non_null(known_device(k, &hall.id, &d.mac));
	assert_null(known_device(k, &yard.id, &d.mac));
	end();
}

/* A schedule that nobody can read lets nobody in. */
TEST(known_a_plan_whose_hours_cannot_be_read_has_none)
{
	const struct known_plan *p;
	struct join j = {.key_state = KEY_ACTIVE,
	    .person_state = PERSON_ACTIVE,
	    .offset = zone_offset,
	    .now = 1795608000};

	make();
	assert_null(known_plan(k, &yard.id));
	text_copy(plan.schedule, sizeof(plan.schedule), "when the sun shines");
	assert_ok(known_put_plan(k, &plan));
	p = known_plan(k, &plan.id);
	assert_true(p->scheduled);
	assert_ok(zone_get("UTC", (const struct zone **)&j.zone));
	j.schedule = &p->schedule;
	assert_int_equal(policy_decide(&j), VERDICT_OUT_OF_HOURS);
	known_drop(k, NOUN_PLAN, &plan.id);
	assert_null(known_plan(k, &plan.id));
	end();
}

/* --- access points --- */

TEST(known_one_bad_access_point_stops_nobody_else)
{
	struct world_ap good, bad;

	make();
	assert_string_equal(at("192.0.2.1"), ""); /* none yet */
	good = point("good", "192.0.2.0/24", "");
	bad = point("bad", "198.51.100.0/24", "");
	assert_ok(known_put_ap(k, &good));
	assert_ok(known_put_ap(k, &bad));
	assert_ok(known_settle(k));
	assert_string_equal(at("192.0.2.1"), "good");
	assert_string_equal(at("198.51.100.1"), "bad");
	text_copy(bad.ap.address, sizeof(bad.ap.address), "198.51.100.1/24");
	assert_ok(known_put_ap(k, &bad));
	assert_string_equal(at("198.51.100.1"), ""); /* not as it was, either */
	assert_string_equal(at("192.0.2.1"), "good");
	text_copy(bad.ap.address, sizeof(bad.ap.address), "198.51.100.0/24");
	text_copy(bad.ap.tls, sizeof(bad.ap.tls), "no such name!");
	assert_ok(known_put_ap(k, &bad));
	bad.ap.tls[0] = '\0';
	bad.secret.len = 0;
	assert_ok(known_put_ap(k, &bad));
	assert_int_equal(known_counts(k).aps, 1);
	/* a dialect nobody speaks is spoken to in the common one */
	text_copy(good.ap.dialect, sizeof(good.ap.dialect), "klingon");
	assert_ok(known_put_ap(k, &good));
	assert_string_equal(
	    known_ap_by_id(k, &good.ap.id)->maker->word, "generic");
	known_drop(k, NOUN_AP, &good.ap.id);
	known_drop(k, NOUN_AP, &good.ap.id);
	assert_string_equal(at("192.0.2.1"), "");
	assert_null(known_ap_by_id(k, &good.ap.id));
	end();
}

TEST(known_what_an_access_point_was_seen_to_do_outlives_a_change_of_it)
{
	struct world_ap w;
	struct known_ap *a;

	make();
	w = point("hall", "192.0.2.0/24", "");
	w.ap.ma = MA_AUTO;
	assert_ok(known_put_ap(k, &w));
	a = known_ap_by_id(k, &w.ap.id);
	atomic_store(&a->signs, true);
	atomic_store(&a->did[AP_HEARD], 77);
	assert_ok(known_put_ap(k, &w));
	a = known_ap_by_id(k, &w.ap.id);
	assert_true(a->signs);
	assert_int_equal(a->did[AP_HEARD], 77);
	w.ap.ma = MA_ALLOW; /* somebody decided anew */
	assert_ok(known_put_ap(k, &w));
	a = known_ap_by_id(k, &w.ap.id);
	assert_false(a->signs);
	assert_int_equal(a->did[AP_HEARD], 77);
	end();
}

TEST(known_of_several_with_one_name_the_same_is_found_each_time)
{
	struct world_ap one, two, three;
	const char *least;

	make();
	one = point("one", "", "hall.example");
	two = point("two", "", "hall.example");
	three = point("three", "", "psk");
	assert_ok(known_put_ap(k, &one));
	assert_ok(known_put_ap(k, &two));
	assert_ok(known_put_ap(k, &three));
	least = strcmp(one.ap.id.s, two.ap.id.s) < 0 ? "one" : "two";
	assert_string_equal(
	    known_ap_by_tls(k, AP_TLS_NAME, "hall.example")->ap.name, least);
	assert_null(known_ap_by_tls(k, AP_TLS_NAME, "hall.exampl"));
	assert_null(known_ap_by_tls(k, AP_TLS_HASH, "hall.example"));
	/* without an address nobody comes from there */
	assert_ok(known_settle(k));
	assert_string_equal(at("0.0.0.0"), "");
	end();
}

/* --- keys --- */

/* Never used before used, new before old, dead ones last. */
TEST(known_keys_are_searched_in_the_order_they_are_likely)
{
	enum { N = KNOWN_FRESH_MAX + 1 };
	const struct known_network *n;
	struct uid dead, old, used, fresh;
	size_t last;

	make();
	assert_ok(known_put_network(k, &yard));
	dead = key(&hall, 1, 900, false, false);
	used = key(&hall, 2, 800, true, true);
	old = key(&hall, 3, 100, false, true);
	fresh = key(&hall, 4, 500, false, true);
	for (int i = 0; i < N - 4; i++)
		(void)key(&hall, 5, 300, false, true);
	(void)key(&yard, 6, 999, false, true);
	assert_ok(known_settle(k));
	n = known_network(k, (const uint8_t *)"Hall", 4);
	assert_null(n->fresh); /* so many are one index at once */
	assert_int_equal(n->base->n, N);
	last = N - 1;
	assert_true(uid_same(&n->base->key[0]->id, &fresh));
	assert_true(uid_same(&n->base->key[last]->id, &dead));
	assert_true(uid_same(&n->base->key[last - 1]->id, &used));
	assert_true(uid_same(&n->base->key[last - 2]->id, &old));
	n = known_network(k, (const uint8_t *)"Yard", 4);
	assert_int_equal(n->fresh->n, 1);
	/* one more is searched first, apart from the others */
	fresh = key(&hall, 7, 50, false, true);
	assert_ok(known_settle(k));
	n = known_network(k, (const uint8_t *)"Hall", 4);
	assert_int_equal(n->fresh->n, 1);
	assert_true(uid_same(&n->fresh->key[0]->id, &fresh));
	assert_int_equal(known_counts(k).slots, N + 2);
	end();
}

TEST(known_a_key_that_moves_is_searched_where_it_is)
{
	struct key_data d = {.usable = true};
	struct uid id;

	make();
	assert_ok(known_put_network(k, &yard));
	id = key(&hall, 9, 5, false, true);
	(void)key(&hall, 10, 5, false, true);
	assert_ok(known_settle(k));
	d.network = yard.id;
	d.plan = plan.id;
	d.pmk[0] = 9;
	assert_ok(known_put_key_data(k, &id, &d));
	assert_ok(known_settle(k));
	assert_int_equal(
	    known_network(k, (const uint8_t *)"Yard", 4)->fresh->n, 1);
	(void)key(&hall, 11, 5, false, true); /* made anew without it */
	assert_ok(known_settle(k));
	assert_int_equal(
	    known_network(k, (const uint8_t *)"Hall", 4)->fresh->n, 2);
	end();
}

TEST(known_a_key_that_cannot_be_is_refused)
{
	struct world_key w = {.usable = true};

	make();
	w.key.id = uid_new();
	w.key.network = hall.id;
	w.pmk.len = 31;
	assert_err(known_put_key(k, &w), ERR_CORRUPT);
	w.pmk.len = 32;
	w.passphrase.len = 65;
	assert_err(known_put_key(k, &w), ERR_CORRUPT);
	assert_null(known_key(k, &w.key.id));
	w.passphrase.len = 64;
	assert_ok(known_put_key(k, &w));
	assert_int_equal(
	    known_key_data(known_key(k, &w.key.id))->passphrase_len, 64);
	known_drop(k, NOUN_KEY, &hall.id); /* one nobody has */
	assert_int_equal(known_counts(k).keys, 1);
	end();
}

/* --- devices --- */

/* A device got another address: a new telephone in its place. */
TEST(known_a_device_is_where_its_row_says_and_nowhere_else)
{
	struct device d, was;
	struct uid id;

	make();
	assert_ok(known_put_network(k, &yard));
	id = key(&hall, 1, 5, false, true);
	d = was = device(&hall, &id, 1);
	assert_ok(known_put_device(k, &d));
	d.mac.b[5] = 2;
	assert_ok(known_put_device(k, &d));
	assert_null(known_device(k, &hall.id, &was.mac));
	assert_non_null(known_device(k, &hall.id, &d.mac));
	d.network = yard.id;
	assert_ok(known_put_device(k, &d));
	assert_null(known_device(k, &hall.id, &d.mac));
	assert_non_null(known_device(k, &yard.id, &d.mac));
	assert_int_equal(known_key(k, &id)->devices, 1);
	d.network = uid_new(); /* of a network that is gone */
	assert_ok(known_put_device(k, &d));
	assert_null(known_device(k, &d.network, &d.mac));
	known_drop(k, NOUN_DEVICE, &d.id);
	known_drop(k, NOUN_DEVICE, &d.id);
	assert_null(known_device(k, &yard.id, &d.mac));
	assert_int_equal(known_counts(k).devices, 0);
	assert_int_equal(known_key(k, &id)->devices, 0);
	end();
}

/* Seen here before the store told of it, and then told of by it. */
TEST(known_a_device_seen_here_becomes_the_one_of_the_store)
{
	struct known_device *now;
	struct device d;
	struct uid id;

	make();
	id = key(&hall, 1, 5, false, true);
	d = device(&hall, &id, 1);
	assert_err(known_bind(k, &yard.id, &d.mac, &id, 50), ERR_NOT_FOUND);
	assert_ok(known_bind(k, &hall.id, &d.mac, &id, 50));
	now = known_device(k, &hall.id, &d.mac);
	assert_true(uid_is_none(&now->id));
	now->site = 9;
	known_drop(k, NOUN_DEVICE, &d.id); /* not known by that name yet */
	assert_non_null(known_device(k, &hall.id, &d.mac));
	d.last_seen = 40; /* written before */
	d.blocked = true;
	assert_ok(known_put_device(k, &d));
	now = known_device(k, &hall.id, &d.mac);
	assert_true(uid_same(&now->id, &d.id));
	assert_true(now->blocked);
	assert_int_equal(now->last_seen, 50);
	assert_int_equal(now->site, 9);
	assert_int_equal(known_counts(k).devices, 1);
	/* proven again: what the store said of it stays */
	assert_ok(known_bind(k, &hall.id, &d.mac, &id, 60));
	now = known_device(k, &hall.id, &d.mac);
	assert_true(now->blocked);
	assert_true(uid_same(&now->id, &d.id));
	assert_int_equal(now->last_seen, 60);
	end();
}
