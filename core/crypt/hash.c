#include "core/crypt/hash.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "core/base/own.h"
#include "core/base/secret.h"

static void
evp_mac_own(EVP_MAC **m)
{
	EVP_MAC_free(*m);
}

static void
evp_mac_ctx_own(EVP_MAC_CTX **c)
{
	EVP_MAC_CTX_free(*c);
}

enum err
hash_sha256(const void *octets, size_t len, uint8_t out[static HASH_LEN])
{
	unsigned n = 0;

	if (EVP_Digest(octets, len, out, &n, EVP_sha256(), NULL) != 1 ||
	    n != HASH_LEN)
		return ERR_INTERNAL;
	return ERR_OK;
}

enum err
hash_hmac(const uint8_t *key, size_t keylen, const struct hash_part *parts,
    size_t n, uint8_t out[static HASH_LEN])
{
	OWN(evp_mac) EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OWN(evp_mac_ctx) EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
	    OSSL_PARAM_construct_end()};
	size_t len = 0;

	if (ctx == NULL || n > HASH_PARTS_MAX ||
	    EVP_MAC_init(ctx, key, keylen, params) != 1)
		return ERR_INTERNAL;
	for (size_t i = 0; i < n; i++)
		if (EVP_MAC_update(ctx, parts[i].octets, parts[i].len) != 1)
			return ERR_INTERNAL;
	if (EVP_MAC_final(ctx, out, &len, HASH_LEN) != 1 || len != HASH_LEN)
		return ERR_INTERNAL;
	return ERR_OK;
}

enum err
hash_hkdf(const uint8_t *key, size_t keylen, const char *info,
    uint8_t out[static HASH_LEN])
{
	static const uint8_t no_salt[HASH_LEN];
	uint8_t prk[HASH_LEN], one = 1;
	enum err e;

	e = hash_hmac(no_salt, sizeof(no_salt), HASH_PARTS({key, keylen}), prk);
	/* one block of output is all that is asked for (RFC 5869 2.3) */
	if (e == ERR_OK)
		e = hash_hmac(prk, sizeof(prk),
		    HASH_PARTS({info, strlen(info)}, {&one, 1}), out);
	secret_wipe(prk, sizeof(prk));
	return e;
}

enum err
hash_fingerprint(const uint8_t key[static HASH_LEN], const char *scope,
    const void *octets, size_t len, uint8_t out[static HASH_LEN])
{
	/* with its NUL, so that scope and octets cannot run together */
	return hash_hmac(key, HASH_LEN,
	    HASH_PARTS({scope, strlen(scope) + 1}, {octets, len}), out);
}
