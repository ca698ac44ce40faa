#include "core/service/life.h"

#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/model/schedule.h"
#include "core/model/zone.h"
#include "core/service/act.h"
#include "core/service/audit.h"
#include "core/service/disconnects.h"
#include "core/service/notices.h"
#include "core/service/quotas.h"
#include "core/service/repeat.h"
#include "core/service/rotations.h"
#include "core/service/turn.h"

#define DAY INT64_C(86400)

const struct life_policy life_usual = {
    .unused_guest = 7 * DAY,
    .ended = 90 * DAY,
    .visits = 180 * DAY,
    .outbox = 30 * DAY,
    .stale = DAY,
    .session = 30 * DAY,
};

/* --- which time has passed --- */

struct span {
	int64_t from, to; /* things at from < t <= to are due */
};

/* The span to look at; none (from == to) while the clock is in doubt. */
static enum err
span_of(struct call *c, struct span *s, bool *doubt)
{
	int64_t last, jumped;
	enum err e;

	if ((e = store_counter_get(c->store, "tick", &last)) ||
	    (e = store_counter_get(c->store, "doubt", &jumped)))
		return e;
	if (c->now < last && last - c->now <= TURN_SKEW)
		return ERR_OK; /* another machine's clock is ahead of ours */
	if (last == 0 || c->now < last) /* the first one, or set back */
		return store_counter_set(c->store, "tick", c->now);
	if (c->now - last > LIFE_JUMP && jumped == 0) {
		LOG(WARN, "life.clock-jumped", LOG_I("seconds", c->now - last));
		*doubt = true;
		return store_counter_set(c->store, "doubt", c->now);
	}
	if (jumped != 0 && c->now < jumped) /* it went back again */
		return store_counter_set(c->store, "doubt", 0);
	if (jumped != 0 && c->now - jumped < LIFE_DOUBT) {
		*doubt = true;
		return ERR_OK;
	}
	s->from = last;
	return jumped ? store_counter_set(c->store, "doubt", 0) : ERR_OK;
}

static enum err
since(struct call *c, const struct life_policy *p, struct span *s,
    struct life_done *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	bool mine;
	enum err e;

	*s = (struct span){0, 0};
	if ((e = act_begin(c, &tx)))
		return e;
	if (p->clock)
		c->now = p->clock();
	*s = (struct span){c->now, c->now};
	if ((e = turn_take(c, "life", &mine)))
		return e;
	out->elsewhere = !mine;
	if (mine && (e = span_of(c, s, &out->doubt)))
		return e;
	return act_end(c, &tx);
}

/* Begins a transaction, if the turn and the span are still ours: CONFLICT when
 * this was held up so long that somebody else did it. */
static enum err
resume(struct call *c, const struct span *s, struct tx *tx)
{
	int64_t last = 0;
	bool mine = false;
	enum err e;

	if ((e = act_begin(c, tx)) || (e = turn_take(c, "life", &mine)) ||
	    (e = store_counter_get(c->store, "tick", &last)))
		return e;
	return mine && last == s->from ? ERR_OK : ERR_CONFLICT;
}

/* --- keys that start or end --- */

static enum err
end_key(struct call *c, const struct wifi_key *k)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_int(&d, "not_after", k->not_after);
	if ((e = disconnects_queue_key(c, &k->id)))
		return e;
	return act_changed(c, "key.expire", NOUN_KEY, &k->id, &d);
}

static enum err
start_key(struct call *c, const struct wifi_key *k)
{
	return act_announce(c, NOUN_KEY, &k->id);
}

/* In batches, as five thousand may end in one second. What a batch did is kept
 * when a later one fails; doing it again then does no harm. */
static enum err
keys_due(struct call *c, enum sql sql, const struct span *s,
    enum err (*each)(struct call *c, const struct wifi_key *k), size_t *done)
{
	const char *after = "";
	struct wifi_key *k;
	size_t n;
	enum err e;

	do {
		OWN(tx) struct tx tx = TX_NONE;

		if ((e = resume(c, s, &tx)) ||
		    (e = row_list(c->store, &key_rows, sql,
			 DB_ARGS(DB_INT(s->from), DB_INT(s->to), DB_TEXT(after),
			     DB_INT(LIFE_BATCH)),
			 c->arena, &k, &n)))
			return e;
		for (size_t i = 0; i < n; i++)
			if ((e = each(c, &k[i])))
				return e;
		if ((e = act_end(c, &tx)))
			return e;
		*done += n;
		if (n)
			after = k[n - 1].id.s;
	} while (n == LIFE_BATCH);
	return ERR_OK;
}

/* --- plans whose hours begin or end --- */

/* Did an edge of its schedule pass, and is it shut now? */
static enum err
edge(struct call *c, const struct plan *p, const struct span *s, bool *passed,
    bool *shut)
{
	const struct zone *z = NULL;
	struct schedule hours;
	struct network n;
	int64_t at;
	enum err e;

	*passed = *shut = false;
	if ((e = row_get(c->store, &network_rows, &p->network, &n)))
		return e;
	if (schedule_parse(p->schedule, &hours, NULL) || hours.always ||
	    zone_get(n.time_zone, &z))
		return ERR_OK; /* a damaged row is not acted on */
	at = schedule_edge(&hours, s->from, zone_offset, z);
	*passed = at != 0 && at <= s->to;
	*shut = !schedule_allows(&hours, s->to, zone_offset, z);
	return ERR_OK;
}

static enum err
plans_due(struct call *c, const struct span *s, size_t *done)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct plan *p;
	bool passed, shut;
	size_t n;
	enum err e;

	if ((e = resume(c, s, &tx)) ||
	    (e = row_list(c->store, &plan_rows, SQL_PLAN_HOURS, DB_NO_ARGS,
		 c->arena, &p, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if ((e = edge(c, &p[i], s, &passed, &shut)))
			return e;
		if (!passed)
			continue;
		++*done;
		if ((shut && (e = disconnects_queue_plan(c, &p[i].id))) ||
		    (e = act_announce(c, NOUN_PLAN, &p[i].id)))
			return e;
	}
	return *done ? act_end(c, &tx) : ERR_OK;
}

/* --- people whose state was planned --- */

static enum err
next_state(struct call *c, struct person *p)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if ((e = db_one(
		 c->store->db, SQL_PERSON_NEXT, DB_ARGS(DB_TEXT(p->id.s)), &r)))
		return e;
	if (!person_state_parse(db_text(&r, 0), &p->state))
		return ERR_CORRUPT;
	text_copy(p->state_reason, sizeof(p->state_reason), db_text(&r, 1));
	p->state_since = c->now;
	detail_text(&d, "to", person_state_text(p->state));
	detail_text(&d, "reason", p->state_reason);
	if ((e = db_end(&r)) ||
	    (e = row_set(c->store, &person_rows, p, &p->version)) ||
	    (e = store_run(c->store, SQL_PERSON_NEXT_SET,
		 DB_ARGS(DB_TEXT(p->id.s), DB_TEXT(""), DB_TEXT(""), DB_INT(0)),
		 NULL)) ||
	    (p->state != PERSON_ACTIVE &&
		(e = disconnects_queue_person(c, &p->id))))
		return e;
	return act_changed(c, "person.state", NOUN_PERSON, &p->id, &d);
}

static enum err
people_due(struct call *c, const struct span *s, size_t *done)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct person *p;
	size_t n;
	enum err e;

	if ((e = resume(c, s, &tx)) ||
	    (e = row_list(c->store, &person_rows, SQL_PERSON_DUE,
		 DB_ARGS(DB_INT(c->now)), c->arena, &p, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = next_state(c, &p[i])))
			return e;
	*done = n;
	return n ? act_end(c, &tx) : ERR_OK;
}

static enum err
rechecks_due(struct call *c, const struct life_policy *p, const struct span *s,
    size_t *done)
{
	OWN(tx) struct tx tx = TX_NONE;
	size_t n = 0;
	enum err e;

	if ((e = resume(c, s, &tx)) ||
	    (e = recheck_due(c, p->recheck, p->nrecheck, &n)))
		return e;
	*done += n;
	return n ? act_end(c, &tx) : ERR_OK;
}

/* --- what is too old --- */

static int64_t
before(const struct call *c, int64_t age)
{
	return age ? c->now - age : 0;
}

static enum err
purge_keys(struct call *c, const struct life_policy *p, size_t *done)
{
	struct uid *key;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, SQL_KEY_PURGE,
		 DB_ARGS(DB_INT(before(c, p->unused_guest)),
		     DB_INT(before(c, p->ended)), DB_INT(LIFE_BATCH)),
		 c->arena, &key, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = row_remove(c->store, &key_rows, &key[i])) ||
		    (e = act_changed(c, "key.purge", NOUN_KEY, &key[i], NULL)))
			return e;
	*done = n;
	return n ? store_run(c->store, SQL_LEASE_FREE, DB_NO_ARGS, NULL)
		 : ERR_OK;
}

static enum err
old_rows(struct call *c, const struct life_policy *p)
{
	const struct {
		enum sql sql;
		int64_t age;
	} all[] = {{SQL_VISIT_PURGE, p->visits}, {SQL_DEVICE_PURGE, p->visits},
	    {SQL_OUTBOX_PURGE, p->outbox}, {SQL_SESSION_PURGE, p->session},
	    {SQL_IDEMPOTENCY_PURGE, REPEAT_KEEP}};
	enum err e;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].age &&
		    (e = store_run(c->store, all[i].sql,
			 DB_ARGS(DB_INT(c->now - all[i].age)), NULL)))
			return e;
	return ERR_OK;
}

static enum err
sweep(struct call *c, const struct life_policy *p, const struct span *s,
    struct life_done *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	int64_t stale = 0;
	enum err e;

	if ((e = resume(c, s, &tx)))
		return e;
	/* once a minute is often enough */
	if (s->from / 60 != s->to / 60) {
		if ((p->stale &&
			(e = store_run(c->store, SQL_VISIT_CLOSE_STALE,
			     DB_ARGS(DB_INT(c->now - p->stale)), &stale))) ||
		    (e = purge_keys(c, p, &out->purged)) ||
		    (p->audit && (e = audit_trim(c, c->now - p->audit))) ||
		    (e = old_rows(c, p)))
			return e;
		out->stale = (size_t)stale;
	}
	if ((e = store_counter_set(c->store, "tick", s->to)))
		return e;
	return act_end(c, &tx);
}

static enum err
letters_due(struct call *c, const struct span *s, size_t *done)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = resume(c, s, &tx)) ||
	    (e = notices_due(c, s->from, s->to, done)))
		return e;
	return *done ? act_end(c, &tx) : ERR_OK;
}

static enum err
all_due(struct call *c, const struct life_policy *p, const struct span *s,
    struct life_done *out)
{
	enum err e;

	if ((e = keys_due(c, SQL_KEY_STARTING, s, start_key, &out->started)) ||
	    (e = keys_due(c, SQL_KEY_ENDING, s, end_key, &out->ended)) ||
	    (e = keys_due(c, SQL_QUOTA_OVER, s, quotas_back, &out->quotas)) ||
	    (e = plans_due(c, s, &out->plans)) ||
	    (e = people_due(c, s, &out->people)) ||
	    (e = rechecks_due(c, p, s, &out->people)) ||
	    (e = letters_due(c, s, &out->letters)) ||
	    (e = rotations_due(c, &out->rotated)))
		return e;
	return sweep(c, p, s, out);
}

enum err
life_tick(
    struct call *c, const struct life_policy *policy, struct life_done *out)
{
	struct span s;
	enum err e;

	*out = (struct life_done){0};
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if (policy == NULL)
		policy = &life_usual;
	if ((e = since(c, policy, &s, out)) || s.from == s.to)
		return e;
	e = all_due(c, policy, &s, out);
	out->elsewhere = e == ERR_CONFLICT;
	return e == ERR_CONFLICT ? ERR_OK : e;
}
