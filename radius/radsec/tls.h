/*
 * tls.h - what TLS is like here, and who is at the other end
 *
 * TLS 1.2 and 1.3 (RFC 6614, RFC 9325), with a certificate on both sides or a
 * key that both have (RFC 9813), RADIUS/1.1 by ALPN (RFC 9765). No tickets, no
 * renegotiation. Certificates and lists are read again when they change.
 *
 * Not safe between threads: one thread owns it, and calls inside the epoch.
 */
#pragma once

#include <openssl/ssl.h>

#include "radius/serve/state.h"

enum {
	TLS_VERIFY_DEPTH = 5,
	TLS_LOOK_SECONDS = 1, /* between two looks at the files */
};

struct tls;

/* Reads the files. CONFIG with the reason in WHY. */
MUST_USE enum err
tls_new(const struct conf *conf, struct tls **out, char why[static CONF_WHY]);
void tls_free(struct tls *t);

/* Where access points are found from now on. Before the first tls_accept(). */
void tls_ask(struct tls *t, struct state *st);

/* True when the files changed and were read: who was let in by a certificate
 * may not be any longer. Files that cannot be used leave all as it was, and are
 * tried again. */
bool tls_again(struct tls *t, int64_t mono);

/* A server's end on FD (borrowed), not blocking. *PSK, which must live as long,
 * becomes the access point whose key was asked for. NULL when out of memory. */
SSL *tls_accept(struct tls *t, int fd, struct uid *psk);

/* Who came, once the handshake is done. */
struct tls_peer {
	struct uid ap;
	int64_t version; /* of its record: it must come again when changed */
	bool by_chain;   /* an authority says so, and may say otherwise later */
	bool radius11;
};

/* False, with a word why in WHY, when it is nobody's. */
bool tls_who(SSL *ssl, struct tls_peer *out, const char **why);

/* Why the handshake of SSL failed: a word or two of the library. */
const char *tls_trouble(const SSL *ssl);
