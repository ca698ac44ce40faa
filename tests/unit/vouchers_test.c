#include "tests/unit/meanwhile.h"
#include "tests/unit/service.h"

#include <pthread.h>

#include "core/crypt/psk.h"
#include "core/service/vouchers_parts.h"

static struct house h;
static struct call desk, guest;

static void
begin(void)
{
	house_make(&h);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	guest = h.root;
	guest.actor = (struct actor){.kind = ACTOR_GUEST};
}

static struct voucher_order
order(void)
{
	return (struct voucher_order){.plan = h.plan.id,
	    .name = "Grace",
	    .room = "101",
	    .departure = NOON + 86400};
}

TEST(vouchers_turn_into_a_password_that_ends_at_departure)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o;
	struct voucher v, *list;
	struct key_view key, again;
	struct world_key k;
	char typed[VOUCHERS_TEXT + 1];
	size_t n, total;
	bool resumed;

	begin();
	o = order();
	assert_err(vouchers_make(&guest, &o, &v, &code), ERR_FORBIDDEN);
	assert_ok(vouchers_make(&desk, &o, &v, &code));
	assert_int_equal(code.len, VOUCHERS_TEXT);
	assert_err(
	    vouchers_redeem(&guest, "aaaaa-aaaaa", "", "", &key, &resumed),
	    ERR_NOT_FOUND);
	assert_err(vouchers_redeem(&guest, "x", "", "", &key, &resumed),
	    ERR_NOT_FOUND);
	for (size_t i = 0; i <= code.len; i++)
		typed[i] =
		    code.b[i] >= 'a' ? (char)(code.b[i] - 32) : (char)code.b[i];
	assert_ok(vouchers_redeem(&guest, typed, "", "", &key, &resumed));
	assert_false(resumed);
	assert_int_equal(key.key.kind, KEY_GUEST);
	assert_int_equal(key.key.not_after, NOON + 86400);
	assert_string_equal(key.person.name, "Grace");
	assert_ok(world_key_get(&h.system, &key.key.id, &k));
	assert_true(k.usable);
	/* the page was closed: the same code goes on */
	assert_ok(vouchers_redeem(&guest, typed, "", "", &again, &resumed));
	assert_true(resumed);
	assert_true(uid_same(&again.key.id, &key.key.id));
	assert_ok(keys_revoke(&desk, &key.key.id, "left early"));
	assert_err(vouchers_redeem(&guest, typed, "", "", &again, &resumed),
	    ERR_NOT_FOUND);
	assert_ok(
	    vouchers_list(&desk, "101", VOUCHER_USED, 0, 9, &list, &n, &total));
	assert_int_equal(n, 1);
	house_end(&h);
}

TEST(vouchers_have_a_vlan_each_where_the_plan_says_so)
{
	for (int vlan = 300; vlan <= 302; vlan++) {
		OWN(secret) struct secret code = SECRET_NONE;
		struct voucher_order o;
		struct voucher v;
		struct key_view key;
		struct world_key k;
		bool resumed;
		enum err e;

		if (vlan == 300) {
			begin();
			h.plan.vlan = 0;
			text_copy(h.plan.pool, sizeof(h.plan.pool), "300-301");
			assert_ok(plan_set(&h.root, &h.plan));
		}
		o = order();
		assert_ok(vouchers_make(&desk, &o, &v, &code));
		e = vouchers_redeem(
		    &guest, secret_text(&code), "", "", &key, &resumed);
		assert_err(e, vlan == 302 ? ERR_LIMIT : ERR_OK);
		if (e)
			continue;
		assert_ok(world_key_get(&h.system, &key.key.id, &k));
		assert_int_equal(k.vlan, vlan);
	}
	house_end(&h);
}

TEST(vouchers_end_with_their_departure_and_when_withdrawn)
{
	OWN(secret) struct secret a = SECRET_NONE, b = SECRET_NONE;
	struct voucher_order o;
	struct voucher v;
	struct key_view key;
	bool resumed;

	begin();
	o = order();
	o.departure = NOON;
	assert_err(vouchers_make(&desk, &o, &v, &a), ERR_BAD_INPUT);
	o.departure = NOON + 60;
	assert_ok(vouchers_make(&desk, &o, &v, &a));
	assert_ok(vouchers_make(&desk, &o, &v, &b));
	assert_ok(vouchers_withdraw(&desk, &v.id));
	assert_err(
	    vouchers_redeem(&guest, secret_text(&b), "", "", &key, &resumed),
	    ERR_NOT_FOUND);
	guest.now = NOON + 60;
	assert_err(
	    vouchers_redeem(&guest, secret_text(&a), "", "", &key, &resumed),
	    ERR_NOT_FOUND);
	guest.now = NOON + 59;
	assert_ok(
	    vouchers_redeem(&guest, secret_text(&a), "", "", &key, &resumed));
	house_end(&h);
}

TEST(vouchers_asked_for_wait_for_the_sponsor_they_name)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct call sponsor, other;
	struct voucher_order o;
	struct voucher v, *list;
	struct key_view key;
	size_t n, total;
	bool resumed;

	begin();
	house_sql(&h, "UPDATE person SET mail='ada@example.org' "
		      "WHERE subject='ada'");
	sponsor = house_call(&h, &h.ada, 1 << ROLE_SPONSOR);
	other = house_call(&h, &h.bob, 1 << ROLE_SPONSOR);
	o = order();
	o.departure = 0;
	o.host = "Ada@example.org";
	assert_ok(vouchers_ask(&guest, &o, &v, &code));
	assert_err(
	    vouchers_redeem(&guest, secret_text(&code), "", "", &key, &resumed),
	    ERR_NOT_FOUND);
	assert_err(vouchers_decide(&other, &v.id, NOON + 3600), ERR_NOT_FOUND);
	assert_err(vouchers_decide(&guest, &v.id, NOON + 3600), ERR_NOT_FOUND);
	assert_ok(vouchers_decide(&sponsor, &v.id, NOON + 3600));
	assert_err(vouchers_decide(&sponsor, &v.id, 0), ERR_BAD_STATE);
	assert_ok(vouchers_redeem(
	    &guest, secret_text(&code), "", "", &key, &resumed));
	assert_int_equal(key.key.not_after, NOON + 3600);
	assert_ok(vouchers_list(&other, "", -1, 0, 9, &list, &n, &total));
	assert_int_equal(n, 0);
	house_end(&h);
}

struct racer {
	pthread_t thread;
	const char *code;
	int fresh, refused;
};

static void *
race(void *arg)
{
	OWN(arena) struct arena *a = arena_new(4 << 20);
	struct racer *me = arg;
	struct call c = guest;
	struct store *st;
	struct key_view key;
	struct why why;
	bool resumed;
	enum err e;

	if (store_service_open(&h.conf, h.ring, false, &st, &why) != ERR_OK)
		return NULL;
	c.store = st;
	c.arena = a;
	for (int i = 0; i < 10; i++) {
		e = vouchers_redeem(&c, me->code, "", "", &key, &resumed);
		me->fresh += e == ERR_OK && !resumed;
		me->refused += e == ERR_NOT_FOUND;
	}
	store_service_close(st);
	return NULL;
}

TEST(vouchers_for_three_have_three_winners)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct racer r[4] = {0};
	struct voucher_order o;
	struct voucher v;
	int fresh = 0, refused = 0;

	begin();
	o = order();
	o.uses = 3;
	assert_ok(vouchers_make(&desk, &o, &v, &code));
	for (int i = 0; i < 4; i++) {
		r[i].code = secret_text(&code);
		assert_int_equal(
		    pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(r[i].thread, NULL), 0);
		fresh += r[i].fresh;
		refused += r[i].refused;
	}
	assert_int_equal(fresh, 3);
	assert_int_equal(refused, 37);
	house_end(&h);
}

/* What was left half-done before is finished, too. */
TEST(vouchers_are_taken_back_with_the_password_that_came_of_them)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o;
	struct key_view key, out;
	struct voucher v;
	bool resumed;

	for (int before = 0; before < 2; before++) {
		begin();
		o = order();
		secret_own(&code);
		assert_ok(vouchers_make(&desk, &o, &v, &code));
		assert_ok(vouchers_redeem(
		    &guest, secret_text(&code), "", "", &key, &resumed));
		if (before)
			assert_ok(vouchers_withdraw(&desk, &v.id));
		assert_err(
		    vouchers_take_back(&guest, &v.id, ""), ERR_NOT_FOUND);
		assert_ok(vouchers_take_back(&desk, &v.id, "Gone."));
		assert_ok(keys_get(&h.root, &key.key.id, &out));
		assert_int_equal(out.standing, KEY_IS_REVOKED);
		assert_string_equal(out.key.reason, "Gone.");
		assert_err(
		    vouchers_take_back(&desk, &v.id, "Gone."), ERR_BAD_STATE);
		house_end(&h);
	}
}

TEST(vouchers_that_were_not_redeemed_are_taken_back_without_a_password)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o;
	struct key_view key;
	struct voucher v;
	bool resumed;

	begin();
	o = order();
	assert_ok(vouchers_make(&desk, &o, &v, &code));
	assert_ok(vouchers_take_back(&desk, &v.id, ""));
	assert_err(
	    vouchers_redeem(&guest, secret_text(&code), "", "", &key, &resumed),
	    ERR_NOT_FOUND);
	house_end(&h);
}

struct redeeming {
	const char *code;
	struct key_view key;
	bool resumed;
};

static enum err
redeem(struct call *c, void *arg)
{
	struct redeeming *r = arg;

	return vouchers_redeem(c, r->code, "", "", &r->key, &r->resumed);
}

/* There is no password yet, so that its name may be changed. */
TEST(vouchers_open_the_network_by_the_name_it_has)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o;
	struct redeeming r;
	struct world_key k;
	struct meanwhile m;
	struct voucher v;
	uint8_t pmk[32];

	begin();
	o = order();
	assert_ok(vouchers_make(&desk, &o, &v, &code));
	r.code = secret_text(&code);
	meanwhile_begin(&m, &h, &guest, redeem, &r);
	text_copy(h.net.ssid, sizeof(h.net.ssid), "Another");
	assert_ok(row_set(h.store, &network_rows, &h.net, &h.net.version));
	meanwhile_end(&m);
	assert_ok(m.err);
	assert_ok(world_key_get(&h.system, &r.key.key.id, &k));
	assert_ok(psk_derive(secret_text(&k.passphrase), k.passphrase.len,
	    "Another", strlen("Another"), pmk));
	assert_memory_equal(k.pmk.b, pmk, sizeof(pmk));
	house_end(&h);
}

struct seeding {
	struct voucher_order o;
	struct secret code;
};

static enum err
from_seed(struct call *c, void *arg)
{
	struct seeding *s = arg;

	return vouchers_from(c, &s->o, "sixteen octets and more", &s->code);
}

TEST(vouchers_of_one_seed_are_one_when_a_form_is_sent_twice_at_once)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct seeding s = {.code = SECRET_NONE};
	uint8_t hash[HASH_LEN];
	struct meanwhile m;
	struct row_args a;
	struct voucher v = {.id = uid_new(), .uses_max = 1, .version = 1};

	begin();
	s.o = order();
	v.plan = s.o.plan;
	assert_ok(
	    vouchers_code_of(&h.system, "sixteen octets and more", &code));
	assert_ok(vouchers_hash(&h.system, secret_text(&code), hash));
	meanwhile_begin(&m, &h, &h.system, from_seed, &s);
	row_args(&voucher_rows, &v, &a);
	row_args_add(&a, DB_BLOB(hash, sizeof(hash)));
	assert_ok(store_run(h.store, SQL_VOUCHER_ADD, a.v, NULL));
	meanwhile_end(&m);
	assert_ok(m.err);
	assert_true(secret_same(&s.code, &code));
	secret_own(&s.code);
	house_end(&h);
}

TEST(vouchers_by_the_batch_are_counted_printed_again_and_withdrawn)
{
	struct voucher_order o = {.name = "Fair", .departure = NOON + 86400};
	struct voucher_batch b, *all;
	struct voucher *v;
	struct secret code[3], again[3];
	struct key_view key;
	size_t n;
	int64_t gone;
	bool resumed;

	begin();
	o.plan = h.plan.id;
	assert_err(vouchers_batch(&guest, &o, 3, &b), ERR_FORBIDDEN);
	assert_err(vouchers_batch(&desk, &o, 0, &b), ERR_BAD_INPUT);
	assert_err(
	    vouchers_batch(&desk, &o, VOUCHERS_BATCH + 1, &b), ERR_BAD_INPUT);
	assert_string_equal(desk.why.field, "count");
	o.name = "";
	assert_err(vouchers_batch(&desk, &o, 3, &b), ERR_BAD_INPUT);
	o.name = "Fair";
	assert_ok(vouchers_batch(&desk, &o, 3, &b));
	assert_ok(vouchers_of_batch(&desk, &b.id, &v, &n));
	assert_int_equal(n, 3);
	assert_int_equal(v[2].serial, 3);
	assert_string_equal(v[0].name, "");
	assert_ok(vouchers_codes(&desk, v, n, "print", code));
	assert_ok(vouchers_codes(&desk, v, n, "print", again));
	for (size_t i = 0; i < n; i++) {
		assert_true(secret_same(&code[i], &again[i]));
		assert_int_equal(v[i].prints, 2);
	}
	assert_false(secret_same(&code[0], &code[1]));
	assert_ok(vouchers_redeem(
	    &guest, secret_text(&code[0]), "Grace", "", &key, &resumed));
	assert_ok(vouchers_batches(&desk, &all, &n));
	assert_int_equal(n, 1);
	assert_int_equal(all[0].left, 2);
	assert_int_equal(all[0].redeemed, 1);
	assert_ok(vouchers_batch_end(&desk, &b.id, &gone));
	assert_int_equal(gone, 2);
	assert_err(vouchers_redeem(
		       &guest, secret_text(&code[1]), "", "", &key, &resumed),
	    ERR_NOT_FOUND);
	/* what was redeemed goes on; no code of the batch leaves any more */
	assert_ok(vouchers_redeem(
	    &guest, secret_text(&code[0]), "", "", &key, &resumed));
	assert_true(resumed);
	assert_ok(vouchers_of_batch(&desk, &b.id, &v, &n));
	assert_err(vouchers_codes(&desk, v, n, "print", code), ERR_BAD_STATE);
	assert_ok(vouchers_batch_find(&desk, "Fair", &b));
	assert_int_equal(b.left, 0);
	assert_err(vouchers_batch_find(&desk, "Other", &b), ERR_NOT_FOUND);
	house_end(&h);
}

TEST(vouchers_make_five_thousand_in_one_go)
{
	struct voucher_order o = {.name = "Stadium"};
	struct voucher_batch b;
	struct voucher *v;
	size_t n;

	begin();
	o.plan = h.plan.id;
	assert_ok(vouchers_batch(&h.root, &o, VOUCHERS_BATCH, &b));
	assert_ok(vouchers_of_batch(&h.root, &b.id, &v, &n));
	assert_int_equal(n, VOUCHERS_BATCH);
	assert_int_equal(v[n - 1].serial, VOUCHERS_BATCH);
	house_end(&h);
}

TEST(vouchers_end_earlier_when_told_and_never_later)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o = {.plan = UID_NONE, .uses = 3};
	struct call root;
	struct voucher v;
	struct key_view k;
	bool resumed, open;
	int64_t end;

	house_make(&h);
	root = h.root;
	guest = h.root;
	guest.actor = (struct actor){.kind = ACTOR_GUEST};
	o.plan = h.plan.id;
	o.departure = NOON + 10 * 3600;
	assert_ok(vouchers_make(&root, &o, &v, &code));
	assert_ok(vouchers_open(&h.system, secret_text(&code), &open));
	assert_true(open);
	end = NOON + 4 * 3600;
	assert_ok(vouchers_redeem_until(
	    &guest, secret_text(&code), "", "", end, &k, &resumed));
	assert_int_equal(k.key.not_after, end);
	assert_ok(vouchers_redeem_until(&guest, secret_text(&code), "", "",
	    NOON + 99 * 3600, &k, &resumed));
	assert_int_equal(k.key.not_after, o.departure);
	assert_ok(vouchers_withdraw(&root, &v.id));
	assert_ok(vouchers_open(&h.system, secret_text(&code), &open));
	assert_false(open);
	assert_ok(vouchers_open(&h.system, "nonsense", &open));
	assert_false(open);
	house_end(&h);
}
