#include "portal/signin/userinfo.h"

#include <string.h>

#include "portal/signin/strict.h"

bool
userinfo_needed(const struct conf_provider *c, const json_t *claims)
{
	return json_object_get(claims, "name") == NULL ||
	       json_object_get(claims, "email") == NULL ||
	       (c->groups_claim[0] != '\0' &&
		   json_object_get(claims, c->groups_claim) == NULL);
}

enum err
userinfo_parse(const char *type, const char *text, size_t len,
    const char *subject, json_t **out, struct signin_why *why)
{
	OWN(json) json_t *j = NULL;
	const char *sub;

	if (strcmp(type, "application/json") != 0)
		return turn_refuse(
		    why, ERR_PROVIDER, "userinfo", "not JSON: %s", type);
	if ((j = strict_object(text, len)) == NULL)
		return turn_refuse(
		    why, ERR_PROVIDER, "userinfo", "not a JSON object");
	/* Core 5.3.2: otherwise it is about somebody else */
	sub = strict_text(j, "sub", TURN_SUBJECT_MAX);
	if (sub == NULL || strcmp(sub, subject) != 0)
		return turn_refuse(
		    why, ERR_PROVIDER, "userinfo", "about another sub");
	*out = give(j);
	return ERR_OK;
}

/* What only the ID token may say, and whether its mail address was checked. */
static void
keep_apart(json_t *more, const json_t *claims)
{
	static const char *const not_its[] = {"iss", "aud", "azp", "exp", "iat",
	    "nbf", "nonce", "auth_time", "at_hash", "sid"};
	const json_t *mail = json_object_get(claims, "email");

	for (size_t i = 0; i < sizeof(not_its) / sizeof(not_its[0]); i++)
		(void)json_object_del(more, not_its[i]);
	if (mail != NULL && !json_equal(mail, json_object_get(more, "email")))
		(void)json_object_del(more, "email_verified");
}

enum err
userinfo_add(struct turn *t, const struct metadata *m, const char *access_token,
    json_t *claims)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	OWN(json) json_t *more = NULL;
	const char *sub = strict_text(claims, "sub", TURN_SUBJECT_MAX);
	struct fetch_call call = {
	    .url = m->userinfo,
	    .headers = {"Accept: application/json"},
	    .bearer = access_token,
	};
	enum err e;

	if (sub == NULL)
		return ERR_INTERNAL;
	if ((e = turn_ask(t, "userinfo", &call, &r)))
		return e;
	if (r.status != 200)
		return turn_refuse(
		    t->why, ERR_PROVIDER, "userinfo", "status %d", r.status);
	if ((e = userinfo_parse(
		 r.type, buf_str(&r.body), r.body.len, sub, &more, t->why)))
		return e;
	keep_apart(more, claims);
	return json_object_update_missing(claims, more) == 0 ? ERR_OK
							     : ERR_NO_MEMORY;
}
