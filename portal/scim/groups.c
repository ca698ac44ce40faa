/* /scim/v2/Groups */
#include <string.h>

#include "portal/scim/patch.h"
#include "portal/scim/scim.h"
#include "portal/web/route.h"

static enum err
page(struct scim *s, const struct scim_filter *f, json_t **list, size_t *total)
{
	struct scim_group *g = NULL;
	size_t n = 0;
	enum err e = scim_groups_list(s->c, s->connector, f, &g, &n, total);

	*list = json_array();
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		if (json_array_append_new(*list, group_json(&g[i])))
			e = ERR_NO_MEMORY;
	return e;
}

/* SHOWN: with what people and clients read, not only with identifiers. */
static enum err
members(struct scim *s, const struct uid *id, bool shown, json_t *list)
{
	struct scim_member *m = NULL;
	size_t n = 0;
	enum err e = scim_groups_members(s->c, id, &m, &n);

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		json_t *one = json_pack("{ss}", "value", m[i].id.s);

		if (shown)
			(void)json_object_update_new(one,
			    json_pack("{ss so ss}", "display", m[i].user_name,
				"$ref", scim_where(s, "Users", m[i].id.s),
				"type", "User"));
		if (json_array_append_new(list, one))
			e = ERR_NO_MEMORY;
	}
	return e;
}

static enum err
finish(struct scim *s, json_t *j)
{
	const char *text = attr_text(j, "id");
	struct uid id = UID_NONE;
	json_t *list;

	(void)json_object_set_new(json_object_get(j, "meta"), "location",
	    scim_where(s, "Groups", text));
	if (!uid_parse(text, &id) ||
	    (!view_wants(&s->want, "members") &&
		!(s->filter && strcasestr(s->filter, "members"))))
		return ERR_OK;
	list = json_array();
	if (json_object_set_new(j, "members", list))
		return ERR_NO_MEMORY;
	return members(s, &id, true, list);
}

const struct scim_kind scim_group_kind = {.name = "Group",
    .path = "Groups",
    .by_name = "displayName",
    .member = "members",
    .page = page,
    .finish = finish};

static enum err
answer(struct scim *s, int status, const struct scim_group *g)
{
	return scim_answer(
	    s, &scim_group_kind, status, group_json(g), g->version);
}

static enum err
list(struct scim *s)
{
	return scim_list(s, &scim_group_kind);
}

static enum err
get(struct scim *s)
{
	struct scim_group g;
	enum err e = scim_groups_get(s->c, s->connector, &s->id, &g);

	return e ? e : answer(s, 200, &g);
}

static enum err
add(struct scim *s)
{
	struct scim_group g = {0};
	struct uid *all;
	size_t n;
	enum err e = group_read(s->body, s->c->arena, &g, &all, &n, &s->c->why);

	if (e || (e = scim_groups_add(s->c, s->connector, &g, all, n)))
		return e;
	return answer(s, 201, &g);
}

static enum err
put(struct scim *s)
{
	struct scim_group g;
	struct uid *all;
	size_t n;
	enum err e = scim_groups_get(s->c, s->connector, &s->id, &g);

	if (e || (e = scim_same(s, g.version)) ||
	    (e = group_read(s->body, s->c->arena, &g, &all, &n, &s->c->why)) ||
	    (e = scim_groups_set(s->c, s->connector, &g, all, n)))
		return e;
	return answer(s, 200, &g);
}

struct patching {
	struct scim *s;
	struct scim_group g;
	struct uid *all;
	size_t n;
};

static enum err
patched(struct scim *s, struct scim_group *g, struct uid **all, size_t *n)
{
	json_t *j = group_json(g), *now = json_array();
	enum err e = j && now ? members(s, &g->id, false, now) : ERR_NO_MEMORY;

	(void)json_object_set_new(j, "members", now);
	if (e == ERR_OK)
		e = patch_apply(j, s->body, s->c->arena, &s->c->why);
	if (e == ERR_OK)
		e = group_read(j, s->c->arena, g, all, n, &s->c->why);
	if (e == ERR_OK && *all == NULL) /* taken away as a whole */
		*all = arena_get(s->c->arena, sizeof(**all));
	json_decref(j);
	return e;
}

static enum err
patch_once(void *of)
{
	struct patching *x = of;
	struct scim *s = x->s;
	enum err e = scim_groups_get(s->c, s->connector, &s->id, &x->g);

	if (e || (e = scim_same(s, x->g.version)) ||
	    (e = patched(s, &x->g, &x->all, &x->n)))
		return e;
	return scim_groups_set(s->c, s->connector, &x->g, x->all, x->n);
}

/* Entra ID wants nothing back, Okta takes it; who names attributes gets them
 * (RFC 7644 3.5.2). */
static enum err
patch(struct scim *s)
{
	struct patching x = {.s = s};
	enum err e = scim_tries(patch_once, &x);

	if (e)
		return e;
	return s->want.only ? answer(s, 200, &x.g) : scim_done(s, 204);
}

static enum err
drop(struct scim *s)
{
	struct scim_group g;
	enum err e = scim_groups_get(s->c, s->connector, &s->id, &g);

	if (e || (e = scim_same(s, g.version)) ||
	    (e = scim_groups_remove(s->c, s->connector, &s->id)))
		return e;
	return scim_done(s, 204);
}

enum err
scim_group_list(struct page *p)
{
	return scim_run(p, list);
}

enum err
scim_group_add(struct page *p)
{
	return scim_run(p, add);
}

enum err
scim_group_get(struct page *p)
{
	return scim_run(p, get);
}

enum err
scim_group_put(struct page *p)
{
	return scim_run(p, put);
}

enum err
scim_group_patch(struct page *p)
{
	return scim_run(p, patch);
}

enum err
scim_group_drop(struct page *p)
{
	return scim_run(p, drop);
}
