#include "radius/wire/shared.h"

enum err
shared_set(struct shared *s, const void *octets, size_t len)
{
	enum err e;

	if (len == 0)
		return ERR_BAD_INPUT;
	if ((e = secret_set(&s->secret, octets, len)))
		return e;
	hmac_md5_prepare(&s->pads, octets, len);
	return ERR_OK;
}

void
shared_own(struct shared *s)
{
	secret_wipe(s, sizeof(*s));
}
