/* The one-time link that makes the first administrator. */
#include "core/service/setup.h"

#include "core/service/session.h"
#include "portal/web/cookie.h"
#include "portal/web/guard.h"
#include "portal/web/route.h"

/* Showing changes nothing: mail scanners and previews may look (POST acts). */
enum err
setup_page(struct page *p)
{
	return PAGE(p, setup, .token = p->rq->args[0]);
}

/* A session from before does not come into the new role (O-27): this one gets
 * another token, those of other browsers end. */
static enum err
session_anew(struct page *p)
{
	OWN(secret) struct secret token = SECRET_NONE;
	const struct session *s = &p->session;
	char *hint = NULL;
	size_t others;
	enum err e;

	if ((e = session_close(&p->call, &s->id, &hint)) ||
	    (e = session_close_person(&p->call, &s->person, &others)) ||
	    (e = session_open(&p->call, &s->person, s->provider,
		 s->provider_sid, hint == NULL ? "" : hint, s->auth_at,
		 &token)))
		return e;
	cookie_set(p->rp, GUARD_COOKIE, secret_text(&token), 0);
	return ERR_OK;
}

enum err
setup_take(struct page *p)
{
	enum err e = setup_redeem(&p->call, p->rq->args[0], &p->session.person);

	if (e == ERR_NOT_FOUND || e == ERR_BAD_INPUT)
		return PAGE(p, setup, .token = "", .gone = true);
	if (e != ERR_OK || (e = session_anew(p)) != ERR_OK)
		return e;
	return page_go(p, "/admin?done=admin");
}
