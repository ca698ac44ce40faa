/* Guests, without cookies, script or session. */
#include "tests/unit/portal_world.h"

#include "core/service/devices.h"
#include "core/service/vouchers.h"
#include "portal/web/letter.h"
#include "portal/web/state.h"
#include "portal/web/throttle.h"

static struct world w;

static void
begin(const char *terms, const char *ways)
{
	struct rule rule = {.priority = 5, .claim = "issuer", .value = "local"};
	char more[512];
	struct call c;

	(void)snprintf(more, sizeof(more),
	    "%s }\nguest { ways = { %s }\n sponsor_domains = "
	    "{\"example.org\"} }\nmail { url = \"smtp://127.0.0.1:9\"\n "
	    "from = \"wifi@example.org\"",
	    terms, ways);
	world_open(&w, more);
	c = world_call(&w);
	rule.plan = w.plan.id;
	assert_ok(rule_add(&c, &rule));
}

static char *
voucher(int64_t departure)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o = {
	    .plan = w.plan.id, .name = "Grace", .departure = departure};
	struct call c = world_call(&w);
	struct voucher v;

	assert_ok(vouchers_make(&c, &o, &v, &code));
	return arena_text(w.arena, secret_text(&code));
}

static struct got
post(const char *path, const char *body)
{
	return ASK(&w, .method = HTTP_POST, .path = path, .body = body,
	    .origin = "https://wifi.example.org", .site = "same-origin");
}

static struct got
redeem(const char *code)
{
	return post("/guest/code", arena_printf(w.arena, "code=%s", code));
}

TEST(guests_see_the_ways_that_are_on)
{
	struct got g;

	begin("", "\"code\", \"sponsor\"");
	g = ASK(&w, .path = "/guest");
	assert_has(&g, "/guest/code");
	assert_has(&g, "/guest/sponsor");
	assert_lacks(&g, "/guest/mail");
	g = ASK(&w, .path = "/guest/mail");
	assert_int_equal(g.status, 404);
	g = post("/guest/mail", "name=a&mail=a@example.net");
	assert_int_equal(g.status, 404);
	g = ASK(&w, .path = "/signin");
	assert_has(&g, "I am a guest");
	world_close(&w);
	world_open(&w, "");
	g = ASK(&w, .path = "/guest");
	assert_int_equal(g.status, 404);
	g = ASK(&w, .path = "/signin");
	assert_lacks(&g, "I am a guest");
	world_close(&w);
}

/* The signed value of the field NAME on a page. */
static char *
field(const struct got *g, const char *name)
{
	char *want = arena_printf(w.arena, "name=\"%s\" value=\"", name);
	const char *at = strstr(g->body, want);

	if (at == NULL)
		fail_msg("no field %s", name);
	at += strlen(want);
	return arena_copy(w.arena, at, strcspn(at, "\""));
}

TEST(a_code_becomes_a_password_and_brings_it_back)
{
	struct got g;
	char *code, *grant;

	begin("", "\"code\"");
	code = voucher(WORLD_NOW + 3 * 86400);
	/* G-02: what only fetches redeems nothing */
	g = ASK(&w, .path = arena_printf(w.arena, "/guest/code/%s", code));
	assert_has(&g, code);
	assert_int_equal(world_audit(&w, "voucher.redeem"), 0);
	g = ASK(&w, .method = HTTP_HEAD, .path = "/guest/code");
	assert_int_equal(g.status, 200);
	g = redeem(code);
	assert_int_equal(g.status, 200);
	assert_has(&g, "Your password works for 3 days more.");
	assert_has(&g, "<svg");
	assert_has(&g, code);
	assert_null(got_header(&g, "set-cookie"));
	assert_string_equal(got_header(&g, "cache-control"), "no-store");
	assert_int_equal(world_audit(&w, "key.reveal"), 1);
	grant = field(&g, "grant");
	g = redeem(code);
	assert_has(&g, "Welcome back");
	assert_int_equal(world_audit(&w, "voucher.redeem"), 1);
	g = post("/guest/take/sheet", arena_printf(w.arena, "grant=%s", grant));
	assert_int_equal(g.status, 200);
	assert_string_equal(got_header(&g, "content-type"), "application/pdf");
	g = post("/guest/take/apple", arena_printf(w.arena, "grant=%s", grant));
	assert_int_equal(g.status, 200);
	g = post("/guest/take/apple", "grant=x");
	assert_int_equal(g.status, 410);
	w.now += 3601;
	g = post("/guest/take/apple", arena_printf(w.arena, "grant=%s", grant));
	assert_int_equal(g.status, 410);
	world_close(&w);
}

TEST(a_guest_whose_device_is_blocked_is_told_so_and_whom_to_ask)
{
	struct key_view *all;
	struct device d;
	struct call c;
	struct got g;
	size_t n, total;
	char *code;

	begin("", "\"code\"");
	code = voucher(WORLD_NOW + 3 * 86400);
	g = redeem(code);
	assert_lacks(&g, "joins with no Wi-Fi password");
	c = world_call(&w);
	assert_ok(keys_list(&c,
	    &(struct key_filter){.search = "", .standing = -1, .limit = 10},
	    &all, &n, &total));
	assert_int_equal(n, 1);
	assert_ok(device_register(
	    &c, &all[0].key.id, "02-aa-00-00-00-31", "Telephone", &d));
	assert_ok(device_set_blocked(&c, &d.id, true));
	g = redeem(code);
	assert_has(&g, "A device is blocked");
	assert_has(&g, "<b><bdi>Telephone</bdi></b>");
	assert_has(&g, "02-aa-00-00-00-31");
	assert_has(&g, "Whom to ask: <b><bdi>Room 101</bdi></b>");
	world_close(&w);
}

/* G-04, W-17: used elsewhere, over, withdrawn, never there: the same page. */
TEST(codes_that_do_not_work_look_alike)
{
	OWN(secret) struct secret gone = SECRET_NONE;
	struct voucher_order o = {.name = "Grace"};
	const char *bad[4];
	struct voucher v;
	struct call c;
	struct got g, first;

	begin("", "\"code\"");
	o.plan = w.plan.id;
	c = world_call(&w);
	assert_ok(vouchers_make(&c, &o, &v, &gone));
	assert_ok(vouchers_withdraw(&c, &v.id));
	bad[0] = "aaaaa-aaaaa";
	bad[1] = secret_text(&gone);
	bad[2] = voucher(WORLD_NOW + 60);
	bad[3] = voucher(WORLD_NOW + 60);
	g = redeem(bad[3]);
	assert_has(&g, "Welcome");
	w.now += 60;
	first = redeem(bad[0]);
	assert_has(&first, "This code does not work.");
	for (size_t i = 1; i < 4; i++) {
		g = redeem(bad[i]);
		assert_int_equal(g.status, first.status);
		assert_int_equal(strlen(g.body), strlen(first.body));
		assert_has(&g, "This code does not work.");
	}
	world_close(&w);
}

TEST(pages_of_others_cannot_redeem)
{
	struct got g;
	char *body;

	begin("", "\"code\"");
	body = arena_printf(w.arena, "code=%s", voucher(0));
	g = ASK(&w, .method = HTTP_POST, .path = "/guest/code", .body = body,
	    .origin = "https://evil.example");
	assert_int_equal(g.status, 403);
	g = ASK(&w, .method = HTTP_POST, .path = "/guest/code", .body = body,
	    .site = "cross-site");
	assert_int_equal(g.status, 403);
	g = ASK(&w, .method = HTTP_POST, .path = "/guest/code", .body = body,
	    .type = "text/plain");
	assert_int_equal(g.status, 403);
	assert_int_equal(world_audit(&w, "voucher.redeem"), 0);
	/* a mini-browser that says nothing of where it comes from */
	g = ASK(&w, .method = HTTP_POST, .path = "/guest/code", .body = body);
	assert_has(&g, "Welcome");
	world_close(&w);
}

TEST(terms_are_accepted_before_and_noted)
{
	struct key_view *keys;
	struct call c;
	struct got g;
	char *code;
	size_t n, total;

	begin("terms_url = \"https://example.org/terms\"", "\"code\"");
	code = voucher(0);
	g = redeem(code);
	assert_has(&g, "Please accept the terms of use.");
	assert_has(&g, code);
	assert_int_equal(world_audit(&w, "voucher.redeem"), 0);
	g = redeem(arena_printf(w.arena, "%s&terms=yes", code));
	assert_has(&g, "Welcome");
	c = world_call(&w);
	assert_ok(keys_list(&c,
	    &(struct key_filter){.search = "", .standing = -1, .limit = 9},
	    &keys, &n, &total));
	assert_int_equal(n, 1);
	assert_int_equal(keys[0].person.terms_at, WORLD_NOW);
	/* G-05: nothing else of the form counts */
	g = redeem(arena_printf(
	    w.arena, "%s&terms=yes&vlan=1&role=admin", voucher(0)));
	assert_ok(keys_list(&c,
	    &(struct key_filter){.search = "", .standing = -1, .limit = 9},
	    &keys, &n, &total));
	assert_int_equal(n, 2);
	assert_true(uid_same(&keys[0].plan.id, &w.plan.id));
	world_close(&w);
}

/* Wrong codes that are taken from all the addresses there are. */
static int
guessed_by_all(struct throttle *t, int64_t now)
{
	static int serial;
	struct in6_addr from = {.s6_addr = {[10] = 0xff, [11] = 0xff, 10}};
	int n;

	for (n = 0; n < 5000; n++) {
		serial++;
		from.s6_addr[13] = (uint8_t)(serial >> 8);
		from.s6_addr[14] = (uint8_t)serial;
		if (throttle_guess(t, &from, now) != 0)
			break;
	}
	return n;
}

/* G-01: everybody together has ten wrong codes a second. */
TEST(guessing_is_slow_for_one_and_for_all)
{
	const int each = THROTTLE_DEPTH / THROTTLE_MISS;
	struct throttle *t = throttle_new();
	struct in6_addr from = {.s6_addr = {[10] = 0xff, [11] = 0xff, 10}};
	int64_t now = 1000;
	int missed = 0;

	for (int i = 0; i < 100; i++) {
		assert_int_equal(throttle_guess(t, &from, now), 0);
		throttle_right(t, &from);
	}
	for (; missed <= each && throttle_guess(t, &from, now) == 0; missed++)
		;
	assert_int_equal(missed, each);
	assert_int_equal(throttle_guess(t, &from, now), 6);
	assert_int_equal(throttle_guess(t, &from, now + 5), 1);
	assert_int_equal(throttle_guess(t, &from, now + 6), 0);
	assert_int_equal(throttle_guess(t, &from, now + 6), 6);
	now += 60;
	assert_int_equal(
	    guessed_by_all(t, now), THROTTLE_DEPTH * THROTTLE_MISSES / 1000);
	assert_int_equal(guessed_by_all(t, now), 0);
	assert_int_equal(guessed_by_all(t, now + 1), THROTTLE_MISSES);
	throttle_free(t);
}

/* However many come at once, and whatever the clock does. */
TEST(guesses_at_once_are_no_more_than_one_after_the_other)
{
	const int each = THROTTLE_DEPTH / THROTTLE_MISS;
	struct throttle *t = throttle_new();
	struct in6_addr from = {.s6_addr = {[10] = 0xff, [11] = 0xff, 10}};
	int taken = 0;

	for (int i = 0; i < 3 * each; i++)
		taken += throttle_guess(t, &from, 1000) == 0;
	assert_int_equal(taken, each);
	assert_int_equal(throttle_guess(t, &from, 400), 6);
	assert_int_equal(throttle_guess(t, &from, 406), 0);
	assert_int_equal(throttle_guess(t, &from, 406), 6);
	/* one of them was right; more than all is not given back */
	throttle_right(t, &from);
	assert_int_equal(throttle_guess(t, &from, 406), 0);
	for (int i = 0; i < 3 * each; i++)
		throttle_right(t, &from);
	for (taken = 0; throttle_guess(t, &from, 406) == 0; taken++)
		;
	assert_int_equal(taken, each);
	throttle_free(t);
}

TEST(sponsors_are_asked_at_their_domains_only)
{
	static const char *const bad[] = {"name=&host=ada@example.org",
	    "name=Eve&host=ada@evil.example", "name=Eve&host=ada",
	    "name=Eve&host=ada@example.org.evil.example",
	    "name=http://evil.example&host=ada@example.org"};
	struct got g;

	begin("", "\"sponsor\"");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		g = post("/guest/sponsor", bad[i]);
		assert_has(&g, "role=\"alert\"");
		assert_int_equal(world_audit(&w, "voucher.ask"), 0);
	}
	world_close(&w);
}

TEST(a_sponsor_decides_once_and_takes_back)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o = {.name = "Grace", .host = "ada@example.org"};
	const char *ada, *tom, *path, *csrf;
	struct person who;
	struct voucher v;
	struct call c;
	struct rule rule = {.priority = 1,
	    .claim = "groups",
	    .value = "staff",
	    .roles = 1 << ROLE_SPONSOR};
	struct got g;
	struct identity id = {.issuer = "https://login.example.org",
	    .subject = "ada",
	    .name = "Ada",
	    .mail = "ada@example.org",
	    .language = "",
	    .claims = "{}",
	    .groups = (const char *const[]){"staff"},
	    .ngroups = 1,
	    .groups_known = true};
	OWN(secret) struct secret token = SECRET_NONE;

	begin("", "\"sponsor\"");
	c = world_call(&w);
	assert_ok(rule_add(&c, &rule));
	assert_ok(people_sign_in(&c, &id, NULL, 0, &who));
	assert_ok(session_open(&c, &who.id, "campus", "", "", w.now, &token));
	ada = secret_text(&token);
	tom = world_sign_in(&w, "tom", "staff", NULL);
	o.plan = w.plan.id;
	assert_ok(vouchers_ask(&c, &o, &v, &code));
	path = arena_printf(w.arena, "/guest/decide/%s", v.id.s);
	/* G-07: bound to the sponsor, by POST, once */
	g = ASK(&w, .path = path);
	assert_int_equal(g.status, 303);
	g = ASK(&w, .path = path, .token = tom);
	assert_int_equal(g.status, 404);
	g = ASK(&w, .path = path, .token = ada);
	assert_has(&g, "Let them in");
	g = redeem(secret_text(&code));
	assert_has(&g, "Waiting for an answer");
	csrf = world_csrf(&w, ada);
	g = ASK(&w, .method = HTTP_POST, .path = path, .token = tom,
	    .body = arena_printf(
		w.arena, "csrf=%s&do=yes&days=3", world_csrf(&w, tom)));
	assert_int_equal(g.status, 404);
	g = ASK(&w, .method = HTTP_POST, .path = path, .token = ada,
	    .body = arena_printf(w.arena, "csrf=%s&do=yes&days=3", csrf));
	assert_goes(&g, "/guest/mine?done=yes");
	g = ASK(&w, .method = HTTP_POST, .path = path, .token = ada,
	    .body = arena_printf(w.arena, "csrf=%s&do=no", csrf));
	assert_has(&g, "This was decided already.");
	g = redeem(secret_text(&code));
	assert_has(&g, "Your password works for 3 days more.");
	g = ASK(&w, .path = "/guest/mine", .token = ada);
	assert_has(&g, "Grace");
	g = ASK(&w, .path = "/guest/mine", .token = tom);
	assert_lacks(&g, "Grace");
	/* half of it was done when the power went */
	assert_ok(vouchers_withdraw(&c, &v.id));
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "/guest/mine/%s", v.id.s),
	    .token = ada, .body = arena_printf(w.arena, "csrf=%s", csrf));
	assert_goes(&g, "/guest/mine?done=withdrawn");
	assert_int_equal(world_audit(&w, "key.revoke"), 1);
	g = redeem(secret_text(&code));
	assert_has(&g, "This code does not work.");
	world_close(&w);
}

TEST(states_are_ours_for_one_purpose_and_a_while)
{
	const char *s, *changed;
	char *copy;

	world_open(&w, "");
	s = state_sign(w.app->ring, "a", "text", 100, w.arena);
	assert_string_equal(
	    state_read(w.app->ring, "a", s, 99, w.arena), "text");
	assert_null(state_read(w.app->ring, "a", s, 100, w.arena));
	assert_null(state_read(w.app->ring, "b", s, 99, w.arena));
	assert_null(state_read(w.app->ring, "a", "", 99, w.arena));
	assert_null(state_read(w.app->ring, "a", NULL, 99, w.arena));
	for (size_t i = 0; i < strlen(s); i++) {
		copy = arena_text(w.arena, s);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		changed = state_read(w.app->ring, "a", copy, 99, w.arena);
		assert_null(changed);
	}
	world_close(&w);
}

TEST(letters_are_pages_without_markup)
{
	OWN(buf) struct buf subject = BUF(200);
	OWN(buf) struct buf text = BUF(200);

	assert_ok(letter_text("<title>A &amp; B</title>\n<p>One "
			      "<b>&lt;two&gt;</b></p><p>Three&#39;s</p>",
	    &subject, &text));
	assert_string_equal(buf_str(&subject), "A & B");
	assert_string_equal(buf_str(&text), "One <two>\n\nThree's\n");
	buf_clear(&subject);
	buf_clear(&text);
	assert_err(letter_text("", &subject, &text), ERR_INTERNAL);
	assert_err(letter_text("<title>x & <", &subject, &text), ERR_INTERNAL);
}
