/* A guest's password as a file, by the grant on the page that showed it. */
#include <string.h>

#include "core/handout/profile.h"
#include "core/handout/sheet.h"
#include "portal/guest/guest.h"
#include "portal/self/card.h"
#include "portal/web/route.h"
#include "portal/web/squares.h"
#include "portal/web/state.h"

static enum err
granted(struct page *p, const char *act, struct secret *s, struct handout *h)
{
	struct call machine = guest_machine(p);
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	const char *text = state_read(p->app->ring, "take",
	    form_text(&p->form, "grant"), p->rq->now, p->arena);
	struct uid id;
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if (text == NULL || !uid_parse(text, &id))
		return ERR_EXPIRED;
	if ((e = keys_get(&machine, &id, v)))
		return e;
	if (v->key.kind != KEY_GUEST ||
	    (v->standing != KEY_IS_ACTIVE && v->standing != KEY_IS_SCHEDULED))
		return ERR_BAD_STATE;
	if ((e = card_handout(p, v, s, h)))
		return e;
	return squares_reveal(&machine, &id, act, h, s);
}

enum err
guest_take(struct page *p)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	const char *word = p->rq->args[0];
	bool sheet = strcmp(word, "sheet") == 0;
	struct sheet paper = {
	    .layout = SHEET_A4, .title = "Wi-Fi", .made = p->rq->now};
	enum profile_kind kind = PROFILE_APPLE;
	struct handout h;
	enum err e;

	if (!sheet && !profile_parse(word, &kind))
		return ERR_NOT_FOUND;
	if ((e = granted(p, sheet ? "print" : "profile", &secret, &h)))
		return e;
	if (sheet)
		return (e = sheet_pdf(&paper, &h, 1, &p->rp->body)) != ERR_OK
			   ? e
			   : page_file(p, "application/pdf", "wifi.pdf");
	if ((e = profile_write(kind, &h, &p->rp->body)))
		return e;
	p->rp->sign = kind == PROFILE_APPLE;
	return page_file(p, profile_media_type(kind), profile_file_name(kind));
}
