/* A device that no visit tells of is asked for where it was let in last. */
#include "tests/unit/service.h"

#include "core/service/disconnects.h"

static struct house h;

/* Let in at NOON, by the access point of the house, with key V. */
static void
let_in(const struct key_view *v)
{
	struct seen_device s = {.network = h.net.id,
	    .key = v->key.id,
	    .mac = house_mac("02-aa-00-00-00-01"),
	    .ap = h.ap.id,
	    .at = NOON,
	    .session = "a1",
	    .nas_id = "f09fc2000010",
	    .nas_ip = "192.0.2.7",
	    .called = "02-00-00-00-00-10:Hall 1"};

	assert_ok(world_seen(&h.system, &s, 1));
}

static size_t
asked(struct disconnect **d)
{
	size_t n;

	assert_ok(disconnects_due(&h.system, 9, d, &n));
	return n;
}

/* RFC 5176 3: there is no visit to tell where it is, but the question was
 * asked somewhere. */
TEST(devices_without_accounting_are_asked_for_where_they_joined)
{
	struct disconnect *d, last;
	struct key_view v;
	struct call by;

	house_make(&h);
	v = house_key(&h, &h.ada);
	let_in(&v);
	h.system.now = h.root.now = NOON + 3600;
	assert_ok(
	    people_set_state(&h.root, &h.ada.id, PERSON_SUSPENDED, "test"));
	assert_int_equal(asked(&d), 1);
	assert_string_equal(d[0].ap.s, h.ap.id.s);
	assert_string_equal(d[0].key.s, v.key.id.s);
	assert_string_equal(d[0].session, "a1");
	assert_string_equal(d[0].nas_id, "f09fc2000010");
	assert_string_equal(d[0].nas_ip, "192.0.2.7");
	assert_string_equal(d[0].called, "02-00-00-00-00-10:Hall 1");
	assert_int_equal(d[0].mac.b[5], 1);
	/* one that waits is enough; one that was answered is no promise that
	 * it has not come back */
	assert_ok(keys_revoke(&h.root, &v.key.id, "test"));
	assert_int_equal(asked(&d), 1);
	assert_ok(
	    disconnects_result(&h.system, &d[0].id, DISCONNECT_ACK, 0, 0));
	assert_int_equal(asked(&d), 0);
	assert_ok(disconnects_of_key(&h.root, &v.key.id, 9, &d, &(size_t){0}));
	assert_string_equal(d[0].answer, "ack");
	assert_int_equal(d[0].gone, 0);
	/* of the access point, for all who look after it and nobody else */
	assert_ok(disconnects_of_ap(&h.root, &h.ap.id, &last));
	assert_true(uid_same(&last.id, &d[0].id));
	by = house_call(&h, &h.bob, 1 << ROLE_OPERATOR);
	assert_ok(disconnects_of_ap(&by, &h.ap.id, &last));
	by = house_call(&h, &h.bob, 1 << ROLE_DESK);
	assert_err(disconnects_of_ap(&by, &h.ap.id, &last), ERR_FORBIDDEN);
	house_end(&h);
}

/* The last but one is tried again, the last is not (B-8). */
TEST(devices_that_do_not_answer_are_given_up_after_so_many_tries)
{
	struct disconnect *d;
	struct key_view v;
	struct uid id;

	house_make(&h);
	v = house_key(&h, &h.ada);
	let_in(&v);
	h.system.now = h.root.now = NOON + 60;
	assert_ok(keys_revoke(&h.root, &v.key.id, "test"));
	for (int i = 1; i <= DISCONNECTS_TRIES; i++) {
		assert_int_equal(asked(&d), 1);
		id = d[0].id;
		assert_ok(disconnects_result(
		    &h.system, &id, DISCONNECT_TIMEOUT, 0, h.system.now));
	}
	assert_int_equal(asked(&d), 0);
	assert_ok(disconnects_of_key(&h.root, &v.key.id, 9, &d, &(size_t){0}));
	assert_int_equal(d[0].tries, DISCONNECTS_TRIES);
	house_end(&h);
}

/* A site that is dark has many that are due, and due first: those elsewhere do
 * not wait for it. */
TEST(devices_at_a_dead_access_point_hold_up_no_others)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct access_point dark, attic;
	struct key_view v, w;
	struct disconnect *d;
	size_t n, there = 0;

	house_make(&h);
	v = house_key(&h, &h.ada);
	w = house_key(&h, &h.ada);
	dark = attic = h.ap;
	for (int i = 0; i < DISCONNECTS_DUE_MAX; i++) {
		char mac[20];

		(void)snprintf(mac, sizeof(mac), "02bb%08x", (unsigned)i);
		house_join(&h, &v.key.id, mac, mac);
	}
	assert_ok(keys_revoke(&h.root, &v.key.id, "test"));
	h.root.now = h.system.now += 10;
	attic.id = UID_NONE;
	text_copy(attic.name, sizeof(attic.name), "attic");
	text_copy(attic.address, sizeof(attic.address), "192.0.3.0/24");
	assert_ok(secret_set(&s, "k3Jx-90pq-Zz7w-Lm2b", 19));
	assert_ok(ap_add(&h.root, &attic, &s));
	h.ap = attic;
	house_join(&h, &w.key.id, "02aa00000001", "s1");
	assert_ok(keys_revoke(&h.root, &w.key.id, "test"));
	assert_ok(disconnects_due(&h.system, DISCONNECTS_DUE_MAX, &d, &n));
	for (size_t i = 0; i < n; i++)
		there += uid_same(&d[i].ap, &attic.id);
	assert_int_equal(there, 1);
	assert_int_equal(n, DISCONNECTS_DUE_EACH + 1);
	assert_true(uid_same(&d[0].ap, &dark.id)); /* the first is the first */
	house_end(&h);
}

TEST(devices_without_accounting_outlive_their_row_in_the_outbox)
{
	struct disconnect *d;
	struct device *list;
	struct key_view v;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	let_in(&v);
	assert_ok(devices_of_key(&h.root, &v.key.id, &list, &n));
	assert_ok(device_remove(&h.root, &list[0].id));
	assert_int_equal(asked(&d), 1);
	assert_string_equal(d[0].nas_ip, "192.0.2.7");
	house_end(&h);
}

/* One second before it, at it, and one after it (B-8). */
TEST(devices_let_in_long_ago_are_not_looked_for)
{
	for (int i = -1; i <= 1; i++) {
		struct disconnect *d;
		struct key_view v;

		house_make(&h);
		v = house_key(&h, &h.ada);
		let_in(&v);
		h.system.now = h.root.now = NOON + DISCONNECTS_JOINED + i;
		assert_ok(keys_revoke(&h.root, &v.key.id, "test"));
		assert_int_equal(asked(&d), i <= 0);
		house_end(&h);
	}
}

static void
second_ap(struct access_point *out)
{
	struct secret s;

	*out = h.ap;
	(void)snprintf(out->name, sizeof(out->name), "yard");
	(void)snprintf(out->address, sizeof(out->address), "198.51.100.1");
	assert_ok(secret_set(&s, "k3Jx-90pq-Zz7w-Lm2b", 19));
	assert_ok(ap_add(&h.root, out, &s));
}

static void
heard(
    enum visit_event event, int64_t at, bool elsewhere, bool there, bool visit)
{
	struct visit_report r = {.event = event,
	    .nas = "ap1",
	    .session = "s1",
	    .called = "02-00-00-00-00-10:Hall 1",
	    .at = NOON + at};
	struct access_point other;
	struct disconnect *d;
	struct key_view v;
	size_t n, mine = 0;

	house_make(&h);
	v = house_key(&h, &h.ada);
	second_ap(&other);
	let_in(&v);
	h.system.now = h.root.now = NOON + 60;
	r.ap = elsewhere ? other.id : h.ap.id;
	r.network = h.net.id;
	r.key = v.key.id;
	r.mac = house_mac("02-aa-00-00-00-01");
	assert_ok(world_visits(&h.system, &r, 1));
	assert_ok(keys_revoke(&h.root, &v.key.id, "test"));
	n = asked(&d);
	for (size_t i = 0; i < n; i++)
		mine += strcmp(d[i].session, "a1") == 0;
	assert_int_equal(mine, there);
	assert_int_equal(n, there + visit);
	house_end(&h);
}

/* What accounting said after it joined, and what it is asked for then. */
TEST(devices_are_where_their_last_visit_says)
{
	static const struct {
		enum visit_event event;
		int at;
		bool elsewhere, there, visit;
	} all[] = {
	    {VISIT_STOP, 10, false, false, false},  /* it left */
	    {VISIT_STOP, -10, false, true, false},  /* and came back */
	    {VISIT_STOP, 10, true, true, false},    /* it came from there */
	    {VISIT_START, 10, false, false, true},  /* its visit */
	    {VISIT_START, -10, false, false, true}, /* by a slow clock */
	    {VISIT_START, 10, true, false, true},   /* it went there */
	    {VISIT_START, -10, true, true, true},   /* a Stop was lost */
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		heard(all[i].event, all[i].at, all[i].elsewhere, all[i].there,
		    all[i].visit);
}
