/* One password: its page, a new one in its place, the end of it. */
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/devices.h"
#include "core/service/people.h"
#include "core/service/units.h"
#include "portal/self/card.h"
#include "portal/self/key.h"
#include "portal/self/notice.h"
#include "portal/web/route.h"
#include "portal/web/squares.h"

static enum err
devices(struct page *p, const struct key_view *v, struct tpl_device **out,
    size_t *n)
{
	struct device *d;
	enum err e = devices_of_key(&p->call, &v->key.id, &d, n);

	return e != ERR_OK ? e : card_devices(p, d, *n, v, 1, out);
}

/* May the person change it: own ones, and those of units they manage? */
static bool
may_change(struct page *p, const struct key_view *v)
{
	struct unit_member *m;
	size_t n;

	if (uid_is_none(&v->key.unit))
		return true;
	if (units_members(&p->call, &v->key.unit, &m, &n) != ERR_OK)
		return false;
	for (size_t i = 0; i < n; i++)
		if (m[i].manager &&
		    uid_same(&m[i].person.id, &p->session.person))
			return true;
	return false;
}

/* What is told beside the card; before what the card needs to be drawn. */
static enum err
facts(struct page *p, const struct key_view *v, struct tpl_key *k)
{
	const struct uid *id = &v->key.id;
	struct tpl_device *d;
	struct tpl_stay *stays;
	struct tpl_left *left;
	struct unit *u = arena_get(p->arena, sizeof(*u));
	size_t n;
	enum err e;

	if (u == NULL)
		return ERR_NO_MEMORY;
	if ((e = devices(p, v, &d, &n)))
		return e;
	k->devices.v = d;
	k->devices.n = n;
	if ((e = key_visits(p, id, &stays, &n, &k->week)))
		return e;
	k->visits.v = stays;
	k->visits.n = n;
	if ((e = key_left(p, id, &left, &n)) ||
	    (e = key_moving(p, id, &k->moving)))
		return e;
	k->left.v = left;
	k->left.n = n;
	if (uid_is_none(&v->key.unit))
		return ERR_OK;
	e = units_get(&p->call, &v->key.unit, u);
	k->unit = u->name;
	k->unit_id = u->id.s;
	return e;
}

/* A password that another one replaces is not prolonged. */
static bool
is_replaced(const struct tpl_key *k)
{
	return k->moving.any && k->moving.is_old;
}

static enum err
key_show(struct page *p, const char *wrong)
{
	struct key_view v;
	struct card_profiles take;
	struct tpl_key k = {.done = notice_done(p), .wrong = wrong};
	struct squares squares = {.n = 0};
	struct tpl_device *shut;
	size_t nshut;
	bool works;
	enum err e;

	if ((e = card_mine(p, &v)) || (e = facts(p, &v, &k)) ||
	    (e = squares_key(
		 p, &squares, &v, SAY("Name of the password"), false)) ||
	    (e = card_shut(p, k.devices.v, k.devices.n, &shut, &nshut)) ||
	    (e = card_reveal(p, &v, &k.card)))
		return e;
	card_profiles(p, &take);
	k.profiles.v = take.mine;
	k.profiles.n = take.nmine;
	k.others.v = take.others;
	k.others.n = take.nothers;
	works = v.standing == KEY_IS_ACTIVE || v.standing == KEY_IS_SCHEDULED;
	k.squares = squares_shown(&squares);
	k.shut.v = shut;
	k.shut.n = nshut;
	k.barred = (int64_t)nshut;
	k.version = v.key.version;
	k.living = card_living(v.standing);
	k.may_change = may_change(p, &v);
	k.may_rotate = works && !is_replaced(&k);
	k.may_mail = works && take_may_mail(p);
	k.may_register = works && k.may_change;
	k.renew = !is_replaced(&k) && key_may_renew(p, &v, &k.renew_to);
	render_key(&p->view, &k, &p->rp->body);
	return page_html(p, 200);
}

enum err
key_page(struct page *p)
{
	return key_show(p, notice_wrong(p));
}

enum err
key_name(struct page *p)
{
	char *name = arena_text(p->arena, form_text(&p->form, "name"));
	struct uid id = page_id(p, 0);
	struct key_view v;
	int64_t version;
	enum err e;

	if (name == NULL)
		return ERR_NO_MEMORY;
	if (!text_int(form_text(&p->form, "version"), 0, INT64_MAX, &version))
		return ERR_BAD_INPUT;
	if ((e = card_mine(p, &v)))
		return e;
	if (!text_name(name, NAME_MAX_))
		return key_show(
		    p, SAY("Please give it a name of at most 100 characters."));
	if ((e = keys_rename(&p->call, &id, name, version)))
		return e;
	return page_gof(p, "/key/%s?done=renamed", id.s);
}

enum err
key_rotate_page(struct page *p)
{
	struct key_view v;
	struct tpl_card card;
	struct tpl_device *d;
	size_t n;
	enum err e;

	if ((e = card_mine(p, &v)) || (e = card_fill(p, &v, &card)) ||
	    (e = devices(p, &v, &d, &n)))
		return e;
	return PAGE(
	    p, rotate, .card = card, .devices = {d, n}, .seen = (int64_t)n);
}

/* The progress alone, without the password: a script asks again and again. */
enum err
key_moving_page(struct page *p)
{
	struct tpl_moving moving;
	struct tpl_card card;
	struct key_view v;
	enum err e;

	if ((e = card_mine(p, &v)) || (e = card_fill(p, &v, &card)) ||
	    (e = key_moving(p, &v.key.id, &moving)))
		return e;
	if (!moving.any)
		return page_gof(p, "/key/%s", v.key.id.s);
	return PAGE(p, moving_page, .card = card, .m = moving);
}

static bool
overlap_of(struct page *p, int64_t *out)
{
	static const struct {
		const char *word;
		int64_t seconds;
	} ways[] = {{"day", 86400}, {"week", 7 * 86400}, {"none", 0}};
	const char *said = form_get(&p->form, "overlap");

	if (said == NULL)
		said = ways[0].word;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(ways[i].word, said) == 0) {
			*out = ways[i].seconds;
			return true;
		}
	return false;
}

enum err
key_rotate(struct page *p)
{
	struct key_view v, fresh;
	int64_t overlap = 0;
	enum err e;

	if ((e = card_mine(p, &v)))
		return e;
	if (!overlap_of(p, &overlap))
		return ERR_BAD_INPUT;
	if ((e = keys_rotate(&p->call, &v.key.id, overlap, &fresh)))
		return e;
	return page_gof(p, "/key/%s?done=%s", fresh.key.id.s,
	    overlap == 0 ? "rotated" : "moving");
}

/* Only while the plan is still one of theirs. */
enum err
key_renew(struct page *p)
{
	struct entitlement *may;
	struct tpl_moving moving;
	struct key_view v;
	int64_t end;
	size_t n;
	enum err e;

	if ((e = card_mine(p, &v)) || (e = key_moving(p, &v.key.id, &moving)) ||
	    (e = people_entitlements(&p->call, &p->session.person, &may, &n)))
		return e;
	if ((moving.any && moving.is_old) || !key_may_renew(p, &v, &end))
		return ERR_BAD_STATE;
	e = ERR_NOT_ENTITLED;
	for (size_t i = 0; i < n; i++)
		if (uid_same(&may[i].plan.id, &v.plan.id))
			e = keys_set_end(
			    &p->call, &v.key.id, end, v.key.version);
	if (e != ERR_OK)
		return notice_go(
		    p, arena_printf(p->arena, "/key/%s", v.key.id.s), e);
	return page_gof(p, "/key/%s?done=renewed", v.key.id.s);
}

enum err
key_revoke_page(struct page *p)
{
	struct key_view v;
	struct tpl_card card;
	enum err e;

	if ((e = card_mine(p, &v)) || (e = card_fill(p, &v, &card)))
		return e;
	return PAGE(p, revoke, .card = card, .seen = card.seen);
}

enum err
key_revoke(struct page *p)
{
	struct key_view v;
	enum err e;

	if ((e = card_mine(p, &v)) ||
	    (e = keys_revoke(&p->call, &v.key.id, "")))
		return e;
	/* who was on the air has to leave: their page shows whether they did */
	return v.in_use ? page_gof(p, "/key/%s?done=revoked", v.key.id.s)
			: page_go(p, "/?done=revoked");
}
