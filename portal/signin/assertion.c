#include "portal/signin/assertion.h"

#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/crypt/token.h"

enum { SECONDS = 60, RSA_LEAST = 2048, P256 = 32, RAW_MAX = 1024 };

static bool
is_p256(EVP_PKEY *k)
{
	char name[32];

	return EVP_PKEY_is_a(k, "EC") &&
	       EVP_PKEY_get_group_name(k, name, sizeof(name), NULL) == 1 &&
	       strcmp(name, "prime256v1") == 0;
}

static const char *
read_key(FILE *f, EVP_PKEY **out)
{
	struct stat st;

	if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode))
		return "is not a plain file";
	if ((st.st_mode & S_IRWXO) != 0)
		return "must not be open to others";
	if ((*out = PEM_read_PrivateKey(
		 f, NULL, NULL, (void *)(uintptr_t) "")) == NULL)
		return "holds no private key in PEM form";
	if (EVP_PKEY_is_a(*out, "RSA") && EVP_PKEY_get_bits(*out) >= RSA_LEAST)
		return NULL;
	return is_p256(*out) ? NULL : "is neither RSA (2048 bits up) nor P-256";
}

enum err
assertion_key(const char *file, EVP_PKEY **out, char why[static CONF_WHY])
{
	FILE *f = file[0] == '\0' ? NULL : fopen(file, "re");
	const char *bad = "cannot be read";

	*out = NULL;
	if (f != NULL) {
		bad = read_key(f, out);
		fclose(f);
	}
	if (bad == NULL)
		return ERR_OK;
	EVP_PKEY_free(*out);
	*out = NULL;
	(void)snprintf(why, CONF_WHY, "private_key_file %s %s", file, bad);
	return ERR_CONFIG;
}

/* JWS wants r and s side by side (RFC 7518 3.4), OpenSSL makes DER. */
static bool
der_to_raw(uint8_t *sig, size_t *len)
{
	const uint8_t *p = sig;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)*len);
	bool ok = s != NULL &&
		  BN_bn2binpad(ECDSA_SIG_get0_r(s), sig, P256) == P256 &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(s), sig + P256, P256) == P256;

	ECDSA_SIG_free(s);
	*len = 2 * (size_t)P256;
	return ok;
}

static bool
sign(EVP_PKEY *key, const struct buf *b, uint8_t sig[static RAW_MAX],
    size_t *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	*len = RAW_MAX;
	ok = ctx != NULL &&
	     EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestSign(
		 ctx, sig, len, (const unsigned char *)b->p, b->len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok && (!EVP_PKEY_is_a(key, "EC") || der_to_raw(sig, len));
}

/* Adds the octets of J, which it takes, as base64url. */
static void
add_part(struct buf *b, json_t *j, struct arena *a)
{
	char *text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT);
	char *b64 =
	    text == NULL ? NULL : arena_get(a, TEXT_B64_LEN(strlen(text)) + 1);

	if (b64 == NULL) {
		b->err = ERR_NO_MEMORY;
	} else {
		text_to_b64url(text, strlen(text), b64);
		buf_text(b, b64);
	}
	free(text);
	json_decref(j);
}

enum err
assertion_make(EVP_PKEY *key, const char *kid, const char *client_id,
    const char *audience, int64_t now, struct arena *a, const char **out)
{
	OWN(buf) struct buf b = BUF(8192);
	OWN(secret) struct secret jti = SECRET_NONE;
	const char *alg = EVP_PKEY_is_a(key, "EC") ? "ES256" : "RS256";
	uint8_t sig[RAW_MAX];
	char text[TEXT_B64_LEN(RAW_MAX) + 1];
	size_t len;

	token_new(&jti);
	add_part(&b,
	    kid[0] == '\0' ? json_pack("{s:s, s:s}", "alg", alg, "typ", "JWT")
			   : json_pack("{s:s, s:s, s:s}", "alg", alg, "typ",
				 "JWT", "kid", kid),
	    a);
	buf_char(&b, '.');
	add_part(&b,
	    json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "iss", client_id, "sub",
		client_id, "aud", audience, "jti", secret_text(&jti), "iat",
		(json_int_t)now, "exp", (json_int_t)now + SECONDS),
	    a);
	if (b.err != ERR_OK)
		return b.err;
	if (!sign(key, &b, sig, &len))
		return ERR_INTERNAL;
	text_to_b64url(sig, len, text);
	buf_char(&b, '.');
	buf_text(&b, text);
	*out = b.err == ERR_OK ? arena_copy(a, b.p, b.len) : NULL;
	return *out == NULL ? ERR_NO_MEMORY : ERR_OK;
}
