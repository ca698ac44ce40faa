#include "core/service/vouchers.h"

#include <ctype.h>
#include <string.h>

#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/crypt/seal.h"
#include "core/model/mint.h"
#include "core/service/act.h"
#include "core/service/keys_own.h"
#include "core/service/vouchers_parts.h"

enum { LIST_MAX = 1000 };

/* --- codes --- */

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

enum err
vouchers_of_hash(
    struct call *c, const uint8_t hash[static HASH_LEN], struct voucher *out)
{
	return row_one(c->store, &voucher_rows, SQL_VOUCHER_CODE,
	    DB_ARGS(DB_BLOB(hash, HASH_LEN)), out);
}

enum err
vouchers_of_code(struct call *c, const char *typed, struct voucher *out)
{
	uint8_t hash[HASH_LEN];
	enum err e = vouchers_hash(c, typed, hash);

	return e ? e : vouchers_of_hash(c, hash, out);
}

/* --- making --- */

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
	enum err e = act_need_desk(c, ACT_STAFF, &o->plan);

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
	struct voucher v;
	enum err e;

	*code = SECRET_NONE;
	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = vouchers_code_of(c, seed, code)))
		return e;
	e = vouchers_of_code(c, secret_text(code), &v);
	if (e == ERR_NOT_FOUND)
		e = make(c, o, VOUCHER_OPEN, "voucher.make", &v, code);
	/* a form that was sent twice: the other one has made it by now */
	return e == ERR_EXISTS ? vouchers_code_of(c, seed, code) : e;
}

/* --- deciding --- */

/* Is the actor the sponsor it names? Others see nothing there. */
static enum err
own(struct call *c, const struct voucher *v)
{
	struct person p;
	enum err e;

	if (act_need_desk(c, ACT_STAFF, &v->plan) == ERR_OK)
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
	struct voucher v;
	enum err e = vouchers_of_code(c, code, &v);

	*waits = e == ERR_OK && v.state == VOUCHER_ASKED;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err
vouchers_put(struct call *c, struct voucher *v, const char *act)
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
	if ((e = vouchers_put(
		 c, &v, departure ? "voucher.approve" : "voucher.refuse")))
		return e;
	return act_end(c, &tx);
}

/* In the caller's transaction; V is what it was. */
static enum err
withdraw(struct call *c, const struct uid *id, struct voucher *v)
{
	enum err e;

	if ((e = row_get(c->store, &voucher_rows, id, v)) || (e = own(c, v)))
		return e;
	if (v->state == VOUCHER_OVER)
		return ERR_BAD_STATE;
	v->state = VOUCHER_OVER;
	return vouchers_put(c, v, "voucher.withdraw");
}

enum err
vouchers_withdraw(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct voucher v;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = withdraw(c, id, &v)))
		return e;
	return act_end(c, &tx);
}

/* The key is the guest's: whoever may take back the one may end the other. */
enum err
vouchers_take_back(struct call *c, const struct uid *id, const char *reason)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct call machine;
	struct voucher v;
	enum err e, ended = ERR_BAD_STATE;

	if ((e = act_begin(c, &tx)) ||
	    ((e = withdraw(c, id, &v)) && e != ERR_BAD_STATE))
		return e;
	machine = *c;
	machine.actor.kind = ACTOR_SYSTEM;
	if (!uid_is_none(&v.key))
		ended = keys_own_revoke(&machine, &v.key, reason);
	if (ended != ERR_OK && (ended != ERR_BAD_STATE || e))
		return ended;
	return act_end(c, &tx);
}

/* --- lists --- */

enum err
vouchers_list(struct call *c, const char *search, int state, size_t offset,
    size_t limit, struct voucher **out, size_t *n, size_t *total)
{
	const char *like, *host = "";
	const char *word =
	    state < 0 ? "" : voucher_state_text((enum voucher_state)state);
	struct person p;
	int64_t count;
	enum err e;

	*out = NULL;
	*n = *total = 0;
	if (act_need(c, ACT_DESK | 1 << ROLE_AUDITOR) != ERR_OK) {
		if (!call_may(c, ROLE_SPONSOR))
			return ERR_FORBIDDEN;
		if ((e = row_get(c->store, &person_rows, &c->actor.id, &p)))
			return e;
		if (p.mail[0] == '\0')
			return ERR_OK;
		host = p.mail;
	}
	if ((e = act_pattern(c, search, &like)))
		return e;
#define MATCHED                                                                \
	DB_TEXT(like), DB_INT(0), DB_INT(0), DB_INT(0), DB_INT(0),             \
	    DB_TEXT(host), DB_TEXT(word), DB_TEXT(act_desk(c, ACT_READ))
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
