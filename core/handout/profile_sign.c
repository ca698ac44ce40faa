/* CMS SignedData around an Apple profile (RFC 5652 5). */
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#include "core/handout/profile.h"

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

static BIO *
source(const char *octets, size_t len)
{
	return len > INT_MAX ? NULL : BIO_new_mem_buf(octets, (int)len);
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
