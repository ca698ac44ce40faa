#include "tests/unit/scim_json.h"

#include "core/base/buf.h"
#include "portal/scim/patch.h"
#include "portal/scim/user.h"

static struct why why;

static void
becomes(const char *from, const char *operations, const char *want)
{
	json_t *j = json(from), *w = json(want);

	if (scim_apply(j, operations, &why) != ERR_OK)
		fail_msg("%s: %s", operations, why.text);
	if (!json_equal(j, w))
		fail_msg("%s\n%s became\n%s", operations, from,
		    json_dumps(j, JSON_COMPACT));
	json_decref(j);
	json_decref(w);
}

static void
refused(const char *operations, const char *field)
{
	json_t *j = json("{'id':'1','emails':[{'type':'work'}]}");

	why = (struct why){0};
	if (scim_apply(j, operations, &why) != ERR_BAD_INPUT)
		fail_msg("taken: %s", operations);
	assert_string_equal(why.field, field);
	json_decref(j);
}

static void
begin(void)
{
	arena = arena_new(16 << 20);
	assert_non_null(arena);
}

/* The shapes that Entra ID documents. */
TEST(patch_of_a_user_as_entra_sends_it)
{
	begin();
	becomes("{'active':true}",
	    "[{'op':'Replace','path':'active','value':'False'}]",
	    "{'active':'False'}");
	becomes("{'emails':[{'type':'work','value':'a','primary':true}]}",
	    "[{'op':'Replace','path':'emails[type eq \\'work\\'].value',"
	    "'value':'b'}]",
	    "{'emails':[{'type':'work','value':'b','primary':true}]}");
	becomes("{}",
	    "[{'op':'Add','path':'emails[type eq \\'work\\'].value',"
	    "'value':'b'}]",
	    "{'emails':[{'type':'work','value':'b'}]}");
	becomes("{'name':{'givenName':'A','familyName':'B'}}",
	    "[{'op':'Replace','path':'name.familyName','value':'C'},"
	    "{'op':'Add','path':'nickName','value':'Babs'}]",
	    "{'name':{'givenName':'A','familyName':'C'},'nickName':'Babs'}");
	becomes("{'displayName':'x','name':{'givenName':'A'}}",
	    "[{'op':'replace','value':{'displayName':'y','name.givenName':'B',"
	    "'name.familyName':'C','" ATTR_ENTERPRISE ":employeeNumber':'7'}}]",
	    "{'displayName':'y','name':{'givenName':'B','familyName':'C'},"
	    "'" ATTR_ENTERPRISE "':{'employeeNumber':'7'}}");
	becomes("{'phoneNumbers':[{'type':'work','value':'1'},{'type':'fax',"
		"'value':'2'}]}",
	    "[{'op':'Remove','path':'phoneNumbers[type eq \\'fax\\'].value'},"
	    "{'op':'Remove','path':'title'}]",
	    "{'phoneNumbers':[{'type':'work','value':'1'},{'type':'fax'}]}");
	arena_free(arena);
}

TEST(patch_of_a_user_as_okta_sends_it)
{
	begin();
	becomes("{'id':'1','active':true}",
	    "[{'op':'replace','value':{'active':false}}]",
	    "{'id':'1','active':false}");
	becomes("{'id':'1'}",
	    "[{'op':'replace','value':{'password':'t1meMa$heen'}}]",
	    "{'id':'1'}");
	arena_free(arena);
}

TEST(patch_of_members_in_every_form)
{
	static const char *const two =
	    "{'members':[{'value':'1'},{'value':'2'}]}";

	begin();
	becomes(two, "[{'op':'remove','path':'members[value eq \\'1\\']'}]",
	    "{'members':[{'value':'2'}]}");
	becomes(two,
	    "[{'op':'Remove','path':'members','value':[{'$ref':null,"
	    "'value':'1'}]}]",
	    "{'members':[{'value':'2'}]}");
	becomes(two, "[{'op':'Remove','path':'members','value':{'value':'1'}}]",
	    "{'members':[{'value':'2'}]}");
	/* nobody is named: nobody goes */
	becomes(two, "[{'op':'Remove','path':'members','value':[]}]", two);
	becomes(two,
	    "[{'op':'Add','path':'members','value':[{'$ref':null,'value':'3'},"
	    "{'value':'2','display':'twice'}]}]",
	    "{'members':[{'value':'1'},{'value':'2'},{'$ref':null,"
	    "'value':'3'}]}");
	becomes(two,
	    "[{'op':'add','path':'members[value eq \\'9\\']'},"
	    "{'op':'remove','path':'members[value eq \\'2\\']'}]",
	    "{'members':[{'value':'1'},{'value':'9'}]}");
	becomes(two, "[{'op':'add','value':{'members':[{'value':'4'}]}}]",
	    "{'members':[{'value':'1'},{'value':'2'},{'value':'4'}]}");
	becomes(two,
	    "[{'op':'replace','path':'members','value':[{'value':'7'},"
	    "{'value':'7'}]}]",
	    "{'members':[{'value':'7'}]}");
	becomes(two, "[{'op':'remove','path':'members'}]", "{}");
	becomes(two,
	    "[{'op':'replace','value':{'id':'other','displayName':'new'}}]",
	    "{'displayName':'new','members':[{'value':'1'},{'value':'2'}]}");
	becomes("{}", "[{'op':'Add','path':'members','value':'5'}]",
	    "{'members':[{'value':'5'}]}");
	arena_free(arena);
}

TEST(patch_of_what_has_parts)
{
	static const char *const name =
	    "{'name':{'givenName':'A','familyName':'B'}}";
	static const char *const two =
	    "{'emails':[{'value':'a'},{'value':'b'},'c']}";

	begin();
	/* what is not named stays; null goes */
	becomes(name,
	    "[{'op':'replace','path':'name','value':{'familyName':'C',"
	    "'givenName':null,'nickName':null}}]",
	    "{'name':{'familyName':'C'}}");
	becomes("{}", "[{'op':'add','path':'name.familyName','value':'C'}]",
	    "{'name':{'familyName':'C'}}");
	becomes("{}", "[{'op':'remove','path':'name.familyName'}]", "{}");
	becomes(name, "[{'op':'remove','path':'NAME.GIVENNAME'}]",
	    "{'name':{'familyName':'B'}}");
	becomes("{}", "[{'op':'add','path':'emails.type','value':'work'}]",
	    "{'emails':[{'type':'work'}]}");
	becomes(two, "[{'op':'add','path':'emails.type','value':'work'}]",
	    "{'emails':[{'value':'a','type':'work'},{'value':'b','type':'work'}"
	    ",'c']}");
	refused("[{'op':'add','path':'name.familyName'}]", "value");
	arena_free(arena);
}

TEST(patch_of_elements_that_a_filter_finds)
{
	static const char *const two =
	    "{'emails':[{'type':'work','value':'a'},{'type':'home'},'c']}";

	begin();
	becomes(two,
	    "[{'op':'replace','path':'emails[type eq \\'work\\']','value':"
	    "{'value':'b','display':'B','primary':null}}]",
	    "{'emails':[{'type':'work','value':'b','display':'B'},"
	    "{'type':'home'},'c']}");
	becomes(two,
	    "[{'op':'replace','path':'emails[type eq \\'home\\']',"
	    "'value':'h'}]",
	    "{'emails':[{'type':'work','value':'a'},{'type':'home','value':'h'}"
	    ",'c']}");
	becomes(two,
	    "[{'op':'remove','path':'emails[type eq \\'other\\'].value'}]",
	    two);
	/* what is not there is made as the filter wants it, if it can be */
	becomes("{}",
	    "[{'op':'add','path':'emails[type eq \\'work\\' and primary eq "
	    "true]','value':{'value':'b'}}]",
	    "{'emails':[{'type':'work','primary':true,'value':'b'}]}");
	refused("[{'op':'add','path':'emails[type eq \\'x\\' and display eq "
		"null]','value':{'value':'b'}}]",
	    "target");
	refused(
	    "[{'op':'add','path':'emails[type eq \\'x\\'].value'}]", "value");
	arena_free(arena);
}

TEST(patch_of_an_extension)
{
	static const char *const seven =
	    "{'" ATTR_ENTERPRISE "':{'employeeNumber':'7','division':'D'}}";

	begin();
	becomes("{}",
	    "[{'op':'remove','path':'" ATTR_ENTERPRISE ":employeeNumber'}]",
	    "{}");
	becomes("{}",
	    "[{'op':'add','path':'" ATTR_ENTERPRISE
	    ":employeeNumber','value':'7'},{'op':'add','value':{"
	    "'" ATTR_ENTERPRISE ":division':'D'}}]",
	    seven);
	becomes(seven,
	    "[{'op':'remove','path':'" ATTR_ENTERPRISE ":employeeNumber'}]",
	    "{'" ATTR_ENTERPRISE "':{'division':'D'}}");
	becomes(seven,
	    "[{'op':'replace','path':'" ATTR_ENTERPRISE
	    "','value':{'division':'E'}}]",
	    "{'" ATTR_ENTERPRISE "':{'employeeNumber':'7','division':'E'}}");
	becomes(seven, "[{'op':'remove','path':'" ATTR_ENTERPRISE "'}]", "{}");
	refused("[{'op':'add','value':{'a[b':1}}]", "path");
	arena_free(arena);
}

/* W-32 */
TEST(patch_tricks_are_refused_by_name)
{
	begin();
	refused("[]", "");
	refused("[7]", "op");
	refused("[{'op':'move','path':'a','value':1}]", "op");
	refused("[{'op':'add','path':'a'}]", "value");
	refused("[{'op':'add','value':'x'}]", "value");
	refused("[{'op':'remove'}]", "target");
	refused("[{'op':'replace','path':7,'value':1}]", "path");
	refused("[{'op':'replace','path':'a[b','value':1}]", "path");
	refused("[{'op':'replace','path':'/active','value':1}]", "path");
	refused("[{'op':'replace','path':'id','value':'2'}]", "mutability");
	refused("[{'op':'replace','path':'meta.version','value':'2'}]",
	    "mutability");
	refused("[{'op':'replace','path':'emails[value co \\'x\\'].type',"
		"'value':'2'}]",
	    "target");
	refused("[{'op':'replace','path':'" ATTR_ENTERPRISE "','value':'2'}]",
	    "value");
	arena_free(arena);
}

/* N operations. */
static enum err
operations(json_t *j, int n)
{
	OWN(buf) struct buf many = BUF(1 << 20);

	buf_text(&many, "[");
	for (int i = 0; i < n; i++)
		buf_printf(&many,
		    "%s{'op':'add','path':'nickName','value':'a'}",
		    i ? "," : "");
	buf_text(&many, "]");
	return scim_apply(j, buf_str(&many), &why);
}

TEST(patch_does_not_grow_without_end)
{
	OWN(buf) struct buf big = BUF(1 << 20);
	json_t *j = json_pack("{s[]}", "members");

	begin();
	assert_ok(operations(j, PATCH_MAX - 1));
	assert_ok(operations(j, PATCH_MAX));
	assert_err(operations(j, PATCH_MAX + 1), ERR_TOO_BIG);
	for (int i = 0; i < 20000; i++)
		(void)json_array_append_new(json_object_get(j, "members"),
		    json_pack("{si}", "value", i));
	buf_text(&big, "[{'op':'add','path':'members[value pr].x','value':'");
	for (int i = 0; i < 5000; i++)
		buf_text(&big, "abcdefgh");
	buf_text(&big, "'}]");
	assert_int_equal(scim_apply(j, buf_str(&big), &why), ERR_TOO_BIG);
	json_decref(j);
	arena_free(arena);
}

/* --- users and groups ------------------------------------------------------
 */

static enum err
read_user(const char *text, struct scim_user *u)
{
	json_t *j = json(text);
	enum err e = user_read(j, arena, u, &why);

	json_decref(j);
	return e;
}

TEST(a_user_is_read_as_directories_write_it)
{
	struct scim_user u = {.active = true};

	begin();
	assert_ok(read_user(
	    "{'schemas':['" ATTR_USER "'],'userName':'ada@example.org',"
	    "'externalId':'00ujl29u0le5T6Aj10h7','active':'False',"
	    "'password':'1mz050nq','name':{'givenName':'Ada',"
	    "'familyName':'Byron'},'locale':'en-US','emails':[{'type':'home',"
	    "'value':'a@home.example'},{'primary':'True','type':'other',"
	    "'value':'ada@example.org'}],'groups':[],'title':'Countess'}",
	    &u));
	assert_string_equal(u.user_name, "ada@example.org");
	assert_string_equal(u.external, "00ujl29u0le5T6Aj10h7");
	assert_string_equal(u.name, "Ada Byron");
	assert_string_equal(u.mail, "ada@example.org");
	assert_string_equal(u.language, "en-US");
	assert_false(u.active);
	assert_null(strstr(u.attributes, "1mz050nq"));
	assert_non_null(strstr(u.attributes, "Countess"));
	/* what is not said stays as it is */
	assert_ok(read_user("{'userName':'ada'}", &u));
	assert_false(u.active);
	assert_string_equal(u.external, "");
	arena_free(arena);
}

TEST(a_user_that_cannot_be_is_refused_by_name)
{
	static const char *const bad[][2] = {{"{'userName':7}", "userName"},
	    {"{'userName':'a\\u0007'}", "userName"},
	    {"{'userName':'a','externalId':4711}", "externalId"},
	    {"{'userName':'a','active':'maybe'}", "active"},
	    {"{'userName':'a','active':1}", "active"},
	    {"{'userName':'a','USERNAME':'b'}", "USERNAME"}};
	struct scim_user u = {.active = true};
	struct scim_group g = {0};
	struct uid *all;
	json_t *j;
	size_t n;

	begin();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(read_user(bad[i][0], &u), ERR_BAD_INPUT);
		assert_string_equal(why.field, bad[i][1]);
	}
	j = json("{'displayName':'g','members':[{'value':'../1'}]}");
	assert_int_equal(
	    group_read(j, arena, &g, &all, &n, &why), ERR_BAD_INPUT);
	assert_string_equal(why.field, "members");
	json_decref(j);
	arena_free(arena);
}
