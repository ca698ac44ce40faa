/*
 * service.h - a real store of its own (where.h), for tests of services
 *
 * SETUP: `struct house h; house_make(&h);` and house_end(&h). A network, a
 * plan, a rule for the group "staff", one person in it (ada), one outside
 * (bob), and calls by each.
 */
#pragma once

#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "core/service/audit.h"
#include "core/service/devices.h"
#include "core/service/disconnects.h"
#include "core/service/keys.h"
#include "core/service/open.h"
#include "core/service/passes.h"
#include "core/service/people.h"
#include "core/service/session.h"
#include "core/service/setup.h"
#include "core/service/world.h"
#include "core/store/row.h"
#include "tests/unit/where.h"

#define NOON INT64_C(1795608000) /* 2026-11-25 12:00 UTC */

struct house {
	char dir[64], key[96];
	struct where at;
	struct conf conf;
	struct ring *ring;
	struct store *store;
	struct arena *arena;
	struct call root, system;
	struct network net;
	struct plan plan;
	struct access_point ap;
	struct person ada, bob;
};

static inline struct call
house_call(struct house *h, const struct person *p, int roles)
{
	struct call c = h->root;

	c.actor = (struct actor){.kind = ACTOR_PERSON, .roles = roles};
	if (p)
		c.actor.id = p->id;
	text_copy(c.actor.name, sizeof(c.actor.name), p ? p->name : "somebody");
	return c;
}

static inline struct person
house_person(struct house *h, const char *subject, const char *group)
{
	const char *const groups[] = {group};
	struct identity id = {.issuer = "https://id.example.org",
	    .subject = subject,
	    .name = subject,
	    .mail = "",
	    .groups = groups,
	    .ngroups = group ? 1 : 0,
	    .groups_known = true,
	    .claims = "{}",
	    .language = "en"};
	struct person p;

	assert_ok(people_sign_in(&h->root, &id, NULL, 0, &p));
	return p;
}

static inline void
house_furnish(struct house *h)
{
	struct rule r = {.priority = 10, .claim = "groups", .value = "staff"};
	OWN(secret) struct secret s = SECRET_NONE;

	h->net = (struct network){.ssid = "Example", .time_zone = "UTC"};
	assert_ok(network_add(&h->root, &h->net));
	h->plan = (struct plan){.network = h->net.id,
	    .name = "Staff",
	    .vlan = 20,
	    .devices = 5,
	    .lifetime = LIFETIME_DAYS,
	    .lifetime_days = 365,
	    .self_service = true};
	assert_ok(plan_add(&h->root, &h->plan));
	r.plan = h->plan.id;
	assert_ok(rule_add(&h->root, &r));
	h->ap = (struct access_point){.name = "hall",
	    .address = "192.0.2.0/24",
	    .dialect = "generic",
	    .coa_address = "192.0.2.1:3799"};
	assert_ok(secret_set(&s, "k3Jx-90pq-Zz7w-Lm2a", 19));
	assert_ok(ap_add(&h->root, &h->ap, &s));
	h->ada = house_person(h, "ada", "staff");
	h->bob = house_person(h, "bob", "visitors");
}

static inline void
house_make(struct house *h)
{
	char why[RING_WHY];
	struct why w;

	const char *scratch = getenv("LATCHKEY_SCRATCH");

	*h = (struct house){.root = {.now = 0}};
	(void)snprintf(h->dir, sizeof(h->dir), "%s/latchkey-svc-XXXXXX",
	    scratch ? scratch : "/tmp");
	assert_non_null(mkdtemp(h->dir));
	(void)snprintf(h->key, sizeof(h->key), "%s/master.key", h->dir);
	where_new(&h->at, h->dir);
	h->conf.store.engine = h->at.url[0] ? "pgsql" : "sqlite";
	h->conf.store.path = h->at.path;
	h->conf.store.url = h->at.url;
	assert_ok(ring_create(h->key, why));
	assert_ok(ring_load(h->key, &h->ring, why));
	assert_ok(store_service_create(&h->conf, h->ring, &w));
	assert_ok(store_service_open(&h->conf, h->ring, false, &h->store, &w));
	assert_non_null(h->arena = arena_new(64 << 20));
	h->root = call_system(h->store, h->ring, h->arena, NOON);
	h->system = h->root;
	h->root.actor.kind = ACTOR_CLI;
	house_furnish(h);
}

static inline void
house_end(struct house *h)
{
	char cmd[128];
	static const char *const names[] = {"master.key", "other.key",
	    "copy.db", "store.db.before-restore", "store.db.before-restore-wal",
	    "store.db.restoring"};

	store_service_close(h->store);
	arena_free(h->arena);
	ring_free(h->ring);
	where_end(&h->at);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(cmd, sizeof(cmd), "%s/%s", h->dir, names[i]);
		(void)unlink(cmd);
	}
	assert_int_equal(rmdir(h->dir), 0);
}

static inline struct key_view
house_key(struct house *h, const struct person *p)
{
	struct call c = house_call(h, p, 1 << ROLE_PERSON);
	struct key_order o = {.person = p->id, .name = ""};
	struct key_view v;

	assert_ok(keys_issue(&c, &o, &v));
	return v;
}

static inline struct mac
house_mac(const char *text)
{
	struct mac m;

	assert_true(mac_parse(text, strlen(text), &m, NULL));
	return m;
}

/* A device joins with the key at c.now and a visit opens. */
static inline void
house_join(struct house *h, const struct uid *key, const char *mac,
    const char *session)
{
	struct seen_device s = {.network = h->net.id,
	    .key = *key,
	    .mac = house_mac(mac),
	    .ap = h->ap.id};
	struct visit_report r = {.event = VISIT_START,
	    .ap = h->ap.id,
	    .key = *key,
	    .network = h->net.id,
	    .nas = "ap1",
	    .mac = s.mac};

	s.at = r.at = h->system.now;
	(void)snprintf(r.session, sizeof(r.session), "%s", session);
	assert_ok(world_seen(&h->system, &s, 1));
	assert_ok(world_visits(&h->system, &r, 1));
}

/* Runs SQL on the store, behind everybody's back. */
static inline void
house_sql(const struct house *h, const char *sql)
{
	where_sql(&h->at, sql);
}

/* Guests, whom nobody signs in, get PLAN; the rule that says so. */
static inline struct uid
house_guests(struct house *h, const struct uid *plan)
{
	struct rule r = {
	    .priority = 5, .claim = "issuer", .value = "local", .plan = *plan};

	assert_ok(rule_add(&h->root, &r));
	return r.id;
}

/* A plan for guests of some days, and the rule that gives it. */
static inline struct uid
house_visitors(struct house *h, struct plan *p)
{
	*p = (struct plan){.network = h->net.id,
	    .name = "Visitors",
	    .devices = 3,
	    .lifetime = LIFETIME_END_OF_DAY};
	assert_ok(plan_add(&h->root, p));
	return house_guests(h, &p->id);
}

/* Checks NAME in on PLAN, as C. */
static inline struct key_view
house_stay(struct call *c, const struct plan *plan, const char *name,
    const char *room, int64_t from, int64_t to)
{
	struct pass_order o = {.name = name,
	    .room = room,
	    .mail = "",
	    .language = "de",
	    .plan = plan->id,
	    .arrival = from,
	    .departure = to};
	struct key_view v;

	assert_ok(passes_issue(c, &o, &v));
	return v;
}
