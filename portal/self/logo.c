/* The operator's picture, beside the name at the top of each page. */
#include "core/handout/logo.h"
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
