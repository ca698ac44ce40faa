/* OpenAPI 3.1 out of the tables of calls and shapes. */
#include <stdlib.h>
#include <string.h>

#include "portal/api/api.h"
#include "portal/web/route.h"

static json_t *
ref(const char *where, const char *name)
{
	return json_pack("{ss+}", "$ref", where, name);
}

static json_t *
words(const char *all)
{
	json_t *list = json_array();

	while (*all) {
		size_t n = strcspn(all, "|");

		if (n > 0)
			(void)json_array_append_new(list, json_stringn(all, n));
		all += n + (all[n] == '|');
	}
	return list;
}

static json_t *
role_list(void)
{
	json_t *list = json_array();

	for (int r = ROLE_PERSON; r <= ROLE_ADMIN; r++)
		(void)json_array_append_new(
		    list, json_string(role_text((enum role)r)));
	return list;
}

static json_t *
member(const struct field *f)
{
	switch (f->kind) {
	case FIELD_TEXT:
		if (f->term != NULL)
			return json_pack("{ss so}", "type", "string", "enum",
			    words(f->term->all));
		return json_pack(
		    "{ss si}", "type", "string", "maxLength", (int)f->size - 1);
	case FIELD_INT:
	case FIELD_LONG:
		return json_pack("{ss}", "type", "integer");
	case FIELD_BOOL:
		return json_pack("{ss}", "type", "boolean");
	case FIELD_ID:
		return json_pack("{s[ss] ss}", "type", "string", "null",
		    "pattern", "^[0-9a-hjkmnp-tv-z]{26}$");
	case FIELD_TERM:
		return json_pack(
		    "{ss so}", "type", "string", "enum", words(f->term->all));
	case FIELD_TIME:
		return json_pack("{s[ss] ss}", "type", "string", "null",
		    "format", "date-time");
	case FIELD_MAC:
		return json_pack("{ss}", "type", "string");
	case FIELD_ROLES:
		return json_pack("{ss s{ss so}}", "type", "array", "items",
		    "type", "string", "enum", role_list());
	}
	return json_object();
}

/* What key answers say beside the noun's own members. */
static void
more(const struct shape *s, json_t *properties)
{
	if (strcmp(s->name, "key") == 0) {
		(void)json_object_set_new(properties, "standing",
		    json_pack("{ss s[sssss]}", "type", "string", "enum",
			"scheduled", "active", "suspended", "expired",
			"revoked"));
		(void)json_object_set_new(properties, "devices",
		    json_pack("{ss}", "type", "integer"));
		(void)json_object_set_new(
		    properties, "in_use", json_pack("{ss}", "type", "boolean"));
	}
	if (strcmp(s->name, "device") == 0 || strcmp(s->name, "visit") == 0)
		(void)json_object_set_new(properties, "person",
		    json_pack("{s[ss] ss}", "type", "string", "null",
			"description", "whose it is, in lists of all"));
	if (strcmp(s->name, "device") == 0) {
		(void)json_object_set_new(properties, "ap",
		    json_pack("{s[ss] ss}", "type", "string", "null",
			"description", "where it was last, in lists of all"));
		(void)json_object_set_new(properties, "on_air",
		    json_pack("{ss ss}", "type", "boolean", "description",
			"a visit of it is open, in lists of all"));
	}
	if (strcmp(s->name, "person") == 0)
		(void)json_object_set_new(properties, "manager",
		    json_pack("{ss ss}", "type", "boolean", "description",
			"among the members of a unit"));
}

/* INPUT: what may be sent; otherwise what comes back. */
static json_t *
schema(const struct shape *s, bool input)
{
	json_t *properties = json_object(), *required = json_array(), *m;

	for (const struct field *f = s->fields; f && f->name; f++) {
		if (input && !(f->flags & FIELD_SET))
			continue;
		m = member(f);
		(void)json_object_set_new(
		    m, "description", json_string(f->help));
		(void)json_object_set_new(properties, f->name, m);
		if (!input || (f->flags & FIELD_REQUIRED))
			(void)json_array_append_new(
			    required, json_string(f->name));
	}
	if (!input)
		more(s, properties);
	if (input && strcmp(s->name, "ap") == 0)
		(void)json_object_set_new(properties, "secret",
		    json_pack("{ss ss si}", "type", "string", "description",
			"the RADIUS shared secret; never sent back",
			"minLength", 16));
	return json_pack("{ss so so sb}", "type", "object", "properties",
	    properties, "required", required, "additionalProperties", 0);
}

/* Of a PATCH nothing is required. */
static json_t *
patch(const struct shape *s)
{
	json_t *j = schema(s, true);

	(void)json_object_del(j, "required");
	return j;
}

static json_t *
page_schema(const struct shape *s)
{
	return json_pack("{ss s{s{ss so} s{ss}} s[s]}", "type", "object",
	    "properties", "items", "type", "array", "items",
	    ref("#/components/schemas/", s->name), "total", "type", "integer",
	    "required", "items");
}

static json_t *
schemas(void)
{
	json_t *all = json_object();

	for (size_t i = 1; i < shapes_count; i++) {
		char name[64];

		(void)json_object_set_new(
		    all, shapes[i].name, schema(&shapes[i], false));
		(void)snprintf(name, sizeof(name), "%s_input", shapes[i].name);
		(void)json_object_set_new(all, name, schema(&shapes[i], true));
		(void)snprintf(name, sizeof(name), "%s_patch", shapes[i].name);
		(void)json_object_set_new(all, name, patch(&shapes[i]));
		(void)snprintf(name, sizeof(name), "%s_page", shapes[i].name);
		(void)json_object_set_new(all, name, page_schema(&shapes[i]));
	}
	(void)json_object_set_new(all, "problem",
	    json_pack("{ss s[sss] s{s{ss} s{ss} s{ss} s{ss} s{ss} s{ss} "
		      "s{ss}}}",
		"type", "object", "required", "title", "status", "code",
		"properties", "type", "type", "string", "title", "type",
		"string", "status", "type", "integer", "code", "type", "string",
		"detail", "type", "string", "field", "type", "string",
		"incident", "type", "string"));
	return all;
}

/* --- calls --- */

static const char *
verb(enum http_method m)
{
	return m == HTTP_GET     ? "get"
	       : m == HTTP_POST  ? "post"
	       : m == HTTP_PUT   ? "put"
	       : m == HTTP_PATCH ? "patch"
				 : "delete";
}

/* The second {id} of a path needs a name of its own. */
static void
path_of(const char *pattern, char *out, size_t size)
{
	const char *second = strstr(pattern, "{id}");

	second = second ? strstr(second + 4, "{id}") : NULL;
	if (second == NULL)
		(void)snprintf(out, size, "%s", pattern);
	else
		(void)snprintf(out, size, "%.*s{person}%s",
		    (int)(second - pattern), pattern, second + 4);
}

static json_t *
parameter(const char *name, const char *in, bool required, const char *type,
    const char *help)
{
	return json_pack("{ss ss sb ss s{ss}}", "name", name, "in", in,
	    "required", required, "description", help, "schema", "type", type);
}

/* What lists are narrowed by. */
static const struct {
	const char *pattern, *name, *type, *help;
} queries[] = {
    {"/api/v1/people", "search", "string", "part of name, mail or subject"},
    {"/api/v1/keys", "search", "string", "part of its name or its owner's"},
    {"/api/v1/keys", "network", "string", "of this network"},
    {"/api/v1/keys", "plan", "string", "on this plan"},
    {"/api/v1/keys", "person", "string", "of this person"},
    {"/api/v1/keys", "standing", "string",
	"scheduled, active, suspended, expired or revoked"},
    {"/api/v1/passes", "search", "string", "part of guest, room or mail"},
    {"/api/v1/vouchers", "search", "string", "part of guest, room or host"},
    {"/api/v1/vouchers", "state", "string", "asked, open, used or over"},
    {"/api/v1/devices", "search", "string",
	"an address, or part of a name of it, its password or its person"},
    {"/api/v1/devices", "which", "string", "on_air or blocked"},
    {"/api/v1/visits", "search", "string",
	"part of the name of a password or its person"},
    {"/api/v1/visits", "mac", "string", "of this device"},
    {"/api/v1/visits", "key", "string", "with this password"},
    {"/api/v1/visits", "person", "string", "of this person"},
    {"/api/v1/visits", "ap", "string", "at this access point"},
    {"/api/v1/visits", "from", "string", "heard of at this time or later"},
    {"/api/v1/visits", "until", "string", "begun before this time"},
    {"/api/v1/audit", "search", "string",
	"part of who did it, of what is told, or of the name of what it was "
	"done to; searched some thousand acts at a time, so that a page may be "
	"short, or empty, and have a next one"},
    {"/api/v1/audit", "from", "string", "at this time or later"},
    {"/api/v1/audit", "until", "string", "before this time"},
    {"/api/v1/audit", "act", "string", "of this kind"},
    {"/api/v1/audit", "what", "string", "about this one"},
    {"/api/v1/audit", "before", "integer", "behind the act of this number"},
};

static void
narrowed(const struct api_row *r, json_t *list)
{
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		if (r->method == HTTP_GET &&
		    strcmp(queries[i].pattern, r->pattern) == 0)
			(void)json_array_append_new(
			    list, parameter(queries[i].name, "query", false,
				      queries[i].type, queries[i].help));
}

static bool
is_page(const struct api_row *r)
{
	size_t n = strlen(r->result);

	return n > 5 && strcmp(r->result + n - 5, "_page") == 0;
}

static bool
versioned(const struct api_row *r)
{
	return strcmp(r->result, "none") != 0 &&
	       (r->method == HTTP_PUT || r->method == HTTP_PATCH);
}

static json_t *
parameters(const struct api_row *r)
{
	json_t *list = json_array();
	const char *first = strstr(r->pattern, "{id}");

	if (first)
		(void)json_array_append_new(
		    list, parameter("id", "path", true, "string", "which one"));
	if (strstr(r->pattern, "{own}"))
		(void)json_array_append_new(list,
		    parameter("own", "path", true, "string",
			"a number of your own: letters, digits and . _ ~ : @ + "
			"-, at most 64"));
	if (first && strstr(first + 4, "{id}"))
		(void)json_array_append_new(
		    list, parameter("person", "path", true, "string", "whom"));
	if (is_page(r)) {
		(void)json_array_append_new(
		    list, parameter("limit", "query", false, "integer",
			      "how many, 100 when not said"));
		(void)json_array_append_new(
		    list, parameter("offset", "query", false, "integer",
			      "how many to skip"));
	}
	narrowed(r, list);
	if (versioned(r) && strcmp(r->result, "plan") == 0)
		(void)json_array_append_new(
		    list, parameter("effect", "query", false, "string",
			      "now: whoever is on the air joins again"));
	if (versioned(r))
		(void)json_array_append_new(
		    list, parameter("If-Match", "header", true, "string",
			      "the ETag that was read"));
	if (r->method == HTTP_POST)
		(void)json_array_append_new(list,
		    parameter("Idempotency-Key", "header", false, "string",
			"the same one: done once, answered alike for a day"));
	return list;
}

static json_t *
content(const char *type, json_t *schema_)
{
	return json_pack("{s{s{so}}}", "content", type, "schema", schema_);
}

static json_t *
responses(const struct api_row *r)
{
	json_t *all = json_object(), *ok, *bad;
	char number[8];

	(void)snprintf(number, sizeof(number), "%d", r->status);
	ok = strcmp(r->result, "none") == 0
		 ? json_object()
		 : content("application/json",
		       ref("#/components/schemas/", r->result));
	if (r->status == 201)
		(void)json_object_set_new(ok, "headers",
		    json_pack("{s{ss s{ss}}}", "Location", "description",
			"where to read it, if it can be", "schema", "type",
			"string"));
	(void)json_object_set_new(ok, "description", json_string(r->summary));
	(void)json_object_set_new(all, number, ok);
	bad = content("application/problem+json",
	    ref("#/components/schemas/", "problem"));
	(void)json_object_set_new(
	    bad, "description", json_string("what is wrong, and where"));
	(void)json_object_set_new(all, "default", bad);
	return all;
}

static json_t *
scopes(int guards)
{
	json_t *list = json_array();

	for (int s = 0; s <= SCOPE_SCIM; s++)
		if (guards & ROUTE_SCOPE(s))
			(void)json_array_append_new(
			    list, json_string(scope_text((enum scope)s)));
	return list;
}

/* `post_keys_id_revoke`: what client generators name a call. */
static json_t *
operation_id(const struct api_row *r)
{
	OWN(buf) struct buf b = BUF(200);

	buf_text(&b, verb(r->method));
	for (const char *p = r->pattern + strlen("/api/v1"); *p; p++)
		if (*p == '/' || *p == '-')
			buf_char(&b, '_');
		else if (*p != '{' && *p != '}')
			buf_char(&b, *p);
	return json_string(buf_str(&b));
}

static json_t *
operation(const struct api_row *r)
{
	json_t *op = json_pack("{so ss so so s[{s[]}] so}", "operationId",
	    operation_id(r), "summary", r->summary, "parameters", parameters(r),
	    "responses", responses(r), "security", "token", "x-scopes",
	    scopes(r->scopes));
	char name[64];

	if (strcmp(r->body, "none") == 0)
		return op;
	(void)snprintf(name, sizeof(name), "%s_%s", r->body,
	    r->method == HTTP_PATCH ? "patch" : "input");
	(void)json_object_set_new(op, "requestBody",
	    content("application/json", ref("#/components/schemas/", name)));
	return op;
}

static json_t *
paths(void)
{
	json_t *all = json_object(), *one;
	char path[128];

	for (size_t i = 0; i < api_rows_count; i++) {
		path_of(api_rows[i].pattern, path, sizeof(path));
		if ((one = json_object_get(all, path)) == NULL) {
			(void)json_object_set_new(all, path, json_object());
			one = json_object_get(all, path);
		}
		(void)json_object_set_new(
		    one, verb(api_rows[i].method), operation(&api_rows[i]));
	}
	return all;
}

enum err
api_describe(struct page *p)
{
	OWN(json)
	json_t *all = json_pack("{ss s{ss ss} s[{ss}] so s{so s{s{ss ss}}}}",
	    "openapi", "3.1.0", "info", "title", "Latchkey", "version",
	    LATCHKEY_VERSION, "servers", "url",
	    p->app->origin[0] ? p->app->origin : "/", "paths", paths(),
	    "components", "schemas", schemas(), "securitySchemes", "token",
	    "type", "http", "scheme", "bearer");
	OWN(mem) char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;

	if (text == NULL)
		return ERR_NO_MEMORY;
	p->rp->status = 200;
	reply_header(p->rp, "content-type", "application/json");
	buf_text(&p->rp->body, text);
	return p->rp->body.err;
}
