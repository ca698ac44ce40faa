#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/model/bounds.h"
#include "radius/change/disconnect.h"
#include "radius/serve/budget.h"
#include "radius/serve/course.h"
#include "radius/serve/dups.h"
#include "radius/serve/epoch.h"
#include "radius/serve/known.h"
#include "radius/serve/prefix.h"
#include "radius/serve/reasons.h"
#include "radius/serve/strangers.h"
#include "radius/serve/table.h"

enum { SECOND = 1000000000 };

/* --- prefixes --- */

static struct sockaddr_storage
from(const char *ip, int port)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 in6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_storage s = {0};

	if (inet_pton(AF_INET, ip, &in.sin_addr) == 1)
		memcpy(&s, &in, sizeof(in));
	else {
		assert_int_equal(inet_pton(AF_INET6, ip, &in6.sin6_addr), 1);
		memcpy(&s, &in6, sizeof(in6));
	}
	return s;
}

static const char *
find(const struct prefix_set *set, const char *ip)
{
	struct sockaddr_storage s = from(ip, 1);
	uint8_t addr[16];
	const char *found;

	prefix_addr(&s, addr);
	found = prefix_find(set, addr);
	return found == NULL ? "" : found;
}

TEST(prefix_the_longest_wins)
{
	static char names[][20] = {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3",
	    "2001:db8::/32", "2001:db8:1::/48", "0.0.0.0/0"};
	struct prefix v[6];
	struct prefix_set set;

	for (size_t i = 0; i < 6; i++) {
		assert_ok(prefix_parse(names[i], &v[i]));
		v[i].value = names[i];
	}
	prefix_set(&set, v, 6);
	assert_string_equal(find(&set, "10.9.9.9"), "10.0.0.0/8");
	assert_string_equal(find(&set, "10.1.9.9"), "10.1.0.0/16");
	assert_string_equal(find(&set, "10.1.2.3"), "10.1.2.3");
	assert_string_equal(find(&set, "192.0.2.1"), "0.0.0.0/0");
	assert_string_equal(find(&set, "2001:db8:1::5"), "2001:db8:1::/48");
	assert_string_equal(find(&set, "2001:db8:2::5"), "2001:db8::/32");
	assert_string_equal(find(&set, "2001:db9::"), "");
	/* an IPv4 access point on an IPv6 socket */
	assert_string_equal(find(&set, "::ffff:10.1.2.3"), "10.1.2.3");
}

TEST(prefix_agrees_with_trying_every_one)
{
	static char names[400][24];
	struct prefix v[400], copy[400];
	struct prefix_set set;

	srand(7);
	for (int i = 0; i < 400; i++) {
		unsigned bits = 8 + (unsigned)rand() % 25;
		uint32_t a = (uint32_t)rand() & (~0U << (32 - bits));

		(void)snprintf(names[i], sizeof(names[i]), "%u.%u.%u.%u/%u",
		    a >> 24 & 255, a >> 16 & 255, a >> 8 & 255, a & 255, bits);
		assert_ok(prefix_parse(names[i], &v[i]));
		v[i].value = names[i];
		copy[i] = v[i];
	}
	prefix_set(&set, v, 400);
	for (int t = 0; t < 2000; t++) {
		uint32_t a = htonl((uint32_t)rand());
		uint8_t addr[16] = {[10] = 0xff, [11] = 0xff};
		unsigned best = 0;
		const char *want = "", *got;

		memcpy(addr + 12, &a, 4);
		for (int i = 0; i < 400; i++) {
			unsigned n = copy[i].bits / 8;
			unsigned rest = copy[i].bits % 8;
			uint8_t m = (uint8_t)(0xff00U >> rest);

			if (memcmp(addr, copy[i].b, n) == 0 &&
			    (rest == 0 || (addr[n] & m) == copy[i].b[n]) &&
			    copy[i].bits > best) {
				best = copy[i].bits;
				want = names[i];
			}
		}
		got = prefix_find(&set, addr);
		assert_string_equal(got == NULL ? "" : got, want);
	}
}

TEST(prefix_refuses_what_is_none)
{
	static const char *const bad[] = {"", "10.0.0.1/8", "10.0.0.0/33",
	    "10.0.0", "2001:db8::/129", "2001:db8::1/64", "10.0.0.0/",
	    "10.0.0.0/08", "a", "10.0.0.0/8 "};
	struct prefix p;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_err(prefix_parse(bad[i], &p), ERR_BAD_INPUT);
}

/* --- the table -------------------------------------------------------------
 */

struct thing {
	uint32_t name, value;
};

static uint64_t
thing_hash(const void *r)
{
	return table_hash(&((const struct thing *)r)->name, 4);
}

static bool
thing_same(const void *r, const void *wanted)
{
	return ((const struct thing *)r)->name == *(const uint32_t *)wanted;
}

static struct thing *
get(const struct table *t, uint32_t name)
{
	return table_get(t, table_hash(&name, 4), &name);
}

static void
put(struct table *t, uint32_t name, uint32_t value)
{
	struct thing *x = malloc(sizeof(*x));
	void *old;

	assert_non_null(x);
	*x = (struct thing){name, value};
	assert_ok(table_put(t, x, &name, &old));
	epoch_retire(t->epoch, old, free);
}

static void
take(struct table *t, uint32_t name)
{
	epoch_retire(
	    t->epoch, table_take(t, table_hash(&name, 4), &name), free);
}

TEST(table_puts_replaces_takes_and_grows)
{
	struct epoch *e = epoch_new();
	struct table t = {.epoch = e, .hash = thing_hash, .same = thing_same};
	size_t n = 0;

	assert_null(get(&t, 1));
	for (uint32_t i = 0; i < 5000; i++)
		put(&t, i, i);
	for (uint32_t i = 0; i < 5000; i += 2)
		take(&t, i);
	for (uint32_t i = 1; i < 5000; i += 2)
		put(&t, i, i + 1);
	for (uint32_t i = 0; i < 5000; i++)
		if (i % 2 == 0)
			assert_null(get(&t, i));
		else
			assert_int_equal(get(&t, i)->value, i + 1);
	for (size_t i = 0; table_next(&t, &i) != NULL;)
		n++;
	assert_int_equal(n, 2500);
	assert_int_equal(t.count, 2500);
	table_free(&t, free);
	epoch_free(e);
}

struct race {
	struct table t;
	_Atomic bool stop;
	_Atomic uint64_t wrong, read;
};

static void *
reads(void *arg)
{
	struct race *r = arg;
	struct epoch_reader *me = epoch_join(r->t.epoch);

	while (!atomic_load(&r->stop)) {
		epoch_enter(me);
		for (uint32_t i = 0; i < 200; i++) {
			struct thing *x = get(&r->t, i);

			if (x != NULL && x->value != x->name * 3)
				r->wrong++;
			r->read++;
		}
		epoch_leave(me);
	}
	return NULL;
}

TEST(table_readers_never_see_freed_records)
{
	struct race r = {
	    .t = {
		.epoch = epoch_new(), .hash = thing_hash, .same = thing_same}};
	pthread_t reader[2];

	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    pthread_create(&reader[i], NULL, reads, &r), 0);
	for (uint32_t round = 0; round < 200 || r.read < 10000; round++)
		for (uint32_t i = 0; i < 200; i++)
			if ((i + round) % 3 == 0)
				take(&r.t, i);
			else
				put(&r.t, i, i * 3);
	r.stop = true;
	for (int i = 0; i < 2; i++)
		(void)pthread_join(reader[i], NULL);
	assert_int_equal(r.wrong, 0);
	table_free(&r.t, free);
	epoch_free(r.t.epoch);
}

/* --- duplicates ------------------------------------------------------------
 */

static const uint8_t octets[2][20] = {
    {1, 7, 0, 20, 'a'},
    {1, 7, 0, 20, 'b'},
};

static struct packet
packet(int which)
{
	struct packet p;

	assert_ok(packet_parse(octets[which], 20, &p));
	return p;
}

static enum dup_is
see(struct dups *d, const struct sockaddr_storage *from, const struct packet *p,
    uint64_t mark, int64_t now, struct dup_ref *ref, struct slice *out)
{
	struct dup_name n = dups_name(from, p);

	dups_near(d, &n);
	dups_nearer(d, &n);
	return dups_see(d, &n, p, mark, now, ref, out);
}

TEST(dups_pending_then_answered_then_forgotten)
{
	struct dups *d = dups_new();
	struct sockaddr_storage a = from("192.0.2.1", 5000);
	struct packet p = packet(0);
	struct slice out, answer = {(const uint8_t *)"answer", 6};
	struct dup_ref ref;

	assert_int_equal(see(d, &a, &p, 0, 1, &ref, &out), DUP_NEW);
	assert_int_equal(see(d, &a, &p, 0, 2, &ref, &out), DUP_PENDING);
	assert_true(dups_answer(d, ref, 0, answer));
	assert_int_equal(see(d, &a, &p, 0, 3, &ref, &out), DUP_ANSWERED);
	assert_int_equal(out.len, 6);
	assert_memory_equal(out.p, "answer", 6);
	assert_int_equal(
	    see(d, &a, &p, 0, (int64_t)31 * SECOND, &ref, &out), DUP_NEW);
	dups_forget(d, ref);
	assert_int_equal(
	    see(d, &a, &p, 0, (int64_t)31 * SECOND, &ref, &out), DUP_NEW);
	dups_free(d);
}

TEST(dups_tell_sources_ports_and_authenticators_apart)
{
	struct dups *d = dups_new();
	struct sockaddr_storage a = from("192.0.2.1", 5000);
	struct sockaddr_storage b = from("192.0.2.2", 5000);
	struct sockaddr_storage c = from("192.0.2.1", 5001);
	struct packet p = packet(0), q = packet(1);
	struct slice out, answer = {(const uint8_t *)"x", 1};
	struct dup_ref old, new;

	assert_int_equal(see(d, &a, &p, 0, 1, &old, &out), DUP_NEW);
	assert_int_equal(see(d, &b, &p, 0, 1, &new, &out), DUP_NEW);
	assert_int_equal(see(d, &c, &p, 0, 1, &new, &out), DUP_NEW);
	/* a new authenticator takes the place: the old answer is unwanted */
	assert_int_equal(see(d, &a, &q, 0, 1, &new, &out), DUP_NEW);
	assert_false(dups_answer(d, old, 0, answer));
	assert_true(dups_answer(d, new, 0, answer));
	dups_free(d);
}

TEST(dups_are_made_again_after_something_was_lost)
{
	struct dups *d = dups_new();
	struct sockaddr_storage a = from("192.0.2.1", 5000);
	struct packet p = packet(0);
	struct slice out, answer = {(const uint8_t *)"x", 1};
	struct dup_ref ref;

	assert_int_equal(see(d, &a, &p, 4, 1, &ref, &out), DUP_NEW);
	assert_true(dups_answer(d, ref, 4, answer));
	assert_int_equal(see(d, &a, &p, 5, 2, &ref, &out), DUP_NEW);
	dups_free(d);
}

TEST(dups_never_give_overwritten_octets)
{
	struct dups *d = dups_new();
	uint8_t big[1400];
	struct slice out, answer = {big, sizeof(big)};
	struct packet p = packet(0);
	struct dup_ref ref;

	for (int i = 0; i < 20000; i++) {
		struct sockaddr_storage a = from("192.0.2.1", 1000 + i);

		memset(big, i & 0xff, sizeof(big));
		assert_int_equal(see(d, &a, &p, 0, i, &ref, &out), DUP_NEW);
		assert_true(dups_answer(d, ref, 0, answer));
	}
	for (int i = 0; i < 20000; i++) {
		struct sockaddr_storage a = from("192.0.2.1", 1000 + i);

		if (see(d, &a, &p, 0, 20000, &ref, &out) == DUP_ANSWERED) {
			assert_int_equal(out.p[0], i & 0xff);
			assert_int_equal(out.p[1399], i & 0xff);
		}
	}
	dups_free(d);
}

/* --- budgets, reasons, disconnects -------------------------------------------
 */

TEST(budget_gives_a_burst_and_then_its_rate)
{
	static struct budget b = {.rule = {.burst = 5, .per_hour = 3600}};
	int64_t now = (int64_t)1000 * SECOND;

	for (int i = 0; i < 5; i++)
		assert_true(budget_take(&b, 42, now));
	assert_false(budget_take(&b, 42, now));
	assert_true(budget_take(&b, 43, now)); /* somebody else */
	assert_true(budget_take(&b, 42, now + SECOND));
	assert_false(budget_take(&b, 42, now + SECOND));
	for (int i = 0; i < 5; i++)
		assert_true(budget_take(&b, 42, now + (int64_t)60 * SECOND));
	assert_false(budget_take(&b, 42, now + (int64_t)60 * SECOND));
}

/* Those that serve: one before the burst, at it and after it, and the moment
 * the next one comes back (B-8). */
TEST(budgets_are_what_they_say)
{
	static const struct budget_rule rules[] = {
	    {BUDGET_DEVICE_BURST, BUDGET_DEVICE_HOUR},
	    {BUDGET_AP_BURST, BUDGET_AP_HOUR},
	    {BUDGET_UNKNOWN_BURST, BUDGET_UNKNOWN_HOUR}};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		static struct budget b;
		int64_t now = (int64_t)1000000 * SECOND;
		int64_t each = 3600 * (int64_t)SECOND / rules[i].per_hour;
		uint32_t taken = 0, all;

		memset(&b, 0, sizeof(b));
		b.rule = rules[i];
		while (taken <= rules[i].burst && budget_take(&b, 42, now))
			taken++;
		assert_int_equal(taken, rules[i].burst);
		assert_false(budget_take(&b, 42, now + each - 1));
		assert_true(budget_take(&b, 42, now + each));
		assert_false(budget_take(&b, 42, now + each));
		/* an hour after nothing was left */
		for (all = 0; all < rules[i].per_hour; all++)
			if (!budget_take(&b, 42, now + each * (all + 2)))
				break;
		assert_int_equal(all, rules[i].per_hour);
		assert_false(budget_take(&b, 42, now + each * (all + 1)));
	}
}

TEST(strangers_are_the_latest_addresses_each_once)
{
	struct strangers *s = strangers_new();
	struct stranger out[STRANGERS_MAX];
	char address[16];

	assert_int_equal(strangers_list(s, out), 0);
	for (int i = 0; i <= STRANGERS_MAX; i++) {
		(void)snprintf(address, sizeof(address), "192.0.2.%d", i);
		strangers_add(s, address, 100 + i);
	}
	assert_int_equal(strangers_list(s, out), STRANGERS_MAX);
	assert_string_equal(out[0].address, "192.0.2.8");
	assert_string_equal(out[STRANGERS_MAX - 1].address, "192.0.2.1");
	strangers_add(s, "192.0.2.3", 200);
	assert_int_equal(strangers_list(s, out), STRANGERS_MAX);
	assert_string_equal(out[0].address, "192.0.2.3");
	assert_int_equal(out[0].at, 200);
	assert_string_equal(out[1].address, "192.0.2.8");
	assert_string_equal(out[5].address, "192.0.2.4");
	assert_string_equal(out[6].address, "192.0.2.2");
	strangers_free(s);
}

TEST(reasons_keep_the_newest)
{
	struct reasons *r = reasons_new();
	static struct reason out[REASONS_MAX];
	struct mac m = {{2, 0, 0, 0, 0, 0}};

	for (int i = 0; i < REASONS_MAX + 10; i++) {
		struct reason x = {
		    .at = i, .station = {{2, 0, 0, 0, 0, (uint8_t)(i % 2)}}};

		reasons_add(r, &x);
	}
	assert_int_equal(reasons_list(r, NULL, out, REASONS_MAX), REASONS_MAX);
	assert_int_equal(out[0].at, REASONS_MAX + 9);
	assert_int_equal(out[REASONS_MAX - 1].at, 10);
	assert_int_equal(reasons_list(r, &m, out, 3), 3);
	assert_int_equal(out[0].at, REASONS_MAX + 8);
	reasons_free(r);
}

TEST(disconnect_addresses_with_and_without_a_port)
{
	static const struct {
		const char *text;
		int family, port;
	} good[] = {{"192.0.2.1:1700", AF_INET, 1700},
	    {"192.0.2.1", AF_INET, 3799}, {"2001:db8::1", AF_INET6, 3799},
	    {"[2001:db8::1]", AF_INET6, 3799},
	    {"[2001:db8::1]:1700", AF_INET6, 1700}};
	static const char *const bad[] = {"", "ap.example.org",
	    "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:70000", "[2001:db8::1",
	    "[]:1", ":3799", "[2001:db8::1]x", "192.0.2.1:1:2",
	    "[2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999]:1",
	    "2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999",
	    "[2001:db8::1]:", "2001:db8::g", ":"};
	struct sockaddr_storage s;
	socklen_t len;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(disconnect_address(good[i].text, 3799, &s, &len));
		assert_int_equal(s.ss_family, good[i].family);
		assert_int_equal(
		    ntohs(((struct sockaddr_in *)&s)->sin_port), good[i].port);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(disconnect_address(bad[i], 3799, &s, &len));
}

/* What the store says of a device, as the feed brings it. */
static void
row(struct known *k, const struct device *d, const struct uid *key)
{
	struct device r = *d;

	r.key = *key;
	assert_ok(known_put_device(k, &r));
}

static void
key_is(const struct known *k, const struct device *d, const struct uid *key)
{
	const struct known_device *now = known_device(k, &d->network, &d->mac);

	assert_non_null(now);
	assert_true(uid_same(&now->key->id, key));
}

TEST(known_a_late_row_does_not_undo_what_was_proven)
{
	struct epoch *e = epoch_new();
	struct known *k = known_new(e);
	struct uid one = uid_new(), two = uid_new(), three = uid_new();
	struct network net = {
	    .id = uid_new(), .ssid = "Hall", .time_zone = "UTC"};
	struct device d = {
	    .id = uid_new(), .network = net.id, .last_seen = 100};

	d.mac.b[5] = 7;
	assert_ok(known_put_network(k, &net));
	assert_ok(known_bind(k, &d.network, &d.mac, &one, 100));
	assert_ok(known_bind(k, &d.network, &d.mac, &two, 100));
	row(k, &d, &one);
	key_is(k, &d, &two);
	row(k, &d, &two);
	key_is(k, &d, &two);
	row(k, &d, &three); /* nothing is pending any more */
	key_is(k, &d, &three);
	assert_ok(known_bind(k, &d.network, &d.mac, &one, 100));
	d.last_seen = 101; /* another responder saw it later */
	row(k, &d, &two);
	key_is(k, &d, &two);
	known_free(k);
	epoch_free(e);
}

/* --- keys that are over --- */

enum { OVER_ALL = KNOWN_OVER_MAX + 4 * KNOWN_GONE_MIN, OVER_AT = 100 };

struct crowd {
	struct epoch *epoch;
	struct known *k;
	struct network net;
	struct device own, shut; /* of a key that lasts; blocked */
	struct uid key[OVER_ALL], lasts;
};

static void
crowd_key(struct crowd *c, const struct uid *id, uint32_t number, int64_t end)
{
	struct key_data d = {
	    .network = c->net.id, .not_after = end, .usable = true};

	memcpy(d.pmk, &number, sizeof(number));
	assert_ok(known_put_key_data(c->k, id, &d));
	known_over(c->k, id, OVER_AT);
}

static struct device
crowd_device(struct crowd *c, const struct uid *key, uint32_t number)
{
	struct device d = {.id = uid_new(), .network = c->net.id, .key = *key};

	memcpy(d.mac.b + 2, &number, sizeof(number));
	assert_ok(known_put_device(c->k, &d));
	return d;
}

static void
crowd_make(struct crowd *c)
{
	c->epoch = epoch_new();
	c->k = known_new(c->epoch);
	c->net = (struct network){
	    .id = uid_new(), .ssid = "Hall", .time_zone = "UTC"};
	c->lasts = uid_new();
	(void)match_start();
	assert_ok(known_put_network(c->k, &c->net));
	crowd_key(c, &c->lasts, OVER_ALL, 0);
	c->own = crowd_device(c, &c->lasts, OVER_ALL);
	for (uint32_t i = 0; i < OVER_ALL; i++) {
		c->key[i] = uid_new();
		crowd_key(c, &c->key[i], i, OVER_AT + 1);
		c->shut = crowd_device(c, &c->key[i], i);
	}
	assert_ok(known_settle(c->k));
}

static struct known_device *
crowd_find(const struct crowd *c, const struct device *d)
{
	return known_device(c->k, &d->network, &d->mac);
}

TEST(known_keys_that_are_over_are_let_go)
{
	static struct crowd c;
	struct known_counts n;
	struct device first;
	size_t most = KNOWN_OVER_MAX + 1;

	crowd_make(&c);
	n = known_counts(c.k);
	assert_int_equal(n.keys, OVER_ALL + 1);
	assert_int_equal(n.slots, OVER_ALL + 1);
	assert_int_equal(n.devices, OVER_ALL + 1);
	first = crowd_device(&c, &c.key[0], 0);
	first.blocked = true;
	first.id = crowd_find(&c, &first)->id;
	assert_ok(known_put_device(c.k, &first));
	for (uint32_t i = 0; i < OVER_ALL; i++) {
		crowd_key(&c, &c.key[i], i, OVER_AT);
		if (i % 64 == 0)
			assert_ok(known_settle(c.k));
	}
	assert_ok(known_settle(c.k));
	n = known_counts(c.k);
	assert_int_equal(n.keys, most);
	most += KNOWN_GONE_MIN + most / 16;
	assert_in_range(n.slots, KNOWN_OVER_MAX, most);
	assert_in_range(n.devices, KNOWN_OVER_MAX, most);

	/* the last explain, the first are not known, what is blocked stays */
	assert_non_null(known_key(c.k, &c.key[OVER_ALL - 1]));
	assert_null(known_key_of(crowd_find(&c, &first)));
	assert_null(known_key(c.k, &c.key[1]));
	assert_true(crowd_find(&c, &first)->blocked);
	assert_ptr_equal(
	    known_key_of(crowd_find(&c, &c.own)), known_key(c.k, &c.lasts));

	/* more time: it is there again, with what it had */
	crowd_key(&c, &c.key[0], 0, 0);
	assert_ok(known_settle(c.k));
	assert_ptr_equal(
	    known_key_of(crowd_find(&c, &first)), known_key(c.k, &c.key[0]));
	known_free(c.k);
	epoch_free(c.epoch);
}

/* A change of its owner brings all keys again, also those forgotten just now.
 */
TEST(known_keys_that_are_over_are_let_go_again)
{
	static struct crowd c;

	crowd_make(&c);
	for (uint32_t i = 0; i <= KNOWN_OVER_MAX; i++)
		crowd_key(&c, &c.key[i], i, OVER_AT);
	assert_int_equal(known_counts(c.k).keys, OVER_ALL);
	assert_null(known_key_data(known_key(c.k, &c.key[0])));
	crowd_key(&c, &c.key[0], 0, OVER_AT);
	assert_int_equal(known_counts(c.k).keys, OVER_ALL);
	assert_non_null(known_key_data(known_key(c.k, &c.key[0])));
	assert_null(known_key_data(known_key(c.k, &c.key[1])));
	for (uint32_t i = 1; i <= KNOWN_OVER_MAX; i++)
		crowd_key(&c, &c.key[i], i, OVER_AT);
	assert_null(known_key_data(known_key(c.k, &c.key[0])));
	known_free(c.k);
	epoch_free(c.epoch);
}

/* A device may be there before its key, and after it. */
TEST(known_devices_wait_for_their_key)
{
	static struct crowd c;
	struct uid late = uid_new();
	struct device d;

	c.epoch = epoch_new();
	c.k = known_new(c.epoch);
	c.net = (struct network){
	    .id = uid_new(), .ssid = "Hall", .time_zone = "UTC"};
	assert_ok(known_put_network(c.k, &c.net));
	d = crowd_device(&c, &late, 1);
	assert_null(known_key_of(crowd_find(&c, &d)));
	assert_int_equal(known_counts(c.k).keys, 0);
	crowd_key(&c, &late, 1, 0);
	assert_int_equal(known_counts(c.k).keys, 1);
	assert_int_equal(known_key(c.k, &late)->devices, 1);
	known_drop(c.k, NOUN_KEY, &late);
	assert_null(known_key_of(crowd_find(&c, &d)));
	crowd_key(&c, &late, 1, 0);
	assert_ptr_equal(
	    known_key_of(crowd_find(&c, &d)), known_key(c.k, &late));
	assert_ok(known_settle(c.k));
	known_free(c.k);
	epoch_free(c.epoch);
}

/* Purged ones are gone, whether or not they were among those kept. */
TEST(known_keys_that_are_dropped_are_let_go)
{
	static struct crowd c;
	struct known_counts n;

	crowd_make(&c);
	for (uint32_t i = 0; i < OVER_ALL; i++)
		known_drop(c.k, NOUN_KEY, &c.key[i]);
	assert_ok(known_settle(c.k));
	n = known_counts(c.k);
	assert_int_equal(n.keys, 1);
	assert_int_equal(n.slots, 1);
	assert_int_equal(n.devices, 1);
	known_free(c.k);
	epoch_free(c.epoch);
}

/* --- the course of a day ----------------------------------------------------
 */

TEST(course_counts_by_the_hour_and_forgets_after_a_day)
{
	OWN(buf) struct buf text = BUF(1 << 16);
	static struct course one, two;
	struct course *both[] = {&one, &two};
	struct course_sum s;
	int64_t now = 500000 * (int64_t)COURSE_HOUR + 17;

	course_answer(&one, now, VERDICT_OK);
	course_answer(&two, now + 1, VERDICT_OK);
	course_answer(&two, now + 2, VERDICT_NO_KEY);
	course_search(&one, now, 900);
	course_search(&two, now, 300);
	course_sum(both, 2, now, 0, &s);
	assert_int_equal(s.at, now - 17);
	assert_int_equal(s.verdict[VERDICT_OK], 2);
	assert_int_equal(s.verdict[VERDICT_NO_KEY], 1);
	assert_int_equal(s.searches, 2);
	assert_int_equal(s.microseconds, 1200);
	assert_int_equal(s.longest, 900);
	course_answer(&one, now + COURSE_HOUR, VERDICT_OK);
	course_sum(both, 2, now + COURSE_HOUR, 0, &s);
	assert_int_equal(s.verdict[VERDICT_OK], 1);
	course_sum(both, 2, now + COURSE_HOUR, 1, &s);
	assert_int_equal(s.verdict[VERDICT_OK], 2);
	course_text(&text, both, 2, now);
	assert_non_null(strstr(buf_str(&text),
	    "\"accepts\":2,\"rejects\":{\"no-key\":1},\"searches\":2,"
	    "\"search_us\":1200,\"longest_us\":900}]"));
	/* the same place a day later: what is not of that hour is not told */
	course_sum(both, 2, now + COURSE_HOURS * COURSE_HOUR, 0, &s);
	assert_int_equal(s.verdict[VERDICT_OK], 0);
	course_answer(&one, now + COURSE_HOURS * COURSE_HOUR, VERDICT_OK);
	course_sum(both, 2, now + COURSE_HOURS * COURSE_HOUR, 0, &s);
	assert_int_equal(s.verdict[VERDICT_OK], 1);
	assert_int_equal(s.searches, 0);
	/* before 1970 there was none */
	course_answer(&one, -5, VERDICT_OK);
	course_sum(both, 2, -5, 0, &s);
	assert_int_equal(s.verdict[VERDICT_OK], 0);
}
