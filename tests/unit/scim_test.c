#include "tests/unit/service.h"

#include "core/service/follow.h"
#include "core/service/scim.h"

#define US "https://id.example.org"
#define THEM "https://id.example.net"

static struct house h;
static struct call c;

static void
open_house(void)
{
	house_make(&h);
	c = h.root;
	c.actor = (struct actor){.kind = ACTOR_TOKEN,
	    .name = "directory",
	    .roles = 1 << ROLE_OPERATOR};
}

static struct scim_user
user(const char *external, const char *name)
{
	struct scim_user u = {.active = true, .attributes = "{}"};

	text_copy(u.external, sizeof(u.external), external);
	text_copy(u.user_name, sizeof(u.user_name), name);
	text_copy(u.name, sizeof(u.name), name);
	return u;
}

static struct scim_user
added(const char *external, const char *name)
{
	struct scim_user u = user(external, name);

	assert_ok(scim_users_add(&c, US, &u));
	return u;
}

static struct scim_group
group(const char *name, const char *external, const struct uid *one)
{
	struct scim_group g = {0};

	text_copy(g.name, sizeof(g.name), name);
	text_copy(g.external, sizeof(g.external), external);
	assert_ok(scim_groups_add(&c, US, &g, one, one ? 1 : 0));
	return g;
}

static struct plan
plan(const char *name, const char *groups, int priority)
{
	struct plan p = h.plan;
	struct rule r = {.priority = priority, .claim = "groups"};

	p.id = UID_NONE;
	text_copy(p.name, sizeof(p.name), name);
	assert_ok(plan_add(&h.root, &p));
	r.plan = p.id;
	text_copy(r.value, sizeof(r.value), groups);
	assert_ok(rule_add(&h.root, &r));
	return p;
}

static struct wifi_key
read_again(const struct key_view *v)
{
	struct key_view out;

	assert_ok(keys_get(&h.root, &v->key.id, &out));
	return out.key;
}

static bool
on_plan(const struct key_view *v, const struct plan *p)
{
	struct wifi_key k = read_again(v);

	return uid_same(&k.plan, &p->id);
}

static enum key_standing
standing(const struct key_view *v)
{
	struct key_view out;

	assert_ok(keys_get(&h.root, &v->key.id, &out));
	return out.standing;
}

static enum person_state
state_of(const struct uid *id)
{
	struct person p;

	assert_ok(people_get(&h.root, id, &p));
	return p.state;
}

static size_t
plans(const struct uid *id)
{
	struct entitlement *t;
	size_t n;

	assert_ok(people_entitlements(&h.root, id, &t, &n));
	return n;
}

static size_t
disconnects(const struct key_view *v)
{
	struct disconnect *list;
	size_t n;

	assert_ok(disconnects_of_key(&h.root, &v->key.id, 10, &list, &n));
	return n;
}

TEST(a_user_is_the_person_who_signs_in_with_this_identifier)
{
	struct scim_user u, got;
	struct person p;

	open_house();
	u = added("ada", "ada@example.org");
	assert_true(uid_same(&u.id, &h.ada.id));
	u = added("new one", "new@example.org");
	p = house_person(&h, "new one", NULL);
	assert_true(uid_same(&u.id, &p.id));
	assert_ok(scim_users_get(&c, US, &u.id, &got));
	assert_string_equal(got.external, "new one");
	assert_true(got.active);
	house_end(&h);
}

TEST(disabled_is_suspended_at_once_and_enabled_is_back)
{
	struct key_view v;
	struct scim_user u;

	open_house();
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02-00-00-00-00-01", "s1");
	u = added("ada", "ada@example.org");
	assert_int_equal(disconnects(&v), 0);
	u.active = false;
	assert_ok(scim_users_set(&c, US, &u));
	assert_int_equal(state_of(&u.id), PERSON_SUSPENDED);
	assert_int_equal(disconnects(&v), 1);
	assert_err(
	    people_set_state(&h.root, &u.id, PERSON_ACTIVE, ""), ERR_BAD_STATE);
	u.active = true;
	assert_ok(scim_users_set(&c, US, &u));
	assert_int_equal(state_of(&u.id), PERSON_ACTIVE);
	house_end(&h);
}

TEST(deleted_has_ended_and_the_same_identifier_returns)
{
	struct scim_user u, again, got;

	open_house();
	u = added("ada", "ada@example.org");
	assert_ok(scim_users_remove(&c, US, &u.id));
	assert_int_equal(state_of(&u.id), PERSON_ENDED);
	assert_err(scim_users_get(&c, US, &u.id, &got), ERR_NOT_FOUND);
	assert_err(scim_users_remove(&c, US, &u.id), ERR_NOT_FOUND);
	again = added("ada", "ada@example.org");
	assert_true(uid_same(&u.id, &again.id));
	assert_int_equal(state_of(&u.id), PERSON_ACTIVE);
	house_end(&h);
}

TEST(what_staff_decided_stays)
{
	struct scim_user u;

	open_house();
	u = added("ada", "ada@example.org");
	assert_ok(people_set_state(&h.root, &u.id, PERSON_SUSPENDED, "fees"));
	u.active = false;
	assert_ok(scim_users_set(&c, US, &u));
	u.active = true;
	assert_ok(scim_users_set(&c, US, &u));
	assert_int_equal(state_of(&u.id), PERSON_SUSPENDED);
	assert_ok(people_set_state(&h.root, &u.id, PERSON_ACTIVE, ""));
	assert_int_equal(state_of(&u.id), PERSON_ACTIVE);
	house_end(&h);
}

/* W-32 */
TEST(names_are_unique_whatever_their_case_and_identifiers_are_opaque)
{
	struct scim_user u, twin;

	open_house();
	u = added("7", "Seven@example.org");
	twin = user("8", "sEVEN@example.org");
	assert_err(scim_users_add(&c, US, &twin), ERR_EXISTS);
	assert_string_equal(c.why.field, "userName");
	twin = user("7", "other@example.org");
	assert_err(scim_users_add(&c, US, &twin), ERR_EXISTS);
	assert_string_equal(c.why.field, "externalId");
	twin = added("007", "bond@example.org");
	assert_false(uid_same(&u.id, &twin.id));
	text_copy(twin.external, sizeof(twin.external), "ada");
	assert_err(scim_users_set(&c, US, &twin), ERR_EXISTS);
	house_end(&h);
}

TEST(another_connector_sees_and_touches_nothing)
{
	struct scim_filter all = {.limit = 10};
	struct scim_user u, got, *list;
	struct scim_group g, seen;
	size_t n, total;

	open_house();
	u = added("ada", "ada@example.org");
	g = group("staff", "", &u.id);
	assert_err(scim_users_get(&c, THEM, &u.id, &got), ERR_NOT_FOUND);
	assert_err(scim_users_set(&c, THEM, &u), ERR_NOT_FOUND);
	assert_err(scim_users_remove(&c, THEM, &u.id), ERR_NOT_FOUND);
	assert_err(scim_groups_get(&c, THEM, &g.id, &seen), ERR_NOT_FOUND);
	assert_err(scim_groups_remove(&c, THEM, &g.id), ERR_NOT_FOUND);
	assert_ok(scim_users_list(&c, THEM, &all, &list, &n, &total));
	assert_int_equal(n + total, 0);
	got = user("ada", "ada@example.org");
	assert_ok(scim_users_add(&c, THEM, &got));
	assert_false(uid_same(&got.id, &h.ada.id));
	g.id = UID_NONE;
	text_copy(g.name, sizeof(g.name), "theirs");
	assert_err(scim_groups_add(&c, THEM, &g, &u.id, 1), ERR_BAD_INPUT);
	c.actor.roles = 1 << ROLE_AUDITOR;
	assert_err(scim_users_get(&c, US, &u.id, &got), ERR_FORBIDDEN);
	house_end(&h);
}

TEST(two_changes_of_one_version_are_a_conflict)
{
	struct scim_user u, old;

	open_house();
	old = u = added("ada", "ada@example.org");
	assert_ok(scim_users_set(&c, US, &u));
	assert_int_equal(u.version, 2);
	assert_err(scim_users_set(&c, US, &old), ERR_CONFLICT);
	house_end(&h);
}

TEST(lists_are_narrowed_and_paged)
{
	struct scim_filter f = {.limit = 2, .offset = 1};
	struct scim_user u, *list;
	struct scim_group g;
	size_t n, total;

	open_house();
	u = added("a", "A@example.org");
	added("b", "b@example.org");
	added("c", "c@example.org");
	g = group("desk", "g-1", &u.id);
	assert_ok(scim_users_list(&c, US, &f, &list, &n, &total));
	assert_int_equal(n, 2);
	assert_int_equal(total, 3);
	f = (struct scim_filter){.key = SCIM_NAME, .value = "a@EXAMPLE.org"};
	assert_ok(scim_users_list(&c, US, &f, &list, &n, &total));
	assert_int_equal(n, 1);
	f = (struct scim_filter){.key = SCIM_EXTERNAL, .value = "A"};
	assert_ok(scim_users_list(&c, US, &f, &list, &n, &total));
	assert_int_equal(n, 0);
	f = (struct scim_filter){.key = SCIM_MEMBER, .value = g.id.s};
	assert_ok(scim_users_list(&c, US, &f, &list, &n, &total));
	assert_int_equal(n, 1);
	assert_true(uid_same(&list[0].id, &u.id));
	house_end(&h);
}

TEST(a_group_gives_a_plan_and_leaving_it_takes_the_password)
{
	struct scim_group g;
	struct key_view v;
	struct scim_user u;

	open_house();
	u = added("bob", "bob@example.org");
	g = group("staff", "", &u.id);
	assert_int_equal(plans(&u.id), 1);
	v = house_key(&h, &h.bob);
	house_join(&h, &v.key.id, "02-00-00-00-00-01", "s1");
	assert_ok(scim_groups_set(&c, US, &g, (struct uid[1]){0}, 0));
	assert_int_equal(plans(&u.id), 0);
	assert_int_equal(standing(&v), KEY_IS_SUSPENDED);
	assert_string_equal(read_again(&v).reason, FOLLOW_REASON);
	assert_int_equal(disconnects(&v), 1);
	assert_ok(scim_groups_set(&c, US, &g, &u.id, 1));
	assert_int_equal(standing(&v), KEY_IS_ACTIVE);
	assert_ok(scim_groups_remove(&c, US, &g.id));
	assert_int_equal(standing(&v), KEY_IS_SUSPENDED);
	house_end(&h);
}

/* Ada's sign-in said staff; the directory knows better. */
TEST(where_the_directory_knows_a_group_it_decides)
{
	struct scim_group g;
	struct key_view v;
	struct scim_user u;

	open_house();
	v = house_key(&h, &h.ada);
	u = added("ada", "ada@example.org");
	assert_int_equal(plans(&u.id), 1);
	g = group("staff", "", &u.id);
	assert_ok(scim_groups_set(&c, US, &g, (struct uid[1]){0}, 0));
	assert_int_equal(plans(&u.id), 0);
	assert_int_equal(standing(&v), KEY_IS_SUSPENDED);
	(void)house_person(&h, "ada", "staff");
	assert_int_equal(plans(&u.id), 0);
	assert_ok(scim_groups_remove(&c, US, &g.id));
	assert_int_equal(plans(&u.id), 0);
	house_end(&h);
}

TEST(a_group_is_known_to_rules_by_either_name)
{
	struct scim_user u;
	struct scim_group g;

	open_house();
	u = added("bob", "bob@example.org");
	g = group("Everybody in the hall", "staff", &u.id);
	assert_int_equal(plans(&u.id), 1);
	text_copy(g.external, sizeof(g.external), "else");
	assert_ok(scim_groups_set(&c, US, &g, NULL, 0));
	assert_int_equal(plans(&u.id), 0);
	house_end(&h);
}

TEST(a_group_with_another_name_is_other_rules)
{
	struct scim_group g;
	struct key_view v;
	struct scim_user u;

	open_house();
	u = added("bob", "bob@example.org");
	g = group("staff", "", &u.id);
	v = house_key(&h, &h.bob);
	text_copy(g.name, sizeof(g.name), "retired");
	assert_ok(scim_groups_set(&c, US, &g, NULL, 0));
	assert_int_equal(standing(&v), KEY_IS_SUSPENDED);
	text_copy(g.name, sizeof(g.name), "staff");
	assert_ok(scim_groups_set(&c, US, &g, NULL, 0));
	assert_int_equal(standing(&v), KEY_IS_ACTIVE);
	house_end(&h);
}

TEST(a_password_moves_to_the_best_plan_of_its_owner)
{
	struct scim_group lead;
	struct key_view v;
	struct scim_user u;
	struct plan better;

	open_house();
	better = plan("Lead", "lead", 1);
	u = added("bob", "bob@example.org");
	(void)group("staff", "", &u.id);
	v = house_key(&h, &h.bob);
	assert_true(on_plan(&v, &h.plan));
	lead = group("lead", "", &u.id);
	assert_true(on_plan(&v, &better));
	assert_ok(scim_groups_remove(&c, US, &lead.id));
	assert_true(on_plan(&v, &h.plan));
	assert_int_equal(standing(&v), KEY_IS_ACTIVE);
	house_end(&h);
}

TEST(what_was_given_beside_the_rules_and_what_staff_stopped_stays)
{
	struct key_order o = {.name = "", .kind = KEY_PERSONAL};
	struct key_view beside, stopped;
	struct scim_group g;
	struct scim_user u;
	struct plan other;

	open_house();
	other = plan("Nobody's", "nobody", 50);
	u = added("bob", "bob@example.org");
	g = group("staff", "", &u.id);
	stopped = house_key(&h, &h.bob);
	assert_ok(keys_suspend(&h.root, &stopped.key.id, "lost"));
	o.person = u.id;
	o.network = h.net.id;
	o.plan = other.id;
	assert_ok(keys_issue(&h.root, &o, &beside));
	assert_ok(scim_groups_set(&c, US, &g, (struct uid[1]){0}, 0));
	assert_int_equal(standing(&beside), KEY_IS_ACTIVE);
	assert_string_equal(read_again(&stopped).reason, "lost");
	assert_ok(scim_groups_set(&c, US, &g, &u.id, 1));
	assert_int_equal(standing(&stopped), KEY_IS_SUSPENDED);
	house_end(&h);
}

static struct person
sign_in(const char *external, const char *subject, const char *one, bool known,
    bool follow)
{
	const char *const groups[] = {one};
	struct identity id = {.issuer = US,
	    .subject = subject,
	    .name = subject,
	    .groups = groups,
	    .ngroups = one ? 1 : 0,
	    .groups_known = known,
	    .external = external,
	    .follow = follow};
	struct person p;

	assert_ok(people_sign_in(&h.root, &id, NULL, 0, &p));
	return p;
}

TEST(sign_in_moves_passwords_only_where_it_is_told_to)
{
	struct key_view v;

	open_house();
	v = house_key(&h, &h.ada);
	(void)sign_in(NULL, "ada", "visitors", true, false);
	assert_int_equal(standing(&v), KEY_IS_ACTIVE);
	(void)sign_in(NULL, "ada", "staff", true, true);
	(void)sign_in(NULL, "ada", NULL, false, true); /* O-34 */
	assert_int_equal(standing(&v), KEY_IS_ACTIVE);
	(void)sign_in(NULL, "ada", "staff", true, true);
	(void)sign_in(NULL, "ada", "visitors", true, true);
	assert_int_equal(standing(&v), KEY_IS_SUSPENDED);
	(void)sign_in(NULL, "ada", "staff", true, true);
	assert_int_equal(standing(&v), KEY_IS_ACTIVE);
	house_end(&h);
}

TEST(who_signs_in_with_another_subject_is_known_by_the_claim)
{
	struct scim_user u;
	struct identity other = {.issuer = US,
	    .subject = "thief",
	    .external = "object-1",
	    .groups_known = true};
	struct person p;

	open_house();
	u = added("object-1", "carl@example.org");
	p = sign_in("object-1", "pairwise-1", NULL, true, false);
	assert_true(uid_same(&p.id, &u.id));
	p = sign_in(NULL, "pairwise-1", NULL, true, false);
	assert_true(uid_same(&p.id, &u.id));
	assert_err(people_sign_in(&h.root, &other, NULL, 0, &p), ERR_FORBIDDEN);
	u.active = false;
	assert_ok(scim_users_set(&c, US, &u));
	assert_int_equal(state_of(&u.id), PERSON_SUSPENDED);
	house_end(&h);
}

TEST(an_administrator_is_neither_made_nor_unmade_by_a_directory)
{
	static const char *const admins[] = {"staff"};
	struct rule r = {.priority = 1,
	    .claim = "groups",
	    .value = "chiefs",
	    .roles = 1 << ROLE_ADMIN | 1 << ROLE_DESK};
	struct identity id = {.issuer = US,
	    .subject = "ada",
	    .groups = admins,
	    .ngroups = 1,
	    .groups_known = true};
	struct scim_user u, b;
	struct person p;

	open_house();
	assert_ok(rule_add(&h.root, &r));
	assert_ok(people_sign_in(&h.root, &id, admins, 1, &p));
	u = added("ada", "ada@example.org");
	b = added("bob", "bob@example.org");
	(void)group("chiefs", "", &b.id);
	assert_ok(people_get(&h.root, &b.id, &p));
	assert_int_equal(p.roles, 1 << ROLE_PERSON | 1 << ROLE_DESK);
	assert_ok(people_get(&h.root, &u.id, &p));
	assert_true(p.roles & 1 << ROLE_ADMIN);
	house_end(&h);
}

/* At once, not from the next sign-in on (G-06). */
TEST(a_directory_says_whose_guests_a_front_desk_has)
{
	struct rule of_some = {.priority = 1,
	    .claim = "groups",
	    .value = "north",
	    .roles = 1 << ROLE_DESK};
	struct rule of_all = of_some;
	struct scim_user u;
	struct audit_row *rows;
	struct person p;
	size_t n;

	open_house();
	of_some.desk = h.plan.id;
	text_copy(of_all.value, sizeof(of_all.value), "both");
	assert_ok(rule_add(&h.root, &of_some));
	assert_ok(rule_add(&h.root, &of_all));
	u = added("bob", "bob@example.org");
	(void)group("north", "", &u.id);
	assert_ok(people_get(&h.root, &u.id, &p));
	assert_string_equal(p.desk, h.plan.id.s);
	assert_ok(audit_list(&h.root, "person.roles", &u.id, 0, 1, &rows, &n));
	assert_int_equal(n, 1);
	assert_non_null(strstr(rows[0].detail, h.plan.id.s));
	/* the same roles, for others */
	(void)group("both", "", &u.id);
	assert_ok(people_get(&h.root, &u.id, &p));
	assert_string_equal(p.desk, "");
	assert_int_equal(p.roles, 1 << ROLE_PERSON | 1 << ROLE_DESK);
	house_end(&h);
}
