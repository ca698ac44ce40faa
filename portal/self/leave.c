/* Signing out: here, at the provider, and when the provider says so. */
#include <string.h>

#include "core/base/log.h"
#include "core/service/recheck.h"
#include "portal/signin/signin.h"
#include "portal/web/cookie.h"
#include "portal/web/guard.h"
#include "portal/web/kiosk.h"
#include "portal/web/route.h"

static enum err
signed_out(struct page *p, const char *label, const char *url)
{
	p->signed_in = p->view.signed_in = false;
	return PAGE(p, signed_out, .label = label, .url = url);
}

/* RP-initiated logout. The provider is another site, which form-action would
 * stop a redirect to, so the page goes there by itself. */
enum err
leave_now(struct page *p)
{
	const struct conf_provider *q =
	    conf_provider(p->app->conf, p->session.provider);
	char *hint = NULL;
	const char *url = NULL, *back;
	enum err e;

	e = session_close(&p->call, &p->session.id, &hint);
	if (e != ERR_OK &&
	    e != ERR_NOT_FOUND) /* ended by now, in another way */
		return e;
	cookie_set(p->rp, GUARD_COOKIE, "", -1);
	reply_header(p->rp, "clear-site-data", "\"cache\"");
	back = arena_printf(p->arena, "%s/signedout", p->app->origin);
	if (q != NULL && p->app->signin != NULL && back != NULL)
		url = signin_logout_url(p->app->signin, q->slug,
		    hint == NULL ? "" : hint, back, p->arena);
	if (url == NULL)
		return signed_out(p, "", "");
	reply_headerf(p->rp, "refresh", "0; url=%s", url);
	return signed_out(p, conf_provider_label(q, p->view.code), url);
}

enum err
leave_page(struct page *p)
{
	if (!p->signed_in && kiosk_code(p, NULL) != NULL)
		return page_go(p, "/kiosk");
	return p->signed_in ? page_go(p, "/") : signed_out(p, "", "");
}

/* OpenID Connect Back-Channel Logout 1.0 2.5 to 2.8. */
enum err
leave_backchannel(struct page *p)
{
	const char *token = form_get(&p->form, "logout_token");
	struct signin_logout out;
	struct signin_why why = {0};
	const struct conf_provider *q;
	size_t ended = 0, asked = 0;
	enum err e;

	if (p->app->signin == NULL)
		return ERR_NOT_FOUND;
	if (token == NULL)
		return ERR_BAD_INPUT;
	e = signin_backchannel(p->app->signin, p->rq->args[0], token,
	    p->rq->now, p->arena, &out, &why);
	if (e != ERR_OK) {
		LOG(WARN, "signin.logout-refused",
		    LOG_S("provider", p->rq->args[0]),
		    LOG_S("reason", why.reason), LOG_S("detail", why.detail));
		return e;
	}
	q = conf_provider(p->app->conf, p->rq->args[0]);
	if ((e = recheck_signed_out(&p->call, out.issuer, out.subject, out.sid,
		 q ? q->logout_grace : 0, &asked)) ||
	    (e = session_close_provider(
		 &p->call, out.issuer, out.subject, out.sid, &ended))) {
		signin_backchannel_undo(p->app->signin, &out);
		return e;
	}
	LOG(INFO, "signin.logout", LOG_S("provider", p->rq->args[0]),
	    LOG_I("sessions", ended), LOG_I("asked", asked));
	p->rp->status = 200;
	return ERR_OK;
}
