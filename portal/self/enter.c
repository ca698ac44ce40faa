/* Signing in: the page with the ways, off to the provider, and back. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/log.h"
#include "core/service/audit.h"
#include "core/service/people.h"
#include "core/service/renewals.h"
#include "portal/signin/signin.h"
#include "portal/web/cookie.h"
#include "portal/web/guard.h"
#include "portal/web/kiosk.h"
#include "portal/web/mini.h"
#include "portal/web/route.h"

enum { PENDING_MOST = 4 };

/* All providers but the one called EXCEPT (may be NULL). */
static enum err
doors(struct page *p, const char *except, struct tpl_provider **out, size_t *n)
{
	const struct conf *c = p->app->conf;

	*n = 0;
	*out = arena_array(p->arena, c->nprovider + 1, sizeof(**out));
	if (*out == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < c->nprovider; i++)
		if (except == NULL || strcmp(c->provider[i].slug, except) != 0)
			(*out)[(*n)++] =
			    (struct tpl_provider){.slug = c->provider[i].slug,
				.label = conf_provider_label(
				    &c->provider[i], p->view.code)};
	return ERR_OK;
}

/* The small window of a captive network is not where people sign in. */
static bool
elsewhere(const struct page *p)
{
	return p->app->conf->nprovider > 0 && p->app->origin[0] != '\0' &&
	       mini_browser(p->rq) &&
	       strcmp(form_text(&p->query, "here"), "1") != 0;
}

/* Whether TARGET is a page where people work, and want no password. */
static bool
works(const char *target)
{
	static const char *const begin[] = {"/admin", "/desk", "/setup/"};

	for (size_t i = 0; i < sizeof(begin) / sizeof(*begin); i++)
		if (strncmp(target, begin[i], strlen(begin[i])) == 0)
			return true;
	return false;
}

enum err
enter_page(struct page *p)
{
	const char *target = route_return(form_get(&p->query, "return"));
	struct tpl_provider *v;
	size_t n;
	enum err e;

	if (p->signed_in)
		return page_go(p, target);
	if (kiosk_code(p, NULL) != NULL)
		return page_go(p, "/kiosk");
	if (elsewhere(p))
		return PAGE(p, elsewhere, .characters = "", .link = "",
		    .host = p->app->host, .target = target,
		    .guests = p->app->conf->guest.ways.n > 0);
	if ((e = doors(p, NULL, &v, &n)))
		return e;
	return PAGE(p, sign_in, .providers = {v, n},
	    .guests = p->app->conf->guest.ways.n > 0 && !works(target),
	    .works = works(target), .expired = p->was_signed_in,
	    .links = p->app->conf->mail.links_a_day > 0,
	    .target = strcmp(target, "/") == 0 ? "" : target);
}

/* {"provider":..., "reason":..., "detail":...} */
static void
note(struct page *p, const char *slug, const struct signin_why *why)
{
	json_t *j = json_pack("{s:s, s:s, s:s}", "provider", slug, "reason",
	    why->reason, "detail", why->detail);
	char *text;

	if (j == NULL) /* the detail is no UTF-8 */
		j = json_pack(
		    "{s:s, s:s}", "provider", slug, "reason", why->reason);
	text = j == NULL ? NULL : json_dumps(j, JSON_COMPACT);
	if (audit_note(&p->call, "signin.refused", NOUN_PERSON, &UID_NONE,
		text) != ERR_OK)
		LOG(ERROR, "signin.not-noted", LOG_S("reason", why->reason));
	json_decref(j);
	free(text);
}

/* Friendly, with a way on. */
static enum err
failed(struct page *p, const char *slug, enum err why,
    const struct signin_why *reason)
{
	const struct conf_provider *q = conf_provider(p->app->conf, slug);
	struct uid id = uid_new();
	struct tpl_provider *v;
	char incident[9];
	size_t n;
	enum err e;

	if (q == NULL)
		return ERR_NOT_FOUND;
	if ((e = doors(p, slug, &v, &n)))
		return e;
	(void)snprintf(incident, sizeof(incident), "%.8s", id.s);
	LOG(WARN, "signin.refused", LOG_S("incident", incident),
	    LOG_S("provider", slug), LOG_S("kind", err_name(why)),
	    LOG_S("reason", reason->reason), LOG_S("detail", reason->detail));
	note(p, slug, reason);
	render_sign_in_failed(&p->view,
	    &(struct tpl_sign_in_failed){
		.slug = slug,
		.label = conf_provider_label(q, p->view.code),
		.down = why == ERR_PROVIDER_DOWN,
		.refused = why == ERR_FORBIDDEN,
		.stale = why == ERR_BAD_INPUT,
		.incident = incident,
		.others = {v, n},
	    },
	    &p->rp->body);
	return page_html(p, err_http(why));
}

/* The next cookie of HEADER whose name begins with PREFIX of LEN characters:
 * its name, in NAME characters; moves *HEADER past it. NULL at the end. */
static const char *
pending(const char **header, const char *prefix, size_t len, size_t *name)
{
	const char *c = *header;

	while (c != NULL && *c != '\0') {
		const char *at = c;
		size_t all = strcspn(c, ";");

		*name = strcspn(c, "=;");
		c += all + (c[all] == ';');
		c += strspn(c, " ");
		*header = c;
		if (*name<all && * name> len && *name < 80 &&
		    memcmp(at, prefix, len) == 0)
			return at;
	}
	return NULL;
}

/* Pending sign-ins of this browser: at most 4, the oldest, which browsers send
 * first, are dropped (O-20). A name is a prefix up to the last '-', and a piece
 * that tells one from another. */
static void
drop_oldest(struct page *p, const char *fresh)
{
	const char *header = request_header(p->rq, "cookie"), *c = header, *at;
	size_t prefix = (size_t)(strrchr(fresh, '-') + 1 - fresh), name;
	int n = 0;

	while (pending(&c, fresh, prefix, &name) != NULL)
		n++;
	if (n > 16)
		n = 16; /* the rest go with the next one */
	for (c = header; n >= PENDING_MOST; n--) {
		const char *copy;

		if ((at = pending(&c, fresh, prefix, &name)) == NULL ||
		    (copy = arena_copy(p->arena, at, name)) == NULL)
			return;
		cookie_set(p->rp, copy, "", -1);
	}
}

enum err
enter_begin(struct page *p)
{
	const char *slug = p->rq->args[0];
	const char *target = route_return(form_get(&p->query, "return"));
	bool fresh = strcmp(form_text(&p->query, "fresh"), "1") == 0;
	struct signin_begun begun;
	struct signin_why why = {.since = p->rq->since};
	enum err e;

	if (p->app->signin == NULL)
		return ERR_NOT_FOUND;
	if (p->signed_in && !fresh)
		return page_go(p, target);
	if (!p->signed_in && kiosk_code(p, NULL) != NULL)
		return page_go(p, "/kiosk");
	e = signin_begin(p->app->signin, slug, target, fresh, p->rq->now,
	    p->arena, &begun, &why);
	if (e == ERR_PROVIDER || e == ERR_PROVIDER_DOWN)
		return failed(p, slug, e, &why);
	if (e != ERR_OK)
		return e;
	cookie_set(
	    p->rp, begun.cookie_name, begun.cookie_value, SIGNIN_PENDING);
	drop_oldest(p, begun.cookie_name);
	reply_header(p->rp, "referrer-policy", "no-referrer");
	return page_go(p, begun.location);
}

/* What the directory calls them, when that is not the subject. */
static const char *
external(struct page *p, const char *slug, const char *claims)
{
	const struct conf_provider *q = conf_provider(p->app->conf, slug);
	json_t *all;
	const char *text, *out = NULL;

	if (q == NULL || q->external_claim[0] == '\0' || claims == NULL)
		return NULL;
	all = json_loads(claims, JSON_REJECT_DUPLICATES, NULL);
	text = json_string_value(json_object_get(all, q->external_claim));
	if (text != NULL && strlen(text) <= SUBJECT_MAX)
		out = arena_text(p->arena, text);
	json_decref(all);
	return out;
}

static enum err
person_of(struct page *p, const char *slug, const struct signin_identity *in,
    struct person *who)
{
	const struct conf_provider *q = conf_provider(p->app->conf, slug);
	const struct conf_list *admins = &p->app->conf->admin.groups;
	struct identity id = {
	    .issuer = in->issuer,
	    .subject = in->subject,
	    .name = in->name,
	    .mail = in->mail,
	    .mail_verified = in->mail_verified,
	    .groups = in->groups,
	    .ngroups = in->ngroups,
	    .groups_known = in->groups_known,
	    .claims = in->claims,
	    .language = *in->language != '\0' ? in->language : p->view.code,
	    .external = external(p, slug, in->claims),
	    .follow = q != NULL && q->follow_groups,
	};

	return people_sign_in(&p->call, &id, admins->v, admins->n, who);
}

static enum err
keep_renewal(struct page *p, const char *slug, const struct uid *who,
    const struct signin_identity *in)
{
	const struct conf_provider *q = conf_provider(p->app->conf, slug);

	if (q == NULL || q->session_check == 0)
		return ERR_OK;
	return renewals_keep(&p->call, who, slug,
	    in->refresh_token ? in->refresh_token : "",
	    p->rq->now + q->session_check);
}

/* A new session every time; the one before, if any, ends (O-27), unless it has
 * ended while the provider was asked. */
static enum err
let_in(struct page *p, const char *slug, const struct signin_identity *in)
{
	OWN(secret) struct secret token = SECRET_NONE;
	struct uid before = p->session.id;
	struct person *who = arena_get(p->arena, sizeof(*who));
	enum err e;

	if (who == NULL)
		return ERR_NO_MEMORY;
	if ((e = person_of(p, slug, in, who)) ||
	    (e = session_open(&p->call, &who->id, slug, in->sid, in->id_token,
		 in->auth_at, &token)))
		return e;
	if (p->signed_in && (e = session_close(&p->call, &before, NULL)) &&
	    e != ERR_NOT_FOUND)
		return e;
	if ((e = keep_renewal(p, slug, &who->id, in)))
		return e;
	cookie_set(p->rp, GUARD_COOKIE, secret_text(&token), 0);
	return page_go(p, route_return(in->return_to));
}

/* The provider knows them; here they have come to an end. */
static enum err
ended(struct page *p, const char *slug)
{
	struct signin_why why = {.reason = "ended"};
	const char *reason = arena_text(p->arena, p->call.why.text);

	LOG(INFO, "signin.ended", LOG_S("provider", slug));
	note(p, slug, &why);
	render_ended(&p->view,
	    &(struct tpl_ended){.reason = reason,
		.slug = slug,
		.guests = p->app->conf->guest.ways.n > 0},
	    &p->rp->body);
	return page_html(p, 403);
}

enum err
enter_finish(struct page *p)
{
	const char *slug = p->rq->args[0];
	const char *name = signin_cookie_of(p->rq->query, p->arena);
	const char *cookie;
	struct signin_identity in = {0};
	struct signin_why why = {.since = p->rq->since};
	enum err e;

	if (p->app->signin == NULL)
		return ERR_NOT_FOUND;
	cookie = name == NULL ? NULL
			      : cookie_get(request_header(p->rq, "cookie"),
				    name, p->arena);
	reply_header(p->rp, "referrer-policy", "no-referrer");
	if (cookie != NULL)
		cookie_set(p->rp, name, "", -1);
	e = signin_finish(p->app->signin, slug, p->rq->query, cookie,
	    p->rq->now, p->arena, &in, &why);
	/* the back button of somebody who is in already (O-26) */
	if (e == ERR_BAD_INPUT && p->signed_in && cookie == NULL)
		return page_go(p, "/");
	if (e == ERR_BAD_INPUT || e == ERR_FORBIDDEN || e == ERR_PROVIDER ||
	    e == ERR_PROVIDER_DOWN)
		return failed(p, slug, e, &why);
	if (e != ERR_OK)
		return e;
	e = let_in(p, slug, &in);
	return e == ERR_FORBIDDEN ? ended(p, slug) : e;
}
