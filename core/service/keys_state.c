/* What happens to a key after it was issued. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/keys.h"
#include "core/service/keys_own.h"
#include "core/service/keys_stay.h"
#include "core/service/pools.h"

static enum err
wrong_state(struct call *c, const struct wifi_key *k)
{
	return why_set(&c->why, ERR_BAD_STATE, "state",
	    "This Wi-Fi password is %s.",
	    key_standing_text(key_standing(k, c->now)));
}

/* Stores the new state, cuts connections when it is no good any more. */
static enum err
store_state(struct call *c, struct wifi_key *k, const char *act)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "state", key_state_text(k->state));
	detail_text(&d, "reason", k->reason);
	if ((e = row_set(c->store, &key_rows, k, &k->version)) ||
	    (k->state != KEY_ACTIVE && (e = disconnects_queue_key(c, &k->id))))
		return e;
	return act_changed(c, act, NOUN_KEY, &k->id, &d);
}

enum err
keys_own_revoke(struct call *c, const struct uid *id, const char *reason)
{
	struct wifi_key k;
	char text[200];
	enum err e;

	if ((e = act_reason(c, reason, text)) ||
	    (e = keys_own_get(c, id, KEYS_CHANGE, &k)))
		return e;
	if (k.state == KEY_REVOKED)
		return wrong_state(c, &k);
	k.state = KEY_REVOKED;
	text_copy(k.reason, sizeof(k.reason), text);
	if ((e = store_state(c, &k, "key.revoke")) ||
	    (e = store_run(c->store, SQL_KEY_ENDED,
		 DB_ARGS(DB_TEXT(id->s), DB_INT(c->now)), NULL)))
		return e;
	return keys_stay_moved(c, &k, k.not_after);
}

enum err
keys_revoke(struct call *c, const struct uid *id, const char *reason)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = keys_own_revoke(c, id, reason)))
		return e;
	return act_end(c, &tx);
}

/* Suspending is for those who look after people, not for the owner. */
static enum err
set_state(struct call *c, const struct uid *id, enum key_state from,
    enum key_state to, const char *reason, const char *act)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct wifi_key k;
	char text[200];
	enum err e;

	if ((e = act_reason(c, reason, text)) || (e = act_begin(c, &tx)) ||
	    (e = keys_own_get(c, id, KEYS_CHANGE, &k)))
		return e;
	if (act_need(c, ACT_DESK) != ERR_OK)
		return ERR_FORBIDDEN;
	if (k.state != from)
		return wrong_state(c, &k);
	k.state = to;
	text_copy(k.reason, sizeof(k.reason), text);
	if ((e = store_state(c, &k, act)))
		return e;
	return act_end(c, &tx);
}

enum err
keys_suspend(struct call *c, const struct uid *id, const char *reason)
{
	return set_state(
	    c, id, KEY_ACTIVE, KEY_SUSPENDED, reason, "key.suspend");
}

enum err
keys_restore(struct call *c, const struct uid *id)
{
	return set_state(c, id, KEY_SUSPENDED, KEY_ACTIVE, "", "key.restore");
}

enum err
keys_own_rename(
    struct call *c, const struct uid *id, const char *name, int64_t version)
{
	OWN(buf) struct buf d = DETAIL;
	char text[4 * NAME_MAX_];
	struct wifi_key k;
	enum err e;

	text_copy(text, sizeof(text), name);
	if ((e = act_name(c, text, "name", false)) ||
	    (e = keys_own_get(c, id, KEYS_CHANGE, &k)))
		return e;
	detail_text(&d, "from", k.name);
	detail_text(&d, "to", text);
	k.version = version;
	text_copy(k.name, sizeof(k.name), text);
	if ((e = row_set(c->store, &key_rows, &k, &k.version)))
		return e;
	return act_changed(c, "key.rename", NOUN_KEY, id, &d);
}

enum err
keys_rename(
    struct call *c, const struct uid *id, const char *name, int64_t version)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = keys_own_rename(c, id, name, version)))
		return e;
	return act_end(c, &tx);
}

enum err
keys_own_devices(struct call *c, int n, int most)
{
	if (n >= 0 && n <= most)
		return ERR_OK;
	return why_set(&c->why, ERR_BAD_INPUT, "devices_max",
	    "Give a number of devices from 1 to %d, or none.", most);
}

enum err
keys_set_devices(
    struct call *c, const struct uid *id, int devices_max, int64_t version)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct wifi_key k;
	enum err e;

	if ((e = act_need(c, ACT_DESK)) || (e = act_begin(c, &tx)) ||
	    (e = keys_own_get(c, id, KEYS_CHANGE, &k)))
		return e;
	if ((e = keys_own_devices(c, devices_max, DEVICES_MAX)))
		return e;
	if (k.state == KEY_REVOKED)
		return wrong_state(c, &k);
	detail_int(&d, "from", k.devices_max);
	detail_int(&d, "to", devices_max);
	k.version = version;
	k.devices_max = devices_max;
	if ((e = row_set(c->store, &key_rows, &k, &k.version)) ||
	    (e = act_changed(c, "key.devices", NOUN_KEY, id, &d)))
		return e;
	return act_end(c, &tx);
}

/* Owners move the end only inside what the plan would give today. GIVEN:
 * it is not what the plan gives. */
static enum err
end_allowed(struct call *c, const struct wifi_key *k, int64_t end, bool *given)
{
	struct network n;
	struct plan p;
	int64_t last;
	enum err e;

	*given = true;
	if (end != 0 && (end <= k->not_before || end > INT64_C(253402300799)))
		return why_set(&c->why, ERR_BAD_INPUT, "not_after",
		    "It has to end after it starts, and before the year "
		    "10000.");
	if ((e = keys_stay_allows(c, k, end)) ||
	    act_need(c, ACT_DESK) == ERR_OK)
		return e;
	if ((e = row_get(c->store, &plan_rows, &k->plan, &p)) ||
	    (e = row_get(c->store, &network_rows, &k->network, &n)))
		return e;
	last = key_end(&p, k->kind, n.time_zone, c->now, 0);
	if (last != 0 && (end == 0 || end > last))
		return why_set(&c->why, ERR_BAD_INPUT, "not_after",
		    "The plan %s does not last that long.", p.name);
	*given = end != last;
	return ERR_OK;
}

/* Of one that was over somebody else may have the VLAN by now. */
static enum err
holds_vlan(struct call *c, const struct wifi_key *k)
{
	struct plan p;
	enum err e = row_get(c->store, &plan_rows, &k->plan, &p);

	return e ? e : pools_lease_key(c, &p, k);
}

enum err
keys_own_end(
    struct call *c, const struct uid *id, int64_t not_after, int64_t version)
{
	OWN(buf) struct buf d = DETAIL;
	struct wifi_key k;
	int64_t before;
	bool given;
	enum err e;

	if ((e = keys_own_get(c, id, KEYS_CHANGE, &k)) ||
	    (e = end_allowed(c, &k, not_after, &given)))
		return e;
	if (k.state == KEY_REVOKED)
		return wrong_state(c, &k);
	detail_int(&d, "from", k.not_after);
	detail_int(&d, "to", not_after);
	k.version = version;
	before = k.not_after;
	k.not_after = not_after;
	k.end_given = given;
	if ((e = row_set(c->store, &key_rows, &k, &k.version)) ||
	    (before != 0 && (not_after == 0 || not_after > before) &&
		(e = holds_vlan(c, &k))) ||
	    (not_after != 0 && not_after <= c->now &&
		(e = disconnects_queue_key(c, id))) ||
	    (e = act_changed(c, "key.end", NOUN_KEY, id, &d)))
		return e;
	return keys_stay_moved(c, &k, before);
}

enum err
keys_set_end(
    struct call *c, const struct uid *id, int64_t not_after, int64_t version)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = keys_own_end(c, id, not_after, version)))
		return e;
	return act_end(c, &tx);
}
