/* Making this device a kiosk, and ending one from anywhere. */
#include "portal/web/kiosk.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/vouchers.h"
#include "portal/desk/desk.h"
#include "portal/web/route.h"

enum { LIST_MAX = 200, HOURS_MAX = 24 * 31 };

static enum err
running(struct page *p, struct tpl_kiosk_row **out, size_t *n)
{
	struct voucher *v;
	size_t all, total;
	enum err e;

	*n = 0;
	if ((e = vouchers_list(&p->call, KIOSK_NAME, VOUCHER_OPEN, 0, LIST_MAX,
		 &v, &all, &total)))
		return e;
	if ((*out = arena_array(p->arena, all + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < all; i++)
		if (strcmp(v[i].name, KIOSK_NAME) == 0 && v[i].uses_max > 1)
			(*out)[(*n)++] = (struct tpl_kiosk_row){.id = v[i].id.s,
			    .place = v[i].room,
			    .made = v[i].uses,
			    .left = v[i].uses_max - v[i].uses,
			    .since = v[i].created};
	return ERR_OK;
}

static enum err
show(struct page *p, const char *wrong)
{
	const char *done = form_text(&p->query, "done");
	struct desk_choices c;
	struct tpl_kiosk_row *k;
	size_t n;
	enum err e;

	if ((e = desk_choices(p, &c)) || (e = running(p, &k, &n)))
		return e;
	return PAGE(p, desk_kiosk, .wrong = wrong,
	    .place = form_text(&p->form, "place"),
	    .ready = strcmp(done, "ready") == 0 && kiosk_code(p, NULL) != NULL,
	    .stopped = strcmp(done, "stopped") == 0, .most = VOUCHERS_USES,
	    .hours = KIOSK_HOURS, .plans = {c.plans, c.nplans},
	    .kiosks = {k, n});
}

enum err
desk_kiosk(struct page *p)
{
	return show(p, "");
}

enum err
desk_kiosk_start(struct page *p)
{
	OWN(secret) struct secret code = SECRET_NONE;
	struct voucher_order o = {.name = KIOSK_NAME,
	    .room = form_text(&p->form, "place"),
	    .uses = VOUCHERS_USES};
	struct voucher v;
	int64_t hours;
	enum err e;

	if (!uid_parse(form_text(&p->form, "plan"), &o.plan) ||
	    !text_int(form_text(&p->form, "hours"), 0, HOURS_MAX, &hours))
		return ERR_BAD_INPUT;
	e = *o.room == '\0' ? why_set(&p->call.why, ERR_BAD_INPUT, "place",
				  "Say where this screen stands.")
			    : vouchers_make(&p->call, &o, &v, &code);
	if (e == ERR_BAD_INPUT)
		return show(p, p->call.why.text[0] != '\0' ? p->call.why.text
							   : err_words(e));
	if (e != ERR_OK || (e = kiosk_begin(p, secret_text(&code), hours)))
		return e;
	return page_go(p, "/desk/kiosk?done=ready");
}

enum err
desk_kiosk_stop(struct page *p)
{
	struct uid id = page_id(p, 0);
	enum err e = vouchers_withdraw(&p->call, &id);

	if (e != ERR_OK && e != ERR_BAD_STATE)
		return e;
	return page_go(p, "/desk/kiosk?done=stopped");
}
