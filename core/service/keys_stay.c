#include "core/service/keys_stay.h"

#include "core/base/text.h"
#include "core/service/disconnects.h"

/* As KEY_STAY says that there is no end: after the last second there is. */
#define OPEN INT64_C(253402300800)

/* 0: nothing of a guest works. */
static enum err
last_end(struct call *c, const struct uid *person, int64_t *out)
{
	return store_number(c->store, SQL_KEY_STAY,
	    DB_ARGS(DB_TEXT(person->s), DB_INT(c->now)), out);
}

enum err
keys_stay_end(struct call *c, const struct uid *person, int64_t *out)
{
	enum err e = last_end(c, person, out);

	if (e || *out == OPEN)
		*out = 0;
	return e;
}

enum err
keys_stay_allows(struct call *c, const struct wifi_key *k, int64_t end)
{
	int64_t stay;
	enum err e;

	if (k->kind != KEY_THING)
		return ERR_OK;
	if ((e = keys_stay_end(c, &k->person, &stay)) || stay == 0 ||
	    (end != 0 && end <= stay))
		return e;
	return why_set(&c->why, ERR_BAD_INPUT, "not_after",
	    "This guest leaves before that.");
}

static enum err
keep(struct call *c, struct wifi_key *t, const char *act, struct buf *d)
{
	bool over = key_standing(t, c->now) != KEY_IS_ACTIVE;
	enum err e;

	if ((e = row_set(c->store, &key_rows, t, &t->version)) ||
	    (over && (e = disconnects_queue_key(c, &t->id))))
		return e;
	return act_changed(c, act, NOUN_KEY, &t->id, d);
}

static enum err
revoke(struct call *c, const struct wifi_key *k, struct wifi_key *t)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if (key_standing(t, c->now) == KEY_IS_EXPIRED)
		return ERR_OK;
	t->state = KEY_REVOKED;
	text_copy(t->reason, sizeof(t->reason), k->reason);
	detail_text(&d, "state", key_state_text(t->state));
	detail_text(&d, "reason", t->reason);
	if ((e = store_run(c->store, SQL_KEY_ENDED,
		 DB_ARGS(DB_TEXT(t->id.s), DB_INT(c->now)), NULL)))
		return e;
	return keep(c, t, "key.revoke", &d);
}

static enum err
move(struct call *c, struct wifi_key *t, int64_t before, int64_t end)
{
	OWN(buf) struct buf d = DETAIL;
	bool later = end != 0 && (t->not_after == 0 || t->not_after > end);

	if (t->not_after == end || (t->not_after != before && !later))
		return ERR_OK;
	detail_int(&d, "from", t->not_after);
	detail_int(&d, "to", end);
	t->not_after = end;
	return keep(c, t, "key.end", &d);
}

enum err
keys_stay_moved(struct call *c, const struct wifi_key *k, int64_t before)
{
	struct wifi_key *things;
	int64_t end;
	size_t n;
	enum err e;

	if (k->kind != KEY_GUEST)
		return ERR_OK;
	if ((e = row_list(c->store, &key_rows, SQL_KEY_STAY_THINGS,
		 DB_ARGS(DB_TEXT(k->person.s), DB_INT(c->now)), c->arena,
		 &things, &n)) ||
	    (e = last_end(c, &k->person, &end)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if (end == 0 && k->state == KEY_REVOKED)
			e = revoke(c, k, &things[i]);
		else
			e = move(c, &things[i], before,
			    end == 0      ? k->not_after
			    : end == OPEN ? 0
					  : end);
		if (e)
			return e;
	}
	return ERR_OK;
}
