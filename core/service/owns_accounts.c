/* Accounts: people and units by the numbers of a billing system. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/owns_parts.h"
#include "core/service/people.h"
#include "core/service/people_make.h"
#include "core/service/states.h"
#include "core/service/units.h"

static enum err
find(struct call *c, const struct own *o, struct owned *x)
{
	struct person p;
	enum err e = owns_find(c, "account", o, x);

	/* an imported customer's subject is their number */
	if (e != ERR_NOT_FOUND || *o->realm)
		return e;
	e = row_one(c->store, &person_rows, SQL_PERSON_OF,
	    DB_ARGS(DB_TEXT("local"), DB_TEXT(o->number)), &p);
	x->person = p.id;
	return e;
}

static void
of_person(const struct person *p, struct own_account *out)
{
	*out = (struct own_account){
	    .noun = NOUN_PERSON, .id = p->id, .state = p->state};
	text_copy(out->name, sizeof(out->name), p->name);
	text_copy(out->reason, sizeof(out->reason), p->state_reason);
}

static void
of_unit(const struct unit *u, struct own_account *out)
{
	*out = (struct own_account){
	    .noun = NOUN_UNIT, .id = u->id, .state = u->state};
	text_copy(out->name, sizeof(out->name), u->name);
	text_copy(out->reason, sizeof(out->reason), u->state_reason);
}

static enum err
read_account(struct call *c, const struct owned *x, struct own_account *out)
{
	struct person p;
	struct unit u;
	enum err e;

	if (uid_is_none(&x->person)) {
		if ((e = row_get(c->store, &unit_rows, &x->unit, &u)) == ERR_OK)
			of_unit(&u, out);
		return e;
	}
	if ((e = row_get(c->store, &person_rows, &x->person, &p)) == ERR_OK)
		of_person(&p, out);
	return e;
}

static enum err
look(struct call *c, const struct own *o, struct owned *x,
    struct own_account *out)
{
	enum err e;

	*x = (struct owned){0};
	*out = (struct own_account){0};
	if ((e = act_need(c, ACT_STAFF)) || (e = find(c, o, x)))
		return e;
	return read_account(c, x, out);
}

enum err
owns_account(struct call *c, const struct own *o, struct own_account *out)
{
	struct owned x;

	return look(c, o, &x, out);
}

static enum err
tie(struct call *c, const struct own *o, const struct owned *x,
    const struct owned *was)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = owns_put(c, "account", o, x,
		 uid_is_none(&was->person) ? &was->unit : &was->person)))
		return e;
	return act_end(c, &tx);
}

static enum err
open_new(struct call *c, const struct own *o, const struct person *given,
    const struct owned *was, struct own_account *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct person p = *given;
	struct owned x;
	enum err e;

	if (*o->realm == '\0' && uid_is_none(&was->person))
		text_copy(p.subject, sizeof(p.subject), o->number);
	if ((e = people_make_ready(c, &p)) || (e = act_begin(c, &tx)) ||
	    (e = people_make_store(c, &p)))
		return e;
	x = (struct owned){.person = p.id};
	if ((e = owns_put(c, "account", o, &x,
		 uid_is_none(&was->person) ? &was->unit : &was->person)) ||
	    (e = act_end(c, &tx)))
		return e;
	/* not read again: what is done must not be told as a failure */
	of_person(&p, out);
	return ERR_OK;
}

enum err
owns_open(struct call *c, const struct own *o, const struct person *p,
    struct own_account *out)
{
	struct owned was;
	enum err e = look(c, o, &was, out);

	if (e && e != ERR_NOT_FOUND)
		return e;
	if (e == ERR_OK && out->state != PERSON_ENDED)
		return ERR_OK;
	return open_new(c, o, p, &was, out);
}

enum err
owns_tie(struct call *c, const struct own *o, const struct uid *id,
    struct own_account *out)
{
	struct owned was = {0}, x = {.person = *id};
	enum err e;

	*out = (struct own_account){0};
	if ((e = act_need(c, ACT_STAFF)))
		return e;
	if (read_account(c, &x, out) == ERR_NOT_FOUND)
		x = (struct owned){.unit = *id};
	if ((e = read_account(c, &x, out)))
		return e == ERR_NOT_FOUND
			   ? why_set(&c->why, ERR_BAD_INPUT, "id",
				 "This is neither a person nor a unit.")
			   : e;
	e = owns_find(c, "account", o, &was);
	if (e && e != ERR_NOT_FOUND)
		return e;
	return tie(c, o, &x, &was);
}

/* In a transaction. */
static enum err
hold(struct call *c, const struct own *o, const struct owned *x, bool held)
{
	struct owned was;
	enum err e = owns_find(c, "account", o, &was);

	/* known by the subject only: now the number is theirs */
	if (e == ERR_NOT_FOUND)
		e = owns_put(c, "account", o, x, &UID_NONE);
	return e ? e
		 : store_run(c->store, SQL_OWN_HOLD,
		       DB_ARGS(DB_TEXT(o->realm), DB_TEXT("account"),
			   DB_TEXT(o->number), DB_INT(held)),
		       NULL);
}

static enum err
set(struct call *c, const struct owned *x, enum person_state to,
    const char *reason, struct own_account *out)
{
	enum err e = uid_is_none(&x->person)
			 ? states_unit(c, &x->unit, to, reason)
			 : states_person(c, &x->person, to, reason);

	return e ? e : read_account(c, x, out);
}

/* Whether it is suspended by this number is known only while nobody else
 * suspends it. */
enum err
owns_suspend(struct call *c, const struct own *o, const char *reason,
    struct own_account *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct owned x;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = look(c, o, &x, out)) ||
	    out->state == PERSON_SUSPENDED)
		return e;
	if (out->state == PERSON_ENDED)
		return why_set(
		    &c->why, ERR_BAD_STATE, "", "This account has ended.");
	if ((e = hold(c, o, &x, true)) ||
	    (e = set(c, &x, PERSON_SUSPENDED, reason, out)))
		return e;
	return act_end(c, &tx);
}

enum err
owns_restore(struct call *c, const struct own *o, struct own_account *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct owned x;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = look(c, o, &x, out)) ||
	    out->state == PERSON_ACTIVE)
		return e;
	if (out->state == PERSON_ENDED || !x.held)
		return why_set(&c->why, ERR_BAD_STATE, "",
		    out->state == PERSON_ENDED
			? "This account has ended."
			: "Somebody else suspended this account: ask the "
			  "administrators.");
	if ((e = set(c, &x, PERSON_ACTIVE, "", out)) ||
	    (e = hold(c, o, &x, false)))
		return e;
	return act_end(c, &tx);
}

enum err
owns_end(struct call *c, const struct own *o, const char *reason,
    struct own_account *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct owned x;
	enum err e = look(c, o, &x, out);

	if (e || out->state == PERSON_ENDED)
		return e;
	if ((e = act_begin(c, &tx)) ||
	    (e = set(c, &x, PERSON_ENDED, reason, out)))
		return e;
	return act_end(c, &tx);
}
