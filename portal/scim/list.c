/* Lists: by an index where the filter allows it, otherwise one by one. */
#include <string.h>
#include <strings.h>

#include "portal/scim/scim.h"

struct search {
	struct scim *s;
	const struct scim_kind *k;
	struct filter *filter; /* NULL: everything */
	bool early;            /* the filter looks at what `finish` adds */
	json_t *found;
	size_t total;
};

/* What is equal by the filter and has an index. */
static struct scim_filter
narrow(const struct search *x)
{
	struct scim_filter f = {.key = SCIM_ID, .limit = SCIM_LIST_MAX};

	if ((f.value = filter_wants(x->filter, "id", NULL)))
		return f;
	f.key = SCIM_NAME;
	if ((f.value = filter_wants(x->filter, x->k->by_name, NULL)))
		return f;
	f.key = SCIM_EXTERNAL;
	if ((f.value = filter_wants(x->filter, "externalId", NULL)))
		return f;
	f.key = SCIM_MEMBER;
	if ((f.value = filter_wants(x->filter, x->k->member, "value")) ||
	    (f.value = filter_wants(x->filter, x->k->member, NULL)))
		return f;
	f.key = SCIM_ALL;
	return f;
}

static enum err
keep(struct search *x, json_t *j)
{
	enum err e = x->early ? ERR_OK : x->k->finish(x->s, j);
	json_t *cut;

	if (e)
		return e;
	cut = view_cut(&x->s->want, json_incref(j), x->s->c->arena);
	return json_array_append_new(x->found, cut) ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
look(struct search *x, json_t *j)
{
	const struct scim *s = x->s;
	enum err e;

	if (x->early && (e = x->k->finish(x->s, j)))
		return e;
	if (x->filter && !filter_match(x->filter, j))
		return ERR_OK;
	if (++x->total <= s->offset || json_array_size(x->found) >= s->count)
		return ERR_OK;
	return keep(x, j);
}

static enum err
look_at_all(struct search *x, json_t *list)
{
	enum err e = ERR_OK;
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
	{
		if ((e = look(x, j)))
			break;
	}
	json_decref(list);
	return e;
}

/* Page by page, each in memory of its own. */
static enum err
filtered(struct search *x)
{
	OWN(arena) struct arena *scratch = arena_new(HTTP_ARENA_MAX);
	struct scim_filter f = narrow(x);
	struct call *c = x->s->c;
	struct arena *ours = c->arena;
	size_t total = 0;
	enum err e = scratch ? ERR_OK : ERR_NO_MEMORY;

	do {
		json_t *list = NULL;

		if (e)
			break;
		c->arena = scratch;
		if ((e = x->k->page(x->s, &f, &list, &total)) == ERR_OK)
			e = look_at_all(x, list);
		c->arena = ours;
		arena_reset(scratch);
		f.offset += SCIM_LIST_MAX;
	} while (e == ERR_OK && f.key == SCIM_ALL && f.offset < total &&
		 f.offset < SCIM_SCAN_MAX);
	if (e == ERR_OK && f.key == SCIM_ALL && f.offset < total)
		return why_set(&c->why, ERR_BAD_INPUT, "many",
		    "Too many to look through: filter by %s or externalId.",
		    x->k->by_name);
	return e;
}

static enum err
plain(struct search *x)
{
	const struct scim *s = x->s;
	const struct scim_filter f = {.limit = s->count, .offset = s->offset};
	size_t total = 0;
	json_t *list = NULL, *j;
	enum err e = x->k->page(x->s, &f, &list, &total);
	size_t i;

	json_array_foreach(list, i, j)
	{
		if (e == ERR_OK)
			e = keep(x, j);
	}
	json_decref(list);
	x->total = total;
	return e;
}

enum err
scim_list(struct scim *s, const struct scim_kind *k)
{
	struct search x = {.s = s, .k = k, .found = json_array()};
	enum err e = ERR_OK;

	if (s->filter)
		e = filter_parse(s->filter, s->p->arena, &x.filter, &s->c->why);
	x.early =
	    filter_names(x.filter, k->member) || filter_names(x.filter, "meta");
	if (e == ERR_OK)
		e = s->filter ? filtered(&x) : plain(&x);
	if (e) {
		json_decref(x.found);
		return e;
	}
	return scim_send(s, 200,
	    json_pack("{s[s] si si si so}", "schemas",
		"urn:ietf:params:scim:api:messages:2.0:ListResponse",
		"totalResults", (int)x.total, "startIndex", (int)s->offset + 1,
		"itemsPerPage", (int)json_array_size(x.found), "Resources",
		x.found));
}
