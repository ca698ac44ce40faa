#include "core/service/notices.h"

#include <stdio.h>
#include <string.h>

#include "core/model/notice.h"
#include "core/service/act.h"
#include "core/service/json.h"

enum { BATCH = 500, PAYLOAD = 300 };
#define DAY INT64_C(86400)

static const char *const abouts[] = {
    "notice.made", "notice.rotated", "notice.ending"};

/* --- writing down --- */

struct order {
	enum notice_kind kind;
	const struct wifi_key *key;
	int days;
};

static enum err
write_one(struct call *c, const struct order *w, const struct uid *person)
{
	char once[160], payload[PAYLOAD];
	struct outbox_order o = {.kind = OUTBOX_NOTICE,
	    .about = abouts[w->kind],
	    .once = once,
	    .key = &w->key->id,
	    .person = person,
	    .payload = payload};
	struct uid id;

	(void)snprintf(once, sizeof(once), "%s:%s:%s:%lld:%d", abouts[w->kind],
	    w->key->id.s, person->s, (long long)w->key->not_after, w->days);
	o.len = (size_t)snprintf(payload, sizeof(payload),
	    "{\"kind\":%d,\"days\":%d,\"not_after\":%lld}", (int)w->kind,
	    w->days, (long long)w->key->not_after);
	return outbox_add(c, &o, &id);
}

static enum err
write_down(struct call *c, const struct order *w)
{
	struct uid *who = NULL;
	size_t n = 0;
	enum err e;

	if (w->key->kind == KEY_GUEST)
		return ERR_OK;
	if (uid_is_none(&w->key->unit))
		return uid_is_none(&w->key->person)
			   ? ERR_OK
			   : write_one(c, w, &w->key->person);
	if ((e = row_ids(c->store, SQL_UNIT_MANAGER_IDS,
		 DB_ARGS(DB_TEXT(w->key->unit.s)), c->arena, &who, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = write_one(c, w, &who[i])))
			return e;
	return ERR_OK;
}

static enum err
rule_of(struct call *c, const struct uid *network, struct notice_rule *out)
{
	struct network n;
	enum err e = row_get(c->store, &network_rows, network, &n);

	if (e == ERR_OK && !notice_rule_parse(n.notices, out))
		*out = (struct notice_rule){.n = 0}; /* a damaged row */
	return e;
}

enum err
notices_key(struct call *c, const struct wifi_key *k, enum notice_kind what)
{
	struct notice_rule rule;
	enum err e;

	if ((e = rule_of(c, &k->network, &rule)))
		return e;
	if (what == NOTICE_ROTATED ? !rule.rotated : !rule.made)
		return ERR_OK;
	return write_down(c, &(struct order){.kind = what, .key = k});
}

/* Those of NETWORK that end DAYS from the span. */
static enum err
ending(struct call *c, const struct network *n, int days, int64_t from,
    int64_t to, size_t *done)
{
	struct order w = {.kind = NOTICE_ENDING, .days = days};
	const char *after = "";
	struct wifi_key *k;
	size_t found;
	enum err e;

	do {
		if ((e = row_list(c->store, &key_rows, SQL_KEY_ENDING,
			 DB_ARGS(DB_INT(from + days * DAY),
			     DB_INT(to + days * DAY), DB_TEXT(after),
			     DB_INT(BATCH)),
			 c->arena, &k, &found)))
			return e;
		for (size_t i = 0; i < found; i++) {
			if (!uid_same(&k[i].network, &n->id) ||
			    k[i].created > k[i].not_after - days * DAY)
				continue;
			w.key = &k[i];
			if ((e = write_down(c, &w)))
				return e;
			++*done;
		}
		if (found)
			after = k[found - 1].id.s;
	} while (found == BATCH);
	return ERR_OK;
}

enum err
notices_due(struct call *c, int64_t from, int64_t to, size_t *done)
{
	struct notice_rule rule;
	struct network *all;
	size_t n;
	enum err e;

	if ((e = row_list(c->store, &network_rows, SQL_NETWORK_ALL, DB_NO_ARGS,
		 c->arena, &all, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if (!notice_rule_parse(all[i].notices, &rule))
			continue;
		for (int d = 0; d < rule.n; d++)
			if ((e = ending(
				 c, &all[i], rule.days[d], from, to, done)))
				return e;
	}
	return ERR_OK;
}

/* --- reading --- */

static enum err
payload(const struct outbox_job *j, struct notice *out, int64_t *days,
    int64_t *not_after)
{
	OWN(json) json_t *all = NULL;
	json_int_t kind;
	enum err e;

	if ((e = json_read(
		 (const char *)j->payload, j->len, 0, ERR_CORRUPT, &all)))
		return e;
	kind = json_integer_value(json_object_get(all, "kind"));
	*days = json_integer_value(json_object_get(all, "days"));
	*not_after = json_integer_value(json_object_get(all, "not_after"));
	if (kind < NOTICE_MADE || kind > NOTICE_ENDING)
		return ERR_CORRUPT;
	out->kind = (enum notice_kind)kind;
	return ERR_OK;
}

/* Does what it says still hold? */
static bool
needed(const struct call *c, const struct notice *n, int64_t days,
    int64_t not_after)
{
	bool good = n->key.state == KEY_ACTIVE &&
		    (n->key.not_after == 0 || n->key.not_after > c->now);

	if (n->to.mail[0] == '\0' || n->to.state != PERSON_ACTIVE || !good)
		return false;
	return n->kind != NOTICE_ENDING ||
	       (n->key.not_after == not_after &&
		   c->now < not_after - days * DAY + NOTICE_STALE);
}

static int64_t
quiet_there(const struct call *c, const struct network *n)
{
	const struct zone *z = NULL;
	struct quiet q;
	int64_t end;

	if (!quiet_parse(n->quiet, &q) || zone_get(n->time_zone, &z))
		return 0;
	end = quiet_end(&q, z, c->now);
	return end > c->now ? end : 0;
}

enum err
notices_read(struct call *c, const struct outbox_job *j, struct notice *out)
{
	int64_t days, not_after;
	bool replaced;
	enum err e;

	*out = (struct notice){.kind = NOTICE_MADE};
	if ((e = payload(j, out, &days, &not_after)) ||
	    (e = row_get(c->store, &key_rows, &j->item.key, &out->key)) ||
	    (e = row_get(c->store, &person_rows, &j->item.person, &out->to)) ||
	    (e = row_get(
		 c->store, &network_rows, &out->key.network, &out->network)) ||
	    (e = row_get(c->store, &plan_rows, &out->key.plan, &out->plan)))
		return e;
	if (!uid_is_none(&out->key.replaces) &&
	    (e = row_get(
		 c->store, &key_rows, &out->key.replaces, &out->before)) &&
	    e != ERR_NOT_FOUND)
		return e;
	if ((e = store_any(c->store, SQL_KEY_REPLACED,
		 DB_ARGS(DB_TEXT(out->key.id.s), DB_INT(c->now)), &replaced)))
		return e;
	if (replaced || !needed(c, out, days, not_after))
		return ERR_NOT_FOUND;
	out->again = quiet_there(c, &out->network);
	return ERR_OK;
}
