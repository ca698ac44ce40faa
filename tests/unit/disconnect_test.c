/* A Disconnect-Request names what its access point looks for, and only an
 * authentic answer counts. */
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
