#include "core/service/batches.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/batches_parts.h"
#include "core/service/keys_own.h"
#include "core/service/passes_parts.h"

enum { DAY = 86400 };

const char *const batches_states[] = {[BATCH_RUNNING] = "running",
    [BATCH_DONE] = "done",
    [BATCH_STOPPED] = "stopped"};

/* --- ordering --- */

/* What is wrong with a row, or NULL: looked at as if it were made now. */
static enum err
look(struct call *c, const struct batch_order *o, const struct entitlement *t,
    const char **wrong)
{
	struct passes_ready r;
	enum err e;

	*wrong = o->wrong;
	if (o->wrong != NULL)
		return ERR_OK;
	c->why = (struct why){{0}, {0}};
	e = passes_ready(c, &o->pass, t, &r);
	if (e != ERR_BAD_INPUT)
		return e;
	*wrong = arena_text(
	    c->arena, c->why.text[0] != '\0' ? c->why.text : err_words(e));
	return *wrong == NULL ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
add_row(struct call *c, const struct uid *id, int64_t place,
    const struct batch_order *o, const char *wrong)
{
	const struct pass_order *p = &o->pass;

	return store_run(c->store, SQL_MANY_ROW_ADD,
	    DB_ARGS(DB_TEXT(id->s), DB_INT(place),
		DB_TEXT(wrong == NULL ? "waiting" : "wrong"), DB_TEXT(p->name),
		DB_TEXT(p->room), DB_TEXT(p->mail), DB_TEXT(p->language),
		DB_INT(p->arrival), DB_INT(p->departure),
		DB_TEXT(wrong == NULL ? "" : wrong), DB_INT(p->devices_max)),
	    NULL);
}

static enum err
add_rows(struct call *c, const struct uid *id, const struct batch_order *rows,
    const char *const *wrong, size_t n)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = add_row(c, id, (int64_t)i + 1, &rows[i], wrong[i]);
	return e;
}

static enum err
add(struct call *c, struct batch *b, const struct uid *plan,
    const struct batch_order *rows, const char *const *wrong)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "name", b->title);
	detail_int(&d, "rows", b->total);
	if ((e = act_begin(c, &tx)) ||
	    (e = store_run(c->store, SQL_MANY_PURGE,
		 DB_ARGS(DB_INT(c->now - (int64_t)BATCHES_KEPT * DAY)),
		 NULL)) ||
	    (e = store_run(c->store, SQL_MANY_ADD,
		 DB_ARGS(DB_TEXT(b->id.s), DB_TEXT(b->title), DB_TEXT(plan->s),
		     DB_TEXT(c->actor.id.s), DB_INT(b->total), DB_INT(c->now)),
		 NULL)) ||
	    (e = add_rows(c, &b->id, rows, wrong, (size_t)b->total)) ||
	    (e = act_record(c, "batch.make", NOUN_PASS, &b->id, &d)) ||
	    /* before the end: what is done must not be told as a failure */
	    (e = batches_get(c, &b->id, b)))
		return e;
	return act_end(c, &tx);
}

enum err
batches_make(struct call *c, const char *title, const struct uid *plan,
    const struct batch_order *rows, size_t n, struct batch *out)
{
	const char **wrong = arena_array(c->arena, n + 1, sizeof(*wrong));
	char name[4 * NAME_MAX_];
	struct entitlement t;
	enum err e;

	*out = (struct batch){.id = uid_new(), .total = (int64_t)n};
	c->why = (struct why){{0}, {0}};
	if (wrong == NULL)
		return ERR_NO_MEMORY;
	if ((e = act_need(c, ACT_DESK)) || (e = passes_preset(c, plan, &t)))
		return e;
	if (n == 0 || n > BATCHES_ROWS)
		return why_set(&c->why, ERR_BAD_INPUT, "rows",
		    "A batch has 1 to 5000 guests.");
	text_copy(name, sizeof(name), title);
	if ((e = act_name(c, name, "title", false)))
		return e;
	text_copy(out->title, sizeof(out->title), name);
	for (size_t i = 0; i < n; i++)
		if ((e = look(c, &rows[i], &t, &wrong[i])))
			return e;
	return add(c, out, &t.plan.id, rows, wrong);
}

/* --- looking --- */

/* Columns of BATCH_VIEW. */
static void
read_batch(const struct db_rows *r, struct batch *b)
{
	const char *state = db_text(r, 2);

	*b = (struct batch){.state = BATCH_STOPPED,
	    .total = db_int(r, 3),
	    .created = db_int(r, 4),
	    .ended = db_int(r, 5),
	    .made = db_int(r, 7),
	    .wrong = db_int(r, 8)};
	(void)uid_parse(db_text(r, 0), &b->id);
	text_copy(b->title, sizeof(b->title), db_text(r, 1));
	text_copy(b->why, sizeof(b->why), db_text(r, 6));
	text_copy(b->owner, sizeof(b->owner), db_text(r, 9));
	(void)uid_parse(db_text(r, 10), &b->plan);
	for (int i = 0;
	     i < (int)(sizeof(batches_states) / sizeof(*batches_states)); i++)
		if (strcmp(batches_states[i], state) == 0)
			b->state = (enum batch_state)i;
}

enum err
batches_get(struct call *c, const struct uid *id, struct batch *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	if ((e = act_need(c, ACT_DESK)) ||
	    (e = db_one(
		 c->store->db, SQL_MANY_GET, DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	read_batch(&r, out);
	if ((e = db_end(&r)) || (e = act_need_desk(c, ACT_STAFF, &out->plan)))
		*out = (struct batch){.total = 0};
	return e;
}

enum err
batches_list(struct call *c, size_t limit, struct batch **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*n = 0;
	if ((*out = arena_array(c->arena, limit + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = act_need(c, ACT_DESK)) ||
	    (e = db_query(c->store->db, SQL_MANY_LIST,
		 DB_ARGS(DB_INT(limit), DB_TEXT(act_desk(c, ACT_STAFF))), &r)))
		return e;
	while (*n < limit && db_next(&r))
		read_batch(&r, &(*out)[(*n)++]);
	return db_end(&r);
}

static bool
read_row(struct call *c, const struct db_rows *r, struct batch_row *out)
{
	*out = (struct batch_row){.place = db_int(r, 0),
	    .name = arena_text(c->arena, db_text(r, 1)),
	    .room = arena_text(c->arena, db_text(r, 2)),
	    .mail = arena_text(c->arena, db_text(r, 3)),
	    .language = arena_text(c->arena, db_text(r, 4)),
	    .arrival = db_int(r, 5),
	    .departure = db_int(r, 6),
	    .wrong = arena_text(c->arena, db_text(r, 7)),
	    .devices_max = (int)db_int(r, 8)};
	return out->name != NULL && out->room != NULL && out->mail != NULL &&
	       out->language != NULL && out->wrong != NULL;
}

enum err
batches_rows(struct call *c, const struct uid *id, const char *state,
    size_t limit, struct batch_row **out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*n = 0;
	if ((*out = arena_array(c->arena, limit + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = db_query(c->store->db, SQL_MANY_ROWS,
		 DB_ARGS(DB_TEXT(id->s), DB_TEXT(state), DB_INT(limit)), &r)))
		return e;
	while (*n < limit && db_next(&r))
		if (!read_row(c, &r, &(*out)[(*n)++]))
			return ERR_NO_MEMORY;
	return db_end(&r);
}

enum err
batches_wrong(struct call *c, const struct uid *id, size_t limit,
    struct batch_row **out, size_t *n)
{
	struct batch b;
	enum err e = batches_get(c, id, &b);

	*n = 0;
	return e != ERR_OK ? e : batches_rows(c, id, "wrong", limit, out, n);
}

enum err
batches_stop(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct batch b;
	int64_t changed = 0;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = batches_get(c, id, &b)) ||
	    (e = store_run(c->store, SQL_MANY_END,
		 DB_ARGS(DB_TEXT(batches_states[BATCH_STOPPED]), DB_INT(c->now),
		     DB_TEXT(""), DB_TEXT(id->s)),
		 &changed)))
		return e;
	if (changed == 0)
		return ERR_BAD_STATE;
	if ((e = act_record(c, "batch.stop", NOUN_PASS, id, NULL)))
		return e;
	return act_end(c, &tx);
}

enum err
batches_keys(struct call *c, const struct uid *id, size_t offset, size_t limit,
    struct key_view **out, size_t *n)
{
	struct batch b;
	enum err e = batches_get(c, id, &b);

	*out = NULL;
	*n = 0;
	return e != ERR_OK
		   ? e
		   : keys_views(c, SQL_MANY_KEYS,
			 DB_ARGS(DB_TEXT(id->s), DB_INT(limit), DB_INT(offset)),
			 out, n);
}

enum err
batches_names(struct call *c, const struct uid *id,
    enum err (*each)(void *of, const char *name, const char *room), void *of)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	struct batch b;
	enum err e;

	if ((e = batches_get(c, id, &b)) ||
	    (e = db_query(
		 c->store->db, SQL_MANY_NAMES, DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	while (db_next(&r))
		if ((e = each(of, db_text(&r, 0), db_text(&r, 1))))
			return e;
	return db_end(&r);
}
