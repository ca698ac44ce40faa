/* Is it alive, is it ready: for whoever watches the machine. */
#include "core/service/world.h"
#include "portal/web/route.h"

static enum err
plain(struct page *p, int status, const char *text)
{
	p->rp->status = status;
	reply_header(p->rp, "content-type", "text/plain; charset=utf-8");
	buf_text(&p->rp->body, text);
	return p->rp->body.err;
}

enum err
health_live(struct page *p)
{
	return plain(p, 200, "alive\n");
}

enum err
health_ready(struct page *p)
{
	int64_t pulse;

	if (feed_pulse(&p->call, &pulse) != ERR_OK)
		return plain(p, 503, "the store does not answer\n");
	return plain(p, 200, "ready\n");
}
