#include "portal/web/again.h"

#include <string.h>

#include "core/base/uid.h"
#include "portal/web/problem.h"
#include "portal/web/route.h"

enum { SHOWN = 20, LONG = 4000 };

const char *
again_from(const struct page *p)
{
	const char *at = request_header(p->rq, "referer");
	size_t n = strlen(p->app->origin);

	if (at == NULL || n == 0 || strncmp(at, p->app->origin, n) != 0 ||
	    at[n] != '/')
		return "/";
	at += n;
	at = arena_copy(p->arena, at, strcspn(at, "?#"));
	return at == NULL ? "/" : route_return(at);
}

/* What a form says by itself, and what is not to be seen by who comes next. */
static bool
is_typed(const struct form_field *f)
{
	static const char *const not [] = {"csrf", "version", "act", "q",
	    "which", "from", "sure", "do", "secret", "grant", "code"};
	struct uid id;

	for (size_t i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		if (strcmp(f->name, not [i]) == 0)
			return false;
	return f->value[0] != '\0' && strlen(f->value) <= LONG &&
	       !uid_parse(f->value, &id);
}

static size_t
typed(const struct page *p, struct tpl_name *v)
{
	size_t n = 0;

	for (size_t i = 0; i < p->form.n && n < SHOWN; i++)
		if (is_typed(&p->form.fields[i]))
			v[n++].name = p->form.fields[i].value;
	return n;
}

static const char *
words(enum again why)
{
	return err_words(
	    why == AGAIN_RELOAD ? ERR_NO_CSRF : ERR_UNKNOWN_CALLER);
}

static const char *
href(struct page *p, enum again why)
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
	struct tpl_name *v = arena_array(p->arena, SHOWN, sizeof(*v));
	size_t n = v == NULL ? 0 : typed(p, v);
	const char *to = n == 0 ? NULL : href(p, why);

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
