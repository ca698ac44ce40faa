#include "core/service/keys.h"

#include <string.h>

#include "core/service/act.h"
#include "core/service/keys_own.h"

enum { LIST_MAX = 1000 };
_Static_assert((int)KEY_IS_REVOKED < (int)STORE_FIGURES, "one of each and all");

/* Of one on another plan for a while that desk sees it which saw it before. */
static enum err
of_desk(struct call *c, const struct wifi_key *k)
{
	bool is_so;
	enum err e = act_need_desk(c, 0, &k->plan);

	if (e == ERR_OK)
		return e;
	e = store_any(c->store, SQL_KEY_OF_DESK,
	    DB_ARGS(DB_TEXT(k->id.s), DB_TEXT(act_desk(c, 0))), &is_so);
	return e == ERR_OK && !is_so ? ERR_NOT_FOUND : e;
}

enum err
keys_own(struct call *c, const struct wifi_key *k, enum keys_wish wish)
{
	static const int roles[] = {[KEYS_SEE] = ACT_READ,
	    [KEYS_REVEAL] = ACT_STAFF,
	    [KEYS_CHANGE] = ACT_STAFF};
	bool member;
	enum err e;

	if (act_is(c, &k->person) || act_need(c, roles[wish]) == ERR_OK)
		return ERR_OK;
	/* the desk looks after guests, and only them */
	if (k->kind == KEY_GUEST && call_may(c, ROLE_DESK))
		return of_desk(c, k);
	if (uid_is_none(&k->unit) || c->actor.kind != ACTOR_PERSON)
		return ERR_NOT_FOUND;
	if ((e = store_any(c->store,
		 wish == KEYS_CHANGE ? SQL_UNIT_IS_MANAGER : SQL_UNIT_IS_MEMBER,
		 DB_ARGS(DB_TEXT(k->unit.s), DB_TEXT(c->actor.id.s)), &member)))
		return e;
	return member ? ERR_OK : ERR_NOT_FOUND;
}

enum err
keys_own_get(struct call *c, const struct uid *id, enum keys_wish wish,
    struct wifi_key *out)
{
	enum err e = row_get(c->store, &key_rows, id, out);

	if (e == ERR_OK && (e = keys_own(c, out, wish)))
		*out = (struct wifi_key){0};
	return e;
}

static enum err
view_at(struct call *c, const struct db_rows *r, int at, struct key_view *out)
{
	enum err e;

	if ((e = row_read(&key_rows, r, &at, &out->key)) ||
	    (e = row_read(&network_rows, r, &at, &out->network)) ||
	    (e = row_read(&plan_rows, r, &at, &out->plan)) ||
	    (e = row_read(&person_rows, r, &at, &out->person)))
		return e;
	out->devices = (size_t)db_int(r, at);
	out->in_use = db_int(r, at + 1) != 0;
	out->standing = key_standing(&out->key, c->now);
	return ERR_OK;
}

static enum err
view_read(struct call *c, const struct db_rows *r, void *item)
{
	return view_at(c, r, 0, item);
}

static enum err
found_read(struct call *c, const struct db_rows *r, void *item)
{
	c->store->found = (size_t)db_int(r, 0);
	return view_at(c, r, 1, item);
}

enum err
keys_get(struct call *c, const struct uid *id, struct key_view *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = db_one(c->store->db, SQL_KEY_VIEW_GET, DB_ARGS(DB_TEXT(id->s)),
		 &r)) ||
	    (e = view_read(c, &r, out)) ||
	    (e = keys_own(c, &out->key, KEYS_SEE)))
		*out = (struct key_view){0};
	return e;
}

enum err
keys_views(struct call *c, enum sql sql, const struct db_arg *args,
    struct key_view **out, size_t *n)
{
	return act_views(c, sql, args, view_read, sizeof(**out), out, n);
}

/* How many there are when the page is behind the last one. */
static enum err
behind(struct call *c, enum sql sql, const struct db_arg *args, size_t bounds)
{
	struct db_arg first[KEYS_FOUND_ARGS + 3];
	struct key_view *v;
	size_t n;

	memcpy(first, args, (bounds + 3) * sizeof(*args));
	first[bounds] = DB_INT(1);
	first[bounds + 1] = DB_INT(0);
	return act_views(c, sql, first, found_read, sizeof(*v), &v, &n);
}

enum err
keys_found(struct call *c, enum sql sql, const struct db_arg *args,
    size_t bounds, struct key_view **out, size_t *n, size_t *total)
{
	enum err e;

	c->store->found = 0;
	e = act_views(c, sql, args, found_read, sizeof(**out), out, n);
	if (e == ERR_OK && c->store->found == 0 && args[bounds + 1].number > 0)
		e = behind(c, sql, args, bounds);
	*total = c->store->found;
	return e;
}

enum err
keys_of(
    struct call *c, const struct uid *person, struct key_view **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	if (!act_is(c, person) && act_need(c, ACT_READ) != ERR_OK)
		return ERR_NOT_FOUND;
	return keys_views(
	    c, SQL_KEY_VIEW_OF, DB_ARGS(DB_TEXT(person->s)), out, n);
}

enum err
keys_of_unit(
    struct call *c, const struct uid *unit, struct key_view **out, size_t *n)
{
	struct wifi_key any = {.unit = *unit, .kind = KEY_UNIT};
	enum err e = keys_own(c, &any, KEYS_SEE);

	*out = NULL;
	*n = 0;
	return e ? e
		 : keys_views(c, SQL_KEY_VIEW_OF_UNIT,
		       DB_ARGS(DB_TEXT(unit->s)), out, n);
}

enum err
keys_tally(struct call *c, size_t out[static KEY_IS_REVOKED + 1])
{
	/* all, then those of each standing but ACTIVE */
	int64_t counted[KEY_IS_REVOKED + 1], others = 0;
	enum err e = store_figures(c->store, SQL_KEY_TALLY,
	    DB_ARGS(DB_INT(c->now)), counted, KEY_IS_REVOKED + 1);

	for (int i = 0, at = 1; i <= KEY_IS_REVOKED; i++)
		if (i != KEY_IS_ACTIVE) {
			out[i] = (size_t)counted[at];
			others += counted[at++];
		}
	out[KEY_IS_ACTIVE] =
	    counted[0] > others ? (size_t)(counted[0] - others) : 0;
	return e;
}

/* Those of one standing. */
static enum err
list_standing(struct call *c, const struct key_filter *f, size_t limit,
    struct key_view **out, size_t *n, size_t *total)
{
	static const enum sql of[] = {
	    [KEY_IS_SCHEDULED] = SQL_KEY_VIEW_SCHEDULED,
	    [KEY_IS_ACTIVE] = SQL_KEY_VIEW_ACTIVE,
	    [KEY_IS_SUSPENDED] = SQL_KEY_VIEW_OFF,
	    [KEY_IS_EXPIRED] = SQL_KEY_VIEW_EXPIRED,
	    [KEY_IS_REVOKED] = SQL_KEY_VIEW_OFF};
	bool off = of[f->standing] == SQL_KEY_VIEW_OFF;
	const struct db_arg which =
	    off ? DB_TEXT(key_standing_text((enum key_standing)f->standing))
		: DB_INT(c->now);
	size_t tally[KEY_IS_REVOKED + 1];
	enum err e;

	if ((e = keys_views(c, of[f->standing],
		 DB_ARGS(which, DB_INT(limit), DB_INT(f->offset)), out, n)) ||
	    act_all_listed(c, f->offset, *n, limit, total))
		return e;
	e = keys_tally(c, tally);
	*total = tally[f->standing];
	return e;
}

static const struct act_list all_keys = {SQL_KEY_VIEW_ALL,
    SQL_KEY_VIEW_ALL_BACK, SQL_KEY_COUNT, view_read, sizeof(struct key_view)};

/* What most ask for, one page after the other. */
static enum err
list_plain(struct call *c, const struct key_filter *f, size_t limit,
    struct key_view **out, size_t *n, size_t *total)
{
	return f->standing >= 0
		   ? list_standing(c, f, limit, out, n, total)
		   : act_page(c, &all_keys, f->offset, limit, out, n, total);
}

/* Whatever network, plan and person. */
static bool
any_key(const struct key_filter *f)
{
	return uid_is_none(&f->network) && uid_is_none(&f->plan) &&
	       uid_is_none(&f->person);
}

static enum err
list_matching(struct call *c, const struct key_filter *f, const char *like,
    size_t limit, struct key_view **out, size_t *n, size_t *total)
{
	const char *standing =
	    f->standing < 0 ? ""
			    : key_standing_text((enum key_standing)f->standing);
	int64_t count;
	enum err e;

#define MATCHED                                                                \
	DB_TEXT(f->network.s), DB_TEXT(f->plan.s), DB_TEXT(f->person.s),       \
	    DB_TEXT(like), DB_TEXT(standing), DB_INT(c->now)
#define BOUNDS DB_INT(limit), DB_INT(f->offset)
	if (like[0] != '\0' && any_key(f) && f->standing < 0)
		return keys_found(c, SQL_KEY_FOUND,
		    DB_ARGS(DB_TEXT(like), BOUNDS), 1, out, n, total);
	if (like[0] != '\0')
		return keys_found(c, SQL_KEY_FOUND_AMONG,
		    DB_ARGS(MATCHED, BOUNDS), 6, out, n, total);
	if ((e = keys_views(
		 c, SQL_KEY_VIEW_LIST, DB_ARGS(MATCHED, BOUNDS), out, n)) ||
	    act_all_listed(c, f->offset, *n, limit, total))
		return e;
	e = store_number(
	    c->store, SQL_KEY_VIEW_COUNT, DB_ARGS(MATCHED), &count);
	*total = (size_t)count;
	return e;
#undef MATCHED
#undef BOUNDS
}

enum err
keys_list(struct call *c, const struct key_filter *f, struct key_view **out,
    size_t *n, size_t *total)
{
	const char *like;
	size_t limit = f->limit && f->limit < LIST_MAX ? f->limit : LIST_MAX;
	enum err e;

	*out = NULL;
	*n = *total = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = act_pattern(c, f->search, &like)))
		return e;
	if (like[0] == '\0' && any_key(f))
		return list_plain(c, f, limit, out, n, total);
	return list_matching(c, f, like, limit, out, n, total);
}
