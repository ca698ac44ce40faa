/* My Wi-Fi: the password, all passwords, all devices. */
#include <string.h>

#include "core/base/say.h"
#include "core/service/devices.h"
#include "core/service/people.h"
#include "core/service/units.h"
#include "portal/self/card.h"
#include "portal/self/home.h"
#include "portal/self/notice.h"
#include "portal/web/route.h"
#include "portal/web/squares.h"

enum err
home_not_entitled(struct page *p)
{
	const char **names = NULL;
	struct tpl_group *v;
	size_t n = 0;
	enum err e;

	e = people_groups(&p->call, &p->session.person, &names, &n);
	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i].name = names[i];
	return PAGE(p, not_entitled, .groups = {v, n},
	    .known = p->session.who.groups_known);
}

static enum err
suspended(struct page *p)
{
	return PAGE(p, suspended, .reason = p->session.who.state_reason,
	    .since = p->session.who.state_since);
}

/* The key shown first: personal, and as useful as possible. */
static const struct key_view *
first(const struct key_view *v, size_t n)
{
	static const enum key_standing order[] = {
	    KEY_IS_ACTIVE, KEY_IS_SCHEDULED, KEY_IS_SUSPENDED};

	for (size_t s = 0; s < sizeof(order) / sizeof(*order); s++)
		for (size_t i = 0; i < n; i++)
			if (v[i].standing == order[s] &&
			    v[i].key.kind != KEY_THING)
				return &v[i];
	return NULL;
}

/* True when the person has a living personal key on this network. */
static bool
has_key(const struct key_view *v, size_t n, const struct uid *network)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].key.kind == KEY_PERSONAL &&
		    card_living(v[i].standing) &&
		    uid_same(&v[i].network.id, network))
			return true;
	return false;
}

enum err
home_offers(struct page *p, const struct entitlement *in, size_t n,
    struct tpl_offer **out)
{
	if ((*out = arena_array(p->arena, n + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		(*out)[i] = (struct tpl_offer){
		    .plan = in[i].plan.name,
		    .network = in[i].network.name,
		    .ssid = in[i].network.ssid,
		    .network_id = in[i].network.id.s,
		    .plan_id = in[i].plan.id.s,
		};
	return ERR_OK;
}

struct mine {
	struct key_view *keys;
	size_t nkeys, living;
	struct entitlement *may;
	size_t nmay;
	struct device *devices;
	size_t ndevices;
	struct unit *units;
	size_t nunits;
};

static enum err
load(struct page *p, struct mine *m)
{
	const struct uid *me = &p->session.person;
	enum err e;

	if ((e = keys_of(&p->call, me, &m->keys, &m->nkeys)) ||
	    (e = people_entitlements(&p->call, me, &m->may, &m->nmay)) ||
	    (e = devices_of_person(&p->call, me, &m->devices, &m->ndevices)) ||
	    (e = units_of(&p->call, me, &m->units, &m->nunits)))
		return e;
	for (size_t i = 0; i < m->nkeys; i++)
		m->living += card_living(m->keys[i].standing);
	return ERR_OK;
}

/* One offer per network without a personal key. */
static size_t
wanted(struct mine *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->nmay; i++) {
		bool skip = has_key(m->keys, m->nkeys, &m->may[i].network.id);

		for (size_t k = 0; k < n; k++)
			skip |= uid_same(
			    &m->may[k].network.id, &m->may[i].network.id);
		if (!skip)
			m->may[n++] = m->may[i];
	}
	return n;
}

static enum err
cards(struct page *p, const struct mine *m, struct tpl_card **out)
{
	enum err e;

	*out = arena_array(p->arena, m->nkeys + 1, sizeof(**out));
	if (*out == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < m->nkeys; i++)
		if ((e = card_fill(p, &m->keys[i], &(*out)[i])))
			return e;
	return ERR_OK;
}

static enum err
flats(struct page *p, const struct mine *m, struct tpl_flat **out)
{
	*out = arena_array(p->arena, m->nunits + 1, sizeof(**out));
	if (*out == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < m->nunits; i++)
		(*out)[i] = (struct tpl_flat){
		    .id = m->units[i].id.s, .name = m->units[i].name};
	return ERR_OK;
}

static enum err
show(struct page *p, struct mine *m)
{
	const struct key_view *main = first(m->keys, m->nkeys);
	struct tpl_card card = {0}, *rows;
	struct card_profiles take;
	struct tpl_device *devices;
	struct tpl_offer *offers;
	struct tpl_flat *flat;
	struct squares squares = {.n = 0};
	struct tpl_device *shut;
	size_t nshut;
	bool entitled = m->nmay > 0, full = m->living >= KEYS_PER_PERSON;
	size_t noffers = wanted(m);
	enum err e;

	if ((e = cards(p, m, &rows)) ||
	    (main != NULL && ((e = card_reveal(p, main, &card)) ||
				 (e = squares_key(p, &squares, main,
				      SAY("Name of the password"), false)))) ||
	    (e = card_devices(
		 p, m->devices, m->ndevices, m->keys, m->nkeys, &devices)) ||
	    (e = card_shut(p, devices, m->ndevices, &shut, &nshut)) ||
	    (e = home_offers(p, m->may, noffers, &offers)) ||
	    (e = flats(p, m, &flat)))
		return e;
	card_profiles(p, &take);
	return PAGE(p, home, .done = notice_done(p), .wrong = notice_wrong(p),
	    .card = card, .has_card = main != NULL, .keys = {rows, m->nkeys},
	    .devices = {devices, m->ndevices},
	    .profiles = {take.mine, take.nmine},
	    .others = {take.others, take.nothers}, .offers = {offers, noffers},
	    .flats = {flat, m->nunits}, .may_add = entitled && !full,
	    .full = full, .most = KEYS_PER_PERSON,
	    .squares = squares_shown(&squares), .shut = {shut, nshut},
	    .barred = (int64_t)nshut);
}

enum err
home_page(struct page *p)
{
	struct mine m = {0};
	enum err e;

	if (p->session.who.state != PERSON_ACTIVE)
		return suspended(p);
	if ((e = load(p, &m)))
		return e;
	if (m.nkeys == 0 && m.nmay == 0 && m.nunits == 0)
		return home_not_entitled(p);
	return show(p, &m);
}
