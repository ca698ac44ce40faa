/* On with it in a real browser: six characters, an address, a QR code. The code
 * holds where to go and in which language, and opens nothing by itself. */
#include <string.h>

#include "core/base/say.h"
#include "core/handout/qr.h"
#include "core/service/handover.h"
#include "portal/web/client.h"
#include "portal/web/cookie.h"
#include "portal/web/lang.h"
#include "portal/web/route.h"
#include "portal/web/throttle.h"

enum { SVG_MAX = 64 * 1024 };

static enum err
draw(struct page *p, const char *link, const char **svg)
{
	OWN(buf) struct buf b = BUF(SVG_MAX);
	struct qr *qr = arena_get(p->arena, sizeof(*qr));
	enum err e;

	if (qr == NULL)
		return ERR_NO_MEMORY;
	if ((e = qr_make(link, qr)) || (e = qr_svg(qr, "QR", &b)))
		return e;
	*svg = arena_text(p->arena, buf_str(&b));
	return *svg == NULL ? ERR_NO_MEMORY : ERR_OK;
}

/* "LANGUAGE PATH" */
enum err
captive_code(struct page *p)
{
	OWN(secret) struct secret code = SECRET_NONE;
	const char *path = route_return(form_text(&p->form, "to"));
	const char *svg, *link, *shown, *to;
	enum err e;

	if (p->app->origin[0] == '\0')
		return ERR_NOT_FOUND;
	to = arena_printf(p->arena, "%s %s", p->view.code, path);
	if (to == NULL)
		return ERR_NO_MEMORY;
	if ((e = handover_make(&p->call, to, &code)))
		return e;
	shown = arena_text(p->arena, secret_text(&code));
	link = arena_printf(
	    p->arena, "%s/c/%s", p->app->origin, secret_text(&code));
	if (shown == NULL || link == NULL)
		return ERR_NO_MEMORY;
	if ((e = draw(p, link, &svg)))
		return e;
	return PAGE(p, elsewhere, .characters = shown, .qr.s = svg,
	    .link = link, .host = p->app->host, .target = path,
	    .guests = p->app->conf->guest.ways.n > 0,
	    .minutes = HANDOVER_SECONDS / 60);
}

static enum err
ask(struct page *p, const char *typed, const char *wrong)
{
	return PAGE(p, go_on, .typed = typed, .wrong = wrong);
}

/* What fetches links ahead uses up no code (G-02). */
enum err
captive_go_page(struct page *p)
{
	return ask(p, p->rq->args[0] == NULL ? "" : p->rq->args[0], "");
}

static enum err
follow(struct page *p, const char *target)
{
	const char *path = strchr(target, ' ');
	char *code;
	int lang;

	if (path == NULL)
		return ERR_CORRUPT;
	code = arena_copy(p->arena, target, (size_t)(path - target));
	if (code == NULL)
		return ERR_NO_MEMORY;
	if ((lang = lang_find(code)) >= 0 && lang < langs_count)
		cookie_set(
		    p->rp, "__Host-language", langs[lang].code, 31536000);
	return page_go(p, route_return(path + 1));
}

enum err
captive_go(struct page *p)
{
	const struct in6_addr *from = client_address(p);
	const char *code = form_text(&p->form, "code"), *target;
	int wait = throttle_guess(p->app->throttle, from, p->rq->now);
	enum err e;

	if (wait != 0) {
		reply_headerf(p->rp, "retry-after", "%d", wait);
		return ERR_THROTTLED;
	}
	e = handover_take(&p->call, code, &target);
	if (e == ERR_NOT_FOUND)
		return ask(p, code,
		    SAY("This code does not work: it may be older than ten "
			"minutes, or used already. Ask for a new one where "
			"you saw it."));
	throttle_right(p->app->throttle, from);
	return e != ERR_OK ? e : follow(p, target);
}
