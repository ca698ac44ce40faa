/* Asking the person one visits. */
#include <string.h>
#include <strings.h>

#include "core/base/say.h"
#include "core/service/guests.h"
#include "core/service/people.h"
#include "portal/guest/guest.h"
#include "portal/web/letter.h"
#include "portal/web/route.h"

static const char *
domains(struct page *p)
{
	const struct conf_list *l = &p->app->conf->guest.sponsor_domains;
	OWN(buf) struct buf b = BUF(4096);

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&b, "%s@%s", i > 0 ? ", " : "", l->v[i]);
	return arena_text(p->arena, buf_str(&b));
}

static enum err
ask(struct page *p, const char *wrong, const char *field)
{
	return PAGE(p, guest_sponsor, .name = form_text(&p->form, "name"),
	    .host = form_text(&p->form, "host"), .domains = domains(p),
	    .wrong = wrong, .wrong_name = strcmp(field, "name") == 0,
	    .wrong_host = strcmp(field, "host") == 0, .terms = guest_terms(p));
}

enum err
guest_sponsor_page(struct page *p)
{
	return guest_way(p, "sponsor") ? ask(p, "", "") : ERR_NOT_FOUND;
}

static bool
domain_ok(const struct page *p, const char *mail)
{
	const struct conf_list *l = &p->app->conf->guest.sponsor_domains;
	const char *at = strrchr(mail, '@');

	for (size_t i = 0; at != NULL && i < l->n; i++)
		if (strcasecmp(at + 1, l->v[i]) == 0)
			return true;
	return false;
}

/* The sponsor's language, where it is known here; the guest is not told. */
static struct view
for_host(struct page *p, const char *mail)
{
	struct call c = guest_machine(p);
	struct person host;

	if (people_find(&c, mail, &host) != ERR_OK ||
	    strcasecmp(host.mail, mail) != 0)
		return p->view;
	return letter_view(p, host.language);
}

static enum err
letter(struct page *p, const struct voucher *v)
{
	OWN(buf) struct buf b = BUF(8192);
	const char *link = arena_printf(
	    p->arena, "%s/guest/decide/%s", p->app->origin, v->id.s);
	struct view before = p->view;
	enum err e;

	if (link == NULL)
		return ERR_NO_MEMORY;
	p->view = for_host(p, v->host);
	render_letter_sponsor(&p->view,
	    &(struct tpl_letter_sponsor){.name = v->name, .link = link}, &b);
	e = b.err != ERR_OK ? b.err
			    : letter_send(p, &(struct letter){.to = v->host,
						 .about = "letter.sponsor",
						 .page = &b});
	p->view = before;
	return e;
}

static enum err
order(struct page *p, struct voucher_order *o)
{
	o->name = form_text(&p->form, "name");
	o->host = form_text(&p->form, "host");
	o->language = p->view.code;
	if (!guest_agreed(p))
		return why_set(&p->call.why, ERR_BAD_INPUT, "",
		    "Please accept the terms of use.");
	/* it goes into somebody's letter: a name, not an advertisement */
	if (o->name[0] == '\0' || strpbrk(o->name, "/:@<>") != NULL)
		return why_set(
		    &p->call.why, ERR_BAD_INPUT, "name", "Give your name.");
	if (!domain_ok(p, o->host))
		return why_set(&p->call.why, ERR_BAD_INPUT, "host",
		    "Give the whole mail address of the person you visit.");
	return guests_plan(&p->call, p->app->conf->guest.plan, &o->plan);
}

enum err
guest_sponsor(struct page *p)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o = {.uses = 1};
	const char *text;
	struct voucher v;
	enum err e;

	if (!guest_way(p, "sponsor"))
		return ERR_NOT_FOUND;
	if ((e = order(p, &o)) == ERR_OK &&
	    (e = guests_count(
		 &p->call, o.host, p->app->conf->guest.mails_a_day)) == ERR_OK)
		e = vouchers_ask(&p->call, &o, &v, &code);
	if (e == ERR_BAD_INPUT)
		return ask(p, p->call.why.text, p->call.why.field);
	if (e == ERR_THROTTLED)
		return ask(p,
		    SAY("Too many have asked today. Please go to the front "
			"desk."),
		    "");
	if (e != ERR_OK || (e = letter(p, &v)))
		return e;
	text = arena_text(p->arena, secret_text(&code));
	return text == NULL ? ERR_NO_MEMORY
			    : PAGE(p, guest_wait, .typed = text,
				  .terms = guest_terms(p)[0] != '\0');
}
