#include "core/service/disconnects.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/keys_own.h"

/* --- queueing ----------------------------------------------------------------
 */

/* One row per open visit that has none waiting yet. */
static enum err
visits(struct call *c, enum sql open, const struct db_arg *args)
{
	struct visit *v;
	size_t n;
	enum err e;

	if ((e = row_list(c->store, &visit_rows, open, args, c->arena, &v, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		struct uid id = uid_new();
		char mac[MAC_TEXT];

		mac_text(&v[i].mac, mac);
		if ((e = store_run(c->store, SQL_DISCONNECT_ADD,
			 DB_ARGS(DB_TEXT(id.s), DB_TEXT(v[i].id.s),
			     ROW_ID(&v[i].key), ROW_ID(&v[i].ap), DB_TEXT(mac),
			     DB_TEXT(v[i].session), DB_INT(c->now)),
			 NULL)) ||
		    (e = act_announce(c, NOUN_VISIT, &v[i].id)))
			return e;
	}
	return ERR_OK;
}

/* And one per device that no visit tells of, to where it was let in last:
 * there are access points without accounting. */
static enum err
silent(struct call *c, enum sql there, const struct db_arg *args)
{
	struct uid *device;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, there, args, c->arena, &device, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		struct uid id = uid_new();

		if ((e = store_run(c->store, SQL_DISCONNECT_ADD_THERE,
			 DB_ARGS(DB_TEXT(id.s), DB_TEXT(device[i].s),
			     DB_INT(c->now)),
			 NULL)) ||
		    (e = act_announce(c, NOUN_DEVICE, &device[i])))
			return e;
	}
	return ERR_OK;
}

static struct db_arg
since(const struct call *c)
{
	return DB_INT(c->now - DISCONNECTS_JOINED);
}

enum err
disconnects_queue_key(struct call *c, const struct uid *key)
{
	enum err e = visits(c, SQL_VISIT_OPEN_OF_KEY, DB_ARGS(DB_TEXT(key->s)));

	return e ? e
		 : silent(c, SQL_DEVICE_THERE_OF_KEY,
		       DB_ARGS(DB_TEXT(key->s), since(c)));
}

enum err
disconnects_queue_person(struct call *c, const struct uid *person)
{
	enum err e =
	    visits(c, SQL_VISIT_OPEN_OF_PERSON, DB_ARGS(DB_TEXT(person->s)));

	return e ? e
		 : silent(c, SQL_DEVICE_THERE_OF_PERSON,
		       DB_ARGS(DB_TEXT(person->s), since(c)));
}

enum err
disconnects_queue_plan(struct call *c, const struct uid *plan)
{
	struct uid *key;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, SQL_KEY_ON_AIR_OF_PLAN,
		 DB_ARGS(DB_TEXT(plan->s), since(c)), c->arena, &key, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = disconnects_queue_key(c, &key[i])))
			return e;
	return ERR_OK;
}

enum err
disconnects_queue_device(
    struct call *c, const struct uid *key, const struct mac *mac)
{
	char text[MAC_TEXT];
	enum err e;

	mac_text(mac, text);
	e = visits(c, SQL_VISIT_OPEN_OF_DEVICE,
	    DB_ARGS(DB_TEXT(key->s), DB_TEXT(text)));
	return e ? e
		 : silent(c, SQL_DEVICE_THERE_OF_MAC,
		       DB_ARGS(DB_TEXT(key->s), since(c), DB_TEXT(text)));
}

/* --- reading --- */

static enum err
read_row(struct call *c, const struct db_rows *r, void *item)
{
	struct disconnect *d = item;
	const char *mac = db_text(r, 3);

	(void)c;
	*d = (struct disconnect){.created = db_int(r, 5),
	    .due = db_int(r, 6),
	    .tries = db_int(r, 7),
	    .asked = db_int(r, 8),
	    .answered = db_int(r, 9),
	    .cause = (int)db_int(r, 11),
	    .gone = db_int(r, 13)};
	(void)uid_parse(db_text(r, 1), &d->key);
	(void)uid_parse(db_text(r, 2), &d->ap);
	text_copy(d->session, sizeof(d->session), db_text(r, 4));
	text_copy(d->nas_id, sizeof(d->nas_id), db_text(r, 14));
	text_copy(d->nas_ip, sizeof(d->nas_ip), db_text(r, 15));
	text_copy(d->called, sizeof(d->called), db_text(r, 16));
	text_copy(d->user, sizeof(d->user), db_text(r, 17));
	text_copy(d->answer, sizeof(d->answer), db_text(r, 10));
	text_copy(d->state, sizeof(d->state), db_text(r, 12));
	return uid_parse(db_text(r, 0), &d->id) &&
		       mac_parse(mac, strlen(mac), &d->mac, NULL)
		   ? ERR_OK
		   : ERR_CORRUPT;
}

static enum err
list(struct call *c, enum sql sql, const struct db_arg *args,
    struct disconnect **out, size_t *n)
{
	return act_views(c, sql, args, read_row, sizeof(**out), out, n);
}

enum err
disconnects_due(
    struct call *c, size_t limit, struct disconnect **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if (limit > DISCONNECTS_DUE_MAX)
		limit = DISCONNECTS_DUE_MAX;
	return list(c, SQL_DISCONNECT_DUE,
	    DB_ARGS(
		DB_INT(c->now), DB_INT(limit), DB_INT(DISCONNECTS_DUE_EACH)),
	    out, n);
}

enum err
disconnects_of_ap(struct call *c, const struct uid *ap, struct disconnect *out)
{
	struct disconnect *all = NULL;
	size_t n = 0;
	enum err e;

	if ((e = act_need(c, ACT_READ)) ||
	    (e = list(
		 c, SQL_DISCONNECT_OF_AP, DB_ARGS(DB_TEXT(ap->s)), &all, &n)))
		return e;
	if (n == 0)
		return ERR_NOT_FOUND;
	*out = all[0];
	return ERR_OK;
}

enum err
disconnects_of_key(struct call *c, const struct uid *key, size_t limit,
    struct disconnect **out, size_t *n)
{
	struct wifi_key k;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = keys_own_get(c, key, KEYS_SEE, &k)))
		return e;
	return list(c, SQL_DISCONNECT_OF_KEY,
	    DB_ARGS(DB_TEXT(key->s), DB_INT(limit)), out, n);
}

/* --- what came of it --- */

static const char *
answer_text(enum disconnect_answer a)
{
	switch (a) {
	case DISCONNECT_ACK:
		return "ack";
	case DISCONNECT_NAK:
		return "nak";
	case DISCONNECT_TIMEOUT:
		return "timeout";
	case DISCONNECT_UNREACHABLE:
		return "unreachable";
	}
	return "";
}

/* Answers are kept even when a later try goes unanswered: an ACK is proof. */
enum err
disconnects_result(struct call *c, const struct uid *id,
    enum disconnect_answer answer, int cause, int64_t again)
{
	OWN(tx) struct tx tx = TX_NONE;
	bool heard = answer == DISCONNECT_ACK || answer == DISCONNECT_NAK;
	int64_t changed, tries;
	enum err e;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = act_begin(c, &tx)) ||
	    (e = store_number(c->store, SQL_DISCONNECT_TRIES,
		 DB_ARGS(DB_TEXT(id->s)), &tries)))
		return e;
	if (tries + 1 >= DISCONNECTS_TRIES)
		again = 0;
	if ((e = store_run(c->store, SQL_DISCONNECT_RESULT,
		 DB_ARGS(DB_TEXT(id->s), DB_INT(c->now),
		     DB_INT(heard ? c->now : 0), DB_TEXT(answer_text(answer)),
		     DB_INT(cause), DB_INT(again),
		     DB_TEXT(again                      ? "waiting"
			     : answer == DISCONNECT_ACK ? "done"
							: "dead")),
		 &changed)))
		return e;
	return changed ? act_end(c, &tx) : ERR_NOT_FOUND;
}
