#include "core/service/passes.h"

#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/keys_own.h"
#include "core/service/passes_parts.h"
#include "core/service/pools.h"

enum { ISSUE_TRIES = 4, LIST_MAX = 1000 };
#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

enum err
passes_presets(struct call *c, struct entitlement **out, size_t *n)
{
	struct facts f = {.issuer = "local",
	    .subject = "",
	    .mail = "",
	    .groups_known = true,
	    .claims = ""};
	struct entitlement *list;
	size_t all;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_DESK)) ||
	    (e = entitle_plans(c, &f, &list, &all)))
		return e;
	for (size_t i = 0; i < all; i++)
		if (act_need_desk(c, ACT_STAFF, &list[i].plan.id) == ERR_OK)
			list[(*n)++] = list[i];
	*out = list;
	return ERR_OK;
}

enum err
passes_preset(struct call *c, const struct uid *plan, struct entitlement *out)
{
	struct entitlement *list;
	size_t n;
	enum err e;

	if ((e = passes_presets(c, &list, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (uid_is_none(plan) || uid_same(&list[i].plan.id, plan)) {
			*out = list[i];
			return ERR_OK;
		}
	return why_set(&c->why, ERR_BAD_INPUT, "plan",
	    n == 0 ? SAY("No rule gives a plan to local guests yet.")
		   : SAY("Choose one of the plans of the list."));
}

static enum err
guest(struct call *c, const struct pass_order *o, struct person *p)
{
	char name[4 * NAME_MAX_];
	enum err e;

	person_defaults(p, c->now);
	text_copy(name, sizeof(name), o->name);
	if ((e = act_name(c, name, "name", false)))
		return e;
	text_copy(p->name, sizeof(p->name), name);
	if (strlen(o->mail) > MAIL_MAX ||
	    (*o->mail != '\0' && (strchr(o->mail, '@') == NULL ||
				     strpbrk(o->mail, " \t\r\n<>,;") != NULL)))
		return why_set(&c->why, ERR_BAD_INPUT, "mail",
		    "Give a mail address such as name@example.org.");
	text_copy(p->mail, sizeof(p->mail), o->mail);
	text_copy(p->issuer, sizeof(p->issuer), "local");
	text_copy(p->subject, sizeof(p->subject), p->id.s);
	text_copy(p->language, sizeof(p->language), o->language);
	return ERR_OK;
}

static enum err
stay(struct call *c, const struct pass_order *o, const struct entitlement *t,
    struct wifi_key *k)
{
	int64_t from = o->arrival > c->now ? o->arrival : c->now;

	if (o->arrival < 0 || o->departure < 0 || o->arrival > LAST_SECOND ||
	    o->departure > LAST_SECOND)
		return why_set(&c->why, ERR_BAD_INPUT, "departure",
		    "Give a date between 1970 and 9999.");
	k->not_before = o->arrival > c->now ? o->arrival : 0;
	k->not_after = o->departure != 0
			   ? o->departure
			   : plan_end(&t->plan, t->network.time_zone, from, 0);
	k->end_given = o->departure != 0;
	if (k->not_after != 0 && k->not_after <= from)
		return why_set(&c->why, ERR_BAD_INPUT, "departure",
		    "The departure has to be after the arrival.");
	k->devices_max = o->devices_max;
	return keys_own_devices(c, o->devices_max, DEVICES_MAX);
}

static enum err
key(struct call *c, const struct pass_order *o, const struct person *p,
    const struct entitlement *t, struct wifi_key *k)
{
	char name[4 * NAME_MAX_];
	enum err e;

	*k = (struct wifi_key){.id = uid_new(),
	    .network = t->network.id,
	    .plan = t->plan.id,
	    .person = p->id,
	    .kind = KEY_GUEST,
	    .state = KEY_ACTIVE,
	    .created = c->now,
	    .version = 1};
	text_copy(name, sizeof(name), *o->room != '\0' ? o->room : "Guest");
	if ((e = act_name(c, name, "room", false)))
		return e;
	text_copy(k->name, sizeof(k->name), name);
	return stay(c, o, t, k);
}

enum err
passes_ready(struct call *c, const struct pass_order *o,
    const struct entitlement *t, struct passes_ready *out)
{
	enum err e = guest(c, o, &out->person);

	return e != ERR_OK ? e : key(c, o, &out->person, t, &out->key);
}

enum err
passes_store(
    struct call *c, const struct passes_ready *r, const struct keys_make *m)
{
	const struct person *p = &r->person;
	const struct wifi_key *k = &r->key;
	struct plan plan;
	OWN(buf) struct buf who = DETAIL;
	OWN(buf) struct buf what = DETAIL;
	enum err e;

	detail_text(&who, "name", p->name);
	detail_text(&what, "name", k->name);
	detail_text(&what, "person", p->id.s);
	if ((e = row_add(c->store, &person_rows, p)) ||
	    (e = act_changed(c, "person.add", NOUN_PERSON, &p->id, &who)) ||
	    (e = row_get(c->store, &plan_rows, &k->plan, &plan)) ||
	    (e = pools_lease(c, &plan, &p->id)) ||
	    (e = keys_make_store(c, k, m)))
		return e;
	return act_changed(c, "key.issue", NOUN_KEY, &k->id, &what);
}

static enum err
insert(struct call *c, const struct passes_ready *r, const struct keys_make *m)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = passes_store(c, r, m)))
		return e;
	return act_end(c, &tx);
}

void
passes_view(const struct call *c, const struct entitlement *t,
    const struct passes_ready *r, struct key_view *out)
{
	*out = (struct key_view){.key = r->key,
	    .network = t->network,
	    .plan = t->plan,
	    .person = r->person,
	    .standing = key_standing(&r->key, c->now)};
}

enum err
passes_issue(struct call *c, const struct pass_order *o, struct key_view *out)
{
	OWN(keys_make) struct keys_make m = {0};
	struct entitlement t;
	struct passes_ready r;
	enum err e;

	*out = (struct key_view){0};
	c->why = (struct why){{0}, {0}};
	if ((e = act_need(c, ACT_DESK)) ||
	    (e = passes_preset(c, &o->plan, &t)) ||
	    (e = passes_ready(c, o, &t, &r)))
		return e;
	e = ERR_EXISTS;
	for (int i = 0; e == ERR_EXISTS && i < ISSUE_TRIES; i++)
		if ((e = keys_make_minted(c, &t.network, &t.plan, &m)) ==
		    ERR_OK)
			e = insert(c, &r, &m);
	if (e != ERR_OK)
		return e == ERR_EXISTS ? ERR_BUSY : e;
	passes_view(c, &t, &r, out);
	return ERR_OK;
}

static enum err
list_of_day(struct call *c, const struct pass_filter *f, const char *like,
    size_t limit, struct key_view **out, size_t *n, size_t *total)
{
	const char *desk = act_desk(c, ACT_READ);
	bool arrives = f->day == PASS_ARRIVES;
	int64_t count;
	enum err e;

#define OF_DAY DB_TEXT(like), DB_INT(f->from), DB_INT(f->to), DB_TEXT(desk)
	if ((e = keys_views(c,
		 arrives ? SQL_PASS_ARRIVALS : SQL_PASS_DEPARTURES,
		 DB_ARGS(OF_DAY, DB_INT(limit), DB_INT(f->offset)), out, n)) ||
	    act_all_listed(c, f->offset, *n, limit, total))
		return e;
	e = store_number(c->store,
	    arrives ? SQL_PASS_ARRIVALS_COUNT : SQL_PASS_DEPARTURES_COUNT,
	    DB_ARGS(OF_DAY), &count);
#undef OF_DAY
	*total = (size_t)count;
	return e;
}

/* Found, or without a search all there are; of a narrowed desk those of DESK.
 */
static enum err
list_of_any(struct call *c, const struct pass_filter *f, const char *like,
    size_t limit, struct key_view **out, size_t *n, size_t *total)
{
	const char *desk = act_desk(c, ACT_READ);
	bool all = desk[0] == '\0';
	int64_t count;
	enum err e;

#define BOUNDS DB_INT(limit), DB_INT(f->offset)
	if (like[0] != '\0')
		return all ? keys_found(c, SQL_PASS_FOUND,
				 DB_ARGS(DB_TEXT(like), BOUNDS), 1, out, n,
				 total)
			   : keys_found(c, SQL_PASS_FOUND_SOME,
				 DB_ARGS(DB_TEXT(like), DB_TEXT(desk), BOUNDS),
				 2, out, n, total);
	e = all ? keys_views(c, SQL_PASS_ALL, DB_ARGS(BOUNDS), out, n)
		: keys_views(
		      c, SQL_PASS_SOME, DB_ARGS(BOUNDS, DB_TEXT(desk)), out, n);
#undef BOUNDS
	if (e || act_all_listed(c, f->offset, *n, limit, total))
		return e;
	e = all ? store_count(c->store, SQL_PASS_ALL_COUNT, &count)
		: store_number(c->store, SQL_PASS_SOME_COUNT,
		      DB_ARGS(DB_TEXT(desk)), &count);
	*total = (size_t)count;
	return e;
}

enum err
passes_list(struct call *c, const struct pass_filter *f, struct key_view **out,
    size_t *n, size_t *total)
{
	const char *like;
	size_t limit = f->limit && f->limit < LIST_MAX ? f->limit : LIST_MAX;
	enum err e;

	*out = NULL;
	*n = *total = 0;
	if ((e = act_need(c, ACT_DESK | 1 << ROLE_AUDITOR)) ||
	    (e = act_pattern(c, f->search, &like)))
		return e;
	return f->day == PASS_ANY
		   ? list_of_any(c, f, like, limit, out, n, total)
		   : list_of_day(c, f, like, limit, out, n, total);
}
