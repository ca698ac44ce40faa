/* What sign-in makes of a provider's documents, and how often it asks for them
 * (O-07, O-10, O-15..O-17, O-36, O-37). A small provider on loopback counts. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "portal/signin/idtoken.h"
#include "portal/signin/jwks.h"
#include "portal/signin/strict.h"
#include "portal/signin/userinfo.h"
#include "tests/unit/loopback.h"
#include "tests/unit/test.h"

enum { NOW = 1800000000, PAGES = 4, ROOM = 16384 };

/* --- a provider --- */

struct op {
	int fd;
	bool down; /* answers 503 */
	pthread_t thread;
	pthread_mutex_t lock;
	struct {
		const char *path;
		char body[ROOM];
		int asked;
	} page[PAGES];
	char issuer[64];
	struct conf_provider conf;
	struct provider provider;
	struct signin signin;
	struct arena *a;
	struct signin_why why;
};

static void
answer(struct op *op, int c, const char *asked)
{
	char head[160];
	const char *body = NULL;

	pthread_mutex_lock(&op->lock);
	for (int i = 0; i < PAGES; i++)
		if (op->page[i].path != NULL &&
		    strncmp(asked + 4, op->page[i].path,
			strlen(op->page[i].path)) == 0) {
			op->page[i].asked++;
			body = op->page[i].body;
		}
	(void)snprintf(head, sizeof(head),
	    "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n",
	    op->down ? "503 Down"
	    : body   ? "200 OK"
		     : "404 None",
	    body ? strlen(body) : 0);
	if (write(c, head, strlen(head)) > 0 && body != NULL)
		(void)!write(c, body, strlen(body));
	pthread_mutex_unlock(&op->lock);
}

static void *
serve(void *arg)
{
	struct op *op = arg;
	char asked[2048];
	ssize_t n;
	int c;

	while ((c = accept(op->fd, NULL, NULL)) >= 0) {
		n = read(c, asked, sizeof(asked) - 1);
		asked[n > 0 ? n : 0] = '\0';
		if (n > 4)
			answer(op, c, asked);
		close(c);
	}
	return NULL;
}

/* Puts BODY at PATH; how often that was asked for so far. */
static void
page(struct op *op, const char *path, const char *body)
{
	pthread_mutex_lock(&op->lock);
	for (int i = 0; i < PAGES; i++)
		if (op->page[i].path == NULL || op->page[i].path == path) {
			op->page[i].path = path;
			text_copy(op->page[i].body, ROOM, body);
			break;
		}
	pthread_mutex_unlock(&op->lock);
}

static int
asked(struct op *op, const char *path)
{
	int n = 0;

	pthread_mutex_lock(&op->lock);
	for (int i = 0; i < PAGES; i++)
		if (op->page[i].path == path)
			n = op->page[i].asked;
	pthread_mutex_unlock(&op->lock);
	return n;
}

static const char METADATA[] = "/.well-known/openid-configuration";
static const char JWKS[] = "/jwks";
static const char ME[] = "/me";

static void
metadata_page(struct op *op, const char *more)
{
	char doc[2048];

	(void)snprintf(doc, sizeof(doc),
	    "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/auth\","
	    "\"token_endpoint\":\"%s/token\",\"jwks_uri\":\"%s/jwks\"%s}",
	    op->issuer, op->issuer, op->issuer, op->issuer, more);
	page(op, METADATA, doc);
}

static void
op_start(struct op *op)
{
	memset(op, 0, sizeof(*op));
	op->fd = loopback_listen("http", "", op->issuer, sizeof(op->issuer));
	op->conf = (struct conf_provider){.slug = "op",
	    .issuer = op->issuer,
	    .client_id = "me",
	    .ca_file = "",
	    .groups_claim = "groups",
	    .allow_loopback = true,
	    .timeout = 2,
	    .clock_skew = 60};
	op->provider.conf = &op->conf;
	pthread_mutex_init(&op->provider.lock, NULL);
	clock_cond(&op->provider.told);
	pthread_mutex_init(&op->lock, NULL);
	op->signin.providers = &op->provider;
	op->signin.n = 1;
	op->a = arena_new(1 << 20);
	metadata_page(op, "");
	assert_int_equal(pthread_create(&op->thread, NULL, serve, op), 0);
}

static void
op_stop(struct op *op)
{
	shutdown(op->fd, SHUT_RDWR);
	pthread_join(op->thread, NULL);
	close(op->fd);
	json_decref(op->provider.metadata);
	json_decref(op->provider.keys);
	arena_free(op->a);
}

/* One call of sign-in at the second NOW + LATER. */
static struct turn
turn(struct op *op, int64_t later)
{
	struct turn t;

	op->provider.failures = 0; /* resting is tested elsewhere */
	op->why = (struct signin_why){.since = 0};
	assert_ok(
	    turn_start(&t, &op->signin, "op", NOW + later, op->a, &op->why));
	return t;
}

/* --- discovery --- */

static const struct conf_provider campus = {.slug = "campus",
    .issuer = "https://op.example/tenant",
    .client_id = "me",
    .groups_claim = "groups"};

/* A document with MEMBERS in place of, or besides, the honest ones. */
static enum err
discovered(const struct conf_provider *c, const char *members, char *why)
{
	static const char honest[] =
	    "{\"issuer\":\"https://op.example/tenant\","
	    "\"authorization_endpoint\":\"https://op.example/a\","
	    "\"token_endpoint\":\"https://op.example/t\","
	    "\"jwks_uri\":\"https://op.example/k\"}";
	OWN(json) json_t *doc = json_loads(honest, 0, NULL);
	OWN(json) json_t *more = json_loads(members, 0, NULL);
	OWN(json) json_t *out = NULL;
	OWN(mem) char *text = NULL;
	struct signin_why w = {.since = 0};
	enum err e;

	assert_int_equal(json_object_update(doc, more), 0);
	text = json_dumps(doc, 0);
	e = discover_parse(c, text, strlen(text), &out, &w);
	if (why != NULL)
		text_copy(why, 200, w.detail);
	assert_int_equal(e == ERR_OK, out != NULL);
	return e;
}

TEST(discovery_takes_addresses_of_the_issuer_and_no_others)
{
	static const char *const hosts[] = {"keys.example"};
	struct conf_provider two = campus;
	char why[200];

	assert_ok(discovered(&campus, "{}", why));
	assert_ok(discovered(&campus, "{\"unheard_of\":[1,{}]}", why));
	assert_ok(discovered(&campus,
	    "{\"userinfo_endpoint\":\"https://op.example:8443/m\"}", why));
	assert_err(discovered(&campus,
		       "{\"jwks_uri\":\"https://keys.example/k\"}", why),
	    ERR_PROVIDER);
	assert_non_null(strstr(why, "jwks_uri is on a host"));
	two.hosts = (struct conf_list){hosts, 1};
	assert_ok(
	    discovered(&two, "{\"jwks_uri\":\"https://keys.example/k\"}", why));
}

TEST(discovery_refuses_what_leads_elsewhere)
{
	static const char *const bad[] = {"{\"issuer\":\"https://op.example\"}",
	    "{\"issuer\":\"https://op.example/tenant/\"}",
	    "{\"issuer\":\"https://OP.example/tenant\"}", "{\"issuer\":7}",
	    "{\"token_endpoint\":\"http://op.example/t\"}",
	    "{\"token_endpoint\":\"https://op.example.evil.example/t\"}",
	    "{\"token_endpoint\":\"https://op.example@evil.example/t\"}",
	    "{\"token_endpoint\":\"https://127.0.0.1/t\"}",
	    "{\"token_endpoint\":\"https://[::1]/t\"}",
	    "{\"token_endpoint\":\"https://169.254.169.254/t\"}",
	    "{\"token_endpoint\":\"file:///etc/passwd\"}",
	    "{\"token_endpoint\":[\"https://op.example/t\"]}",
	    "{\"token_endpoint\":\"\"}", "{\"jwks_uri\":null}",
	    "{\"userinfo_endpoint\":\"https://evil.example/m\"}",
	    "{\"end_session_endpoint\":\"http://op.example/e\"}"};
	struct signin_why w = {.since = 0};
	OWN(json) json_t *out = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (discovered(&campus, bad[i], NULL) != ERR_PROVIDER)
			fail_msg("taken: %s", bad[i]);
	for (size_t i = 0; i < 4; i++) {
		static const char *const none[] = {
		    "", "[]", "{\"issuer\":\"a\",\"issuer\":\"b\"}", "{}x"};

		assert_err(
		    discover_parse(&campus, none[i], strlen(none[i]), &out, &w),
		    ERR_PROVIDER);
	}
}

TEST(discovery_is_kept_for_an_hour_and_serves_a_day_without_an_answer)
{
	struct metadata m;
	struct turn t;
	struct op op;

	op_start(&op);
	metadata_page(
	    &op, ",\"authorization_response_iss_parameter_supported\":true");
	t = turn(&op, 0);
	assert_ok(discover(&t, &m));
	assert_true(m.iss_answer);
	assert_null(m.userinfo);
	assert_string_equal(strrchr(m.jwks, '/'), "/jwks");
	t = turn(&op, TURN_METADATA_FRESH - 1);
	assert_ok(discover(&t, &m));
	assert_int_equal(asked(&op, METADATA), 1);
	t = turn(&op, TURN_METADATA_FRESH);
	assert_ok(discover(&t, &m));
	assert_int_equal(asked(&op, METADATA), 2);
	op.down = true;
	t = turn(&op, TURN_METADATA_FRESH + TURN_METADATA_LAST - 1);
	assert_ok(discover(&t, &m));
	t = turn(&op, TURN_METADATA_FRESH + TURN_METADATA_LAST);
	assert_err(discover(&t, &m), ERR_PROVIDER_DOWN);
	op.down = false;
	t = turn(&op, -7200); /* the clock went back */
	assert_ok(discover(&t, &m));
	op_stop(&op);
}

TEST(discovery_that_lies_later_is_refused_and_replaces_nothing)
{
	struct metadata m;
	struct turn t;
	struct op op;

	op_start(&op);
	t = turn(&op, 0);
	assert_ok(discover(&t, &m));
	page(&op, METADATA, "{\"issuer\":\"https://evil.example\"}");
	t = turn(&op, TURN_METADATA_FRESH);
	assert_err(discover(&t, &m), ERR_PROVIDER);
	assert_string_equal(op.why.reason, "discovery");
	t = turn(&op, 1);
	assert_ok(discover(&t, &m));
	op_stop(&op);
}

/* --- ID token --- */

static const struct idtoken_want want = {.issuer = "https://op.example",
    .client_id = "me",
    .nonce = "a-nonce",
    .alg = "RS256",
    .now = NOW,
    .skew = 60};

/* The claim that an ID token with CHANGES fails by, "" when it does not. */
static const char *
verdict(const struct idtoken_want *w, const char *changes)
{
	static struct signin_why why;
	OWN(json)
	json_t *c = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "iss",
	    w->issuer, "aud", "me", "sub", "victor", "nonce", "a-nonce", "exp",
	    (json_int_t)NOW + 300, "iat", (json_int_t)NOW);
	OWN(json) json_t *more = json_loads(changes, 0, NULL);

	assert_non_null(more);
	assert_int_equal(json_object_update(c, more), 0);
	why = (struct signin_why){.since = 0};
	return idtoken_check(c, w, &why) == ERR_OK ? "" : why.reason;
}

TEST(an_id_token_is_for_us_alone_and_of_this_sign_in)
{
	static const struct {
		const char *changes, *fails;
	} all[] = {{"{}", ""}, {"{\"aud\":[\"me\"]}", ""},
	    {"{\"aud\":[\"me\"],\"azp\":\"me\"}", ""}, {"{\"aud\":[]}", "aud"},
	    {"{\"aud\":[\"me\",\"other\"]}", "aud"},
	    {"{\"aud\":[\"me\",7]}", "aud"}, {"{\"aud\":\"mee\"}", "aud"},
	    {"{\"aud\":{\"me\":1}}", "aud"},
	    {"{\"aud\":[\"me\",\"me\"]}", "azp"}, {"{\"azp\":\"you\"}", "azp"},
	    {"{\"azp\":null}", "azp"},
	    {"{\"iss\":\"https://op.example/\"}", "iss"},
	    {"{\"iss\":\"HTTPS://op.example\"}", "iss"},
	    {"{\"iss\":null}", "iss"}, {"{\"nonce\":\"a-nonc\"}", "nonce"},
	    {"{\"nonce\":\"a-nonce2\"}", "nonce"},
	    {"{\"nonce\":null}", "nonce"},
	    {"{\"nonce\":[\"a-nonce\"]}", "nonce"}, {"{\"sub\":\"\"}", "sub"},
	    {"{\"sub\":1}", "sub"}, {"{\"at_hash\":\"x\"}", ""}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(verdict(&want, all[i].changes), all[i].fails) != 0)
			fail_msg("%s: %s", all[i].changes,
			    verdict(&want, all[i].changes));
}

TEST(an_id_token_has_its_time_to_the_second)
{
	static const struct {
		const char *claim;
		int64_t at;
		const char *fails;
	} all[] = {{"exp", NOW - 59, ""}, {"exp", NOW - 60, "exp"},
	    {"exp", -1, "exp"}, {"iat", NOW + 60, ""}, {"iat", NOW + 61, "iat"},
	    {"iat", NOW - 660, ""}, {"iat", NOW - 661, "iat"},
	    {"nbf", NOW + 60, ""}, {"nbf", NOW + 61, "nbf"},
	    {"exp", INT64_C(253402300800), "exp"},
	    {"auth_time", NOW + 61, "auth_time"}, {"auth_time", 0, ""}};
	char changes[80];

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		(void)snprintf(changes, sizeof(changes), "{\"%s\":%lld}",
		    all[i].claim, (long long)all[i].at);
		if (strcmp(verdict(&want, changes), all[i].fails) != 0)
			fail_msg("%s: %s", changes, verdict(&want, changes));
	}
	assert_string_equal(verdict(&want, "{\"exp\":\"1800000300\"}"), "exp");
	assert_string_equal(verdict(&want, "{\"exp\":1800000300.9}"), "");
	assert_string_equal(verdict(&want, "{\"exp\":1e300}"), "exp");
}

TEST(an_id_token_proves_its_access_token_and_a_new_sign_in)
{
	struct idtoken_want w = want;

	/* the example of Core A.3 */
	w.access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
	assert_string_equal(
	    verdict(&w, "{\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\"}"), "");
	assert_string_equal(
	    verdict(&w, "{\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RA\"}"), "at_hash");
	assert_string_equal(verdict(&w, "{\"at_hash\":true}"), "at_hash");
	assert_string_equal(verdict(&w, "{}"), "");
	w.alg = "EdDSA"; /* another hash, twice as long */
	assert_string_equal(
	    verdict(&w, "{\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\"}"), "at_hash");

	w = want;
	w.fresh_since = NOW - 10;
	assert_string_equal(verdict(&w, "{}"), "auth_time");
	assert_string_equal(verdict(&w, "{\"auth_time\":0}"), "auth_time");
	assert_string_equal(
	    verdict(&w, "{\"auth_time\":1799999929}"), "auth_time");
	assert_string_equal(verdict(&w, "{\"auth_time\":1799999930}"), "");
}

/* --- keys --- */

static const uint8_t curve_x[32] = {0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42,
    0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d,
    0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96};
static const uint8_t curve_y[32] = {0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f,
    0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
    0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5};

/* The base point of P-256, with Y changed by OFF. */
static json_t *
ec(const char *kid, uint8_t off)
{
	char x[44], y[44];
	uint8_t wrong[32];

	memcpy(wrong, curve_y, 32);
	wrong[31] ^= off;
	text_to_b64url(curve_x, 32, x);
	text_to_b64url(wrong, 32, y);
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "kty", "EC", "crv",
	    "P-256", "x", x, "y", y, "kid", kid);
}

/* OCTETS of ones, which is odd, with E as its exponent. */
static json_t *
rsa(const char *kid, size_t octets, const char *e)
{
	uint8_t ones[1025];
	char n[TEXT_B64_LEN(1025) + 1];

	memset(ones, 0xff, sizeof(ones));
	text_to_b64url(ones, octets, n);
	return json_pack(
	    "{s:s, s:s, s:s, s:s}", "kty", "RSA", "n", n, "e", e, "kid", kid);
}

/* How many keys are left of a set with KEY alone; takes KEY over. */
static size_t
left(json_t *key)
{
	OWN(json) json_t *set = json_pack("{s:[o]}", "keys", key);
	OWN(json) json_t *good = NULL;
	OWN(mem) char *text = json_dumps(set, 0);
	struct signin_why w;

	assert_ok(jwks_parse(text, strlen(text), &good, &w));
	return json_array_size(good);
}

static json_t *
with(json_t *key, const char *changes)
{
	OWN(json) json_t *more = json_loads(changes, 0, NULL);

	assert_int_equal(json_object_update(key, more), 0);
	return key;
}

TEST(weak_keys_are_dropped)
{
	assert_int_equal(left(rsa("k", 256, "AQAB")), 1);
	assert_int_equal(left(rsa("k", 1024, "AQAB")), 1);
	assert_int_equal(left(rsa("k", 255, "AQAB")), 0);
	assert_int_equal(left(rsa("k", 1025, "AQAB")), 0);
	assert_int_equal(left(rsa("k", 256, "AQ")), 0);   /* 1 */
	assert_int_equal(left(rsa("k", 256, "AAAB")), 0); /* 1 */
	assert_int_equal(left(rsa("k", 256, "AQAA")), 0); /* even */
	assert_int_equal(left(rsa("k", 256, "")), 0);
	assert_int_equal(left(rsa("k", 256, "+/==")), 0);
	assert_int_equal(left(ec("k", 0)), 1);
	assert_int_equal(left(ec("k", 1)), 0); /* off the curve */
	assert_int_equal(left(with(ec("k", 0), "{\"crv\":\"P-384\"}")), 0);
	assert_int_equal(left(with(ec("k", 0), "{\"x\":\"AAAA\"}")), 0);
	assert_int_equal(left(with(ec("k", 0), "{\"use\":\"enc\"}")), 0);
	assert_int_equal(left(with(ec("k", 0), "{\"use\":7}")), 0);
	assert_int_equal(
	    left(with(ec("k", 0), "{\"key_ops\":[\"encrypt\"]}")), 0);
	assert_int_equal(
	    left(with(ec("k", 0), "{\"key_ops\":[\"verify\"]}")), 1);
	assert_int_equal(
	    left(json_pack("{s:s, s:s}", "kty", "oct", "k", "AAAA")), 0);
	assert_int_equal(left(json_string("no key")), 0);
}

TEST(a_set_has_at_most_64_keys)
{
	for (size_t n = JWKS_KEYS_MAX; n <= JWKS_KEYS_MAX + 1; n++) {
		OWN(json) json_t *keys = json_array(), *good = NULL;
		OWN(json) json_t *set = json_object();
		OWN(mem) char *text = NULL;
		struct signin_why w;

		for (size_t i = 0; i < n; i++)
			(void)json_array_append_new(keys, ec("k", 0));
		(void)json_object_set(set, "keys", keys);
		text = json_dumps(set, 0);
		assert_err(jwks_parse(text, strlen(text), &good, &w),
		    n > JWKS_KEYS_MAX ? ERR_PROVIDER : ERR_OK);
	}
}

TEST(a_key_is_chosen_by_family_and_name_or_because_it_is_the_only_one)
{
	OWN(json)
	json_t *set = json_pack("[o,o,o]", rsa("r", 256, "AQAB"), ec("e1", 0),
	    with(ec("e2", 0), "{\"alg\":\"ES256\"}"));

	assert_non_null(jwks_choose(set, "RS256", "r"));
	assert_non_null(jwks_choose(set, "PS256", "r"));
	assert_non_null(jwks_choose(set, "RS256", NULL));
	assert_null(jwks_choose(set, "RS256", "e1"));
	assert_null(jwks_choose(set, "ES256", "r"));
	assert_null(jwks_choose(set, "ES256", NULL)); /* which of two? */
	assert_non_null(jwks_choose(set, "ES256", "e2"));
	assert_null(jwks_choose(set, "EdDSA", NULL));
	assert_null(jwks_choose(set, "HS256", "r"));
	assert_null(jwks_choose(set, "none", NULL));
}

static void
keys_page(struct op *op, json_t *key)
{
	OWN(json) json_t *set = json_pack("{s:[o]}", "keys", key);
	OWN(mem) char *text = json_dumps(set, 0);

	page(op, JWKS, text);
}

/* Looks for KID at the second LATER. */
static enum err
look_for(struct op *op, const char *kid, int64_t later)
{
	OWN(json) json_t *key = NULL;
	char url[80];
	const struct metadata m = {.jwks = url};
	struct turn t = turn(op, later);

	(void)snprintf(url, sizeof(url), "%s/jwks", op->issuer);
	return jwks_key(&t, &m, "ES256", kid, &key);
}

TEST(unknown_keys_are_asked_for_once_in_thirty_seconds)
{
	struct op op;

	op_start(&op);
	keys_page(&op, ec("first", 0));
	assert_ok(look_for(&op, "first", 0));
	assert_int_equal(asked(&op, JWKS), 1);
	for (int i = 0; i < JWKS_PAUSE; i++)
		assert_err(look_for(&op, "unknown", i), ERR_PROVIDER);
	assert_int_equal(asked(&op, JWKS), 1);
	assert_string_equal(op.why.reason, "kid");
	assert_err(look_for(&op, "unknown", JWKS_PAUSE), ERR_PROVIDER);
	assert_int_equal(asked(&op, JWKS), 2);
	/* a new key is found with the next question, the old one is gone */
	keys_page(&op, ec("second", 0));
	assert_ok(look_for(&op, "second", 2 * JWKS_PAUSE));
	assert_err(look_for(&op, "first", 2 * JWKS_PAUSE + 1), ERR_PROVIDER);
	assert_int_equal(asked(&op, JWKS), 3);
	op_stop(&op);
}

TEST(keys_are_asked_for_anew_after_an_hour_and_serve_a_day_without_an_answer)
{
	struct op op;

	op_start(&op);
	keys_page(&op, ec("first", 0));
	assert_ok(look_for(&op, "first", 0));
	assert_ok(look_for(&op, "first", JWKS_FRESH - 1));
	assert_int_equal(asked(&op, JWKS), 1);
	assert_ok(look_for(&op, "first", JWKS_FRESH));
	assert_int_equal(asked(&op, JWKS), 2);
	/* what is broken or away replaces nothing */
	page(&op, JWKS, "{\"keys\":7}");
	assert_ok(look_for(&op, "first", 2 * JWKS_FRESH));
	page(&op, JWKS, "{\"keys\":[],\"keys\":[]}");
	assert_ok(look_for(&op, "first", 3 * JWKS_FRESH));
	op.down = true;
	assert_ok(look_for(&op, "first", JWKS_FRESH + JWKS_LAST - 1));
	assert_err(look_for(&op, "first", JWKS_FRESH + JWKS_LAST + 60),
	    ERR_PROVIDER_DOWN);
	op_stop(&op);
}

static void *
guess(void *arg)
{
	static const char *const kids[] = {"a", "b", "c", "d"};
	struct op *op = arg;
	struct signin_why why = {.since = 0};
	char url[80];
	const struct metadata m = {.jwks = url};

	(void)snprintf(url, sizeof(url), "%s/jwks", op->issuer);
	for (int i = 0; i < 40; i++) {
		OWN(arena) struct arena *a = arena_new(1 << 16);
		OWN(json) json_t *key = NULL;
		struct turn t;

		if (turn_start(&t, &op->signin, "op", NOW, a, &why) != ERR_OK ||
		    jwks_key(&t, &m, "ES256", kids[i % 4], &key) == ERR_OK)
			return op;
	}
	return NULL;
}

TEST(many_who_guess_at_once_make_one_question)
{
	pthread_t all[8];
	struct op op;
	void *found;

	op_start(&op);
	keys_page(&op, ec("first", 0));
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&all[i], NULL, guess, &op), 0);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(all[i], &found), 0);
		assert_null(found);
	}
	assert_int_equal(asked(&op, JWKS), 1);
	op_stop(&op);
}

struct comer {
	pthread_t thread;
	pthread_barrier_t *door;
	struct op *op;
	enum err err;
};

static void *
comes(void *arg)
{
	OWN(arena) struct arena *a = arena_new(1 << 16);
	OWN(json) json_t *key = NULL;
	struct comer *me = arg;
	struct signin_why why = {.since = 0};
	char url[80];
	const struct metadata m = {.jwks = url};
	struct turn t;

	(void)snprintf(url, sizeof(url), "%s/jwks", me->op->issuer);
	(void)pthread_barrier_wait(me->door);
	if ((me->err = turn_start(&t, &me->op->signin, "op", NOW, a, &why)) ==
	    ERR_OK)
		me->err = jwks_key(&t, &m, "ES256", "first", &key);
	return NULL;
}

/* The first ones after a start, or after the provider took new keys. */
TEST(many_who_come_at_once_are_all_answered_by_one_question)
{
	struct comer all[8];
	pthread_barrier_t door;
	struct op op;

	op_start(&op);
	keys_page(&op, ec("first", 0));
	pthread_barrier_init(&door, NULL, 8);
	for (int i = 0; i < 8; i++) {
		all[i] = (struct comer){.door = &door, .op = &op};
		assert_int_equal(
		    pthread_create(&all[i].thread, NULL, comes, &all[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(all[i].thread, NULL), 0);
		assert_ok(all[i].err);
	}
	assert_int_equal(asked(&op, JWKS), 1);
	pthread_barrier_destroy(&door);
	op_stop(&op);
}

/* --- userinfo --- */

TEST(userinfo_is_asked_for_what_is_missing_only)
{
	OWN(json)
	json_t *c = json_loads(
	    "{\"name\":\"V\",\"email\":\"v@x.org\",\"groups\":[]}", 0, NULL);
	struct conf_provider no_groups = campus;

	no_groups.groups_claim = "";
	assert_false(userinfo_needed(&campus, c));
	(void)json_object_del(c, "groups");
	assert_true(userinfo_needed(&campus, c));
	assert_false(userinfo_needed(&no_groups, c));
	(void)json_object_del(c, "name");
	assert_true(userinfo_needed(&no_groups, c));
}

TEST(userinfo_about_somebody_else_is_none)
{
	static const char *const bad[] = {"{}", "{\"sub\":\"Victor\"}",
	    "{\"sub\":\"victor2\"}", "{\"sub\":[\"victor\"]}", "[]",
	    "{\"sub\":\"victor\",\"sub\":\"victor\"}", "{\"sub\":\"victor\"}x",
	    ""};
	OWN(json) json_t *out = NULL;
	struct signin_why w = {.since = 0};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (userinfo_parse("application/json", bad[i], strlen(bad[i]),
			"victor", &out, &w) != ERR_PROVIDER)
			fail_msg("taken: %s", bad[i]);
	assert_err(userinfo_parse("application/jwt", "{\"sub\":\"victor\"}", 16,
		       "victor", &out, &w),
	    ERR_PROVIDER);
	assert_ok(userinfo_parse("application/json", "{\"sub\":\"victor\"}", 16,
	    "victor", &out, &w));
}

/* What CLAIMS become with the answer MORE, as text with sorted names. */
static char *
added(struct op *op, const char *claims, const char *more, enum err expect)
{
	OWN(json) json_t *c = json_loads(claims, 0, NULL);
	char url[80];
	const struct metadata m = {.userinfo = url};
	struct turn t = turn(op, 0);

	(void)snprintf(url, sizeof(url), "%s/me", op->issuer);
	page(op, ME, more);
	assert_err(userinfo_add(&t, &m, "a-token", c), expect);
	return json_dumps(c, JSON_COMPACT | JSON_SORT_KEYS);
}

TEST(userinfo_adds_and_changes_nothing)
{
	OWN(mem) char *a = NULL;
	OWN(mem) char *b = NULL;
	OWN(mem) char *c = NULL;
	OWN(mem) char *d = NULL;
	struct op op;

	op_start(&op);
	a = added(&op, "{\"sub\":\"victor\",\"name\":\"Token\"}",
	    "{\"sub\":\"victor\",\"name\":\"Other\",\"groups\":[\"staff\"],"
	    "\"exp\":9,\"auth_time\":9,\"nonce\":\"n\",\"sid\":\"s\"}",
	    ERR_OK);
	assert_string_equal(a,
	    "{\"groups\":[\"staff\"],\"name\":\"Token\",\"sub\":\"victor\"}");
	/* "checked" is said of its own address, not of the token's */
	b = added(&op, "{\"sub\":\"victor\",\"email\":\"a@x.org\"}",
	    "{\"sub\":\"victor\",\"email\":\"b@x.org\","
	    "\"email_verified\":true}",
	    ERR_OK);
	assert_string_equal(b, "{\"email\":\"a@x.org\",\"sub\":\"victor\"}");
	c = added(&op, "{\"sub\":\"victor\",\"email\":\"a@x.org\"}",
	    "{\"sub\":\"victor\",\"email\":\"a@x.org\","
	    "\"email_verified\":true}",
	    ERR_OK);
	assert_non_null(strstr(c, "\"email_verified\":true"));
	d = added(&op, "{\"sub\":\"victor\"}",
	    "{\"sub\":\"admin\",\"groups\":[\"wifi-admins\"]}", ERR_PROVIDER);
	assert_string_equal(d, "{\"sub\":\"victor\"}");
	op_stop(&op);
}
