#include "radius/radsec/peer.h"

#include <ctype.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"

enum { NAMES_MAX = 32 };

const struct known_ap *
peer_by_hash(const struct known *k, const X509 *cert)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	char hex[2 * HASH_LEN + 1];
	unsigned len = 0;

	if (X509_digest(cert, EVP_sha256(), hash, &len) != 1 || len != HASH_LEN)
		return NULL;
	text_to_hex(hash, HASH_LEN, hex);
	return known_ap_by_tls(k, AP_TLS_HASH, hex);
}

/* In lower case; false when it is no text, or too long to be ours. */
static bool
plain_name(const ASN1_IA5STRING *s, char *out, size_t size)
{
	const uint8_t *p = ASN1_STRING_get0_data(s);
	int len = ASN1_STRING_length(s);

	if (len <= 0 || (size_t)len >= size || memchr(p, '\0', (size_t)len))
		return false;
	for (int i = 0; i < len; i++)
		out[i] = (char)tolower(p[i]);
	out[len] = '\0';
	return true;
}

const struct known_ap *
peer_by_name(const struct known *k, const X509 *cert)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	const struct known_ap *ap = NULL;
	int n = sk_GENERAL_NAME_num(names);

	for (int i = 0; ap == NULL && i < n && i < NAMES_MAX; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		char name[sizeof(((struct ap_tls *)0)->text)];

		if (g->type == GEN_DNS &&
		    plain_name(g->d.dNSName, name, sizeof(name)))
			ap = known_ap_by_tls(k, AP_TLS_NAME, name);
	}
	GENERAL_NAMES_free(names);
	return ap;
}

const struct known_ap *
peer_by_psk(const struct known *k, const struct ring *ring, const char *name,
    struct tls_psk *out)
{
	size_t len = strnlen(name, TLS_PSK_NAME);
	const struct known_ap *ap;
	struct uid id;

	if (!tls_psk_of(name, len, &id) ||
	    (ap = known_ap_by_id(k, &id)) == NULL ||
	    ap->tls.kind != AP_TLS_PSK ||
	    tls_psk_make(ring, &id, &ap->shared.secret, out) ||
	    strcmp(out->name, name) != 0)
		return NULL;
	return ap;
}

bool
peer_still(const struct known *k, const struct tls_peer *p)
{
	const struct known_ap *ap = known_ap_by_id(k, &p->ap);

	return ap != NULL && ap->ap.version == p->version;
}
