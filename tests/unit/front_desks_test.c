/* A front desk beyond its own guests (G-06): those of the plans that its rules
 * name. */
#include "tests/unit/service.h"

#include "core/service/batches.h"
#include "core/service/insight.h"
#include "core/service/vouchers.h"

static struct house h;
static struct plan north, south;

static void
add_rule(const char *group, const struct uid *plan, int roles)
{
	struct rule r = {.priority = 20, .claim = "groups", .roles = roles};

	text_copy(r.value, sizeof(r.value), group);
	if (plan != NULL)
		r.desk = *plan;
	assert_ok(rule_add(&h.root, &r));
}

static void
begin(void)
{
	house_make(&h);
	(void)house_visitors(&h, &north);
	south = north;
	text_copy(south.name, sizeof(south.name), "South");
	assert_ok(plan_add(&h.root, &south));
	(void)house_guests(&h, &south.id);
	add_rule("desk-north", &north.id, 1 << ROLE_DESK);
	add_rule("desk-south", &south.id, 1 << ROLE_DESK);
	add_rule("desk-all", NULL, 1 << ROLE_DESK);
}

/* Somebody as they are after they signed in. */
static struct call
as(const struct person *p)
{
	struct call c = house_call(&h, p, p->roles);

	text_copy(c.actor.desk, sizeof(c.actor.desk), p->desk);
	return c;
}

static struct call
desk_of(const char *group)
{
	char subject[40];
	struct person p;

	(void)snprintf(subject, sizeof(subject), "works at %s", group);
	p = house_person(&h, subject, group);
	return as(&p);
}

static struct key_view
stay(struct call *c, const char *name, const struct plan *plan)
{
	return house_stay(c, plan, name, "12", 0, NOON + 3600);
}

/* How many there are of that day and with that text; all on one page. */
static size_t
found(struct call *c, enum pass_day day, const char *search)
{
	struct pass_filter f = {.day = day,
	    .from = NOON - 43200,
	    .to = NOON + 43200,
	    .search = search};
	struct key_view *v;
	size_t n, total, behind;

	assert_ok(passes_list(c, &f, &v, &n, &total));
	assert_int_equal(n, total);
	f.offset = 50;
	assert_ok(passes_list(c, &f, &v, &behind, &total));
	assert_int_equal(behind, 0);
	assert_int_equal(n, total);
	return n;
}

TEST(front_desks_list_their_own_guests)
{
	static const enum pass_day days[] = {
	    PASS_ANY, PASS_ARRIVES, PASS_DEPARTS};
	struct call a, b, all;

	begin();
	a = desk_of("desk-north");
	b = desk_of("desk-south");
	all = desk_of("desk-all");
	assert_string_equal(a.actor.desk, north.id.s);
	assert_string_equal(all.actor.desk, "");
	(void)stay(&a, "Ana", &north);
	(void)stay(&a, "Bea", &north);
	(void)stay(&all, "Cleo", &south);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(found(&a, days[i], ""), 2);
		assert_int_equal(found(&b, days[i], ""), 1);
		assert_int_equal(found(&all, days[i], ""), 3);
		assert_int_equal(found(&h.root, days[i], ""), 3);
		assert_int_equal(found(&a, days[i], "ana"), 1);
		assert_int_equal(found(&a, days[i], "cleo"), 0);
		assert_int_equal(found(&b, days[i], "cleo"), 1);
		assert_int_equal(found(&b, days[i], "12"), 1);
	}
	house_end(&h);
}

TEST(front_desks_hand_out_their_own_plans)
{
	struct call a, all;
	struct entitlement *presets;
	struct key_view v;
	struct pass_order o = {
	    .name = "Ana", .room = "1", .mail = "", .language = "en"};
	struct key_order k = {.kind = KEY_GUEST};
	size_t n;

	begin();
	a = desk_of("desk-north");
	all = desk_of("desk-all");
	assert_ok(passes_presets(&all, &presets, &n));
	assert_int_equal(n, 2);
	assert_ok(passes_presets(&a, &presets, &n));
	assert_int_equal(n, 1);
	assert_true(uid_same(&presets[0].plan.id, &north.id));
	o.plan = south.id;
	assert_err(passes_issue(&a, &o, &v), ERR_BAD_INPUT);
	o.plan = UID_NONE; /* the best there is */
	assert_ok(passes_issue(&a, &o, &v));
	assert_true(uid_same(&v.plan.id, &north.id));
	k.person = h.bob.id;
	k.plan = south.id;
	assert_err(keys_issue(&a, &k, &v), ERR_NOT_FOUND);
	k.plan = UID_NONE;
	assert_err(keys_issue(&a, &k, &v), ERR_NOT_FOUND);
	house_end(&h);
}

/* What there is to do with a guest; NOT_FOUND as a guest that is none. */
static void
all_denied(struct call *c, const struct key_view *v)
{
	const struct uid *const ids[] = {&v->key.id};
	OWN(secret) struct secret s = SECRET_NONE;
	struct insight_reach reach;
	struct audit_row *rows;
	struct person p;
	struct key_view o;
	size_t n;

	assert_err(keys_get(c, ids[0], &o), ERR_NOT_FOUND);
	assert_err(keys_reveal(c, ids[0], "print", &s), ERR_NOT_FOUND);
	assert_err(
	    keys_reveal_many(c, ids, 1, "print", NULL, &s), ERR_NOT_FOUND);
	assert_int_equal(s.len, 0);
	assert_err(keys_rotate(c, ids[0], 0, &o), ERR_NOT_FOUND);
	assert_err(keys_revoke(c, ids[0], "out"), ERR_NOT_FOUND);
	assert_err(keys_suspend(c, ids[0], "out"), ERR_NOT_FOUND);
	assert_err(keys_rename(c, ids[0], "13", v->key.version), ERR_NOT_FOUND);
	assert_err(
	    keys_set_devices(c, ids[0], 2, v->key.version), ERR_NOT_FOUND);
	assert_err(keys_set_end(c, ids[0], NOON + 7200, v->key.version),
	    ERR_NOT_FOUND);
	assert_err(passes_trail(c, ids[0], 5, &rows, &n), ERR_NOT_FOUND);
	assert_err(insight_reach(c, ids[0], &reach), ERR_NOT_FOUND);
	assert_err(people_get(c, &v->person.id, &p), ERR_NOT_FOUND);
}

TEST(front_desks_do_nothing_to_guests_of_others)
{
	struct call a, b;
	struct key_view v, now;
	struct audit_row *rows;
	struct person *people;
	size_t n, before, total;

	begin();
	a = desk_of("desk-north");
	b = desk_of("desk-south");
	v = stay(&b, "Cleo", &south);
	assert_ok(passes_trail(&h.root, &v.key.id, 50, &rows, &before));
	all_denied(&a, &v);
	assert_err(
	    people_list(&a, "", 0, 5, &people, &n, &total), ERR_FORBIDDEN);
	assert_ok(keys_get(&b, &v.key.id, &now));
	assert_int_equal(now.key.version, v.key.version);
	assert_ok(passes_trail(&h.root, &v.key.id, 50, &rows, &n));
	assert_int_equal(n, before);
	/* their own may, and it is recorded who did */
	{
		OWN(secret) struct secret s = SECRET_NONE;

		assert_ok(keys_reveal(&b, &v.key.id, "print", &s));
	}
	assert_ok(passes_trail(&b, &v.key.id, 50, &rows, &n));
	assert_int_equal(n, before + 1);
	assert_non_null(strstr(rows[0].actor, "works at desk-south"));
	assert_ok(keys_set_end(&b, &v.key.id, NOON + 7200, v.key.version));
	house_end(&h);
}

TEST(front_desks_keep_a_guest_who_is_slower_for_a_while)
{
	struct call a, b;
	struct plan slow;
	struct key_view v;

	begin();
	slow = north;
	text_copy(slow.name, sizeof(slow.name), "Slow");
	assert_ok(plan_add(&h.root, &slow));
	a = desk_of("desk-north");
	b = desk_of("desk-south");
	v = stay(&b, "Cleo", &south);
	house_sql(&h, "UPDATE wifi_key SET home = plan WHERE kind = 'guest'");
	{
		char sql[160];

		(void)snprintf(sql, sizeof(sql),
		    "UPDATE wifi_key SET plan = '%s' WHERE kind = 'guest'",
		    slow.id.s);
		house_sql(&h, sql);
	}
	assert_int_equal(found(&b, PASS_ANY, ""), 1);
	assert_int_equal(found(&b, PASS_DEPARTS, "cleo"), 1);
	assert_int_equal(found(&a, PASS_ANY, ""), 0);
	assert_ok(keys_get(&b, &v.key.id, &v));
	assert_true(uid_same(&v.plan.id, &slow.id));
	all_denied(&a, &v);
	house_end(&h);
}

static enum err
nobody(void *of, const char *name, const char *room)
{
	(void)of;
	(void)name;
	(void)room;
	return ERR_IO;
}

TEST(front_desks_see_their_own_batches)
{
	struct batch_order rows[1] = {
	    {.pass = {
		 .name = "Ana", .room = "1", .mail = "", .language = "en"}}};
	struct call a, b;
	struct batch batch, *all;
	struct batch_row *wrong;
	struct key_view *keys;
	size_t n;

	begin();
	a = desk_of("desk-north");
	b = desk_of("desk-south");
	assert_err(batches_make(&a, "Monday", &south.id, rows, 1, &batch),
	    ERR_BAD_INPUT);
	assert_ok(batches_make(&b, "Monday", &south.id, rows, 1, &batch));
	assert_ok(batches_list(&a, 5, &all, &n));
	assert_int_equal(n, 0);
	assert_ok(batches_list(&b, 5, &all, &n));
	assert_int_equal(n, 1);
	assert_err(batches_get(&a, &batch.id, &batch), ERR_NOT_FOUND);
	assert_err(batches_wrong(&a, &all[0].id, 5, &wrong, &n), ERR_NOT_FOUND);
	assert_err(batches_stop(&a, &all[0].id), ERR_NOT_FOUND);
	assert_err(
	    batches_keys(&a, &all[0].id, 0, 5, &keys, &n), ERR_NOT_FOUND);
	assert_err(batches_names(&a, &all[0].id, nobody, NULL), ERR_NOT_FOUND);
	assert_ok(batches_stop(&b, &all[0].id));
	house_end(&h);
}

TEST(front_desks_see_their_own_vouchers)
{
	struct voucher_order o = {.name = "Ana", .departure = NOON + 3600};
	OWN(secret) struct secret code = SECRET_NONE;
	OWN(secret) struct secret other = SECRET_NONE;
	struct call a, b;
	struct voucher one, *list, *of;
	struct voucher_batch batch, *all;
	size_t n, total;
	int64_t ended;

	begin();
	a = desk_of("desk-north");
	b = desk_of("desk-south");
	o.plan = south.id;
	assert_err(vouchers_make(&a, &o, &one, &code), ERR_NOT_FOUND);
	assert_err(vouchers_batch(&a, &o, 2, &batch), ERR_NOT_FOUND);
	assert_ok(vouchers_make(&b, &o, &one, &code));
	assert_ok(vouchers_batch(&b, &o, 2, &batch));
	assert_ok(vouchers_list(&a, "", -1, 0, 9, &list, &n, &total));
	assert_int_equal(n, 0);
	assert_int_equal(total, 0);
	assert_ok(vouchers_list(&b, "", -1, 0, 9, &list, &n, &total));
	assert_int_equal(n, 3);
	assert_ok(vouchers_batches(&a, &all, &n));
	assert_int_equal(n, 0);
	assert_ok(vouchers_batches(&b, &all, &n));
	assert_int_equal(n, 1);
	assert_err(vouchers_get(&a, &one.id, &one), ERR_NOT_FOUND);
	assert_err(vouchers_withdraw(&a, &list[0].id), ERR_NOT_FOUND);
	assert_err(vouchers_of_batch(&a, &batch.id, &of, &n), ERR_NOT_FOUND);
	assert_err(vouchers_batch_end(&a, &batch.id, &ended), ERR_NOT_FOUND);
	assert_ok(vouchers_of_batch(&b, &batch.id, &of, &n));
	assert_int_equal(n, 2);
	assert_err(vouchers_codes(&a, of, 1, "print", &other), ERR_NOT_FOUND);
	assert_int_equal(other.len, 0);
	assert_ok(vouchers_codes(&b, of, 1, "print", &other));
	assert_ok(vouchers_batch_end(&b, &batch.id, &ended));
	assert_int_equal(ended, 2);
	house_end(&h);
}

/* --- which ones they are ------------------------------------------------ */

static struct person
member(const char *const *groups, size_t n)
{
	struct identity id = {.issuer = "https://id.example.org",
	    .subject = "member",
	    .name = "Member",
	    .mail = "",
	    .groups = groups,
	    .ngroups = n,
	    .groups_known = true,
	    .claims = "{}",
	    .language = "en"};
	struct person p;

	assert_ok(people_sign_in(&h.root, &id, NULL, 0, &p));
	return p;
}

TEST(front_desks_of_several_rules_are_one)
{
	static const char *const both[] = {"desk-north", "desk-south"},
				 *const any[] = {"desk-north", "desk-all"},
				 *const none[] = {"visitors"};
	struct audit_row *rows;
	struct person p;
	struct call c;
	size_t n;

	begin();
	p = member(both, 2);
	assert_int_equal(strlen(p.desk), 2 * UID_LEN + 1);
	assert_non_null(strstr(p.desk, north.id.s));
	assert_non_null(strstr(p.desk, south.id.s));
	assert_ok(
	    audit_list(&h.root, "person.sign-in", &p.id, 0, 1, &rows, &n));
	assert_non_null(strstr(rows[0].detail, p.desk));
	c = as(&p);
	(void)stay(&c, "Ana", &north);
	(void)stay(&c, "Cleo", &south);
	assert_int_equal(found(&c, PASS_ANY, ""), 2);
	p = member(any, 2);
	assert_string_equal(p.desk, "");
	assert_true(p.roles & 1 << ROLE_DESK);
	p = member(none, 1);
	assert_int_equal(p.roles, 1 << ROLE_PERSON);
	/* staff sees all, at a desk or not */
	add_rule("desk-north", NULL, 1 << ROLE_OPERATOR);
	p = member(both, 1);
	assert_string_equal(p.desk, north.id.s);
	c = as(&p);
	assert_int_equal(found(&c, PASS_ANY, ""), 2);
	/* a role for good is one for all guests */
	house_sql(&h, "UPDATE person SET granted = 4 WHERE subject = 'member'");
	assert_int_equal(1 << ROLE_DESK, 4);
	p = member(both, 1);
	assert_string_equal(p.desk, "");
	house_end(&h);
}

/* n-1, n and one more: it is left out, and nothing becomes all. */
TEST(front_desks_have_so_many_plans)
{
	static const char *const many[] = {"many"};
	struct plan p;

	begin();
	for (int i = 1; i <= DESK_PLANS + 1; i++) {
		p = north;
		(void)snprintf(p.name, sizeof(p.name), "Site %d", i);
		assert_ok(plan_add(&h.root, &p));
		add_rule("many", &p.id, 1 << ROLE_DESK);
		if (i < DESK_PLANS - 1)
			continue;
		assert_int_equal(strlen(member(many, 1).desk) + 1,
		    (i > DESK_PLANS ? DESK_PLANS : i) * (UID_LEN + 1));
	}
	house_end(&h);
}

TEST(front_desks_go_with_rules_that_can_be)
{
	struct rule r = {.priority = 1,
	    .claim = "groups",
	    .value = "x",
	    .roles = 1 << ROLE_SPONSOR};

	begin();
	r.desk = north.id;
	assert_err(rule_add(&h.root, &r), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "desk");
	r.roles = 1 << ROLE_DESK;
	r.desk = uid_new();
	assert_err(rule_add(&h.root, &r), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "desk");
	/* a plan that is gone must not make a front desk one of all guests */
	house_sql(&h, "DELETE FROM rule WHERE plan IS NOT NULL");
	assert_err(plan_remove(&h.root, &north.id), ERR_CONFLICT);
	house_end(&h);
}
