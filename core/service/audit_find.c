/* The record of acts, by what is looked for. */
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/audit.h"

enum { LIST_MAX = 1000 };
_Static_assert((int)AUDIT_LOOK > (int)LIST_MAX, "looks past one page");

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
	bool days = f->from != 0 || f->until != 0;

	if (!uid_is_none(&f->what))
		return SQL_AUDIT_FIND_ID;
	if (f->act && f->act[0])
		return days ? SQL_AUDIT_FIND_ACT_DAYS : SQL_AUDIT_FIND_ACT;
	return days ? SQL_AUDIT_FIND_DAYS : SQL_AUDIT_FIND;
}

/* Which of the rows a statement leads to: those behind BEFORE, which is of AT
 * where they are in the order of time. */
struct part {
	int64_t before, at;
	size_t look, limit, offset;
};

static enum err
ask(struct call *c, const struct audit_filter *f, const struct part *p,
    struct db_rows *r)
{
	const char *like;
	enum err e = act_pattern(c, f->search, &like);

	if (e != ERR_OK)
		return e;
	return db_query(c->store->db, way(f),
	    DB_ARGS(DB_INT(p->before), DB_TEXT(f->act ? f->act : ""),
		DB_TEXT(f->what.s), DB_TEXT(like), DB_INT(f->from),
		DB_INT(f->until ? f->until : INT64_MAX), DB_INT(p->look),
		DB_INT(p->at), DB_INT(p->limit), DB_INT(p->offset)),
	    r);
}

static enum err
rows_of(struct call *c, const struct audit_filter *f, const struct part *p,
    struct audit_row **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *rows = NULL;
	struct audit_row *row;
	enum err e;

	*n = 0;
	if ((e = ask(c, f, p, &r)))
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

/* The last row that was looked at when P found too few: of all that the same
 * statement leads to, whatever else was asked. */
static enum err
reached(struct call *c, const struct audit_filter *f, const struct part *p,
    struct audit_row **out, size_t *n)
{
	struct part last = *p;
	struct audit_filter any = *f;

	last.limit = 1;
	last.offset = p->look - 1;
	any.search = NULL;
	if (!uid_is_none(&f->what)) {
		any.act = NULL;
		any.from = any.until = 0;
	}
	return rows_of(c, &any, &last, out, n);
}

/* Whether more is asked of a row than that the statement leads to it. */
static bool
picks(const struct audit_filter *f)
{
	return (f->search && f->search[0]) ||
	       (way(f) == SQL_AUDIT_FIND_ID &&
		   ((f->act && f->act[0]) || f->from || f->until));
}

static bool
by_time(const struct audit_filter *f)
{
	return way(f) == SQL_AUDIT_FIND_DAYS ||
	       way(f) == SQL_AUDIT_FIND_ACT_DAYS;
}

/* NOT_FOUND when the row to go on from is gone, and all behind it. */
static enum err
part_in_time(struct call *c, const struct audit_filter *f, struct part *p)
{
	int64_t until = f->until ? f->until : INT64_MAX;
	enum err e = ERR_OK;

	if (f->before)
		e = store_number(
		    c->store, SQL_AUDIT_AT, DB_ARGS(DB_INT(f->before)), &p->at);
	if (p->at >= until) {
		p->at = until;
		p->before = 0; /* no number is less */
	}
	return e;
}

static enum err
part_of(struct call *c, const struct audit_filter *f, struct part *out)
{
	size_t limit = f->limit < LIST_MAX ? f->limit : LIST_MAX;

	*out = (struct part){.before = f->before ? f->before : INT64_MAX,
	    .at = INT64_MAX,
	    .look = picks(f) ? AUDIT_LOOK : limit,
	    .limit = limit};
	return by_time(f) ? part_in_time(c, f, out) : ERR_OK;
}

enum err
audit_find(struct call *c, const struct audit_filter *f, struct audit_row **out,
    size_t *n, struct audit_more *more)
{
	struct audit_row *end;
	struct part p;
	size_t ends;
	enum err e;

	*out = NULL;
	*n = 0;
	*more = (struct audit_more){0};
	if ((e = act_need(c, 1 << ROLE_AUDITOR | ACT_ADMIN)))
		return e;
	if ((e = part_of(c, f, &p)))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	if ((e = rows_of(c, f, &p, out, n)))
		return e;
	end = *out;
	ends = *n;
	if (ends < p.limit && p.look > p.limit &&
	    (e = reached(c, f, &p, &end, &ends)))
		return e;
	if (ends > 0 && (*n == p.limit || p.look > p.limit))
		*more = (struct audit_more){
		    end[ends - 1].seq, end[ends - 1].at, *n < p.limit};
	return ERR_OK;
}

enum err
audit_list(struct call *c, const char *act, const struct uid *what,
    int64_t before, size_t limit, struct audit_row **out, size_t *n)
{
	struct audit_filter f = {.act = act, .before = before, .limit = limit};
	struct audit_more more;

	if (what != NULL)
		f.what = *what;
	return audit_find(c, &f, out, n, &more);
}
