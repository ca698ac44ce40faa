#include "portal/signin/idtoken.h"

#include <openssl/evp.h>
#include <string.h>

#include "core/base/text.h"
#include "core/net/url.h"
#include "portal/signin/strict.h"

enum { AGE_MAX = 600 }; /* an ID token comes straight from the provider */

static enum err
bad(struct signin_why *why, const char *claim, const char *how)
{
	return turn_refuse(why, ERR_PROVIDER, claim, "%s: %s", claim, how);
}

/* Every audience is us; *N of them. */
static bool
audience(const json_t *aud, const char *me, size_t *n)
{
	const json_t *one;
	size_t i;

	*n = json_is_string(aud) ? 1 : json_array_size(aud);
	if (json_is_string(aud))
		return strcmp(json_string_value(aud), me) == 0;
	json_array_foreach(aud, i,
	    one) if (!json_is_string(one) ||
		     strcmp(json_string_value(one), me) != 0) return false;
	return *n > 0;
}

enum err
idtoken_for_us(const json_t *c, const char *issuer, const char *client_id,
    struct signin_why *why)
{
	const char *iss = strict_text(c, "iss", URL_MAX);
	const json_t *azp = json_object_get(c, "azp");
	size_t n;

	if (iss == NULL || strcmp(iss, issuer) != 0)
		return bad(why, "iss", iss == NULL ? "missing" : iss);
	if (!audience(json_object_get(c, "aud"), client_id, &n))
		return bad(why, "aud", "not for us alone");
	if (azp == NULL)
		return n > 1 ? bad(why, "azp", "missing") : ERR_OK;
	return json_is_string(azp) &&
		       strcmp(json_string_value(azp), client_id) == 0
		   ? ERR_OK
		   : bad(why, "azp", "not us");
}

enum err
idtoken_times(const json_t *c, int64_t now, int64_t skew, int64_t age,
    bool optional, struct signin_why *why)
{
	int64_t exp, iat, nbf;

	if (json_object_get(c, "exp") == NULL && !optional)
		return bad(why, "exp", "missing");
	if (json_object_get(c, "exp") != NULL &&
	    (!strict_date(c, "exp", &exp) || exp + skew <= now))
		return bad(why, "exp", "past or malformed");
	if (!strict_date(c, "iat", &iat) || iat > now + skew)
		return bad(why, "iat", "future, missing or malformed");
	if (iat < now - age - skew)
		return bad(why, "iat", "too old");
	if (json_object_get(c, "nbf") != NULL &&
	    (!strict_date(c, "nbf", &nbf) || nbf > now + skew))
		return bad(why, "nbf", "future or malformed");
	return ERR_OK;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && strlen(a) == strlen(b) &&
	       secret_equal(a, b, strlen(b));
}

/* Core 3.1.3.6: the left half of the hash the algorithm uses. */
static enum err
at_hash(const json_t *c, const struct idtoken_want *w, struct signin_why *why)
{
	const EVP_MD *md =
	    strcmp(w->alg, "EdDSA") == 0 ? EVP_sha512() : EVP_sha256();
	unsigned char hash[EVP_MAX_MD_SIZE];
	char text[TEXT_B64_LEN(EVP_MAX_MD_SIZE) + 1];
	unsigned int len = 0;

	if (json_object_get(c, "at_hash") == NULL || w->access_token == NULL)
		return ERR_OK;
	if (EVP_Digest(w->access_token, strlen(w->access_token), hash, &len, md,
		NULL) != 1)
		return ERR_INTERNAL;
	text_to_b64url(hash, len / 2, text);
	return same(strict_text(c, "at_hash", sizeof(text)), text)
		   ? ERR_OK
		   : bad(why, "at_hash", "another access token's");
}

static enum err
fresh(const json_t *c, const struct idtoken_want *w, struct signin_why *why)
{
	int64_t at = 0;
	bool there = json_object_get(c, "auth_time") != NULL;

	if (there &&
	    (!strict_date(c, "auth_time", &at) || at > w->now + w->skew))
		return bad(why, "auth_time", "future or malformed");
	if (w->fresh_since == 0)
		return ERR_OK;
	return at > 0 && at + w->skew >= w->fresh_since
		   ? ERR_OK
		   : bad(why, "auth_time", "not signed in anew");
}

enum err
idtoken_check(
    const json_t *c, const struct idtoken_want *w, struct signin_why *why)
{
	enum err e;

	if ((e = idtoken_for_us(c, w->issuer, w->client_id, why)) ||
	    (e = idtoken_times(c, w->now, w->skew, AGE_MAX, false, why)))
		return e;
	if (!same(strict_text(c, "nonce", 256), w->nonce))
		return bad(why, "nonce", "not of this sign-in");
	if (strict_text(c, "sub", TURN_SUBJECT_MAX) == NULL)
		return bad(why, "sub", "missing or malformed");
	if ((e = at_hash(c, w, why)))
		return e;
	return fresh(c, w, why);
}
