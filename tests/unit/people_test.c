#include "tests/unit/service.h"

#include "core/service/pools.h"
#include "core/service/units.h"

static struct house h;

static enum err
sign_in(const struct identity *id, struct person *p)
{
	static const char *const admins[] = {"wifi-admins"};

	return people_sign_in(&h.root, id, admins, 1, p);
}

static struct identity
identity(const char *subject, const char *const *groups, size_t n)
{
	return (struct identity){.issuer = "https://id.example.org",
	    .subject = subject,
	    .name = "Eve",
	    .mail = "eve@example.org",
	    .mail_verified = true,
	    .groups = groups,
	    .ngroups = n,
	    .groups_known = true,
	    .claims = "{\"department\":\"hall\",\"level\":3,"
		      "\"tags\":[\"a\",\"b\"]}",
	    .language = "de"};
}

TEST(people_are_issuer_and_subject_and_nothing_else)
{
	struct person a, b, c;
	struct identity id;

	house_make(&h);
	id = identity("eve", NULL, 0);
	assert_ok(sign_in(&id, &a));
	id.mail = "other@example.org";
	assert_ok(sign_in(&id, &b));
	assert_true(uid_same(&a.id, &b.id));
	id.issuer = "https://evil.example.org";
	assert_ok(sign_in(&id, &c));
	assert_false(uid_same(&a.id, &c.id));
	id.issuer = "local";
	assert_err(sign_in(&id, &c), ERR_BAD_INPUT);
	id.issuer = "https://id.example.org";
	id.subject = "";
	assert_err(sign_in(&id, &c), ERR_BAD_INPUT);
	house_end(&h);
}

TEST(people_get_roles_from_rules_and_lose_them_again)
{
	static const char *const desk[] = {"desk", "wifi-admins"};
	struct rule r = {.priority = 1,
	    .claim = "groups",
	    .value = "desk",
	    .roles = 1 << ROLE_DESK};
	struct identity id;
	struct person p;

	house_make(&h);
	assert_ok(rule_add(&h.root, &r));
	id = identity("eve", desk, 2);
	assert_ok(sign_in(&id, &p));
	assert_int_equal(
	    p.roles, 1 << ROLE_PERSON | 1 << ROLE_DESK | 1 << ROLE_ADMIN);
	id = identity("eve", desk, 1);
	assert_ok(sign_in(&id, &p));
	assert_int_equal(p.roles, 1 << ROLE_PERSON | 1 << ROLE_DESK);
	id = identity("eve", NULL, 0);
	assert_ok(sign_in(&id, &p));
	assert_int_equal(p.roles, 1 << ROLE_PERSON);
	house_end(&h);
}

TEST(people_whose_groups_are_unknown_get_no_default)
{
	struct rule any = {.priority = 99, .claim = "groups", .value = "*"};
	struct entitlement *t;
	struct identity id;
	struct person p;
	size_t n;

	house_make(&h);
	any.plan = h.plan.id;
	assert_ok(rule_add(&h.root, &any));
	id = identity("eve", NULL, 0);
	assert_ok(sign_in(&id, &p));
	assert_ok(people_entitlements(&h.root, &p.id, &t, &n));
	assert_int_equal(n, 1);
	id.groups_known = false;
	assert_ok(sign_in(&id, &p));
	assert_ok(people_entitlements(&h.root, &p.id, &t, &n));
	assert_int_equal(n, 0);
	house_end(&h);
}

TEST(people_rules_on_claims)
{
	static const struct {
		const char *claim, *value;
		bool holds;
	} cases[] = {{"department", "hall", true},
	    {"department", "Hall", false}, {"department", "*", true},
	    {"level", "3", true}, {"level", "03", false}, {"tags", "b", true},
	    {"tags", "c", false}, {"email", "eve@example.org", true},
	    {"email", "x", false}, {"issuer", "https://id.example.org", true},
	    {"absent", "*", false}, {"subject", "eve", true}};
	struct identity id;
	struct entitlement *t;
	struct person p;
	size_t n;

	house_make(&h);
	id = identity("eve", NULL, 0);
	assert_ok(sign_in(&id, &p));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rule r = {.priority = 5, .plan = h.plan.id};

		text_copy(r.claim, sizeof(r.claim), cases[i].claim);
		text_copy(r.value, sizeof(r.value), cases[i].value);
		assert_ok(rule_add(&h.root, &r));
		assert_ok(people_entitlements(&h.root, &p.id, &t, &n));
		assert_int_equal(n, cases[i].holds);
		assert_ok(rule_remove(&h.root, &r.id));
	}
	id.mail_verified = false; /* anybody can claim a mail address */
	assert_ok(sign_in(&id, &p));
	struct rule r = {
	    .claim = "email", .value = "eve@example.org", .plan = h.plan.id};
	assert_ok(rule_add(&h.root, &r));
	assert_ok(people_entitlements(&h.root, &p.id, &t, &n));
	assert_int_equal(n, 0);
	house_end(&h);
}

TEST(people_suspended_lose_all_keys_at_once)
{
	struct disconnect *d;
	struct key_order o;
	struct world_key k;
	struct key_view v;
	struct call ada;
	struct uid *ids;
	size_t n;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	assert_err(people_set_state(&ada, &h.ada.id, PERSON_ACTIVE, ""),
	    ERR_FORBIDDEN);
	assert_ok(people_set_state(
	    &h.root, &h.ada.id, PERSON_SUSPENDED, "unpaid bill"));
	assert_ok(world_key_get(&h.system, &v.key.id, &k));
	assert_false(k.usable);
	assert_ok(world_keys_of(&h.system, &h.ada.id, &ids, &n));
	assert_int_equal(n, 1);
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 1);
	o = (struct key_order){.person = h.ada.id};
	assert_err(keys_issue(&ada, &o, &v), ERR_SUSPENDED);
	assert_string_equal(ada.why.text, "unpaid bill");
	assert_ok(people_set_state(&h.root, &h.ada.id, PERSON_ACTIVE, ""));
	assert_ok(world_key_get(&h.system, &ids[0], &k));
	assert_true(k.usable);
	house_end(&h);
}

TEST(people_ended_cannot_come_back_by_signing_in)
{
	struct session_limits l = {.idle = 600, .absolute = 3600};
	OWN(secret) struct secret token = SECRET_NONE;
	struct session s;
	struct identity id;
	struct person p;

	house_make(&h);
	id = identity("eve", NULL, 0);
	assert_ok(sign_in(&id, &p));
	assert_ok(
	    session_open(&h.root, &p.id, "example", "", "", NOON, &token));
	assert_ok(session_find(&h.root, secret_text(&token), &l, &s));
	assert_ok(people_set_state(&h.root, &p.id, PERSON_ENDED, "left"));
	assert_err(
	    session_find(&h.root, secret_text(&token), &l, &s), ERR_NOT_FOUND);
	assert_err(sign_in(&id, &p), ERR_FORBIDDEN);
	house_end(&h);
}

TEST(people_others_are_not_there)
{
	struct entitlement *t;
	struct person p, *list;
	struct call bob;
	size_t n, total;

	house_make(&h);
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	assert_ok(people_get(&bob, &h.bob.id, &p));
	assert_err(people_get(&bob, &h.ada.id, &p), ERR_NOT_FOUND);
	assert_err(people_entitlements(&bob, &h.ada.id, &t, &n), ERR_NOT_FOUND);
	assert_err(
	    people_list(&bob, "", 0, 9, &list, &n, &total), ERR_FORBIDDEN);
	assert_ok(people_list(&h.root, "BO", 0, 9, &list, &n, &total));
	assert_int_equal(total, 1);
	house_end(&h);
}

TEST(people_redeem_a_set_up_link_once_and_stay_administrators)
{
	OWN(secret) struct secret token = SECRET_NONE;
	struct identity id;
	struct person p;
	struct call c;

	house_make(&h);
	id = identity("eve", NULL, 0);
	assert_ok(sign_in(&id, &p));
	assert_ok(setup_link(&h.root, 60, &token));
	c = house_call(&h, &p, 1 << ROLE_PERSON);
	c.now = NOON + 60;
	assert_err(setup_redeem(&c, secret_text(&token), &p.id), ERR_NOT_FOUND);
	c.now = NOON + 59;
	assert_err(setup_redeem(&c, "nonsense", &p.id), ERR_NOT_FOUND);
	assert_ok(setup_redeem(&c, secret_text(&token), &p.id));
	assert_err(setup_redeem(&c, secret_text(&token), &p.id), ERR_NOT_FOUND);
	assert_ok(sign_in(&id, &p));
	assert_true(p.roles & 1 << ROLE_ADMIN);
	assert_err(setup_link(&c, 60, &token), ERR_FORBIDDEN);
	house_end(&h);
}

TEST(people_session_is_one_token_with_two_ends)
{
	struct session_limits l = {.idle = 600, .absolute = 3600};
	OWN(secret) struct secret token = SECRET_NONE;
	char csrf[44], *hint;
	struct session s;
	struct call c;
	size_t ended;

	house_make(&h);
	c = h.root;
	assert_ok(session_open(
	    &c, &h.ada.id, "example", "sid-1", "ey.x.y", NOON, &token));
	assert_ok(session_find(&c, secret_text(&token), &l, &s));
	assert_true(uid_same(&s.person, &h.ada.id));
	assert_string_equal(s.provider_sid, "sid-1");
	session_csrf(h.ring, &s.id, csrf);
	assert_int_equal(strlen(csrf), 43);
	c.now = NOON + 599;
	assert_ok(session_find(&c, secret_text(&token), &l, &s));
	c.now = NOON + 599 + 599;
	assert_ok(session_find(&c, secret_text(&token), &l, &s));
	c.now += 600;
	assert_err(
	    session_find(&c, secret_text(&token), &l, &s), ERR_NOT_FOUND);
	l.idle = 36000;
	c.now = NOON + 3599;
	assert_ok(session_find(&c, secret_text(&token), &l, &s));
	c.now = NOON + 3600;
	assert_err(
	    session_find(&c, secret_text(&token), &l, &s), ERR_NOT_FOUND);
	c.now = NOON;
	assert_ok(session_find(&c, secret_text(&token), &l, &s));
	assert_ok(session_close(&c, &s.id, &hint));
	assert_string_equal(hint, "ey.x.y");
	assert_err(session_close(&c, &s.id, &hint), ERR_NOT_FOUND);
	assert_err(
	    session_find(&c, secret_text(&token), &l, &s), ERR_NOT_FOUND);
	assert_ok(
	    session_open(&c, &h.ada.id, "example", "sid-1", "", NOON, &token));
	assert_ok(session_close_provider(
	    &c, "https://id.example.org", "", "sid-2", &ended));
	assert_int_equal(ended, 0);
	assert_ok(session_close_provider(
	    &c, "https://id.example.org", "", "sid-1", &ended));
	assert_int_equal(ended, 1);
	house_end(&h);
}

TEST(people_merge_moves_passwords_devices_units_and_vlans)
{
	struct key_order o = {.name = ""};
	struct unit u = {.name = "Flat 1"};
	struct unit_member *m;
	struct key_view a, b, *all;
	struct world_key w;
	struct person eve;
	struct call other;
	size_t n;
	int vlan;

	house_make(&h);
	h.plan.vlan = 0;
	text_copy(h.plan.pool, sizeof(h.plan.pool), "200-209");
	assert_ok(plan_set(&h.root, &h.plan));
	eve = house_person(&h, "eve", "staff");
	o.plan = h.plan.id;
	o.person = eve.id;
	assert_ok(keys_issue(&h.root, &o, &b));
	o.person = h.ada.id;
	assert_ok(keys_issue(&h.root, &o, &a));
	assert_ok(units_add(&h.root, &u));
	assert_ok(units_member_set(&h.root, &u.id, &eve.id, true));
	assert_ok(world_key_get(&h.system, &a.key.id, &w));
	vlan = w.vlan;
	other = house_call(&h, &h.bob, 1 << ROLE_DESK | 1 << ROLE_AUDITOR);
	assert_err(people_merge(&other, &eve.id, &h.ada.id), ERR_FORBIDDEN);
	assert_err(people_merge(&h.root, &h.ada.id, &h.ada.id), ERR_BAD_INPUT);
	assert_ok(people_set_state(&h.root, &eve.id, PERSON_SUSPENDED, "rent"));
	/* a suspension does not end by it */
	assert_err(people_merge(&h.root, &eve.id, &h.ada.id), ERR_BAD_STATE);
	assert_err(people_merge(&h.root, &h.ada.id, &eve.id), ERR_BAD_STATE);
	assert_ok(people_set_state(&h.root, &eve.id, PERSON_ACTIVE, ""));

	assert_ok(people_merge(&h.root, &eve.id, &h.ada.id));
	assert_ok(keys_of(&h.root, &h.ada.id, &all, &n));
	assert_int_equal(n, 2);
	assert_ok(world_key_get(&h.system, &b.key.id, &w));
	assert_true(w.usable);
	assert_int_equal(w.vlan, vlan); /* one VLAN for one person */
	assert_ok(units_members(&h.root, &u.id, &m, &n));
	assert_int_equal(n, 1);
	assert_true(uid_same(&m[0].person.id, &h.ada.id));
	assert_true(m[0].manager);
	assert_ok(people_get(&h.root, &eve.id, &eve));
	assert_int_equal(eve.state, PERSON_ENDED);
	assert_string_equal(eve.state_reason, "Merged with ada");
	assert_ok(keys_of(&h.root, &eve.id, &all, &n));
	assert_int_equal(n, 0);
	/* the VLAN that was eve's is free for somebody else */
	{
		struct pool *p;

		assert_ok(pools_list(&h.root, &p, &n));
		assert_int_equal(p[0].leased, 1);
	}
	assert_err(people_merge(&h.root, &eve.id, &h.ada.id), ERR_BAD_STATE);
	house_end(&h);
}

TEST(people_forgotten_leave_no_proof_of_their_mail)
{
	int64_t n;

	house_make(&h);
	house_sql(&h, "UPDATE person SET mail = 'Bob@example.org' WHERE"
		      " subject = 'bob';"
		      "INSERT INTO guest_proof(id, kind, mail, name, language,"
		      " address, code, tries, created, used) VALUES ('a',"
		      " 'mail', 'bob@example.org', 'Bob', 'en', '', '', 0, 1,"
		      " 0), ('b', 'mail', 'eve@example.org', 'Eve', 'en', '',"
		      " '', 0, 1, 0)");
	assert_ok(people_forget(&h.root, &h.bob.id));
	assert_ok(
	    store_number(h.store, SQL_PROOF_OF_GUESTS, DB_ARGS(DB_INT(0)), &n));
	assert_int_equal(n, 1);
	house_end(&h);
}
