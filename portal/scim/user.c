#include "portal/scim/user.h"

#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/net/mail.h"
#include "core/service/json.h"

/* A member that is text, in OUT; "" when it is not there. */
static enum err
take(const json_t *j, const char *name, char *out, size_t size, struct why *w)
{
	const json_t *v = attr_get(j, name);

	out[0] = '\0';
	if (v == NULL || json_is_null(v))
		return ERR_OK;
	if (!json_is_string(v))
		return why_set(
		    w, ERR_BAD_INPUT, name, "%s: expected text.", name);
	if (json_string_length(v) >= size)
		return why_set(w, ERR_BAD_INPUT, name,
		    "%s: expected at most %zu octets.", name, size - 1);
	for (const char *t = json_string_value(v); *t; t++)
		if ((unsigned char)*t < ' ' || *t == '\x7f')
			return why_set(w, ERR_BAD_INPUT, name,
			    "%s: control characters are not allowed.", name);
	text_copy(out, size, json_string_value(v));
	return ERR_OK;
}

enum { MEMBERS_MAX = 200 /* of an object: more is no user */ };

static enum err
distinct(const json_t *j, struct why *w)
{
	const char *twin;

	if (json_object_size(j) > MEMBERS_MAX)
		return why_set(w, ERR_TOO_BIG, "",
		    "A resource has at most %d members.", MEMBERS_MAX);
	if ((twin = attr_twin(j)))
		return why_set(w, ERR_BAD_INPUT, twin,
		    "%.60s is there twice, as names have no case.", twin);
	return ERR_OK;
}

/* --- what people read --- */

static void
full_name(const json_t *j, char *out, size_t size)
{
	const json_t *name = attr_get(j, "name");
	const char *given = attr_text(name, "givenName");
	const char *family = attr_text(name, "familyName");
	char both[2 * NAME_MAX_ + 2];

	text_copy(out, size, attr_text(j, "displayName"));
	if (out[0] == '\0')
		text_copy(out, size, attr_text(name, "formatted"));
	if (out[0] != '\0')
		return;
	(void)snprintf(both, sizeof(both), "%.100s%s%.100s", given,
	    *given && *family ? " " : "", family);
	text_copy(out, size, both);
}

/* The primary address, else that of work, else the first. */
static void
address(const json_t *j, char *out, size_t size)
{
	const json_t *all = attr_get(j, "emails"), *one;
	int best = 0;
	size_t i;

	out[0] = '\0';
	json_array_foreach(all, i, one)
	{
		const char *t = attr_text(one, "value");
		bool primary = false;
		int rank = strcasecmp(attr_text(one, "type"), "work") ? 1 : 2;

		if (attr_truth(attr_get(one, "primary"), &primary) && primary)
			rank = 3;
		if (rank <= best || strlen(t) >= size || !mail_address_ok(t))
			continue;
		best = rank;
		text_copy(out, size, t);
	}
}

static void
language(const json_t *j, char *out, size_t size)
{
	const char *t = attr_text(j, "preferredLanguage");

	if (*t == '\0')
		t = attr_text(j, "locale");
	if (strlen(t) >= size ||
	    t[strspn(t, "abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")])
		t = "";
	text_copy(out, size, t);
}

/* --- users --- */

/* Everything but what has a column, what the server sets, and passwords. */
static enum err
rest(const json_t *j, struct arena *a, const char **out)
{
	static const char *const not [] = {"id", "meta", "schemas", "groups",
	    "password", "userName", "externalId", "active"};
	json_t *copy = json_copy((json_t *)(uintptr_t)j);
	const char *key;
	char *text;

	for (size_t i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		if ((key = attr_key(copy, not [i])))
			(void)json_object_del(copy, key);
	text = copy ? json_dumps(copy, JSON_COMPACT) : NULL;
	json_decref(copy);
	*out = text && !json_lacked() ? arena_text(a, text) : NULL;
	free(text);
	return *out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
user_read(const json_t *j, struct arena *a, struct scim_user *u, struct why *w)
{
	const json_t *active = attr_get(j, "active");
	enum err e = distinct(j, w);

	if (e ||
	    (e = take(j, "userName", u->user_name, sizeof(u->user_name), w)) ||
	    (e = take(j, "externalId", u->external, sizeof(u->external), w)))
		return e;
	if (active && !json_is_null(active) && !attr_truth(active, &u->active))
		return why_set(w, ERR_BAD_INPUT, "active",
		    "active: expected true or false.");
	full_name(j, u->name, sizeof(u->name));
	address(j, u->mail, sizeof(u->mail));
	language(j, u->language, sizeof(u->language));
	return rest(j, a, &u->attributes);
}

static json_t *
meta(const char *type, int64_t created, int64_t changed, int64_t version)
{
	char made[CLOCK_TEXT], last[CLOCK_TEXT], tag[32];

	clock_text(created, made);
	clock_text(changed, last);
	(void)snprintf(tag, sizeof(tag), "W/\"%lld\"", (long long)version);
	return json_pack("{ss ss ss ss}", "resourceType", type, "created", made,
	    "lastModified", last, "version", tag);
}

static json_t *
schemas(const json_t *attributes)
{
	json_t *list = json_pack("[s]", ATTR_USER), *v;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)attributes, name, v)
	{
		if (strncasecmp(name, "urn:", 4) == 0)
			(void)json_array_append_new(list, json_string(name));
	}
	return list;
}

json_t *
user_json(const struct scim_user *u)
{
	json_t *rest_of = json_loads(u->attributes, 0, NULL), *j;

	if (rest_of == NULL)
		return NULL;
	j = json_pack("{so ss ss sb so}", "schemas", schemas(rest_of), "id",
	    u->id.s, "userName", u->user_name, "active", (int)u->active, "meta",
	    meta("User", u->created, u->changed, u->version));
	if (j && u->external[0])
		(void)json_object_set_new(
		    j, "externalId", json_string(u->external));
	if (j)
		(void)json_object_update(j, rest_of);
	json_decref(rest_of);
	return j;
}

/* --- groups --- */

static enum err
one_member(const json_t *v, struct uid *out, struct why *w)
{
	const char *t =
	    json_is_string(v) ? json_string_value(v) : attr_text(v, "value");

	if (uid_parse(t, out))
		return ERR_OK;
	return why_set(w, ERR_BAD_INPUT, "members", "There is no user %.60s.",
	    *t ? t : "without a value");
}

static enum err
members_of(const json_t *list, struct arena *a, struct uid **members, size_t *n,
    struct why *w)
{
	const json_t *v;
	enum err e;
	size_t i;

	if (list == NULL)
		return ERR_OK;
	if (!json_is_array(list) && !json_is_null(list))
		return why_set(
		    w, ERR_BAD_INPUT, "members", "members: expected a list.");
	if (json_array_size(list) > SCIM_MEMBERS_MAX)
		return why_set(w, ERR_TOO_BIG, "members",
		    "A group has at most %d members.", SCIM_MEMBERS_MAX);
	*members = arena_array(a, json_array_size(list) + 1, sizeof(**members));
	if (*members == NULL)
		return ERR_NO_MEMORY;
	json_array_foreach(list, i, v)
	{
		if ((e = one_member(v, &(*members)[(*n)++], w)))
			return e;
	}
	return ERR_OK;
}

enum err
group_read(const json_t *j, struct arena *a, struct scim_group *g,
    struct uid **members, size_t *n, struct why *w)
{
	enum err e = distinct(j, w);

	*members = NULL;
	*n = 0;
	if (e || (e = take(j, "displayName", g->name, sizeof(g->name), w)) ||
	    (e = take(j, "externalId", g->external, sizeof(g->external), w)))
		return e;
	return members_of(attr_get(j, "members"), a, members, n, w);
}

json_t *
group_json(const struct scim_group *g)
{
	json_t *j = json_pack("{s[s] ss ss so}", "schemas", ATTR_GROUP, "id",
	    g->id.s, "displayName", g->name, "meta",
	    meta("Group", g->created, g->changed, g->version));

	if (j && g->external[0])
		(void)json_object_set_new(
		    j, "externalId", json_string(g->external));
	return j;
}
