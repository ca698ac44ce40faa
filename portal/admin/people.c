/* People, and what is done with them. */
#include <stdio.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/devices.h"
#include "core/service/keys.h"
#include "core/service/people.h"
#include "core/service/setup.h"
#include "portal/admin/admin.h"
#include "portal/admin/choices.h"
#include "portal/admin/spoken.h"
#include "portal/web/route.h"
#include "portal/web/tpl.h"

const char *
admin_who(struct page *p, const struct person *o)
{
	if (people_is_forgotten(o))
		return tpl_said(p->view.lang, SAY("A deleted person"));
	return o->name[0] ? o->name : o->subject;
}

static void
fill(struct page *p, struct tpl_person_row *v, const struct person *o)
{
	v->id = o->id.s;
	v->name = admin_who(p, o);
	v->mail = o->mail;
	v->issuer = o->issuer;
	v->roles = spoken_roles(p->arena, p->view.lang, o->roles);
	v->active = o->state == PERSON_ACTIVE;
	v->suspended = o->state == PERSON_SUSPENDED;
	v->reason = o->state_reason;
	v->seen = o->last_sign_in;
}

static enum err
list(struct page *p, const char *wrong)
{
	const char *q = form_text(&p->query, "q");
	struct person *all = NULL;
	struct tpl_person_row *v;
	size_t n = 0, total = 0, from = admin_offset(p);
	enum err e =
	    people_list(&p->call, q, from, ADMIN_PAGE, &all, &n, &total);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		fill(p, &v[i], &all[i]);
	return PAGE(p, admin_people, .wrong = wrong,
	    .name = form_text(&p->form, "name"),
	    .mail = form_text(&p->form, "mail"),
	    .may_change = call_may(&p->call, ROLE_OPERATOR), .q = q,
	    .rows = {v, n}, .pager = admin_pager(from, n, total, ADMIN_PAGE));
}

enum err
admin_people(struct page *p)
{
	return list(p, "");
}

enum err
admin_person_add(struct page *p)
{
	struct person *o = arena_get(p->arena, sizeof(*o));
	const char *name = form_text(&p->form, "name");
	const char *mail = form_text(&p->form, "mail");
	enum err e = ERR_BAD_INPUT;

	if (o == NULL)
		return ERR_NO_MEMORY;
	*o = (struct person){.groups_known = false};
	if (strlen(name) < sizeof(o->name) && strlen(mail) < sizeof(o->mail)) {
		text_copy(o->name, sizeof(o->name), name);
		text_copy(o->mail, sizeof(o->mail), mail);
		e = people_add(&p->call, o);
	}
	if (e == ERR_OK)
		return page_gof(p, "/admin/people/%s?done=added", o->id.s);
	if (e != ERR_BAD_INPUT && e != ERR_EXISTS)
		return e;
	return list(p, p->call.why.text[0] ? p->call.why.text : err_words(e));
}

static enum err
show(struct page *p, const char *wrong, int status)
{
	struct uid id = page_id(p, 0);
	struct person *o = arena_get(p->arena, sizeof(*o));
	struct tpl_person_row v = {0};
	struct tpl_key_row *keys = NULL;
	const struct tpl_choice *plans = NULL;
	struct tpl_name *groups, *desk;
	const char **names = NULL;
	enum person_state next;
	int64_t next_at;
	size_t n = 0, ngroups = 0, nplans = 0, ndesk;
	enum err e;

	if (o == NULL)
		return ERR_NO_MEMORY;
	if ((e = people_get(&p->call, &id, o)) ||
	    (e = people_groups(&p->call, &id, &names, &ngroups)) ||
	    (e = people_planned(&p->call, &id, &next, &next_at)) ||
	    (e = admin_plan_choices(p, "", &plans, &nplans)) ||
	    (e = admin_desk_plans(p, o->desk, &desk, &ndesk)) ||
	    (e = admin_keys_of(p, &id, &keys, &n)))
		return e;
	if ((groups = arena_array(p->arena, ngroups + 1, sizeof(*groups))) ==
	    NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < ngroups; i++)
		groups[i].name = names[i];
	fill(p, &v, o);
	e = PAGE(p, admin_person, .wrong = wrong, .next_at = next_at,
	    .next_state = next_at ? spoken_term(p->view.lang, "state",
					person_state_text(next))
				  : "",
	    .typed = *wrong ? form_text(&p->form, "person") : "",
	    .may_forget = call_may(&p->call, ROLE_ADMIN) &&
			  o->state_since != 0 && !people_is_forgotten(o),
	    .who = v, .keys = {keys, n}, .plans = {plans, nplans},
	    .groups = {groups, ngroups}, .desk = {desk, ndesk},
	    .groups_known = o->groups_known,
	    .may_change = call_may(&p->call, ROLE_OPERATOR) ||
			  call_may(&p->call, ROLE_ADMIN),
	    .done = form_text(&p->query, "done"));
	p->rp->status = status;
	return e;
}

enum err
admin_person(struct page *p)
{
	return show(p, "", 200);
}

static enum err
answer(struct page *p, enum err e, const char *done)
{
	struct uid id = page_id(p, 0);
	const char *words;

	if (e == ERR_OK)
		return page_gof(p, "/admin/people/%s?done=%s", id.s, done);
	if (e != ERR_BAD_STATE && e != ERR_BAD_INPUT && e != ERR_LIMIT &&
	    (e != ERR_NOT_FOUND || p->call.why.text[0] == '\0'))
		return e;
	words = arena_text(
	    p->arena, p->call.why.text[0] ? p->call.why.text : err_words(e));
	return words ? show(p, words, err_http(e)) : ERR_NO_MEMORY;
}

/* The helping hand: a password that people may not take by themselves. */
enum err
admin_person_key(struct page *p)
{
	struct key_view *made = arena_get(p->arena, sizeof(*made));
	struct key_order o = {.person = page_id(p, 0),
	    .name = form_text(&p->form, "name"),
	    /* the service says what may be typed */
	    .devices_max = form_number(&p->form, "devices_max", DEVICES_MAX)};
	enum err e;

	if (made == NULL)
		return ERR_NO_MEMORY;
	if (!uid_parse(form_text(&p->form, "plan"), &o.plan) ||
	    !key_kind_parse(form_text(&p->form, "kind"), &o.kind) ||
	    (o.kind != KEY_PERSONAL && o.kind != KEY_THING))
		return ERR_BAD_INPUT;
	if (o.kind == KEY_THING && o.devices_max == 0)
		o.devices_max = 1;
	if ((e = keys_issue(&p->call, &o, made)))
		return answer(p, e, "");
	return page_gof(p, "/admin/keys/%s?done=made", made->key.id.s);
}

/* The other one becomes part of the one whose page this is. */
enum err
admin_person_merge(struct page *p)
{
	struct person *other = arena_get(p->arena, sizeof(*other));
	struct uid id = page_id(p, 0);
	enum err e;

	if (other == NULL)
		return ERR_NO_MEMORY;
	e = people_find(&p->call, form_text(&p->form, "person"), other);
	if (e == ERR_OK)
		e = people_merge(&p->call, &other->id, &id);
	return answer(p, e, "merged");
}

enum err
admin_person_forget(struct page *p)
{
	struct uid id = page_id(p, 0);

	if (strcmp(form_text(&p->form, "sure"), "yes") != 0) {
		(void)why_set(&p->call.why, ERR_BAD_INPUT, "sure",
		    "Tick the box to say that you are sure.");
		return answer(p, ERR_BAD_INPUT, "");
	}
	return answer(p, people_forget(&p->call, &id), "forgotten");
}

const char *
admin_zone(struct page *p)
{
	struct network *all = NULL;
	size_t n = 0;

	return network_list(&p->call, &all, &n) == ERR_OK && n > 0
		   ? all[0].time_zone
		   : "";
}

enum err
admin_person_state(struct page *p)
{
	struct uid id = page_id(p, 0);
	const char *reason = form_text(&p->form, "reason");
	const char *act = form_text(&p->form, "state");
	enum person_state state = PERSON_ACTIVE;
	int64_t at = 0;
	enum err e;

	if (strcmp(act, "as-is") == 0) /* forgets what was planned */
		return answer(p,
		    people_plan_state(&p->call, &id, PERSON_ACTIVE, "", 0),
		    "state");
	if (!person_state_parse(act, &state))
		return why_set(&p->call.why, ERR_BAD_INPUT, "state",
		    "active, suspended or ended was expected");
	if ((e = admin_day(p, "from", admin_zone(p), false, &at)))
		return answer(p, e, "");
	return answer(p,
	    at ? people_plan_state(&p->call, &id, state, reason, at)
	       : people_set_state(&p->call, &id, state, reason),
	    "state");
}
