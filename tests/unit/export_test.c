/* Files of passwords, with their devices. */
#include "tests/unit/service.h"

#include "core/service/export.h"

static struct house h;

TEST(exports_name_the_devices_of_passwords_that_need_them)
{
	OWN(buf) struct buf b = BUF(EXPORT_MAX);
	enum export_form form;
	struct key_view bound, free_;
	struct plan p;
	struct device d;
	size_t n;

	house_make(&h);
	assert_true(export_form_parse("psk-file", &form));
	assert_int_equal(form, EXPORT_PSK_FILE);
	assert_true(export_form_parse("csv", &form));
	assert_int_equal(form, EXPORT_CSV);
	assert_false(export_form_parse("xml", &form));
	assert_false(export_form_parse("", &form));
	free_ = house_key(&h, &h.ada);
	assert_ok(export_keys(&h.root, &h.net.id, "", EXPORT_PSK_FILE, &b, &n));
	assert_int_equal(n, 1);
	assert_non_null(strstr(buf_str(&b), free_.key.id.s));
	assert_non_null(strstr(buf_str(&b), " 00:00:00:00:00:00 "));
	/* of a plan that binds, each device has a line, and no other has */
	assert_ok(plan_get(&h.root, &h.plan.id, &p));
	p.binding = BINDING_REGISTERED;
	assert_ok(plan_set(&h.root, &p));
	bound = free_;
	assert_ok(device_register(
	    &h.root, &bound.key.id, "02-AA-02-00-00-07", "TV", &d));
	assert_ok(device_register(
	    &h.root, &bound.key.id, "02-AA-02-00-00-08", "Old TV", &d));
	assert_ok(device_set_blocked(&h.root, &d.id, true));
	buf_clear(&b);
	assert_ok(export_keys(&h.root, &h.net.id, "", EXPORT_PSK_FILE, &b, &n));
	assert_non_null(strstr(buf_str(&b), " 02:aa:02:00:00:07 "));
	assert_null(strstr(buf_str(&b), "00:00:00:00:00:00"));
	assert_null(strstr(buf_str(&b), "02:aa:02:00:00:08"));
	buf_clear(&b);
	assert_ok(
	    export_keys(&h.root, &h.net.id, "", EXPORT_VLAN_FILE, &b, &n));
	assert_string_equal(buf_str(&b), "20 vlan20\n");
	buf_clear(&b);
	assert_ok(export_keys(&h.root, &h.net.id, "", EXPORT_CSV, &b, &n));
	assert_non_null(strstr(buf_str(&b), "\"ada\""));
	assert_null(strstr(buf_str(&b), "02:aa"));
	/* only for plans that work in the group */
	text_copy(p.ap_groups, sizeof(p.ap_groups), "hall");
	assert_ok(plan_set(&h.root, &p));
	buf_clear(&b);
	assert_ok(
	    export_keys(&h.root, &h.net.id, "annexe", EXPORT_CSV, &b, &n));
	assert_int_equal(n, 0);
	buf_clear(&b);
	assert_ok(export_keys(&h.root, &h.net.id, "hall", EXPORT_CSV, &b, &n));
	assert_int_equal(n, 1);
	house_end(&h);
}
