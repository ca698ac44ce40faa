#include "core/service/setup.h"

#include <stdio.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/crypt/seal.h"
#include "core/crypt/token.h"
#include "core/model/notice.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/pools.h"

/* --- what all four nouns share --- */

struct kind {
	const struct row_kind *rows;
	enum noun noun;
	const char *word;
	const char *twice; /* what to say when there is one like it */
};

static const struct kind networks = {&network_rows, NOUN_NETWORK, "network",
    SAY("There is a network of this name already.")};
static const struct kind plans = {&plan_rows, NOUN_PLAN, "plan",
    SAY("There is a plan of this name on that network already.")};
static const struct kind rules = {
    &rule_rows, NOUN_RULE, "rule", SAY("There is such a rule already.")};

static enum err
record(struct call *c, const struct kind *k, const char *verb,
    const struct uid *id, const char *name)
{
	OWN(buf) struct buf d = DETAIL;
	char act[48];

	(void)snprintf(act, sizeof(act), "%s.%s", k->word, verb);
	detail_text(&d, "name", name);
	return act_changed(c, act, k->noun, id, &d);
}

static enum err
add(struct call *c, const struct kind *k, const void *noun, const char *name)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = row_add(c->store, k->rows, noun)) ||
	    (e = record(c, k, "add", noun, name))) {
		if (e == ERR_EXISTS)
			return why_set(&c->why, e, "name", "%s", k->twice);
		return e == ERR_CONFLICT
			   ? why_set(&c->why, ERR_BAD_INPUT, "",
				 "It refers to something that is not there.")
			   : e;
	}
	return act_end(c, &tx);
}

/* In the caller's transaction. */
static enum err
set(struct call *c, const struct kind *k, const void *noun, int64_t *version,
    const char *name, struct tx *tx)
{
	enum err e;

	if ((e = row_set(c->store, k->rows, noun, version)) ||
	    (e = record(c, k, "set", noun, name))) {
		if (e == ERR_EXISTS)
			return why_set(&c->why, e, "name", "%s", k->twice);
		return e;
	}
	return act_end(c, tx);
}

/* One thing that stands in the way of removing. */
struct hold {
	enum sql count;
	const char *what;
};

static enum err
held(struct call *c, const struct uid *id, const struct hold *h)
{
	int64_t n;
	enum err e;

	for (; h->what; h++) {
		if ((e = store_number(
			 c->store, h->count, DB_ARGS(DB_TEXT(id->s)), &n)))
			return e;
		if (n)
			return why_set(&c->why, ERR_CONFLICT, "",
			    "%lld %s still depend on it.", (long long)n,
			    h->what);
	}
	return ERR_OK;
}

static enum err
drop(struct call *c, const struct kind *k, const struct uid *id,
    const struct hold *holds)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = held(c, id, holds)) ||
	    (e = row_remove(c->store, k->rows, id)) ||
	    (e = record(c, k, "remove", id, "")))
		return e;
	return act_end(c, &tx);
}

/* --- networks --- */

static enum err
network_ready(struct call *c, struct network *n)
{
	if (n->name[0] == '\0')
		text_copy(n->name, sizeof(n->name), n->ssid);
	if (n->notices[0] == '\0')
		text_copy(n->notices, sizeof(n->notices), NOTICE_USUAL);
	return network_check(n, &c->why);
}

enum err
network_add(struct call *c, struct network *n)
{
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = network_ready(c, n)))
		return e;
	n->id = uid_new();
	n->created = c->now;
	n->version = 1;
	return add(c, &networks, n, n->name);
}

/* Every PMK is made of the SSID: with another one no key would open it. */
static enum err
ssid_kept(struct call *c, const struct network *n, const struct network *was)
{
	int64_t keys;
	enum err e;

	if (strcmp(n->ssid, was->ssid) == 0)
		return ERR_OK;
	if ((e = store_number(
		 c->store, SQL_NETWORK_KEYS, DB_ARGS(DB_TEXT(n->id.s)), &keys)))
		return e;
	if (keys == 0)
		return ERR_OK;
	return why_set(&c->why, ERR_CONFLICT, "ssid",
	    "%lld Wi-Fi passwords were made for the name %s and work with no "
	    "other. Add a new network instead.",
	    (long long)keys, was->ssid);
}

enum err
network_set(struct call *c, struct network *n)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct network was;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = network_ready(c, n)) ||
	    (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &network_rows, &n->id, &was)) ||
	    (e = ssid_kept(c, n, &was)))
		return e;
	n->created = was.created;
	return set(c, &networks, n, &n->version, n->name, &tx);
}

enum err
network_remove(struct call *c, const struct uid *id)
{
	static const struct hold holds[] = {
	    {SQL_NETWORK_KEYS, "Wi-Fi passwords"}, {SQL_NETWORK_PLANS, "plans"},
	    {0, NULL}};

	return drop(c, &networks, id, holds);
}

enum err
network_get(struct call *c, const struct uid *id, struct network *out)
{
	return row_get(c->store, &network_rows, id, out);
}

enum err
network_find(struct call *c, const char *text, struct network *out)
{
	struct uid id;

	if (uid_parse(text, &id) && network_get(c, &id, out) == ERR_OK)
		return ERR_OK;
	return row_one(c->store, &network_rows, SQL_NETWORK_CALLED,
	    DB_ARGS(DB_TEXT(text)), out);
}

enum err
network_list(struct call *c, struct network **out, size_t *n)
{
	return row_list(c->store, &network_rows, SQL_NETWORK_ALL, DB_NO_ARGS,
	    c->arena, out, n);
}

/* --- plans --- */

static enum err
plan_ready(struct call *c, struct plan *p)
{
	struct network n;
	enum err e;

	plan_settle(p);
	if ((e = plan_check(p, &c->why)))
		return e;
	if ((e = network_get(c, &p->network, &n)) == ERR_NOT_FOUND)
		return why_set(&c->why, ERR_BAD_INPUT, "network",
		    "There is no such network.");
	return e;
}

enum err
plan_add(struct call *c, struct plan *p)
{
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = plan_ready(c, p)))
		return e;
	p->id = uid_new();
	p->created = c->now;
	p->version = 1;
	return add(c, &plans, p, p->name);
}

/* Keys are made for one network and cannot follow their plan to another. */
static enum err
network_kept(struct call *c, const struct plan *p, const struct plan *was)
{
	static const struct hold keys[] = {
	    {SQL_PLAN_KEYS, "Wi-Fi passwords"}, {0, NULL}};

	return uid_same(&p->network, &was->network) ? ERR_OK
						    : held(c, &p->id, keys);
}

static enum err
change_plan(struct call *c, struct plan *p, bool now)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct plan was;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = plan_ready(c, p)) ||
	    (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &plan_rows, &p->id, &was)) ||
	    (e = network_kept(c, p, &was)))
		return e;
	p->created = was.created;
	if (strcmp(p->pool, was.pool) != 0 &&
	    (e = pools_change(c, p, was.pool)))
		return e;
	if (now && ((e = disconnects_queue_plan(c, &p->id)) ||
		       (e = act_record(
			    c, "plan.disconnect", NOUN_PLAN, &p->id, NULL))))
		return e;
	return set(c, &plans, p, &p->version, p->name, &tx);
}

enum err
plan_set(struct call *c, struct plan *p)
{
	return change_plan(c, p, false);
}

enum err
plan_set_now(struct call *c, struct plan *p)
{
	return change_plan(c, p, true);
}

enum err
plan_remove(struct call *c, const struct uid *id)
{
	static const struct hold holds[] = {{SQL_PLAN_KEYS, "Wi-Fi passwords"},
	    {SQL_PLAN_RULES, "rules"}, {SQL_PLAN_QUOTAS, "plans' quotas"},
	    {0, NULL}};

	return drop(c, &plans, id, holds);
}

enum err
plan_get(struct call *c, const struct uid *id, struct plan *out)
{
	return row_get(c->store, &plan_rows, id, out);
}

enum err
plan_find(struct call *c, const char *text, struct plan *out)
{
	struct uid id;

	if (uid_parse(text, &id) && plan_get(c, &id, out) == ERR_OK)
		return ERR_OK;
	return row_one(
	    c->store, &plan_rows, SQL_PLAN_CALLED, DB_ARGS(DB_TEXT(text)), out);
}

enum err
plan_list(struct call *c, struct plan **out, size_t *n)
{
	return row_list(
	    c->store, &plan_rows, SQL_PLAN_ALL, DB_NO_ARGS, c->arena, out, n);
}

/* --- rules --- */

/* The plan that FIELD names, if any. */
static enum err
plan_there(struct call *c, const struct uid *id, const char *field)
{
	struct plan p;
	enum err e = uid_is_none(id) ? ERR_OK : plan_get(c, id, &p);

	return e == ERR_NOT_FOUND ? why_set(&c->why, ERR_BAD_INPUT, field,
					"There is no such plan.")
				  : e;
}

static enum err
rule_ready(struct call *c, struct rule *r)
{
	enum err e;

	if (r->claim[0] == '\0')
		text_copy(r->claim, sizeof(r->claim), "groups");
	if ((e = rule_check(r, &c->why)) ||
	    (e = plan_there(c, &r->plan, "plan")))
		return e;
	return plan_there(c, &r->desk, "desk");
}

enum err
rule_add(struct call *c, struct rule *r)
{
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = rule_ready(c, r)))
		return e;
	r->id = uid_new();
	r->created = c->now;
	r->version = 1;
	return add(c, &rules, r, r->value);
}

enum err
rule_set(struct call *c, struct rule *r)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct rule was;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = rule_ready(c, r)) ||
	    (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &rule_rows, &r->id, &was)))
		return e;
	r->created = was.created;
	return set(c, &rules, r, &r->version, r->value, &tx);
}

enum err
rule_remove(struct call *c, const struct uid *id)
{
	static const struct hold none[] = {{0, NULL}};

	return drop(c, &rules, id, none);
}

enum err
rule_list(struct call *c, struct rule **out, size_t *n)
{
	enum err e = act_need(c, ACT_READ);

	*out = NULL;
	*n = 0;
	return e ? e
		 : row_list(c->store, &rule_rows, SQL_RULE_ALL, DB_NO_ARGS,
		       c->arena, out, n);
}
