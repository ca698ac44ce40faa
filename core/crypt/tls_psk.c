#include "core/crypt/tls_psk.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"

enum { NAME_OCTETS = 8 };

enum err
tls_psk_make(const struct ring *r, const struct uid *ap,
    const struct secret *secret, struct tls_psk *out)
{
	const uint8_t *ring = ring_key(r, RING_TLS_PSK);
	uint8_t name[HASH_LEN];
	enum err e;

	if ((e = hash_hmac(ring, RING_KEY,
		 HASH_PARTS(
		     {"key", 3}, {ap->s, UID_LEN}, {secret->b, secret->len}),
		 out->key)) ||
	    (e = hash_hmac(ring, RING_KEY,
		 HASH_PARTS({"name", 4}, {out->key, sizeof(out->key)}), name)))
		return e;
	memcpy(out->name, ap->s, UID_LEN);
	out->name[UID_LEN] = '.';
	text_to_hex(name, NAME_OCTETS, out->name + UID_LEN + 1);
	return ERR_OK;
}

bool
tls_psk_of(const char *name, size_t len, struct uid *ap)
{
	char id[UID_LEN + 1];

	if (len != TLS_PSK_NAME - 1 || name[UID_LEN] != '.')
		return false;
	memcpy(id, name, UID_LEN);
	id[UID_LEN] = '\0';
	return uid_parse(id, ap);
}
