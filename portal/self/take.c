/* A password as a file. Each is in the audit before its first byte leaves. */
#include "core/handout/profile.h"
#include "core/handout/qr.h"
#include "core/handout/sheet.h"
#include "core/service/people.h"
#include "portal/self/card.h"
#include "portal/web/letter.h"
#include "portal/web/route.h"
#include "portal/web/squares.h"

enum { PNG_PIXELS = 12, LETTER_MAX = 16384 };

/* The person's own, working key of the path, unsealed for ACT. */
static enum err
mine(struct page *p, const char *act, struct secret *s, struct handout *h)
{
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if ((e = card_mine(p, v)))
		return e;
	if (v->standing != KEY_IS_ACTIVE && v->standing != KEY_IS_SCHEDULED)
		return ERR_BAD_STATE;
	if ((e = card_handout(p, v, s, h)))
		return e;
	return squares_reveal(&p->call, &v->key.id, act, h, s);
}

enum err
take_sheet(struct page *p)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	struct sheet sheet = {
	    .layout = SHEET_A4, .title = "Wi-Fi", .made = p->rq->now};
	struct handout h;
	enum err e;

	if ((e = mine(p, "print", &secret, &h)) ||
	    (e = sheet_pdf(&sheet, &h, 1, &p->rp->body)))
		return e;
	return page_file(p, "application/pdf", "wifi.pdf");
}

/* To nobody's address but their own, which has been proven. */
static enum err
letter(struct page *p, const struct handout *h, const struct uid *key)
{
	OWN(buf) struct buf page = BUF(LETTER_MAX);
	OWN(buf) struct buf pdf = BUF(SHEET_MAX);
	const struct person *me = &p->session.who;
	struct sheet sheet = {
	    .layout = SHEET_A4, .title = "Wi-Fi", .made = p->rq->now};
	struct mail_file file = {.name = "wifi.pdf", .type = "application/pdf"};
	enum err e;

	if ((e = sheet_pdf(&sheet, h, 1, &pdf)))
		return e;
	file.octets = pdf.p;
	file.len = pdf.len;
	render_letter_pass(&p->view,
	    &(struct tpl_letter_pass){.name = me->name,
		.ssid = h->ssid,
		.password = secret_text(h->passphrase),
		.until = h->valid},
	    &page);
	e = page.err != ERR_OK ? page.err
			       : letter_send(p, &(struct letter){.to = me->mail,
						    .about = "letter.pass",
						    .page = &page,
						    .file = &file,
						    .person = &me->id,
						    .key = key});
	secret_wipe(page.p, page.len);
	secret_wipe(pdf.p, pdf.len);
	return e;
}

bool
take_may_mail(struct page *p)
{
	bool proven = false;

	return p->session.who.mail[0] != '\0' &&
	       p->app->conf->mail.url[0] != '\0' &&
	       people_mail_proven(&p->call, &p->session.person, &proven) ==
		   ERR_OK &&
	       proven;
}

enum err
take_mail(struct page *p)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	struct uid id = page_id(p, 0);
	struct handout h;
	enum err e;

	if (!take_may_mail(p))
		return ERR_NOT_FOUND;
	if ((e = mine(p, "mail", &secret, &h)) || (e = letter(p, &h, &id)))
		return e;
	return page_gof(p, "/key/%s?done=mailed", id.s);
}

static enum err
code(struct page *p, struct qr **out)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	OWN(buf) struct buf text = BUF(1024);
	struct handout h;
	enum err e;

	if ((*out = arena_get(p->arena, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = mine(p, "qr", &secret, &h)) || (e = wifi_string(&h, &text)))
		return e;
	return qr_make(buf_str(&text), *out);
}

enum err
take_png(struct page *p)
{
	struct qr *qr;
	enum err e;

	if ((e = code(p, &qr)) || (e = qr_png(qr, PNG_PIXELS, &p->rp->body)))
		return e;
	return page_file(p, "image/png", "wifi.png");
}

enum err
take_svg(struct page *p)
{
	struct qr *qr;
	enum err e;

	if ((e = code(p, &qr)) || (e = qr_svg(qr, "Wi-Fi", &p->rp->body)))
		return e;
	return page_file(p, "image/svg+xml", "wifi.svg");
}

enum err
take_profile(struct page *p)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	enum profile_kind kind;
	struct handout h;
	enum err e;

	if (!profile_parse(p->rq->args[1], &kind))
		return ERR_NOT_FOUND;
	if ((e = mine(p, "profile", &secret, &h)) ||
	    (e = profile_write(kind, &h, &p->rp->body)))
		return e;
	p->rp->sign = kind == PROFILE_APPLE;
	return page_file(p, profile_media_type(kind), profile_file_name(kind));
}
