/* /scim/v2/Users */
#include <string.h>

#include "portal/scim/patch.h"
#include "portal/scim/scim.h"
#include "portal/web/route.h"

static enum err
page(struct scim *s, const struct scim_filter *f, json_t **list, size_t *total)
{
	struct scim_user *u = NULL;
	size_t n = 0;
	enum err e = scim_users_list(s->c, s->connector, f, &u, &n, total);

	*list = json_array();
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		if (json_array_append_new(*list, user_json(&u[i])))
			e = ERR_CORRUPT;
	return e;
}

/* RFC 7643 4.1.2: the groups somebody is in, for reading only. */
static enum err
groups(struct scim *s, const char *id, json_t *list)
{
	const struct scim_filter f = {
	    .key = SCIM_MEMBER, .value = id, .limit = SCIM_LIST_MAX};
	struct scim_group *g = NULL;
	size_t n = 0, total;
	enum err e = scim_groups_list(s->c, s->connector, &f, &g, &n, &total);

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		if (json_array_append_new(
			list, json_pack("{ss ss so ss}", "value", g[i].id.s,
				  "display", g[i].name, "$ref",
				  scim_where(s, "Groups", g[i].id.s), "type",
				  "direct")))
			e = ERR_NO_MEMORY;
	return e;
}

static enum err
finish(struct scim *s, json_t *j)
{
	const char *id = attr_text(j, "id");
	json_t *list;

	(void)json_object_set_new(
	    json_object_get(j, "meta"), "location", scim_where(s, "Users", id));
	if (!view_wants(&s->want, "groups") &&
	    !(s->filter && strcasestr(s->filter, "groups")))
		return ERR_OK;
	list = json_array();
	if (json_object_set_new(j, "groups", list))
		return ERR_NO_MEMORY;
	return groups(s, id, list);
}

const struct scim_kind scim_user_kind = {.name = "User",
    .path = "Users",
    .by_name = "userName",
    .member = "groups",
    .page = page,
    .finish = finish};

static enum err
answer(struct scim *s, int status, const struct scim_user *u)
{
	return scim_answer(
	    s, &scim_user_kind, status, user_json(u), u->version);
}

static enum err
list(struct scim *s)
{
	return scim_list(s, &scim_user_kind);
}

static enum err
get(struct scim *s)
{
	struct scim_user u;
	enum err e = scim_users_get(s->c, s->connector, &s->id, &u);

	return e ? e : answer(s, 200, &u);
}

static enum err
add(struct scim *s)
{
	struct scim_user u = {.active = true};
	enum err e = user_read(s->body, s->c->arena, &u, &s->c->why);

	if (e || (e = scim_users_add(s->c, s->connector, &u)))
		return e;
	return answer(s, 201, &u);
}

static enum err
put(struct scim *s)
{
	struct scim_user u;
	enum err e = scim_users_get(s->c, s->connector, &s->id, &u);

	if (e || (e = scim_same(s, u.version)) ||
	    (e = user_read(s->body, s->c->arena, &u, &s->c->why)) ||
	    (e = scim_users_set(s->c, s->connector, &u)))
		return e;
	return answer(s, 200, &u);
}

struct patching {
	struct scim *s;
	struct scim_user u;
};

static enum err
patched(struct scim *s, struct scim_user *u)
{
	json_t *j = user_json(u);
	enum err e =
	    j ? patch_apply(j, s->body, s->c->arena, &s->c->why) : ERR_CORRUPT;

	if (e == ERR_OK)
		e = user_read(j, s->c->arena, u, &s->c->why);
	json_decref(j);
	return e;
}

static enum err
patch_once(void *of)
{
	struct patching *x = of;
	struct scim *s = x->s;
	enum err e = scim_users_get(s->c, s->connector, &s->id, &x->u);

	if (e || (e = scim_same(s, x->u.version)) || (e = patched(s, &x->u)))
		return e;
	return scim_users_set(s->c, s->connector, &x->u);
}

static enum err
patch(struct scim *s)
{
	struct patching x = {.s = s};
	enum err e = scim_tries(patch_once, &x);

	return e ? e : answer(s, 200, &x.u);
}

static enum err
drop(struct scim *s)
{
	struct scim_user u;
	enum err e = scim_users_get(s->c, s->connector, &s->id, &u);

	if (e || (e = scim_same(s, u.version)) ||
	    (e = scim_users_remove(s->c, s->connector, &s->id)))
		return e;
	return scim_done(s, 204);
}

enum err
scim_user_list(struct page *p)
{
	return scim_run(p, list);
}

enum err
scim_user_add(struct page *p)
{
	return scim_run(p, add);
}

enum err
scim_user_get(struct page *p)
{
	return scim_run(p, get);
}

enum err
scim_user_put(struct page *p)
{
	return scim_run(p, put);
}

enum err
scim_user_patch(struct page *p)
{
	return scim_run(p, patch);
}

enum err
scim_user_drop(struct page *p)
{
	return scim_run(p, drop);
}
