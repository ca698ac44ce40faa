#include "core/store/row.h"

#include <stddef.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/store/columns.h"

struct column {
	const char *name;
	bool (*read)(const struct db_rows *r, int at, void *p, size_t size);
	struct db_arg (*bind)(const void *p, struct row_args *a);
	size_t offset, size;
};

/* --- kinds of columns --- */

static bool
text_read(const struct db_rows *r, int at, void *p, size_t size)
{
	const char *t = db_text(r, at);
	size_t len = strlen(t);

	if (len >= size)
		return false;
	memcpy(p, t, len + 1);
	return true;
}

static struct db_arg
text_bind(const void *p, struct row_args *a)
{
	(void)a;
	return DB_TEXT(p);
}

static bool
id_read(const struct db_rows *r, int at, void *p, size_t size)
{
	(void)size;
	if (db_is_null(r, at)) {
		*(struct uid *)p = UID_NONE;
		return true;
	}
	return uid_parse(db_text(r, at), p);
}

static struct db_arg
id_bind(const void *p, struct row_args *a)
{
	(void)a;
	return ROW_ID((const struct uid *)p);
}

static bool
number_read(const struct db_rows *r, int at, void *p, size_t size)
{
	(void)size;
	*(int64_t *)p = db_int(r, at);
	return true;
}

static struct db_arg
number_bind(const void *p, struct row_args *a)
{
	(void)a;
	return DB_INT(*(const int64_t *)p);
}

static bool
whole_read(const struct db_rows *r, int at, void *p, size_t size)
{
	int64_t v = db_int(r, at);

	(void)size;
	*(int *)p = (int)v;
	return v == *(int *)p;
}

static struct db_arg
whole_bind(const void *p, struct row_args *a)
{
	(void)a;
	return DB_INT(*(const int *)p);
}

static bool
flag_read(const struct db_rows *r, int at, void *p, size_t size)
{
	(void)size;
	*(bool *)p = db_int(r, at) != 0;
	return true;
}

static struct db_arg
flag_bind(const void *p, struct row_args *a)
{
	(void)a;
	return DB_INT(*(const bool *)p);
}

static bool
mac_read(const struct db_rows *r, int at, void *p, size_t size)
{
	const char *t = db_text(r, at);

	(void)size;
	return mac_parse(t, strlen(t), p, NULL);
}

static struct db_arg
mac_bind(const void *p, struct row_args *a)
{
	mac_text(p, a->mac);
	return DB_TEXT(a->mac);
}

/* Words of term.h. */
#define TERM_COLUMN(type)                                                      \
	static bool type##_read(                                               \
	    const struct db_rows *r, int at, void *p, size_t size)             \
	{                                                                      \
		(void)size;                                                    \
		return type##_parse(db_text(r, at), p);                        \
	}                                                                      \
	static struct db_arg type##_bind(const void *p, struct row_args *a)    \
	{                                                                      \
		(void)a;                                                       \
		return DB_TEXT(type##_text(*(const enum type *)p));            \
	}
TERM_COLUMN(security)
TERM_COLUMN(cap_rule)
TERM_COLUMN(lifetime)
TERM_COLUMN(things)
TERM_COLUMN(style)
TERM_COLUMN(binding)
TERM_COLUMN(person_state)
TERM_COLUMN(key_kind)
TERM_COLUMN(key_state)
TERM_COLUMN(device_origin)
TERM_COLUMN(ma_policy)
TERM_COLUMN(voucher_state)
TERM_COLUMN(webhook_state)

/* --- nouns --- */

#define COLUMN(type, kind, member)                                             \
	{#member, kind##_read, kind##_bind, offsetof(struct type, member),     \
	    sizeof(((struct type *)NULL)->member)},
#define NOUN(lower, type, UPPER, set_, remove_)                                \
	static const struct column lower##_columns[] = {                       \
	    COLUMN(type, id, id) UPPER##_COLUMNS(COLUMN){0}};                  \
	const struct row_kind lower##_rows = {sizeof(struct type),             \
	    lower##_columns, SQL_##UPPER##_ADD, set_, SQL_##UPPER##_GET,       \
	    SQL_##UPPER##_ALL, remove_};

NOUN(network, network, NETWORK, SQL_NETWORK_SET, SQL_NETWORK_REMOVE)
NOUN(plan, plan, PLAN, SQL_PLAN_SET, SQL_PLAN_REMOVE)
NOUN(rule, rule, RULE, SQL_RULE_SET, SQL_RULE_REMOVE)
NOUN(person, person, PERSON, SQL_PERSON_SET, SQL_PERSON_REMOVE)
NOUN(key, wifi_key, KEY, SQL_KEY_SET, SQL_KEY_REMOVE)
NOUN(device, device, DEVICE, SQL_DEVICE_SET, SQL_DEVICE_REMOVE)
NOUN(ap, access_point, AP, SQL_AP_SET, SQL_AP_REMOVE)
NOUN(unit, unit, UNIT, SQL_UNIT_SET, SQL_UNIT_REMOVE)
NOUN(voucher, voucher, VOUCHER, SQL_VOUCHER_SET, SQL_COUNT)
NOUN(webhook, webhook, WEBHOOK, SQL_WEBHOOK_SET, SQL_WEBHOOK_REMOVE)
NOUN(visit, visit, VISIT, SQL_VISIT_SET, SQL_COUNT)

void
row_args_add(struct row_args *a, struct db_arg arg)
{
	if (a->n < DB_ARGS_MAX)
		a->v[a->n++] = arg;
	a->v[a->n] = (struct db_arg){.kind = DB_END_};
}

void
row_args(const struct row_kind *k, const void *noun, struct row_args *out)
{
	out->n = 0;
	for (const struct column *c = k->columns; c->name; c++)
		row_args_add(out, c->bind((const char *)noun + c->offset, out));
}

enum err
row_read(const struct row_kind *k, const struct db_rows *r, int *at, void *noun)
{
	bool absent = db_is_null(r, *at);

	memset(noun, 0, k->size);
	for (const struct column *c = k->columns; c->name; c++, (*at)++) {
		if (absent ||
		    c->read(r, *at, (char *)noun + c->offset, c->size))
			continue;
		LOG(ERROR, "store.damaged", LOG_S("column", c->name),
		    LOG_S("id", noun));
		memset(noun, 0, k->size);
		return ERR_CORRUPT;
	}
	return ERR_OK;
}

enum err
row_add(struct store *st, const struct row_kind *k, const void *noun)
{
	struct row_args a;

	row_args(k, noun, &a);
	return store_run(st, k->add, a.v, NULL);
}

enum err
row_set(struct store *st, const struct row_kind *k, const void *noun,
    int64_t *version)
{
	const struct uid *id = noun; /* every noun starts with its id */
	int64_t was = (*version)++, changed;
	struct row_args a;
	bool there;
	enum err e;

	row_args(k, noun, &a);
	row_args_add(&a, DB_INT(was));
	if ((e = store_run(st, k->set, a.v, &changed)) == ERR_OK && !changed) {
		e = store_any(st, k->get, DB_ARGS(DB_TEXT(id->s)), &there);
		if (e == ERR_OK)
			e = there ? ERR_CONFLICT : ERR_NOT_FOUND;
	}
	if (e)
		*version = was;
	return e;
}

enum err
row_one(struct store *st, const struct row_kind *k, enum sql sql,
    const struct db_arg *args, void *noun)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	int at = 0;
	enum err e;

	/* ARGS may point into NOUN */
	if ((e = db_one(st->db, sql, args, &r))) {
		memset(noun, 0, k->size);
		return e;
	}
	return row_read(k, &r, &at, noun);
}

enum err
row_get(struct store *st, const struct row_kind *k, const struct uid *id,
    void *noun)
{
	return row_one(st, k, k->get, DB_ARGS(DB_TEXT(id->s)), noun);
}

enum err
row_remove(struct store *st, const struct row_kind *k, const struct uid *id)
{
	int64_t changed;
	enum err e =
	    store_run(st, k->remove, DB_ARGS(DB_TEXT(id->s)), &changed);

	return e == ERR_OK && !changed ? ERR_NOT_FOUND : e;
}

/* Arrays grow by doubling at powers of two, so no capacity is kept. */
void *
row_more(struct arena *a, void **array, size_t *n, size_t size)
{
	if (*n == 0 || (*n >= 8 && (*n & (*n - 1)) == 0)) {
		void *p = arena_array(a, *n ? *n * 2 : 8, size);

		if (p == NULL)
			return NULL;
		if (*n)
			memcpy(p, *array, *n * size);
		*array = p;
	}
	return (char *)*array + (*n)++ * size;
}

enum err
row_list(struct store *st, const struct row_kind *k, enum sql sql,
    const struct db_arg *args, struct arena *a, void *out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *array = NULL, *p;
	int at;
	enum err e;

	*n = st->left_out = 0;
	memcpy(out, &array, sizeof(array));
	if ((e = db_query(st->db, sql, args, &r)))
		return e;
	while (db_next(&r)) {
		if ((p = row_more(a, &array, n, k->size)) == NULL)
			return ERR_NO_MEMORY;
		at = 0;
		if (row_read(k, &r, &at, p) != ERR_OK) {
			(*n)--; /* logged; the others are still of use */
			st->left_out++;
		}
	}
	memcpy(out, &array, sizeof(array));
	return db_end(&r);
}

enum err
row_ids(struct store *st, enum sql sql, const struct db_arg *args,
    struct arena *a, struct uid **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *array = NULL;
	struct uid *id;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = db_query(st->db, sql, args, &r)))
		return e;
	while (db_next(&r))
		if ((id = row_more(a, &array, n, sizeof(*id))) == NULL)
			return ERR_NO_MEMORY;
		else if (!uid_parse(db_text(&r, 0), id))
			return ERR_CORRUPT;
	*out = array;
	return db_end(&r);
}
