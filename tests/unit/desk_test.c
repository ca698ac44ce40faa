#include "tests/unit/service.h"

#include "core/model/zone.h"
#include "core/service/batches.h"
#include "portal/desk/desk.h"
#include "portal/web/lang.h"
#include "portal/web/route.h"

static struct house h;
static struct plan visitors;

/* One request by the desk, and what it is answered. */
struct visit_to {
	struct app app;
	struct worker worker;
	struct request rq;
	struct reply rp;
	struct page p;
};

static void
open_desk(void)
{
	house_make(&h);
	h.conf.portal.brand = CONF_SAID_ALL("Hotel Miramar");
	h.conf.portal.support = h.conf.portal.support_mail = CONF_SAID_ALL("");
	h.conf.portal.sheet_note = h.conf.portal.welcome = CONF_SAID_ALL("");
	h.conf.mail.url = "";
	h.conf.portal.public_url = "https://wifi.example";
	visitors = (struct plan){.network = h.net.id,
	    .name = "Visitors",
	    .lifetime = LIFETIME_END_OF_DAY};
	assert_ok(plan_add(&h.root, &visitors));
	(void)house_guests(&h, &visitors.id);
}

static const char *
header(const struct visit_to *v, const char *name)
{
	for (size_t i = 0; i < v->rp.nheaders; i++)
		if (strcmp(v->rp.headers[i].name, name) == 0)
			return v->rp.headers[i].value;
	return "";
}

/* For tests of the looks: every page goes to a file of its own. */
static void
keep_page(const struct visit_to *v)
{
	const char *dir = getenv("LATCHKEY_PAGES");
	static int n;
	char path[300];
	FILE *f;

	if (dir == NULL ||
	    strncmp(header(v, "content-type"), "text/html", 9) != 0)
		return;
	(void)snprintf(path, sizeof(path), "%s/%02d.html", dir, n++);
	assert_non_null(f = fopen(path, "w"));
	assert_int_equal(
	    fwrite(v->rp.body.p, 1, v->rp.body.len, f), v->rp.body.len);
	assert_int_equal(fclose(f), 0);
}

static enum err
ask(struct visit_to *v, page_handler *handler, const char *id,
    const char *query, const char *form)
{
	enum err e;

	*v = (struct visit_to){.app = {.conf = &h.conf, .ring = h.ring},
	    .worker = {.store = h.store},
	    .rq = {.arena = h.arena, .now = NOON, .args = {id}},
	    .rp = {.arena = h.arena, .body = BUF(HTTP_REPLY_MAX)}};
	v->p = (struct page){.app = &v->app,
	    .worker = &v->worker,
	    .rq = &v->rq,
	    .rp = &v->rp,
	    .arena = h.arena,
	    .call = house_call(&h, &h.bob, 1 << ROLE_DESK),
	    .signed_in = true,
	    .view = {.code = "en",
		.dir = "ltr",
		.brand = "Hotel Miramar",
		.support = "",
		.support_mail = "",
		.sheet_note = "",
		.welcome = "",
		.csrf = "token",
		.signed_in = true,
		.person = "Desk",
		.is_desk = true,
		.path = "/desk"}};
	assert_ok(form_parse(query, strlen(query), h.arena, &v->p.query));
	assert_ok(form_parse(form, strlen(form), h.arena, &v->p.form));
	e = handler(&v->p);
	keep_page(v);
	return e;
}

static void
says(const struct visit_to *v, const char *want)
{
	if (strstr(buf_str(&v->rp.body), want) == NULL)
		fail_msg("%s is not on the page", want);
}

/* Creates a guest by the form; its id. */
static struct uid
create(const char *more)
{
	struct visit_to v;
	struct uid id;
	const char *to;
	char form[500], text[UID_LEN + 1];

	(void)snprintf(form, sizeof(form),
	    "plan=%s&name=Ana+P%%C3%%A9rez&room=Room+12&language=de"
	    "&layout=a6&mail=%s",
	    visitors.id.s, more);
	assert_ok(ask(&v, desk_create, NULL, "", form));
	assert_int_equal(v.rp.status, 303);
	to = header(&v, "location");
	assert_memory_equal(to, "/desk/guest/", 12);
	text_copy(text, sizeof(text), to + 12);
	assert_true(uid_parse(text, &id));
	assert_non_null(strstr(to, "?done=made&layout=a6"));
	buf_own(&v.rp.body);
	return id;
}

TEST(desk_creates_and_shows_a_guest)
{
	struct visit_to v;
	struct uid id;

	open_desk();
	id = create("&departure=2026-11-27&devices=7");
	assert_ok(ask(&v, desk_guest, id.s, "done=made&layout=a6", ""));
	says(&v, "<dt>Devices at a time</dt><dd>7</dd>");
	says(&v, "Ana P\xc3\xa9rez");
	says(&v, "Room 12");
	says(&v, "value=\"2026-11-27\"");
	says(&v, "<option value=\"a6\" selected>");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_home, NULL, "q=room+12", ""));
	says(&v, "<h2 id=\"found\" tabindex");
	says(&v, id.s);
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_changes_the_number_of_devices)
{
	struct visit_to v;
	struct uid id;

	open_desk();
	id = create("");
	assert_ok(ask(&v, desk_devices, id.s, "", "version=1&devices=9"));
	assert_int_equal(v.rp.status, 303);
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_guest, id.s, "", ""));
	says(&v, "<dt>Devices at a time</dt><dd>9</dd>");
	says(&v, "name=\"devices\" value=\"9\"");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_devices, id.s, "", "version=2&devices=many"));
	says(&v, "Give a number of devices from 1 to 512, or none.");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_devices, id.s, "", "version=2&devices="));
	assert_int_equal(v.rp.status, 303);
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_guest, id.s, "", ""));
	says(&v, "name=\"devices\" value=\"\"");
	says(&v, "Number of devices");
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_warns_of_names_that_look_the_same)
{
	struct visit_to v;
	char form[300];

	open_desk();
	(void)create("");
	(void)create(""); /* the same name is not one that looks like it */
	assert_ok(ask(&v, desk_home, NULL, "q=room+12", ""));
	assert_null(strstr(buf_str(&v.rp.body), "looks like another name"));
	buf_own(&v.rp.body);
	(void)snprintf(form, sizeof(form),
	    "plan=%s&name=%%D0%%90na+P%%C3%%A9rez&room=Room+12",
	    visitors.id.s); /* a Cyrillic A */
	assert_ok(ask(&v, desk_create, NULL, "", form));
	assert_int_equal(v.rp.status, 303);
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_home, NULL, "q=room+12", ""));
	says(&v, "looks like another name here");
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_keeps_what_was_typed_when_something_is_wrong)
{
	struct visit_to v;
	char form[300];

	open_desk();
	(void)snprintf(form, sizeof(form),
	    "plan=%s&name=Ana%%22%%3E&room=12&departure=2026-11-01",
	    visitors.id.s);
	assert_ok(ask(&v, desk_create, NULL, "", form));
	assert_int_equal(v.rp.status, 200);
	says(&v, "The departure has to be after the arrival.");
	says(&v, "value=\"Ana&quot;&gt;\"");
	says(&v, "value=\"2026-11-01\"");
	buf_own(&v.rp.body);
	(void)snprintf(form, sizeof(form),
	    "plan=%s&name=Ana&room=12&devices=513", visitors.id.s);
	assert_ok(ask(&v, desk_create, NULL, "", form));
	says(&v, "Give a number of devices from 1 to 512, or none.");
	says(&v, "value=\"513\"");
	buf_own(&v.rp.body);
	house_end(&h);
}

/* A receipt with WANT and without NOT. */
static void
prints(struct visit_to *v, const char *id, const char *form, const char *want,
    const char * not )
{
	assert_ok(ask(v, desk_sheet, id, "", form));
	assert_non_null(
	    memmem(v->rp.body.p, v->rp.body.len, want, strlen(want)));
	assert_null(memmem(v->rp.body.p, v->rp.body.len, not, strlen(not )));
	buf_own(&v->rp.body);
}

TEST(desk_prints_one_in_every_layout_and_it_is_written_down)
{
	static const char *const words[] = {
	    "a4", "a4-10", "letter-20", "a6", "receipt"};
	struct audit_row *rows;
	size_t n;
	struct visit_to v;
	struct uid id;
	char form[60];

	open_desk();
	id = create("");
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(form, sizeof(form), "layout=%s", words[i]);
		assert_ok(ask(&v, desk_sheet, id.s, "", form));
		assert_string_equal(
		    header(&v, "content-type"), "application/pdf");
		assert_memory_equal(v.rp.body.p, "%PDF", 4);
		buf_own(&v.rp.body);
	}
	assert_ok(ask(&v, desk_sheet, id.s, "", "layout=escpos"));
	assert_memory_equal(v.rp.body.p, "\x1b@", 2);
	buf_own(&v.rp.body);
	assert_err(ask(&v, desk_sheet, id.s, "", "layout=a5"), ERR_BAD_INPUT);
	assert_ok(audit_list(&h.root, "key.reveal", &id, 0, 100, &rows, &n));
	assert_int_equal(n, 6);
	assert_memory_equal(rows[0].actor, "person:bob:", 11);
	house_end(&h);
}

/* What the operator says on a sheet is in the guest's language, unless the desk
 * wrote something else; what stood in the field is nothing else. */
TEST(desk_prints_the_operators_words_in_the_guests_language)
{
	static const char *const in[16] = {NULL, "Ruhe"};
	static const char *const brand[16] = {NULL, "Herberge"};
	struct visit_to v;
	struct uid id;

	open_desk();
	id = create("");
	h.conf.portal.sheet_note = (struct conf_said){"Quiet", in};
	h.conf.portal.brand = (struct conf_said){"Inn", brand};
	prints(&v, id.s, "layout=escpos", "Ruhe", "Quiet");
	prints(&v, id.s, "layout=escpos&sheet_note=", "Ruhe", "Quiet");
	prints(&v, id.s, "layout=escpos", "Herberge", "Inn");
	prints(
	    &v, id.s, "layout=escpos&sheet_language=fr", "Quiet", "Herberge");
	prints(&v, id.s, "layout=escpos&sheet_note=Sauna", "Sauna", "Ruhe");
	house_end(&h);
}

/* A guest called Ana A, in an alphabet that no font here has. */
static struct uid
create_devanagari(void)
{
	struct visit_to v;
	struct uid id;
	char form[200], text[UID_LEN + 1];

	(void)snprintf(form, sizeof(form),
	    "plan=%s&name=Ana+%%E1%%AC%%85%%E1%%AC%%85&room=12&layout=a6",
	    visitors.id.s);
	assert_ok(ask(&v, desk_create, NULL, "", form));
	text_copy(text, sizeof(text), header(&v, "location") + 12);
	assert_true(uid_parse(text, &id));
	buf_own(&v.rp.body);
	return id;
}

TEST(desk_is_told_of_signs_that_no_font_has_and_the_record_keeps_it)
{
	struct audit_row *rows;
	struct visit_to v;
	struct uid id;
	size_t n;

	open_desk();
	(void)create("");
	id = create_devanagari();
	assert_ok(ask(&v, desk_guest, id.s, "done=made", ""));
	says(&v, "no font on this server has them");
	says(&v, "Name: <bdi>Ana \u1b05\u1b05</bdi> \u2013 "
		 "<b><bdi>\u1b05</bdi></b>");
	assert_null(strstr(buf_str(&v.rp.body), "as a square</span>"));
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_home, NULL, "", ""));
	says(&v, "On the sheet of one guest, characters");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_sheet, id.s, "", "layout=a6"));
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_sheet, id.s, "",
	    "layout=a6&sheet_note=%E1%AC%86%E1%AC%85"));
	buf_own(&v.rp.body);
	assert_ok(audit_list(&h.root, "key.reveal", &id, 0, 100, &rows, &n));
	assert_int_equal(n, 2);
	assert_non_null(strstr(rows[0].detail, "\"squares\":2"));
	assert_non_null(strstr(rows[1].detail, "\"squares\":1"));
	assert_ok(ask(&v, desk_guest, id.s, "", ""));
	says(&v, "one character as a square</span>");
	says(&v, "2 characters as squares</span>");
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_is_told_what_of_a_typed_text_no_font_has)
{
	struct visit_to v;

	open_desk();
	assert_ok(ask(&v, desk_typed, NULL, "",
	    "sheet_title=%E1%AC%85&sheet_note=a&sheet_once=%E1%AC%86"));
	says(&v, "Heading: <bdi>\u1b05</bdi>");
	says(&v, "A page printed once: <bdi>\u1b06</bdi>");
	assert_null(strstr(buf_str(&v.rp.body), "Further text"));
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_typed, NULL, "", "sheet_title=a"));
	assert_null(strstr(buf_str(&v.rp.body), "as squares"));
	buf_own(&v.rp.body);
	house_end(&h);
}

/* The field that is wrong is where one types on. */
TEST(desk_points_at_the_field_that_is_wrong)
{
	struct visit_to v;
	char form[300];

	open_desk();
	assert_ok(ask(&v, desk_home, NULL, "", ""));
	says(&v, "accesskey=\"n\" autofocus>");
	buf_own(&v.rp.body);
	(void)snprintf(form, sizeof(form),
	    "plan=%s&name=Ana&departure=2026-11-01", visitors.id.s);
	assert_ok(ask(&v, desk_create, NULL, "", form));
	says(&v, "aria-describedby=\"departure-hint wrong\" "
		 "aria-invalid=\"true\" autofocus>");
	says(&v, "accesskey=\"n\">");
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_prints_what_fonts_have_without_a_word)
{
	struct audit_row *rows;
	struct visit_to v;
	struct uid id;
	size_t n;

	open_desk();
	id = create("");
	assert_ok(ask(&v, desk_sheet, id.s, "", "layout=a6"));
	buf_own(&v.rp.body);
	assert_ok(audit_list(&h.root, "key.reveal", &id, 0, 100, &rows, &n));
	assert_null(strstr(rows[0].detail, "squares"));
	assert_ok(ask(&v, desk_guest, id.s, "", ""));
	assert_null(strstr(buf_str(&v.rp.body), "as squares"));
	buf_own(&v.rp.body);
	house_end(&h);
}

/* The batch a form was answered with, made to its end. */
static struct uid
finished(struct visit_to *v)
{
	char text[UID_LEN + 1];
	struct uid id;
	size_t done = 1;

	assert_int_equal(v->rp.status, 303);
	assert_memory_equal(header(v, "location"), "/desk/batch/", 12);
	text_copy(text, sizeof(text), header(v, "location") + 12);
	assert_true(uid_parse(text, &id));
	for (int i = 0; i < 99 && done > 0; i++)
		assert_ok(batches_round(&h.system, &done));
	buf_own(&v->rp.body);
	return id;
}

/* All are looked at, the first are shown. */
TEST(desk_is_told_how_many_of_a_group_have_squares)
{
	struct visit_to v;
	struct uid id;
	char form[200];

	open_desk();
	house_sql(&h, "UPDATE person SET roles = 5 WHERE subject = 'bob'");
	(void)snprintf(form, sizeof(form),
	    "plan=%s&prefix=%%E1%%AC%%85&first=1&count=260", visitors.id.s);
	assert_ok(ask(&v, desk_many, NULL, "", form));
	id = finished(&v);
	assert_ok(ask(&v, desk_batch, id.s, "", ""));
	says(&v, "On the sheets of 260 guests, characters");
	says(&v, "<bdi>\u1b05 1</bdi>");
	says(&v, "<bdi>\u1b05 6</bdi>");
	assert_null(strstr(buf_str(&v.rp.body), "<bdi>\u1b05 7</bdi> \u2013"));
	says(&v, "There are more than are shown here.");
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_prints_all_arrivals_on_one_document)
{
	struct visit_to v;

	open_desk();
	assert_err(
	    ask(&v, desk_sheets, NULL, "", "layout=a4-8"), ERR_BAD_STATE);
	(void)create("");
	(void)create("");
	assert_ok(ask(&v, desk_sheets, NULL, "", "layout=a4-8"));
	assert_memory_equal(v.rp.body.p, "%PDF", 4);
	buf_own(&v.rp.body);
	house_end(&h);
}

/* More than are looked up at once, and none is left out. */
TEST(desk_prints_all_arrivals_of_a_large_group)
{
	struct visit_to v;
	char form[200];

	open_desk();
	house_sql(&h, "UPDATE person SET roles = 5 WHERE subject = 'bob'");
	(void)snprintf(form, sizeof(form),
	    "plan=%s&prefix=Conference&first=1&count=501", visitors.id.s);
	assert_ok(ask(&v, desk_many, NULL, "", form));
	(void)finished(&v);
	assert_ok(ask(&v, desk_sheets, NULL, "", "layout=a4-20"));
	assert_memory_equal(v.rp.body.p, "%PDF", 4);
	assert_int_equal(
	    where_number(
		&h.at, "SELECT count(*) FROM audit WHERE act = 'key.reveal'"),
	    501);
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_shows_a_sheet_before_it_is_printed)
{
	static const char *const layouts[] = {
	    "a4", "a4-20", "letter-8", "a6", "receipt", "escpos"};
	struct visit_to v;

	open_desk();
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		assert_ok(ask(&v, desk_preview, NULL,
		    arena_printf(h.arena,
			"layout=%s&sheet_title=%%3Cb%%3E&sheet_language=ar",
			layouts[i]),
		    ""));
		assert_string_equal(
		    header(&v, "content-type"), "image/svg+xml");
		assert_memory_equal(v.rp.body.p, "<svg ", 5);
		assert_memory_equal(
		    v.rp.body.p + v.rp.body.len - 6, "</svg>", 6);
		assert_null(strstr(buf_str(&v.rp.body), "<b>"));
		buf_own(&v.rp.body);
	}
	assert_err(ask(&v, desk_preview, NULL, "layout=a5", ""), ERR_BAD_INPUT);
	house_end(&h);
}

TEST(desk_knows_what_was_done_with_a_password)
{
	struct visit_to v;
	struct uid id;

	open_desk();
	id = create("");
	assert_ok(ask(&v, desk_sheet, id.s, "", "layout=a6"));
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_move, id.s, "", "version=1&room=Room+7"));
	assert_ok(ask(&v, desk_guest, id.s, "", ""));
	says(&v, "<li>Made ");
	says(&v, "<li>Printed ");
	says(&v, "<li>Moved ");
	says(&v, "<bdi>bob</bdi>");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_send, id.s, "", ""));
	says(&v, "This guest has no mail address.");
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_makes_a_group_by_number)
{
	struct visit_to v;
	struct pass_filter f = {.search = "conference 1"};
	struct key_view *found;
	struct call desk;
	struct uid id;
	size_t n, total;
	char form[300];

	open_desk();
	house_sql(&h, "UPDATE person SET roles = 5 WHERE subject = 'bob'");
	(void)snprintf(form, sizeof(form),
	    "plan=%s&prefix=Conference&first=8&count=5&room=Hall",
	    visitors.id.s);
	assert_ok(ask(&v, desk_many, NULL, "", form));
	id = finished(&v);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	assert_ok(passes_list(&desk, &f, &found, &n, &total));
	assert_int_equal(total, 3); /* 10, 11, 12 */
	assert_ok(ask(&v, desk_batch, id.s, "", ""));
	says(&v, "5 of 5 are made");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_batch_sheets, id.s, "",
	    "layout=a4-8&sheet_title=Miramar&sheet_note=Breakfast+at+7&"
	    "sheet_language=fr"));
	assert_memory_equal(v.rp.body.p, "%PDF", 4);
	buf_own(&v.rp.body);
	(void)snprintf(form, sizeof(form),
	    "plan=%s&prefix=Conference&first=1&count=5001", visitors.id.s);
	assert_ok(ask(&v, desk_many, NULL, "", form));
	says(&v, "a count of 1 to 5000");
	buf_own(&v.rp.body);
	f.search = "";
	assert_ok(passes_list(&desk, &f, &found, &n, &total));
	assert_int_equal(total, 5);
	house_end(&h);
}

TEST(desk_makes_a_group_from_a_table)
{
	static const char table[] =
	    "&text=Name%3BRoom%3BDeparture%3BLanguage%0A"
	    "Ana%3B12%3B2026-12-01%3Bes%0A"
	    "%3B13%3B%3B%0A"
	    "Bo%3B%3B1.12.2026%3B%0A"
	    "Cy%3B%3B%3Bxx%0A"
	    "Di%3B%3B%3B%0A";
	struct pass_filter f = {.search = "ana"};
	struct key_view *found;
	struct visit_to v;
	struct call desk;
	struct uid id;
	size_t n, total;
	char form[500];

	open_desk();
	house_sql(&h, "UPDATE person SET roles = 5 WHERE subject = 'bob'");
	(void)snprintf(form, sizeof(form), "plan=%s&room=Hall&language=de%s",
	    visitors.id.s, table);
	assert_ok(ask(&v, desk_table, NULL, "", form));
	id = finished(&v);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	assert_ok(passes_list(&desk, &f, &found, &n, &total));
	assert_int_equal(n, 1);
	assert_string_equal(found[0].key.name, "12");
	assert_string_equal(found[0].person.language, "es");
	assert_int_equal(found[0].key.not_after, NOON + 6 * 86400 + 43200);
	f.search = "di";
	assert_ok(passes_list(&desk, &f, &found, &n, &total));
	assert_string_equal(found[0].key.name, "Hall");
	assert_string_equal(found[0].person.language, "de");
	assert_ok(ask(&v, desk_batch, id.s, "", ""));
	says(&v, "2 of 5 are made");
	says(&v, "3 rows were not made");
	says(&v, "Write dates as 2026-12-31.");
	says(&v, "Write languages as en, de, fr.");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_batch_wrong, id.s, "", ""));
	assert_string_equal(
	    header(&v, "content-type"), "text/csv; charset=utf-8");
	says(&v, "\"Bo\",");
	buf_own(&v.rp.body);
	house_end(&h);
}

TEST(desk_says_what_is_wrong_with_a_table_as_a_whole)
{
	static const char *const tables[][2] = {
	    {"", "Choose a file, or paste its text."},
	    {"room%0A12", "needs a column called name"},
	    {"name%2Cshoes%0Aa%2Cb", "names the columns"},
	    {"name%0A", "1 to 5000"}};
	struct visit_to v;
	char form[300];

	open_desk();
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		(void)snprintf(form, sizeof(form), "plan=%s&text=%s",
		    visitors.id.s, tables[i][0]);
		assert_ok(ask(&v, desk_table, NULL, "", form));
		says(&v, tables[i][1]);
		buf_own(&v.rp.body);
	}
	house_end(&h);
}

TEST(desk_extends_moves_and_checks_out)
{
	struct visit_to v;
	struct uid id;
	struct key_view k;

	open_desk();
	id = create("");
	assert_ok(
	    ask(&v, desk_extend, id.s, "", "version=1&departure=2026-12-01"));
	assert_ok(keys_get(&h.root, &id, &k));
	assert_int_equal(k.key.not_after, NOON + 6 * 86400 + 43200);
	assert_ok(ask(&v, desk_move, id.s, "", "version=2&room=Room+7"));
	assert_ok(keys_get(&h.root, &id, &k));
	assert_string_equal(k.key.name, "Room 7");
	assert_ok(ask(&v, desk_move, id.s, "", "version=2&room=Room+8"));
	says(&v, "Somebody changed this");
	buf_own(&v.rp.body);
	assert_ok(ask(&v, desk_out, id.s, "", ""));
	assert_int_equal(v.rp.status, 303);
	assert_ok(keys_get(&h.root, &id, &k));
	assert_int_equal(k.standing, KEY_IS_REVOKED);
	assert_err(ask(&v, desk_sheet, id.s, "", "layout=a6"), ERR_BAD_STATE);
	house_end(&h);
}

/* G-06 */
TEST(desk_has_no_page_for_what_is_no_guest)
{
	struct visit_to v;
	struct key_view own;

	open_desk();
	own = house_key(&h, &h.ada);
	assert_err(ask(&v, desk_guest, own.key.id.s, "", ""), ERR_NOT_FOUND);
	assert_err(
	    ask(&v, desk_sheet, own.key.id.s, "", "layout=a6"), ERR_NOT_FOUND);
	assert_err(ask(&v, desk_out, own.key.id.s, "", ""), ERR_NOT_FOUND);
	house_end(&h);
}

TEST(desk_days_are_those_of_the_network)
{
	int64_t t;

	assert_ok(desk_day("2026-03-29", "Europe/Berlin", false, &t));
	assert_int_equal(t, 1774738800); /* 23:00 UTC the day before */
	assert_ok(desk_day("2026-03-29", "Europe/Berlin", true, &t));
	assert_int_equal(t, 1774738800 + 23 * 3600);
	assert_ok(desk_day("", "Europe/Berlin", true, &t));
	assert_int_equal(t, 0);
	assert_err(desk_day("2026-02-30", "", true, &t), ERR_BAD_INPUT);
	assert_err(desk_day("29.03.2026", "", true, &t), ERR_BAD_INPUT);
}
