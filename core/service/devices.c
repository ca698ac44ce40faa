#include "core/service/devices.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/keys_own.h"

enum { VISITS_MAX = 1000 };

enum err
devices_of_key(
    struct call *c, const struct uid *key, struct device **out, size_t *n)
{
	struct wifi_key k;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = keys_own_get(c, key, KEYS_SEE, &k)))
		return e;
	return row_list(c->store, &device_rows, SQL_DEVICE_OF_KEY,
	    DB_ARGS(DB_TEXT(key->s)), c->arena, out, n);
}

enum err
devices_of_person(
    struct call *c, const struct uid *person, struct device **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	if (!act_is(c, person) && act_need(c, ACT_READ) != ERR_OK)
		return ERR_NOT_FOUND;
	return row_list(c->store, &device_rows, SQL_DEVICE_OF_PERSON,
	    DB_ARGS(DB_TEXT(person->s)), c->arena, out, n);
}

enum err
visits_of_key(struct call *c, const struct uid *key, size_t limit,
    struct visit **out, size_t *n)
{
	struct wifi_key k;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = keys_own_get(c, key, KEYS_SEE, &k)))
		return e;
	return row_list(c->store, &visit_rows, SQL_VISIT_OF_KEY,
	    DB_ARGS(DB_TEXT(key->s),
		DB_INT(limit < VISITS_MAX ? limit : VISITS_MAX)),
	    c->arena, out, n);
}

/* A device belongs to whoever its key does; without one, to the staff. */
static enum err
own(struct call *c, const struct uid *id, struct device *d)
{
	struct wifi_key k;
	enum err e;

	if ((e = row_get(c->store, &device_rows, id, d)))
		return e;
	if (uid_is_none(&d->key))
		return act_need(c, ACT_STAFF) ? ERR_NOT_FOUND : ERR_OK;
	return keys_own_get(c, &d->key, KEYS_CHANGE, &k);
}

static void
describe(const struct device *d, struct buf *out)
{
	char mac[MAC_TEXT];

	mac_text(&d->mac, mac);
	detail_text(out, "mac", mac);
	detail_text(out, "key", d->key.s);
}

static enum err
name_it(struct call *c, struct device *d, const char *name)
{
	OWN(buf) struct buf detail = DETAIL;
	enum err e;

	text_copy(d->name, sizeof(d->name), name);
	describe(d, &detail);
	detail_text(&detail, "name", name);
	e = row_set(c->store, &device_rows, d, &d->version);
	return e ? e
		 : act_changed(
		       c, "device.rename", NOUN_DEVICE, &d->id, &detail);
}

static enum err
block_it(struct call *c, struct device *d, bool blocked)
{
	OWN(buf) struct buf detail = DETAIL;
	enum err e;

	if (d->blocked == blocked)
		return ERR_BAD_STATE;
	d->blocked = blocked;
	describe(d, &detail);
	if ((e = row_set(c->store, &device_rows, d, &d->version)) ||
	    (blocked && (e = disconnects_queue_device(c, &d->key, &d->mac))))
		return e;
	return act_changed(c, blocked ? "device.block" : "device.unblock",
	    NOUN_DEVICE, &d->id, &detail);
}

enum err
device_change(
    struct call *c, const struct uid *id, const char *name, const bool *blocked)
{
	OWN(tx) struct tx tx = TX_NONE;
	char text[4 * NAME_MAX_];
	struct device d;
	enum err e;

	text_copy(text, sizeof(text), name ? name : "");
	if ((name && (e = act_name(c, text, "name", true))) ||
	    (blocked && (e = act_need(c, ACT_STAFF))) ||
	    (e = act_begin(c, &tx)) || (e = own(c, id, &d)) ||
	    (name && (e = name_it(c, &d, text))) ||
	    (blocked && (e = block_it(c, &d, *blocked))))
		return e;
	return act_end(c, &tx);
}

enum err
device_rename(struct call *c, const struct uid *id, const char *name)
{
	return device_change(c, id, name, NULL);
}

enum err
device_set_blocked(struct call *c, const struct uid *id, bool blocked)
{
	return device_change(c, id, NULL, &blocked);
}

enum err
device_remove(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf detail = DETAIL;
	struct device d;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = own(c, id, &d)))
		return e;
	if (d.blocked && act_need(c, ACT_STAFF) != ERR_OK)
		return why_set(&c->why, ERR_FORBIDDEN, "",
		    "This device is blocked; ask whoever runs the network.");
	describe(&d, &detail);
	if ((e = disconnects_queue_device(c, &d.key, &d.mac)) ||
	    (e = row_remove(c->store, &device_rows, id)) ||
	    (e = act_changed(c, "device.remove", NOUN_DEVICE, id, &detail)))
		return e;
	return act_end(c, &tx);
}

/* --- registering --- */

static enum err
room_for_one(struct call *c, const struct wifi_key *k)
{
	struct plan p;
	int64_t held;
	int most;
	enum err e;

	if ((e = row_get(c->store, &plan_rows, &k->plan, &p)) ||
	    (e = store_number(
		 c->store, SQL_DEVICE_HELD, DB_ARGS(DB_TEXT(k->id.s)), &held)))
		return e;
	most = key_devices(k, &p) ? key_devices(k, &p) : DEVICES_MAX;
	if (held < most)
		return ERR_OK;
	return why_set(&c->why, ERR_LIMIT, "mac",
	    "As many devices have this password as may: %d. Remove one first.",
	    most);
}

/* One that somebody else has says no more than that it cannot be had. */
static enum err
take_over(struct call *c, const struct wifi_key *k, struct device *d)
{
	struct wifi_key other;
	enum err e = uid_is_none(&d->key)
			 ? ERR_OK
			 : keys_own_get(c, &d->key, KEYS_CHANGE, &other);

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	if (d->blocked || e == ERR_NOT_FOUND)
		return why_set(&c->why, ERR_BAD_INPUT, "mac",
		    "This address cannot be registered here.");
	d->key = k->id;
	d->origin = DEVICE_REGISTERED;
	return row_set(c->store, &device_rows, d, &d->version);
}

static enum err
register_one(struct call *c, const struct wifi_key *k, const struct mac *mac,
    const char *name, struct device *d)
{
	char text[MAC_TEXT];
	enum err e;

	mac_text(mac, text);
	e = row_one(c->store, &device_rows, SQL_DEVICE_AT,
	    DB_ARGS(DB_TEXT(k->network.s), DB_TEXT(text)), d);
	if (e == ERR_OK && uid_same(&d->key, &k->id) &&
	    d->origin == DEVICE_REGISTERED)
		return why_set(&c->why, ERR_EXISTS, "mac",
		    "This device is registered already.");
	if (e == ERR_OK) {
		text_copy(d->name, sizeof(d->name), name);
		return take_over(c, k, d);
	}
	if (e != ERR_NOT_FOUND || (e = room_for_one(c, k)))
		return e;
	*d = (struct device){.id = uid_new(),
	    .network = k->network,
	    .key = k->id,
	    .mac = *mac,
	    .origin = DEVICE_REGISTERED,
	    .version = 1};
	text_copy(d->name, sizeof(d->name), name);
	return row_add(c->store, &device_rows, d);
}

enum err
device_register(struct call *c, const struct uid *key, const char *mac,
    const char *name, struct device *out)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf detail = DETAIL;
	char text[4 * NAME_MAX_];
	struct wifi_key k;
	struct device d;
	struct mac m;
	enum err e;

	*out = (struct device){0};
	text_copy(text, sizeof(text), name ? name : "");
	if ((e = act_name(c, text, "name", true)))
		return e;
	if (!mac_parse(mac, strlen(mac), &m, NULL))
		return why_set(&c->why, ERR_BAD_INPUT, "mac",
		    "Give the device's address as 12 hexadecimal digits, such "
		    "as 02-aa-00-00-00-01.");
	if ((e = act_begin(c, &tx)) ||
	    (e = keys_own_get(c, key, KEYS_CHANGE, &k)) ||
	    (e = register_one(c, &k, &m, text, &d)))
		return e;
	describe(&d, &detail);
	if ((e = act_changed(
		 c, "device.register", NOUN_DEVICE, &d.id, &detail)) ||
	    (e = act_end(c, &tx)))
		return e;
	*out = d;
	return ERR_OK;
}
