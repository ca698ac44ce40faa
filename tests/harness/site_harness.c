/* clang-format off
 * A site with a store, driven by lines on standard input, one answer line each:
 *
 *	key [PASSPHRASE]	ID PASSPHRASE	a key for a person
 *	keys N			ok		N random PMKs
 *	brief N SECONDS		ok		the same, which end then
 *	crowd N			ok		the same, bound to 02:4b:.. made
 *						of 0 .. N-1
 *	leave SECONDS		ok TIME		all those end then, at once
 *	stations N		ok		bound to 02:4b:.., passphrase
 *						amber-otter-.., made of 0 .. N-1
 *	revoke ID		ok MILLISECONDS	(the clock at commit)
 *	suspend ID | restore ID | end ID SECONDS
 *	tls TEXT | psk		ok | NAME KEY	who it is by TLS; its key
 *	ap NAME TLS		ID		one more, without address
 *	unap ID			ok		and gone again
 *	at ADDRESS		ok | ERROR	where the access point is
 *	yard ADDRESS		ID		one more, with a secret
 *						another-Secret-of-24-chars
 *	group WORD | only WORD	ok		of the access point; the plan's
 *						access points
 *	vlan N			ok		a new plan with it, of the keys
 *						to come
 *	ma WORD | devices N | binding WORD	ok	settings of plan and AP
 *	bind ID MAC		ok
 *	device ID		MAC... or none
 *	visits ID		START STOP IN OUT; ... or none
 *
 * usage: site_harness CONF SECRET ADDRESS DIALECT COA; says "ready SSID" first.
 * clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "core/service/devices.h"
#include "core/service/keys.h"
#include "core/service/open.h"
#include "core/service/people.h"
#include "core/service/setup.h"
#include "core/service/world.h"

struct site {
	struct conf *conf;
	struct ring *ring;
	struct store *store;
	struct arena *arena;
	struct call call;
	struct network net;
	struct plan plan;
	struct access_point ap;
	struct person person;
	int64_t ends; /* of many keys; 0: as the plan says */
};

static void
must(enum err e, const struct call *c, const char *what)
{
	if (e == ERR_OK)
		return;
	(void)fprintf(stderr, "%s: %s %s %s\n", what, err_name(e),
	    c == NULL ? "" : c->why.field, c == NULL ? "" : c->why.text);
	exit(1);
}

static struct call *
fresh(struct site *s)
{
	arena_reset(s->arena);
	s->call = call_system(s->store, s->ring, s->arena, clock_now());
	s->call.actor.kind = ACTOR_CLI;
	return &s->call;
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
furnish(struct site *s, char **argv)
{
	OWN(secret) struct secret secret = SECRET_NONE;

	network_defaults(&s->net);
	text_copy(s->net.ssid, sizeof(s->net.ssid), "Campus");
	text_copy(s->net.time_zone, sizeof(s->net.time_zone), "UTC");
	must(network_add(fresh(s), &s->net), &s->call, "network");
	plan_defaults(&s->plan);
	s->plan.network = s->net.id;
	text_copy(s->plan.name, sizeof(s->plan.name), "Staff");
	s->plan.vlan = 20;
	must(plan_add(fresh(s), &s->plan), &s->call, "plan");
	ap_defaults(&s->ap);
	text_copy(s->ap.name, sizeof(s->ap.name), "hall");
	text_copy(s->ap.address, sizeof(s->ap.address), argv[3]);
	text_copy(s->ap.dialect, sizeof(s->ap.dialect), argv[4]);
	text_copy(s->ap.coa_address, sizeof(s->ap.coa_address), argv[5]);
	must(secret_set(&secret, argv[2], strlen(argv[2])), NULL, "secret");
	must(ap_add(fresh(s), &s->ap, &secret), &s->call, "ap");
	text_copy(s->person.name, sizeof(s->person.name), "Ada");
	must(people_add(fresh(s), &s->person), &s->call, "person");
}

static void
person_new(struct site *s)
{
	s->person = (struct person){.state = PERSON_ACTIVE};
	text_copy(s->person.name, sizeof(s->person.name), "Somebody");
	must(people_add(fresh(s), &s->person), &s->call, "person");
}

static void
key(struct site *s, const char *given, bool say)
{
	OWN(secret) struct secret pass = SECRET_NONE;
	OWN(secret) struct secret shown = SECRET_NONE;
	struct key_order o = {.network = s->net.id,
	    .plan = s->plan.id,
	    .kind = KEY_PERSONAL,
	    .name = ""};
	struct key_view v;

	person_new(s);
	o.person = s->person.id;
	if (given != NULL) {
		must(secret_set(&pass, given, strlen(given)), NULL, "given");
		o.given = &pass;
	}
	must(keys_issue(fresh(s), &o, &v), &s->call, "key");
	if (!say)
		return;
	must(keys_reveal(fresh(s), &v.key.id, "screen", &shown), &s->call,
	    "reveal");
	(void)printf("%s %s\n", v.key.id.s, secret_text(&shown));
}

/* Random PMKs are quick; a passphrase takes its time for each. */
static void
passphrase(struct secret *out, bool of_station, size_t number)
{
	uint8_t octets[32];

	if (of_station) {
		out->len = (size_t)snprintf((char *)out->b, sizeof(out->b),
		    "amber-otter-%08zx", number);
		return;
	}
	rnd_bytes(octets, sizeof(octets));
	text_to_hex(octets, sizeof(octets), (char *)out->b);
	out->len = 2 * sizeof(octets);
}

/* Up to a thousand keys from number AT on, each of somebody new. */
static void
batch(struct site *s, size_t at, size_t n, bool words, struct uid *ids)
{
	static struct key_import all[KEYS_IMPORT_MAX];
	static struct person owner[KEYS_IMPORT_MAX];
	static struct secret given[KEYS_IMPORT_MAX];

	for (size_t i = 0; i < n; i++) {
		passphrase(&given[i], words, at + i);
		owner[i] = (struct person){.name = "Somebody"};
		all[i] = (struct key_import){.owner = &owner[i],
		    .order = {.network = s->net.id,
			.plan = s->plan.id,
			.kind = KEY_PERSONAL,
			.name = "",
			.not_after = s->ends,
			.given = &given[i]}};
	}
	must(keys_import(fresh(s), all, n, false), &s->call, "import");
	for (size_t i = 0; i < n; i++)
		ids[i] = all[i].key;
}

static void
bind_one(struct site *s, const struct uid *id, const char *mac)
{
	struct seen_device seen = {
	    .network = s->net.id, .key = *id, .at = clock_now()};
	size_t used;

	if (!mac_parse(mac, strlen(mac), &seen.mac, &used))
		exit(2);
	fresh(s)->actor.kind = ACTOR_SYSTEM;
	must(world_seen(&s->call, &seen, 1), &s->call, "bind");
	(void)puts("ok");
}

/* Station 02:4b:.. made of AT + i has key i. */
static void
bind_stations(struct site *s, size_t at, const struct uid *ids, size_t n)
{
	static struct seen_device seen[KEYS_IMPORT_MAX];

	for (size_t i = 0; i < n; i++) {
		size_t k = at + i;

		seen[i] = (struct seen_device){.network = s->net.id,
		    .key = ids[i],
		    .at = clock_now(),
		    .mac = {.b = {0x02, 0x4b, (uint8_t)(k >> 24),
				(uint8_t)(k >> 16), (uint8_t)(k >> 8),
				(uint8_t)k}}};
	}
	fresh(s)->actor.kind = ACTOR_SYSTEM;
	must(world_seen(&s->call, seen, n), &s->call, "devices");
}

enum { MADE_MAX = 1 << 14 };

static struct uid made[MADE_MAX]; /* the last of many */
static size_t made_n;

/* WORDS: with the passphrases of stations; BOUND: each has its station. */
static void
many(struct site *s, size_t n, bool words, bool bound)
{
	static struct uid ids[KEYS_IMPORT_MAX];
	size_t some;

	made_n = 0;
	for (size_t at = 0; at < n; at += some) {
		some = n - at < KEYS_IMPORT_MAX ? n - at : KEYS_IMPORT_MAX;
		batch(s, at, some, words, ids);
		if (bound)
			bind_stations(s, at, ids, some);
		for (size_t i = 0; i < some && made_n < MADE_MAX; i++)
			made[made_n++] = ids[i];
	}
}

/* All of the last many end at one second. */
static void
leave(struct site *s, const char *seconds)
{
	static struct key_import all[KEYS_IMPORT_MAX];
	int64_t end = clock_now() + strtoll(seconds, NULL, 10);
	size_t some;

	for (size_t at = 0; at < made_n; at += some) {
		some = made_n - at < KEYS_IMPORT_MAX ? made_n - at
						     : KEYS_IMPORT_MAX;
		for (size_t i = 0; i < some; i++)
			all[i] = (struct key_import){.had = made[at + i],
			    .version = 1,
			    .order = {.name = "", .not_after = end}};
		must(keys_import(fresh(s), all, some, false), &s->call, "end");
	}
	(void)printf("ok %lld\n", (long long)end);
}

/* Many keys at once; false when VERB is about something else. */
static bool
about_many(
    struct site *s, const char *verb, int n, const char *a, const char *b)
{
	size_t count = strtoul(a, NULL, 10);
	bool words = strcmp(verb, "stations") == 0;

	if (n == 2 && strcmp(verb, "leave") == 0) {
		leave(s, a);
		return true;
	}
	if (n == 3 && strcmp(verb, "brief") == 0)
		s->ends = clock_now() + strtoll(b, NULL, 10);
	else if (n != 2 || (strcmp(verb, "keys") != 0 &&
			       strcmp(verb, "crowd") != 0 && !words))
		return false;
	many(s, count, words, words || verb[0] == 'c');
	s->ends = 0;
	(void)puts("ok");
	return true;
}

static void
devices(struct site *s, const struct uid *id)
{
	struct device *d = NULL;
	char mac[MAC_TEXT];
	size_t n = 0;

	must(devices_of_key(fresh(s), id, &d, &n), &s->call, "devices");
	for (size_t i = 0; i < n; i++) {
		mac_text(&d[i].mac, mac);
		(void)printf("%s ", mac);
	}
	(void)puts(n == 0 ? "none" : "");
}

static void
visits(struct site *s, const struct uid *id)
{
	struct visit *v = NULL;
	size_t n = 0;

	must(visits_of_key(fresh(s), id, 20, &v, &n), &s->call, "visits");
	for (size_t i = 0; i < n; i++)
		(void)printf("%lld %lld %lld %lld; ", (long long)v[i].start,
		    (long long)v[i].stop, (long long)v[i].octets_in,
		    (long long)v[i].octets_out);
	(void)puts(n == 0 ? "none" : "");
}

static void
end_at(struct site *s, const struct uid *id, const char *seconds)
{
	struct key_view v;

	must(keys_get(fresh(s), id, &v), &s->call, "key");
	must(keys_set_end(fresh(s), id,
		 clock_now() + strtoll(seconds, NULL, 10), v.key.version),
	    &s->call, "end");
	(void)puts("ok");
}

static void
setting(struct site *s, const char *verb, const char *word)
{
	if (strcmp(verb, "ma") == 0 || strcmp(verb, "tls") == 0) {
		if (verb[0] == 't')
			text_copy(s->ap.tls, sizeof(s->ap.tls), word);
		else if (!ma_policy_parse(word, &s->ap.ma))
			exit(2);
		must(ap_set(fresh(s), &s->ap, NULL), &s->call, "ap");
		(void)puts("ok");
		return;
	}
	if (strcmp(verb, "devices") == 0) {
		s->plan.devices = (int)strtol(word, NULL, 10);
		s->plan.cap_rule = CAP_REFUSE;
	} else if (!binding_parse(word, &s->plan.binding))
		exit(2);
	must(plan_set(fresh(s), &s->plan), &s->call, "plan");
	(void)puts("ok");
}

static void
tls_psk(struct site *s)
{
	OWN(tls_psk) struct tls_psk p = {.name = ""};
	char hex[TLS_PSK_LEN * 2 + 1];

	must(ap_psk(fresh(s), &s->ap.id, &p), &s->call, "psk");
	text_to_hex(p.key, sizeof(p.key), hex);
	(void)printf("%s %s\n", p.name, hex);
}

static void
ap_more(struct site *s, const char *name, const char *tls)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	struct access_point a = s->ap;

	a.address[0] = '\0';
	text_copy(a.name, sizeof(a.name), name);
	text_copy(a.tls, sizeof(a.tls), tls);
	must(secret_set(&secret, "another-Secret-of-24-chars", 26), NULL, "ap");
	must(ap_add(fresh(s), &a, &secret), &s->call, "ap");
	(void)puts(a.id.s);
}

static void
on_key(struct site *s, const char *verb, const struct uid *id, const char *arg)
{
	if (strcmp(verb, "revoke") == 0)
		must(keys_revoke(fresh(s), id, "test"), &s->call, verb);
	else if (strcmp(verb, "suspend") == 0)
		must(keys_suspend(fresh(s), id, "test"), &s->call, verb);
	else if (strcmp(verb, "restore") == 0)
		must(keys_restore(fresh(s), id), &s->call, verb);
	else if (strcmp(verb, "device") == 0) {
		devices(s, id);
		return;
	} else if (strcmp(verb, "bind") == 0) {
		bind_one(s, id, arg);
		return;
	} else if (strcmp(verb, "visits") == 0) {
		visits(s, id);
		return;
	} else if (strcmp(verb, "end") == 0) {
		end_at(s, id, arg);
		return;
	} else
		exit(2);
	(void)printf("ok %lld\n", (long long)milliseconds());
}

static void
ap_yard(struct site *s, const char *address)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	struct access_point a = s->ap;

	text_copy(a.name, sizeof(a.name), "yard");
	text_copy(a.address, sizeof(a.address), address);
	must(secret_set(&secret, "another-Secret-of-24-chars", 26), NULL, "ap");
	must(ap_add(fresh(s), &a, &secret), &s->call, "ap");
	(void)puts(a.id.s);
}

static void
ap_at(struct site *s, const char *address)
{
	struct access_point a = s->ap;
	enum err e;

	text_copy(a.address, sizeof(a.address), address);
	if ((e = ap_set(fresh(s), &a, NULL)) == ERR_OK)
		s->ap = a;
	(void)puts(e == ERR_OK ? "ok" : err_name(e));
}

static void
plan_vlan(struct site *s, const char *vlan)
{
	(void)snprintf(s->plan.name, sizeof(s->plan.name), "VLAN %s", vlan);
	s->plan.vlan = (int)strtol(vlan, NULL, 10);
	must(plan_add(fresh(s), &s->plan), &s->call, "plan");
	(void)puts("ok");
}

/* Which access points a plan is good at. */
static void
sites(struct site *s, const char *verb, const char *word)
{
	if (strcmp(verb, "group") == 0) {
		text_copy(s->ap.group, sizeof(s->ap.group), word);
		must(ap_set(fresh(s), &s->ap, NULL), &s->call, "ap");
	} else {
		text_copy(s->plan.ap_groups, sizeof(s->plan.ap_groups), word);
		must(plan_set(fresh(s), &s->plan), &s->call, "plan");
	}
	(void)puts("ok");
}

/* Access points, where they are and what is for them; false when VERB is
 * about something else. */
static bool
about_place(struct site *s, const char *verb, int n, const char *a)
{
	if (n != 2)
		return false;
	if (strcmp(verb, "at") == 0)
		ap_at(s, a);
	else if (strcmp(verb, "yard") == 0)
		ap_yard(s, a);
	else if (strcmp(verb, "vlan") == 0)
		plan_vlan(s, a);
	else if (strcmp(verb, "group") == 0 || strcmp(verb, "only") == 0)
		sites(s, verb, a);
	else
		return false;
	return true;
}

/* Access points and TLS; false when VERB is about something else. */
static bool
about_ap(struct site *s, const char *verb, int n, const char *a, const char *b)
{
	char both[300];
	struct uid id;

	if (n == 1 && strcmp(verb, "psk") == 0)
		tls_psk(s);
	else if (n == 3 && strcmp(verb, "ap") == 0)
		ap_more(s, a, b);
	else if (n == 2 && strcmp(verb, "unap") == 0 && uid_parse(a, &id)) {
		must(ap_remove(fresh(s), &id), &s->call, verb);
		(void)puts("ok");
	} else if (strcmp(verb, "tls") == 0) {
		(void)snprintf(
		    both, sizeof(both), "%s%s%s", a, n == 3 ? " " : "", b);
		setting(s, verb, both);
	} else
		return false;
	return true;
}

static void
obey(struct site *s, char *line)
{
	char verb[16] = "", a[128] = "", b[128] = "";
	int n = sscanf(line, "%15s %127s %127s", verb, a, b);
	struct uid id;

	if (n >= 1 && strcmp(verb, "key") == 0)
		key(s, n > 1 ? a : NULL, true);
	else if (about_many(s, verb, n, a, b) || about_ap(s, verb, n, a, b) ||
		 about_place(s, verb, n, a))
		return;
	else if (n > 1 && uid_parse(a, &id))
		on_key(s, verb, &id, b);
	else
		setting(s, verb, a);
}

int
main(int argc, char **argv)
{
	static struct site s;
	char why[CONF_WHY], ring_why[RING_WHY], line[512];
	struct why w = {0};

	if (argc != 6 || conf_load(argv[1], &s.conf, why))
		return 2;
	must(ring_create(s.conf->keys.master_key, ring_why), NULL, "ring");
	must(ring_load(s.conf->keys.master_key, &s.ring, ring_why), NULL,
	    "ring");
	must(store_service_create(s.conf, s.ring, &w), NULL, "create");
	must(store_service_open(s.conf, s.ring, false, &s.store, &w), NULL,
	    "open");
	s.arena = arena_new(64 << 20);
	furnish(&s, argv);
	(void)printf("ready %s\n", s.net.ssid);
	(void)fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		obey(&s, line);
		(void)fflush(stdout);
	}
	store_service_close(s.store);
	arena_free(s.arena);
	ring_free(s.ring);
	conf_free(s.conf);
	return 0;
}
