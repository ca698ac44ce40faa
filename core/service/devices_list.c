/* All devices, page by page, for staff. */
#include <string.h>

#include "core/service/act.h"
#include "core/service/devices.h"

enum { LIST_MAX = 1000 };

static enum err
view_read(struct call *c, const struct db_rows *r, void *item)
{
	struct device_view *v = item;
	int at = 0;
	enum err e = row_read(&device_rows, r, &at, &v->device);

	if (e != ERR_OK)
		return e;
	v->key = arena_text(c->arena, db_text(r, at));
	v->who = arena_text(c->arena, db_text(r, at + 2));
	v->network = arena_text(c->arena, db_text(r, at + 3));
	v->place = arena_text(c->arena, db_text(r, at + 5));
	if (!v->key || !v->who || !v->network || !v->place)
		return ERR_NO_MEMORY;
	if (!uid_parse(db_text(r, at + 1), &v->person))
		v->person = UID_NONE;
	if (!uid_parse(db_text(r, at + 4), &v->ap))
		v->ap = UID_NONE;
	v->on_air = db_int(r, at + 6) != 0;
	return ERR_OK;
}

static const struct {
	struct act_list all;
	enum sql found, number; /* of what is searched for */
	const char *word;
} ways[] = {
    [DEVICES_ALL] = {{SQL_DEVICE_VIEW_ALL, SQL_DEVICE_VIEW_ALL_BACK,
			 SQL_DEVICE_COUNT, view_read,
			 sizeof(struct device_view)},
	SQL_DEVICE_FOUND_ALL, SQL_DEVICE_FOUND_ALL_COUNT, "all"},
    [DEVICES_ON_AIR] = {{SQL_DEVICE_VIEW_AIR, SQL_DEVICE_VIEW_AIR_BACK,
			    SQL_DEVICE_VIEW_AIR_COUNT, view_read,
			    sizeof(struct device_view)},
	SQL_DEVICE_FOUND_AIR, SQL_DEVICE_FOUND_AIR_COUNT, "air"},
    [DEVICES_BLOCKED] = {{SQL_DEVICE_VIEW_SHUT, SQL_DEVICE_VIEW_SHUT_BACK,
			     SQL_DEVICE_VIEW_SHUT_COUNT, view_read,
			     sizeof(struct device_view)},
	SQL_DEVICE_FOUND_SHUT, SQL_DEVICE_FOUND_SHUT_COUNT, "shut"},
};

static enum err
list_found(struct call *c, const struct device_filter *f, const char *like,
    size_t limit, struct device_view **out, size_t *n, size_t *total)
{
	int64_t count;
	enum err e;

	if ((e = act_views(c, ways[f->which].found,
		 DB_ARGS(DB_TEXT(like), DB_INT(limit), DB_INT(f->offset)),
		 view_read, sizeof(**out), out, n)) ||
	    act_all_listed(c, f->offset, *n, limit, total))
		return e;
	e = store_number(
	    c->store, ways[f->which].number, DB_ARGS(DB_TEXT(like)), &count);
	*total = (size_t)count;
	return e;
}

enum err
devices_list(struct call *c, const struct device_filter *f,
    struct device_view **out, size_t *n, size_t *total)
{
	const char *search = f->search ? f->search : "";
	const char *like;
	size_t limit = f->limit && f->limit < LIST_MAX ? f->limit : LIST_MAX;
	char mac[MAC_TEXT];
	struct mac m;
	enum err e;

	*out = NULL;
	*n = *total = 0;
	if ((e = act_need(c, ACT_READ)) || (e = act_pattern(c, search, &like)))
		return e;
	if (mac_parse(search, strlen(search), &m, NULL)) {
		mac_text(&m, mac); /* one for each network: all on a page */
		e = act_views(c, SQL_DEVICE_VIEW_MAC,
		    DB_ARGS(DB_TEXT(mac), DB_TEXT(ways[f->which].word)),
		    view_read, sizeof(**out), out, n);
		*total = *n;
		if (f->offset > 0)
			*n = 0;
		return e;
	}
	if (*like == '\0')
		return act_page(
		    c, &ways[f->which].all, f->offset, limit, out, n, total);
	return list_found(c, f, like, limit, out, n, total);
}
