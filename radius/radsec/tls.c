#include "radius/radsec/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/crypt/tls_psk.h"
#include "radius/radsec/peer.h"

/* RFC 9325 4.2, and the ephemeral ones of RFC 4279 and RFC 7905. */
static const char ciphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-PSK-CHACHA20-POLY1305:"
    "DHE-PSK-AES128-GCM-SHA256:DHE-PSK-AES256-GCM-SHA384";

enum { FILES = 4 };

struct tls {
	const struct conf_radsec *conf;
	struct state *st; /* NULL: nobody is known */
	SSL_CTX *ctx;
	struct timespec changed[FILES];
	bool behind; /* they are not what is in use */
	int64_t looked;
};

/* --- versions of RADIUS -----------------------------------------------------
 */

static const uint8_t name_10[] = "\012radius/1.0", name_11[] = "\012radius/1.1";

static bool
allowed(const struct tls *t, const char *version)
{
	return strcmp(t->conf->versions, "both") == 0 ||
	       strcmp(t->conf->versions, version) == 0;
}

static bool
offered(const uint8_t *in, unsigned len, const uint8_t *name)
{
	for (unsigned at = 0; at < len && len - at > in[at]; at += 1 + in[at])
		if (in[at] == name[0] &&
		    memcmp(in + at + 1, name + 1, name[0]) == 0)
			return true;
	return false;
}

/* RFC 9765 3.3: the best of both; 1.1 only inside TLS 1.3; else an alert. */
static int
choose(SSL *ssl, const uint8_t **out, uint8_t *outlen, const uint8_t *in,
    unsigned len, void *arg)
{
	const struct tls *t = arg;
	const uint8_t *name = NULL;

	if (offered(in, len, name_11) && allowed(t, "1.1") &&
	    SSL_version(ssl) >= TLS1_3_VERSION)
		name = name_11;
	else if (offered(in, len, name_10) && allowed(t, "1.0"))
		name = name_10;
	if (name == NULL)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = name + 1;
	*outlen = name[0];
	return SSL_TLSEXT_ERR_OK;
}

static bool
speaks_11(const SSL *ssl)
{
	const uint8_t *name;
	unsigned len;

	SSL_get0_alpn_selected(ssl, &name, &len);
	return len == name_11[0] && memcmp(name, name_11 + 1, len) == 0;
}

/* --- keys -------------------------------------------------------------------
 */

static struct tls *
of(const SSL *ssl)
{
	return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

/* RFC 9813 5.1: the name is somebody else's octets until it is found. */
static unsigned
psk(SSL *ssl, const char *name, uint8_t *key, unsigned max)
{
	OWN(tls_psk) struct tls_psk p = {.name = ""};
	const struct tls *t = of(ssl);
	const struct known_ap *ap;

	if (t->st == NULL || name == NULL || max < TLS_PSK_LEN)
		return 0;
	ap = peer_by_psk(state_known(t->st), t->st->ring, name, &p);
	if (ap == NULL)
		return 0;
	memcpy(key, p.key, TLS_PSK_LEN);
	*(struct uid *)SSL_get_app_data(ssl) = ap->ap.id;
	return TLS_PSK_LEN;
}

/* The one whose key made this connection, not only a part of its hello. */
static const struct known_ap *
by_key(const struct known *k, SSL *ssl)
{
	const struct uid *id = SSL_get_app_data(ssl);
	const SSL_CIPHER *c = SSL_get_current_cipher(ssl);
	const struct known_ap *ap = known_ap_by_id(k, id);
	bool used = SSL_session_reused(ssl) == 1 || /* that is TLS 1.3's way */
		    (c != NULL && SSL_CIPHER_get_auth_nid(c) == NID_auth_psk);

	return used && ap != NULL && ap->tls.kind == AP_TLS_PSK ? ap : NULL;
}

/* --- certificates -----------------------------------------------------------
 */

/* One whose hash an administrator wrote down needs no authority; its dates
 * count all the same. */
static int
verify(X509_STORE_CTX *store, void *arg)
{
	const struct tls *t = arg;
	const X509 *cert = X509_STORE_CTX_get0_cert(store);

	if (t->st != NULL && cert != NULL &&
	    peer_by_hash(state_known(t->st), cert) != NULL) {
		bool now =
		    X509_cmp_current_time(X509_get0_notBefore(cert)) < 0 &&
		    X509_cmp_current_time(X509_get0_notAfter(cert)) > 0;

		X509_STORE_CTX_set_error(
		    store, now ? X509_V_OK : X509_V_ERR_CERT_HAS_EXPIRED);
		return now;
	}
	return X509_verify_cert(store);
}

bool
tls_who(SSL *ssl, struct tls_peer *out, const char **why)
{
	const X509 *cert = SSL_get0_peer_certificate(ssl);
	const struct tls *t = of(ssl);
	const struct known *k = state_known(t->st);
	const struct known_ap *ap;

	*out = (struct tls_peer){.radius11 = speaks_11(ssl)};
	if (cert == NULL)
		ap = by_key(k, ssl);
	else if ((ap = peer_by_hash(k, cert)) == NULL) {
		ap = peer_by_name(k, cert);
		out->by_chain = true;
	}
	*why = "not an access point of ours";
	if (ap == NULL)
		return false;
	out->ap = ap->ap.id;
	out->version = ap->ap.version;
	*why = "RADIUS/1.1 is required and was not offered";
	return out->radius11 || (!ap->tls.only_1_1 && allowed(t, "1.0"));
}

const char *
tls_trouble(const SSL *ssl)
{
	long v = SSL_get_verify_result(ssl);
	const char *reason;

	if (v != X509_V_OK)
		return X509_verify_cert_error_string(v);
	reason = ERR_reason_error_string(ERR_peek_last_error());
	return reason == NULL ? "the connection ended" : reason;
}

/* --- the files --------------------------------------------------------------
 */

static enum err
trouble(char why[static CONF_WHY], const char *file)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	(void)snprintf(why, CONF_WHY, "radsec: %s: %s", file,
	    reason == NULL ? "cannot be used" : reason);
	ERR_clear_error();
	return ERR_CONFIG;
}

/* Authorities and their lists, as one store. */
static enum err
read_store(
    const struct conf_radsec *c, X509_STORE **out, char why[static CONF_WHY])
{
	X509_STORE *s = X509_STORE_new();
	X509_LOOKUP *l = NULL;
	enum err e = ERR_OK;

	if (s == NULL)
		return ERR_NO_MEMORY;
	if (c->ca_file[0] != '\0' && X509_STORE_load_file(s, c->ca_file) != 1)
		e = trouble(why, c->ca_file);
	if (e == ERR_OK && c->crl_file[0] != '\0') {
		l = X509_STORE_add_lookup(s, X509_LOOKUP_file());
		if (l == NULL ||
		    X509_load_crl_file(l, c->crl_file, X509_FILETYPE_PEM) < 1)
			e = trouble(why, c->crl_file);
		(void)X509_STORE_set_flags(
		    s, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	}
	if (e) {
		X509_STORE_free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

static enum err
read_files(SSL_CTX *ctx, const struct conf_radsec *c, char why[static CONF_WHY])
{
	STACK_OF(X509_NAME) *names = NULL;
	X509_STORE *s = NULL;
	enum err e;

	if ((e = read_store(c, &s, why)))
		return e;
	SSL_CTX_set_cert_store(ctx, s);
	if (c->ca_file[0] != '\0' &&
	    (names = SSL_load_client_CA_file(c->ca_file)) == NULL)
		return trouble(why, c->ca_file);
	SSL_CTX_set_client_CA_list(ctx, names);
	if (c->certificate[0] == '\0')
		return ERR_OK;
	if (SSL_CTX_use_certificate_chain_file(ctx, c->certificate) != 1)
		return trouble(why, c->certificate);
	if (SSL_CTX_use_PrivateKey_file(
		ctx, c->private_key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return trouble(why, c->private_key);
	return ERR_OK;
}

static void
manners(SSL_CTX *ctx, struct tls *t)
{
	SSL_CTX_set_app_data(ctx, t);
	(void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	(void)SSL_CTX_set_options(
	    ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
		     SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	(void)SSL_CTX_set_num_tickets(ctx, 0);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
					SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					SSL_MODE_RELEASE_BUFFERS);
	(void)SSL_CTX_set_dh_auto(ctx, 1);
	SSL_CTX_set_max_cert_list(ctx, 32 << 10);
	SSL_CTX_set_verify_depth(ctx, TLS_VERIFY_DEPTH);
	SSL_CTX_set_verify(
	    ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, verify, t);
	SSL_CTX_set_psk_server_callback(ctx, psk);
	SSL_CTX_set_alpn_select_cb(ctx, choose, t);
}

static enum err
context(struct tls *t, SSL_CTX **out, char why[static CONF_WHY])
{
	static const uint8_t us[] = "latchkey-radsec";
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	enum err e;

	if (ctx == NULL)
		return ERR_NO_MEMORY;
	manners(ctx, t);
	if (SSL_CTX_set_cipher_list(ctx, ciphers) != 1 ||
	    SSL_CTX_set_session_id_context(ctx, us, sizeof(us) - 1) != 1)
		e = trouble(why, "ciphers");
	else
		e = read_files(ctx, t->conf, why);
	if (e) {
		SSL_CTX_free(ctx);
		return e;
	}
	*out = ctx;
	return ERR_OK;
}

/* True when one of them is not what it was. */
static bool
changed(struct tls *t)
{
	const char *const file[FILES] = {t->conf->certificate,
	    t->conf->private_key, t->conf->ca_file, t->conf->crl_file};
	bool yes = false;
	struct stat s;

	for (int i = 0; i < FILES; i++) {
		if (file[i][0] == '\0' || stat(file[i], &s) != 0)
			continue;
		yes = yes || s.st_mtim.tv_sec != t->changed[i].tv_sec ||
		      s.st_mtim.tv_nsec != t->changed[i].tv_nsec;
		t->changed[i] = s.st_mtim;
	}
	return yes;
}

enum err
tls_new(const struct conf *conf, struct tls **out, char why[static CONF_WHY])
{
	struct tls *t = calloc(1, sizeof(*t));
	enum err e;

	if (t == NULL)
		return ERR_NO_MEMORY;
	t->conf = &conf->radsec;
	(void)changed(t);
	if ((e = context(t, &t->ctx, why))) {
		free(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

void
tls_ask(struct tls *t, struct state *st)
{
	t->st = st;
}

bool
tls_again(struct tls *t, int64_t mono)
{
	char why[CONF_WHY] = "";
	SSL_CTX *new = NULL;
	bool now;

	if (mono - t->looked < (int64_t)TLS_LOOK_SECONDS * 1000000000)
		return false;
	t->looked = mono;
	now = changed(t);
	if (!now && !t->behind)
		return false;
	t->behind = context(t, &new, why) != ERR_OK;
	if (t->behind) {
		if (now)
			LOG(ERROR, "radsec.files", LOG_S("why", why));
		return false;
	}
	SSL_CTX_free(t->ctx); /* connections keep it as long as they need */
	t->ctx = new;
	LOG(INFO, "radsec.files", LOG_S("why", "changed, and read again"));
	return true;
}

SSL *
tls_accept(struct tls *t, int fd, struct uid *psk_)
{
	SSL *ssl = SSL_new(t->ctx);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	*psk_ = UID_NONE;
	SSL_set_app_data(ssl, psk_);
	SSL_set_accept_state(ssl);
	return ssl;
}
