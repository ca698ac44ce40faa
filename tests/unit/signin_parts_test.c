/* The pure parts of a sign-in: who somebody is, what a browser keeps for us and
 * brings back. */
#include "tests/unit/signin_op.h"

#include "core/base/buf.h"
#include "portal/signin/callback.h"
#include "portal/signin/identity.h"
#include "portal/signin/pending.h"
#include "portal/signin/spent.h"
#include "portal/signin/strict.h"

TEST(groups_that_are_not_all_are_none)
{
	static const struct {
		const char *claims;
		size_t n;
		bool known;
	} all[] = {
	    {"{}", 0, true},
	    {"{\"groups\":null}", 0, true},
	    {"{\"groups\":\"one\"}", 1, true},
	    {"{\"groups\":\"\"}", 0, true},
	    {"{\"groups\":[\"a\",\"b\"]}", 2, true},
	    {"{\"groups\":[\"a\",7]}", 0, false},
	    {"{\"groups\":{\"a\":1}}", 0, false},
	    {"{\"groups\":7}", 0, false},
	    {"{\"groups\":[\"a\"],\"hasgroups\":true}", 0, false},
	    {"{\"groups\":[\"a\"],\"hasgroups\":false}", 1, true},
	    {"{\"groups\":[\"a\"],\"_claim_names\":{\"groups\":\"s\"}}", 0,
		false},
	    {"{\"groups\":[\"a\"],\"_claim_names\":{\"x\":\"s\"}}", 1, true},
	    {"{\"groups\":[\"a\"],\"groups:src1\":\"s\"}", 0, false},
	};
	OWN(arena) struct arena *a = arena_new(1 << 22);
	struct signin_identity who;
	json_t *many = json_object(), *list = json_array();

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		OWN(json) json_t *c = json_loads(all[i].claims, 0, NULL);

		who = (struct signin_identity){.issuer = NULL};
		assert_ok(identity_of(c, "groups", a, &who));
		assert_int_equal(who.ngroups, all[i].n);
		assert_int_equal(who.groups_known, all[i].known);
		/* without a claim of groups there are none to miss */
		assert_ok(identity_of(c, "", a, &who));
		assert_true(who.groups_known);
	}
	json_object_set_new(many, "groups", list);
	for (int i = 0; i <= SIGNIN_GROUPS_MAX; i++) {
		who = (struct signin_identity){.issuer = NULL};
		assert_ok(identity_of(many, "groups", a, &who));
		assert_true(who.groups_known);
		assert_int_equal(who.ngroups, i);
		json_array_append_new(list, json_string("group"));
	}
	who = (struct signin_identity){.issuer = NULL};
	assert_ok(identity_of(many, "groups", a, &who));
	assert_false(who.groups_known);
	assert_int_equal(who.ngroups, 0);
	json_decref(many);
}

TEST(a_mail_address_is_checked_when_that_is_said_as_it_should)
{
	static const struct {
		const char *claims;
		bool checked;
		int64_t at;
	} all[] = {
	    {"{\"email_verified\":true,\"iat\":5}", true, 5},
	    {"{\"email_verified\":\"true\",\"iat\":5.5}", false, 5},
	    {"{\"email_verified\":1,\"auth_time\":0,\"iat\":6}", false, 6},
	    {"{\"auth_time\":4,\"iat\":6}", false, 4},
	    {"{\"auth_time\":\"4\",\"iat\":-6}", false, -6},
	    {"{\"auth_time\":1e300}", false, 0},
	};
	OWN(arena) struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		OWN(json) json_t *c = json_loads(all[i].claims, 0, NULL);
		struct signin_identity who = {.issuer = NULL};

		assert_ok(identity_of(c, "groups", a, &who));
		assert_int_equal(who.mail_verified, all[i].checked);
		assert_int_equal(who.auth_at, all[i].at);
		assert_string_equal(who.sid, "");
	}
}

/* --- what a browser keeps for us --- */

TEST(a_cookie_of_ours_leads_to_a_path_of_this_site)
{
	static const struct seal_place place = {
	    .table = "signin", .row = "op", .column = "pending"};
	static const struct {
		const char *target, *want;
	} all[] = {{"/keys", "/keys"}, {"//evil.example", "/"}, {"keys", "/"},
	    {"/a\\b", "/"}, {"/a\nb", "/"}, {"", "/"}};
	uint8_t plain[200] = {1}, sealed[SEAL_LEN(200)];
	char text[TEXT_B64_LEN(SEAL_LEN(200)) + 1];
	struct pending p;

	start();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		size_t n = 106 + strlen(all[i].target);

		memcpy(plain + 106, all[i].target, strlen(all[i].target));
		assert_ok(seal(op.ring, &place, plain, n, sealed));
		text_to_b64url(sealed, SEAL_LEN(n), text);
		assert_ok(pending_open(op.ring, "op", text, op.a, &p));
		assert_string_equal(p.return_to, all[i].want);
		assert_err(pending_open(op.ring, "other", text, op.a, &p),
		    ERR_BAD_INPUT);
	}
	for (size_t n = 0; n < 106; n++) { /* cut, and sealed so */
		assert_ok(seal(op.ring, &place, plain, n, sealed));
		text_to_b64url(sealed, SEAL_LEN(n), text);
		assert_err(
		    pending_open(op.ring, "op", text, op.a, &p), ERR_BAD_INPUT);
	}
	plain[0] = 2; /* a version to come */
	assert_ok(seal(op.ring, &place, plain, 107, sealed));
	text_to_b64url(sealed, SEAL_LEN(107), text);
	assert_err(pending_open(op.ring, "op", text, op.a, &p), ERR_BAD_INPUT);
	assert_err(
	    pending_open(op.ring, "op", "AAAA", op.a, &p), ERR_BAD_INPUT);
	stop();
}

TEST(a_target_that_is_too_long_is_the_first_page)
{
	char far[PENDING_RETURN_MAX + 2];
	const char *value;
	struct pending p;

	start();
	memset(far, 'a', sizeof(far) - 1);
	far[0] = '/';
	far[sizeof(far) - 1] = '\0';
	pending_new(&p, far, false, NOW);
	assert_string_equal(p.return_to, "/");
	p.return_to = far;
	assert_err(pending_seal(op.ring, "op", &p, op.a, &value), ERR_TOO_BIG);
	far[PENDING_RETURN_MAX] = '\0';
	pending_new(&p, far, false, NOW);
	assert_string_equal(p.return_to, far);
	p.state[3] = '!'; /* nothing we made */
	assert_err(pending_seal(op.ring, "op", &p, op.a, &value), ERR_INTERNAL);
	assert_true(pending_current(&p, NOW - 60, 600));
	assert_false(pending_current(&p, NOW - 61, 600));
	assert_true(pending_current(&p, NOW + 600, 600));
	assert_false(pending_current(&p, NOW + 601, 600));
	stop();
}

TEST(what_was_used_is_remembered_until_many_more_were)
{
	struct spent *s = spent_new();
	char b[5000];

	assert_ok(spent_use(s, "a", "first"));
	assert_err(spent_use(s, "a", "first"), ERR_BAD_STATE);
	assert_ok(spent_use(s, "af", "irst")); /* not one run of letters */
	for (int i = 0; i < SPENT_MAX; i++) {
		(void)snprintf(b, sizeof(b), "%d", i);
		assert_ok(spent_use(s, "b", b));
	}
	assert_ok(spent_use(s, "a", "first"));
	assert_err(spent_use(s, "b", "8000"), ERR_BAD_STATE);
	memset(b, 'x', sizeof(b) - 1);
	b[sizeof(b) - 1] = '\0';
	assert_err(spent_use(s, "a", b), ERR_TOO_BIG);
	spent_free(s);
	spent_free(NULL);
}

TEST(a_callback_has_few_parameters_of_bounded_length)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	static const char *const bad[] = {
	    "code", "state=%zz", "%zz=1", "code=%00"};
	OWN(buf) struct buf b = BUF(1 << 20);
	struct callback c;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_err(callback_parse(bad[i], a, &c), ERR_BAD_INPUT);
	assert_ok(callback_parse("&&x&y=1&code=a%20b+c&", a, &c));
	assert_string_equal(c.code, "a b c");
	for (int i = 0; i < CALLBACK_PAIRS_MAX; i++)
		buf_text(&b, "a=1&");
	assert_ok(callback_parse(buf_str(&b), a, &c));
	buf_text(&b, "a=1");
	assert_err(callback_parse(buf_str(&b), a, &c), ERR_BAD_INPUT);
	buf_clear(&b);
	buf_text(&b, "x=");
	while (b.len <= CALLBACK_QUERY_MAX)
		buf_text(&b, "y");
	assert_err(callback_parse(buf_str(&b), a, &c), ERR_BAD_INPUT);
	buf_clear(&b);
	buf_text(&b, "state=");
	for (int i = 0; i < 129; i++)
		buf_text(&b, "y");
	assert_err(callback_parse(buf_str(&b), a, &c), ERR_BAD_INPUT);
	buf_clear(&b); /* a name longer than any: not for us */
	for (int i = 0; i < 100; i++)
		buf_text(&b, "y");
	buf_text(&b, "=1");
	assert_ok(callback_parse(buf_str(&b), a, &c));
	assert_null(c.state);
}
