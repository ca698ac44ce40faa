#include "core/base/secret.h"

#include <string.h>

enum err
secret_set(struct secret *s, const void *octets, size_t len)
{
	s->len = 0;
	s->b[0] = 0;
	if (len > SECRET_MAX)
		return ERR_TOO_BIG;
	if (len > 0)
		memcpy(s->b, octets, len);
	s->b[len] = 0;
	s->len = len;
	return ERR_OK;
}

bool
secret_same(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && secret_equal(a->b, b->b, a->len);
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	const volatile unsigned char *x = a, *y = b;
	unsigned char diff = 0;

	for (size_t i = 0; i < len; i++)
		diff |= x[i] ^ y[i];
	return diff == 0;
}

const char *
secret_text(const struct secret *s)
{
	return (const char *)s->b;
}

void
secret_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}

void
secret_own(struct secret *s)
{
	explicit_bzero(s, sizeof(*s));
}
