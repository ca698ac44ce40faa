#include "portal/web/problem.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
scim(const struct page *p)
{
	return strncmp(p->rq->path, "/scim/", 6) == 0;
}

bool
problem_wanted(const struct page *p)
{
	return strncmp(p->rq->path, "/api/", 5) == 0 || scim(p);
}

/* RFC 7644 table 9 */
static const char *
scim_type(const char *code, const char *field)
{
	static const char *const by[][2] = {{"filter", "invalidFilter"},
	    {"path", "invalidPath"}, {"target", "noTarget"},
	    {"many", "tooMany"}, {"mutability", "mutability"},
	    {"op", "invalidSyntax"}, {"", "invalidSyntax"}};

	for (size_t i = 0; i < sizeof(by) / sizeof(*by); i++)
		if (strcmp(field, by[i][0]) == 0 &&
		    strcmp(code, "BAD_INPUT") == 0)
			return by[i][1];
	if (strcmp(code, "EXISTS") == 0)
		return "uniqueness";
	if (strcmp(code, "NOT_FOUND") == 0)
		return NULL;
	return "invalidValue";
}

static json_t *
scim_error(struct page *p, int status, const char *words, const char *code)
{
	const char *type = scim_type(code, p->call.why.field);
	char number[8];
	json_t *j;

	(void)snprintf(number, sizeof(number), "%d", status);
	j = json_pack("{s[s]ss ss}", "schemas",
	    "urn:ietf:params:scim:api:messages:2.0:Error", "detail",
	    p->call.why.text[0] ? p->call.why.text : words, "status", number);
	if (j && type && (status == 400 || status == 409))
		(void)json_object_set_new(j, "scimType", json_string(type));
	return j;
}

static json_t *
problem(struct page *p, int status, const char *words, const char *code,
    const char *incident)
{
	char word[32] = "";
	json_t *j;

	for (size_t i = 0; code[i] && i + 1 < sizeof(word); i++)
		word[i] = (char)tolower((unsigned char)code[i]);
	j = json_pack("{ss ss si ss ss}", "type", "about:blank", "title", words,
	    "status", status, "code", word, "incident", incident);

	if (j && p->call.why.text[0])
		(void)json_object_set_new(
		    j, "detail", json_string(p->call.why.text));
	if (j && p->call.why.field[0])
		(void)json_object_set_new(
		    j, "field", json_string(p->call.why.field));
	return j;
}

void
problem_write(struct page *p, int status, const char *words, const char *code,
    const char *incident)
{
	json_t *j = scim(p) ? scim_error(p, status, words, code)
			    : problem(p, status, words, code, incident);
	OWN(mem) char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	p->rp->status = status;
	reply_header(p->rp, "content-type",
	    scim(p) ? "application/scim+json" : "application/problem+json");
	buf_text(&p->rp->body, text ? text : "{}");
}
