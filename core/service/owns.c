/* Numbers, and stays by them. */
#include "core/service/owns.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/keys_own.h"
#include "core/service/owns_parts.h"
#include "core/service/passes_parts.h"

enum { TRIES = 4 };

/* BAD_INPUT unless the number can be one. */
static enum err
number_ok(struct call *c, const struct own *o)
{
	size_t n = strlen(o->number);

	if (n > 0 && n <= OWNS_MAX && text_utf8_ok(o->number, n))
		return ERR_OK;
	return why_set(&c->why, ERR_BAD_INPUT, "own",
	    "A number of your own has 1 to %d octets.", OWNS_MAX);
}

enum err
owns_find(
    struct call *c, const char *kind, const struct own *o, struct owned *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = number_ok(c, o);

	*out = (struct owned){0};
	if (e ||
	    (e = db_one(c->store->db, SQL_OWN_GET,
		 DB_ARGS(DB_TEXT(o->realm), DB_TEXT(kind), DB_TEXT(o->number)),
		 &r)))
		return e;
	if (!db_is_null(&r, 0) && !uid_parse(db_text(&r, 0), &out->person))
		return ERR_CORRUPT;
	if (!db_is_null(&r, 1) && !uid_parse(db_text(&r, 1), &out->unit))
		return ERR_CORRUPT;
	out->held = db_int(&r, 2) != 0;
	return ERR_OK;
}

static struct db_arg
id_or_null(const struct uid *id)
{
	return DB_TEXT(uid_is_none(id) ? NULL : id->s);
}

enum err
owns_put(struct call *c, const char *kind, const struct own *o,
    const struct owned *x, const struct uid *was)
{
	const struct uid *id = uid_is_none(&x->person) ? &x->unit : &x->person;
	OWN(buf) struct buf d = DETAIL;
	int64_t changed;
	enum err e = store_run(c->store, SQL_OWN_PUT,
	    DB_ARGS(DB_TEXT(o->realm), DB_TEXT(kind), DB_TEXT(o->number),
		id_or_null(&x->person), id_or_null(&x->unit), DB_INT(c->now),
		DB_TEXT(was->s)),
	    &changed);

	if (e || !changed)
		return e ? e : ERR_CONFLICT;
	detail_text(&d, "own", o->number);
	return act_record(c, "own.tie",
	    uid_is_none(&x->person) ? NOUN_UNIT : NOUN_PERSON, id, &d);
}

/* --- stays --- */

static bool
live(const struct key_view *v)
{
	return v->standing != KEY_IS_REVOKED && v->standing != KEY_IS_EXPIRED;
}

/* Without those of their things, which follow (keys_stay.h), and those of other
 * desks. */
static enum err
of_guest(struct call *c, struct key_view *list, size_t *n)
{
	size_t all = *n;

	*n = 0;
	for (size_t i = 0; i < all; i++) {
		enum err e = list[i].key.kind == KEY_GUEST
				 ? keys_own(c, &list[i].key, KEYS_SEE)
				 : ERR_NOT_FOUND;

		if (e == ERR_OK)
			list[(*n)++] = list[i];
		else if (e != ERR_NOT_FOUND)
			return e;
	}
	return *n ? ERR_OK : ERR_NOT_FOUND;
}

/* All passwords of the guest, the newest first. */
static enum err
passwords(struct call *c, const struct own *o, struct owned *x,
    struct key_view **list, size_t *n)
{
	enum err e;

	*list = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_READ | 1 << ROLE_DESK)) ||
	    (e = owns_find(c, "stay", o, x)) ||
	    (e = keys_views(
		 c, SQL_KEY_VIEW_OF, DB_ARGS(DB_TEXT(x->person.s)), list, n)))
		return e;
	return of_guest(c, *list, n);
}

/* The one that no other has replaced; of several such the first. */
static const struct key_view *
newest(const struct key_view *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool replaced = false;

		for (size_t k = 0; k < n; k++)
			replaced |=
			    uid_same(&list[k].key.replaces, &list[i].key.id);
		if (!replaced)
			return &list[i];
	}
	return &list[0];
}

enum err
owns_stay(struct call *c, const struct own *o, struct key_view *out)
{
	struct key_view *list;
	struct owned x;
	size_t n;
	enum err e = passwords(c, o, &x, &list, &n);

	*out = e ? (struct key_view){0} : *newest(list, n);
	return e;
}

static enum err
insert(struct call *c, const struct own *o, const struct passes_ready *r,
    const struct keys_make *m, const struct uid *was)
{
	const struct owned x = {.person = r->person.id};
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = passes_store(c, r, m)) ||
	    (e = owns_put(c, "stay", o, &x, was)))
		return e;
	return act_end(c, &tx);
}

static enum err
arrive(struct call *c, const struct own *o, const struct pass_order *order,
    const struct uid *was, struct key_view *out)
{
	OWN(keys_make) struct keys_make m = {0};
	struct entitlement t;
	struct passes_ready r;
	enum err e;

	if ((e = passes_preset(c, &order->plan, &t)) ||
	    (e = passes_ready(c, order, &t, &r)) ||
	    (e = keys_make_minted(c, &t.network, &t.plan, &m)) ||
	    (e = insert(c, o, &r, &m, was)))
		return e;
	passes_view(c, &t, &r, out);
	return ERR_OK;
}

/* Of one password what is given and different. */
static enum err
change_one(struct call *c, const struct wifi_key *k, const char *room,
    int64_t departure)
{
	int64_t version = k->version;
	enum err e;

	if (*room && strcmp(room, k->name) != 0 &&
	    (e = keys_own_rename(c, &k->id, room, version++)))
		return e;
	return departure && departure != k->not_after
		   ? keys_own_end(c, &k->id, departure, version)
		   : ERR_OK;
}

/* Of every password that works, those that another renews meanwhile, too: of
 * all or of none. */
static enum err
change(struct call *c, const struct own *o, const char *room, int64_t departure,
    struct key_view *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct key_view *list;
	struct owned x;
	size_t n, done = 0;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = passwords(c, o, &x, &list, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if (!live(&list[i]))
			continue;
		done++;
		if ((e = change_one(c, &list[i].key, room, departure)))
			return e;
	}
	if (done == 0)
		return why_set(
		    &c->why, ERR_BAD_STATE, "", "This guest has left.");
	return (e = owns_stay(c, o, out)) ? e : act_end(c, &tx);
}

enum err
owns_check_in(struct call *c, const struct own *o,
    const struct pass_order *order, struct key_view *out)
{
	struct key_view *list;
	struct owned x;
	size_t n;
	enum err e = act_need(c, ACT_DESK);

	*out = (struct key_view){0};
	if (e)
		return e;
	e = ERR_CONFLICT;
	for (int i = 0; i < TRIES && (e == ERR_CONFLICT || e == ERR_EXISTS);
	     i++) {
		e = passwords(c, o, &x, &list, &n);
		if (e && e != ERR_NOT_FOUND)
			return e;
		for (size_t k = 0; k < n; k++)
			if (live(&list[k]))
				return change(
				    c, o, order->room, order->departure, out);
		e = arrive(c, o, order, &x.person, out);
	}
	return e == ERR_CONFLICT || e == ERR_EXISTS ? ERR_BUSY : e;
}

enum err
owns_move(
    struct call *c, const struct own *o, const char *room, struct key_view *out)
{
	return change(c, o, room, 0, out);
}

enum err
owns_extend(struct call *c, const struct own *o, int64_t departure,
    struct key_view *out)
{
	return change(c, o, "", departure, out);
}

enum err
owns_check_out(struct call *c, const struct own *o, const char *reason,
    struct key_view *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct key_view *list;
	struct owned x;
	size_t n;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = passwords(c, o, &x, &list, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (list[i].standing != KEY_IS_REVOKED &&
		    (e = keys_own_revoke(c, &list[i].key.id, reason)))
			return e;
	return (e = owns_stay(c, o, out)) ? e : act_end(c, &tx);
}
