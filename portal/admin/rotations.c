/* Many passwords renewed: started, watched, stopped, ended. */
#include "core/service/rotations.h"

#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/setup.h"
#include "core/service/units.h"
#include "portal/admin/admin.h"
#include "portal/admin/choices.h"
#include "portal/web/route.h"

static const char *
state_words(const char *state)
{
	if (strcmp(state, "running") == 0)
		return SAY("Under way");
	if (strcmp(state, "stopped") == 0)
		return SAY("Stopped for now");
	if (strcmp(state, "moving") == 0)
		return SAY("All renewed, devices are moving");
	return SAY("Finished");
}

static struct tpl_rotation_row
row(const struct rotation *r)
{
	return (struct tpl_rotation_row){.id = r->id.s,
	    .name = r->name,
	    .state = state_words(r->state),
	    .is_running = strcmp(r->state, "running") == 0,
	    .is_stopped = strcmp(r->state, "stopped") == 0,
	    .is_done = strcmp(r->state, "done") == 0,
	    .per_hour = r->per_hour,
	    .hours = r->hours,
	    .total = r->total,
	    .rotated = r->rotated,
	    .skipped = r->skipped,
	    .closed = r->closed,
	    .waiting = r->waiting,
	    .moved = r->moved,
	    .created = r->created,
	    .finished = r->finished};
}

static enum err
show_all(struct page *p, const char *wrong, int status)
{
	struct tpl_admin_rotations t = {.wrong = wrong};
	struct rotation *all = NULL;
	struct tpl_rotation_row *v;
	size_t n = 0;
	enum err e;

	if ((e = rotations_list(&p->call, &all, &n)) ||
	    (e = admin_plan_choices(
		 p, form_text(&p->form, "plan"), &t.plans.v, &t.plans.n)) ||
	    (e = admin_unit_choices(
		 p, form_text(&p->form, "unit"), &t.units.v, &t.units.n)))
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] = row(&all[i]);
	t.rows.v = v;
	t.rows.n = n;
	t.may_change = call_may(&p->call, ROLE_OPERATOR);
	t.name = form_text(&p->form, "name");
	t.group = form_text(&p->form, "group");
	t.per_hour = admin_typed(p, "per_hour", "50");
	t.overlap = admin_typed(p, "overlap", "24");
	t.hours = form_text(&p->form, "hours");
	render_admin_rotations(&p->view, &t, &p->rp->body);
	return page_html(p, status);
}

enum err
admin_rotations(struct page *p)
{
	return show_all(p, "", 200);
}

static enum err
order(struct page *p, struct rotation_order *o)
{
	*o = (struct rotation_order){.name = form_text(&p->form, "name"),
	    .group = form_text(&p->form, "group"),
	    .hours = form_text(&p->form, "hours")};
	if (!form_id(&p->form, "plan", &o->plan) ||
	    !form_id(&p->form, "unit", &o->unit))
		return ERR_BAD_INPUT;
	if (!text_int(form_text(&p->form, "per_hour"), 1, ROTATIONS_RATE,
		&o->per_hour))
		return why_set(&p->call.why, ERR_BAD_INPUT, "per_hour",
		    "Between 1 and %d passwords an hour.", ROTATIONS_RATE);
	if (!text_int(form_text(&p->form, "overlap"), 0,
		KEYS_OVERLAP_MAX / 3600, &o->overlap))
		return why_set(&p->call.why, ERR_BAD_INPUT, "overlap",
		    "Both may work for at most 30 days.");
	o->overlap *= 3600;
	return ERR_OK;
}

static enum err
refused(struct page *p, enum err e,
    enum err (*show)(struct page *p, const char *wrong, int status))
{
	const char *words;

	if (e != ERR_BAD_INPUT && e != ERR_BAD_STATE && e != ERR_TOO_BIG &&
	    (e != ERR_NOT_FOUND || p->call.why.text[0] == '\0'))
		return e;
	words = arena_text(
	    p->arena, p->call.why.text[0] ? p->call.why.text : err_words(e));
	return words ? show(p, words, err_http(e)) : ERR_NO_MEMORY;
}

enum err
admin_rotation_start(struct page *p)
{
	struct rotation_order o;
	struct rotation r;
	enum err e;

	if ((e = order(p, &o)) || (e = rotations_start(&p->call, &o, &r)))
		return refused(p, e, show_all);
	return page_gof(p, "/admin/rotations/%s?done=started", r.id.s);
}

/* --- one of them --- */

static const char *
key_state(const struct rotation_key *k)
{
	if (strcmp(k->state, "rotated") == 0)
		return SAY("renewed");
	if (strcmp(k->state, "skipped") == 0)
		return SAY("left out");
	return SAY("waits");
}

static enum err
keys(struct page *p, const struct uid *id, size_t from,
    struct tpl_admin_rotation *t)
{
	struct rotation_key *k = NULL;
	struct tpl_rotation_key_row *v;
	size_t n = 0;
	enum err e = rotations_keys(&p->call, id, from, ADMIN_PAGE, &k, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct tpl_rotation_key_row){.id = k[i].key.s,
		    .after = k[i].after.s,
		    .name = k[i].name,
		    .whose = k[i].whose,
		    .state = key_state(&k[i]),
		    .why = k[i].why,
		    .at = k[i].at,
		    .ends = k[i].ends,
		    .waiting = k[i].waiting,
		    .moved = k[i].moved};
	t->keys.v = v;
	t->keys.n = n;
	return ERR_OK;
}

static enum err
show_one(struct page *p, const char *wrong, int status)
{
	struct rotation *r = arena_get(p->arena, sizeof(*r));
	struct tpl_admin_rotation t = {.wrong = wrong};
	struct uid id = page_id(p, 0);
	size_t from = admin_offset(p);
	enum err e;

	if (r == NULL)
		return ERR_NO_MEMORY;
	if ((e = rotations_get(&p->call, &id, r)) ||
	    (e = keys(p, &id, from, &t)))
		return e;
	t.r = row(r);
	t.overlap = r->overlap / 3600;
	t.may_change = call_may(&p->call, ROLE_OPERATOR);
	t.done = form_text(&p->query, "done");
	t.pager = admin_pager(from, t.keys.n, (size_t)r->total, ADMIN_PAGE);
	render_admin_rotation(&p->view, &t, &p->rp->body);
	return page_html(p, status);
}

enum err
admin_rotation(struct page *p)
{
	return show_one(p, "", 200);
}

enum err
admin_rotation_act(struct page *p)
{
	const char *act = form_text(&p->form, "act");
	struct uid id = page_id(p, 0);
	enum err e = ERR_BAD_INPUT;

	if (strcmp(act, "stop") == 0)
		e = rotations_stop(&p->call, &id);
	else if (strcmp(act, "continue") == 0)
		e = rotations_go_on(&p->call, &id);
	else if (strcmp(act, "end") == 0)
		e = rotations_end(&p->call, &id);
	if (e != ERR_OK)
		return refused(p, e, show_one);
	return page_gof(p, "/admin/rotations/%s?done=%s", id.s, act);
}
