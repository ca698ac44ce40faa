/* Sheets of guests. Every password on them is in the audit first. */
#include <string.h>

#include "core/handout/escpos.h"
#include "core/handout/sheet.h"
#include "portal/desk/desk.h"
#include "portal/web/lang.h"
#include "portal/web/route.h"

enum { PRINT_MAX = 500 };

static inline void
secrets_own(struct secret **s)
{
	if (*s != NULL)
		secret_wipe(*s, PRINT_MAX * sizeof(**s));
	free(*s);
}

static enum err
fill(struct page *p, const struct key_view *v, struct secret *s,
    struct handout *out)
{
	const struct conf_portal *c = &p->app->conf->portal;
	enum err e;

	if (v->standing != KEY_IS_ACTIVE && v->standing != KEY_IS_SCHEDULED)
		return ERR_BAD_STATE;
	if ((e = keys_reveal(&p->call, &v->key.id, "print", s)))
		return e;
	*out = (struct handout){.ssid = v->network.ssid,
	    .passphrase = s,
	    .hidden = v->network.hidden,
	    .network = v->network.name,
	    .person = v->person.name,
	    .key = v->key.name,
	    .plan = v->plan.name,
	    .valid = desk_until(p, v, lang_find(v->person.language)),
	    .brand = c->brand,
	    .support = c->support,
	    .support_mail = c->support_mail,
	    .url = c->public_url,
	    .language = v->person.language,
	    .note = "",
	    .id = v->key.id.s,
	    .not_after = v->key.not_after};
	return out->valid == NULL ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
receipts(struct page *p, const struct handout *h, size_t n)
{
	size_t missing;
	enum err e;

	for (size_t i = 0; i < n; i++)
		if ((e = escpos_receipt(&h[i], &p->rp->body, &missing)))
			return e;
	return page_file(p, "application/octet-stream", "wifi.escpos");
}

enum err
desk_print(struct page *p, const struct key_view *v, size_t n)
{
	OWN(secrets) struct secret *s = calloc(PRINT_MAX, sizeof(*s));
	struct handout *h = arena_array(p->arena, n + 1, sizeof(*h));
	const char *layout = form_text(&p->form, "layout");
	struct sheet sheet = {.title = "Wi-Fi", .made = p->rq->now};
	bool escpos = strcmp(layout, "escpos") == 0;
	size_t filled = 0;
	enum err e;

	if (s == NULL || h == NULL)
		return ERR_NO_MEMORY;
	if (!escpos && !sheet_parse(layout, &sheet.layout))
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < n && i < PRINT_MAX; i++) {
		e = fill(p, &v[i], &s[filled], &h[filled]);
		if (e == ERR_OK)
			filled++;
		else if (e != ERR_BAD_STATE)
			return e;
	}
	if (filled == 0)
		return ERR_BAD_STATE;
	if (escpos)
		return receipts(p, h, filled);
	if ((e = sheet_pdf(&sheet, h, filled, &p->rp->body)))
		return e;
	return page_file(p, "application/pdf", "wifi.pdf");
}

enum err
desk_sheet(struct page *p)
{
	struct uid id = page_id(p, 0);
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if ((e = keys_get(&p->call, &id, v)))
		return e;
	if (v->key.kind != KEY_GUEST)
		return ERR_NOT_FOUND;
	return desk_print(p, v, 1);
}

enum err
desk_sheets(struct page *p)
{
	struct pass_filter f = {
	    .day = PASS_ARRIVES, .search = "", .limit = PRINT_MAX};
	struct entitlement *presets;
	struct key_view *v;
	size_t npresets, n, total;
	enum err e;

	if ((e = passes_presets(&p->call, &presets, &npresets)))
		return e;
	desk_today(p, presets, npresets, &f.from, &f.to);
	if ((e = passes_list(&p->call, &f, &v, &n, &total)))
		return e;
	return desk_print(p, v, n);
}
