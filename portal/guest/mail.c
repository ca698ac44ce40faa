/* Six digits by mail. */
#include <string.h>

#include "core/base/say.h"
#include "portal/guest/guest.h"
#include "portal/web/letter.h"
#include "portal/web/route.h"

static enum err
ask(struct page *p, const char *wrong, const char *field)
{
	return PAGE(p, guest_mail, .name = form_text(&p->form, "name"),
	    .mail = form_text(&p->form, "mail"), .wrong = wrong,
	    .wrong_name = strcmp(field, "name") == 0,
	    .wrong_mail = strcmp(field, "mail") == 0, .terms = guest_terms(p));
}

enum err
guest_mail_page(struct page *p)
{
	return guest_way(p, "mail") ? ask(p, "", "") : ERR_NOT_FOUND;
}

static enum err
letter(struct page *p, const char *to, const char *digits)
{
	OWN(buf) struct buf b = BUF(8192);

	render_letter_code(
	    &p->view, &(struct tpl_letter_code){.digits = digits}, &b);
	if (b.err != ERR_OK)
		return b.err;
	return letter_send(p, &(struct letter){.to = to,
				  .about = "letter.code",
				  .page = &b,
				  .valid = GUESTS_VALID});
}

enum err
guest_mail(struct page *p)
{
	struct guest_ask a = {.name = form_text(&p->form, "name"),
	    .mail = form_text(&p->form, "mail"),
	    .language = p->view.code,
	    .total = p->app->conf->guest.mails_a_day};
	enum err e = guest_digits_may(p, "mail");

	if (e)
		return e;
	if (!guest_agreed(p))
		return ask(p, SAY("Please accept the terms of use."), "");
	return guest_digits_send(p, &a, ask, letter);
}
