/*
 * portal_harness: a store for tests of the running programs
 *
 *	portal_harness CONF make             master key, store, two plans
 *	portal_harness CONF session SUBJECT GROUP   a session's cookie value
 *	portal_harness CONF seen KEY MAC     a device was seen with a key
 *	portal_harness CONF suspend|end SUBJECT REASON
 *	portal_harness CONF unit NAME SUBJECT   a unit whose manager that person
 *is portal_harness CONF link             a link for the first administrator
 *
 * Prints one JSON line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "core/service/keys.h"
#include "core/service/open.h"
#include "core/service/people.h"
#include "core/service/session.h"
#include "core/service/setup.h"
#include "core/service/units.h"
#include "core/service/world.h"

static void
must(enum err e, const char *what, const char *why)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", what, err_name(e), why);
	exit(1);
}

static struct uid
add_plan(struct call *c, const struct network *n, const char *name,
    const char *group, int vlan, int64_t down)
{
	struct plan p = {.network = n->id,
	    .vlan = vlan,
	    .devices = 5,
	    .rate_down = down,
	    .rate_up = down / 2,
	    .lifetime = LIFETIME_DAYS,
	    .lifetime_days = 365,
	    .things = THINGS_USUAL,
	    .self_service = true};
	struct rule r = {.priority = vlan};

	text_copy(p.name, sizeof(p.name), name);
	must(plan_add(c, &p), "plan", c->why.text);
	r.plan = p.id;
	text_copy(r.claim, sizeof(r.claim), "groups");
	text_copy(r.value, sizeof(r.value), group);
	must(rule_add(c, &r), "rule", c->why.text);
	return p.id;
}

static void
make(struct call *c)
{
	struct network n = {.security = SECURITY_WPA2};
	struct access_point ap = {.ma = MA_AUTO};
	struct secret s = SECRET_NONE;
	struct uid staff, tenant;

	text_copy(n.ssid, sizeof(n.ssid), "Harbour; \"guest\"");
	text_copy(n.name, sizeof(n.name), "Harbour");
	text_copy(n.time_zone, sizeof(n.time_zone), "Europe/Berlin");
	must(network_add(c, &n), "network", c->why.text);
	staff = add_plan(c, &n, "Employee", "staff", 120, 50000);
	tenant = add_plan(c, &n, "Tenant", "tenants", 130, 100000);
	text_copy(ap.name, sizeof(ap.name), "ap-1");
	text_copy(ap.address, sizeof(ap.address), "127.0.0.1");
	text_copy(ap.dialect, sizeof(ap.dialect), "generic");
	must(secret_set(&s, "a shared secret for tests", 25), "secret", "");
	must(ap_add(c, &ap, &s), "ap", c->why.text);
	printf("{\"network\":\"%s\",\"staff\":\"%s\",\"tenant\":\"%s\"}\n",
	    n.id.s, staff.s, tenant.s);
}

static struct person
person(struct call *c, const char *subject, const char *group)
{
	struct person p;
	struct identity id = {.issuer = "https://login.example.org",
	    .subject = subject,
	    .name = subject,
	    .mail = "",
	    .language = "",
	    .claims = "{}",
	    .groups = &group,
	    .ngroups = group[0] != '\0',
	    .groups_known = true};

	must(people_sign_in(c, &id, NULL, 0, &p), "person", c->why.text);
	return p;
}

static void
session(struct call *c, char **arg)
{
	struct person p = person(c, arg[0], arg[1]);
	struct secret token;

	must(session_open(c, &p.id, "campus", "", "", c->now, &token),
	    "session", "");
	printf("{\"token\":\"%s\",\"person\":\"%s\"}\n", secret_text(&token),
	    p.id.s);
}

static void
seen(struct call *c, char **arg)
{
	struct seen_device s = {.at = c->now};
	struct key_view v;
	struct uid key;

	if (!uid_parse(arg[0], &key) ||
	    !mac_parse(arg[1], strlen(arg[1]), &s.mac, NULL))
		must(ERR_BAD_INPUT, "seen", "KEY MAC");
	must(keys_get(c, &key, &v), "key", "");
	s.key = key;
	s.network = v.network.id;
	must(world_seen(c, &s, 1), "seen", "");
	printf("{}\n");
}

static void
set_state(struct call *c, char **arg, enum person_state state)
{
	struct person *p;
	size_t n, total;

	must(people_list(c, arg[0], 0, 10, &p, &n, &total), "people", "");
	if (n != 1)
		must(ERR_NOT_FOUND, "person", arg[0]);
	must(
	    people_set_state(c, &p[0].id, state, arg[1]), "state", c->why.text);
	printf("{}\n");
}

static void
unit(struct call *c, char **arg)
{
	struct unit u = {0};
	struct person *p;
	size_t n, total;

	must(people_list(c, arg[1], 0, 10, &p, &n, &total), "people", "");
	if (n != 1)
		must(ERR_NOT_FOUND, "person", arg[1]);
	text_copy(u.name, sizeof(u.name), arg[0]);
	must(units_add(c, &u), "unit", c->why.text);
	must(units_member_set(c, &u.id, &p[0].id, true), "member", c->why.text);
	printf("{\"id\":\"%s\"}\n", u.id.s);
}

static void
link_(struct call *c)
{
	struct secret token;

	must(setup_link(c, 3600, &token), "link", "");
	printf("{\"token\":\"%s\"}\n", secret_text(&token));
}

int
main(int argc, char **argv)
{
	struct conf *conf;
	struct ring *ring;
	struct store *st;
	char why[CONF_WHY] = "";
	struct why reason = {0};
	struct call c;
	const char *verb = argc > 2 ? argv[2] : "";

	if (argc < 3)
		return 2;
	must(conf_load(argv[1], &conf, why), "conf", why);
	if (strcmp(verb, "make") == 0)
		must(ring_create(conf->keys.master_key, why), "ring", why);
	must(ring_load(conf->keys.master_key, &ring, why), "ring", why);
	if (strcmp(verb, "make") == 0)
		must(store_service_create(conf, ring, &reason), "store",
		    reason.text);
	must(store_service_open(conf, ring, false, &st, &reason), "store",
	    reason.text);
	c = call_system(st, ring, arena_new(16 << 20), clock_now());
	if (strcmp(verb, "make") == 0)
		make(&c);
	else if (strcmp(verb, "session") == 0 && argc == 5)
		session(&c, argv + 3);
	else if (strcmp(verb, "seen") == 0 && argc == 5)
		seen(&c, argv + 3);
	else if (strcmp(verb, "suspend") == 0 && argc == 5)
		set_state(&c, argv + 3, PERSON_SUSPENDED);
	else if (strcmp(verb, "end") == 0 && argc == 5)
		set_state(&c, argv + 3, PERSON_ENDED);
	else if (strcmp(verb, "unit") == 0 && argc == 5)
		unit(&c, argv + 3);
	else if (strcmp(verb, "link") == 0)
		link_(&c);
	else
		return 2;
	arena_free(c.arena);
	store_service_close(st);
	ring_free(ring);
	conf_free(conf);
	return 0;
}
