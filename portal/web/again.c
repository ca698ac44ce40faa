#include "portal/web/again.h"

#include <string.h>

#include "core/base/say.h"
#include "core/base/uid.h"
#include "portal/web/label.h"
#include "portal/web/problem.h"
#include "portal/web/route.h"

enum { SHOWN = 20, LONG = 4000 };

/* The path of the page of ours that led here, or NULL. */
static const char *
before(const struct page *p)
{
	const char *at = request_header(p->rq, "referer");
	size_t n = strlen(p->app->origin);

	if (at == NULL || n == 0 || strncmp(at, p->app->origin, n) != 0 ||
	    at[n] != '/')
		return NULL;
	at += n;
	return arena_copy(p->arena, at, strcspn(at, "?#"));
}

const char *
again_from(const struct page *p)
{
	return route_return(before(p));
}

const char *
again_back(const struct page *p)
{
	const char *path = before(p);
	bool post = p->rq->method == HTTP_POST;
	const struct route *r;

	if (path == NULL || strcmp(path, "/") == 0 ||
	    (!post && strcmp(path, p->rq->path) == 0))
		return "";
	r = route_find(HTTP_GET, path, NULL, NULL, NULL);
	if (r == NULL || r->who == TOKEN || (r->guards & AT_ONCE) != 0)
		return "";
	return r->who == ANYONE && (r->guards & SLOW) != 0 ? "" : path;
}

/* Empty and 0 are what fields begin with. */
static bool
says_something(const char *value)
{
	struct uid id;

	return value[0] != '\0' && strcmp(value, "0") != 0 &&
	       strlen(value) <= LONG && !uid_parse(value, &id);
}

static size_t
typed(const struct page *p, struct tpl_typed *v)
{
	const char *page = p->route->name;
	size_t n = 0;

	for (size_t i = 0; i < p->form.n && n < SHOWN; i++) {
		const struct form_field *f = &p->form.fields[i];
		const char *label = label_typed(p->view.lang, page, f->name);

		if (label != NULL && says_something(f->value))
			v[n++] = (struct tpl_typed){label, f->value};
	}
	return n;
}

static const char *
words(enum again why)
{
	switch (why) {
	case AGAIN_SIGN_IN:
		return SAY(
		    "You were signed out in the meantime. Please sign in.");
	case AGAIN_PROVE:
		return SAY("To be sure that it is you, please sign in again.");
	case AGAIN_RELOAD:
		break;
	}
	return SAY("This page is from before you signed in anew.");
}

const char *
again_at(struct page *p, enum again why)
{
	const char *from = again_from(p), *to = page_query(p, from);

	if (why == AGAIN_RELOAD)
		return from;
	if (to == NULL)
		return "/signin";
	if (why == AGAIN_PROVE)
		return page_prove_at(p, from);
	return arena_printf(p->arena, "/signin?return=%s", to);
}

bool
again_page(struct page *p, enum again why)
{
	struct tpl_typed *v = arena_array(p->arena, SHOWN, sizeof(*v));
	size_t n = v == NULL ? 0 : typed(p, v);
	const char *to = n == 0 ? NULL : again_at(p, why);

	if (to == NULL || p->rq->method != HTTP_POST || problem_wanted(p))
		return false;
	p->view.here = "/?";
	if (PAGE(p, again, .words = words(why), .href = to,
		.sign_in = why != AGAIN_RELOAD, .typed = {v, n}) != ERR_OK) {
		buf_clear(&p->rp->body);
		return false;
	}
	p->rp->status = why == AGAIN_RELOAD ? 403 : 401;
	return true;
}
