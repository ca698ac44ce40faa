#include "core/service/entitle.h"

#include <stdio.h>
#include <string.h>

#include "core/service/act.h"
#include "core/service/json.h"

static bool
is(const char *value, const char *want)
{
	return *value != '\0' &&
	       (strcmp(want, "*") == 0 || strcmp(value, want) == 0);
}

static bool
in_groups(const struct facts *f, const char *want)
{
	if (!f->groups_known)
		return false;
	if (strcmp(want, "*") == 0)
		return true;
	for (size_t i = 0; i < f->ngroups; i++)
		if (strcmp(f->groups[i], want) == 0)
			return true;
	return false;
}

/* A text, number or truth value as rules write it. */
static bool
json_is(const json_t *j, const char *want)
{
	char number[32];

	if (json_is_string(j))
		return strlen(json_string_value(j)) == json_string_length(j) &&
		       is(json_string_value(j), want);
	if (json_is_boolean(j))
		return is(json_is_true(j) ? "true" : "false", want);
	if (!json_is_integer(j))
		return false;
	(void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
	    json_integer_value(j));
	return is(number, want);
}

static bool
has(const json_t *claim, const char *want)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(claim))
		return json_is(claim, want);
	json_array_foreach(claim, i, item) if (json_is(item, want)) return true;
	return false;
}

/* Claims that are damaged have nothing. */
static enum err
in_claims(const char *claims, const char *name, const char *want, bool *is_so)
{
	OWN(json) json_t *all = NULL;
	enum err e = json_read(
	    claims, strlen(claims), JSON_REJECT_DUPLICATES, ERR_CORRUPT, &all);

	*is_so = has(json_object_get(all, name), want);
	return e == ERR_CORRUPT ? ERR_OK : e;
}

enum err
entitle_holds(const struct rule *r, const struct facts *f, bool *holds)
{
	if (r->claim[0] == '\0' || strcmp(r->claim, "groups") == 0)
		*holds = in_groups(f, r->value);
	else if (strcmp(r->claim, "issuer") == 0)
		*holds = is(f->issuer, r->value);
	else if (strcmp(r->claim, "subject") == 0)
		*holds = is(f->subject, r->value);
	else if (strcmp(r->claim, "email") == 0)
		*holds = f->mail_verified && is(f->mail, r->value);
	else
		return in_claims(f->claims, r->claim, r->value, holds);
	return ERR_OK;
}

static enum err
rules(struct call *c, struct rule **out, size_t *n)
{
	return row_list(
	    c->store, &rule_rows, SQL_RULE_ALL, DB_NO_ARGS, c->arena, out, n);
}

static void
add_plan(char desk[static DESK_MAX + 1], const struct uid *plan)
{
	size_t len = strlen(desk);

	if (strstr(desk, plan->s) != NULL || len + 1 + UID_LEN > DESK_MAX)
		return;
	if (len > 0)
		desk[len++] = ' ';
	memcpy(desk + len, plan->s, UID_LEN + 1);
}

/* Several front desks are one for the guests of all of them. */
static void
add_roles(struct entitled *out, bool *any, const struct rule *r)
{
	out->roles |= r->roles;
	if ((r->roles & 1 << ROLE_DESK) == 0)
		return;
	if (uid_is_none(&r->desk))
		*any = true;
	else
		add_plan(out->desk, &r->desk);
}

static enum err
granted(struct call *c, const struct person *p, int *roles)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(
	    c->store->db, SQL_PERSON_CLAIMS, DB_ARGS(DB_TEXT(p->id.s)), &r);

	if (e)
		return e;
	*roles = (int)db_int(&r, 2);
	return db_end(&r);
}

enum err
entitle_by_rules(struct call *c, const struct facts *f, struct entitled *out)
{
	struct rule *r;
	size_t n;
	bool holds, any = false;
	enum err e = rules(c, &r, &n);

	*out = (struct entitled){.roles = 0};
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		if ((e = entitle_holds(&r[i], f, &holds)) == ERR_OK && holds)
			add_roles(out, &any, &r[i]);
	if (any)
		out->desk[0] = '\0';
	return e;
}

enum err
entitle_roles(struct call *c, const struct person *p, struct entitled *out)
{
	struct facts f;
	enum err e;

	if ((e = entitle_facts(c, p, &f)) ||
	    (e = entitle_by_rules(c, &f, out)) ||
	    (e = granted(c, p, &out->granted)))
		return e;
	if (out->granted & 1 << ROLE_DESK)
		out->desk[0] = '\0';
	return ERR_OK;
}

static bool
listed(const struct entitlement *list, size_t n, const struct uid *plan)
{
	for (size_t i = 0; i < n; i++)
		if (uid_same(&list[i].plan.id, plan))
			return true;
	return false;
}

enum err
entitle_plans(
    struct call *c, const struct facts *f, struct entitlement **out, size_t *n)
{
	void *list = NULL;
	struct rule *r;
	size_t rn;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = rules(c, &r, &rn)))
		return e;
	for (size_t i = 0; i < rn; i++) {
		struct entitlement *t;
		bool holds;

		if ((e = entitle_holds(&r[i], f, &holds)))
			return e;
		if (!holds || uid_is_none(&r[i].plan) ||
		    listed(list, *n, &r[i].plan))
			continue;
		if ((t = row_more(c->arena, &list, n, sizeof(*t))) == NULL)
			return ERR_NO_MEMORY;
		t->rule = r[i].id;
		if ((e = row_get(c->store, &plan_rows, &r[i].plan, &t->plan)) ||
		    (e = row_get(c->store, &network_rows, &t->plan.network,
			 &t->network)))
			return e;
	}
	*out = list;
	return ERR_OK;
}

static enum err
stored_groups(
    struct call *c, const struct uid *person, const char ***out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL;
	const char **g;
	enum err e;

	*n = 0;
	if ((e = db_query(
		 c->store->db, SQL_GROUP_OF, DB_ARGS(DB_TEXT(person->s)), &r)))
		return e;
	while (db_next(&r))
		if ((g = row_more(c->arena, &list, n, sizeof(*g))) == NULL ||
		    (*g = arena_text(c->arena, db_text(&r, 0))) == NULL)
			return ERR_NO_MEMORY;
	*out = list;
	return db_end(&r);
}

enum err
entitle_facts(struct call *c, const struct person *p, struct facts *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const char **groups;
	bool directory; /* tells groups: known, whatever sign-in said */
	enum err e;

	*out = (struct facts){.issuer = arena_text(c->arena, p->issuer),
	    .subject = arena_text(c->arena, p->subject),
	    .mail = arena_text(c->arena, p->mail),
	    .groups_known = p->groups_known};
	if (!out->issuer || !out->subject || !out->mail)
		return ERR_NO_MEMORY;
	if ((e = store_any(c->store, SQL_SCIM_USER_GROUPS,
		 DB_ARGS(DB_TEXT(p->id.s)), &directory)) ||
	    (e = stored_groups(c, &p->id, &groups, &out->ngroups)) ||
	    (e = db_one(c->store->db, SQL_PERSON_CLAIMS,
		 DB_ARGS(DB_TEXT(p->id.s)), &r)))
		return e;
	out->groups = groups;
	out->groups_known |= directory;
	out->mail_verified = db_int(&r, 1) != 0;
	out->claims = arena_text(c->arena, db_text(&r, 0));
	return out->claims ? ERR_OK : ERR_NO_MEMORY;
}
