/* My Wi-Fi, as its pages. */
#include "portal/web/lang.h"
#include "tests/unit/portal_world.h"

static char *
form(struct world *w, const char *csrf, const char *more)
{
	return arena_printf(w->arena, "csrf=%s%s", csrf, more);
}

/* The passphrase of a key, by the service. */
static char *
passphrase(struct world *w, const struct key_view *v)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct call c = world_call(w);

	assert_ok(keys_reveal(&c, &v->key.id, "api", &s));
	return arena_text(w->arena, secret_text(&s));
}

static char *
key_path(struct world *w, const struct key_view *v, const char *end)
{
	return arena_printf(w->arena, "/key/%s%s", v->key.id.s, end);
}

TEST(a_first_password_is_asked_for_and_shown)
{
	struct world w;
	const char *token, *csrf, *body;
	struct key_view *keys;
	struct person anna;
	struct call c;
	struct got g;
	size_t n;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	csrf = world_csrf(&w, token);
	g = ASK(&w, .path = "/", .token = token);
	assert_has(&g, "Get my password");
	body = arena_printf(w.arena, "csrf=%s&network=%s&plan=%s", csrf,
	    w.network.id.s, w.plan.id.s);
	g = ASK(&w, .method = HTTP_POST, .path = "/key", .token = token,
	    .body = body);
	assert_goes(&g, "/?done=made");
	c = world_call(&w);
	assert_ok(keys_of(&c, &anna.id, &keys, &n));
	assert_int_equal(n, 1);
	g = ASK(&w, .path = "/", .query = "done=made", .token = token);
	assert_has(&g, passphrase(&w, &keys[0]));
	assert_has(&g, "Harbour");
	assert_has(&g, "<svg");
	assert_has(&g, "up to 5 devices at a time");
	assert_has(&g, "Your new password is ready.");
	assert_lacks(&g, "Get my password");
	world_close(&w);
}

TEST(every_way_a_password_leaves_is_in_the_audit)
{
	static const char *const ways[] = {"", "/sheet.pdf", "/qr.png",
	    "/qr.svg", "/profile/apple", "/profile/windows"};
	struct world w;
	const char *token;
	struct person anna;
	struct key_view v;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct got g =
		    ASK(&w, .path = key_path(&w, &v, ways[i]), .token = token);

		assert_int_equal(g.status, 200);
		assert_string_equal(
		    got_header(&g, "cache-control"), "no-store");
		assert_int_equal(world_audit(&w, "key.reveal"), i + 1);
	}
	world_close(&w);
}

/* O-41 */
TEST(after_an_hour_a_password_wants_a_new_proof)
{
	static const char *const ways[] = {
	    "/sheet.pdf", "/qr.png", "/profile/apple", "/rotate"};
	struct world w;
	const char *token;
	struct person anna;
	struct key_view v;
	struct got g;

	world_open(&w, "session_idle = \"7d\"");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	w.now += PAGE_FRESH + 1;
	g = ASK(&w, .path = "/", .token = token);
	assert_int_equal(g.status, 200);
	assert_has(&g, "Sign in again to see it");
	assert_lacks(&g, passphrase(&w, &v));
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		g = ASK(&w, .path = key_path(&w, &v, ways[i]), .token = token);
		assert_int_equal(g.status, 303);
		assert_memory_equal(got_header(&g, "location"),
		    "/signin/campus?fresh=1&return=%2Fkey%2F", 39);
	}
	world_close(&w);
}

/* W-16: what is somebody else's looks like what is not there. */
TEST(keys_of_others_do_not_exist)
{
	static const char *const gets[] = {"", "/rotate", "/revoke",
	    "/sheet.pdf", "/qr.png", "/qr.svg", "/profile/apple", "/moving",
	    "/device"};
	static const char *const posts[] = {
	    "/rotate", "/revoke", "/name", "/renew", "/device"};
	struct world w;
	const char *token, *body;
	struct person anna;
	struct key_view v;
	struct got g;

	world_open(&w, "");
	world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	token = world_sign_in(&w, "tom", "staff", NULL);
	body = form(&w, world_csrf(&w, token), "&name=mine&version=1");
	for (size_t i = 0; i < sizeof(gets) / sizeof(*gets); i++) {
		g = ASK(&w, .path = key_path(&w, &v, gets[i]), .token = token);
		assert_int_equal(g.status, 404);
		assert_lacks(&g, v.key.id.s);
	}
	for (size_t i = 0; i < sizeof(posts) / sizeof(*posts); i++) {
		g = ASK(&w, .method = HTTP_POST,
		    .path = key_path(&w, &v, posts[i]), .token = token,
		    .body = body);
		assert_int_equal(g.status, 404);
	}
	assert_int_equal(world_audit(&w, "key.reveal"), 0);
	world_close(&w);
}

/* A name that is written from the left keeps its quotes in an Arabic sentence,
 * and one written from the right in an English one; others are left alone. */
TEST(names_that_run_the_other_way_are_kept_apart)
{
	struct world w;
	struct person anna;
	const char *token, *path;
	struct key_view v;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	path = arena_printf(w.arena, "/key/%s/revoke", v.key.id.s);
	g = ASK(&w, .path = path, .query = "lang=ar", .token = token);
	assert_has(&g, "\u2068Harbour\u2069");
	g = ASK(&w, .path = path, .query = "lang=de", .token = token);
	assert_has(&g, "Harbour");
	assert_lacks(&g, "\u2068");
	g = ASK(&w, .method = HTTP_POST, .token = token,
	    .path = arena_printf(w.arena, "/key/%s/name", v.key.id.s),
	    .body = arena_printf(w.arena,
		"csrf=%s&version=%lld&name=%%D7%%A7%%D7%%A4%%D7%%94",
		world_csrf(&w, token), (long long)v.key.version));
	assert_int_equal(g.status, 303);
	g = ASK(&w, .path = path, .query = "lang=de", .token = token);
	assert_has(&g, "\u2068קפה\u2069");
	world_close(&w);
}

TEST(a_new_password_replaces_and_revoke_ends)
{
	struct world w;
	const char *token, *body, *old, *to;
	struct person anna;
	struct key_view v;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	old = passphrase(&w, &v);
	body = form(&w, world_csrf(&w, token), "&overlap=none");
	g = ASK(&w, .path = key_path(&w, &v, "/rotate"), .token = token);
	assert_has(&g, "No device has used the present password yet");
	g = ASK(&w, .method = HTTP_POST, .path = key_path(&w, &v, "/rotate"),
	    .token = token, .body = body);
	assert_int_equal(g.status, 303);
	to = got_header(&g, "location");
	assert_memory_equal(to, "/key/", 5);
	to = arena_copy(w.arena, to, strcspn(to, "?"));
	g = ASK(&w, .path = to, .token = token);
	assert_int_equal(g.status, 200);
	assert_lacks(&g, old);
	g = ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "%s/revoke", to), .token = token,
	    .body = body);
	assert_goes(&g, "/?done=revoked");
	g = ASK(&w, .path = to, .token = token);
	assert_has(&g, "Revoked");
	assert_lacks(&g, "data-value");
	g = ASK(
	    &w, .path = arena_printf(w.arena, "%s/qr.png", to), .token = token);
	assert_int_equal(g.status, 409);
	world_close(&w);
}

TEST(a_thing_gets_a_password_with_a_name)
{
	struct world w;
	const char *token, *csrf;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", NULL);
	csrf = world_csrf(&w, token);
	g = ASK(&w, .path = "/key/new", .token = token);
	assert_has(&g, "Employee");
	g = ASK(&w, .method = HTTP_POST, .path = "/key/new", .token = token,
	    .body = arena_printf(
		w.arena, "csrf=%s&plan=%s&name=+%%00", csrf, w.plan.id.s));
	assert_int_equal(g.status, 400);
	g = ASK(&w, .method = HTTP_POST, .path = "/key/new", .token = token,
	    .body = arena_printf(
		w.arena, "csrf=%s&plan=%s&name=++", csrf, w.plan.id.s));
	assert_has(&g, "Please give it a name");
	g = ASK(&w, .method = HTTP_POST, .path = "/key/new", .token = token,
	    .body = arena_printf(w.arena,
		"csrf=%s&plan=%s&name=%%3Cb%%3ETV%%3C%%2Fb%%3E", csrf,
		w.plan.id.s));
	assert_int_equal(g.status, 303);
	g = ASK(&w, .path = "/", .token = token);
	assert_has(&g, "&lt;b&gt;TV&lt;/b&gt;");
	assert_lacks(&g, "<b>TV");
	world_close(&w);
}

TEST(terms_come_first_and_once)
{
	struct world w;
	const char *token, *body;
	struct got g;

	world_open(&w, "terms_url = \"https://www.example.org/terms\"");
	token = world_sign_in(&w, "anna", "staff", NULL);
	body = form(&w, world_csrf(&w, token), "");
	g = ASK(&w, .path = "/", .token = token);
	assert_goes(&g, "/terms");
	g = ASK(&w, .method = HTTP_POST, .path = "/key", .token = token,
	    .body = body);
	assert_goes(&g, "/terms");
	g = ASK(&w, .path = "/terms", .token = token);
	assert_has(&g, "https://www.example.org/terms");
	g = ASK(&w, .method = HTTP_POST, .path = "/terms", .token = token,
	    .body = body);
	assert_goes(&g, "/");
	g = ASK(&w, .path = "/", .token = token);
	assert_int_equal(g.status, 200);
	world_close(&w);
}

/* At an address elsewhere, of each language its own: one acceptance is for all
 * of them, and says which one was read. */
TEST(terms_elsewhere_are_accepted_once_in_whichever_language)
{
	struct world w;
	struct audit_row *rows;
	const char *token, *body;
	size_t n;
	struct call c;
	struct got g;

	world_open(&w, "terms_url = \"https://h.example/terms\" "
		       "terms_url_de = \"https://h.example/agb\" "
		       "terms_version = \"7\"");
	token = world_sign_in(&w, "anna", "staff", NULL);
	body = form(&w, world_csrf(&w, token), "");
	g = ASK(&w, .path = "/terms", .query = "lang=fr", .token = token);
	assert_has(&g, "href=\"https://h.example/terms\"");
	g = ASK(&w, .path = "/terms", .query = "lang=de", .token = token);
	assert_has(&g, "href=\"https://h.example/agb\"");
	g = ASK(&w, .method = HTTP_POST, .path = "/terms", .query = "lang=de",
	    .token = token, .body = body);
	assert_goes(&g, "/");
	for (int i = 0; i < langs_count; i++) {
		char query[16];

		snprintf(query, sizeof(query), "lang=%s", langs[i].code);
		g = ASK(&w, .path = "/", .query = query, .token = token);
		assert_int_equal(g.status, 200);
	}
	c = world_call(&w);
	assert_ok(audit_list(&c, "person.terms", NULL, 0, 9, &rows, &n));
	assert_int_equal(n, 1);
	assert_non_null(strstr(rows[0].detail, "\"terms\":\"7\""));
	assert_non_null(strstr(rows[0].detail, "\"language\":\"de\""));
	world_close(&w);
}

/* Every page says the operator's words in the reader's language, and those for
 * all where there are none in it. */
TEST(words_of_the_operator_are_in_the_readers_language)
{
	struct world w;
	struct got g;

	world_open(&w, "brand_de = \"Hafen\" support_ar = \"<\xd9\x86>\" "
		       "welcome_de = \"Moin\"");
	g = ASK(&w, .path = "/signin", .query = "lang=de");
	assert_has(&g, "<bdi>Hafen</bdi>");
	assert_has(&g, ">Moin</p>");
	assert_has(&g, "Room 101");
	g = ASK(&w, .path = "/signin", .query = "lang=ar");
	assert_has(&g, "&lt;\xd9\x86&gt;");
	assert_lacks(&g, "Room 101");
	assert_lacks(&g, "Moin");
	assert_lacks(&g, "Hafen");
	world_close(&w);
}

TEST(terms_are_cut_into_paragraphs)
{
	char text[] = "\n One\nline\r\n\n \nTwo \n  \n\nThree";
	char blank[] = " \n\t\n";
	struct tpl_para v[3];

	assert_int_equal(accord_cut(text, v, 3), 3);
	assert_string_equal(v[0].text, "One line\r");
	assert_string_equal(v[1].text, "Two ");
	assert_string_equal(v[2].text, "Three");
	assert_int_equal(accord_cut(blank, v, 3), 0);
	assert_int_equal(accord_cut((char[]){"a\n\nb\n\nc"}, v, 2), 2);
}

static void
terms_of(char path[static 64], const char *text)
{
	FILE *f;

	snprintf(path, 64, "%s", "/tmp/latchkey-terms-XXXXXX");
	assert_true(close(mkstemp(path)) == 0);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* A file is shown where it is accepted; another text is asked for again. */
TEST(terms_in_a_file_are_shown_and_asked_for_again_when_they_change)
{
	struct world w;
	struct person *who;
	size_t n, total;
	const char *token, *body;
	char path[64], setting[128];
	struct call c;
	struct got g;

	terms_of(path, "Be kind & <b>careful</b>.\n\nNothing else.");
	snprintf(setting, sizeof(setting), "terms_file = \"%s\"", path);
	world_open(&w, setting);
	token = world_sign_in(&w, "anna", "staff", NULL);
	body = form(&w, world_csrf(&w, token), "");
	g = ASK(&w, .path = "/terms", .token = token);
	assert_has(&g, "Be kind &amp; &lt;b&gt;careful&lt;/b&gt;.</p>");
	assert_has(&g, "You are asked only once.");
	assert_has(&g, "href=\"/terms/text\"");
	g = ASK(&w, .path = "/terms/text");
	assert_has(&g, "Nothing else.");
	g = ASK(&w, .method = HTTP_POST, .path = "/terms", .token = token,
	    .body = body);
	assert_goes(&g, "/");
	c = world_call(&w);
	assert_ok(people_list(&c, "anna", 0, 9, &who, &n, &total));
	assert_int_equal(n, 1);
	assert_int_equal(strlen(who[0].terms_version), 12);
	assert_int_equal(world_audit(&w, "person.terms"), 1);
	snprintf(w.app->accord.version, sizeof(w.app->accord.version), "2027");
	g = ASK(&w, .path = "/", .token = token);
	assert_goes(&g, "/terms");
	g = ASK(&w, .path = "/terms", .token = token);
	assert_has(&g, "have changed");
	g = ASK(&w, .method = HTTP_POST, .path = "/terms", .token = token,
	    .body = body);
	assert_goes(&g, "/");
	assert_ok(people_list(&c, "anna", 0, 9, &who, &n, &total));
	assert_string_equal(who[0].terms_version, "2027");
	assert_int_equal(world_audit(&w, "person.terms"), 2);
	g = ASK(&w, .path = "/", .token = token);
	assert_int_equal(g.status, 200);
	world_close(&w);
	unlink(path);
}

/* The same path with a language before its ending. */
static void
terms_beside(const char *path, const char *code, const char *text, char out[80])
{
	FILE *f;

	snprintf(out, 80, "%s.%s", path, code);
	f = fopen(out, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Whoever reads German reads the German text, and that is noted; French is
 * nobody's here and sees what all see. */
TEST(terms_are_read_in_the_language_of_the_reader)
{
	struct world w;
	struct audit_row *rows;
	size_t n;
	const char *token, *body;
	char path[64], german[80], setting[128];
	struct call c;
	struct got g;

	terms_of(path, "Be kind.");
	terms_beside(path, "de", "Sei nett.", german);
	snprintf(setting, sizeof(setting), "terms_file = \"%s\"", path);
	world_open(&w, setting);
	token = world_sign_in(&w, "anna", "staff", NULL);
	body = form(&w, world_csrf(&w, token), "");
	g = ASK(&w, .path = "/terms", .query = "lang=fr", .token = token);
	assert_has(&g, "<p dir=\"auto\" translate=\"no\">Be kind.</p>");
	g = ASK(&w, .path = "/terms", .query = "lang=de", .token = token);
	assert_has(
	    &g, "<p dir=\"auto\" lang=\"de\" translate=\"no\">Sei nett.</p>");
	assert_lacks(&g, "Be kind.");
	g = ASK(&w, .path = "/terms/text", .query = "lang=de");
	assert_has(&g, "Sei nett.");
	g = ASK(&w, .method = HTTP_POST, .path = "/terms", .query = "lang=de",
	    .token = token, .body = body);
	assert_goes(&g, "/");
	c = world_call(&w);
	assert_ok(audit_list(&c, "person.terms", NULL, 0, 9, &rows, &n));
	assert_int_equal(n, 1);
	assert_non_null(strstr(rows[0].detail, "\"language\":\"de\""));
	world_close(&w);
	unlink(path);
	unlink(german);
}

/* A text more, or another one in any language, is another version. */
TEST(terms_of_every_language_make_the_version)
{
	char path[64], german[80], why[ACCORD_WHY] = "";
	struct conf conf = {
	    .portal = {.terms_url.all = "", .terms_version = ""}};
	char first[TERMS_VERSION_MAX + 1];
	struct accord a;

	terms_of(path, "Be kind.");
	conf.portal.terms_file = path;
	assert_ok(accord_open(&conf, &a, why));
	snprintf(first, sizeof(first), "%s", a.version);
	accord_close(&a);
	terms_beside(path, "de", "Sei nett.", german);
	assert_ok(accord_open(&conf, &a, why));
	assert_string_not_equal(a.version, first);
	assert_true(accord_own(&a, lang_find("de")));
	assert_false(accord_own(&a, lang_find("fr")));
	assert_ptr_equal(accord_in(&a, lang_find("fr")), &a.text);
	accord_close(&a);
	terms_beside(path, "de", "\xff", german);
	assert_int_equal(accord_open(&conf, &a, why), ERR_CONFIG);
	assert_non_null(strstr(why, ".de: expected UTF-8"));
	accord_close(&a);
	unlink(path);
	unlink(german);
}

TEST(terms_that_are_no_text_do_not_start)
{
	char path[64], why[ACCORD_WHY];
	struct conf conf = {
	    .portal = {.terms_url.all = "", .terms_version = ""}};
	struct accord a;

	terms_of(path, "bad \xff octets");
	conf.portal.terms_file = path;
	assert_int_equal(accord_open(&conf, &a, why), ERR_CONFIG);
	assert_non_null(strstr(why, "portal.terms_file"));
	accord_close(&a);
	unlink(path);
	assert_int_equal(accord_open(&conf, &a, why), ERR_CONFIG);
	accord_close(&a);
}

/* Nobody is asked to accept what is not shown. */
TEST(terms_are_all_shown_or_none)
{
	char path[64], why[ACCORD_WHY] = "", text[3 * ACCORD_PARTS + 4] = "";
	struct conf conf = {
	    .portal = {.terms_url.all = "", .terms_version = ""}};
	struct accord a;

	for (size_t i = 0; i < ACCORD_PARTS; i++)
		memcpy(text + 3 * i, "a\n\n", 4);
	terms_of(path, text);
	conf.portal.terms_file = path;
	assert_ok(accord_open(&conf, &a, why));
	assert_int_equal(a.text.n, ACCORD_PARTS);
	accord_close(&a);
	unlink(path);
	strcat(text, "b");
	terms_of(path, text);
	assert_int_equal(accord_open(&conf, &a, why), ERR_CONFIG);
	assert_non_null(strstr(why, "paragraphs"));
	accord_close(&a);
	unlink(path);
}

TEST(somebody_without_a_plan_reads_which_groups_were_seen)
{
	struct world w;
	struct got g;

	world_open(&w, "");
	g = ASK(&w, .path = "/",
	    .token = world_sign_in(&w, "nils", "visitors<i>", NULL));
	assert_has(&g, "visitors&lt;i&gt;");
	assert_has(&g, "Room 101");
	g = ASK(
	    &w, .path = "/", .token = world_sign_in(&w, "nobody", "", NULL));
	assert_has(&g, "no group at all");
	world_close(&w);
}

TEST(somebody_suspended_reads_why)
{
	struct world w;
	const char *token;
	struct person anna;
	struct call c;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	world_key(&w, &anna);
	c = world_call(&w);
	assert_ok(people_set_state(
	    &c, &anna.id, PERSON_SUSPENDED, "Rent is overdue."));
	g = ASK(&w, .path = "/", .token = token);
	assert_has(&g, "Rent is overdue.");
	assert_lacks(&g, "data-value");
	world_close(&w);
}

TEST(the_first_administrator_takes_the_link_once)
{
	OWN(secret) struct secret link = SECRET_NONE;
	struct world w;
	const char *token, *path, *body;
	struct call c;
	struct got g;

	world_open(&w, "");
	c = world_call(&w);
	assert_ok(setup_link(&c, 3600, &link));
	path = arena_printf(w.arena, "/setup/%s", secret_text(&link));
	g = ASK(&w, .path = path);
	assert_int_equal(g.status, 303);
	token = world_sign_in(&w, "ada", "staff", NULL);
	body = form(&w, world_csrf(&w, token), "");
	g = ASK(&w, .path = path, .token = token);
	assert_has(&g, "Become the administrator?");
	g = ASK(&w, .method = HTTP_POST, .path = path, .token = token,
	    .body = body);
	assert_goes(&g, "/admin?done=admin");
	/* the session from before the new role is none (O-27) */
	g = ASK(&w, .path = "/admin", .token = token);
	assert_int_equal(g.status, 303);
	token = world_sign_in(&w, "ada", "staff", NULL);
	g = ASK(&w, .method = HTTP_POST, .path = path, .token = token,
	    .body = form(&w, world_csrf(&w, token), ""));
	assert_has(&g, "This link does not work");
	world_close(&w);
}

TEST(signing_out_ends_the_session)
{
	struct world w;
	const char *token;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", NULL);
	g = ASK(&w, .method = HTTP_POST, .path = "/signout", .token = token,
	    .body = form(&w, world_csrf(&w, token), ""));
	assert_int_equal(g.status, 200);
	assert_has(&g, "You are signed out");
	g = ASK(&w, .path = "/", .token = token);
	assert_goes(&g, "/signin");
	world_close(&w);
}

TEST(who_signs_in_is_told_where_to_and_that_a_session_ended)
{
	static const char *const work[] = {"return=%2Fadmin%2Fkeys",
	    "return=%2Fdesk", "return=%2Fsetup%2Fabc"};
	struct world w;
	const char *token;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", NULL);
	g = ASK(&w, .path = "/signin");
	assert_has(&g, "You then get a password");
	assert_lacks(&g, "You are no longer signed in");
	for (size_t i = 0; i < sizeof(work) / sizeof(*work); i++) {
		g = ASK(&w, .path = "/signin", .query = work[i]);
		assert_has(&g, "<h1>Sign in</h1>");
		assert_lacks(&g, "You then get a password");
	}
	w.now += 30 * 86400;
	g = ASK(&w, .path = "/signin", .token = token);
	assert_has(&g, "You are no longer signed in");
	world_close(&w);
}
