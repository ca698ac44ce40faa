/* Users and groups as they are found: one, or those a list is narrowed to. */
#include <ctype.h>
#include <string.h>

#include "core/service/act.h"
#include "core/service/scim_parts.h"

const char *
scim_lower(struct call *c, const char *text)
{
	char *low = arena_text(c->arena, text);

	for (char *p = low; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return low;
}

struct db_arg
scim_or_null(const char *external)
{
	return DB_TEXT(external[0] ? external : NULL);
}

enum err
scim_one(struct call *c, const struct scim_rows *k, enum scim_key key,
    const char *connector, const char *value, void *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(c->store->db, k->by[key],
	    DB_ARGS(DB_TEXT(connector), DB_TEXT(value)), &r);

	memset(out, 0, k->size);
	return e ? e : k->read(c, &r, out);
}

static enum err
rows(struct call *c, const struct scim_rows *k, enum sql sql,
    const struct db_arg *args, void **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL, *row;
	enum err e;

	if ((e = db_query(c->store->db, sql, args, &r)))
		return e;
	while (db_next(&r))
		if ((row = row_more(c->arena, &list, n, k->size)) == NULL)
			return ERR_NO_MEMORY;
		else if ((e = k->read(c, &r, row)))
			return e;
	*out = list;
	return db_end(&r);
}

static enum err
all(struct call *c, const struct scim_rows *k, const char *connector,
    const struct scim_filter *f, void **out, size_t *n, size_t *total)
{
	size_t limit = f->limit < SCIM_LIST_MAX ? f->limit : SCIM_LIST_MAX;
	int64_t count;
	enum err e = store_number(
	    c->store, k->count, DB_ARGS(DB_TEXT(connector)), &count);

	if (e)
		return e;
	*total = (size_t)count;
	return rows(c, k, k->list,
	    DB_ARGS(DB_TEXT(connector), DB_INT(limit), DB_INT(f->offset)), out,
	    n);
}

enum err
scim_find(struct call *c, const struct scim_rows *k, const char *connector,
    const struct scim_filter *f, void **out, size_t *n, size_t *total)
{
	const char *value = f->value;
	enum err e = act_need(c, ACT_STAFF);

	*out = NULL;
	*n = *total = 0;
	if (e)
		return e;
	if (f->key == SCIM_ALL)
		return all(c, k, connector, f, out, n, total);
	if (f->key == SCIM_NAME && (value = scim_lower(c, value)) == NULL)
		return ERR_NO_MEMORY;
	e = rows(c, k, k->by[f->key],
	    DB_ARGS(DB_TEXT(connector), DB_TEXT(value)), out, n);
	*total = *n;
	return e;
}
