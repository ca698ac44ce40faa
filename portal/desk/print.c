/* Sheets of guests. Every password on them is in the audit first. */
#include <stdlib.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "core/handout/escpos.h"
#include "core/handout/sheet.h"
#include "core/service/batches.h"
#include "portal/desk/desk.h"
#include "portal/web/lang.h"
#include "portal/web/route.h"

enum {
	PRINT_MAX = SHEET_KEYS_MAX,
	CHUNK = 250, /* looked up at once, in memory of their own */
	CHUNK_MEMORY = 64 << 20,
	NOTE_MAX = 400,
	ONCE_MAX = 4000
};

struct desk_print {
	struct page *page;
	struct sheet sheet;
	bool escpos, bare;            /* bare: without the logo */
	const char *act;              /* of the audit */
	const char *brand, *language; /* "" as it would be */
	const char *note;             /* NULL as it would be */
	size_t n;
	struct secret secret[PRINT_MAX];
	struct handout handout[PRINT_MAX];
};

void
desk_print_own(struct desk_print **d)
{
	if (*d != NULL)
		secret_wipe((*d)->secret, sizeof((*d)->secret));
	free(*d);
}

/* Texts that outlive V. */
static bool
keep(struct desk_print *d, const struct key_view *v, struct handout *out)
{
	const struct conf_portal *c = &d->page->app->conf->portal;
	struct arena *a = d->page->arena;
	const char *language =
	    *d->language != '\0' ? d->language : v->person.language;

	*out = (struct handout){.ssid = arena_text(a, v->network.ssid),
	    .hidden = v->network.hidden,
	    .network = arena_text(a, v->network.name),
	    .person = arena_text(a, v->person.name),
	    .key = arena_text(a, v->key.name),
	    .plan = arena_text(a, v->plan.name),
	    .valid = desk_until(d->page, v, lang_find(language)),
	    .brand =
		*d->brand != '\0' ? d->brand : conf_said(&c->brand, language),
	    .support = conf_said(&c->support, language),
	    .support_mail = conf_said(&c->support_mail, language),
	    .url = c->public_url,
	    .language = arena_text(a, language),
	    .note =
		d->note != NULL ? d->note : conf_said(&c->sheet_note, language),
	    .id = arena_text(a, v->key.id.s),
	    .not_after = v->key.not_after,
	    .logo = d->bare ? NULL : d->page->app->logo};
	return out->ssid != NULL && out->network != NULL &&
	       out->person != NULL && out->key != NULL && out->plan != NULL &&
	       out->valid != NULL && out->language != NULL && out->id != NULL;
}

/* What FORM changes on a sheet. */
static enum err
says(struct desk_print *d, const struct form *form)
{
	const char *language = form_text(form, "sheet_language");
	const char *note = form_get(form, "sheet_note");
	const struct view *v = &d->page->view;

	d->brand = form_text(form, "sheet_title");
	/* left as it stood there, every sheet has it in its own language */
	d->note = note && strcmp(note, v->sheet_note) != 0 ? note : NULL;
	d->bare = strcmp(form_text(form, "sheet_logo"), "no") == 0;
	d->language = lang_find(language) >= 0 ? language : "";
	d->sheet.once = form_text(form, "sheet_once");
	d->sheet.language = *d->language != '\0' ? d->language : v->code;
	return strlen(d->sheet.once) > ONCE_MAX ||
		       (d->note && strlen(d->note) > NOTE_MAX) ||
		       strlen(d->brand) > NAME_MAX_
		   ? ERR_BAD_INPUT
		   : ERR_OK;
}

static enum err
begin(struct page *p, const struct form *form, const char *act,
    struct desk_print **out)
{
	struct desk_print *d = calloc(1, sizeof(*d));

	if ((*out = d) == NULL)
		return ERR_NO_MEMORY;
	d->page = p;
	d->act = act;
	d->sheet = (struct sheet){.title = "Wi-Fi", .made = p->rq->now};
	return says(d, form);
}

enum err
desk_print_for(struct page *p, const char *act, struct desk_print **out)
{
	return begin(p, &p->form, act, out);
}

static enum err
open_layout(struct page *p, struct desk_print **out)
{
	const char *layout = form_text(&p->form, "layout");
	enum err e = begin(p, &p->form, "print", out);

	if (e != ERR_OK)
		return e;
	(*out)->escpos = strcmp(layout, "escpos") == 0;
	return (*out)->escpos || sheet_parse(layout, &(*out)->sheet.layout)
		   ? ERR_OK
		   : ERR_BAD_INPUT;
}

const struct handout *
desk_print_handout(const struct desk_print *d)
{
	return d->n == 0 ? NULL : &d->handout[0];
}

/* The sheet as it would be, with a guest and a password that are none. */
enum err
desk_preview(struct page *p)
{
	OWN(desk_print) struct desk_print *d = NULL;
	const char *layout = form_text(&p->query, "layout");
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	*v = (struct key_view){.key.not_after = p->rq->now + 3 * 86400};
	text_copy(v->network.ssid, sizeof(v->network.ssid), "Wi-Fi");
	text_copy(v->network.name, sizeof(v->network.name), "Wi-Fi");
	text_copy(v->person.name, sizeof(v->person.name), "Ana P\xc3\xa9rez");
	text_copy(v->person.language, sizeof(v->person.language), p->view.code);
	text_copy(v->key.name, sizeof(v->key.name), "12");
	if ((e = begin(p, &p->query, "print", &d)))
		return e;
	if (strcmp(layout, "escpos") == 0)
		layout = "receipt";
	if (!sheet_parse(layout, &d->sheet.layout))
		return ERR_BAD_INPUT;
	if (!keep(d, v, &d->handout[0]))
		return ERR_NO_MEMORY;
	d->handout[0].passphrase = &d->secret[0];
	if ((e = secret_set(&d->secret[0], "abcdefghjkmnpqrs", 16)) ||
	    (e = sheet_svg(&d->sheet, &d->handout[0], &p->rp->body)))
		return e;
	p->rp->status = 200;
	reply_header(p->rp, "content-type", "image/svg+xml");
	return p->rp->body.err;
}

enum err
desk_print_add(struct desk_print *d, const struct key_view *v, size_t n)
{
	struct page *p = d->page;
	const struct uid **ids = arena_array(p->arena, n + 1, sizeof(*ids));
	int *squares = arena_array(p->arena, n + 1, sizeof(*squares));
	size_t first = d->n;
	enum err e;

	if (ids == NULL || squares == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		if (v[i].standing != KEY_IS_ACTIVE &&
		    v[i].standing != KEY_IS_SCHEDULED)
			continue;
		if (d->n == PRINT_MAX)
			return ERR_TOO_BIG;
		ids[d->n - first] = &v[i].key.id;
		if (!keep(d, &v[i], &d->handout[d->n]))
			return ERR_NO_MEMORY;
		d->handout[d->n].passphrase = &d->secret[d->n];
		squares[d->n - first] = squares_count(&d->handout[d->n]);
		d->n++;
	}
	e = keys_reveal_many(
	    &p->call, ids, d->n - first, d->act, squares, &d->secret[first]);
	if (e != ERR_OK)
		d->n = first;
	return e;
}

static enum err
receipts(struct desk_print *d)
{
	struct page *p = d->page;
	size_t missing;
	enum err e;

	for (size_t i = 0; i < d->n; i++)
		if ((e = escpos_receipt(
			 &d->handout[i], &p->rp->body, &missing)))
			return e;
	return page_file(p, "application/octet-stream", "wifi.escpos");
}

static enum err
reply(struct desk_print *d)
{
	struct page *p = d->page;
	enum err e;

	if (d->n == 0)
		return ERR_BAD_STATE;
	if (d->escpos)
		return receipts(d);
	if ((e = sheet_pdf(&d->sheet, d->handout, d->n, &p->rp->body)))
		return e;
	return page_file(p, "application/pdf", "wifi.pdf");
}

/* --- what they cannot show --- */

static enum err
squares_guest(
    struct page *p, struct squares *s, const char *name, const char *room)
{
	bool in_name, in_room;
	enum err e;

	if ((e = squares_add(p, s, SAY("Name"), name, &in_name)) ||
	    (e = squares_add(p, s, SAY("Room or host"), room, &in_room)))
		return e;
	s->guests += in_name || in_room;
	return ERR_OK;
}

enum err
desk_squares(
    struct page *p, const struct tpl_guest *v, size_t n, struct squares *s)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		if (v[i].living)
			e = squares_guest(p, s, v[i].name, v[i].room);
	return e;
}

/* The same of what is typed for a sheet, which a script asks for. */
enum err
desk_typed(struct page *p)
{
	OWN(desk_print) struct desk_print *d = NULL;
	struct squares s = {.n = 0};
	enum err e;

	if ((e = begin(p, &p->form, "print", &d)) ||
	    (e = squares_add(p, &s, SAY("Heading"), d->brand, NULL)) ||
	    (e = squares_add(p, &s, SAY("Further text"),
		 d->note != NULL ? d->note : "", NULL)) ||
	    (e = squares_add(
		 p, &s, SAY("A page printed once"), d->sheet.once, NULL)))
		return e;
	return PAGE(p, desk_squares, .squares = squares_shown(&s));
}

struct looking {
	struct page *page;
	struct squares *squares;
};

static enum err
look(void *of, const char *name, const char *room)
{
	const struct looking *l = of;

	return squares_guest(l->page, l->squares, name, room);
}

enum err
desk_squares_batch(struct page *p, const struct uid *id, struct squares *s)
{
	struct looking l = {.page = p, .squares = s};

	return batches_names(&p->call, id, look, &l);
}

enum err
desk_print_all(struct page *p, desk_print_source *some, void *of)
{
	OWN(arena) struct arena *a = arena_new(CHUNK_MEMORY);
	OWN(desk_print) struct desk_print *d = NULL;
	struct call c = p->call;
	struct key_view *v;
	size_t n = CHUNK;
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	c.arena = a;
	if ((e = open_layout(p, &d)))
		return e;
	for (size_t at = 0; n == CHUNK; at += n) {
		arena_reset(a);
		if ((e = some(&c, of, at, CHUNK, &v, &n)) ||
		    (e = desk_print_add(d, v, n)))
			return e;
	}
	return reply(d);
}

enum err
desk_sheet(struct page *p)
{
	OWN(desk_print) struct desk_print *d = NULL;
	struct uid id = page_id(p, 0);
	struct key_view *v;
	enum err e;

	if ((e = desk_find(p, &id, &v)) || (e = open_layout(p, &d)) ||
	    (e = desk_print_add(d, v, 1)))
		return e;
	return reply(d);
}

static enum err
arrivals(struct call *c, void *of, size_t offset, size_t limit,
    struct key_view **v, size_t *n)
{
	struct pass_filter *f = of;
	size_t total;

	f->offset = offset;
	f->limit = limit;
	return passes_list(c, f, v, n, &total);
}

enum err
desk_sheets(struct page *p)
{
	struct pass_filter f = {.day = PASS_ARRIVES, .search = ""};
	struct entitlement *presets;
	size_t npresets;
	enum err e;

	if ((e = passes_presets(&p->call, &presets, &npresets)))
		return e;
	desk_today(p, presets, npresets, &f.from, &f.to);
	return desk_print_all(p, arrivals, &f);
}
