/*
 * signin_op.h - a provider on loopback, in this process, that signs with
 * Ed25519 and says what it is told, good or bad
 *
 * SETUP: start() and stop(). page() is what it answers; begins() and ends() are
 * the two halves of a sign-in.
 */
#pragma once

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "core/base/text.h"
#include "core/crypt/seal.h"
#include "portal/signin/signin.h"
#include "tests/unit/loopback.h"
#include "tests/unit/test.h"

enum { NOW = 1800000000, ROOM = 8192 };

enum { META, KEYS, TOKEN, ME, PAGES };

static const char *const path[PAGES] = {
    "/.well-known/openid-configuration", "/jwks", "/token", "/me"};

struct page {
	int status;
	const char *type;
	char body[ROOM];
};

static struct op {
	int fd;
	pthread_t thread;
	pthread_mutex_t lock;
	struct page page[PAGES];
	char got[ROOM]; /* what came to /token last */
	char issuer[64], dir[64], ring_file[96], key_file[96];
	EVP_PKEY *key;
	struct conf conf;
	struct conf_provider provider;
	struct ring *ring;
	struct signin *s;
	struct arena *a;
	struct signin_why why;
} op;

static inline void
answer(int c, const char *asked)
{
	const struct page *p = NULL;
	char head[200];

	pthread_mutex_lock(&op.lock);
	for (int i = 0; i < PAGES; i++)
		if (strncmp(strchr(asked, ' ') + 1, path[i], strlen(path[i])) ==
		    0)
			p = &op.page[i];
	if (p == &op.page[TOKEN])
		text_copy(op.got, sizeof(op.got), asked);
	(void)snprintf(head, sizeof(head),
	    "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n",
	    p ? p->status : 404, p ? p->type : "text/plain",
	    p ? strlen(p->body) : 0);
	if (write(c, head, strlen(head)) > 0 && p != NULL)
		(void)!write(c, p->body, strlen(p->body));
	pthread_mutex_unlock(&op.lock);
}

/* All of a request: its head, and a body of the length it says. */
static inline void
serve_one(int c)
{
	static char asked[ROOM];
	size_t n = 0, want = 0;
	ssize_t some;

	while (n < sizeof(asked) - 1 && (want == 0 || n < want) &&
	       (some = read(c, asked + n, sizeof(asked) - 1 - n)) > 0) {
		const char *end, *len;

		n += (size_t)some;
		asked[n] = '\0';
		if ((end = strstr(asked, "\r\n\r\n")) == NULL)
			continue;
		len = strstr(asked, "Content-Length: ");
		want = (size_t)(end + 4 - asked) +
		       (len ? strtoul(len + 16, NULL, 10) : 0);
	}
	if (want > 0)
		answer(c, asked);
}

static inline void *
serve(void *arg)
{
	int c;

	(void)arg;
	while ((c = accept(op.fd, NULL, NULL)) >= 0) {
		serve_one(c);
		close(c);
	}
	return NULL;
}

static inline void
page(int which, int status, const char *body)
{
	pthread_mutex_lock(&op.lock);
	op.page[which].status = status;
	op.page[which].type = "application/json";
	text_copy(op.page[which].body, ROOM, body);
	pthread_mutex_unlock(&op.lock);
}

static inline void
metadata(const char *more)
{
	char doc[2048];

	(void)snprintf(doc, sizeof(doc),
	    "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/auth\","
	    "\"token_endpoint\":\"%s/token\",\"jwks_uri\":\"%s/jwks\"%s}",
	    op.issuer, op.issuer, op.issuer, op.issuer, more);
	page(META, 200, doc);
}

static inline void
keys_page(void)
{
	uint8_t x[32];
	char text[TEXT_B64_LEN(32) + 1], doc[400];
	size_t n = sizeof(x);

	assert_int_equal(EVP_PKEY_get_raw_public_key(op.key, x, &n), 1);
	text_to_b64url(x, n, text);
	(void)snprintf(doc, sizeof(doc),
	    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k\","
	    "\"x\":\"%s\"}]}",
	    text);
	page(KEYS, 200, doc);
}

static inline void
listens(void)
{
	op.fd = loopback_listen("http", "", op.issuer, sizeof(op.issuer));
	pthread_mutex_init(&op.lock, NULL);
	assert_int_equal(pthread_create(&op.thread, NULL, serve, NULL), 0);
}

static inline void
open_signin(void)
{
	char why[CONF_WHY] = "";

	assert_ok(signin_open(&op.conf, op.ring, &op.s, why));
}

static inline void
start(void)
{
	static const char *const algs[] = {"EdDSA", "RS256"},
				 *const scopes[] = {"openid", "profile"};
	char why[RING_WHY];

	memset(&op, 0, sizeof(op));
	(void)snprintf(op.dir, sizeof(op.dir), "/tmp/latchkey-op-XXXXXX");
	assert_non_null(mkdtemp(op.dir));
	(void)snprintf(
	    op.ring_file, sizeof(op.ring_file), "%s/master.key", op.dir);
	(void)snprintf(op.key_file, sizeof(op.key_file), "%s/key", op.dir);
	assert_ok(ring_create(op.ring_file, why));
	assert_ok(ring_load(op.ring_file, &op.ring, why));
	listens();
	op.provider = (struct conf_provider){.slug = "op",
	    .issuer = op.issuer,
	    .client_id = "me",
	    .client_secret_file = "",
	    .auth_method = "none",
	    .private_key_file = "",
	    .key_id = "",
	    .scopes = {scopes, 2},
	    .algs = {algs, 2},
	    .ca_file = "",
	    .groups_claim = "groups",
	    .allow_loopback = true,
	    .timeout = 5,
	    .clock_skew = 60};
	op.conf.portal.public_url = "https://wifi.example.org";
	op.conf.provider = &op.provider;
	op.conf.nprovider = 1;
	op.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	op.a = arena_new(4 << 20);
	metadata("");
	keys_page();
	open_signin();
}

static inline void
stop(void)
{
	signin_close(op.s);
	signin_close(NULL);
	shutdown(op.fd, SHUT_RDWR);
	pthread_join(op.thread, NULL);
	close(op.fd);
	EVP_PKEY_free(op.key);
	arena_free(op.a);
	ring_free(op.ring);
	(void)unlink(op.ring_file);
	(void)unlink(op.key_file);
	assert_int_equal(rmdir(op.dir), 0);
}

/* --- tokens --- */

/* HEADER and CLAIMS, signed. */
static inline const char *
jwt(const char *header, const char *claims)
{
	static char out[ROOM];
	size_t n, len = 64;
	uint8_t sig[64];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	text_to_b64url(header, strlen(header), out);
	n = strlen(out);
	out[n++] = '.';
	text_to_b64url(claims, strlen(claims), out + n);
	n = strlen(out);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, op.key), 1);
	assert_int_equal(
	    EVP_DigestSign(ctx, sig, &len, (const uint8_t *)out, n), 1);
	EVP_MD_CTX_free(ctx);
	out[n++] = '.';
	text_to_b64url(sig, len, out + n);
	return out;
}

#define HEADER "{\"alg\":\"EdDSA\",\"kid\":\"k\"}"

static inline const char *
id_token(const char *header, const char *nonce, const char *more)
{
	char claims[2048];

	(void)snprintf(claims, sizeof(claims),
	    "{\"iss\":\"%s\",\"aud\":\"me\",\"sub\":\"victor\","
	    "\"nonce\":\"%s\",\"iat\":%d,\"exp\":%d%s}",
	    op.issuer, nonce, NOW, NOW + 300, more);
	return jwt(header, claims);
}

static inline void
token_page(const char *id, const char *more)
{
	char body[ROOM];

	(void)snprintf(body, sizeof(body),
	    "{\"access_token\":\"at\",\"token_type\":\"Bearer\","
	    "\"id_token\":\"%s\"%s}",
	    id, more);
	page(TOKEN, 200, body);
}

/* --- a sign-in --- */

struct begun {
	struct signin_begun b;
	char state[64], nonce[64];
};

static inline void
field(const char *url, const char *name, char out[static 64])
{
	const char *at = strstr(url, name);

	assert_non_null(at);
	at += strlen(name);
	text_copy(out, 64, at);
	out[strcspn(out, "&")] = '\0';
}

static inline struct begun
begins(const char *return_to, bool fresh)
{
	struct begun g;

	op.why = (struct signin_why){.since = 0};
	assert_ok(signin_begin(
	    op.s, "op", return_to, fresh, NOW, op.a, &g.b, &op.why));
	field(g.b.location, "state=", g.state);
	field(g.b.location, "nonce=", g.nonce);
	return g;
}

static inline enum err
ends(const struct begun *g, const char *query, struct signin_identity *who)
{
	char all[600];

	(void)snprintf(all, sizeof(all), "state=%s&%s", g->state, query);
	return signin_finish(
	    op.s, "op", all, g->b.cookie_value, NOW, op.a, who, &op.why);
}
