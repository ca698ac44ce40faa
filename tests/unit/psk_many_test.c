#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "core/crypt/psk_many.h"

enum { N = 37 };

static char text[N][PSK_HEX + 1];
static struct psk_many keys[N];

/* Passphrases of every length that a lane can meet. */
static void
fill(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = PSK_MIN + i * 3 % (PSK_MAX - PSK_MIN + 1);

		memset(text[i], 'a' + (int)(i % 26), len);
		text[i][len] = '\0';
		keys[i] = (struct psk_many){.passphrase = text[i], .len = len};
	}
}

static void
all_right(size_t n, const char *ssid)
{
	uint8_t want[PSK_PMK];

	for (size_t i = 0; i < n; i++) {
		assert_ok(psk_derive(
		    keys[i].passphrase, keys[i].len, ssid, strlen(ssid), want));
		assert_memory_equal(keys[i].pmk, want, PSK_PMK);
	}
}

#if defined(__x86_64__)
/* What __builtin_cpu_supports() looks at; of libgcc. */
extern struct {
	unsigned vendor, type, subtype, features[1];
} __cpu_model;

enum { AVX2 = 10, AVX512F = 15 };

/* In a process of its own, as what is found out stays; so this comes first. */
static void
on_one_without(unsigned features, const char *variant)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		uint8_t want[PSK_PMK];
		bool ok;

		__cpu_model.features[0] &= ~features;
		fill(N);
		ok = strcmp(psk_many_variant(), variant) == 0 &&
		     psk_many(keys, N, "Corp", 4) == ERR_OK;
		for (size_t i = 0; ok && i < N; i++)
			ok = psk_derive(keys[i].passphrase, keys[i].len, "Corp",
				 4, want) == ERR_OK &&
			     memcmp(keys[i].pmk, want, PSK_PMK) == 0;
		exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

TEST(many_are_right_on_processors_that_have_less)
{
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2"))
		on_one_without(1u << AVX512F, "avx2");
	on_one_without(1u << AVX512F | 1u << AVX2, "reference");
}
#endif

TEST(many_are_what_one_by_one_makes_of_them)
{
	static const char *const ssids[] = {
	    "x", "Corp", "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"};

	for (size_t i = 0; i < 3; i++) {
		fill(N);
		assert_ok(psk_many(keys, N, ssids[i], strlen(ssids[i])));
		all_right(N, ssids[i]);
	}
}

TEST(any_count_will_do)
{
	for (size_t n = 0; n <= 18; n += n == 2 ? 5 : 1) {
		fill(n);
		assert_ok(psk_many(keys, n, "Corp", 4));
		all_right(n, "Corp");
	}
}

TEST(digits_of_a_pmk_among_passphrases)
{
	fill(20);
	memset(text[7], 'e', PSK_HEX);
	text[7][PSK_HEX] = '\0';
	keys[7].len = PSK_HEX;
	assert_ok(psk_many(keys, 20, "Corp", 4));
	all_right(20, "Corp");
}

TEST(one_that_is_not_allowed_refuses_all)
{
	fill(20);
	keys[19].len = 7;
	assert_err(psk_many(keys, 20, "Corp", 4), ERR_BAD_INPUT);
	fill(2);
	assert_err(psk_many(keys, 2, "", 0), ERR_BAD_INPUT);
	assert_err(psk_many(keys, 2, text[0], 33), ERR_BAD_INPUT);
}
