#include "core/crypt/token.h"

#include <string.h>

#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"

_Static_assert((int)TOKEN_HASH == (int)HASH_LEN, "a token's hash is SHA-256");
_Static_assert(TEXT_B64_LEN(TOKEN_OCTETS) == TOKEN_LEN, "base64url");

void
token_new(struct secret *out)
{
	uint8_t octets[TOKEN_OCTETS];

	rnd_bytes(octets, sizeof(octets));
	*out = SECRET_NONE;
	text_to_b64url(octets, sizeof(octets), (char *)out->b);
	out->len = TOKEN_LEN;
	secret_wipe(octets, sizeof(octets));
}

enum err
token_hash(const char *text, uint8_t out[static TOKEN_HASH])
{
	uint8_t octets[TOKEN_OCTETS];
	size_t n = 0;
	enum err e = ERR_BAD_INPUT;

	if (text != NULL && strnlen(text, TOKEN_LEN + 1) == TOKEN_LEN &&
	    text_from_b64url(text, TOKEN_LEN, octets, sizeof(octets), &n) &&
	    n == TOKEN_OCTETS)
		e = hash_sha256(octets, n, out);
	secret_wipe(octets, sizeof(octets));
	return e;
}

enum err
token_sought(const char *text, uint8_t out[static TOKEN_HASH])
{
	enum err e = token_hash(text, out);

	return e == ERR_BAD_INPUT ? ERR_NOT_FOUND : e;
}

void
token_digits(char *out, int n)
{
	if (n > TOKEN_DIGITS_MAX)
		n = TOKEN_DIGITS_MAX;
	for (int i = 0; i < n; i++)
		out[i] = (char)('0' + rnd_below(10));
	out[n < 0 ? 0 : n] = '\0';
}
