/* How the answer of a call is sent: pages, versions, places, and no words. */
#include "portal/api/answer.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"

/* RFC 8288; the other parameters of the query stay. */
static void
page_link(struct api *a, struct buf *b, const char *rel, const char *name,
    int64_t value)
{
	buf_printf(b, "%s<%s?", b->len ? ", " : "", a->p->rq->path);
	for (size_t i = 0; i < a->p->query.n; i++) {
		const struct form_field *f = &a->p->query.fields[i];
		const char *member = page_query(a->p, f->name);
		const char *text = page_query(a->p, f->value);

		if (strcmp(f->name, name) == 0 ||
		    strcmp(f->name, "limit") == 0 || !member || !text)
			continue;
		buf_printf(b, "%s=%s&", member, text);
	}
	buf_printf(b, "limit=%zu&%s=%lld>; rel=\"%s\"", a->limit, name,
	    (long long)value, rel);
}

static enum err
links(struct api *a)
{
	OWN(buf) struct buf b = BUF(4000);

	if (a->next != 0)
		page_link(a, &b, "next", "before", a->next);
	if (a->offset + a->limit < a->total)
		page_link(
		    a, &b, "next", "offset", (int64_t)(a->offset + a->limit));
	if (a->offset > 0)
		page_link(a, &b, "prev", "offset",
		    a->offset > a->limit ? (int64_t)(a->offset - a->limit) : 0);
	if (b.len && b.err == ERR_OK)
		reply_header(a->p->rp, "link", buf_str(&b));
	return b.err == ERR_NO_MEMORY ? b.err : ERR_OK;
}

static enum err
wrap(struct api *a)
{
	json_t *page;
	enum err e;

	if (!a->is_list)
		return ERR_OK;
	if ((e = links(a)))
		return e;
	page = json_object();
	(void)json_object_set_new(page, "items", give(a->out));
	if (a->next == 0 && strcmp(a->row->result, "audit_page") != 0)
		(void)json_object_set_new(
		    page, "total", json_integer((json_int_t)a->total));
	a->out = page;
	return page ? ERR_OK : ERR_NO_MEMORY;
}

void
api_done(struct api *a, const struct uid *noun, int64_t version)
{
	a->done = true;
	a->noun = noun ? *noun : UID_NONE;
	a->version = version;
}

/* Where what was made can be read: RFC 9110 15.3.2. */
static void
location(struct api *a)
{
	for (size_t i = 0; i < api_rows_count; i++) {
		const struct api_row *r = &api_rows[i];
		size_t n = strlen(r->pattern);

		if (r->method == HTTP_GET &&
		    strcmp(r->result, a->row->result) == 0 &&
		    strcmp(r->pattern + n - 4, "{id}") == 0)
			reply_headerf(a->p->rp, "location", "%.*s%s",
			    (int)(n - 4), r->pattern, a->noun.s);
	}
}

static void
head(struct api *a)
{
	a->p->rp->status = a->row->status;
	if (a->version != 0)
		reply_headerf(
		    a->p->rp, "etag", "\"%lld\"", (long long)a->version);
	if (a->row->status == 201 && !uid_is_none(&a->noun))
		location(a);
}

enum err
api_answer(struct api *a)
{
	OWN(mem) char *text = NULL;
	enum err e = wrap(a);

	if (e)
		return e;
	if (a->out == NULL) {
		head(a);
		return ERR_OK;
	}
	text = json_dumps(a->out, JSON_COMPACT);
	if (text != NULL)
		buf_text(&a->p->rp->body, text);
	if (text != NULL)
		secret_wipe(text, strlen(text));
	if (text == NULL || json_lacked())
		return ERR_NO_MEMORY;
	head(a);
	reply_header(a->p->rp, "content-type", "application/json");
	return a->p->rp->body.err;
}

enum err
api_wordless(struct api *a, enum err e)
{
	struct reply *rp = a->p->rp;

	if (!a->done || a->row->method == HTTP_GET)
		return e;
	LOG(WARN, "api.answer-lost", LOG_S("call", a->row->name),
	    LOG_S("kind", err_name(e)));
	buf_clear(&rp->body);
	rp->nheaders = 0;
	head(a);
	if (rp->status == 200)
		rp->status = 204;
	return ERR_OK;
}
