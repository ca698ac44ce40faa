/* Many guests at once: by number or from a table, made in the background. */
#include "core/service/batches.h"

#include <string.h>

#include "core/base/csv.h"
#include "core/base/say.h"
#include "core/base/text.h"
#include "portal/desk/desk.h"
#include "portal/web/lang.h"
#include "portal/web/poster.h"
#include "portal/web/route.h"

enum {
	NUMBER_MAX = 999999,
	LIST_MAX = 20,
	WRONG_SHOWN = 100,
	GUESTS_SHOWN = 100,
};

/* --- the pages --- */

static void
fill(const struct batch *b, struct tpl_batch *v)
{
	*v = (struct tpl_batch){.id = b->id.s,
	    .title = b->title,
	    .owner = b->owner,
	    .total = b->total,
	    .made = b->made,
	    .bad = b->wrong,
	    .created = b->created,
	    .running = b->state == BATCH_RUNNING,
	    .done = b->state == BATCH_DONE,
	    .stopped = b->state == BATCH_STOPPED,
	    .why = b->why};
}

static enum err
list(struct page *p, struct tpl_batch **out, size_t *n)
{
	struct batch *b;
	enum err e;

	if ((e = batches_list(&p->call, LIST_MAX, &b, n)))
		return e;
	if ((*out = arena_array(p->arena, *n + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++)
		fill(&b[i], &(*out)[i]);
	return ERR_OK;
}

static enum err
show(struct page *p, const char *wrong)
{
	struct desk_choices c;
	struct tpl_batch *b;
	size_t n;
	enum err e;

	if ((e = desk_choices(p, &c)) || (e = list(p, &b, &n)))
		return e;
	return PAGE(p, desk_batches, .wrong = wrong,
	    .prefix = form_text(&p->form, "prefix"),
	    .title = form_text(&p->form, "title"),
	    .room = form_text(&p->form, "room"),
	    .first = form_text(&p->form, "first"),
	    .count = form_text(&p->form, "count"),
	    .text = form_text(&p->form, "text"), .arrival = c.arrival,
	    .departure = form_day(&p->form, "departure"),
	    .devices = form_text(&p->form, "devices"), .today = c.today,
	    .plans = {c.plans, c.nplans},
	    .languages = {c.languages, (size_t)langs_count}, .batches = {b, n});
}

enum err
desk_batches(struct page *p)
{
	return show(p, "");
}

static enum err
wrong_rows(struct page *p, const struct uid *id, size_t limit,
    struct tpl_batch_line **out, size_t *n)
{
	struct batch_row *r;
	enum err e;

	if ((e = batches_wrong(&p->call, id, limit, &r, n)))
		return e;
	if ((*out = arena_array(p->arena, *n + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct tpl_batch_line){.line = r[i].place,
		    .name = r[i].name,
		    .room = r[i].room,
		    .wrong = r[i].wrong};
	return ERR_OK;
}

enum err
desk_batch(struct page *p)
{
	struct uid id = page_id(p, 0);
	struct tpl_batch_line *bad;
	struct tpl_choice *layouts;
	struct tpl_batch v;
	struct batch b;
	struct key_view *keys;
	struct tpl_guest *guests;
	struct squares squares = {.n = 0};
	size_t nbad, nlayouts, nguests;
	enum err e;

	if ((e = batches_get(&p->call, &id, &b)) ||
	    (e = batches_keys(
		 &p->call, &id, 0, GUESTS_SHOWN, &keys, &nguests)) ||
	    (e = desk_rows(p, keys, nguests, &guests)) ||
	    (e = wrong_rows(p, &id, WRONG_SHOWN, &bad, &nbad)) ||
	    (e = desk_layouts(p, "a4-8", &layouts, &nlayouts)) ||
	    (e = squares_house(p, &squares, p->view.code, true)) ||
	    (b.state != BATCH_RUNNING &&
		(e = desk_squares_batch(p, &id, &squares))))
		return e;
	fill(&b, &v);
	return PAGE(p, desk_batch, .b = v, .handled = b.made + b.wrong,
	    .rows = {bad, nbad}, .more = (size_t)b.wrong > nbad,
	    .layouts = {layouts, nlayouts}, .guests = {guests, nguests},
	    .others = (size_t)b.made > nguests,
	    .squares = squares_shown(&squares));
}

enum err
desk_batch_stop(struct page *p)
{
	struct uid id = page_id(p, 0);
	enum err e = batches_stop(&p->call, &id);

	if (e != ERR_OK && e != ERR_BAD_STATE)
		return e;
	return page_gof(p, "/desk/batch/%s", id.s);
}

/* --- by number --- */

static enum err
start(struct page *p, const char *title, const struct pass_order *o,
    const struct batch_order *rows, size_t n)
{
	struct batch b;
	enum err e = batches_make(&p->call, title, &o->plan, rows, n, &b);

	if (e == ERR_BAD_INPUT)
		return show(p, p->call.why.text[0] != '\0' ? p->call.why.text
							   : err_words(e));
	if (e != ERR_OK)
		return e;
	poster_poke(p->app->poster);
	return page_gof(p, "/desk/batch/%s", b.id.s);
}

/* "Conference 1" to "Conference 40". */
static enum err
numbered(struct page *p, const struct pass_order *o, int64_t first, size_t n,
    struct batch_order *rows)
{
	const char *prefix = form_text(&p->form, "prefix");

	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct batch_order){.pass = *o};
		rows[i].pass.name = arena_printf(p->arena, "%s %lld", prefix,
		    (long long)first + (long long)i);
		if (rows[i].pass.name == NULL)
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

enum err
desk_many(struct page *p)
{
	struct pass_order o = {0};
	struct batch_order *rows;
	const char *zone;
	int64_t first, count;
	enum err e;

	if (!text_int(form_text(&p->form, "first"), 0, NUMBER_MAX, &first) ||
	    !text_int(form_text(&p->form, "count"), 1, BATCHES_ROWS, &count))
		return show(
		    p, SAY("Give a first number, and a count of 1 to 5000."));
	rows = arena_array(p->arena, (size_t)count, sizeof(*rows));
	if (rows == NULL)
		return ERR_NO_MEMORY;
	o.mail = "";
	if ((e = desk_order(p, &o, &zone)) == ERR_BAD_INPUT)
		return show(p, p->call.why.text[0] != '\0' ? p->call.why.text
							   : err_words(e));
	if (e != ERR_OK || (e = numbered(p, &o, first, (size_t)count, rows)))
		return e;
	return start(p, form_text(&p->form, "prefix"), &o, rows, (size_t)count);
}

/* --- from a table --- */

enum column {
	NAME,
	ROOM,
	MAIL,
	ARRIVAL,
	DEPARTURE,
	LANGUAGE,
	DEVICES,
	WRONG,
	COLUMNS
};

static const char *const columns[COLUMNS] = {[NAME] = "name",
    [ROOM] = "room",
    [MAIL] = "mail",
    [ARRIVAL] = "arrival",
    [DEPARTURE] = "departure",
    [LANGUAGE] = "language",
    [DEVICES] = "devices",
    [WRONG] = "wrong"}; /* of the list of wrong rows, which may come again */

struct table {
	struct csv csv;
	int at[COLUMNS]; /* which value of a row; -1: not there */
	const struct pass_order *with;
	const char *zone;
};

static void
table_own(struct table *t)
{
	csv_own(&t->csv);
}

static enum err
head(struct page *p, struct table *t)
{
	enum err e;

	for (int k = 0; k < COLUMNS; k++)
		t->at[k] = -1;
	if ((e = csv_next(&t->csv)))
		return e;
	for (size_t i = 0; i < t->csv.n; i++) {
		int k = 0;

		while (
		    k < COLUMNS && strcasecmp(columns[k], t->csv.value[i]) != 0)
			k++;
		if (k == COLUMNS)
			return why_set(&p->call.why, ERR_BAD_INPUT, "text",
			    "The first line names the columns: name, room, "
			    "mail, arrival, departure, language, devices.");
		t->at[k] = (int)i;
	}
	return t->at[NAME] >= 0 ? ERR_OK
				: why_set(&p->call.why, ERR_BAD_INPUT, "text",
				      "The table needs a column called name.");
}

static const char *
cell(struct page *p, const struct table *t, enum column k)
{
	int at = t->at[k];

	return at < 0 || (size_t)at >= t->csv.n
		   ? ""
		   : arena_text(p->arena, t->csv.value[at]);
}

/* What a row does not say is as the form says. */
static enum err
row(struct page *p, const struct table *t, struct batch_order *out)
{
	const char *v[COLUMNS];
	struct pass_order *o = &out->pass;
	int64_t n;

	for (int k = 0; k < COLUMNS; k++)
		if ((v[k] = cell(p, t, (enum column)k)) == NULL)
			return ERR_NO_MEMORY;
	*out = (struct batch_order){.pass = *t->with};
	o->name = v[NAME];
	o->mail = v[MAIL];
	if (*v[ROOM] != '\0')
		o->room = v[ROOM];
	if (*v[LANGUAGE] != '\0')
		o->language = v[LANGUAGE];
	if ((*v[ARRIVAL] != '\0' &&
		desk_day(v[ARRIVAL], t->zone, false, &o->arrival)) ||
	    (*v[DEPARTURE] != '\0' &&
		desk_day(v[DEPARTURE], t->zone, true, &o->departure)))
		out->wrong = SAY("Write dates as 2026-12-31.");
	else if (lang_find(o->language) < 0)
		out->wrong = SAY("Write languages as en, de, fr.");
	else if (*v[DEVICES] != '\0' &&
		 !text_int(v[DEVICES], 1, DEVICES_MAX, &n))
		out->wrong = SAY("Give a number of devices from 1 to 512.");
	else if (*v[DEVICES] != '\0')
		o->devices_max = (int)n;
	return ERR_OK;
}

static enum err
read_table(struct page *p, struct table *t, struct batch_order *rows, size_t *n)
{
	enum err e;

	if ((e = head(p, t)))
		return e;
	while ((e = csv_next(&t->csv)) == ERR_OK) {
		if (*n == BATCHES_ROWS)
			return why_set(&p->call.why, ERR_BAD_INPUT, "text",
			    "A batch has 1 to 5000 guests.");
		if ((e = row(p, t, &rows[(*n)++])))
			return e;
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static const char *
table_text(struct page *p, size_t *len)
{
	const char *text = form_text(&p->form, "text");

	*len = strlen(text);
	if (p->file.octets == NULL || p->file.len == 0)
		return text;
	*len = p->file.len;
	return p->file.octets;
}

static enum err
take(struct page *p, struct pass_order *o, struct batch_order *rows, size_t *n)
{
	OWN(table) struct table t = {.with = o};
	const char *text;
	size_t len;
	enum err e;

	*n = 0;
	if ((e = desk_order(p, o, &t.zone)))
		return e;
	text = table_text(p, &len);
	if (len == 0)
		return why_set(&p->call.why, ERR_BAD_INPUT, "text",
		    "Choose a file, or paste its text.");
	if ((e = csv_open(&t.csv, text, len)) == ERR_OK)
		e = read_table(p, &t, rows, n);
	if ((e == ERR_BAD_INPUT || e == ERR_TOO_BIG || e == ERR_NOT_FOUND) &&
	    p->call.why.text[0] == '\0')
		return why_set(&p->call.why, ERR_BAD_INPUT, "text",
		    "This is no table in UTF-8, as spreadsheets save it as "
		    "CSV.");
	return e;
}

enum err
desk_table(struct page *p)
{
	struct pass_order o = {0};
	struct batch_order *rows =
	    arena_array(p->arena, BATCHES_ROWS, sizeof(*rows));
	const char *title = form_text(&p->form, "title");
	size_t n;
	enum err e;

	if (rows == NULL)
		return ERR_NO_MEMORY;
	if ((e = take(p, &o, rows, &n)) == ERR_BAD_INPUT)
		return show(p, p->call.why.text[0] != '\0' ? p->call.why.text
							   : err_words(e));
	if (e != ERR_OK)
		return e;
	return start(p, *title != '\0' ? title : "CSV", &o, rows, n);
}

enum err
desk_template(struct page *p)
{
	buf_text(&p->rp->body,
	    "name,room,mail,arrival,departure,language,"
	    "devices\n"
	    "\"Ana P\xc3\xa9rez\",Room "
	    "12,ana@example.org,2026-12-30,2027-01-02,es,2\n");
	return page_file(p, "text/csv; charset=utf-8", "guests.csv");
}

/* The rows that were not made, to be put right and sent again. */
enum err
desk_batch_wrong(struct page *p)
{
	struct buf *b = &p->rp->body;
	struct uid id = page_id(p, 0);
	struct desk_choices c;
	struct batch_row *r;
	const char *zone;
	size_t n;
	enum err e;

	if ((e = desk_choices(p, &c)) ||
	    (e = batches_wrong(&p->call, &id, BATCHES_ROWS, &r, &n)))
		return e;
	zone = c.nplans > 0 ? c.presets[0].network.time_zone : "";
	buf_text(
	    b, "name,room,mail,arrival,departure,language,devices,wrong\n");
	for (size_t i = 0; i < n; i++) {
		csv_put(b, r[i].name, ',');
		csv_put(b, r[i].room, ',');
		csv_put(b, r[i].mail, ',');
		csv_put(b, desk_date(p, r[i].arrival, zone, false), ',');
		csv_put(b, desk_date(p, r[i].departure, zone, true), ',');
		csv_put(b, r[i].language, ',');
		csv_put(b,
		    r[i].devices_max == 0
			? ""
			: arena_printf(p->arena, "%d", r[i].devices_max),
		    ',');
		csv_put(b, tpl_said(p->view.lang, r[i].wrong), '\n');
	}
	return page_file(p, "text/csv; charset=utf-8", "wrong-rows.csv");
}

/* --- paper --- */

static enum err
guests_of(struct call *c, void *of, size_t offset, size_t limit,
    struct key_view **v, size_t *n)
{
	return batches_keys(c, of, offset, limit, v, n);
}

enum err
desk_batch_sheets(struct page *p)
{
	struct uid id = page_id(p, 0);

	return desk_print_all(p, guests_of, &id);
}
