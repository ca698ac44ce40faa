/* Everything a browser or a provider may send to sign-in: the first octet picks
 * the parser. */
#include <string.h>

#include "portal/signin/callback.h"
#include "portal/signin/identity.h"
#include "portal/signin/idtoken.h"
#include "portal/signin/jws.h"
#include "portal/signin/pending.h"
#include "portal/signin/strict.h"
#include "portal/signin/userinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const algs[] = {"RS256", "PS256", "ES256", "EdDSA"};
static const struct conf_list all = {algs, 4};

static void
token(const char *text, struct arena *a)
{
	OWN(jws) struct jws j = {0};
	struct signin_why why = {0};
	struct signin_identity id = {0};
	struct idtoken_want want = {.issuer = "https://op.example",
	    .client_id = "me",
	    .nonce = "n",
	    .alg = "RS256",
	    .access_token = "at",
	    .now = 1000000,
	    .skew = 60};

	if (jws_parse(text, &all, &j, &why) != ERR_OK)
		return;
	(void)!idtoken_check(j.claims, &want, &why);
	if (identity_of(j.claims, "groups", a, &id) == ERR_OK &&
	    id.ngroups > SIGNIN_GROUPS_MAX)
		__builtin_trap();
}

static void
keys(const char *text, size_t len)
{
	OWN(json) json_t *set = NULL;
	struct signin_why why = {0};

	if (jwks_parse(text, len, &set, &why) == ERR_OK &&
	    json_array_size(set) > JWKS_KEYS_MAX)
		__builtin_trap();
	for (size_t i = 0; i < 4; i++) {
		json_t *key = jwks_choose(set, algs[i], NULL);
		struct jws j = {.text = "e30.e30.AAAA",
		    .len = 12,
		    .signed_len = 7,
		    .alg = algs[i]};

		if (key != NULL && jws_verify(&j, key))
			__builtin_trap();
	}
}

static void
query(const char *text, struct arena *a)
{
	struct callback c;

	if (callback_parse(text, a, &c) == ERR_OK && c.state != NULL)
		(void)pending_name(c.state, a);
}

static void
cookie(const char *text, struct arena *a)
{
	static struct ring *r;
	struct pending p;
	char why[RING_WHY];
	const char *ring = "latchkey-base 1 00000001 "
			   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
			   "latchkey-key 1 00000002 "
			   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";

	if (r == NULL && ring_parse(ring, strlen(ring), &r, why) != ERR_OK)
		__builtin_trap();
	(void)!pending_open(r, "demo", text, a, &p);
}

static void
documents(const char *text, size_t len)
{
	const struct conf_provider c = {
	    .slug = "demo", .issuer = "https://op.example"};
	OWN(json) json_t *doc = NULL, *more = NULL;
	struct signin_why why = {0};

	(void)!discover_parse(&c, text, len, &doc, &why);
	(void)!userinfo_parse(
	    "application/json", text, len, "victor", &more, &why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	const char *text;

	if (size == 0 || a == NULL)
		return 0;
	text = arena_copy(a, (const char *)data + 1, size - 1);
	if (text == NULL)
		return 0;
	switch (data[0] % 5) {
	case 0:
		token(text, a);
		break;
	case 1:
		keys(text, size - 1);
		break;
	case 2:
		query(text, a);
		break;
	case 3:
		cookie(text, a);
		break;
	case 4:
		documents(text, size - 1);
		break;
	}
	return 0;
}
