/* What this directory interface can do (RFC 7643 5 to 8, RFC 7644 4). */
#include <string.h>
#include <strings.h>

#include "portal/scim/patch.h"
#include "portal/scim/scim.h"
#include "portal/web/route.h"

enum {
	MANY = 1,  /* several values */
	MUST = 2,  /* has to be given */
	EXACT = 4, /* case counts */
	READ = 8,  /* set by the server */
	UNIQUE = 16,
	NEVER = 32, /* taken, and neither kept nor shown */
};

struct row {
	const char *schema, *parent, *name, *type;
	int flags;
	const char *words;
};

#define U ATTR_USER
#define G ATTR_GROUP
#define E ATTR_ENTERPRISE

static const struct row rows[] = {
    {U, "", "userName", "string", MUST | UNIQUE,
	"What the directory calls the person; unique whatever its case."},
    {U, "", "externalId", "string", EXACT | UNIQUE,
	"The directory's identifier: who signs in with this subject."},
    {U, "", "active", "boolean", 0,
	"False: every Wi-Fi password stops at once."},
    {U, "", "displayName", "string", 0, "What people read."},
    {U, "", "name", "complex", 0, "The parts of the name."},
    {U, "name", "formatted", "string", 0, "All of it."},
    {U, "name", "givenName", "string", 0, "The given name."},
    {U, "name", "familyName", "string", 0, "The family name."},
    {U, "", "emails", "complex", MANY,
	"Mail addresses; the primary one is written to."},
    {U, "emails", "value", "string", 0, "The address."},
    {U, "emails", "type", "string", 0, "work, home or other."},
    {U, "emails", "primary", "boolean", 0, "The one to write to."},
    {U, "", "preferredLanguage", "string", 0,
	"The language of pages and mails."},
    {U, "", "locale", "string", 0, "The same, where no language is preferred."},
    {U, "", "title", "string", 0, "Kept as it comes."},
    {U, "", "userType", "string", 0, "Kept as it comes."},
    {U, "", "password", "string", NEVER, "Neither used nor kept."},
    {U, "", "groups", "complex", MANY | READ, "The groups the person is in."},
    {U, "groups", "value", "string", EXACT | READ, "The group's id."},
    {U, "groups", "display", "string", READ, "The group's name."},
    {G, "", "displayName", "string", MUST | UNIQUE,
	"The group as rules name it."},
    {G, "", "externalId", "string", EXACT | UNIQUE,
	"The directory's identifier; rules may name it, too."},
    {G, "", "members", "complex", MANY,
	"Who is in it: passwords follow at once."},
    {G, "members", "value", "string", EXACT, "The user's id."},
    {G, "members", "display", "string", READ, "The user's userName."},
    {E, "", "employeeNumber", "string", 0, "Kept as it comes."},
    {E, "", "department", "string", 0, "Kept as it comes."},
    {E, "", "organization", "string", 0, "Kept as it comes."},
};

static json_t *
attribute(const struct row *r)
{
	int f = r->flags;

	return json_pack("{ss ss sb ss sb sb ss ss ss}", "name", r->name,
	    "type", r->type, "multiValued", f & MANY, "description", r->words,
	    "required", f & MUST, "caseExact", f & EXACT, "mutability",
	    f & READ    ? "readOnly"
	    : f & NEVER ? "writeOnly"
			: "readWrite",
	    "returned", f & NEVER ? "never" : "default", "uniqueness",
	    f & UNIQUE ? "server" : "none");
}

static json_t *
attributes(const char *schema, const char *parent)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];

		if (strcmp(r->schema, schema) != 0 ||
		    strcmp(r->parent, parent) != 0)
			continue;
		one = attribute(r);
		if (strcmp(r->type, "complex") == 0)
			(void)json_object_set_new(
			    one, "subAttributes", attributes(schema, r->name));
		(void)json_array_append_new(list, one);
	}
	return list;
}

struct about {
	const char *id, *name, *words;
	json_t *(*make)(const struct scim *s, const struct about *a);
};

static json_t *
meta(const struct scim *s, const char *type, const char *path, const char *id)
{
	return json_pack("{ss so}", "resourceType", type, "location",
	    id ? scim_where(s, path, id)
	       : json_sprintf("%s" SCIM_PATH "/%s", s->p->app->origin, path));
}

static json_t *
schema(const struct scim *s, const struct about *a)
{
	return json_pack("{s[s] ss ss ss so so}", "schemas",
	    "urn:ietf:params:scim:schemas:core:2.0:Schema", "id", a->id, "name",
	    a->name, "description", a->words, "attributes",
	    attributes(a->id, ""), "meta", meta(s, "Schema", "Schemas", a->id));
}

static json_t *
type(const struct scim *s, const struct about *a)
{
	bool user = strcmp(a->id, "User") == 0;
	json_t *j = json_pack("{s[s] ss ss ss ss ss so}", "schemas",
	    "urn:ietf:params:scim:schemas:core:2.0:ResourceType", "id", a->id,
	    "name", a->name, "description", a->words, "endpoint",
	    user ? "/Users" : "/Groups", "schema",
	    user ? ATTR_USER : ATTR_GROUP, "meta",
	    meta(s, "ResourceType", "ResourceTypes", a->id));

	if (user)
		(void)json_object_set_new(j, "schemaExtensions",
		    json_pack(
			"[{ss sb}]", "schema", ATTR_ENTERPRISE, "required", 0));
	return j;
}

static const struct about schemas[] = {{ATTR_USER, "User", "A person", schema},
    {ATTR_GROUP, "Group", "People who belong together", schema},
    {ATTR_ENTERPRISE, "EnterpriseUser", "What employers say of a person",
	schema},
    {0}};
static const struct about types[] = {{"User", "User", "People", type},
    {"Group", "Group", "Groups of people", type}, {0}};

static enum err
all(struct scim *s, const struct about *table)
{
	json_t *list = json_array();

	/* RFC 7644 4: a filter is refused, so that nobody trusts it */
	if (s->filter) {
		json_decref(list);
		return ERR_FORBIDDEN;
	}
	for (; table->id; table++)
		(void)json_array_append_new(list, table->make(s, table));
	return scim_send(s, 200,
	    json_pack("{s[s] si si si so}", "schemas",
		"urn:ietf:params:scim:api:messages:2.0:ListResponse",
		"totalResults", (int)json_array_size(list), "startIndex", 1,
		"itemsPerPage", (int)json_array_size(list), "Resources", list));
}

static enum err
one(struct scim *s, const struct about *table)
{
	for (; table->id; table++)
		if (strcasecmp(table->id, s->p->rq->args[0]) == 0)
			return scim_send(s, 200, table->make(s, table));
	return ERR_NOT_FOUND;
}

static json_t *
has(bool is)
{
	return json_pack("{sb}", "supported", (int)is);
}

static enum err
config(struct scim *s)
{
	json_t *j =
	    json_pack("{s[s] so s{sb si si} s{sb si} so so so}", "schemas",
		"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
		"patch", has(true), "bulk", "supported", 0, "maxOperations", 0,
		"maxPayloadSize", 0, "filter", "supported", 1, "maxResults",
		SCIM_LIST_MAX, "changePassword", has(false), "sort", has(false),
		"etag", has(true));

	(void)json_object_set_new(j, "authenticationSchemes",
	    json_pack("[{ss ss ss sb}]", "type", "oauthbearertoken", "name",
		"Bearer token", "description",
		"A token with the scope scim (RFC 6750).", "primary", 1));
	(void)json_object_set_new(j, "meta",
	    meta(s, "ServiceProviderConfig", "ServiceProviderConfig", NULL));
	return scim_send(s, 200, j);
}

static enum err
every_schema(struct scim *s)
{
	return all(s, schemas);
}

static enum err
one_schema(struct scim *s)
{
	return one(s, schemas);
}

static enum err
every_type(struct scim *s)
{
	return all(s, types);
}

static enum err
one_type(struct scim *s)
{
	return one(s, types);
}

enum err
scim_config(struct page *p)
{
	return scim_run(p, config);
}

enum err
scim_schemas(struct page *p)
{
	return scim_run(p, every_schema);
}

enum err
scim_schema(struct page *p)
{
	return scim_run(p, one_schema);
}

enum err
scim_types(struct page *p)
{
	return scim_run(p, every_type);
}

enum err
scim_type(struct page *p)
{
	return scim_run(p, one_type);
}

/* RFC 7644 3.7, 3.11: what is not offered is 501. */
enum err
scim_not_here(struct page *p)
{
	(void)p;
	return ERR_UNSUPPORTED;
}
