/* Users. */
#include "core/service/scim.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/entitle.h"
#include "core/service/follow.h"
#include "core/service/scim_parts.h"

static enum err
read_row(struct call *c, const struct db_rows *r, void *out)
{
	struct scim_user *u = out;

	*u = (struct scim_user){0};
	if (!uid_parse(db_text(r, 0), &u->id))
		return ERR_CORRUPT;
	text_copy(u->external, sizeof(u->external), db_text(r, 1));
	text_copy(u->user_name, sizeof(u->user_name), db_text(r, 2));
	u->active = db_int(r, 3) != 0;
	u->attributes = arena_text(c->arena, db_text(r, 4));
	u->created = db_int(r, 5);
	u->changed = db_int(r, 6);
	u->version = db_int(r, 7);
	return u->attributes ? ERR_OK : ERR_NO_MEMORY;
}

static const struct scim_rows user_rows = {.size = sizeof(struct scim_user),
    .read = read_row,
    .count = SQL_SCIM_USER_COUNT,
    .list = SQL_SCIM_USER_LIST,
    .by = {[SCIM_ID] = SQL_SCIM_USER_GET,
	[SCIM_NAME] = SQL_SCIM_USER_NAMED,
	[SCIM_EXTERNAL] = SQL_SCIM_USER_EXTERNAL,
	[SCIM_MEMBER] = SQL_SCIM_USER_MEMBER}};

enum err
scim_users_get(struct call *c, const char *connector, const struct uid *id,
    struct scim_user *out)
{
	enum err e = act_need(c, ACT_STAFF);

	*out = (struct scim_user){0};
	return e ? e : scim_one(c, &user_rows, SCIM_ID, connector, id->s, out);
}

enum err
scim_users_list(struct call *c, const char *connector,
    const struct scim_filter *f, struct scim_user **out, size_t *n,
    size_t *total)
{
	void *list;
	enum err e = scim_find(c, &user_rows, connector, f, &list, n, total);

	*out = list;
	return e;
}

/* --- the person behind it --- */

/* NULL for none. */
static enum err
outside(struct call *c, const char *connector, const char *external,
    const char **out)
{
	*out = external[0]
		   ? arena_printf(c->arena, "%s %s", connector, external)
		   : NULL;
	return external[0] && *out == NULL ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
check(struct call *c, const struct scim_user *u)
{
	if (u->user_name[0] == '\0')
		return why_set(&c->why, ERR_BAD_INPUT, "userName",
		    "userName must be given.");
	if (strlen(u->attributes) > SCIM_ATTRIBUTES_MAX)
		return why_set(&c->why, ERR_TOO_BIG, "",
		    "A user has at most %d octets.", SCIM_ATTRIBUTES_MAX);
	return ERR_OK;
}

static enum err
taken(struct call *c, enum scim_key key, const char *connector,
    const char *value, const struct uid *but, const char *field)
{
	struct scim_user other;
	enum err e;

	if (value[0] == '\0')
		return ERR_OK;
	e = scim_one(c, &user_rows, key, connector, value, &other);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && uid_same(&other.id, but)))
		return ERR_OK;
	return e ? e
		 : why_set(&c->why, ERR_EXISTS, field,
		       "Another user has this %s.", field);
}

static enum err
unique(struct call *c, const char *connector, const struct scim_user *u,
    const char *key)
{
	enum err e = taken(c, SCIM_NAME, connector, key, &u->id, "userName");

	return e ? e
		 : taken(c, SCIM_EXTERNAL, connector, u->external, &u->id,
		       "externalId");
}

/* Who signs in with this subject, or whose sign-in named this identifier. */
static enum err
find(struct call *c, const char *connector, const char *external,
    struct person *p)
{
	const char *out;
	enum err e;

	if (external[0] == '\0')
		return ERR_NOT_FOUND;
	e = row_one(c->store, &person_rows, SQL_PERSON_OF,
	    DB_ARGS(DB_TEXT(connector), DB_TEXT(external)), p);
	if (e != ERR_NOT_FOUND)
		return e;
	e = outside(c, connector, external, &out);
	return e ? e
		 : row_one(c->store, &person_rows, SQL_PERSON_EXTERNAL,
		       DB_ARGS(DB_TEXT(out)), p);
}

/* What only the directory did, only the directory undoes; and what staff did,
 * it does not. */
static bool
set_state(struct call *c, struct person *p, enum person_state off, bool active)
{
	bool ours = strcmp(p->state_reason, SCIM_REASON) == 0;
	enum person_state to = active ? PERSON_ACTIVE : off;

	if (p->state == to ||
	    (p->state != PERSON_ACTIVE && (!ours || p->state == to)))
		return false;
	p->state = to;
	p->state_since = c->now;
	text_copy(p->state_reason, sizeof(p->state_reason),
	    active ? "" : SCIM_REASON);
	return true;
}

/* Who is off has neither sessions nor devices on the air. */
static enum err
keep_person(
    struct call *c, struct person *p, bool moved, const char *act, bool fresh)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "name", p->name);
	detail_text(&d, "state", person_state_text(p->state));
	if ((e = fresh ? row_add(c->store, &person_rows, p)
		       : row_set(c->store, &person_rows, p, &p->version)))
		return e;
	if (moved && p->state != PERSON_ACTIVE &&
	    ((e = disconnects_queue_person(c, &p->id)) ||
		(e = store_run(c->store, SQL_SESSION_END_PERSON,
		     DB_ARGS(DB_TEXT(p->id.s)), NULL))))
		return e;
	return act_changed(c, act, NOUN_PERSON, &p->id, &d);
}

static void
take(struct person *p, const struct scim_user *u)
{
	text_copy(p->name, sizeof(p->name), u->name);
	if (!text_name(p->name, NAME_MAX_))
		text_copy(p->name, sizeof(p->name), u->user_name);
	if (!text_name(p->name, NAME_MAX_))
		text_copy(p->name, sizeof(p->name), "?");
	text_copy(p->mail, sizeof(p->mail), u->mail);
	if (p->language[0] == '\0')
		text_copy(p->language, sizeof(p->language), u->language);
}

static void
fresh(struct call *c, const char *connector, const char *external,
    struct person *p)
{
	person_defaults(p, c->now);
	text_copy(p->issuer, sizeof(p->issuer), connector);
	text_copy(
	    p->subject, sizeof(p->subject), external[0] ? external : p->id.s);
}

static enum err
insert(struct call *c, const char *connector, const struct scim_user *u,
    const char *key)
{
	const char *out;
	enum err e;

	if ((e = outside(c, connector, u->external, &out)))
		return e;
	e = store_run(c->store, SQL_SCIM_USER_ADD,
	    DB_ARGS(DB_TEXT(u->id.s), DB_TEXT(connector),
		scim_or_null(u->external), DB_TEXT(u->user_name), DB_TEXT(key),
		DB_TEXT(u->attributes), DB_INT(u->active), DB_INT(c->now)),
	    NULL);
	return e ? e
		 : store_run(c->store, SQL_PERSON_EXTERNAL_SET,
		       DB_ARGS(DB_TEXT(u->id.s), DB_TEXT(out)), NULL);
}

enum err
scim_users_add(struct call *c, const char *connector, struct scim_user *u)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(follow) struct follow f = FOLLOW_NONE;
	const char *key = scim_lower(c, u->user_name);
	struct person p = {0};
	bool moved, added;
	enum err e;

	u->id = UID_NONE;
	u->created = u->changed = c->now;
	u->version = 1;
	if (key == NULL)
		return ERR_NO_MEMORY;
	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = check(c, u)) || (e = unique(c, connector, u, key)))
		return e;
	e = find(c, connector, u->external, &p);
	added = e == ERR_NOT_FOUND;
	if (e && !added)
		return e;
	if (added)
		fresh(c, connector, u->external, &p);
	else if ((e = follow_begin(c, &p.id, &f)))
		return e;
	u->id = p.id;
	take(&p, u);
	moved = set_state(c, &p, PERSON_SUSPENDED, u->active);
	if ((e = keep_person(c, &p, moved, "scim.user-add", added)) ||
	    (e = insert(c, connector, u, key)) ||
	    (!added && ((e = scim_roles(c, &p.id)) || (e = follow_end(c, &f)))))
		return e;
	return act_end(c, &tx);
}

/* Nobody has signed in yet: then the identifier is who will. */
static enum err
rename(struct call *c, const char *connector, const struct scim_user *u,
    struct person *p)
{
	const char *out;
	struct person other;
	enum err e;

	if ((e = outside(c, connector, u->external, &out)))
		return e;
	e = find(c, connector, u->external, &other);
	if (e == ERR_OK && !uid_same(&other.id, &p->id))
		return why_set(&c->why, ERR_EXISTS, "externalId",
		    "Another person has this externalId.");
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (p->last_sign_in == 0)
		text_copy(p->subject, sizeof(p->subject),
		    u->external[0] ? u->external : p->id.s);
	return store_run(c->store, SQL_PERSON_EXTERNAL_SET,
	    DB_ARGS(DB_TEXT(p->id.s), DB_TEXT(out)), NULL);
}

static enum err
update(
    struct call *c, const char *connector, struct scim_user *u, const char *key)
{
	int64_t changed;
	enum err e = store_run(c->store, SQL_SCIM_USER_SET,
	    DB_ARGS(DB_TEXT(u->id.s), DB_TEXT(connector),
		scim_or_null(u->external), DB_TEXT(u->user_name), DB_TEXT(key),
		DB_TEXT(u->attributes), DB_INT(u->active), DB_INT(c->now),
		DB_INT(u->version)),
	    &changed);

	if (e == ERR_OK && !changed)
		return ERR_CONFLICT;
	u->changed = c->now;
	u->version++;
	return e;
}

enum err
scim_users_set(struct call *c, const char *connector, struct scim_user *u)
{
	OWN(tx) struct tx tx = TX_NONE;
	const char *key = scim_lower(c, u->user_name);
	struct scim_user was;
	struct person p;
	bool moved;
	enum err e;

	if (key == NULL)
		return ERR_NO_MEMORY;
	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = check(c, u)) ||
	    (e = scim_one(c, &user_rows, SCIM_ID, connector, u->id.s, &was)) ||
	    (e = unique(c, connector, u, key)) ||
	    (e = row_get(c->store, &person_rows, &u->id, &p)))
		return e;
	if (strcmp(was.external, u->external) != 0 &&
	    (e = rename(c, connector, u, &p)))
		return e;
	take(&p, u);
	moved = set_state(c, &p, PERSON_SUSPENDED, u->active);
	if ((e = update(c, connector, u, key)) ||
	    (e = keep_person(c, &p, moved, "scim.user-change", false)))
		return e;
	u->created = was.created;
	return act_end(c, &tx);
}

enum err
scim_users_remove(struct call *c, const char *connector, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(follow) struct follow f = FOLLOW_NONE;
	struct person p;
	int64_t changed;
	bool moved;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = follow_begin(c, id, &f)) ||
	    (e = store_run(c->store, SQL_SCIM_USER_REMOVE,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(connector)), &changed)))
		return e;
	if (!changed)
		return ERR_NOT_FOUND;
	if ((e = store_run(c->store, SQL_SCIM_MEMBER_LEAVE,
		 DB_ARGS(DB_TEXT(id->s)), NULL)) ||
	    (e = follow_end(c, &f)) || (e = scim_roles(c, id)) ||
	    (e = row_get(c->store, &person_rows, id, &p)))
		return e;
	moved = set_state(c, &p, PERSON_ENDED, false);
	if ((e = keep_person(c, &p, moved, "scim.user-remove", false)))
		return e;
	return act_end(c, &tx);
}

/* The roles of the rules and those granted for good. Who administers is
 * decided by staff and sign-in, so a directory neither gives nor takes that. */
enum err
scim_roles(struct call *c, const struct uid *person)
{
	OWN(buf) struct buf d = DETAIL;
	const int admin = 1 << ROLE_ADMIN;
	struct entitled x;
	struct person p;
	int roles;
	enum err e;

	if ((e = row_get(c->store, &person_rows, person, &p)) ||
	    (e = entitle_roles(c, &p, &x)))
		return e;
	roles = (x.roles & ~admin) | x.granted | 1 << ROLE_PERSON |
		(p.roles & admin);
	if (roles == p.roles && strcmp(x.desk, p.desk) == 0)
		return ERR_OK;
	detail_int(&d, "roles", roles);
	detail_int(&d, "roles_before", p.roles);
	if (x.desk[0] != '\0')
		detail_text(&d, "desk", x.desk);
	p.roles = roles;
	text_copy(p.desk, sizeof(p.desk), x.desk);
	if ((e = row_set(c->store, &person_rows, &p, &p.version)))
		return e;
	return act_changed(c, "person.roles", NOUN_PERSON, person, &d);
}
