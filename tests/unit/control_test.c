/* The words of the control socket. */
#include "tests/unit/responder.h"

#include "radius/serve/control.h"

static struct responder p;
static struct question q;

static void
control_says(const char *line, const char *want)
{
	OWN(buf) struct buf out = BUF(1 << 20);

	assert_ok(control_answer(p.st, line, &out));
	if (strstr(buf_str(&out), want) == NULL)
		fail_msg("%s: %s", line, buf_str(&out));
}

TEST(control_tells_what_is_known_and_why_not)
{
	OWN(buf) struct buf small = BUF(16), out = BUF(1 << 16);

	responder_make(&p);
	control_says("why", "");
	control_says("status", "\"networks\":1,\"plans\":1,\"aps\":1");
	control_says("status", "\"store_seen\":-1}");
	control_says("course", "\"aps\":{},");
	assert_int_equal(responder_asked(&p, &q, "02aa00000001", NULL),
	    PACKET_ACCESS_REJECT);
	control_says("course", p.h.ap.id.s);
	control_says("why", "\"verdict\":\"not-bound\"");
	control_says("why 02-aa-00-00-00-01", "\"detail\":\"\"}\n");
	control_says("metrics", "latchkey_radius_rejects_total 1\n");
	control_says("metrics", "latchkey_radius_access_points 1\n");
	atomic_store(&p.st->store_seen, NOON);
	control_says("metrics", "latchkey_radius_store_seen_seconds 17956");
	assert_err(control_answer(p.st, "why you", &out), ERR_BAD_INPUT);
	assert_err(control_answer(p.st, "", &out), ERR_BAD_INPUT);
	assert_err(control_answer(p.st, "status ", &out), ERR_BAD_INPUT);
	assert_err(control_answer(p.st, "metrics", &small), ERR_TOO_BIG);
	responder_end(&p);
}

/* What an access point is called is text in the answer, whatever it is. */
TEST(control_quotes_what_others_chose)
{
	struct reason r = {.at = NOON,
	    .network = "a\"b\\c\x01\x7f",
	    .verdict = VERDICT_NO_KEY,
	    .detail = "said"};

	responder_make(&p);
	reasons_add(p.st->reasons, &r);
	control_says(
	    "why", "\"network\":\"a\\\"b\\\\c\\u0001\\u007f\",\"ap\":\"\"");
	control_says("why", "\"detail\":\"said\"}\n");
	responder_end(&p);
}

/* What an administrator sees who sets one up. */
TEST(control_tells_what_an_access_point_did)
{
	OWN(buf) struct buf out = BUF(1 << 16);
	struct uid nobody = uid_new();
	char line[64], want[96];

	responder_make(&p);
	(void)snprintf(line, sizeof(line), "ap %s", p.h.ap.id.s);
	control_says(line, "{\"known\":true,\"heard\":0,\"forged\":0,"
			   "\"unsigned\":0,\"strange\":0,\"accepted\":0,"
			   "\"refused\":0,\"accounted\":0,\"strangers\":[]}");
	(void)responder_asked(&p, &q, "02aa00000001", NULL);
	(void)snprintf(want, sizeof(want), "\"heard\":%lld,\"forged\":0",
	    (long long)p.now);
	control_says(line, want);
	(void)snprintf(want, sizeof(want), "\"accepted\":0,\"refused\":%lld",
	    (long long)p.now);
	control_says(line, want);
	p.now++;
	question_of(&q, "02aa00000001", true);
	question_end(&q, "another secret");
	assert_false(responder_hears(&p, q.b, q.n));
	(void)snprintf(want, sizeof(want), "\"forged\":%lld", (long long)p.now);
	control_says(line, want);
	assert_false(responder_hears(&p, (const uint8_t *)"?", 1));
	(void)snprintf(
	    want, sizeof(want), "\"strange\":%lld", (long long)p.now);
	control_says(line, want);
	strangers_add(p.st->strangers, "192.0.2.7", 5);
	(void)snprintf(line, sizeof(line), "ap %s", nobody.s);
	control_says(line, "{\"known\":false,\"strangers\":[{\"address\":"
			   "\"192.0.2.7\",\"at\":5}]}");
	assert_err(control_answer(p.st, "ap you", &out), ERR_BAD_INPUT);
	responder_end(&p);
}
