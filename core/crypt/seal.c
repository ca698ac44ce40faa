#include "core/crypt/seal.h"

#include <stdatomic.h>
#include <string.h>

#include <openssl/evp.h>

#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/crypt/ring.h"

/* version (1), key id (4), nonce (12), ciphertext, tag (16) */
enum {
	VERSION = 1,
	KEY_AT = 1,
	NONCE_AT = 5,
	NONCE = 12,
	TEXT_AT = 17,
	TAG = 16,
	PLAIN_MAX = 1 << 30,
	PLACE_MAX = 1024
};
_Static_assert(TEXT_AT + TAG == SEAL_OVERHEAD, "what sealing adds");

/* Looked for once: that is a quarter of the work of opening a password. NULL
 * when out of memory, and looked for again the next time. */
static const EVP_CIPHER *
cipher(void)
{
	static _Atomic(EVP_CIPHER *) kept;
	EVP_CIPHER *known = atomic_load(&kept), *found;

	if (known != NULL)
		return known;
	found = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (atomic_compare_exchange_strong(&kept, &known, found))
		return found;
	EVP_CIPHER_free(found); /* another was faster */
	return known;
}

static void
cipher_own(EVP_CIPHER_CTX **c)
{
	EVP_CIPHER_CTX_free(*c);
}

static void
put_part(uint8_t *out, size_t *at, const char *part)
{
	size_t len = strlen(part);

	for (int i = 0; i < 4; i++)
		out[(*at)++] = (uint8_t)(len >> (24 - 8 * i));
	memcpy(out + *at, part, len);
	*at += len;
}

/* What is authenticated with the value: its head and its place, each part
 * with its length, so that no two places read alike. */
static bool
put_place(const struct seal_place *at, const uint8_t *head,
    uint8_t out[static PLACE_MAX], size_t *len)
{
	if (strlen(at->table) + strlen(at->row) + strlen(at->column) + TEXT_AT +
		20 >
	    PLACE_MAX)
		return false;
	*len = 0;
	memcpy(out, head, NONCE_AT);
	*len = NONCE_AT;
	put_part(out, len, at->table);
	put_part(out, len, at->row);
	put_part(out, len, at->column);
	for (int i = 0; i < 8; i++)
		out[(*len)++] =
		    (uint8_t)((uint64_t)at->generation >> (56 - 8 * i));
	return true;
}

/* Takes one use of the newest key; false when there is none left. */
static bool
use(const struct ring *r)
{
	if (atomic_fetch_add(r->uses, 1) < SEAL_USES_MAX)
		return true;
	atomic_fetch_sub(r->uses, 1);
	return false;
}

static void
put_head(const struct ring *r, uint8_t *out)
{
	out[0] = VERSION;
	/* ids are 8 hex digits since ring_parse() */
	for (int i = 0; i < 4; i++)
		out[KEY_AT + i] =
		    (uint8_t)(text_hex_digit(ring_newest(r)[2 * i]) << 4 |
			      text_hex_digit(ring_newest(r)[2 * i + 1]));
	rnd_bytes(out + NONCE_AT, NONCE);
}

enum err
seal(const struct ring *r, const struct seal_place *at, const void *plain,
    size_t len, uint8_t *out)
{
	OWN(cipher) EVP_CIPHER_CTX *c = NULL;
	uint8_t place[PLACE_MAX];
	size_t placed;
	int n = 0, last = 0;

	if (r->keeper != NULL)
		return keeper_seal(r->keeper, at, plain, len, out);
	if ((c = EVP_CIPHER_CTX_new()) == NULL)
		return ERR_NO_MEMORY;
	if (len > PLAIN_MAX)
		return ERR_TOO_BIG;
	r = ring_now(r);
	if (!use(r))
		return ERR_SEALED;
	put_head(r, out);
	if (!put_place(at, out, place, &placed))
		return ERR_TOO_BIG;
	if (EVP_EncryptInit_ex(
		c, cipher(), NULL, r->seal[r->n - 1], out + NONCE_AT) != 1 ||
	    EVP_EncryptUpdate(c, NULL, &n, place, (int)placed) != 1 ||
	    (len > 0 && EVP_EncryptUpdate(
			    c, out + TEXT_AT, &n, plain, (int)len) != 1) ||
	    EVP_EncryptFinal_ex(c, out + TEXT_AT + n, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		c, EVP_CTRL_GCM_GET_TAG, TAG, out + TEXT_AT + len) != 1)
		return ERR_INTERNAL;
	return ERR_OK;
}

bool
seal_key_id_of(const uint8_t *sealed, size_t n, char id[static RING_ID_TEXT])
{
	id[0] = '\0';
	if (n < SEAL_OVERHEAD || sealed[0] != VERSION)
		return false;
	text_to_hex(sealed + KEY_AT, 4, id);
	return true;
}

static const uint8_t *
key_called(const struct ring *r, const char *id)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->keys[i].id, id) == 0)
			return r->seal[i];
	return NULL;
}

/* A key that is not known may have been added since. */
static const uint8_t *
key_of(const struct ring *r, const uint8_t *sealed, size_t n)
{
	const uint8_t *key;
	char id[RING_ID_TEXT];

	if (!seal_key_id_of(sealed, n, id))
		return NULL;
	if ((key = key_called(ring_now(r), id)) == NULL && ring_refresh(r))
		key = key_called(ring_now(r), id);
	return key;
}

/* Only what fails at the tag was tampered with: what fails before it, for want
 * of memory, must not make anybody give up a value that is fine. */
static enum err
decrypt(const uint8_t *key, const struct seal_place *at, const uint8_t *sealed,
    size_t len, uint8_t *out)
{
	OWN(cipher) EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t place[PLACE_MAX], tag[TAG], none[1];
	size_t placed;
	int n = 0, last = 0;

	memcpy(tag, sealed + TEXT_AT + len, TAG);
	if (!put_place(at, sealed, place, &placed))
		return ERR_CORRUPT;
	if (c == NULL ||
	    EVP_DecryptInit_ex(c, cipher(), NULL, key, sealed + NONCE_AT) !=
		1 ||
	    EVP_DecryptUpdate(c, NULL, &n, place, (int)placed) != 1 ||
	    (len > 0 && EVP_DecryptUpdate(
			    c, out, &n, sealed + TEXT_AT, (int)len) != 1) ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) != 1)
		return ERR_NO_MEMORY;
	return EVP_DecryptFinal_ex(c, none, &last) == 1 ? ERR_OK : ERR_CORRUPT;
}

/* The same by a keeper. */
static enum err
open_afar(const struct ring *r, const struct seal_place *at,
    const uint8_t *sealed, size_t n, void *out, size_t *len)
{
	char id[RING_ID_TEXT];
	enum err e = keeper_open(r->keeper, at, sealed, n, out, len);

	if (e != ERR_CORRUPT || !seal_key_id_of(sealed, n, id) ||
	    ring_has(r, id) || !ring_refresh(r))
		return e;
	return keeper_open(r->keeper, at, sealed, n, out, len);
}

enum err
seal_open(const struct ring *r, const struct seal_place *at,
    const uint8_t *sealed, size_t n, void *out, size_t *len)
{
	const uint8_t *key;
	enum err e;

	if (r->keeper != NULL)
		return open_afar(r, at, sealed, n, out, len);
	key = key_of(r, sealed, n);
	*len = 0;
	if (key == NULL || n - SEAL_OVERHEAD > PLAIN_MAX)
		return ERR_CORRUPT;
	if ((e = decrypt(key, at, sealed, n - SEAL_OVERHEAD, out))) {
		secret_wipe(out, n - SEAL_OVERHEAD);
		return e;
	}
	*len = n - SEAL_OVERHEAD;
	return ERR_OK;
}

enum err
seal_open_secret(const struct ring *r, const struct seal_place *at,
    const uint8_t *sealed, size_t n, struct secret *out)
{
	enum err e;

	*out = SECRET_NONE;
	if (n > SEAL_LEN((size_t)SECRET_MAX))
		return ERR_TOO_BIG;
	e = seal_open(r, at, sealed, n, out->b, &out->len);
	out->b[out->len] = '\0';
	return e;
}

static const struct seal_place check_place = {
    .table = "store", .row = "check", .column = "check"};

enum err
seal_check_make(const struct ring *r, uint8_t out[static SEAL_CHECK_LEN])
{
	return seal(r, &check_place, r->check, sizeof(r->check), out);
}

enum err
seal_check_verify(const struct ring *r, const uint8_t *check, size_t n)
{
	uint8_t plain[SEAL_CHECK_LEN - SEAL_OVERHEAD];
	char id[RING_ID_TEXT];
	size_t len;

	if (n != SEAL_CHECK_LEN || !seal_key_id_of(check, n, id))
		return ERR_CORRUPT;
	/* a key of the ring that does not open it, and a base that differs,
	 * are a wrong ring as much as a key that is not there */
	if (seal_open(r, &check_place, check, n, plain, &len) ||
	    !secret_equal(plain, r->check, sizeof(plain)))
		return ERR_SEALED;
	return ERR_OK;
}
