/* What an answer says of a plan, a key and a place, through the whole of the
 * responder. */
#include "tests/unit/responder.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "radius/serve/control.h"

static struct responder p;
static struct question q;

static const uint8_t pmk[32] = {0x8f, 0x1c, 0x27, 0x63, 0xd4, 0xa5, 0x3e, 0x90,
    0x4b, 0x72, 0xe8, 0x15, 0xc6, 0x39, 0xfa, 0x0d};
static const char station[] = "02aa00000001";

static struct packet
answered(void)
{
	struct packet a;

	assert_ok(packet_parse(p.last, p.last_len, &a));
	return a;
}

static bool
says(uint8_t type, const char *text)
{
	struct packet a = answered();
	struct slice s;

	return packet_get(&a, type, &s) && s.len == strlen(text) &&
	       memcmp(s.p, text, s.len) == 0;
}

static void
dialect(const char *word)
{
	text_copy(p.h.ap.dialect, sizeof(p.h.ap.dialect), word);
	assert_ok(ap_set(&p.h.root, &p.h.ap, NULL));
	responder_learn(&p);
}

static const char *
why(void)
{
	struct reason r = {.verdict = VERDICT_OK};

	assert_int_equal(reasons_list(p.st->reasons, NULL, &r, 1), 1);
	return verdict_word(r.verdict);
}

TEST(rights_of_a_plan_are_in_the_answer)
{
	struct packet a;
	uint32_t seconds;

	responder_make(&p);
	(void)responder_issue(&p, pmk);
	text_copy(p.h.plan.role, sizeof(p.h.plan.role), "staff");
	text_copy(p.h.plan.acl, sizeof(p.h.plan.acl), "open");
	text_copy(p.h.plan.schedule, sizeof(p.h.plan.schedule),
	    "mon-sun 08:00-18:00");
	assert_ok(plan_set(&p.h.root, &p.h.plan));
	dialect("fortigate"); /* has an attribute for each */
	assert_int_equal(
	    responder_asked(&p, &q, station, pmk), PACKET_ACCESS_ACCEPT);
	assert_true(says(ATTR_FILTER_ID, "open"));
	assert_true(says(ATTR_TUNNEL_PRIVATE_GROUP_ID, "20"));
	a = answered();
	assert_true(packet_u32(&a, ATTR_SESSION_TIMEOUT, &seconds));
	assert_int_equal(seconds, 6 * 3600 - 60); /* at 18:00 it ends */
	p.now = NOON + 6 * 3600;
	assert_int_equal(
	    responder_asked(&p, &q, station, NULL), PACKET_ACCESS_REJECT);
	assert_string_equal(why(), "out-of-hours");
	responder_end(&p);
}

TEST(rights_of_a_key_come_before_its_plans)
{
	struct key_data d = {.state = KEY_ACTIVE, .usable = true, .vlan = 99};
	struct key_view v;
	struct packet a;
	struct slice s;

	responder_make(&p);
	v = responder_issue(&p, pmk);
	responder_learn(&p);
	assert_int_equal(
	    responder_asked(&p, &q, station, pmk), PACKET_ACCESS_ACCEPT);
	assert_true(says(ATTR_CUI, v.key.id.s));
	d.network = p.h.net.id;
	d.plan = p.h.plan.id;
	memcpy(d.pmk, pmk, sizeof(pmk));
	memcpy(d.passphrase, "Pancakes1124", 12);
	d.passphrase_len = 12;
	assert_ok(known_put_key_data(state_known(p.st), &v.key.id, &d));
	assert_int_equal(
	    responder_asked(&p, &q, station, NULL), PACKET_ACCESS_ACCEPT);
	assert_true(says(ATTR_TUNNEL_PRIVATE_GROUP_ID, "99"));
	a = answered();
	assert_false(packet_get(&a, ATTR_USER_NAME, &s)); /* nobody */
	responder_end(&p);
}

/* Omada asks twice: the first question of an unknown device is let through
 * with nothing, a known one gets its key at once. */
TEST(rights_an_omada_probe_gets_an_empty_accept)
{
	struct packet a;

	responder_make(&p);
	(void)responder_issue(&p, pmk);
	dialect("omada");
	for (int known = 0; known < 2; known++) {
		question_of(&q, station, true);
		question_text(&q, ATTR_NAS_IDENTIFIER, "TP-Link:02");
		question_end(&q, HOUSE_SECRET);
		assert_int_equal(responder_says(&p, &q), PACKET_ACCESS_ACCEPT);
		a = answered();
		assert_int_equal(a.count > 1, known); /* but the signature */
		assert_int_equal(known_ap_by_id(state_known(p.st), &p.h.ap.id)
					 ->did[AP_ACCEPTED] != 0,
		    known); /* a question of both kinds lets nobody in */
		if (!known)
			assert_int_equal(responder_asked(&p, &q, station, pmk),
			    PACKET_ACCESS_ACCEPT);
	}
	responder_end(&p);
}

TEST(rights_a_refusal_is_in_the_makers_words)
{
	struct packet a;
	struct slice s;

	responder_make(&p);
	dialect("cisco");
	assert_int_equal(
	    responder_asked(&p, &q, station, pmk), PACKET_ACCESS_REJECT);
	a = answered();
	assert_true(packet_vendor(&a, VENDOR_CISCO, CISCO_AVPAIR, &s));
	assert_memory_equal(s.p, "cisco-easy-psk-error-cause=2", s.len);
	responder_end(&p);
}

/* A password for one device, of a plan that gives five. */
TEST(rights_of_a_password_with_a_number_of_its_own)
{
	struct key_view v;
	struct device d;

	responder_make(&p);
	p.h.plan.devices = 5;
	p.h.plan.cap_rule = CAP_REFUSE;
	assert_ok(plan_set(&p.h.root, &p.h.plan));
	v = responder_issue_for(&p, pmk, 1);
	assert_ok(device_register(
	    &p.h.root, &v.key.id, "02-aa-00-00-00-01", "tv", &d));
	assert_err(device_register(
		       &p.h.root, &v.key.id, "02-aa-00-00-00-03", "tv", &d),
	    ERR_LIMIT);
	responder_learn(&p);
	assert_int_equal(
	    responder_asked(&p, &q, "02aa00000001", pmk), PACKET_ACCESS_ACCEPT);
	assert_int_equal(
	    responder_asked(&p, &q, "02aa00000002", pmk), PACKET_ACCESS_REJECT);
	assert_string_equal(why(), "too-many-devices");
	responder_end(&p);
}

/* A device of a plan for registered ones, a blocked one, and one too many. */
TEST(rights_of_devices_are_looked_at_one_by_one)
{
	struct key_view v;
	struct device d;

	responder_make(&p);
	v = responder_issue(&p, pmk);
	p.h.plan.binding = BINDING_REGISTERED;
	p.h.plan.devices = 1;
	p.h.plan.cap_rule = CAP_REFUSE;
	assert_ok(plan_set(&p.h.root, &p.h.plan));
	responder_learn(&p);
	assert_int_equal(
	    responder_asked(&p, &q, station, pmk), PACKET_ACCESS_REJECT);
	assert_string_equal(why(), "not-registered");
	assert_ok(device_register(
	    &p.h.root, &v.key.id, "02-aa-00-00-00-01", "tv", &d));
	responder_learn(&p);
	assert_int_equal(
	    responder_asked(&p, &q, station, pmk), PACKET_ACCESS_ACCEPT);
	assert_ok(device_set_blocked(&p.h.root, &d.id, true));
	responder_learn(&p);
	assert_int_equal(
	    responder_asked(&p, &q, station, NULL), PACKET_ACCESS_REJECT);
	assert_string_equal(why(), "device-blocked");
	p.h.plan.binding = BINDING_UNBOUND;
	assert_ok(plan_set(&p.h.root, &p.h.plan));
	responder_learn(&p);
	assert_int_equal(
	    responder_asked(&p, &q, "02aa00000002", pmk), PACKET_ACCESS_REJECT);
	assert_string_equal(why(), "too-many-devices");
	responder_end(&p);
}

/* --- the control socket -----------------------------------------------------
 */

static struct control *control;

static int
dials(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(
	    at.sun_path, sizeof(at.sun_path), "%s/radius.sock", p.h.dir);
	assert_int_equal(connect(fd, (void *)&at, sizeof(at)), 0);
	return fd;
}

/* What comes back for LINE, said in pieces of one octet. */
static const char *
told(const char *line)
{
	static char out[1 << 16];
	int fd = dials();
	size_t n = 0;
	ssize_t some;

	for (const char *c = line; *c != '\0'; c++)
		assert_int_equal(write(fd, c, 1), 1);
	(void)shutdown(fd, SHUT_WR);
	while ((some = read(fd, out + n, sizeof(out) - 1 - n)) > 0)
		n += (size_t)some;
	out[n] = '\0';
	(void)close(fd);
	return out;
}

TEST(control_answers_a_line_and_outlives_those_who_go)
{
	char longest[200];

	responder_make(&p);
	assert_non_null(control = control_start(p.st));
	assert_non_null(strstr(told("status\n"), "\"networks\":1"));
	assert_non_null(strstr(told("status"), "\"networks\":1"));
	assert_non_null(strstr(told("status\r\n"), "\"networks\":1"));
	assert_string_equal(told("who\n"), "{\"error\":\"BAD_INPUT\"}\n");
	assert_string_equal(told(""), "{\"error\":\"BAD_INPUT\"}\n");
	memset(longest, 'x', sizeof(longest));
	longest[CONTROL_LINE_MAX - 1] = '\0'; /* a line without an end */
	assert_string_equal(told(longest), "{\"error\":\"BAD_INPUT\"}\n");
	for (int i = 0; i < 3; i++)
		(void)close(dials());
	assert_non_null(strstr(told("metrics\n"), "latchkey_radius_keys 0"));
	atomic_store(&p.st->stop, true);
	control_stop(control);
	control_stop(NULL);
	responder_end(&p);
}

/* In the place of the library's: there is no descriptor left. */
static _Atomic bool full;
static _Atomic int refused;

int
accept4(int fd, struct sockaddr *from, socklen_t *len, int flags)
{
	if (atomic_load(&full)) {
		refused++;
		errno = EMFILE;
		return -1;
	}
	return (int)syscall(SYS_accept4, fd, from, len, flags);
}

/* Who calls waits in the socket, which can be read from all that time. */
TEST(control_without_a_descriptor_does_not_run_in_circles)
{
	const struct timespec while_ = {.tv_nsec = 300000000};
	int fd;

	responder_make(&p);
	assert_non_null(control = control_start(p.st));
	atomic_store(&full, true);
	fd = dials();
	(void)nanosleep(&while_, NULL);
	atomic_store(&full, false);
	assert_true(refused < 10);
	(void)close(fd);
	assert_non_null(strstr(told("status\n"), "\"networks\":1"));
	atomic_store(&p.st->stop, true);
	control_stop(control);
	responder_end(&p);
}

TEST(control_that_cannot_be_had_is_gone_without)
{
	static char far[200];

	responder_make(&p);
	p.h.conf.radius.snapshot = "snapshot"; /* in no directory */
	assert_null(control_start(p.st));
	(void)snprintf(far, sizeof(far), "%s/no/such/snapshot", p.h.dir);
	p.h.conf.radius.snapshot = far;
	assert_null(control_start(p.st));
	memset(far, 'x', 150); /* longer than a name may be */
	far[0] = far[100] = '/';
	far[150] = '\0';
	assert_null(control_start(p.st));
	p.h.conf.radius.snapshot = p.snapshot;
	responder_end(&p);
}
