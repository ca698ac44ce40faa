#include "portal/signin/discover.h"

#include <string.h>

#include "core/net/addr.h"
#include "core/net/url.h"
#include "portal/signin/strict.h"

/* The addresses we use. */
static const struct {
	const char *name;
	bool must;
} endpoints[] = {
    {"authorization_endpoint", true},
    {"token_endpoint", true},
    {"jwks_uri", true},
    {"userinfo_endpoint", false},
    {"end_session_endpoint", false},
};

enum { ENDPOINTS = sizeof(endpoints) / sizeof(endpoints[0]) };

static bool
is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 ||
	       addr_kind_text(host) == ADDR_LOOPBACK;
}

static bool
host_allowed(const struct conf_provider *c, const char *host)
{
	struct url issuer;

	if (url_parse(c->issuer, &issuer) && strcmp(issuer.host, host) == 0)
		return true;
	for (size_t i = 0; i < c->hosts.n; i++)
		if (strcmp(c->hosts.v[i], host) == 0)
			return true;
	return false;
}

/* Why URL may not be used, or NULL. */
static const char *
trouble(const struct conf_provider *c, const char *url)
{
	struct url u;

	if (!url_parse(url, &u))
		return "is no address";
	if (!host_allowed(c, u.host))
		return "is on a host that `hosts` does not name";
	if (is_loopback(u.host))
		return c->allow_loopback ? NULL : "is on loopback";
	if (!u.tls)
		return "is not https";
	return NULL;
}

static enum err
take(const struct conf_provider *c, const json_t *doc, json_t *out,
    struct signin_why *why)
{
	for (size_t i = 0; i < ENDPOINTS; i++) {
		const char *name = endpoints[i].name, *bad;
		const char *url = strict_text(doc, name, URL_MAX);

		if (url == NULL && !endpoints[i].must &&
		    json_object_get(doc, name) == NULL)
			continue;
		bad = url == NULL ? "is missing" : trouble(c, url);
		if (bad != NULL)
			return turn_refuse(
			    why, ERR_PROVIDER, "discovery", "%s %s", name, bad);
		if (json_object_set_new(out, name, json_string(url)) != 0)
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

enum err
discover_parse(const struct conf_provider *c, const char *text, size_t len,
    json_t **out, struct signin_why *why)
{
	static const char iss[] =
	    "authorization_response_iss_parameter_supported";
	OWN(json) json_t *doc = strict_object(text, len);
	OWN(json) json_t *clean = json_object();
	const char *issuer = strict_text(doc, "issuer", URL_MAX);
	enum err e;

	if (clean == NULL)
		return ERR_NO_MEMORY;
	if (doc == NULL)
		return turn_refuse(
		    why, ERR_PROVIDER, "discovery", "not a JSON object");
	if (issuer == NULL || strcmp(issuer, c->issuer) != 0)
		return turn_refuse(why, ERR_PROVIDER, "discovery", "issuer %s",
		    issuer == NULL ? "is missing" : issuer);
	if ((e = take(c, doc, clean, why)))
		return e;
	if (json_object_set_new(clean, iss,
		json_boolean(json_is_true(json_object_get(doc, iss)))) != 0)
		return ERR_NO_MEMORY;
	*out = give(clean);
	return ERR_OK;
}

static enum err
ask(struct turn *t, json_t **out)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	const char *issuer = t->p->conf->issuer;
	size_t len = strlen(issuer);
	const char *url;
	enum err e;

	/* Discovery 4: a terminating slash is removed first */
	if (len > 0 && issuer[len - 1] == '/')
		len--;
	url = arena_printf(
	    t->a, "%.*s/.well-known/openid-configuration", (int)len, issuer);
	if (url == NULL)
		return ERR_NO_MEMORY;
	if ((e = turn_ask(
		 t, "discovery", &(struct fetch_call){.url = url}, &r)))
		return e;
	if (r.status != 200 || strcmp(r.type, "application/json") != 0)
		return turn_refuse(t->why, ERR_PROVIDER, "discovery",
		    "status %d, type %s", r.status, r.type);
	return discover_parse(
	    t->p->conf, buf_str(&r.body), r.body.len, out, t->why);
}

static bool
younger(const struct turn *t, int64_t at, int64_t seconds)
{
	return t->now >= at && t->now - at < seconds;
}

static const char *
copy(struct turn *t, const char *name)
{
	const char *v =
	    json_string_value(json_object_get(t->p->metadata, name));

	return v == NULL ? NULL : arena_text(t->a, v);
}

/* True when there is something not older than SECONDS. */
static bool
cached(struct turn *t, int64_t seconds, struct metadata *out)
{
	struct provider *p = t->p;
	bool yes;

	pthread_mutex_lock(&p->lock);
	yes = p->metadata != NULL && younger(t, p->metadata_at, seconds);
	if (yes)
		*out = (struct metadata){
		    .authorization = copy(t, endpoints[0].name),
		    .token = copy(t, endpoints[1].name),
		    .jwks = copy(t, endpoints[2].name),
		    .userinfo = copy(t, endpoints[3].name),
		    .end_session = copy(t, endpoints[4].name),
		    .iss_answer = json_is_true(json_object_get(p->metadata,
			"authorization_response_iss_parameter_supported")),
		};
	pthread_mutex_unlock(&p->lock);
	return yes;
}

enum err
discover(struct turn *t, struct metadata *out)
{
	struct provider *p = t->p;
	json_t *fresh = NULL;
	enum err e;

	if (cached(t, TURN_METADATA_FRESH, out))
		return out->jwks == NULL ? ERR_NO_MEMORY : ERR_OK;
	if ((e = ask(t, &fresh)) != ERR_OK)
		return e == ERR_PROVIDER_DOWN &&
			       cached(t, TURN_METADATA_LAST, out)
			   ? ERR_OK
			   : e;
	pthread_mutex_lock(&p->lock);
	json_decref(p->metadata);
	p->metadata = fresh;
	p->metadata_at = t->now;
	pthread_mutex_unlock(&p->lock);
	return cached(t, TURN_METADATA_FRESH, out) && out->jwks != NULL
		   ? ERR_OK
		   : ERR_NO_MEMORY;
}
