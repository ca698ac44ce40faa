#include "core/crypt/psk_many.h"

#include <stdatomic.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/crypt/psk_lanes_of.h"

enum { LANES_MAX = 16, KEY_WORDS = 16, PMK_WORDS = 8, BLOCK = 64 };

struct variant {
	const char *name;
	size_t lanes;
	void (*run)(const uint32_t *key, const uint32_t *salt, uint32_t *pmk);
};

static const struct variant variants[] = {
    {"avx512", 16, psk_lanes_avx512},
    {"avx2", 8, psk_lanes_avx2},
    {"reference", 0, NULL},
};

static _Atomic(const struct variant *) chosen;

static void
put_octet(uint32_t *words, size_t stride, size_t at, uint8_t octet)
{
	words[at / 4 * stride] |= (uint32_t)octet << (24 - 8 * (at % 4));
}

/* The SSID and the number of the block, padded behind a key's block. */
static void
make_salt(const uint8_t *ssid, size_t len, uint32_t salt[static 32])
{
	memset(salt, 0, 32 * sizeof(*salt));
	for (size_t block = 0; block < 2; block++) {
		uint32_t *w = salt + 16 * block;

		for (size_t i = 0; i < len; i++)
			put_octet(w, 1, i, ssid[i]);
		put_octet(w, 1, len + 3, (uint8_t)(block + 1));
		put_octet(w, 1, len + 4, 0x80);
		w[15] = (uint32_t)(BLOCK + len + 4) * 8;
	}
}

/* As many keys as there are lanes, or fewer. */
static void
run(const struct variant *v, struct psk_many *keys, size_t n,
    const uint32_t salt[static 32])
{
	_Alignas(64) uint32_t key[KEY_WORDS * LANES_MAX] = {0};
	_Alignas(64) uint32_t pmk[PMK_WORDS * LANES_MAX];

	for (size_t lane = 0; lane < n; lane++)
		for (size_t i = 0; i < keys[lane].len && i < BLOCK; i++)
			put_octet(key + lane, v->lanes, i,
			    (uint8_t)keys[lane].passphrase[i]);
	v->run(key, salt, pmk);
	for (size_t lane = 0; lane < n; lane++)
		for (size_t i = 0; i < PSK_PMK; i++)
			keys[lane].pmk[i] =
			    (uint8_t)(pmk[i / 4 * v->lanes + lane] >>
				      (24 - 8 * (i % 4)));
	secret_wipe(key, sizeof(key));
	secret_wipe(pmk, sizeof(pmk));
}

static bool
present(const struct variant *v)
{
	if (v->run == psk_lanes_avx512)
		return __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512vl");
	if (v->run == psk_lanes_avx2)
		return __builtin_cpu_supports("avx2");
	return true;
}

/* A known answer (IEEE Std 802.11-2020 J.4.2) in every lane. */
static bool
right(const struct variant *v)
{
	static const uint8_t ssid[] = {'I', 'E', 'E', 'E'};
	struct psk_many keys[LANES_MAX] = {0};
	uint8_t want[PSK_PMK];
	uint32_t salt[32];

	if (v->run == NULL)
		return true;
	if (psk_derive("password", 8, ssid, sizeof(ssid), want))
		return false;
	for (size_t i = 0; i < v->lanes; i++)
		keys[i] = (struct psk_many){.passphrase = "password", .len = 8};
	make_salt(ssid, sizeof(ssid), salt);
	run(v, keys, v->lanes, salt);
	for (size_t i = 0; i < v->lanes; i++)
		if (!secret_equal(keys[i].pmk, want, PSK_PMK))
			return false;
	return true;
}

static const struct variant *
pick(void)
{
	const struct variant *v = atomic_load(&chosen);

	if (v != NULL)
		return v;
	for (v = variants; !present(v) || !right(v); v++)
		if (present(v))
			LOG(ERROR, "psk.variant_wrong", LOG_S("name", v->name));
	atomic_store(&chosen, v);
	return v;
}

const char *
psk_many_variant(void)
{
	return pick()->name;
}

/* Digits of a PMK need no derivation, and a lone key no lanes. */
static enum err
one_by_one(struct psk_many *keys, size_t n, const void *ssid, size_t ssid_len)
{
	enum err e;

	for (size_t i = 0; i < n; i++)
		if ((e = psk_derive(keys[i].passphrase, keys[i].len, ssid,
			 ssid_len, keys[i].pmk)))
			return e;
	return ERR_OK;
}

static bool
lanes_can(const struct psk_many *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (keys[i].len > PSK_MAX)
			return false;
	return n > 1;
}

enum err
psk_many(struct psk_many *keys, size_t n, const void *ssid, size_t ssid_len)
{
	const struct variant *v = pick();
	uint32_t salt[32];
	enum err e;

	if (ssid_len == 0 || ssid_len > PSK_SSID_MAX)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < n; i++)
		if (!psk_allowed(keys[i].passphrase, keys[i].len))
			return ERR_BAD_INPUT;
	if (v->run == NULL)
		return one_by_one(keys, n, ssid, ssid_len);
	make_salt(ssid, ssid_len, salt);
	for (size_t at = 0, k; at < n; at += k) {
		k = n - at < v->lanes ? n - at : v->lanes;
		if (lanes_can(keys + at, k))
			run(v, keys + at, k, salt);
		else if ((e = one_by_one(keys + at, k, ssid, ssid_len)))
			return e;
	}
	return ERR_OK;
}
