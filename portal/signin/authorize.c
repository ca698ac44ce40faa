#include "portal/signin/authorize.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/net/url.h"

enum { AUTHORIZE_MAX = 8192 };

static void
scope(struct buf *b, const struct conf_list *scopes)
{
	OWN(buf) struct buf all = BUF(4096);

	for (size_t i = 0; i < scopes->n; i++) {
		buf_text(&all, i > 0 ? " " : "");
		buf_text(&all, scopes->v[i]);
	}
	url_field(b, "scope", buf_str(&all));
	if (all.err != ERR_OK)
		b->err = all.err;
}

static enum err
challenge(struct buf *b, const char *verifier)
{
	uint8_t hash[HASH_LEN];
	char text[TEXT_B64_LEN(HASH_LEN) + 1];
	enum err e;

	if ((e = hash_sha256(verifier, strlen(verifier), hash)))
		return e;
	text_to_b64url(hash, sizeof(hash), text);
	url_field(b, "code_challenge", text);
	url_field(b, "code_challenge_method", "S256");
	return ERR_OK;
}

enum err
authorize_url(struct turn *t, const struct metadata *m, const struct pending *p,
    const char **out)
{
	const struct conf_provider *c = t->p->conf;
	OWN(buf) struct buf b = BUF(AUTHORIZE_MAX);
	const char *back = signin_redirect_uri(t->s, c->slug, t->a);
	enum err e;

	if (back == NULL)
		return ERR_NO_MEMORY;
	buf_text(&b, m->authorization);
	if (strchr(m->authorization, '?') == NULL)
		buf_char(&b, '?');
	url_field(&b, "response_type", "code");
	url_field(&b, "client_id", c->client_id);
	url_field(&b, "redirect_uri", back);
	scope(&b, &c->scopes);
	url_field(&b, "state", p->state);
	url_field(&b, "nonce", p->nonce);
	if ((e = challenge(&b, p->verifier)))
		return e;
	if (p->fresh) {
		url_field(&b, "prompt", "login");
		url_field(&b, "max_age", "0");
	}
	if (b.err != ERR_OK)
		return b.err;
	*out = arena_copy(t->a, b.p, b.len);
	return *out == NULL ? ERR_NO_MEMORY : ERR_OK;
}
