/* All visits, page by page, for staff. */
#include "core/service/act.h"
#include "core/service/devices.h"

enum { LIST_MAX = 1000 };

/* The statements that begin with what is rarest. */
struct way {
	enum sql list, count;
};

static struct way
way_of(const struct visit_filter *f, const char *like)
{
	if (f->mac != NULL)
		return (struct way){
		    SQL_VISIT_LIST_MAC, SQL_VISIT_LIST_MAC_COUNT};
	if (!uid_is_none(&f->key))
		return (struct way){
		    SQL_VISIT_LIST_KEY, SQL_VISIT_LIST_KEY_COUNT};
	if (!uid_is_none(&f->person))
		return (struct way){
		    SQL_VISIT_LIST_PERSON, SQL_VISIT_LIST_PERSON_COUNT};
	if (*like)
		return (struct way){
		    SQL_VISIT_LIST_NAME, SQL_VISIT_LIST_NAME_COUNT};
	return (struct way){SQL_VISIT_LIST_AP, SQL_VISIT_LIST_AP_COUNT};
}

/* Is nothing asked for but a time? */
static bool
any_visit(const struct visit_filter *f, const char *like)
{
	return f->mac == NULL && uid_is_none(&f->key) &&
	       uid_is_none(&f->person) && uid_is_none(&f->ap) && !*like;
}

static enum err
view_read(struct call *c, const struct db_rows *r, void *item)
{
	struct visit_view *v = item;
	int at = 0;
	enum err e = row_read(&visit_rows, r, &at, &v->visit);

	if (e != ERR_OK)
		return e;
	v->device = arena_text(c->arena, db_text(r, at));
	v->key = arena_text(c->arena, db_text(r, at + 1));
	v->who = arena_text(c->arena, db_text(r, at + 3));
	v->place = arena_text(c->arena, db_text(r, at + 4));
	if (!v->device || !v->key || !v->who || !v->place)
		return ERR_NO_MEMORY;
	if (!uid_parse(db_text(r, at + 2), &v->person))
		v->person = UID_NONE;
	return ERR_OK;
}

static const struct act_list all_visits = {SQL_VISIT_LIST_EVER,
    SQL_VISIT_LIST_EVER_BACK, SQL_VISIT_COUNT, view_read,
    sizeof(struct visit_view)};

static enum err
list_during(struct call *c, const struct visit_filter *f, size_t limit,
    struct visit_view **out, size_t *n, size_t *total)
{
	int64_t count, until = f->until ? f->until : INT64_MAX;
	enum err e;

	if ((e = act_views(c, SQL_VISIT_LIST_ALL,
		 DB_ARGS(DB_INT(f->from), DB_INT(until), DB_INT(limit),
		     DB_INT(f->offset)),
		 view_read, sizeof(**out), out, n)) ||
	    act_all_listed(c, f->offset, *n, limit, total))
		return e;
	e = store_number(c->store, SQL_VISIT_LIST_ALL_COUNT,
	    DB_ARGS(DB_INT(f->from), DB_INT(until)), &count);
	*total = (size_t)count;
	return e;
}

enum err
visits_list(struct call *c, const struct visit_filter *f,
    struct visit_view **out, size_t *n, size_t *total)
{
	const char *like;
	size_t limit = f->limit && f->limit < LIST_MAX ? f->limit : LIST_MAX;
	int64_t count, until = f->until ? f->until : INT64_MAX;
	char mac[MAC_TEXT] = "";
	struct way way;
	enum err e;

	*out = NULL;
	*n = *total = 0;
	if ((e = act_need(c, ACT_READ)) ||
	    (e = act_pattern(c, f->search, &like)))
		return e;
	if (any_visit(f, like))
		return f->from <= 0 && f->until == 0
			   ? act_page(c, &all_visits, f->offset, limit, out, n,
				 total)
			   : list_during(c, f, limit, out, n, total);
	if (f->mac != NULL)
		mac_text(f->mac, mac);
	way = way_of(f, like);
#define MATCHED                                                                \
	DB_TEXT(mac), DB_TEXT(f->key.s), DB_TEXT(f->person.s), DB_TEXT(like),  \
	    DB_TEXT(f->ap.s), DB_INT(f->from), DB_INT(until)
	if ((e = act_views(c, way.list,
		 DB_ARGS(MATCHED, DB_INT(limit), DB_INT(f->offset)), view_read,
		 sizeof(**out), out, n)) ||
	    act_all_listed(c, f->offset, *n, limit, total))
		return e;
	e = store_number(c->store, way.count, DB_ARGS(MATCHED), &count);
	*total = (size_t)count;
	return e;
#undef MATCHED
}
