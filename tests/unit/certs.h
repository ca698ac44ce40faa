/* certs.h - certificates made for a test, as files and in memory */
#pragma once

#include "tests/unit/test.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

struct cert {
	EVP_PKEY *key;
	X509 *x;
};

/* Signed by ISSUER (NULL: by itself, and an authority), for NAMES ("DNS:hall"
 * ..., NULL: none), good from FROM to TO seconds from now. */
static inline struct cert
cert_new(const struct cert *issuer, const char *names, long from, long to)
{
	static long serial;
	struct cert c = {.key = EVP_EC_gen("P-256"), .x = X509_new()};
	X509_NAME *subject = X509_get_subject_name(c.x);
	char name[30];
	X509V3_CTX v3;
	X509_EXTENSION *e;

	(void)snprintf(name, sizeof(name), "cert %ld", ++serial);
	assert_int_equal(X509_set_version(c.x, 2), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(c.x), serial);
	X509_gmtime_adj(X509_getm_notBefore(c.x), from);
	X509_gmtime_adj(X509_getm_notAfter(c.x), to);
	X509_NAME_add_entry_by_txt(
	    subject, "CN", MBSTRING_ASC, (uint8_t *)name, -1, -1, 0);
	X509_set_issuer_name(
	    c.x, X509_get_subject_name(issuer == NULL ? c.x : issuer->x));
	X509_set_pubkey(c.x, c.key);
	X509V3_set_ctx(
	    &v3, issuer == NULL ? c.x : issuer->x, c.x, NULL, NULL, 0);
	if (issuer == NULL) {
		e = X509V3_EXT_conf_nid(
		    NULL, &v3, NID_basic_constraints, "critical,CA:TRUE");
		assert_int_equal(X509_add_ext(c.x, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	if (names != NULL) {
		e = X509V3_EXT_conf_nid(NULL, &v3, NID_subject_alt_name, names);
		assert_non_null(e);
		assert_int_equal(X509_add_ext(c.x, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	assert_true(X509_sign(c.x, issuer == NULL ? c.key : issuer->key,
			EVP_sha256()) > 0);
	return c;
}

static inline void
cert_free(struct cert *c)
{
	EVP_PKEY_free(c->key);
	X509_free(c->x);
	*c = (struct cert){.key = NULL};
}

static inline void
cert_write(const struct cert *c, const char *cert, const char *key)
{
	FILE *f = fopen(cert, "w");

	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, c->x), 1);
	(void)fclose(f);
	if (key == NULL)
		return;
	assert_non_null(f = fopen(key, "w"));
	assert_int_equal(
	    PEM_write_PrivateKey(f, c->key, NULL, NULL, 0, NULL, NULL), 1);
	(void)fclose(f);
}

/* The list of what ISSUER has revoked: GONE, unless NULL. */
static inline void
cert_list(const struct cert *issuer, const struct cert *gone, const char *path)
{
	X509_CRL *l = X509_CRL_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, -60),
		  *next = X509_gmtime_adj(NULL, 3600);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	X509_CRL_set_version(l, 1);
	X509_CRL_set_issuer_name(l, X509_get_subject_name(issuer->x));
	X509_CRL_set1_lastUpdate(l, now);
	X509_CRL_set1_nextUpdate(l, next);
	if (gone != NULL) {
		X509_REVOKED *r = X509_REVOKED_new();

		X509_REVOKED_set_serialNumber(
		    r, X509_get_serialNumber(gone->x));
		X509_REVOKED_set_revocationDate(r, now);
		X509_CRL_add0_revoked(l, r);
	}
	assert_true(X509_CRL_sign(l, issuer->key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_X509_CRL(f, l), 1);
	(void)fclose(f);
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	X509_CRL_free(l);
}
