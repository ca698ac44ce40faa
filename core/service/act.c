#include "core/service/act.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/crypt/seal.h"
#include "core/service/chain.h"
#include "core/service/events.h"
#include "core/service/repeat.h"
#include "core/service/reseal.h"

enum {
	FEED_KEEP = 200000, /* changes kept for followers that lag */
	FEED_TRIM_EACH = 1024,
};

bool
call_may(const struct call *c, enum role role)
{
	switch (c->actor.kind) {
	case ACTOR_SYSTEM:
	case ACTOR_CLI:
		return true;
	case ACTOR_PERSON:
	case ACTOR_TOKEN:
		return (c->actor.roles & (1 << role | 1 << ROLE_ADMIN)) != 0;
	case ACTOR_GUEST:
		break;
	}
	return false;
}

struct call
call_system(
    struct store *st, const struct ring *ring, struct arena *arena, int64_t now)
{
	return (struct call){.store = st,
	    .ring = ring,
	    .actor = {.kind = ACTOR_SYSTEM, .name = "system"},
	    .arena = arena,
	    .now = now};
}

enum err
act_need(const struct call *c, int roles)
{
	for (int r = ROLE_PERSON; r <= ROLE_ADMIN; r++)
		if (roles & 1 << r && call_may(c, (enum role)r))
			return ERR_OK;
	return ERR_FORBIDDEN;
}

const char *
act_desk(const struct call *c, int staff)
{
	return act_need(c, staff) == ERR_OK ? "" : c->actor.desk;
}

enum err
act_need_desk(const struct call *c, int staff, const struct uid *plan)
{
	const char *plans = act_desk(c, staff);
	enum err e = act_need(c, staff | 1 << ROLE_DESK);

	if (e == ERR_OK && *plans != '\0' &&
	    (uid_is_none(plan) || strstr(plans, plan->s) == NULL))
		return ERR_NOT_FOUND;
	return e;
}

bool
act_is(const struct call *c, const struct uid *person)
{
	return c->actor.kind == ACTOR_PERSON && !uid_is_none(person) &&
	       uid_same(&c->actor.id, person);
}

enum err
act_begin(struct call *c, struct tx *tx)
{
	enum err e;

	c->why = (struct why){{0}, {0}};
	if ((e = store_write(c->store, tx)))
		return e;
	return reseal_fence(c);
}

enum err
act_end(struct call *c, struct tx *tx)
{
	enum err e = c->once ? repeat_done(c) : ERR_OK;

	return e ? e : store_commit(c->store, tx);
}

static void
actor_text(const struct actor *a, char *out, size_t size)
{
	static const char *const kinds[] = {
	    "system", "cli", "person", "token", "guest"};

	(void)snprintf(out, size, "%s:%s:%s%s%s", kinds[a->kind], a->name,
	    a->id.s, a->from[0] ? "@" : "", a->from);
	/* a name may be cut in the middle of a character */
	if (!text_utf8_ok(out, strlen(out)))
		for (char *p = out; *p; p++)
			if ((unsigned char)*p >= 0x80)
				*p = '?';
}

enum err
act_record(struct call *c, const char *act, enum noun noun,
    const struct uid *id, struct buf *detail)
{
	char actor[160];
	struct chain_row row = {.at = c->now,
	    .actor = actor,
	    .act = act,
	    .noun = noun_text(noun),
	    .id = id ? id->s : "",
	    .detail = "{}"};
	OWN(buf) struct buf closed = BUF(8192);
	enum err e;

	if (detail && detail->err)
		return detail->err;
	actor_text(&c->actor, actor, sizeof(actor));
	if (detail && detail->len) {
		buf_printf(&closed, "{%s}", buf_str(detail));
		if (closed.err)
			return closed.err;
		row.detail = buf_str(&closed);
	}
	if ((e = chain_add(c->store, c->ring, &row)))
		return e;
	return events_tell(c, &(struct event){.type = act,
				  .noun = row.noun,
				  .id = row.id,
				  .detail = row.detail});
}

enum err
act_announce(struct call *c, enum noun noun, const struct uid *id)
{
	int64_t seq;
	enum err e;

	if ((e = store_counter_next(c->store, "change", &seq)))
		return e;
	if (seq % FEED_TRIM_EACH == 0 && seq > FEED_KEEP &&
	    (e = store_run(c->store, SQL_CHANGE_TRIM,
		 DB_ARGS(DB_INT(seq - FEED_KEEP)), NULL)))
		return e;
	return store_run(c->store, SQL_CHANGE_ADD,
	    DB_ARGS(DB_INT(seq), DB_TEXT(noun_text(noun)), DB_TEXT(id->s),
		DB_INT(c->now)),
	    NULL);
}

enum err
act_changed(struct call *c, const char *act, enum noun noun,
    const struct uid *id, struct buf *detail)
{
	enum err e = act_record(c, act, noun, id, detail);

	return e ? e : act_announce(c, noun, id);
}

/* --- details ---------------------------------------------------------------
 */

static void
quoted(struct buf *b, const char *t)
{
	buf_char(b, '"');
	for (; *t; t++) {
		unsigned char u = (unsigned char)*t;

		if (u == '"' || u == '\\') {
			buf_char(b, '\\');
			buf_char(b, *t);
		} else if (u < 0x20 || u == 0x7f)
			buf_printf(b, "\\u%04x", u);
		else
			buf_char(b, *t);
	}
	buf_char(b, '"');
}

void
detail_text(struct buf *b, const char *key, const char *value)
{
	char cut[257];

	text_copy(cut, sizeof(cut), value);
	if (b->len)
		buf_char(b, ',');
	quoted(b, key);
	buf_char(b, ':');
	quoted(b, cut);
}

void
detail_int(struct buf *b, const char *key, int64_t value)
{
	if (b->len)
		buf_char(b, ',');
	quoted(b, key);
	buf_printf(b, ":%lld", (long long)value);
}

/* --- lists ------------------------------------------------------------------
 */

enum err
act_views(struct call *c, enum sql sql, const struct db_arg *args,
    act_reader *read, size_t size, void *out, size_t *n)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	void *list = NULL, *item;
	enum err e;

	memset(out, 0, sizeof(list));
	*n = c->store->left_out = 0;
	if ((e = db_query(c->store->db, sql, args, &r)))
		return e;
	while (db_next(&r)) {
		if ((item = row_more(c->arena, &list, n, size)) == NULL)
			return ERR_NO_MEMORY;
		if ((e = read(c, &r, item)) == ERR_CORRUPT) {
			(*n)--;
			c->store->left_out++;
		} else if (e) {
			return e;
		}
	}
	memcpy(out, &list, sizeof(list));
	return db_end(&r);
}

/* Which statement reads a page, and with what. */
struct page {
	enum sql sql;
	int64_t limit, offset;
};

static enum err
page_of(struct call *c, const struct act_list *l, size_t offset, size_t limit,
    struct page *out)
{
	int64_t all, at = (int64_t)offset;
	enum err e;

	*out = (struct page){l->list, (int64_t)limit, at};
	if (offset < ACT_FAR)
		return ERR_OK;
	if ((e = store_count(c->store, l->count, &all)))
		return e;
	if (at >= all || at <= all / 2)
		return ERR_OK;
	out->sql = l->back;
	if (out->limit > all - at)
		out->limit = all - at;
	out->offset = all - at - out->limit;
	return ERR_OK;
}

enum err
act_page(struct call *c, const struct act_list *l, size_t offset, size_t limit,
    void *out, size_t *n, size_t *total)
{
	struct page p;
	int64_t count;
	enum err e;

	if ((e = page_of(c, l, offset, limit, &p)) ||
	    (e = act_views(c, p.sql, DB_ARGS(DB_INT(p.limit), DB_INT(p.offset)),
		 l->read, l->size, out, n)) ||
	    act_all_listed(c, offset, *n, limit, total))
		return e;
	e = store_count(c->store, l->count, &count);
	*total = (size_t)count;
	return e;
}

/* --- text from outside ------------------------------------------------------
 */

enum err
act_pattern(struct call *c, const char *search, const char **out)
{
	OWN(buf) struct buf b = BUF(1024);

	*out = "";
	if (search == NULL || *search == '\0')
		return ERR_OK;
	buf_char(&b, '%');
	for (; *search; search++) {
		if (*search == '%' || *search == '_' || *search == '!')
			buf_char(&b, '!');
		buf_char(&b, (char)tolower((unsigned char)*search));
	}
	buf_char(&b, '%');
	if (b.err)
		return b.err;
	*out = arena_text(c->arena, buf_str(&b));
	return *out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
act_name(struct call *c, char *name, const char *field, bool may_be_empty)
{
	if (may_be_empty && name[0] == '\0')
		return ERR_OK;
	if (text_name(name, NAME_MAX_))
		return ERR_OK;
	return why_set(&c->why, ERR_BAD_INPUT, field,
	    "Give a name of 1 to %d characters, without control characters.",
	    NAME_MAX_);
}

enum err
act_reason(struct call *c, const char *reason, char out[static 200])
{
	if (reason == NULL)
		reason = "";
	if (strlen(reason) >= 200)
		return why_set(&c->why, ERR_BAD_INPUT, "reason",
		    "Give a reason of at most 199 characters.");
	text_copy(out, 200, reason);
	if (out[0] == '\0' || text_name(out, 199))
		return ERR_OK;
	return why_set(&c->why, ERR_BAD_INPUT, "reason",
	    "Give a reason in one line, without control characters.");
}
