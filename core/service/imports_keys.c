/* Passwords of a table: whose, which, and whether they are there already. */
#include <stdlib.h>
#include <string.h>

#include "core/service/act.h"
#include "core/service/imports_keys.h"
#include "core/service/setup.h"
#include "core/service/world.h"

enum { SCRATCH = 1 << 20 };

static void
key_items_own(struct key_items *s)
{
	if (s->v != NULL)
		secret_wipe(s->v, s->n * sizeof(s->v[0]));
	free(s->v);
	arena_free(s->scratch);
}

/* --- is it there already? --- */

static bool
named_alike(const struct key_item *it, const struct wifi_key *k)
{
	return it->order.order.name[0] &&
	       strcmp(it->order.order.name, k->name) == 0;
}

/* Whether key K is what row IT asks for. */
static enum err
alike(struct call *c, const struct key_item *it, const struct wifi_key *k,
    bool *same)
{
	struct call machine = *c;
	struct world_key w;
	bool fits;
	enum err e;

	*same = named_alike(it, k);
	if (it->order.order.given == NULL)
		return ERR_OK;
	machine.actor.kind = ACTOR_SYSTEM;
	e = world_key_get(&machine, &k->id, &w);
	fits = !e && secret_same(&w.passphrase, it->order.order.given);
	secret_wipe(&w, sizeof(w));
	if (e)
		return e;
	if (fits) {
		*same = true;
		return ERR_OK;
	}
	return *same ? imports_wrong(c, "name",
			   "Its owner has a Wi-Fi password of this name "
			   "already, and it is another one.")
		     : ERR_OK;
}

static enum err
matches(struct call *c, struct key_item *it, const struct wifi_key *k)
{
	const struct key_order *o = &it->order.order;

	if (!uid_is_none(&o->plan) && !uid_same(&o->plan, &k->plan))
		return imports_wrong(c, "plan",
		    "It is there already, in another plan: end that one "
		    "first.");
	it->had = *k;
	it->same = true;
	it->moves = o->not_after != 0 && o->not_after != k->not_after;
	if (it->moves && o->not_after <= c->now)
		return imports_wrong(c, "not_after", "This time has passed.");
	return ERR_OK;
}

static enum err
look(struct call *c, const struct key_items *s, struct key_item *it)
{
	const struct key_order *o = &it->order.order;
	bool unit = !uid_is_none(&o->unit), same;
	struct wifi_key *k;
	size_t n;
	enum err e;

	if (it->make)
		return ERR_OK;
	arena_reset(s->scratch);
	if ((e = row_list(c->store, &key_rows,
		 unit ? SQL_KEY_HAD_BY_UNIT : SQL_KEY_HAD_BY_PERSON,
		 DB_ARGS(
		     DB_TEXT(unit ? o->unit.s : o->person.s), DB_INT(c->now)),
		 s->scratch, &k, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if (!uid_is_none(&o->network) &&
		    !uid_same(&o->network, &k[i].network))
			continue;
		if ((e = alike(c, it, &k[i], &same)))
			return e;
		if (same)
			return matches(c, it, &k[i]);
	}
	return ERR_OK;
}

/* --- rows against rows --- */

static bool
same_owner(const struct key_item *a, const struct key_item *b)
{
	const struct key_order *x = &a->order.order, *y = &b->order.order;

	if (a->make || b->make)
		return a->make && b->make &&
		       strcmp(a->owner.subject, b->owner.subject) == 0;
	return uid_same(&x->person, &y->person) && uid_same(&x->unit, &y->unit);
}

/* Two rows for one password, or more of them than somebody may have. */
static enum err
against(struct call *c, const struct key_items *s, const struct import_row *r,
    size_t at)
{
	const struct key_item *it = &s->v[at];
	const struct key_order *o = &it->order.order;
	size_t held = 0;

	for (size_t i = 0; i < at; i++) {
		const struct key_order *x = &s->v[i].order.order;

		if (r[i].err || !same_owner(&s->v[i], it) ||
		    !uid_same(&x->network, &o->network))
			continue;
		held += !s->v[i].same;
		if ((o->name[0] && strcmp(o->name, x->name) == 0) ||
		    (o->given && x->given && secret_same(o->given, x->given)))
			return why_set(&c->why, ERR_BAD_INPUT, "",
			    "The same as line %zu.", r[i].line);
	}
	return held < KEYS_PER_PERSON
		   ? ERR_OK
		   : why_set(&c->why, ERR_LIMIT, "",
			 "Nobody may have more than %d Wi-Fi passwords.",
			 KEYS_PER_PERSON);
}

static enum err
row(struct call *c, struct imports *job, const struct imports_line *l,
    struct key_items *s, struct import_row *r, size_t i)
{
	enum err e;

	c->why = (struct why){{0}, {0}};
	if ((e = imports_keys_read(c, job, s, &l[i], &s->v[i])) ||
	    (e = look(c, s, &s->v[i])))
		return e;
	return against(c, s, r, i);
}

static enum err
rows(struct call *c, struct imports *job, const struct imports_line *l,
    struct key_items *s, struct import_row *r)
{
	enum err e;

	for (size_t i = 0; i < s->n; i++) {
		if (r[i].err)
			continue;
		e = row(c, job, l, s, r, i);
		if (e == ERR_STORE || e == ERR_BUSY || e == ERR_NO_MEMORY ||
		    e == ERR_CORRUPT || e == ERR_IO)
			return e;
		r[i].err = e;
		r[i].why = c->why;
	}
	return ERR_OK;
}

/* --- storing --- */

/* The first row that brings the same new person. */
static struct key_item *
first_with(struct key_items *s, const struct import_row *r, size_t i)
{
	size_t k = 0;

	while (k < i &&
	       (r[k].err || !s->v[k].make || !same_owner(&s->v[k], &s->v[i])))
		k++;
	return &s->v[k];
}

/* What is to be done for row I, if anything: a new password, perhaps of a new
 * person, or another end for one that is there. */
static bool
wanted(struct key_items *s, const struct import_row *r, size_t i,
    struct key_import *out)
{
	struct key_item *it = &s->v[i];

	if (r[i].err || (it->same && !it->moves))
		return false;
	*out = it->order;
	out->alone = !it->same && it->order.order.name[0] != '\0';
	if (it->same) {
		out->had = it->had.id;
		out->version = it->had.version;
	} else if (it->make) {
		out->owner = &first_with(s, r, i)->owner;
	}
	return true;
}

/* STORED: it is there, which it is not after a rehearsal or a failure. */
static void
tell(struct imports *job, struct key_item *it, const struct key_import *k,
    struct import_row *r, bool stored)
{
	r->err = k->err;
	r->why = k->why;
	r->did = it->same ? "changed" : "new";
	r->minted = !it->same && k->order.given == NULL;
	r->key = stored || it->same ? k->key : UID_NONE;
	if (!it->make || !stored)
		return;
	it->order.order.person = k->owner->id;
	job->stale = true;
}

/* People, passwords and ends of all rows, in one transaction. */
static enum err
store_rows(struct call *c, struct imports *job, struct key_items *s,
    struct import_row *r)
{
	struct key_import *all = arena_array(c->arena, s->n, sizeof(*all));
	size_t n = 0;
	enum err e;

	if (all == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < s->n; i++)
		n += wanted(s, r, i, &all[n]);
	e = keys_import(c, all, n, job->trial);
	for (size_t i = 0, k = 0; i < s->n; i++) {
		if (r[i].err)
			continue;
		if (s->v[i].same && !s->v[i].moves) {
			r[i].key = s->v[i].had.id;
			r[i].did = "same";
			continue;
		}
		tell(job, &s->v[i], &all[k++], &r[i],
		    e == ERR_OK && !job->trial);
	}
	return e;
}

static enum err
prepare(struct call *c, struct key_items *s)
{
	enum err e;

	s->v = calloc(s->n, sizeof(s->v[0]));
	s->scratch = arena_new(SCRATCH);
	if (s->v == NULL || s->scratch == NULL)
		return ERR_NO_MEMORY;
	if ((e = plan_list(c, &s->plans, &s->nplans)) ||
	    (e = network_list(c, &s->networks, &s->nnetworks)))
		return e;
	return row_list(c->store, &unit_rows, SQL_UNIT_ALL, DB_NO_ARGS,
	    c->arena, &s->units, &s->nunits);
}

enum err
imports_keys(struct call *c, struct imports *job, const struct imports_line *l,
    struct import_row *r, size_t n)
{
	OWN(key_items) struct key_items s = {.n = n};
	bool trial = job->trial;
	enum err e, done;

	if ((e = prepare(c, &s)) || (e = rows(c, job, l, &s, r)))
		return e;
	if (imports_verdict(c, r, n) != ERR_OK)
		job->trial = true; /* the rest may be wrong, too */
	done = store_rows(c, job, &s, r);
	job->trial = trial;
	for (size_t i = 0; i < n; i++)
		r[i].person = s.v[i].order.order.person;
	e = imports_verdict(c, r, n);
	return e ? e : done;
}
