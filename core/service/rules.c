#include "core/service/rules.h"

#include <string.h>

#include "core/service/act.h"
#include "core/service/entitle.h"
#include "core/service/json.h"

static enum err
explain(struct call *c, const struct facts *f, struct rules_verdict *out)
{
	struct entitled x;
	struct rule *r;
	size_t n;
	enum err e;

	out->groups_known = f->groups_known;
	if ((e = entitle_plans(c, f, &out->plans, &out->nplans)) ||
	    (e = entitle_by_rules(c, f, &x)) ||
	    (e = row_list(c->store, &rule_rows, SQL_RULE_ALL, DB_NO_ARGS,
		 c->arena, &r, &n)))
		return e;
	out->roles = x.roles;
	memcpy(out->desk, x.desk, sizeof(out->desk));
	out->steps = arena_array(c->arena, n, sizeof(*out->steps));
	if (out->steps == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		out->steps[i].rule = r[i];
		if ((e = entitle_holds(&r[i], f, &out->steps[i].holds)))
			return e;
	}
	out->nsteps = n;
	return ERR_OK;
}

static const char *
text_of(struct call *c, const json_t *all, const char *name)
{
	const char *t = json_string_value(json_object_get(all, name));

	return t ? arena_text(c->arena, t) : "";
}

static enum err
groups_of(struct call *c, const json_t *list, struct facts *f)
{
	void *array = NULL;
	const char **g;
	const json_t *item;
	size_t i;

	/* an absent claim, or one that is no list, is not known */
	f->groups_known = json_is_array(list);
	json_array_foreach(list, i, item)
	{
		if (!json_is_string(item))
			continue;
		if (f->ngroups == GROUPS_MAX)
			break;
		if ((g = row_more(c->arena, &array, &f->ngroups, sizeof(*g))) ==
			NULL ||
		    (*g = arena_text(c->arena, json_string_value(item))) ==
			NULL)
			return ERR_NO_MEMORY;
	}
	f->groups = array;
	return ERR_OK;
}

enum err
rules_try(struct call *c, const char *claims, const char *groups_claim,
    struct rules_verdict *out)
{
	OWN(json) json_t *all = NULL;
	struct facts f = {.claims = claims};
	enum err e;

	*out = (struct rules_verdict){.roles = 0};
	if ((e = act_need(c, ACT_READ)))
		return e;
	e = json_read(claims, strlen(claims), JSON_REJECT_DUPLICATES,
	    ERR_BAD_INPUT, &all);
	if (e == ERR_NO_MEMORY)
		return e;
	if (!json_is_object(all))
		return why_set(&c->why, ERR_BAD_INPUT, "claims",
		    "Paste a JSON object such as {\"groups\": [\"staff\"]}.");
	f.issuer = text_of(c, all, "iss");
	f.subject = text_of(c, all, "sub");
	f.mail = text_of(c, all, "email");
	f.mail_verified = json_is_true(json_object_get(all, "email_verified"));
	if (!f.issuer || !f.subject || !f.mail)
		return ERR_NO_MEMORY;
	if ((e = groups_of(c, json_object_get(all, groups_claim), &f)))
		return e;
	return explain(c, &f, out);
}

enum err
rules_try_person(
    struct call *c, const struct uid *person, struct rules_verdict *out)
{
	struct person p;
	struct facts f;
	enum err e;

	*out = (struct rules_verdict){.roles = 0};
	if ((e = act_need(c, ACT_READ)) || (e = people_get(c, person, &p)) ||
	    (e = entitle_facts(c, &p, &f)))
		return e;
	return explain(c, &f, out);
}
