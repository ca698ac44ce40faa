#include "portal/scim/view.h"

#include <string.h>
#include <strings.h>

static bool
always(const char *name)
{
	return strcasecmp(name, "id") == 0 || strcasecmp(name, "schemas") == 0;
}

/* The next name of LIST; false at its end. What is no name is passed over. */
static bool
next(const char **list, struct arena *a, struct attr *out)
{
	while (*list && **list) {
		const char *t = *list + strspn(*list, ", ");
		size_t n = strcspn(t, ",");

		*list = t + n;
		while (n > 0 && t[n - 1] == ' ')
			n--;
		if (n > 0 && attr_parse(t, n, a, out))
			return true;
	}
	return false;
}

static bool
listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (list && *list) {
		size_t n;

		list += strspn(list, ", ");
		n = strcspn(list, ",. ");
		if (n == len && strncasecmp(list, name, n) == 0)
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

bool
view_wants(const struct view_want *w, const char *name)
{
	if (w->only && *w->only)
		return listed(w->only, name);
	return !listed(w->but, name);
}

static json_t *
cut_sub(const json_t *v, const char *sub)
{
	const char *key = attr_key(v, sub);

	return key ? json_pack("{sO}", key, json_object_get(v, key))
		   : json_object();
}

/* The sub-attribute of an object, or of every element. */
static json_t *
part(json_t *v, const char *sub)
{
	json_t *list, *one;
	size_t i;

	if (sub == NULL || !(json_is_object(v) || json_is_array(v)))
		return json_incref(v);
	if (json_is_object(v))
		return cut_sub(v, sub);
	list = json_array();
	json_array_foreach(v, i, one)
	{
		(void)json_array_append_new(list, cut_sub(one, sub));
	}
	return list;
}

/* Adds what MORE has to HAVE: parts of one attribute, asked for one by one. */
static bool
join(json_t *have, json_t *more)
{
	json_t *one;
	size_t i;

	json_array_foreach(more, i, one)
	{
		(void)json_object_update(json_array_get(have, i), one);
	}
	return json_is_array(have) || json_object_update(have, more) == 0;
}

static void
pick(json_t *out, const json_t *from, const struct attr *at)
{
	const char *key = attr_key(from, at->name);
	json_t *have, *more;

	if (key == NULL)
		return;
	more = part(json_object_get(from, key), at->sub);
	have = json_object_get(out, key);
	if (join(have, more))
		json_decref(more);
	else
		(void)json_object_set_new(out, key, more);
}

static void
pick_below(json_t *out, const json_t *from, const struct attr *at)
{
	const char *key = attr_key(from, at->urn);
	json_t *home;

	if (key == NULL)
		return;
	if (at->name[0] == '\0') {
		(void)json_object_set(out, key, json_object_get(from, key));
		return;
	}
	if ((home = json_object_get(out, key)) == NULL) {
		home = json_object();
		(void)json_object_set_new(out, key, home);
	}
	pick(home, json_object_get(from, key), at);
}

static json_t *
only(const char *list, json_t *j, struct arena *a)
{
	const struct attr id = {.name = "id"}, schemas = {.name = "schemas"};
	json_t *out = json_object();
	struct attr at;

	pick(out, j, &schemas);
	pick(out, j, &id);
	while (next(&list, a, &at))
		if (at.urn)
			pick_below(out, j, &at);
		else
			pick(out, j, &at);
	json_decref(j);
	return out;
}

static void
drop(json_t *from, const struct attr *at)
{
	json_t *v = attr_get(from, at->name), *one;
	const char *key;
	size_t i;

	if (at->sub == NULL) {
		if ((key = attr_key(from, at->name)))
			(void)json_object_del(from, key);
		return;
	}
	if ((key = attr_key(v, at->sub)))
		(void)json_object_del(v, key);
	json_array_foreach(v, i, one)
	{
		if ((key = attr_key(one, at->sub)))
			(void)json_object_del(one, key);
	}
}

json_t *
view_cut(const struct view_want *w, json_t *j, struct arena *a)
{
	const char *but = w->but;
	struct attr at;

	if (w->only && *w->only)
		return only(w->only, j, a);
	while (next(&but, a, &at)) {
		if (at.urn && at.name[0] == '\0')
			drop(j, &(struct attr){.name = at.urn});
		else if (at.urn)
			drop(attr_get(j, at.urn), &at);
		else if (!always(at.name))
			drop(j, &at);
	}
	return j;
}
