/* A code becomes a guest and a password, once and never twice. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/keys_make.h"
#include "core/service/pools.h"
#include "core/service/vouchers_parts.h"

enum { MINT_TRIES = 4 };

static enum err
guest(struct call *c, const struct voucher *v, const char *name,
    const char *mail, struct person *p)
{
	enum err e;

	person_defaults(p, c->now);
	text_copy(p->issuer, sizeof(p->issuer), "local");
	text_copy(p->subject, sizeof(p->subject), p->id.s);
	text_copy(p->name, sizeof(p->name), name && name[0] ? name : v->name);
	text_copy(p->mail, sizeof(p->mail), mail && mail[0] ? mail : v->mail);
	text_copy(p->language, sizeof(p->language), v->language);
	if (p->name[0] == '\0')
		text_copy(p->name, sizeof(p->name), "Guest");
	if ((e = act_name(c, p->name, "name", false)) ||
	    (e = row_add(c->store, &person_rows, p)))
		return e;
	return act_announce(c, NOUN_PERSON, &p->id);
}

static bool
may_redeem(const struct call *c, const struct voucher *v)
{
	return v->state == VOUCHER_OPEN && v->uses < v->uses_max &&
	       (v->departure == 0 || v->departure > c->now);
}

/* What is made of a voucher, all of it in one transaction. */
struct made {
	struct network network;
	struct plan plan;
	struct person person;
	struct wifi_key key;
	struct keys_make secret;
};

static inline void
made_own(struct made *m)
{
	keys_make_own(&m->secret);
}

/* The slow part: the passphrase and its PMK, before anybody is held up. */
static enum err
mint(struct call *c, const struct voucher *v, int64_t until, struct made *m)
{
	int64_t from = v->arrival > c->now ? v->arrival : c->now;
	const char *name = v->room[0] ? v->room : v->host;
	enum err e;

	if ((e = row_get(c->store, &plan_rows, &v->plan, &m->plan)) ||
	    (e = row_get(
		 c->store, &network_rows, &m->plan.network, &m->network)))
		return e;
	m->key = (struct wifi_key){.id = uid_new(),
	    .network = m->network.id,
	    .plan = m->plan.id,
	    .kind = KEY_GUEST,
	    .state = KEY_ACTIVE,
	    .not_before = v->arrival > c->now ? v->arrival : 0,
	    .not_after = v->departure ? v->departure
				      : plan_end(&m->plan, m->network.time_zone,
					    from, 0),
	    .end_given = v->departure != 0 || until != 0,
	    .created = c->now,
	    .version = 1};
	text_copy(m->key.name, sizeof(m->key.name), name[0] ? name : "Guest");
	if (until != 0 && (m->key.not_after == 0 || until < m->key.not_after))
		m->key.not_after = until;
	return keys_make_minted(c, &m->network, &m->plan, &m->secret);
}

static enum err
store_made(struct call *c, struct voucher *v, struct made *m, const char *name,
    const char *mail)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	if ((e = guest(c, v, name, mail, &m->person)))
		return e;
	m->key.person = m->person.id;
	v->person = m->person.id;
	v->key = v->uses_max > 1 ? UID_NONE : m->key.id;
	if (++v->uses == v->uses_max)
		v->state = VOUCHER_USED;
	detail_text(&d, "voucher", v->id.s);
	detail_text(&d, "person", m->person.id.s);
	if ((e = pools_lease(c, &m->plan, &m->person.id)) ||
	    (e = keys_make_store(c, &m->key, &m->secret)) ||
	    (e = act_changed(c, "key.issue", NOUN_KEY, &m->key.id, &d)))
		return e;
	if ((e = vouchers_put(c, v, "voucher.redeem")))
		return e;
	return v->state == VOUCHER_USED ? vouchers_stock(c, &v->id) : ERR_OK;
}

/* Exactly one caller gets the last use: it is gone when this commits, and the
 * password is there. AGAIN: it was used up, and may be resumed. */
static enum err
take(struct call *c, const uint8_t hash[static HASH_LEN], const char *name,
    const char *mail, struct made *m, struct voucher *v, bool *again)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = vouchers_of_hash(c, hash, v)))
		return e;
	*again = v->state == VOUCHER_USED && v->uses_max == 1;
	if (*again)
		return ERR_OK;
	if (!may_redeem(c, v))
		return ERR_NOT_FOUND;
	if ((e = store_made(c, v, m, name, mail)))
		return e;
	return act_end(c, &tx);
}

static enum err
redeem(struct call *c, const uint8_t hash[static HASH_LEN], const char *name,
    const char *mail, int64_t until, struct voucher *v, struct key_view *out,
    bool *again)
{
	OWN(made) struct made m = {.key = {.version = 0}};
	enum err e;

	if ((e = vouchers_of_hash(c, hash, v)))
		return e;
	*again = v->state == VOUCHER_USED && v->uses_max == 1;
	if (*again)
		return ERR_OK;
	if (!may_redeem(c, v))
		return ERR_NOT_FOUND;
	if ((e = mint(c, v, until, &m)) ||
	    (e = take(c, hash, name, mail, &m, v, again)))
		return e;
	if (!*again)
		*out = (struct key_view){.key = m.key,
		    .network = m.network,
		    .plan = m.plan,
		    .person = m.person,
		    .standing = key_standing(&m.key, c->now)};
	return ERR_OK;
}

/* A page that was closed, another device. */
static enum err
resume(struct call *c, const struct voucher *v, struct key_view *out)
{
	struct call machine = *c;
	enum err e;

	machine.actor.kind = ACTOR_SYSTEM;
	if (uid_is_none(&v->key) ||
	    (v->departure != 0 && v->departure <= c->now))
		return ERR_NOT_FOUND;
	if ((e = keys_get(&machine, &v->key, out)))
		return e;
	return out->standing == KEY_IS_ACTIVE ||
		       out->standing == KEY_IS_SCHEDULED
		   ? ERR_OK
		   : ERR_NOT_FOUND;
}

enum err
vouchers_redeem(struct call *c, const char *code, const char *name,
    const char *mail, struct key_view *out, bool *resumed)
{
	return vouchers_redeem_until(c, code, name, mail, 0, out, resumed);
}

enum err
vouchers_redeem_until(struct call *c, const char *code, const char *name,
    const char *mail, int64_t until, struct key_view *out, bool *resumed)
{
	uint8_t hash[HASH_LEN];
	struct voucher v;
	enum err e;

	*out = (struct key_view){.devices = 0};
	*resumed = false;
	if ((e = vouchers_hash(c, code, hash)))
		return e;
	e = ERR_EXISTS;
	for (int i = 0;
	     (e == ERR_EXISTS || e == ERR_CONFLICT) && i < MINT_TRIES; i++)
		e = redeem(c, hash, name, mail, until, &v, out, resumed);
	if (e == ERR_OK && *resumed)
		e = resume(c, &v, out);
	if (e)
		*out = (struct key_view){.devices = 0};
	return e == ERR_EXISTS ? ERR_BUSY : e;
}

enum err
vouchers_open(struct call *c, const char *code, bool *open)
{
	struct voucher v;
	enum err e = vouchers_of_code(c, code, &v);

	*open = e == ERR_OK && may_redeem(c, &v);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}
