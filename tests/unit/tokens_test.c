#include "core/service/tokens.h"

#include "tests/unit/service.h"

static struct api_token
token(const char *name, const char *scopes)
{
	struct api_token t = {0};

	text_copy(t.name, sizeof(t.name), name);
	text_copy(t.scopes, sizeof(t.scopes), scopes);
	return t;
}

TEST(tokens_are_shown_once_and_kept_as_a_hash)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct api_token t = token("billing", "keys, read,keys"), got;
	struct house h;
	struct call c;
	char cmd[500];

	house_make(&h);
	assert_ok(tokens_add(&h.root, &t, &text));
	assert_string_equal(t.scopes, "read,keys");
	assert_int_equal(t.roles, 1 << ROLE_OPERATOR | 1 << ROLE_AUDITOR);
	assert_int_equal(t.expires, NOON + TOKENS_USUAL);
	c = house_call(&h, NULL, 0);
	assert_ok(tokens_use(&c, secret_text(&text), &got));
	assert_int_equal(c.actor.kind, ACTOR_TOKEN);
	assert_string_equal(c.actor.name, "billing");
	assert_int_equal(c.actor.roles, t.roles);
	assert_int_equal(got.last_used, NOON);
	c = house_call(&h, NULL, 0);
	c.now = NOON + TOKENS_USUAL - 1;
	assert_ok(tokens_use(&c, secret_text(&text), &got));
	c = house_call(&h, NULL, 0);
	c.now = NOON + TOKENS_USUAL;
	assert_err(tokens_use(&c, secret_text(&text), &got), ERR_NOT_FOUND);
	/* neither the token nor its random part is in the store */
	snprintf(cmd, sizeof(cmd), "%s '%s'%s | grep -caF -e %s",
	    h.at.url[0] ? "pg_dump" : "cat", h.at.url[0] ? h.at.url : h.at.path,
	    h.at.url[0] ? "" : "*", secret_text(&text) + 4);
	FILE *p = popen(cmd, "r");
	int hits = -1;
	assert_int_equal(fscanf(p, "%d", &hits), 1);
	pclose(p);
	assert_int_equal(hits, 0);
	house_end(&h);
}

/* W-31 */
TEST(tokens_that_are_no_good_are_all_alike)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct api_token t = token("x", "read"), got;
	char bad[80];
	struct house h;
	struct call c;

	house_make(&h);
	t.expires = NOON + 100;
	assert_ok(tokens_add(&h.root, &t, &text));
	c = house_call(&h, NULL, 0);
	c.actor.kind = ACTOR_GUEST;
	assert_int_equal(tokens_use(&c, NULL, &got), ERR_NOT_FOUND);
	assert_int_equal(tokens_use(&c, "", &got), ERR_NOT_FOUND);
	assert_int_equal(tokens_use(&c, "lkt_", &got), ERR_NOT_FOUND);
	assert_int_equal(
	    tokens_use(&c, secret_text(&text) + 4, &got), ERR_NOT_FOUND);
	snprintf(bad, sizeof(bad), "%sA", secret_text(&text));
	assert_int_equal(tokens_use(&c, bad, &got), ERR_NOT_FOUND);
	snprintf(bad, sizeof(bad), "%s", secret_text(&text));
	bad[10] = bad[10] == 'A' ? 'B' : 'A';
	assert_int_equal(tokens_use(&c, bad, &got), ERR_NOT_FOUND);
	assert_int_equal(c.actor.kind, ACTOR_GUEST);
	c.now = NOON + 99;
	assert_ok(tokens_use(&c, secret_text(&text), &got));
	c.now = NOON + 100;
	assert_int_equal(
	    tokens_use(&c, secret_text(&text), &got), ERR_NOT_FOUND);
	/* revoking works from the next look on */
	c.now = NOON + 99;
	assert_ok(tokens_revoke(&h.root, &t.id));
	assert_int_equal(
	    tokens_use(&c, secret_text(&text), &got), ERR_NOT_FOUND);
	assert_int_equal(tokens_revoke(&h.root, &t.id), ERR_BAD_STATE);
	house_end(&h);
}

TEST(tokens_are_made_by_administrators_only)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct api_token t = token("x", "read"), *all;
	struct house h;
	struct call c;
	size_t n;

	house_make(&h);
	for (int r = ROLE_PERSON; r < ROLE_ADMIN; r++) {
		c = house_call(&h, &h.ada, 1 << r);
		assert_int_equal(tokens_add(&c, &t, &text), ERR_FORBIDDEN);
		assert_int_equal(text.len, 0);
		assert_int_equal(tokens_list(&c, &all, &n), ERR_FORBIDDEN);
		assert_int_equal(tokens_revoke(&c, &t.id), ERR_FORBIDDEN);
	}
	t = token("x", "root");
	assert_int_equal(tokens_add(&h.root, &t, &text), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "scopes");
	t = token("x", "");
	assert_int_equal(tokens_add(&h.root, &t, &text), ERR_BAD_INPUT);
	t = token("x", "scim");
	assert_int_equal(tokens_add(&h.root, &t, &text), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "issuer");
	t = token("x", "read");
	t.expires = NOON + 10 * INT64_C(365) * 86400;
	assert_int_equal(tokens_add(&h.root, &t, &text), ERR_BAD_INPUT);
	assert_string_equal(h.root.why.field, "expires");
	house_end(&h);
}
