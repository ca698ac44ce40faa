/* A Disconnect-Request names what its access point looks for, and only an
 * authentic answer counts. */
#include <arpa/inet.h>
#include <string.h>

#include "radius/change/disconnect.h"
#include "tests/unit/radius_vectors.h"
#include "tests/unit/test.h"

static struct shared shared;

static void
secret(const char *text)
{
	assert_int_equal(shared_set(&shared, text, strlen(text)), ERR_OK);
}

static bool
has(const struct packet *p, uint8_t type, const char *text)
{
	struct slice s;

	return packet_get(p, type, &s) && s.len == strlen(text) &&
	       memcmp(s.p, text, s.len) == 0;
}

static void
written_for(const char *maker, const char *session, struct packet *p)
{
	static uint8_t out[DISCONNECT_PACKET_MAX];
	struct disconnect_session s = {.acct_session_id = session,
	    .user_name = "ada",
	    .called_station_id = "02-00-00-00-00-10:Hall 1",
	    .nas_identifier = "f09fc2000010"};
	size_t n;

	secret("a-secret-of-16-characters");
	assert_true(mac_parse("02aa00000001", 12, &s.station, NULL));
	n = disconnect_write(
	    &maker_find(maker)->disconnect, &s, &shared, 7, 1000000, out);
	assert_int_equal(packet_parse(out, n, p), ERR_OK);
	assert_true(packet_signed(p, &shared));
	assert_true(packet_acct_authentic(p, &shared));
}

static void
written(const char *maker, struct packet *p)
{
	written_for(maker, "5F3A", p);
}

TEST(disconnect_to_unifi_names_the_access_point)
{
	struct packet p;
	struct slice s;

	written("unifi", &p);
	assert_true(has(&p, ATTR_NAS_IDENTIFIER, "f09fc2000010"));
	assert_true(has(&p, ATTR_CALLING_STATION_ID, "02-AA-00-00-00-01"));
	assert_false(packet_get(&p, ATTR_USER_NAME, &s));
}

TEST(disconnect_to_mikrotik_names_the_device_as_user)
{
	struct packet p;
	struct slice s;

	written("mikrotik-wifi", &p);
	assert_true(has(&p, ATTR_USER_NAME, "02:AA:00:00:00:01"));
	assert_false(packet_get(&p, ATTR_CALLING_STATION_ID, &s));
}

TEST(disconnect_to_fortigate_names_session_and_user)
{
	struct packet p;

	written("fortigate", &p);
	assert_true(has(&p, ATTR_USER_NAME, "ada"));
	assert_true(has(&p, ATTR_ACCT_SESSION_ID, "5F3A"));
}

/* Without accounting there is none to name; what is left must be one device
 * and not all that a person has. */
TEST(disconnect_without_a_session_names_the_device)
{
	struct packet p;
	struct slice s;

	for (const struct maker *m = makers; m->word != NULL; m++) {
		written_for(m->word, "", &p);
		assert_false(packet_get(&p, ATTR_ACCT_SESSION_ID, &s));
		assert_true(
		    has(&p, ATTR_CALLING_STATION_ID, "02-AA-00-00-00-01") ||
		    has(&p, ATTR_USER_NAME, "02:AA:00:00:00:01"));
	}
}

/* What hostapd answered, once a bit of its Message-Authenticator is wrong and
 * the Response Authenticator is made to fit. */
TEST(disconnect_answers_need_a_right_message_authenticator)
{
	uint8_t request[200], reply[200], sum[MD5_LEN];
	struct md5 m;
	bool ack;
	int cause;

	secret("dassecret");
	assert_true(text_from_hex(
	    "2807003e908fb67f652bf5d35274920dccce41f75012dc7a60e78a256cf7a85a52"
	    "606677e3411f1330322d30302d30302d30302d30312d30302105616263",
	    request, 62));
	assert_true(text_from_hex(
	    "2a070032519a0df89ec1f16132a6c2e90ff09bf75012c074e6504e0cf3ca74e91d"
	    "131846776b65060000019137066b02ab53",
	    reply, 50));
	assert_true(disconnect_read(request, reply, 50, &shared, &ack, &cause));
	assert_false(ack);
	assert_int_equal(cause, 401);
	reply[30] ^= 1;
	memcpy(reply + 4, request + 4, PACKET_AUTH);
	md5_start(&m);
	md5_add(&m, reply, 50);
	md5_add(&m, "dassecret", 9);
	md5_end(&m, sum);
	memcpy(reply + 4, sum, PACKET_AUTH);
	assert_false(
	    disconnect_read(request, reply, 50, &shared, &ack, &cause));
}

/* Where the access point is one of many behind an address, it is said which. */
TEST(disconnect_says_which_access_point_when_that_is_known)
{
	static uint8_t out[DISCONNECT_PACKET_MAX];
	struct disconnect_session s = {.acct_session_id = NULL,
	    .user_name = NULL,
	    .called_station_id = "02-00-00-00-00-10:Hall 1"};
	struct disconnect_form form = {.calling_station_id = true,
	    .called_station_id = true,
	    .nas_ip_address = true,
	    .user_name = true};
	struct in_addr nas;
	struct packet p;
	struct slice v;

	secret("a-secret-of-16-characters");
	assert_true(mac_parse("02f9000000e1", 12, &s.station, NULL));
	assert_int_equal(inet_pton(AF_INET, "192.0.2.7", &nas), 1);
	assert_int_equal(
	    packet_parse(
		out, disconnect_write(&form, &s, &shared, 9, 5, out), &p),
	    ERR_OK);
	assert_true(has(&p, ATTR_CALLING_STATION_ID, "02-F9-00-00-00-E1"));
	assert_true(
	    has(&p, ATTR_CALLED_STATION_ID, "02-00-00-00-00-10:Hall 1"));
	assert_false(packet_get(&p, ATTR_NAS_IP_ADDRESS, &v));
	assert_false(packet_get(&p, ATTR_USER_NAME, &v));
	s.nas = &nas;
	assert_int_equal(
	    packet_parse(
		out, disconnect_write(&form, &s, &shared, 9, 5, out), &p),
	    ERR_OK);
	assert_true(packet_get(&p, ATTR_NAS_IP_ADDRESS, &v));
	assert_int_equal(v.len, 4);
	assert_memory_equal(v.p, &nas, 4);
}

/* A session that came by accounting may have any length; four of 250 octets
 * are more than a request of 1024 has room for. */
TEST(disconnect_that_does_not_fit_is_none)
{
	static uint8_t out[DISCONNECT_PACKET_MAX];
	char text[251];
	struct disconnect_form all = {.calling_station_id = true,
	    .called_station_id = true,
	    .acct_session_id = true,
	    .user_name = true,
	    .nas_identifier = true};
	struct disconnect_session s = {.acct_session_id = text,
	    .user_name = text,
	    .called_station_id = text,
	    .nas_identifier = text};

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	secret("a-secret-of-16-characters");
	assert_int_equal(disconnect_write(&all, &s, &shared, 1, 5, out), 0);
	all.user_name = false;
	assert_true(disconnect_write(&all, &s, &shared, 1, 5, out) > 750);
}

/* An answer of CODE and, unless 0, with Error-Cause CAUSE. */
static size_t
answer_of(uint8_t code, uint32_t cause, uint8_t out[static 26])
{
	const uint8_t with[] = {101, 6, (uint8_t)(cause >> 24),
	    (uint8_t)(cause >> 16), (uint8_t)(cause >> 8), (uint8_t)cause};
	size_t len = cause == 0 ? 20 : 26;

	memset(out, 0, 26);
	out[0] = code;
	out[3] = (uint8_t)len;
	if (cause != 0)
		memcpy(out + 20, with, sizeof(with));
	return len;
}

TEST(disconnect_answers_of_radius_1_1_are_read)
{
	static const struct {
		uint8_t code;
		uint32_t said;
		bool is, ack;
		int cause;
	} all[] = {
	    {41, 0, true, true, 0},
	    {42, 503, true, false, 503},
	    {42, 999, true, false, 999},
	    {42, 1000, true, false, 0}, /* no cause anybody has */
	    {42, 0xffffffff, true, false, 0},
	    {40, 0, false, false, 0},
	    {44, 0, false, false, 0},
	    {45, 503, false, false, 0},
	    {2, 0, false, false, 0},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		uint8_t b[26];
		size_t n = answer_of(all[i].code, all[i].said, b);
		bool ack = false;
		int cause = 0;

		assert_int_equal(
		    disconnect_read11(b, n, &ack, &cause), all[i].is);
		assert_int_equal(ack, all[i].ack);
		assert_int_equal(cause, all[i].cause);
		assert_false(disconnect_read11(b, n - 1, &ack, &cause));
	}
}

TEST(disconnect_answers_of_another_request_are_none)
{
	uint8_t request[20] = {40, 7, 0, 20, 1, 2, 3}, b[26];
	struct md5 m;
	bool ack = false;
	int cause;
	size_t n;

	secret("dassecret");
	for (int id = 6; id < 9; id++) {
		n = answer_of(41, 0, b);
		b[1] = (uint8_t)id;
		memcpy(b + 4, request + 4, PACKET_AUTH);
		md5_start(&m);
		md5_add(&m, b, n);
		md5_add(&m, "dassecret", 9);
		md5_end(&m, b + 4);
		assert_int_equal(
		    disconnect_read(request, b, n, &shared, &ack, &cause),
		    id == 7);
		b[4] ^= 1; /* and it must be authentic */
		assert_false(
		    disconnect_read(request, b, n, &shared, &ack, &cause));
		assert_false(
		    disconnect_read(request, b, n - 1, &shared, &ack, &cause));
	}
}
