/* What services promise beside their main ways: tables that name networks,
 * plans and units; units in units; guests and sponsors at their bounds; files
 * of passwords with their devices; quotas that lead nowhere. */
#include "tests/unit/service.h"

#include "core/service/export.h"
#include "core/service/forward.h"
#include "core/service/guests.h"
#include "core/service/imports.h"
#include "core/service/message.h"
#include "core/service/quotas.h"
#include "core/service/units.h"

static struct house h;
static struct import_row *rows;
static size_t nrows;

/* --- tables --- */

static enum err
import(const char *text)
{
	OWN(imports) struct imports s;
	enum err e;

	rows = NULL;
	nrows = 0;
	if ((e = imports_open(&h.root, &s, IMPORT_KEYS, text, strlen(text))))
		return e;
	return imports_next(&h.root, &s, &rows, &nrows);
}

TEST(imports_know_networks_plans_and_units_by_name_and_id)
{
	struct network other = {
	    .ssid = "Guests", .name = "Annexe", .time_zone = "UTC"};
	struct unit flat = {.name = "Flat 1", .vlan = 300};
	struct plan same;
	struct key_view v;
	const char *text;

	house_make(&h);
	assert_ok(network_add(&h.root, &other));
	same = h.plan;
	same.id = UID_NONE;
	same.network = other.id;
	same.vlan = 21;
	assert_ok(plan_add(&h.root, &same));
	assert_ok(units_add(&h.root, &flat));
	text = arena_printf(h.arena,
	    "person,unit,network,plan,kind,name\n"
	    "ada,,Example,Staff,personal,A\n"
	    "ada,,Annexe,Staff,thing,B\n"
	    "ada,,Guests,%s,,C\n"
	    "ada,,%s,Staff,,D\n"
	    ",Flat 1,,%s,,E\n"
	    ",%s,Example,Staff,,F\n",
	    same.id.s, h.net.id.s, h.plan.id.s, flat.id.s);
	if (import(text) != ERR_OK)
		for (size_t i = 0; i < nrows; i++)
			print_error("%zu: %s %s\n", rows[i].line,
			    rows[i].why.field, rows[i].why.text);
	assert_int_equal(nrows, 6);
	for (size_t i = 0; i < nrows; i++) {
		bool there = i == 1 || i == 2;

		assert_string_equal(rows[i].did, "new");
		assert_ok(keys_get(&h.root, &rows[i].key, &v));
		assert_string_equal(
		    v.network.ssid, there ? "Guests" : "Example");
		assert_string_equal(
		    v.plan.id.s, there ? same.id.s : h.plan.id.s);
		assert_string_equal(
		    v.key.unit.s, i < 4 ? UID_NONE.s : flat.id.s);
	}
	assert_ok(keys_get(&h.root, &rows[1].key, &v));
	assert_int_equal(v.key.kind, KEY_THING);
	/* once more: all of it is there, and nothing is made */
	assert_ok(import(text));
	for (size_t i = 0; i < nrows; i++)
		assert_string_equal(rows[i].did, "same");
	house_end(&h);
}

TEST(imports_say_which_name_is_none)
{
	static const struct {
		const char *row, *field;
	} bad[] = {{"ada,,Nowhere,Staff,,,", "network"},
	    {"ada,,,Nothing,,,", "plan"}, {"ada,,,Staff,,,", "plan"},
	    {"ada,,Example,Other,,,", "plan"},
	    {",Flat 9,Example,Staff,,,", "unit"},
	    {"ada,,Example,Staff,royal,,", "kind"},
	    {"zed,,Example,Staff,,Zed,"
	     "a language that is much too long to be one",
		"person"}};
	struct network other = {.ssid = "Guests", .time_zone = "UTC"};
	struct plan same, more;
	OWN(buf) struct buf b = BUF(4096);

	house_make(&h);
	assert_ok(network_add(&h.root, &other));
	same = h.plan;
	same.id = UID_NONE;
	same.network = other.id;
	assert_ok(plan_add(&h.root, &same));
	more = same;
	more.id = UID_NONE;
	text_copy(more.name, sizeof(more.name), "Other");
	assert_ok(plan_add(&h.root, &more));
	buf_text(&b, "person,unit,network,plan,kind,person_name,language\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		buf_printf(&b, "%s\n", bad[i].row);
	assert_err(import(buf_str(&b)), ERR_BAD_INPUT);
	assert_int_equal(nrows, sizeof(bad) / sizeof(*bad));
	for (size_t i = 0; i < nrows; i++)
		if (rows[i].err == ERR_OK ||
		    strcmp(rows[i].why.field, bad[i].field) != 0)
			fail_msg("%s: %s %s", bad[i].row, rows[i].why.field,
			    rows[i].why.text);
	house_end(&h);
}

TEST(imports_move_an_end_but_no_plan)
{
	struct plan more;
	struct key_view v;

	house_make(&h);
	more = h.plan;
	more.id = UID_NONE;
	text_copy(more.name, sizeof(more.name), "Other");
	assert_ok(plan_add(&h.root, &more));
	assert_ok(import("person,network,plan,name,not_after\n"
			 "ada,Example,Staff,TV,2027-01-31\n"));
	assert_ok(import("person,network,name,not_after\n"
			 "ada,Example,TV,2027-03-31\n"));
	assert_string_equal(rows[0].did, "changed");
	assert_ok(keys_get(&h.root, &rows[0].key, &v));
	assert_int_equal(v.key.not_after, INT64_C(1806451200));
	assert_err(import("person,network,plan,name\nada,Example,Other,TV\n"),
	    ERR_BAD_INPUT);
	assert_string_equal(rows[0].why.field, "plan");
	assert_err(import("person,network,plan,name,not_after\n"
			  "ada,Example,Staff,TV,2026-01-31\n"),
	    ERR_BAD_INPUT);
	assert_string_equal(rows[0].why.field, "not_after");
	/* two rows for one passphrase are one too many */
	assert_err(import("person,network,plan,passphrase\n"
			  "ada,Example,Staff,a passphrase of ours\n"
			  "ada,Example,Staff,a passphrase of ours\n"),
	    ERR_BAD_INPUT);
	assert_non_null(strstr(rows[1].why.text, "line 2"));
	house_end(&h);
}

/* --- units --- */

TEST(units_have_one_level_of_parts)
{
	struct unit top = {.name = "House", .vlan = 300},
		    part = {.name = "Flat"}, deep = {.name = "Room"}, odd;
	OWN(secret) struct secret s = SECRET_NONE;
	struct call ada, bob;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	assert_ok(units_add(&h.root, &top));
	part.parent = top.id;
	assert_ok(units_add(&h.root, &part));
	deep.parent = part.id;
	assert_err(units_add(&h.root, &deep), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "parent");
	deep.parent = uid_new();
	assert_err(units_add(&h.root, &deep), ERR_BAD_INPUT);
	odd = part;
	odd.parent = odd.id;
	assert_err(units_set(&h.root, &odd), ERR_BAD_INPUT);
	odd = part;
	odd.name[0] = '\0';
	assert_err(units_set(&h.root, &odd), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "name");
	for (int i = 0; i < 2; i++) {
		odd = part;
		odd.vlan = i ? VLAN_MAX + 1 : -1;
		assert_err(units_set(&h.root, &odd), ERR_BAD_INPUT);
		assert_string_equal(h.root.why.field, "vlan");
	}
	odd = (struct unit){.name = "House"};
	assert_err(units_add(&h.root, &odd), ERR_EXISTS);
	assert_err(units_remove(&h.root, &top.id), ERR_CONFLICT);
	assert_non_null(strstr(h.root.why.text, "1 parts"));
	assert_ok(units_find(&h.root, part.id.s, &odd));
	assert_string_equal(odd.name, "Flat");
	assert_err(
	    units_set_state(&h.root, &part.id, PERSON_ACTIVE, "is so already"),
	    ERR_BAD_STATE);
	/* invitations are for some time, from members, for people */
	assert_ok(units_member_set(&h.root, &part.id, &h.ada.id, true));
	assert_err(units_invite(&ada, &part.id, 59, &s), ERR_BAD_INPUT);
	assert_err(
	    units_invite(&ada, &part.id, 30 * 86400 + 1, &s), ERR_BAD_INPUT);
	assert_ok(units_invite(&ada, &part.id, 60, &s));
	assert_err(
	    units_join(&h.root, secret_text(&s), &odd), ERR_UNKNOWN_CALLER);
	assert_err(units_join(&bob, "not a token", &odd), ERR_NOT_FOUND);
	assert_ok(units_join(&bob, secret_text(&s), &odd));
	assert_string_equal(odd.id.s, part.id.s);
	assert_err(units_join(&bob, secret_text(&s), &odd), ERR_NOT_FOUND);
	house_end(&h);
}

/* --- guests --- */

TEST(guests_take_the_plan_that_is_named)
{
	struct rule r = {.priority = 5, .claim = "issuer", .value = "local"};
	struct plan one, two;
	struct uid plan;
	struct call guest;

	house_make(&h);
	guest = h.root;
	guest.actor = (struct actor){.kind = ACTOR_GUEST, .from = "192.0.2.9"};
	assert_err(guests_plan(&guest, "", &plan), ERR_NOT_ENTITLED);
	one = two = h.plan;
	one.id = two.id = UID_NONE;
	text_copy(one.name, sizeof(one.name), "Day");
	text_copy(two.name, sizeof(two.name), "Week");
	assert_ok(plan_add(&h.root, &one));
	assert_ok(plan_add(&h.root, &two));
	r.plan = one.id;
	assert_ok(rule_add(&h.root, &r));
	r.plan = two.id;
	r.priority = 6;
	assert_ok(rule_add(&h.root, &r));
	assert_ok(guests_plan(&guest, "", &plan));
	assert_string_equal(plan.s, one.id.s);
	assert_ok(guests_plan(&guest, "Week", &plan));
	assert_string_equal(plan.s, two.id.s);
	assert_err(guests_plan(&guest, "Staff", &plan), ERR_NOT_ENTITLED);
	assert_string_equal(plan.s, "");
	house_end(&h);
}

TEST(guests_ask_a_sponsor_so_often_and_no_more)
{
	struct call guest;

	house_make(&h);
	guest = h.root;
	guest.actor = (struct actor){.kind = ACTOR_GUEST, .from = "192.0.2.9"};
	assert_err(guests_count(&guest, "nobody", 1000), ERR_BAD_INPUT);
	for (int i = 0; i < GUESTS_ASKS; i++) {
		(void)snprintf(guest.actor.from, sizeof(guest.actor.from),
		    "198.51.100.%d", i + 1);
		assert_ok(guests_count(&guest,
		    i % 2 ? "Ada@Example.org" : "ada@example.org", 1000));
	}
	assert_err(
	    guests_count(&guest, "ada@example.org", 1000), ERR_THROTTLED);
	assert_ok(guests_count(&guest, "eve@example.org", 1000));
	assert_err(guests_count(&guest, "eve@example.org", GUESTS_ASKS + 1),
	    ERR_THROTTLED); /* in all */
	house_end(&h);
}

/* --- files of passwords --- */

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

/* --- quotas --- */

TEST(quotas_that_lead_nowhere_leave_the_plan_as_it_is)
{
	struct network other = {.ssid = "Guests", .time_zone = "UTC"};
	struct quota_use use;
	struct plan slow, own;
	struct key_view v, after;

	house_make(&h);
	v = house_key(&h, &h.ada);
	assert_ok(quotas_count(&h.system, &UID_NONE, 5));
	assert_ok(quotas_count(&h.system, &v.key.id, 0));
	assert_ok(quotas_count(&h.system, &v.key.id, -5));
	assert_ok(quotas_use(&h.root, &v.key.id, &use));
	assert_int_equal(use.quota, 0);
	slow = h.plan;
	slow.id = UID_NONE;
	text_copy(slow.name, sizeof(slow.name), "Slow");
	assert_ok(plan_add(&h.root, &slow));
	assert_ok(plan_get(&h.root, &h.plan.id, &own));
	own.quota = 1000;
	text_copy(own.quota_period, sizeof(own.quota_period), "day");
	own.quota_plan = slow.id;
	assert_ok(plan_set(&h.root, &own));
	assert_ok(quotas_count(&h.system, &v.key.id, 999));
	assert_ok(quotas_use(&h.root, &v.key.id, &use));
	assert_int_equal(use.used, 999);
	assert_true(uid_is_none(&use.home));
	/* the other plan was moved to another network behind everybody's back
	 */
	assert_ok(network_add(&h.root, &other));
	house_sql(&h, arena_printf(h.arena,
			  "UPDATE plan SET network = '%s' WHERE id = '%s'",
			  other.id.s, slow.id.s));
	assert_ok(quotas_count(&h.system, &v.key.id, 1));
	assert_ok(keys_get(&h.root, &v.key.id, &after));
	assert_string_equal(after.key.plan.s, h.plan.id.s);
	house_sql(&h, arena_printf(h.arena,
			  "UPDATE plan SET network = '%s' WHERE id = '%s'",
			  h.net.id.s, slow.id.s));
	/* a zone that is gone counts in UTC; and numbers do not run over */
	house_sql(&h, "UPDATE network SET time_zone = 'No/Where'");
	assert_ok(quotas_count(&h.system, &v.key.id, INT64_MAX));
	assert_ok(quotas_use(&h.root, &v.key.id, &use));
	assert_int_equal(use.used, INT64_MAX);
	assert_ok(keys_get(&h.root, &v.key.id, &after));
	assert_string_equal(after.key.plan.s, slow.id.s);
	assert_string_equal(use.home.s, h.plan.id.s);
	assert_ok(quotas_lift(&h.system, &h.ada.id));
	assert_ok(keys_get(&h.root, &v.key.id, &after));
	assert_string_equal(after.key.plan.s, h.plan.id.s);
	house_end(&h);
}

/* --- what is set wrongly is told --- */

TEST(gateways_and_log_servers_that_are_set_wrongly_are_told)
{
	static const char *const bad[] = {"no address", "ftp://a/", "https://"};
	struct conf conf = {.sms.url = ""};
	struct outbox_job job = {.payload = (const uint8_t *)"{}", .len = 2};
	struct outbox_fate f;
	char why[CONF_WHY];
	struct forward *fw;
	struct gate *g;

	assert_ok(gate_open(&conf, &g, why));
	assert_null(g);
	f = message_send(NULL, &job);
	assert_int_equal(f.outcome, OUTBOX_LATER);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		conf.sms.url = bad[i];
		assert_err(gate_open(&conf, &g, why), ERR_CONFIG);
		assert_non_null(strstr(why, "sms.url"));
		assert_null(g);
	}
	conf.sms.url = "https://sms.example.org/";
	conf.sms.secret_file = "/nowhere/at/all";
	assert_true(gate_open(&conf, &g, why) != ERR_OK);
	assert_non_null(strstr(why, "/nowhere/at/all"));
	assert_null(g);
	conf.sms.secret_file = "";
	conf.sms.form = "json";
	assert_ok(gate_open(&conf, &g, why));
	for (int i = 0; i < 3; i++) { /* what nobody wrote is not sent */
		const char *text = i == 0 ? "{" : i == 1 ? "{}" : "{\"to\":7}";

		job.payload = (const uint8_t *)text;
		job.len = strlen(text);
		f = message_send(g, &job);
		assert_int_equal(f.outcome, OUTBOX_NEVER);
		assert_non_null(strstr(f.answer, "cannot be read"));
	}
	gate_close(g);
	gate_close(NULL);
	conf.syslog.url = "";
	assert_ok(forward_open(&conf, &fw, why));
	assert_null(fw);
	conf.syslog.url = "https://log.example.org";
	assert_err(forward_open(&conf, &fw, why), ERR_CONFIG);
	assert_non_null(strstr(why, "syslog.url"));
	forward_close(NULL);
}
