/* Forgetting somebody: what is about them goes, what happened stays. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/people.h"

#define FORGOTTEN "forgotten" /* instead of an issuer */

bool
people_is_forgotten(const struct person *p)
{
	return strcmp(p->issuer, FORGOTTEN) == 0;
}

static enum err
may_forget(struct call *c, const struct person *p)
{
	if (call_may(c, ROLE_ADMIN) && !act_is(c, &p->id))
		return ERR_OK;
	if (!act_is(c, &p->id))
		return ERR_NOT_FOUND;
	/* or a suspension would end by being forgotten and coming back */
	if (p->state != PERSON_ACTIVE)
		return why_set(&c->why, ERR_BAD_STATE, "",
		    "While your access is suspended, only an administrator can "
		    "delete what is stored of you.");
	if (p->roles & (1 << ROLE_ADMIN))
		return why_set(&c->why, ERR_BAD_STATE, "",
		    "You are an administrator: another one has to do this.");
	return ERR_OK;
}

/* Ends every key, keeping no name, and drops who is on the air with it. */
static enum err
end_keys(struct call *c, const struct uid *id)
{
	struct wifi_key k;
	struct uid *key;
	size_t n;
	enum err e;

	if ((e = row_ids(c->store, SQL_KEY_IDS_OF, DB_ARGS(DB_TEXT(id->s)),
		 c->arena, &key, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if ((e = row_get(c->store, &key_rows, &key[i], &k)))
			return e;
		text_copy(k.name, sizeof(k.name), "-");
		k.reason[0] = '\0';
		if (k.state != KEY_REVOKED &&
		    (e = store_run(c->store, SQL_KEY_ENDED,
			 DB_ARGS(DB_TEXT(k.id.s), DB_INT(c->now)), NULL)))
			return e;
		k.state = KEY_REVOKED;
		if ((e = row_set(c->store, &key_rows, &k, &k.version)) ||
		    (e = disconnects_queue_key(c, &k.id)) ||
		    (e = act_announce(c, NOUN_KEY, &k.id)))
			return e;
	}
	return ERR_OK;
}

/* Visits that are still open are needed to end them; they go with the rest
 * when their time has come. */
static enum err
clear(struct call *c, const struct uid *id)
{
	static const enum sql all[] = {SQL_FORGET_DEVICES, SQL_FORGET_VISITS,
	    SQL_FORGET_VOUCHERS, SQL_FORGET_MEMBER, SQL_FORGET_SCIM,
	    SQL_FORGET_OUTBOX, SQL_FORGET_PROOFS, SQL_FORGET_BATCH,
	    SQL_GROUP_CLEAR, SQL_SESSION_END_PERSON, SQL_FORGET_PERSON};
	enum err e;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((e = store_run(
			 c->store, all[i], DB_ARGS(DB_TEXT(id->s)), NULL)))
			return e;
	return ERR_OK;
}

enum err
people_forget(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct person p;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &person_rows, id, &p)) ||
	    (e = may_forget(c, &p)))
		return e;
	text_copy(p.issuer, sizeof(p.issuer), FORGOTTEN);
	text_copy(p.subject, sizeof(p.subject), p.id.s);
	text_copy(p.name, sizeof(p.name), "-");
	p.mail[0] = p.language[0] = p.state_reason[0] = '\0';
	p.roles = 0;
	p.state = PERSON_ENDED;
	p.state_since = c->now;
	p.terms_at = p.last_sign_in = 0;
	p.terms_version[0] = '\0';
	if ((e = end_keys(c, id)) || (e = clear(c, id)) ||
	    (e = row_set(c->store, &person_rows, &p, &p.version)) ||
	    (e = act_changed(c, "person.forget", NOUN_PERSON, id, NULL)))
		return e;
	return act_end(c, &tx);
}
