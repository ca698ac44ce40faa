#include "portal/web/state.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"

enum {
	TIME = 8,
	PLAIN_MAX = TIME + STATE_TEXT,
	ALL_MAX = PLAIN_MAX + HASH_LEN
};

static enum err
mac(const struct ring *ring, const char *purpose, const uint8_t *plain,
    size_t len, uint8_t out[static HASH_LEN])
{
	return hash_hmac(ring_key(ring, RING_COOKIE), RING_KEY,
	    HASH_PARTS(
		{"state", 6}, {purpose, strlen(purpose) + 1}, {plain, len}),
	    out);
}

const char *
state_sign(const struct ring *ring, const char *purpose, const char *text,
    int64_t until, struct arena *a)
{
	uint8_t b[ALL_MAX];
	size_t n = strlen(text);
	char *out;

	if (n > STATE_TEXT)
		return NULL;
	for (int i = 0; i < TIME; i++)
		b[i] = (uint8_t)((uint64_t)until >> (56 - 8 * i));
	memcpy(b + TIME, text, n);
	n += TIME;
	if (mac(ring, purpose, b, n, b + n) != ERR_OK)
		return NULL;
	n += HASH_LEN;
	if ((out = arena_get(a, TEXT_B64_LEN(n) + 1)) != NULL)
		text_to_b64url(b, n, out);
	return out;
}

const char *
state_read(const struct ring *ring, const char *purpose, const char *state,
    int64_t now, struct arena *a)
{
	uint8_t b[ALL_MAX], want[HASH_LEN];
	uint64_t until = 0;
	size_t n;

	if (state == NULL ||
	    !text_from_b64url(state, strlen(state), b, sizeof(b), &n) ||
	    n < TIME + HASH_LEN)
		return NULL;
	n -= HASH_LEN;
	if (mac(ring, purpose, b, n, want) != ERR_OK ||
	    !secret_equal(want, b + n, HASH_LEN))
		return NULL;
	for (int i = 0; i < TIME; i++)
		until = until << 8 | b[i];
	if ((int64_t)until <= now)
		return NULL;
	return arena_copy(a, (const char *)b + TIME, n - TIME);
}
