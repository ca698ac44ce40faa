#include "portal/scim/attr.h"

#include <string.h>
#include <strings.h>

/* RFC 7643 2.1 ATTRNAME, and `$ref` */
static bool
word(const char *t, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char more[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (len == 4 && strncasecmp(t, "$ref", 4) == 0)
		return true;
	if (len == 0 || strchr(letters, t[0]) == NULL || t[0] == '\0')
		return false;
	for (size_t i = 1; i < len; i++)
		if (t[i] == '\0' || strchr(more, t[i]) == NULL)
			return false;
	return true;
}

/* RFC 8141, as far as schemas use it. */
static bool
urn(const char *t, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (t[i] <= ' ' || t[i] == '[' || t[i] == ']' || t[i] == '"' ||
		    t[i] == '\x7f')
			return false;
	return len > 4 && t[len - 1] != ':';
}

static bool
is(const char *t, size_t len, const char *what)
{
	return strlen(what) == len && strncasecmp(t, what, len) == 0;
}

/* NAME or NAME.SUB */
static bool
plain(const char *t, size_t len, struct arena *a, struct attr *out)
{
	const char *dot = memchr(t, '.', len);
	size_t n = dot ? (size_t)(dot - t) : len;

	if (!word(t, n) || (dot && !word(dot + 1, len - n - 1)))
		return false;
	out->name = arena_copy(a, t, n);
	out->sub = dot ? arena_copy(a, dot + 1, len - n - 1) : NULL;
	return out->name != NULL && (dot == NULL || out->sub != NULL);
}

static bool
below(const char *t, size_t len, struct arena *a, struct attr *out)
{
	const char *colon = memrchr(t, ':', len);
	size_t head = (size_t)(colon - t), n = len - head - 1;

	if (!urn(t, head))
		return false;
	if (is(colon + 1, n, "User") || is(colon + 1, n, "Group")) {
		out->name = "";
		return !is(t, len, ATTR_USER) && !is(t, len, ATTR_GROUP) &&
		       (out->urn = arena_copy(a, t, len)) != NULL;
	}
	if (!plain(colon + 1, n, a, out))
		return false;
	if (is(t, head, ATTR_USER) || is(t, head, ATTR_GROUP))
		return true;
	return (out->urn = arena_copy(a, t, head)) != NULL;
}

bool
attr_parse(const char *text, size_t len, struct arena *a, struct attr *out)
{
	*out = (struct attr){0};
	if (len > ATTR_TEXT_MAX)
		return false;
	return len > 4 && strncasecmp(text, "urn:", 4) == 0
		   ? below(text, len, a, out)
		   : plain(text, len, a, out);
}

const char *
attr_key(const json_t *object, const char *name)
{
	const char *key;
	json_t *v;

	if (json_object_get(object, name) != NULL)
		return name;
	json_object_foreach((json_t *)(uintptr_t)object, key, v)
	{
		if (strcasecmp(key, name) == 0)
			return key;
	}
	return NULL;
}

json_t *
attr_get(const json_t *object, const char *name)
{
	const char *key = attr_key(object, name);

	return key ? json_object_get(object, key) : NULL;
}

const char *
attr_text(const json_t *object, const char *name)
{
	const char *t = json_string_value(attr_get(object, name));

	return t ? t : "";
}

json_t *
attr_of(const json_t *resource, const struct attr *a)
{
	const json_t *home = a->urn ? attr_get(resource, a->urn) : resource;

	return a->name[0] ? attr_get(home, a->name) : (json_t *)(uintptr_t)home;
}

const char *
attr_twin(const json_t *object)
{
	json_t *all = (json_t *)(uintptr_t)object;

	for (void *i = json_object_iter(all); i;
	     i = json_object_iter_next(all, i))
		for (void *k = json_object_iter_next(all, i); k;
		     k = json_object_iter_next(all, k))
			if (strcasecmp(json_object_iter_key(i),
				json_object_iter_key(k)) == 0)
				return json_object_iter_key(k);
	return NULL;
}

/* RFC 7643 4.1.2, 4.2 */
bool
attr_many(const char *name)
{
	static const char *const many[] = {"emails", "phoneNumbers", "ims",
	    "photos", "addresses", "groups", "entitlements", "roles",
	    "x509Certificates", "members"};

	for (size_t i = 0; i < sizeof(many) / sizeof(*many); i++)
		if (strcasecmp(name, many[i]) == 0)
			return true;
	return false;
}

bool
attr_truth(const json_t *v, bool *out)
{
	const char *t = json_string_value(v);

	if (json_is_boolean(v)) {
		*out = json_is_true(v);
		return true;
	}
	if (t == NULL ||
	    (strcasecmp(t, "true") != 0 && strcasecmp(t, "false") != 0))
		return false;
	*out = strcasecmp(t, "true") == 0;
	return true;
}
