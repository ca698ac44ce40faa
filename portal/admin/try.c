/* Try as: what the rules make of a sign-in, and why. */
#include "core/service/rules.h"

#include <string.h>

#include "portal/admin/choices.h"
#include "portal/admin/spoken.h"
#include "portal/web/route.h"

static enum err
steps(struct page *p, const struct rules_verdict *r, struct tpl_step **out)
{
	struct tpl_step *v = arena_array(p->arena, r->nsteps + 1, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < r->nsteps; i++) {
		v[i].priority = r->steps[i].rule.priority;
		v[i].claim = r->steps[i].rule.claim;
		v[i].value = r->steps[i].rule.value;
		v[i].holds = r->steps[i].holds;
	}
	*out = v;
	return ERR_OK;
}

static enum err
plans(struct page *p, const struct rules_verdict *r, struct tpl_name **out)
{
	struct tpl_name *v = arena_array(p->arena, r->nplans + 1, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < r->nplans; i++)
		v[i].name = arena_printf(p->arena, "%s (%s)",
		    r->plans[i].plan.name, r->plans[i].network.name);
	*out = v;
	return ERR_OK;
}

static enum err
show(struct page *p, const char *claims, const struct rules_verdict *r)
{
	struct tpl_step *s = NULL;
	struct tpl_name *n = NULL, *desk = NULL;
	size_t ndesk = 0;
	enum err e;

	if (r && ((e = steps(p, r, &s)) || (e = plans(p, r, &n)) ||
		     (e = admin_desk_plans(p, r->desk, &desk, &ndesk))))
		return e;
	return PAGE(p, admin_try, .claims = claims, .tried = r != NULL,
	    .wrong = p->call.why.text, .steps = {s, r ? r->nsteps : 0},
	    .plans = {n, r ? r->nplans : 0},
	    .roles = spoken_roles(p->arena, p->view.lang, r ? r->roles : 0),
	    .desk = {desk, ndesk},
	    .groups_known = r == NULL || r->groups_known);
}

enum err
admin_try(struct page *p)
{
	struct uid id;

	if (uid_parse(form_text(&p->query, "person"), &id)) {
		struct rules_verdict r = {0};
		enum err e = rules_try_person(&p->call, &id, &r);

		return e != ERR_OK ? e : show(p, "", &r);
	}
	return show(p, "{\n  \"groups\": [\"staff\"]\n}", NULL);
}

enum err
admin_try_claims(struct page *p)
{
	const char *claims = form_text(&p->form, "claims");
	struct rules_verdict r = {0};
	enum err e = rules_try(&p->call, claims, "groups", &r);

	if (e == ERR_BAD_INPUT)
		return show(p, claims, NULL);
	return e != ERR_OK ? e : show(p, claims, &r);
}
