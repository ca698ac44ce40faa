/* radsec_peer.h - a responder's end of TLS and an access point's, OpenSSL's
 * client, in one process: begin(), meet(), leave(), finish() */
#pragma once

#include "tests/unit/certs.h"
#include "tests/unit/responder.h"

#include <sys/socket.h>

#include "radius/radsec/backward.h"

enum { DAY = 86400 };

static const int64_t second = 1000000000;
static struct house h; /* of which there is a directory and a ring */
static char file[5][100];
static struct cert root, server, hall;
static struct state *st;
static struct known *k;
static struct world_ap point;

enum { CA, CERT, KEY, CRL, NONE };

static inline void
make(void)
{
	static const char *const names[] = {"ca", "cert", "key", "crl", "no"};
	char why[RING_WHY];

	memset(&h, 0, sizeof(h));
	(void)snprintf(h.dir, sizeof(h.dir), "/tmp/latchkey-tls-XXXXXX");
	assert_non_null(mkdtemp(h.dir));
	for (int i = 0; i < 5; i++)
		(void)snprintf(
		    file[i], sizeof(file[i]), "%s/%s", h.dir, names[i]);
	(void)snprintf(h.key, sizeof(h.key), "%s/master.key", h.dir);
	assert_ok(ring_create(h.key, why));
	assert_ok(ring_load(h.key, &h.ring, why));
	root = cert_new(NULL, NULL, -60, DAY);
	server = cert_new(&root, "DNS:localhost", -60, DAY);
	hall = cert_new(&root, "DNS:Hall.Example", -60, DAY);
	cert_write(&root, file[CA], NULL);
	cert_write(&server, file[CERT], file[KEY]);
	h.conf.radsec = (struct conf_radsec){.certificate = file[CERT],
	    .private_key = file[KEY],
	    .ca_file = file[CA],
	    .crl_file = "",
	    .versions = "both"};
	st = responder_state(&h);
	k = state_known(st);
	point = (struct world_ap){
	    .ap = {.id = uid_new(), .name = "hall", .dialect = "generic"}};
	assert_ok(secret_set(&point.secret, "a-secret-of-16-characters", 25));
}

static inline void
end(void)
{
	state_free(st);
	cert_free(&root);
	cert_free(&server);
	cert_free(&hall);
	ring_free(h.ring);
	for (int i = 0; i < 5; i++)
		(void)unlink(file[i]);
	(void)unlink(h.key);
	assert_int_equal(rmdir(h.dir), 0);
}

static inline void
known_by(const char *text)
{
	text_copy(point.ap.tls, sizeof(point.ap.tls), text);
	point.ap.version++;
	assert_ok(known_put_ap(k, &point));
	assert_ok(known_settle(k));
}

struct client {
	const struct cert *cert;
	struct tls_psk *psk;
	const char *alpn; /* as in the hello */
	size_t alpn_len;
	int max; /* version; 0: 1.3 */
};

static inline unsigned
client_psk(SSL *ssl, const char *hint, char *name, unsigned max, uint8_t *key,
    unsigned max_key)
{
	const struct tls_psk *p = SSL_get_app_data(ssl);

	(void)hint;
	assert_true(max > TLS_PSK_NAME && max_key >= TLS_PSK_LEN);
	memcpy(name, p->name, sizeof(p->name));
	memcpy(key, p->key, TLS_PSK_LEN);
	return TLS_PSK_LEN;
}

static inline SSL *
client_new(const struct client *c, SSL_CTX **ctx, int fd)
{
	SSL *ssl;

	*ctx = SSL_CTX_new(TLS_client_method());
	if (c->max != 0)
		SSL_CTX_set_max_proto_version(*ctx, c->max);
	if (c->psk != NULL) {
		SSL_CTX_set_psk_client_callback(*ctx, client_psk);
		SSL_CTX_set_cipher_list(*ctx, "PSK");
		SSL_CTX_set_ciphersuites(*ctx, "TLS_AES_128_GCM_SHA256");
	}
	ssl = SSL_new(*ctx);
	SSL_set_app_data(ssl, c->psk);
	if (c->cert != NULL) {
		SSL_use_certificate(ssl, c->cert->x);
		SSL_use_PrivateKey(ssl, c->cert->key);
	}
	if (c->alpn != NULL)
		SSL_set_alpn_protos(
		    ssl, (const uint8_t *)c->alpn, (unsigned)c->alpn_len);
	SSL_set_fd(ssl, fd);
	SSL_set_connect_state(ssl);
	return ssl;
}

static struct conn conn;
static struct tls *tls;

struct meeting {
	SSL_CTX *ctx;
	SSL *ssl; /* the client's end */
	int fd;
	bool there; /* the handshake ended well, and it is somebody */
	char why[200];
};

static inline void
shake(struct meeting *m)
{
	const char *why = "";
	enum conn_went went = CONN_WAIT;

	for (int i = 0; i < 100 && went == CONN_WAIT; i++) {
		(void)SSL_do_handshake(m->ssl);
		went = conn_shake(&conn);
	}
	(void)SSL_do_handshake(m->ssl);
	m->there = went == CONN_DONE && tls_who(conn.ssl, &conn.peer, &why);
	if (went != CONN_DONE)
		why = tls_trouble(conn.ssl);
	text_copy(m->why, sizeof(m->why), why);
}

static inline struct meeting
meet(const struct client *c)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = 5};
	struct sockaddr_storage from = {0};
	struct meeting m = {.there = false};
	int fd[2];

	memcpy(&from, &in, sizeof(in));
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
	m.fd = fd[0];
	m.ssl = client_new(c, &m.ctx, fd[0]);
	assert_true(conn_open(&conn, tls, fd[1], &from, 1, second));
	assert_int_equal(conn.is, CONN_SHAKING);
	shake(&m);
	if (m.there)
		conn.is = CONN_OPEN;
	return m;
}

static inline void
leave(struct meeting *m)
{
	conn_close(&conn);
	SSL_free(m->ssl);
	SSL_CTX_free(m->ctx);
	(void)close(m->fd);
}

static inline void
begin(void)
{
	char why[CONF_WHY];

	make();
	assert_ok(tls_new(&h.conf, &tls, why));
	tls_ask(tls, st);
}

static inline void
finish(void)
{
	tls_free(tls);
	end();
}
