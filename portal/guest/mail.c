/* Six digits by mail. */
#include <string.h>

#include "core/base/say.h"
#include "core/service/guests.h"
#include "portal/guest/guest.h"
#include "portal/web/letter.h"
#include "portal/web/route.h"
#include "portal/web/state.h"

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

enum err
guest_digits_form(struct page *p, const char *state, const char *wrong)
{
	/* the path says which way was taken */
	return PAGE(p, guest_digits, .state = state, .wrong = wrong,
	    .phone = strncmp(p->rq->path, "/guest/phone", 12) == 0);
}

static enum err
letter(struct page *p, const char *digits)
{
	OWN(buf) struct buf b = BUF(8192);

	render_letter_code(
	    &p->view, &(struct tpl_letter_code){.digits = digits}, &b);
	if (b.err != ERR_OK)
		return b.err;
	return letter_send(
	    p, &(struct letter){.to = form_text(&p->form, "mail"),
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
	char digits[GUESTS_DIGITS + 1];
	const char *state;
	struct uid proof, plan;
	enum err e;

	if (!guest_way(p, "mail"))
		return ERR_NOT_FOUND;
	/* nobody is sent a code that leads nowhere */
	if ((e = guests_plan(&p->call, p->app->conf->guest.plan, &plan)))
		return e;
	if (!guest_agreed(p))
		return ask(p, SAY("Please accept the terms of use."), "");
	e = guests_prove(&p->call, &a, &proof, digits);
	if (e == ERR_BAD_INPUT)
		return ask(p, p->call.why.text, p->call.why.field);
	if (e == ERR_THROTTLED)
		return ask(p,
		    SAY("A code was sent not long ago, or too many today. Wait "
			"half a minute, or take another way."),
		    "");
	if (e != ERR_OK || (e = letter(p, digits)))
		return e;
	state = state_sign(p->app->ring, "proof", proof.s,
	    p->rq->now + GUESTS_VALID, p->arena);
	return state == NULL ? ERR_NO_MEMORY : guest_digits_form(p, state, "");
}

/* Blanks do not count. */
static void
squeeze(const char *typed, char out[static GUESTS_DIGITS + 2])
{
	size_t n = 0;

	for (; *typed != '\0' && n <= GUESTS_DIGITS; typed++)
		if (*typed != ' ')
			out[n++] = *typed;
	out[n] = '\0';
}

enum err
guest_mail_code(struct page *p)
{
	OWN(secret) struct secret code = SECRET_NONE;
	const char *state = form_text(&p->form, "state"), *text;
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	char digits[GUESTS_DIGITS + 2];
	struct uid proof, plan;
	bool resumed;
	enum err e;

	if (!guest_way(p, "mail") && !guest_way(p, "phone"))
		return ERR_NOT_FOUND;
	if (v == NULL)
		return ERR_NO_MEMORY;
	if ((e = guest_guess(p)) ||
	    (e = guests_plan(&p->call, p->app->conf->guest.plan, &plan)))
		return e;
	squeeze(form_text(&p->form, "digits"), digits);
	text = state_read(p->app->ring, "proof", state, p->rq->now, p->arena);
	e = text == NULL || !uid_parse(text, &proof)
		? ERR_NOT_FOUND
		: guests_confirm(
		      &p->call, &proof, digits, &plan, v, &code, &resumed);
	if (e == ERR_NOT_FOUND) {
		guest_missed(p);
		return guest_digits_form(p, state, guest_refusal());
	}
	if (e != ERR_OK)
		return e;
	text = arena_text(p->arena, secret_text(&code));
	return text == NULL ? ERR_NO_MEMORY : guest_show(p, v, text, resumed);
}
