/* Units, as staff sees them: members, managers, shared passwords; and how full
 * the pools of VLANs are. */
#include <string.h>

#include "core/service/people.h"
#include "core/service/pools.h"
#include "portal/admin/admin.h"
#include "portal/admin/choices.h"
#include "portal/admin/editor.h"
#include "portal/web/route.h"

static const struct editor *
units_editor(void)
{
	return editor_find("units");
}

enum err
admin_units(struct page *p)
{
	return editor_list(p, units_editor());
}

enum err
admin_unit_new(struct page *p)
{
	return editor_new(p, units_editor());
}

enum err
admin_unit_add(struct page *p)
{
	return editor_add(p, units_editor());
}

enum err
admin_unit_edit(struct page *p)
{
	struct uid id = page_id(p, 0);

	return editor_edit(p, units_editor(), &id);
}

enum err
admin_unit_save(struct page *p)
{
	struct uid id = page_id(p, 0);

	return editor_save(p, units_editor(), &id);
}

enum err
admin_unit_remove(struct page *p)
{
	struct uid id = page_id(p, 0);

	return editor_remove(p, units_editor(), &id);
}

/* --- one of them ---------------------------------------------------------- */

static enum err
mates(struct page *p, const struct uid *id, struct tpl_admin_unit *t)
{
	struct unit_member *m;
	struct tpl_mate *v;
	size_t n;
	enum err e = units_members(&p->call, id, &m, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct tpl_mate){.person_id = m[i].person.id.s,
		    .name = m[i].person.name,
		    .is_manager = m[i].manager,
		    .since = m[i].since};
	t->members.v = v;
	t->members.n = n;
	return ERR_OK;
}

static enum err
parent(struct page *p, const struct unit *u, struct tpl_admin_unit *t)
{
	struct unit *above = arena_get(p->arena, sizeof(*above));
	enum err e;

	if (uid_is_none(&u->parent))
		return ERR_OK;
	if (above == NULL)
		return ERR_NO_MEMORY;
	if ((e = units_get(&p->call, &u->parent, above)))
		return e;
	t->parent = above->name;
	t->parent_id = above->id.s;
	return ERR_OK;
}

static enum err
show(struct page *p, const char *wrong, int status)
{
	struct unit *u = arena_get(p->arena, sizeof(*u));
	struct tpl_admin_unit t = {.parent = "", .parent_id = ""};
	struct uid id = page_id(p, 0);
	struct key_view *views = NULL;
	struct tpl_key_row *keys = NULL;
	size_t n = 0;
	enum err e;

	if (u == NULL)
		return ERR_NO_MEMORY;
	if ((e = units_get(&p->call, &id, u)) || (e = mates(p, &id, &t)) ||
	    (e = admin_plan_choices(p, "", &t.plans.v, &t.plans.n)) ||
	    (e = parent(p, u, &t)) ||
	    (e = keys_of_unit(&p->call, &id, &views, &n)) ||
	    (e = admin_key_rows(p, views, n, &keys)))
		return e;
	t.unit_id = u->id.s;
	t.unit = u->name;
	t.vlan = u->vlan;
	t.active = u->state == PERSON_ACTIVE;
	t.suspended = u->state == PERSON_SUSPENDED;
	t.reason = u->state_reason;
	t.keys.v = keys;
	t.keys.n = n;
	t.may_change = call_may(&p->call, ROLE_OPERATOR);
	t.done = form_text(&p->query, "done");
	t.wrong = wrong;
	t.typed = *wrong ? form_text(&p->form, "person") : "";
	render_admin_unit(&p->view, &t, &p->rp->body);
	return page_html(p, status);
}

enum err
admin_unit(struct page *p)
{
	return show(p, "", 200);
}

/* What was done, or what is wrong with it, on the page of the unit. */
static enum err
answer(struct page *p, enum err e, const char *done)
{
	struct uid id = page_id(p, 0);
	const char *words;

	if (e == ERR_OK)
		return page_gof(p, "/admin/units/%s?done=%s", id.s, done);
	if (e == ERR_STORE || e == ERR_BUSY || e == ERR_NO_MEMORY ||
	    e == ERR_FORBIDDEN)
		return e;
	words = arena_text(
	    p->arena, p->call.why.text[0] ? p->call.why.text : err_words(e));
	return words ? show(p, words, err_http(e)) : ERR_NO_MEMORY;
}

enum err
admin_unit_member(struct page *p)
{
	const char *act = form_text(&p->form, "act");
	struct uid id = page_id(p, 0);
	struct person *who = arena_get(p->arena, sizeof(*who));
	enum err e;

	if (who == NULL)
		return ERR_NO_MEMORY;
	if ((e = people_find(&p->call, form_text(&p->form, "person"), who)))
		return answer(p, e, "");
	if (strcmp(act, "remove") == 0)
		e = units_member_remove(&p->call, &id, &who->id);
	else
		e = units_member_set(&p->call, &id, &who->id,
		    strcmp(form_text(&p->form, "manager"), "yes") == 0);
	return answer(p, e, "member");
}

enum err
admin_unit_state(struct page *p)
{
	struct uid id = page_id(p, 0);
	enum person_state state;

	if (!person_state_parse(form_text(&p->form, "state"), &state))
		return ERR_BAD_INPUT;
	return answer(p,
	    units_set_state(
		&p->call, &id, state, form_text(&p->form, "reason")),
	    "state");
}

enum err
admin_unit_key(struct page *p)
{
	struct key_view *made = arena_get(p->arena, sizeof(*made));
	struct key_order o = {.unit = page_id(p, 0),
	    .kind = KEY_UNIT,
	    .name = form_text(&p->form, "name")};

	if (made == NULL)
		return ERR_NO_MEMORY;
	if (!uid_parse(form_text(&p->form, "plan"), &o.plan))
		return ERR_BAD_INPUT;
	return answer(p, keys_issue(&p->call, &o, made), "key");
}

/* --- pools ------------------------------------------------------------------
 */

enum err
admin_pools(struct page *p)
{
	struct pool *all = NULL;
	struct tpl_pool_row *v;
	size_t n = 0;
	enum err e = pools_list(&p->call, &all, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct tpl_pool_row){.plan_id = all[i].plan.id.s,
		    .plan = all[i].plan.name,
		    .vlans = all[i].plan.pool,
		    .size = all[i].size,
		    .leased = all[i].leased,
		    .share =
			all[i].size ? all[i].leased * 100 / all[i].size : 0,
		    .full = all[i].closed};
	return PAGE(p, admin_pools, .rows = {v, n});
}

static struct tpl_lease_row
lease_row(const struct pool_lease *l)
{
	return (struct tpl_lease_row){.vlan = l->vlan,
	    .holder_id = l->holder.s,
	    .holder = l->name,
	    .is_unit = strcmp(l->noun, "unit") == 0,
	    .active = strcmp(l->state, "active") == 0,
	    .suspended = strcmp(l->state, "suspended") == 0,
	    .reason = l->reason,
	    .keys = l->keys,
	    .held = l->suspended,
	    .since = l->since};
}

enum err
admin_pool(struct page *p)
{
	struct uid id = page_id(p, 0);
	struct pool_lease *all = NULL;
	struct tpl_lease_row *v;
	size_t n = 0, from = admin_offset(p);
	struct pool *pool = arena_get(p->arena, sizeof(*pool));
	enum err e;

	if (pool == NULL)
		return ERR_NO_MEMORY;
	e = pools_leases(&p->call, &id, from, ADMIN_PAGE, pool, &all, &n);
	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] = lease_row(&all[i]);
	return PAGE(p, admin_pool, .plan_id = pool->plan.id.s,
	    .plan = pool->plan.name, .vlans = pool->plan.pool,
	    .size = pool->size, .leased = pool->leased, .rows = {v, n},
	    .pager = admin_pager(from, n, (size_t)pool->leased, ADMIN_PAGE));
}
