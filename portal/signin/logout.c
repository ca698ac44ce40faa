/* Signing out: at the provider (RP-Initiated Logout 1.0), and because of it
 * (Back-Channel Logout 1.0 2.6). */
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/net/url.h"
#include "portal/signin/idtoken.h"
#include "portal/signin/jws.h"
#include "portal/signin/strict.h"

#define EVENT "http://schemas.openid.net/event/backchannel-logout"

enum { HINT_MAX = 4096, LOGOUT_URL_MAX = 8000, AGE_MAX = 240, JTI_MAX = 255 };

const char *
signin_logout_url(struct signin *s, const char *slug, const char *id_token,
    const char *return_url, struct arena *a)
{
	OWN(buf) struct buf b = BUF(LOGOUT_URL_MAX);
	struct signin_why why = {0};
	struct metadata m;
	struct turn t;

	if (turn_start(&t, s, slug, clock_now(), a, &why) != ERR_OK ||
	    discover(&t, &m) != ERR_OK || m.end_session == NULL)
		return NULL;
	buf_text(&b, m.end_session);
	if (strchr(m.end_session, '?') == NULL)
		buf_char(&b, '?');
	/* an address has to stay short enough for everybody on the way */
	if (id_token[0] != '\0' && strlen(id_token) <= HINT_MAX)
		url_field(&b, "id_token_hint", id_token);
	url_field(&b, "client_id", t.p->conf->client_id);
	url_field(&b, "post_logout_redirect_uri", return_url);
	return b.err == ERR_OK ? arena_copy(a, b.p, b.len) : NULL;
}

static enum err
bad(struct turn *t, const char *claim, const char *how)
{
	return turn_refuse(t->why, ERR_BAD_INPUT, claim, "%s: %s", claim, how);
}

/* logout+jwt; glewlwyd writes JWT. Never an ID token's neighbour. */
static bool
typ_ok(const char *typ)
{
	return typ == NULL || strcasecmp(typ, "JWT") == 0 ||
	       strcasecmp(typ, "logout+jwt") == 0 ||
	       strcasecmp(typ, "application/logout+jwt") == 0;
}

static enum err
check(struct turn *t, const struct jws *j, struct signin_logout *out)
{
	const struct conf_provider *c = t->p->conf;
	const json_t *event =
	    json_object_get(json_object_get(j->claims, "events"), EVENT);
	const char *sub = strict_text(j->claims, "sub", TURN_SUBJECT_MAX);
	const char *sid = strict_text(j->claims, "sid", TURN_SUBJECT_MAX);
	enum err e;

	if (!typ_ok(j->typ))
		return bad(t, "typ", "not a logout token");
	/* without exp it is good while it is fresh */
	if ((e = idtoken_for_us(j->claims, c->issuer, c->client_id, t->why)) ||
	    (e = idtoken_times(
		 j->claims, t->now, c->clock_skew, AGE_MAX, true, t->why)))
		return e;
	if (!json_is_object(event))
		return bad(t, "events", "not a logout");
	if (json_object_get(j->claims, "nonce") != NULL)
		return bad(t, "nonce", "must not be there");
	if ((sub == NULL && json_object_get(j->claims, "sub") != NULL) ||
	    (sid == NULL && json_object_get(j->claims, "sid") != NULL) ||
	    (sub == NULL && sid == NULL))
		return bad(t, "sub", "nobody is named");
	out->issuer = c->issuer;
	out->subject = sub == NULL ? "" : arena_text(t->a, sub);
	out->sid = sid == NULL ? "" : arena_text(t->a, sid);
	return out->subject == NULL || out->sid == NULL ? ERR_NO_MEMORY
							: ERR_OK;
}

/* Each token counts once. Last, so that only a true one is remembered. */
static enum err
once(struct turn *t, const json_t *claims, struct signin_logout *out)
{
	const char *jti = strict_text(claims, "jti", JTI_MAX);
	enum err e;

	if (jti == NULL)
		return bad(t, "jti", "missing");
	if ((out->jti = arena_text(t->a, jti)) == NULL)
		return ERR_NO_MEMORY;
	e = spent_use(t->s->logouts, t->p->conf->issuer, jti);
	return e == ERR_BAD_STATE ? bad(t, "jti", "used before") : e;
}

static enum err
backchannel(struct turn *t, const char *token, struct signin_logout *out)
{
	OWN(jws) struct jws j = {0};
	struct metadata m;
	enum err e;

	if ((e = discover(t, &m)) || (e = jws_open(t, &m, token, &j)) ||
	    (e = check(t, &j, out)))
		return e;
	return once(t, j.claims, out);
}

enum err
signin_backchannel(struct signin *s, const char *slug, const char *logout_token,
    int64_t now, struct arena *a, struct signin_logout *out,
    struct signin_why *why)
{
	struct turn t;
	enum err e;

	*out = (struct signin_logout){
	    .issuer = "", .subject = "", .sid = "", .jti = ""};
	if ((e = turn_start(&t, s, slug, now, a, why)))
		return e;
	e = backchannel(&t, logout_token, out);
	/* to whoever sent it, everything about it is their fault */
	if (e == ERR_PROVIDER)
		e = ERR_BAD_INPUT;
	if (e != ERR_OK)
		*out = (struct signin_logout){
		    .issuer = "", .subject = "", .sid = "", .jti = ""};
	return e;
}

void
signin_backchannel_undo(struct signin *s, const struct signin_logout *l)
{
	spent_undo(s->logouts, l->issuer, l->jti);
}
