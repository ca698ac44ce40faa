/* The record of acts, by what is looked for. */
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/audit.h"

enum { LIST_MAX = 1000 };

static enum err
take(struct call *c, const struct db_rows *r, struct audit_row *out)
{
	out->seq = db_int(r, 0);
	out->at = db_int(r, 1);
	text_copy(out->actor, sizeof(out->actor), db_text(r, 2));
	text_copy(out->act, sizeof(out->act), db_text(r, 3));
	(void)noun_parse(db_text(r, 4), &out->noun);
	(void)uid_parse(db_text(r, 5), &out->id);
	out->detail = arena_text(c->arena, db_text(r, 6));
	return out->detail ? ERR_OK : ERR_NO_MEMORY;
}

/* The statement that begins with what is rarest. */
static enum sql
way(const struct audit_filter *f)
{
	if (!uid_is_none(&f->what))
		return SQL_AUDIT_FIND_ID;
	if (f->act && f->act[0])
		return SQL_AUDIT_FIND_ACT;
	return f->from || f->until ? SQL_AUDIT_FIND_DAYS : SQL_AUDIT_FIND;
}

static enum err
ask(struct call *c, const struct audit_filter *f, struct db_rows *r)
{
	const char *like;
	enum err e = act_pattern(c, f->search, &like);

	if (e != ERR_OK)
		return e;
	return db_query(c->store->db, way(f),
	    DB_ARGS(DB_INT(f->before ? f->before : INT64_MAX),
		DB_TEXT(f->act ? f->act : ""), DB_TEXT(f->what.s),
		DB_TEXT(like), DB_INT(f->from),
		DB_INT(f->until ? f->until : INT64_MAX),
		DB_INT(f->limit < LIST_MAX ? f->limit : LIST_MAX)),
	    r);
}

enum err
audit_find(struct call *c, const struct audit_filter *f, struct audit_row **out,
    size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *rows = NULL;
	struct audit_row *row;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, 1 << ROLE_AUDITOR | ACT_ADMIN)) ||
	    (e = ask(c, f, &r)))
		return e;
	while (db_next(&r)) {
		if ((row = row_more(c->arena, &rows, n, sizeof(*row))) == NULL)
			return ERR_NO_MEMORY;
		if ((e = take(c, &r, row)))
			return e;
	}
	*out = rows;
	return db_end(&r);
}

enum err
audit_list(struct call *c, const char *act, const struct uid *what,
    int64_t before, size_t limit, struct audit_row **out, size_t *n)
{
	struct audit_filter f = {.act = act, .before = before, .limit = limit};

	if (what != NULL)
		f.what = *what;
	return audit_find(c, &f, out, n);
}
