#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/crypt/psk.h"
#include "core/crypt/seal.h"
#include "core/crypt/token.h"

static void
assert_hex(const uint8_t *octets, size_t len, const char *want)
{
	char hex[129];

	text_to_hex(octets, len, hex);
	assert_string_equal(hex, want);
}

TEST(sha256_hmac_and_hkdf_are_those_of_the_standards)
{
	uint8_t out[HASH_LEN], key[22];

	/* FIPS 180-4, "abc" */
	assert_ok(hash_sha256("abc", 3, out));
	assert_hex(out, 32,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9c"
	    "b410ff61f20015ad");
	/* RFC 4231 4.3 (test case 2), in parts */
	assert_ok(hash_hmac((const uint8_t *)"Jefe", 4,
	    HASH_PARTS({"what do ya want ", 16}, {"for nothing?", 12}), out));
	assert_hex(out, 32,
	    "5bdcc146bf60754e6a042426089575c75a003f089d273983"
	    "9dec58b964ec3843");
	/* RFC 5869 A.3 (no salt, no info), first 32 octets */
	memset(key, 0x0b, sizeof(key));
	assert_ok(hash_hkdf(key, sizeof(key), "", out));
	assert_hex(out, 32,
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879e"
	    "c3454e5f3c738d2d");
}

TEST(a_fingerprint_knows_its_key_scope_and_octets)
{
	uint8_t key[HASH_LEN] = {1}, a[HASH_LEN], b[HASH_LEN];

	assert_ok(hash_fingerprint(key, "net", "secret", 6, a));
	assert_ok(hash_fingerprint(key, "net", "secret", 6, b));
	assert_memory_equal(a, b, HASH_LEN);
	assert_ok(hash_fingerprint(key, "nets", "ecret", 5, b));
	assert_memory_not_equal(a, b, HASH_LEN);
	assert_ok(hash_fingerprint(key, "other", "secret", 6, b));
	assert_memory_not_equal(a, b, HASH_LEN);
	key[0] = 2;
	assert_ok(hash_fingerprint(key, "net", "secret", 6, b));
	assert_memory_not_equal(a, b, HASH_LEN);
}

TEST(a_pmk_is_that_of_ieee_802_11)
{
	json_t *all = json_load_file("tests/vectors/psk_pbkdf2.json", 0, NULL);
	json_t *one;
	size_t i;

	assert_true(json_array_size(all) >= 3);
	json_array_foreach(all, i, one)
	{
		const char *pass =
		    json_string_value(json_object_get(one, "passphrase"));
		const char *ssid =
		    json_string_value(json_object_get(one, "ssid"));
		uint8_t pmk[PSK_PMK];

		assert_ok(
		    psk_derive(pass, strlen(pass), ssid, strlen(ssid), pmk));
		assert_hex(pmk, sizeof(pmk),
		    json_string_value(json_object_get(one, "psk")));
	}
	json_decref(all);
}

TEST(a_passphrase_has_8_to_63_printable_characters_or_64_digits)
{
	char text[66];
	uint8_t pmk[PSK_PMK];

	memset(text, 'x', sizeof(text));
	for (size_t n = 7; n <= 65; n++)
		assert_int_equal(psk_allowed(text, n), n >= 8 && n <= 63);
	memset(text, 'A', sizeof(text));
	assert_true(psk_allowed(text, 64));
	assert_false(psk_allowed(text, 65));
	assert_ok(psk_derive(text, 64, "net", 3, pmk));
	assert_int_equal(pmk[0], 0xaa);
	assert_false(psk_is_hex(text, 63));
	for (int c = 0; c < 256; c++) {
		text[3] = (char)c;
		assert_int_equal(psk_allowed(text, 12), c >= 0x20 && c <= 0x7e);
	}
	for (size_t n = 0; n <= 33; n++)
		assert_err(psk_derive("password", 8, text + 4, n, pmk),
		    n == 0 || n == 33 ? ERR_BAD_INPUT : ERR_OK);
}

TEST(a_token_is_43_characters_and_only_its_own_hash)
{
	struct secret a, b;
	uint8_t h[TOKEN_HASH], again[TOKEN_HASH];
	char text[TOKEN_LEN + 2];

	token_new(&a);
	token_new(&b);
	assert_int_equal(a.len, TOKEN_LEN);
	assert_int_equal(strlen(secret_text(&a)), TOKEN_LEN);
	assert_false(secret_same(&a, &b));
	assert_ok(token_hash(secret_text(&a), h));
	assert_ok(token_hash(secret_text(&a), again));
	assert_memory_equal(h, again, sizeof(h));
	assert_ok(token_hash(secret_text(&b), again));
	assert_memory_not_equal(h, again, sizeof(h));
	text_copy(text, sizeof(text), secret_text(&a));
	text[TOKEN_LEN - 1] = '\0';
	assert_err(token_hash(text, h), ERR_BAD_INPUT);
	memset(text, 'A', TOKEN_LEN + 1);
	text[TOKEN_LEN + 1] = '\0';
	assert_err(token_hash(text, h), ERR_BAD_INPUT);
	text[TOKEN_LEN] = '\0';
	assert_ok(token_hash(text, h));
	text[TOKEN_LEN - 1] = 'B'; /* bits that no token has */
	assert_err(token_hash(text, h), ERR_BAD_INPUT);
	text[TOKEN_LEN - 1] = '+';
	assert_err(token_hash(text, h), ERR_BAD_INPUT);
	assert_err(token_hash("", h), ERR_BAD_INPUT);
	assert_err(token_hash(NULL, h), ERR_BAD_INPUT);
}

/* S-12 */
TEST(digits_are_each_equally_likely)
{
	int seen[6][10] = {0};
	char out[TOKEN_DIGITS_MAX + 1];

	for (int i = 0; i < 20000; i++) {
		token_digits(out, 6);
		assert_int_equal(strlen(out), 6);
		for (int p = 0; p < 6; p++)
			seen[p][out[p] - '0']++;
	}
	for (int p = 0; p < 6; p++) {
		double chi = 0;

		for (int d = 0; d < 10; d++)
			chi +=
			    (seen[p][d] - 2000.) * (seen[p][d] - 2000.) / 2000.;
		assert_true(chi < 50); /* 9 degrees: one in 10^7 */
	}
}

/* --- the ring --- */

#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ONE "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define BASE "latchkey-base 1 00000000 " ZERO "\n"
#define KEY(n, k) "latchkey-key 1 0000000" n " " k "\n"

static struct ring *
ring_of(const char *text)
{
	struct ring *r = NULL;
	char why[RING_WHY];

	if (ring_parse(text, strlen(text), &r, why))
		fail_msg("%s", why);
	return r;
}

TEST(a_ring_that_is_not_exactly_one_is_refused)
{
	static const char *const bad[] = {"", "\n", BASE, KEY("1", ZERO),
	    BASE BASE, KEY("1", ZERO) BASE, BASE KEY("1", ZERO) "\n",
	    BASE KEY("1", ZERO) KEY("1", ONE), BASE KEY("0", ZERO),
	    BASE "latchkey-key 2 00000001 " ZERO "\n",
	    BASE "latchkey-key 1 0000000A " ZERO "\n",
	    BASE "latchkey-key 1 00000001 " ZERO "A\n",
	    BASE "latchkey-key 1 00000001  " ZERO "\n",
	    BASE "latchkey-key 1 00000001 " ZERO " \n",
	    BASE "latchkey-key 1 00000001 "
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		OWN(ring) struct ring *r = NULL;
		char why[RING_WHY];

		assert_err(
		    ring_parse(bad[i], strlen(bad[i]), &r, why), ERR_SEALED);
		assert_null(r);
		assert_true(why[0] != '\0');
		assert_null(strstr(why, "AAAA"));
	}
}

TEST(a_ring_holds_sixteen_keys)
{
	for (int n = RING_KEYS_MAX; n <= RING_KEYS_MAX + 1; n++) {
		OWN(ring) struct ring *r = NULL;
		char text[RING_FILE_MAX], why[RING_WHY];
		int len = snprintf(text, sizeof(text), "%s", BASE);

		for (int i = 1; i <= n; i++)
			len += snprintf(text + len, sizeof(text) - (size_t)len,
			    "latchkey-key 1 %08x " ZERO "\n", i);
		assert_err(ring_parse(text, (size_t)len, &r, why),
		    n > RING_KEYS_MAX ? ERR_SEALED : ERR_OK);
	}
}

TEST(each_purpose_has_a_key_of_its_own_and_the_base_never_rotates)
{
	OWN(ring) struct ring *r = ring_of(BASE KEY("1", ZERO));
	OWN(ring) struct ring *s = ring_of(BASE KEY("1", ZERO) KEY("2", ONE));

	for (int p = 0; p < RING_PURPOSES; p++)
		for (int q = 0; q < p; q++)
			assert_memory_not_equal(
			    ring_key(r, (enum ring_purpose)p),
			    ring_key(r, (enum ring_purpose)q), RING_KEY);
	for (int p = RING_FINGERPRINT; p <= RING_CODE; p++)
		assert_memory_equal(ring_key(r, (enum ring_purpose)p),
		    ring_key(s, (enum ring_purpose)p), RING_KEY);
	assert_memory_not_equal(
	    ring_key(r, RING_CSRF), ring_key(s, RING_CSRF), RING_KEY);
	assert_string_equal(ring_newest(s), "00000002");
	assert_int_equal(ring_keys(s), 2);
}

/* --- sealing --- */

static const struct seal_place here = {
    .table = "key", .row = "r1", .column = "psk", .generation = 7};

TEST(seal_works_in_place)
{
	OWN(ring) struct ring *r = ring_of(BASE KEY("1", ZERO));
	uint8_t b[SEAL_LEN(100)];
	size_t len;

	memset(b + SEAL_HEAD, 'x', 100);
	assert_ok(seal(r, &here, b + SEAL_HEAD, 100, b));
	assert_int_not_equal(b[SEAL_HEAD], 'x');
	assert_ok(seal_open(r, &here, b, sizeof(b), b + SEAL_HEAD, &len));
	assert_int_equal(len, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(b[SEAL_HEAD + i], 'x');
}

/* S-02 */
TEST(what_is_sealed_opens_at_its_place_only)
{
	OWN(ring) struct ring *r = ring_of(BASE KEY("1", ZERO));
	const struct seal_place others[] = {
	    {.table = "kex", .row = "r1", .column = "psk", .generation = 7},
	    {.table = "key", .row = "r2", .column = "psk", .generation = 7},
	    {.table = "key", .row = "r1", .column = "pmk", .generation = 7},
	    {.table = "key", .row = "r1", .column = "psk", .generation = 6},
	    {.table = "keyr", .row = "1", .column = "psk", .generation = 7},
	    {.table = "key", .row = "r1p", .column = "sk", .generation = 7},
	};
	uint8_t sealed[SEAL_LEN(100)], open[100], plain[100];
	size_t len;

	for (size_t n = 0; n <= 100; n += 25) {
		rnd_bytes(plain, sizeof(plain));
		assert_ok(seal(r, &here, plain, n, sealed));
		assert_ok(seal_open(r, &here, sealed, SEAL_LEN(n), open, &len));
		assert_int_equal(len, n);
		assert_memory_equal(open, plain, n);
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
			memset(open, 0x55, sizeof(open));
			assert_err(seal_open(r, &others[i], sealed, SEAL_LEN(n),
				       open, &len),
			    ERR_CORRUPT);
			assert_int_equal(len, 0);
			for (size_t k = 0; k < n; k++)
				assert_int_equal(open[k], 0);
		}
	}
}

/* S-03 */
TEST(every_flipped_bit_and_every_cut_is_seen)
{
	OWN(ring) struct ring *r = ring_of(BASE KEY("1", ZERO));
	uint8_t sealed[SEAL_LEN(8)], open[9];
	size_t len;

	assert_ok(seal(r, &here, "password", 8, sealed));
	for (size_t bit = 0; bit < sizeof(sealed) * 8; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_err(
		    seal_open(r, &here, sealed, sizeof(sealed), open, &len),
		    ERR_CORRUPT);
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < sizeof(sealed); n++)
		assert_err(
		    seal_open(r, &here, sealed, n, open, &len), ERR_CORRUPT);
	assert_ok(seal_open(r, &here, sealed, sizeof(sealed), open, &len));
}

TEST(the_newest_key_seals_and_all_of_them_open)
{
	OWN(ring) struct ring *a = ring_of(BASE KEY("1", ZERO));
	OWN(ring) struct ring *b = ring_of(BASE KEY("1", ZERO) KEY("2", ONE));
	OWN(ring) struct ring *c = ring_of(BASE KEY("1", ONE));
	OWN(ring) struct ring *d = ring_of(BASE KEY("2", ONE));
	uint8_t sealed[SEAL_LEN(8)];
	char id[RING_ID_TEXT];
	OWN(secret) struct secret s = SECRET_NONE;

	assert_ok(seal(a, &here, "password", 8, sealed));
	assert_true(seal_key_id_of(sealed, sizeof(sealed), id));
	assert_string_equal(id, "00000001");
	assert_ok(seal_open_secret(b, &here, sealed, sizeof(sealed), &s));
	assert_string_equal(secret_text(&s), "password");
	assert_err(seal_open_secret(c, &here, sealed, sizeof(sealed), &s),
	    ERR_CORRUPT);
	assert_err(seal_open_secret(d, &here, sealed, sizeof(sealed), &s),
	    ERR_CORRUPT);
	assert_ok(seal(b, &here, "password", 8, sealed));
	assert_true(seal_key_id_of(sealed, sizeof(sealed), id));
	assert_string_equal(id, "00000002");
}

TEST(a_secret_has_room_for_256_octets)
{
	OWN(ring) struct ring *r = ring_of(BASE KEY("1", ZERO));
	OWN(secret) struct secret s = SECRET_NONE;
	uint8_t plain[SECRET_MAX + 1], sealed[SEAL_LEN(SECRET_MAX + 1)];

	memset(plain, 'p', sizeof(plain));
	for (size_t n = SECRET_MAX - 1; n <= SECRET_MAX + 1; n++) {
		assert_ok(seal(r, &here, plain, n, sealed));
		assert_err(seal_open_secret(r, &here, sealed, SEAL_LEN(n), &s),
		    n > SECRET_MAX ? ERR_TOO_BIG : ERR_OK);
		assert_int_equal(s.len, n > SECRET_MAX ? 0 : n);
	}
}

/* S-06 */
TEST(a_key_stops_before_it_is_used_up)
{
	OWN(ring) struct ring *r = ring_of(BASE KEY("1", ZERO));
	uint8_t sealed[SEAL_LEN(1)];

	ring_uses_add(r, SEAL_USES_MAX - 1);
	assert_ok(seal(r, &here, "x", 1, sealed));
	assert_err(seal(r, &here, "x", 1, sealed), ERR_SEALED);
}

TEST(a_check_value_tells_a_wrong_ring_from_a_damaged_one)
{
	OWN(ring) struct ring *a = ring_of(BASE KEY("1", ZERO));
	OWN(ring)
	struct ring *later = ring_of(BASE KEY("1", ZERO) KEY("2", ONE));
	OWN(ring) struct ring *key = ring_of(BASE KEY("1", ONE));
	OWN(ring) struct ring *id = ring_of(BASE KEY("3", ZERO));
	OWN(ring)
	struct ring *base =
	    ring_of("latchkey-base 1 00000000 " ONE "\n" KEY("1", ZERO));
	uint8_t check[SEAL_CHECK_LEN];

	assert_ok(seal_check_make(a, check));
	assert_ok(seal_check_verify(a, check, sizeof(check)));
	assert_ok(seal_check_verify(later, check, sizeof(check)));
	assert_err(seal_check_verify(key, check, sizeof(check)), ERR_SEALED);
	assert_err(seal_check_verify(id, check, sizeof(check)), ERR_SEALED);
	assert_err(seal_check_verify(base, check, sizeof(check)), ERR_SEALED);
	assert_err(seal_check_verify(a, check, sizeof(check) - 1), ERR_CORRUPT);
	check[0] = 9;
	assert_err(seal_check_verify(a, check, sizeof(check)), ERR_CORRUPT);
}

/* --- the file --- */

static void
in_folder(void (*test)(const char *path))
{
	char dir[] = "/tmp/latchkey-ring-XXXXXX", path[64], cmd[64];

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/master.key", dir);
	test(path);
	unlink(path);
	snprintf(cmd, sizeof(cmd), "%s", dir);
	assert_int_equal(rmdir(cmd), 0); /* nothing else was left there */
}

static void
file_made(const char *path)
{
	char why[RING_WHY];
	OWN(ring) struct ring *r = NULL;
	struct stat st;

	assert_err(ring_load(path, &r, why), ERR_SEALED);
	assert_non_null(strstr(why, "latchkey init"));
	assert_int_equal(access(path, F_OK), -1); /* never a silent new one */
	assert_ok(ring_create(path, why));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_ok(ring_load(path, &r, why));
	assert_int_equal(ring_keys(r), 1);
	assert_err(ring_create(path, why), ERR_EXISTS);
}

/* S-04 */
TEST(a_key_file_is_made_once_and_never_silently)
{
	in_folder(file_made);
}

static void
file_modes(const char *path)
{
	static const mode_t good[] = {0600, 0400, 0640, 0440};
	static const mode_t bad[] = {0604, 0644, 0602, 0601, 0660, 0620};
	char why[RING_WHY];

	assert_ok(ring_create(path, why));
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		OWN(ring) struct ring *r = NULL;

		chmod(path, good[i]);
		assert_ok(ring_load(path, &r, why));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		OWN(ring) struct ring *r = NULL;

		chmod(path, bad[i]);
		assert_err(ring_load(path, &r, why), ERR_SEALED);
		assert_null(r);
		assert_non_null(strstr(why, "chmod"));
	}
}

/* S-04 */
TEST(a_key_file_open_to_others_is_refused)
{
	in_folder(file_modes);
}

static void
file_owner(const char *path)
{
	char why[RING_WHY];
	OWN(ring) struct ring *r = NULL;

	assert_ok(ring_create(path, why));
	if (chown(path, 12345, (gid_t)-1) == 0) { /* needs root */
		assert_err(ring_load(path, &r, why), ERR_SEALED);
		assert_non_null(strstr(why, "chown"));
	}
}

TEST(a_key_file_of_somebody_else_is_refused)
{
	in_folder(file_owner);
}

static void
file_pipe(const char *path)
{
	char why[RING_WHY];
	OWN(ring) struct ring *r = NULL;

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_err(ring_load(path, &r, why), ERR_SEALED);
	assert_err(ring_create(path, why), ERR_EXISTS);
}

TEST(a_pipe_in_its_place_is_refused_at_once)
{
	in_folder(file_pipe);
}

static void
file_rotates(const char *path)
{
	char why[RING_WHY], first[RING_ID_TEXT];
	OWN(ring) struct ring *a = NULL, *b = NULL, *c = NULL;
	uint8_t sealed[SEAL_LEN(8)];
	struct stat st;
	size_t n;
	OWN(secret) struct secret s = SECRET_NONE;

	assert_ok(ring_create(path, why));
	chmod(path, 0640);
	assert_ok(ring_load(path, &a, why));
	text_copy(first, sizeof(first), ring_newest(a));
	assert_ok(seal(a, &here, "password", 8, sealed));
	assert_ok(ring_drop_old(path, &n, why));
	assert_int_equal(n, 0);
	for (int i = 2; i <= RING_KEYS_MAX; i++)
		assert_ok(ring_add(path, why));
	assert_err(ring_add(path, why), ERR_LIMIT);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_ok(ring_load(path, &b, why));
	assert_int_equal(ring_keys(b), RING_KEYS_MAX);
	assert_string_not_equal(ring_newest(b), first);
	assert_ok(seal_open_secret(b, &here, sealed, sizeof(sealed), &s));
	assert_ok(ring_drop_old(path, &n, why));
	assert_int_equal(n, RING_KEYS_MAX - 1);
	assert_ok(ring_load(path, &c, why));
	assert_string_equal(ring_newest(c), ring_newest(b));
	assert_err(seal_open_secret(c, &here, sealed, sizeof(sealed), &s),
	    ERR_CORRUPT);
	assert_memory_equal(ring_key(a, RING_FINGERPRINT),
	    ring_key(c, RING_FINGERPRINT), RING_KEY);
}

TEST(a_ring_gets_keys_and_loses_old_ones_in_one_step)
{
	in_folder(file_rotates);
}

TEST(a_ring_that_systemd_passes_stands_for_the_file)
{
	char dir[] = "/tmp/latchkey-credential-XXXXXX", at[64];
	char why[RING_WHY];
	OWN(ring) struct ring *r = NULL;
	OWN(ring) struct ring *none = NULL;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(at, sizeof(at), "%s/master.key", dir);
	assert_ok(ring_create(at, why));
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", dir, 1), 0);
	assert_ok(ring_load("/nowhere/master.key", &r, why));
	assert_err(ring_load("/nowhere/other.key", &none, why), ERR_SEALED);
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	assert_err(ring_load("/nowhere/master.key", &none, why), ERR_SEALED);
	(void)unlink(at);
	(void)rmdir(dir);
}
