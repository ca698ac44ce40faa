/* Six digits by text message. */
#include <string.h>

#include "core/base/say.h"
#include "core/model/phone.h"
#include "portal/guest/guest.h"
#include "portal/web/letter.h"
#include "portal/web/route.h"

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
	char number[PHONE_ROOM];
	struct guest_ask a = {.name = form_text(&p->form, "name"),
	    .phone = number,
	    .language = p->view.code,
	    .total = g->messages_a_day};
	enum err e = guest_digits_may(p, "phone");

	if (e)
		return e;
	if (!guest_agreed(p))
		return ask(p, SAY("Please accept the terms of use."), "");
	if (!phone_read(form_text(&p->form, "phone"), g->country, number))
		return ask(p,
		    SAY("Give your number with its country, as in "
			"+49 170 1234567."),
		    "phone");
	return guest_digits_send(p, &a, ask, message);
}
