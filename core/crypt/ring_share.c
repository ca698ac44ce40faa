#include <stdlib.h>
#include <string.h>

#include "core/crypt/keeper.h"
#include "core/crypt/ring.h"

/* version, number of keys, ids (base first), check, derived keys */
enum { VERSION = 1, ID = RING_ID_TEXT - 1 };

/* Access points' keys are no business of a worker. */
static const enum ring_purpose shared[] = {
    RING_FINGERPRINT, RING_AUDIT, RING_CODE, RING_CSRF, RING_COOKIE};
enum { SHARED = sizeof(shared) / sizeof(*shared) };
_Static_assert(
    2 + ID * (1 + RING_KEYS_MAX) + 16 + SHARED * RING_KEY <= RING_SHARE_MAX,
    "a share fits");

size_t
ring_share_put(const struct ring *r, uint8_t out[static RING_SHARE_MAX])
{
	uint8_t *w = out;

	r = ring_now(r);
	*w++ = VERSION;
	*w++ = (uint8_t)r->n;
	memcpy(w, r->base.id, ID);
	w += ID;
	for (size_t i = 0; i < r->n; i++, w += ID)
		memcpy(w, r->keys[i].id, ID);
	memcpy(w, r->check, sizeof(r->check));
	w += sizeof(r->check);
	for (int i = 0; i < SHARED; i++, w += RING_KEY)
		memcpy(w, r->derived[shared[i]], RING_KEY);
	return (size_t)(w - out);
}

static bool
get_id(const uint8_t *p, char id[static RING_ID_TEXT])
{
	for (int i = 0; i < ID; i++)
		if (memchr("0123456789abcdef", p[i], 16) == NULL)
			return false;
	memcpy(id, p, ID);
	id[ID] = '\0';
	return true;
}

enum err
ring_share_get(const uint8_t *p, size_t n, struct ring **out)
{
	OWN(ring) struct ring *r = ring_empty();

	*out = NULL;
	if (r == NULL)
		return ERR_NO_MEMORY;
	if (n < 2 || p[0] != VERSION || p[1] < 1 || p[1] > RING_KEYS_MAX ||
	    n != 2 + (size_t)ID * (1 + p[1]) + sizeof(r->check) +
		     (size_t)SHARED * RING_KEY)
		return ERR_CORRUPT;
	r->n = p[1];
	p += 2;
	if (!get_id(p, r->base.id))
		return ERR_CORRUPT;
	p += ID;
	for (size_t i = 0; i < r->n; i++, p += ID)
		if (!get_id(p, r->keys[i].id))
			return ERR_CORRUPT;
	memcpy(r->check, p, sizeof(r->check));
	p += sizeof(r->check);
	for (int i = 0; i < SHARED; i++, p += RING_KEY)
		memcpy(r->derived[shared[i]], p, RING_KEY);
	*out = give(r);
	return ERR_OK;
}
