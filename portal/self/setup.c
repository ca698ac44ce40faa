/* The one-time link that makes the first administrator. */
#include "core/service/setup.h"

#include "portal/web/route.h"

/* Showing changes nothing: mail scanners and previews may look (POST acts). */
enum err
setup_page(struct page *p)
{
	return PAGE(p, setup, .token = p->rq->args[0]);
}

enum err
setup_take(struct page *p)
{
	enum err e = setup_redeem(&p->call, p->rq->args[0], &p->session.person);

	if (e == ERR_NOT_FOUND || e == ERR_BAD_INPUT)
		return PAGE(p, setup, .token = "", .gone = true);
	return e != ERR_OK ? e : page_go(p, "/?done=admin");
}
