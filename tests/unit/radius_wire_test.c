#include "tests/unit/radius_vectors.h"
#include "tests/unit/unhide.h"

#include "core/base/rnd.h"
#include "radius/wire/hide.h"
#include "radius/wire/packet.h"
#include "radius/wire/reply.h"

static uint8_t octets[PACKET_MAX], answer[PACKET_MAX];

static struct shared
shared_of(const char *secret)
{
	struct shared s;

	assert_ok(shared_set(&s, secret, strlen(secret)));
	return s;
}

static size_t
hex(const char *text, uint8_t *out)
{
	assert_true(text_from_hex(text, out, strlen(text) / 2));
	return strlen(text) / 2;
}

static void
md5_is(const char *text, const char *want)
{
	uint8_t sum[MD5_LEN];
	char out[33];
	struct md5 m;

	/* whole and octet by octet */
	for (size_t step = 1; step <= 80; step += 79) {
		md5_start(&m);
		for (size_t at = 0; at < strlen(text); at += step)
			md5_add(&m, text + at,
			    strlen(text) - at < step ? strlen(text) - at
						     : step);
		md5_end(&m, sum);
		text_to_hex(sum, MD5_LEN, out);
		assert_string_equal(out, want);
	}
}

TEST(md5_is_as_in_rfc1321)
{
	md5_is("", "d41d8cd98f00b204e9800998ecf8427e");
	md5_is("a", "0cc175b9c0f1b6a831c399e269772661");
	md5_is("message digest", "f96b697d7cb7938d525a2f31aaf161d0");
	md5_is("1234567890123456789012345678901234567890123456789012345678901"
	       "2345678901234567890",
	    "57edf4a22be3c955ac49da2e2107b67a");
}

static void
hmac_is(const void *key, size_t keylen, const char *text, const char *want)
{
	struct hmac_md5_pads pads;
	uint8_t sum[MD5_LEN];
	char out[33];
	struct md5 m;

	hmac_md5_prepare(&pads, key, keylen);
	hmac_md5_start(&m, &pads);
	md5_add(&m, text, strlen(text));
	hmac_md5_end(&m, &pads, sum);
	text_to_hex(sum, MD5_LEN, out);
	assert_string_equal(out, want);
}

TEST(hmac_md5_is_as_in_rfc2202)
{
	uint8_t aa[80];

	memset(aa, 0xaa, sizeof(aa));
	hmac_is("Jefe", 4, "what do ya want for nothing?",
	    "750c783e6ab0b503eaa86e310a5db738");
	hmac_is(aa, 80,
	    "Test Using Larger Than Block-Size Key - Hash Key First",
	    "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
}

TEST(rfc2865_examples_decode_and_their_replies_are_authentic)
{
	json_t *all = vectors("rfc2865"), *v;
	size_t i;

	json_array_foreach(all, i, v)
	{
		struct shared s = shared_of(vector_text(v, "secret"));
		uint8_t plain[UNHIDE_PASSWORD_MAX];
		struct packet p, r;
		struct slice a;
		size_t len = vector_hex(v, "request", octets, sizeof(octets));

		/* As printed, the State of 7.3 says 16 octets and has 10. */
		if (strcmp(vector_text(v, "name"), "rfc2865-7.3-b") == 0) {
			assert_err(
			    packet_parse(octets, len, &p), ERR_BAD_INPUT);
			octets[len - 9] = 10;
		}
		assert_ok(packet_parse(octets, len, &p));
		if (json_object_get(v, "password") != NULL) {
			const char *want = vector_text(v, "password");

			assert_true(packet_get(&p, ATTR_USER_PASSWORD, &a));
			assert_ok(unhide_password(
			    &s, packet_auth(&p), a.p, a.len, plain, &len));
			assert_int_equal(len, strlen(want));
			assert_memory_equal(plain, want, len);
		}
		if (json_object_get(v, "response") == NULL)
			continue;
		len = vector_hex(v, "response", answer, sizeof(answer));
		assert_ok(packet_parse(answer, len, &r));
		assert_true(packet_reply_authentic(&r, packet_auth(&p), &s));
		answer[4] ^= 1;
		assert_false(packet_reply_authentic(&r, packet_auth(&p), &s));
	}
	json_decref(all);
}

TEST(rfc5997_status_server_is_signed_and_so_is_its_answer)
{
	json_t *all = vectors("rfc5997_status_server"), *v;
	size_t i;

	json_array_foreach(all, i, v)
	{
		struct shared s = shared_of(vector_text(v, "secret"));
		struct packet p, r;
		size_t len = vector_hex(v, "request", octets, sizeof(octets));

		assert_ok(packet_parse(octets, len, &p));
		assert_int_equal(p.code, PACKET_STATUS_SERVER);
		assert_true(packet_signed(&p, &s));
		len = vector_hex(v, "response", answer, sizeof(answer));
		answer[0] = (uint8_t)json_integer_value(
		    json_object_get(v, "response_authenticator_ok_with_code"));
		assert_ok(packet_parse(answer, len, &r));
		assert_true(packet_reply_authentic(&r, packet_auth(&p), &s));
		octets[p.len - 1] ^= 1;
		assert_false(packet_signed(&p, &s));
	}
	json_decref(all);
}

TEST(hidden_passwords_are_the_published_octets)
{
	json_t *all = vectors("tunnel_password"), *v;
	size_t i;

	json_array_foreach(all, i, v)
	{
		struct shared s = shared_of(vector_text(v, "secret"));
		uint8_t auth[16], salt[2], want[256], plain[256], back[256];
		uint8_t out[HIDE_OUT];
		const uint8_t *hid;
		size_t n, plen, wlen;

		vector_hex(v, "request_authenticator", auth, 16);
		vector_hex(v, "salt", salt, 2);
		if (json_object_get(v, "plaintext") != NULL) {
			plen = strlen(vector_text(v, "plaintext"));
			memcpy(plain, vector_text(v, "plaintext"), plen);
			wlen = vector_hex(
			    v, "tunnel_password_attr_tag0", want, 256);
			hid = want + 3;
			wlen -= 3;
		} else {
			plen = vector_hex(v, "pmk", plain, 32);
			wlen =
			    vector_hex(v, "ms_mppe_recv_key_attr", want, 256);
			hid = want + 8;
			wlen -= 8;
		}
		n = hide_salted(&s, auth, (uint16_t)(salt[0] << 8 | salt[1]),
		    plain, plen, out);
		assert_int_equal(n, wlen);
		assert_memory_equal(out, hid, n);
		assert_ok(unhide_salted(&s, auth, out, n, back, &n));
		assert_int_equal(n, plen);
		assert_memory_equal(back, plain, n);
	}
	json_decref(all);
}

TEST(real_hostapd_requests_are_signed_and_decode)
{
	json_t *all = vectors("hostapd_access_requests"), *v;
	size_t i;

	json_array_foreach(all, i, v)
	{
		struct shared s = shared_of(vector_text(v, "secret"));
		uint8_t plain[UNHIDE_PASSWORD_MAX], got[1024], want[1024];
		struct packet p, r;
		struct slice a;
		size_t n = vector_hex(v, "request", octets, sizeof(octets));

		assert_ok(packet_parse(octets, n, &p));
		assert_true(packet_signed(&p, &s));
		assert_true(packet_get(&p, ATTR_USER_PASSWORD, &a));
		assert_ok(unhide_password(
		    &s, packet_auth(&p), a.p, a.len, plain, &n));
		assert_memory_equal(plain, vector_text(v, "user_password"), n);
		if (json_object_get(v, "eapol_m2") != NULL) {
			n = packet_extended(
			    &p, VENDOR_HOSTAP, HOSTAP_EAPOL, got, sizeof(got));
			assert_int_equal(
			    n, vector_hex(v, "eapol_m2", want, sizeof(want)));
			assert_memory_equal(got, want, n);
			n = packet_extended(
			    &p, VENDOR_HOSTAP, HOSTAP_ANONCE, got, sizeof(got));
			assert_int_equal(
			    n, vector_hex(v, "anonce", want, sizeof(want)));
			assert_memory_equal(got, want, n);
		}
		n = vector_hex(v, "reply", answer, sizeof(answer));
		assert_ok(packet_parse(answer, n, &r));
		assert_true(packet_reply_authentic(&r, packet_auth(&p), &s));
	}
	json_decref(all);
}

static void
frame_is_whole(const char *file, bool mended)
{
	json_t *v = vectors(file);
	struct shared s = shared_of(vector_text(v, "secret"));
	uint8_t got[1024], want[1024];
	struct packet p;
	size_t n = vector_hex(v, "request", octets, sizeof(octets));

	assert_ok(packet_parse(octets, n, &p));
	assert_true(p.mended == mended);
	assert_true(packet_signed(&p, &s));
	n = packet_extended(&p, VENDOR_HOSTAP, HOSTAP_EAPOL, got, sizeof(got));
	assert_int_equal(n, vector_hex(v, "eapol_key_m2", want, sizeof(want)));
	assert_memory_equal(got, want, n);
	json_decref(v);
}

TEST(long_frames_survive_the_overrun_of_hostapd_2_11)
{
	frame_is_whole("hostapd/4way-psk-1", false);
	frame_is_whole("hostapd/4way-psk-3-63chars", false);
	frame_is_whole("hostapd/4way-psk-5-utf8-ssid", false);
	frame_is_whole("hostapd/4way-psk-sha256-1", false);
	frame_is_whole("hostapd/4way-ft-psk-1-nasid3", false);
	frame_is_whole("hostapd/4way-ft-psk-3-nasid9-overrun1", true);
	frame_is_whole(
	    "hostapd/derived-4way-ft-psk-3-nasid9-fixed-encoding", false);
}

TEST(accounting_of_hostapd_is_authentic_both_ways)
{
	json_t *all = vectors("hostapd_accounting"), *v;
	size_t i;

	json_array_foreach(all, i, v)
	{
		struct shared s = shared_of(vector_text(v, "secret"));
		uint8_t want[64];
		struct packet p;
		struct reply r;
		uint32_t status;
		size_t n = vector_hex(v, "request", octets, sizeof(octets));

		assert_ok(packet_parse(octets, n, &p));
		assert_true(packet_acct_authentic(&p, &s));
		assert_true(packet_u32(&p, ATTR_ACCT_STATUS_TYPE, &status));
		assert_int_equal(status,
		    json_integer_value(json_object_get(v, "status_type")));
		reply_start(
		    &r, answer, REPLY_MAX, PACKET_ACCT_RESPONSE, &p, &s, 0);
		assert_ok(reply_end(&r));
		assert_int_equal(
		    r.len, vector_hex(v, "response", want, sizeof(want)));
		assert_memory_equal(answer, want, r.len);
	}
	json_decref(all);
}

/* each row is refused as a whole. */
TEST(malformed_packets_are_refused)
{
	static const char *const bad[] = {
	    "",
	    "0101001300000000000000000000000000000000",     /* length 19 */
	    "0101100100000000000000000000000000000000",     /* length 4097 */
	    "0101001500000000000000000000000000000000",     /* beyond */
	    "010100150000000000000000000000000000000001",   /* half header */
	    "01010016000000000000000000000000000000000100", /* length 0 */
	    "01010016000000000000000000000000000000000101", /* length 1 */
	    "01010016000000000000000000000000000000000103", /* past end */
	    "01010016000000000000000000000000000000000002", /* type 0 */
	    /* vendor attribute without a vendor; vendor id over 24 bits */
	    "0101001800000000000000000000000000000000"
	    "1a040000",
	    "0101001c00000000000000000000000000000000"
	    "1a08010000090102",
	    /* Cisco: sub-length 0, 1, past the end, half a header left */
	    "0101001c00000000000000000000000000000000"
	    "1a08000000090100",
	    "0101001c00000000000000000000000000000000"
	    "1a08000000090101",
	    "0101001c00000000000000000000000000000000"
	    "1a08000000090103",
	    "0101001d00000000000000000000000000000000"
	    "1a0900000009010201",
	    /* Message-Authenticator of 15 and of 17 octets */
	    "0101002500000000000000000000000000000000"
	    "5011000000000000000000000000000000",
	    "0101002700000000000000000000000000000000"
	    "501300000000000000000000000000000000"
	    "00",
	    /* two of them */
	    "0101003800000000000000000000000000000000"
	    "501200000000000000000000000000000000"
	    "501200000000000000000000000000000000",
	    /* extended attribute without its type and flags */
	    "0101001700000000000000000000000000000000"
	    "f5031a",
	};
	struct packet p;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = hex(bad[i], octets);

		assert_err(packet_parse(octets, len, &p), ERR_BAD_INPUT);
	}
}

TEST(octets_behind_the_packet_are_not_ours)
{
	struct packet p;
	size_t len =
	    hex("010100140000000000000000000000000000000001ff", octets);

	assert_ok(packet_parse(octets, len, &p));
	assert_int_equal(p.count, 0);
}

TEST(two_hundred_attributes_are_enough)
{
	struct packet p;

	memset(octets, 0, sizeof(octets));
	octets[0] = 1;
	for (int n = 200; n <= 201; n++) {
		int len = 20 + 2 * n;

		octets[2] = (uint8_t)(len >> 8);
		octets[3] = (uint8_t)len;
		for (int i = 0; i < n; i++) {
			octets[20 + 2 * i] = 200;
			octets[21 + 2 * i] = 2;
		}
		assert_err(packet_parse(octets, (size_t)len, &p),
		    n == 200 ? ERR_OK : ERR_LIMIT);
	}
}

/* A request of CODE with a random authenticator in OCTETS. */
static void
request(struct packet *p, const char *attrs)
{
	size_t len = 20 + hex(attrs, octets + 20);

	octets[0] = PACKET_ACCESS_REQUEST;
	octets[1] = 7;
	octets[2] = (uint8_t)(len >> 8);
	octets[3] = (uint8_t)len;
	rnd_bytes(octets + 4, 16);
	assert_ok(packet_parse(octets, len, p));
}

TEST(an_answer_is_signed_first_and_echoes_proxy_states_in_order)
{
	struct shared s = shared_of("testing123");
	struct packet p, r;
	struct reply w;
	struct slice a;
	size_t i = 0;

	request(&p, "2103aa"
		    "0103ff"
		    "2102"
		    "2104bbcc");
	reply_start(
	    &w, answer, REPLY_MAX, PACKET_ACCESS_REJECT, &p, &s, 0x8000);
	reply_proxy_states(&w, &p);
	assert_ok(reply_end(&w));
	assert_ok(packet_parse(answer, w.len, &r));
	assert_int_equal(r.attr[0].type, ATTR_MESSAGE_AUTHENTICATOR);
	assert_true(packet_reply_authentic(&r, packet_auth(&p), &s));
	assert_true(packet_next(&r, ATTR_PROXY_STATE, &i, &a));
	assert_int_equal(a.len, 1);
	assert_int_equal(a.p[0], 0xaa);
	assert_true(packet_next(&r, ATTR_PROXY_STATE, &i, &a));
	assert_int_equal(a.len, 0);
	assert_true(packet_next(&r, ATTR_PROXY_STATE, &i, &a));
	assert_int_equal(a.len, 2);
	assert_false(packet_next(&r, ATTR_PROXY_STATE, &i, &a));
	/* the same with the request's authenticator in the header */
	memcpy(answer + 4, packet_auth(&p), 16);
	{
		uint8_t got[16], want[16];
		struct md5 m;

		memcpy(got, answer + 22, 16);
		memset(answer + 22, 0, 16);
		hmac_md5_start(&m, &s.pads);
		md5_add(&m, answer, w.len);
		hmac_md5_end(&m, &s.pads, want);
		assert_memory_equal(got, want, 16);
	}
}

TEST(an_answer_that_does_not_fit_is_not_sent)
{
	struct shared s = shared_of("testing123");
	uint8_t big[253] = {0};
	struct packet p;
	struct reply w;

	request(&p, "");
	reply_start(&w, answer, REPLY_MAX, PACKET_ACCESS_ACCEPT, &p, &s, 0);
	for (int i = 0; i < 6; i++)
		reply_octets(&w, ATTR_CLASS, big, sizeof(big));
	assert_true(w.len <= REPLY_MAX);
	assert_err(reply_end(&w), ERR_TOO_BIG);
	reply_start(&w, answer, REPLY_MAX, PACKET_ACCESS_ACCEPT, &p, &s, 0);
	reply_vendor(&w, VENDOR_CISCO, CISCO_AVPAIR, big, 248);
	assert_err(reply_end(&w), ERR_TOO_BIG);
}

/* */
TEST(salts_differ_within_a_packet_and_have_the_top_bit)
{
	struct shared s = shared_of("testing123");
	uint8_t pass[80], back[256];
	struct packet p, r;
	struct reply w;
	struct slice a;
	uint16_t seen[20] = {0};
	size_t n, i = 0, len;

	memset(pass, 'k', sizeof(pass));
	request(&p, "");
	reply_start(
	    &w, answer, PACKET_MAX, PACKET_ACCESS_ACCEPT, &p, &s, 0xfff8);
	for (n = 0; n < 20; n++)
		reply_tunnel_password(&w, 0, pass, 8 + 3 * n);
	assert_ok(reply_end(&w));
	assert_ok(packet_parse(answer, w.len, &r));
	for (n = 0; packet_next(&r, ATTR_TUNNEL_PASSWORD, &i, &a); n++) {
		assert_int_equal(a.len % 16, 3);
		assert_true(a.p[1] & 0x80);
		seen[n] = (uint16_t)(a.p[1] << 8 | a.p[2]);
		for (size_t j = 0; j < n; j++)
			assert_int_not_equal(seen[n], seen[j]);
		assert_ok(unhide_salted(
		    &s, packet_auth(&p), a.p + 1, a.len - 1, back, &len));
		assert_int_equal(len, 8 + 3 * n);
		assert_memory_equal(back, pass, len);
	}
	assert_int_equal(n, 20);
}

TEST(a_signature_of_another_secret_or_a_changed_octet_is_refused)
{
	json_t *all = vectors("hostapd_access_requests");
	struct shared s = shared_of("testing123"), other = shared_of("x");
	struct packet p;
	size_t len = vector_hex(
	    json_array_get(all, 0), "request", octets, sizeof(octets));

	assert_ok(packet_parse(octets, len, &p));
	assert_true(packet_signed(&p, &s));
	assert_false(packet_signed(&p, &other));
	for (size_t i = 1; i < len; i++) {
		struct packet q;

		octets[i] ^= 0x01;
		if (packet_parse(octets, len, &q) == ERR_OK)
			assert_false(packet_signed(&q, &s));
		octets[i] ^= 0x01;
	}
	json_decref(all);
}
