/* What is done with passwords, devices and people, a statement at a time. */
#include "tests/unit/statements.h"

#include "core/service/imports.h"
#include "core/service/recheck.h"
#include "core/service/renewals.h"
#include "core/service/rules.h"

#define US "https://id.example.org"

/* --- passwords --- */

static enum err
key_issue(void)
{
	struct key_order o = {.person = h.ada.id, .name = ""};
	struct key_view v;
	enum err e = TRY(keys_issue(&ada, &o, &v));

	if (e == ERR_OK)
		assert_ok(keys_revoke(&root, &v.key.id, ""));
	return e;
}

static enum err
key_issue_unit(void)
{
	struct key_order o = {.unit = flat.id, .name = "All of us"};
	struct key_view v;
	enum err e = TRY(keys_issue(&ada, &o, &v));

	if (e == ERR_OK)
		assert_ok(keys_revoke(&root, &v.key.id, ""));
	return e;
}

static enum err
key_reveal(void)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct key_view v = key();
	enum err e = TRY(keys_reveal(&root, &v.key.id, "screen", &s));

	assert_true(e == ERR_OK || s.len == 0); /* S-14 */
	return e;
}

static enum err
key_rotate(void)
{
	struct key_view v = key(), next;

	return TRY(keys_rotate(&root, &v.key.id, 3600, &next));
}

static enum err
key_revoke(void)
{
	struct key_view v = key();

	house_join(&h, &v.key.id, "02-aa-00-00-00-01", v.key.id.s);
	return TRY(keys_revoke(&root, &v.key.id, "lost"));
}

static enum err
key_suspend(void)
{
	struct key_view v = key();

	return TRY(keys_suspend(&root, &v.key.id, "for now"));
}

static enum err
key_restore(void)
{
	struct key_view v = key();

	assert_ok(keys_suspend(&root, &v.key.id, ""));
	return TRY(keys_restore(&root, &v.key.id));
}

static enum err
key_rename(void)
{
	struct key_view v = key();

	return TRY(keys_rename(&root, &v.key.id, "Telephone", v.key.version));
}

static enum err
key_set_end(void)
{
	struct key_view v = key();

	return TRY(keys_set_end(&root, &v.key.id, NOON + 86400, v.key.version));
}

static enum err
key_list(void)
{
	struct key_filter f = {.search = "ne", .standing = -1, .limit = 5};
	struct key_view *v;
	size_t n, total;

	(void)key();
	return TRY(keys_list(&root, &f, &v, &n, &total));
}

static enum err
keys_several(void)
{
	struct key_view a = key(), *v;
	struct key_view one;
	size_t n;
	enum err e;

	armed();
	(void)((e = keys_get(&root, &a.key.id, &one)) ||
	       (e = keys_of(&root, &a.person.id, &v, &n)) ||
	       (e = keys_of_unit(&ada, &flat.id, &v, &n)));
	return over(e, true);
}

/* --- devices --- */

static struct device
device(struct key_view *v)
{
	struct device d;
	char mac[20];
	uint32_t r = rnd_below(1 << 24);

	*v = key();
	(void)snprintf(mac, sizeof(mac), "02-aa-01-%02x-%02x-%02x", r >> 16,
	    r >> 8 & 255, r & 255);
	assert_ok(device_register(&root, &v->key.id, mac, "TV", &d));
	return d;
}

static enum err
device_added(void)
{
	struct key_view v = key();
	struct device d;

	return TRY(
	    device_register(&root, &v.key.id, "02-aa-02-00-00-07", "TV", &d));
}

static enum err
device_renamed(void)
{
	struct key_view v;
	struct device d = device(&v);

	return TRY(device_rename(&root, &d.id, "Radio"));
}

static enum err
device_removed(void)
{
	struct key_view v;
	struct device d = device(&v);

	return TRY(device_remove(&root, &d.id));
}

static enum err
device_blocked(void)
{
	struct key_view v;
	struct device d = device(&v);

	return TRY(device_set_blocked(&root, &d.id, true));
}

static enum err
device_lists(void)
{
	struct key_view v;
	struct device d = device(&v), *all;
	struct visit *visits;
	size_t n;
	enum err e;

	(void)d;
	house_join(&h, &v.key.id, "02-aa-00-00-00-02", v.key.id.s);
	armed();
	(void)((e = devices_of_key(&root, &v.key.id, &all, &n)) ||
	       (e = devices_of_person(&root, &v.person.id, &all, &n)) ||
	       (e = visits_of_key(&root, &v.key.id, 5, &visits, &n)));
	return over(e, true);
}

static enum err
visits_come(void)
{
	struct key_view v = key();
	struct seen_device s = {.network = h.net.id,
	    .key = v.key.id,
	    .mac = house_mac("02-aa-00-00-00-03"),
	    .ap = h.ap.id,
	    .at = NOON};
	struct visit_report r = {.event = VISIT_START,
	    .ap = h.ap.id,
	    .key = v.key.id,
	    .network = h.net.id,
	    .nas = "ap1",
	    .mac = s.mac,
	    .at = NOON};
	enum err e;

	text_copy(r.session, sizeof(r.session), v.key.id.s);
	armed();
	if ((e = world_seen(&h.system, &s, 1)) == ERR_OK)
		e = world_visits(&h.system, &r, 1);
	return over(e, false);
}

static const struct deed of_keys[] = {{"issue", key_issue},
    {"issue to a unit", key_issue_unit}, {"reveal", key_reveal},
    {"rotate", key_rotate}, {"revoke", key_revoke}, {"suspend", key_suspend},
    {"restore", key_restore}, {"rename", key_rename}, {"set end", key_set_end},
    {"list", key_list}, {"several", keys_several}, {"device", device_added},
    {"device renamed", device_renamed}, {"device removed", device_removed},
    {"device blocked", device_blocked}, {"device lists", device_lists},
    {"visits", visits_come}};

TEST(statements_of_passwords_fail_and_are_undone)
{
	sweep_all(of_keys, sizeof(of_keys) / sizeof(*of_keys));
}

/* --- people --- */

static struct person
somebody(void)
{
	struct person p = {.name = ""};

	text_copy(p.name, sizeof(p.name), fresh_name("Person"));
	(void)snprintf(
	    p.mail, sizeof(p.mail), "p%d@example.org", (int)rnd_below(1 << 30));
	assert_ok(people_add(&root, &p));
	return p;
}

static enum err
person_add(void)
{
	struct person p = {.name = "Else", .mail = "else@example.org"};
	enum err e = TRY(people_add(&root, &p));

	if (e == ERR_OK)
		assert_ok(people_forget(&root, &p.id));
	return e;
}

static enum err
sign_in(const char *group, bool at_risk)
{
	const char *const groups[] = {group}, *const admins[] = {"admins"};
	struct identity id = {.issuer = US,
	    .subject = "ada",
	    .name = fresh_name("ada"),
	    .mail = "ada@example.org",
	    .groups = groups,
	    .ngroups = 1,
	    .groups_known = true,
	    .claims = "{}",
	    .language = "en"};
	struct person p;

	id.follow = true;
	return at_risk ? TRY(people_sign_in(&root, &id, admins, 1, &p))
		       : people_sign_in(&root, &id, admins, 1, &p);
}

static enum err
person_signs_in(void)
{
	return sign_in("staff", true);
}

static enum err
person_leaves_the_group(void)
{
	struct key_order o = {.person = h.ada.id, .name = ""};
	struct key_view v;
	enum err e;

	assert_ok(sign_in("staff", false));
	assert_ok(keys_issue(&root, &o, &v));
	e = sign_in("nobodies", true);
	assert_ok(keys_revoke(&root, &v.key.id, ""));
	return e;
}

/* What could not be read of somebody takes nothing away. */
static enum err
person_keeps_by_a_claim(void)
{
	struct rule r = {.priority = 7, .claim = "dept", .value = "physics"};
	struct identity id = {.issuer = US,
	    .subject = "carl",
	    .name = "carl",
	    .mail = "",
	    .groups_known = true,
	    .claims = "{\"dept\":[\"music\",\"physics\"]}",
	    .language = "en",
	    .follow = true};
	struct key_order o = {.plan = local.id, .name = ""};
	struct key_view v, after;
	struct person p;
	enum err e;

	r.plan = local.id;
	assert_ok(rule_add(&root, &r));
	assert_ok(people_sign_in(&root, &id, NULL, 0, &p));
	o.person = p.id;
	assert_ok(keys_issue(&root, &o, &v));
	e = TRY(people_sign_in(&root, &id, NULL, 0, &p));
	assert_ok(keys_get(&root, &v.key.id, &after));
	assert_int_equal(after.key.state, KEY_ACTIVE);
	assert_string_equal(after.key.plan.s, local.id.s);
	assert_ok(keys_revoke(&root, &v.key.id, ""));
	assert_ok(rule_remove(&root, &r.id));
	return e;
}

static enum err
person_suspended(void)
{
	struct key_view v = key();

	return TRY(
	    people_set_state(&root, &v.person.id, PERSON_SUSPENDED, "for now"));
}

static enum err
person_planned(void)
{
	struct person p = somebody();
	enum person_state s;
	int64_t at;
	enum err e;

	armed();
	if ((e = people_plan_state(&root, &p.id, PERSON_SUSPENDED, "leaves",
		 NOON + 3600)) == ERR_OK)
		e = people_planned(&root, &p.id, &s, &at);
	return over(e, false);
}

static enum err
person_forgotten(void)
{
	struct key_view v = key();

	return TRY(people_forget(&root, &v.person.id));
}

static enum err
person_merged(void)
{
	struct key_view v = key();
	struct person p = somebody();

	return TRY(people_merge(&root, &v.person.id, &p.id));
}

static enum err
person_says(void)
{
	enum err e;

	armed();
	if ((e = people_accept_terms(&ada, &h.ada.id, "1", "en")) == ERR_OK)
		e = people_set_language(&ada, &h.ada.id, "de");
	return over(e, false);
}

static enum err
people_listed(void)
{
	struct person *all, one;
	size_t n, total;
	enum err e;

	armed();
	(void)((e = people_list(&root, "a", 0, 3, &all, &n, &total)) ||
	       (e = people_find(&root, "ada@example.org", &one)) ||
	       (e = people_get(&root, &h.ada.id, &one)));
	return over(e, true);
}

static enum err
people_imported(void)
{
	const char *text = arena_printf(h.arena,
	    "subject,name,mail\n%s,Ann,\n%s,Ben,ben@example.org\n", uid_new().s,
	    uid_new().s);
	OWN(imports) struct imports s;
	struct import_row *rows;
	size_t n;

	assert_ok(imports_open(&root, &s, IMPORT_PEOPLE, text, strlen(text)));
	return TRY(imports_next(&root, &s, &rows, &n));
}

static enum err
keys_imported(void)
{
	const char *text = arena_printf(h.arena,
	    "person,person_name,name,passphrase\n%s,Cy,"
	    "TV,%s\n",
	    uid_new().s, uid_new().s);
	OWN(imports) struct imports s;
	struct import_row *rows;
	size_t n;

	assert_ok(imports_open(&root, &s, IMPORT_KEYS, text, strlen(text)));
	s.plan = h.plan.id;
	return TRY(imports_next(&root, &s, &rows, &n));
}

static enum err
session_life(void)
{
	static const struct session_limits limits = {3600, 7200};
	OWN(secret) struct secret t = SECRET_NONE;
	struct session found;
	char *id_token;
	enum err e;

	armed();
	(void)((e = session_open(
		    &root, &h.ada.id, "uni", "sid", "token", NOON, &t)) ||
	       (e = session_find(&root, secret_text(&t), &limits, &found)) ||
	       (e = session_close(&root, &found.id, &id_token)));
	return over(e, false);
}

static enum err
sessions_end(void)
{
	size_t n;
	enum err e;

	armed();
	(void)((e = recheck_signed_out(&h.system, US, "bob", "", 60, &n)) ||
	       (e = session_close_provider(&root, US, "bob", "", &n)) ||
	       (e = session_close_person(&root, &h.bob.id, &n)) ||
	       (e = recheck_now(&h.system, &h.bob.id)));
	e = over(e, false);
	house_sql(&h, "UPDATE person SET state = 'active'");
	return e;
}

static enum err
renewal(void)
{
	OWN(renewal) struct renewal r = {.provider = ""};
	enum err e;

	armed();
	(void)((e = renewals_keep(
		    &h.system, &h.ada.id, "uni", "refresh", NOON - 1)) ||
	       (e = renewals_next(&h.system, &r)) ||
	       (e = renewals_again(&h.system, &r, "next", NOON)) ||
	       (e = renewals_next(&h.system, &r)) ||
	       (e = renewals_refused(&h.system, &r)));
	e = over(e, false);
	house_sql(&h, "UPDATE person SET state = 'active'");
	return e;
}

static enum err
rules_tried(void)
{
	struct rules_verdict v;
	enum err e;

	armed();
	(void)((e = rules_try(
		    &root, "{\"groups\":[\"staff\"]}", "groups", &v)) ||
	       (e = rules_try_person(&root, &h.ada.id, &v)));
	return over(e, true);
}

static const struct deed of_people[] = {{"add", person_add},
    {"sign in", person_signs_in}, {"leave a group", person_leaves_the_group},
    {"keep by a claim", person_keeps_by_a_claim}, {"suspend", person_suspended},
    {"plan", person_planned}, {"forget", person_forgotten},
    {"merge", person_merged}, {"says", person_says}, {"list", people_listed},
    {"import people", people_imported}, {"import keys", keys_imported},
    {"session", session_life}, {"sessions end", sessions_end},
    {"renewal", renewal}, {"rules", rules_tried}};

TEST(statements_of_people_fail_and_are_undone)
{
	sweep_all(of_people, sizeof(of_people) / sizeof(*of_people));
}
