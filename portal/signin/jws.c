#include "portal/signin/jws.h"

#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "portal/signin/strict.h"

enum { HEADER_MAX = 4096, SIGNATURE_MAX = 1024, ED25519_LEN = 64 };

void
jws_own(struct jws *j)
{
	json_decref(j->header);
	json_decref(j->claims);
	*j = (struct jws){0};
}

/* The JSON object in one part. */
static json_t *
part(const char *t, size_t len)
{
	OWN(mem) uint8_t *octets = malloc(len + 1);
	size_t n;

	if (octets == NULL || !text_from_b64url(t, len, octets, len, &n))
		return NULL;
	return strict_object((const char *)octets, n);
}

/* Exactly three parts; the lengths of the first two. */
static bool
split(const char *text, size_t *head, size_t *body, size_t *sig)
{
	const char *dot = strchr(text, '.'), *dot2;

	if (dot == NULL || (dot2 = strchr(dot + 1, '.')) == NULL ||
	    strchr(dot2 + 1, '.') != NULL)
		return false;
	*head = (size_t)(dot - text);
	*body = (size_t)(dot2 - dot - 1);
	*sig = strlen(dot2 + 1);
	return *head > 0 && *head <= HEADER_MAX && *body > 0 && *sig > 0 &&
	       *sig <= 2 * SIGNATURE_MAX;
}

static bool
in_list(const struct conf_list *l, const char *word)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], word) == 0)
			return true;
	return false;
}

static enum err
read_header(struct jws *j, const struct conf_list *algs, struct signin_why *why)
{
	const char *alg = strict_text(j->header, "alg", 16);

	if (json_object_get(j->header, "crit") != NULL)
		return turn_refuse(why, ERR_PROVIDER, "crit", "crit header");
	if (alg == NULL || !in_list(algs, alg) || jwks_family(alg) == NULL)
		return turn_refuse(why, ERR_PROVIDER, "alg", "%s",
		    alg == NULL ? "(none)" : alg);
	j->alg = alg;
	j->kid = strict_text(j->header, "kid", JWKS_KID_MAX);
	if (j->kid == NULL && json_object_get(j->header, "kid") != NULL)
		return turn_refuse(why, ERR_PROVIDER, "kid", "malformed");
	j->typ = strict_text(j->header, "typ", 64);
	if (j->typ == NULL && json_object_get(j->header, "typ") != NULL)
		return turn_refuse(why, ERR_PROVIDER, "typ", "malformed");
	return ERR_OK;
}

enum err
jws_parse(const char *text, const struct conf_list *algs, struct jws *out,
    struct signin_why *why)
{
	OWN(jws) struct jws j = {.text = text, .len = strlen(text)};
	size_t head, body, sig;
	enum err e;

	*out = (struct jws){0};
	if (j.len > TURN_TOKEN_MAX)
		return turn_refuse(why, ERR_PROVIDER, "jwt", "too long");
	if (!split(text, &head, &body, &sig))
		return turn_refuse(why, ERR_PROVIDER, "jwt", "not three parts");
	j.signed_len = head + 1 + body;
	if ((j.header = part(text, head)) == NULL)
		return turn_refuse(why, ERR_PROVIDER, "jwt", "header");
	if ((e = read_header(&j, algs, why)))
		return e;
	if ((j.claims = part(text + head + 1, body)) == NULL)
		return turn_refuse(why, ERR_PROVIDER, "jwt", "claims");
	*out = j;
	j = (struct jws){0};
	return ERR_OK;
}

/* cjose knows no EdDSA (RFC 8037). */
static bool
verify_ed25519(const struct jws *j, const json_t *key)
{
	const char *x = strict_text(key, "x", 64);
	const char *s = j->text + j->signed_len + 1;
	uint8_t point[32], sig[ED25519_LEN];
	EVP_PKEY *pk = NULL;
	EVP_MD_CTX *ctx;
	size_t n;
	bool yes;

	if (x == NULL ||
	    !text_from_b64url(x, strlen(x), point, sizeof(point), &n) ||
	    n != sizeof(point) ||
	    !text_from_b64url(s, strlen(s), sig, sizeof(sig), &n) ||
	    n != sizeof(sig))
		return false;
	pk = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, point, sizeof(point));
	ctx = EVP_MD_CTX_new();
	yes = pk != NULL && ctx != NULL &&
	      EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pk) == 1 &&
	      EVP_DigestVerify(ctx, sig, sizeof(sig),
		  (const unsigned char *)j->text, j->signed_len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pk);
	return yes;
}

static bool
verify_cjose(const struct jws *j, const json_t *key)
{
	cjose_err err = {0};
	OWN(mem) char *text = json_dumps(key, JSON_COMPACT);
	cjose_jwk_t *jwk =
	    text == NULL ? NULL : cjose_jwk_import(text, strlen(text), &err);
	cjose_jws_t *jws = cjose_jws_import(j->text, j->len, &err);
	bool yes =
	    jwk != NULL && jws != NULL && cjose_jws_verify(jws, jwk, &err);

	if (jws != NULL)
		cjose_jws_release(jws);
	if (jwk != NULL)
		cjose_jwk_release(jwk);
	return yes;
}

bool
jws_verify(const struct jws *j, const json_t *key)
{
	const char *s;
	uint8_t sig[SIGNATURE_MAX];
	size_t n;

	if (j->text == NULL || j->alg == NULL)
		return false;
	s = j->text + j->signed_len + 1;
	/* one spelling of a signature only, whatever a library accepts */
	if (!text_from_b64url(s, strlen(s), sig, sizeof(sig), &n) || n == 0)
		return false;
	return strcmp(j->alg, "EdDSA") == 0 ? verify_ed25519(j, key)
					    : verify_cjose(j, key);
}

enum err
jws_open(
    struct turn *t, const struct metadata *m, const char *text, struct jws *out)
{
	OWN(jws) struct jws j = {0};
	OWN(json) json_t *key = NULL;
	enum err e;

	*out = (struct jws){0};
	if ((e = jws_parse(text, &t->p->conf->algs, &j, t->why)) ||
	    (e = jwks_key(t, m, j.alg, j.kid, &key)))
		return e;
	if (!jws_verify(&j, key))
		return turn_refuse(
		    t->why, ERR_PROVIDER, "signature", "%s", j.alg);
	*out = j;
	j = (struct jws){0};
	return ERR_OK;
}
