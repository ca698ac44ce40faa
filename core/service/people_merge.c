/* Two rows that are one person. */
#include <stdio.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/people.h"

static enum err
both(struct call *c, const struct uid *from, const struct uid *into,
    struct person *a, struct person *b)
{
	enum err e;

	if (uid_same(from, into))
		return why_set(&c->why, ERR_BAD_INPUT, "person",
		    "This is the same person already.");
	if ((e = row_get(c->store, &person_rows, from, a)) ||
	    (e = row_get(c->store, &person_rows, into, b)))
		return e;
	if (a->state != PERSON_ACTIVE || b->state != PERSON_ACTIVE)
		return why_set(&c->why, ERR_BAD_STATE, "person",
		    "Only people who are active can be merged: a suspension "
		    "must not end by it.");
	return a->roles & (1 << ROLE_ADMIN) && !call_may(c, ROLE_ADMIN)
		   ? ERR_FORBIDDEN
		   : ERR_OK;
}

/* The VLAN of KEY as it is now. */
static enum err
vlan(struct call *c, const struct uid *key, int64_t *out)
{
	return store_number(
	    c->store, SQL_KEY_VLAN, DB_ARGS(DB_TEXT(key->s)), out);
}

static enum err
move_keys(struct call *c, const struct uid *from, const struct uid *into)
{
	static const enum sql all[] = {SQL_MERGE_KEYS, SQL_MERGE_VOUCHERS,
	    SQL_MERGE_MEMBER, SQL_MERGE_LEASE};
	struct uid *key;
	int64_t *was, now;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, SQL_KEY_IDS_OF, DB_ARGS(DB_TEXT(from->s)),
		 c->arena, &key, &n)))
		return e;
	if ((was = arena_array(c->arena, n + 1, sizeof(*was))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		if ((e = vlan(c, &key[i], &was[i])))
			return e;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((e = store_run(c->store, all[i],
			 DB_ARGS(DB_TEXT(from->s), DB_TEXT(into->s)), NULL)))
			return e;
	for (size_t i = 0; i < n; i++)
		if ((e = vlan(c, &key[i], &now)) ||
		    (now != was[i] &&
			(e = disconnects_queue_key(c, &key[i]))) ||
		    (e = act_announce(c, NOUN_KEY, &key[i])))
			return e;
	return ERR_OK;
}

/* What is left of FROM opens nothing. */
static enum err
end(struct call *c, struct person *a, const struct person *b)
{
	static const enum sql all[] = {SQL_MERGE_LEFT, SQL_FORGET_MEMBER,
	    SQL_SESSION_END_PERSON, SQL_FORGET_SCIM};
	enum err e;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((e = store_run(
			 c->store, all[i], DB_ARGS(DB_TEXT(a->id.s)), NULL)))
			return e;
	a->state = PERSON_ENDED;
	a->state_since = c->now;
	a->roles = 0;
	(void)snprintf(a->state_reason, sizeof(a->state_reason),
	    SAY("Merged with %.100s"), b->name);
	if (!text_utf8_ok(a->state_reason, strlen(a->state_reason)))
		text_copy(a->state_reason, sizeof(a->state_reason),
		    SAY("Merged with another person"));
	return row_set(c->store, &person_rows, a, &a->version);
}

enum err
people_merge(struct call *c, const struct uid *from, const struct uid *into)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct person a, b;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = both(c, from, into, &a, &b)))
		return e;
	detail_text(&d, "from", from->s);
	if ((e = move_keys(c, from, into)) || (e = end(c, &a, &b)) ||
	    (e = act_announce(c, NOUN_PERSON, from)) ||
	    (e = act_changed(c, "person.merge", NOUN_PERSON, into, &d)))
		return e;
	return act_end(c, &tx);
}
