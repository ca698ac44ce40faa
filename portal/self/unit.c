/* A flat, a room, a company: its members and the passwords they share. */
#include "core/service/units.h"

#include <string.h>

#include "core/base/say.h"
#include "core/service/people.h"
#include "portal/self/card.h"
#include "portal/self/home.h"
#include "portal/self/notice.h"
#include "portal/web/route.h"

enum { INVITE_SECONDS = 7 * 86400 };

/* The unit of argument 0, when the person is a member. */
static enum err
mine(struct page *p, struct unit *out)
{
	struct uid id = page_id(p, 0);
	struct unit *all;
	size_t n;
	enum err e = units_of(&p->call, &p->session.person, &all, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		if (uid_same(&all[i].id, &id)) {
			*out = all[i];
			return ERR_OK;
		}
	return e == ERR_OK ? ERR_NOT_FOUND : e;
}

static enum err
mates(struct page *p, const struct unit *u, struct tpl_unit *t)
{
	struct unit_member *m;
	struct tpl_mate *v;
	size_t n;
	enum err e = units_members(&p->call, &u->id, &m, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct tpl_mate){.person_id = m[i].person.id.s,
		    .name = m[i].person.name,
		    .is_manager = m[i].manager,
		    .me = uid_same(&m[i].person.id, &p->session.person),
		    .since = m[i].since};
		t->manager |= v[i].me && v[i].is_manager;
	}
	t->members.v = v;
	t->members.n = n;
	return ERR_OK;
}

static enum err
passwords(struct page *p, const struct unit *u, struct tpl_unit *t)
{
	struct key_view *k;
	struct tpl_card *v;
	size_t n, living = 0;
	enum err e = keys_of_unit(&p->call, &u->id, &k, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		if ((e = card_fill(p, &k[i], &v[i])))
			return e;
	for (size_t i = 0; i < n; i++)
		living += card_living(k[i].standing);
	t->most = living >= KEYS_PER_PERSON ? KEYS_PER_PERSON : 0;
	t->keys.v = v;
	t->keys.n = n;
	return ERR_OK;
}

static enum err
offers(struct page *p, struct tpl_unit *t)
{
	struct entitlement *may;
	struct tpl_offer *v;
	size_t n;
	enum err e;

	if (!t->manager || t->most > 0)
		return ERR_OK;
	if ((e = people_entitlements(&p->call, &p->session.person, &may, &n)) ||
	    (e = home_offers(p, may, n, &v)))
		return e;
	t->offers.v = v;
	t->offers.n = n;
	return ERR_OK;
}

static enum err
show(struct page *p, const char *link, const char *wrong)
{
	struct tpl_unit t = {.done = notice_done(p), .wrong = wrong};
	struct unit u;
	enum err e;

	if ((e = mine(p, &u)) || (e = mates(p, &u, &t)) ||
	    (e = passwords(p, &u, &t)) || (e = offers(p, &t)))
		return e;
	t.unit_id = u.id.s;
	t.unit = u.name;
	t.suspended = u.state != PERSON_ACTIVE;
	t.reason = u.state_reason;
	t.link = link;
	render_unit(&p->view, &t, &p->rp->body);
	return page_html(p, 200);
}

enum err
unit_page(struct page *p)
{
	return show(p, "", notice_wrong(p));
}

/* What can be mended is said on the page, in words of the service. */
static enum err
back(struct page *p, enum err e)
{
	if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN || err_http(e) >= 500)
		return e;
	return show(p, "",
	    p->call.why.text[0] != '\0' ? p->call.why.text : err_words(e));
}

enum err
unit_key(struct page *p)
{
	struct key_order order = {
	    .kind = KEY_UNIT, .name = tpl_said(p->view.lang, SAY("Shared"))};
	struct key_view v;
	struct unit u;
	enum err e;

	if ((e = mine(p, &u)))
		return e;
	if (!uid_parse(form_text(&p->form, "plan"), &order.plan))
		return ERR_BAD_INPUT;
	order.unit = u.id;
	if ((e = keys_issue(&p->call, &order, &v)))
		return back(p, e);
	return page_gof(p, "/key/%s?done=made", v.key.id.s);
}

enum err
unit_invite(struct page *p)
{
	OWN(secret) struct secret token = SECRET_NONE;
	const char *link;
	struct unit u;
	enum err e;

	if ((e = mine(p, &u)))
		return e;
	if ((e = units_invite(&p->call, &u.id, INVITE_SECONDS, &token)))
		return back(p, e);
	link = arena_printf(
	    p->arena, "%s/join/%s", p->app->origin, secret_text(&token));
	return link == NULL ? ERR_NO_MEMORY : show(p, link, "");
}

/* A member by a manager, or oneself. */
enum err
unit_remove(struct page *p)
{
	struct uid who;
	struct unit u;
	enum err e;

	if (!uid_parse(form_text(&p->form, "person"), &who))
		return ERR_BAD_INPUT;
	if ((e = mine(p, &u)))
		return e;
	if ((e = units_member_remove(&p->call, &u.id, &who)))
		return back(p, e);
	if (uid_same(&who, &p->session.person))
		return page_go(p, "/?done=left");
	return page_gof(p, "/unit/%s?done=member", u.id.s);
}

enum err
unit_join_page(struct page *p)
{
	return PAGE(p, join, .token = p->rq->args[0]);
}

enum err
unit_join(struct page *p)
{
	struct unit u;
	enum err e = units_join(&p->call, p->rq->args[0], &u);

	if (e == ERR_NOT_FOUND || e == ERR_EXPIRED)
		return PAGE(p, join, .token = p->rq->args[0], .used = true);
	if (e != ERR_OK)
		return e;
	return page_gof(p, "/unit/%s?done=joined", u.id.s);
}
