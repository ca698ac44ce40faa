/* Terms of use, accepted once; and again when they have changed. */
#include "core/service/people.h"
#include "portal/web/route.h"

enum err
terms_page(struct page *p)
{
	if (!accord_due(&p->app->accord, &p->session.who))
		return page_go(p, "/");
	return PAGE(p, terms,
	    .url = accord_where(&p->app->accord, p->view.code),
	    .again = p->session.who.terms_at != 0);
}

enum err
terms_accept(struct page *p)
{
	enum err e = people_accept_terms(&p->call, &p->session.person,
	    p->app->accord.version, p->view.terms_lang);

	return e != ERR_OK ? e : page_go(p, "/");
}

/* For anybody, to read: guests see them before they have a password. */
enum err
terms_text(struct page *p)
{
	if (p->app->accord.text.n == 0)
		return ERR_NOT_FOUND;
	return PAGE(p, terms_text, .version = p->app->accord.version);
}
