/* The operator's picture, beside the name at the top of each page, and colour.
 */
#include "core/handout/logo.h"
#include "portal/web/colour.h"
#include "portal/web/route.h"

enum err
logo_picture(struct page *p)
{
	const struct logo *l = p->app->logo;

	if (l == NULL)
		return ERR_NOT_FOUND;
	p->rp->status = 200;
	reply_header(p->rp, "content-type", "image/png");
	buf_add(&p->rp->body, l->png, l->len);
	return p->rp->body.err;
}

enum err
logo_colour(struct page *p)
{
	if (!colour_css(p->app->conf->portal.colour, &p->rp->body))
		return ERR_NOT_FOUND;
	p->rp->status = 200;
	reply_header(p->rp, "content-type", "text/css; charset=utf-8");
	/* pages name it by the colour */
	reply_header(p->rp, "cache-control", "public, max-age=86400");
	return p->rp->body.err;
}
