/* The first page of administration. */
#include <string.h>

#include "core/base/clock.h"
#include "core/service/insight.h"
#include "portal/admin/admin.h"
#include "portal/admin/live.h"
#include "portal/web/route.h"
#include "portal/web/said.h"

enum {
	RECENT = 12,
	FEW = 2000,  /* passwords or devices that are counted each time */
	HOLD_S = 30, /* seconds that figures of more hold */
};

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
	struct audit_more more;
	size_t n = 0, nbars = 0;
	enum err e;

	if ((e = first_steps(p, &start, &begins)) || (e = figures(p, &f)) ||
	    (e = most_data(p, f->top, f->ntop, &bars, &nbars)) ||
	    (e = live_fill(p, f->days, &live)))
		return e;
	h = &f->house;
	e = admin_audit_rows(
	    p, &(struct audit_filter){.limit = RECENT}, &rows, &n, &more);
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
