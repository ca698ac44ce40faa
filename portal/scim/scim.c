/* What is the same for every call: body, query, answer. */
#include "portal/scim/scim.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/service/json.h"
#include "portal/api/api.h"

static enum err
read_body(struct scim *s)
{
	const struct request *rq = s->p->rq;

	if (rq->method == HTTP_GET || rq->method == HTTP_HEAD ||
	    rq->method == HTTP_DELETE)
		return ERR_OK;
	/* RFC 7644 3.1; plain JSON is taken, too */
	if (!request_is_of(rq, "application/scim+json", "application/json"))
		return ERR_BAD_TYPE;
	if (rq->body_len > SCIM_BODY_MAX)
		return ERR_TOO_BIG;
	s->body = api_parse(rq->body, rq->body_len, API_DEPTH, &s->c->why);
	if (s->body)
		return ERR_OK;
	return json_lacked() ? ERR_NO_MEMORY : ERR_BAD_INPUT;
}

/* Both `W/"3"` and `"3"`: a version is a version. */
static enum err
read_match(struct scim *s)
{
	const char *m = request_header(s->p->rq, "if-match");
	char digits[24];
	size_t n;

	if (m == NULL || strcmp(m, "*") == 0)
		return ERR_OK;
	if (strncmp(m, "W/", 2) == 0)
		m += 2;
	n = strlen(m);
	if (n < 3 || n > sizeof(digits) || m[0] != '"' || m[n - 1] != '"')
		return ERR_PRECONDITION;
	text_copy(digits, n - 1, m + 1);
	return text_int(digits, 1, INT64_MAX, &s->match) ? ERR_OK
							 : ERR_PRECONDITION;
}

enum err
scim_tries(enum err (*one)(void *of), void *of)
{
	enum err e = ERR_CONFLICT;

	for (int i = 0; i < SCIM_TRIES && e == ERR_CONFLICT; i++)
		e = one(of);
	return e;
}

enum err
scim_same(const struct scim *s, int64_t version)
{
	return s->match == 0 || s->match == version ? ERR_OK : ERR_PRECONDITION;
}

/* --- what is asked for --- */

/* RFC 7644 3.4.2.4: below 1 is 1, a negative count is 0 */
static enum err
number(struct scim *s, const char *name, const char *t, int64_t *out)
{
	bool minus = t && t[0] == '-';

	if (t == NULL)
		return ERR_OK;
	if (!text_int(t + minus, 0, INT32_MAX, out))
		return why_set(&s->c->why, ERR_BAD_INPUT, name,
		    "%s: expected a whole number.", name);
	if (minus)
		*out = 0;
	return ERR_OK;
}

static enum err
window(struct scim *s, int64_t start, int64_t count)
{
	if (start > INT32_MAX)
		start = INT32_MAX;
	s->offset = start > 0 ? (size_t)start - 1 : 0;
	s->count = count < SCIM_LIST_MAX ? (size_t)count : SCIM_LIST_MAX;
	return ERR_OK;
}

static enum err
read_query(struct scim *s)
{
	const struct form *q = &s->p->query;
	int64_t start = 1, count = SCIM_PAGE;
	enum err e;

	s->want.only = form_get(q, "attributes");
	s->want.but = form_get(q, "excludedAttributes");
	s->filter = form_get(q, "filter");
	if ((e = number(s, "startIndex", form_get(q, "startIndex"), &start)) ||
	    (e = number(s, "count", form_get(q, "count"), &count)))
		return e;
	return window(s, start, count);
}

/* Names in a list as names by comma. */
static const char *
names(struct scim *s, const char *member)
{
	const json_t *list = attr_get(s->body, member), *v;
	const char *out = "";
	size_t i;

	json_array_foreach(list, i, v)
	{
		if (i < 100 && json_is_string(v) && out)
			out = arena_printf(
			    s->p->arena, "%s,%s", out, json_string_value(v));
	}
	return out;
}

/* RFC 7644 3.4.3: what is asked for by POST, so that no log has it. */
static enum err
read_search(struct scim *s)
{
	const json_t *start = attr_get(s->body, "startIndex");
	const json_t *count = attr_get(s->body, "count");
	json_int_t n =
	    json_is_integer(count) ? json_integer_value(count) : SCIM_PAGE;

	s->want.only = names(s, "attributes");
	s->want.but = names(s, "excludedAttributes");
	s->filter = json_string_value(attr_get(s->body, "filter"));
	return window(s, json_integer_value(start), n < 0 ? 0 : n);
}

enum err
scim_run(struct page *p, enum err (*one)(struct scim *s))
{
	struct scim s = {.p = p,
	    .c = &p->call,
	    .connector = p->token.issuer,
	    .id = p->rq->args[0] ? page_id(p, 0) : UID_NONE};
	size_t n = strlen(p->rq->path);
	bool search = n > 8 && strcmp(p->rq->path + n - 8, "/.search") == 0;
	enum err e;

	if (s.connector[0] == '\0')
		return ERR_FORBIDDEN;
	json_begin();
	if ((e = read_match(&s)) || (e = read_body(&s)) ||
	    (e = search ? read_search(&s) : read_query(&s)) || (e = one(&s)))
		e = e == ERR_CONFLICT && s.match ? ERR_PRECONDITION : e;
	json_decref(s.body);
	return e;
}

/* --- the answer --- */

enum err
scim_done(struct scim *s, int status)
{
	s->p->rp->status = status;
	return ERR_OK;
}

enum err
scim_send(struct scim *s, int status, json_t *j)
{
	OWN(mem) char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	if (text == NULL || json_lacked())
		return ERR_NO_MEMORY;
	s->p->rp->status = status;
	reply_header(s->p->rp, "content-type", "application/scim+json");
	buf_text(&s->p->rp->body, text);
	return s->p->rp->body.err;
}

json_t *
scim_where(const struct scim *s, const char *kind, const char *id)
{
	return json_sprintf(
	    "%s" SCIM_PATH "/%s/%s", s->p->app->origin, kind, id);
}

/* RFC 9110 13.1.2 */
static bool
known(const struct scim *s, int64_t version)
{
	const char *m = request_header(s->p->rq, "if-none-match");
	char tag[32];

	(void)snprintf(tag, sizeof(tag), "W/\"%lld\"", (long long)version);
	return s->p->rq->method == HTTP_GET && m && strcmp(m, tag) == 0;
}

enum err
scim_answer(struct scim *s, const struct scim_kind *k, int status, json_t *j,
    int64_t version)
{
	const char *at;
	enum err e;

	if (j == NULL)
		return ERR_NO_MEMORY;
	reply_headerf(s->p->rp, "etag", "W/\"%lld\"", (long long)version);
	if (known(s, version)) {
		json_decref(j);
		return scim_done(s, 304);
	}
	if ((e = k->finish(s, j))) {
		json_decref(j);
		return e;
	}
	at = json_string_value(
	    json_object_get(json_object_get(j, "meta"), "location"));
	if (status == 201 && at)
		reply_header(s->p->rp, "location", at);
	return scim_send(s, status, view_cut(&s->want, j, s->p->arena));
}
