#include "tests/unit/radius_vectors.h"
#include "tests/unit/unhide.h"

#include "core/model/term.h"
#include "radius/makers/maker.h"
#include "radius/wire/hide.h"

static uint8_t octets[PACKET_MAX], answer[PACKET_MAX];
static struct secret passphrase;
static uint8_t pmk[32];
static struct shared shared;

static struct packet
packet_of(size_t len)
{
	struct packet p;

	assert_ok(packet_parse(octets, len, &p));
	return p;
}

static size_t
put(size_t at, uint8_t type, const void *v, size_t len)
{
	octets[at] = type;
	octets[at + 1] = (uint8_t)(len + 2);
	memcpy(octets + at + 2, v, len);
	return at + 2 + len;
}

/* A request of station and network in the words of some access point. */
static struct packet
request(const char *user, const char *calling, const char *called)
{
	size_t at = PACKET_HEADER;

	memset(octets, 0, PACKET_HEADER);
	octets[0] = PACKET_ACCESS_REQUEST;
	if (user != NULL)
		at = put(at, ATTR_USER_NAME, user, strlen(user));
	if (calling != NULL)
		at = put(at, ATTR_CALLING_STATION_ID, calling, strlen(calling));
	if (called != NULL)
		at = put(at, ATTR_CALLED_STATION_ID, called, strlen(called));
	octets[2] = (uint8_t)(at >> 8);
	octets[3] = (uint8_t)at;
	return packet_of(at);
}

TEST(every_form_of_a_station_address_is_read)
{
	static const char *const forms[] = {"02aa10000021", "02AA10000021",
	    "02-AA-10-00-00-21", "02:aa:10:00:00:21", "02aa.1000.0021",
	    "02aa-1000-0021", "02AA:1000:0021"};
	struct mac want = {{2, 0xaa, 0x10, 0, 0, 0x21}};
	struct ask a;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct packet p = request(NULL, forms[i], NULL);

		assert_ok(maker_ask(&p, &a));
		assert_true(mac_same(&a.station, &want));
		p = request(forms[i], "somebody", NULL);
		assert_ok(maker_ask(&p, &a));
		assert_true(mac_same(&a.station, &want));
	}
}

TEST(a_request_without_a_station_is_refused)
{
	struct packet p = request("alice", NULL, "02-00-00-00-00-01:Corp");
	struct ask a;

	assert_err(maker_ask(&p, &a), ERR_BAD_INPUT);
	assert_false(a.has_station);
}

static void
called_is(const char *called, bool bssid, const char *ssid)
{
	struct packet p = request("02aa10000021", NULL, called);
	struct ask a;

	assert_ok(maker_ask(&p, &a));
	assert_int_equal(a.has_bssid, bssid);
	assert_int_equal(a.ssid_len, strlen(ssid));
	assert_memory_equal(a.ssid, ssid, a.ssid_len);
}

TEST(every_form_of_a_network_is_read)
{
	called_is("02-00-00-00-00-01:Corp", true, "Corp");
	called_is("02-00-00-00-00-01:a:b-c", true, "a:b-c");
	called_is("020000000001:Corp", true, "Corp");
	called_is("02:00:00:00:00:01:Corp", true, "Corp");
	called_is("0200.0000.0001:Corp", true, "Corp");
	called_is("02-00-00-00-00-01-Corp", true, "Corp");
	called_is("02-00-00-00-00-01", true, "");
	called_is("02-00-00-00-00-01:", true, "");
	called_is("Corp", false, "Corp");
	called_is("ab-net", false, "ab-net");
	called_is("020000000001st floor", false, "020000000001st floor");
	called_is("an SSID of more than thirty two octets", false, "");
}

static void
prepare(void)
{
	assert_ok(secret_set(&passphrase, "Pancakes1124", 12));
	assert_true(text_from_hex("44a4f34b6270fccb7dffa8c9e610e3b80f021c8165bc"
				  "f53c99c3f818167982ab",
	    pmk, 32));
	assert_ok(shared_set(&shared, "testing123", 10));
}

/* Keeps of the vectors' request the attributes of one dialect, behind what
 * identifies the station. */
static size_t
only(const json_t *attrs, uint8_t *out)
{
	static const char calling[] = "8A-B3-A0-EB-D5-E5",
			  called[] = "34-EF-B6-AF-48-9E:Andrena_39_Lincoln";
	size_t at = PACKET_HEADER, i;
	json_t *t;

	memset(out, 0, PACKET_HEADER);
	out[0] = PACKET_ACCESS_REQUEST;
	at = put(at, ATTR_CALLING_STATION_ID, calling, sizeof(calling) - 1);
	at = put(at, ATTR_CALLED_STATION_ID, called, sizeof(called) - 1);
	json_array_foreach(attrs, i, t)
	{
		size_t n = json_string_length(t) / 2;

		assert_true(text_from_hex(json_string_value(t), out + at, n));
		at += n;
	}
	out[2] = (uint8_t)(at >> 8);
	out[3] = (uint8_t)at;
	return at;
}

TEST(every_dialect_of_the_handshake_is_read)
{
	static const char *const words[] = {
	    "ruckus", "meraki", "eleven", "hostapd", "omada", "cisco"};
	json_t *all = vectors("vendor_dialects"), *d;
	size_t i, len;
	struct ask a, first;

	json_array_foreach(json_object_get(all, "request_dialects"), i, d)
	{
		struct packet p;

		len = only(json_object_get(d, "attributes"), octets);
		p = packet_of(len);
		assert_ok(maker_ask(&p, &a));
		assert_true(a.handshake);
		assert_string_equal(a.form->word, words[i]);
		assert_int_equal(a.eapol_len, 121);
		assert_int_equal(a.ssid_len, 18);
		assert_memory_equal(a.bssid.b, "\x34\xef\xb6\xaf\x48\x9e", 6);
		if (i == 0)
			first = a;
		assert_memory_equal(a.eapol, first.eapol, 121);
		assert_memory_equal(a.anonce, first.anonce, 32);
		assert_memory_equal(a.ssid, first.ssid, 18);
	}
	assert_int_equal(i, 6);
	json_decref(all);
}

static struct packet
accept_of(const char *word, const struct ask *a, const struct grant *g)
{
	struct packet q = request("8ab3a0ebd5e5", NULL, NULL), p;
	const struct maker *m = maker_find(word);
	struct reply r;

	assert_non_null(m);
	reply_start(
	    &r, answer, REPLY_MAX, PACKET_ACCESS_ACCEPT, &q, &shared, 0x1234);
	m->accept(&r, a, g);
	assert_ok(reply_end(&r));
	assert_ok(packet_parse(answer, r.len, &p));
	return p;
}

static const struct {
	const char *word;
	bool handshake;
	const char *want; /* attributes in this order, in hex */
} clear_forms[] = {
    {"cisco", false,
	"1a1600000009011070736b2d6d6f64653d61736369691a1800000009011270736b3d"
	"50616e63616b6573313132344006"},
    {"eleven", true,
	"1a1600000009011070736b2d6d6f64653d61736369691a1800000009011270736b3d"
	"50616e63616b657331313234"},
    {"mist", false,
	"1a1600000009011070736b2d6d6f64653d61736369691a1800000009011270736b3d"
	"50616e63616b657331313234"},
    {"mikrotik", false,
	"1a1400003a8c100e50616e63616b6573313132341a0c00003a8c1a06000000141a0c00"
	"003a8c1b06000000001a1400003a8c080e35303030"},
    {"mikrotik-wifi", false,
	"1a1400003a8c100e50616e63616b6573313132341a0c00003a8c1a06000000141a0c00"
	"003a8c1b0600000000"},
    {"lancom", false,
	"1a14000009340"
	"60e50616e63616b657331313234"},
    {"huawei", false, "1a14000007dbce0e50616e63616b657331313234"},
    {"ruckus-smartzone", false,
	"1a29000061dd8e230044a4f34b6270fccb7dffa8c9e610e3b80f021c8165bcf53c99"
	"c3f818167982ab"},
    {"ruckus", false,
	"1a29000061dd8e230044a4f34b6270fccb7dffa8c9e610e3b80f021c8165bcf53c99"
	"c3f818167982ab"},
    {"omada", true,
	"1a2a00002e570424012244a4f34b6270fccb7dffa8c9e610e3b80f021c8165bcf53c"
	"99c3f818167982ab40060000000d41060000000651043230"
	"1a0c00002e57020600004e201a0c00002e570106000013881b0600000e10"
	"1d0600000001"},
    {"ruckus", true, "1a0c000061dd090600000014"},
    {"generic", false,
	"40060000000d410600000006510432300b0d74656e616e742d726f6c651a0c0000372a"
	"080601312d001a0c0000372a0706004c4b401b0600000e101d0600000001"},
    {"aruba", false,
	"1a13000039e7010d74656e616e742d726f6c651a0c000039e7020600000014"},
    {"fortigate", false,
	"1a130000"
	"3044010d74656e616e742d726f6c65"},
};

static struct grant
grant_of(void)
{
	return (struct grant){.passphrase = &passphrase,
	    .pmk = pmk,
	    .vlan = 20,
	    .role = "tenant-role",
	    .rate_down = 20000,
	    .rate_up = 5000,
	    .session_timeout = 3600,
	    .reauthenticate = true};
}

TEST(answers_are_octet_by_octet_what_each_maker_wants)
{
	struct grant g = grant_of();

	prepare();
	for (size_t i = 0; i < sizeof(clear_forms) / sizeof(clear_forms[0]);
	     i++) {
		struct ask a = {.handshake = clear_forms[i].handshake};
		struct packet p = accept_of(clear_forms[i].word, &a, &g);
		uint8_t want[200];
		size_t n = strlen(clear_forms[i].want) / 2;

		assert_true(text_from_hex(clear_forms[i].want, want, n));
		if (memmem(p.p, p.len, want, n) == NULL)
			fail_msg("%s", clear_forms[i].word);
	}
}

/* What V hides, as text. */
static void
hides(struct slice v, const void *want, size_t len)
{
	uint8_t plain[HIDE_MAX + 1];
	static const uint8_t zero[PACKET_AUTH];
	size_t n;

	assert_ok(unhide_salted(&shared, zero, v.p, v.len, plain, &n));
	assert_int_equal(n, len);
	assert_memory_equal(plain, want, len);
}

TEST(hidden_keys_come_out_again)
{
	struct ask with = {.handshake = true}, without = {0};
	struct grant g = grant_of();
	struct packet p;
	struct slice v;
	char digits[65];

	prepare();
	text_to_hex(pmk, 32, digits);
	p = accept_of("hostapd", &without, &g);
	assert_true(packet_get(&p, ATTR_TUNNEL_PASSWORD, &v));
	hides((struct slice){v.p + 1, v.len - 1}, "Pancakes1124", 12);
	p = accept_of("hostapd", &with, &g);
	assert_true(packet_get(&p, ATTR_TUNNEL_PASSWORD, &v));
	hides((struct slice){v.p + 1, v.len - 1}, digits, 64);
	p = accept_of("aruba", &without, &g);
	assert_true(packet_vendor(&p, VENDOR_ARUBA, ARUBA_MPSK_PASSPHRASE, &v));
	hides(v, "Pancakes1124", 12);
	p = accept_of("ruckus", &with, &g);
	assert_true(
	    packet_vendor(&p, VENDOR_MICROSOFT, MICROSOFT_MPPE_RECV_KEY, &v));
	hides(v, pmk, 32);
	g.user_name = "a name of more than thirty-one octets";
	p = accept_of("unifi-keys", &without, &g);
	assert_true(packet_vendor(&p, VENDOR_UBNT, UBNT_PASSWORD_ENTRY, &v));
	assert_int_equal(v.p[0], 2);
	hides((struct slice){v.p + 2, (size_t)v.p[1] - 2}, "Pancakes1124", 12);
	hides((struct slice){v.p + v.p[1] + 2, v.len - v.p[1] - 2}, g.user_name,
	    31);
}

/* A key in clear text is only sent where the table admits it. */
TEST(clear_text_is_admitted)
{
	struct grant g = grant_of();

	prepare();
	for (const struct maker *m = makers; m->word != NULL; m++) {
		bool seen = false;

		for (int handshake = 0; handshake < 2; handshake++) {
			struct ask a = {.handshake = handshake != 0};
			struct packet p = accept_of(m->word, &a, &g);

			seen |= memmem(p.p, p.len, "Pancakes1124", 12) != NULL;
			seen |= memmem(p.p, p.len, pmk, 32) != NULL;
		}
		if (seen != m->clear)
			fail_msg("%s", m->word);
	}
}

TEST(omada_probes_first)
{
	struct packet p = request("8ab3a0ebd5e5", NULL, NULL);
	size_t at = put(p.len, ATTR_NAS_IDENTIFIER, "TP-Link:02", 10);
	struct ask a;

	octets[3] = (uint8_t)at;
	p = packet_of(at);
	assert_ok(maker_ask(&p, &a));
	assert_true(a.probe);
	assert_false(a.handshake);
}

TEST(the_long_frame_of_hostapd_2_11_is_recovered)
{
	json_t *v = vectors("hostapd/4way-ft-psk-3-nasid9-overrun1");
	uint8_t want[600];
	size_t n = vector_hex(v, "eapol_key_m2", want, sizeof(want));
	size_t len = vector_hex(v, "request", octets, sizeof(octets));
	struct packet p = packet_of(len);
	struct ask a;

	assert_true(p.mended);
	assert_ok(maker_ask(&p, &a));
	assert_true(a.handshake);
	assert_int_equal(a.eapol_len, n);
	assert_memory_equal(a.eapol, want, n);
	json_decref(v);
}

TEST(every_dialect_an_administrator_may_choose_is_spoken_and_no_other)
{
#define WORD(name, word, ...) word,
	static const char *const words[] = {DIALECTS(WORD)};
#undef WORD
	size_t n = 0;
	enum dialect d;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (maker_find(words[i]) == NULL)
			fail_msg("radius/makers has no %s", words[i]);
	for (const struct maker *m = makers; m->word != NULL; m++, n++)
		if (!dialect_parse(m->word, &d))
			fail_msg("core/model/term.h has no %s", m->word);
	assert_int_equal(n, sizeof(words) / sizeof(*words));
	assert_string_equal(dialect_title(DIALECT_GENERIC), "Any other maker");
}
