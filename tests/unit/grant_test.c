/* What each maker gets for a key and its rights, as attributes in order. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "core/base/text.h"
#include "radius/makers/grant.h"

static uint8_t answer[PACKET_MAX];
static struct secret passphrase;
static const uint8_t pmk[32] = {1, 2, 3};
static struct shared shared;

static void
prepare(const char *word)
{
	assert_ok(secret_set(&passphrase, word, strlen(word)));
	assert_ok(shared_set(&shared, "testing123", 10));
}

static enum err
accepted(const char *word, const struct ask *a, const struct grant *g,
    struct packet *out)
{
	uint8_t request[PACKET_HEADER] = {PACKET_ACCESS_REQUEST, 1, 0, 20};
	struct packet q;
	struct reply r;
	enum err e;

	assert_ok(packet_parse(request, sizeof(request), &q));
	reply_start(
	    &r, answer, REPLY_MAX, PACKET_ACCESS_ACCEPT, &q, &shared, 1);
	maker_find(word)->accept(&r, a, g);
	if ((e = reply_end(&r)) == ERR_OK)
		assert_ok(packet_parse(answer, r.len, out));
	return e;
}

/* The attributes behind the Message-Authenticator: "69 26.9.1 64". */
static void
names(const struct packet *p, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	assert_int_equal(p->attr[0].type, ATTR_MESSAGE_AUTHENTICATOR);
	for (size_t i = 1; i < p->count; i++) {
		const struct packet_attr *a = &p->attr[i];
		const uint8_t *v = p->p + a->at;

		if (a->type == ATTR_VENDOR_SPECIFIC)
			n += (size_t)snprintf(out + n, size - n, "%s%u.%u",
			    i > 1 ? " " : "",
			    (unsigned)v[1] << 16 | (unsigned)v[2] << 8 | v[3],
			    v[4]);
		else
			n += (size_t)snprintf(out + n, size - n, "%s%u",
			    i > 1 ? " " : "", a->type);
		assert_true(n < size);
	}
}

#define VLAN " 64 65 81"
#define WISPR " 14122.8 14122.7"
#define SESSION " 1 89 25 27 29"

/* By maker: the key before a handshake and with one, and the rights. */
static const struct {
	const char *word, *key, *proven, *rights;
} makers_get[] = {
    {"generic", "69", "69", VLAN " 11" WISPR SESSION},
    {"hostapd", "69", "69", VLAN WISPR SESSION},
    {"cisco", "9.1 9.1", "9.1 9.1",
	VLAN " 11 14179.6 14179.7 14179.13" SESSION},
    {"meraki", "69", "69", VLAN " 11" SESSION},
    {"mist", "9.1 9.1", "9.1 9.1", VLAN " 11" SESSION},
    {"aruba", "14823.44", "14823.44",
	" 14823.62 14823.1 14823.2 11" WISPR SESSION},
    {"ruckus", "25053.142", "311.17",
	" 25053.1" VLAN " 25053.9 11" WISPR SESSION},
    {"ruckus-smartzone", "25053.142", "25053.142",
	" 25053.1" VLAN " 25053.9 11" WISPR SESSION},
    {"mikrotik", "14988.16", "14988.16", " 14988.26 14988.27 14988.8" SESSION},
    {"mikrotik-wifi", "14988.16", "14988.16", " 14988.26 14988.27" SESSION},
    {"unifi", "69", "69", VLAN WISPR SESSION},
    {"unifi-keys", "41112.5", "41112.5", VLAN WISPR SESSION},
    {"omada", "69", "69 11863.4", VLAN " 11863.2 11863.1" SESSION},
    {"huawei", "2011.206", "2011.206", VLAN " 11 2011.2 2011.5" SESSION},
    {"lancom", "2356.6", "2356.6", VLAN " 11 2356.8 2356.9" SESSION},
    {"eleven", "9.1 9.1", "9.1 9.1", VLAN " 11" WISPR SESSION},
    {"fortigate", "69", "69", VLAN " 12356.1 11" SESSION},
    {"cambium", "69", "69", VLAN " 11" WISPR SESSION},
    {"extreme", "69", "69", VLAN " 26928.1 11" SESSION},
};

enum { MAKERS = sizeof(makers_get) / sizeof(*makers_get) };

static struct grant
everything(void)
{
	return (struct grant){.passphrase = &passphrase,
	    .pmk = pmk,
	    .vlan = 20,
	    .role = "role",
	    .acl = "list",
	    .rate_down = 20000,
	    .rate_up = 5000,
	    .session_timeout = 3600,
	    .reauthenticate = true,
	    .user_name = "ada",
	    .cui = "cui",
	    .class_ = "class"};
}

TEST(every_maker_gets_the_rights_in_its_own_words_and_nothing_twice)
{
	struct grant g = everything(),
		     bare = {.passphrase = &passphrase, .pmk = pmk};
	size_t n = 0;

	prepare("Pancakes1124");
	for (const struct maker *m = makers; m->word != NULL; m++)
		n++;
	assert_int_equal(n, MAKERS);
	for (size_t i = 0; i < MAKERS; i++)
		for (int proven = 0; proven < 2; proven++) {
			struct ask a = {.handshake = proven != 0};
			const char *key =
			    proven ? makers_get[i].proven : makers_get[i].key;
			char got[200], want[200];
			struct packet p;

			assert_ok(accepted(makers_get[i].word, &a, &bare, &p));
			names(&p, got, sizeof(got));
			assert_string_equal(got, key); /* what is not, is not */
			assert_ok(accepted(makers_get[i].word, &a, &g, &p));
			names(&p, got, sizeof(got));
			(void)snprintf(want, sizeof(want), "%s%s", key,
			    makers_get[i].rights);
			assert_string_equal(got, want);
		}
}

/* IEEE 802.1Q 9.6: there is no VLAN 4095 to put anybody into. */
TEST(no_maker_is_told_a_vlan_that_cannot_be)
{
	struct grant g = {.passphrase = &passphrase, .pmk = pmk, .vlan = 4095};
	struct ask a = {.handshake = false};

	prepare("Pancakes1124");
	for (size_t i = 0; i < MAKERS; i++) {
		char got[200];
		struct packet p;

		assert_ok(accepted(makers_get[i].word, &a, &g, &p));
		names(&p, got, sizeof(got));
		assert_string_equal(got, makers_get[i].key);
	}
}

static void
text_is(const struct packet *p, uint8_t type, const char *want)
{
	struct slice s;

	assert_true(packet_get(p, type, &s));
	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(s.p, want, s.len);
}

static void
vendor_is(const struct packet *p, uint32_t vendor, uint8_t type, uint32_t want)
{
	struct slice s;

	assert_true(packet_vendor(p, vendor, type, &s));
	assert_int_equal(s.len, 4);
	assert_int_equal((uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 |
			     (uint32_t)s.p[2] << 8 | s.p[3],
	    want);
}

TEST(a_list_without_a_role_is_the_filter)
{
	struct grant g = {.passphrase = &passphrase, .acl = "list"};
	struct ask a = {.handshake = false};
	struct packet p;

	prepare("Pancakes1124");
	assert_ok(accepted("generic", &a, &g, &p));
	text_is(&p, ATTR_FILTER_ID, "list");
	g.role = "role"; /* there is one attribute for both: the role counts */
	assert_ok(accepted("generic", &a, &g, &p));
	text_is(&p, ATTR_FILTER_ID, "role");
}

TEST(numbers_beyond_32_bits_are_the_largest)
{
	struct grant g = {.passphrase = &passphrase,
	    .rate_down = 4294967,
	    .rate_up = 4294968,
	    .session_timeout = INT64_MAX};
	struct ask a = {.handshake = false};
	uint32_t seconds = 0;
	struct packet p;

	prepare("Pancakes1124");
	assert_ok(accepted("generic", &a, &g, &p));
	vendor_is(&p, VENDOR_WISPR, WISPR_BANDWIDTH_MAX_DOWN, 4294967000u);
	vendor_is(&p, VENDOR_WISPR, WISPR_BANDWIDTH_MAX_UP, UINT32_MAX);
	assert_true(packet_u32(&p, ATTR_SESSION_TIMEOUT, &seconds));
	assert_int_equal(seconds, UINT32_MAX);
	/* it is dropped then: nothing was said of asking again */
	assert_false(packet_u32(&p, ATTR_TERMINATION_ACTION, &seconds));
}

/* One of the two rates is a limit, the other is none. */
TEST(a_rate_in_one_direction_says_nothing_of_the_other)
{
	static const char *const quiet[] = {"generic", "cisco", "aruba",
	    "ruckus", "omada", "huawei", "lancom", "cambium"};
	struct grant down = {.passphrase = &passphrase, .rate_down = 7000},
		     up = {.passphrase = &passphrase, .rate_up = 7000};
	struct ask a = {.handshake = false};
	struct packet p, q, none;
	struct grant bare = {.passphrase = &passphrase};
	struct slice s;

	prepare("Pancakes1124");
	for (size_t i = 0; i < sizeof(quiet) / sizeof(*quiet); i++) {
		assert_ok(accepted(quiet[i], &a, &bare, &none));
		assert_ok(accepted(quiet[i], &a, &down, &p));
		assert_int_equal(p.count, none.count + 1);
		assert_ok(accepted(quiet[i], &a, &up, &q));
		assert_int_equal(q.count, none.count + 1);
	}
	assert_ok(accepted("mikrotik", &a, &down, &p));
	assert_true(
	    packet_vendor(&p, VENDOR_MIKROTIK, MIKROTIK_RATE_LIMIT, &s));
	assert_memory_equal(s.p, "0k/7000k", s.len); /* 0: no limit */
	assert_ok(accepted("mikrotik", &a, &up, &p));
	assert_true(
	    packet_vendor(&p, VENDOR_MIKROTIK, MIKROTIK_RATE_LIMIT, &s));
	assert_memory_equal(s.p, "7000k/0k", s.len);
}

TEST(digits_of_a_pmk_are_said_to_be_some)
{
	static const char digits[] = "00112233445566778899aabbccddeeff"
				     "00112233445566778899aabbccddeeff";
	struct grant g = {.passphrase = &passphrase};
	struct ask a = {.handshake = false};
	struct packet p;
	size_t i = 0, at = 0;
	struct slice s;

	prepare(digits);
	assert_ok(accepted("cisco", &a, &g, &p));
	assert_true(
	    packet_vendor_next(&p, VENDOR_CISCO, CISCO_AVPAIR, &i, &at, &s));
	assert_int_equal(s.len, 12);
	assert_memory_equal(s.p, "psk-mode=hex", 12);
	assert_true(
	    packet_vendor_next(&p, VENDOR_CISCO, CISCO_AVPAIR, &i, &at, &s));
	assert_int_equal(s.len, 4 + 64);
	assert_memory_equal(s.p + 4, digits, 64);
}

/* Longer than any passphrase: nothing is sent rather than a part of it. */
TEST(a_key_that_does_not_fit_makes_no_answer)
{
	static const char *const words[] = {
	    "cisco", "mist", "eleven", "unifi-keys"};
	char word[120];
	struct grant g = {.passphrase = &passphrase};
	struct ask a = {.handshake = false};
	struct packet p;

	memset(word, 'x', sizeof(word));
	word[76] = '\0';
	prepare(word);
	assert_ok(accepted("cisco", &a, &g, &p));
	word[76] = 'x';
	word[97] = '\0';
	prepare(word);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		assert_err(accepted(words[i], &a, &g, &p), ERR_TOO_BIG);
	word[97] = 'x';
	word[96] = '\0';
	prepare(word);
	assert_ok(accepted("unifi-keys", &a, &g, &p));
}

TEST(a_pmk_nobody_has_is_not_made_up)
{
	struct grant g = {.passphrase = &passphrase};
	struct ask with = {.handshake = true};
	struct packet p;
	struct slice s;
	char got[80];

	prepare("Pancakes1124");
	assert_ok(accepted("hostapd", &with, &g, &p));
	assert_true(packet_get(&p, ATTR_TUNNEL_PASSWORD, &s));
	assert_int_equal(s.len, 1 + 2 + 16); /* the passphrase, not 64 digits */
	assert_ok(accepted("omada", &with, &g, &p));
	names(&p, got, sizeof(got));
	assert_string_equal(got, "69");
	assert_ok(accepted("ruckus", &with, &g, &p));
	names(&p, got, sizeof(got));
	assert_string_equal(got, "");
}

TEST(an_unknown_maker_is_none)
{
	assert_null(maker_find("acme"));
	assert_null(maker_find(""));
}

TEST(a_cisco_refusal_has_a_cause_only_for_a_handshake)
{
	uint8_t request[PACKET_HEADER] = {PACKET_ACCESS_REQUEST, 1, 0, 20};
	struct ask a = {.handshake = false};
	struct packet q, p;
	struct reply r;
	struct slice s;

	prepare("Pancakes1124");
	assert_ok(packet_parse(request, sizeof(request), &q));
	for (int with = 0; with < 2; with++) {
		a.handshake = with != 0;
		reply_start(&r, answer, REPLY_MAX, PACKET_ACCESS_REJECT, &q,
		    &shared, 1);
		maker_find("cisco")->reject(&r, &a);
		assert_ok(reply_end(&r));
		assert_ok(packet_parse(answer, r.len, &p));
		assert_int_equal(
		    packet_vendor(&p, VENDOR_CISCO, CISCO_AVPAIR, &s), with);
	}
	assert_memory_equal(s.p, "cisco-easy-psk-error-cause=2", s.len);
}
