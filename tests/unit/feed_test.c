/* What the store says reaches the responder by its feed: each kind of change,
 * what is gone, a history that is cut, and a store that is away. */
#include "tests/unit/responder.h"

#include "core/service/act.h"
#include "core/service/life.h"
#include "radius/serve/feed.h"
#include "radius/serve/known_in.h"

static struct house h;
static struct state *st;
static struct feed *feed;
static char path[96];
static struct epoch_reader *me;

static void
make(void)
{
	house_make(&h);
	(void)snprintf(path, sizeof(path), "%s/snapshot", h.dir);
	h.conf.radius.snapshot = path;
	h.conf.radius.feed_poll = 2;
	(void)match_start();
	st = responder_state(&h);
	assert_non_null(me = epoch_join(st->epoch));
	known_free(st->known);
	assert_non_null(feed = feed_start(st)); /* has its own */
}

static void
rest(void)
{
	atomic_store(&st->stop, true);
	feed_stop(feed);
	feed_stop(NULL);
}

static void
end(void)
{
	rest();
	state_free(st);
	(void)unlink(path);
	house_end(&h);
}

/* Waits until what IS asks is so. */
static void
comes(bool (*is)(const struct known *k), const char *what)
{
	const struct timespec moment = {.tv_nsec = 3000000};
	bool yes = false;

	for (int i = 0; !yes && i < 10000; i++) {
		epoch_enter(me);
		yes = is(state_known(st));
		epoch_leave(me);
		if (!yes)
			(void)nanosleep(&moment, NULL);
	}
	if (!yes)
		fail_msg("%s", what);
}

static struct key_view v;
static struct mac mac = {{2, 0xaa, 0, 0, 0, 1}};

static const struct known_device *
device(const struct known *k)
{
	return known_device(k, &h.net.id, &mac);
}

static const struct key_data *
data(const struct known *k)
{
	const struct known_key *key = known_key(k, &v.key.id);

	return key == NULL ? NULL : known_key_data(key);
}

static bool
has_key(const struct known *k)
{
	const struct key_data *d = data(k);

	return d != NULL && d->usable;
}

static bool
has_dead_key(const struct known *k)
{
	const struct key_data *d = data(k);

	return d != NULL && !d->usable;
}

static bool
has_no_key(const struct known *k)
{
	return data(k) == NULL;
}

static bool
has_device(const struct known *k)
{
	return device(k) != NULL && known_key_of(device(k)) != NULL;
}

static bool
has_blocked(const struct known *k)
{
	return device(k) != NULL && device(k)->blocked;
}

static bool
has_no_device(const struct known *k)
{
	return device(k) == NULL;
}

static bool
has_moved(const struct known *k)
{
	const struct known_network *n = known_network(k, NULL, 0);

	return n != NULL && strcmp(n->network.time_zone, "Asia/Tokyo") == 0;
}

static bool
has_vlan(const struct known *k)
{
	const struct known_plan *p = known_plan(k, &h.plan.id);

	return p != NULL && p->plan.vlan == 77;
}

static bool
has_ap(const struct known *k)
{
	const struct known_ap *a = known_ap_by_id(k, &h.ap.id);

	return a != NULL && strcmp(a->ap.dialect, "cisco") == 0;
}

static bool
has_no_ap(const struct known *k)
{
	return known_counts(k).networks == 1 &&
	       known_ap_by_id(k, &h.ap.id) == NULL;
}

static bool
has_other_plan(const struct known *k)
{
	return known_counts(k).plans == 2;
}

static bool
has_one_plan(const struct known *k)
{
	return known_counts(k).plans == 1;
}

static void
joined(void)
{
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02aa00000001", "s1");
}

TEST(feed_every_change_arrives)
{
	struct plan other;
	struct device *d;
	size_t n;

	make();
	joined();
	comes(has_key, "a new key");
	comes(has_device, "a device");
	assert_ok(devices_of_key(&h.root, &v.key.id, &d, &n));
	assert_ok(device_set_blocked(&h.root, &d[0].id, true));
	comes(has_blocked, "a device that is blocked");
	assert_ok(device_remove(&h.root, &d[0].id));
	comes(has_no_device, "a device that is gone");
	text_copy(h.net.time_zone, sizeof(h.net.time_zone), "Asia/Tokyo");
	assert_ok(network_set(&h.root, &h.net));
	comes(has_moved, "a network");
	h.plan.vlan = 77;
	assert_ok(plan_set(&h.root, &h.plan));
	comes(has_vlan, "a plan");
	other = h.plan;
	other.id = UID_NONE;
	text_copy(other.name, sizeof(other.name), "Other");
	assert_ok(plan_add(&h.root, &other));
	comes(has_other_plan, "another plan");
	assert_ok(plan_remove(&h.root, &other.id));
	comes(has_one_plan, "a plan that is gone");
	text_copy(h.ap.dialect, sizeof(h.ap.dialect), "cisco");
	assert_ok(ap_set(&h.root, &h.ap, NULL));
	comes(has_ap, "an access point");
	assert_ok(ap_remove(&h.root, &h.ap.id));
	comes(has_no_ap, "an access point that is gone");
	end();
}

TEST(feed_a_person_who_may_not_takes_all_keys_along)
{
	make();
	joined();
	comes(has_key, "a new key");
	assert_ok(
	    people_set_state(&h.root, &h.ada.id, PERSON_SUSPENDED, "test"));
	comes(has_dead_key, "a key of somebody suspended");
	assert_ok(people_set_state(&h.root, &h.ada.id, PERSON_ACTIVE, "test"));
	comes(has_key, "a key of somebody restored");
	assert_ok(keys_revoke(&h.root, &v.key.id, "test"));
	comes(has_dead_key, "a revoked key");
	end();
}

/* A key that nobody could read is as good as gone. */
TEST(feed_a_key_that_cannot_be_opened_is_forgotten)
{
	make();
	joined();
	comes(has_device, "a device");
	house_sql(&h, "UPDATE wifi_key SET passphrase = pmk, pmk = passphrase");
	assert_ok(keys_suspend(&h.root, &v.key.id, "test"));
	comes(has_no_key, "a key that is damaged");
	end();
}

static void
changed(enum noun noun, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;

	assert_ok(act_begin(&h.system, &tx));
	assert_ok(act_announce(&h.system, noun, id));
	assert_ok(act_end(&h.system, &tx));
}

/* So is any other row; and it does not keep back what was changed after it. */
TEST(feed_a_row_that_cannot_be_read_stops_nobody)
{
	static const char *const sql[] = {
	    "UPDATE access_point SET generation = generation + 1",
	    "UPDATE device SET origin = 'found'",
	    "UPDATE plan SET cap_rule = 'perhaps'",
	    "UPDATE network SET security = 'some'",
	};
	struct device *d;
	size_t n;

	make();
	joined();
	comes(has_device, "a device");
	assert_ok(devices_of_key(&h.root, &v.key.id, &d, &n));
	for (size_t i = 0; i < sizeof(sql) / sizeof(*sql); i++)
		house_sql(&h, sql[i]);
	changed(NOUN_AP, &h.ap.id);
	changed(NOUN_DEVICE, &d[0].id);
	changed(NOUN_PLAN, &h.plan.id);
	changed(NOUN_NETWORK, &h.net.id);
	house_sql(&h, "DELETE FROM wifi_key");
	changed(NOUN_KEY, &v.key.id);
	comes(has_no_key, "a key that is gone");
	assert_true(has_no_device(state_known(st)));
	assert_null(known_ap_by_id(state_known(st), &h.ap.id));
	assert_int_equal(known_counts(state_known(st)).plans, 0);
	assert_int_equal(known_counts(state_known(st)).networks, 0);
	end();
}

/* Forgotten, as the last of many that were over, and good again. */
TEST(feed_a_key_that_is_good_again_brings_its_devices)
{
	struct known *k;

	make();
	joined();
	comes(has_device, "a device");
	k = state_known(st);
	known_lock(k);
	known_drop(k, NOUN_KEY, &v.key.id);
	known_drop_device(k, (struct known_device *)(uintptr_t)device(k));
	known_unlock(k);
	assert_ok(keys_suspend(&h.root, &v.key.id, "test"));
	assert_ok(keys_restore(&h.root, &v.key.id));
	comes(has_key, "the key");
	comes(has_device, "its device");
	end();
}

/* It was away for longer than the history is kept: all is read anew. */
TEST(feed_a_history_that_is_cut_is_no_history)
{
	struct known *was;

	make();
	joined();
	comes(has_key, "a new key");
	was = state_known(st);
	rest();
	joined();
	joined();
	house_sql(&h, "DELETE FROM change WHERE seq < "
		      "(SELECT MAX(seq) FROM change)");
	atomic_store(&st->stop, false);
	known_free(was);
	assert_non_null(feed = feed_start(st));
	comes(has_key, "the keys");
	assert_true(atomic_load(&st->snapshot_used));
	end();
}

static const struct known *was_known;

static bool
is_read_anew(const struct known *k)
{
	return k != was_known;
}

/* All is read again; that it signs what it sends is known nowhere else. */
TEST(feed_what_an_access_point_was_seen_to_do_outlives_a_load)
{
	struct known_ap *a;

	make();
	joined();
	comes(has_key, "a new key");
	was_known = state_known(st);
	a = known_ap_by_id(was_known, &h.ap.id);
	atomic_store(&a->signs, true);
	known_ap_did(a, AP_HEARD, 77);
	changed(NOUN_STORE, &h.net.id);
	comes(is_read_anew, "a load");
	a = known_ap_by_id(state_known(st), &h.ap.id);
	assert_true(atomic_load(&a->signs));
	assert_int_equal(a->did[AP_HEARD], 77);
	end();
}

/* What was learnt is there at the next start, without a store. */
TEST(feed_begins_from_its_snapshot_when_the_store_is_away)
{
	char away[128];

	if (where_pgsql())
		return;
	make();
	joined();
	comes(has_device, "a device");
	rest();
	(void)snprintf(away, sizeof(away), "%s.away", h.at.path);
	assert_int_equal(rename(h.at.path, away), 0);
	known_free(state_known(st));
	atomic_store(&st->stop, false);
	assert_non_null(feed = feed_start(st));
	assert_true(atomic_load(&st->snapshot_used));
	assert_true(has_device(state_known(st)));
	assert_int_equal(rename(away, h.at.path), 0);
	joined(); /* and goes on where it was */
	comes(has_key, "a key of after that");
	end();
}
