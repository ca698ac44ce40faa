#include "portal/signin/jwks.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <string.h>

#include "core/base/text.h"
#include "portal/signin/strict.h"

enum { RSA_LEAST = 2048, RSA_MOST = 8192, OCTETS = RSA_MOST / 8 };

static const struct {
	const char *alg, *kty;
} families[] = {
    {"RS256", "RSA"},
    {"PS256", "RSA"},
    {"ES256", "EC"},
    {"EdDSA", "OKP"},
};

const char *
jwks_family(const char *alg)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strcmp(families[i].alg, alg) == 0)
			return families[i].kty;
	return NULL;
}

static bool
octets(const json_t *key, const char *name, uint8_t out[static OCTETS],
    size_t *len)
{
	const char *t = strict_text(key, name, 2 * OCTETS);

	return t != NULL && text_from_b64url(t, strlen(t), out, OCTETS, len);
}

static bool
rsa_ok(const json_t *key)
{
	uint8_t n[OCTETS], e[OCTETS];
	size_t nlen, elen;
	BIGNUM *big;
	int bits;

	if (!octets(key, "n", n, &nlen) || !octets(key, "e", e, &elen) ||
	    elen == 0 || elen > 8 || (e[elen - 1] & 1) == 0 ||
	    (e[elen - 1] == 1 && elen == 1) || nlen == 0 ||
	    (n[nlen - 1] & 1) == 0)
		return false;
	if ((big = BN_bin2bn(n, (int)nlen, NULL)) == NULL)
		return false;
	bits = BN_num_bits(big);
	BN_free(big);
	/* 00 00 01 is still one */
	for (size_t i = 0; i + 1 < elen; i++)
		if (e[i] != 0)
			return bits >= RSA_LEAST && bits <= RSA_MOST;
	return e[elen - 1] > 1 && bits >= RSA_LEAST && bits <= RSA_MOST;
}

static bool
on_curve(const uint8_t x[static 32], const uint8_t y[static 32])
{
	uint8_t point[65] = {POINT_CONVERSION_UNCOMPRESSED};
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *p = g == NULL ? NULL : EC_POINT_new(g);
	bool yes;

	memcpy(point + 1, x, 32);
	memcpy(point + 33, y, 32);
	/* refuses what does not satisfy the curve's equation */
	yes = p != NULL &&
	      EC_POINT_oct2point(g, p, point, sizeof(point), NULL) == 1;
	EC_POINT_free(p);
	EC_GROUP_free(g);
	return yes;
}

static bool
ec_ok(const json_t *key)
{
	const char *crv = strict_text(key, "crv", 16);
	uint8_t x[OCTETS], y[OCTETS];
	size_t xlen, ylen;

	return crv != NULL && strcmp(crv, "P-256") == 0 &&
	       octets(key, "x", x, &xlen) && xlen == 32 &&
	       octets(key, "y", y, &ylen) && ylen == 32 && on_curve(x, y);
}

static bool
okp_ok(const json_t *key)
{
	const char *crv = strict_text(key, "crv", 16);
	uint8_t x[OCTETS];
	size_t len;

	return crv != NULL && strcmp(crv, "Ed25519") == 0 &&
	       octets(key, "x", x, &len) && len == 32;
}

static bool
for_signatures(const json_t *key)
{
	const json_t *use = json_object_get(key, "use");
	const json_t *ops = json_object_get(key, "key_ops"), *op;
	size_t i;

	if (use != NULL && (!json_is_string(use) ||
			       strcmp(json_string_value(use), "sig") != 0))
		return false;
	if (ops == NULL)
		return true;
	json_array_foreach(ops, i,
	    op) if (json_is_string(op) &&
		    strcmp(json_string_value(op), "verify") == 0) return true;
	return false;
}

static bool
worth_it(const json_t *key)
{
	const char *kty = strict_text(key, "kty", 8);

	if (kty == NULL || !for_signatures(key))
		return false;
	if (strcmp(kty, "RSA") == 0)
		return rsa_ok(key);
	if (strcmp(kty, "EC") == 0)
		return ec_ok(key);
	return strcmp(kty, "OKP") == 0 && okp_ok(key);
}

enum err
jwks_parse(const char *text, size_t len, json_t **out, struct signin_why *why)
{
	OWN(json) json_t *doc = strict_object(text, len);
	OWN(json) json_t *good = json_array();
	const json_t *keys = json_object_get(doc, "keys");
	json_t *key;
	size_t i;

	if (good == NULL)
		return ERR_NO_MEMORY;
	if (!json_is_array(keys))
		return turn_refuse(why, ERR_PROVIDER, "jwks", "not a key set");
	if (json_array_size(keys) > JWKS_KEYS_MAX)
		return turn_refuse(why, ERR_PROVIDER, "jwks", "%zu keys",
		    json_array_size(keys));
	json_array_foreach(keys, i,
	    key) if (worth_it(key) &&
		     json_array_append(good, key) != 0) return ERR_NO_MEMORY;
	*out = give(good);
	return ERR_OK;
}

static bool
suits(const json_t *key, const char *alg, const char *kid)
{
	const char *kty = strict_text(key, "kty", 8), *family;
	const json_t *its = json_object_get(key, "alg"),
		     *id = json_object_get(key, "kid");

	if ((family = jwks_family(alg)) == NULL || kty == NULL ||
	    strcmp(kty, family) != 0)
		return false;
	if (its != NULL &&
	    (!json_is_string(its) || strcmp(json_string_value(its), alg) != 0))
		return false;
	return kid == NULL ||
	       (json_is_string(id) && strcmp(json_string_value(id), kid) == 0);
}

json_t *
jwks_choose(const json_t *set, const char *alg, const char *kid)
{
	json_t *found = NULL, *key;
	size_t i;

	json_array_foreach(set, i, key)
	{
		if (!suits(key, alg, kid))
			continue;
		if (found != NULL)
			return NULL;
		found = key;
	}
	return found;
}
