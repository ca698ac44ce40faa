/* Passwords of a table: whose, which, and whether they are there already. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/model/field.h"
#include "core/service/act.h"
#include "core/service/imports_parts.h"
#include "core/service/keys_ready.h"
#include "core/service/people.h"
#include "core/service/people_make.h"
#include "core/service/setup.h"
#include "core/service/world.h"

/* One row on its way. */
struct item {
	struct plan plan; /* none: as the rules say */
	struct uid network;
	struct person owner; /* of one to be made */
	bool make;           /* there is no such person yet */
	struct wifi_key had; /* the one it has already */
	bool same, moves;
	struct secret given;
	struct key_import order;
};

struct items {
	struct item *v;
	size_t n;
	struct plan *plans;
	size_t nplans;
	struct network *networks;
	size_t nnetworks;
	struct unit *units;
	size_t nunits;
	struct arena *scratch; /* of one row */
};

enum { SCRATCH = 1 << 20 };

static void
items_own(struct items *s)
{
	if (s->v != NULL)
		secret_wipe(s->v, s->n * sizeof(s->v[0]));
	free(s->v);
	arena_free(s->scratch);
}

static enum err
wrong(struct call *c, const char *field, const char *words)
{
	return why_set(&c->why, ERR_BAD_INPUT, field, "%s", words);
}

/* --- what the columns mean --- */

static enum err
read_network(struct call *c, const struct items *s,
    const struct imports_line *l, struct item *it)
{
	const char *text = l->value[COLUMN_NETWORK];

	for (size_t i = 0; text[0] && i < s->nnetworks; i++)
		if (strcmp(s->networks[i].ssid, text) == 0 ||
		    strcmp(s->networks[i].name, text) == 0 ||
		    strcmp(s->networks[i].id.s, text) == 0)
			it->network = s->networks[i].id;
	return text[0] && uid_is_none(&it->network)
		   ? wrong(c, "network", "There is no such network.")
		   : ERR_OK;
}

static enum err
read_plan(struct call *c, const struct imports *job, const struct items *s,
    const struct imports_line *l, struct item *it)
{
	const char *text = l->value[COLUMN_PLAN];
	size_t found = 0;

	if (text[0] == '\0')
		text = job->plan.s;
	if (text[0] == '\0')
		return ERR_OK;
	for (size_t i = 0; i < s->nplans; i++)
		if ((strcmp(s->plans[i].name, text) == 0 ||
			strcmp(s->plans[i].id.s, text) == 0) &&
		    (uid_is_none(&it->network) ||
			uid_same(&it->network, &s->plans[i].network))) {
			it->plan = s->plans[i];
			found++;
		}
	if (found == 1)
		it->network = it->plan.network;
	return found == 1   ? ERR_OK
	       : found == 0 ? wrong(c, "plan", "There is no such plan.")
			    : wrong(c, "plan",
				  "Several networks have such a plan: name "
				  "the network.");
}

static enum err
read_unit(
    struct call *c, const struct items *s, const char *text, struct uid *out)
{
	for (size_t i = 0; i < s->nunits; i++)
		if (strcmp(s->units[i].name, text) == 0 ||
		    strcmp(s->units[i].id.s, text) == 0) {
			*out = s->units[i].id;
			return ERR_OK;
		}
	return wrong(c, "unit", "There is no such unit.");
}

/* A person the table names in full is made when there is none. */
static enum err
new_owner(struct call *c, const struct imports_line *l, const char *who,
    struct item *it)
{
	struct person *p = &it->owner;
	const char *mail = l->value[COLUMN_MAIL];

	if (l->value[COLUMN_PERSON_NAME][0] == '\0')
		return wrong(c, "person",
		    "There is no such person. Give person_name, and one is "
		    "made.");
	if (strlen(who) > SUBJECT_MAX || strlen(mail) > MAIL_MAX ||
	    strlen(l->value[COLUMN_PERSON_NAME]) > NAME_MAX_ ||
	    strlen(l->value[COLUMN_LANGUAGE]) >= sizeof(p->language))
		return wrong(c, "person", "This is too long.");
	text_copy(p->subject, sizeof(p->subject), who);
	text_copy(p->name, sizeof(p->name), l->value[COLUMN_PERSON_NAME]);
	text_copy(p->mail, sizeof(p->mail), mail);
	text_copy(p->language, sizeof(p->language), l->value[COLUMN_LANGUAGE]);
	it->make = true;
	return people_make_ready(c, p);
}

static enum err
read_owner(struct call *c, struct imports *job, const struct items *s,
    const struct imports_line *l, struct item *it)
{
	const char *who = l->value[COLUMN_PERSON];
	struct key_order *o = &it->order.order;
	enum err e;

	if (l->value[COLUMN_UNIT][0])
		return read_unit(c, s, l->value[COLUMN_UNIT], &o->unit);
	if (who[0] == '\0')
		who = l->value[COLUMN_MAIL];
	if (who[0] == '\0')
		return wrong(c, "person", "It must say whose password it is.");
	if ((e = imports_owner(c, job, who, &o->person)) == ERR_NOT_FOUND)
		return new_owner(c, l, who, it);
	return e;
}

static enum err
read_time(struct call *c, const struct imports_line *l, enum imports_column k,
    const char *field, int64_t *out)
{
	const char *text = l->value[k];

	return text[0] == '\0' || field_time_parse(text, out)
		   ? ERR_OK
		   : wrong(c, field,
			 "A day such as 2027-12-31, or a time such as "
			 "2027-12-31T18:00:00Z, was expected.");
}

static enum err
read_order(struct call *c, struct imports *job, const struct items *s,
    const struct imports_line *l, struct item *it)
{
	struct key_order *o = &it->order.order;
	const char *kind = l->value[COLUMN_KIND];
	const char *pass = l->value[COLUMN_PASSPHRASE];
	enum err e;

	o->name = l->value[COLUMN_NAME];
	o->kind = KEY_PERSONAL;
	if (kind[0] && !key_kind_parse(kind, &o->kind))
		return wrong(c, "kind", "It is personal, thing or guest.");
	if ((e = read_network(c, s, l, it)) ||
	    (e = read_plan(c, job, s, l, it)) ||
	    (e = read_owner(c, job, s, l, it)) ||
	    (e = read_time(
		 c, l, COLUMN_NOT_BEFORE, "not_before", &o->not_before)) ||
	    (e = read_time(c, l, COLUMN_NOT_AFTER, "not_after", &o->not_after)))
		return e;
	o->plan = it->plan.id;
	o->network = it->network;
	if (pass[0] == '\0') {
		/* with no passphrase it is known by its name */
		if (o->name[0] == '\0')
			o->name = keys_ready_name(o->kind);
		return ERR_OK;
	}
	o->given = &it->given;
	return secret_set(&it->given, pass, strlen(pass))
		   ? wrong(c, "passphrase",
			 "A passphrase has 8 to 63 characters.")
		   : ERR_OK;
}

/* --- is it there already? --- */

static bool
named_alike(const struct item *it, const struct wifi_key *k)
{
	return it->order.order.name[0] &&
	       strcmp(it->order.order.name, k->name) == 0;
}

/* Whether key K is what row IT asks for. */
static enum err
alike(
    struct call *c, const struct item *it, const struct wifi_key *k, bool *same)
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
	return *same ? wrong(c, "name",
			   "Its owner has a Wi-Fi password of this name "
			   "already, and it is another one.")
		     : ERR_OK;
}

static enum err
matches(struct call *c, struct item *it, const struct wifi_key *k)
{
	const struct key_order *o = &it->order.order;

	if (!uid_is_none(&o->plan) && !uid_same(&o->plan, &k->plan))
		return wrong(c, "plan",
		    "It is there already, in another plan: end that one "
		    "first.");
	it->had = *k;
	it->same = true;
	it->moves = o->not_after != 0 && o->not_after != k->not_after;
	if (it->moves && o->not_after <= c->now)
		return wrong(c, "not_after", "This time has passed.");
	return ERR_OK;
}

static enum err
look(struct call *c, const struct items *s, struct item *it)
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
same_owner(const struct item *a, const struct item *b)
{
	const struct key_order *x = &a->order.order, *y = &b->order.order;

	if (a->make || b->make)
		return a->make && b->make &&
		       strcmp(a->owner.subject, b->owner.subject) == 0;
	return uid_same(&x->person, &y->person) && uid_same(&x->unit, &y->unit);
}

/* Two rows for one password, or more of them than somebody may have. */
static enum err
against(struct call *c, const struct items *s, const struct import_row *r,
    size_t at)
{
	const struct item *it = &s->v[at];
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
    struct items *s, struct import_row *r, size_t i)
{
	enum err e;

	c->why = (struct why){{0}, {0}};
	if ((e = read_order(c, job, s, &l[i], &s->v[i])) ||
	    (e = look(c, s, &s->v[i])))
		return e;
	return against(c, s, r, i);
}

static enum err
rows(struct call *c, struct imports *job, const struct imports_line *l,
    struct items *s, struct import_row *r)
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
static struct item *
first_with(struct items *s, const struct import_row *r, size_t i)
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
wanted(struct items *s, const struct import_row *r, size_t i,
    struct key_import *out)
{
	struct item *it = &s->v[i];

	if (r[i].err || (it->same && !it->moves))
		return false;
	*out = it->order;
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
tell(struct imports *job, struct item *it, const struct key_import *k,
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
store_rows(
    struct call *c, struct imports *job, struct items *s, struct import_row *r)
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
prepare(struct call *c, struct items *s)
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
	OWN(items) struct items s = {.n = n};
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
