/* Accounting: what is counted, whose it is, and when it is answered. */
#include "tests/unit/responder.h"

#include "radius/serve/nas.h"

static struct responder p;
static struct question q;

static const uint8_t pmk[32] = {0x8f, 0x1c, 0x27, 0x63, 0xd4, 0xa5, 0x3e, 0x90,
    0x4b, 0x72, 0xe8, 0x15, 0xc6, 0x39, 0xfa, 0x0d};
static const char station[] = "02aa00000001";

enum { START = 1, STOP = 2, INTERIM = 3, ON = 7, OFF = 8 };

static void
accounts(uint32_t what, const char *session, const char *nas)
{
	question_begin(&q, PACKET_ACCT_REQUEST, false);
	question_int(&q, ATTR_ACCT_STATUS_TYPE, what);
	if (session != NULL)
		question_text(&q, ATTR_ACCT_SESSION_ID, session);
	if (nas != NULL)
		question_text(&q, ATTR_NAS_IDENTIFIER, nas);
	question_text(&q, ATTR_CALLING_STATION_ID, station);
	question_text(&q, ATTR_CALLED_STATION_ID, "02-00-00-00-00-10:Example");
}

static int
accounted(void)
{
	question_end(&q, HOUSE_SECRET);
	return responder_says(&p, &q);
}

static struct visit *
visits_of(const struct uid *key, size_t want)
{
	struct visit *v = NULL;
	size_t n = 0;

	assert_ok(visits_of_key(&p.h.system, key, 20, &v, &n));
	assert_int_equal(n, want);
	return v;
}

TEST(accounting_visits_are_counted_in_64_bits_and_never_back)
{
	struct key_view v;
	const struct visit *w;

	responder_make(&p);
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	accounts(START, "s1", "ap 1\x07");
	question_add(&q, ATTR_CLASS, "too short", 9);
	question_add(&q, ATTR_CLASS, "this is no uid of a key!!!", UID_LEN);
	question_text(&q, ATTR_CLASS, uid_new().s); /* nobody's */
	question_text(&q, ATTR_CUI, v.key.id.s);
	question_int(&q, ATTR_ACCT_DELAY_TIME, 10);
	question_int(&q, ATTR_NAS_IP_ADDRESS, 0xc0000207);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	w = visits_of(&v.key.id, 1);
	assert_int_equal(w->start, p.now - 10);
	accounts(INTERIM, "s1", "ap 1\x07");
	question_int(&q, ATTR_ACCT_INPUT_OCTETS, 7);
	question_int(&q, ATTR_ACCT_INPUT_GIGAWORDS, 2);
	question_int(&q, ATTR_ACCT_OUTPUT_OCTETS, 5);
	question_int(&q, ATTR_ACCT_OUTPUT_GIGAWORDS, 0xffffffff);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	w = visits_of(&v.key.id, 1);
	assert_true(w->octets_in == (INT64_C(2) << 32 | 7));
	assert_true(w->octets_out == (INT64_C(0xffff) << 32 | 5));
	accounts(STOP, "s1", "ap 1\x07");
	question_int(&q, ATTR_ACCT_INPUT_OCTETS, 9);
	question_int(&q, ATTR_ACCT_TERMINATE_CAUSE, 256);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	w = visits_of(&v.key.id, 1);
	assert_true(w->octets_in == (INT64_C(2) << 32 | 7));
	assert_int_equal(w->stop, p.now);
	assert_int_equal(responder_count(&p, COUNT_ACCOUNTED), 3);
	responder_end(&p);
}

TEST(accounting_of_no_use_is_answered_and_not_stored)
{
	struct key_view v;

	responder_make(&p);
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	question_begin(&q, PACKET_ACCT_REQUEST, false);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	accounts(9, "s1", "ap");
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	accounts(START, NULL, "ap");
	question_text(&q, ATTR_CLASS, v.key.id.s);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	question_begin(&q, PACKET_ACCT_REQUEST, false);
	question_int(&q, ATTR_ACCT_STATUS_TYPE, START);
	question_text(&q, ATTR_ACCT_SESSION_ID, "s1");
	question_text(&q, ATTR_USER_NAME, "alice");
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	(void)visits_of(&v.key.id, 0);
	assert_int_equal(p.r->jobs->out, 0);
	responder_end(&p);
}

/* An access point without a name is known by its address, and a restart of it
 * ends its visits and nobody else's. */
TEST(accounting_a_restart_ends_the_visits_of_that_access_point)
{
	struct key_view v;
	const struct visit *w;

	responder_make(&p);
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	accounts(START, "s1", NULL);
	question_text(&q, ATTR_CLASS, v.key.id.s);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	accounts(START, "s1", "other");
	question_text(&q, ATTR_CLASS, v.key.id.s);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	p.now += 5;
	accounts(OFF, "boot", NULL);
	/* older than a day: it does not say so */
	question_int(&q, ATTR_ACCT_DELAY_TIME, 0xffffffff);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	accounts(ON, "boot", NULL);
	assert_int_equal(accounted(), PACKET_ACCT_RESPONSE);
	w = visits_of(&v.key.id, 2);
	assert_int_equal((w[0].stop != 0) + (w[1].stop != 0), 1);
	responder_end(&p);
}

TEST(accounting_forged_accounting_is_dropped)
{
	responder_make(&p);
	accounts(START, "s1", "ap");
	question_end(&q, "another secret");
	assert_false(responder_hears(&p, q.b, q.n));
	/* right, with a Message-Authenticator that is not */
	for (int right = 0; right < 2; right++) {
		question_begin(&q, PACKET_ACCT_REQUEST, true);
		question_int(&q, ATTR_ACCT_STATUS_TYPE, 9);
		question_end(&q, HOUSE_SECRET);
		if (!right) {
			q.ma = 0;
			q.b[PACKET_HEADER + 2] ^= 1;
			memset(q.b + 4, 0, PACKET_AUTH);
			question_end(&q, HOUSE_SECRET);
		}
		assert_int_equal(responder_hears(&p, q.b, q.n), right);
	}
	assert_int_equal(responder_count(&p, COUNT_FORGED), 2);
	responder_end(&p);
}

/* Without the store nothing is stored, so nothing is answered: the access
 * point asks again, and that is a new request. Devices are answered. */
TEST(accounting_waits_for_a_store_that_is_away)
{
	char away[128];
	struct key_view v;

	if (where_pgsql())
		return;
	responder_make(&p);
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	(void)snprintf(away, sizeof(away), "%s.away", p.h.at.path);
	assert_int_equal(rename(p.h.at.path, away), 0);
	accounts(START, "s1", "ap");
	question_text(&q, ATTR_CLASS, v.key.id.s);
	assert_int_equal(accounted(), 0);
	assert_int_equal(responder_says(&p, &q), 0);
	assert_int_equal(responder_count(&p, COUNT_DUPLICATES), 0);
	assert_int_equal(responder_count(&p, COUNT_ACCOUNTED), 0);
	assert_int_equal(
	    responder_asked(&p, &q, station, pmk), PACKET_ACCESS_ACCEPT);
	assert_int_equal(
	    responder_asked(&p, &q, station, NULL), PACKET_ACCESS_ACCEPT);
	assert_int_equal(rename(away, p.h.at.path), 0);
	for (int code = 0, i = 0; code == 0 && i < 100; i++) {
		const struct timespec moment = {.tv_nsec = 100000000};

		(void)nanosleep(&moment, NULL);
		accounts(START, "s1", "ap");
		question_text(&q, ATTR_CLASS, v.key.id.s);
		code = accounted();
	}
	assert_int_equal(p.last[0], PACKET_ACCT_RESPONSE);
	(void)visits_of(&v.key.id, 1);
	responder_end(&p);
}

/* What waits is bounded, here to one half, as all comes by one way; who comes
 * then is dropped, and may come again. */
TEST(accounting_more_at_once_than_there_are_places_are_dropped)
{
	static struct question all[JOBS_ACCOUNTING + 3];
	uint64_t dropped;

	responder_make(&p);
	(void)responder_issue(&p, pmk);
	responder_learn(&p);
	for (int i = 0; i < JOBS_ACCOUNTING + 3; i++) {
		char who[13];

		(void)snprintf(who, sizeof(who), "02bb%08x", (unsigned)i);
		question_begin(&q, PACKET_ACCT_REQUEST, false);
		question_int(&q, ATTR_ACCT_STATUS_TYPE, START);
		question_text(&q, ATTR_ACCT_SESSION_ID, who);
		question_text(&q, ATTR_CALLING_STATION_ID, who);
		question_end(&q, HOUSE_SECRET);
		all[i] = q;
		assert_true(responder_hears(&p, q.b, q.n));
	}
	dropped = responder_count(&p, COUNT_QUEUE_FULL);
	assert_int_equal(dropped, 3);
	responder_rest(&p);
	assert_int_equal(p.answers, JOBS_ACCOUNTING);
	assert_true(responder_hears(
	    &p, all[JOBS_ACCOUNTING].b, all[JOBS_ACCOUNTING].n));
	responder_rest(&p);
	assert_int_equal(p.answers, JOBS_ACCOUNTING + 1);
	responder_end(&p);
}

/* What it says of itself is said back to it one day, to the octet, or not at
 * all (RFC 5176 3). */
TEST(accounting_what_an_access_point_says_of_itself_is_exact_or_nothing)
{
	static const struct {
		const char *called, *want;
	} all[] = {{"02-00-00-00-00-10:Example", "02-00-00-00-00-10:Example"},
	    {"02-00-00-00-00-10:Ex\x01mple", ""},
	    {"02-00-00-00-00-10:Ex\xffmple", ""},
	    {"02-00-00-00-00-10:a name of a network that is too long for any "
	     "of us",
		""}};
	char called[64], ip[16];
	struct packet a;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		question_begin(&q, PACKET_ACCT_REQUEST, false);
		question_text(&q, ATTR_CALLED_STATION_ID, all[i].called);
		question_add(
		    &q, ATTR_NAS_IP_ADDRESS, "\300\0\2\7\1", i == 0 ? 4 : 5);
		question_end(&q, HOUSE_SECRET);
		assert_ok(packet_parse(q.b, q.n, &a));
		nas_exact(&a, ATTR_CALLED_STATION_ID, called, sizeof(called));
		assert_string_equal(called, all[i].want);
		nas_address(&a, ip);
		assert_string_equal(ip, i == 0 ? "192.0.2.7" : "");
		nas_exact(&a, ATTR_USER_NAME, called, sizeof(called));
		assert_string_equal(called, "");
	}
}
