/* Which device used which key: learnt by the responder, written behind. */
#include <stdio.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/events.h"
#include "core/service/keys_stay.h"
#include "core/service/world.h"

enum { ROLL_STEP = 3600 }; /* a rolling end moves at most once an hour */

/* At the cap the longest-idle device gives way. */
static enum err
make_room(struct call *c, const struct wifi_key *k, const struct plan *p,
    const struct device *mine)
{
	const struct uid *key = &mine->key;
	struct device idlest;
	int most = key_devices(k, p);
	int64_t held;
	enum err e;

	if (most == 0 || p->cap_rule != CAP_OLDEST_IDLE)
		return ERR_OK;
	if ((e = store_number(
		 c->store, SQL_DEVICE_HELD, DB_ARGS(DB_TEXT(key->s)), &held)))
		return e;
	for (; held > most; held--) {
		e = row_one(c->store, &device_rows, SQL_DEVICE_IDLEST,
		    DB_ARGS(DB_TEXT(key->s), DB_TEXT(mine->id.s)), &idlest);
		if (e == ERR_NOT_FOUND)
			return ERR_OK;
		if (e || (e = disconnects_queue_device(c, key, &idlest.mac)) ||
		    (e = row_remove(c->store, &device_rows, &idlest.id)) ||
		    (e = act_announce(c, NOUN_DEVICE, &idlest.id)))
			return e;
	}
	return ERR_OK;
}

/* Keys that end N days after they were last seen; a guest's thing with the stay
 * at the latest. */
static enum err
roll(struct call *c, const struct uid *key, const struct plan *p, int64_t at)
{
	int64_t end = at + (int64_t)p->lifetime_days * 86400, stay = 0;
	struct wifi_key k;
	enum err e;

	if (p->lifetime != LIFETIME_ROLLING)
		return ERR_OK;
	if ((e = row_get(c->store, &key_rows, key, &k)))
		return e;
	if (k.end_given || k.not_after == 0 || end < k.not_after + ROLL_STEP)
		return ERR_OK;
	if (k.kind == KEY_THING && (e = keys_stay_end(c, &k.person, &stay)))
		return e;
	if (stay != 0 && stay < end)
		end = stay;
	if (end <= k.not_after)
		return ERR_OK;
	k.not_after = end;
	if ((e = row_set(c->store, &key_rows, &k, &k.version)))
		return e;
	return act_announce(c, NOUN_KEY, key);
}

/* D, of the same key, is there again; or for the first time, when somebody
 * registered it. */
static enum err
again(struct call *c, struct device *d, int64_t at)
{
	if (d->first_seen != 0)
		return store_run(c->store, SQL_DEVICE_SEEN,
		    DB_ARGS(DB_TEXT(d->id.s), DB_INT(at)), NULL);
	d->first_seen = d->last_seen = at;
	return row_set(c->store, &device_rows, d, &d->version);
}

static enum err
bind(struct call *c, const struct seen_device *s, int64_t at, bool *fresh,
    struct uid *before, struct device *d)
{
	char mac[MAC_TEXT];
	enum err e;

	mac_text(&s->mac, mac);
	*fresh = false;
	*before = UID_NONE;
	e = row_one(c->store, &device_rows, SQL_DEVICE_AT,
	    DB_ARGS(DB_TEXT(s->network.s), DB_TEXT(mac)), d);
	if (e == ERR_OK && uid_same(&d->key, &s->key))
		return again(c, d, at);
	*fresh = true;
	if (e == ERR_OK) {
		*before = d->key;
		d->key = s->key;
		d->first_seen = d->first_seen ? d->first_seen : at;
		d->last_seen = at > d->last_seen ? at : d->last_seen;
		return row_set(c->store, &device_rows, d, &d->version);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*d = (struct device){.id = uid_new(),
	    .network = s->network,
	    .key = s->key,
	    .mac = s->mac,
	    .origin = DEVICE_LEARNT,
	    .first_seen = at,
	    .last_seen = at,
	    .version = 1};
	return row_add(c->store, &device_rows, d);
}

/* Where it is, for a disconnect: accounting may never tell. */
static enum err
joined(struct call *c, const struct seen_device *s, const struct uid *device,
    int64_t at)
{
	return store_run(c->store, SQL_DEVICE_JOINED,
	    DB_ARGS(DB_TEXT(device->s), DB_TEXT(s->ap.s), DB_INT(at),
		DB_TEXT(s->session), DB_TEXT(s->nas_id), DB_TEXT(s->nas_ip),
		DB_TEXT(s->called)),
	    NULL);
}

/* The last device of an overlap has moved: the old password closes. */
static enum err
close_overlap(struct call *c, const struct uid *old, const struct uid *now)
{
	OWN(buf) struct buf d = DETAIL;
	struct wifi_key k;
	enum err e;

	if (uid_is_none(old))
		return ERR_OK;
	e = row_one(c->store, &key_rows, SQL_KEY_MOVED,
	    DB_ARGS(DB_TEXT(old->s), DB_TEXT(now->s)), &k);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e)
		return e;
	k.state = KEY_REVOKED;
	text_copy(
	    k.reason, sizeof(k.reason), SAY("All devices use the new one."));
	detail_text(&d, "new", now->s);
	if ((e = row_set(c->store, &key_rows, &k, &k.version)) ||
	    (e = store_run(c->store, SQL_KEY_ENDED,
		 DB_ARGS(DB_TEXT(k.id.s), DB_INT(c->now)), NULL)) ||
	    (e = disconnects_queue_key(c, &k.id)))
		return e;
	return act_changed(c, "key.moved", NOUN_KEY, &k.id, &d);
}

static enum err
first_seen(struct call *c, const struct device *d)
{
	OWN(buf) struct buf b = DETAIL;
	char mac[MAC_TEXT], text[400];

	mac_text(&d->mac, mac);
	detail_text(&b, "mac", mac);
	detail_text(&b, "key", d->key.s);
	detail_text(&b, "network", d->network.s);
	(void)snprintf(text, sizeof(text), "{%s}", buf_str(&b));
	return events_tell(c, &(struct event){.type = "device.first_seen",
				  .noun = "device",
				  .id = d->id.s,
				  .lane = d->key.s,
				  .detail = text});
}

static enum err
one(struct call *c, const struct seen_device *s)
{
	int64_t at = s->at < c->now ? s->at : c->now;
	bool network, fresh;
	struct wifi_key k;
	struct uid before;
	struct device d;
	struct plan p;
	enum err e;

	e = row_get(c->store, &key_rows, &s->key, &k);
	if (e == ERR_NOT_FOUND)
		return ERR_OK; /* gone meanwhile */
	if (e || (e = store_any(c->store, SQL_NETWORK_GET,
		      DB_ARGS(DB_TEXT(s->network.s)), &network)))
		return e;
	if (!network)
		return ERR_OK;
	if ((e = bind(c, s, at, &fresh, &before, &d)) ||
	    (e = joined(c, s, &d.id, at)) ||
	    (e = store_run(c->store, SQL_KEY_USED,
		 DB_ARGS(DB_TEXT(s->key.s), DB_INT(at)), NULL)) ||
	    (e = row_get(c->store, &plan_rows, &k.plan, &p)) ||
	    (e = roll(c, &s->key, &p, at)))
		return e;
	if (!fresh)
		return ERR_OK;
	if ((e = act_announce(c, NOUN_DEVICE, &d.id)) ||
	    (uid_is_none(&before) && (e = first_seen(c, &d))) ||
	    (e = close_overlap(c, &before, &s->key)))
		return e;
	return make_room(c, &k, &p, &d);
}

enum err
world_seen(struct call *c, const struct seen_device *seen, size_t n)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = act_begin(c, &tx)))
		return e;
	for (size_t i = 0; i < n; i++) /* a damaged row is its own trouble */
		if ((e = one(c, &seen[i])) && e != ERR_CORRUPT)
			return e;
	return act_end(c, &tx);
}
