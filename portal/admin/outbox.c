/* Letters and messages: what waits, left, or could not be sent. */
#include <string.h>

#include "core/service/outbox.h"
#include "portal/admin/admin.h"
#include "portal/admin/spoken.h"
#include "portal/web/poster.h"
#include "portal/web/route.h"

enum { ROWS = 200 };

/* A letter that arrived is gone; a webhook can be told again. */
static bool
repeatable(const struct outbox_item *it)
{
	return it->state != OUTBOX_DONE || it->kind == OUTBOX_WEBHOOK;
}

enum err
admin_sent_rows(struct page *p, const struct outbox_item *items, size_t n,
    const char *again, const char *after, struct tpl_sent_row **out)
{
	struct tpl_sent_row *v = arena_array(p->arena, n + 1, sizeof(*v));
	bool may = call_may(&p->call, ROLE_ADMIN);

	if ((*out = v) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const struct outbox_item *it = &items[i];

		v[i] = (struct tpl_sent_row){.id = it->id.s,
		    .at = it->created,
		    .about = spoken_act(p->view.lang, it->about),
		    .target = it->target,
		    .kind = outbox_kind_text(it->kind),
		    .person = uid_is_none(&it->person) ? "" : it->person.s,
		    .waiting = it->state == OUTBOX_WAITING,
		    .dead = it->state == OUTBOX_DEAD,
		    .tries = it->tries,
		    .due = it->due,
		    .answer = it->answer,
		    .again = ""};
		if (may && repeatable(it))
			v[i].again = arena_printf(
			    p->arena, "%s%s%s", again, it->id.s, after);
	}
	return ERR_OK;
}

enum err
admin_outbox(struct page *p)
{
	bool dead = strcmp(form_text(&p->query, "state"), "dead") == 0;
	struct outbox_item *all = NULL;
	struct tpl_sent_row *rows;
	int64_t given_up = 0;
	size_t n = 0;
	enum err e;

	if ((e = outbox_list(
		 &p->call, dead ? "dead" : "", "", ROWS, &all, &n)) ||
	    (e = outbox_count(&p->call, OUTBOX_DEAD, &given_up)) ||
	    (e = admin_sent_rows(p, all, n, "/admin/outbox/", "/again", &rows)))
		return e;
	return PAGE(p, admin_outbox, .rows = {rows, n}, .all = !dead,
	    .dead = given_up, .done = form_text(&p->query, "done"));
}

enum err
admin_outbox_again(struct page *p)
{
	struct uid id = page_id(p, 0);
	enum err e = outbox_retry(&p->call, &id);

	if (e)
		return e;
	poster_poke(p->app->poster);
	return page_go(p, "/admin/outbox?done=again");
}
