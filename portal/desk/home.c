/* The desk at a glance: who comes, who goes, and a form for who is new. */
#include <string.h>

#include "portal/desk/desk.h"
#include "portal/web/lang.h"
#include "portal/web/route.h"

enum { TODAY_MAX = 30, FOUND_MAX = 50 };

static enum err
plans(struct page *p, const struct entitlement *t, size_t n,
    struct tpl_choice **out)
{
	struct tpl_choice *c = arena_array(p->arena, n + 1, sizeof(*c));

	if (c == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		c[i].value = t[i].plan.id.s;
		c[i].label = arena_printf(
		    p->arena, "%s · %s", t[i].plan.name, t[i].network.ssid);
		c[i].chosen =
		    strcmp(c[i].value, form_text(&p->form, "plan")) == 0;
		if (c[i].label == NULL)
			return ERR_NO_MEMORY;
	}
	*out = c;
	return ERR_OK;
}

static enum err
languages(struct page *p, struct tpl_choice **out)
{
	const char *said = form_text(&p->form, "language");
	struct tpl_choice *c =
	    arena_array(p->arena, (size_t)langs_count, sizeof(*c));

	if (c == NULL)
		return ERR_NO_MEMORY;
	if (*said == '\0')
		said = p->view.code;
	for (int i = 0; i < langs_count; i++)
		c[i] = (struct tpl_choice){.value = langs[i].code,
		    .label = langs[i].name,
		    .chosen = strcmp(langs[i].code, said) == 0};
	*out = c;
	return ERR_OK;
}

enum err
desk_choices(struct page *p, struct desk_choices *out)
{
	const char *arrival = form_day(&p->form, "arrival"), *zone;
	enum err e;

	if ((e = passes_presets(&p->call, &out->presets, &out->nplans)) ||
	    (e = plans(p, out->presets, out->nplans, &out->plans)) ||
	    (e = languages(p, &out->languages)))
		return e;
	zone = out->nplans > 0 ? out->presets[0].network.time_zone : "";
	out->today = desk_date(p, p->rq->now, zone, false);
	out->arrival = *arrival != '\0' ? arrival : out->today;
	return out->today == NULL ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
rows(struct page *p, const struct pass_filter *f, struct tpl_guest **out,
    size_t *n, size_t *total)
{
	struct key_view *v;
	enum err e = passes_list(&p->call, f, &v, n, total);

	return e != ERR_OK ? e : desk_rows(p, v, *n, out);
}

/* What the page is made of. */
struct desk {
	struct desk_choices c;
	struct tpl_choice *layouts;
	struct tpl_guest *arrivals, *departures, *found;
	size_t nlayouts, narrivals, ndepartures, nfound, total, arriving,
	    leaving;
	struct squares squares;
};

static enum err
gather(struct page *p, const char *q, struct desk *d)
{
	struct pass_filter f = {
	    .day = PASS_ARRIVES, .search = "", .limit = TODAY_MAX};
	const char *layout = form_text(&p->form, "layout");
	enum err e;

	if ((e = desk_choices(p, &d->c)))
		return e;
	desk_today(p, d->c.presets, d->c.nplans, &f.from, &f.to);
	if ((e = desk_layouts(
		 p, *layout ? layout : "a6", &d->layouts, &d->nlayouts)) ||
	    (e = rows(p, &f, &d->arrivals, &d->narrivals, &d->arriving)) ||
	    (e = squares_house(p, &d->squares, p->view.code, true)) ||
	    (e = desk_squares(p, d->arrivals, d->narrivals, &d->squares)))
		return e;
	f.day = PASS_DEPARTS;
	if ((e = rows(p, &f, &d->departures, &d->ndepartures, &d->leaving)))
		return e;
	f = (struct pass_filter){.search = q, .limit = FOUND_MAX};
	d->total = 0;
	return *q == '\0' ? ERR_OK
			  : rows(p, &f, &d->found, &d->nfound, &d->total);
}

/* The page of the desk, with WRONG on it. */
static enum err
show(struct page *p, const char *wrong)
{
	const char *q = form_text(&p->query, "q"), *field = p->call.why.field;
	bool in_departure = *wrong && strcmp(field, "departure") == 0;
	bool in_mail = *wrong && strcmp(field, "mail") == 0;
	struct desk d = {.total = 0};
	enum err e;

	if ((e = gather(p, q, &d)))
		return e;
	return PAGE(p, desk_home, .wrong = wrong, .at_departure = in_departure,
	    .at_mail = in_mail,
	    .at_name = *q == '\0' && !in_departure && !in_mail,
	    .name = form_text(&p->form, "name"),
	    .room = form_text(&p->form, "room"),
	    .mail = form_text(&p->form, "mail"), .arrival = d.c.arrival,
	    .departure = form_day(&p->form, "departure"),
	    .devices = form_text(&p->form, "devices"), .today = d.c.today,
	    .plans = {d.c.plans, d.c.nplans},
	    .languages = {d.c.languages, (size_t)langs_count},
	    .layouts = {d.layouts, d.nlayouts},
	    .arrivals = {d.arrivals, d.narrivals},
	    .departures = {d.departures, d.ndepartures},
	    .arriving = d.arriving > d.narrivals ? (int64_t)d.arriving : 0,
	    .leaving = d.leaving > d.ndepartures ? (int64_t)d.leaving : 0,
	    .q = q, .searched = *q != '\0', .found = {d.found, d.nfound},
	    .more = d.total > d.nfound, .squares = squares_shown(&d.squares));
}

/* Somebody who was here comes again (?again=): the form is filled with what is
 * known of them, as if it had been typed. */
static enum err
as_before(struct page *p)
{
	const char *again = form_text(&p->query, "again");
	struct form_field *f;
	struct key_view *v;
	struct uid id;
	enum err e;

	if (!uid_parse(again, &id))
		return ERR_OK;
	if ((e = desk_find(p, &id, &v)))
		return e;
	if ((f = arena_array(p->arena, 5, sizeof(*f))) == NULL)
		return ERR_NO_MEMORY;
	f[0] = (struct form_field){"name", v->person.name};
	f[1] = (struct form_field){"room", v->key.name};
	f[2] = (struct form_field){"mail", v->person.mail};
	f[3] = (struct form_field){"language", v->person.language};
	f[4] = (struct form_field){"plan", v->key.plan.s};
	p->form = (struct form){f, 5};
	return ERR_OK;
}

enum err
desk_home(struct page *p)
{
	enum err e = as_before(p);

	return e != ERR_OK ? e : show(p, "");
}

/* The zone of the plan that was chosen: arrival and departure are its days. */
enum err
desk_order(struct page *p, struct pass_order *o, const char **zone)
{
	const char *language = form_text(&p->form, "language");
	struct entitlement *t;
	size_t n;
	enum err e;

	*zone = "";
	o->devices_max = form_number(&p->form, "devices", DEVICES_MAX);
	if (o->devices_max < 0)
		return why_set(&p->call.why, ERR_BAD_INPUT, "devices",
		    "Give a number of devices from 1 to %d, or none.",
		    DEVICES_MAX);
	o->room = form_text(&p->form, "room");
	o->mail = form_text(&p->form, "mail");
	o->language = lang_find(language) >= 0 ? language : "en";
	if (!uid_parse(form_text(&p->form, "plan"), &o->plan))
		return ERR_BAD_INPUT;
	if ((e = passes_presets(&p->call, &t, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (uid_same(&t[i].plan.id, &o->plan))
			*zone = t[i].network.time_zone;
	if ((e = desk_day(
		 form_text(&p->form, "arrival"), *zone, false, &o->arrival)))
		return e;
	return desk_day(
	    form_text(&p->form, "departure"), *zone, true, &o->departure);
}

enum err
desk_create(struct page *p)
{
	struct pass_order o = {.name = form_text(&p->form, "name")};
	struct key_view *v = arena_get(p->arena, sizeof(*v));
	const char *zone;
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if ((e = desk_order(p, &o, &zone)) == ERR_OK)
		e = passes_issue(&p->call, &o, v);
	if (e == ERR_BAD_INPUT)
		return show(p, p->call.why.text[0] != '\0' ? p->call.why.text
							   : err_words(e));
	if (e != ERR_OK)
		return e;
	return page_gof(p, "/desk/guest/%s?done=made&layout=%s", v->key.id.s,
	    form_text(&p->form, "layout"));
}
