/* A new one in place of an old one, which may work on for a while. */
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/keys.h"
#include "core/service/keys_make.h"
#include "core/service/keys_own.h"
#include "core/service/keys_ready.h"
#include "core/service/notices.h"
#include "core/service/quotas.h"

enum { ROTATE_TRIES = 4 };

static enum err
may_rotate(struct call *c, const struct wifi_key *k)
{
	bool replaced;
	enum err e;

	switch (key_standing(k, c->now)) {
	case KEY_IS_ACTIVE:
	case KEY_IS_SCHEDULED:
		break;
	case KEY_IS_SUSPENDED:
		return why_set(&c->why, ERR_SUSPENDED, "", "%s", k->reason);
	case KEY_IS_EXPIRED:
	case KEY_IS_REVOKED:
		return why_set(&c->why, ERR_BAD_STATE, "",
		    "This Wi-Fi password has ended already.");
	}
	if ((e = store_any(c->store, SQL_KEY_REPLACED,
		 DB_ARGS(DB_TEXT(k->id.s), DB_INT(c->now)), &replaced)))
		return e;
	return replaced ? why_set(&c->why, ERR_BAD_STATE, "",
			      "There is a new Wi-Fi password for this one "
			      "already.")
			: ERR_OK;
}

/* The old one dies now, or lives on for OVERLAP seconds. */
static enum err
retire(struct call *c, struct wifi_key *old, int64_t overlap)
{
	int64_t end = c->now + overlap;
	enum err e;

	if (overlap == 0) {
		old->state = KEY_REVOKED;
		text_copy(old->reason, sizeof(old->reason),
		    SAY("Replaced by a new one."));
	} else {
		if (old->not_after == 0 || old->not_after > end)
			old->not_after = end;
		old->end_given = true;
	}
	if ((e = row_set(c->store, &key_rows, old, &old->version)))
		return e;
	if (overlap)
		return ERR_OK;
	if ((e = store_run(c->store, SQL_KEY_ENDED,
		 DB_ARGS(DB_TEXT(old->id.s), DB_INT(c->now)), NULL)))
		return e;
	return disconnects_queue_key(c, &old->id);
}

/* CONFLICT: the old one, of which K is a copy, has changed since. */
static enum err
swap(struct call *c, const struct wifi_key *was, int64_t overlap,
    const struct wifi_key *k, const struct keys_make *m)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct wifi_key old;
	struct person o;
	enum err e;

	detail_text(&d, "new", k->id.s);
	detail_int(&d, "overlap", overlap);
	if ((e = act_begin(c, &tx)) ||
	    (e = keys_own_get(c, &was->id, KEYS_CHANGE, &old)) ||
	    (e = may_rotate(c, &old)) ||
	    (e = keys_owner_ready(c, &old.person, &old.unit, &o)))
		return e;
	if (old.version != was->version)
		return ERR_CONFLICT;
	if ((e = retire(c, &old, overlap)) || (e = keys_make_store(c, k, m)) ||
	    (e = quotas_inherit(c, &old.id, &k->id)) ||
	    (e = act_changed(c, "key.rotate", NOUN_KEY, &old.id, &d)) ||
	    (e = act_announce(c, NOUN_KEY, &k->id)) ||
	    (e = notices_key(c, k, NOTICE_ROTATED)))
		return e;
	return act_end(c, &tx);
}

/* What ID is now, and may it be renewed? */
static enum err
look(struct call *c, const struct uid *id, struct key_view *old)
{
	struct person o;
	enum err e;

	if ((e = keys_get(c, id, old)) ||
	    (e = keys_own(c, &old->key, KEYS_CHANGE)) ||
	    (e = may_rotate(c, &old->key)))
		return e;
	return keys_owner_ready(c, &old->key.person, &old->key.unit, &o);
}

static enum err
rotate(struct call *c, const struct uid *id, int64_t overlap,
    struct key_view *old, struct wifi_key *k)
{
	OWN(keys_make) struct keys_make m = {0};
	enum err e;

	if ((e = look(c, id, old)))
		return e;
	*k = old->key;
	k->id = uid_new();
	k->replaces = old->key.id;
	k->first_used = k->last_used = 0;
	k->created = c->now;
	k->version = 1;
	e = keys_make_minted(c, &old->network, &old->plan, &m);
	return e ? e : swap(c, &old->key, overlap, k, &m);
}

enum err
keys_rotate(
    struct call *c, const struct uid *id, int64_t overlap, struct key_view *out)
{
	struct key_view old;
	struct wifi_key k;
	enum err e = ERR_EXISTS;

	c->why = (struct why){{0}, {0}};
	if (overlap < 0 || overlap > KEYS_OVERLAP_MAX)
		return why_set(&c->why, ERR_BAD_INPUT, "overlap",
		    "Both may work for at most 30 days.");
	for (int i = 0;
	     (e == ERR_EXISTS || e == ERR_CONFLICT) && i < ROTATE_TRIES; i++)
		e = rotate(c, id, overlap, &old, &k);
	*out = (struct key_view){0};
	if (e)
		return e == ERR_EXISTS ? ERR_BUSY : e;
	/* not read again: what is done must not be told as a failure */
	*out = (struct key_view){.key = k,
	    .network = old.network,
	    .plan = old.plan,
	    .person = old.person,
	    .standing = key_standing(&k, c->now)};
	return ERR_OK;
}
