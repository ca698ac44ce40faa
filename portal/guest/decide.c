/* The person a guest visits says yes or no, and later: no more. */
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "portal/guest/guest.h"
#include "portal/web/route.h"

enum { DAY = 86400, DAYS_MAX = 30, LIST_MAX = 200 };

static enum err
show(struct page *p, const char *wrong)
{
	struct uid id = page_id(p, 0);
	struct voucher *v = arena_get(p->arena, sizeof(*v));
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if ((e = vouchers_get(&p->call, &id, v)))
		return e;
	return PAGE(p, guest_decide, .id = v->id.s, .name = v->name,
	    .asked = v->created, .open = v->state == VOUCHER_ASKED,
	    .wrong = wrong);
}

enum err
guest_decide_page(struct page *p)
{
	return show(p, "");
}

enum err
guest_decide(struct page *p)
{
	const char *word = form_text(&p->form, "do");
	bool yes = strcmp(word, "yes") == 0;
	struct uid id = page_id(p, 0);
	int64_t days = 0;
	enum err e;

	if ((!yes && strcmp(word, "no") != 0) ||
	    (yes && !text_int(form_text(&p->form, "days"), 1, DAYS_MAX, &days)))
		return ERR_BAD_INPUT;
	e = vouchers_decide(&p->call, &id, yes ? p->rq->now + days * DAY : 0);
	if (e == ERR_BAD_STATE)
		return show(p, p->call.why.text);
	if (e != ERR_OK)
		return e;
	return page_go(p, yes ? "/guest/mine?done=yes" : "/guest/mine?done=no");
}

static const char *
done(const struct page *p)
{
	const char *word = form_text(&p->query, "done");

	return strcmp(word, "yes") == 0  ? SAY("The guest may use the Wi-Fi.")
	       : strcmp(word, "no") == 0 ? SAY("The guest was refused.")
	       : strcmp(word, "withdrawn") == 0
		   ? SAY("The guest's Wi-Fi password no longer works.")
		   : "";
}

enum err
guest_mine(struct page *p)
{
	struct tpl_sponsored *t;
	struct voucher *v;
	size_t n, total;
	enum err e;

	if ((e = vouchers_list(&p->call, "", -1, 0, LIST_MAX, &v, &n, &total)))
		return e;
	if ((t = arena_array(p->arena, n + 1, sizeof(*t))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		t[i] = (struct tpl_sponsored){.id = v[i].id.s,
		    .name = v[i].name,
		    .asked = v[i].state == VOUCHER_ASKED,
		    .allowed = v[i].state == VOUCHER_OPEN ||
			       v[i].state == VOUCHER_USED,
		    .over = v[i].state == VOUCHER_OVER,
		    .until = v[i].departure};
	return PAGE(p, guest_mine, .done = done(p), .guests = {t, n});
}

enum err
guest_withdraw(struct page *p)
{
	struct uid id = page_id(p, 0);
	enum err e =
	    vouchers_take_back(&p->call, &id, SAY("Withdrawn by the host."));

	return e ? e : page_go(p, "/guest/mine?done=withdrawn");
}
