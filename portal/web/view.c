#include "portal/web/view.h"

#include <string.h>

#include "core/base/log.h"
#include "core/service/people.h"
#include "portal/web/cookie.h"
#include "portal/web/guard.h"
#include "portal/web/lang.h"
#include "portal/web/route.h"
#include "portal/web/tabs.h"

/* What the footer's choice asks for, or -1. */
static int
chosen(const struct page *p)
{
	const char *asked = form_get(&p->query, "lang");

	return asked == NULL ? -1 : lang_find(asked);
}

static int
language(struct page *p)
{
	int lang = chosen(p);
	const char *asked;

	if (lang >= 0) {
		cookie_set(
		    p->rp, "__Host-language", langs[lang].code, 31536000);
		return lang;
	}
	asked = cookie_get(
	    request_header(p->rq, "cookie"), "__Host-language", p->arena);
	if (asked != NULL && (lang = lang_find(asked)) >= 0)
		return lang;
	return lang_accept(
	    request_header(p->rq, "accept-language"), p->app->lang);
}

/* The present page without `lang=` and what was only said once; the front page
 * where there is nothing to GET. */
static const char *
here(struct page *p)
{
	const char *q = p->rq->query;
	bool page = p->rq->method != HTTP_POST ||
		    route_find(HTTP_GET, p->rq->path, NULL, NULL, NULL) != NULL;
	char *out = arena_printf(p->arena, "%s?", page ? p->rq->path : "/");

	for (size_t n; page && out != NULL && *q != '\0';
	     q += n + (q[n] != 0)) {
		n = strcspn(q, "&");
		if (strncmp(q, "lang=", 5) != 0 && strncmp(q, "done=", 5) != 0)
			out = arena_printf(p->arena, "%s%.*s&", out, (int)n, q);
	}
	return out == NULL ? "/?" : out;
}

static void
offer_languages(struct page *p)
{
	struct tpl_language *v =
	    arena_array(p->arena, (size_t)langs_count, sizeof(*v));

	if (v == NULL)
		return;
	for (int i = 0; i < langs_count; i++)
		v[i] = (struct tpl_language){.code = langs[i].code,
		    .name = langs[i].name,
		    .current = i == p->view.lang};
	p->view.all_languages.v = v;
	p->view.all_languages.n = langs_count > 1 ? (size_t)langs_count : 0;
	p->view.here = here(p);
}

void
view_remember(struct page *p)
{
	int lang = chosen(p);

	if (!p->signed_in || lang < 0 || lang >= langs_count ||
	    strcmp(p->session.who.language, langs[lang].code) == 0)
		return;
	if (people_set_language(
		&p->call, &p->session.person, langs[lang].code) != ERR_OK)
		LOG(WARN, "portal.language-not-kept");
}

void
view_says(struct view *v, const struct app *app)
{
	const struct conf_portal *c = &app->conf->portal;

	v->accent = app->looks.accent;
	v->picture_wide = app->looks.wide;
	v->picture_high = app->looks.high;
	v->brand = conf_said(&c->brand, v->code);
	v->support = conf_said(&c->support, v->code);
	v->support_mail = conf_said(&c->support_mail, v->code);
	v->welcome = conf_said(&c->welcome, v->code);
	v->sheet_note = conf_said(&c->sheet_note, v->code);
}

void
view_make(struct page *p)
{
	const struct conf_portal *c = &p->app->conf->portal;
	int lang = language(p);
	const struct accord_text *terms = accord_in(&p->app->accord, lang);

	p->view = (struct view){
	    .lang = lang,
	    .code = langs[lang].code,
	    .dir = langs[lang].dir,
	    .logo = p->app->logo != NULL,
	    .colour = c->colour[0] != '\0' ? c->colour + 1 : "",
	    .csrf = p->csrf,
	    .path = p->route != NULL ? p->route->pattern : "",
	    .terms_parts = {terms->v, terms->n},
	    .terms_lang =
		accord_own(&p->app->accord, lang) ? langs[lang].code : "",
	};
	view_says(&p->view, p->app);
	offer_languages(p);
}

void
view_person(struct page *p)
{
	int roles = p->call.actor.roles;

	p->view.signed_in = p->signed_in;
	p->view.person = p->signed_in ? p->session.who.name : "";
	p->view.is_admin = (roles & guard_roles(AUDITOR)) != 0;
	p->view.is_desk = (roles & guard_roles(DESK)) != 0;
	p->view.is_sponsor = (roles & (1 << ROLE_SPONSOR)) != 0;
	tabs_where(p);
	tabs_offer(p);
}
