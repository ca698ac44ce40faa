#include "core/service/keys_make.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/mint.h"
#include "core/service/sealed.h"

enum { MINT_TRIES = 8, DISTINCT_MIN = 5 };

void
keys_make_own(struct keys_make *m)
{
	secret_wipe(m, sizeof(*m));
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
	return e ? e
		 : hash_fingerprint(ring_key(c->ring, RING_FINGERPRINT),
		       n->id.s, m->pmk, PSK_PMK, m->print);
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

enum err
keys_make_given(struct call *c, const struct network *n,
    const struct secret *given, struct keys_make *out)
{
	bool there;
	enum err e;

	if (!psk_allowed(secret_text(given), given->len))
		return why_set(&c->why, ERR_BAD_INPUT, "passphrase",
		    "A passphrase has 8 to 63 printable ASCII characters, or "
		    "64 hexadecimal digits.");
	if ((e = secret_set(&out->passphrase, given->b, given->len)) ||
	    (e = derive(c, n, out)) || (e = taken(c, n, out, &there)))
		return e;
	out->weak = weak(given, n);
	return there || out->weak ? keys_make_refused(c) : ERR_OK;
}

enum err
keys_make_store(
    struct call *c, const struct wifi_key *k, const struct keys_make *m)
{
	uint8_t phrase[SEAL_LEN(PSK_HEX)], pmk[SEAL_LEN(PSK_PMK)];
	struct row_args a;
	enum err e;

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
