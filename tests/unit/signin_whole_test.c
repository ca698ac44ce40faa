/* A whole sign-in in one process: what a provider, a browser and a key may say,
 * and what comes of it. */
#include "tests/unit/signin_op.h"

#include <openssl/pem.h>

#include "portal/signin/assertion.h"
#include "portal/signin/jws.h"
#include "portal/signin/strict.h"

/* A sign-in whose ID token has HEADER and MORE claims: what comes of it. */
static const char *
comes_of(const char *header, const char *more)
{
	struct signin_identity who;
	struct begun g = begins("/", false);

	token_page(id_token(header, g.nonce, more), "");
	return ends(&g, "code=c", &who) == ERR_OK ? "" : op.why.reason;
}

TEST(a_sign_in_ends_with_who_it_is_and_once)
{
	struct signin_identity who;
	struct begun g;

	start();
	g = begins("/keys?x=1", false);
	assert_non_null(strstr(g.b.location, "scope=openid%20profile"));
	assert_non_null(strstr(g.b.location, "code_challenge_method=S256"));
	assert_null(strstr(g.b.location, "prompt=login"));
	assert_string_equal(
	    signin_cookie_of(arena_printf(op.a, "state=%s", g.state), op.a),
	    g.b.cookie_name);
	assert_null(signin_cookie_of(NULL, op.a));
	assert_null(signin_cookie_of("code=x", op.a));
	assert_null(signin_cookie_of("state=x", op.a));
	assert_null(signin_cookie_of("state=%zz", op.a));
	token_page(id_token(HEADER, g.nonce,
		       ",\"name\":\"Victor\",\"email\":\"v@example.org\","
		       "\"groups\":[\"staff\",\"\",\"team\"],\"sid\":\"s\""),
	    ",\"refresh_token\":\"rt\"");
	assert_ok(ends(&g, "code=c", &who));
	assert_string_equal(who.subject, "victor");
	assert_string_equal(who.name, "Victor");
	assert_string_equal(who.return_to, "/keys?x=1");
	assert_string_equal(who.refresh_token, "rt");
	assert_int_equal(who.ngroups, 2);
	assert_true(who.groups_known);
	assert_false(who.mail_verified);
	assert_non_null(strstr(op.got, "grant_type=authorization_code"));
	assert_non_null(strstr(op.got, "client_id=me"));
	assert_err(ends(&g, "code=c", &who), ERR_BAD_INPUT);
	assert_string_equal(op.why.detail, "used before");
	stop();
}

TEST(a_new_proof_is_asked_for_and_looked_at)
{
	struct signin_identity who;
	struct begun g;

	start();
	page(META, 200,
	    arena_printf(op.a,
		"{\"issuer\":\"%s\",\"token_endpoint\":\"%s/token\","
		"\"authorization_endpoint\":\"%s/auth?a=b\","
		"\"jwks_uri\":\"%s/jwks\"}",
		op.issuer, op.issuer, op.issuer, op.issuer));
	for (int proven = 0; proven < 2; proven++) {
		char more[60];

		g = begins("/", true);
		assert_non_null(strstr(g.b.location, "/auth?a=b&"));
		assert_non_null(strstr(g.b.location, "prompt=login"));
		(void)snprintf(more, sizeof(more), ",\"auth_time\":%d",
		    proven ? NOW : NOW - 3600);
		token_page(id_token(HEADER, g.nonce, more), "");
		assert_int_equal(ends(&g, "code=c", &who) == ERR_OK, proven);
	}
	stop();
}

TEST(a_callback_that_is_not_ours_is_refused_with_a_word)
{
	struct signin_identity who;
	struct begun g;
	static const struct {
		const char *query;
		enum err want;
		const char *reason;
	} all[] = {
	    {"", ERR_BAD_INPUT, "code"},
	    {"code=", ERR_BAD_INPUT, "code"},
	    {"code=c&code=d", ERR_BAD_INPUT, "callback"},
	    {"code=c&id_token=x", ERR_BAD_INPUT, "callback"},
	    {"code=c&iss=https%3A%2F%2Fevil.example", ERR_PROVIDER, "iss"},
	    {"error=access_denied", ERR_FORBIDDEN, "error"},
	    {"error=server_error&error_description=d", ERR_PROVIDER_DOWN,
		"error"},
	    {"error=temporarily_unavailable", ERR_PROVIDER_DOWN, "error"},
	};

	start();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		g = begins("/", false);
		assert_err(ends(&g, all[i].query, &who), all[i].want);
		assert_string_equal(op.why.reason, all[i].reason);
	}
	g = begins("/", false);
	assert_err(signin_finish(op.s, "op", NULL, g.b.cookie_value, NOW, op.a,
		       &who, &op.why),
	    ERR_BAD_INPUT);
	assert_string_equal(op.why.detail, "missing");
	g.b.cookie_value = NULL;
	assert_err(ends(&g, "code=c", &who), ERR_BAD_INPUT);
	assert_string_equal(op.why.detail, "not of this browser");
	g.b.cookie_value = "no cookie of ours";
	assert_err(ends(&g, "code=c", &who), ERR_BAD_INPUT);
	assert_string_equal(op.why.detail, "cookie");
	g.b.cookie_value = begins("/", false).b.cookie_value; /* another's */
	assert_err(ends(&g, "code=c", &who), ERR_BAD_INPUT);
	assert_string_equal(op.why.detail, "unknown");
	g = begins("/", false);
	text_copy(g.state, sizeof(g.state), "short");
	assert_err(ends(&g, "code=c", &who), ERR_BAD_INPUT);
	assert_string_equal(op.why.detail, "unknown");
	g = begins("/", false);
	assert_err(signin_finish(op.s, "op",
		       arena_printf(op.a, "state=%s&code=c", g.state),
		       g.b.cookie_value, NOW + SIGNIN_PENDING + 1, op.a, &who,
		       &op.why),
	    ERR_BAD_INPUT);
	assert_string_equal(op.why.detail, "expired");
	assert_err(
	    signin_finish(op.s, "nobody", "", "", NOW, op.a, &who, &op.why),
	    ERR_NOT_FOUND);
	stop();
}

TEST(an_answer_must_say_who_gives_it_where_that_was_promised)
{
	struct signin_identity who;
	struct begun g;

	start();
	metadata(",\"authorization_response_iss_parameter_supported\":true");
	g = begins("/", false);
	assert_err(ends(&g, "code=c", &who), ERR_PROVIDER);
	assert_string_equal(op.why.detail, "answer without iss");
	g = begins("/", false);
	token_page(id_token(HEADER, g.nonce, ""), "");
	assert_ok(
	    ends(&g, arena_printf(op.a, "code=c&iss=%s", op.issuer), &who));
	stop();
}

TEST(the_token_endpoint_is_not_believed)
{
	static const struct {
		int status;
		const char *type, *body, *detail;
	} all[] = {
	    {400, "application/json", "{\"error\":\"invalid_grant\"}",
		"status 400 invalid_grant"},
	    {400, "application/json", "rubbish", "status 400 "},
	    {302, "application/json", "{}", "status 302 "},
	    {200, "text/html", "{\"id_token\":\"x\",\"access_token\":\"y\"}",
		"not JSON: text/html"},
	    {200, "application/json", "[]", "not JSON: application/json"},
	    {200, "application/json", "{\"access_token\":\"y\"}",
		"no id_token of acceptable size"},
	    {200, "application/json", "{\"id_token\":\"y\"}",
		"no access_token of acceptable size"},
	    {200, "application/json",
		"{\"id_token\":\"x\",\"access_token\":\"y\"}", "token_type"},
	    {200, "application/json",
		"{\"id_token\":\"x\",\"access_token\":\"y\","
		"\"token_type\":\"mac\"}",
		"token_type"},
	    {200, "application/json",
		"{\"id_token\":\"x\",\"access_token\":\"y\","
		"\"token_type\":\"bearer\"}",
		"not three parts"},
	};

	start();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct signin_identity who;
		struct begun g = begins("/", false);

		page(TOKEN, all[i].status, all[i].body);
		op.page[TOKEN].type = all[i].type;
		assert_err(ends(&g, "code=c", &who), ERR_PROVIDER);
		assert_string_equal(op.why.detail, all[i].detail);
		assert_null(who.subject);
	}
	stop();
}

TEST(an_id_token_is_judged_by_its_header_and_its_signature)
{
	static const struct {
		const char *header, *want;
	} all[] = {
	    {HEADER, ""},
	    {"{\"alg\":\"EdDSA\"}", ""}, /* there is one key */
	    {"{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", ""},
	    {"{\"alg\":\"EdDSA\",\"typ\":\"jwt\"}", ""},
	    {"{\"alg\":\"EdDSA\",\"typ\":\"logout+jwt\"}", "typ"},
	    {"{\"alg\":\"EdDSA\",\"typ\":7}", "typ"},
	    {"{\"alg\":\"EdDSA\",\"kid\":\"other\"}", "kid"},
	    {"{\"alg\":\"EdDSA\",\"kid\":7}", "kid"},
	    {"{\"alg\":\"EdDSA\",\"crit\":[\"exp\"]}", "crit"},
	    {"{\"alg\":\"none\"}", "alg"},
	    {"{\"alg\":\"HS256\"}", "alg"},
	    {"{\"alg\":7}", "alg"},
	    {"{}", "alg"},
	    {"{\"alg\":\"RS256\"}", "kid"}, /* a key of another kind */
	    {"[]", "jwt"},
	};

	start();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(comes_of(all[i].header, ""), all[i].want) != 0)
			fail_msg("%s: %s", all[i].header, op.why.reason);
	assert_string_equal(comes_of(HEADER, ",\"azp\":\"you\""), "azp");
	assert_string_equal(comes_of(HEADER, ",\"at_hash\":\"x\""), "at_hash");
	assert_string_equal(comes_of(HEADER, ",\"nonce\":\"n\""), "jwt");
	stop();
}

/* One spelling, one length, every bit. */
TEST(a_signature_is_whole_or_none)
{
	struct signin_identity who;
	size_t cut[] = {0, 1, 2, 40};

	start();
	for (size_t i = 0; i < 8; i++) {
		struct begun g = begins("/", false);
		char text[ROOM];
		size_t n;

		text_copy(text, sizeof(text), id_token(HEADER, g.nonce, ""));
		n = strlen(text);
		if (i < 4)
			text[n - cut[i]] = '\0';
		else if (i == 4)
			text[n - 20] = text[n - 20] == 'A' ? 'B' : 'A';
		else if (i == 5)
			text[n - 1]++; /* bits behind the last octet */
		else if (i == 6)
			text_copy(text + n, sizeof(text) - n, "AAAA");
		else
			text_copy(text + n, sizeof(text) - n, ".AAAA");
		token_page(text, "");
		assert_int_equal(ends(&g, "code=c", &who) == ERR_OK, i == 0);
	}
	stop();
}

/* --- how we prove who we are --- */

static const char *
opening(void)
{
	static char why[CONF_WHY];
	struct signin *s = (struct signin *)&op;

	why[0] = '\0';
	if (signin_open(&op.conf, op.ring, &s, why) == ERR_OK)
		signin_close(s);
	else
		assert_null(s);
	return why;
}

static void
key_is(EVP_PKEY *key, mode_t mode)
{
	FILE *f = fopen(op.key_file, "w");

	assert_non_null(f);
	if (key == NULL)
		(void)fputs("nothing of use\n", f);
	else
		assert_int_equal(
		    PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
	(void)fclose(f);
	assert_int_equal(chmod(op.key_file, mode), 0);
	EVP_PKEY_free(key);
}

TEST(a_key_that_proves_nothing_is_refused_at_the_start)
{
	start();
	op.provider.auth_method = "client_secret_basic";
	assert_non_null(strstr(opening(), "needs client_secret_file"));
	op.provider.client_secret_file = "/no/such/file";
	assert_non_null(strstr(opening(), "/no/such/file"));
	op.provider.auth_method = "private_key_jwt";
	assert_non_null(strstr(opening(), "cannot be read"));
	op.provider.private_key_file = "/no/such/file";
	assert_non_null(strstr(opening(), "cannot be read"));
	op.provider.private_key_file = op.dir;
	assert_non_null(strstr(opening(), "not a plain file"));
	op.provider.private_key_file = "/dev/null";
	assert_non_null(strstr(opening(), "not a plain file"));
	op.provider.private_key_file = op.key_file;
	key_is(NULL, 0600);
	assert_non_null(strstr(opening(), "no private key"));
	key_is(EVP_EC_gen("P-256"), 0604);
	assert_non_null(strstr(opening(), "open to others"));
	key_is(EVP_EC_gen("P-384"), 0600);
	assert_non_null(strstr(opening(), "neither"));
	key_is(EVP_RSA_gen(1024), 0600);
	assert_non_null(strstr(opening(), "neither"));
	key_is(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), 0600);
	assert_non_null(strstr(opening(), "neither"));
	key_is(EVP_EC_gen("P-256"), 0640);
	assert_string_equal(opening(), "");
	key_is(EVP_RSA_gen(2048), 0600);
	assert_string_equal(opening(), "");
	stop();
}

/* The provider sees a JWT of ours that its key of ours says is right. */
TEST(a_private_key_proves_who_we_are)
{
	for (int rsa = 0; rsa < 2; rsa++) {
		struct signin_identity who;
		struct signin_why why = {.since = 0};
		struct conf_list algs;
		const char *alg[] = {rsa ? "RS256" : "ES256"};
		EVP_PKEY *key;
		struct begun g;
		char *at, text[4096];
		struct jws j;

		start();
		key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
		EVP_PKEY_up_ref(key);
		key_is(key, 0600);
		op.provider.auth_method = "private_key_jwt";
		op.provider.private_key_file = op.key_file;
		op.provider.key_id = rsa ? "our key" : "";
		signin_close(op.s);
		open_signin();
		g = begins("/", false);
		token_page(id_token(HEADER, g.nonce, ""), "");
		assert_ok(ends(&g, "code=c", &who));
		assert_non_null(at = strstr(op.got, "client_assertion=ey"));
		text_copy(text, sizeof(text), at + 17);
		text[strcspn(text, "&")] = '\0';
		algs = (struct conf_list){alg, 1};
		assert_ok(jws_parse(text, &algs, &j, &why));
		assert_string_equal(strict_text(j.claims, "iss", 9), "me");
		assert_string_equal(strict_text(j.claims, "sub", 9), "me");
		assert_non_null(
		    strstr(strict_text(j.claims, "aud", 99), "/token"));
		assert_non_null(strict_text(j.claims, "jti", 99));
		if (rsa)
			assert_string_equal(j.kid, "our key");
		else
			assert_null(j.kid);
		jws_own(&j);
		EVP_PKEY_free(key);
		stop();
	}
}

TEST(what_was_not_taken_apart_is_signed_by_nobody)
{
	json_t *key = json_pack("{ssss}", "kty", "oct", "k", "AAAA");
	struct jws j = {0};

	assert_false(jws_verify(&j, key));
	j.text = "e30.e30.AAAA";
	j.signed_len = 7;
	assert_false(jws_verify(&j, key));
	json_decref(key);
}

TEST(a_secret_is_sent_as_the_provider_wants_it)
{
	for (int post = 0; post < 2; post++) {
		struct signin_identity who;
		struct begun g;
		FILE *f;

		start();
		f = fopen(op.key_file, "w");
		(void)fputs("s3cret & more\n", f);
		(void)fclose(f);
		(void)chmod(op.key_file, 0600);
		op.provider.client_secret_file = op.key_file;
		op.provider.auth_method =
		    post ? "client_secret_post" : "client_secret_basic";
		signin_close(op.s);
		open_signin();
		g = begins("/", false);
		token_page(id_token(HEADER, g.nonce, ""), "");
		assert_ok(ends(&g, "code=c", &who));
		if (post)
			assert_non_null(
			    strstr(op.got, "client_secret=s3cret%20%26%20"));
		else /* me:s3cret%20%26%20more, each encoded first */
			assert_non_null(strstr(
			    op.got, "Basic bWU6czNjcmV0JTIwJTI2JTIwbW9yZQ=="));
		assert_int_equal(strstr(op.got, "client_secret") != NULL, post);
		stop();
	}
}

/* --- userinfo, renewal, logout --- */

TEST(what_the_token_does_not_say_is_asked_for)
{
	struct signin_identity who;
	struct begun g;

	start();
	metadata(
	    arena_printf(op.a, ",\"userinfo_endpoint\":\"%s/me\"", op.issuer));
	page(ME, 200,
	    "{\"sub\":\"victor\",\"name\":\"Victor\",\"groups\":[\"staff\"]}");
	g = begins("/", false);
	token_page(id_token(HEADER, g.nonce, ",\"email\":\"v@x.org\""), "");
	assert_ok(ends(&g, "code=c", &who));
	assert_string_equal(who.name, "Victor");
	assert_int_equal(who.ngroups, 1);
	page(ME, 403, "{}");
	g = begins("/", false);
	token_page(id_token(HEADER, g.nonce, ""), "");
	assert_err(ends(&g, "code=c", &who), ERR_PROVIDER);
	assert_string_equal(op.why.reason, "userinfo");
	g = begins("/", false); /* all is there: nobody is asked */
	token_page(id_token(HEADER, g.nonce,
		       ",\"name\":\"V\",\"email\":\"v@x.org\",\"groups\":[]"),
	    "");
	assert_ok(ends(&g, "code=c", &who));
	stop();
}
