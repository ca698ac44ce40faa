#include "tests/unit/meanwhile.h"
#include "tests/unit/service.h"

static struct house h;

/* Looks like the access point does: by the PMK of the world. */
static struct world_key
live(const struct uid *id)
{
	struct world_key k;

	assert_ok(world_key_get(&h.system, id, &k));
	return k;
}

TEST(keys_issue_gives_a_sealed_password_that_the_responder_can_open)
{
	OWN(secret) struct secret shown = SECRET_NONE;
	struct key_view v;
	struct world_key k;
	struct call ada;

	house_make(&h);
	v = house_key(&h, &h.ada);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	assert_ok(keys_reveal(&ada, &v.key.id, "screen", &shown));
	k = live(&v.key.id);
	assert_true(secret_same(&shown, &k.passphrase));
	assert_int_equal(k.pmk.len, 32);
	assert_true(k.usable);
	assert_string_equal(k.person, h.ada.id.s);
	assert_int_equal(v.key.not_after, NOON + 365 * 86400);
	assert_int_equal(v.standing, KEY_IS_ACTIVE);
	house_end(&h);
}

TEST(keys_are_not_there_for_others)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct key_view v, out;
	struct call bob, desk, auditor;
	struct uid id;

	house_make(&h);
	v = house_key(&h, &h.ada);
	id = v.key.id;
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	auditor = house_call(&h, &h.bob, 1 << ROLE_AUDITOR);
	assert_err(keys_get(&bob, &id, &out), ERR_NOT_FOUND);
	assert_err(keys_reveal(&bob, &id, "screen", &s), ERR_NOT_FOUND);
	assert_err(keys_revoke(&bob, &id, ""), ERR_NOT_FOUND);
	assert_err(keys_rotate(&bob, &id, 0, &out), ERR_NOT_FOUND);
	assert_err(keys_rename(&bob, &id, "mine", 1), ERR_NOT_FOUND);
	assert_err(keys_set_end(&bob, &id, 0, 1), ERR_NOT_FOUND);
	/* the desk sees desk keys only; the auditor no passphrase */
	assert_err(keys_get(&desk, &id, &out), ERR_NOT_FOUND);
	assert_ok(keys_get(&auditor, &id, &out));
	assert_err(keys_reveal(&auditor, &id, "screen", &s), ERR_NOT_FOUND);
	assert_err(keys_revoke(&auditor, &id, ""), ERR_NOT_FOUND);
	assert_int_equal(s.len, 0);
	house_end(&h);
}

TEST(keys_without_a_rule_are_not_entitled)
{
	struct key_order o;
	struct key_view v;
	struct call bob;

	house_make(&h);
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
	o = (struct key_order){.person = h.bob.id};
	assert_err(keys_issue(&bob, &o, &v), ERR_NOT_ENTITLED);
	o.plan = h.plan.id; /* naming the plan is no way round */
	assert_err(keys_issue(&bob, &o, &v), ERR_NOT_ENTITLED);
	o.person = h.ada.id; /* nor is naming another person */
	assert_err(keys_issue(&bob, &o, &v), ERR_NOT_FOUND);
	o.person = h.bob.id;
	assert_ok(keys_issue(&h.root, &o, &v));
	house_end(&h);
}

TEST(keys_per_person_are_limited_to_ten)
{
	struct key_order o;
	struct key_view v;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	o = (struct key_order){.person = h.ada.id, .kind = KEY_THING};
	for (int i = 0; i < KEYS_PER_PERSON; i++)
		assert_ok(keys_issue(&ada, &o, &v));
	assert_err(keys_issue(&ada, &o, &v), ERR_LIMIT);
	assert_ok(keys_revoke(&ada, &o.person, "") == ERR_NOT_FOUND
		      ? ERR_OK
		      : ERR_INTERNAL);
	house_end(&h);
}

TEST(keys_revoked_and_expired_ones_do_not_count)
{
	struct key_order o;
	struct key_view v;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	o = (struct key_order){.person = h.ada.id, .not_after = NOON + 60};
	for (int i = 0; i < KEYS_PER_PERSON; i++)
		assert_ok(keys_issue(&ada, &o, &v));
	assert_ok(keys_revoke(&ada, &v.key.id, "lost"));
	assert_ok(keys_issue(&ada, &o, &v));
	assert_err(keys_issue(&ada, &o, &v), ERR_LIMIT);
	ada.now = NOON + 60;
	o.not_after = 0;
	assert_ok(keys_issue(&ada, &o, &v));
	house_end(&h);
}

static enum err
import(struct call *c, const char *text, struct key_view *v)
{
	OWN(secret) struct secret given = SECRET_NONE;
	struct key_order o = {.person = h.ada.id, .given = &given};

	assert_ok(secret_set(&given, text, strlen(text)));
	return keys_issue(c, &o, v);
}

TEST(keys_given_weak_and_taken_are_told_in_the_same_words)
{
	struct key_view v;
	struct call c;
	char taken[160];

	house_make(&h);
	c = h.root;
	assert_ok(import(&c, "correct horse battery", &v));
	assert_err(import(&c, "correct horse battery", &v), ERR_BAD_INPUT);
	assert_string_equal(c.why.field, "passphrase");
	(void)snprintf(taken, sizeof(taken), "%s", c.why.text);
	assert_err(import(&c, "aaaaaaaabbbb", &v), ERR_BAD_INPUT);
	assert_string_equal(c.why.text, taken);
	assert_err(import(&c, "short", &v), ERR_BAD_INPUT);
	c = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	assert_err(import(&c, "people choose none", &v), ERR_FORBIDDEN);
	house_end(&h);
}

TEST(keys_are_unique_by_what_they_open_with)
{
	char hex[65] = "";
	struct key_view v;
	struct world_key k;
	struct call c;

	house_make(&h);
	c = h.root;
	assert_ok(import(&c, "correct horse battery", &v));
	k = live(&v.key.id);
	for (int i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", k.pmk.b[i]);
	/* the digits of its PMK open the same door */
	assert_err(import(&c, hex, &v), ERR_BAD_INPUT);
	house_end(&h);
}

TEST(keys_rotate_keeps_the_old_one_for_the_overlap)
{
	struct key_view old, fresh, again;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	old = house_key(&h, &h.ada);
	assert_ok(keys_rotate(&ada, &old.key.id, 86400, &fresh));
	assert_true(uid_same(&fresh.key.replaces, &old.key.id));
	assert_int_equal(fresh.key.not_after, old.key.not_after);
	assert_ok(keys_get(&ada, &old.key.id, &again));
	assert_int_equal(again.key.not_after, NOON + 86400);
	assert_int_equal(again.standing, KEY_IS_ACTIVE);
	/* once only */
	assert_err(keys_rotate(&ada, &old.key.id, 0, &again), ERR_BAD_STATE);
	assert_ok(keys_rotate(&ada, &fresh.key.id, 0, &again));
	assert_ok(keys_get(&ada, &fresh.key.id, &fresh));
	assert_int_equal(fresh.standing, KEY_IS_REVOKED);
	house_end(&h);
}

struct renewing {
	struct uid id;
	struct key_view fresh;
};

static enum err
renew(struct call *c, void *arg)
{
	struct renewing *r = arg;

	return keys_rotate(c, &r->id, 86400, &r->fresh);
}

/* What was looked at before a passphrase was made is not what is copied. */
TEST(keys_that_change_while_they_are_renewed_are_renewed_as_they_are)
{
	struct meanwhile m;
	struct renewing r;
	struct wifi_key k;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	r.id = house_key(&h, &h.ada).key.id;
	meanwhile_begin(&m, &h, &ada, renew, &r);
	assert_ok(row_get(h.store, &key_rows, &r.id, &k));
	k.not_after = NOON + 7200;
	k.devices_max = 1;
	assert_ok(row_set(h.store, &key_rows, &k, &k.version));
	meanwhile_end(&m);
	assert_ok(m.err);
	assert_ok(row_get(h.store, &key_rows, &r.fresh.key.id, &k));
	assert_int_equal(k.not_after, NOON + 7200);
	assert_int_equal(k.devices_max, 1);
	assert_int_equal(r.fresh.key.not_after, NOON + 7200);
	house_end(&h);
}

TEST(keys_of_somebody_who_is_suspended_meanwhile_are_not_renewed)
{
	struct key_view *all;
	struct meanwhile m;
	struct renewing r;
	struct person p;
	struct call ada;
	size_t n;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	r.id = house_key(&h, &h.ada).key.id;
	meanwhile_begin(&m, &h, &ada, renew, &r);
	assert_ok(row_get(h.store, &person_rows, &h.ada.id, &p));
	p.state = PERSON_SUSPENDED;
	assert_ok(row_set(h.store, &person_rows, &p, &p.version));
	meanwhile_end(&m);
	assert_err(m.err, ERR_SUSPENDED);
	assert_ok(keys_of(&h.root, &h.ada.id, &all, &n));
	assert_int_equal(n, 1);
	house_end(&h);
}

TEST(keys_suspended_are_restored_and_revoked_are_not)
{
	struct key_view v;
	struct world_key k;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	v = house_key(&h, &h.ada);
	assert_err(keys_suspend(&ada, &v.key.id, ""), ERR_FORBIDDEN);
	assert_ok(keys_suspend(&h.root, &v.key.id, "unpaid"));
	k = live(&v.key.id);
	assert_false(k.usable);
	assert_err(keys_suspend(&h.root, &v.key.id, ""), ERR_BAD_STATE);
	assert_err(keys_restore(&ada, &v.key.id), ERR_FORBIDDEN);
	assert_ok(keys_restore(&h.root, &v.key.id));
	assert_ok(keys_revoke(&ada, &v.key.id, "lost my phone"));
	assert_err(keys_restore(&h.root, &v.key.id), ERR_BAD_STATE);
	assert_err(keys_revoke(&ada, &v.key.id, ""), ERR_BAD_STATE);
	house_end(&h);
}

TEST(keys_two_editors_the_second_is_told)
{
	struct key_view v;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	v = house_key(&h, &h.ada);
	assert_ok(keys_rename(&ada, &v.key.id, "Phone", v.key.version));
	assert_err(keys_rename(&h.root, &v.key.id, "Fon", v.key.version),
	    ERR_CONFLICT);
	assert_ok(keys_get(&ada, &v.key.id, &v));
	assert_string_equal(v.key.name, "Phone");
	house_end(&h);
}

TEST(keys_owners_extend_only_as_far_as_the_plan)
{
	int64_t year = NOON + 365 * 86400;
	struct key_view v;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	v = house_key(&h, &h.ada);
	assert_err(keys_set_end(&ada, &v.key.id, year + 1, 1), ERR_BAD_INPUT);
	assert_err(keys_set_end(&ada, &v.key.id, 0, 1), ERR_BAD_INPUT);
	assert_ok(keys_set_end(&ada, &v.key.id, year, 1));
	assert_ok(keys_set_end(&h.root, &v.key.id, 0, 2));
	house_end(&h);
}

TEST(keys_are_listed_by_standing_search_and_page)
{
	struct key_filter f = {.standing = -1};
	struct key_view v, *list;
	size_t n, total;

	house_make(&h);
	v = house_key(&h, &h.ada);
	for (int i = 0; i < 3; i++)
		(void)house_key(&h, &h.ada);
	assert_ok(keys_revoke(&h.root, &v.key.id, ""));
	assert_ok(keys_list(&h.root, &f, &list, &n, &total));
	assert_int_equal(total, 4);
	f.standing = KEY_IS_REVOKED;
	assert_ok(keys_list(&h.root, &f, &list, &n, &total));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].key.id.s, v.key.id.s);
	f = (struct key_filter){.standing = -1,
	    .search = "ADA",
	    .person = h.ada.id,
	    .offset = 1,
	    .limit = 2};
	assert_ok(keys_list(&h.root, &f, &list, &n, &total));
	assert_int_equal(total, 4);
	assert_int_equal(n, 2);
	f.search = "a%";
	assert_ok(keys_list(&h.root, &f, &list, &n, &total));
	assert_int_equal(total, 0);
	house_end(&h);
}

TEST(keys_ssid_with_keys_cannot_be_changed)
{
	struct network n;
	struct call c;

	house_make(&h);
	c = h.root;
	n = h.net;
	(void)snprintf(n.ssid, sizeof(n.ssid), "Other");
	assert_ok(network_set(&c, &n));
	(void)house_key(&h, &h.ada);
	(void)snprintf(n.ssid, sizeof(n.ssid), "Third");
	assert_err(network_set(&c, &n), ERR_CONFLICT);
	assert_string_equal(c.why.field, "ssid");
	assert_err(network_remove(&c, &n.id), ERR_CONFLICT);
	assert_err(plan_remove(&c, &h.plan.id), ERR_CONFLICT);
	house_end(&h);
}

TEST(keys_end_drops_the_connections_of_all_visits)
{
	struct disconnect *d;
	struct key_view v;
	struct call ada;
	size_t n;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	house_join(&h, &v.key.id, "02-aa-00-00-00-02", "s2");
	assert_ok(disconnects_due(&h.system, 10, &d, &n));
	assert_int_equal(n, 0);
	assert_ok(keys_revoke(&ada, &v.key.id, ""));
	assert_ok(disconnects_due(&h.system, 10, &d, &n));
	assert_int_equal(n, 2);
	/* a cached answer lets it back in: asked once more later */
	assert_ok(disconnects_result(
	    &h.system, &d[0].id, DISCONNECT_ACK, 0, NOON + 31));
	assert_ok(
	    disconnects_result(&h.system, &d[1].id, DISCONNECT_NAK, 503, 0));
	assert_ok(disconnects_due(&h.system, 10, &d, &n));
	assert_int_equal(n, 0);
	h.system.now = NOON + 31;
	assert_ok(disconnects_due(&h.system, 10, &d, &n));
	assert_int_equal(n, 1);
	assert_ok(
	    disconnects_result(&h.system, &d[0].id, DISCONNECT_TIMEOUT, 0, 0));
	assert_ok(disconnects_of_key(&ada, &v.key.id, 10, &d, &n));
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(d[i].answer, "nak") == 0)
			assert_int_equal(d[i].cause, 503);
		else
			assert_string_equal(d[i].answer, "ack");
	}
	house_end(&h);
}

TEST(keys_joined_again_by_a_cached_answer_are_dropped_again)
{
	struct disconnect *d;
	struct key_view v;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	assert_ok(keys_revoke(&h.root, &v.key.id, ""));
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	assert_ok(disconnects_due(&h.system, 10, &d, &n));
	assert_int_equal(n, 1);
	assert_string_equal(d[0].session, "s1");
	house_end(&h);
}
