#include "tests/unit/meanwhile.h"
#include "tests/unit/service.h"

#include "core/service/pools.h"
#include "core/service/units.h"

static struct house h;
static struct call ada, bob;

static struct unit
flat(const char *name)
{
	struct unit u = {.vlan = 300};

	text_copy(u.name, sizeof(u.name), name);
	assert_ok(units_add(&h.root, &u));
	return u;
}

static void
begin(void)
{
	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	bob = house_call(&h, &h.bob, 1 << ROLE_PERSON);
}

TEST(units_share_a_password_among_members_and_managers_make_it)
{
	OWN(secret) struct secret s = SECRET_NONE, token = SECRET_NONE;
	struct key_order o;
	struct world_key k;
	struct key_view v;
	struct unit u, joined;

	begin();
	u = flat("Flat 1");
	assert_ok(units_member_set(&h.root, &u.id, &h.ada.id, true));
	o = (struct key_order){.unit = u.id, .name = "Flat 1"};
	assert_err(keys_issue(&bob, &o, &v), ERR_NOT_FOUND);
	assert_ok(keys_issue(&ada, &o, &v));
	assert_int_equal(v.key.kind, KEY_UNIT);
	assert_true(uid_is_none(&v.key.person));
	assert_ok(world_key_get(&h.system, &v.key.id, &k));
	assert_int_equal(k.vlan, 300);
	/* bob is nobody here until he is invited */
	assert_err(keys_reveal(&bob, &v.key.id, "screen", &s), ERR_NOT_FOUND);
	assert_err(units_invite(&bob, &u.id, 3600, &token), ERR_NOT_FOUND);
	assert_ok(units_invite(&ada, &u.id, 3600, &token));
	assert_ok(units_join(&bob, secret_text(&token), &joined));
	assert_string_equal(joined.name, "Flat 1");
	assert_err(
	    units_join(&bob, secret_text(&token), &joined), ERR_NOT_FOUND);
	assert_ok(keys_reveal(&bob, &v.key.id, "screen", &s));
	assert_err(keys_revoke(&bob, &v.key.id, ""), ERR_NOT_FOUND);
	assert_err(keys_issue(&bob, &o, &v), ERR_NOT_FOUND);
	house_end(&h);
}

TEST(units_members_leave_but_not_the_last_manager)
{
	struct unit_member *m;
	struct unit u, *list;
	size_t n;

	begin();
	u = flat("Flat 1");
	assert_ok(units_member_set(&h.root, &u.id, &h.ada.id, true));
	assert_ok(units_member_set(&h.root, &u.id, &h.bob.id, false));
	assert_err(units_member_remove(&bob, &u.id, &h.ada.id), ERR_NOT_FOUND);
	assert_err(units_member_remove(&ada, &u.id, &h.ada.id), ERR_BAD_STATE);
	assert_ok(units_members(&bob, &u.id, &m, &n));
	assert_int_equal(n, 2);
	assert_ok(units_member_remove(&bob, &u.id, &h.bob.id));
	assert_err(units_members(&bob, &u.id, &m, &n), ERR_NOT_FOUND);
	assert_ok(units_of(&ada, &h.ada.id, &list, &n));
	assert_int_equal(n, 1);
	house_end(&h);
}

TEST(units_suspended_block_their_passwords)
{
	struct disconnect *d;
	struct key_order o;
	struct world_key k;
	struct key_view v;
	struct unit u;
	size_t n;

	begin();
	u = flat("Flat 1");
	o = (struct key_order){.unit = u.id, .plan = h.plan.id};
	assert_ok(keys_issue(&h.root, &o, &v));
	house_join(&h, &v.key.id, "02-aa-00-00-00-01", "s1");
	assert_ok(units_set_state(&h.root, &u.id, PERSON_SUSPENDED, "no rent"));
	assert_ok(world_key_get(&h.system, &v.key.id, &k));
	assert_false(k.usable);
	assert_ok(disconnects_due(&h.system, 9, &d, &n));
	assert_int_equal(n, 1);
	assert_err(keys_issue(&h.root, &o, &v), ERR_SUSPENDED);
	assert_err(units_remove(&h.root, &u.id), ERR_CONFLICT);
	house_end(&h);
}

static int
vlan_of(const struct uid *key)
{
	struct world_key k;

	assert_ok(world_key_get(&h.system, key, &k));
	return k.vlan;
}

/* ADAS is a password of hers; whoever is suspended holds on. */
static void
who_holds_which(struct uid adas)
{
	struct call her = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	struct plan plain = {.network = h.net.id, .name = "Plain"};
	struct pool_lease *l;
	struct pool pool;
	size_t n;

	assert_ok(keys_suspend(&h.root, &adas, "lost"));
	assert_ok(
	    people_set_state(&h.root, &h.bob.id, PERSON_SUSPENDED, "not paid"));
	assert_ok(pools_leases(&h.root, &h.plan.id, 0, 10, &pool, &l, &n));
	assert_int_equal(n, 2);
	assert_int_equal(pool.leased, 2);
	assert_int_equal(l[0].vlan, 200);
	assert_true(uid_same(&l[0].holder, &h.ada.id));
	assert_string_equal(l[0].noun, "person");
	assert_string_equal(l[0].state, "active");
	assert_int_equal(l[0].keys, 1);
	assert_int_equal(l[0].suspended, 1);
	assert_int_equal(l[1].vlan, 201);
	assert_string_equal(l[1].name, "bob");
	assert_string_equal(l[1].state, "suspended");
	assert_string_equal(l[1].reason, "not paid");
	assert_int_equal(l[1].keys, 1);
	assert_ok(pools_leases(&h.root, &h.plan.id, 1, 10, &pool, &l, &n));
	assert_int_equal(n, 1);
	assert_int_equal(l[0].vlan, 201);
	assert_err(pools_leases(&her, &h.plan.id, 0, 10, &pool, &l, &n),
	    ERR_FORBIDDEN);
	assert_ok(plan_add(&h.root, &plain));
	assert_err(pools_leases(&h.root, &plain.id, 0, 10, &pool, &l, &n),
	    ERR_NOT_FOUND);
	assert_ok(keys_restore(&h.root, &adas));
	assert_ok(people_set_state(&h.root, &h.bob.id, PERSON_ACTIVE, ""));
}

TEST(pools_lease_one_vlan_per_person_and_say_when_they_are_empty)
{
	struct key_view a1, a2, b;
	struct key_order o;
	struct pool *p;
	struct call c;
	size_t n;

	begin();
	c = h.root;
	a1 = house_key(&h, &h.ada); /* before the plan had a pool */
	h.plan.vlan = 0;
	text_copy(h.plan.pool, sizeof(h.plan.pool), "201,200");
	assert_ok(plan_set(&c, &h.plan));
	a2 = house_key(&h, &h.ada);
	assert_int_equal(vlan_of(&a1.key.id), 200);
	assert_int_equal(vlan_of(&a2.key.id), 200);
	o = (struct key_order){.person = h.bob.id, .plan = h.plan.id};
	assert_ok(keys_issue(&c, &o, &b));
	assert_int_equal(vlan_of(&b.key.id), 201);
	o.person = house_person(&h, "eve", "staff").id;
	assert_err(keys_issue(&c, &o, &b), ERR_LIMIT);
	assert_non_null(strstr(c.why.text, "201,200"));
	assert_ok(pools_list(&c, &p, &n));
	assert_int_equal(p[0].size, 2);
	assert_int_equal(p[0].leased, 2);
	who_holds_which(a2.key.id);
	/* a larger pool leaves everybody where they are */
	text_copy(h.plan.pool, sizeof(h.plan.pool), "200-202");
	assert_ok(plan_set(&c, &h.plan));
	assert_int_equal(vlan_of(&a1.key.id), 200);
	assert_ok(keys_issue(&c, &o, &b));
	assert_int_equal(vlan_of(&b.key.id), 202);
	/* a smaller one is refused while there are more people than VLANs */
	text_copy(h.plan.pool, sizeof(h.plan.pool), "200,300");
	assert_err(plan_set(&c, &h.plan), ERR_LIMIT);
	house_end(&h);
}

static enum err
change(struct call *c, void *arg)
{
	return units_set(c, arg);
}

TEST(units_with_parts_are_part_of_none_and_never_of_each_other)
{
	struct unit a, b, c, was;
	struct meanwhile m;

	begin();
	a = flat("A");
	b = flat("B");
	c = flat("C");
	b.parent = a.id;
	assert_ok(units_set(&h.root, &b));
	a.parent = c.id;
	assert_err(units_set(&h.root, &a), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "parent");
	b.parent = UID_NONE;
	assert_ok(units_set(&h.root, &b));
	/* two at once, each part of the other */
	a.parent = b.id;
	meanwhile_begin(&m, &h, &h.root, change, &a);
	assert_ok(row_get(h.store, &unit_rows, &b.id, &was));
	was.parent = a.id;
	assert_ok(row_set(h.store, &unit_rows, &was, &was.version));
	meanwhile_end(&m);
	assert_err(m.err, ERR_BAD_INPUT);
	house_end(&h);
}

TEST(units_have_one_level_of_parts)
{
	struct unit top = {.name = "House", .vlan = 300},
		    part = {.name = "Flat"}, deep = {.name = "Room"}, odd;
	OWN(secret) struct secret s = SECRET_NONE;

	begin();
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
