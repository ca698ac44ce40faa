/* The edges of what directories send: each kind of comparison, of change and of
 * damage; and that scarce memory changes nothing by halves (F-04, W-32). */
#include "tests/unit/scim_json.h"

#include "core/base/buf.h"
#include "core/service/json.h"
#include "portal/api/api.h"
#include "portal/scim/patch.h"
#include "portal/scim/user.h"
#include "tests/unit/starve.h"

static struct why why;

static void
begin(void)
{
	arena = arena_new(16 << 20);
	assert_non_null(arena);
}

/* --- filters --- */

static const char *const somebody =
    "{'id':'b','externalId':'Ab-c','userName':'Mid','n':5,'f':-2.5,'yes':true,"
    "'no':'FALSE','empty':'','none':[],'nil':null,'zero':{},"
    "'name':{'givenName':'Ann'},'groups':[{'value':'G1','$ref':'u/G1'}],"
    "'tags':['red','Blue'],'mixed':[1,'x',{'value':'y'}],"
    "'emails':[{'value':'a@b','type':'work'},{}]}";

static bool
finds(const char *text)
{
	json_t *j = json(somebody);
	struct filter *f = NULL;
	bool is;

	if (filter_parse(text, arena, &f, &why) != ERR_OK)
		fail_msg("%s: %s", text, why.text);
	is = filter_match(f, j);
	json_decref(j);
	return is;
}

TEST(filter_compares_each_kind_in_each_way)
{
	static const char *const yes[] = {"userName gt \"mia\"",
	    "userName ge \"MID\"", "userName lt \"mie\"", "userName le \"mid\"",
	    "userName le \"mie\"", "userName ge \"mia\"", "id gt \"a\"",
	    "id ge \"b\"", "id lt \"c\"", "id le \"b\"", "externalId co \"b-\"",
	    "externalId sw \"Ab\"", "externalId ew \"-c\"", "n eq 5", "n ge 5",
	    "n le 5", "n gt 4.5", "n lt 6", "n ne 6", "f lt 0", "f eq -2.5",
	    "yes eq true", "yes eq \"TRUE\"", "no eq false", "yes ne false",
	    "nil eq null", "empty eq null", "none eq null", "missing eq null",
	    "userName ne null", "zero.x eq null", "name pr",
	    "name.givenName pr", "emails pr", "emails.type pr",
	    "groups eq \"G1\"", "groups.$ref ew \"G1\"", "groups.$REF sw \"u\"",
	    "tags eq \"blue\"", "tags co \"RE\"", "mixed eq 1",
	    "mixed eq \"y\"", "emails[type pr and not (value co \"c\")]",
	    "emails[value eq \"a@b\"].type eq \"work\"", "tags[x pr] or id pr",
	    "missing ne \"x\"", "not (yes eq false) and not (n eq 6)"};
	static const char *const no[] = {"userName gt \"mid\"",
	    "userName lt \"mid\"", "userName ge \"mie\"", "userName le \"mia\"",
	    "id ge \"c\"", "id le \"B\"", "externalId co \"B-\"",
	    "externalId sw \"AB\"", "externalId ew \"-C\"",
	    "externalId ew \"longer than that\"", "n gt 5", "n lt 5", "n ge 6",
	    "n le 4", "n eq \"5\"", "n co \"5\"", "userName eq 5",
	    "userName gt 5", "yes eq \"yes\"", "yes ne true", "yes gt true",
	    "yes co \"rue\"", "no eq true", "n eq true", "userName ne \"mid\"",
	    "empty pr", "none pr", "nil pr", "missing pr", "userName eq null",
	    "n gt null", "zero pr", "groups eq \"g1\"", "groups.$ref ew \"g1\"",
	    "tags.value eq \"red\"", "tags[value eq \"red\"]", "none[value pr]",
	    "missing[value pr]", "name[givenName eq \"x\"]", "missing eq \"x\"",
	    "missing gt \"\"", "emails.type eq \"home\"",
	    "emails[type eq \"work\"].value eq \"x\"",
	    "urn:ietf:params:scim:schemas:extension:x:2.0:User:a pr"};

	begin();
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!finds(yes[i]))
			fail_msg("not found: %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (finds(no[i]))
			fail_msg("found: %s", no[i]);
	arena_free(arena);
}

TEST(names_of_attributes_are_names)
{
	static const char *const good[] = {"a", "A9-_", "$ref", "$REF",
	    "members.$ref", "x.y",
	    "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
	    "urn:ietf:params:scim:schemas:extension:x:2.0:Group",
	    "URN:x:y:2.0:User", "urn:x:2.0:User:department"};
	static const char *const bad[] = {"", "$", "$re", "$refs", "9", "-a",
	    "_a", ".a", "a.", "a..b", "a.b.c", "a b", "a\tb", "\xc3\xa4",
	    "a\xc3\xa4", "a.9", "urn:", "urn::", "urn:x", "urn:x:", "urn:x:9",
	    "urn::a", "urn:a b:c", "urn:a[:c", "urn:a]:c", "urn:a\":c",
	    "urn:a\x7f:c", "urn:a::b",
	    "urn:ietf:params:scim:schemas:core:2.0:User",
	    "urn:ietf:params:scim:schemas:core:2.0:Group"};
	char longest[ATTR_TEXT_MAX + 2];
	struct attr at;

	begin();
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!attr_parse(good[i], strlen(good[i]), arena, &at))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (attr_parse(bad[i], strlen(bad[i]), arena, &at))
			fail_msg("taken: %s", bad[i]);
	assert_false(attr_parse("a\0b", 3, arena, &at));
	assert_false(attr_parse("\0", 1, arena, &at));
	memset(longest, 'a', sizeof(longest));
	assert_true(attr_parse(longest, ATTR_TEXT_MAX, arena, &at));
	assert_false(attr_parse(longest, ATTR_TEXT_MAX + 1, arena, &at));
	arena_free(arena);
}

TEST(paths_have_an_end)
{
	static const char *const bad[] = {"a[b pr].c.d", "a[b pr].urn:x:y",
	    "a[b pr]..c", "a[b pr]c", "a.b[c pr]", "a[b pr].9", "a]", "a(",
	    "a[not b pr]", "a[(b pr]"};
	char longest[FILTER_TEXT_MAX + 2];
	struct filter_path p;
	struct filter *f;

	begin();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (filter_path_parse(bad[i], arena, &p, &why) != ERR_BAD_INPUT)
			fail_msg("taken: %s", bad[i]);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_err(filter_path_parse(longest, arena, &p, &why), ERR_BAD_INPUT);
	assert_string_equal(why.field, "path");
	assert_err(filter_parse(longest, arena, &f, &why), ERR_BAD_INPUT);
	assert_string_equal(why.field, "filter");
	assert_ok(filter_path_parse("emails[type pr]", arena, &p, &why));
	assert_non_null(p.filter);
	assert_null(p.attr.sub);
	arena_free(arena);
}

/* --- changes --- */

static const struct {
	const char *from, *operations, *want;
} changes[] = {
    /* what is there already is not there twice, however it is written */
    {"{'emails':[{'value':'a'}]}",
	"[{'op':'add','path':'emails','value':['a']}]",
	"{'emails':[{'value':'a'}]}"},
    {"{'emails':[{'value':'a','type':'work'}]}",
	"[{'op':'add','path':'emails','value':{'value':'a','type':'home'}}]",
	"{'emails':[{'value':'a','type':'work'},{'value':'a','type':'home'}]}"},
    {"{'members':[{'value':'1'}]}",
	"[{'op':'add','path':'members','value':['1','2','2',{'value':'3',"
	"'display':'x'}]}]",
	"{'members':[{'value':'1'},{'value':'2'},{'value':'3','display':'x'}]"
	"}"},
    /* elements that have no value are all kept */
    {"{'emails':[{'type':'x'}]}",
	"[{'op':'add','path':'emails','value':[{'type':'y'}]}]",
	"{'emails':[{'type':'x'},{'type':'y'}]}"},
    {"{'members':[{'value':'1'},{'value':'2'},{'display':'3'}]}",
	"[{'op':'remove','path':'members','value':[{'value':'1'},'2']}]",
	"{'members':[{'display':'3'}]}"},
    {"{'members':[{'value':'1'},{'value':'2'}]}",
	"[{'op':'remove','path':'members','value':{'value':'2'}}]",
	"{'members':[{'value':'1'}]}"},
    {"{'members':[{'value':'1'}]}",
	"[{'op':'remove','path':'members','value':null}]", "{}"},
    {"{'title':'x'}", "[{'op':'remove','path':'title','value':'y'}]", "{}"},
    /* an empty list is as good as none */
    {"{'emails':[]}", "[{'op':'replace','path':'emails.value','value':'a'}]",
	"{'emails':[{'value':'a'}]}"},
    {"{'emails':[]}", "[{'op':'remove','path':'emails.value'}]",
	"{'emails':[]}"},
    {"{}", "[{'op':'remove','path':'name.givenName'}]", "{}"},
    {"{'name':'x'}", "[{'op':'replace','path':'name.givenName','value':'Ann'}]",
	"{'name':{'givenName':'Ann'}}"},
    {"{'NAME':{'GivenName':'x'}}",
	"[{'op':'replace','path':'name.givenName','value':'Ann'}]",
	"{'NAME':{'GivenName':'Ann'}}"},
    {"{'emails':[{'value':'a'},'b']}",
	"[{'op':'add','path':'emails.type','value':'work'}]",
	"{'emails':[{'value':'a','type':'work'},'b']}"},
    {"{'name':{'givenName':'x','familyName':'y'}}",
	"[{'op':'replace','path':'name','value':{'givenName':null,'z':'1'}}]",
	"{'name':{'familyName':'y','z':'1'}}"},
    {"{'title':'x'}", "[{'op':'replace','path':'title','value':null}]", "{}"},
    {"{'emails':{'value':'a'}}",
	"[{'op':'replace','path':'emails','value':['b']}]",
	"{'emails':[{'value':'b'}]}"},
    /* elements by a filter */
    {"{'emails':[{'type':'work','value':'a'},{'type':'home'},7]}",
	"[{'op':'remove','path':'emails[type eq \\'work\\']'}]",
	"{'emails':[{'type':'home'},7]}"},
    {"{'emails':[{'type':'work','value':'a'}]}",
	"[{'op':'remove','path':'emails[type eq \\'work\\'].value'}]",
	"{'emails':[{'type':'work'}]}"},
    {"{'emails':[]}", "[{'op':'remove','path':'emails[type eq \\'x\\']'}]",
	"{'emails':[]}"},
    {"{'emails':[{'type':'home'}]}",
	"[{'op':'replace','path':'emails[type eq \\'work\\' and primary eq "
	"true]','value':{'value':'b'}}]",
	"{'emails':[{'type':'home'},{'type':'work','primary':true,"
	"'value':'b'}]}"},
    {"{}", "[{'op':'add','path':'emails[type eq \\'work\\']','value':'b'}]",
	"{'emails':[{'type':'work','value':'b'}]}"},
    {"{}", "[{'op':'add','path':'emails[type eq \\'work\\']'}]",
	"{'emails':[{'type':'work'}]}"},
    /* of an extension */
    {"{}", "[{'op':'add','path':'urn:x:2.0:User:department','value':'d'}]",
	"{'urn:x:2.0:User':{'department':'d'}}"},
    {"{}", "[{'op':'remove','path':'urn:x:2.0:User:department'}]", "{}"},
    {"{'urn:x:2.0:User':{'a':1}}",
	"[{'op':'add','path':'urn:x:2.0:User','value':{'b':2}}]",
	"{'urn:x:2.0:User':{'a':1,'b':2}}"},
    {"{'urn:x:2.0:User':{'a':1}}", "[{'op':'remove','path':'urn:x:2.0:User'}]",
	"{}"},
    {"{'urn:x:2.0:User':7}",
	"[{'op':'add','path':'urn:x:2.0:User:b','value':2}]",
	"{'urn:x:2.0:User':{'b':2}}"},
    /* without a path, each member is one; what the server sets is passed over
     */
    {"{'id':'1'}",
	"[{'op':'add','value':{'id':'2','meta':{},'password':'x','title':'t',"
	"'name.givenName':'Ann'}}]",
	"{'id':'1','title':'t','name':{'givenName':'Ann'}}"},
    {"{'title':'x'}", "[{'op':'add','path':null,'value':{'title':'y'}}]",
	"{'title':'y'}"},
    {"{'title':'x'}", "[{'op':'ADD','path':'','value':{'title':'y'}}]",
	"{'title':'y'}"},
};

TEST(changes_do_what_they_say)
{
	begin();
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		json_t *j = json(changes[i].from), *w = json(changes[i].want);

		if (scim_apply(j, changes[i].operations, &why) != ERR_OK)
			fail_msg("%s: %s", changes[i].operations, why.text);
		if (!json_equal(j, w))
			fail_msg("%s\n%s became\n%s", changes[i].operations,
			    changes[i].from, json_dumps(j, JSON_COMPACT));
		json_decref(j);
		json_decref(w);
	}
	arena_free(arena);
}

TEST(changes_that_are_none_are_blamed)
{
	static const struct {
		const char *operations, *field;
	} bad[] = {{"[]", ""}, {"{}", ""}, {"'x'", ""}, {"[7]", "op"},
	    {"[null]", "op"}, {"[{}]", "op"}, {"[{'op':7}]", "op"},
	    {"[{'op':'move','path':'a','value':1}]", "op"},
	    {"[{'op':'add','path':7,'value':1}]", "path"},
	    {"[{'op':'add','path':'9','value':1}]", "path"},
	    {"[{'op':'add','path':'title'}]", "value"},
	    {"[{'op':'add','path':'title'},{'op':'x'}]", "value"},
	    {"[{'op':'add','value':7}]", "value"}, {"[{'op':'add'}]", "value"},
	    {"[{'op':'remove'}]", "target"},
	    {"[{'op':'add','value':{'a b':1}}]", "path"},
	    {"[{'op':'replace','path':'id','value':'2'}]", "mutability"},
	    {"[{'op':'remove','path':'meta.created'}]", "mutability"},
	    {"[{'op':'add','path':'groups','value':[]}]", "mutability"},
	    {"[{'op':'add','path':'urn:x:2.0:User','value':7}]", "value"},
	    {"[{'op':'add','path':'emails[type ne \\'x\\']','value':{}}]",
		"target"},
	    {"[{'op':'add','path':'emails[n eq 7]','value':{}}]", "target"},
	    {"[{'op':'add','path':'emails[n eq null]','value':{}}]", "target"},
	    {"[{'op':'add','path':'emails[a.b eq \\'x\\']','value':{}}]",
		"target"},
	    {"[{'op':'add','path':'emails[urn:x:y eq \\'x\\']','value':{}}]",
		"target"},
	    {"[{'op':'add','path':'emails[a pr or b pr]','value':{}}]",
		"target"}};

	begin();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		json_t *j = json("{'id':'1'}");

		why = (struct why){0};
		if (scim_apply(j, bad[i].operations, &why) != ERR_BAD_INPUT)
			fail_msg("taken: %s", bad[i].operations);
		assert_string_equal(why.field, bad[i].field);
		json_decref(j);
	}
	arena_free(arena);
}

/* --- scarce memory --- */

static size_t row;
static long scarce_in; /* from patch_apply() on */

static enum err
changed(void)
{
	json_t *j = json(changes[row].from),
	       *all = json(changes[row].operations),
	       *request = json_pack("{sO}", "Operations", all),
	       *want = json(changes[row].want);
	enum err e;

	json_begin();
	starve_in = scarce_in;
	e = patch_apply(j, request, arena, &why);
	starve_in = 0;
	if (e == ERR_OK && !json_equal(j, want))
		fail_msg("%s\n%s became\n%s", changes[row].operations,
		    changes[row].from, json_dumps(j, JSON_COMPACT));
	json_decref(j);
	json_decref(all);
	json_decref(request);
	json_decref(want);
	return e;
}

TEST(changes_are_whole_or_not_at_all_while_memory_is_scarce)
{
	int told = 0;

	begin();
	for (row = 0; row < sizeof(changes) / sizeof(*changes); row++)
		for (long n = 1;; n++) {
			enum err e;

			starved = false;
			scarce_in = n;
			e = changed();
			if (!starved) {
				assert_ok(e);
				break;
			}
			if (e != ERR_OK)
				assert_err(e, ERR_NO_MEMORY);
			told += e != ERR_OK;
			arena_reset(arena);
		}
	assert_true(!starve_in_front() || told > 100);
	arena_free(arena);
}

TEST(bodies_and_filters_are_not_wrong_for_want_of_memory)
{
	static const char body[] = "{\"a\":[\"b\",{\"c\":1.5}]}";
	static const char text[] =
	    "emails[type eq \"work\"].value co \"a\" and not (b pr)";
	int told = 0;

	begin();
	for (long n = 1;; n++) {
		struct filter *f = NULL;
		enum err e;
		json_t *j;

		why = (struct why){0};
		starved = false;
		starve_in = n;
		j = api_parse(body, sizeof(body) - 1, 10, &why);
		if (j == NULL)
			assert_true(json_lacked() && why.text[0] == '\0');
		told += j == NULL;
		json_decref(j);
		json_begin();
		e = filter_parse(text, arena, &f, &why);
		starve_in = 0;
		if (!starved)
			break;
		if (e != ERR_OK)
			assert_err(e, ERR_NO_MEMORY);
		told += e != ERR_OK;
		arena_reset(arena);
	}
	assert_true(!starve_in_front() || told > 10);
	for (size_t room = 0;; room += 16) { /* of the request */
		OWN(arena) struct arena *a = arena_new(room);
		struct filter *f;
		enum err e = filter_parse(text, a, &f, &why);

		if (e == ERR_OK)
			break;
		assert_err(e, ERR_NO_MEMORY);
		assert_null(f);
	}
	arena_free(arena);
}
