/* What becomes of a packet: who may ask without a signature, what is answered
 * once and again, what is searched, and what is written down. */
#include "tests/unit/responder.h"

static struct responder p;
static struct question q;

static const uint8_t pmk[32] = {0x8f, 0x1c, 0x27, 0x63, 0xd4, 0xa5, 0x3e, 0x90,
    0x4b, 0x72, 0xe8, 0x15, 0xc6, 0x39, 0xfa, 0x0d},
		     other_pmk[32] = {0x21, 0xb7, 0x5e, 0x94, 0x08, 0xdc, 0x6f,
			 0xa3, 0x3c, 0xe1, 0x47, 0x8a, 0xf5, 0x1b, 0x60, 0xd2};
static const char station[] = "02aa00000001";

static int
code_of(void)
{
	return responder_says(&p, &q);
}

static int
asks(const char *who, const uint8_t *proof)
{
	return responder_asked(&p, &q, who, proof);
}

static const char *
verdict_of(const char *who)
{
	struct mac m = house_mac(who);
	struct reason r = {.verdict = VERDICT_OK};

	assert_int_equal(reasons_list(p.st->reasons, &m, &r, 1), 1);
	return verdict_word(r.verdict);
}

/* --- signatures -------------------------------------------------------------
 */

enum { PLAIN, SIGNED, FORGED, PROXIED, EAP, EAP_SIGNED };

static bool
heard(int how)
{
	bool is_signed = how == SIGNED || how == FORGED || how == EAP_SIGNED;

	question_of(&q, station, is_signed);
	if (how == PROXIED)
		question_text(&q, ATTR_PROXY_STATE, "hop");
	if (how == EAP || how == EAP_SIGNED)
		question_add(&q, ATTR_EAP_MESSAGE, "\2\1\0\5\1", 5);
	question_end(&q, HOUSE_SECRET);
	if (how == FORGED)
		q.b[q.ma] ^= 1;
	return responder_hears(&p, q.b, q.n);
}

static void
policy_is(enum ma_policy ma)
{
	p.h.ap.ma = ma;
	assert_ok(ap_set(&p.h.root, &p.h.ap, NULL));
	responder_learn(&p);
}

TEST(receiver_who_may_ask_unsigned_is_the_access_points_setting)
{
	responder_make(&p);
	policy_is(MA_REQUIRE);
	assert_false(heard(PLAIN));
	policy_is(MA_ALLOW);
	assert_true(heard(PLAIN));
	assert_true(heard(SIGNED));
	assert_true(heard(PLAIN));
	/* allowed or not: these are how a forgery begins */
	assert_false(heard(PROXIED));
	assert_false(heard(EAP));
	assert_true(heard(EAP_SIGNED));
	assert_false(heard(FORGED));
	policy_is(MA_AUTO);
	assert_true(heard(PLAIN));
	assert_true(heard(SIGNED)); /* from now on it must */
	assert_false(heard(PLAIN));
	assert_int_equal(responder_count(&p, COUNT_UNSIGNED), 4);
	assert_int_equal(responder_count(&p, COUNT_FORGED), 1);
	responder_end(&p);
}

TEST(receiver_inside_tls_nothing_needs_a_signature_but_eap)
{
	responder_make(&p);
	policy_is(MA_REQUIRE);
	p.tls = true;
	assert_true(heard(PLAIN));
	assert_true(heard(PROXIED));
	assert_false(heard(EAP));
	assert_false(heard(FORGED)); /* one that is there must be right */
	assert_true(heard(SIGNED));
	p.v11 = true; /* RFC 9765 5.2: it is not looked at */
	assert_true(heard(FORGED));
	assert_true(heard(EAP));
	p.tls = p.v11 = false;
	policy_is(MA_AUTO);
	assert_true(heard(PLAIN)); /* what TLS saw says nothing of UDP */
	responder_end(&p);
}

static bool
status_heard(bool is_signed, const char *secret)
{
	question_begin(&q, PACKET_STATUS_SERVER, is_signed);
	question_end(&q, secret);
	return responder_hears(&p, q.b, q.n);
}

TEST(receiver_status_is_told_to_those_who_sign)
{
	responder_make(&p);
	assert_true(status_heard(true, HOUSE_SECRET));
	assert_int_equal(p.last[0], PACKET_ACCESS_ACCEPT);
	p.r->accounting = true;
	assert_true(status_heard(true, HOUSE_SECRET));
	assert_int_equal(p.last[0], PACKET_ACCT_RESPONSE);
	assert_false(status_heard(false, HOUSE_SECRET));
	assert_false(status_heard(true, "another secret"));
	assert_int_equal(responder_count(&p, COUNT_STATUS), 2);
	assert_int_equal(responder_count(&p, COUNT_FORGED), 2);
	assert_int_equal(p.answers, 2);
	responder_end(&p);
}

/* --- who, what, and once more ----------------------------------------------
 */

TEST(receiver_strangers_rubbish_and_other_codes_get_nothing)
{
	static const uint8_t codes[] = {2, 3, 5, 11, 40, 41, 43, 255};
	uint8_t cut[19] = {1, 0, 0, 19};
	struct stranger who[STRANGERS_MAX];

	responder_make(&p);
	question_of(&q, station, true);
	question_end(&q, HOUSE_SECRET);
	responder_at(&p, "198.51.100.1", 7);
	assert_false(responder_hears(&p, q.b, q.n));
	assert_int_equal(responder_count(&p, COUNT_UNKNOWN_SOURCE), 1);
	/* the next one in that second is counted only */
	responder_at(&p, "198.51.100.2", 7);
	assert_false(responder_hears(&p, q.b, q.n));
	assert_int_equal(strangers_list(p.st->strangers, who), 1);
	assert_string_equal(who[0].address, "198.51.100.1");
	p.now++;
	assert_false(responder_hears(&p, q.b, q.n));
	assert_int_equal(strangers_list(p.st->strangers, who), 2);
	assert_string_equal(who[0].address, "198.51.100.2");
	assert_int_equal(who[0].at, p.now);
	responder_at(&p, "192.0.2.9", 7);
	assert_false(responder_hears(&p, cut, sizeof(cut)));
	assert_false(responder_hears(&p, q.b, q.n - 1));
	assert_int_equal(responder_count(&p, COUNT_MALFORMED), 2);
	assert_int_equal(
	    known_ap_by_id(state_known(p.st), &p.h.ap.id)->did[AP_STRANGE],
	    p.now);
	for (size_t i = 0; i < sizeof(codes); i++) {
		q.b[0] = codes[i]; /* fine, and not for us */
		assert_true(responder_hears(&p, q.b, q.n));
	}
	assert_int_equal(responder_count(&p, COUNT_UNEXPECTED), sizeof(codes));
	assert_int_equal(p.answers, 0);
	responder_end(&p);
}

TEST(receiver_a_request_without_a_station_is_dropped)
{
	responder_make(&p);
	question_begin(&q, PACKET_ACCESS_REQUEST, true);
	question_text(&q, ATTR_USER_NAME, "alice");
	question_end(&q, HOUSE_SECRET);
	assert_int_equal(code_of(), 0);
	assert_int_equal(code_of(), 0); /* and again: it was not kept */
	assert_int_equal(responder_count(&p, COUNT_NO_STATION), 2);
	assert_int_equal(responder_count(&p, COUNT_DUPLICATES), 0);
	responder_end(&p);
}

TEST(receiver_the_same_request_gets_the_same_answer)
{
	uint8_t first[PACKET_MAX];
	size_t len;

	responder_make(&p);
	assert_int_equal(asks(station, NULL), PACKET_ACCESS_REJECT);
	len = p.last_len;
	memcpy(first, p.last, len);
	assert_true(responder_hears(&p, q.b, q.n));
	assert_int_equal(p.answers, 2);
	assert_int_equal(p.last_len, len);
	assert_memory_equal(p.last, first, len);
	assert_int_equal(responder_count(&p, COUNT_REJECTS), 1);
	assert_int_equal(responder_count(&p, COUNT_DUPLICATES), 1);
	/* one that is being searched for is answered once */
	question_of(&q, station, true);
	question_prove(&q, station, pmk);
	question_end(&q, HOUSE_SECRET);
	assert_true(responder_hears(&p, q.b, q.n));
	assert_true(p.a.waits);
	assert_true(responder_hears(&p, q.b, q.n));
	assert_int_equal(responder_count(&p, COUNT_DUPLICATES_PENDING), 1);
	responder_rest(&p);
	assert_int_equal(p.answers, 3);
	assert_int_equal(p.over, 1);
	responder_end(&p);
}

TEST(receiver_an_answer_that_does_not_fit_is_none)
{
	uint8_t much[253] = {0};

	responder_make(&p);
	for (int accounting = 0; accounting < 3; accounting++) {
		question_begin(&q,
		    accounting == 0   ? PACKET_ACCESS_REQUEST
		    : accounting == 1 ? PACKET_ACCT_REQUEST
				      : PACKET_STATUS_SERVER,
		    true);
		question_text(&q, ATTR_CALLING_STATION_ID, station);
		for (int i = 0; i < 6; i++)
			question_add(&q, ATTR_PROXY_STATE, much, sizeof(much));
		question_end(&q, HOUSE_SECRET);
		assert_int_equal(code_of(), 0);
		assert_int_equal(responder_count(&p, COUNT_TOO_BIG),
		    (uint64_t)accounting + 1);
	}
	responder_end(&p);
}

/* --- keys -------------------------------------------------------------------
 */

TEST(receiver_a_device_that_proves_a_key_is_known_from_then_on)
{
	struct key_view v;
	struct device *d;
	size_t n = 0;

	responder_make(&p);
	v = responder_issue(&p, pmk);
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_REJECT);
	assert_string_equal(verdict_of(station), "no-key");
	responder_learn(&p);
	assert_int_equal(asks(station, NULL), PACKET_ACCESS_REJECT);
	assert_string_equal(verdict_of(station), "not-bound");
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_ACCEPT);
	assert_int_equal(responder_count(&p, COUNT_SEARCH_FOUND), 1);
	assert_int_equal(asks(station, NULL), PACKET_ACCESS_ACCEPT);
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_ACCEPT);
	assert_int_equal(responder_count(&p, COUNT_SEARCHES), 2);
	assert_int_equal(asks(station, other_pmk), PACKET_ACCESS_REJECT);
	assert_string_equal(verdict_of(station), "wrong-key");
	for (int i = 0; n == 0 && i < 2000; i++) { /* written behind */
		const struct timespec moment = {.tv_nsec = 5000000};

		(void)nanosleep(&moment, NULL);
		assert_ok(devices_of_key(&p.h.system, &v.key.id, &d, &n));
	}
	assert_int_equal(n, 1);
	responder_end(&p);
}

/* A clock that was wrong for a moment is not believed until its time comes. */
TEST(receiver_a_device_is_written_down_when_the_clock_was_set_back)
{
	const struct known_device *d;
	struct mac m = house_mac(station);

	responder_make(&p);
	(void)responder_issue(&p, pmk);
	responder_learn(&p);
	p.now += (int64_t)30 * 86400;
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_ACCEPT);
	d = known_device(state_known(p.st), &p.h.net.id, &m);
	assert_int_equal(d->last_seen, p.now);
	p.now -= (int64_t)30 * 86400;
	assert_int_equal(asks(station, NULL), PACKET_ACCESS_ACCEPT);
	assert_int_equal(d->last_seen, p.now);
	p.now -= SCRIBE_SEEN_SECONDS - 1; /* by so much clocks may differ */
	assert_int_equal(asks(station, NULL), PACKET_ACCESS_ACCEPT);
	assert_int_equal(d->last_seen, p.now + SCRIBE_SEEN_SECONDS - 1);
	responder_end(&p);
}

/* The same handshake once more, after a while, is not searched again: a
 * retransmission with another identifier, as a proxy makes them. */
TEST(receiver_what_was_searched_in_vain_is_remembered)
{
	responder_make(&p);
	(void)responder_issue(&p, other_pmk);
	responder_learn(&p);
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_REJECT);
	for (uint64_t i = 1; i < 4; i++) {
		q.b[1]++;
		memset(q.b + q.ma, 0, 16);
		question_end(&q, HOUSE_SECRET);
		assert_int_equal(code_of(), PACKET_ACCESS_REJECT);
		assert_string_equal(verdict_of(station), "no-key");
		assert_int_equal(
		    responder_count(&p, COUNT_SEARCH_REMEMBERED), i);
	}
	assert_int_equal(responder_count(&p, COUNT_SEARCHES), 1);
	(void)responder_issue(&p, pmk); /* it may be right now */
	responder_learn(&p);
	q.b[1]++;
	memset(q.b + q.ma, 0, 16);
	question_end(&q, HOUSE_SECRET);
	assert_int_equal(code_of(), PACKET_ACCESS_ACCEPT);
	assert_int_equal(responder_count(&p, COUNT_SEARCHES), 2);
	responder_end(&p);
}

static void
many_keys(size_t n)
{
	struct key_data d = {.network = p.h.net.id,
	    .plan = p.h.plan.id,
	    .state = KEY_ACTIVE,
	    .usable = true};

	for (size_t i = 0; i < n; i++) {
		struct uid id = uid_new();

		d.created = NOON - 1000 - (int64_t)i; /* older than others */
		memcpy(d.pmk + 4, &i, sizeof(i));
		assert_ok(known_put_key_data(state_known(p.st), &id, &d));
	}
	assert_ok(known_settle(state_known(p.st)));
}

/* A device that proves something else each time is searched for among the
 * likely keys only: found there it is let in, else it is not answered, as it
 * may be right. Its access point and others go on. */
TEST(receiver_a_device_that_asks_too_often_is_searched_for_less)
{
	static const char busy[] = "02aa00000002", calm[] = "02aa00000003";
	uint64_t n = 0;

	responder_make(&p);
	p.r->device.rule.per_hour = 1; /* none comes back meanwhile */
	many_keys(2 * SEARCH_LIKELY);
	(void)responder_issue(&p, pmk);
	responder_learn(&p);
	while (asks(busy, other_pmk) == PACKET_ACCESS_REJECT)
		assert_true(++n <= BUDGET_DEVICE_BURST);
	assert_true(n > 0);
	assert_int_equal(responder_count(&p, COUNT_BUDGET_DEVICE), 1);
	assert_int_equal(p.answers, n);
	assert_int_equal(asks(busy, pmk), PACKET_ACCESS_ACCEPT);
	assert_int_equal(responder_count(&p, COUNT_BUDGET_DEVICE), 2);
	assert_int_equal(asks(calm, other_pmk), PACKET_ACCESS_REJECT);
	assert_int_equal(responder_count(&p, COUNT_BUDGET_DEVICE), 2);
	responder_end(&p);
}

TEST(receiver_an_access_point_has_a_share_of_the_searches)
{
	uint64_t n = 0;

	responder_make(&p);
	p.r->ap.rule.per_hour = 1;
	(void)responder_issue(&p, pmk);
	responder_learn(&p);
	while (responder_count(&p, COUNT_BUDGET_AP) == 0) {
		char who[13];

		(void)snprintf(who, sizeof(who), "02bb%08x", (unsigned)n);
		(void)asks(who, other_pmk);
		assert_true(++n <= BUDGET_AP_BURST + 1);
	}
	/* all keys are likely ones here, so it is answered still */
	assert_int_equal(asks("02bbffffffff", pmk), PACKET_ACCESS_ACCEPT);
	assert_int_equal(responder_count(&p, COUNT_BUDGET_AP), 2);
	responder_end(&p);
}

/* Devices share places with those of other access points: one that is not
 * searched for, as its access point has had its share, costs none of them. */
TEST(receiver_who_is_not_searched_for_spends_no_share)
{
	responder_make(&p);
	p.r->device.rule.per_hour = p.r->ap.rule.per_hour = 1;
	p.r->ap.rule.burst = 1;
	(void)responder_issue(&p, pmk);
	responder_learn(&p);
	for (uint64_t n = 0; n < 2 * BUDGET_DEVICE_BURST; n++)
		assert_int_equal(
		    asks(station, other_pmk), PACKET_ACCESS_REJECT);
	assert_int_equal(
	    responder_count(&p, COUNT_BUDGET_AP), 2 * BUDGET_DEVICE_BURST - 1);
	assert_int_equal(responder_count(&p, COUNT_BUDGET_DEVICE), 0);
	/* and who has had its own leaves that of its access point alone */
	p.r->ap.rule.burst = 2 * BUDGET_DEVICE_BURST;
	memset(p.r->ap.v, 0, sizeof(p.r->ap.v));
	for (uint64_t n = 0; n < 3 * BUDGET_DEVICE_BURST; n++)
		(void)asks(station, other_pmk);
	assert_int_equal(asks("02aa00000002", other_pmk), PACKET_ACCESS_REJECT);
	assert_int_equal(
	    responder_count(&p, COUNT_BUDGET_AP), 2 * BUDGET_DEVICE_BURST - 1);
	responder_end(&p);
}

/* --- rights -----------------------------------------------------------------
 */

static void
key_is(const struct key_view *v, const struct key_data *d)
{
	assert_ok(known_put_key_data(state_known(p.st), &v->key.id, d));
	assert_ok(known_settle(state_known(p.st)));
}

static int
asks_for(const char *want)
{
	int code = asks(station, NULL);

	if (code == PACKET_ACCESS_REJECT)
		assert_string_equal(verdict_of(station), want);
	else
		assert_string_equal("ok", want);
	return code;
}

TEST(receiver_what_became_of_a_key_is_the_reason)
{
	struct key_data d = {.state = KEY_ACTIVE,
	    .usable = true,
	    .passphrase_len = 12,
	    .passphrase = "Pancakes1124"};
	struct known *k;
	struct key_view v;

	responder_make(&p);
	k = state_known(p.st);
	d.network = p.h.net.id;
	d.plan = p.h.plan.id;
	memcpy(d.pmk, pmk, sizeof(pmk));
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_ACCEPT);
	key_is(&v, &d);
	(void)asks_for("ok");
	d.not_after = p.now + 5;
	key_is(&v, &d);
	(void)asks_for("ok");
	d.not_after = p.now;
	key_is(&v, &d);
	(void)asks_for("key-expired");
	d.not_after = 0;
	d.not_before = p.now + 1;
	key_is(&v, &d);
	(void)asks_for("key-scheduled");
	d.not_before = 0;
	d.usable = false;
	key_is(&v, &d);
	(void)asks_for("person-suspended");
	d.state = KEY_SUSPENDED;
	key_is(&v, &d);
	(void)asks_for("key-suspended");
	d.state = KEY_ACTIVE;
	d.usable = true;
	d.network = uid_new(); /* moved to another network */
	key_is(&v, &d);
	(void)asks_for("key-revoked");
	d.network = p.h.net.id;
	d.plan = uid_new();
	key_is(&v, &d);
	(void)asks_for("no-key"); /* its plan is gone */
	known_drop(k, NOUN_KEY, &v.key.id);
	(void)asks_for("not-bound");
	known_drop(k, NOUN_NETWORK, &p.h.net.id);
	(void)asks_for("no-network");
	responder_end(&p);
}

/* What was let in and may not any more is not let in by the answer of before:
 * the device, its access point or its network changed. */
TEST(receiver_an_answer_is_not_repeated_when_it_is_wrong_by_now)
{
	struct device d = {.id = uid_new(), .mac = house_mac(station)};
	struct world_ap w = {.ap = {.ma = MA_REQUIRE}};
	struct known *k;

	responder_make(&p);
	k = state_known(p.st);
	d.network = p.h.net.id;
	d.key = responder_issue(&p, pmk).key.id;
	text_copy(p.h.plan.ap_groups, sizeof(p.h.plan.ap_groups), "lobby");
	text_copy(p.h.plan.schedule, sizeof(p.h.plan.schedule),
	    "mon-sun 11:00-13:00");
	assert_ok(plan_set(&p.h.root, &p.h.plan));
	text_copy(p.h.ap.group, sizeof(p.h.ap.group), "lobby");
	assert_ok(ap_set(&p.h.root, &p.h.ap, NULL));
	responder_learn(&p);
	assert_ok(known_put_device(k, &d));
	assert_ok(world_ap_get(&p.h.system, &p.h.ap.id, &w));

	assert_int_equal(asks(station, NULL), PACKET_ACCESS_ACCEPT);
	assert_int_equal(code_of(), PACKET_ACCESS_ACCEPT);
	d.blocked = true;
	assert_ok(known_put_device(k, &d));
	assert_int_equal(code_of(), PACKET_ACCESS_REJECT);
	d.blocked = false;
	assert_ok(known_put_device(k, &d));

	assert_int_equal(asks(station, NULL), PACKET_ACCESS_ACCEPT);
	text_copy(w.ap.group, sizeof(w.ap.group), "attic");
	assert_ok(known_put_ap(k, &w));
	assert_ok(known_settle(k));
	assert_int_equal(code_of(), PACKET_ACCESS_REJECT);
	text_copy(w.ap.group, sizeof(w.ap.group), "lobby");
	assert_ok(known_put_ap(k, &w));
	assert_ok(known_settle(k));

	assert_int_equal(asks(station, NULL), PACKET_ACCESS_ACCEPT);
	text_copy(p.h.net.time_zone, sizeof(p.h.net.time_zone), "Asia/Tokyo");
	assert_ok(known_put_network(k, &p.h.net));
	assert_int_equal(code_of(), PACKET_ACCESS_REJECT);
	responder_end(&p);
}

/* While it was looked for its password became another: what was proven proves
 * nothing now, and binds nobody. */
TEST(receiver_a_key_that_changes_under_a_search_is_not_the_one)
{
	struct key_data d = {.state = KEY_ACTIVE,
	    .usable = true,
	    .passphrase_len = 12,
	    .passphrase = "Pancakes1124"};
	struct mac m = house_mac(station);
	struct key_view v;

	responder_make(&p);
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	d.network = p.h.net.id;
	d.plan = p.h.plan.id;
	memcpy(d.pmk, other_pmk, sizeof(other_pmk));
	question_of(&q, station, true);
	question_prove(&q, station, pmk);
	question_end(&q, HOUSE_SECRET);
	assert_true(responder_hears(&p, q.b, q.n));
	while (poll(&(struct pollfd){.fd = p.r->jobs->wake, .events = POLLIN},
		   1, 30000) != 1)
		;
	key_is(&v, &d); /* found, and not answered yet */
	responder_rest(&p);
	assert_int_equal(p.last[0], PACKET_ACCESS_REJECT);
	assert_string_equal(verdict_of(station), "no-key");
	assert_null(known_device(state_known(p.st), &p.h.net.id, &m));
	responder_end(&p);
}

/* Who fills an SSID with 32 octets and is not known is told of as it is. */
TEST(receiver_an_unknown_network_is_named_in_the_reason)
{
	static const char ssid[] = "thirty-two octets of a network--";
	char called[60];
	struct reason r;

	responder_make(&p);
	question_begin(&q, PACKET_ACCESS_REQUEST, true);
	question_text(&q, ATTR_CALLING_STATION_ID, station);
	(void)snprintf(called, sizeof(called), "02-00-00-00-00-10:%s", ssid);
	question_text(&q, ATTR_CALLED_STATION_ID, called);
	question_end(&q, HOUSE_SECRET);
	assert_int_equal(code_of(), PACKET_ACCESS_REJECT);
	assert_int_equal(reasons_list(p.st->reasons, NULL, &r, 1), 1);
	assert_string_equal(r.network, ssid);
	assert_int_equal(r.verdict, VERDICT_NO_NETWORK);
	assert_string_equal(r.ap, "hall");
	responder_end(&p);
}

TEST(receiver_a_handshake_of_no_use_says_why)
{
	struct reason r;

	responder_make(&p);
	question_begin(&q, PACKET_ACCESS_REQUEST, true);
	question_text(&q, ATTR_CALLING_STATION_ID, station);
	question_text(&q, ATTR_CALLED_STATION_ID, "Example");
	question_prove(&q, station, pmk);
	question_end(&q, HOUSE_SECRET);
	assert_int_equal(code_of(), PACKET_ACCESS_REJECT);
	assert_int_equal(reasons_list(p.st->reasons, NULL, &r, 1), 1);
	assert_string_equal(r.detail, "the access point's address is missing");
	question_of(&q, station, true);
	question_prove(&q, station, pmk);
	q.b[q.n - 99 + 6] |= 0x80; /* it is message 1 or 3 */
	question_end(&q, HOUSE_SECRET);
	assert_int_equal(code_of(), PACKET_ACCESS_REJECT);
	assert_int_equal(reasons_list(p.st->reasons, NULL, &r, 1), 1);
	assert_string_equal(
	    r.detail, handshake_trouble_text(HANDSHAKE_NOT_MESSAGE2));
	assert_int_equal(responder_count(&p, COUNT_SEARCHES), 0);
	responder_end(&p);
}

/* An access point that tries one address after the other is held up, and
 * known devices are not. */
TEST(receiver_an_access_point_that_walks_gets_silence)
{
	uint64_t n = 0;

	responder_make(&p);
	p.r->unknown.rule.per_hour = 1;
	(void)responder_issue(&p, pmk);
	responder_learn(&p);
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_ACCEPT);
	for (int code = PACKET_ACCESS_REJECT; code != 0; n++) {
		char who[13];

		(void)snprintf(who, sizeof(who), "02bb%08x", (unsigned)n);
		code = asks(who, NULL);
		assert_true(n <= BUDGET_UNKNOWN_BURST);
	}
	assert_int_equal(responder_count(&p, COUNT_BUDGET_UNKNOWN), 1);
	assert_int_equal(asks("02bb00000000", NULL), 0);
	assert_int_equal(asks(station, NULL), PACKET_ACCESS_ACCEPT);
	responder_end(&p);
}

static void
accounts(uint32_t n)
{
	char session[16];

	(void)snprintf(session, sizeof(session), "s%u", n);
	question_begin(&q, PACKET_ACCT_REQUEST, false);
	question_int(&q, ATTR_ACCT_STATUS_TYPE, 1);
	question_text(&q, ATTR_ACCT_SESSION_ID, session);
	question_text(&q, ATTR_CALLING_STATION_ID, station);
	question_end(&q, HOUSE_SECRET);
	(void)responder_hears(&p, q.b, q.n);
}

/* By one connection comes all: accounting that waits for a slow store leaves
 * room for those who want to join. */
TEST(receiver_accounting_that_waits_leaves_room_for_searches)
{
	responder_make(&p);
	(void)responder_issue(&p, pmk);
	responder_learn(&p);
	for (uint32_t i = 0; i < 2 * JOBS_EACH; i++)
		accounts(i);
	assert_true(responder_count(&p, COUNT_QUEUE_FULL) > 0);
	assert_int_equal(asks(station, pmk), PACKET_ACCESS_ACCEPT);
	accounts(7); /* and there is room again */
	assert_true(p.a.waits);
	responder_rest(&p);
	responder_end(&p);
}

static const struct visit_report *
reported(const char *nas, const char *session)
{
	question_begin(&q, PACKET_ACCT_REQUEST, false);
	question_int(&q, ATTR_ACCT_STATUS_TYPE, 1);
	question_text(&q, ATTR_ACCT_SESSION_ID, session);
	question_text(&q, ATTR_NAS_IDENTIFIER, nas);
	question_text(&q, ATTR_CALLING_STATION_ID, station);
	question_end(&q, HOUSE_SECRET);
	assert_true(responder_hears(&p, q.b, q.n));
	responder_rest(&p);
	return &p.r->jobs->v[0].report; /* the only one there ever was */
}

/* Two access points of one controller are two in any script: what one says
 * when it starts does not end the visits at the other. And one is asked by the
 * name it has. */
TEST(receiver_names_in_accounting_are_told_apart)
{
	const struct visit_report *v;

	responder_make(&p);
	v = reported("M\xc3\xbcller", "\x01\x02");
	assert_string_equal(v->nas, "M%C3%BCller");
	assert_string_equal(v->session, "%01%02");
	assert_string_equal(v->nas_id, "");
	v = reported("M\xc3\xb6ller", "\x01\x03");
	assert_string_equal(v->nas, "M%C3%B6ller");
	assert_string_equal(v->session, "%01%03");
	v = reported("Hall 1", "8A-1");
	assert_string_equal(v->nas, "Hall%201");
	assert_string_equal(v->session, "8A-1");
	assert_string_equal(v->nas_id, "Hall 1");
	responder_end(&p);
}

/* --- at the end -------------------------------------------------------------
 */

TEST(receiver_at_the_end_it_waits_for_what_it_handed_on)
{
	const int64_t second = 1000000000;

	responder_make(&p);
	assert_false(receiver_drains(p.r, second)); /* nothing */
	(void)job_take(p.r->jobs);
	assert_true(receiver_drains(p.r, second));
	assert_true(receiver_drains(p.r, 5 * second));
	assert_false(receiver_drains(p.r, 6 * second + 1)); /* not for ever */
	responder_end(&p);
}

/* A store that hangs has what was handed on for longer than the receiver
 * waits: it is given back to memory that is there still. */
TEST(receiver_what_comes_back_after_its_end_harms_nobody)
{
	struct receiver *r;
	struct job *job;

	responder_make(&p);
	assert_non_null(r = receiver_new(p.st, &p.way));
	assert_non_null(job = job_take(r->jobs));
	receiver_free(r);
	job_done(job);
	assert_ptr_equal(jobs_done(job->home), job);
	responder_end(&p);
}
