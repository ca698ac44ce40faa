#include "tests/unit/service.h"

#include "core/service/devices.h"

/* Pages of all devices, as staff sees them. */
static struct house h;
static struct key_view phone, tablet;

enum { MANY = 3 };

static void
open_house(void)
{
	house_make(&h);
	phone = house_key(&h, &h.ada);
	assert_ok(keys_issue(&h.root,
	    &(struct key_order){
		.person = h.bob.id, .plan = h.plan.id, .name = "Tablet"},
	    &tablet));
	house_join(&h, &phone.key.id, "02-aa-00-00-00-01", "s1");
	h.system.now++;
	house_join(&h, &tablet.key.id, "00-1b-63-00-00-02", "s2");
}

static size_t
list(const char *search, enum devices_which which, struct device_view **v)
{
	struct device_filter f = {.search = search, .which = which};
	size_t n, total;

	assert_ok(devices_list(&h.root, &f, v, &n, &total));
	assert_int_equal(n, total);
	return n;
}

TEST(devices_are_listed_with_whose_they_are_and_where_they_were)
{
	struct device_view *v;

	open_house();
	assert_int_equal(list("", DEVICES_ALL, &v), 2);
	assert_string_equal(v[0].who, h.bob.name); /* seen last */
	assert_string_equal(v[1].who, h.ada.name);
	assert_string_equal(v[1].person.s, h.ada.id.s);
	assert_string_equal(v[1].key, phone.key.name);
	assert_string_equal(v[1].network, h.net.name);
	assert_string_equal(v[1].place, h.ap.name);
	assert_string_equal(v[1].ap.s, h.ap.id.s);
	assert_true(v[1].on_air);
	house_end(&h);
}

TEST(a_device_is_found_by_its_address_in_any_notation_and_by_names)
{
	static const char *const ways[] = {"02-aa-00-00-00-01",
	    "02:AA:00:00:00:01", "02aa.0000.0001", "02AA00000001"};
	struct device_view *v;

	open_house();
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		assert_int_equal(list(ways[i], DEVICES_ALL, &v), 1);
		assert_string_equal(v[0].who, h.ada.name);
	}
	assert_int_equal(list("02-aa-00-00-00-01", DEVICES_BLOCKED, &v), 0);
	assert_int_equal(list("02-aa-00-00-00-01", DEVICES_ON_AIR, &v), 1);
	assert_int_equal(list("02-aa-00-00-00-09", DEVICES_ALL, &v), 0);
	assert_int_equal(list(h.bob.name, DEVICES_ALL, &v), 1);
	assert_string_equal(v[0].person.s, h.bob.id.s);
	assert_ok(device_rename(&h.root, &v[0].device.id, "Kitchen radio"));
	assert_int_equal(list("kitchen", DEVICES_ALL, &v), 1);
	assert_string_equal(v[0].device.name, "Kitchen radio");
	assert_int_equal(list("100%", DEVICES_ALL, &v), 0);
	house_end(&h);
}

TEST(those_on_the_air_and_those_blocked_are_told_apart)
{
	struct visit_report stop = {.event = VISIT_STOP,
	    .nas = "ap1",
	    .session = "s1",
	    .mac = house_mac("02-aa-00-00-00-01")};
	struct device_view *v;

	open_house();
	stop.ap = h.ap.id;
	stop.network = h.net.id;
	stop.key = phone.key.id;
	stop.at = h.system.now;
	assert_ok(world_visits(&h.system, &stop, 1));
	assert_int_equal(list("", DEVICES_ON_AIR, &v), 1);
	assert_string_equal(v[0].who, h.bob.name);
	assert_int_equal(list("", DEVICES_BLOCKED, &v), 0);
	assert_int_equal(list("02aa00000001", DEVICES_ALL, &v), 1);
	assert_false(v[0].on_air);
	assert_ok(device_set_blocked(&h.root, &v[0].device.id, true));
	assert_int_equal(list("", DEVICES_BLOCKED, &v), 1);
	assert_string_equal(v[0].who, h.ada.name);
	house_end(&h);
}

TEST(the_list_goes_page_by_page_and_is_for_staff_only)
{
	struct device_filter f = {.limit = 2, .offset = 2};
	struct call ada, auditor;
	struct device_view *v;
	char mac[MAC_TEXT];
	size_t n, total;

	house_make(&h);
	phone = house_key(&h, &h.ada);
	for (int i = 1; i <= MANY; i++) {
		(void)snprintf(mac, sizeof(mac), "02-aa-00-00-00-%02x", i);
		house_join(&h, &phone.key.id, mac, mac);
		h.system.now++;
	}
	auditor = house_call(&h, &h.bob, 1 << ROLE_AUDITOR);
	assert_ok(devices_list(&auditor, &f, &v, &n, &total));
	assert_int_equal(n, 1);
	assert_int_equal(total, MANY);
	assert_int_equal(v[0].device.mac.b[5], 1);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	assert_err(devices_list(&ada, &f, &v, &n, &total), ERR_FORBIDDEN);
	assert_int_equal(n, 0);
	f = (struct device_filter){
	    .which = DEVICES_ON_AIR, .limit = 2, .offset = 1};
	assert_ok(devices_list(&auditor, &f, &v, &n, &total));
	assert_int_equal(n, 2);
	assert_int_equal(total, MANY);
	f.limit = 1; /* more than are shown, and counted */
	assert_ok(devices_list(&auditor, &f, &v, &n, &total));
	assert_int_equal(total, MANY);
	/* of no network that is known, it is counted once */
	house_sql(&h, "UPDATE visit SET network = NULL");
	assert_ok(devices_list(&auditor, &f, &v, &n, &total));
	assert_int_equal(total, MANY);
	house_end(&h);
}

static size_t
visits(const struct visit_filter *f)
{
	struct visit_view *v;
	size_t n, total;

	assert_ok(visits_list(&h.root, f, &v, &n, &total));
	assert_int_equal(n, total);
	for (size_t i = 1; i < n; i++)
		assert_true(v[i - 1].visit.start >= v[i].visit.start);
	return n;
}

TEST(visits_are_found_by_each_of_what_they_have_and_by_all_of_it)
{
	const struct mac mac = house_mac("02-aa-00-00-00-01");
	struct visit_view *v;
	size_t n, total;

	open_house();
	house_join(&h, &phone.key.id, "02-aa-00-00-00-01", "s3");
	assert_int_equal(visits(&(struct visit_filter){0}), 3);
	assert_int_equal(visits(&(struct visit_filter){.mac = &mac}), 2);
	assert_int_equal(
	    visits(&(struct visit_filter){.key = tablet.key.id}), 1);
	assert_int_equal(visits(&(struct visit_filter){.person = h.ada.id}), 2);
	assert_int_equal(visits(&(struct visit_filter){.search = "TABL"}), 1);
	assert_int_equal(
	    visits(&(struct visit_filter){.search = h.ada.name}), 2);
	assert_int_equal(visits(&(struct visit_filter){.ap = h.ap.id}), 3);
	assert_int_equal(visits(&(struct visit_filter){.ap = h.net.id}), 0);
	assert_int_equal(
	    visits(&(struct visit_filter){.mac = &mac, .key = tablet.key.id}),
	    0);
	assert_int_equal(visits(&(struct visit_filter){.mac = &mac,
			     .person = h.ada.id,
			     .search = h.ada.name,
			     .ap = h.ap.id,
			     .from = h.system.now,
			     .until = h.system.now + 1}),
	    1);
	assert_int_equal(
	    visits(&(struct visit_filter){.from = h.system.now + 1}), 0);
	assert_int_equal(
	    visits(&(struct visit_filter){.until = h.system.now}), 1);
	assert_ok(visits_list(
	    &h.root, &(struct visit_filter){.search = "TABL"}, &v, &n, &total));
	assert_string_equal(v[0].who, h.bob.name);
	assert_string_equal(v[0].key, "Tablet");
	assert_string_equal(v[0].place, h.ap.name);
	house_end(&h);
}

TEST(visits_go_page_by_page_and_are_for_staff_only)
{
	struct visit_filter f = {.limit = 1, .offset = 1};
	struct call ada;
	struct visit_view *v;
	size_t n, total;

	open_house();
	assert_ok(visits_list(&h.root, &f, &v, &n, &total));
	assert_int_equal(n, 1);
	assert_int_equal(total, 2);
	assert_string_equal(v[0].who, h.ada.name);
	f.from = 1; /* counted with the time that is asked for */
	assert_ok(visits_list(&h.root, &f, &v, &n, &total));
	assert_int_equal(n, 1);
	assert_int_equal(total, 2);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	assert_err(visits_list(&ada, &f, &v, &n, &total), ERR_FORBIDDEN);
	assert_int_equal(n, 0);
	house_end(&h);
}
