#include "core/service/disconnects.h"
#include "tests/unit/portal_world.h"

#define UPLOAD_TYPE "multipart/form-data; boundary=x"

static struct world w;
static const char *boss, *csrf;

/* Somebody with ROLES, by a rule of their own. */
static const char *
sign_in_as(const char *name, int roles)
{
	struct call c = world_call(&w);
	struct rule r = {.priority = 5, .roles = roles};

	strcpy(r.claim, "groups");
	(void)snprintf(r.value, sizeof(r.value), "%s-group", name);
	assert_ok(rule_add(&c, &r));
	return world_sign_in(&w, name, r.value, NULL);
}

static void
open_admin(void)
{
	world_open(&w, "");
	boss = sign_in_as("boss", 1 << ROLE_ADMIN);
	csrf = world_csrf(&w, boss);
}

static struct got
post(const char *path, const char *fields)
{
	return ASK(&w, .method = HTTP_POST, .path = path, .token = boss,
	    .body = arena_printf(w.arena, "csrf=%s&%s", csrf, fields));
}

static const char *
part(const char *name, const char *more, const char *value)
{
	return arena_printf(w.arena,
	    "--x\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n"
	    "%s\r\n",
	    name, more, value);
}

/* As a browser sends the form: TEXT pasted, or FILE chosen. */
static struct got
upload(const char *kind, const char *act, const char *text, const char *file)
{
	const char *body = arena_printf(w.arena, "%s%s%s%s%s--x--\r\n",
	    part("csrf", "", csrf), part("plan", "", w.plan.id.s),
	    part("act", "", act), part("text", "", text),
	    part("file", file ? "; filename=\"t.csv\"" : "; filename=\"\"",
		file ? file : ""));

	return ASK(&w, .method = HTTP_POST,
	    .path = arena_printf(w.arena, "/admin/import/%s", kind),
	    .token = boss, .type = UPLOAD_TYPE, .body = body);
}

static size_t
keys_total(void)
{
	struct call c = world_call(&w);
	struct key_filter f = {.search = "", .standing = -1, .limit = 1};
	struct key_view *v;
	size_t n, total;

	assert_ok(keys_list(&c, &f, &v, &n, &total));
	return total;
}

/* The part of administration that a page belongs to is marked, once; what only
 * administrators may open is not offered to others. */
TEST(admin_says_which_part_one_is_in)
{
	static const char *const pages[][2] = {{"/admin", "/admin"},
	    {"/admin/plans", "/admin/plans"}, {"/admin/pools", "/admin/plans"},
	    {"/admin/rotations", "/admin/keys"},
	    {"/admin/import/people", "/admin/people"},
	    {"/admin/try", "/admin/rules"}};
	const char *auditor;
	struct got g;

	open_admin();
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		g = ASK(&w, .path = pages[i][0], .token = boss);
		assert_has(&g,
		    arena_printf(w.arena,
			"<a href=\"%s\" aria-current=\"page\">", pages[i][1]));
		assert_null(strstr(strstr(g.body, "aria-current=\"page\"") + 1,
		    "aria-current=\"page\""));
	}
	assert_has(&g, "/admin/tokens");
	auditor = sign_in_as("eve", 1 << ROLE_AUDITOR);
	g = ASK(&w, .path = "/admin", .token = auditor);
	assert_has(&g, "/admin/audit");
	assert_lacks(&g, "/admin/tokens");
	world_close(&w);
}

TEST(admin_imports_a_file_after_a_look_at_it)
{
	static const char table[] = "person,person_name,name\n"
				    "ada,Ada \"L\" <b>,Phone\n";
	struct got g;

	open_admin();
	g = ASK(&w, .path = "/admin/import/keys", .token = boss);
	assert_int_equal(g.status, 200);
	assert_has(&g, "Import passwords");
	g = upload("keys", "look", "", table);
	assert_int_equal(g.status, 200);
	assert_has(&g, "What would happen");
	assert_has(&g, "Ada &quot;L&quot; &lt;b&gt;");
	assert_int_equal(keys_total(), 0);
	g = upload("keys", "take", table, NULL);
	assert_int_equal(g.status, 200);
	assert_has(&g, "Imported");
	assert_int_equal(keys_total(), 1);
	g = upload("keys", "file", table, NULL);
	assert_int_equal(g.status, 200);
	assert_string_equal(
	    got_header(&g, "content-type"), "text/csv; charset=utf-8");
	assert_has(&g, "2,\"same\",\"ada\",\"Phone\"");
	assert_int_equal(keys_total(), 1);
	world_close(&w);
}

TEST(admin_import_names_each_wrong_row_and_takes_none)
{
	struct got g;

	open_admin();
	g = upload("keys", "take",
	    "person,person_name,passphrase\nada,Ada,\nbob,,\ncarl,Carl,no\n",
	    NULL);
	assert_int_equal(g.status, 400);
	assert_has(&g, "2 rows are wrong. Nothing was imported.");
	assert_has(&g, "Line 3");
	assert_has(&g, "Line 4");
	assert_lacks(&g, "Line 2");
	assert_int_equal(keys_total(), 0);
	g = upload("people", "take", "nonsense\n1\n", NULL);
	assert_int_equal(g.status, 400);
	assert_has(&g, "no column called");
	g = upload("people", "take", "",
	    "\xff\xfe"
	    "a");
	assert_int_equal(g.status, 400);
	assert_has(&g, "no text in UTF-8");
	g = upload("people", "take", "subject,name\nr1,Rosa\n", NULL);
	assert_int_equal(g.status, 200);
	assert_int_equal(world_audit(&w, "person.add"), 1);
	world_close(&w);
}

TEST(admin_import_is_bounded_and_for_staff)
{
	OWN(buf) struct buf b = BUF(1 << 20);
	const char *auditor;
	struct got g;

	open_admin();
	buf_text(&b, "subject,name\n");
	for (int i = 0; i < 5001; i++)
		buf_printf(&b, "s%d,N\n", i);
	g = upload("people", "look", "", buf_str(&b));
	assert_int_equal(g.status, 413);
	assert_has(&g, "A table may have 5000 rows here.");
	g = ASK(&w, .path = "/admin/import/plans", .token = boss);
	assert_int_equal(g.status, 404);
	g = ASK(&w, .path = "/admin/import/keys/template", .token = boss);
	assert_has(&g, "person,person_name");
	auditor = sign_in_as("eve", 1 << ROLE_AUDITOR);
	g = ASK(&w, .path = "/admin/import/keys", .token = auditor);
	assert_int_equal(g.status, 404); /* not there for them */
	/* without the token of the session nothing is read at all */
	g = ASK(&w, .method = HTTP_POST, .path = "/admin/import/people",
	    .token = boss, .type = UPLOAD_TYPE,
	    .body = arena_printf(w.arena, "%s%s--x--\r\n",
		part("act", "", "take"), part("text", "", "subject\nx\n")));
	assert_int_equal(g.status, 403);
	world_close(&w);
}

TEST(admin_changes_a_plan_at_once_or_later)
{
	struct call c;
	struct person ada;
	struct key_view k;
	struct got g;
	const char *path;
	struct seen_device s = {0};
	struct visit_report r = {.event = VISIT_START};
	static const char mac[] = "02-aa-00-00-00-01";
	OWN(secret) struct secret shared = SECRET_NONE;
	struct access_point ap = {
	    .name = "hall", .address = "192.0.2.1", .dialect = "generic"};

	open_admin();
	c = world_call(&w);
	assert_ok(secret_set(&shared, "k3Jx-90pq-Zz7w-Lm2a", 19));
	assert_ok(ap_add(&c, &ap, &shared));
	r.ap = ap.id;
	(void)world_sign_in(&w, "ada", "staff", &ada);
	k = world_key(&w, &ada);
	path = arena_printf(w.arena, "/admin/plans/%s", w.plan.id.s);
	g = ASK(&w, .path = path, .token = boss);
	assert_lacks(&g, "name=\"effect\"");
	s.network = r.network = w.network.id;
	s.key = r.key = k.key.id;
	assert_true(mac_parse(mac, strlen(mac), &s.mac, NULL));
	r.mac = s.mac;
	s.at = r.at = w.now;
	strcpy(r.session, "s1");
	strcpy(r.nas, "ap");
	assert_ok(world_seen(&c, &s, 1));
	assert_ok(world_visits(&c, &r, 1));
	g = ASK(&w, .path = path, .token = boss);
	assert_has(&g, "name=\"effect\"");
	g = post(path, arena_printf(w.arena,
			   "version=%lld&name=Employee&vlan=121&devices=5"
			   "&lifetime=days&lifetime_days=365&effect=join",
			   (long long)w.plan.version));
	assert_goes(&g, "/admin/plans?done=saved");
	assert_int_equal(world_audit(&w, "plan.disconnect"), 0);
	g = post(path, arena_printf(w.arena,
			   "version=%lld&name=Employee&vlan=122&devices=5"
			   "&lifetime=days&lifetime_days=365&effect=now",
			   (long long)w.plan.version + 1));
	assert_goes(&g, "/admin/plans?done=saved");
	assert_int_equal(world_audit(&w, "plan.disconnect"), 1);
	/* somebody else's form is older by now */
	g = post(path, arena_printf(w.arena,
			   "version=%lld&name=Theirs&vlan=9&devices=5"
			   "&lifetime=days&lifetime_days=365&effect=now",
			   (long long)w.plan.version));
	assert_int_equal(g.status, 409);
	assert_has(&g, "Theirs");
	assert_int_equal(world_audit(&w, "plan.disconnect"), 1);
	/* what is wrong with a field is said in the reader's language */
	g = ASK(&w, .method = HTTP_POST, .path = path, .query = "lang=de",
	    .token = boss,
	    .body = arena_printf(w.arena,
		"csrf=%s&name=X&vlan=4095&devices=5"
		"&lifetime=days&lifetime_days=365",
		csrf));
	assert_int_equal(g.status, 400);
	assert_has(&g, "Ein VLAN ist eine Zahl von 1 bis 4094; 0 sendet");
	world_close(&w);
}

enum { LEAVING = 6 };

/* Devices 1 to LEAVING are on the air with KEY, at an access point of ours. */
static void
put_on_air(const struct key_view *key)
{
	struct call c = world_call(&w);
	OWN(secret) struct secret shared = SECRET_NONE;
	struct access_point ap = {
	    .name = "hall", .address = "192.0.2.1", .dialect = "generic"};
	struct visit_report r = {.event = VISIT_START,
	    .network = w.network.id,
	    .key = key->key.id,
	    .at = w.now,
	    .nas = "ap"};

	assert_ok(secret_set(&shared, "k3Jx-90pq-Zz7w-Lm2a", 19));
	assert_ok(ap_add(&c, &ap, &shared));
	r.ap = ap.id;
	for (uint8_t i = 1; i <= LEAVING; i++) {
		r.mac = (struct mac){{2, 0xaa, 0, 0, 0, i}};
		(void)snprintf(r.session, sizeof(r.session), "s%d", i);
		assert_ok(world_visits(&c, &r, 1));
	}
}

/* What came of asking for each of them. */
static void
ask_them_off(void)
{
	static const enum disconnect_answer said[LEAVING + 1] = {
	    [1] = DISCONNECT_ACK,
	    [2] = DISCONNECT_NAK,
	    [3] = DISCONNECT_UNREACHABLE,
	    [4] = DISCONNECT_TIMEOUT,
	    [5] = DISCONNECT_TIMEOUT};
	struct call c = world_call(&w);
	struct disconnect *d;
	size_t n;

	assert_ok(disconnects_due(&c, LEAVING + 1, &d, &n));
	assert_int_equal(n, LEAVING);
	for (size_t i = 0; i < n; i++) {
		const uint8_t device = d[i].mac.b[5];

		if (device == LEAVING)
			continue; /* nobody has asked yet */
		assert_ok(disconnects_result(&c, &d[i].id, said[device],
		    device == 2 ? 503 : 0, device == 5 ? w.now + 60 : 0));
	}
}

/* Cut off is a promise: the pages say how far it is kept, device by device. */
TEST(a_revoked_password_shows_what_became_of_each_device)
{
	static const char *const words[] = {
	    "The access point confirmed that it was cut off.",
	    "The access point does not know it any more",
	    "Its access point takes no such requests.",
	    "The access point never answered.",
	    "The access point was asked, and has not answered yet.",
	    "The access point is being asked."};
	static const char *const seen_by_staff[] = {
	    "ack", "nak 503", "unreachable", "given up", "not yet"};
	struct call c;
	struct person ada;
	struct key_view k;
	struct got g;
	const char *token;

	open_admin();
	c = world_call(&w);
	token = world_sign_in(&w, "ada", "staff", &ada);
	k = world_key(&w, &ada);
	put_on_air(&k);
	assert_ok(keys_revoke(&c, &k.key.id, "lost"));
	ask_them_off();
	g = ASK(&w, .path = arena_printf(w.arena, "/key/%s", k.key.id.s),
	    .token = token);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		assert_has(&g, words[i]);
	g = ASK(&w, .path = arena_printf(w.arena, "/admin/keys/%s", k.key.id.s),
	    .token = boss);
	for (size_t i = 0; i < sizeof(seen_by_staff) / sizeof(char *); i++)
		assert_has(&g, seen_by_staff[i]);
	world_close(&w);
}
