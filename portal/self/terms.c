/* Terms of use, accepted once. */
#include "core/service/people.h"
#include "portal/web/route.h"

enum err
terms_page(struct page *p)
{
	const char *url = p->app->conf->portal.terms_url;

	if (url[0] == '\0' || p->session.who.terms_at != 0)
		return page_go(p, "/");
	return PAGE(p, terms, .url = url);
}

enum err
terms_accept(struct page *p)
{
	enum err e = people_accept_terms(&p->call, &p->session.person);

	return e != ERR_OK ? e : page_go(p, "/");
}
