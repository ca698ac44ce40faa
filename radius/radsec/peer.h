/*
 * peer.h - which access point is at the other end
 *
 * By what it proved, never by its address: the hash of its certificate,
 * a DNS name in it (subjectAltName; the common name is not looked at), or the
 * key that is made from its record.
 */
#pragma once

#include <openssl/ssl.h>

#include "core/crypt/tls_psk.h"
#include "radius/radsec/tls.h"
#include "radius/serve/known.h"

/* The one of this SHA-256 over the whole certificate, or NULL. */
const struct known_ap *peer_by_hash(const struct known *k, const X509 *cert);

/* The one of the first DNS name in it that is anybody's. */
const struct known_ap *peer_by_name(const struct known *k, const X509 *cert);

/* The one whose key has NAME; OUT is name and key. */
const struct known_ap *peer_by_psk(const struct known *k,
    const struct ring *ring, const char *name, struct tls_psk *out);

/* It is still the access point it was. */
bool peer_still(const struct known *k, const struct tls_peer *p);
