#include "portal/desk/desk.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/alike.h"
#include "core/base/say.h"
#include "core/handout/sheet.h"
#include "core/model/field.h"
#include "core/model/zone.h"
#include "portal/web/lang.h"
#include "portal/web/said.h"
#include "portal/web/tpl.h"

enum { DAY = 86400 };

static const struct zone *
zone_of(const char *name)
{
	const struct zone *z = NULL;

	return zone_get(name, &z) == ERR_OK ? z : NULL;
}

/* The local midnight before WHEN. */
static int64_t
day_begin(const struct zone *z, int64_t when)
{
	int64_t local = when + zone_offset(z, when);
	int64_t begin = when - (local % DAY + DAY) % DAY;

	/* the offset may have changed since midnight */
	return begin + zone_offset(z, when) - zone_offset(z, begin);
}

enum err
desk_day(const char *text, const char *zone, bool end, int64_t *out)
{
	const struct zone *z = zone_of(zone);
	int64_t noon;

	*out = 0;
	if (*text == '\0')
		return ERR_OK;
	if (strlen(text) != 10 || !field_time_parse(text, &noon))
		return ERR_BAD_INPUT;
	noon += DAY / 2;
	noon -= zone_offset(z, noon);
	*out = end ? zone_day_end(z, noon) : day_begin(z, noon);
	return ERR_OK;
}

const char *
desk_date(struct page *p, int64_t when, const char *zone, bool end)
{
	time_t t = (time_t)(when - end + zone_offset(zone_of(zone), when));
	struct tm tm;

	if (when == 0 || gmtime_r(&t, &tm) == NULL)
		return "";
	return arena_printf(p->arena, "%04d-%02d-%02d", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday);
}

void
desk_today(struct page *p, const struct entitlement *presets, size_t n,
    int64_t *from, int64_t *to)
{
	const struct zone *z =
	    zone_of(n > 0 ? presets[0].network.time_zone : "");

	*from = day_begin(z, p->rq->now);
	*to = zone_day_end(z, p->rq->now);
}

/* AT in the time of ZONE: a midnight is said as the day that begins then or,
 * with END, as the one before. */
static const char *
said(struct page *p, int64_t at, const char *zone, int lang, bool end)
{
	time_t t = (time_t)(at + zone_offset(zone_of(zone), at));
	bool day = t % DAY == 0;
	struct tm tm;

	t -= day && end;
	if (at == 0 || gmtime_r(&t, &tm) == NULL)
		return "";
	return said_date(p->arena, lang < 0 ? 0 : lang, &tm, day, NULL);
}

const char *
desk_until(struct page *p, const struct key_view *v, int lang)
{
	return said(p, v->key.not_after, v->network.time_zone, lang, true);
}

static const char *
from(struct page *p, const struct key_view *v)
{
	const struct wifi_key *k = &v->key;

	return said(p, k->not_before ? k->not_before : k->created,
	    v->network.time_zone, p->view.lang, false);
}

enum { LOOK = 128 };

/* Names that nobody can tell apart by looking (W-27). */
static enum err
twins(struct page *p, struct tpl_guest *g, size_t n)
{
	char(*look)[LOOK] = arena_array(p->arena, n + 1, sizeof(*look));

	if (look == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		alike_skeleton(g[i].name, look[i], LOOK);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (strcmp(look[i], look[k]) == 0 &&
			    strcmp(g[i].name, g[k].name) != 0)
				g[i].twin = g[k].twin = true;
	return ERR_OK;
}

enum err
desk_rows(
    struct page *p, const struct key_view *v, size_t n, struct tpl_guest **out)
{
	struct tpl_guest *g = arena_array(p->arena, n + 1, sizeof(*g));

	if (g == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const struct wifi_key *k = &v[i].key;

		g[i] = (struct tpl_guest){.id = k->id.s,
		    .name = v[i].person.name,
		    .room = k->name,
		    .mail = v[i].person.mail,
		    .network = v[i].network.name,
		    .plan = v[i].plan.name,
		    .state = said_standing(p->view.lang, v[i].standing),
		    .from = from(p, &v[i]),
		    .until = desk_until(p, &v[i], p->view.lang),
		    .until_day = desk_date(
			p, k->not_after, v[i].network.time_zone, true),
		    .here = v[i].standing == KEY_IS_ACTIVE,
		    .living = v[i].standing == KEY_IS_ACTIVE ||
			      v[i].standing == KEY_IS_SCHEDULED ||
			      v[i].standing == KEY_IS_SUSPENDED,
		    .in_use = v[i].in_use,
		    .version = k->version,
		    .own_number = k->devices_max,
		    .at_once = key_devices(k, &v[i].plan)};
	}
	*out = g;
	return twins(p, g, n);
}

enum err
desk_layouts(
    struct page *p, const char *chosen, struct tpl_choice **out, size_t *n)
{
	static const struct {
		const char *word, *paper;
		int cards;
	} all[] = {{"a4", "A4", 0}, {"a4-4", "A4", 4}, {"a4-8", "A4", 8},
	    {"a4-10", "A4", 10}, {"a4-20", "A4", 20}, {"letter", "Letter", 0},
	    {"letter-4", "Letter", 4}, {"letter-8", "Letter", 8},
	    {"letter-10", "Letter", 10}, {"letter-20", "Letter", 20},
	    {"a6", "A6", 1}};
	static const struct {
		const char *word, *label;
	} rolls[] = {{"receipt", SAY("Receipt, 80 mm")},
	    {"escpos", SAY("Receipt for an ESC/POS printer")}};
	size_t sheets = sizeof(all) / sizeof(*all);
	int lang = p->view.lang;
	struct tpl_choice *c;

	*n = sheets + sizeof(rolls) / sizeof(*rolls);
	if ((c = arena_array(p->arena, *n, sizeof(*c))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < sheets; i++)
		c[i] = (struct tpl_choice){.value = all[i].word,
		    .label = said_layout(
			p->arena, lang, all[i].paper, all[i].cards)};
	for (size_t i = sheets; i < *n; i++)
		c[i] = (struct tpl_choice){.value = rolls[i - sheets].word,
		    .label = tpl_said(lang, rolls[i - sheets].label)};
	for (size_t i = 0; i < *n; i++)
		c[i].chosen = strcmp(c[i].value, chosen) == 0;
	*out = c;
	return ERR_OK;
}
