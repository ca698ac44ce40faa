/* Who may not: every service that is for somebody, asked by somebody else. It
 * is refused, it says no more than that, and nothing has changed (S-1). */
#include "tests/unit/statements.h"

#include "core/service/batches.h"
#include "core/service/export.h"
#include "core/service/imports.h"
#include "core/service/insight.h"
#include "core/service/life.h"
#include "core/service/outbox.h"
#include "core/service/owns.h"
#include "core/service/passes.h"
#include "core/service/pools.h"
#include "core/service/quotas.h"
#include "core/service/recheck.h"
#include "core/service/renewals.h"
#include "core/service/reseal.h"
#include "core/service/rotations.h"
#include "core/service/rules.h"
#include "core/service/scim.h"
#include "core/service/tokens.h"
#include "core/service/vouchers.h"

#define US "https://id.example.org"

static const char *who;
static int asked;

static void
refused(const char *what, enum err e)
{
	asked++;
	if (e == ERR_FORBIDDEN || e == ERR_NOT_FOUND || e == ERR_UNKNOWN_CALLER)
		return;
	print_error("%s: %s: %s\n", who, what, err_name(e));
	wrong++;
}

#define NO(call) refused(#call, TRY(call))

/* What there is to ask about. */
static struct key_view key_;
static struct device device;
static struct rule rule_;
static struct voucher_batch vouchers;
static struct outbox_item letter;
static struct rotation rotation;
static struct api_token token_;
static struct scim_user user;
static struct scim_group group;

static void
furnish(void)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct voucher_order o = {.plan = local.id, .name = "Fair"};
	struct rotation_order r = {
	    .name = "r", .plan = h.plan.id, .per_hour = 1};
	struct outbox_order m = {.kind = OUTBOX_MAIL,
	    .about = "letter.test",
	    .target = "...",
	    .payload = "x",
	    .len = 1};
	struct rule *rules;
	struct uid id;
	size_t n;

	doing = "forbidden";
	key_ = key();
	assert_ok(device_register(
	    &root, &key_.key.id, "02-aa-02-00-00-07", "TV", &device));
	assert_ok(rule_list(&root, &rules, &n));
	rule_ = rules[0];
	assert_ok(vouchers_batch(&root, &o, 2, &vouchers));
	assert_ok(outbox_put(&root, &m, &id));
	assert_ok(outbox_get(&root, &id, &letter));
	assert_ok(rotations_start(&root, &r, &rotation));
	token_ = (struct api_token){.name = "t",
	    .scopes = "read",
	    .roles = 1 << ROLE_OPERATOR,
	    .expires = NOON + 86400};
	assert_ok(tokens_add(&root, &token_, &s));
	user = (struct scim_user){.active = true, .attributes = "{}"};
	text_copy(user.user_name, sizeof(user.user_name), "dora");
	assert_ok(scim_users_add(&machine, US, &user));
	text_copy(group.name, sizeof(group.name), "Crew");
	assert_ok(scim_groups_add(&machine, US, &group, &user.id, 1));
}

/* --- what only those who look after the house see --- */

static void
not_seen(struct call *c)
{
	struct key_filter kf = {.limit = 5};
	struct device_filter df = {.search = ""};
	struct visit_filter vf = {.search = ""};
	struct pass_filter pf = {.limit = 3};
	struct scim_filter sf = {.limit = 3};
	OWN(buf) struct buf b = BUF(100000);
	void *list;
	struct uid *ids;
	const char **groups;
	size_t n, total, days[INSIGHT_DAYS];
	int64_t a64, b64;
	char head[65];
	bool yes;
	static union {
		struct insight_reach reach;
		struct insight_plan plan;
		struct insight_house house;
		struct insight_start start;
		struct insight_keys keys;
		struct pool pool;
		struct rules_verdict verdict;
		struct store_health health;
		struct person person;
		struct key_view key;
		struct network network;
		struct plan plan_;
		struct access_point ap;
		struct unit unit;
		struct webhook hook;
		struct rotation rotation;
		struct outbox_item item;
		struct voucher_batch batch;
		struct disconnect disconnect;
		struct quota_use use;
		struct own_account account;
		struct scim_user user;
		struct scim_group group;
		struct secret secret;
	} x;
	const struct own mine = {"pms", "1"};

	(void)ids, (void)groups, (void)yes;
	NO(audit_table(c, NOUN_PERSON, ""));
	NO(audit_list(c, "", NULL, 0, 5, (void *)&list, &n));
	NO(audit_after(c, 0, 1, NULL, NULL));
	NO(audit_head(c, &a64, head));
	NO(audit_verify(c, NULL, 0, &a64, &b64, head));
	NO(devices_of_key(c, &key_.key.id, (void *)&list, &n));
	NO(devices_of_person(c, &key_.person.id, (void *)&list, &n));
	NO(devices_list(c, &df, (void *)&list, &n, &total));
	NO(visits_of_key(c, &key_.key.id, 3, (void *)&list, &n));
	NO(visits_list(c, &vf, (void *)&list, &n, &total));
	NO(disconnects_of_ap(c, &h.ap.id, &x.disconnect));
	NO(disconnects_of_key(c, &key_.key.id, 3, (void *)&list, &n));
	NO(insight_reach(c, &key_.key.id, &x.reach));
	NO(insight_plan(c, &h.plan.id, &x.plan));
	NO(insight_house(c, &x.house));
	NO(insight_start(c, &x.start));
	NO(insight_keys(c, &x.keys));
	NO(insight_days(c, days));
	NO(insight_feed(c, 0, &a64, &b64));
	NO(insight_top(c, (void *)&list, &n));
	NO(keys_get(c, &key_.key.id, &x.key));
	NO(keys_of(c, &key_.person.id, (void *)&list, &n));
	NO(keys_list(c, &kf, (void *)&list, &n, &total));
	NO(keys_of_unit(c, &flat.id, (void *)&list, &n));
	NO(store_service_health(c, &x.health));
	NO(outbox_list(c, "", "", 3, (void *)&list, &n));
	NO(outbox_get(c, &letter.id, &x.item));
	NO(outbox_of_key(c, &key_.key.id, 3, (void *)&list, &n));
	NO(outbox_of_hook(c, &hook.id, "", 3, (void *)&list, &n));
	NO(outbox_count(c, OUTBOX_WAITING, &a64));
	NO(owns_stay(c, &mine, &x.key));
	NO(owns_account(c, &mine, &x.account));
	NO(passes_list(c, &pf, (void *)&list, &n, &total));
	NO(passes_trail(c, &key_.key.id, 3, (void *)&list, &n));
	NO(people_get(c, &h.ada.id, &x.person));
	NO(people_find(c, "ada", &x.person));
	NO(people_list(c, "", 0, 3, (void *)&list, &n, &total));
	NO(people_planned(c, &h.ada.id, &(enum person_state){0}, &a64));
	NO(pools_list(c, (void *)&list, &n));
	NO(pools_leases(c, &h.plan.id, 0, 3, &x.pool, (void *)&list, &n));
	NO(rotations_list(c, (void *)&list, &n));
	NO(rotations_get(c, &rotation.id, &x.rotation));
	NO(rotations_keys(c, &rotation.id, 0, 3, (void *)&list, &n));
	NO(rules_try(c, "{}", "groups", &x.verdict));
	NO(rules_try_person(c, &h.ada.id, &x.verdict));
	NO(scim_users_get(c, US, &user.id, &x.user));
	NO(scim_users_list(c, US, &sf, (void *)&list, &n, &total));
	NO(scim_groups_get(c, US, &group.id, &x.group));
	NO(scim_groups_list(c, US, &sf, (void *)&list, &n, &total));
	NO(scim_groups_members(c, &group.id, (void *)&list, &n));
	NO(rule_list(c, (void *)&list, &n));
	NO(ap_get(c, &h.ap.id, &x.ap));
	NO(ap_find(c, "hall", &x.ap));
	NO(ap_list(c, (void *)&list, &n));
	NO(units_list(c, (void *)&list, &n));
	NO(units_find(c, "Flat 1", &x.unit));
	NO(units_of(c, &h.ada.id, (void *)&list, &n));
	NO(units_members(c, &flat.id, (void *)&list, &n));
	NO(vouchers_batches(c, (void *)&list, &n));
	NO(vouchers_batch_find(c, vouchers.id.s, &x.batch));
	NO(vouchers_of_batch(c, &vouchers.id, (void *)&list, &n));
	NO(vouchers_list(c, "", -1, 0, 3, (void *)&list, &n, &total));
	NO(webhooks_list(c, (void *)&list, &n));
	NO(webhooks_get(c, &hook.id, &x.hook));
	NO(webhooks_find(c, "billing", &x.hook));
	NO(tokens_list(c, (void *)&list, &n));
	NO(quotas_use(c, &key_.key.id, &x.use));
}

/* --- what only they change, or get to know in clear --- */

static void
not_done(struct call *c)
{
	OWN(secret) struct secret s = SECRET_NONE;
	OWN(buf) struct buf b = BUF(100000);
	OWN(imports) struct imports table = {.kind = IMPORT_KEYS};
	struct network net = h.net;
	struct plan p = h.plan;
	struct rule r = rule_;
	struct access_point ap = h.ap;
	struct unit u = flat;
	struct webhook w = hook;
	struct person new_ = {.name = "New"};
	struct scim_user su = user;
	struct scim_group sg = group;
	struct api_token t = token_;
	struct key_order ko = {.person = h.ada.id,
	    .network = h.net.id,
	    .plan = h.plan.id,
	    .name = "x"};
	struct pass_order po = {.name = "Rui",
	    .room = "1",
	    .mail = "",
	    .language = "",
	    .plan = local.id};
	struct batch_order bo[1] = {{.pass = po}};
	struct voucher_order vo = {.plan = local.id, .name = "x"};
	struct rotation_order ro = {
	    .name = "x", .plan = h.plan.id, .per_hour = 1};
	struct person_import pi = {.person = {.name = "x"}};
	struct key_import ki = {.order = ko};
	struct tls_psk psk;
	struct own_account account;
	struct batch batch;
	struct voucher v;
	struct voucher_batch vb;
	struct rotation rot;
	struct key_view k;
	struct device d;
	const struct own mine = {"pms", "1"};
	int64_t n64;
	size_t n;

	NO(keys_issue(c, &ko, &k));
	NO(keys_reveal(c, &key_.key.id, "screen", &s));
	assert_int_equal(s.len, 0);
	NO(keys_rotate(c, &key_.key.id, 60, &k));
	NO(keys_revoke(c, &key_.key.id, ""));
	NO(keys_suspend(c, &key_.key.id, ""));
	NO(keys_restore(c, &key_.key.id));
	NO(keys_rename(c, &key_.key.id, "x", key_.key.version));
	NO(keys_set_devices(c, &key_.key.id, 3, key_.key.version));
	NO(keys_set_end(c, &key_.key.id, NOON + 99999, key_.key.version));
	NO(keys_import(c, &ki, 1, false));
	NO(device_register(c, &key_.key.id, "02-aa-02-00-00-08", "x", &d));
	NO(device_rename(c, &device.id, "x"));
	NO(device_remove(c, &device.id));
	NO(device_set_blocked(c, &device.id, true));
	NO(people_add(c, &new_));
	NO(people_import(c, &pi, 1, false));
	NO(people_set_state(c, &h.ada.id, PERSON_SUSPENDED, "x"));
	NO(people_plan_state(c, &h.ada.id, PERSON_SUSPENDED, "x", NOON + 60));
	NO(people_forget(c, &h.ada.id));
	NO(people_merge(c, &h.ada.id, &h.bob.id));
	NO(people_accept_terms(c, &h.ada.id, "9", "en"));
	NO(people_set_language(c, &h.ada.id, "de"));
	NO(session_close_person(c, &h.ada.id, &n));
	NO(network_add(c, &net));
	NO(network_set(c, &net));
	NO(network_remove(c, &h.net.id));
	NO(plan_add(c, &p));
	NO(plan_set(c, &p));
	NO(plan_set_now(c, &p));
	NO(plan_remove(c, &h.plan.id));
	NO(rule_add(c, &r));
	NO(rule_set(c, &r));
	NO(rule_remove(c, &rule_.id));
	NO(ap_add(c, &ap, &s));
	NO(ap_set(c, &ap, NULL));
	NO(ap_remove(c, &h.ap.id));
	NO(ap_psk(c, &h.ap.id, &psk));
	NO(setup_link(c, 60, &s));
	NO(units_add(c, &u));
	NO(units_set(c, &u));
	NO(units_remove(c, &flat.id));
	NO(units_set_state(c, &flat.id, PERSON_SUSPENDED, "x"));
	NO(units_member_set(c, &flat.id, &h.bob.id, true));
	NO(units_member_remove(c, &flat.id, &h.ada.id));
	NO(units_invite(c, &flat.id, 3600, &s));
	NO(webhooks_add(c, &w, &s));
	NO(webhooks_set(c, &w));
	NO(webhooks_remove(c, &hook.id));
	NO(webhooks_secret(c, &hook.id, &s));
	NO(webhooks_test(c, &hook.id));
	NO(tokens_add(c, &t, &s));
	NO(tokens_revoke(c, &token_.id));
	NO(scim_users_add(c, US, &su));
	NO(scim_users_set(c, US, &su));
	NO(scim_users_remove(c, US, &user.id));
	NO(scim_groups_add(c, US, &sg, NULL, 0));
	NO(scim_groups_set(c, US, &sg, NULL, 0));
	NO(scim_groups_remove(c, US, &group.id));
	NO(passes_issue(c, &po, &k));
	NO(batches_make(c, "x", &local.id, bo, 1, &batch));
	NO(vouchers_make(c, &vo, &v, &s));
	NO(vouchers_batch(c, &vo, 2, &vb));
	NO(vouchers_batch_end(c, &vouchers.id, &n64));
	NO(owns_check_in(c, &mine, &po, &k));
	NO(owns_move(c, &mine, "2", &k));
	NO(owns_extend(c, &mine, NOON + 86400, &k));
	NO(owns_check_out(c, &mine, "", &k));
	NO(owns_open(c, &mine, &new_, &account));
	NO(owns_tie(c, &mine, &h.ada.id, &account));
	NO(owns_suspend(c, &mine, "", &account));
	NO(owns_restore(c, &mine, &account));
	NO(owns_end(c, &mine, "", &account));
	NO(rotations_start(c, &ro, &rot));
	NO(rotations_stop(c, &rotation.id));
	NO(rotations_go_on(c, &rotation.id));
	NO(rotations_end(c, &rotation.id));
	NO(outbox_retry(c, &letter.id));
	NO(export_keys(c, &h.net.id, "", 0, &b, &n));
	assert_int_equal(b.len, 0);
	NO(imports_open(c, &table, IMPORT_KEYS, "person\nada\n", 11));
	NO(store_service_backup(c, "/nowhere/at/all", &c->why));
	NO(reseal_begin(c));
}

/* --- what only the programs themselves do --- */

static void
not_ours(struct call *c)
{
	OWN(secret) struct secret s = SECRET_NONE;
	OWN(renewal) struct renewal r = {.provider = ""};
	const struct seen_device seen = {.network = h.net.id,
	    .key = key_.key.id,
	    .mac = device.mac,
	    .ap = h.ap.id,
	    .at = NOON};
	const struct visit_report report = {.event = VISIT_START,
	    .ap = h.ap.id,
	    .network = h.net.id,
	    .nas = "ap1",
	    .session = "1"};
	const struct outbox_fate gone = {.outcome = OUTBOX_NEVER, .answer = ""};
	static const struct world_visitor nobody;
	struct voucher_order vo = {
	    .plan = local.id, .name = "x", .host = "ada@example.org"};
	struct life_done done;
	struct world_key wk;
	struct world_ap wa;
	struct device d;
	void *list;
	int64_t at;
	size_t n;

	NO(life_tick(c, NULL, &done));
	NO(disconnects_due(c, 5, (void *)&list, &n));
	NO(disconnects_result(c, &key_.key.id, 0, 0, 0));
	NO(outbox_claim(c, OUTBOX_LETTERS, 1, (void *)&list, &n));
	NO(outbox_result(c, &letter, &gone));
	NO(renewals_next(c, &r));
	NO(vouchers_from(c, &vo, "seed", &s));
	NO(world_load(c, &nobody, &at));
	NO(world_key_get(c, &key_.key.id, &wk));
	NO(world_ap_get(c, &h.ap.id, &wa));
	NO(world_device(c, &device.id, &d));
	NO(world_keys_of(c, &h.ada.id, (void *)&list, &n));
	NO(world_devices_of(c, &key_.key.id, (void *)&list, &n));
	NO(world_seen(c, &seen, 1));
	NO(world_visits(c, &report, 1));
}

TEST(services_refuse_who_may_not)
{
	struct call eve, auditor, boss;
	struct person stranger;

	wrong = asked = 0;
	begin();
	furnish();
	stranger = house_person(&h, "eve", NULL);
	eve = house_call(&h, &stranger, 1 << ROLE_PERSON);
	auditor =
	    house_call(&h, &stranger, 1 << ROLE_AUDITOR | 1 << ROLE_PERSON);
	boss = house_call(&h, &stranger,
	    1 << ROLE_ADMIN | 1 << ROLE_OPERATOR | 1 << ROLE_PERSON);
	fail_at = 0;
	who = "a person";
	not_seen(&eve);
	not_done(&eve);
	not_ours(&eve);
	who = "a guest";
	not_seen(&guest);
	not_done(&guest);
	not_ours(&guest);
	who = "an auditor";
	not_done(&auditor);
	not_ours(&auditor);
	who = "an administrator";
	not_ours(&boss);
	print_message("# %d calls\n", asked);
	assert_int_equal(wrong, 0);
	house_end(&h);
}
