/* The way in for people without single sign-on: a link by mail. */
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/say.h"
#include "core/net/url.h"
#include "core/service/links.h"
#include "portal/web/cookie.h"
#include "portal/web/guard.h"
#include "portal/web/kiosk.h"
#include "portal/web/letter.h"
#include "portal/web/poster.h"
#include "portal/web/route.h"

static bool
off(const struct page *p)
{
	return p->app->conf->mail.links_a_day == 0;
}

/* A screen that everybody uses is no place to sign in. */
static bool
kiosk(struct page *p)
{
	return !p->signed_in && kiosk_code(p, NULL) != NULL;
}

/* Where to go on, "" for the first page. */
static const char *
target(const char *path)
{
	const char *to = route_return(path);

	return strcmp(to, "/") == 0 ? "" : to;
}

static enum err
ask(struct page *p, const char *mail, const char *to, const char *wrong)
{
	const struct conf *c = p->app->conf;

	return PAGE(p, link, .mail = mail, .target = to, .wrong = wrong,
	    .others = c->nprovider > 0 || c->guest.ways.n > 0);
}

enum err
link_page(struct page *p)
{
	if (off(p))
		return ERR_NOT_FOUND;
	if (kiosk(p))
		return page_go(p, "/kiosk");
	return ask(p, p->signed_in ? p->session.who.mail : "",
	    target(form_get(&p->query, "return")), "");
}

static enum err
letter(void *ctx, const char *whom, const char *token, struct outbox_order *o)
{
	OWN(buf) struct buf b = BUF(8192);
	OWN(buf) struct buf link = BUF(URL_MAX);
	struct page *p = ctx;
	const char *to = target(form_get(&p->form, "return"));

	buf_printf(&link, "%s/link/%s", p->app->origin, token);
	if (to[0] != '\0') {
		buf_text(&link, "?return=");
		url_escape(&link, to);
	}
	if (link.err != ERR_OK)
		return link.err;
	render_letter_link(
	    &p->view, &(struct tpl_letter_link){.link = buf_str(&link)}, &b);
	if (b.err != ERR_OK)
		return b.err;
	return letter_order(p,
	    &(struct letter){.to = whom,
		.about = "letter.link",
		.page = &b,
		.valid = LINKS_VALID},
	    o);
}

/* A letter that goes out takes some milliseconds more than one that does not:
 * all are answered this long after they were asked, so that the time tells
 * nothing either. How often that can be in a day is bounded (links.h). */
enum { ANSWER = 400 * 1000000 }; /* nanoseconds */

static void
settle(const struct page *p)
{
	int64_t left = p->rq->since + ANSWER - clock_mono();
	struct timespec t = {.tv_nsec = (long)left};

	if (left > 0 && left <= ANSWER)
		(void)nanosleep(&t, NULL);
}

/* The same page for everybody: who asks learns nothing about others. */
enum err
link_send(struct page *p)
{
	struct link_ask a = {.mail = form_text(&p->form, "mail"),
	    .total = p->app->conf->mail.links_a_day,
	    .letter = letter,
	    .ctx = p};
	const char *to = target(form_get(&p->form, "return"));
	enum err e;

	if (off(p))
		return ERR_NOT_FOUND;
	e = links_ask(&p->call, &a);
	if (e == ERR_BAD_INPUT)
		return ask(p, a.mail, to, p->call.why.text);
	if (e == ERR_THROTTLED)
		return ask(p, a.mail, to,
		    SAY("A link was sent not long ago, or too many today. "
			"Look into your mail, or wait half a minute."));
	if (e != ERR_OK)
		return e;
	poster_poke(p->app->poster);
	settle(p);
	return PAGE(p, link_sent, .mail = a.mail, .target = to);
}

static enum err
gone(struct page *p)
{
	render_link_open(
	    &p->view, &(struct tpl_link_open){.gone = true}, &p->rp->body);
	return page_html(p, 410);
}

enum err
link_open_page(struct page *p)
{
	struct tpl_whom *v;
	struct person *all;
	size_t n;
	enum err e;

	if (off(p))
		return ERR_NOT_FOUND;
	if (kiosk(p))
		return page_go(p, "/kiosk");
	e = links_look(&p->call, p->rq->args[0], &all, &n);
	if (e == ERR_NOT_FOUND)
		return gone(p);
	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] =
		    (struct tpl_whom){.id = all[i].id.s, .name = all[i].name};
	return PAGE(p, link_open, .token = p->rq->args[0],
	    .target = target(form_get(&p->query, "return")), .all = {v, n});
}

enum err
link_open(struct page *p)
{
	OWN(secret) struct secret session = SECRET_NONE;
	struct person *who = arena_get(p->arena, sizeof(*who));
	struct uid before = p->session.id, as;
	enum err e;

	if (off(p))
		return ERR_NOT_FOUND;
	if (who == NULL)
		return ERR_NO_MEMORY;
	if (!uid_parse(form_text(&p->form, "as"), &as))
		return gone(p);
	e = links_take(&p->call, p->rq->args[0], &as, who, &session);
	if (e == ERR_NOT_FOUND)
		return gone(p);
	if (e)
		return e;
	/* the session before, if any, ends (O-27), unless it has by now */
	if (p->signed_in && (e = session_close(&p->call, &before, NULL)) &&
	    e != ERR_NOT_FOUND)
		return e;
	cookie_set(p->rp, GUARD_COOKIE, secret_text(&session), 0);
	return page_go(p, route_return(form_get(&p->form, "return")));
}
