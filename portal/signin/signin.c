#include "portal/signin/signin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "portal/signin/assertion.h"
#include "portal/signin/authorize.h"
#include "portal/signin/callback.h"
#include "portal/signin/exchange.h"
#include "portal/signin/identity.h"
#include "portal/signin/idtoken.h"
#include "portal/signin/jws.h"
#include "portal/signin/strict.h"
#include "portal/signin/userinfo.h"

static enum err
provider_open(struct provider *p, const struct conf_provider *c,
    char why[static CONF_WHY])
{
	const char *how = c->auth_method;

	p->conf = c;
	if (strcmp(how, "private_key_jwt") == 0)
		return assertion_key(c->private_key_file, &p->key, why);
	if (strcmp(how, "none") == 0)
		return ERR_OK;
	if (c->client_secret_file[0] != '\0')
		return conf_secret(c->client_secret_file, &p->secret, why);
	(void)snprintf(why, CONF_WHY,
	    "provider %s: %s needs client_secret_file", c->slug, how);
	return ERR_CONFIG;
}

enum err
signin_open(const struct conf *conf, const struct ring *ring,
    struct signin **out, char why[static CONF_WHY])
{
	struct signin *s = calloc(1, sizeof(*s));
	enum err e = ERR_OK;

	*out = NULL;
	if (s == NULL)
		return ERR_NO_MEMORY;
	s->conf = conf;
	s->ring = ring;
	s->states = spent_new();
	s->logouts = spent_new();
	s->providers = calloc(conf->nprovider + 1, sizeof(*s->providers));
	if (s->states == NULL || s->logouts == NULL || s->providers == NULL)
		e = ERR_NO_MEMORY;
	while (e == ERR_OK && s->n < conf->nprovider) {
		struct provider *p = &s->providers[s->n];

		if (pthread_mutex_init(&p->lock, NULL) != 0)
			e = ERR_NO_MEMORY;
		else {
			clock_cond(&p->told);
			e = provider_open(p, &conf->provider[s->n++], why);
		}
	}
	if (e != ERR_OK)
		signin_close(give(s));
	*out = s;
	return e;
}

void
signin_close(struct signin *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		struct provider *p = &s->providers[i];

		secret_own(&p->secret);
		EVP_PKEY_free(p->key);
		json_decref(p->metadata);
		json_decref(p->keys);
		pthread_cond_destroy(&p->told);
		pthread_mutex_destroy(&p->lock);
	}
	free(s->providers);
	spent_free(s->states);
	spent_free(s->logouts);
	free(s);
}

const char *
signin_redirect_uri(struct signin *s, const char *slug, struct arena *a)
{
	return arena_printf(
	    a, "%s/signin/%s/callback", s->conf->portal.public_url, slug);
}

enum err
signin_begin(struct signin *s, const char *slug, const char *return_to,
    bool fresh, int64_t now, struct arena *a, struct signin_begun *out,
    struct signin_why *why)
{
	OWN(pending) struct pending p;
	struct metadata m;
	struct turn t;
	enum err e;

	*out = (struct signin_begun){0};
	pending_new(&p, return_to, fresh, now);
	if ((e = turn_start(&t, s, slug, now, a, why)) ||
	    (e = discover(&t, &m)) ||
	    (e = authorize_url(&t, &m, &p, &out->location)) ||
	    (e = pending_seal(s->ring, slug, &p, a, &out->cookie_value)))
		return e;
	out->cookie_name = pending_name(p.state, a);
	return out->cookie_name == NULL ? ERR_NO_MEMORY : ERR_OK;
}

const char *
signin_cookie_of(const char *query, struct arena *a)
{
	struct callback c;

	if (query == NULL || callback_parse(query, a, &c) != ERR_OK ||
	    c.state == NULL)
		return NULL;
	return pending_name(c.state, a);
}

/* All that can be known without asking anybody (O-18, O-19, O-23, O-26). */
static enum err
ours(struct turn *t, const char *query, const char *cookie, struct callback *c,
    struct pending *p)
{
	enum err e = callback_parse(query, t->a, c);

	if (e != ERR_OK)
		return e == ERR_BAD_INPUT
			   ? turn_refuse(t->why, e, "callback", "malformed")
			   : e;
	if (c->state == NULL || cookie == NULL)
		return turn_refuse(t->why, ERR_BAD_INPUT, "state",
		    c->state == NULL ? "missing" : "not of this browser");
	if ((e = pending_open(t->s->ring, t->p->conf->slug, cookie, t->a, p)))
		return e == ERR_BAD_INPUT
			   ? turn_refuse(t->why, e, "state", "cookie")
			   : e;
	if (strlen(c->state) != PENDING_TEXT ||
	    !secret_equal(c->state, p->state, PENDING_TEXT))
		return turn_refuse(t->why, ERR_BAD_INPUT, "state", "unknown");
	if (!pending_current(p, t->now, SIGNIN_PENDING))
		return turn_refuse(t->why, ERR_BAD_INPUT, "state", "expired");
	if (c->error == NULL && (c->code == NULL || c->code[0] == '\0'))
		return turn_refuse(t->why, ERR_BAD_INPUT, "code", "missing");
	e = spent_use(t->s->states, t->p->conf->slug, p->state);
	return e == ERR_BAD_STATE
		   ? turn_refuse(t->why, ERR_BAD_INPUT, "state", "used before")
		   : e;
}

/* RFC 9207 2.4: who answered is who was asked. */
static enum err
from_whom(struct turn *t, const struct metadata *m, const struct callback *c)
{
	if (c->iss == NULL)
		return m->iss_answer ? turn_refuse(t->why, ERR_PROVIDER, "iss",
					   "answer without iss")
				     : ERR_OK;
	return strcmp(c->iss, t->p->conf->issuer) == 0
		   ? ERR_OK
		   : turn_refuse(
			 t->why, ERR_PROVIDER, "iss", "answer of %s", c->iss);
}

static enum err
denied(struct turn *t, const struct callback *c)
{
	bool down = strcmp(c->error, "server_error") == 0 ||
		    strcmp(c->error, "temporarily_unavailable") == 0;

	return turn_refuse(t->why, down ? ERR_PROVIDER_DOWN : ERR_FORBIDDEN,
	    "error", "%s: %s", c->error,
	    c->error_description == NULL ? "" : c->error_description);
}

static bool
typ_ok(const char *typ)
{
	return typ == NULL || strcmp(typ, "JWT") == 0 ||
	       strcmp(typ, "jwt") == 0;
}

static enum err
prove(struct turn *t, const struct metadata *m, const struct pending *p,
    const struct exchange *x, struct signin_identity *out)
{
	const struct conf_provider *c = t->p->conf;
	OWN(jws) struct jws j = {0};
	struct idtoken_want want = {
	    .issuer = c->issuer,
	    .client_id = c->client_id,
	    .nonce = p->nonce,
	    .access_token = x->access_token,
	    .now = t->now,
	    .skew = c->clock_skew,
	    .fresh_since = p->fresh ? p->at : 0,
	};
	enum err e;

	if ((e = jws_open(t, m, x->id_token, &j)))
		return e;
	if (!typ_ok(j.typ))
		return turn_refuse(t->why, ERR_PROVIDER, "typ", "%s", j.typ);
	want.alg = j.alg;
	if ((e = idtoken_check(j.claims, &want, t->why)))
		return e;
	if (m->userinfo != NULL && userinfo_needed(c, j.claims) &&
	    (e = userinfo_add(t, m, x->access_token, j.claims)))
		return e;
	out->id_token = x->id_token;
	out->refresh_token = x->refresh_token;
	out->return_to = p->return_to;
	return identity_of(j.claims, c->groups_claim, t->a, out);
}

enum err
signin_finish(struct signin *s, const char *slug, const char *query,
    const char *cookie, int64_t now, struct arena *a,
    struct signin_identity *out, struct signin_why *why)
{
	OWN(pending) struct pending p = {0};
	struct exchange x = {0};
	struct callback c;
	struct metadata m;
	struct turn t;
	enum err e;

	*out = (struct signin_identity){0};
	if ((e = turn_start(&t, s, slug, now, a, why)) ||
	    (e = ours(&t, query == NULL ? "" : query, cookie, &c, &p)) ||
	    (e = discover(&t, &m)) || (e = from_whom(&t, &m, &c)))
		return e;
	if (c.error != NULL)
		return denied(&t, &c);
	if ((e = exchange_code(&t, &m, c.code, p.verifier, &x)))
		return e;
	return prove(&t, &m, &p, &x, out);
}

enum err
signin_renew(struct signin *s, const char *slug, const char *refresh_token,
    int64_t now, struct arena *a, const char **next, struct signin_why *why)
{
	struct metadata m;
	struct turn t;
	enum err e;

	*next = NULL;
	if ((e = turn_start(&t, s, slug, now, a, why)) ||
	    (e = discover(&t, &m)))
		return e;
	return exchange_refresh(&t, &m, refresh_token, next);
}
