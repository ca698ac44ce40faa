/* A code that was printed, sent or shown: the way in, and the way back. */
#include <string.h>

#include "core/base/say.h"
#include "portal/guest/guest.h"
#include "portal/web/route.h"

static enum err
ask(struct page *p, const char *typed, const char *wrong)
{
	return PAGE(p, guest_code, .typed = typed, .wrong = wrong,
	    .terms = guest_terms(p));
}

/* A link with the code in it fills the form and does no more: what fetches
 * pages ahead redeems nothing (G-02). */
enum err
guest_code_page(struct page *p)
{
	const char *code = p->rq->args[0];

	if (!guest_way(p, ""))
		return ERR_NOT_FOUND;
	return ask(p, code == NULL ? "" : code, "");
}

static enum err
refused(struct page *p, const char *code)
{
	struct call machine = guest_machine(p);
	bool waits;
	enum err e = vouchers_waits(&machine, code, &waits);

	if (e == ERR_OK && !waits)
		return ask(p, code, guest_refusal());
	guest_right(p);
	return e != ERR_OK ? e
			   : PAGE(p, guest_wait, .typed = code, .again = true,
				 .terms = guest_terms(p)[0] != '\0');
}

enum err
guest_code(struct page *p)
{
	const char *code = form_text(&p->form, "code");
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	bool resumed;
	enum err e;

	if (!guest_way(p, ""))
		return ERR_NOT_FOUND;
	if (v == NULL)
		return ERR_NO_MEMORY;
	if (!guest_agreed(p))
		return ask(p, code, SAY("Please accept the terms of use."));
	if ((e = guest_guess(p)))
		return e;
	e = vouchers_redeem(&p->call, code, "", "", v, &resumed);
	if (e == ERR_NOT_FOUND)
		return refused(p, code);
	guest_right(p);
	return e != ERR_OK ? e : guest_show(p, v, code, resumed);
}
