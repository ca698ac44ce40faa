#include "portal/signin/pending.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"

/* version, time, fresh, state, nonce, verifier, and the rest: return target */
enum { VERSION = 1, FIXED = 1 + 8 + 1 + 3 * TOKEN_OCTETS };
enum { PLAIN_MAX = FIXED + PENDING_RETURN_MAX };

_Static_assert(TEXT_B64_LEN(SEAL_LEN(PLAIN_MAX)) <= PENDING_COOKIE_MAX,
    "four pending sign-ins stay below 2 KiB");

void
pending_own(struct pending *p)
{
	secret_wipe(p, sizeof(*p));
}

static void
draw(char out[static PENDING_TEXT + 1])
{
	uint8_t b[TOKEN_OCTETS];

	rnd_bytes(b, sizeof(b));
	text_to_b64url(b, sizeof(b), out);
	secret_wipe(b, sizeof(b));
}

void
pending_new(struct pending *out, const char *return_to, bool fresh, int64_t now)
{
	*out = (struct pending){.at = now, .fresh = fresh};
	draw(out->state);
	draw(out->nonce);
	draw(out->verifier);
	out->return_to =
	    strlen(return_to) > PENDING_RETURN_MAX ? "/" : return_to;
}

static bool
octets_of(const char *t, uint8_t out[static TOKEN_OCTETS])
{
	size_t n;

	return strlen(t) == PENDING_TEXT &&
	       text_from_b64url(t, PENDING_TEXT, out, TOKEN_OCTETS, &n) &&
	       n == TOKEN_OCTETS;
}

const char *
pending_name(const char *state, struct arena *a)
{
	uint8_t raw[TOKEN_OCTETS], hash[HASH_LEN];
	char hex[PENDING_HINT + 1];

	if (!octets_of(state, raw) ||
	    hash_sha256(raw, sizeof(raw), hash) != ERR_OK)
		return NULL;
	text_to_hex(hash, PENDING_HINT / 2, hex);
	return arena_printf(a, PENDING_COOKIE "%s", hex);
}

static struct seal_place
place(const char *slug)
{
	return (struct seal_place){
	    .table = "signin", .row = slug, .column = "pending"};
}

enum err
pending_seal(const struct ring *r, const char *slug, const struct pending *p,
    struct arena *a, const char **value)
{
	uint8_t plain[PLAIN_MAX] = {VERSION}, sealed[SEAL_LEN(PLAIN_MAX)];
	struct seal_place at = place(slug);
	size_t n = strlen(p->return_to);
	uint8_t *w = plain + 1;
	char *text;
	enum err e;

	if (n > PENDING_RETURN_MAX)
		return ERR_TOO_BIG;
	for (int i = 0; i < 8; i++)
		*w++ = (uint8_t)((uint64_t)p->at >> (56 - 8 * i));
	*w++ = p->fresh;
	if (!octets_of(p->state, w) || !octets_of(p->nonce, w + TOKEN_OCTETS) ||
	    !octets_of(p->verifier, w + 2 * TOKEN_OCTETS))
		return ERR_INTERNAL;
	memcpy(plain + FIXED, p->return_to, n);
	n += FIXED;
	text = arena_get(a, TEXT_B64_LEN(SEAL_LEN(n)) + 1);
	e = text == NULL ? ERR_NO_MEMORY : seal(r, &at, plain, n, sealed);
	secret_wipe(plain, sizeof(plain));
	if (e != ERR_OK)
		return e;
	text_to_b64url(sealed, SEAL_LEN(n), text);
	*value = text;
	return ERR_OK;
}

static enum err
read_plain(const uint8_t *plain, size_t n, struct arena *a, struct pending *out)
{
	struct reader r = reader_of(plain, n);
	const uint8_t *three;
	char *target;

	if (reader_u8(&r) != VERSION)
		return ERR_BAD_INPUT;
	out->at = (int64_t)reader_be64(&r);
	out->fresh = reader_u8(&r) != 0;
	three = reader_take(&r, (size_t)3 * TOKEN_OCTETS);
	if (!reader_ok(&r) || three == NULL)
		return ERR_BAD_INPUT;
	text_to_b64url(three, TOKEN_OCTETS, out->state);
	text_to_b64url(three + TOKEN_OCTETS, TOKEN_OCTETS, out->nonce);
	text_to_b64url(three + 2 * TOKEN_OCTETS, TOKEN_OCTETS, out->verifier);
	target = arena_copy(a, (const char *)r.p, reader_left(&r));
	if (target == NULL)
		return ERR_NO_MEMORY;
	/* our own, and still: only a path of this site (O-25) */
	out->return_to = target[0] == '/' && target[1] != '/' &&
				 strpbrk(target, "\\\t\r\n") == NULL
			     ? target
			     : "/";
	return ERR_OK;
}

enum err
pending_open(const struct ring *r, const char *slug, const char *value,
    struct arena *a, struct pending *out)
{
	uint8_t plain[PLAIN_MAX], sealed[SEAL_LEN(PLAIN_MAX)];
	struct seal_place at = place(slug);
	size_t n, len = 0;
	enum err e;

	*out = (struct pending){.return_to = "/"};
	if (strlen(value) > PENDING_COOKIE_MAX ||
	    !text_from_b64url(
		value, strlen(value), sealed, sizeof(sealed), &n) ||
	    n < SEAL_OVERHEAD || seal_open(r, &at, sealed, n, plain, &len))
		return ERR_BAD_INPUT;
	e = read_plain(plain, len, a, out);
	secret_wipe(plain, sizeof(plain));
	return e;
}

bool
pending_current(const struct pending *p, int64_t now, int64_t seconds)
{
	return now >= p->at - 60 && now - p->at <= seconds;
}
