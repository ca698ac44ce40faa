/* Limits of what directories send and ask: one before, at it, one after (B-8).
 */
#include "core/base/text.h"
#include "core/service/scim.h"
#include "core/service/tokens.h"
#include "portal/scim/filter.h"
#include "portal/scim/patch.h"
#include "portal/scim/scim.h"
#include "tests/unit/portal_world.h"

#define US "https://id.example.org"
#define SCIM(path) "/scim/v2" path

static struct world w;
static struct call c;

static const char *
begin(void)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct api_token t = {
	    .name = "directory", .scopes = "scim", .issuer = US};

	world_open(&w, "");
	c = world_call(&w);
	assert_ok(tokens_add(&c, &t, &text));
	return arena_text(w.arena, secret_text(&text));
}

static enum err
user_of(size_t octets)
{
	static int serial;
	struct scim_user u = {.active = true};
	char *text = malloc(octets + 1);
	enum err e;

	assert_non_null(text);
	memset(text, 'x', octets);
	memcpy(text, "{\"x\":\"", 6);
	memcpy(text + octets - 2, "\"}", 3);
	u.attributes = text;
	(void)snprintf(u.external, sizeof(u.external), "x%d", ++serial);
	(void)snprintf(u.user_name, sizeof(u.user_name), "x%d", serial);
	e = scim_users_add(&c, US, &u);
	free(text);
	return e;
}

TEST(a_user_is_as_large_as_it_may_be)
{
	(void)begin();
	assert_ok(user_of(SCIM_ATTRIBUTES_MAX - 1));
	assert_ok(user_of(SCIM_ATTRIBUTES_MAX));
	assert_err(user_of(SCIM_ATTRIBUTES_MAX + 1), ERR_TOO_BIG);
	world_close(&w);
}

/* Read from what was sent; and stored, where no one of them is a user. */
static void
group_of(size_t n, enum err read, enum err stored)
{
	OWN(arena) struct arena *a = arena_new(64 << 20);
	json_t *list = json_array();
	json_t *j = json_pack("{ss so}", "displayName", "g", "members", list);
	struct scim_group g = {0};
	struct uid *all;
	struct why why;
	size_t got;

	for (size_t i = 0; i < n; i++) {
		char id[UID_LEN + 1];

		(void)snprintf(id, sizeof(id), "%026zu", i);
		(void)json_array_append_new(
		    list, json_pack("{ss}", "value", id));
	}
	assert_int_equal(group_read(j, a, &g, &all, &got, &why), read);
	if (read == ERR_OK)
		assert_int_equal(got, n);
	all = arena_array(a, n, sizeof(*all));
	assert_non_null(all);
	for (size_t i = 0; i < n; i++)
		(void)snprintf(all[i].s, sizeof(all[i].s), "%026zu", i);
	text_copy(g.name, sizeof(g.name), "g");
	assert_err(scim_groups_add(&c, US, &g, all, n), stored);
	json_decref(j);
}

TEST(a_group_has_as_many_members_as_it_may)
{
	(void)begin();
	group_of(SCIM_MEMBERS_MAX - 1, ERR_OK, ERR_BAD_INPUT);
	group_of(SCIM_MEMBERS_MAX, ERR_OK, ERR_BAD_INPUT);
	group_of(SCIM_MEMBERS_MAX + 1, ERR_TOO_BIG, ERR_TOO_BIG);
	world_close(&w);
}

/* Each word and each `or` is a node, and a `not` one more. */
static enum err
filter_of(int nodes)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	OWN(buf) struct buf b = BUF(FILTER_TEXT_MAX);
	struct filter *f;
	struct why why;

	buf_text(&b, nodes % 2 ? "a pr" : "not (a pr)");
	for (int i = 0; i < (nodes - 1) / 2; i++)
		buf_text(&b, " or a pr");
	return filter_parse(buf_str(&b), a, &f, &why);
}

TEST(a_filter_has_as_many_parts_as_it_may)
{
	assert_ok(filter_of(FILTER_NODES_MAX - 1));
	assert_ok(filter_of(FILTER_NODES_MAX));
	assert_err(filter_of(FILTER_NODES_MAX + 1), ERR_BAD_INPUT);
}

static int
shown(const char *token, const char *query)
{
	struct got g = world_ask(
	    &w, (struct ask){
		    .path = SCIM("/Users"), .query = query, .bearer = token});
	int n = 0;

	assert_int_equal(g.status, 200);
	for (const char *at = g.body; (at = strstr(at, "\"userName\":")); at++)
		n++;
	return n;
}

TEST(a_page_has_a_hundred_when_not_said_and_five_hundred_at_most)
{
	const char *t = begin();

	for (int n = 1; n <= SCIM_LIST_MAX + 1; n++) {
		assert_ok(user_of(20));
		if (n >= SCIM_PAGE - 1 && n <= SCIM_PAGE + 1)
			assert_int_equal(
			    shown(t, ""), n < SCIM_PAGE ? n : SCIM_PAGE);
	}
	assert_int_equal(shown(t, "count=499"), SCIM_LIST_MAX - 1);
	assert_int_equal(shown(t, "count=500"), SCIM_LIST_MAX);
	assert_int_equal(shown(t, "count=501"), SCIM_LIST_MAX);
	world_close(&w);
}

TEST(a_body_has_three_megabytes)
{
	const char *t = begin();

	for (int i = -1; i <= 1; i++) {
		size_t n = SCIM_BODY_MAX - 1 + (size_t)(i + 1);
		char *body = arena_get(w.arena, n + 1);
		struct got g;
		int head;

		assert_non_null(body);
		memset(body, ' ', n);
		head = snprintf(body, 64, "{\"displayName\":\"g%d\"", i);
		body[head] = ' ';
		body[n - 1] = '}';
		g = world_ask(&w, (struct ask){.method = HTTP_POST,
				      .path = SCIM("/Groups"),
				      .type = "application/scim+json",
				      .bearer = t,
				      .body = body});
		assert_int_equal(g.status, i > 0 ? 413 : 201);
	}
	world_close(&w);
}

/* --- so many that none is stored for it --- */

static size_t have;

static enum err
page_of(
    struct scim *s, const struct scim_filter *f, json_t **list, size_t *total)
{
	(void)s;
	*total = have;
	*list = json_array();
	for (size_t i = f->offset; i < have && i < f->offset + f->limit; i++)
		(void)json_array_append_new(
		    *list, json_pack("{si}", "n", (int)i));
	return ERR_OK;
}

static enum err
finish_none(struct scim *s, json_t *j)
{
	(void)s, (void)j;
	return ERR_OK;
}

static enum err
searched(size_t n)
{
	static const struct scim_kind kind = {.name = "User",
	    .path = "Users",
	    .by_name = "userName",
	    .member = "groups",
	    .member_sub = "value",
	    .page = page_of,
	    .finish = finish_none};
	OWN(arena) struct arena *a = arena_new(1 << 20);
	struct reply rp = {.arena = a, .body = BUF(1 << 20)};
	struct request rq = {.arena = a};
	struct page p = {.rq = &rq, .rp = &rp, .arena = a};
	struct call call = {.arena = a};
	struct scim s = {.p = &p, .c = &call, .count = 10, .filter = "n eq 7"};
	enum err e;

	have = n;
	e = scim_list(&s, &kind);
	if (e == ERR_OK)
		assert_non_null(
		    strstr(buf_str(&rp.body), "\"totalResults\":1"));
	else
		assert_string_equal(call.why.field, "many");
	buf_own(&rp.body);
	return e;
}

TEST(a_filter_looks_at_a_hundred_thousand)
{
	assert_ok(searched(SCIM_SCAN_MAX - 1));
	assert_ok(searched(SCIM_SCAN_MAX));
	assert_err(searched(SCIM_SCAN_MAX + 1), ERR_BAD_INPUT);
}

/* --- others change the same --- */

struct rival {
	int wins, tries;
};

static enum err
outrun(void *of)
{
	struct rival *r = of;

	return r->tries++ < r->wins ? ERR_CONFLICT : ERR_OK;
}

TEST(a_change_is_tried_again_while_others_are_faster)
{
	struct rival none = {0}, some = {.wins = SCIM_TRIES - 1};
	struct rival all = {.wins = SCIM_TRIES};

	assert_ok(scim_tries(outrun, &none));
	assert_int_equal(none.tries, 1);
	assert_ok(scim_tries(outrun, &some));
	assert_int_equal(some.tries, SCIM_TRIES);
	assert_err(scim_tries(outrun, &all), ERR_CONFLICT);
	assert_int_equal(all.tries, SCIM_TRIES);
}

/* --- what a PATCH writes --- */

/* One value of N octets as JSON, with its quotes. */
static enum err
patch_of(size_t n)
{
	OWN(arena) struct arena *a = arena_new(64 << 20);
	char *text = malloc(n);
	json_t *j = json_object(), *rq;
	struct why why;
	enum err e;

	assert_non_null(text);
	memset(text, 'x', n);
	text[n - 2] = '\0';
	rq = json_pack("{s[{ss ss ss}]}", "Operations", "op", "add", "path",
	    "title", "value", text);
	e = patch_apply(j, rq, a, &why);
	json_decref(rq);
	json_decref(j);
	free(text);
	return e;
}

TEST(a_change_writes_as_much_as_it_may)
{
	assert_ok(patch_of(PATCH_GROWTH - 1));
	assert_ok(patch_of(PATCH_GROWTH));
	assert_err(patch_of(PATCH_GROWTH + 1), ERR_TOO_BIG);
}
