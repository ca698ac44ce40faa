/* What message 2 of a handshake must look like, field by field. */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "radius/match/match.h"

enum {
	DATA_AT = 99,
	INFO = 0x0108, /* pairwise, MIC */
	SHA1 = 2,
	CMAC = 3,
};

static uint8_t frame[MATCH_EAPOL_MAX + 8];
static const uint8_t anonce[MATCH_NONCE] = {7}, aa[6] = {2, 1}, spa[6] = {2, 2};

/* A message 2 with key information INFO and key data of N octets. */
static size_t
write_frame(uint16_t info, const void *data, size_t n)
{
	size_t body = DATA_AT - 4 + n;

	memset(frame, 0, sizeof(frame));
	frame[0] = 2;
	frame[1] = 3;
	frame[2] = (uint8_t)(body >> 8);
	frame[3] = (uint8_t)body;
	frame[4] = 2;
	frame[5] = (uint8_t)(info >> 8);
	frame[6] = (uint8_t)info;
	frame[17] = 9; /* the station's nonce */
	frame[97] = (uint8_t)(n >> 8);
	frame[98] = (uint8_t)n;
	if (n > 0)
		memcpy(frame + DATA_AT, data, n);
	return 4 + body;
}

static enum handshake_trouble
reads(uint32_t akm, size_t len, struct handshake *h)
{
	return handshake_read(akm, aa, spa, "Hall", 4, anonce, frame, len, h);
}

static enum handshake_trouble
trouble(uint32_t akm, uint16_t info, const void *data, size_t n)
{
	struct handshake h;

	return reads(akm, write_frame(info, data, n), &h);
}

/* RSN element of pairwise cipher C and key management A of 00-0F-AC, and one
 * PMKID of 16 times 'n'. */
#define RSN(c, a)                                                              \
	48, 38, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, (c), 1, 0, 0,     \
	    0x0f, 0xac, (a), 0, 0, 1, 0, 'n', 'n', 'n', 'n', 'n', 'n', 'n',    \
	    'n', 'n', 'n', 'n', 'n', 'n', 'n', 'n', 'n'

TEST(every_trouble_of_a_handshake_has_words_of_its_own)
{
	const char *all[HANDSHAKE_FT + 1];

	for (int i = 0; i <= HANDSHAKE_FT; i++) {
		all[i] = handshake_trouble_text((enum handshake_trouble)i);
		assert_true(strlen(all[i]) > 3);
		assert_string_not_equal(all[i], "unknown");
		for (int k = 0; k < i; k++)
			assert_string_not_equal(all[i], all[k]);
	}
	assert_string_equal(
	    handshake_trouble_text((enum handshake_trouble)99), "unknown");
}

TEST(only_message_2_has_these_bits)
{
	static const uint16_t bad[] = {0x0008, 0x0100, 0x0000, INFO | 0x0080,
	    INFO | 0x0040, INFO | 0x0400, INFO | 0x0800, INFO | 0x1000,
	    INFO | 0x2000};

	assert_int_equal(trouble(0, INFO | SHA1, NULL, 0), HANDSHAKE_FINE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(
		    trouble(0, bad[i] | SHA1, NULL, 0), HANDSHAKE_NOT_MESSAGE2);
}

TEST(a_nonce_of_zeros_is_nobodys)
{
	struct handshake h;
	size_t len = write_frame(INFO | SHA1, NULL, 0);

	frame[17] = 0;
	assert_int_equal(reads(0, len, &h), HANDSHAKE_ZERO_NONCE);
	frame[48] = 1; /* its last octet counts as the first */
	assert_int_equal(reads(0, len, &h), HANDSHAKE_FINE);
}

TEST(lengths_are_held_to_on_both_sides)
{
	static const uint8_t much[MATCH_EAPOL_MAX] = {0};
	struct handshake h;
	size_t len = write_frame(INFO | SHA1, much, MATCH_EAPOL_MAX - DATA_AT);

	assert_int_equal(len, MATCH_EAPOL_MAX);
	assert_int_equal(reads(0, len, &h), HANDSHAKE_FINE);
	assert_int_equal(h.eapol_len, MATCH_EAPOL_MAX);
	len = write_frame(INFO | SHA1, much, MATCH_EAPOL_MAX - DATA_AT + 1);
	assert_int_equal(reads(0, len, &h), HANDSHAKE_LONG);
	/* what is behind the frame is not its own */
	len = write_frame(INFO | SHA1, NULL, 0);
	assert_int_equal(reads(0, len + 8, &h), HANDSHAKE_FINE);
	assert_int_equal(h.eapol_len, DATA_AT);
	frame[3]--;
	assert_int_equal(reads(0, len, &h), HANDSHAKE_SHORT);
	frame[3]++;
	assert_int_equal(
	    handshake_read(0, aa, spa, much, 32, anonce, frame, len, &h),
	    HANDSHAKE_FINE);
	assert_int_equal(
	    handshake_read(0, aa, spa, much, 33, anonce, frame, len, &h),
	    HANDSHAKE_LONG);
}

/* WLAN-AKM-Suite, else the RSN element, else the version says what it is; and
 * the version must be the one of it. */
TEST(the_key_management_is_what_all_agree_on)
{
	static const uint8_t psk[] = {RSN(4, 2)}, sha256[] = {RSN(4, 6)},
			     sae[] = {RSN(4, 8)}, wpa2[] = {RSN(4, 1)};
	static const struct {
		uint32_t said;
		uint16_t version;
		const uint8_t *data;
		enum handshake_trouble want;
		enum match_akm akm;
	} all[] = {
	    {0, SHA1, NULL, HANDSHAKE_FINE, AKM_PSK},
	    {0, CMAC, NULL, HANDSHAKE_AKM, 0},
	    {0, SHA1, psk, HANDSHAKE_FINE, AKM_PSK},
	    {0, CMAC, psk, HANDSHAKE_AKM, AKM_PSK},
	    {0, CMAC, sha256, HANDSHAKE_FINE, AKM_PSK_SHA256},
	    {0, SHA1, sha256, HANDSHAKE_AKM, AKM_PSK_SHA256},
	    {0, 0, sae, HANDSHAKE_AKM, 0},
	    {0, SHA1, wpa2, HANDSHAKE_AKM, 0},
	    {0x000fac06, CMAC, psk, HANDSHAKE_FINE, AKM_PSK_SHA256},
	    {0x000fac02, SHA1, sha256, HANDSHAKE_FINE, AKM_PSK},
	    {0x0050f202, SHA1, psk, HANDSHAKE_AKM, 0},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct handshake h;
		size_t n = all[i].data == NULL ? 0 : sizeof(psk);
		size_t len = write_frame(
		    (uint16_t)(INFO | all[i].version), all[i].data, n);

		if (reads(all[i].said, len, &h) != all[i].want)
			fail_msg("row %zu", i);
		assert_int_equal(h.akm, all[i].akm);
	}
}

TEST(longer_ciphers_have_longer_keys)
{
	static const struct {
		uint8_t cipher;
		int bits;
	} all[] = {{2, 512}, {4, 384}, {8, 384}, {9, 512}, {10, 512}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		uint8_t data[] = {RSN(4, 6)};
		struct handshake h;

		data[13] = all[i].cipher;
		assert_int_equal(
		    reads(0, write_frame(INFO | CMAC, data, sizeof(data)), &h),
		    HANDSHAKE_FINE);
		assert_int_equal(h.cipher_bits, all[i].bits);
	}
}

/* It may name several suites, of which the first is taken, and end early. */
TEST(rsn_elements_of_every_length_are_read)
{
	static const uint8_t many[] = {48, 28, 1, 0, 0, 0x0f, 0xac, 4, 2, 0, 0,
	    0x0f, 0xac, 9, 0, 0x0f, 0xac, 4, 2, 0, 0, 0x0f, 0xac, 6, 0, 0x0f,
	    0xac, 2, 0, 0};
	static const uint8_t twice[] = {RSN(4, 6), RSN(9, 2)};
	struct handshake h;

	assert_int_equal(
	    reads(0, write_frame(INFO | CMAC, many, sizeof(many)), &h),
	    HANDSHAKE_FINE);
	assert_int_equal(h.akm, AKM_PSK_SHA256);
	assert_int_equal(h.cipher_bits, 512);
	assert_int_equal(
	    reads(0, write_frame(INFO | CMAC, twice, sizeof(twice)), &h),
	    HANDSHAKE_FINE);
	assert_int_equal(h.akm, AKM_PSK_SHA256); /* the first counts */
	assert_int_equal(h.cipher_bits, 384);
	for (uint8_t n = 0; n < 28; n++) { /* cut anywhere: the version tells */
		uint8_t cut[sizeof(many)];

		memcpy(cut, many, sizeof(cut));
		cut[1] = n;
		(void)write_frame(INFO | SHA1, cut, 2 + (size_t)n);
		assert_int_equal(reads(0, DATA_AT + 2 + (size_t)n, &h),
		    n < 22 ? HANDSHAKE_FINE : HANDSHAKE_AKM);
	}
	/* an element that is longer than the key data ends them */
	(void)write_frame(INFO | SHA1, many, 10);
	assert_int_equal(reads(0, DATA_AT + 10, &h), HANDSHAKE_FINE);
	assert_int_equal(h.akm, AKM_PSK);
}

/* --- fast transition --- */

enum { FT_FIXED = 82 };

/* Key data of FT: RSN, mobility domain, and the element of PARTS. */
struct ft {
	uint8_t b[400];
	size_t n;
};

static void
ft_add(struct ft *f, const void *octets, size_t n)
{
	memcpy(f->b + f->n, octets, n);
	f->n += n;
}

static struct ft
ft_of(bool mobility, const void *parts, size_t n)
{
	static const uint8_t rsn[] = {RSN(4, 4)},
			     domain[] = {54, 3, 0xa1, 0xb2, 1},
			     fixed[FT_FIXED] = {0};
	uint8_t head[] = {55, (uint8_t)(FT_FIXED + n)};
	struct ft f = {.n = 0};

	ft_add(&f, rsn, sizeof(rsn));
	if (mobility)
		ft_add(&f, domain, sizeof(domain));
	ft_add(&f, head, sizeof(head));
	ft_add(&f, fixed, sizeof(fixed));
	ft_add(&f, parts, n);
	return f;
}

#define R1 1, 6, 'a', 'b', 'c', 'd', 'e', 'f'
#define R0 3, 3, 'n', 'a', 's'

static enum handshake_trouble
ft_reads(const struct ft *f, struct handshake *h)
{
	return reads(0, write_frame(INFO | CMAC, f->b, f->n), h);
}

static enum handshake_trouble
ft_trouble(const void *parts, size_t n)
{
	struct ft f = ft_of(true, parts, n);
	struct handshake h;

	return ft_reads(&f, &h);
}

TEST(fast_transition_is_read_from_its_elements)
{
	static const uint8_t parts[] = {R1, 9, 2, 'x', 'y', R0};
	struct ft f = ft_of(true, parts, sizeof(parts));
	struct handshake h;

	assert_int_equal(ft_reads(&f, &h), HANDSHAKE_FINE);
	assert_int_equal(h.akm, AKM_FT_PSK);
	assert_memory_equal(h.mdid, "\xa1\xb2", 2);
	assert_memory_equal(h.r1kh, "abcdef", 6);
	assert_int_equal(h.r0kh_len, 3);
	assert_memory_equal(h.r0kh, "nas", 3);
	assert_memory_equal(h.pmkr1name, "nnnnnnnnnnnnnnnn", 16);
}

TEST(fast_transition_that_is_not_whole_is_refused)
{
	static const uint8_t good[] = {R1, R0}, no_r0[] = {R1}, no_r1[] = {R0},
			     empty_r0[] = {R1, 3, 0},
			     short_r1[] = {1, 5, 'a', 'b', 'c', 'd', 'e', R0},
			     cut[] = {R1, R0, 9}, beyond[] = {R1, R0, 9, 4, 1};
	uint8_t long_r0[8 + 2 + 49] = {R1, 3, 48};
	struct ft f = ft_of(false, good, sizeof(good));
	struct handshake h;

	assert_int_equal(ft_trouble(good, sizeof(good)), HANDSHAKE_FINE);
	assert_int_equal(ft_trouble(no_r0, sizeof(no_r0)), HANDSHAKE_FT);
	assert_int_equal(ft_trouble(no_r1, sizeof(no_r1)), HANDSHAKE_FT);
	assert_int_equal(ft_trouble(empty_r0, sizeof(empty_r0)), HANDSHAKE_FT);
	assert_int_equal(ft_trouble(short_r1, sizeof(short_r1)), HANDSHAKE_FT);
	assert_int_equal(ft_trouble(cut, sizeof(cut)), HANDSHAKE_FT);
	assert_int_equal(ft_trouble(beyond, sizeof(beyond)), HANDSHAKE_FT);
	assert_int_equal(ft_trouble(long_r0, 8 + 2 + 48), HANDSHAKE_FINE);
	long_r0[9] = 49;
	assert_int_equal(ft_trouble(long_r0, 8 + 2 + 49), HANDSHAKE_FT);
	assert_int_equal(ft_reads(&f, &h), HANDSHAKE_FT); /* no mobility */
	f = ft_of(true, good, sizeof(good));
	f.b[40 + 1] = 2; /* a mobility element that is cut: 1 octet is over */
	assert_int_equal(ft_reads(&f, &h), HANDSHAKE_FT);
	f = ft_of(true, good, sizeof(good));
	f.b[22] = 0; /* no PMKID */
	assert_int_equal(ft_reads(&f, &h), HANDSHAKE_FT);
	assert_int_equal(ft_trouble(good, 0), HANDSHAKE_FT);
}

TEST(an_index_of_more_than_there_are_numbers_is_refused)
{
	struct match_index *x = (struct match_index *)frame;

	assert_err(
	    match_index_new(frame, NULL, MATCH_NO_KEY, &x), ERR_NO_MEMORY);
	assert_null(x);
	match_index_free(NULL);
}

TEST(an_index_knows_its_size)
{
	static const uint8_t pmks[40 * MATCH_PMK] = {1};
	struct match_index *few, *many;

	assert_ok(match_index_new(pmks, NULL, 1, &few));
	assert_ok(match_index_new(pmks, NULL, 40, &many));
	assert_int_equal(match_index_count(many), 40);
	assert_true(match_index_size(few) > MATCH_PMK);
	assert_true(match_index_size(many) >=
		    match_index_size(few) + (size_t)39 * MATCH_PMK);
	match_index_free(few);
	match_index_free(many);
}
