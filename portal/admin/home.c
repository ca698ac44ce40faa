/* The first page of administration, and the audit. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/service/audit.h"
#include "core/service/insight.h"
#include "portal/admin/live.h"
#include "portal/admin/spoken.h"
#include "portal/web/route.h"
#include "portal/web/said.h"

enum {
	RECENT = 12,
	AUDIT_PAGE = 100,
	FEW = 2000,  /* passwords or devices that are counted each time */
	HOLD_S = 30, /* seconds that figures of more hold */
};

static enum err
audit_said(struct page *p, const struct audit_row *r, struct tpl_audit_row *v)
{
	int lang = p->view.lang;
	struct spoken_actor who;
	enum err e = spoken_actor(p->arena, lang, r->actor, &who);

	if (e != ERR_OK)
		return e;
	v->actor = who.name;
	v->actor_said = who.said;
	v->from = who.from;
	v->act = r->act;
	v->act_said = spoken_act(lang, r->act);
	v->noun = spoken_noun(lang, r->noun);
	v->what = r->id.s;
	return spoken_detail(p, r->detail, &v->details.v, &v->details.n);
}

static enum err
audit_rows(struct page *p, const char *act, const struct uid *what,
    int64_t before, size_t limit, struct tpl_audit_row **out, size_t *n,
    int64_t *last)
{
	struct audit_row *rows = NULL;
	enum err e = audit_list(&p->call, act, what, before, limit, &rows, n);
	struct tpl_audit_row *v;

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		v[i].seq = rows[i].seq;
		v[i].at = rows[i].at;
		if ((e = audit_said(p, &rows[i], &v[i])))
			return e;
		*last = rows[i].seq;
	}
	*out = v;
	return ERR_OK;
}

static enum err
count_anew(struct page *p, struct figures *f)
{
	struct insight_top *top = NULL;
	enum err e;

	f->until = 0;
	if ((e = insight_house(&p->call, &f->house)) ||
	    (e = insight_days(&p->call, f->days)) ||
	    (e = insight_top(&p->call, &top, &f->ntop)))
		return e;
	if (f->ntop > 0)
		memcpy(f->top, top, f->ntop * sizeof(*top));
	if (f->house.keys_active > FEW || f->house.devices_week > FEW)
		f->until = clock_mono() + HOLD_S * INT64_C(1000000000);
	return ERR_OK;
}

/* What much of the store has to be read for. Where there is much of it, it is
 * read again after a while only. The caller may see it: the route says so. */
static enum err
figures(struct page *p, const struct figures **out)
{
	struct figures *f = &p->worker->figures;

	*out = f;
	return f->until > clock_mono() ? ERR_OK : count_anew(p, f);
}

static enum err
most_data(struct page *p, const struct insight_top *top, size_t ntop,
    struct tpl_bar **out, size_t *n)
{
	struct tpl_bar *v;

	*n = ntop;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		v[i].label = top[i].name;
		v[i].href =
		    arena_printf(p->arena, "/admin/keys/%s", top[i].key.s);
		v[i].words = said_amount(p->arena, p->view.lang, top[i].octets);
		v[i].share = top[0].octets > 0
				 ? top[i].octets / (top[0].octets / 100 + 1)
				 : 0;
	}
	*out = v;
	return ERR_OK;
}

/* What is missing before the first device can join, for who may add it. Who
 * brings all people in another way needs no rule. */
static enum err
first_steps(struct page *p, struct tpl_start *out, bool *begins)
{
	struct insight_start s;
	enum err e;

	*begins = false;
	if (!call_may(&p->call, ROLE_ADMIN))
		return ERR_OK;
	if ((e = insight_start(&p->call, &s)))
		return e;
	*out = (struct tpl_start){.network = s.network,
	    .plan = s.plan,
	    .rule = s.rule,
	    .ap = s.ap,
	    .key = s.key};
	*begins = !s.network || !s.plan || !s.ap || !s.key;
	return ERR_OK;
}

enum err
admin_home(struct page *p)
{
	const struct figures *f;
	const struct insight_house *h;
	struct tpl_audit_row *rows = NULL;
	struct tpl_bar *bars = NULL;
	struct tpl_live live;
	struct tpl_start start = {0};
	bool begins;
	int64_t last = 0;
	size_t n = 0, nbars = 0;
	enum err e;

	if ((e = first_steps(p, &start, &begins)) || (e = figures(p, &f)) ||
	    (e = most_data(p, f->top, f->ntop, &bars, &nbars)) ||
	    (e = live_fill(p, f->days, &live)))
		return e;
	h = &f->house;
	e = audit_rows(p, NULL, NULL, INT64_MAX, RECENT, &rows, &n, &last);
	if (e != ERR_OK && e != ERR_FORBIDDEN)
		return e;
	return PAGE(p, admin_home,
	    .made = strcmp(form_text(&p->query, "done"), "admin") == 0,
	    .begins = begins, .s = start, .people = (int64_t)h->people_active,
	    .keys_active = live.standings.v[KEY_IS_ACTIVE].value,
	    .devices_week = (int64_t)h->devices_week,
	    .on_air = (int64_t)h->on_air, .unused = (int64_t)h->unused,
	    .expiring = (int64_t)h->expiring_week,
	    .undisconnected = (int64_t)h->refused_disconnects,
	    .bars = {bars, nbars}, .l = live, .rows = {rows, n});
}

/* All there is to look for, by what it is called. */
static enum err
act_choices(struct page *p, const char *chosen, const struct tpl_choice **out,
    size_t *n)
{
	struct tpl_choice *v;

	for (*n = 0; spoken_act_at(*n) != NULL; (*n)++)
		;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		const char *act = spoken_act_at(i);

		v[i] = (struct tpl_choice){act, spoken_act(p->view.lang, act),
		    strcmp(act, chosen) == 0};
	}
	*out = v;
	return ERR_OK;
}

enum err
admin_audit(struct page *p)
{
	const char *act = form_text(&p->query, "act");
	const char *from = form_text(&p->query, "before");
	struct uid what = UID_NONE;
	struct tpl_audit_row *rows = NULL;
	const struct tpl_choice *acts = NULL;
	size_t nacts = 0;
	int64_t before = INT64_MAX, last = 0;
	size_t n = 0;
	enum err e;

	if (*from)
		before = strtoll(from, NULL, 10);
	(void)uid_parse(form_text(&p->query, "what"), &what);
	if ((e = audit_rows(p, *act ? act : NULL,
		 uid_is_none(&what) ? NULL : &what, before, AUDIT_PAGE, &rows,
		 &n, &last)) ||
	    (e = act_choices(p, act, &acts, &nacts)))
		return e;
	return PAGE(p, admin_audit, .rows = {rows, n}, .act = act,
	    .acts = {acts, nacts},
	    .what = uid_is_none(&what) ? "" : form_text(&p->query, "what"),
	    .more = n == AUDIT_PAGE && last > 1, .last = last);
}
