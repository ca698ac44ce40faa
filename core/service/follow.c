#include "core/service/follow.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/entitle.h"
#include "core/service/pools.h"
#include "core/service/quotas.h"

enum { SCRATCH = 8 << 20 };

/* The plans of PERSON today, in an arena of IN. */
static enum err
plans_of(struct call *in, const struct uid *person, struct entitlement **list,
    size_t *n)
{
	struct person p;
	struct facts f;
	enum err e;

	if ((e = row_get(in->store, &person_rows, person, &p)) ||
	    (e = entitle_facts(in, &p, &f)))
		return e;
	return entitle_plans(in, &f, list, n);
}

enum err
follow_begin(struct call *c, const struct uid *person, struct follow *f)
{
	OWN(arena) struct arena *scratch = arena_new(SCRATCH);
	struct call in = *c;
	struct entitlement *list;
	size_t n;
	enum err e;

	*f = (struct follow){.person = *person};
	if ((in.arena = scratch) == NULL)
		return ERR_NO_MEMORY;
	if ((e = plans_of(&in, person, &list, &n)))
		return e;
	if ((f->had = calloc(n + 1, sizeof(*f->had))) == NULL)
		return ERR_NO_MEMORY;
	for (f->n = 0; f->n < n; f->n++) {
		f->had[f->n].network = list[f->n].network.id;
		f->had[f->n].plan = list[f->n].plan.id;
	}
	return ERR_OK;
}

/* --- one password --- */

struct now {
	struct entitlement *list;
	size_t n;
};

static const struct plan *
best(const struct now *now, const struct uid *network)
{
	for (size_t i = 0; i < now->n; i++)
		if (uid_same(&now->list[i].network.id, network))
			return &now->list[i].plan;
	return NULL;
}

static bool
has(const struct now *now, const struct uid *plan)
{
	for (size_t i = 0; i < now->n; i++)
		if (uid_same(&now->list[i].plan.id, plan))
			return true;
	return false;
}

/* Had the owner the key's plan; was it the best one there? */
static bool
had(const struct follow *f, const struct wifi_key *k, bool *first)
{
	bool earlier = false;

	for (size_t i = 0; i < f->n; i++) {
		*first = !earlier;
		if (uid_same(&f->had[i].plan, &k->plan))
			return true;
		earlier |= uid_same(&f->had[i].network, &k->network);
	}
	return false;
}

static bool
waits(const struct wifi_key *k)
{
	return k->state == KEY_SUSPENDED &&
	       strcmp(k->reason, FOLLOW_REASON) == 0;
}

static enum err
keep(struct call *c, struct wifi_key *k, const char *act, const char *plan)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "plan", plan);
	detail_text(&d, "reason", k->reason);
	if ((e = row_set(c->store, &key_rows, k, &k->version)) ||
	    (e = disconnects_queue_key(c, &k->id)))
		return e;
	return act_changed(c, act, NOUN_KEY, &k->id, &d);
}

static enum err
suspend(struct call *c, struct wifi_key *k)
{
	if (k->state != KEY_ACTIVE)
		return ERR_OK;
	k->state = KEY_SUSPENDED;
	text_copy(k->reason, sizeof(k->reason), FOLLOW_REASON);
	return keep(c, k, "key.suspend", "");
}

/* A thing without an end gets one where its new plan says so. */
static enum err
bound(struct call *c, struct wifi_key *k, const struct plan *to)
{
	struct network n;
	enum err e;

	if (k->kind != KEY_THING || k->not_after != 0)
		return ERR_OK;
	if ((e = row_get(c->store, &network_rows, &to->network, &n)))
		return e;
	k->not_after = key_end(to, k->kind, n.time_zone, c->now, 0);
	return ERR_OK;
}

/* Its devices join again and get what the plan says. */
static enum err
move(struct call *c, struct wifi_key *k, const struct plan *to)
{
	bool again = waits(k);
	enum err e;

	if (!again && (to == NULL || uid_same(&k->plan, &to->id)))
		return ERR_OK;
	if (again) {
		k->state = KEY_ACTIVE;
		k->reason[0] = '\0';
	}
	if (to != NULL) {
		k->plan = to->id;
		if ((e = bound(c, k, to)) || (e = pools_lease_key(c, to, k)))
			return e;
	}
	return keep(
	    c, k, again ? "key.restore" : "key.plan", to ? to->name : "");
}

static enum err
one(struct call *c, const struct follow *f, const struct now *now,
    struct wifi_key *k)
{
	const struct plan *to = best(now, &k->network);
	bool first = false, mine = had(f, k, &first);

	if (waits(k))
		return has(now, &k->plan) ? move(c, k, NULL)
		       : to               ? move(c, k, to)
					  : ERR_OK;
	if (!mine || (has(now, &k->plan) && !first))
		return ERR_OK;
	return to ? move(c, k, to) : suspend(c, k);
}

enum err
follow_end(struct call *c, struct follow *f)
{
	OWN(arena) struct arena *scratch = arena_new(SCRATCH);
	struct call in = *c;
	struct wifi_key *keys;
	struct now now;
	size_t n;
	enum err e;

	if ((in.arena = scratch) == NULL)
		return ERR_NO_MEMORY;
	if ((e = plans_of(&in, &f->person, &now.list, &now.n)) ||
	    (e = quotas_lift(&in, &f->person)) ||
	    (e = row_list(c->store, &key_rows, SQL_KEY_LIVE_OF,
		 DB_ARGS(DB_TEXT(f->person.s)), scratch, &keys, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = one(&in, f, &now, &keys[i])))
			return e;
	return ERR_OK;
}
