/* What a sign-in leaves behind, and what the rules make of it. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/entitle.h"
#include "core/service/follow.h"
#include "core/service/recheck.h"

enum { CLAIMS_MAX = 32768 };

static enum err
identity_check(struct call *c, const struct identity *id)
{
	size_t issuer = id->issuer ? strlen(id->issuer) : 0;
	size_t subject = id->subject ? strlen(id->subject) : 0;

	if (issuer == 0 || issuer > ISSUER_MAX || subject == 0 ||
	    subject > SUBJECT_MAX || strcmp(id->issuer, "local") == 0 ||
	    !text_utf8_ok(id->issuer, issuer) ||
	    !text_utf8_ok(id->subject, subject))
		return why_set(&c->why, ERR_BAD_INPUT, "subject",
		    "The sign-in service gave no usable identity.");
	return ERR_OK;
}

/* What the provider calls a person is shown, so it is made harmless. */
static void
take_names(struct person *p, const struct identity *id)
{
	char name[4 * NAME_MAX_];

	text_copy(name, sizeof(name), id->name ? id->name : "");
	if (!text_name(name, sizeof(name) - 1))
		text_copy(name, sizeof(name), id->subject);
	text_copy(p->name, sizeof(p->name), name);
	text_copy(p->mail, sizeof(p->mail), id->mail ? id->mail : "");
	if (p->language[0] == '\0' && id->language)
		text_copy(p->language, sizeof(p->language), id->language);
	p->groups_known = id->groups_known;
}

static bool
admin(const struct identity *id, const char *const *groups, size_t n)
{
	for (size_t g = 0; id->groups_known && g < id->ngroups; g++)
		for (size_t i = 0; i < n; i++)
			if (strcmp(id->groups[g], groups[i]) == 0)
				return true;
	return false;
}

static enum err
store_groups(struct call *c, const struct uid *p, const struct identity *id)
{
	enum err e;
	size_t kept = 0;

	if ((e = store_run(
		 c->store, SQL_GROUP_CLEAR, DB_ARGS(DB_TEXT(p->s)), NULL)))
		return e;
	for (size_t i = 0; id->groups_known && i < id->ngroups; i++) {
		size_t len = strlen(id->groups[i]);

		if (len == 0 || len > GROUP_MAX || kept++ >= GROUPS_MAX ||
		    !text_utf8_ok(id->groups[i], len))
			continue;
		if ((e = store_run(c->store, SQL_GROUP_ADD,
			 DB_ARGS(DB_TEXT(p->s), DB_TEXT(id->groups[i])), NULL)))
			return e;
	}
	return ERR_OK;
}

static const char *
claims_of(const struct identity *id)
{
	return id->claims && strlen(id->claims) <= CLAIMS_MAX ? id->claims : "";
}

/* The roles of the rules, those granted for good, and the administrators'. */
static enum err
give_roles(struct call *c, struct person *p, bool administrator)
{
	struct entitled x;
	enum err e = entitle_roles(c, p, &x);

	if (e)
		return e;
	p->roles = x.roles | x.granted | 1 << ROLE_PERSON |
		   (administrator ? 1 << ROLE_ADMIN : 0);
	text_copy(p->desk, sizeof(p->desk), x.desk);
	return ERR_OK;
}

/* Somebody whom a directory brought under another identifier, and who has
 * never signed in: this is who they are here. */
static enum err
adopt(struct call *c, const struct identity *id, struct person *p)
{
	const char *out;
	enum err e;

	if (id->external == NULL || id->external[0] == '\0')
		return ERR_NOT_FOUND;
	out = arena_printf(c->arena, "%s %s", id->issuer, id->external);
	if (out == NULL)
		return ERR_NO_MEMORY;
	e = row_one(c->store, &person_rows, SQL_PERSON_EXTERNAL,
	    DB_ARGS(DB_TEXT(out)), p);
	if (e)
		return e;
	if (p->last_sign_in != 0)
		return why_set(&c->why, ERR_FORBIDDEN, "",
		    "This account belongs to somebody who signed in "
		    "differently before.");
	text_copy(p->subject, sizeof(p->subject), id->subject);
	return ERR_OK;
}

static enum err
find_or_add(struct call *c, const struct identity *id, struct person *p)
{
	enum err e = row_one(c->store, &person_rows, SQL_PERSON_OF,
	    DB_ARGS(DB_TEXT(id->issuer), DB_TEXT(id->subject)), p);

	if (e != ERR_NOT_FOUND || (e = adopt(c, id, p)) != ERR_NOT_FOUND)
		return e;
	*p = (struct person){.id = uid_new(),
	    .state = PERSON_ACTIVE,
	    .state_since = c->now,
	    .created = c->now};
	text_copy(p->issuer, sizeof(p->issuer), id->issuer);
	text_copy(p->subject, sizeof(p->subject), id->subject);
	return row_add(c->store, &person_rows, p);
}

static enum err
refresh(struct call *c, struct person *p, const struct identity *id,
    bool administrator)
{
	OWN(follow) struct follow f = FOLLOW_NONE;
	int before = p->roles;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if ((e = follow_begin(c, &p->id, &f)))
		return e;
	take_names(p, id);
	if ((e = recheck_signed_in(c, p)) ||
	    (e = store_groups(c, &p->id, id)) ||
	    (e = store_run(c->store, SQL_PERSON_CLAIMS_SET,
		 DB_ARGS(DB_TEXT(p->id.s), DB_TEXT(claims_of(id)),
		     DB_INT(id->mail_verified)),
		 NULL)) ||
	    (e = give_roles(c, p, administrator)))
		return e;
	p->last_sign_in = c->now;
	detail_text(&d, "issuer", p->issuer);
	detail_int(&d, "roles", p->roles);
	if (before != p->roles)
		detail_int(&d, "roles_before", before);
	if (p->desk[0] != '\0')
		detail_text(&d, "desk", p->desk);
	/* an overage marker says nothing of what somebody has lost (O-34) */
	if ((e = row_set(c->store, &person_rows, p, &p->version)) ||
	    (id->follow && id->groups_known && (e = follow_end(c, &f))))
		return e;
	return act_changed(c, "person.sign-in", NOUN_PERSON, &p->id, &d);
}

enum err
people_sign_in(struct call *c, const struct identity *id,
    const char *const *admin_groups, size_t nadmin, struct person *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct person p = {0};
	enum err e;

	*out = (struct person){0};
	if ((e = identity_check(c, id)) || (e = act_begin(c, &tx)) ||
	    (e = find_or_add(c, id, &p)))
		return e;
	if (p.state == PERSON_ENDED)
		return why_set(&c->why, ERR_FORBIDDEN, "", "%s",
		    p.state_reason[0] ? p.state_reason
				      : "This account has ended.");
	if ((e = refresh(c, &p, id, admin(id, admin_groups, nadmin))) ||
	    (e = act_end(c, &tx)))
		return e;
	*out = p;
	return ERR_OK;
}

static enum err
known(struct call *c, const struct uid *person, struct facts *f)
{
	struct person p;
	enum err e = people_get(c, person, &p);

	return e ? e : entitle_facts(c, &p, f);
}

enum err
people_entitlements(struct call *c, const struct uid *person,
    struct entitlement **out, size_t *n)
{
	struct facts f;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = known(c, person, &f)))
		return e;
	return entitle_plans(c, &f, out, n);
}

enum err
people_groups(
    struct call *c, const struct uid *person, const char ***out, size_t *n)
{
	struct facts f;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = known(c, person, &f)))
		return e;
	*n = f.ngroups;
	memcpy(out, &f.groups, sizeof(*out));
	return ERR_OK;
}
