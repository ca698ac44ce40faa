#include "tests/unit/scim_json.h"

#include "portal/scim/view.h"

static const char ada[] =
    "{'schemas':['" ATTR_USER "'],'id':'1','userName':'ada','active':true,"
    "'name':{'givenName':'Ada','familyName':'Byron'},"
    "'emails':[{'value':'a','type':'work'},{'value':'b','primary':true}],"
    "'" ATTR_ENTERPRISE "':{'employeeNumber':'7','manager':{'value':'9',"
    "'displayName':'Eve'}}}";

/* Ada, when ONLY or BUT is asked for, is WANT. */
static void
is_seen(const char *only, const char *but, const char *want)
{
	const struct view_want w = {.only = only, .but = but};
	json_t *j = view_cut(&w, json(ada), arena), *like = json(want);

	if (!json_equal(j, like))
		fail_msg("%s / %s: %s", only, but, json_dumps(j, JSON_COMPACT));
	json_decref(j);
	json_decref(like);
}

#define ALWAYS "{'schemas':['" ATTR_USER "'],'id':'1'"

TEST(only_what_was_asked_for_is_shown)
{
	arena = arena_new(1 << 20);
	is_seen(NULL, NULL, ada);
	is_seen("", "", ada);
	is_seen("USERNAME", NULL, ALWAYS ",'userName':'ada'}");
	is_seen(" nickName,, id ", NULL, ALWAYS "}");
	is_seen("active,name.familyname", NULL,
	    ALWAYS ",'active':true,'name':{'familyName':'Byron'}}");
	is_seen("name.givenName, name.familyName", NULL,
	    ALWAYS ",'name':{'givenName':'Ada','familyName':'Byron'}}");
	/* of an attribute with several values: of each */
	is_seen("emails.value", NULL,
	    ALWAYS ",'emails':[{'value':'a'},{'value':'b'}]}");
	is_seen("emails.value,emails.type", NULL,
	    ALWAYS ",'emails':[{'value':'a','type':'work'},{'value':'b'}]}");
	/* a part of what has none is the whole */
	is_seen("userName.x", NULL, ALWAYS ",'userName':'ada'}");
	arena_free(arena);
}

TEST(parts_of_an_extension_are_shown_below_its_urn)
{
	arena = arena_new(1 << 20);
	is_seen(ATTR_ENTERPRISE, NULL,
	    ALWAYS ",'" ATTR_ENTERPRISE
		   "':{'employeeNumber':'7','manager':{'value':'9',"
		   "'displayName':'Eve'}}}");
	is_seen(ATTR_ENTERPRISE ":employeeNumber," ATTR_ENTERPRISE
				":manager.value",
	    NULL,
	    ALWAYS ",'" ATTR_ENTERPRISE
		   "':{'employeeNumber':'7','manager':{'value':'9'}}}");
	is_seen("urn:example:other:1.0:X:cost", NULL, ALWAYS "}");
	arena_free(arena);
}

TEST(what_was_not_wanted_is_not_shown)
{
	const struct view_want groups = {.but = "members, groups.value"};
	const struct view_want name = {.only = "name.givenName"};

	arena = arena_new(1 << 20);
	is_seen(NULL, "id,schemas,emails,name,active,nickName,name.x",
	    ALWAYS ",'userName':'ada','" ATTR_ENTERPRISE
		   "':{'employeeNumber':'7','manager':{'value':'9',"
		   "'displayName':'Eve'}}}");
	is_seen(NULL,
	    "emails.type,name.GIVENNAME,userName,active," ATTR_ENTERPRISE
	    ":employeeNumber," ATTR_ENTERPRISE ":manager.displayName",
	    ALWAYS ",'name':{'familyName':'Byron'},'emails':[{'value':'a'},"
		   "{'value':'b','primary':true}],'" ATTR_ENTERPRISE
		   "':{'manager':{'value':'9'}}}");
	is_seen(
	    NULL, "emails,name,active,userName," ATTR_ENTERPRISE, ALWAYS "}");
	assert_false(view_wants(&groups, "members"));
	assert_false(view_wants(&groups, "groups"));
	assert_true(view_wants(&groups, "member"));
	assert_true(view_wants(&name, "NAME"));
	assert_false(view_wants(&name, "groups"));
	arena_free(arena);
}
