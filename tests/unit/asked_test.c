/* What a request says in each maker's words, and what half a handshake leaves
 * behind. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "radius/makers/seen.h"

static uint8_t octets[PACKET_MAX];

static size_t request_len;

static void
begin(void)
{
	memset(octets, 0, sizeof(octets));
	octets[0] = PACKET_ACCESS_REQUEST;
	request_len = PACKET_HEADER;
}

static void
add(uint8_t type, const void *v, size_t len)
{
	assert_true(len <= 253);
	octets[request_len] = type;
	octets[request_len + 1] = (uint8_t)(len + 2);
	memcpy(octets + request_len + 2, v, len);
	request_len += len + 2;
}

static void
add_vendor(uint32_t vendor, uint8_t type, const void *v, size_t len)
{
	uint8_t b[253] = {0, (uint8_t)(vendor >> 16), (uint8_t)(vendor >> 8),
	    (uint8_t)vendor, type, (uint8_t)(len + 2)};

	assert_true(len <= sizeof(b) - 6);
	memcpy(b + 6, v, len);
	add(ATTR_VENDOR_SPECIFIC, b, len + 6);
}

static enum err
asked(struct ask *a)
{
	static struct packet p;

	octets[2] = (uint8_t)(request_len >> 8);
	octets[3] = (uint8_t)request_len;
	assert_ok(packet_parse(octets, request_len, &p));
	return maker_ask(&p, a);
}

/* Triples of an envelope. */
struct tlv {
	uint8_t b[253];
	size_t n;
};

static void
triple(struct tlv *t, uint8_t type, const void *v, size_t len)
{
	t->b[t->n] = type;
	t->b[t->n + 1] = (uint8_t)(len + 2);
	memcpy(t->b + t->n + 2, v, len);
	t->n += len + 2;
}

static const uint8_t eapol[ASK_EAPOL_MAX + 1] = {2, 3, 0, 95, 2},
					   nonce[33] = {5};

/* Is there a handshake in an envelope of Eleven's with this part instead of
 * the good one of its type? A LEN of -1: without it. */
static bool
eleven_reads(uint8_t type, const void *v, int len, struct ask *a)
{
	static const struct {
		uint8_t type, len;
		const void *v;
	} parts[] = {{1, 99, eapol}, {2, 32, nonce}, {3, 4, "Hall"},
	    {4, 6, "\2bssid"}, {5, 6, "\2stati"}};
	struct tlv t = {.n = 0};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].type != type)
			triple(&t, parts[i].type, parts[i].v, parts[i].len);
	if (len >= 0)
		triple(&t, type, v, (size_t)len);
	begin();
	add(ATTR_USER_NAME, "alice", 5);
	add_vendor(VENDOR_ELEVEN, ELEVEN_FIND_KEY, t.b, t.n);
	(void)asked(a);
	return a->handshake;
}

TEST(a_part_of_a_wrong_size_spoils_the_handshake)
{
	struct ask a;

	assert_true(eleven_reads(9, "what else", 9, &a));
	assert_true(a.has_station && a.has_bssid); /* from the triples */
	assert_memory_equal(a.station.b, "\2stati", 6);
	assert_memory_equal(a.bssid.b, "\2bssid", 6);
	assert_int_equal(a.ssid_len, 4);
	assert_string_equal(a.form->word, "eleven");
	assert_int_equal(a.eapol_len, 99);
	for (int len = 0; len < 40; len++)
		assert_int_equal(
		    eleven_reads(2, nonce, len < 33 ? len : 33, &a), len == 32);
	assert_false(eleven_reads(1, eapol, 98, &a));
	assert_false(a.has_station); /* half a handshake leaves no trace */
	assert_false(eleven_reads(1, eapol, -1, &a));
	assert_false(eleven_reads(2, nonce, -1, &a));
	assert_true(eleven_reads(3, nonce, 32, &a));
	assert_int_equal(a.ssid_len, 32);
	assert_false(eleven_reads(3, nonce, 33, &a));
	assert_true(eleven_reads(3, nonce, 0, &a)); /* not said */
	assert_int_equal(a.ssid_len, 0);
	assert_false(eleven_reads(4, nonce, 5, &a));
	assert_false(eleven_reads(5, nonce, 7, &a));
	assert_true(eleven_reads(4, nonce, -1, &a));
	assert_false(a.has_bssid);
	assert_true(eleven_reads(5, nonce, -1, &a));
	assert_false(a.has_station);
}

/* The device that asks is who the standard attributes say it is. */
TEST(a_station_in_the_triples_is_only_a_second_word)
{
	struct tlv t = {.n = 0};
	struct ask a;

	triple(&t, 1, eapol, 99);
	triple(&t, 2, nonce, 32);
	triple(&t, 5, "\2other", 6);
	begin();
	add(ATTR_CALLING_STATION_ID, "02-aa-00-00-00-01", 17);
	add_vendor(VENDOR_ELEVEN, ELEVEN_FIND_KEY, t.b, t.n);
	assert_ok(asked(&a));
	assert_true(a.handshake);
	assert_memory_equal(a.station.b, "\x02\xaa\0\0\0\1", 6);
}

TEST(triples_that_do_not_add_up_are_no_handshake)
{
	static const struct {
		uint32_t vendor;
		uint8_t type;
		const char *word;
	} makers_tlv[] = {{VENDOR_ELEVEN, ELEVEN_FIND_KEY, "eleven"},
	    {VENDOR_MERAKI, MERAKI_DPSK, "meraki"},
	    {VENDOR_TPLINK, TPLINK_FIND_KEY, "omada"},
	    {VENDOR_RUCKUS, RUCKUS_DPSK_PARAMS, "ruckus"}};

	for (size_t i = 0; i < 4; i++) {
		bool ruckus = makers_tlv[i].vendor == VENDOR_RUCKUS,
		     meraki = makers_tlv[i].vendor == VENDOR_MERAKI;
		struct tlv t = {.n = 0};
		struct ask a;
		size_t whole;

		triple(&t, ruckus ? 3 : meraki ? 1 : 2, nonce, 32);
		triple(&t, ruckus ? 4 : meraki ? 2 : 1, eapol, 99);
		whole = t.n;
		triple(&t, 77, "x", 1); /* a type nobody knows */
		for (int broken = 0; broken < 4; broken++) {
			struct tlv u = t;

			if (broken == 1)
				u.b[whole + 1] = 4; /* beyond the end */
			if (broken == 2)
				u.b[whole + 1] = 1; /* shorter than itself */
			if (broken == 3)
				u.n -= 2; /* an octet over */
			begin();
			add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
			add_vendor(
			    makers_tlv[i].vendor, makers_tlv[i].type, u.b, u.n);
			assert_ok(asked(&a));
			assert_int_equal(a.handshake, broken == 0);
			if (broken == 0)
				assert_string_equal(
				    a.form->word, makers_tlv[i].word);
		}
	}
}

TEST(an_akm_of_ruckus_has_four_octets_and_overrules)
{
	for (size_t len = 3; len < 6; len++) {
		struct tlv t = {.n = 0};
		struct ask a;

		triple(&t, 1, "\0\x0f\xac\6\0", len);
		triple(&t, 3, nonce, 32);
		triple(&t, 4, eapol, 99);
		begin();
		add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
		add(ATTR_CALLED_STATION_ID, "02-00-00-00-00-01:Hall", 22);
		add(ATTR_WLAN_AKM_SUITE, "\0\x0f\xac\2", 4);
		add_vendor(VENDOR_RUCKUS, RUCKUS_DPSK_PARAMS, t.b, t.n);
		add_vendor(VENDOR_RUCKUS, RUCKUS_BSSID, "\2radio", len + 2);
		assert_ok(asked(&a));
		assert_int_equal(a.handshake, len == 4);
		assert_int_equal(a.akm, len == 4 ? 0x000fac06 : 0x000fac02);
		assert_memory_equal(
		    a.bssid.b, len == 4 ? "\2radio" : "\2\0\0\0\0\1", 6);
	}
}

/* The address of the radio is taken when it is one. */
TEST(a_radio_of_ruckus_that_is_none_is_not_looked_at)
{
	struct tlv t = {.n = 0};
	struct ask a;

	triple(&t, 3, nonce, 32);
	triple(&t, 4, eapol, 99);
	begin();
	add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
	add(ATTR_CALLED_STATION_ID, "02-00-00-00-00-01:Hall", 22);
	add_vendor(VENDOR_RUCKUS, RUCKUS_DPSK_PARAMS, t.b, t.n);
	add_vendor(VENDOR_RUCKUS, RUCKUS_BSSID, "02:00:00:00:00:09", 17);
	assert_ok(asked(&a));
	assert_true(a.handshake);
	assert_memory_equal(a.bssid.b, "\2\0\0\0\0\1", 6);
}

/* Omada names a radio and, as a second choice, the access point. */
TEST(the_radio_of_omada_comes_before_its_access_point)
{
	for (int radio = 0; radio < 2; radio++) {
		struct tlv t = {.n = 0};
		struct ask a;

		triple(&t, 4, "\2point", 6);
		triple(&t, 1, eapol, 99);
		triple(&t, 2, nonce, 32);
		if (radio)
			triple(&t, 6, "\2radio", 6);
		begin();
		add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
		add_vendor(VENDOR_TPLINK, TPLINK_FIND_KEY, t.b, t.n);
		assert_ok(asked(&a));
		assert_true(a.handshake);
		assert_memory_equal(
		    a.bssid.b, radio ? "\2radio" : "\2point", 6);
	}
}

/* What comes twice counts the first time; frames longer than any are none. */
TEST(parts_are_taken_once)
{
	static struct ask a;
	static uint8_t other[ASK_EAPOL_MAX + 1] = {9};
	const struct slice one = {eapol, 99}, two = {other, 120};

	memset(&a, 0, sizeof(a));
	assert_false(seen_take(
	    &a, SEEN_EAPOL, (struct slice){eapol, ASK_EAPOL_MAX + 1}));
	assert_int_equal(a.eapol_len, 0);
	assert_true(seen_take(&a, SEEN_EAPOL, one));
	assert_true(seen_take(&a, SEEN_EAPOL, two));
	assert_int_equal(a.eapol_len, 99);
	assert_true(seen_take(&a, SEEN_ANONCE, (struct slice){nonce, 32}));
	assert_true(seen_take(&a, SEEN_ANONCE, (struct slice){other, 32}));
	assert_memory_equal(a.anonce, nonce, 32);
	assert_true(seen_take(&a, SEEN_SSID, (struct slice){eapol, 5}));
	assert_true(seen_take(&a, SEEN_SSID, (struct slice){other, 6}));
	assert_int_equal(a.ssid_len, 5);
	assert_true(seen_take(&a, SEEN_AKM, (struct slice){nonce, 4}));
	assert_true(seen_take(&a, SEEN_AKM, (struct slice){other, 4}));
	assert_int_equal(a.akm, 0x05000000);
	assert_false(seen_take(&a, SEEN_END, one));
	memset(&a, 0, sizeof(a));
	assert_true(
	    seen_take(&a, SEEN_EAPOL, (struct slice){eapol, ASK_EAPOL_MAX}));
	assert_int_equal(a.eapol_len, ASK_EAPOL_MAX);
}

/* --- Cisco, whose pairs hold octets --- */

static bool
cisco_reads(const char *bssid, size_t anonce, size_t frame, struct ask *a)
{
	uint8_t pair[200];
	size_t n;

	begin();
	add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
	add_vendor(VENDOR_CISCO, CISCO_AVPAIR, "audit-session-id=1", 18);
	add_vendor(VENDOR_CISCO, CISCO_AVPAIR, "cis", 3);
	add_vendor(VENDOR_CISCO, CISCO_AVPAIR, "cisco-wlan-ssid=", 16);
	add_vendor(VENDOR_CISCO, CISCO_AVPAIR, "cisco-wlan-ssid=Hall", 20);
	n = (size_t)snprintf(
	    (char *)pair, sizeof(pair), "cisco-bssid=%s", bssid);
	add_vendor(VENDOR_CISCO, CISCO_AVPAIR, pair, n);
	if (anonce > 0) {
		memcpy(pair, "cisco-anonce=", 13);
		memcpy(pair + 13, nonce, anonce);
		add_vendor(VENDOR_CISCO, CISCO_AVPAIR, pair, 13 + anonce);
	}
	if (frame > 0) {
		memcpy(pair, "cisco-8021x-data=", 17);
		memcpy(pair + 17, eapol, frame);
		add_vendor(VENDOR_CISCO, CISCO_AVPAIR, pair, 17 + frame);
	}
	assert_ok(asked(a));
	assert_int_equal(a->ssid_len, 4);
	assert_memory_equal(a->ssid, "Hall", 4);
	return a->handshake;
}

TEST(pairs_of_cisco_are_read_whole_or_not_at_all)
{
	struct ask a;

	assert_true(cisco_reads("02-00-00-00-00-09", 32, 121, &a));
	assert_string_equal(a.form->word, "cisco");
	assert_memory_equal(a.bssid.b, "\2\0\0\0\0\x09", 6);
	assert_int_equal(a.eapol_len, 121);
	assert_false(cisco_reads("the hall", 32, 121, &a));
	assert_false(cisco_reads("02-00-00-00-00-09", 31, 121, &a));
	assert_false(cisco_reads("02-00-00-00-00-09", 32, 98, &a));
	assert_false(a.has_bssid);
	assert_false(cisco_reads("02-00-00-00-00-09", 0, 121, &a));
	assert_false(cisco_reads("02-00-00-00-00-09", 32, 0, &a));
	assert_null(a.form);
}

/* --- hostapd, in long extended attributes --- */

static void
add_long(uint8_t type, const void *v, size_t len)
{
	uint8_t b[253] = {26, 0, 0, 0, (uint8_t)(VENDOR_HOSTAP >> 8),
	    (uint8_t)(VENDOR_HOSTAP & 0xff), type};

	assert_true(len <= sizeof(b) - 7);
	memcpy(b + 7, v, len);
	add(ATTR_EXTENDED_5, b, len + 7);
}

TEST(hostapd_needs_nonce_and_frame_of_their_sizes)
{
	static const struct {
		size_t nonce, frame;
		bool whole;
	} all[] = {{32, 121, true}, {31, 121, false}, {32, 98, false},
	    {0, 121, false}, {32, 0, false}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct ask a;

		begin();
		add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
		if (all[i].nonce > 0)
			add_long(HOSTAP_ANONCE, nonce, all[i].nonce);
		if (all[i].frame > 0)
			add_long(HOSTAP_EAPOL, eapol, all[i].frame);
		assert_ok(asked(&a));
		assert_int_equal(a.handshake, all[i].whole);
		assert_int_equal(a.form != NULL, all[i].whole);
	}
}

/* --- what stands outside of the handshake --- */

TEST(a_network_in_a_makers_own_words_overrules)
{
	static const struct {
		uint32_t vendor;
		uint8_t type;
	} all[] = {
	    {VENDOR_ARUBA, ARUBA_ESSID_NAME}, {VENDOR_RUCKUS, RUCKUS_SSID}};

	for (size_t i = 0; i < 2; i++) {
		struct ask a;

		begin();
		add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
		add(ATTR_CALLED_STATION_ID, "02-00-00-00-00-01:Hall", 22);
		add_vendor(all[i].vendor, all[i].type, "Yard", 4);
		assert_ok(asked(&a));
		assert_int_equal(a.ssid_len, 4);
		assert_memory_equal(a.ssid, "Yard", 4);
	}
}

TEST(only_an_omada_probes)
{
	static const struct {
		const char *name;
		bool probe;
	} all[] = {{"TP-Link", true}, {"TP-Link:02-00", true},
	    {"TP-Lin", false}, {"tp-link", false}, {"AP of TP-Link", false}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct tlv t = {.n = 0};
		struct ask a;

		begin();
		add(ATTR_CALLING_STATION_ID, "02aa00000001", 12);
		add(ATTR_NAS_IDENTIFIER, all[i].name, strlen(all[i].name));
		assert_ok(asked(&a));
		assert_int_equal(a.probe, all[i].probe);
		triple(&t, 1, eapol, 99);
		triple(&t, 2, nonce, 32);
		add_vendor(VENDOR_TPLINK, TPLINK_FIND_KEY, t.b, t.n);
		assert_ok(asked(&a));
		assert_true(a.handshake);
		assert_false(a.probe); /* it is the second of the two */
	}
}

TEST(a_station_that_is_known_is_not_read_again)
{
	const struct mac known = {{2, 0xbb, 0, 0, 0, 1}};
	struct packet p;
	struct ask a;

	begin();
	add(ATTR_USER_NAME, "alice", 5);
	octets[3] = (uint8_t)request_len;
	assert_ok(packet_parse(octets, request_len, &p));
	assert_err(maker_ask_of(&p, NULL, &a), ERR_BAD_INPUT);
	assert_ok(maker_ask_of(&p, &known, &a));
	assert_true(mac_same(&a.station, &known));
}
