#include "portal/scim/patch.h"

#include <string.h>
#include <strings.h>

#include "core/service/json.h"

enum op { ADD, REPLACE, REMOVE };

struct change {
	enum op op;
	const json_t *value; /* NULL: none */
	size_t size;         /* of the value, as text */
	size_t *left;        /* octets that may still be copied */
	struct arena *a;
	struct why *w;
};

static enum err
refuse(const struct change *x, const char *field, const char *text)
{
	return why_set(x->w, ERR_BAD_INPUT, field, "%s", text);
}

static bool
in(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcasecmp(name, *list) == 0)
			return true;
	return false;
}

/* RFC 7643: set by the server only, or never shown again. */
static bool
ignored(const char *name)
{
	static const char *const list[] = {
	    "id", "meta", "schemas", "groups", "password", NULL};

	return in(name, list);
}

static enum err
keep(json_t *home, const char *name, json_t *v)
{
	const char *key = attr_key(home, name);

	return json_object_set_new(home, key ? key : name, v) ? ERR_NO_MEMORY
							      : ERR_OK;
}

static void
drop(json_t *home, const char *name)
{
	const char *key = attr_key(home, name);

	if (key)
		(void)json_object_del(home, key);
}

/* --- several values --- */

/* What tells elements apart: their value, and their type where it has one.
 * Members of groups are the same whatever else is said of them. */
static const char *
identity(struct arena *a, const char *name, const json_t *v)
{
	const char *value =
	    json_string_value(json_is_string(v) ? v : attr_get(v, "value"));

	if (value == NULL || strcasecmp(name, "members") == 0)
		return value;
	return arena_printf(a, "%s %s", value, attr_text(v, "type"));
}

/* Plain text stands for the value of an element. */
static json_t *
element(const json_t *v)
{
	return json_is_string(v) ? json_pack("{sO}", "value", v)
				 : json_deep_copy(v);
}

static enum err
append(const struct change *x, const char *name, json_t *seen, json_t *list,
    const json_t *v)
{
	const char *id = identity(x->a, name, v);

	if (id && json_object_get(seen, id))
		return ERR_OK;
	if ((id && json_object_set_new(seen, id, json_true())) ||
	    json_array_append_new(list, element(v)))
		return ERR_NO_MEMORY;
	return ERR_OK;
}

static enum err
append_all(const struct change *x, const char *name, json_t *list)
{
	json_t *seen = json_object();
	const json_t *v;
	enum err e = seen ? ERR_OK : ERR_NO_MEMORY;
	size_t i;

	json_array_foreach(list, i, v)
	{
		const char *id = identity(x->a, name, v);

		if (id && json_object_set_new(seen, id, json_true()))
			e = ERR_NO_MEMORY;
	}
	if (!json_is_array(x->value) && e == ERR_OK)
		e = append(x, name, seen, list, x->value);
	json_array_foreach(x->value, i, v)
	{
		if (e == ERR_OK)
			e = append(x, name, seen, list, v);
	}
	json_decref(seen);
	return e;
}

/* Entra ID takes members out by naming them in the value. */
static enum err
take_out(const struct change *x, json_t *home, const char *name, json_t *list)
{
	json_t *gone = json_object(), *kept = json_array();
	const json_t *v;
	const char *id;
	size_t i;

	json_array_foreach(x->value, i, v)
	{
		if ((id = identity(x->a, name, v)))
			(void)json_object_set_new(gone, id, json_true());
	}
	if ((id = identity(x->a, name, x->value)))
		(void)json_object_set_new(gone, id, json_true());
	json_array_foreach(list, i, v)
	{
		id = identity(x->a, name, v);
		if (id == NULL || json_object_get(gone, id) == NULL)
			(void)json_array_append(kept, (json_t *)(uintptr_t)v);
	}
	json_decref(gone);
	return kept ? keep(home, name, kept) : ERR_NO_MEMORY;
}

/* --- one attribute --- */

static enum err
merge(json_t *into, const json_t *from)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)from, name, v)
	{
		if (json_is_null(v))
			drop(into, name);
		else if (keep(into, name, json_deep_copy(v)))
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

static enum err
set_many(const struct change *x, json_t *home, const char *name)
{
	json_t *list = json_array();
	enum err e = list ? append_all(x, name, list) : ERR_NO_MEMORY;

	if (e) {
		json_decref(list);
		return e;
	}
	return keep(home, name, list);
}

/* A value that goes to many places does not become many times as large. */
static enum err
spend(const struct change *x)
{
	if (x->size > *x->left)
		return why_set(x->w, ERR_TOO_BIG, "value",
		    "This would become larger than %d octets.", PATCH_GROWTH);
	*x->left -= x->size;
	return ERR_OK;
}

static enum err
whole(const struct change *x, json_t *home, const char *name)
{
	json_t *have = attr_get(home, name);
	enum err e = spend(x);

	if (e)
		return e;
	if (x->op == REMOVE && x->value && !json_is_null(x->value) &&
	    json_is_array(have))
		return take_out(x, home, name, have);
	if (x->op == REMOVE || json_is_null(x->value)) {
		drop(home, name);
		return ERR_OK;
	}
	if (x->value == NULL)
		return refuse(x, "value", "An operation needs a value.");
	if (x->op == ADD && json_is_array(have))
		return append_all(x, name, have);
	if (json_is_object(have) && json_is_object(x->value))
		return merge(have, x->value);
	if (attr_many(name))
		return set_many(x, home, name);
	return keep(home, name, json_deep_copy(x->value));
}

/* A sub-attribute, of an attribute that may not be there yet. */
static enum err
sub(const struct change *x, json_t *home, const struct attr *at)
{
	json_t *have = attr_get(home, at->name), *v;
	enum err e = ERR_OK;
	size_t i;

	if (json_is_object(have))
		return whole(x, have, at->sub);
	if (json_array_size(have) == 0) { /* there is none */
		if (x->op == REMOVE)
			return ERR_OK;
		have = json_object();
		if ((e = whole(x, have, at->sub)) == ERR_OK)
			return keep(home, at->name,
			    attr_many(at->name) ? json_pack("[o]", have)
						: have);
		json_decref(have);
		return e;
	}
	json_array_foreach(have, i, v)
	{
		if (e == ERR_OK && json_is_object(v))
			e = whole(x, v, at->sub);
	}
	return e;
}

/* --- elements that a filter finds --- */

/* Makes V such that F matches; false when only some F can be met. */
static bool
meet(const struct filter *f, json_t *v)
{
	if (f->op == FILTER_AND)
		return meet(f->left, v) && meet(f->right, v);
	if (f->op != FILTER_EQ || f->attr.urn || f->attr.sub ||
	    f->kind == FILTER_NULL || f->kind == FILTER_NUMBER)
		return false;
	return keep(v, f->attr.name,
		   f->kind == FILTER_BOOL ? json_boolean(f->truth)
					  : json_string(f->text)) == ERR_OK;
}

static enum err
touch(const struct change *x, const struct attr *at, json_t *v)
{
	enum err e;

	if (at->sub)
		return whole(x, v, at->sub);
	if ((e = spend(x)))
		return e;
	if (json_is_object(x->value))
		return merge(v, x->value);
	return x->value ? keep(v, "value", json_deep_copy(x->value)) : ERR_OK;
}

static enum err
make(const struct change *x, json_t *home, const struct filter_path *p)
{
	json_t *list = attr_get(home, p->attr.name), *v;
	enum err e;

	if (x->op == REMOVE)
		return ERR_OK;
	v = json_object();
	if (!meet(p->filter, v)) {
		json_decref(v);
		return refuse(x, "target", "The path finds nothing.");
	}
	if ((e = touch(x, &p->attr, v))) {
		json_decref(v);
		return e;
	}
	if (!json_is_array(list))
		return keep(home, p->attr.name, json_pack("[o]", v));
	return json_array_append_new(list, v) ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
elements(const struct change *x, json_t *home, const struct filter_path *p)
{
	json_t *list = attr_get(home, p->attr.name);
	bool found = false;
	enum err e;

	for (size_t i = 0; i < json_array_size(list);) {
		json_t *v = json_array_get(list, i);

		if (!json_is_object(v) || !filter_match(p->filter, v)) {
			i++;
			continue;
		}
		found = true;
		if (x->op == REMOVE && p->attr.sub == NULL) {
			(void)json_array_remove(list, i);
			continue;
		}
		if ((e = touch(x, &p->attr, v)))
			return e;
		i++;
	}
	return found ? ERR_OK : make(x, home, p);
}

/* --- one operation --- */

static enum err
extension(const struct change *x, json_t *resource, const char *urn)
{
	return json_is_object(x->value) || x->op == REMOVE
		   ? whole(x, resource, urn)
		   : refuse(x, "value", "An extension is an object.");
}

static enum err
at_path(const struct change *x, json_t *resource, const struct filter_path *p)
{
	const struct attr *at = &p->attr;
	json_t *home = resource;

	if (at->name[0] == '\0')
		return extension(x, resource, at->urn);
	if (at->urn == NULL && ignored(at->name))
		return ERR_OK;
	if (at->urn && !json_is_object(attr_get(resource, at->urn))) {
		if (x->op == REMOVE)
			return ERR_OK;
		if (keep(resource, at->urn, json_object()))
			return ERR_NO_MEMORY;
	}
	if (at->urn)
		home = attr_get(resource, at->urn);
	if (p->filter)
		return elements(x, home, p);
	return at->sub ? sub(x, home, at) : whole(x, home, at->name);
}

/* Without a path every member of the value is one. */
static enum err
spread(const struct change *x, json_t *resource)
{
	const char *name;
	json_t *v;

	if (x->op == REMOVE)
		return refuse(x, "target", "To remove, give a path.");
	if (!json_is_object(x->value))
		return refuse(
		    x, "value", "Without a path the value is an object.");
	json_object_foreach((json_t *)(uintptr_t)x->value, name, v)
	{
		struct change one = *x;
		struct filter_path p;
		enum err e;

		one.value = v;
		one.size = json_dumpb(v, NULL, 0, JSON_ENCODE_ANY);
		if ((e = filter_path_parse(name, x->a, &p, x->w)) ||
		    (e = at_path(&one, resource, &p)))
			return e;
	}
	return ERR_OK;
}

static bool
named(const json_t *v, enum op *op)
{
	static const char *const ops[] = {"add", "replace", "remove"};
	const char *t = json_string_value(v);

	for (size_t i = 0; t && i < sizeof(ops) / sizeof(*ops); i++)
		if (strcasecmp(t, ops[i]) == 0) {
			*op = (enum op)i;
			return true;
		}
	return false;
}

/* RFC 7644 table 9: mutability. */
static enum err
writable(const struct change *x, const struct attr *at)
{
	static const char *const never[] = {"id", "meta", "groups", NULL};

	return at->urn == NULL && in(at->name, never)
		   ? why_set(x->w, ERR_BAD_INPUT, "mutability",
			 "%.60s is set by the server only.", at->name)
		   : ERR_OK;
}

static enum err
one(struct change *x, json_t *resource, const json_t *operation)
{
	const json_t *path = attr_get(operation, "path");
	struct filter_path p;
	enum err e;

	if (!named(attr_get(operation, "op"), &x->op))
		return refuse(x, "op", "op: expected add, replace or remove.");
	x->value = attr_get(operation, "value");
	x->size = x->value ? json_dumpb(x->value, NULL, 0, JSON_ENCODE_ANY) : 0;
	if (path == NULL || json_is_null(path) ||
	    (json_is_string(path) && json_string_length(path) == 0))
		return spread(x, resource);
	if (!json_is_string(path))
		return refuse(x, "path", "path: expected text.");
	if ((e = filter_path_parse(json_string_value(path), x->a, &p, x->w)) ||
	    (e = writable(x, &p.attr)))
		return e;
	return at_path(x, resource, &p);
}

static enum err
apply(json_t *resource, const json_t *request, struct arena *a, struct why *w)
{
	const json_t *all = attr_get(request, "Operations"), *operation;
	size_t left = PATCH_GROWTH;
	struct change x = {.left = &left, .a = a, .w = w};
	enum err e;
	size_t i;

	if (!json_is_array(all) || json_array_size(all) == 0)
		return refuse(&x, "", "Operations: expected a list.");
	if (json_array_size(all) > PATCH_MAX)
		return why_set(w, ERR_TOO_BIG, "",
		    "A request has at most %d operations.", PATCH_MAX);
	json_array_foreach(all, i, operation)
	{
		if (!json_is_object(operation))
			return refuse(&x, "op", "An operation is an object.");
		if ((e = one(&x, resource, operation)))
			return e;
	}
	return ERR_OK;
}

enum err
patch_apply(
    json_t *resource, const json_t *request, struct arena *a, struct why *w)
{
	enum err e = apply(resource, request, a, w);

	return json_lacked() || arena_spent(a) ? ERR_NO_MEMORY : e;
}
