/* Devices that must go are asked for, each once at a time, by what their access
 * point knows; and what came of it is written down. */
#include "tests/unit/responder.h"

#include <sys/socket.h>

#include "core/base/clock.h"
#include "radius/change/disconnect.h"
#include "radius/serve/ouster.h"

static struct responder p;
static struct ouster *ouster;
static int point; /* where the access point listens */
static struct key_view v;

static const uint8_t pmk[32] = {0x8f, 0x1c, 0x27, 0x63, 0xd4, 0xa5, 0x3e, 0x90,
    0x4b, 0x72, 0xe8, 0x15, 0xc6, 0x39, 0xfa, 0x0d},
		     other_pmk[32] = {0x21, 0xb7, 0x5e, 0x94, 0x08, 0xdc, 0x6f,
			 0xa3, 0x3c, 0xe1, 0x47, 0x8a, 0xf5, 0x1b, 0x60, 0xd2};

static void
make(const char *dialect)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);

	responder_make(&p);
	point = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(point, (void *)&in, len), 0);
	assert_int_equal(getsockname(point, (void *)&in, &len), 0);
	(void)snprintf(p.h.ap.coa_address, sizeof(p.h.ap.coa_address),
	    "127.0.0.1:%d", ntohs(in.sin_port));
	text_copy(p.h.ap.dialect, sizeof(p.h.ap.dialect), dialect);
	assert_ok(ap_set(&p.h.root, &p.h.ap, NULL));
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	/* what is due is due by the clock of the machine */
	p.h.root.now = p.h.system.now = clock_now();
	house_join(&p.h, &v.key.id, "02aa00000000", "s0");
}

static void
end(void)
{
	atomic_store(&p.st->stop, true);
	ouster_stop(ouster);
	ouster_stop(NULL);
	(void)close(point);
	responder_end(&p);
}

/* What was asked, within a while; 0 when nothing comes. */
static ssize_t
asked(uint8_t out[static PACKET_MAX], struct sockaddr_in *from, int ms)
{
	struct pollfd fd = {.fd = point, .events = POLLIN};
	socklen_t len = sizeof(*from);

	if (poll(&fd, 1, ms) != 1)
		return 0;
	return recvfrom(point, out, PACKET_MAX, 0, (void *)from, &len);
}

/* Answers REQUEST with CODE, signed by SECRET. */
static void
says(const uint8_t *request, uint8_t code, const char *secret,
    const struct sockaddr_in *to)
{
	uint8_t b[20] = {code, request[1], 0, 20};
	struct md5 m;

	memcpy(b + 4, request + 4, PACKET_AUTH);
	md5_start(&m);
	md5_add(&m, b, sizeof(b));
	md5_add(&m, secret, strlen(secret));
	md5_end(&m, b + 4);
	assert_int_equal(
	    sendto(point, b, sizeof(b), 0, (const void *)to, sizeof(*to)), 20);
}

/* Waits until what was asked has ANSWER. */
static void
stored(const char *answer)
{
	const struct timespec moment = {.tv_nsec = 10000000};
	struct disconnect *d = NULL;
	size_t n = 0;

	for (int i = 0; i < 3000; i++) {
		arena_reset(p.h.arena);
		assert_ok(
		    disconnects_of_key(&p.h.system, &v.key.id, 9, &d, &n));
		assert_int_equal(n, 1);
		if (strcmp(d[0].answer, answer) == 0)
			return;
		(void)nanosleep(&moment, NULL);
	}
	fail_msg("%s, not %s", d == NULL ? "" : d[0].answer, answer);
}

TEST(ouster_only_an_authentic_answer_counts)
{
	uint8_t b[PACKET_MAX];
	struct sockaddr_in from;
	struct packet q;
	struct slice s;
	ssize_t n;

	make("generic");
	assert_ok(keys_revoke(&p.h.root, &v.key.id, "test"));
	assert_non_null(ouster = ouster_start(p.st));
	assert_true((n = asked(b, &from, 20000)) > 0);
	assert_ok(packet_parse(b, (size_t)n, &q));
	assert_int_equal(q.code, PACKET_DISCONNECT_REQUEST);
	assert_true(packet_get(&q, ATTR_ACCT_SESSION_ID, &s));
	assert_memory_equal(s.p, "s0", 2);
	says(b, PACKET_DISCONNECT_ACK, "another secret", &from);
	says(b, PACKET_DISCONNECT_REQUEST, HOUSE_SECRET, &from);
	assert_int_equal(
	    sendto(point, "x", 1, 0, (void *)&from, sizeof(from)), 1);
	says(b, PACKET_DISCONNECT_NAK, HOUSE_SECRET, &from);
	stored("nak");
	assert_int_equal(asked(b, &from, 0), 0); /* nothing more */
	end();
}

/* A dialect nobody speaks any more is spoken to in the common one; who does
 * accounting no more is asked for by the address of the device. */
TEST(ouster_asks_in_the_common_words_when_there_are_no_others)
{
	uint8_t b[PACKET_MAX];
	struct sockaddr_in from;
	struct packet q;
	struct slice s;
	ssize_t n;

	make("generic");
	house_sql(&p.h, "UPDATE access_point SET dialect = 'klingon'");
	assert_ok(keys_revoke(&p.h.root, &v.key.id, "test"));
	assert_non_null(ouster = ouster_start(p.st));
	assert_true((n = asked(b, &from, 20000)) > 0);
	assert_ok(packet_parse(b, (size_t)n, &q));
	assert_true(packet_get(&q, ATTR_CALLING_STATION_ID, &s));
	assert_memory_equal(s.p, "02-AA-00-00-00-00", s.len);
	says(b, PACKET_DISCONNECT_ACK, HOUSE_SECRET, &from);
	stored("ack");
	end();
}

TEST(ouster_who_cannot_be_asked_is_written_down_so)
{
	static const char *const sql[] = {
	    "UPDATE access_point SET coa_address = 'the hall'",
	    "UPDATE access_point SET coa_address = ''"};
	uint8_t b[PACKET_MAX];
	struct sockaddr_in from;

	for (size_t i = 0; i < 3; i++) {
		make("generic");
		assert_ok(keys_revoke(&p.h.root, &v.key.id, "test"));
		if (i == 2)
			assert_ok(ap_remove(&p.h.root, &p.h.ap.id));
		else
			house_sql(&p.h, sql[i]);
		assert_non_null(ouster = ouster_start(p.st));
		stored("unreachable");
		assert_int_equal(asked(b, &from, 0), 0);
		end();
	}
}

/* One whose secret does not open is no better, and holds up nobody else. */
TEST(ouster_an_access_point_that_cannot_be_read_holds_up_nobody)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct access_point attic;
	uint8_t b[PACKET_MAX];
	struct sockaddr_in from;
	struct key_view w;

	make("generic");
	w = responder_issue(&p, other_pmk);
	p.h.root.now -= 10;
	assert_ok(keys_revoke(&p.h.root, &v.key.id, "test"));
	p.h.root.now += 10;
	house_sql(&p.h, "UPDATE access_point SET generation = generation + 1");
	attic = p.h.ap;
	attic.id = UID_NONE;
	text_copy(attic.name, sizeof(attic.name), "attic");
	text_copy(attic.address, sizeof(attic.address), "192.0.3.0/24");
	assert_ok(secret_set(&s, HOUSE_SECRET, strlen(HOUSE_SECRET)));
	assert_ok(ap_add(&p.h.root, &attic, &s));
	p.h.ap = attic;
	house_join(&p.h, &w.key.id, "02aa00000001", "s1");
	assert_ok(keys_revoke(&p.h.root, &w.key.id, "test"));
	assert_non_null(ouster = ouster_start(p.st));
	assert_true(asked(b, &from, 20000) > 0);
	says(b, PACKET_DISCONNECT_ACK, HOUSE_SECRET, &from);
	stored("unreachable");
	v = w;
	stored("ack");
	end();
}

/* At the end those on their way are left, to be asked for by the next one. */
TEST(ouster_leaves_what_is_on_its_way_to_the_next_one)
{
	uint8_t one[PACKET_MAX], two[PACKET_MAX];
	struct sockaddr_in from;

	make("generic");
	assert_ok(keys_revoke(&p.h.root, &v.key.id, "test"));
	assert_non_null(ouster = ouster_start(p.st));
	assert_true(asked(one, &from, 20000) > 0);
	atomic_store(&p.st->stop, true);
	ouster_stop(ouster);
	while (asked(two, &from, 0) > 0)
		;
	atomic_store(&p.st->stop, false);
	assert_non_null(ouster = ouster_start(p.st));
	assert_true(asked(two, &from, 20000) > 0);
	says(two, PACKET_DISCONNECT_ACK, HOUSE_SECRET, &from);
	stored("ack");
	end();
}
