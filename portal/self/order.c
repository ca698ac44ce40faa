/* A first password, and one for a thing. */
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/keys.h"
#include "core/service/people.h"
#include "portal/self/card.h"
#include "portal/self/home.h"
#include "portal/self/notice.h"
#include "portal/web/route.h"

/* What can be shown beside the form rather than on a page of its own. */
static bool
mendable(enum err e)
{
	return e == ERR_LIMIT || e == ERR_BAD_INPUT || e == ERR_EXISTS ||
	       e == ERR_BAD_STATE;
}

enum err
order_key(struct page *p)
{
	struct key_order order = {.person = p->session.person,
	    .kind = KEY_PERSONAL,
	    .name = tpl_said(p->view.lang, SAY("My devices"))};
	struct key_view v;
	enum err e;

	if (!uid_parse(form_text(&p->form, "network"), &order.network) ||
	    !uid_parse(form_text(&p->form, "plan"), &order.plan))
		return ERR_BAD_INPUT;
	e = keys_issue(&p->call, &order, &v);
	if (mendable(e))
		return notice_go(p, "/", e);
	if (e != ERR_OK)
		return e;
	return page_go(p, "/?done=made");
}

/* Whether there are as many as one may have. */
static enum err
is_full(struct page *p, bool *full)
{
	struct key_view *v;
	size_t n, living = 0;
	enum err e = keys_of(&p->call, &p->session.person, &v, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		living += card_living(v[i].standing);
	*full = living >= KEYS_PER_PERSON;
	return e;
}

static enum err
thing_form(struct page *p, const char *name, const char *wrong)
{
	struct entitlement *may;
	struct tpl_offer *offers;
	bool full;
	size_t n;
	enum err e;

	e = people_entitlements(&p->call, &p->session.person, &may, &n);
	if (e != ERR_OK || (e = home_offers(p, may, n, &offers)) ||
	    (e = is_full(p, &full)))
		return e;
	if (n == 0)
		return home_not_entitled(p);
	return PAGE(p, thing, .name = name, .wrong = full ? "" : wrong,
	    .full = full, .most = KEYS_PER_PERSON, .offers = {offers, n});
}

enum err
order_thing_page(struct page *p)
{
	return thing_form(p, "", "");
}

/* The network that goes with a plan this person may have. */
static enum err
network_of(struct page *p, const struct uid *plan, struct uid *network)
{
	struct entitlement *may;
	size_t n;
	enum err e;

	e = people_entitlements(&p->call, &p->session.person, &may, &n);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n; i++)
		if (uid_same(&may[i].plan.id, plan)) {
			*network = may[i].network.id;
			return ERR_OK;
		}
	return ERR_NOT_ENTITLED;
}

enum err
order_thing(struct page *p)
{
	char *name = arena_text(p->arena, form_text(&p->form, "name"));
	struct key_order order = {
	    .person = p->session.person, .kind = KEY_THING, .devices_max = 1};
	struct key_view v;
	enum err e;

	if (name == NULL)
		return ERR_NO_MEMORY;
	if (!uid_parse(form_text(&p->form, "plan"), &order.plan))
		return ERR_BAD_INPUT;
	if (!text_name(name, NAME_MAX_))
		return thing_form(p, form_text(&p->form, "name"),
		    SAY("Please give it a name of at most 100 characters."));
	order.name = name;
	if ((e = network_of(p, &order.plan, &order.network)))
		return e;
	e = keys_issue(&p->call, &order, &v);
	if (mendable(e))
		return thing_form(p, name,
		    p->call.why.text[0] != '\0' ? p->call.why.text
						: err_words(e));
	if (e != ERR_OK)
		return e;
	return page_gof(p, "/key/%s?done=made", v.key.id.s);
}
