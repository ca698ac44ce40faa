#include "core/service/units.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/token.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/states.h"

/* --- who may --- */

static enum err
member(struct call *c, const struct uid *id, bool manager)
{
	bool is = false;
	enum err e = ERR_OK;

	if (c->actor.kind == ACTOR_PERSON)
		e = store_any(c->store,
		    manager ? SQL_UNIT_IS_MANAGER : SQL_UNIT_IS_MEMBER,
		    DB_ARGS(DB_TEXT(id->s), DB_TEXT(c->actor.id.s)), &is);
	if (e || is)
		return e;
	return ERR_NOT_FOUND;
}

static enum err
may_see(struct call *c, const struct uid *id)
{
	return act_need(c, ACT_READ) == ERR_OK ? ERR_OK : member(c, id, false);
}

static enum err
may_manage(struct call *c, const struct uid *id)
{
	return act_need(c, ACT_STAFF) == ERR_OK ? ERR_OK : member(c, id, true);
}

/* --- the unit itself --- */

static enum err
ready(struct call *c, struct unit *u)
{
	enum err e;

	if ((e = act_name(c, u->name, "name", false)))
		return e;
	if (u->vlan < 0 || u->vlan > VLAN_MAX)
		return why_set(&c->why, ERR_BAD_INPUT, "vlan",
		    "A VLAN is %d to %d, or 0 for none.", VLAN_MIN, VLAN_MAX);
	return ERR_OK;
}

/* Two levels: a part has no parts. Inside the transaction, as another may be
 * made part of this one. */
static enum err
parent_ok(struct call *c, const struct unit *u)
{
	struct unit above;
	int64_t parts;
	enum err e;

	if (uid_is_none(&u->parent))
		return ERR_OK;
	if (uid_same(&u->parent, &u->id))
		return why_set(&c->why, ERR_BAD_INPUT, "parent",
		    "A unit cannot be part of itself.");
	if ((e = store_number(
		 c->store, SQL_UNIT_PARTS, DB_ARGS(DB_TEXT(u->id.s)), &parts)))
		return e;
	if (parts > 0)
		return why_set(&c->why, ERR_BAD_INPUT, "parent",
		    "This unit has parts, and so cannot be part of another.");
	e = row_get(c->store, &unit_rows, &u->parent, &above);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !uid_is_none(&above.parent)))
		return why_set(&c->why, ERR_BAD_INPUT, "parent",
		    "There is no such unit at the top.");
	return e;
}

static enum err
twice(struct call *c, enum err e)
{
	return e == ERR_EXISTS ? why_set(&c->why, e, "name",
				     "There is a unit of this name already.")
			       : e;
}

enum err
units_add(struct call *c, struct unit *u)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = ready(c, u)))
		return e;
	u->id = uid_new();
	u->state = PERSON_ACTIVE;
	u->state_reason[0] = '\0';
	u->created = c->now;
	u->version = 1;
	detail_text(&d, "name", u->name);
	if ((e = act_begin(c, &tx)) || (e = parent_ok(c, u)) ||
	    (e = row_add(c->store, &unit_rows, u)) ||
	    (e = act_changed(c, "unit.add", NOUN_UNIT, &u->id, &d)))
		return twice(c, e);
	return act_end(c, &tx);
}

/* The responder knows keys, not units. */
static enum err
announce_keys(struct call *c, const struct uid *id, bool drop)
{
	struct uid *key;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, SQL_KEY_IDS_OF_UNIT, DB_ARGS(DB_TEXT(id->s)),
		 c->arena, &key, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = act_announce(c, NOUN_KEY, &key[i])) ||
		    (drop && (e = disconnects_queue_key(c, &key[i]))))
			return e;
	return ERR_OK;
}

enum err
units_set(struct call *c, struct unit *u)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct unit was;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = ready(c, u)) ||
	    (e = act_begin(c, &tx)) || (e = parent_ok(c, u)) ||
	    (e = row_get(c->store, &unit_rows, &u->id, &was)))
		return e;
	u->created = was.created;
	u->state = was.state;
	text_copy(u->state_reason, sizeof(u->state_reason), was.state_reason);
	detail_text(&d, "name", u->name);
	detail_int(&d, "vlan", u->vlan);
	if ((e = row_set(c->store, &unit_rows, u, &u->version)) ||
	    (e = announce_keys(c, &u->id, u->vlan != was.vlan)) ||
	    (e = act_changed(c, "unit.set", NOUN_UNIT, &u->id, &d)))
		return twice(c, e);
	return act_end(c, &tx);
}

enum err
states_unit(struct call *c, const struct uid *id, enum person_state state,
    const char *reason)
{
	OWN(buf) struct buf d = DETAIL;
	char text[200];
	struct unit u;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_reason(c, reason, text)) ||
	    (e = row_get(c->store, &unit_rows, id, &u)))
		return e;
	if (u.state == state)
		return ERR_BAD_STATE;
	u.state = state;
	text_copy(u.state_reason, sizeof(u.state_reason), text);
	detail_text(&d, "to", person_state_text(state));
	detail_text(&d, "reason", text);
	if ((e = row_set(c->store, &unit_rows, &u, &u.version)) ||
	    (e = announce_keys(c, id, state != PERSON_ACTIVE)))
		return e;
	return act_changed(c, "unit.state", NOUN_UNIT, id, &d);
}

enum err
units_set_state(struct call *c, const struct uid *id, enum person_state state,
    const char *reason)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = states_unit(c, id, state, reason)))
		return e;
	return act_end(c, &tx);
}

enum err
units_remove(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	int64_t keys, parts;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = store_number(
		 c->store, SQL_UNIT_KEYS, DB_ARGS(DB_TEXT(id->s)), &keys)) ||
	    (e = store_number(
		 c->store, SQL_UNIT_PARTS, DB_ARGS(DB_TEXT(id->s)), &parts)))
		return e;
	if (keys || parts)
		return why_set(&c->why, ERR_CONFLICT, "",
		    "%lld Wi-Fi passwords and %lld parts depend on it.",
		    (long long)keys, (long long)parts);
	if ((e = row_remove(c->store, &unit_rows, id)) ||
	    (e = act_changed(c, "unit.remove", NOUN_UNIT, id, NULL)))
		return e;
	return act_end(c, &tx);
}

enum err
units_get(struct call *c, const struct uid *id, struct unit *out)
{
	enum err e = may_see(c, id);

	return e ? e : row_get(c->store, &unit_rows, id, out);
}

enum err
units_find(struct call *c, const char *text, struct unit *out)
{
	struct uid id;
	enum err e;

	if (uid_parse(text, &id))
		return units_get(c, &id, out);
	if ((e = row_one(c->store, &unit_rows, SQL_UNIT_CALLED,
		 DB_ARGS(DB_TEXT(text)), out)))
		return e;
	return may_see(c, &out->id);
}

enum err
units_list(struct call *c, struct unit **out, size_t *n)
{
	enum err e = act_need(c, ACT_READ);

	*out = NULL;
	*n = 0;
	return e ? e
		 : row_list(c->store, &unit_rows, SQL_UNIT_ALL, DB_NO_ARGS,
		       c->arena, out, n);
}

enum err
units_of(struct call *c, const struct uid *person, struct unit **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	if (!act_is(c, person) && act_need(c, ACT_READ) != ERR_OK)
		return ERR_NOT_FOUND;
	return row_list(c->store, &unit_rows, SQL_UNIT_OF,
	    DB_ARGS(DB_TEXT(person->s)), c->arena, out, n);
}

/* --- members --- */

enum err
units_members(
    struct call *c, const struct uid *id, struct unit_member **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL;
	struct unit_member *m;
	int at;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = may_see(c, id)) || (e = db_query(c->store->db, SQL_MEMBER_ALL,
					 DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	while (db_next(&r)) {
		if ((m = row_more(c->arena, &list, n, sizeof(*m))) == NULL)
			return ERR_NO_MEMORY;
		m->manager = db_int(&r, 0) != 0;
		m->since = db_int(&r, 1);
		at = 2;
		if ((e = row_read(&person_rows, &r, &at, &m->person)))
			return e;
	}
	*out = list;
	return db_end(&r);
}

static enum err
put_member(struct call *c, const struct uid *id, const struct uid *person,
    bool manager, const char *act)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "person", person->s);
	detail_int(&d, "manager", manager);
	if ((e = store_run(c->store, SQL_MEMBER_SET,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(person->s), DB_INT(manager),
		     DB_INT(c->now)),
		 NULL)))
		return e == ERR_CONFLICT ? ERR_NOT_FOUND : e;
	return act_changed(c, act, NOUN_UNIT, id, &d);
}

enum err
units_member_set(struct call *c, const struct uid *id, const struct uid *person,
    bool manager)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = put_member(c, id, person, manager, "unit.member")))
		return e;
	return act_end(c, &tx);
}

enum err
units_member_remove(
    struct call *c, const struct uid *id, const struct uid *person)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	int64_t managers, gone;
	enum err e;

	if (!act_is(c, person) && (e = may_manage(c, id)))
		return e;
	detail_text(&d, "person", person->s);
	if ((e = act_begin(c, &tx)) ||
	    (e = store_number(c->store, SQL_MEMBER_MANAGERS,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(person->s)), &managers)))
		return e;
	if (managers == 0 && act_need(c, ACT_STAFF) != ERR_OK)
		return why_set(&c->why, ERR_BAD_STATE, "",
		    "Somebody has to look after the unit: name another "
		    "manager first.");
	if ((e = store_run(c->store, SQL_MEMBER_REMOVE,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(person->s)), &gone)))
		return e;
	if (gone == 0)
		return ERR_NOT_FOUND;
	if ((e = act_changed(c, "unit.leave", NOUN_UNIT, id, &d)))
		return e;
	return act_end(c, &tx);
}

/* --- invitations --- */

enum err
units_invite(
    struct call *c, const struct uid *id, int64_t seconds, struct secret *token)
{
	OWN(tx) struct tx tx = TX_NONE;
	uint8_t hash[TOKEN_HASH];
	enum err e;

	*token = SECRET_NONE;
	if ((e = may_manage(c, id)))
		return e;
	if (seconds < 60 || seconds > 30 * 86400)
		return why_set(&c->why, ERR_BAD_INPUT, "seconds",
		    "An invitation is good for 1 minute to 30 days.");
	token_new(token);
	if ((e = token_hash(secret_text(token), hash)) ||
	    (e = act_begin(c, &tx)) ||
	    (e = store_run(
		 c->store, SQL_INVITE_CLEAR, DB_ARGS(DB_INT(c->now)), NULL)) ||
	    (e = store_run(c->store, SQL_INVITE_ADD,
		 DB_ARGS(DB_BLOB(hash, sizeof(hash)), DB_TEXT(id->s),
		     DB_TEXT(c->actor.id.s), DB_INT(c->now),
		     DB_INT(c->now + seconds)),
		 NULL)) ||
	    (e = act_record(c, "unit.invite", NOUN_UNIT, id, NULL)) ||
	    (e = act_end(c, &tx)))
		secret_own(token);
	return e;
}

static enum err
take(struct call *c, const uint8_t hash[static TOKEN_HASH], struct uid *unit)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(c->store->db, SQL_INVITE_TAKE,
		 DB_ARGS(DB_BLOB(hash, TOKEN_HASH), DB_INT(c->now)), &r)))
		return e;
	if (!uid_parse(db_text(&r, 0), unit))
		return ERR_CORRUPT;
	while (db_next(&r))
		continue;
	return db_end(&r);
}

enum err
units_join(struct call *c, const char *token, struct unit *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	uint8_t hash[TOKEN_HASH];
	struct uid unit;
	bool already;
	enum err e;

	if (c->actor.kind != ACTOR_PERSON)
		return ERR_UNKNOWN_CALLER;
	if ((e = token_sought(token, hash)) || (e = act_begin(c, &tx)) ||
	    (e = take(c, hash, &unit)) ||
	    (e = row_get(c->store, &unit_rows, &unit, out)) ||
	    (e = store_any(c->store, SQL_UNIT_IS_MEMBER,
		 DB_ARGS(DB_TEXT(unit.s), DB_TEXT(c->actor.id.s)), &already)))
		return e;
	/* a manager who follows the link stays one */
	if (!already &&
	    (e = put_member(c, &unit, &c->actor.id, false, "unit.join")))
		return e;
	return act_end(c, &tx);
}
