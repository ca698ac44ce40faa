/* The screen itself: a button, a password for a minute, and the button again.
 */
#include "portal/web/kiosk.h"

#include <string.h>

#include "core/base/say.h"
#include "portal/guest/guest.h"
#include "portal/self/card.h"
#include "portal/web/lang.h"
#include "portal/web/route.h"

/* Back to the beginning, in the language of the house, also without script. */
static void
soon(struct page *p, int seconds)
{
	reply_headerf(p->rp, "refresh", "%d; url=/kiosk?lang=%s", seconds,
	    langs[p->app->lang].code);
}

static enum err
over(struct page *p)
{
	kiosk_end(p);
	return PAGE(p, kiosk_over, .sign_in = p->app->conf->nprovider > 0);
}

static enum err
begin(struct page *p, const char *wrong)
{
	soon(p, KIOSK_IDLE);
	return PAGE(p, kiosk, .wrong = wrong, .terms = guest_terms(p),
	    .house = langs[p->app->lang].code, .idle = KIOSK_IDLE);
}

/* Who is signed in here signs out first: nobody else may find them. */
enum err
kiosk_page(struct page *p)
{
	const char *code = kiosk_code(p, NULL);
	struct call machine = guest_machine(p);
	bool open;
	enum err e;

	if (code == NULL)
		return ERR_NOT_FOUND;
	if (p->signed_in)
		return page_go(p, "/desk/kiosk?done=ready");
	if ((e = vouchers_open(&machine, code, &open)))
		return e;
	return open ? begin(p, "") : over(p);
}

static enum err
show(struct page *p, const struct key_view *v)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	struct call machine = guest_machine(p);
	struct tpl_card card;
	enum err e;

	if ((e = keys_reveal(&machine, &v->key.id, "screen", &secret)) ||
	    (e = card_show(p, v, &secret, &card)))
		return e;
	soon(p, KIOSK_SHOW);
	return PAGE(p, kiosk_pass, .card = card, .seconds = KIOSK_SHOW,
	    .house = langs[p->app->lang].code);
}

enum err
kiosk_take(struct page *p)
{
	int64_t hours;
	const char *code = kiosk_code(p, &hours);
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	bool resumed;
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if (code == NULL)
		return ERR_NOT_FOUND;
	if (p->signed_in)
		return page_go(p, "/desk/kiosk?done=ready");
	if (!guest_agreed(p))
		return begin(p, SAY("Please accept the terms of use."));
	e = vouchers_redeem_until(&p->call, code, "Guest", "",
	    hours == 0 ? 0 : p->rq->now + hours * 3600, v, &resumed);
	if (e == ERR_NOT_FOUND)
		return over(p);
	return e != ERR_OK ? e : show(p, v);
}
