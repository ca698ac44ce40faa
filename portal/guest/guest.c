#include "portal/guest/guest.h"

#include <string.h>

#include "core/base/say.h"
#include "core/service/devices.h"
#include "core/service/people.h"
#include "portal/self/card.h"
#include "portal/web/client.h"
#include "portal/web/route.h"
#include "portal/web/squares.h"
#include "portal/web/state.h"
#include "portal/web/throttle.h"

enum { GRANT = 3600, HOUR = 3600, DAY = 86400 };

bool
guest_way(const struct page *p, const char *way)
{
	const struct conf_list *l = &p->app->conf->guest.ways;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], way) == 0)
			return true;
	return way[0] == '\0' && l->n > 0;
}

struct call
guest_machine(const struct page *p)
{
	struct call c = p->call;

	c.actor.kind = ACTOR_SYSTEM;
	return c;
}

const char *
guest_terms(const struct page *p)
{
	return accord_where(&p->app->accord, p->view.code);
}

bool
guest_agreed(const struct page *p)
{
	return guest_terms(p)[0] == '\0' ||
	       strcmp(form_text(&p->form, "terms"), "yes") == 0;
}

const char *
guest_refusal(void)
{
	return SAY("This code does not work. It may have a typing error, or be "
		   "valid no longer. Ask whoever gave it to you.");
}

enum err
guest_guess(struct page *p)
{
	int wait =
	    throttle_guess(p->app->throttle, client_address(p), p->rq->now);

	if (wait == 0)
		return ERR_OK;
	reply_headerf(p->rp, "retry-after", "%d", wait);
	return ERR_THROTTLED;
}

void
guest_right(struct page *p)
{
	throttle_right(p->app->throttle, client_address(p));
}

enum err
guest_home(struct page *p)
{
	if (!guest_way(p, ""))
		return ERR_NOT_FOUND;
	return PAGE(p, guest_home, .by_code = guest_way(p, "code"),
	    .by_mail = guest_way(p, "mail"), .by_phone = guest_way(p, "phone"),
	    .by_sponsor = guest_way(p, "sponsor"),
	    .members = p->app->conf->nprovider > 0);
}

static enum err
agreed(struct page *p, const struct key_view *v)
{
	struct call machine = guest_machine(p);

	if (!accord_due(&p->app->accord, &v->person))
		return ERR_OK;
	return people_accept_terms(&machine, &v->key.person,
	    p->app->accord.version, p->view.terms_lang);
}

enum err
guest_show(
    struct page *p, const struct key_view *v, const char *code, bool resumed)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	struct call machine = guest_machine(p);
	int64_t left =
	    v->key.not_after == 0 ? 0 : v->key.not_after - p->rq->now;
	struct card_profiles take;
	struct tpl_card card;
	struct tpl_device *devices, *shut;
	struct device *d;
	struct squares squares = {.n = 0};
	const char *link = "", *grant;
	size_t n, nshut;
	enum err e;

	if ((e = agreed(p, v)) ||
	    (e = keys_reveal(&machine, &v->key.id, "screen", &secret)) ||
	    (e = card_show(p, v, &secret, &card)) ||
	    (e = squares_key(
		 p, &squares, v, SAY("Name of the password"), false)) ||
	    (e = devices_of_key(&machine, &v->key.id, &d, &n)) ||
	    (e = card_devices(p, d, n, NULL, 0, &devices)) ||
	    (e = card_shut(p, devices, n, &shut, &nshut)))
		return e;
	card_profiles(p, &take);
	grant = state_sign(
	    p->app->ring, "take", v->key.id.s, p->rq->now + GRANT, p->arena);
	if (p->app->origin[0] != '\0' && code[0] != '\0')
		link = arena_printf(
		    p->arena, "%s/guest/code/%s", p->app->origin, code);
	if (grant == NULL || link == NULL)
		return ERR_NO_MEMORY;
	return PAGE(p, guest_key, .card = card, .days = left / DAY,
	    .hours = left > 0 ? (left + HOUR - 1) / HOUR : 0, .back = code,
	    .link = link, .grant = grant, .resumed = resumed,
	    .devices = {devices, n}, .most = key_devices(&v->key, &v->plan),
	    .terms = guest_terms(p)[0] != '\0',
	    .squares = squares_shown(&squares), .shut = {shut, nshut},
	    .barred = (int64_t)nshut, .profiles = {take.mine, take.nmine},
	    .others = {take.others, take.nothers});
}
