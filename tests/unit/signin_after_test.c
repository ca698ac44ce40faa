/* After a sign-in: renewals, a provider that is down, and signing out. And all
 * of it with less memory than it takes (F-04). */
#include "tests/unit/signin_op.h"

#include "portal/signin/turn.h"
#include "tests/unit/starve.h"

TEST(a_renewal_ends_only_by_the_word_for_it)
{
	static const struct {
		int status;
		const char *body;
		enum err want;
		const char *next;
	} all[] = {
	    {200, "{\"access_token\":\"a\"}", ERR_OK, NULL},
	    {200, "{\"access_token\":\"a\",\"refresh_token\":\"r2\"}", ERR_OK,
		"r2"},
	    {200, "{}", ERR_PROVIDER, NULL},
	    {400, "{\"error\":\"invalid_grant\"}", ERR_FORBIDDEN, NULL},
	    {400, "{\"error\":\"invalid_client\"}", ERR_PROVIDER, NULL},
	    {400, "rubbish", ERR_PROVIDER, NULL},
	    {401, "{\"error\":\"invalid_grant\"}", ERR_PROVIDER, NULL},
	    {503, "{}", ERR_PROVIDER_DOWN, NULL},
	};
	const char *next;

	start();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		page(TOKEN, all[i].status, all[i].body);
		assert_err(
		    signin_renew(op.s, "op", "rt", NOW, op.a, &next, &op.why),
		    all[i].want);
		if (all[i].next == NULL)
			assert_null(next);
		else
			assert_string_equal(next, all[i].next);
	}
	assert_non_null(strstr(op.got, "refresh_token=rt"));
	assert_err(signin_renew(op.s, "no", "rt", NOW, op.a, &next, &op.why),
	    ERR_NOT_FOUND);
	stop();
}

TEST(after_failures_a_provider_is_left_alone_for_a_while)
{
	const char *next;

	start();
	page(TOKEN, 200, "{\"access_token\":\"a\"}");
	assert_ok(signin_renew(op.s, "op", "rt", NOW, op.a, &next, &op.why));
	page(TOKEN, 500, "{}");
	for (int i = 0; i < TURN_FAILURES; i++)
		assert_err(
		    signin_renew(op.s, "op", "rt", NOW, op.a, &next, &op.why),
		    ERR_PROVIDER_DOWN);
	page(TOKEN, 200, "{\"access_token\":\"a\"}");
	assert_err(
	    signin_renew(op.s, "op", "rt", NOW + 1, op.a, &next, &op.why),
	    ERR_PROVIDER_DOWN);
	assert_non_null(strstr(op.why.detail, "left alone"));
	assert_ok(signin_renew(
	    op.s, "op", "rt", NOW + TURN_REST, op.a, &next, &op.why));
	op.why.since = 1; /* it waited for its turn all this time */
	assert_err(signin_renew(
		       op.s, "op", "rt", NOW + TURN_REST, op.a, &next, &op.why),
	    ERR_PROVIDER_DOWN);
	assert_non_null(strstr(op.why.detail, "late"));
	stop();
}

TEST(signing_out_goes_by_the_providers_page_where_there_is_one)
{
	char longest[5000];
	const char *url;

	start();
	assert_null(signin_logout_url(op.s, "op", "t", "https://x/", op.a));
	assert_null(signin_logout_url(op.s, "no", "t", "https://x/", op.a));
	signin_close(op.s);
	open_signin();
	metadata(arena_printf(
	    op.a, ",\"end_session_endpoint\":\"%s/end?a=b\"", op.issuer));
	url = signin_logout_url(op.s, "op", "t", "https://x/", op.a);
	assert_non_null(strstr(url, "/end?a=b&id_token_hint=t&client_id=me"));
	assert_non_null(strstr(url, "post_logout_redirect_uri=https"));
	url = signin_logout_url(op.s, "op", "", "https://x/", op.a);
	assert_null(strstr(url, "id_token_hint"));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	url = signin_logout_url(op.s, "op", longest, "https://x/", op.a);
	assert_null(strstr(url, "id_token_hint"));
	stop();
}

/* What a logout token with MORE claims is refused for; "" when it is good. */
static const char *
logged_out(const char *typ, const char *more, struct signin_logout *who)
{
	char header[100], claims[1024];

	(void)snprintf(
	    header, sizeof(header), "{\"alg\":\"EdDSA\",\"kid\":\"k\"%s}", typ);
	(void)snprintf(claims, sizeof(claims),
	    "{\"iss\":\"%s\",\"aud\":\"me\",\"iat\":%d%s}", op.issuer, NOW,
	    more);
	op.why = (struct signin_why){.since = 0};
	return signin_backchannel(op.s, "op", jwt(header, claims), NOW, op.a,
		   who, &op.why) == ERR_OK
		   ? ""
		   : op.why.reason;
}

#define EVENT                                                                  \
	",\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":" \
	"{}}"

TEST(a_logout_names_somebody_and_counts_once)
{
	static const struct {
		const char *typ, *more, *want;
	} all[] = {
	    {"", EVENT ",\"sub\":\"v\",\"jti\":\"1\"", ""},
	    {"", EVENT ",\"sub\":\"v\",\"jti\":\"1\"", "jti"},
	    {"", EVENT ",\"sid\":\"s\",\"jti\":\"2\"", ""},
	    {",\"typ\":\"logout+jwt\"", EVENT ",\"sub\":\"v\",\"jti\":\"3\"",
		""},
	    {",\"typ\":\"application/logout+jwt\"",
		EVENT ",\"sub\":\"v\",\"jti\":\"4\"", ""},
	    {",\"typ\":\"JWT\"", EVENT ",\"sub\":\"v\",\"jti\":\"5\"", ""},
	    {",\"typ\":\"at+jwt\"", EVENT ",\"sub\":\"v\",\"jti\":\"6\"",
		"typ"},
	    {"", EVENT ",\"sub\":\"v\"", "jti"},
	    {"", EVENT ",\"sub\":\"v\",\"jti\":7", "jti"},
	    {"", EVENT ",\"jti\":\"8\"", "sub"},
	    {"", EVENT ",\"sub\":7,\"sid\":\"s\",\"jti\":\"9\"", "sub"},
	    {"", EVENT ",\"sub\":\"v\",\"sid\":7,\"jti\":\"9\"", "sub"},
	    {"", EVENT ",\"sub\":\"v\",\"nonce\":\"n\",\"jti\":\"9\"", "nonce"},
	    {"", ",\"sub\":\"v\",\"jti\":\"9\"", "events"},
	    {"", ",\"events\":[],\"sub\":\"v\",\"jti\":\"9\"", "events"},
	    {"", EVENT ",\"exp\":1,\"sub\":\"v\",\"jti\":\"9\"", "exp"},
	    {"", EVENT ",\"nbf\":1800000999,\"sub\":\"v\",\"jti\":\"9\"",
		"nbf"},
	};
	struct signin_logout who;
	const char *again = EVENT ",\"sub\":\"v\",\"jti\":\"10\"";

	start();
	/* what came to nothing may come again */
	for (int i = 0; i < 3; i++) {
		assert_string_equal(logged_out("", again, &who), "");
		if (i < 2)
			signin_backchannel_undo(op.s, &who);
	}
	assert_string_equal(logged_out("", again, &who), "jti");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const char *got = logged_out(all[i].typ, all[i].more, &who);

		if (strcmp(got, all[i].want) != 0)
			fail_msg("row %zu: %s", i, got);
		if (all[i].want[0] != '\0')
			assert_string_equal(who.issuer, "");
		else
			assert_string_equal(who.issuer, op.issuer);
	}
	assert_err(
	    signin_backchannel(op.s, "no", "x", NOW, op.a, &who, &op.why),
	    ERR_NOT_FOUND);
	stop();
}

/* --- less memory --- */

static enum err
signs_in(void)
{
	OWN(arena) struct arena *mine = arena_new(1 << 20);
	struct arena *was = op.a;
	struct signin_identity who;
	struct begun g = {.state = ""};
	const char *next;
	struct signin *s = NULL;
	char why[CONF_WHY];
	enum err e;

	if (mine == NULL)
		return ERR_NO_MEMORY;
	op.why = (struct signin_why){.since = 0};
	if ((e = signin_open(&op.conf, op.ring, &s, why)))
		return e;
	e = signin_begin(s, "op", "/", false, NOW, mine, &g.b, &op.why);
	if (e == ERR_OK) {
		long left = starve_in;
		const char *query;

		starve_in = 0; /* what the test itself needs */
		field(g.b.location, "state=", g.state);
		field(g.b.location, "nonce=", g.nonce);
		token_page(id_token(HEADER, g.nonce,
			       ",\"groups\":[\"a\",\"b\"],\"email\":\"v@x\""),
		    ",\"refresh_token\":\"rt\"");
		query = arena_printf(was, "state=%s&code=c", g.state);
		starve_in = left;
		e = signin_finish(
		    s, "op", query, g.b.cookie_value, NOW, mine, &who, &op.why);
		if (e == ERR_OK)
			e = signin_renew(
			    s, "op", "rt", NOW, mine, &next, &op.why);
		if (e == ERR_OK &&
		    signin_logout_url(s, "op", "t", "https://x/", mine) == NULL)
			e = ERR_NO_MEMORY;
	}
	signin_close(s);
	arena_reset(was);
	return e;
}

/* Every 7th allocation fails: it is told, nobody is signed in half, and the
 * next one is. */
TEST(starved_a_sign_in_fails_and_the_next_one_does_not)
{
	int told = 0;
	long n;

	if (!starve_in_front())
		return;
	start();
	metadata(arena_printf(op.a,
	    ",\"userinfo_endpoint\":\"%s/me\","
	    "\"end_session_endpoint\":\"%s/end\"",
	    op.issuer, op.issuer));
	page(ME, 200, "{\"sub\":\"victor\",\"name\":\"Victor\"}");
	assert_ok(signs_in());
	for (n = 1;; n += 7) {
		enum err e;

		starved = false;
		starve_in = n;
		e = signs_in();
		starve_in = 0;
		if (!starved)
			break;
		told += e != ERR_OK;
		if (e != ERR_OK && e != ERR_NO_MEMORY && e != ERR_PROVIDER &&
		    e != ERR_PROVIDER_DOWN && e != ERR_INTERNAL)
			fail_msg("allocation %ld: %s", n, err_name(e));
	}
	assert_ok(signs_in());
	(void)fprintf(stderr, "# %ld allocations, %d failures told\n", n, told);
	assert_true(told > 20);
	stop();
}
