/* Six digits that were sent: to prove an address, and typed in. */
#include <string.h>

#include "core/base/say.h"
#include "portal/guest/guest.h"
#include "portal/web/route.h"
#include "portal/web/state.h"

/* The form for the digits; STATE names the proof. The path says which way was
 * taken. */
static enum err
form(struct page *p, const char *state, const char *wrong)
{
	return PAGE(p, guest_digits, .state = state, .wrong = wrong,
	    .phone = strncmp(p->rq->path, "/guest/phone", 12) == 0);
}

enum err
guest_digits_may(struct page *p, const char *way)
{
	struct uid plan;

	if (!guest_way(p, way))
		return ERR_NOT_FOUND;
	/* nobody is sent a code that leads nowhere */
	return guests_plan(&p->call, p->app->conf->guest.plan, &plan);
}

enum err
guest_digits_send(struct page *p, const struct guest_ask *a,
    enum err (*ask)(struct page *p, const char *wrong, const char *field),
    enum err (*send)(struct page *p, const char *to, const char *digits))
{
	char digits[GUESTS_DIGITS + 1];
	const char *state;
	struct uid proof;
	enum err e = guests_prove(&p->call, a, &proof, digits);

	if (e == ERR_BAD_INPUT)
		return ask(p, p->call.why.text, p->call.why.field);
	if (e == ERR_THROTTLED)
		return ask(p,
		    SAY("A code was sent not long ago, or too many today. Wait "
			"half a minute, or take another way."),
		    "");
	if (e != ERR_OK ||
	    (e = send(p, a->phone != NULL ? a->phone : a->mail, digits)))
		return e;
	state = state_sign(p->app->ring, "proof", proof.s,
	    p->rq->now + GUESTS_VALID, p->arena);
	return state == NULL ? ERR_NO_MEMORY : form(p, state, "");
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
guest_digits(struct page *p)
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
	if ((e = guests_plan(&p->call, p->app->conf->guest.plan, &plan)) ||
	    (e = guest_guess(p)))
		return e;
	squeeze(form_text(&p->form, "digits"), digits);
	text = state_read(p->app->ring, "proof", state, p->rq->now, p->arena);
	e = text == NULL || !uid_parse(text, &proof)
		? ERR_NOT_FOUND
		: guests_confirm(
		      &p->call, &proof, digits, &plan, v, &code, &resumed);
	if (e == ERR_NOT_FOUND)
		return form(p, state, guest_refusal());
	guest_right(p);
	if (e != ERR_OK)
		return e;
	text = arena_text(p->arena, secret_text(&code));
	return text == NULL ? ERR_NO_MEMORY : guest_show(p, v, text, resumed);
}
