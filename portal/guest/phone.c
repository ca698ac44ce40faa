/* Six digits by text message. */
#include <string.h>

#include "core/base/say.h"
#include "core/model/phone.h"
#include "core/service/guests.h"
#include "portal/guest/guest.h"
#include "portal/web/letter.h"
#include "portal/web/route.h"
#include "portal/web/state.h"

static enum err
ask(struct page *p, const char *wrong, const char *field)
{
	return PAGE(p, guest_phone, .name = form_text(&p->form, "name"),
	    .phone = form_text(&p->form, "phone"), .wrong = wrong,
	    .wrong_name = strcmp(field, "name") == 0,
	    .wrong_phone = strcmp(field, "phone") == 0,
	    .terms = guest_terms(p));
}

enum err
guest_phone_page(struct page *p)
{
	return guest_way(p, "phone") ? ask(p, "", "") : ERR_NOT_FOUND;
}

static enum err
message(struct page *p, const char *number, const char *digits)
{
	OWN(buf) struct buf b = BUF(4096);

	render_message_code(&p->view,
	    &(struct tpl_message_code){.digits = digits, .host = p->app->host},
	    &b);
	if (b.err != ERR_OK)
		return b.err;
	return letter_message(p, &(struct letter){.to = number,
				     .about = "message.code",
				     .page = &b,
				     .valid = GUESTS_VALID});
}

enum err
guest_phone(struct page *p)
{
	const struct conf_guest *g = &p->app->conf->guest;
	char digits[GUESTS_DIGITS + 1], number[PHONE_ROOM];
	struct guest_ask a = {.name = form_text(&p->form, "name"),
	    .phone = number,
	    .language = p->view.code,
	    .total = g->messages_a_day};
	const char *state;
	struct uid proof, plan;
	enum err e;

	if (!guest_way(p, "phone"))
		return ERR_NOT_FOUND;
	/* nobody is sent a code that leads nowhere */
	if ((e = guests_plan(&p->call, g->plan, &plan)))
		return e;
	if (!guest_agreed(p))
		return ask(p, SAY("Please accept the terms of use."), "");
	if (!phone_read(form_text(&p->form, "phone"), g->country, number))
		return ask(p,
		    SAY("Give your number with its country, as in "
			"+49 170 1234567."),
		    "phone");
	e = guests_prove(&p->call, &a, &proof, digits);
	if (e == ERR_BAD_INPUT)
		return ask(p, p->call.why.text, p->call.why.field);
	if (e == ERR_THROTTLED)
		return ask(p,
		    SAY("A code was sent not long ago, or too many today. Wait "
			"half a minute, or take another way."),
		    "");
	if (e != ERR_OK || (e = message(p, number, digits)))
		return e;
	state = state_sign(p->app->ring, "proof", proof.s,
	    p->rq->now + GUESTS_VALID, p->arena);
	return state == NULL ? ERR_NO_MEMORY : guest_digits_form(p, state, "");
}
