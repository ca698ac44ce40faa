#include "core/service/recheck.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"

static enum err
set_due(struct call *c, const struct uid *person, int64_t at)
{
	return store_run(c->store, SQL_PERSON_RECHECK_SET,
	    DB_ARGS(DB_TEXT(person->s), DB_INT(at)), NULL);
}

static enum err
announce_due(struct call *c, const struct person *p, int64_t at)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_int(&d, "until", at);
	if ((e = store_run(c->store, SQL_PERSON_RECHECK_BY,
		 DB_ARGS(DB_TEXT(p->id.s), DB_INT(at)), NULL)))
		return e;
	return act_record(c, "person.signed-out", NOUN_PERSON, &p->id, &d);
}

enum err
recheck_signed_out(struct call *c, const char *issuer, const char *subject,
    const char *sid, int64_t within, size_t *n)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct person *p;
	enum err e;

	*n = 0;
	if (within <= 0)
		return ERR_OK;
	if ((e = act_begin(c, &tx)) ||
	    (e = row_list(c->store, &person_rows, SQL_PERSON_SIGNED_OUT,
		 DB_ARGS(DB_TEXT(issuer), DB_TEXT(subject), DB_TEXT(sid)),
		 c->arena, &p, n)))
		return e;
	for (size_t i = 0; i < *n; i++)
		if ((e = announce_due(c, &p[i], c->now + within)))
			return e;
	return *n ? act_end(c, &tx) : ERR_OK;
}

enum err
recheck_signed_in(struct call *c, struct person *p)
{
	if (p->state == PERSON_SUSPENDED &&
	    strcmp(p->state_reason, RECHECK_REASON) == 0) {
		p->state = PERSON_ACTIVE;
		p->state_since = c->now;
		p->state_reason[0] = '\0';
	}
	return set_due(c, &p->id, 0);
}

static enum err
suspend(struct call *c, struct person *p)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	p->state = PERSON_SUSPENDED;
	p->state_since = c->now;
	text_copy(p->state_reason, sizeof(p->state_reason), RECHECK_REASON);
	detail_text(&d, "to", person_state_text(p->state));
	detail_text(&d, "reason", p->state_reason);
	detail_int(&d, "last_sign_in", p->last_sign_in);
	if ((e = row_set(c->store, &person_rows, p, &p->version)) ||
	    (e = set_due(c, &p->id, 0)) ||
	    (e = disconnects_queue_person(c, &p->id)) ||
	    (e = store_run(c->store, SQL_SESSION_END_PERSON,
		 DB_ARGS(DB_TEXT(p->id.s)), NULL)))
		return e;
	return act_changed(c, "person.state", NOUN_PERSON, &p->id, &d);
}

enum err
recheck_now(struct call *c, const struct uid *person)
{
	struct person p;
	enum err e = row_get(c->store, &person_rows, person, &p);

	return e || p.state != PERSON_ACTIVE ? e : suspend(c, &p);
}

static enum err
suspend_all(
    struct call *c, enum sql sql, const struct db_arg *args, size_t *done)
{
	struct person *p;
	size_t n;
	enum err e =
	    row_list(c->store, &person_rows, sql, args, c->arena, &p, &n);

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = suspend(c, &p[i]);
	*done += e ? 0 : n;
	return e;
}

enum err
recheck_due(struct call *c, const struct recheck *all, size_t nall, size_t *n)
{
	enum err e = suspend_all(c, SQL_PERSON_RECHECK_DUE,
	    DB_ARGS(DB_INT(c->now), DB_INT(RECHECK_BATCH)), n);

	for (size_t i = 0; i < nall && e == ERR_OK; i++)
		if (all[i].absent > 0)
			e = suspend_all(c, SQL_PERSON_ABSENT,
			    DB_ARGS(DB_TEXT(all[i].issuer),
				DB_INT(c->now - all[i].absent),
				DB_INT(RECHECK_BATCH)),
			    n);
	return e;
}
