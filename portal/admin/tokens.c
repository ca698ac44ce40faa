/* Tokens of machines: made, shown once, revoked. */
#include "core/service/tokens.h"

#include <string.h>

#include "core/base/text.h"
#include "portal/admin/spoken.h"
#include "portal/web/route.h"

static const char *
roles(struct page *p, const struct api_token *t)
{
	return spoken_roles(p->arena, p->view.lang, t->roles);
}

static enum err
show(struct page *p, const struct secret *made, const char *wrong, int status)
{
	struct api_token *all = NULL;
	struct tpl_token_row *v;
	size_t n = 0;
	enum err e;

	if ((e = tokens_list(&p->call, &all, &n)))
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct tpl_token_row){.id = all[i].id.s,
		    .name = all[i].name,
		    .scopes = all[i].scopes,
		    .roles = roles(p, &all[i]),
		    .made_by = all[i].made_by,
		    .expires = all[i].expires,
		    .used = all[i].last_used,
		    .works =
			all[i].revoked == 0 && all[i].expires > p->call.now};
	e = PAGE(p, admin_tokens, .rows = {v, n},
	    .made = made ? secret_text(made) : "", .wrong = wrong,
	    .name = *wrong ? form_text(&p->form, "name") : "",
	    .scopes = *wrong ? form_text(&p->form, "scopes") : "read",
	    .done = form_text(&p->query, "done"));
	p->rp->status = status;
	return e;
}

enum err
admin_tokens(struct page *p)
{
	return show(p, NULL, "", 200);
}

enum err
admin_token_add(struct page *p)
{
	OWN(secret) struct secret made = SECRET_NONE;
	const char *days = form_text(&p->form, "days");
	struct api_token t = {0};
	char wrong[sizeof(p->call.why.text)];
	int64_t n = 365;
	enum err e = ERR_OK;

	if (*days && !text_int(days, 1, TOKENS_LONGEST / 86400, &n))
		e = why_set(&p->call.why, ERR_BAD_INPUT, "days",
		    "Give a number of days, at most %d.",
		    TOKENS_LONGEST / 86400);
	t.expires = p->call.now + n * 86400;
	text_copy(t.name, sizeof(t.name), form_text(&p->form, "name"));
	text_copy(t.scopes, sizeof(t.scopes), form_text(&p->form, "scopes"));
	if (e == ERR_OK)
		e = tokens_add(&p->call, &t, &made);
	if (e != ERR_OK && e != ERR_BAD_INPUT)
		return e;
	text_copy(wrong, sizeof(wrong), e ? p->call.why.text : "");
	return show(p, e ? NULL : &made, wrong, e ? 400 : 200);
}

enum err
admin_token_revoke(struct page *p)
{
	struct uid id = page_id(p, 0);
	enum err e = tokens_revoke(&p->call, &id);

	return e ? e : page_go(p, "/admin/tokens?done=revoked");
}
