/* Many keys at once: looked at one by one, made side by side, stored together.
 */
#include <string.h>

#include "core/service/act.h"
#include "core/service/keys_own.h"
#include "core/service/keys_ready.h"
#include "core/service/people_make.h"

/* What becomes of one order on the way. */
struct item {
	struct keys_ready ready;
	struct keys_make_one one;
};

struct items {
	struct item *v;
	size_t n;
};

static void
items_own(struct items *s)
{
	if (s->v != NULL)
		secret_wipe(s->v, s->n * sizeof(s->v[0]));
	free(s->v);
}

/* Notes what is wrong with I; anything else ends the import. */
static enum err
note(struct call *c, struct key_import *i, enum err e)
{
	if (e == ERR_STORE || e == ERR_BUSY || e == ERR_NO_MEMORY ||
	    e == ERR_CORRUPT || e == ERR_IO)
		return e;
	i->err = e;
	i->why = c->why;
	return ERR_OK;
}

/* Several may be for one person to be made: the first of them makes it. */
static bool
first_of_owner(const struct key_import *all, size_t i)
{
	size_t k = 0;

	while (k < i && all[k].owner != all[i].owner)
		k++;
	return k == i && all[i].owner != NULL;
}

static enum err
look(struct call *c, struct key_import *all, size_t at, struct item *it)
{
	struct key_import *i = &all[at];
	enum err e = ERR_OK;

	c->why = (struct why){{0}, {0}};
	i->err = ERR_OK;
	i->why = c->why;
	i->key = i->had;
	if (!uid_is_none(&i->had))
		return ERR_OK;
	if (first_of_owner(all, at) && (e = people_make_ready(c, i->owner)))
		return note(c, i, e);
	if (i->owner != NULL)
		i->order.person = i->owner->id;
	if ((e = keys_ready(c, &i->order, i->owner, &it->ready)))
		return note(c, i, e);
	i->key = it->ready.key.id;
	it->one.given = i->order.given;
	it->one.plan = &it->ready.plan;
	return ERR_OK;
}

/* Makes those of the network of item FIRST. */
static enum err
make_for(struct call *c, struct key_import *all, struct items *s, size_t first,
    bool *done)
{
	OWN(mem) struct keys_make_one **some = calloc(s->n, sizeof(some[0]));
	const struct network *n = &s->v[first].ready.network;
	size_t count = 0;
	enum err e;

	if (some == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = first; i < s->n; i++)
		if (!done[i] && !all[i].err &&
		    uid_same(&s->v[i].ready.network.id, &n->id)) {
			done[i] = true;
			some[count++] = &s->v[i].one;
		}
	if ((e = keys_make_many(c, n, some, count)))
		return e;
	for (size_t i = first; i < s->n; i++)
		if (!all[i].err && s->v[i].one.err) {
			all[i].err = s->v[i].one.err;
			all[i].why = s->v[i].one.why;
		}
	return ERR_OK;
}

static enum err
make_all(struct call *c, struct key_import *all, struct items *s)
{
	OWN(mem) bool *done = calloc(s->n, sizeof(done[0]));
	enum err e = ERR_OK;

	if (done == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < s->n; i++)
		done[i] = all[i].err || !uid_is_none(&all[i].had);
	for (size_t i = 0; e == ERR_OK && i < s->n; i++)
		if (!done[i])
			e = make_for(c, all, s, i, done);
	return e;
}

/* The first that is wrong. */
static enum err
verdict(struct call *c, const struct key_import *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].err) {
			c->why = all[i].why;
			return all[i].err;
		}
	return ERR_OK;
}

/* A table that is brought twice at once is there once. */
static enum err
alone(struct call *c, const struct key_import *i, const struct wifi_key *k)
{
	const struct uid *who = uid_is_none(&k->unit) ? &k->person : &k->unit;
	bool there = false;
	enum err e = ERR_OK;

	if (i->alone)
		e = store_any(c->store, SQL_KEY_NAMED,
		    DB_ARGS(DB_TEXT(who->s), DB_TEXT(k->network.s),
			DB_TEXT(k->name), DB_INT(c->now)),
		    &there);
	return e == ERR_OK && there ? ERR_CONFLICT : e;
}

static enum err
store_one(
    struct call *c, struct key_import *all, size_t at, const struct item *it)
{
	struct key_import *i = &all[at];
	enum err e = ERR_OK;

	if (first_of_owner(all, at))
		e = people_make_store(c, i->owner);
	if (e == ERR_OK && !uid_is_none(&i->had))
		e = keys_own_end(c, &i->had, i->order.not_after, i->version);
	else if (e == ERR_OK && !(e = alone(c, i, &it->ready.key)))
		e = keys_ready_store(
		    c, &it->ready, &it->one.make, "key.import");
	if (e == ERR_EXISTS && c->why.text[0] == '\0')
		e = keys_make_refused(c); /* taken meanwhile */
	if (e) {
		i->err = e;
		i->why = c->why;
	}
	return e;
}

static enum err
store_all(struct call *c, struct key_import *all, const struct items *s)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)))
		return e;
	for (size_t i = 0; i < s->n; i++)
		if ((e = store_one(c, all, i, &s->v[i])))
			return e;
	return act_end(c, &tx);
}

enum err
keys_import(struct call *c, struct key_import *all, size_t n, bool trial)
{
	OWN(items) struct items s = {.n = n};
	enum err e;

	if ((e = act_need(c, ACT_STAFF)))
		return e;
	if (n == 0)
		return ERR_OK;
	if (n > KEYS_IMPORT_MAX)
		return ERR_TOO_BIG;
	if ((s.v = calloc(n, sizeof(s.v[0]))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		if ((e = look(c, all, i, &s.v[i])))
			return e;
	if ((e = make_all(c, all, &s)) || (e = verdict(c, all, n)) || trial)
		return e;
	return store_all(c, all, &s);
}
