#include "tests/unit/radius_vectors.h"

#include "core/base/rnd.h"
#include "radius/match/match.h"

static const char *const variants[] = {"portable", "shani", "avx2", "avx512"};
static uint8_t eapol[1200], pmk[32], ssid[32];

/* Octets of "02:00:..." or "0200..." */
static void
mac_of(const json_t *v, const char *name, uint8_t out[6])
{
	const char *t = vector_text(v, name);
	char digits[13];
	size_t n = 0;

	for (; *t != '\0' && n < 12; t++)
		if (text_hex_digit(*t) >= 0)
			digits[n++] = *t;
	digits[n] = '\0';
	assert_int_equal(n, 12);
	assert_true(text_from_hex(digits, out, 6));
}

/* AKM of "00-0F-AC:6". */
static uint32_t
akm_of(const json_t *v, const char *name)
{
	const char *t = vector_text(v, name);

	return (strncmp(t, "00-0F-AC", 8) == 0 ? 0x000fac00u : 0x0050f200u) |
	       (uint32_t)(t[9] - '0');
}

struct names {
	const char *akm, *aa, *spa, *eapol, *pmk;
};

static enum handshake_trouble
read_vector(const json_t *v, const struct names *n, bool said,
    const char *network, struct handshake *h)
{
	uint8_t aa[6], spa[6], anonce[32];
	size_t len = vector_hex(v, n->eapol, eapol, sizeof(eapol));

	mac_of(v, n->aa, aa);
	mac_of(v, n->spa, spa);
	vector_hex(v, "anonce", anonce, sizeof(anonce));
	vector_hex(v, n->pmk, pmk, sizeof(pmk));
	memcpy(ssid, network, strlen(network));
	return handshake_read(said ? akm_of(v, n->akm) : 0, aa, spa, ssid,
	    strlen(network), anonce, eapol, len, h);
}

/* PMK is right, one bit beside it is wrong, and every variant finds it at
 * every place of a short index. */
static void
finds(const struct handshake *h)
{
	uint8_t keys[35 * 32], beside[32];
	struct match_index *x;

	assert_true(match_verify(h, pmk));
	memcpy(beside, pmk, 32);
	beside[31] ^= 1;
	assert_false(match_verify(h, beside));
	for (size_t at = 0; at < 35; at++) {
		rnd_bytes(keys, sizeof(keys));
		memcpy(keys + at * 32, pmk, 32);
		assert_ok(match_index_new(keys, NULL, 35, &x));
		for (size_t i = 0; i < 4; i++)
			if (match_use(variants[i]))
				assert_int_equal(
				    match_search(x, h, 0, 35, NULL), at);
		match_index_free(x);
	}
	(void)match_start();
}

TEST(public_handshakes_find_their_key)
{
	static const struct names names = {
	    "akm", "ap_mac", "sta_mac", "eapol_m2", "pmk"};
	json_t *all = vectors("dpsk_mic_public"), *v;
	struct handshake h;
	size_t i, wpa1 = 0;

	json_array_foreach(all, i, v)
	{
		enum handshake_trouble t =
		    read_vector(v, &names, true, vector_text(v, "ssid"), &h);

		if (json_integer_value(json_object_get(v, "descriptor_type")) ==
		    254) {
			assert_int_equal(t, HANDSHAKE_WPA1);
			wpa1++;
			continue;
		}
		assert_int_equal(t, HANDSHAKE_FINE);
		finds(&h);
		assert_int_equal(
		    read_vector(v, &names, false, vector_text(v, "ssid"), &h),
		    HANDSHAKE_FINE);
		finds(&h);
	}
	assert_int_equal(wpa1, 1);
	json_decref(all);
}

TEST(handshakes_of_hostapd_find_their_key)
{
	static const struct names names = {
	    "akm", "ap_mac", "sta_mac", "eapol_m2", "pmk"};
	json_t *all = vectors("hostapd_access_requests"), *v;
	struct handshake h;
	size_t i, seen = 0;

	json_array_foreach(all, i, v)
	{
		if (json_object_get(v, "eapol_m2") == NULL ||
		    strcmp(vector_text(v, "name"), "m3_wrong_key") == 0)
			continue;
		assert_int_equal(
		    read_vector(v, &names, true, vector_text(v, "ssid"), &h),
		    HANDSHAKE_FINE);
		finds(&h);
		seen++;
	}
	assert_true(seen >= 3);
	json_decref(all);
}

TEST(every_key_management_of_hostapd_finds_its_key)
{
	static const char *const files[] = {"4way-ft-psk-1-nasid3",
	    "4way-ft-psk-3-nasid9-overrun1", "4way-psk-1", "4way-psk-3-63chars",
	    "4way-psk-5-utf8-ssid", "4way-psk-sha256-1"};
	static const struct names names = {
	    "akm_suite", "aa_bssid", "spa_station", "eapol_key_m2", "psk"};
	char path[80];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct handshake h;
		json_t *v;

		snprintf(path, sizeof(path), "hostapd/%s", files[i]);
		v = vectors(path);
		for (int said = 0; said < 2; said++) {
			assert_int_equal(read_vector(v, &names, said,
					     vector_text(v, "ssid"), &h),
			    HANDSHAKE_FINE);
			finds(&h);
		}
		json_decref(v);
	}
}

/* A handshake of AKM with random octets, whose MIC is the one of KEY. */
static struct handshake
made_up(enum match_akm akm, size_t len, const uint8_t *key)
{
	struct handshake h = {.akm = akm, .cipher_bits = 384};

	rnd_bytes(eapol, len);
	rnd_bytes(h.anonce, 32);
	rnd_bytes(h.snonce, 32);
	rnd_bytes(h.aa, 6);
	rnd_bytes(h.spa, 6);
	h.eapol = eapol;
	h.eapol_len = len;
	assert_true(match_mic(&h, key, h.mic));
	return h;
}

TEST(frames_of_every_length_find_their_key_in_every_variant)
{
	enum { N = 40 };
	uint8_t keys[N * 32];
	struct match_index *x;

	rnd_bytes(keys, sizeof(keys));
	assert_ok(match_index_new(keys, NULL, N, &x));
	for (size_t len = MATCH_EAPOL_MIN; len <= MATCH_EAPOL_MAX; len += 7) {
		size_t at = rnd_below(N);
		struct handshake h = made_up(AKM_PSK, len, keys + at * 32);

		for (size_t i = 0; i < 4; i++)
			if (match_use(variants[i]))
				assert_int_equal(
				    match_search(x, &h, 0, N, NULL), at);
	}
	match_index_free(x);
	(void)match_start();
}

TEST(dead_slots_and_slots_outside_are_not_found)
{
	enum { N = 33 };
	uint8_t keys[N * 32], live[N];
	struct match_index *x;

	rnd_bytes(keys, sizeof(keys));
	for (size_t at = 0; at < N; at++) {
		struct handshake h = made_up(AKM_PSK, 121, keys + at * 32);

		memset(live, 1, sizeof(live));
		live[at] = 0;
		for (size_t i = 0; i < 4; i++) {
			if (!match_use(variants[i]))
				continue;
			assert_ok(match_index_new(keys, live, N, &x));
			assert_int_equal(
			    match_search(x, &h, 0, N, NULL), MATCH_NO_KEY);
			match_index_free(x);
			assert_ok(match_index_new(keys, NULL, N, &x));
			assert_int_equal(
			    match_search(x, &h, at, at + 1, NULL), at);
			assert_int_equal(
			    match_search(x, &h, 0, at, NULL), MATCH_NO_KEY);
			assert_int_equal(
			    match_search(x, &h, at + 1, N, NULL), MATCH_NO_KEY);
			match_index_free(x);
		}
	}
	(void)match_start();
}

TEST(an_empty_index_has_no_key)
{
	uint8_t key[32] = {1};
	struct handshake h = made_up(AKM_PSK, 121, key);
	struct match_index *x;

	assert_ok(match_index_new(NULL, NULL, 0, &x));
	assert_int_equal(match_search(x, &h, 0, 10, NULL), MATCH_NO_KEY);
	assert_int_equal(match_index_count(x), 0);
	match_index_free(x);
}

TEST(a_stopped_search_gives_up)
{
	uint8_t key[32] = {1};
	struct handshake h = made_up(AKM_PSK, 121, key);
	struct match_index *x;
	int stop = 1;

	assert_ok(match_index_new(key, NULL, 1, &x));
	assert_int_equal(match_search(x, &h, 0, 1, &stop), MATCH_NO_KEY);
	match_index_free(x);
}

static enum handshake_trouble
with(size_t at, uint8_t octet, size_t len)
{
	static const struct names names = {
	    "akm", "ap_mac", "sta_mac", "eapol_m2", "pmk"};
	json_t *all = vectors("dpsk_mic_public");
	const json_t *v = json_array_get(all, 0);
	struct handshake h;
	uint8_t anonce[32] = {1}, mac[6] = {2};

	(void)read_vector(v, &names, true, "Harkonen", &h);
	json_decref(all);
	eapol[at] = octet;
	return handshake_read(
	    0, mac, mac, "Harkonen", 8, anonce, eapol, len, &h);
}

TEST(other_frames_are_refused_with_a_reason)
{
	struct handshake h;
	uint8_t zero[32] = {0}, mac[6] = {2};

	assert_int_equal(with(0, 1, 121), HANDSHAKE_FINE);
	assert_int_equal(with(1, 0, 121), HANDSHAKE_NOT_KEY);
	assert_int_equal(with(4, 3, 121), HANDSHAKE_NOT_KEY);
	assert_int_equal(with(4, 254, 121), HANDSHAKE_WPA1);
	assert_int_equal(with(5, 0x00, 121), HANDSHAKE_NOT_MESSAGE2);
	assert_int_equal(with(6, 0x8a, 121), HANDSHAKE_NOT_MESSAGE2);
	assert_int_equal(with(6, 0x09, 121), HANDSHAKE_AKM);
	assert_int_equal(with(0, 1, 120), HANDSHAKE_SHORT);
	assert_int_equal(with(0, 1, 98), HANDSHAKE_SHORT);
	assert_int_equal(with(98, 23, 121), HANDSHAKE_SHORT);
	assert_int_equal(with(2, 0x10, 121), HANDSHAKE_SHORT);
	assert_int_equal(with(2, 0x04, 1190), HANDSHAKE_LONG);
	assert_int_equal(with(0, 1, 121), HANDSHAKE_FINE);
	assert_int_equal(
	    handshake_read(0, mac, mac, "x", 1, zero, eapol, 121, &h),
	    HANDSHAKE_ZERO_NONCE);
	assert_int_equal(
	    handshake_read(0x000fac08, mac, mac, "x", 1, eapol, eapol, 121, &h),
	    HANDSHAKE_AKM);
	assert_int_equal(
	    handshake_read(0x000fac04, mac, mac, "x", 1, eapol, eapol, 121, &h),
	    HANDSHAKE_AKM);
}

TEST(start_picks_a_variant_that_is_right)
{
	const char *name = match_start();

	assert_true(match_use(name));
	assert_false(match_use("no such"));
}
