/*
 * act.h - what every service does around its change
 *
 * For the files of this folder only:
 *
 *	OWN(tx) struct tx tx = TX_NONE;
 *
 *	if ((e = act_begin(c, &tx)) || (e = change(c)) ||
 *	    (e = act_record(c, "key.rename", NOUN_KEY, &id, NULL)) ||
 *	    (e = act_announce(c, NOUN_KEY, &id)))
 *		return e;
 *	return act_end(c, &tx);
 */
#pragma once

#include "core/base/buf.h"
#include "core/service/call.h"
#include "core/store/row.h"

/* Clears c->why and begins a transaction that writes. */
MUST_USE enum err act_begin(struct call *c, struct tx *tx);

/* Writes the audit row. DETAIL may be NULL. */
MUST_USE enum err act_record(struct call *c, const char *act, enum noun noun,
    const struct uid *id, struct buf *detail);

/* Tells followers of the feed that NOUN ID changed. */
MUST_USE enum err
act_announce(struct call *c, enum noun noun, const struct uid *id);

/* Both of the above. */
MUST_USE enum err act_changed(struct call *c, const char *act, enum noun noun,
    const struct uid *id, struct buf *detail);

/* Commits: on disk when it says OK. What is to be done once (C->once) is done
 * from then on. */
MUST_USE enum err act_end(struct call *c, struct tx *tx);

/* FORBIDDEN unless the actor has one of ROLES (set of 1 << role). */
MUST_USE enum err act_need(const struct call *c, int roles);
#define ACT_ADMIN (1 << ROLE_ADMIN)
#define ACT_STAFF (1 << ROLE_OPERATOR | 1 << ROLE_ADMIN)
#define ACT_DESK (ACT_STAFF | 1 << ROLE_DESK)
#define ACT_READ (ACT_STAFF | 1 << ROLE_AUDITOR)

/* May the actor look after the guests of PLAN? Who has one of STAFF may
 * (ACT_STAFF or more), and a front desk that is for them; another has
 * NOT_FOUND, and who is no front desk FORBIDDEN (G-06). */
MUST_USE enum err
act_need_desk(const struct call *c, int staff, const struct uid *plan);

/* The plans whose guests the actor may look after, for statements: "" for all.
 * They stand in it as in struct person. */
const char *act_desk(const struct call *c, int staff);

/* Is the actor this person? */
bool act_is(const struct call *c, const struct uid *person);

/* A buffer for a detail, and members for it: "key":"value". */
#define DETAIL BUF(4096)
void detail_text(struct buf *b, const char *key, const char *value);
void detail_int(struct buf *b, const char *key, int64_t value);

/* All rows of SQL as an array in the arena: *OUT points to N items of SIZE
 * octets, each from one row by READ. A row that READ finds CORRUPT, and has
 * logged, is left out. */
typedef enum err
act_reader(struct call *c, const struct db_rows *r, void *item);
MUST_USE enum err
act_views(struct call *c, enum sql sql, const struct db_arg *args,
    act_reader *read, size_t size, void *out, size_t *n);

/* `%text%` for a LIKE with ESCAPE '!'; "" stays "". In the arena. TOO_BIG when
 * nobody searches for that much. */
MUST_USE enum err
act_pattern(struct call *c, const char *search, const char **out);

/* Does the list of N that was just read, from OFFSET and of at most LIMIT, show
 * where all end? Then TOTAL is how many there are, and need not be counted. */
static inline bool
act_all_listed(
    const struct call *c, size_t offset, size_t n, size_t limit, size_t *total)
{
	size_t rows = n + c->store->left_out;

	*total = offset + rows;
	return rows < limit && (rows > 0 || offset == 0);
}

/* A list of all that COUNT counts: its statement and that from the other end,
 * both of a limit and an offset only; READ and SIZE as act_views() wants them.
 */
struct act_list {
	enum sql list, back, count;
	act_reader *read;
	size_t size;
};

/* Its page of LIMIT from OFFSET, as act_views(), and in TOTAL how many all are.
 * What is far in the second half is read from the other end. */
enum { ACT_FAR = 4000 }; /* rows to pass over that are worth a count */
MUST_USE enum err act_page(struct call *c, const struct act_list *l,
    size_t offset, size_t limit, void *out, size_t *n, size_t *total);

/* A name typed by a person, checked and trimmed in place; W names FIELD. */
MUST_USE enum err
act_name(struct call *c, char *name, const char *field, bool may_be_empty);

/* A reason shown to people: one line of text, "" allowed. */
MUST_USE enum err
act_reason(struct call *c, const char *reason, char out[static 200]);
