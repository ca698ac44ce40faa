#include "tests/unit/meanwhile.h"
#include "tests/unit/service.h"

#include "core/service/owns.h"
#include "core/service/units.h"

static struct house h;
static struct call desk, billing;
static const struct own r1 = {"", "RES-1"}, same_elsewhere = {"pms", "RES-1"};

static void
begin(void)
{
	house_make(&h);
	(void)house_guests(&h, &h.plan.id);
	desk = billing = h.root;
	desk.actor = (struct actor){
	    .kind = ACTOR_TOKEN, .name = "hotel", .roles = 1 << ROLE_DESK};
	billing.actor = (struct actor){.kind = ACTOR_TOKEN,
	    .name = "billing",
	    .roles = 1 << ROLE_OPERATOR};
}

static struct key_view
in(const struct own *o, const char *room, int64_t departure)
{
	const struct pass_order order = {.name = "Rui",
	    .room = room,
	    .mail = "",
	    .language = "",
	    .departure = departure};
	struct key_view v;

	assert_ok(owns_check_in(&desk, o, &order, &v));
	return v;
}

static enum key_standing
standing(const struct key_view *v)
{
	struct key_view out;

	assert_ok(keys_get(&h.root, &v->key.id, &out));
	return out.standing;
}

TEST(checking_in_twice_is_one_guest_with_the_later_room_and_departure)
{
	struct key_view a, b, other;

	begin();
	a = in(&r1, "12", NOON + 86400);
	assert_string_equal(a.key.name, "12");
	b = in(&r1, "14", NOON + 2 * 86400);
	assert_true(uid_same(&a.key.id, &b.key.id));
	assert_string_equal(b.key.name, "14");
	assert_int_equal(b.key.not_after, NOON + 2 * 86400);
	b = in(&r1, "", 0); /* nothing given, nothing changed */
	assert_string_equal(b.key.name, "14");
	assert_int_equal(b.key.not_after, NOON + 2 * 86400);
	/* another system's number of the same name is somebody else */
	other = in(&same_elsewhere, "3", 0);
	assert_false(uid_same(&a.key.id, &other.key.id));
	house_end(&h);
}

TEST(checking_out_ends_every_password_of_the_stay_and_only_those)
{
	struct key_view a, next, other, out;

	begin();
	a = in(&r1, "12", NOON + 86400);
	other = in(&same_elsewhere, "13", NOON + 86400);
	assert_ok(keys_rotate(&h.root, &a.key.id, 3600, &next));
	assert_ok(owns_stay(&desk, &r1, &out));
	assert_true(uid_same(&out.key.id, &next.key.id));
	assert_ok(owns_move(&desk, &r1, "15", &out));
	assert_string_equal(out.key.name, "15");
	assert_ok(owns_check_out(&desk, &r1, "left", &out));
	assert_int_equal(standing(&a), KEY_IS_REVOKED);
	assert_int_equal(standing(&next), KEY_IS_REVOKED);
	assert_int_equal(standing(&other), KEY_IS_ACTIVE);
	/* again: nothing to do; nothing else is possible */
	assert_ok(owns_check_out(&desk, &r1, "left", &out));
	assert_int_equal(owns_move(&desk, &r1, "16", &out), ERR_BAD_STATE);
	/* who comes back is a guest anew */
	a = in(&r1, "20", NOON + 86400);
	assert_int_equal(standing(&a), KEY_IS_ACTIVE);
	assert_int_equal(standing(&next), KEY_IS_REVOKED);
	house_end(&h);
}

TEST(what_a_guest_brought_along_comes_and_goes_with_the_stay)
{
	struct key_view a, telly, out;
	struct key_order o = {.kind = KEY_THING, .name = "Telly"};

	begin();
	a = in(&r1, "12", NOON + 86400);
	o.plan = h.plan.id;
	o.person = a.person.id;
	assert_ok(keys_issue(&h.root, &o, &telly));
	assert_int_equal(telly.key.not_after, NOON + 86400);
	/* the stay is still known by the guest's own password */
	assert_ok(owns_stay(&desk, &r1, &out));
	assert_true(uid_same(&out.key.id, &a.key.id));
	out = in(&r1, "14", NOON + 2 * 86400);
	assert_ok(keys_get(&h.root, &telly.key.id, &telly));
	assert_string_equal(telly.key.name, "Telly");
	assert_int_equal(telly.key.not_after, NOON + 2 * 86400);
	assert_ok(owns_check_out(&desk, &r1, "left", &out));
	assert_int_equal(standing(&telly), KEY_IS_REVOKED);
	assert_ok(owns_check_out(&desk, &r1, "left", &out));
	house_end(&h);
}

/* Another password of the same guest, as one that is renewed has. */
static void
another(const struct key_view *v, struct wifi_key *k)
{
	struct row_args a;

	*k = v->key;
	k->id = uid_new();
	k->created = NOON + 1;
	k->version = 1;
	row_args(&key_rows, k, &a);
	row_args_add(&a, DB_INT(1));
	for (int i = 0; i < 3; i++)
		row_args_add(&a, DB_BLOB(k->id.s, UID_LEN));
	assert_ok(store_run(h.store, SQL_KEY_ADD, a.v, NULL));
}

static enum err
check_out(struct call *c, void *out)
{
	return owns_check_out(c, &r1, "left", out);
}

TEST(a_password_that_is_renewed_while_its_guest_checks_out_ends_too)
{
	struct key_view a, out;
	struct wifi_key k;
	struct meanwhile m;

	begin();
	a = in(&r1, "12", NOON + 86400);
	meanwhile_begin(&m, &h, &desk, check_out, &out);
	another(&a, &k);
	meanwhile_end(&m);
	assert_ok(m.err);
	assert_ok(row_get(h.store, &key_rows, &k.id, &k));
	assert_int_equal(k.state, KEY_REVOKED);
	house_end(&h);
}

TEST(what_cannot_be_changed_of_one_password_is_changed_of_none)
{
	struct key_view a, out;
	struct wifi_key k;

	begin();
	a = in(&r1, "12", NOON + 86400);
	a.key.not_before = NOON + 10 * 86400; /* of a later stay */
	a.key.not_after = NOON + 20 * 86400;
	another(&a, &k);
	assert_err(
	    owns_extend(&desk, &r1, NOON + 5 * 86400, &out), ERR_BAD_INPUT);
	k.created = NOON - 1; /* whichever of them comes first */
	assert_ok(row_set(h.store, &key_rows, &k, &k.version));
	assert_err(
	    owns_extend(&desk, &r1, NOON + 5 * 86400, &out), ERR_BAD_INPUT);
	assert_ok(row_get(h.store, &key_rows, &a.key.id, &k));
	assert_int_equal(k.not_after, NOON + 86400);
	house_end(&h);
}

TEST(a_customer_is_suspended_and_restored_by_their_number_as_often_as_asked)
{
	const struct own k = {"", "4711"}, none = {"", "4712"};
	struct person p = {.name = "Ida"};
	struct own_account x, again;
	struct key_order o = {.kind = KEY_PERSONAL};
	struct key_view v;

	begin();
	assert_ok(owns_open(&billing, &k, &p, &x));
	assert_ok(owns_open(&billing, &k, &p, &again));
	assert_true(uid_same(&x.id, &again.id));
	o.person = x.id;
	o.plan = h.plan.id;
	o.network = h.net.id;
	assert_ok(keys_issue(&h.root, &o, &v));
	for (int i = 0; i < 2; i++)
		assert_ok(owns_suspend(&billing, &k, "unpaid", &x));
	assert_int_equal(x.state, PERSON_SUSPENDED);
	assert_string_equal(x.reason, "unpaid");
	for (int i = 0; i < 2; i++)
		assert_ok(owns_restore(&billing, &k, &x));
	assert_int_equal(x.state, PERSON_ACTIVE);
	assert_ok(owns_end(&billing, &k, "moved", &x));
	assert_int_equal(owns_restore(&billing, &k, &x), ERR_BAD_STATE);
	assert_int_equal(owns_account(&billing, &none, &x), ERR_NOT_FOUND);
	/* the number is somebody else's next year */
	assert_ok(owns_open(&billing, &k, &p, &again));
	assert_int_equal(again.state, PERSON_ACTIVE);
	assert_false(uid_same(&v.person.id, &again.id));
	house_end(&h);
}

static const struct own customer = {"", "4711"};

static enum err
unpaid(struct call *c, void *out)
{
	return owns_suspend(c, &customer, "unpaid", out);
}

TEST(what_staff_suspend_while_a_payment_is_missed_it_does_not_lift)
{
	struct person p = {.name = "Ida"};
	struct own_account x, y;
	struct meanwhile m;

	begin();
	assert_ok(owns_open(&billing, &customer, &p, &x));
	meanwhile_begin(&m, &h, &billing, unpaid, &y);
	assert_ok(row_get(h.store, &person_rows, &x.id, &p));
	p.state = PERSON_SUSPENDED;
	assert_ok(row_set(h.store, &person_rows, &p, &p.version));
	meanwhile_end(&m);
	assert_err(owns_restore(&billing, &customer, &x), ERR_BAD_STATE);
	house_end(&h);
}

static enum err
telly(struct call *c, void *order)
{
	struct key_view v;

	return keys_issue(c, order, &v);
}

TEST(what_a_guest_brought_along_stays_no_longer_than_one_who_leaves_earlier)
{
	struct key_order o = {.kind = KEY_THING, .name = "Telly"};
	struct meanwhile m;
	struct key_view a;

	begin();
	a = in(&r1, "12", NOON + 86400);
	o.plan = h.plan.id;
	o.person = a.person.id;
	meanwhile_begin(&m, &h, &h.root, telly, &o);
	assert_ok(row_get(h.store, &key_rows, &a.key.id, &a.key));
	a.key.not_after = NOON + 3600;
	assert_ok(row_set(h.store, &key_rows, &a.key, &a.key.version));
	meanwhile_end(&m);
	assert_err(m.err, ERR_BAD_INPUT);
	house_end(&h);
}

TEST(what_staff_suspended_a_payment_does_not_lift)
{
	const struct own k = {"", "4711"};
	struct person p = {.name = "Ida"};
	struct own_account x;

	begin();
	assert_ok(owns_open(&billing, &k, &p, &x));
	assert_ok(people_set_state(
	    &h.root, &x.id, PERSON_SUSPENDED, "Ask the desk."));
	assert_ok(owns_suspend(&billing, &k, "unpaid", &x));
	assert_string_equal(x.reason, "Ask the desk.");
	assert_int_equal(owns_restore(&billing, &k, &x), ERR_BAD_STATE);
	house_end(&h);
}

TEST(a_number_may_be_a_unit_or_an_imported_customer)
{
	const struct own flat = {"isp", "flat 7"}, old = {"", "imported-1"};
	struct unit u = {.name = "Flat 7"};
	struct person p = {.name = "Old", .subject = "imported-1"};
	struct own_account x;
	struct call other = desk;

	begin();
	other = desk;
	assert_ok(units_add(&h.root, &u));
	assert_ok(people_add(&h.root, &p));
	assert_ok(owns_tie(&billing, &flat, &u.id, &x));
	assert_int_equal(x.noun, NOUN_UNIT);
	assert_ok(owns_suspend(&billing, &flat, "unpaid", &x));
	assert_int_equal(x.state, PERSON_SUSPENDED);
	assert_ok(owns_restore(&billing, &flat, &x));
	assert_ok(owns_suspend(&billing, &old, "unpaid", &x));
	assert_true(uid_same(&x.id, &p.id));
	assert_ok(owns_restore(&billing, &old, &x));
	assert_int_equal(x.state, PERSON_ACTIVE);
	assert_int_equal(
	    owns_tie(&billing, &flat, &h.plan.id, &x), ERR_BAD_INPUT);
	assert_int_not_equal(owns_suspend(&other, &flat, "", &x), ERR_OK);
	house_end(&h);
}
