/* Profiles are signed, or left as they are: the whole way is in
 * tests/portal/profile.test.mjs. */
#include "tests/unit/test.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "core/handout/profile.h"

static const char text[] = "<plist/>";

/* A certificate of KEY by itself. */
static X509 *
certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			     (const uint8_t *)"wifi.example.org", -1, -1, 0),
	    1);
	assert_int_equal(X509_set_issuer_name(x, name), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), 3600));
	assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	return x;
}

TEST(a_profile_is_signed_by_its_certificate)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct profile_signer s = {.cert = certificate(key), .key = key};
	OWN(buf) struct buf plain = BUF(100), out = BUF(1 << 16);

	buf_text(&plain, text);
	assert_ok(profile_sign(&s, &plain, &out));
	assert_int_equal((uint8_t)out.p[0], 0x30);
	assert_non_null(memmem(out.p, out.len, text, strlen(text)));
	X509_free(s.cert);
	EVP_PKEY_free(key);
}

TEST(a_profile_stays_as_it_is_when_it_cannot_be_signed)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	struct profile_signer s = {.cert = certificate(key), .key = other};
	OWN(buf) struct buf plain = BUF(100), out = BUF(1 << 16);

	buf_text(&plain, text);
	/* a key that is not the certificate's */
	assert_err(profile_sign(&s, &plain, &out), ERR_INTERNAL);
	assert_int_equal(out.len, 0);
	assert_string_equal(buf_str(&plain), text);
	/* more than there is room for */
	s.key = key;
	out.max = 100;
	assert_err(profile_sign(&s, &plain, &out), ERR_TOO_BIG);
	assert_string_equal(buf_str(&plain), text);
	X509_free(s.cert);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}
