#include "portal/signin/identity.h"

#include <stdlib.h>
#include <string.h>

#include "core/net/url.h"
#include "portal/signin/strict.h"

/* Octets that a claim may have to be taken. What is kept of a person has bounds
 * of its own (core/model/noun.h). */
enum {
	CLAIM_SUBJECT_MAX = 255, /* Core 2 */
	CLAIM_NAME_MAX = 200,
	CLAIM_MAIL_MAX = 254,
	CLAIM_LOCALE_MAX = 35,
	CLAIM_GROUP_MAX = 255,
	CLAIM_SID_MAX = 255
};

/* Overage: Core 5.6.2, and what Entra sends for too many groups (O-34). */
static bool
left_out(const json_t *claims, const char *groups_claim)
{
	const json_t *names = json_object_get(claims, "_claim_names"), *v;
	const json_t *has = json_object_get(claims, "hasgroups");
	const char *key;

	if (json_object_get(names, groups_claim) != NULL ||
	    json_object_get(names, "groups") != NULL)
		return true;
	if (has != NULL && !json_is_false(has))
		return true;
	json_object_foreach((json_t *)(uintptr_t)claims, key,
	    v) if (strncmp(key, "groups:src", 10) == 0) return true;
	return false;
}

static bool
add_group(struct signin_identity *out, const json_t *v, struct arena *a)
{
	size_t len = json_string_length(v);

	if (!json_is_string(v) || len > CLAIM_GROUP_MAX)
		return false;
	if (len == 0)
		return true;
	out->groups[out->ngroups] = arena_text(a, json_string_value(v));
	return out->groups[out->ngroups++] != NULL;
}

static bool
groups(struct signin_identity *out, const json_t *v, struct arena *a)
{
	const json_t *one;
	size_t i;

	if (v == NULL || json_is_null(v))
		return true;
	if (json_is_string(v))
		return add_group(out, v, a);
	if (!json_is_array(v) || json_array_size(v) > SIGNIN_GROUPS_MAX)
		return false;
	json_array_foreach(v, i, one) if (!add_group(out, one, a)) return false;
	return true;
}

static enum err
set_groups(struct signin_identity *out, const json_t *claims, const char *name,
    struct arena *a)
{
	out->groups = arena_array(a, SIGNIN_GROUPS_MAX, sizeof(*out->groups));
	if (out->groups == NULL)
		return ERR_NO_MEMORY;
	if (name[0] == '\0') {
		out->groups_known = true;
		return ERR_OK;
	}
	out->groups_known = !left_out(claims, name) &&
			    groups(out, json_object_get(claims, name), a);
	if (!out->groups_known) /* half a list is no list */
		out->ngroups = 0;
	return ERR_OK;
}

static const char *
text_or_empty(
    const json_t *claims, const char *name, size_t max, struct arena *a)
{
	const char *v = strict_text(claims, name, max);

	return v == NULL ? "" : arena_text(a, v);
}

static enum err
all_claims(const json_t *claims, struct arena *a, struct signin_identity *out)
{
	OWN(mem) char *text = json_dumps(claims, JSON_COMPACT | JSON_SORT_KEYS);

	out->claims = text == NULL ? NULL : arena_text(a, text);
	return out->claims == NULL ? ERR_NO_MEMORY : ERR_OK;
}

enum err
identity_of(const json_t *claims, const char *groups_claim, struct arena *a,
    struct signin_identity *out)
{
	int64_t at;
	enum err e;

	out->issuer = text_or_empty(claims, "iss", URL_MAX, a);
	out->subject = text_or_empty(claims, "sub", CLAIM_SUBJECT_MAX, a);
	out->name = text_or_empty(claims, "name", CLAIM_NAME_MAX, a);
	out->mail = text_or_empty(claims, "email", CLAIM_MAIL_MAX, a);
	out->language = text_or_empty(claims, "locale", CLAIM_LOCALE_MAX, a);
	out->sid = text_or_empty(claims, "sid", CLAIM_SID_MAX, a);
	if (!out->issuer || !out->subject || !out->name || !out->mail ||
	    !out->language || !out->sid)
		return ERR_NO_MEMORY;
	/* true, and not "true" (O-32) */
	out->mail_verified =
	    json_is_true(json_object_get(claims, "email_verified"));
	/* glewlwyd writes 0 for unknown; the token is then all there is */
	if (!strict_date(claims, "auth_time", &at) || at <= 0)
		(void)strict_date(claims, "iat", &at);
	out->auth_at = at;
	if ((e = set_groups(out, claims, groups_claim, a)))
		return e;
	return all_claims(claims, a, out);
}
