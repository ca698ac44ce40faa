/* What is done for guests, a statement at a time. */
#include "tests/unit/statements.h"

#include "core/service/batches.h"
#include "core/service/guests.h"
#include "core/service/handover.h"
#include "core/service/owns.h"
#include "core/service/passes.h"
#include "core/service/vouchers.h"

static struct voucher
voucher(struct secret *code)
{
	struct voucher_order o = {
	    .plan = local.id, .name = "Grace", .room = "101"};
	struct voucher v;

	assert_ok(vouchers_make(&desk, &o, &v, code));
	return v;
}

static enum err
voucher_made(void)
{
	struct voucher_order o = {
	    .plan = local.id, .name = "Grace", .mail = "g@example.org"};
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher v;

	return TRY(vouchers_make(&desk, &o, &v, &code));
}

static enum err
voucher_asked(void)
{
	struct voucher_order o = {
	    .plan = local.id, .name = "Grace", .host = "ada@example.org"};
	OWN(secret) struct secret code = SECRET_NONE;
	struct call sponsor = house_call(&h, &h.ada, 1 << ROLE_SPONSOR);
	struct voucher v;
	bool waits;
	enum err e;

	sponsor.arena = h.arena;
	armed();
	(void)((e = vouchers_ask(&guest, &o, &v, &code)) ||
	       (e = vouchers_waits(&guest, secret_text(&code), &waits)) ||
	       (e = vouchers_decide(&sponsor, &v.id, NOON + 3600)));
	return over(e, false);
}

static enum err
voucher_redeemed(void)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct key_view v;
	bool resumed, opens;
	enum err e;

	(void)voucher(&code);
	armed();
	(void)((e = vouchers_open(&guest, secret_text(&code), &opens)) ||
	       (e = vouchers_redeem(
		    &guest, secret_text(&code), "", "", &v, &resumed)));
	return over(e, true);
}

static enum err
voucher_resumed(void)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct key_view v;
	bool resumed;

	(void)voucher(&code);
	assert_ok(
	    vouchers_redeem(&guest, secret_text(&code), "", "", &v, &resumed));
	return TRY(
	    vouchers_redeem(&guest, secret_text(&code), "", "", &v, &resumed));
}

static enum err
voucher_withdrawn(void)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher v = voucher(&code), *all, got;
	size_t n, total;
	enum err e;

	armed();
	(void)((e = vouchers_get(&desk, &v.id, &got)) ||
	       (e = vouchers_list(&desk, "10", -1, 0, 3, &all, &n, &total)) ||
	       (e = vouchers_withdraw(&desk, &v.id)));
	return over(e, true);
}

static enum err
voucher_batch(void)
{
	struct voucher_order o = {.plan = local.id, .name = "Fair"};
	struct voucher_batch b, *all;
	struct secret code[3];
	struct voucher *v;
	int64_t ended;
	size_t n;
	enum err e;

	armed();
	(void)((e = vouchers_batch(&desk, &o, 3, &b)) ||
	       (e = vouchers_batches(&desk, &all, &n)) ||
	       (e = vouchers_of_batch(&desk, &b.id, &v, &n)) ||
	       (e = vouchers_codes(&desk, v, n, "print", code)) ||
	       (e = vouchers_batch_end(&desk, &b.id, &ended)));
	return over(e, false);
}

static enum err
guest_proves(void)
{
	struct guest_ask a = {.name = "Ana",
	    .mail = arena_printf(
		h.arena, "g%d@example.net", (int)rnd_below(1 << 30)),
	    .language = "es",
	    .total = 100000};
	OWN(secret) struct secret code = SECRET_NONE;
	char digits[GUESTS_DIGITS + 1];
	struct call c = guest;
	struct key_view v;
	struct uid proof;
	bool resumed;
	enum err e;

	(void)snprintf(c.actor.from, sizeof(c.actor.from), "198.51.%d.%d",
	    (int)rnd_below(250), (int)rnd_below(250));
	armed();
	(void)((e = guests_prove(&c, &a, &proof, digits)) ||
	       (e = guests_confirm(
		    &c, &proof, digits, &local.id, &v, &code, &resumed)));
	return over(e, false);
}

static enum err
handed_over(void)
{
	OWN(secret) struct secret code = SECRET_NONE;
	const char *target;
	enum err e;

	armed();
	if ((e = handover_make(&guest, "/guest/x", &code)) == ERR_OK)
		e = handover_take(&guest, secret_text(&code), &target);
	return over(e, false);
}

static enum err
pass_issued(void)
{
	struct pass_order o = {.name = "Rui",
	    .room = "12",
	    .mail = "rui@example.org",
	    .language = "",
	    .plan = local.id};
	struct pass_filter f = {.search = "Rui", .limit = 3};
	struct audit_row *trail;
	struct key_view v, *all;
	size_t n, total;
	enum err e;

	armed();
	(void)((e = passes_issue(&desk, &o, &v)) ||
	       (e = passes_list(&desk, &f, &all, &n, &total)) ||
	       (e = passes_trail(&desk, &v.key.id, 9, &trail, &n)));
	return over(e, false);
}

static enum err
batch_made(void)
{
	struct batch_order o[3] = {0};
	struct key_view *v;
	struct batch_row *w;
	struct batch b, *all;
	struct call clerk =
	    house_call(&h, &h.bob, 1 << ROLE_DESK | 1 << ROLE_PERSON);
	size_t n, done = 1;
	enum err e;

	clerk.arena = h.arena;
	for (size_t i = 0; i < 3; i++)
		o[i].pass = (struct pass_order){.name = i == 2 ? "" : "Guest",
		    .room = "1",
		    .mail = "",
		    .language = ""};
	house_sql(&h, "UPDATE person SET roles = 6 WHERE subject = 'bob'");
	armed();
	(void)((e = batches_make(&clerk, "Class", &local.id, o, 3, &b)) ||
	       (e = batches_round(&h.system, &done)) ||
	       (e = batches_get(&clerk, &b.id, &b)) ||
	       (e = batches_wrong(&clerk, &b.id, 9, &w, &n)) ||
	       (e = batches_keys(&clerk, &b.id, 0, 9, &v, &n)) ||
	       (e = batches_list(&clerk, 9, &all, &n)));
	e = over(e, false);
	while (done > 0)
		assert_ok(batches_round(&h.system, &done));
	return e;
}

static enum err
batch_stopped(void)
{
	struct batch_order o[1] = {0};
	struct call clerk =
	    house_call(&h, &h.bob, 1 << ROLE_DESK | 1 << ROLE_PERSON);
	struct batch b;

	clerk.arena = h.arena;
	o[0].pass = (struct pass_order){
	    .name = "G", .room = "1", .mail = "", .language = ""};
	assert_ok(batches_make(&clerk, "Class", &local.id, o, 1, &b));
	return TRY(batches_stop(&clerk, &b.id));
}

static enum err
stay(void)
{
	char number[UID_LEN + 1];
	const struct own mine = {"pms", number};
	const struct pass_order order = {
	    .name = "Rui", .room = "12", .mail = "", .language = ""};
	struct key_view v;
	enum err e;

	text_copy(number, sizeof(number), uid_new().s);
	armed();
	(void)((e = owns_check_in(&hotel, &mine, &order, &v)) ||
	       (e = owns_check_in(&hotel, &mine, &order, &v)) ||
	       (e = owns_move(&hotel, &mine, "14", &v)) ||
	       (e = owns_extend(&hotel, &mine, NOON + 86400, &v)) ||
	       (e = owns_stay(&hotel, &mine, &v)) ||
	       (e = owns_check_out(&hotel, &mine, "left", &v)));
	return over(e, false);
}

static enum err
account(void)
{
	char number[UID_LEN + 1];
	const struct own mine = {"", number};
	struct person p = {.name = "Una"};
	struct own_account a;
	enum err e;

	text_copy(number, sizeof(number), uid_new().s);
	armed();
	(void)((e = owns_open(&machine, &mine, &p, &a)) ||
	       (e = owns_account(&machine, &mine, &a)) ||
	       (e = owns_suspend(&machine, &mine, "unpaid", &a)) ||
	       (e = owns_restore(&machine, &mine, &a)) ||
	       (e = owns_end(&machine, &mine, "moved", &a)));
	return over(e, false);
}

static const struct deed of_guests[] = {{"voucher", voucher_made},
    {"asked", voucher_asked}, {"redeemed", voucher_redeemed},
    {"resumed", voucher_resumed}, {"withdrawn", voucher_withdrawn},
    {"voucher batch", voucher_batch}, {"proof", guest_proves},
    {"handover", handed_over}, {"pass", pass_issued}, {"batch", batch_made},
    {"batch stopped", batch_stopped}, {"stay", stay}, {"account", account}};

TEST(statements_of_guests_fail_and_are_undone)
{
	sweep_all(of_guests, sizeof(of_guests) / sizeof(*of_guests));
}
