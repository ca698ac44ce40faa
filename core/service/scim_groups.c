/* Groups, and what their members have because of them. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/follow.h"
#include "core/service/scim.h"
#include "core/service/scim_parts.h"

static enum err
read_row(struct call *c, const struct db_rows *r, void *out)
{
	struct scim_group *g = out;

	(void)c;
	*g = (struct scim_group){0};
	if (!uid_parse(db_text(r, 0), &g->id))
		return ERR_CORRUPT;
	text_copy(g->external, sizeof(g->external), db_text(r, 1));
	text_copy(g->name, sizeof(g->name), db_text(r, 2));
	g->created = db_int(r, 3);
	g->changed = db_int(r, 4);
	g->version = db_int(r, 5);
	return ERR_OK;
}

static const struct scim_rows group_rows = {.size = sizeof(struct scim_group),
    .read = read_row,
    .count = SQL_SCIM_GROUP_COUNT,
    .list = SQL_SCIM_GROUP_LIST,
    .by = {[SCIM_ID] = SQL_SCIM_GROUP_GET,
	[SCIM_NAME] = SQL_SCIM_GROUP_NAMED,
	[SCIM_EXTERNAL] = SQL_SCIM_GROUP_EXTERNAL,
	[SCIM_MEMBER] = SQL_SCIM_GROUP_MEMBER}};

enum err
scim_groups_get(struct call *c, const char *connector, const struct uid *id,
    struct scim_group *out)
{
	enum err e = act_need(c, ACT_STAFF);

	*out = (struct scim_group){0};
	return e ? e : scim_one(c, &group_rows, SCIM_ID, connector, id->s, out);
}

enum err
scim_groups_list(struct call *c, const char *connector,
    const struct scim_filter *f, struct scim_group **out, size_t *n,
    size_t *total)
{
	void *list;
	enum err e = scim_find(c, &group_rows, connector, f, &list, n, total);

	*out = list;
	return e;
}

enum err
scim_groups_members(struct call *c, const struct uid *group,
    struct scim_member **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL;
	struct scim_member *m;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_STAFF)) ||
	    (e = db_query(c->store->db, SQL_SCIM_MEMBER_ALL,
		 DB_ARGS(DB_TEXT(group->s)), &r)))
		return e;
	while (db_next(&r)) {
		if ((m = row_more(c->arena, &list, n, sizeof(*m))) == NULL)
			return ERR_NO_MEMORY;
		if (!uid_parse(db_text(&r, 0), &m->id))
			return ERR_CORRUPT;
		text_copy(m->user_name, sizeof(m->user_name), db_text(&r, 1));
	}
	*out = list;
	return db_end(&r);
}

/* --- one member --- */

/* Comes or goes: roles and passwords follow in the same transaction. */
static enum err
member(struct call *c, const struct scim_group *g, const struct uid *who,
    bool comes)
{
	OWN(follow) struct follow f = FOLLOW_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "group", g->name);
	if ((e = follow_begin(c, who, &f)) ||
	    (e = store_run(c->store,
		 comes ? SQL_SCIM_MEMBER_ADD : SQL_SCIM_MEMBER_REMOVE,
		 DB_ARGS(DB_TEXT(g->id.s), DB_TEXT(who->s)), NULL)) ||
	    (e = scim_roles(c, who)) || (e = follow_end(c, &f)))
		return e;
	return act_changed(c, comes ? "scim.group-join" : "scim.group-leave",
	    NOUN_PERSON, who, &d);
}

static int
order(const void *a, const void *b)
{
	return strcmp(((const struct uid *)a)->s, ((const struct uid *)b)->s);
}

/* Sorted, each once. */
static size_t
sort(struct uid *list, size_t n)
{
	size_t kept = 0;

	if (n > 0)
		qsort(list, n, sizeof(*list), order);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !uid_same(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	return kept;
}

static enum err
known(struct call *c, const char *connector, const struct uid *who)
{
	bool is;
	enum err e = store_any(c->store, SQL_SCIM_USER_GET,
	    DB_ARGS(DB_TEXT(connector), DB_TEXT(who->s)), &is);

	if (e || is)
		return e;
	return why_set(
	    &c->why, ERR_BAD_INPUT, "members", "There is no user %s.", who->s);
}

struct change {
	struct uid *was, *want;
	size_t nwas, nwant;
};

/* Both lists are sorted. */
static enum err
follow_members(struct call *c, const char *connector,
    const struct scim_group *g, const struct change *x)
{
	size_t i = 0, k = 0;
	enum err e = ERR_OK;

	while (e == ERR_OK && (i < x->nwas || k < x->nwant)) {
		int way = i == x->nwas    ? 1
			  : k == x->nwant ? -1
					  : order(&x->was[i], &x->want[k]);

		if (way < 0)
			e = member(c, g, &x->was[i++], false);
		else if (way > 0 &&
			 (e = known(c, connector, &x->want[k])) == ERR_OK)
			e = member(c, g, &x->want[k++], true);
		else if (way == 0)
			i++, k++;
	}
	return e;
}

static enum err
wanted(struct call *c, const struct uid *members, size_t n, struct change *x)
{
	if (n > SCIM_MEMBERS_MAX)
		return why_set(&c->why, ERR_TOO_BIG, "members",
		    "A group has at most %d members.", SCIM_MEMBERS_MAX);
	x->want = arena_array(c->arena, n + 1, sizeof(*x->want));
	if (x->want == NULL)
		return ERR_NO_MEMORY;
	if (n > 0)
		memcpy(x->want, members, n * sizeof(*members));
	x->nwant = sort(x->want, n);
	return ERR_OK;
}

static enum err
present(struct call *c, const struct uid *group, struct change *x)
{
	struct scim_member *m;
	enum err e = scim_groups_members(c, group, &m, &x->nwas);

	if (e)
		return e;
	x->was = arena_array(c->arena, x->nwas + 1, sizeof(*x->was));
	if (x->was == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < x->nwas; i++)
		x->was[i] = m[i].id;
	x->nwas = sort(x->was, x->nwas);
	return ERR_OK;
}

/* --- the group --- */

static enum err
taken(struct call *c, enum scim_key key, const char *connector,
    const char *value, const struct uid *but, const char *field)
{
	struct scim_group other;
	enum err e;

	if (value[0] == '\0')
		return ERR_OK;
	e = scim_one(c, &group_rows, key, connector, value, &other);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && uid_same(&other.id, but)))
		return ERR_OK;
	return e ? e
		 : why_set(&c->why, ERR_EXISTS, field,
		       "Another group has this %s.", field);
}

static enum err
check(struct call *c, const char *connector, const struct scim_group *g,
    const char *key)
{
	enum err e;

	if (g->name[0] == '\0')
		return why_set(&c->why, ERR_BAD_INPUT, "displayName",
		    "displayName must be given.");
	if ((e = taken(c, SCIM_NAME, connector, key, &g->id, "displayName")))
		return e;
	return taken(
	    c, SCIM_EXTERNAL, connector, g->external, &g->id, "externalId");
}

static enum err
record(struct call *c, const char *act, const struct scim_group *g)
{
	OWN(buf) struct buf d = DETAIL;

	detail_text(&d, "name", g->name);
	return act_record(c, act, NOUN_GROUP, &g->id, &d);
}

enum err
scim_groups_add(struct call *c, const char *connector, struct scim_group *g,
    const struct uid *members, size_t n)
{
	OWN(tx) struct tx tx = TX_NONE;
	const char *key = scim_lower(c, g->name);
	struct change x = {0};
	enum err e;

	g->id = uid_new();
	g->created = g->changed = c->now;
	g->version = 1;
	if (key == NULL)
		return ERR_NO_MEMORY;
	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = wanted(c, members, n, &x)) ||
	    (e = check(c, connector, g, key)) ||
	    (e = store_run(c->store, SQL_SCIM_GROUP_ADD,
		 DB_ARGS(DB_TEXT(g->id.s), DB_TEXT(connector),
		     scim_or_null(g->external), DB_TEXT(g->name), DB_TEXT(key),
		     DB_INT(c->now)),
		 NULL)) ||
	    (e = record(c, "scim.group-add", g)) ||
	    (e = follow_members(c, connector, g, &x)))
		return e;
	return act_end(c, &tx);
}

static enum err
update(struct call *c, const char *connector, struct scim_group *g,
    const char *key)
{
	int64_t changed;
	enum err e = store_run(c->store, SQL_SCIM_GROUP_SET,
	    DB_ARGS(DB_TEXT(g->id.s), DB_TEXT(connector),
		scim_or_null(g->external), DB_TEXT(g->name), DB_TEXT(key),
		DB_INT(c->now), DB_INT(g->version)),
	    &changed);

	if (e == ERR_OK && !changed)
		return ERR_CONFLICT;
	g->changed = c->now;
	g->version++;
	return e;
}

struct followers {
	struct follow *f;
	size_t n;
};

static void
followers_own(struct followers *all)
{
	for (size_t i = 0; i < all->n; i++)
		follow_own(&all->f[i]);
	free(all->f);
}

/* Another name is other rules, for everybody in it. */
static enum err
rename(struct call *c, const char *connector, struct scim_group *g,
    const char *key, const struct change *x)
{
	OWN(followers) struct followers all = {0};
	enum err e;

	if ((all.f = calloc(x->nwas + 1, sizeof(*all.f))) == NULL)
		return ERR_NO_MEMORY;
	for (; all.n < x->nwas; all.n++)
		if ((e = follow_begin(c, &x->was[all.n], &all.f[all.n])))
			return e;
	if ((e = update(c, connector, g, key)))
		return e;
	for (size_t i = 0; i < all.n; i++)
		if ((e = scim_roles(c, &all.f[i].person)) ||
		    (e = follow_end(c, &all.f[i])) ||
		    (e = act_announce(c, NOUN_PERSON, &all.f[i].person)))
			return e;
	return ERR_OK;
}

enum err
scim_groups_set(struct call *c, const char *connector, struct scim_group *g,
    const struct uid *members, size_t n)
{
	OWN(tx) struct tx tx = TX_NONE;
	const char *key = scim_lower(c, g->name);
	struct change x = {0};
	struct scim_group was;
	enum err e;

	if (key == NULL)
		return ERR_NO_MEMORY;
	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = scim_one(c, &group_rows, SCIM_ID, connector, g->id.s, &was)) ||
	    (e = check(c, connector, g, key)) || (e = present(c, &g->id, &x)) ||
	    (members && (e = wanted(c, members, n, &x))))
		return e;
	if ((e = strcmp(was.name, g->name) == 0 &&
			 strcmp(was.external, g->external) == 0
		     ? update(c, connector, g, key)
		     : rename(c, connector, g, key, &x)) ||
	    (members && (e = follow_members(c, connector, g, &x))) ||
	    (e = record(c, "scim.group-change", g)))
		return e;
	g->created = was.created;
	return act_end(c, &tx);
}

enum err
scim_groups_remove(struct call *c, const char *connector, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct change x = {0};
	struct scim_group g;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = scim_one(c, &group_rows, SCIM_ID, connector, id->s, &g)) ||
	    (e = present(c, id, &x)) || (e = wanted(c, NULL, 0, &x)) ||
	    (e = follow_members(c, connector, &g, &x)) ||
	    (e = store_run(c->store, SQL_GROUP_FORGET,
		 DB_ARGS(DB_TEXT(connector), DB_TEXT(g.name),
		     scim_or_null(g.external)),
		 NULL)) ||
	    (e = store_run(c->store, SQL_SCIM_GROUP_REMOVE,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(connector)), NULL)) ||
	    (e = record(c, "scim.group-remove", &g)))
		return e;
	return act_end(c, &tx);
}
