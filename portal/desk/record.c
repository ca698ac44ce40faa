/* What was printed, sent and changed, and sending it once more. */
#include <stdlib.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/handout/sheet.h"
#include "core/service/audit.h"
#include "core/service/outbox.h"
#include "portal/desk/desk.h"
#include "portal/web/letter.h"
#include "portal/web/route.h"

enum { ROWS_MAX = 30, LETTERS_MAX = 10, LETTER_MAX = 32 * 1024 };

/* What an act of the audit is at the desk; "" is nobody's business there. */
static const char *
what(const struct audit_row *r)
{
	static const struct {
		const char *act, *detail, *words;
	} all[] = {{"key.issue", "", SAY("Made")},
	    {"key.reveal", "\"by\":\"print\"", SAY("Printed")},
	    {"key.reveal", "\"by\":\"mail\"", SAY("Sent by mail")},
	    {"key.reveal", "\"by\":\"screen\"", SAY("Shown")},
	    {"key.reveal", "", SAY("Handed out")},
	    {"key.rename", "", SAY("Moved")},
	    {"key.end", "", SAY("Departure changed")},
	    {"key.devices", "", SAY("Number of devices changed")},
	    {"key.suspend", "", SAY("Suspended")},
	    {"key.restore", "", SAY("Restored")},
	    {"key.expire", "", SAY("Expired")},
	    {"key.revoke", "", SAY("Ended")}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(r->act, all[i].act) == 0 &&
		    (all[i].detail[0] == '\0' ||
			(r->detail != NULL &&
			    strstr(r->detail, all[i].detail) != NULL)))
			return all[i].words;
	return "";
}

/* How many signs had no glyph, as keys_reveal_many() wrote it. */
static int64_t
squares(const struct audit_row *r)
{
	static const char member[] = "\"squares\":";
	const char *at = r->detail == NULL ? NULL : strstr(r->detail, member);

	return at == NULL ? 0 : strtoll(at + sizeof(member) - 1, NULL, 10);
}

/* The name in `kind:name:id@address`. */
static const char *
who(struct page *p, const char *actor)
{
	const char *name = strchr(actor, ':'), *end;

	if (name == NULL)
		return "";
	end = strrchr(++name, ':');
	return arena_copy(
	    p->arena, name, end != NULL ? (size_t)(end - name) : strlen(name));
}

enum err
desk_record(
    struct page *p, const struct uid *key, struct tpl_trail **out, size_t *n)
{
	struct audit_row *rows;
	size_t all;
	enum err e;

	*n = 0;
	if ((e = passes_trail(&p->call, key, ROWS_MAX, &rows, &all)))
		return e;
	if ((*out = arena_array(p->arena, all + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < all; i++) {
		const char *words = what(&rows[i]);

		if (*words == '\0')
			continue;
		(*out)[(*n)++] = (struct tpl_trail){.at = rows[i].at,
		    .what = words,
		    .who = who(p, rows[i].actor),
		    .squares = squares(&rows[i])};
	}
	return ERR_OK;
}

enum err
desk_letters(
    struct page *p, const struct uid *key, struct tpl_posted **out, size_t *n)
{
	struct outbox_item *all;
	enum err e;

	if ((e = outbox_of_key(&p->call, key, LETTERS_MAX, &all, n)))
		return e;
	if ((*out = arena_array(p->arena, *n + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct tpl_posted){.at = all[i].created,
		    .to = all[i].target,
		    .waits = all[i].state == OUTBOX_WAITING,
		    .arrived = all[i].state == OUTBOX_DONE,
		    .dead = all[i].state == OUTBOX_DEAD,
		    .answer = all[i].answer};
	return ERR_OK;
}

/* --- by mail --- */

static enum err
write_letter(struct page *p, const struct key_view *v, const struct handout *h)
{
	OWN(buf) struct buf page = BUF(LETTER_MAX);
	OWN(buf) struct buf pdf = BUF(SHEET_MAX);
	struct sheet sheet = {
	    .layout = SHEET_A4, .title = "Wi-Fi", .made = p->rq->now};
	struct mail_file file = {.name = "wifi.pdf", .type = "application/pdf"};
	struct view before = p->view;
	enum err e;

	if ((e = sheet_pdf(&sheet, h, 1, &pdf)))
		return e;
	file.octets = pdf.p;
	file.len = pdf.len;
	p->view = letter_view(p, v->person.language);
	render_letter_pass(&p->view,
	    &(struct tpl_letter_pass){.name = v->person.name,
		.ssid = h->ssid,
		.password = secret_text(h->passphrase),
		.until = h->valid},
	    &page);
	e = page.err != ERR_OK
		? page.err
		: letter_send(p, &(struct letter){.to = v->person.mail,
				     .about = "letter.pass",
				     .page = &page,
				     .file = &file,
				     .person = &v->person.id,
				     .key = &v->key.id});
	p->view = before;
	secret_wipe(page.p, page.len);
	return e;
}

enum err
desk_post(struct page *p, const struct key_view *v)
{
	OWN(desk_print) struct desk_print *d = NULL;
	enum err e;

	if (v->person.mail[0] == '\0')
		return why_set(&p->call.why, ERR_BAD_INPUT, "mail",
		    "This guest has no mail address.");
	if (p->app->conf->mail.url[0] == '\0')
		return why_set(&p->call.why, ERR_BAD_INPUT, "mail",
		    "No mail server is set up.");
	if ((e = desk_print_for(p, "mail", &d)) ||
	    (e = desk_print_add(d, v, 1)))
		return e;
	if (desk_print_handout(d) == NULL)
		return ERR_BAD_STATE;
	return write_letter(p, v, desk_print_handout(d));
}
