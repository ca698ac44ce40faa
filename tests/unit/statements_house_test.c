/* What is set up, and what runs by itself, a statement at a time. */
#include "tests/unit/statements.h"

#include "core/service/export.h"
#include "core/service/insight.h"
#include "core/service/life.h"
#include "core/service/links.h"
#include "core/service/outbox.h"
#include "core/service/pools.h"
#include "core/service/quotas.h"
#include "core/service/reseal.h"
#include "core/service/rotations.h"
#include "core/service/scim.h"
#include "core/service/tokens.h"

#define US "https://id.example.org"

/* --- what is set up --- */

static enum err
network(void)
{
	struct network n = {.time_zone = "UTC"}, got, *all;
	size_t count;
	enum err e;

	text_copy(n.ssid, sizeof(n.ssid), fresh_name("Net"));
	armed();
	(void)((e = network_add(&root, &n)) || (e = network_set(&root, &n)) ||
	       (e = network_get(&root, &n.id, &got)) ||
	       (e = network_find(&root, n.ssid, &got)) ||
	       (e = network_list(&root, &all, &count)) ||
	       (e = network_remove(&root, &n.id)));
	return over(e, false);
}

static enum err
network_changed(void)
{
	struct network n = {.time_zone = "UTC"};

	text_copy(n.ssid, sizeof(n.ssid), fresh_name("Net"));
	assert_ok(network_add(&root, &n));
	text_copy(n.time_zone, sizeof(n.time_zone), "Europe/Berlin");
	return TRY(network_set(&root, &n));
}

static enum err
plan(void)
{
	struct plan p = h.plan, got, *all;
	size_t count;
	enum err e;

	p.id = UID_NONE;
	text_copy(p.name, sizeof(p.name), fresh_name("Plan"));
	armed();
	(void)((e = plan_add(&root, &p)) || (e = plan_set(&root, &p)) ||
	       (e = plan_get(&root, &p.id, &got)) ||
	       (e = plan_find(&root, p.name, &got)) ||
	       (e = plan_list(&root, &all, &count)) ||
	       (e = plan_remove(&root, &p.id)));
	return over(e, false);
}

static enum err
plan_changed(void)
{
	struct plan p;

	(void)key();
	assert_ok(plan_get(&root, &h.plan.id, &p));
	p.vlan = p.vlan == 20 ? 21 : 20;
	return TRY(plan_set_now(&root, &p));
}

/* Of one pool: they are read one by one. */
static enum err
pools_listed(void)
{
	static struct plan p;
	struct pool *all;
	size_t n;

	if (p.name[0] == '\0') {
		p = h.plan;
		p.id = UID_NONE;
		p.vlan = 0;
		text_copy(p.name, sizeof(p.name), "Of a pool");
		text_copy(p.pool, sizeof(p.pool), "4000-4001");
		assert_ok(plan_add(&root, &p));
	}
	armed();
	return over(pools_list(&root, &all, &n), false);
}

static enum err
plan_with_a_pool(void)
{
	static int made;
	struct plan p = h.plan;
	struct pool pool;
	struct pool_lease *leases;
	struct key_order o = {.name = ""};
	struct person who = {.name = "Leaser"};
	struct key_view v;
	int first;
	size_t n;
	enum err e;

	p.id = UID_NONE;
	p.vlan = 0;
	text_copy(p.name, sizeof(p.name), fresh_name("Pool"));
	/* each time another one, so that none fills up */
	first = 2 + 2 * (made++ % 2000);
	(void)snprintf(p.pool, sizeof(p.pool), "%d-%d", first, first + 1);
	assert_ok(people_add(&root, &who));
	o.person = who.id;
	armed();
	if ((e = plan_add(&root, &p)) == ERR_OK) {
		o.plan = p.id;
		(void)((e = keys_issue(&root, &o, &v)) ||
		       (e = pools_leases(
			    &root, &p.id, 0, 9, &pool, &leases, &n)));
	}
	if (e == ERR_OK) {
		(void)snprintf(
		    p.pool, sizeof(p.pool), "%d-%d", first, first + 2);
		e = plan_set(&root, &p);
	}
	return over(e, false);
}

static enum err
rule(void)
{
	struct rule r = {.priority = 50, .claim = "groups"}, *all;
	size_t n;
	enum err e;

	r.plan = h.plan.id;
	text_copy(r.value, sizeof(r.value), fresh_name("group"));
	armed();
	(void)((e = rule_add(&root, &r)) || (e = rule_list(&root, &all, &n)) ||
	       (e = rule_set(&root, &r)) || (e = rule_remove(&root, &r.id)));
	return over(e, false);
}

static enum err
access_point(void)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct access_point a = {.dialect = "generic"}, got, *all;
	struct tls_psk psk;
	size_t n;
	enum err e;

	text_copy(a.name, sizeof(a.name), fresh_name("ap"));
	(void)snprintf(a.address, sizeof(a.address), "10.%d.%d.%d",
	    (int)rnd_below(250), (int)rnd_below(250), (int)rnd_below(250));
	assert_ok(secret_set(&s, "k3Jx-90pq-Zz7w-Lm2b", 19));
	armed();
	(void)((e = ap_add(&root, &a, &s)) || (e = ap_set(&root, &a, &s)) ||
	       (e = ap_get(&root, &a.id, &got)) ||
	       (e = ap_find(&root, a.name, &got)) ||
	       (e = ap_list(&root, &all, &n)) ||
	       (e = ap_psk(&root, &a.id, &psk)) ||
	       (e = ap_remove(&root, &a.id)));
	return over(e, false);
}

static enum err
webhook(void)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct webhook w = {.state = WEBHOOK_ACTIVE, .events = "key"}, got,
		       *all;
	struct outbox_item *items;
	size_t n;
	enum err e;

	text_copy(w.name, sizeof(w.name), fresh_name("hook"));
	text_copy(w.url, sizeof(w.url), "https://a.example.org/");
	text_copy(w.events, sizeof(w.events), "key.issue");
	armed();
	(void)((e = webhooks_add(&root, &w, &s)) ||
	       (e = webhooks_set(&root, &w)) ||
	       (e = webhooks_get(&root, &w.id, &got)) ||
	       (e = webhooks_find(&root, w.name, &got)) ||
	       (e = webhooks_list(&root, &all, &n)) ||
	       (e = webhooks_test(&root, &w.id)) ||
	       (e = outbox_of_hook(&root, &w.id, "", 9, &items, &n)) ||
	       (e = webhooks_secret(&root, &w.id, &s)) ||
	       (e = webhooks_remove(&root, &w.id)));
	e = over(e, false);
	if (webhooks_find(&root, w.name, &got) == ERR_OK) /* LIMIT of them */
		assert_ok(webhooks_remove(&root, &got.id));
	return e;
}

static enum err
token(void)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct api_token t = {.scopes = "read"}, got, *all;
	struct call c = guest;
	size_t n;
	enum err e;

	text_copy(t.name, sizeof(t.name), fresh_name("token"));
	armed();
	(void)((e = tokens_add(&root, &t, &s)) ||
	       (e = tokens_use(&c, secret_text(&s), &got)) ||
	       /* a store that cannot write still reads */
	       (e = got.last_used ? ERR_OK : ERR_STORE) ||
	       (e = tokens_list(&root, &all, &n)) ||
	       (e = tokens_revoke(&root, &t.id)));
	return over(e, false);
}

static enum err
units(void)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct unit u = {.vlan = 301}, got, *all;
	struct unit_member *m;
	size_t n;
	enum err e;

	text_copy(u.name, sizeof(u.name), fresh_name("Flat"));
	armed();
	(void)((e = units_add(&root, &u)) || (e = units_set(&root, &u)) ||
	       (e = units_get(&root, &u.id, &got)) ||
	       (e = units_find(&root, u.name, &got)) ||
	       (e = units_list(&root, &all, &n)) ||
	       (e = units_member_set(&root, &u.id, &h.ada.id, true)) ||
	       (e = units_invite(&ada, &u.id, 3600, &s)) ||
	       (e = units_join(&bob, secret_text(&s), &got)) ||
	       (e = units_members(&ada, &u.id, &m, &n)) ||
	       (e = units_of(&ada, &h.ada.id, &all, &n)) ||
	       (e = units_member_remove(&ada, &u.id, &h.bob.id)) ||
	       (e = units_set_state(
		    &root, &u.id, PERSON_SUSPENDED, "no rent")) ||
	       (e = units_remove(&root, &u.id)));
	return over(e, false);
}

static const struct deed of_setup[] = {{"network", network},
    {"network changed", network_changed}, {"plan", plan},
    {"plan changed", plan_changed}, {"pools", pools_listed},
    {"pool", plan_with_a_pool}, {"rule", rule}, {"access point", access_point},
    {"webhook", webhook}, {"token", token}, {"unit", units}};

TEST(statements_of_set_up_fail_and_are_undone)
{
	sweep_all(of_setup, sizeof(of_setup) / sizeof(*of_setup));
}

/* --- what comes from elsewhere, and what runs by itself --- */

static enum err
scim_user(void)
{
	struct scim_user u = {.active = true, .attributes = "{}"}, got, *all;
	struct scim_filter f = {.key = SCIM_NAME, .limit = 9};
	size_t n, total;
	enum err e;

	text_copy(u.external, sizeof(u.external), uid_new().s);
	text_copy(u.user_name, sizeof(u.user_name), u.external);
	text_copy(u.name, sizeof(u.name), "Dora");
	f.value = u.external;
	armed();
	if ((e = scim_users_add(&machine, US, &u)) == ERR_OK) {
		u.active = false;
		(void)((e = scim_users_set(&machine, US, &u)) ||
		       (e = scim_users_get(&machine, US, &u.id, &got)) ||
		       (e = scim_users_list(
			    &machine, US, &f, &all, &n, &total)) ||
		       (e = scim_users_remove(&machine, US, &u.id)));
	}
	return over(e, false);
}

static enum err
scim_group(void)
{
	struct scim_user u = {.active = true, .attributes = "{}"};
	struct scim_group g = {.name = ""}, got, *all;
	struct scim_filter f = {.key = SCIM_EXTERNAL, .limit = 9};
	struct scim_member *m;
	size_t n, total;
	enum err e;

	text_copy(u.external, sizeof(u.external), uid_new().s);
	text_copy(u.user_name, sizeof(u.user_name), u.external);
	text_copy(u.name, sizeof(u.name), "Dora");
	text_copy(g.name, sizeof(g.name), u.external);
	text_copy(g.external, sizeof(g.external), u.external);
	f.value = g.external;
	assert_ok(scim_users_add(&machine, US, &u));
	armed();
	(void)((e = scim_groups_add(&machine, US, &g, &u.id, 1)) ||
	       (e = scim_groups_members(&machine, &g.id, &m, &n)) ||
	       (e = scim_groups_list(&machine, US, &f, &all, &n, &total)) ||
	       (e = scim_groups_set(&machine, US, &g, NULL, 0)) ||
	       (e = scim_groups_get(&machine, US, &g.id, &got)) ||
	       (e = scim_groups_remove(&machine, US, &g.id)));
	return over(e, false);
}

static enum err
letter(
    void *ctx, const char *to, const char *link_token, struct outbox_order *o)
{
	(void)ctx;
	(void)to;
	(void)link_token;
	*o = (struct outbox_order){.kind = OUTBOX_MAIL,
	    .about = "letter.link",
	    .target = "...",
	    .payload = "x",
	    .len = 1};
	return ERR_OK;
}

static enum err
link_asked(void)
{
	struct link_ask a = {.total = 100000, .letter = letter};
	struct person p = {.name = "Linus"};
	struct call c = guest;

	(void)snprintf(
	    p.mail, sizeof(p.mail), "l%d@example.org", (int)rnd_below(1 << 30));
	assert_ok(people_add(&root, &p));
	(void)snprintf(c.actor.from, sizeof(c.actor.from), "198.51.%d.%d",
	    (int)rnd_below(250), (int)rnd_below(250));
	a.mail = p.mail;
	return TRY(links_ask(&c, &a));
}

static enum err
outbox(void)
{
	struct outbox_order o = {.kind = OUTBOX_MAIL,
	    .about = "letter.test",
	    .target = "...",
	    .payload = "x",
	    .len = 1,
	    .urgent = true};
	const struct outbox_fate later = {
	    .outcome = OUTBOX_NEVER, .answer = "no"};
	struct outbox_item *items, it;
	struct outbox_job *jobs;
	struct uid id;
	int64_t count;
	size_t n;
	enum err e;

	armed();
	(void)((e = outbox_put(&root, &o, &id)) ||
	       (e = outbox_claim(&h.system, OUTBOX_LETTERS, 1, &jobs, &n)) ||
	       (e = n > 0 ? outbox_result(&h.system, &jobs[0].item, &later)
			  : ERR_OK) ||
	       (e = outbox_list(&root, "", "", 5, &items, &n)) ||
	       (e = outbox_get(&root, &id, &it)) ||
	       (e = outbox_count(&root, OUTBOX_WAITING, &count)));
	return over(e, false);
}

static enum err
rotation(void)
{
	struct rotation_order o = {.name = "After the leak",
	    .plan = h.plan.id,
	    .per_hour = 3600,
	    .overlap = 86400};
	struct rotation r, *all;
	struct rotation_key *keys;
	size_t n, done;
	enum err e;

	(void)key();
	armed();
	(void)((e = rotations_start(&root, &o, &r)) ||
	       (e = rotations_due(&h.system, &done)) ||
	       (e = rotations_get(&root, &r.id, &r)) ||
	       (e = rotations_keys(&root, &r.id, 0, 5, &keys, &n)) ||
	       (e = rotations_stop(&root, &r.id)) ||
	       (e = rotations_go_on(&root, &r.id)) ||
	       (e = rotations_list(&root, &all, &n)) ||
	       (e = rotations_end(&root, &r.id)));
	e = over(e, false);
	assert_ok(rotations_list(&root, &all, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].state, "running") == 0 ||
		    strcmp(all[i].state, "stopped") == 0)
			assert_ok(rotations_end(&root, &all[i].id));
	return e;
}

static enum err
life(void)
{
	struct key_order o = {.network = h.net.id, .plan = h.plan.id};
	struct life_done d;
	struct person p = {.name = "Mayfly"};
	struct key_view v;
	enum err e;

	o.name = "";
	assert_ok(life_tick(&h.system, NULL, &d));
	assert_ok(people_add(&root, &p));
	o.person = p.id;
	root.now = h.system.now;
	o.not_after = root.now + 30;
	assert_ok(keys_issue(&root, &o, &v));
	house_join(&h, &v.key.id, "02-aa-00-00-00-09", v.key.id.s);
	h.system.now += 60;
	e = TRY_PARTS(life_tick(&h.system, NULL, &d));
	if (e != ERR_OK) /* it is done by the next one */
		assert_ok(life_tick(&h.system, NULL, &d));
	assert_ok(keys_get(&root, &v.key.id, &v));
	assert_int_equal(key_standing(&v.key, h.system.now), KEY_IS_EXPIRED);
	return e;
}

static enum err
quota(void)
{
	struct key_view v = key();
	struct quota_use use;
	enum err e;

	armed();
	(void)((e = quotas_use(&root, &v.key.id, &use)) ||
	       (e = quotas_count(&h.system, &v.key.id, 1000)));
	return over(e, false);
}

static enum err
insight(void)
{
	struct insight_house house;
	struct insight_keys keys;
	struct insight_reach reach;
	struct insight_plan p;
	struct insight_top *top;
	size_t days[INSIGHT_DAYS], n;
	int64_t behind, since;
	struct key_view v = key();
	enum err e;

	armed();
	(void)((e = insight_house(&root, &house)) ||
	       (e = insight_keys(&root, &keys)) ||
	       (e = insight_reach(&root, &v.key.id, &reach)) ||
	       (e = insight_plan(&root, &h.plan.id, &p)) ||
	       (e = insight_days(&root, days)) ||
	       (e = insight_feed(&root, 1, &behind, &since)) ||
	       (e = insight_top(&root, &top, &n)));
	return over(e, true);
}

static enum err
each(void *ctx, const struct audit_line *l)
{
	(void)l;
	++*(int *)ctx;
	return ERR_OK;
}

static enum err
audit(void)
{
	char head[65];
	int64_t seq, bad, last;
	struct audit_row *rows;
	int seen = 0;
	size_t n;
	enum err e;

	armed();
	(void)((e = audit_note(&root, "note", NOUN_KEY, NULL, "{}")) ||
	       (e = audit_list(&root, "", NULL, 0, 5, &rows, &n)) ||
	       (e = audit_head(&root, &seq, head)) ||
	       (e = audit_after(&root, seq - 2, 2, each, &seen)) ||
	       (e = audit_verify(&root, NULL, 0, &bad, &last, head)));
	return over(e, false);
}

static enum err
world(void)
{
	static const struct world_visitor nobody;
	struct key_view v = key();
	struct call c = h.system;
	struct world_mark m;
	struct world_key k;
	struct change *changes;
	struct uid *ids;
	int64_t at, pulse;
	size_t n;
	bool same;
	enum err e;

	armed();
	(void)((e = world_load(&c, &nobody, &at)) ||
	       (e = world_key_get(&c, &v.key.id, &k)) ||
	       (e = world_keys_of(&c, &v.person.id, &ids, &n)) ||
	       (e = world_mark(&c, &m)) || (e = world_same(&c, &m, &same)) ||
	       (e = feed_pulse(&c, &pulse)) ||
	       (e = feed_read(&c, at > 3 ? at - 3 : 0, 10, &changes, &n)));
	return over(e, true);
}

static enum err
exported(void)
{
	OWN(buf) struct buf b = BUF(1 << 20);
	size_t n;

	return TRY(export_keys(&root, &h.net.id, "", 0, &b, &n));
}

static enum err
resealed(void)
{
	struct reseal_state s = {0};
	bool more = true;
	enum err e;

	armed();
	e = reseal_begin(&root);
	while (e == ERR_OK && more)
		e = reseal_step(&root, &s, &more);
	if (e == ERR_OK)
		e = reseal_end(&root, &s);
	return over(e, false);
}

static enum err
healthy(void)
{
	struct store_health s;

	return TRY(store_service_health(&root, &s));
}

static const struct deed of_itself[] = {{"SCIM user", scim_user},
    {"SCIM group", scim_group}, {"link", link_asked}, {"outbox", outbox},
    {"quota", quota}, {"insight", insight}, {"audit", audit}, {"world", world},
    {"export", exported}, {"health", healthy}};
static const struct deed of_time[] = {
    {"rotation", rotation}, {"life", life}, {"reseal", resealed}};

TEST(statements_of_what_comes_fail_and_are_undone)
{
	sweep_all(of_itself, sizeof(of_itself) / sizeof(*of_itself));
}

TEST(statements_of_what_runs_by_itself_fail_and_are_made_good)
{
	sweep_all(of_time, sizeof(of_time) / sizeof(*of_time));
}
