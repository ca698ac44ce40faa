/* CMS SignedData around an Apple profile (RFC 5652 5). */
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "core/handout/profile.h"

struct profile_signer {
	X509 *cert;
	STACK_OF(X509) * chain;
	EVP_PKEY *key;
};

static inline void
bio_own(BIO **b)
{
	BIO_free(*b);
}

static inline void
cms_own(CMS_ContentInfo **c)
{
	CMS_ContentInfo_free(*c);
}

void
profile_signer_free(struct profile_signer *s)
{
	if (s == NULL)
		return;
	X509_free(s->cert);
	sk_X509_pop_free(s->chain, X509_free);
	EVP_PKEY_free(s->key);
	free(s);
}

static BIO *
source(const char *octets, size_t len)
{
	return len > INT_MAX ? NULL : BIO_new_mem_buf(octets, (int)len);
}

/* The first certificate is the signer's, all others are sent along. */
static bool
read_chain(struct profile_signer *s, const char *pem, size_t len)
{
	OWN(bio) BIO *in = source(pem, len);
	X509 *x;

	if (in == NULL || (s->chain = sk_X509_new_null()) == NULL ||
	    (s->cert = PEM_read_bio_X509(in, NULL, NULL, NULL)) == NULL)
		return false;
	while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
		if (sk_X509_push(s->chain, x) == 0) {
			X509_free(x);
			return false;
		}
	ERR_clear_error();
	return true;
}

/* An encrypted key is refused instead of asking a terminal for its words. */
static int
no_words(char *out, int size, int writing, void *unused)
{
	(void)out, (void)size, (void)writing, (void)unused;
	return -1;
}

static bool
read_key(struct profile_signer *s, const char *pem, size_t len)
{
	OWN(bio) BIO *in = source(pem, len);

	s->key = in == NULL ? NULL
			    : PEM_read_bio_PrivateKey(in, NULL, no_words, NULL);
	return s->key != NULL && X509_check_private_key(s->cert, s->key) == 1;
}

enum err
profile_signer_new(const char *chain, size_t chain_len, const char *key,
    size_t key_len, struct profile_signer **out)
{
	OWN(profile_signer)
	struct profile_signer *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ERR_NO_MEMORY;
	if (!read_chain(s, chain, chain_len) || !read_key(s, key, key_len)) {
		ERR_clear_error();
		return ERR_CONFIG;
	}
	*out = give(s);
	return ERR_OK;
}

enum err
profile_sign(
    const struct profile_signer *s, const struct buf *profile, struct buf *out)
{
	OWN(bio) BIO *in = source(profile->p, profile->len);
	OWN(bio) BIO *der = BIO_new(BIO_s_mem());
	OWN(cms) CMS_ContentInfo *c = NULL;
	char *p = NULL;
	long n;

	if (in == NULL || der == NULL)
		return ERR_NO_MEMORY;
	c = CMS_sign(
	    s->cert, s->key, s->chain, in, CMS_BINARY | CMS_NOSMIMECAP);
	if (c == NULL || i2d_CMS_bio(der, c) != 1) {
		ERR_clear_error();
		return ERR_INTERNAL;
	}
	n = BIO_get_mem_data(der, &p);
	buf_add(out, p, n > 0 ? (size_t)n : 0);
	return out->err;
}
