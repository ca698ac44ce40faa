#include "core/service/keys_make.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/psk_many.h"
#include "core/model/mint.h"
#include "core/service/sealed.h"

enum { MINT_TRIES = 8, DISTINCT_MIN = 5 };

void
keys_make_own(struct keys_make *m)
{
	secret_wipe(m, sizeof(*m));
}

static enum err
fingerprint(struct call *c, const struct network *n, struct keys_make *m)
{
	text_copy(m->ssid, sizeof(m->ssid), n->ssid);
	return hash_fingerprint(ring_key(c->ring, RING_FINGERPRINT), n->id.s,
	    m->pmk, PSK_PMK, m->print);
}

static enum err
derive(struct call *c, const struct network *n, struct keys_make *m)
{
	const char *text = secret_text(&m->passphrase);
	enum err e = ERR_OK;

	if (!psk_is_hex(text, m->passphrase.len))
		e = psk_derive(
		    text, m->passphrase.len, n->ssid, strlen(n->ssid), m->pmk);
	else if (!text_from_hex(text, m->pmk, PSK_PMK))
		e = ERR_BAD_INPUT;
	return e ? e : fingerprint(c, n, m);
}

static enum err
taken(struct call *c, const struct network *n, const struct keys_make *m,
    bool *out)
{
	return store_any(c->store, SQL_KEY_TAKEN,
	    DB_ARGS(DB_TEXT(n->id.s), DB_BLOB(m->print, HASH_LEN)), out);
}

enum err
keys_make_minted(struct call *c, const struct network *n, const struct plan *p,
    struct keys_make *out)
{
	struct mint_plan how = {.style = p->style, .count = p->style_count};
	bool there = true;
	enum err e;

	out->weak = false;
	for (int i = 0; there; i++) {
		if (i == MINT_TRIES)
			return ERR_INTERNAL; /* 60 bits do not collide so */
		if ((e = mint_passphrase(&how, &out->passphrase)) ||
		    (e = derive(c, n, out)) || (e = taken(c, n, out, &there)))
			return e;
	}
	return ERR_OK;
}

/* Too few different characters, or the network's own name. */
static bool
weak(const struct secret *s, const struct network *n)
{
	bool seen[256] = {false};
	int distinct = 0;

	for (size_t i = 0; i < s->len; i++)
		if (!seen[s->b[i]]) {
			seen[s->b[i]] = true;
			distinct++;
		}
	return distinct < DISTINCT_MIN ||
	       strstr(secret_text(s), n->ssid) != NULL ||
	       strncasecmp(secret_text(s), "password", 8) == 0 ||
	       strncmp(secret_text(s), "12345678", 8) == 0;
}

enum err
keys_make_refused(struct call *c)
{
	return why_set(&c->why, ERR_BAD_INPUT, "passphrase",
	    "This passphrase cannot be used here. Take another one.");
}

/* What can be said of GIVEN without the slow part. */
static enum err
take_given(struct call *c, const struct network *n, const struct secret *given,
    struct keys_make *out)
{
	if (!psk_allowed(secret_text(given), given->len))
		return why_set(&c->why, ERR_BAD_INPUT, "passphrase",
		    "A passphrase has 8 to 63 printable ASCII characters, or "
		    "64 hexadecimal digits.");
	out->weak = weak(given, n);
	return secret_set(&out->passphrase, given->b, given->len);
}

enum err
keys_make_given(struct call *c, const struct network *n,
    const struct secret *given, struct keys_make *out)
{
	bool there;
	enum err e;

	if ((e = take_given(c, n, given, out)) || (e = derive(c, n, out)) ||
	    (e = taken(c, n, out, &there)))
		return e;
	return there || out->weak ? keys_make_refused(c) : ERR_OK;
}

/* --- many -------------------------------------------------------------------
 */

static bool
is_digits(const struct keys_make *m)
{
	return psk_is_hex(secret_text(&m->passphrase), m->passphrase.len);
}

/* The PMKs of those that are fine so far. */
static enum err
derive_many(struct call *c, const struct network *n,
    struct keys_make_one *const *all, size_t count)
{
	struct psk_many *slow = calloc(count, sizeof(*slow));
	size_t k = 0;
	enum err e;

	if (slow == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct secret *s = &all[i]->make.passphrase;

		if (!all[i]->err && !is_digits(&all[i]->make))
			slow[k++] = (struct psk_many){
			    .passphrase = secret_text(s), .len = s->len};
	}
	e = psk_many(slow, k, n->ssid, strlen(n->ssid));
	k = 0;
	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		struct keys_make *m = &all[i]->make;

		if (all[i]->err)
			continue;
		if (is_digits(m))
			e = derive(c, n, m);
		else {
			memcpy(m->pmk, slow[k++].pmk, PSK_PMK);
			e = fingerprint(c, n, m);
		}
	}
	secret_wipe(slow, count * sizeof(*slow));
	free(slow);
	return e;
}

static int
by_print(const void *a, const void *b)
{
	const struct keys_make_one *const *x = a, *const *y = b;
	int order = memcmp((*x)->make.print, (*y)->make.print, HASH_LEN);

	return order ? order : *x < *y ? -1 : *x > *y;
}

static void
refuse_one(struct call *c, struct keys_make_one *one)
{
	one->err = keys_make_refused(c);
	one->why = c->why;
}

/* Refuses all but the first of those that are the same. */
static void
refuse_twins(struct call *c, struct keys_make_one **all, size_t count)
{
	qsort(all, count, sizeof(all[0]), by_print);
	for (size_t i = 1; i < count; i++)
		if (!all[i]->err && memcmp(all[i]->make.print,
					all[i - 1]->make.print, HASH_LEN) == 0)
			refuse_one(c, all[i]);
}

static enum err
mint_one(struct call *c, const struct network *n, struct keys_make_one *one)
{
	struct mint_plan how = {
	    .style = one->plan->style, .count = one->plan->style_count};

	if (one->given != NULL)
		return take_given(c, n, one->given, &one->make);
	return mint_passphrase(&how, &one->make.passphrase);
}

enum err
keys_make_many(struct call *c, const struct network *n,
    struct keys_make_one **all, size_t count)
{
	bool there;
	enum err e;

	for (size_t i = 0; i < count; i++) {
		c->why = (struct why){{0}, {0}};
		if ((all[i]->err = mint_one(c, n, all[i])))
			all[i]->why = c->why;
	}
	if ((e = derive_many(c, n, all, count)))
		return e;
	for (size_t i = 0; i < count; i++) {
		if (all[i]->err)
			continue;
		if ((e = taken(c, n, &all[i]->make, &there)))
			return e;
		if (there || all[i]->make.weak)
			refuse_one(c, all[i]);
	}
	refuse_twins(c, all, count);
	return ERR_OK;
}

enum err
keys_make_store(
    struct call *c, const struct wifi_key *k, const struct keys_make *m)
{
	uint8_t phrase[SEAL_LEN(PSK_HEX)], pmk[SEAL_LEN(PSK_PMK)];
	struct network n;
	struct row_args a;
	enum err e;

	if ((e = row_get(c->store, &network_rows, &k->network, &n)))
		return e;
	if (strcmp(n.ssid, m->ssid) != 0)
		return ERR_CONFLICT;
	if ((e = seal(c->ring, &SEALED_PASSPHRASE(k->id.s, 1), m->passphrase.b,
		 m->passphrase.len, phrase)) ||
	    (e = seal(c->ring, &SEALED_PMK(k->id.s, 1), m->pmk, PSK_PMK, pmk)))
		return e;
	row_args(&key_rows, k, &a);
	row_args_add(&a, DB_INT(1));
	row_args_add(&a, DB_BLOB(phrase, SEAL_LEN(m->passphrase.len)));
	row_args_add(&a, DB_BLOB(pmk, sizeof(pmk)));
	row_args_add(&a, DB_BLOB(m->print, HASH_LEN));
	return store_run(c->store, SQL_KEY_ADD, a.v, NULL);
}
