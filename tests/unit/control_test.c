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
