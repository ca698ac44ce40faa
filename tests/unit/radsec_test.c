/* How an access point is known over TLS, and where its packets end. */
#include "radius/serve/back.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/crypt/tls_psk.h"
#include "core/model/noun.h"
#include "radius/radsec/pool.h"
#include "radius/wire/reply.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

TEST(an_access_point_is_known_over_tls_by_key_hash_or_name)
{
	static const struct {
		const char *text;
		enum ap_tls_kind kind;
		const char *rest;
		bool only_1_1;
	} good[] = {
	    {"", AP_TLS_NONE, "", false},
	    {"psk", AP_TLS_PSK, "psk", false},
	    {"psk 1.1", AP_TLS_PSK, "psk", true},
	    {"sha256:" HEX64, AP_TLS_HASH, HEX64, false},
	    {"sha256:" HEX64 " 1.1", AP_TLS_HASH, HEX64, true},
	    {"hall.example", AP_TLS_NAME, "hall.example", false},
	    {"hall-1.example 1.1", AP_TLS_NAME, "hall-1.example", true},
	};
	static const char *const bad[] = {"Hall.example", "hall example",
	    "*.example", ".example", "example.", "a..b", "sha256:", "sha256:12",
	    "sha256:" HEX64 "0", "sha1:" HEX64, "psk 1.0", "psk  1.1",
	    "hall.example\n"};
	struct ap_tls t;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(ap_tls(good[i].text, &t));
		assert_int_equal(t.kind, good[i].kind);
		assert_string_equal(t.text, good[i].rest);
		assert_int_equal(t.only_1_1, good[i].only_1_1);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (ap_tls(bad[i], &t))
			fail_msg("%s", bad[i]);
}

TEST(an_access_point_needs_an_address_or_tls)
{
	struct access_point a;
	struct why w = {0};

	ap_defaults(&a);
	text_copy(a.name, sizeof(a.name), "Hall");
	assert_err(ap_check(&a, &w), ERR_BAD_INPUT);
	assert_string_equal(w.field, "address");
	text_copy(a.tls, sizeof(a.tls), "psk");
	assert_ok(ap_check(&a, &w));
	text_copy(a.address, sizeof(a.address), "no address");
	assert_err(ap_check(&a, &w), ERR_BAD_INPUT);
	a.address[0] = '\0';
	text_copy(a.tls, sizeof(a.tls), " 1.1");
	assert_err(ap_check(&a, &w), ERR_BAD_INPUT);
	memset(a.tls, 'a', sizeof(a.tls));
	assert_err(ap_check(&a, &w), ERR_BAD_INPUT);
	assert_string_equal(w.field, "tls");
}

TEST(a_key_for_tls_changes_with_ap_secret_and_ring_and_names_its_ap)
{
	char path[] = "/tmp/latchkey-radsec-XXXXXX", why[RING_WHY];
	struct uid one = uid_new(), two = uid_new(), id;
	struct secret s = SECRET_NONE, t = SECRET_NONE;
	struct tls_psk a, b, c, d;
	struct ring *r = NULL;

	assert_non_null(mkdtemp(path));
	assert_int_equal(chdir(path), 0);
	assert_ok(ring_create("key", why));
	assert_ok(ring_load("key", &r, why));
	assert_ok(secret_set(&s, "a shared secret", 15));
	assert_ok(secret_set(&t, "another secret!", 15));
	assert_ok(tls_psk_make(r, &one, &s, &a));
	assert_ok(tls_psk_make(r, &one, &s, &b));
	assert_ok(tls_psk_make(r, &one, &t, &c));
	assert_ok(tls_psk_make(r, &two, &s, &d));
	assert_memory_equal(&a, &b, sizeof(a));
	assert_memory_not_equal(a.key, c.key, TLS_PSK_LEN);
	assert_string_not_equal(a.name, c.name);
	assert_memory_not_equal(a.key, d.key, TLS_PSK_LEN);
	assert_true(tls_psk_of(a.name, strlen(a.name), &id));
	assert_true(uid_same(&id, &one));
	assert_false(tls_psk_of(a.name, strlen(a.name) - 1, &id));
	a.name[UID_LEN] = '-';
	assert_false(tls_psk_of(a.name, strlen(a.name), &id));
	ring_free(r);
	(void)unlink("key");
	assert_int_equal(chdir("/"), 0);
	(void)rmdir(path);
}

TEST(a_stream_is_cut_where_the_header_says)
{
	uint8_t p[PACKET_MAX] = {1, 2, 0, 20};
	size_t whole;

	assert_int_equal(stream_next(p, 3, &whole), STREAM_MORE);
	assert_int_equal(stream_next(p, 4, &whole), STREAM_MORE);
	assert_int_equal(stream_next(p, 19, &whole), STREAM_MORE);
	assert_int_equal(stream_next(p, 21, &whole), STREAM_PACKET);
	assert_int_equal(whole, 20);
	p[3] = 19;
	assert_int_equal(stream_next(p, 4, &whole), STREAM_BROKEN);
	p[2] = 0x10, p[3] = 0;
	assert_int_equal(stream_next(p, 4096, &whole), STREAM_PACKET);
	p[3] = 1;
	assert_int_equal(stream_next(p, 4096, &whole), STREAM_BROKEN);
}

TEST(an_answer_of_radius_1_1_has_token_and_plain_words_only)
{
	static const uint8_t asked[] = {1, 9, 0, 38, 0xde, 0xad, 0xbe, 0xef, 1,
	    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 80, 18, 0, 0, 0, 0, 0, 0, 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t want[] = {2, 0, 0, 27, 0xde, 0xad, 0xbe, 0xef, 0,
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 69, 7, 0, 'w', 'o', 'r', 'd'};
	uint8_t out[REPLY_MAX];
	struct packet p;
	struct reply r;

	assert_ok(packet_parse(asked, sizeof(asked), &p));
	reply_start(&r, out, sizeof(out), PACKET_ACCESS_ACCEPT, &p, NULL, 0);
	reply_tunnel_password(&r, 0, "word", 4);
	assert_ok(reply_end(&r));
	assert_int_equal(r.len, sizeof(want));
	assert_memory_equal(out, want, sizeof(want));
}

/* Connections that only exist in the pool: no octet goes anywhere. */
static int
shaker(struct pool *p, const char *from, int64_t at)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_storage s = {0};
	unsigned gone = 0;
	int i;

	assert_int_equal(inet_pton(AF_INET6, from, &in6.sin6_addr), 1);
	memcpy(&s, &in6, sizeof(in6));
	i = pool_place(p, &s, &gone);
	assert_true(i >= 0);
	p->conn[i]->is = CONN_SHAKING;
	p->conn[i]->since = at;
	p->conn[i]->serial = ++p->serial;
	p->conn[i]->from = in6;
	p->conn[i]->ssl = NULL;
	p->conn[i]->fd = -1;
	p->shaking++;
	return (int)gone;
}

TEST(a_source_of_many_handshakes_gives_way_to_itself)
{
	static struct pool p;
	int gone = 0;

	assert_int_equal(shaker(&p, "2001:db8:1::1", 1), 0);
	for (int i = 0; i < 100; i++) { /* one network, many hosts */
		char from[64];

		(void)snprintf(from, sizeof(from), "2001:db8:2::%x", i + 1);
		gone += shaker(&p, from, 2 + i);
	}
	assert_int_equal(gone, 100 - POOL_SHAKING_EACH);
	assert_int_equal(p.used, POOL_SHAKING_EACH + 1);
	assert_int_equal(p.conn[0]->since, 1); /* the other is still there */
	pool_end_all(&p);
	assert_int_equal(p.used, 0);
	assert_int_equal(p.shaking, 0);
	assert_int_equal(p.top, 0);
}

TEST(many_sources_are_bounded_together_and_the_oldest_gives_way)
{
	static struct pool p;

	for (int i = 0; i < POOL_SHAKING + 50; i++) {
		char from[64];

		(void)snprintf(from, sizeof(from), "2001:db8:%x::1", i + 1);
		assert_int_equal(shaker(&p, from, i), i >= POOL_SHAKING);
	}
	assert_int_equal(p.used, POOL_SHAKING);
	for (size_t i = 0; i < p.top; i++)
		assert_true(p.conn[i]->since >= 50);
	pool_end_all(&p);
}

TEST(the_name_of_a_connection_that_is_gone_names_nobody)
{
	static struct pool p;
	struct sockaddr_storage one, two;

	(void)shaker(&p, "::ffff:192.0.2.1", 1);
	one = pool_name(&p, 0, 0);
	assert_ptr_equal(pool_named(&p, &one), p.conn[0]);
	pool_end(&p, 0);
	assert_null(pool_named(&p, &one));
	(void)shaker(&p, "::ffff:192.0.2.1", 1);
	assert_null(pool_named(&p, &one));
	two = pool_name(&p, 0, 7);
	assert_ptr_equal(pool_named(&p, &two), p.conn[0]);
	pool_end_all(&p);
}

/* --- the way back --- */

/* What is asked by one connection is not answered by another. */
TEST(back_only_the_connection_that_was_asked_answers)
{
	struct back *b = back_new();
	struct uid ap = uid_new(), asked;
	uint8_t p[PACKET_HEADER] = {PACKET_DISCONNECT_REQUEST, 0, 0, 20};
	uint8_t out[BACK_PACKET_MAX], long_[BACK_PACKET_MAX + 1] = {0};
	struct slice packet = {p, sizeof(p)};
	struct back_answer a;
	int one, two;

	assert_int_equal(back_take(b), -1); /* nobody has connections */
	back_serve(b, 1000000);
	one = back_take(b);
	two = back_take(b);
	assert_int_not_equal(one, two);
	assert_false(back_ask(
	    b, one, &ap, (struct slice){long_, sizeof(long_)}, packet));
	assert_true(back_ask(b, one, &ap, packet, packet));
	assert_int_equal(back_next(b, &asked), one);
	assert_true(uid_same(&asked, &ap));
	assert_int_equal(back_sent(b, one, 7, false, out), sizeof(p));
	assert_int_equal(back_next(b, &asked), -1);
	p[0] = PACKET_DISCONNECT_ACK;
	p[1] = (uint8_t)one;
	assert_false(back_heard(b, 8, false, packet));
	assert_false(back_heard(b, 7, true, packet));
	p[1] = (uint8_t)two; /* taken, and nothing sent */
	assert_false(back_heard(b, 7, false, packet));
	p[1] = (uint8_t)one;
	assert_int_equal(back_look(b, one, &a), BACK_WAITS);
	assert_true(back_heard(b, 7, false, packet));
	assert_false(back_heard(b, 7, false, packet)); /* once */
	assert_int_equal(back_look(b, one, &a), BACK_HEARD);
	assert_int_equal(a.len, sizeof(p));
	back_give(b, one);
	assert_int_not_equal(back_take(b), one); /* as late as can be */
	back_serve(b, -1);
	assert_int_equal(back_look(b, two, &a), BACK_NOBODY);
	back_free(b);
}
