/* Guests who prove a mail address, and codes that go on elsewhere. */
#include "tests/unit/service.h"

#include <pthread.h>

#include "core/service/guests.h"
#include "core/service/handover.h"
#include "core/service/proofs.h"

static struct house h;
static struct call guest;
static const struct guest_ask ana = {
    .name = "Ana", .mail = "Ana@example.net", .language = "es", .total = 500};

static void
arrive(void)
{
	house_make(&h);
	guest = h.root;
	guest.actor = (struct actor){.kind = ACTOR_GUEST, .from = "192.0.2.9"};
}

static void
begin(void)
{
	arrive();
	(void)house_guests(&h, &h.plan.id);
}

static enum err
confirm(const struct uid *proof, const char *digits, struct key_view *v,
    bool *resumed)
{
	OWN(secret) struct secret code = SECRET_NONE;

	return guests_confirm(
	    &guest, proof, digits, &h.plan.id, v, &code, resumed);
}

TEST(guests_prove_an_address_and_get_a_password)
{
	OWN(secret) struct secret code = SECRET_NONE, again = SECRET_NONE;
	char digits[GUESTS_DIGITS + 1];
	struct key_view v, w;
	struct uid proof;
	bool resumed;

	begin();
	assert_ok(guests_prove(&guest, &ana, &proof, digits));
	assert_int_equal(strlen(digits), GUESTS_DIGITS);
	assert_ok(guests_confirm(
	    &guest, &proof, digits, &h.plan.id, &v, &code, &resumed));
	assert_false(resumed);
	assert_string_equal(v.person.name, "Ana");
	assert_string_equal(v.person.mail, "ana@example.net");
	assert_string_equal(v.person.language, "es");
	/* the form sent again, and the code shown on the page */
	assert_ok(guests_confirm(
	    &guest, &proof, digits, &h.plan.id, &w, &again, &resumed));
	assert_true(resumed);
	assert_true(uid_same(&v.key.id, &w.key.id));
	assert_true(secret_same(&code, &again));
	assert_ok(
	    vouchers_redeem(&guest, secret_text(&code), "", "", &w, &resumed));
	assert_true(uid_same(&v.key.id, &w.key.id));
	house_end(&h);
}

TEST(guests_have_half_an_hour)
{
	for (int i = -1; i <= 1; i++) {
		char digits[GUESTS_DIGITS + 1];
		struct uid proof, unknown = uid_new();
		struct key_view v;
		bool resumed;

		begin();
		assert_ok(guests_prove(&guest, &ana, &proof, digits));
		assert_err(
		    confirm(&unknown, digits, &v, &resumed), ERR_NOT_FOUND);
		assert_err(confirm(&proof, "", &v, &resumed), ERR_NOT_FOUND);
		guest.now += GUESTS_VALID + i;
		assert_err(confirm(&proof, digits, &v, &resumed),
		    i < 0 ? ERR_OK : ERR_NOT_FOUND);
		house_end(&h);
	}
}

TEST(guests_have_five_tries)
{
	for (int wrong = GUESTS_TRIES - 1; wrong <= GUESTS_TRIES; wrong++) {
		char digits[GUESTS_DIGITS + 1], other[] = "000000";
		struct uid proof;
		struct key_view v;
		bool resumed;

		begin();
		assert_ok(guests_prove(&guest, &ana, &proof, digits));
		if (strcmp(digits, other) == 0)
			other[5] = '1';
		for (int i = 0; i < wrong; i++)
			assert_err(confirm(&proof, other, &v, &resumed),
			    ERR_NOT_FOUND);
		assert_err(confirm(&proof, digits, &v, &resumed),
		    wrong < GUESTS_TRIES ? ERR_OK : ERR_NOT_FOUND);
		house_end(&h);
	}
}

/* G-08 */
TEST(guests_cannot_make_us_send_many_letters)
{
	char digits[GUESTS_DIGITS + 1], mail[40];
	struct guest_ask a = ana;
	struct uid proof;

	begin();
	assert_ok(guests_prove(&guest, &a, &proof, digits));
	guest.now += GUESTS_PAUSE - 1;
	assert_err(guests_prove(&guest, &a, &proof, digits), ERR_THROTTLED);
	for (int i = 1; i < GUESTS_MAILS; i++) {
		guest.now += GUESTS_PAUSE;
		assert_ok(guests_prove(&guest, &a, &proof, digits));
	}
	guest.now += GUESTS_PAUSE;
	assert_err(guests_prove(&guest, &a, &proof, digits), ERR_THROTTLED);
	a.mail = "somebody@example.net";
	a.total = GUESTS_MAILS;
	assert_err(guests_prove(&guest, &a, &proof, digits), ERR_THROTTLED);
	a.total = 500;
	a.mail = mail;
	for (int i = GUESTS_MAILS; i < PROOFS_SOURCE; i++) {
		(void)snprintf(mail, sizeof(mail), "g%d@example.net", i);
		assert_ok(guests_prove(&guest, &a, &proof, digits));
	}
	a.mail = "last@example.net";
	assert_err(guests_prove(&guest, &a, &proof, digits), ERR_THROTTLED);
	guest.now += 86400;
	assert_ok(guests_prove(&guest, &a, &proof, digits));
	a.mail = "a@b, c@d";
	assert_err(guests_prove(&guest, &a, &proof, digits), ERR_BAD_INPUT);
	a.mail = "";
	assert_err(guests_prove(&guest, &a, &proof, digits), ERR_BAD_INPUT);
	house_end(&h);
}

struct racer {
	pthread_t thread;
	struct call call;
	const char *code;
	enum err e;
	bool resumed;
	struct uid key;
};

static void *
race(void *arg)
{
	struct racer *me = arg;
	struct key_view v;

	me->e = vouchers_redeem(&me->call, me->code, "", "", &v, &me->resumed);
	me->key = v.key.id;
	return NULL;
}

enum { RACERS = 100 };

/* G-03: one of a hundred makes the password; the rest get that one, or are
 * told that it does not work while it is being made. */
TEST(guests_who_redeem_one_code_at_once_get_one_password)
{
	OWN(secret) struct secret code = SECRET_NONE;
	static struct racer r[RACERS];
	struct call desk;
	struct voucher_order o;
	struct voucher v;
	struct key_view *keys;
	struct why why;
	size_t n, total;
	int fresh = 0;

	begin();
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	o = (struct voucher_order){.plan = h.plan.id, .name = "Grace"};
	assert_ok(vouchers_make(&desk, &o, &v, &code));
	for (int i = 0; i < RACERS; i++) {
		r[i] =
		    (struct racer){.call = guest, .code = secret_text(&code)};
		r[i].call.arena = arena_new(4 << 20);
		assert_ok(store_service_open(
		    &h.conf, h.ring, false, &r[i].call.store, &why));
	}
	for (int i = 0; i < RACERS; i++)
		assert_int_equal(
		    pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
	for (int i = 0; i < RACERS; i++) {
		assert_int_equal(pthread_join(r[i].thread, NULL), 0);
		fresh += r[i].e == ERR_OK && !r[i].resumed;
		if (r[i].e != ERR_OK && r[i].e != ERR_NOT_FOUND &&
		    r[i].e != ERR_BUSY && r[i].e != ERR_CONFLICT)
			fail_msg("racer %d: %s", i, err_name(r[i].e));
		store_service_close(r[i].call.store);
		arena_free(r[i].call.arena);
	}
	assert_int_equal(fresh, 1);
	assert_ok(keys_list(&h.root,
	    &(struct key_filter){.search = "", .standing = -1, .limit = 9},
	    &keys, &n, &total));
	assert_int_equal(n, 1);
	house_end(&h);
}

TEST(handovers_lead_once_to_where_they_came_from)
{
	OWN(secret) struct secret code = SECRET_NONE, late = SECRET_NONE;
	char typed[HANDOVER_CODE + 2];
	const char *to;

	begin();
	assert_ok(handover_make(&guest, "/captive/device/02aa", &code));
	assert_ok(handover_make(&guest, "/", &late));
	assert_err(handover_take(&guest, "", &to), ERR_NOT_FOUND);
	assert_err(handover_take(&guest, "aaaaaaa", &to), ERR_NOT_FOUND);
	assert_err(handover_take(&guest, "!!!!!!", &to), ERR_NOT_FOUND);
	(void)snprintf(typed, sizeof(typed), "%.3s %s", secret_text(&code),
	    secret_text(&code) + 3);
	typed[0] = typed[0] >= 'a' ? (char)(typed[0] - 32) : typed[0];
	assert_ok(handover_take(&guest, typed, &to));
	assert_string_equal(to, "/captive/device/02aa");
	assert_err(handover_take(&guest, typed, &to), ERR_NOT_FOUND);
	guest.now += HANDOVER_SECONDS;
	assert_err(
	    handover_take(&guest, secret_text(&late), &to), ERR_NOT_FOUND);
	house_end(&h);
}

TEST(guests_take_the_plan_that_is_named)
{
	struct rule later = {
	    .priority = 6, .claim = "issuer", .value = "local"};
	struct plan one, two;
	struct uid plan;

	arrive();
	assert_err(guests_plan(&guest, "", &plan), ERR_NOT_ENTITLED);
	one = two = h.plan;
	one.id = two.id = UID_NONE;
	text_copy(one.name, sizeof(one.name), "Day");
	text_copy(two.name, sizeof(two.name), "Week");
	assert_ok(plan_add(&h.root, &one));
	assert_ok(plan_add(&h.root, &two));
	(void)house_guests(&h, &one.id);
	later.plan = two.id;
	assert_ok(rule_add(&h.root, &later));
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
	arrive();
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
