#include "core/service/vouchers.h"

#include <ctype.h>
#include <string.h>

#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/crypt/seal.h"
#include "core/model/mint.h"
#include "core/service/act.h"
#include "core/service/keys_make.h"
#include "core/service/vouchers_parts.h"

enum { LIST_MAX = 1000, MINT_TRIES = 4 };

/* --- codes
 * ------------------------------------------------------------------------ */

static enum err
code_new(struct secret *out)
{
	char text[VOUCHERS_TEXT + 1];
	enum err e;

	for (int i = 0; i < VOUCHERS_TEXT; i++)
		text[i] =
		    i == VOUCHERS_CODE / 2
			? '-'
			: MINT_ALPHABET[rnd_below(sizeof(MINT_ALPHABET) - 1)];
	e = secret_set(out, text, VOUCHERS_TEXT);
	secret_wipe(text, sizeof(text));
	return e;
}

/* As typed: any case, hyphens and blanks do not count. */
enum err
vouchers_hash(struct call *c, const char *typed, uint8_t out[static HASH_LEN])
{
	char code[VOUCHERS_CODE];
	size_t n = 0;

	for (; *typed; typed++) {
		char ch = (char)tolower((unsigned char)*typed);

		if (ch == '-' || ch == ' ')
			continue;
		if (n == sizeof(code) || !strchr(MINT_ALPHABET, ch))
			return ERR_NOT_FOUND;
		code[n++] = ch;
	}
	if (n != sizeof(code))
		return ERR_NOT_FOUND;
	return hash_hmac(ring_key(c->ring, RING_CODE), RING_KEY,
	    HASH_PARTS({"voucher", 7}, {code, sizeof(code)}), out);
}

/* --- making
 * ------------------------------------------------------------------------- */

enum err
vouchers_fill(struct call *c, const struct voucher_order *o, struct voucher *v)
{
	const struct {
		const char *from;
		char *to;
		size_t size;
	} texts[] = {{o->name, v->name, sizeof(v->name)},
	    {o->mail, v->mail, sizeof(v->mail)},
	    {o->room, v->room, sizeof(v->room)},
	    {o->host, v->host, sizeof(v->host)},
	    {o->language, v->language, sizeof(v->language)}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (texts[i].from == NULL || texts[i].from[0] == '\0')
			continue;
		if (strlen(texts[i].from) >= texts[i].size)
			return ERR_TOO_BIG;
		text_copy(texts[i].to, texts[i].size, texts[i].from);
		if (!text_name(texts[i].to, texts[i].size - 1))
			return why_set(&c->why, ERR_BAD_INPUT, "name",
			    "Give plain text without control characters.");
	}
	if (o->uses < 0 || o->uses > VOUCHERS_USES)
		return why_set(&c->why, ERR_BAD_INPUT, "uses",
		    "A code is good for 1 to %d guests.", VOUCHERS_USES);
	if (o->departure != 0 &&
	    (o->departure <= c->now || o->departure <= o->arrival))
		return why_set(&c->why, ERR_BAD_INPUT, "departure",
		    "The departure is after the arrival, and to come.");
	return ERR_OK;
}

static enum err
store_new(
    struct call *c, const struct voucher *v, const char *code, const char *act)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	uint8_t hash[HASH_LEN];
	struct row_args a;
	struct plan p;
	enum err e;

	detail_text(&d, "name", v->name);
	detail_text(&d, "host", v->host);
	detail_int(&d, "uses", v->uses_max);
	row_args(&voucher_rows, v, &a);
	if ((e = vouchers_hash(c, code, hash)))
		return e;
	row_args_add(&a, DB_BLOB(hash, sizeof(hash)));
	if ((e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &plan_rows, &v->plan, &p)))
		return e == ERR_NOT_FOUND
			   ? why_set(&c->why, ERR_BAD_INPUT, "plan",
				 "There is no such plan.")
			   : e;
	if ((e = store_run(c->store, SQL_VOUCHER_ADD, a.v, NULL)) ||
	    (e = act_record(c, act, NOUN_PASS, &v->id, &d)))
		return e;
	return act_end(c, &tx);
}

/* CODE is a new one, or given. */
static enum err
make(struct call *c, const struct voucher_order *o, enum voucher_state state,
    const char *act, struct voucher *out, struct secret *code)
{
	enum err e = ERR_OK;

	*out = (struct voucher){.id = uid_new(),
	    .plan = o->plan,
	    .state = state,
	    .arrival = o->arrival,
	    .departure = o->departure,
	    .uses_max = o->uses ? o->uses : 1,
	    .created = c->now,
	    .version = 1};
	text_copy(out->made_by, sizeof(out->made_by), c->actor.id.s);
	if ((e = vouchers_fill(c, o, out)) ||
	    (code->len == 0 && (e = code_new(code))) ||
	    (e = store_new(c, out, secret_text(code), act)))
		secret_own(code);
	return e;
}

enum err
vouchers_make(struct call *c, const struct voucher_order *o,
    struct voucher *out, struct secret *code)
{
	enum err e = act_need(c, VOUCHERS_DESK);

	*code = SECRET_NONE;
	return e ? e : make(c, o, VOUCHER_OPEN, "voucher.make", out, code);
}

enum err
vouchers_ask(struct call *c, const struct voucher_order *o, struct voucher *out,
    struct secret *code)
{
	*code = SECRET_NONE;
	if (!o->host || !strchr(o->host, '@'))
		return why_set(&c->why, ERR_BAD_INPUT, "host",
		    "Give the mail address of the person you visit.");
	if (o->uses > 1)
		return ERR_BAD_INPUT;
	return make(c, o, VOUCHER_ASKED, "voucher.ask", out, code);
}

/* The letters of a code, from 3 octets each: nearly even. */
enum err
vouchers_code_of(struct call *c, const char *seed, struct secret *out)
{
	char text[VOUCHERS_TEXT + 1];
	uint8_t h[HASH_LEN];
	enum err e;

	if ((e = hash_hmac(ring_key(c->ring, RING_CODE), RING_KEY,
		 HASH_PARTS({"derived", 7}, {seed, strlen(seed)}), h)))
		return e;
	for (int i = 0, k = 0; i < VOUCHERS_TEXT; i++) {
		uint32_t x;

		if (i == VOUCHERS_CODE / 2) {
			text[i] = '-';
			continue;
		}
		x = (uint32_t)h[k] << 16 | (uint32_t)h[k + 1] << 8 | h[k + 2];
		text[i] = MINT_ALPHABET[x % (sizeof(MINT_ALPHABET) - 1)];
		k += 3;
	}
	e = secret_set(out, text, VOUCHERS_TEXT);
	secret_wipe(text, sizeof(text));
	secret_wipe(h, sizeof(h));
	return e;
}

enum err
vouchers_from(struct call *c, const struct voucher_order *o, const char *seed,
    struct secret *code)
{
	uint8_t hash[HASH_LEN];
	struct voucher v;
	enum err e;

	*code = SECRET_NONE;
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = vouchers_code_of(c, seed, code)) ||
	    (e = vouchers_hash(c, secret_text(code), hash)))
		return e;
	e = row_one(c->store, &voucher_rows, SQL_VOUCHER_CODE,
	    DB_ARGS(DB_BLOB(hash, HASH_LEN)), &v);
	return e == ERR_NOT_FOUND
		   ? make(c, o, VOUCHER_OPEN, "voucher.make", &v, code)
		   : e;
}

/* --- deciding
 * -------------------------------------------------------------------------- */

/* Is the actor the sponsor it names? Others see nothing there. */
static enum err
own(struct call *c, const struct voucher *v)
{
	struct person p;
	enum err e;

	if (act_need(c, VOUCHERS_DESK) == ERR_OK)
		return ERR_OK;
	if (!call_may(c, ROLE_SPONSOR) || c->actor.kind != ACTOR_PERSON)
		return ERR_NOT_FOUND;
	if ((e = row_get(c->store, &person_rows, &c->actor.id, &p)))
		return e;
	return p.mail[0] && strcasecmp(p.mail, v->host) == 0 ? ERR_OK
							     : ERR_NOT_FOUND;
}

enum err
vouchers_get(struct call *c, const struct uid *id, struct voucher *out)
{
	enum err e = row_get(c->store, &voucher_rows, id, out);

	return e ? e : own(c, out);
}

enum err
vouchers_waits(struct call *c, const char *code, bool *waits)
{
	uint8_t hash[HASH_LEN];
	struct voucher v;
	enum err e;

	*waits = false;
	if ((e = vouchers_hash(c, code, hash)) == ERR_OK)
		e = row_one(c->store, &voucher_rows, SQL_VOUCHER_CODE,
		    DB_ARGS(DB_BLOB(hash, HASH_LEN)), &v);
	if (e == ERR_OK)
		*waits = v.state == VOUCHER_ASKED;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err
put(struct call *c, struct voucher *v, const char *act)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "state", voucher_state_text(v->state));
	detail_int(&d, "departure", v->departure);
	if ((e = row_set(c->store, &voucher_rows, v, &v->version)))
		return e;
	return act_record(c, act, NOUN_PASS, &v->id, &d);
}

enum err
vouchers_decide(struct call *c, const struct uid *id, int64_t departure)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct voucher v;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &voucher_rows, id, &v)) || (e = own(c, &v)))
		return e;
	if (v.state != VOUCHER_ASKED)
		return why_set(
		    &c->why, ERR_BAD_STATE, "", "This was decided already.");
	if (departure != 0 && departure <= c->now)
		return why_set(&c->why, ERR_BAD_INPUT, "departure",
		    "The departure is still to come.");
	v.state = departure ? VOUCHER_OPEN : VOUCHER_OVER;
	if (departure)
		v.departure = departure;
	if ((e = put(c, &v, departure ? "voucher.approve" : "voucher.refuse")))
		return e;
	return act_end(c, &tx);
}

enum err
vouchers_withdraw(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct voucher v;
	enum err e;

	if ((e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &voucher_rows, id, &v)) || (e = own(c, &v)))
		return e;
	if (v.state == VOUCHER_OVER)
		return ERR_BAD_STATE;
	v.state = VOUCHER_OVER;
	if ((e = put(c, &v, "voucher.withdraw")))
		return e;
	return act_end(c, &tx);
}

/* --- redeeming
 * ---------------------------------------------------------------------------
 */

static enum err
guest(struct call *c, const struct voucher *v, const char *name,
    const char *mail, struct person *p)
{
	enum err e;

	*p = (struct person){.id = uid_new(),
	    .roles = 1 << ROLE_PERSON,
	    .groups_known = true,
	    .state = PERSON_ACTIVE,
	    .state_since = c->now,
	    .created = c->now,
	    .version = 1};
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
	if ((e = keys_make_store(c, &m->key, &m->secret)) ||
	    (e = act_changed(c, "key.issue", NOUN_KEY, &m->key.id, &d)))
		return e;
	if ((e = put(c, v, "voucher.redeem")))
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

	if ((e = act_begin(c, &tx)) ||
	    (e = row_one(c->store, &voucher_rows, SQL_VOUCHER_CODE,
		 DB_ARGS(DB_BLOB(hash, HASH_LEN)), v)))
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

	if ((e = row_one(c->store, &voucher_rows, SQL_VOUCHER_CODE,
		 DB_ARGS(DB_BLOB(hash, HASH_LEN)), v)))
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
	for (int i = 0; e == ERR_EXISTS && i < MINT_TRIES; i++)
		e = redeem(c, hash, name, mail, until, &v, out, resumed);
	if (e == ERR_OK && *resumed)
		e = resume(c, &v, out);
	if (e)
		*out = (struct key_view){.devices = 0};
	return e == ERR_EXISTS ? ERR_BUSY : e;
}

/* --- lists
 * ---------------------------------------------------------------------------------
 */

enum err
vouchers_list(struct call *c, const char *search, int state, size_t offset,
    size_t limit, struct voucher **out, size_t *n, size_t *total)
{
	const char *like = act_pattern(c, search), *host = "";
	const char *word =
	    state < 0 ? "" : voucher_state_text((enum voucher_state)state);
	struct person p;
	int64_t count;
	enum err e;

	*out = NULL;
	*n = *total = 0;
	if (act_need(c, VOUCHERS_DESK | 1 << ROLE_AUDITOR) != ERR_OK) {
		if (!call_may(c, ROLE_SPONSOR))
			return ERR_FORBIDDEN;
		if ((e = row_get(c->store, &person_rows, &c->actor.id, &p)))
			return e;
		if (p.mail[0] == '\0')
			return ERR_OK;
		host = p.mail;
	}
	if (like == NULL)
		return ERR_TOO_BIG;
#define MATCHED                                                                \
	DB_TEXT(like), DB_INT(0), DB_INT(0), DB_INT(0), DB_INT(0),             \
	    DB_TEXT(host), DB_TEXT(word)
	if ((e = store_number(
		 c->store, SQL_VOUCHER_LIST_COUNT, DB_ARGS(MATCHED), &count)))
		return e;
	*total = (size_t)count;
	return row_list(c->store, &voucher_rows, SQL_VOUCHER_LIST,
	    DB_ARGS(MATCHED, DB_INT(limit < LIST_MAX ? limit : LIST_MAX),
		DB_INT(offset)),
	    c->arena, out, n);
#undef MATCHED
}

enum err
vouchers_open(struct call *c, const char *code, bool *open)
{
	uint8_t hash[HASH_LEN];
	struct voucher v;
	enum err e;

	*open = false;
	if ((e = vouchers_hash(c, code, hash)) == ERR_OK)
		e = row_one(c->store, &voucher_rows, SQL_VOUCHER_CODE,
		    DB_ARGS(DB_BLOB(hash, HASH_LEN)), &v);
	if (e == ERR_OK)
		*open = may_redeem(c, &v);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}
