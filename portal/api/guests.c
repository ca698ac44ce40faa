/* Guests, vouchers, and the record of acts. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/audit.h"
#include "core/service/passes.h"
#include "core/service/vouchers.h"
#include "portal/api/body.h"
#include "portal/api/keys.h"

enum err
api_pass_list(struct api *a)
{
	struct pass_filter f = {.search = form_text(&a->p->query, "search"),
	    .offset = a->offset,
	    .limit = a->limit};
	struct key_view *list = NULL;
	size_t n = 0;
	enum err e = passes_list(a->c, &f, &list, &n, &a->total);

	return e ? e : api_key_views(a, list, n, false);
}

enum err
api_pass_in(struct api *a)
{
	struct api_body b = {0};
	struct pass_order o;
	struct key_view v;
	enum err e;

	if ((e = api_read(a, shape_find("stay")->fields, &b, true)))
		return e;
	o = (struct pass_order){.plan = b.plan,
	    .name = b.name,
	    .room = b.room,
	    .mail = b.mail,
	    .language = b.language,
	    .arrival = b.arrival,
	    .departure = b.departure,
	    .devices_max = b.devices_max};
	if ((e = passes_issue(a->c, &o, &v)))
		return e;
	return api_key_view(a, &v);
}

/* A guest's, and of no other kind. */
static enum err
guest(struct api *a, struct key_view *v)
{
	enum err e = keys_get(a->c, &a->id, v);

	return e ? e : v->key.kind == KEY_GUEST ? ERR_OK : ERR_NOT_FOUND;
}

enum err
api_pass_extend(struct api *a)
{
	struct api_body b = {0};
	struct key_view v;
	enum err e;

	if ((e = api_read(a, shape_find("departure")->fields, &b, true)) ||
	    (e = guest(a, &v)))
		return e;
	if (b.departure == 0)
		return why_set(&a->c->why, ERR_BAD_INPUT, "departure",
		    "departure must be given.");
	if ((e = keys_set_end(a->c, &a->id, b.departure, v.key.version)))
		return e;
	return api_key_as_it_is(a);
}

enum err
api_pass_move(struct api *a)
{
	struct api_body b = {0};
	struct key_view v;
	enum err e;

	if ((e = api_read(a, shape_find("room")->fields, &b, true)) ||
	    (e = guest(a, &v)) ||
	    (e = keys_rename(a->c, &a->id, b.room, v.key.version)))
		return e;
	return api_key_as_it_is(a);
}

enum err
api_voucher_list(struct api *a)
{
	const char *word = form_get(&a->p->query, "state");
	struct voucher *list = NULL;
	enum voucher_state s = VOUCHER_OPEN;
	size_t n = 0;
	enum err e;

	if (word && !voucher_state_parse(word, &s))
		return why_set(&a->c->why, ERR_BAD_INPUT, "state",
		    "state: expected asked, open, used or over");
	e = vouchers_list(a->c, form_text(&a->p->query, "search"),
	    word ? (int)s : -1, a->offset, a->limit, &list, &n, &a->total);
	return e ? e
		 : api_list(a, voucher_fields, list, n, sizeof(*list), false);
}

enum err
api_voucher_make(struct api *a)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher v = {0}, made;
	struct voucher_order o;
	enum err e;

	if ((e = api_read(a, voucher_fields, &v, true)))
		return e;
	o = (struct voucher_order){.plan = v.plan,
	    .name = v.name,
	    .mail = v.mail,
	    .room = v.room,
	    .host = v.host,
	    .language = v.language,
	    .arrival = v.arrival,
	    .departure = v.departure,
	    .uses = v.uses_max};
	if ((e = vouchers_make(a->c, &o, &made, &code)))
		return e;
	api_done(a, &made.id, 0);
	a->out =
	    json_pack("{ss ss}", "id", made.id.s, "code", secret_text(&code));
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_voucher_decide(struct api *a)
{
	struct api_body b = {0};
	enum err e = api_read(a, shape_find("departure")->fields, &b, true);

	return e ? e : vouchers_decide(a->c, &a->id, b.departure);
}

enum err
api_voucher_withdraw(struct api *a)
{
	return vouchers_withdraw(a->c, &a->id);
}

static json_t *
audit_json(const struct audit_row *r)
{
	struct api_body b = {.seq = r->seq, .at = r->at};

	text_copy(b.actor, sizeof(b.actor), r->actor);
	text_copy(b.act, sizeof(b.act), r->act);
	text_copy(b.noun, sizeof(b.noun), noun_text(r->noun));
	text_copy(b.what, sizeof(b.what), r->id.s);
	text_copy(b.detail, sizeof(b.detail), r->detail);
	return api_object(shape_find("audit")->fields, &b);
}

enum err
api_audit_page(struct api *a)
{
	const char *before = form_get(&a->p->query, "before");
	struct audit_filter f = {.act = form_get(&a->p->query, "act"),
	    .search = form_get(&a->p->query, "search"),
	    .limit = a->limit};
	struct audit_row *rows = NULL;
	struct audit_more more;
	size_t n = 0;
	enum err e;

	if (before && !text_int(before, 1, INT64_MAX, &f.before))
		return why_set(&a->c->why, ERR_BAD_INPUT, "before",
		    "before: expected a whole number");
	if ((e = api_query_id(a, "what", &f.what)) ||
	    (e = api_query_time(a, "from", &f.from)) ||
	    (e = api_query_time(a, "until", &f.until)) ||
	    (e = audit_find(a->c, &f, &rows, &n, &more)))
		return e;
	a->is_list = true;
	a->out = json_array();
	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(a->out, audit_json(&rows[i])))
			return ERR_NO_MEMORY;
	if (more.before > 1)
		a->next = more.before;
	return ERR_OK;
}
