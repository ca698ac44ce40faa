/* Machines that are told what happens: added, watched, told again. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/webhooks.h"
#include "portal/admin/admin.h"
#include "portal/web/poster.h"
#include "portal/web/route.h"

enum { LOG_ROWS = 100 };

static enum err
count(struct page *p, const struct uid *id, const char *state, int64_t *out)
{
	struct outbox_item *all;
	size_t n;
	enum err e =
	    outbox_of_hook(&p->call, id, state, OUTBOX_LIST_MAX, &all, &n);

	*out = (int64_t)n;
	return e;
}

static enum err
show(struct page *p, const struct secret *made, const char *wrong, int status)
{
	const char *events = form_text(&p->form, "events");
	struct webhook *all = NULL;
	struct tpl_webhook_row *v;
	size_t n = 0;
	enum err e;

	if ((e = webhooks_list(&p->call, &all, &n)))
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct tpl_webhook_row){.id = all[i].id.s,
		    .name = all[i].name,
		    .url = all[i].url,
		    .events = all[i].events,
		    .works = all[i].state == WEBHOOK_ACTIVE,
		    .reason = all[i].reason};
		if ((e = count(p, &all[i].id, "waiting", &v[i].waiting)) ||
		    (e = count(p, &all[i].id, "dead", &v[i].dead)))
			return e;
	}
	e = PAGE(p, admin_webhooks, .rows = {v, n},
	    .made = made ? secret_text(made) : "", .wrong = wrong,
	    .name = *wrong ? form_text(&p->form, "name") : "",
	    .url = *wrong ? form_text(&p->form, "url") : "",
	    .events = *wrong ? events : "*",
	    .done = form_text(&p->query, "done"));
	p->rp->status = status;
	return e;
}

enum err
admin_webhooks(struct page *p)
{
	return show(p, NULL, "", 200);
}

enum err
admin_webhook_add(struct page *p)
{
	OWN(secret) struct secret made = SECRET_NONE;
	const char *url = form_text(&p->form, "url");
	struct webhook h = {.state = WEBHOOK_ACTIVE};
	char wrong[sizeof(p->call.why.text)];
	enum err e;

	text_copy(h.name, sizeof(h.name), form_text(&p->form, "name"));
	/* an address that was cut is another one */
	text_copy(h.url, sizeof(h.url), strlen(url) < sizeof(h.url) ? url : "");
	text_copy(h.events, sizeof(h.events), form_text(&p->form, "events"));
	e = webhooks_add(&p->call, &h, &made);
	if (e != ERR_OK && p->call.why.text[0] == '\0')
		return e;
	text_copy(wrong, sizeof(wrong), e ? p->call.why.text : "");
	return show(p, e ? NULL : &made, wrong, e ? 400 : 200);
}

static enum err
one(struct page *p, const struct uid *id, const struct secret *made)
{
	struct outbox_item *all = NULL;
	struct tpl_sent_row *rows;
	const char *again =
	    arena_printf(p->arena, "/admin/webhooks/%s/again/", id->s);
	struct webhook h;
	size_t n = 0;
	enum err e;

	if (again == NULL)
		return ERR_NO_MEMORY;
	if ((e = webhooks_get(&p->call, id, &h)) ||
	    (e = outbox_of_hook(&p->call, id, "", LOG_ROWS, &all, &n)) ||
	    (e = admin_sent_rows(p, all, n, again, "", &rows)))
		return e;
	return PAGE(p, admin_webhook, .id = h.id.s, .name = h.name,
	    .url = h.url, .events = h.events,
	    .works = h.state == WEBHOOK_ACTIVE, .reason = h.reason,
	    .made_by = h.made_by, .rows = {rows, n}, .one = true,
	    .secret = made ? secret_text(made) : "",
	    .done = form_text(&p->query, "done"));
}

enum err
admin_webhook(struct page *p)
{
	struct uid id = page_id(p, 0);

	return one(p, &id, NULL);
}

static enum err
set_state(struct page *p, const struct uid *id, enum webhook_state state)
{
	struct webhook h;
	enum err e = webhooks_get(&p->call, id, &h);

	h.state = state;
	return e ? e : webhooks_set(&p->call, &h);
}

enum err
admin_webhook_act(struct page *p)
{
	OWN(secret) struct secret made = SECRET_NONE;
	const char *act = form_text(&p->form, "act");
	struct uid id = page_id(p, 0);
	enum err e = ERR_BAD_INPUT;

	if (strcmp(act, "secret") == 0) {
		e = webhooks_secret(&p->call, &id, &made);
		return e ? e : one(p, &id, &made);
	}
	if (strcmp(act, "remove") == 0) {
		e = webhooks_remove(&p->call, &id);
		return e ? e : page_go(p, "/admin/webhooks?done=removed");
	}
	if (strcmp(act, "test") == 0)
		e = webhooks_test(&p->call, &id);
	else if (strcmp(act, "pause") == 0)
		e = set_state(p, &id, WEBHOOK_PAUSED);
	else if (strcmp(act, "resume") == 0)
		e = set_state(p, &id, WEBHOOK_ACTIVE);
	if (e)
		return e;
	poster_poke(p->app->poster);
	return page_gof(p, "/admin/webhooks/%s?done=%s", id.s, act);
}

enum err
admin_webhook_again(struct page *p)
{
	struct uid id = page_id(p, 0), what = page_id(p, 1);
	struct outbox_item it;
	enum err e;

	if ((e = outbox_get(&p->call, &what, &it)))
		return e;
	if (!uid_same(&it.hook, &id))
		return ERR_NOT_FOUND;
	if ((e = outbox_retry(&p->call, &what)))
		return e;
	poster_poke(p->app->poster);
	return page_gof(p, "/admin/webhooks/%s?done=again", id.s);
}
