#include <stdio.h>
#include <stdlib.h>

#include "portal/web/tpl.h"
#include "templates/catalogue.h"
#include "templates/compile.h"
#include "templates/scan.h"
#include "tests/unit/test.h"

/* Compiles one page called NAME whose fields are FIELDS; NULL or what is wrong.
 * What it made is in OUT. */
static const char *
compiled_as(const char *name, const char *fields, const char *text, char *out,
    size_t size)
{
	static char why[TPL_WHY], page[4096];
	struct tpl *t = calloc(1, sizeof(*t));
	const char *partial = "[{{x}}]",
		   *record = "{{record r name: text n: int}}";
	bool ok;

	assert_non_null(t);
	tpl_init(t);
	snprintf(page, sizeof(page), "{{page %s %s}}%s", name, fields, text);
	assert_true(tpl_add(t, "_p", partial, strlen(partial)));
	assert_true(tpl_add(t, "_r", record, strlen(record)));
	assert_true(tpl_add(t, name, page, strlen(page)));
	ok = tpl_compile(t);
	snprintf(why, sizeof(why), "%s", t->why);
	if (out != NULL)
		snprintf(out, size, "%s", buf_str(&t->body));
	tpl_clear(t);
	free(t);
	return ok ? NULL : why;
}

static const char *
compiled(const char *fields, const char *text, char *out, size_t size)
{
	return compiled_as("t", fields, text, out, size);
}

#define MADE(text, want)                                                       \
	do {                                                                   \
		char out_[8192];                                               \
		const char *no_ = compiled(                                    \
		    "a: text n: int w: time h: html y: bool l: list r",        \
		    (text), out_, sizeof(out_));                               \
		if (no_ != NULL)                                               \
			fail_msg("%s", no_);                                   \
		if (strstr(out_, (want)) == NULL)                              \
			fail_msg("no '%s' in:\n%s", (want), out_);             \
	} while (0)

#define REFUSED(text, want)                                                    \
	do {                                                                   \
		const char *no_ = compiled(                                    \
		    "a: text n: int w: time h: html y: bool l: list r",        \
		    (text), NULL, 0);                                          \
		if (no_ == NULL)                                               \
			fail_msg("compiled: %s", (text));                      \
		if (strstr(no_, (want)) == NULL)                               \
			fail_msg("'%s' says: %s", (text), no_);                \
	} while (0)

#define LACKS(text, what)                                                      \
	do {                                                                   \
		char out_[8192];                                               \
		const char *no_ = compiled(                                    \
		    "a: text n: int w: time h: html y: bool l: list r",        \
		    (text), out_, sizeof(out_));                               \
		if (no_ != NULL)                                               \
			fail_msg("%s", no_);                                   \
		if (strstr(out_, (what)) != NULL)                              \
			fail_msg("'%s' in:\n%s", (what), out_);                \
	} while (0)

/* Only where lines break, and where markup may stand. */
TEST(wifi_is_kept_on_one_line_where_lines_break)
{
	OWN(buf) struct buf b = BUF(1000);

	MADE("<h1>{{_ \"My Wi-Fi\"}}</h1>", "tpl_whole(b, from)");
	MADE("<title>x</title><p>{{_ \"My Wi-Fi\"}}</p>", "tpl_whole");
	LACKS("<h1>{{_ \"My passwords\"}}</h1>", "tpl_whole");
	LACKS("<title>{{_ \"My Wi-Fi\"}}</title>", "tpl_whole");
	LACKS("<p title=\"{{_ \"My Wi-Fi\"}}\">x</p>", "tpl_whole");
	LACKS("<button>{{_ \"Get Wi-Fi\"}}</button>", "tpl_whole");
	LACKS("<select><option>{{_ \"Wi-Fi\"}}</option></select>", "tpl_whole");
	buf_text(&b, "Wi-Fi? ");
	tpl_whole(&b, 7);
	assert_string_equal(buf_str(&b), "Wi-Fi? ");
	buf_text(&b, "Wi-Fi, Wi-Fi.");
	tpl_whole(&b, 7);
	assert_string_equal(buf_str(&b),
	    "Wi-Fi? <bdi class=\"whole\">Wi-Fi</bdi>, "
	    "<bdi class=\"whole\">Wi-Fi</bdi>.");
}

TEST(a_value_is_written_by_where_it_stands)
{
	MADE("<p>{{a}}</p>", "tpl_text(b, p->a);");
	MADE("<p>{{n}}</p>", "tpl_int(b, p->n);");
	MADE("<p>{{w}}</p>", "tpl_time(b, v->lang, p->w);");
	MADE("<p title=\"{{w}}\">", "tpl_time_plain(b, p->w);");
	MADE("<p title=\"x {{a}}\">", "tpl_text(b, p->a);");
	MADE("<a href=\"{{a}}\">", "tpl_url(b, p->a);");
	MADE("<a href=\"/k/{{a}}\">", "tpl_url_part(b, p->a);");
	MADE("<a href=\"{{a}}?x={{a}}\">", "tpl_url_part(b, p->a);");
	MADE("<form action=\"{{a}}\">", "tpl_url(b, p->a);");
	MADE("<p>{{{h}}}</p>", "tpl_raw(b, p->h);");
}

/* Letters have no style sheet; pages have one, and nothing else. */
TEST(styles_stand_in_letters_alone)
{
	static const char fields[] =
	    "a: text n: int s: words w: time y: bool l: list r";
	char out[8192];

	REFUSED("<p style=\"color:red\">", "may not be used");
	assert_null(compiled_as("letter_t", fields,
	    "<p style=\"color:#{{a}};margin:{{n}}px\">", out, sizeof(out)));
	assert_non_null(strstr(out, "tpl_hex(b, p->a);"));
	assert_non_null(strstr(out, "tpl_int(b, p->n);"));
	for (size_t i = 0; i < 3; i++) {
		static const char *const bad[] = {"<p style=\"{{s}}\">",
		    "<p style=\"{{w}}\">", "<p style=\"{{_ \"x\"}}\">"};
		const char *why =
		    compiled_as("letter_t", fields, bad[i], out, sizeof(out));

		assert_non_null(why);
		assert_non_null(strstr(why, "style"));
	}
	assert_non_null(compiled_as(
	    "letter_t", fields, "<p onclick=\"x\">", out, sizeof(out)));
}

TEST(colours_are_written_when_they_are_nothing_else)
{
	static const char *const bad[] = {
	    "", "12345", "1234567", "red;xx", "12345g", "1234 6"};
	OWN(buf) struct buf b = BUF(100);

	tpl_hex(&b, "0b5F54");
	assert_string_equal(buf_str(&b), "0b5F54");
	buf_clear(&b);
	tpl_hex(&b, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		tpl_hex(&b, bad[i]);
	assert_int_equal(b.len, 0);
}

TEST(a_value_is_refused_where_it_cannot_be_made_safe)
{
	REFUSED("<script>{{a}}</script>", "in a script");
	REFUSED("<style>{{a}}</style>", "in a script or a style");
	REFUSED("<script>let x = 1</script>", "no script");
	REFUSED("<p onclick=\"{{a}}\">", "event attributes");
	REFUSED("<p onclick=\"x()\">", "event attributes");
	REFUSED("<p style=\"{{a}}\">", "may not be used");
	REFUSED("<p title={{a}}>", "quotes");
	REFUSED("<p title=a>", "quotes");
	REFUSED("<p title='{{a}}'>", "quotes");
	REFUSED("<p {{a}}>", "outside of quotes");
	REFUSED("<{{a}}>", "outside of quotes");
	REFUSED("<p {{a}}=\"x\">", "outside of quotes");
	REFUSED("<!-- {{a}} -->", "comment");
	REFUSED("<iframe srcdoc=\"{{a}}\">", "may not be used");
	REFUSED("<base href=\"/\">", "may not be used");
	REFUSED("<img srcset=\"{{a}} 2x\">", "may not be used");
	REFUSED("<a href=\"javascript:{{a}}\">", "a URL must begin");
	REFUSED("<a href=\"data:{{a}}\">", "a URL must begin");
	REFUSED("<p title=\"{{{h}}}\">", "between tags only");
	REFUSED("<p>{{{a}}}</p>", "only html");
	REFUSED("<p>{{h}}</p>", "html stands in {{{ }}}");
	REFUSED("<P>x</P>", "lower case");
	REFUSED("a < b", "must begin a tag");
}

TEST(an_unknown_field_is_an_error)
{
	REFUSED("{{b}}", "no field is called 'b'");
	REFUSED("{{a.b}}", "no field is called 'b'");
	REFUSED("{{#if b}}{{/if}}", "no field is called 'b'");
	REFUSED("{{#each l}}{{b}}{{/each}}", "no field is called 'b'");
	REFUSED("{{_ \"Hello, {b}\"}}", "no field is called 'b'");
	REFUSED("{{> p x=b}}", "no field is called 'b'");
	REFUSED("{{> p}}", "no field is called 'x'");
	REFUSED("{{> nothing}}", "no partial");
	REFUSED("{{y}}", "cannot be written");
	REFUSED("{{l}}", "cannot be written");
	REFUSED("\n\n{{b}}", "t.html:3:");
	assert_non_null(
	    strstr(compiled("a: word", "", NULL, 0), "no type or record"));
	assert_non_null(
	    strstr(compiled("a: text a: int", "", NULL, 0), "twice"));
	assert_non_null(
	    strstr(compiled("a: list text", "", NULL, 0), "lists are of"));
}

TEST(a_page_has_no_field_of_a_name_that_all_pages_share)
{
	static const char *const files[][2] = {
	    {"_layout", "\n{{shared\n\tbrand: text\n\n\tpath: text\n}}"},
	    {"a", "{{page a\n\tx: text\n\tpath: int\n}}{{path}}"},
	};
	struct tpl *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	tpl_init(t);
	for (int i = 0; i < 2; i++)
		assert_true(
		    tpl_add(t, files[i][0], files[i][1], strlen(files[i][1])));
	assert_false(tpl_compile(t));
	assert_string_equal(t->why,
	    "a.html:3: 'path' is what all pages share already "
	    "(_layout.html:5); call this one something else");
	tpl_clear(t);
	free(t);
}

TEST(branches_end_in_one_place)
{
	MADE("{{#if y}}x{{#else}}z{{/if}}", "} else {");
	MADE("{{#if not a}}x{{/if}}", "if (!tpl_any(p->a)) {");
	MADE("{{#each l}}{{name}}{{a}}{{/each}}", "tpl_text(b, i0->name);");
	MADE("<p{{#if y}} hidden{{/if}}>", "buf_add(b, \" hidden\", 7);");
	MADE("<p class=\"a{{#if y}} b{{/if}}\">", "if (");
	REFUSED("{{#if y}}<p {{/if}}>", "different places");
	REFUSED("<p{{#if y}} title=\"{{/if}}\">", "different places");
	REFUSED("<a href=\"{{#if y}}/{{/if}}{{a}}\">", "different places");
	REFUSED("<p{{#if y}} on{{/if}}click=\"x\">", "event attributes");
	REFUSED("<p{{#if y}} hidden{{/if}}x>", "a blank was expected");
	REFUSED("{{#if y}}", "not closed");
	REFUSED("{{#if y}}{{/each}}", "closes nothing");
	REFUSED("{{/if}}", "closes nothing");
	REFUSED("{{#each y}}{{/each}}", "wants a list");
	REFUSED("{{a", "not closed");
	REFUSED("<p", "inside a tag");
}

TEST(a_page_has_no_more_fields_than_there_is_room_for)
{
	char fields[1024] = "";
	const char *no;

	for (int i = 0; i < TPL_FIELDS_MAX; i++)
		snprintf(fields + strlen(fields), 12, "f%d: text ", i);
	assert_null(compiled(fields, "{{f0}}", NULL, 0));
	strcat(fields, "more: text");
	no = compiled(fields, "{{f0}}", NULL, 0);
	assert_non_null(no);
	assert_non_null(strstr(no, "more than"));
}

TEST(messages_name_fields_and_partials_take_values)
{
	MADE("{{_ \"Hi\"}}", "tpl_text(b, tpl_msg(v->lang, 0));");
	MADE("{{_ \"Hi, {a}\"}}", ".name = \"a\", .text = p->a");
	MADE(
	    "{{_n n \"one\" \"{n} of them\"}}", "tpl_plural(v->lang, 0, p->n)");
	MADE("{{> p x=a}}", "tpl_text(b, p->a);");
	MADE("{{> p x=_\"Hi\"}}", "tpl_text(b, tpl_msg(v->lang, 0));");
	MADE("{{> p x=\"a\\\"b\"}}", "tpl_text(b, \"a\\\"b\");");
	MADE("<img src=\"{{asset \"x.svg\"}}\">", "buf_text(b, ASSET_x_svg);");
	REFUSED("<a href=\"{{_ \"x\"}}\">", "no URL");
	REFUSED("{{asset \"../x\"}}", "no file of static");
	REFUSED("{{_ \"\"}}", "an empty message");
	REFUSED("{{_ x}}", "in quotes");
	REFUSED("{{_n a \"x\" \"y\"}}", "wants a number");
}

#define WRITES(call, want)                                                     \
	do {                                                                   \
		OWN(buf) struct buf b = BUF(4096);                             \
		call;                                                          \
		assert_string_equal(buf_str(&b), (want));                      \
	} while (0)

TEST(text_is_escaped)
{
	WRITES(tpl_text(&b, "a<b> & \"c\" 'd'"),
	    "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
	WRITES(tpl_text(&b, NULL), "");
	WRITES(tpl_url_part(&b, "a/b?c&d=\"e\" \xc3\xa9"),
	    "a%2Fb%3Fc%26d%3D%22e%22%20%C3%A9");
	WRITES(tpl_say(&b, 0, "Hi {who}, {n}!{no}",
		   (struct tpl_arg[]){{.name = "who", .text = "<b>"},
		       {.name = "n", .number = -3}},
		   2),
	    "Hi &lt;b&gt;, -3!");
}

TEST(only_known_schemes_are_links)
{
	WRITES(tpl_url(&b, "/key/1?a&b"), "/key/1?a&amp;b");
	WRITES(
	    tpl_url(&b, "https://x.example/\"y"), "https://x.example/&quot;y");
	WRITES(tpl_url(&b, "mailto:a@b.example"), "mailto:a@b.example");
	WRITES(tpl_url(&b, "javascript:alert(1)"), "#");
	WRITES(tpl_url(&b, "JaVaScRiPt:alert(1)"), "#");
	WRITES(tpl_url(&b, " javascript:x"), "#");
	WRITES(tpl_url(&b, "java\tscript:x"), "#");
	WRITES(tpl_url(&b, "data:text/html,x"), "#");
	WRITES(tpl_url(&b, "//evil.example/"), "#");
	WRITES(tpl_url(&b, "/\\evil.example/"), "#");
	WRITES(tpl_url(&b, "http://x.example/"), "#");
	WRITES(tpl_url(&b, ""), "#");
}

/* --- catalogues --- */

#define HEAD                                                                   \
	"msgid \"\"\nmsgstr \"\"\n\"Language-Name: X\\n\"\n"                   \
	"\"Direction: ltr\\n\"\n"                                              \
	"\"Plural-Forms: nplurals=2; plural=n != 1;\\n\"\n\n"

/* What is wrong with a catalogue for one page and one sentence of C; NULL when
 * nothing is. */
static const char *
catalogued(const char *po)
{
	static char why[TPL_WHY];
	static const char page[] = "{{page t n: int a: text}}{{_ \"Hi, {a}\"}}"
				   "{{_n n \"one thing\" \"{n} things\"}}",
			  words[] = "x = SAY(\"Done.\"); return why_set(&w, e, "
				    "\"f\", \"At most %d of %s.\", 3, n);";
	struct tpl *t = calloc(1, sizeof(*t));
	bool ok;

	assert_non_null(t);
	tpl_init(t);
	assert_true(tpl_add(t, "t", page, strlen(page)));
	if (!tpl_compile(t))
		fail_msg("%s", t->why);
	assert_true(scan_words(t, words, strlen(words)));
	ok = catalogue_read(t, "xx", po, strlen(po));
	snprintf(why, sizeof(why), "%s", t->why);
	tpl_clear(t);
	free(t);
	return ok ? NULL : why;
}

#define WRONG(po, want)                                                        \
	do {                                                                   \
		const char *no_ = catalogued(po);                              \
		if (no_ == NULL)                                               \
			fail_msg("taken: %s", (po));                           \
		if (strstr(no_, (want)) == NULL)                               \
			fail_msg("'%s' says: %s", (po), no_);                  \
	} while (0)

TEST(a_catalogue_is_taken_only_when_it_fits)
{
	assert_null(catalogued(HEAD));
	assert_null(catalogued(HEAD "msgid \"Hi, {a}\"\nmsgstr \"{a}!\"\n"));
	assert_null(catalogued(HEAD "msgid \"Done.\"\nmsgstr \"\"\n"));
	/* reworded meanwhile: left out */
	assert_null(catalogued(HEAD "msgid \"Bye\"\nmsgstr \"x\"\n"));
	assert_null(
	    catalogued(HEAD "msgid \"At most %d of %s.\"\nmsgstr \"%d %s\"\n"));
	assert_null(catalogued(
	    HEAD "msgid \"one thing\"\nmsgid_plural \"{n} things\"\n"
		 "msgstr[0] \"ein Ding\"\nmsgstr[1] \"{n} Dinge\"\n"));
	WRONG("", "no head");
	WRONG("msgid \"Done.\"\nmsgstr \"x\"\n", "the head comes first");
	WRONG(HEAD "msgid \"Hi, {a}\"\nmsgstr \"hi\"\n", "placeholders");
	WRONG(HEAD "msgid \"Hi, {a}\"\nmsgstr \"{a} {b}\"\n", "placeholders");
	WRONG(HEAD "msgid \"At most %d of %s.\"\nmsgstr \"%s %d\"\n",
	    "placeholders");
	WRONG(HEAD "msgid \"one thing\"\nmsgid_plural \"{n} things\"\n"
		   "msgstr[0] \"ein Ding\"\n",
	    "number of forms");
	WRONG(HEAD "msgid \"Done.\"\nmsgstr x\n", "not understood");
	WRONG("msgid \"\"\nmsgstr \"Language-Name: X\\nDirection: ltr\\n"
	      "Plural-Forms: nplurals=2; plural=system(n);\\n\"\n",
	    "Plural-Forms");
	WRONG(HEAD HEAD, "a second one of: the head");
}
