/* What is the same for every call: body, versions, repetition, paging. */
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/service/repeat.h"
#include "portal/api/answer.h"
#include "portal/web/route.h"

const struct api_row api_rows[] = {
#define API(method, pattern, run, scopes, body, result, status, summary)       \
	{HTTP_##method, pattern, api_##run, #run, scopes, #body, #result,      \
	    status, summary},
#include "portal/web/api.def"
#undef API
};
const size_t api_rows_count = sizeof(api_rows) / sizeof(*api_rows);

static const struct api_row *
row_of(const struct route *r)
{
	for (size_t i = 0; i < api_rows_count; i++)
		if (api_rows[i].method == r->method &&
		    strcmp(api_rows[i].pattern, r->pattern) == 0)
			return &api_rows[i];
	return NULL;
}

/* --- the body --- */

/* Nesting is counted before anything is built of it. */
static bool
shallow(const char *t, size_t len, size_t most)
{
	size_t depth = 0;
	bool text = false;

	for (size_t i = 0; i < len; i++) {
		if (text && t[i] == '\\')
			i++;
		else if (t[i] == '"')
			text = !text;
		else if (!text && (t[i] == '{' || t[i] == '[') &&
			 ++depth > most)
			return false;
		else if (!text && (t[i] == '}' || t[i] == ']') && depth > 0)
			depth--;
	}
	return true;
}

json_t *
api_parse(const char *text, size_t len, size_t depth, struct why *w)
{
	json_error_t bad;
	json_t *j;

	json_begin();
	if (!shallow(text, len, depth)) {
		(void)why_set(w, ERR_BAD_INPUT, "",
		    "The JSON is nested deeper than %zu.", depth);
		return NULL;
	}
	j = json_loadb(text, len, JSON_REJECT_DUPLICATES, &bad);
	if (json_is_object(j) && !json_lacked())
		return j;
	if (j == NULL && !json_lacked())
		(void)why_set(w, ERR_BAD_INPUT, "",
		    "This is no JSON: line %d, column %d.", bad.line,
		    bad.column);
	else if (!json_lacked())
		(void)why_set(
		    w, ERR_BAD_INPUT, "", "A JSON object was expected.");
	json_decref(j);
	return NULL;
}

static enum err
read_body(struct api *a)
{
	const struct request *rq = a->p->rq;
	bool wanted = strcmp(a->row->body, "none") != 0;

	if (rq->body_len == 0) {
		if (wanted && (a->body = json_object()) == NULL)
			return ERR_NO_MEMORY;
		return ERR_OK;
	}
	if (!request_is_of(
		rq, "application/json", "application/merge-patch+json"))
		return ERR_BAD_TYPE;
	a->body = api_parse(rq->body, rq->body_len, API_DEPTH, &a->c->why);
	if (a->body == NULL)
		return json_lacked() ? ERR_NO_MEMORY : ERR_BAD_INPUT;
	if (!wanted && json_object_size(a->body) > 0)
		return why_set(&a->c->why, ERR_BAD_INPUT, "",
		    "Nothing is expected in the body.");
	return ERR_OK;
}

/* --- versions: RFC 9110 13.1.1, RFC 6585 3 --- */

static enum err
read_match(struct api *a)
{
	const char *m = request_header(a->p->rq, "if-match");
	size_t n = m ? strlen(m) : 0;
	char digits[24];
	bool must = a->row->method == HTTP_PUT || a->row->method == HTTP_PATCH;

	/* devices and membership have no version that callers see */
	if (strcmp(a->row->result, "none") == 0)
		must = false;
	if (m == NULL)
		return must ? ERR_NEED_MATCH : ERR_OK;
	if (n < 3 || n > sizeof(digits) || m[0] != '"' || m[n - 1] != '"')
		return ERR_PRECONDITION;
	text_copy(digits, n - 1, m + 1);
	return text_int(digits, 1, INT64_MAX, &a->match) ? ERR_OK
							 : ERR_PRECONDITION;
}

static enum err
read_query(struct api *a)
{
	const char *limit = form_get(&a->p->query, "limit");
	const char *offset = form_get(&a->p->query, "offset");
	int64_t v;

	a->limit = API_PAGE;
	if (limit && !text_int(limit, 1, API_PAGE_MAX, &v))
		return why_set(&a->c->why, ERR_BAD_INPUT, "limit",
		    "limit: expected 1 to %d", API_PAGE_MAX);
	if (limit)
		a->limit = (size_t)v;
	if (offset && !text_int(offset, 0, INT32_MAX, &v))
		return why_set(&a->c->why, ERR_BAD_INPUT, "offset",
		    "offset: expected a whole number");
	if (offset)
		a->offset = (size_t)v;
	return ERR_OK;
}

enum err
api_query_id(struct api *a, const char *name, struct uid *id)
{
	const char *t = form_get(&a->p->query, name);

	*id = UID_NONE;
	if (t == NULL || uid_parse(t, id))
		return ERR_OK;
	return why_set(&a->c->why, ERR_BAD_INPUT, name,
	    "%s: expected an identifier", name);
}

enum err
api_query_time(struct api *a, const char *name, int64_t *at)
{
	const char *t = form_get(&a->p->query, name);

	*at = 0;
	if (t == NULL || field_time_parse(t, at))
		return ERR_OK;
	return why_set(&a->c->why, ERR_BAD_INPUT, name,
	    "%s: expected a time such as 2026-12-24T18:00:00Z", name);
}

static enum err
run(struct api *a)
{
	enum err e;

	if ((e = read_query(a)) || (e = read_match(a)) || (e = read_body(a)) ||
	    (e = a->row->run(a)))
		return e == ERR_CONFLICT && a->match ? ERR_PRECONDITION : e;
	return ERR_OK;
}

static enum err
run_and_reply(struct api *a)
{
	enum err e;

	if ((e = run(a)) || (e = api_answer(a)))
		return api_wordless(a, e);
	return ERR_OK;
}

/* --- repetition --- */

static enum err
named(struct api *a, const char **name)
{
	*name = a->row->method == HTTP_POST
		    ? request_header(a->p->rq, "idempotency-key")
		    : NULL;
	if (*name == NULL)
		return ERR_OK;
	if (**name != '\0' && strlen(*name) <= API_NAME_MAX)
		return ERR_OK;
	return why_set(&a->c->why, ERR_BAD_INPUT, "idempotency-key",
	    "Idempotency-Key: expected 1 to %d characters", API_NAME_MAX);
}

static enum err
again(struct api *a, int status, const struct buf *answer)
{
	a->p->rp->status = status;
	reply_header(a->p->rp, "idempotent-replayed", "true");
	if (answer->len)
		reply_header(a->p->rp, "content-type", "application/json");
	buf_add(&a->p->rp->body, buf_str(answer), answer->len);
	return a->p->rp->body.err;
}

static enum err
once(struct api *a, const char *name)
{
	OWN(buf) struct buf answer = BUF(API_ANSWER_MAX);
	const struct request *rq = a->p->rq;
	struct once o = {.name = name};
	uint8_t hash[HASH_LEN];
	int status;
	enum err e;

	/* keyed, as a body may hold a secret that can be guessed */
	if ((e = hash_hmac(ring_key(a->c->ring, RING_CODE), RING_KEY,
		 HASH_PARTS({rq->path, strlen(rq->path) + 1},
		     {rq->body, rq->body_len}),
		 hash)) ||
	    (e = repeat_take(a->c, &o, hash, &status, &answer)))
		return e;
	if (status != 0)
		return again(a, status, &answer);
	/* what is done is marked as that: a lost answer undoes nothing */
	if ((e = run(a)) || (e = api_answer(a))) {
		repeat_drop(a->c);
		return api_wordless(a, e);
	}
	if (repeat_keep(a->c, a->p->rp->status, &a->p->rp->body) != ERR_OK)
		LOG(WARN, "api.answer-not-kept", LOG_S("call", a->row->name));
	return ERR_OK;
}

enum err
api_call(struct page *p)
{
	struct api a = {.p = p,
	    .c = &p->call,
	    .row = row_of(p->route),
	    .id = p->rq->args[0] ? page_id(p, 0) : UID_NONE,
	    .second =
		p->rq->args[0] && p->rq->args[1] ? page_id(p, 1) : UID_NONE};
	const char *name;
	enum err e;

	if (a.row == NULL)
		return ERR_NOT_FOUND;
	json_begin();
	if ((e = named(&a, &name)) == ERR_OK)
		e = name ? once(&a, name) : run_and_reply(&a);
	json_decref(a.body);
	json_decref(a.out);
	return e;
}
