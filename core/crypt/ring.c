#include "core/crypt/ring.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"

/* The format's number, after the first word of each line. */
#define VERSION " 1 "
enum { KEY_TEXT = TEXT_B64_LEN(RING_KEY) };

enum err
ring_why(char why[static RING_WHY], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, RING_WHY, fmt, ap);
	va_end(ap);
	return ERR_SEALED;
}

struct ring *
ring_empty(void)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->news = calloc(1, sizeof(*r->news))) == NULL) {
		free(r);
		return NULL;
	}
	(void)pthread_mutex_init(&r->news->lock, NULL);
	r->uses = &r->count;
	return r;
}

void
ring_free(struct ring *r)
{
	while (r != NULL) {
		struct ring_news *news = r->news;
		struct ring *newer = news ? atomic_load(&news->newer) : NULL;

		if (news)
			pthread_mutex_destroy(&news->lock);
		free(news);
		keeper_close(r->keeper);
		secret_wipe(r, sizeof(*r));
		free(r);
		r = newer;
	}
}

const struct ring *
ring_now(const struct ring *r)
{
	const struct ring *newer;

	while ((newer = atomic_load(&r->news->newer)) != NULL)
		r = newer;
	return r;
}

static bool
has(const struct ring *r, const char *id)
{
	if (strcmp(r->base.id, id) == 0)
		return true;
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->keys[i].id, id) == 0)
			return true;
	return false;
}

void
ring_line_new(const struct ring *r, struct ring_line *out)
{
	uint8_t id[(RING_ID_TEXT - 1) / 2];

	do {
		rnd_bytes(id, sizeof(id));
		text_to_hex(id, sizeof(id), out->id);
	} while (r != NULL && has(r, out->id));
	rnd_bytes(out->key, sizeof(out->key));
}

/* `WORD 1 ID KEY`, exactly. */
static bool
parse_line(const char *t, size_t len, const char *word, struct ring_line *out)
{
	size_t w = strlen(word), v = strlen(VERSION), n = 0;

	if (len != w + v + RING_ID_TEXT + KEY_TEXT ||
	    strncmp(t, word, w) != 0 || strncmp(t + w, VERSION, v) != 0)
		return false;
	t += w + v;
	for (int i = 0; i < RING_ID_TEXT - 1; i++)
		if (strchr("0123456789abcdef", t[i]) == NULL || t[i] == '\0')
			return false;
	memcpy(out->id, t, RING_ID_TEXT - 1);
	out->id[RING_ID_TEXT - 1] = '\0';
	t += RING_ID_TEXT - 1;
	return *t == ' ' &&
	       text_from_b64url(
		   t + 1, KEY_TEXT, out->key, sizeof(out->key), &n) &&
	       n == sizeof(out->key);
}

static enum err
add_key(struct ring *r, int line, const struct ring_line *key,
    char why[static RING_WHY])
{
	if (r->n == RING_KEYS_MAX)
		return ring_why(
		    why, "line %d: more than %d keys", line, RING_KEYS_MAX);
	if (has(r, key->id))
		return ring_why(why, "line %d: a second key %s", line, key->id);
	r->keys[r->n++] = *key;
	return ERR_OK;
}

static enum err
parse_all(
    const char *text, size_t len, struct ring *r, char why[static RING_WHY])
{
	const char *end = text + len, *nl;
	struct ring_line l;
	int n = 1;
	enum err e = ERR_OK;

	for (const char *t = text; e == ERR_OK && t < end; t = nl + 1, n++) {
		nl = memchr(t, '\n', (size_t)(end - t));
		nl = nl == NULL ? end : nl;
		if (!parse_line(t, (size_t)(nl - t),
			n == 1 ? "latchkey-base" : "latchkey-key", &l))
			e = ring_why(why,
			    "line %d: not understood, expected `%s 1 ID KEY`",
			    n, n == 1 ? "latchkey-base" : "latchkey-key");
		else if (n == 1)
			r->base = l;
		else
			e = add_key(r, n, &l, why);
	}
	secret_wipe(&l, sizeof(l));
	if (e == ERR_OK && r->n == 0)
		return ring_why(why,
		    "%s; restore this file from your copy of it",
		    len == 0 ? "empty" : "no key");
	return e;
}

static enum err
derive(struct ring *r)
{
	static const char *const names[RING_PURPOSES] = {
	    [RING_FINGERPRINT] = "latchkey fingerprint 1",
	    [RING_AUDIT] = "latchkey audit 1",
	    [RING_CODE] = "latchkey code 1",
	    [RING_TLS_PSK] = "latchkey tls psk 1",
	    [RING_CSRF] = "latchkey csrf 1",
	    [RING_COOKIE] = "latchkey cookie 1",
	};
	uint8_t check[HASH_LEN];
	enum err e = ERR_OK;

	for (int p = 0; e == ERR_OK && p < RING_PURPOSES; p++)
		e = hash_hkdf(
		    p < RING_CSRF ? r->base.key : r->keys[r->n - 1].key,
		    RING_KEY, names[p], r->derived[p]);
	for (size_t i = 0; e == ERR_OK && i < r->n; i++)
		e = hash_hkdf(
		    r->keys[i].key, RING_KEY, "latchkey seal 1", r->seal[i]);
	if (e == ERR_OK)
		e = hash_hkdf(r->base.key, RING_KEY, "latchkey check 1", check);
	if (e == ERR_OK)
		memcpy(r->check, check, sizeof(r->check));
	return e;
}

enum err
ring_parse(
    const char *text, size_t len, struct ring **out, char why[static RING_WHY])
{
	OWN(ring) struct ring *r = ring_empty();
	enum err e;

	*out = NULL;
	why[0] = '\0';
	if (r == NULL)
		return ERR_NO_MEMORY;
	if (len > RING_FILE_MAX)
		return ring_why(why, "longer than %d octets", RING_FILE_MAX);
	if ((e = parse_all(text, len, r, why)) || (e = derive(r)))
		return e;
	*out = give(r);
	return ERR_OK;
}

const uint8_t *
ring_key(const struct ring *r, enum ring_purpose purpose)
{
	return ring_now(r)->derived[purpose];
}

size_t
ring_keys(const struct ring *r)
{
	return ring_now(r)->n;
}

bool
ring_has(const struct ring *r, const char *id)
{
	return has(ring_now(r), id);
}

const char *
ring_newest(const struct ring *r)
{
	r = ring_now(r);
	return r->keys[r->n - 1].id;
}

void
ring_uses_add(const struct ring *r, int64_t uses)
{
	atomic_fetch_add(ring_now(r)->uses, uses);
}
