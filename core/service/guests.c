#include "core/service/guests.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/crypt/seal.h"
#include "core/crypt/token.h"
#include "core/service/act.h"
#include "core/service/passes.h"
#include "core/service/proofs.h"

static enum err
digits_hash(struct call *c, const struct uid *id, const char *digits,
    uint8_t out[static HASH_LEN])
{
	return hash_hmac(ring_key(c->ring, RING_CODE), RING_KEY,
	    HASH_PARTS(
		{"proof", 5}, {id->s, UID_LEN}, {digits, strlen(digits)}),
	    out);
}

enum err
guests_prove(struct call *c, const struct guest_ask *a, struct uid *proof,
    char digits[static GUESTS_DIGITS + 1])
{
	OWN(tx) struct tx tx = TX_NONE;
	char to[MAIL_MAX + 1], name[4 * NAME_MAX_];
	uint8_t hash[HASH_LEN];
	const struct proof p = {.kind = a->phone ? "phone" : "mail",
	    .to = to,
	    .name = name,
	    .language = a->language,
	    .code = hash};
	enum err e;

	*proof = uid_new();
	token_digits(digits, GUESTS_DIGITS);
	text_copy(name, sizeof(name), a->name);
	text_copy(to, sizeof(to), a->phone ? a->phone : "");
	if ((e = act_name(c, name, "name", false)) ||
	    (!a->phone && (e = proofs_address(c, a->mail, to))) ||
	    (e = digits_hash(c, proof, digits, hash)) ||
	    (e = act_begin(c, &tx)) ||
	    (e = proofs_bounded(c, &p,
		 &(struct proof_bounds){
		     GUESTS_MAILS, GUESTS_PAUSE, a->total})) ||
	    (e = proofs_add(c, proof, &p)))
		return e;
	return act_end(c, &tx);
}

enum err
guests_count(struct call *c, const char *sponsor, int64_t total)
{
	OWN(tx) struct tx tx = TX_NONE;
	char to[MAIL_MAX + 1];
	const struct proof p = {.kind = "sponsor", .to = to};
	struct uid id = uid_new();
	enum err e;

	if ((e = proofs_address(c, sponsor, to)) || (e = act_begin(c, &tx)) ||
	    (e = proofs_bounded(c, &p,
		 &(struct proof_bounds){
		     .each = GUESTS_ASKS, .total = total})) ||
	    (e = proofs_add(c, &id, &p)))
		return e;
	return act_end(c, &tx);
}

/* What was asked for, when the digits are right. A wrong try counts for good:
 * it is committed before anything is said. */
static enum err
tried(struct call *c, const struct uid *proof, const char *digits,
    struct voucher_order *o)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	uint8_t hash[HASH_LEN];
	const void *want;
	size_t len;
	bool right;
	enum err e;

	if ((e = digits_hash(c, proof, digits, hash)) ||
	    (e = act_begin(c, &tx)) ||
	    (e = db_one(c->store->db, SQL_PROOF_TRY,
		 DB_ARGS(DB_TEXT(proof->s), DB_TEXT("sponsor"),
		     DB_INT(GUESTS_TRIES), DB_INT(c->now - GUESTS_VALID)),
		 &r)))
		return e;
	want = db_blob(&r, 0, &len);
	right = len == HASH_LEN && secret_equal(want, hash, HASH_LEN);
	/* a telephone number is no mail address, and is forgotten */
	o->mail = strcmp(db_text(&r, 4), "mail") == 0
		      ? arena_text(c->arena, db_text(&r, 1))
		      : "";
	o->name = arena_text(c->arena, db_text(&r, 2));
	o->language = arena_text(c->arena, db_text(&r, 3));
	if ((e = db_end(&r)) ||
	    (right &&
		(e = store_run(c->store, SQL_PROOF_USED,
		     DB_ARGS(DB_TEXT(proof->s), DB_INT(c->now)), NULL))) ||
	    (e = act_end(c, &tx)))
		return e;
	if (o->mail == NULL || o->name == NULL || o->language == NULL)
		return ERR_NO_MEMORY;
	return right ? ERR_OK : ERR_NOT_FOUND;
}

enum err
guests_confirm(struct call *c, const struct uid *proof, const char *digits,
    const struct uid *plan, struct key_view *out, struct secret *code,
    bool *resumed)
{
	struct voucher_order o = {.plan = *plan};
	struct call machine = *c;
	enum err e;

	*out = (struct key_view){.devices = 0};
	*code = SECRET_NONE;
	*resumed = false;
	machine.actor.kind = ACTOR_SYSTEM;
	if (strlen(digits) != GUESTS_DIGITS)
		return ERR_NOT_FOUND;
	if ((e = tried(c, proof, digits, &o)) ||
	    (e = vouchers_from(&machine, &o, proof->s, code)))
		return e;
	return vouchers_redeem(
	    c, secret_text(code), o.name, o.mail, out, resumed);
}

enum err
guests_plan(struct call *c, const char *name, struct uid *plan)
{
	struct call machine = *c;
	struct entitlement *list;
	size_t n;
	enum err e;

	*plan = UID_NONE;
	machine.actor.kind = ACTOR_SYSTEM;
	if ((e = passes_presets(&machine, &list, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (*name == '\0' || strcmp(list[i].plan.name, name) == 0) {
			*plan = list[i].plan.id;
			return ERR_OK;
		}
	return ERR_NOT_ENTITLED;
}
