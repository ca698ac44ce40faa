/* Vouchers: made by the batch, counted, printed again, withdrawn. */
#include "core/service/vouchers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/csv.h"
#include "core/base/say.h"
#include "core/base/text.h"
#include "core/handout/sheet.h"
#include "core/service/setup.h"
#include "portal/admin/admin.h"
#include "portal/admin/choices.h"
#include "portal/admin/spoken.h"
#include "portal/web/route.h"
#include "portal/web/said.h"
#include "portal/web/squares.h"

enum { EACH = 100 };

static const char *
plan_name(struct page *p, const struct uid *id)
{
	struct plan *plan = arena_get(p->arena, sizeof(*plan));

	return plan && plan_get(&p->call, id, plan) == ERR_OK ? plan->name : "";
}

static struct tpl_batch_row
batch_row(struct page *p, const struct voucher_batch *b)
{
	return (struct tpl_batch_row){.id = b->id.s,
	    .name = b->name,
	    .plan = plan_name(p, &b->plan),
	    .size = b->size,
	    .left = b->left,
	    .redeemed = b->redeemed,
	    .created = b->created};
}

/* --- all of them, and a form -------------------------------------------------
 */

static enum err
show_all(struct page *p, const char *wrong, int status)
{
	struct tpl_admin_vouchers t = {.wrong = wrong};
	struct voucher_batch *all = NULL;
	struct tpl_batch_row *v;
	size_t n = 0;
	enum err e;

	if ((e = vouchers_batches(&p->call, &all, &n)) ||
	    (e = admin_plan_choices(
		 p, form_text(&p->form, "plan"), &t.plans.v, &t.plans.n)))
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i] = batch_row(p, &all[i]);
	t.rows.v = v;
	t.rows.n = n;
	t.may_change = call_may(&p->call, ROLE_OPERATOR);
	t.off = p->app->conf->guest.ways.n == 0;
	t.done = form_text(&p->query, "done");
	t.name = form_text(&p->form, "name");
	t.count = admin_typed(p, "count", "50");
	t.uses = admin_typed(p, "uses", "1");
	t.departure = form_day(&p->form, "departure");
	render_admin_vouchers(&p->view, &t, &p->rp->body);
	return page_html(p, status);
}

enum err
admin_vouchers(struct page *p)
{
	return show_all(p, "", 200);
}

/* The end of that day where the plan's network is. */
static enum err
until(struct page *p, const struct uid *id, int64_t *out)
{
	struct network n;
	struct plan plan;
	enum err e;

	if ((e = plan_get(&p->call, id, &plan)) ||
	    (e = network_get(&p->call, &plan.network, &n)))
		return e;
	return admin_day(p, "departure", n.time_zone, true, out);
}

static enum err
order(struct page *p, struct voucher_order *o, int64_t *count)
{
	int64_t uses = 1;

	o->name = form_text(&p->form, "name");
	if (!uid_parse(form_text(&p->form, "plan"), &o->plan))
		return why_set(
		    &p->call.why, ERR_BAD_INPUT, "plan", "Choose a plan.");
	if (!text_int(form_text(&p->form, "count"), 1, VOUCHERS_BATCH, count))
		return why_set(&p->call.why, ERR_BAD_INPUT, "count",
		    "A batch has 1 to %d vouchers.", VOUCHERS_BATCH);
	if (!text_int(admin_typed(p, "uses", "1"), 1, VOUCHERS_USES, &uses))
		return why_set(&p->call.why, ERR_BAD_INPUT, "uses",
		    "A code is good for 1 to %d guests.", VOUCHERS_USES);
	o->uses = (int)uses;
	return until(p, &o->plan, &o->departure);
}

static enum err
refused(struct page *p, enum err e,
    enum err (*show)(struct page *p, const char *wrong, int status))
{
	const char *words;

	if (e != ERR_BAD_INPUT && e != ERR_BAD_STATE && e != ERR_TOO_BIG)
		return e;
	words = arena_text(
	    p->arena, p->call.why.text[0] ? p->call.why.text : err_words(e));
	return words ? show(p, words, err_http(e)) : ERR_NO_MEMORY;
}

enum err
admin_voucher_add(struct page *p)
{
	struct voucher_order o = {.uses = 1};
	struct voucher_batch b;
	int64_t count = 0;
	enum err e;

	if ((e = order(p, &o, &count)) ||
	    (e = vouchers_batch(&p->call, &o, count, &b)))
		return refused(p, e, show_all);
	return page_gof(p, "/admin/vouchers/%s?done=made", b.id.s);
}

/* --- one batch --- */

static enum err
layouts(struct page *p, struct tpl_admin_voucher_batch *t)
{
	static const struct {
		const char *word, *paper;
		int cards;
	} all[] = {{"a4-8", "A4", 8}, {"a4-10", "A4", 10}, {"a4-20", "A4", 20},
	    {"a4-4", "A4", 4}, {"letter-8", "Letter", 8},
	    {"letter-10", "Letter", 10}, {"letter-20", "Letter", 20},
	    {"letter-4", "Letter", 4}, {"a6", "A6", 1}};
	size_t n = sizeof(all) / sizeof(*all);
	struct tpl_choice *c = arena_array(p->arena, n, sizeof(*c));

	if (c == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		c[i] = (struct tpl_choice){.value = all[i].word,
		    .label = said_layout(
			p->arena, p->view.lang, all[i].paper, all[i].cards),
		    .chosen = i == 0};
	t->layouts.v = c;
	t->layouts.n = n;
	return ERR_OK;
}

static enum err
rows(struct page *p, const struct voucher *all, size_t n,
    struct tpl_admin_voucher_batch *t)
{
	struct tpl_voucher_row *v = arena_array(p->arena, n + 1, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		bool over = all[i].departure && all[i].departure <= p->call.now;

		v[i] = (struct tpl_voucher_row){.id = all[i].id.s,
		    .serial = all[i].serial,
		    .state = spoken_term(p->view.lang, "state",
			voucher_state_text(over && all[i].state == VOUCHER_OPEN
					       ? VOUCHER_OVER
					       : all[i].state)),
		    .is_open = !over && all[i].state == VOUCHER_OPEN,
		    .until = all[i].departure,
		    .person = all[i].person.s,
		    .prints = all[i].prints,
		    .printed = all[i].printed_at};
	}
	t->rows.v = v;
	t->rows.n = n;
	return ERR_OK;
}

static enum err
show_batch(struct page *p, const char *wrong, int status)
{
	struct voucher_batch *b = arena_get(p->arena, sizeof(*b));
	struct tpl_admin_voucher_batch t = {.wrong = wrong};
	struct uid id = page_id(p, 0);
	struct squares squares = {.n = 0};
	struct voucher *all = NULL;
	size_t n = 0, from = admin_offset(p), here;
	enum err e;

	if (b == NULL)
		return ERR_NO_MEMORY;
	if ((e = vouchers_batch_find(&p->call, id.s, b)) ||
	    (e = vouchers_of_batch(&p->call, &id, &all, &n)))
		return e;
	from = from < n ? from : 0;
	here = n - from < EACH ? n - from : EACH;
	if ((e = layouts(p, &t)) || (e = rows(p, all + from, here, &t)) ||
	    (e = squares_add(p, &squares, SAY("Name"), b->name, NULL)) ||
	    (e = squares_house(p, &squares, p->view.code, false)))
		return e;
	t.squares = squares_shown(&squares);
	t.batch = batch_row(p, b);
	t.may_change = call_may(&p->call, ROLE_OPERATOR);
	t.done = form_text(&p->query, "done");
	t.pager = admin_pager(from, here, n, EACH);
	render_admin_voucher_batch(&p->view, &t, &p->rp->body);
	return page_html(p, status);
}

enum err
admin_voucher_batch(struct page *p)
{
	return show_batch(p, "", 200);
}

enum err
admin_voucher_end(struct page *p)
{
	struct uid id = page_id(p, 0), voucher;
	int64_t n;
	enum err e;

	if (!form_id(&p->form, "one", &voucher))
		return ERR_BAD_INPUT;
	e = uid_is_none(&voucher) ? vouchers_batch_end(&p->call, &id, &n)
				  : vouchers_withdraw(&p->call, &voucher);
	if (e != ERR_OK)
		return refused(p, e, show_batch);
	return page_gof(p, "/admin/vouchers/%s?done=over", id.s);
}

/* --- codes on paper --- */

/* Those of a batch that are handed out, with their codes. */
struct codes {
	struct voucher_batch batch;
	struct network network;
	struct voucher *v;
	struct secret *code;
	size_t n;
};

static inline void
codes_own(struct codes *c)
{
	if (c->code)
		secret_wipe(c->code, c->n * sizeof(*c->code));
	free(c->code);
}

static enum err
gather(struct page *p, const char *act, struct codes *c)
{
	const char *one = form_text(&p->form, "one");
	struct uid id = page_id(p, 0);
	struct plan plan;
	enum err e;

	if ((e = vouchers_batch_find(&p->call, id.s, &c->batch)) ||
	    (e = vouchers_of_batch(&p->call, &id, &c->v, &c->n)) ||
	    (e = plan_get(&p->call, &c->batch.plan, &plan)) ||
	    (e = network_get(&p->call, &plan.network, &c->network)))
		return e;
	if (*one) {
		size_t i = 0;

		while (i < c->n && strcmp(c->v[i].id.s, one) != 0)
			i++;
		if (i == c->n)
			return ERR_NOT_FOUND;
		c->v += i;
		c->n = 1;
	}
	if ((c->code = calloc(c->n + 1, sizeof(*c->code))) == NULL)
		return ERR_NO_MEMORY;
	return vouchers_codes(&p->call, c->v, c->n, act, c->code);
}

static const char *
link_of(struct page *p, const struct secret *code)
{
	return arena_printf(p->arena, "%s/guest/code/%s",
	    p->app->conf->portal.public_url, secret_text(code));
}

static enum err
table(struct page *p, const struct codes *c)
{
	char serial[16];

	csv_put(&p->rp->body, "number", ',');
	csv_put(&p->rp->body, "code", ',');
	csv_put(&p->rp->body, "link", '\n');
	for (size_t i = 0; i < c->n; i++) {
		if (c->code[i].len == 0)
			continue;
		(void)snprintf(serial, sizeof(serial), "%d", c->v[i].serial);
		csv_put(&p->rp->body, serial, ',');
		csv_put(&p->rp->body, secret_text(&c->code[i]), ',');
		csv_put(&p->rp->body, link_of(p, &c->code[i]), '\n');
	}
	return page_file(p, "text/csv; charset=utf-8", "vouchers.csv");
}

/* Where those type the code who have no camera. */
static const char *
typed_at(struct page *p)
{
	const char *url = p->app->conf->portal.public_url;
	const char *t = arena_printf(p->arena, "%s/guest/code",
	    strncmp(url, "https://", 8) == 0 ? url + 8 : url);

	return t ? t : "";
}

static void
card(struct page *p, const struct codes *c, size_t i, struct handout *h)
{
	const struct conf_portal *conf = &p->app->conf->portal;

	*h = (struct handout){.ssid = c->network.ssid,
	    .passphrase = &c->code[i],
	    .network = c->network.name,
	    .person = c->batch.name,
	    .key = arena_printf(p->arena, "%d", c->v[i].serial),
	    .plan = "",
	    .valid = "",
	    .brand = p->view.brand,
	    .support = p->view.support,
	    .support_mail = typed_at(p),
	    .url = conf->public_url,
	    .language = p->view.code,
	    .note = "",
	    .id = c->v[i].id.s,
	    .link = link_of(p, &c->code[i])};
}

static enum err
cards(struct page *p, const struct codes *c, enum sheet_layout layout)
{
	struct handout *h = arena_array(p->arena, c->n + 1, sizeof(*h));
	struct sheet sheet = {
	    .layout = layout, .title = "Wi-Fi", .made = p->rq->now};
	size_t n = 0;
	enum err e;

	if (h == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < c->n; i++) {
		if (c->code[i].len == 0)
			continue;
		card(p, c, i, &h[n]);
		if (h[n].key == NULL || h[n].link == NULL)
			return ERR_NO_MEMORY;
		n++;
	}
	if ((e = sheet_pdf(&sheet, h, n, &p->rp->body)))
		return e;
	return page_file(p, "application/pdf", "vouchers.pdf");
}

enum err
admin_voucher_sheet(struct page *p)
{
	OWN(codes) struct codes c = {.n = 0};
	const char *word = form_text(&p->form, "layout");
	bool csv = strcmp(form_text(&p->form, "as"), "csv") == 0;
	enum sheet_layout layout = SHEET_A4_8;
	enum err e;

	if (!csv && (!sheet_parse(word, &layout) || layout == SHEET_A4 ||
			layout == SHEET_LETTER || layout == SHEET_RECEIPT))
		return ERR_BAD_INPUT;
	if ((e = gather(p, csv ? "export" : "print", &c)))
		return refused(p, e, show_batch);
	return csv ? table(p, &c) : cards(p, &c, layout);
}
